//! What buttons of a project do.

use super::compute;
use crate::error::Result;
use crate::models::mail_thread::post;
use crate::models::{project_update, stored_action};
use crate::orm::{Behaviour, Call, Env, Method, name, read};
use crate::value::{Json, Map};
use serde_json::json;

const TASKS: &str = "project.act_project_project_2_project_task_all";
const UPDATES: &str = "project.project_update_all_action";

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.method(Method::model("name_create", "name", name_create))
        .method(Method::record("toggle_favorite", "", toggle_favorite))
        .method(Method::record("action_view_tasks", "", action_view_tasks))
        .method(Method::record("action_view_tasks_analysis", "", action_view_tasks))
        .method(Method::record("action_get_list_view", "", action_milestones))
        .method(Method::record("project_update_all_action", "", action_updates))
        .method(Method::record("action_open_share_project_wizard", "", action_share))
        .method(Method::record("get_last_update_or_default", "", last_update))
        .method(Method::record("get_milestones", "", milestones))
}

fn single(call: &Call<'_>) -> Result<i64> {
    match call.ids.as_slice() {
        [id] => Ok(*id),
        ids => Err(post::not_single(call.model, ids)),
    }
}

/// A project made by its name alone gets a stage to begin in.
fn name_create(env: &Env, call: &Call<'_>) -> Result<Json> {
    let made = name::name_create(env, call.model, call.arg("name"))?;
    if let Some(id) = made.get(0).and_then(Json::as_i64) {
        let stage = env.sudo().create("project.task.type", json!({"name": "New", "user_id": false}))?;
        env.write("project.project", &[id], json!({"type_ids": [[4, stage]]}))?;
    }
    Ok(made)
}

fn toggle_favorite(env: &Env, call: &Call<'_>) -> Result<Json> {
    for p in env.fetch("project.project", &call.ids, &["is_favorite"])? {
        compute::set_favorite(env, &[p.id], !p.bool("is_favorite"))?;
    }
    Ok(Json::Null)
}

/// The board of a project's tasks, at the address `project/ID/tasks`.
fn action_view_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let p = env.fetch_one("project.project", id, &["name", "active"])?;
    let mut more = Map::new();
    more.insert("create".into(), json!(p.bool("active")));
    more.insert("active_test".into(), json!(p.bool("active")));
    stored_action::opened_from(env, TASKS, id, p.str("name"), more)
}

fn action_milestones(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    env.fetch_one("project.project", id, &["name"])?;
    Ok(json!({"type": "ir.actions.act_window", "name": "Milestones", "res_model": "project.milestone",
              "view_mode": "list,form", "views": [[false, "list"], [false, "form"]],
              "domain": [["project_id", "=", id]],
              "context": {"default_project_id": id, "active_id": id}}))
}

/// A project's updates, at the address `project/ID/project-dashboard`.
fn action_updates(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let p = env.fetch_one("project.project", id, &["name"])?;
    let dashboard = format!("{} Dashboard", p.str("name"));
    stored_action::opened_from(env, UPDATES, id, &dashboard, Map::new())
}

fn action_share(_: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    Ok(json!({"type": "ir.actions.act_window", "name": "Share Project", "res_model": "project.share.wizard",
              "view_mode": "form", "views": [[false, "form"]], "target": "new",
              "context": {"active_id": id, "active_model": "project.project"}}))
}

fn last_update(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let p = env.fetch_one("project.project", id, &["last_update_status"])?;
    let status = p.str("last_update_status");
    let label = call.model.field("last_update_status")?.label(status).unwrap_or_default().to_owned();
    Ok(json!({"status": label, "color": project_update::color(status)}))
}

fn milestones(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    if !env.has_group("project.group_project_user")? {
        return Ok(json!({}));
    }
    let ids = env.search("project.milestone", json!([["project_id", "=", id]]))?;
    let fields: Vec<String> = super::super::project_milestone::DATA.map(str::to_owned).into();
    Ok(json!({"data": read::read(env, env.model("project.milestone")?, &ids, &fields, true)?}))
}
