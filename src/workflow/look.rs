//! A run that waits for its transition_condition looks again whenever its project or a task changes; a run at work
//! takes up new tasks.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::Env;
use crate::workflow::run::Run;

/// After projects were written. One query when nobody waits.
pub(crate) fn after_write(env: &Env, ids: &[i64]) -> Result<()> {
    let waiting = Sql::of(
        "SELECT id FROM project_project WHERE ai_state = 'running' AND ai_position = 'condition' AND id",
    );
    again(env, waiting.ids(ids))
}

/// After tasks were made or written.
pub(crate) fn after_task_write(env: &Env, ids: &[i64]) -> Result<()> {
    let waiting = Sql::of(
        "SELECT DISTINCT p.id FROM project_task t JOIN project_project p ON p.id = t.project_id \
         WHERE p.ai_state = 'running' AND p.ai_position IN ('condition', 'working') AND t.id",
    );
    again(env, waiting.ids(ids))
}

fn again(env: &Env, waiting: Sql) -> Result<()> {
    // The engine's own writes are followed by its own look.
    if env.flag("ai_engine") {
        return Ok(());
    }
    for row in env.query(&waiting, &[ColType::Int])? {
        if let Some(id) = row.first() {
            let mut run = Run::lock(env, id.int())?;
            run.settle()?;
            run.save()?;
        }
    }
    Ok(())
}
