//! project.update: how a project stands, from time to time.

use super::mail_thread::Creation;
use crate::error::Result;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Page, Super, fetch};
use crate::value::{Json, Map, Value};
use serde_json::json;

/// Behaviour of updates.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.update")
        .create(create)
        .unlink(unlink)
        .default_get(defaults)
        .compute("compute_closed_task_percentage", closed_share)
        .compute("compute_color", compute_color)
        .compute("compute_name_cropped", name_cropped)
        .compute("compute_progress_percentage", progress)
        // Odoo forgot to mark it as a method of the model: over RPC it wants ids first
        .method(Method::record("default_get", "fields", default_get))
}

/// The first message of an update.
pub fn creation() -> Creation {
    Creation { subtype: Some("project.mt_update_create"), ..Creation::default() }
}

/// Colour of a status.
pub fn color(status: &str) -> i64 {
    match status {
        "on_track" => 20,
        "on_hold" => 21,
        "at_risk" => 22,
        "off_track" => 23,
        "done" => 24,
        _ => 0,
    }
}

/// A new update becomes the last one of its project and notes how many tasks there are.
fn create(env: &Env, sup: Super<'_>, vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let ids = sup.create(env, vals_list)?;
    let root = env.sudo();
    for u in root.fetch("project.update", &ids, &["project_id"])? {
        let project = u.int("project_id");
        let p = env.fetch_one("project.project", project, &["task_count", "open_task_count"])?;
        root.write("project.project", &[project], json!({"last_update_id": u.id}))?;
        let closed = p.int("task_count") - p.int("open_task_count");
        env.write(
            "project.update",
            &[u.id],
            json!({"task_count": p.int("task_count"), "closed_task_count": closed}),
        )?;
    }
    Ok(ids)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let updates = env.fetch("project.update", ids, &["project_id"])?;
    let projects = super::mail_thread::follow::unique(updates.iter().map(|u| u.int("project_id")));
    sup.unlink(env, ids)?;
    let root = env.sudo();
    for project in projects {
        let page = Page { order: Some("date desc".into()), limit: Some(1), offset: 0 };
        let last = root.search_with("project.update", json!([["project_id", "=", project]]), &page)?;
        let last = last.first().map_or(json!(false), |u| json!(u));
        root.write("project.project", &[project], json!({"last_update_id": last}))?;
    }
    Ok(())
}

/// Progress and status go on from the last update.
fn defaults(env: &Env, sup: Super<'_>, fields: &[String]) -> Result<Map> {
    let mut out = sup.default_get(env, fields)?;
    let wants = |f: &str| fields.iter().any(|x| x == f);
    let missing = |out: &Map, f: &str| out.get(f).is_none_or(crate::value::json_is_falsy);
    if wants("project_id") && missing(&out, "project_id") {
        out.insert("project_id".into(), env.ctx("active_id").clone());
    }
    let project = out.get("project_id").or(env.context().get("default_project_id")).and_then(Json::as_i64);
    let Some(project) = project.filter(|_| wants("project_id")) else { return Ok(out) };
    let root = env.sudo();
    let p = root.fetch_one("project.project", project, &["last_update_id", "last_update_status"])?;
    if wants("progress") && missing(&out, "progress") {
        let last = match p.opt("last_update_id") {
            Some(u) => root.fetch_one("project.update", u, &["progress"])?.int("progress"),
            None => 0,
        };
        out.insert("progress".into(), json!(last));
    }
    if wants("status") && missing(&out, "status") {
        let status = match p.str("last_update_status") {
            "" | "to_define" => "on_track",
            s => s,
        };
        out.insert("status".into(), json!(status));
    }
    Ok(out)
}

fn default_get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = call.strings("fields")?;
    crate::orm::default_get::for_client(env, call.model, &fields).map(Json::Object)
}

fn closed_share(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in fetch::fetch_existing(&env.sudo(), model, ids, &["task_count", "closed_task_count"])? {
        let share = match u.int("task_count") {
            0 => 0,
            n => (u.int("closed_task_count") as f64 * 100.0 / n as f64).round_ties_even() as i64,
        };
        out.set(u.id, "closed_task_percentage", Value::Int(share));
    }
    Ok(out)
}

fn compute_color(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in fetch::fetch_existing(&env.sudo(), model, ids, &["status"])? {
        out.set(u.id, "color", Value::Int(color(u.str("status"))));
    }
    Ok(out)
}

fn name_cropped(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in fetch::fetch_existing(&env.sudo(), model, ids, &["name"])? {
        let name = u.str("name");
        let cropped = match name.chars().count() {
            n if n > 60 => format!("{}...", name.chars().take(57).collect::<String>()),
            _ => name.to_owned(),
        };
        out.set(u.id, "name_cropped", Value::Text(cropped));
    }
    Ok(out)
}

fn progress(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in fetch::fetch_existing(&env.sudo(), model, ids, &["progress"])? {
        out.set(u.id, "progress_percentage", Value::Float(u.int("progress") as f64 / 100.0));
    }
    Ok(out)
}
