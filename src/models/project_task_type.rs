//! project.task.type: a column of a board, or a personal stage of one user.

use super::mail_thread::post;
use super::project_task;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super, access, commands, fetch, rule};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;

/// Behaviour of stages.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.task.type")
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy_data)
        .constrains(&["user_id", "project_ids"], personal_has_no_project)
        .compute("compute_disabled_rating_warning", rating_warning)
        .compute("compute_user_id", user)
        .default("default_project_ids", |env, _| {
            Ok(env.ctx("default_project_id").as_i64().map_or(json!([[6, 0, []]]), |p| json!([[6, 0, [p]]])))
        })
        .default("default_user_id", |env, _| {
            Ok(if env.flag("default_project_id") { json!(false) } else { json!(env.uid()) })
        })
        .method(Method::record("unlink_wizard", "stage_view=False", unlink_wizard))
}

/// A stage of projects is nobody's own, whoever makes it.
fn create(env: &Env, sup: Super<'_>, mut vals_list: Vec<Map>) -> Result<Vec<i64>> {
    for vals in vals_list.iter_mut().filter(|v| !v.contains_key("user_id")) {
        let Some(value) = vals.get("project_ids") else { continue };
        let field = sup.model.field("project_ids")?;
        let list = commands::parse(sup.model, field, value)?;
        let made = list.iter().any(|c| matches!(c, commands::Command::Create(_)));
        if made || !commands::resulting(&list).is_empty() {
            vals.insert("user_id".into(), json!(false));
        }
    }
    sup.create(env, vals_list)
}

/// Archiving a stage archives the tasks in it.
fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if vals.get("active").is_some_and(json_is_falsy) {
        access::guard(env, env.model("project.task")?, &["active"], 'w')?;
        let tasks = env.search("project.task", json!([["stage_id", "in", ids]]))?;
        env.write("project.task", &tasks, json!({"active": false}))?;
    }
    sup.write(env, ids, vals)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    rule::check(env, sup.model, ids, 'u')?;
    let sql = Sql::of(
        "SELECT g.user_id FROM project_task_type g WHERE g.user_id IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM project_task_type t WHERE t.user_id = g.user_id AND t.active AND t.id",
    )
    .not_ids(ids)
    .raw(") AND g.id")
    .ids(ids);
    if !env.query(&sql, &[ColType::Int])?.is_empty() {
        return Err(Error::user(
            "Each user should have at least one personal stage. Create a new stage to which the tasks can be \
             transferred after the selected ones are deleted.",
        ));
    }
    project_task::leave_personal_stages(env, ids)?;
    sup.unlink(env, ids)
}

/// Copies are called after their original, whatever name they are given, as in Odoo.
fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let mut out = sup.copy_data(env, ids, default)?;
    for (stage, vals) in env.fetch("project.task.type", ids, &["name"])?.iter().zip(&mut out) {
        vals.insert("name".into(), json!(format!("{} (copy)", stage.str("name"))));
    }
    Ok(out)
}

fn personal_has_no_project(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let stages = fetch::fetch_existing(env, model, ids, &["user_id", "project_ids"])?;
    if stages.iter().any(|s| s.opt("user_id").is_some() && !s.ids("project_ids").is_empty()) {
        return Err(Error::user(
            "A personal stage cannot be linked to a project because it is only visible to its corresponding user.",
        ));
    }
    Ok(())
}

fn user(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for s in fetch::fetch_existing(&env.sudo(), model, ids, &["user_id", "project_ids"])? {
        let own = if s.ids("project_ids").is_empty() { s.get("user_id").clone() } else { Value::Null };
        out.set(s.id, "user_id", own);
    }
    Ok(out)
}

/// Projects of a stage, as the user sees them, that ask for no ratings.
fn rating_warning(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let stages = env.fetch("project.task.type", ids, &["project_ids"])?;
    let mut projects: Vec<i64> = stages.iter().flat_map(|s| s.ids("project_ids").to_vec()).collect();
    projects.sort_unstable();
    projects.dedup();
    let projects = env.fetch("project.project", &projects, &["name", "rating_active"])?;
    let mut out = Computed::new();
    for stage in &stages {
        let silent = stage.ids("project_ids").iter().filter_map(|id| projects.iter().find(|p| p.id == *id));
        let lines: Vec<String> =
            silent.filter(|p| !p.bool("rating_active")).map(|p| format!("- {}", p.str("name"))).collect();
        let warning = if lines.is_empty() { Value::Null } else { Value::Text(lines.join("\n")) };
        out.set(stage.id, "disabled_rating_warning", warning);
    }
    Ok(out)
}

fn unlink_wizard(env: &Env, call: &Call<'_>) -> Result<Json> {
    if call.ids.is_empty() {
        return Err(post::not_single(call.model, &call.ids));
    }
    let count = env
        .with_context(json!({"active_test": false}))
        .count("project.task", json!([["stage_id", "in", call.ids]]))?;
    Ok(json!({"name": "Delete Stage", "view_mode": "form", "res_model": "project.task.type",
              "type": "ir.actions.act_window", "target": "new", "res_id": call.ids[0],
              "context": {"stage_ids": call.ids, "tasks_count": count, "stage_view": call.arg("stage_view")}}))
}
