//! project.milestone: a day by which some tasks are to be done.

use super::clock;
use super::mail_thread::post;
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, fetch, name, read};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of milestones.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.milestone")
        .display_name(display_name)
        .compute("compute_can_be_marked_as_done", can_be_done)
        .compute("compute_deadline_state", deadline_state)
        .compute("compute_reached_date", reached_date)
        .compute("compute_task_count", task_count)
        .default("default_project_id", default_project)
        .method(Method::record("toggle_is_reached", "is_reached", toggle_is_reached))
        .method(Method::record("action_view_tasks", "", action_view_tasks))
}

/// Fields a panel shows of milestones.
pub const DATA: [&str; 8] = [
    "id",
    "name",
    "deadline",
    "is_reached",
    "reached_date",
    "is_deadline_exceeded",
    "is_deadline_future",
    "can_be_marked_as_done",
];

/// (tasks, closed ones) by milestone.
fn counts(env: &Env, ids: &[i64]) -> Result<HashMap<i64, (i64, i64)>> {
    let sql = Sql::of(
        "SELECT milestone_id, COUNT(*), COUNT(CASE WHEN state IN ('1_done', '1_canceled') THEN 1 END) \
         FROM project_task WHERE active AND milestone_id",
    )
    .ids(ids)
    .raw(" GROUP BY milestone_id");
    let rows = env.query(&sql, &[ColType::Int, ColType::BigInt, ColType::BigInt])?;
    Ok(rows.iter().map(|r| (r[0].int(), (r[1].int(), r[2].int()))).collect())
}

/// Which milestones have tasks, all of them closed.
pub fn completed(env: &Env, ids: &[i64]) -> Result<Vec<i64>> {
    Ok(counts(env, ids)?.into_iter().filter(|(_, (all, closed))| all == closed).map(|(id, _)| id).collect())
}

fn can_be_done(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let done = completed(env, ids)?;
    let reached = fetch::column(env, model, ids, "is_reached")?;
    let mut out = Computed::new();
    for id in ids {
        let open = reached.get(id).is_some_and(Value::is_falsy);
        out.set(*id, "can_be_marked_as_done", Value::Bool(open && done.contains(id)));
    }
    Ok(out)
}

fn deadline_state(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let today = clock::today(env);
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["is_reached", "deadline"])? {
        let day = r.date("deadline");
        let late = !r.bool("is_reached") && day.is_some_and(|d| d < today);
        out.set(r.id, "is_deadline_exceeded", Value::Bool(late));
        out.set(r.id, "is_deadline_future", Value::Bool(day.is_some_and(|d| d > today)));
    }
    Ok(out)
}

fn reached_date(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let today = clock::today(env);
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["is_reached"])? {
        let day = if r.bool("is_reached") { Value::Date(today) } else { Value::Null };
        out.set(r.id, "reached_date", day);
    }
    Ok(out)
}

fn task_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let found = counts(env, ids)?;
    let mut out = Computed::new();
    for id in ids {
        let (all, closed) = found.get(id).copied().unwrap_or_default();
        out.set(*id, "task_count", Value::Int(all));
        out.set(*id, "done_task_count", Value::Int(closed));
    }
    Ok(out)
}

fn default_project(env: &Env, _: &Model) -> Result<Json> {
    let of_project = env.ctx("active_model").as_str() == Some("project.project");
    Ok(env.ctx("active_id").as_i64().filter(|_| of_project).map_or(json!(false), |i| json!(i)))
}

fn display_name(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let mut names = name::default_names(env, model, ids)?;
    if env.flag("display_milestone_deadline") {
        for r in fetch::fetch_existing(env, model, ids, &["deadline"])? {
            if let (Some(d), Some(n)) = (r.date("deadline"), names.get_mut(&r.id)) {
                n.push_str(&format!(" - {}", d.format("%m/%d/%Y")));
            }
        }
    }
    Ok(names)
}

fn toggle_is_reached(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[id] = call.ids.as_slice() else { return Err(post::not_single(call.model, &call.ids)) };
    env.write("project.milestone", &[id], json!({"is_reached": !json_is_falsy(call.arg("is_reached"))}))?;
    crate::orm::compute::flush(env)?;
    let fields: Vec<String> = DATA.map(str::to_owned).into();
    Ok(read::read(env, call.model, &[id], &fields, true)?.pop().map_or(Json::Null, Json::Object))
}

fn action_view_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[id] = call.ids.as_slice() else { return Err(post::not_single(call.model, &call.ids)) };
    let m = env.fetch_one("project.milestone", id, &["project_id"])?;
    Ok(json!({"type": "ir.actions.act_window", "name": "Tasks", "res_model": "project.task",
              "view_mode": "list,form", "views": [[false, "list"], [false, "form"]],
              "domain": [["milestone_id", "=", id]],
              "context": {"default_milestone_id": id, "default_project_id": m.int("project_id")}}))
}
