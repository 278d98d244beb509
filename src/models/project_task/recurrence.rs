//! Tasks that come again.

use super::is_closed;
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::models::{clock, project_task_recurrence};
use crate::orm::{Behaviour, Computed, Env, Model, Record, fetch};
use crate::value::{Json, Map, Value};
use chrono::Days;
use serde_json::json;

/// Fields of a task that belong to its recurrence.
pub const FIELDS: [&str; 4] = ["repeat_interval", "repeat_unit", "repeat_type", "repeat_until"];

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_repeat", compute)
        .inverse("inverse_state", inverse_state)
        .default("default_repeat_until", |env, _| {
            Ok(json!(clock::today(env).checked_add_days(Days::new(7)).unwrap_or_default().to_string()))
        })
}

fn given(vals: &Map) -> Map {
    FIELDS.iter().filter_map(|f| vals.get(*f).map(|v| ((*f).to_owned(), v.clone()))).collect()
}

/// New recurring tasks that say how get a recurrence.
pub(super) fn of_new(env: &Env, vals_list: &mut [Map]) -> Result<()> {
    for vals in vals_list.iter_mut().filter(|v| v.get("recurring_task") == Some(&Json::Bool(true))) {
        let values = given(vals);
        if !values.is_empty() && !vals.contains_key("recurrence_id") {
            let id = env.create("project.task.recurrence", Json::Object(values))?;
            vals.insert("recurrence_id".into(), json!(id));
        }
    }
    Ok(())
}

/// Changes of how a task comes again change its recurrence; switching it off ends that for all its tasks.
pub(super) fn before_write(env: &Env, before: &[Record], vals: &Map) -> Result<()> {
    let values = given(vals);
    let root = env.sudo();
    if !values.is_empty() {
        let with: Vec<i64> = before.iter().filter_map(|t| t.opt("recurrence_id")).collect();
        env.write("project.task.recurrence", &with, Json::Object(values.clone()))?;
        if vals.get("recurring_task") == Some(&Json::Bool(true)) {
            for t in before.iter().filter(|t| t.opt("recurrence_id").is_none()) {
                let id = env.create("project.task.recurrence", Json::Object(values.clone()))?;
                link(env, t.id, id)?;
            }
        }
    }
    if vals.get("recurring_task").is_some_and(crate::value::json_is_falsy) {
        let ids: Vec<i64> = before.iter().filter_map(|t| t.opt("recurrence_id")).collect();
        stop(&root, &ids)?;
    }
    Ok(())
}

fn link(env: &Env, task: i64, recurrence: i64) -> Result<()> {
    let sql =
        Sql::of("UPDATE project_task SET recurrence_id = ").int(recurrence).raw(" WHERE id = ").int(task);
    env.execute(&sql)?;
    Ok(())
}

/// Ends recurrences: their tasks stay, and do not come again.
pub fn stop(env: &Env, recurrences: &[i64]) -> Result<()> {
    if recurrences.is_empty() {
        return Ok(());
    }
    let inner = env.with_context(json!({"active_test": false}));
    let tasks = inner.search("project.task", json!([["recurrence_id", "in", recurrences]]))?;
    env.unlink("project.task.recurrence", recurrences)?;
    env.write("project.task", &tasks, json!({"recurring_task": false}))
}

/// Deletes recurrences without tasks.
pub(super) fn drop_empty(env: &Env, recurrences: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "SELECT r.id FROM project_task_recurrence r WHERE NOT EXISTS \
                       (SELECT 1 FROM project_task t WHERE t.recurrence_id = r.id) AND r.id",
    )
    .ids(recurrences);
    let empty: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    env.sudo().unlink("project.task.recurrence", &empty)
}

fn compute(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["recurrence_id", "recurring_task"])?;
    let of = tasks.iter().filter_map(|t| t.opt("recurrence_id"));
    let recurrences = super::compute::by_id(&root, "project.task.recurrence", of, &FIELDS)?;
    let week = clock::today(env).checked_add_days(Days::new(7)).unwrap_or_default();
    let mut out = Computed::new();
    for t in &tasks {
        if let Some(r) = t.opt("recurrence_id").and_then(|r| recurrences.get(&r)) {
            FIELDS.iter().for_each(|f| out.set(t.id, f, r.get(f).clone()));
        } else if t.bool("recurring_task") {
            out.set(t.id, "repeat_interval", Value::Int(1));
            out.set(t.id, "repeat_unit", Value::Text("week".into()));
            out.set(t.id, "repeat_type", Value::Text("forever".into()));
            out.set(t.id, "repeat_until", Value::Date(week));
        }
    }
    Ok(out)
}

/// Closing the last task of a recurrence makes the next one.
fn inverse_state(env: &Env, model: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    if !value.as_str().is_some_and(is_closed) {
        return Ok(());
    }
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["recurrence_id"])?;
    let recurrences: Vec<i64> = tasks.iter().filter_map(|t| t.opt("recurrence_id")).collect();
    if recurrences.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("SELECT recurrence_id, MAX(id) FROM project_task WHERE recurrence_id")
        .ids(&recurrences)
        .raw(" GROUP BY recurrence_id");
    for r in env.query(&sql, &[ColType::Int; 2])? {
        let (recurrence, last) = (r[0].int(), r[1].int());
        if ids.contains(&last) {
            project_task_recurrence::next(&root, recurrence, last)?;
        }
    }
    Ok(())
}
