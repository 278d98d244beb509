//! `ai.job`: read by managers, written by the engine alone; two actions for operators.

use serde_json::json;

use crate::db::job;
use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::{Behaviour, Env, Record, rule};
use crate::value::Json;
use crate::workflow::machine::{Position, State};
use crate::workflow::run::Run;

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.job").method(Method::record("action_requeue", "", requeue)).method(Method::record(
        "action_cancel",
        "",
        cancel,
    ))
}

/// The jobs, for a manager.
fn jobs(env: &Env, call: &Call<'_>) -> Result<Vec<Record>> {
    rule::check(env, env.model("ai.job")?, &call.ids, 'r')?;
    if !env.su() && !env.has_group("project.group_project_manager")? {
        return Err(Error::access("Only project managers may touch the queue."));
    }
    env.sudo().fetch("ai.job", &call.ids, &["kind", "state", "project_id", "task_id"])
}

fn key(record: &Record) -> i32 {
    i32::try_from(record.id).unwrap_or_default()
}

fn requeue(env: &Env, call: &Call<'_>) -> Result<Json> {
    for record in jobs(env, call)? {
        if !matches!(record.str("state"), "failed" | "cancelled") {
            return Err(Error::user("Only a job that has failed or was cancelled can be queued again."));
        }
        let mut run = Run::lock(env, record.int("project_id"))?;
        if run.state != State::At(Position::Working) {
            return Err(Error::user("The project is not at work. Retry its workflow instead of this job."));
        }
        run.env.db(|c| job::requeue_ids(c, &[key(&record)], env.now()))?;
        if let Some(task) = record.opt("task_id") {
            run.env.write("project.task", &[task], json!({"ai_state": "queued", "ai_error": false}))?;
        }
        run.save()?;
    }
    Ok(Json::Bool(true))
}

fn cancel(env: &Env, call: &Call<'_>) -> Result<Json> {
    for record in jobs(env, call)? {
        if !job::OPEN.contains(&record.str("state")) {
            return Err(Error::user("This job is over already."));
        }
        let mut run = Run::lock(env, record.int("project_id"))?;
        run.env.db(|c| job::cancel_ids(c, &[key(&record)], env.now()))?;
        if let Some(task) = record.opt("task_id") {
            run.env.write("project.task", &[task], json!({"ai_state": "failed", "ai_error": "cancelled"}))?;
        }
        run.settle()?;
        run.save()?;
    }
    Ok(Json::Bool(true))
}
