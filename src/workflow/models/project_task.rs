//! What the workflow adds to `project.task`.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Super};
use crate::value::{Json, Map, json_is_falsy};
use crate::workflow::{look, task_actions};

use super::may;

/// Written by the engine only.
const ENGINE: [&str; 3] = ["ai_approved", "ai_attempts", "ai_error"];

pub(crate) fn behaviour() -> Behaviour {
    let behaviour = Behaviour::new("project.task").create(create).write(write).unlink(unlink);
    task_actions::register(may::of_task(behaviour))
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    if !env.su() {
        for v in &vals {
            refuse(v, json_is_falsy)?;
        }
    }
    let ids = sup.create(env, vals)?;
    look::after_task_write(env, &ids)?;
    Ok(ids)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if !env.su() {
        refuse(&vals, |_| false)?;
        if vals.contains_key("ai_state") {
            refuse_state(env, ids)?;
        }
    }
    sup.write(env, ids, vals)?;
    look::after_task_write(env, ids)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let projects = look::at_work(env, ids)?;
    sup.unlink(env, ids)?;
    look::go_on(env, &projects)
}

fn refuse(vals: &Map, harmless: impl Fn(&Json) -> bool) -> Result<()> {
    match ENGINE.iter().find(|f| vals.get(**f).is_some_and(|v| !harmless(v))) {
        Some(field) => Err(Error::user(format!(
            "The field \"{field}\" is written by the workflow itself. \
             Use action_approve, action_regenerate or action_retry."
        ))),
        None => Ok(()),
    }
}

/// Within a run the engine alone says how a task stands.
fn refuse_state(env: &Env, ids: &[i64]) -> Result<()> {
    let running = ["running", "approval_pending", "paused"];
    let busy = json!([["id", "in", ids], ["project_id.ai_state", "in", running]]);
    if env.sudo().with_context(json!({"active_test": false})).search("project.task", busy)?.is_empty() {
        return Ok(());
    }
    Err(Error::user(
        "While the workflow of a project runs, ai_state of its tasks is written by the workflow itself.",
    ))
}
