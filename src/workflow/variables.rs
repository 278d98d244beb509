//! What prompts and conditions can see of a project: plain JSON, made with a handful of queries.

use std::collections::HashMap;

use serde_json::json;

use crate::error::Result;
use crate::orm::{Env, Record};
use crate::value::{Json, Map, Value};
use crate::workflow::plan::Stage;
use crate::workflow::run::Run;
use crate::workflow::work;

/// Fields of a project that templates see; no relation, nothing private.
const PROJECT: [&str; 6] = ["name", "description", "date_start", "date", "ai_state", "user_id"];
const TASK: [&str; 9] = [
    "name",
    "description",
    "sequence",
    "ai_state",
    "ai_content",
    "ai_feedback",
    "ai_attempts",
    "ai_approved",
    "ai_stage_id",
];

/// Variables of a transition_condition.
pub(crate) fn of_condition(run: &Run, stage: &Stage) -> Result<Json> {
    let tasks: Vec<i64> = work::tasks(run)?.iter().map(|t| t.id).collect();
    let tasks = run.env.fetch("project.task", &tasks, &TASK)?;
    Ok(json!({
        "project": project(run)?,
        "params": run.merged_params()?,
        "stage": of_stage(stage),
        "tasks": tasks.iter().map(task).collect::<Vec<_>>(),
    }))
}

/// The tasks, with all that a prompt may see of them; those that are gone are left out.
pub(crate) fn tasks(env: &Env, ids: &[i64]) -> Result<Vec<Record>> {
    let env = env.sudo().with_context(json!({"active_test": false}));
    let there = env.exists("project.task", ids)?;
    env.fetch("project.task", &there, &TASK)
}

/// What all prompts of a run see.
pub(crate) fn shared(run: &Run) -> Result<Map> {
    let mut out = Map::new();
    out.insert("project".into(), project(run)?);
    out.insert("params".into(), Json::Object(run.merged_params()?));
    Ok(out)
}

/// Variables of the prompt of one task.
pub(crate) fn of_prompt(shared: &Map, stage: &Stage, record: &Record, artifacts: Json) -> Json {
    let feedback = record.str("ai_feedback");
    let previous = if feedback.is_empty() { "" } else { record.str("ai_content") };
    let mut out = shared.clone();
    out.insert("task".into(), task(record));
    out.insert("stage".into(), of_stage(stage));
    out.insert("feedback".into(), feedback.into());
    out.insert("previous".into(), previous.into());
    out.insert("artifacts".into(), artifacts);
    Json::Object(out)
}

/// Variables of a prompt that is about no task: `generate_content`.
pub(crate) fn of_project(run: &Run) -> Result<Json> {
    let none = Stage::default();
    let stage = run.stage.and_then(|id| run.plan.get(id)).unwrap_or(&none);
    Ok(json!({
        "project": project(run)?,
        "task": {"id": false, "name": "", "description": "", "content": "", "sequence": 0},
        "params": run.merged_params()?,
        "stage": of_stage(stage),
        "feedback": "",
        "previous": "",
        "artifacts": artifacts(run, 0)?,
    }))
}

fn project(run: &Run) -> Result<Json> {
    let known: Vec<&str> =
        PROJECT.into_iter().filter(|f| run.env.model("project.project").is_ok_and(|m| m.has(f))).collect();
    let record = run.env.fetch_one("project.project", run.id, &known)?;
    let mut out = json!({"id": run.id, "state": record.str("ai_state"), "params": run.params});
    for field in known {
        out[field] = plain(record.get(field));
    }
    out["description"] = without_markup(record.str("description")).into();
    Ok(out)
}

fn task(record: &Record) -> Json {
    let mut out =
        json!({"id": record.id, "content": record.str("ai_content"), "state": record.str("ai_state")});
    for field in TASK {
        out[field] = plain(record.get(field));
    }
    out["description"] = without_markup(record.str("description")).into();
    out
}

fn of_stage(stage: &Stage) -> Json {
    json!({"id": stage.id, "name": stage.name, "sequence": stage.sequence, "mode": stage.mode})
}

/// The newest versions, in the order of the run's stages and tasks; a stage does not see its own.
pub(crate) fn artifacts(run: &Run, own: i64) -> Result<Json> {
    let domain = json!([["project_id", "=", run.id], ["active", "=", true], ["stage_id", "!=", own]]);
    let ids = run.env.search("ai.artifact", domain)?;
    let fields = ["name", "artifact_type", "content", "version", "stage_id", "task_id"];
    let records = run.env.fetch("ai.artifact", &ids, &fields)?;
    let place: HashMap<i64, usize> = run.plan.stages.iter().enumerate().map(|(i, s)| (s.id, i)).collect();
    let mut sorted: Vec<&Record> = records.iter().collect();
    sorted.sort_by_key(|a| (a.opt("stage_id").and_then(|s| place.get(&s).copied()).unwrap_or(0), a.id));
    let names: HashMap<i64, &str> = run.plan.stages.iter().map(|s| (s.id, s.name.as_str())).collect();
    let shown = sorted.iter().map(|a| {
        let stage = a.opt("stage_id").and_then(|s| names.get(&s).copied()).unwrap_or_default();
        json!({"id": a.id, "name": a.str("name"), "artifact_type": a.str("artifact_type"), "content": a.str("content"),
            "version": a.int("version"), "stage": stage, "task_id": a.opt("task_id")})
    });
    Ok(shown.collect())
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::String(String::new()),
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(i) => Json::from(*i),
        Value::Float(f) => Json::from(*f),
        Value::Text(s) => Json::String(s.clone()),
        Value::DateTime(d) => Json::String(d.format(crate::value::DATETIME_FORMAT).to_string()),
        Value::Date(d) => Json::String(d.to_string()),
        Value::Json(j) => j.clone(),
        Value::Ids(ids) => ids.clone().into(),
        Value::Bytes(_) => Json::Null,
    }
}

/// An html field as text: tags become blanks, entities characters.
pub(crate) fn without_markup(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = html_escape::decode_html_entities(&text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
