//! What the calling user may do with a run: fields by which forms show him only the buttons that are his, and views
//! that follow a run for those who may see it.

use std::collections::HashMap;

use serde_json::json;

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, access, rule};
use crate::schema::arch::Element;
use crate::value::Value;
use crate::workflow::approval;
use crate::workflow::outline::granted;
use crate::workflow::run::Run;

/// Adds the fields of a project.
pub(super) fn of_project(b: Behaviour) -> Behaviour {
    b.compute("compute_ai_may_manage", manage).compute("compute_ai_may_judge", judge).view(follow)
}

/// Adds the field of a task.
pub(super) fn of_task(b: Behaviour) -> Behaviour {
    b.compute("compute_ai_may_judge", judge_task).view(follow)
}

/// A view that follows runs is as any other for who may not read what happens in them.
fn follow(env: &Env, root: &mut Element) -> Result<()> {
    let follows = root.get("js_class").is_some_and(|class| class.starts_with("ai_run_"));
    if follows && !access::allowed(env, env.model("ai.event")?, 'r')? {
        root.attributes.shift_remove("js_class");
    }
    Ok(())
}

/// Start, pause, resume, retry, stop: who may write the project.
fn manage(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let may = if access::allowed(env, model, 'w')? { rule::filter(env, model, ids, 'w')? } else { vec![] };
    let mut out = Computed::new();
    for &id in ids {
        out.set(id, "ai_may_manage", Value::Bool(may.contains(&id)));
    }
    Ok(out)
}

/// Approve, ask for changes, reject: who is asked at the gate where the run waits, while it waits there.
fn judge(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let may = judged(env, ids)?;
    let mut out = Computed::new();
    for &id in ids {
        out.set(id, "ai_may_judge", Value::Bool(may.get(&id).copied().unwrap_or_default()));
    }
    Ok(out)
}

fn judge_task(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let tasks = env.sudo().fetch(&model.name, ids, &["project_id"])?;
    let mut projects: Vec<i64> = tasks.iter().filter_map(|task| task.opt("project_id")).collect();
    projects.sort_unstable();
    projects.dedup();
    let may = judged(env, &projects)?;
    let mut out = Computed::new();
    for task in &tasks {
        let own = task.opt("project_id").and_then(|project| may.get(&project).copied());
        out.set(task.id, "ai_may_judge", Value::Bool(own.unwrap_or_default()));
    }
    Ok(out)
}

/// The projects at a gate, and whether it is the user's.
fn judged(env: &Env, projects: &[i64]) -> Result<HashMap<i64, bool>> {
    let at_gate = json!([["id", "in", projects], ["ai_state", "=", "approval_pending"]]);
    let waiting =
        env.sudo().with_context(json!({"active_test": false})).search("project.project", at_gate)?;
    let runs = Run::peek_many(env, &waiting)?;
    runs.iter().map(|run| Ok((run.id, granted(approval::check(env, run))?))).collect()
}
