//! A run that waits for its transition_condition looks again whenever its project or a task changes; a run at work
//! takes up new tasks.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::Env;
use crate::workflow::run::Run;

/// After projects were written. One query when nobody waits.
pub(crate) fn after_write(env: &Env, ids: &[i64]) -> Result<()> {
    // The engine's own writes are followed by its own look.
    if env.flag("ai_engine") {
        return Ok(());
    }
    let waiting = Sql::of(
        "SELECT id FROM project_project WHERE ai_state = 'running' AND ai_position = 'condition' AND id",
    );
    go_on(env, &column(env, &waiting.ids(ids))?)
}

/// After tasks were made or written.
pub(crate) fn after_task_write(env: &Env, ids: &[i64]) -> Result<()> {
    go_on(env, &at_work(env, ids)?)
}

/// The projects of these tasks whose runs a change of a task may move.
pub(crate) fn at_work(env: &Env, tasks: &[i64]) -> Result<Vec<i64>> {
    if env.flag("ai_engine") {
        return Ok(vec![]);
    }
    let waiting = Sql::of(
        "SELECT DISTINCT p.id FROM project_task t JOIN project_project p ON p.id = t.project_id \
         WHERE p.ai_state = 'running' AND p.ai_position IN ('condition', 'working') AND t.id",
    );
    column(env, &waiting.ids(tasks))
}

/// Lets these runs go on as far as they can.
pub(crate) fn go_on(env: &Env, projects: &[i64]) -> Result<()> {
    for &id in projects {
        let mut run = Run::lock(env, id)?;
        run.settle()?;
        run.save()?;
    }
    Ok(())
}

fn column(env: &Env, sql: &Sql) -> Result<Vec<i64>> {
    Ok(env.query(sql, &[ColType::Int])?.iter().filter_map(|row| Some(row.first()?.int())).collect())
}
