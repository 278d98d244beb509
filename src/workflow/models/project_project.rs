//! What the workflow adds to `project.project`: actions, progress, and fields that only the engine writes.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use crate::workflow::machine::State;
use crate::workflow::plan::Plan;
use crate::workflow::progress::{self, Run};
use crate::workflow::{actions, look, work};

use super::ai_project_template::check_params;
use super::{json_text, may};

/// Written by the engine only. What would be a way round a gate is refused, whoever asks.
const ENGINE: [&str; 12] = [
    "ai_state",
    "stage_id",
    "ai_started_at",
    "ai_completed_at",
    "ai_error",
    "ai_position",
    "ai_plan",
    "ai_left",
    "ai_round",
    "ai_progress_floor",
    "ai_paused_at",
    "ai_event_ids",
];

pub(crate) fn behaviour() -> Behaviour {
    let behaviour = may::of_project(json_text::register(Behaviour::new("project.project")))
        .compute("compute_ai_artifact_count", artifacts)
        .compute("compute_ai_progress", progress)
        .constrains(&["ai_params"], params)
        .create(create)
        .write(write);
    actions::register(behaviour)
}

/// Refuses a value for a field of the engine, but for the one it has anyway at the start.
fn refuse_engine_fields(env: &Env, vals: &Map) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    let given = |f: &&&str| {
        let at_start = |v: &Json| json_is_falsy(v) || (***f == *"ai_state" && v == "draft");
        vals.get(**f).is_some_and(|v| !at_start(v))
    };
    match ENGINE.iter().find(given) {
        Some(field) => Err(Error::user(format!(
            "The field \"{field}\" is written by the workflow itself. Use action_start_workflow and the other actions."
        ))),
        None => Ok(()),
    }
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    vals.iter().try_for_each(|v| refuse_engine_fields(env, v))?;
    sup.create(env, vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if !env.su()
        && let Some(field) = ENGINE.iter().find(|f| vals.contains_key(**f))
    {
        return Err(Error::user(format!(
            "The field \"{field}\" is written by the workflow itself. Use action_start_workflow and the other actions."
        )));
    }
    if vals.contains_key("ai_template_id") {
        refuse_new_template(env, ids, &vals)?;
    }
    sup.write(env, ids, vals)?;
    look::after_write(env, ids)
}

fn refuse_new_template(env: &Env, ids: &[i64], vals: &Map) -> Result<()> {
    let new = vals.get("ai_template_id").and_then(Json::as_i64);
    for record in env.sudo().fetch("project.project", ids, &["name", "ai_state", "ai_template_id"])? {
        if !matches!(record.str("ai_state"), "draft" | "") && record.opt("ai_template_id") != new {
            return Err(Error::user(format!(
                "The workflow of the project \"{}\" has been started. Reset it before choosing another template.",
                record.str("name")
            )));
        }
    }
    Ok(())
}

fn params(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["ai_params"])? {
        check_params(record.json("ai_params"), "ai_params")?;
    }
    Ok(())
}

/// How many artifacts that the user may see.
fn artifacts(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for project in env.fetch("project.project", ids, &["ai_artifact_ids"])? {
        out.set(project.id, "ai_artifact_count", Value::Int(project.ids("ai_artifact_ids").len() as i64));
    }
    Ok(out)
}

fn progress(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let env = env.sudo().with_context(json!({"active_test": false}));
    let fields = ["ai_state", "ai_position", "stage_id", "ai_plan", "ai_left", "ai_progress_floor"];
    let records = env.fetch(&model.name, ids, &fields)?;
    let left = |r: &crate::orm::Record| -> Vec<i64> {
        r.json("ai_left").as_array().into_iter().flatten().filter_map(Json::as_i64).collect()
    };
    let pairs: Vec<(i64, i64)> = records
        .iter()
        .filter_map(|r| Some((r.id, r.opt("stage_id").filter(|stage| !left(r).contains(stage))?)))
        .collect();
    let shares = if pairs.is_empty() { Default::default() } else { work::share(&env, &pairs)? };
    let mut out = Computed::new();
    for r in &records {
        let state = State::read(r.str("ai_state"), r.str("ai_position"));
        let (tasks, done) = shares.get(&r.id).copied().unwrap_or_default();
        let stages = Plan::read(r.json("ai_plan"))?.stages.len();
        let run = Run { stages, left: left(r).len(), tasks, done, floor: r.int("ai_progress_floor") };
        out.set(r.id, "ai_progress", Value::Int(progress::percent(state, &run)));
    }
    Ok(out)
}
