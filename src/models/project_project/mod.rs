//! project.project: a board of tasks.

mod actions;
mod compute;
mod copy;
mod follow;

use super::mail_thread::follow as followers;
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Env, Super, access};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;

/// Behaviour of projects.
pub fn behaviour() -> Behaviour {
    let b = Behaviour::new("project.project")
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy::copy_data);
    actions::register(copy::register(follow::register(compute::register(b))))
}

/// The subtype that tells of a change.
pub fn track_subtype(changed: &[&str]) -> Option<&'static str> {
    changed.contains(&"stage_id").then_some("project.mt_project_stage_change")
}

fn create(env: &Env, sup: Super<'_>, mut vals_list: Vec<Map>) -> Result<Vec<i64>> {
    for vals in &mut vals_list {
        if vals.get("label_tasks").is_some_and(json_is_falsy) {
            vals.insert("label_tasks".into(), json!("Tasks"));
        }
        if vals.shift_remove("is_favorite").is_some_and(|v| !json_is_falsy(&v)) {
            vals.insert("favorite_user_ids".into(), json!([[6, 0, [env.uid()]]]));
        }
    }
    let env = env.with_context(json!({"mail_create_nosubscribe": true}));
    sup.create(&env, vals_list)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    if !env.su() && !ids.is_empty() {
        // who may not see a project is told that, before being told that he may not change it
        access::check_model(env, sup.model, 'r')?;
        crate::orm::rule::check(env, sup.model, ids, 'r')?;
    }
    if let Some(v) = vals.shift_remove("is_favorite") {
        compute::set_favorite(env, ids, !json_is_falsy(&v))?;
        if vals.is_empty() {
            return Ok(());
        }
    }
    if let Some(status) = vals.get("last_update_status").filter(|s| s.as_str() != Some("to_define")).cloned()
    {
        let name = format!("Status Update - {}", super::clock::today(env).format("%m/%d/%Y"));
        for id in ids {
            let env = env.with_context(json!({"default_project_id": id}));
            env.create("project.update", json!({"name": name, "status": status, "project_id": id}))?;
        }
        vals.shift_remove("last_update_status");
    }
    if let Some(to) = vals.get("privacy_visibility").and_then(Json::as_str) {
        change_visibility(env, sup, ids, to)?;
    }
    dates(env, ids, &mut vals)?;
    let active = vals.get("active").cloned();
    let independent = vals.get("allow_task_dependencies").is_some_and(json_is_falsy);
    sup.write(env, ids, vals)?;
    if independent {
        let waiting = json!([["project_id", "in", ids], ["state", "=", "04_waiting_normal"]]);
        let tasks = env.search("project.task", waiting)?;
        env.write("project.task", &tasks, json!({"state": "01_in_progress"}))?;
    }
    if let Some(active) = active {
        let all = env.with_context(json!({"active_test": false}));
        let tasks = all.search("project.task", json!([["project_id", "in", ids]]))?;
        all.write("project.task", &tasks, json!({"active": active}))?;
    }
    Ok(())
}

/// A project has both dates or none: emptying one empties both, and one alone is not taken.
fn dates(env: &Env, ids: &[i64], vals: &mut Map) -> Result<()> {
    let given = |vals: &Map, k: &str| vals.get(k).map(|v| !json_is_falsy(v));
    match (given(vals, "date_start"), given(vals, "date")) {
        (Some(false), _) | (_, Some(false)) => {
            vals.insert("date_start".into(), json!(false));
            vals.insert("date".into(), json!(false));
        }
        (Some(true), None) | (None, Some(true)) => {
            let projects = env.sudo().fetch("project.project", ids, &["date_start", "date"])?;
            for (own, other) in [("date_start", "date"), ("date", "date_start")] {
                if vals.contains_key(own) && projects.iter().any(|p| p.date(other).is_none()) {
                    vals.shift_remove(own);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Opening a project to customers makes them follow; closing it ends the following of people from outside.
fn change_visibility(env: &Env, sup: Super<'_>, ids: &[i64], to: &str) -> Result<()> {
    let root = env.sudo();
    let projects = root.fetch("project.project", ids, &["privacy_visibility", "partner_id"])?;
    let changed: Vec<_> = projects.iter().filter(|p| p.str("privacy_visibility") != to).collect();
    let task = env.model("project.task")?;
    if to == "portal" {
        for p in changed {
            if let Some(partner) = p.opt("partner_id") {
                followers::subscribe(&root, sup.model, &[p.id], &[partner], None)?;
            }
            let tasks =
                root.search("project.task", json!([["project_id", "=", p.id], ["partner_id", "!=", false]]))?;
            for t in root.fetch("project.task", &tasks, &["partner_id"])? {
                followers::subscribe(&root, task, &[t.id], &[t.int("partner_id")], None)?;
            }
        }
        return Ok(());
    }
    let closed: Vec<i64> =
        changed.iter().filter(|p| p.str("privacy_visibility") == "portal").map(|p| p.id).collect();
    if closed.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("SELECT DISTINCT partner_id FROM res_users WHERE share AND active");
    let outside: Vec<i64> = root.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    followers::unsubscribe(&root, sup.model, &closed, &outside)?;
    let all = root.with_context(json!({"active_test": false}));
    let tasks = all.search("project.task", json!([["project_id", "in", closed]]))?;
    followers::unsubscribe(&root, task, &tasks, &outside)
}

/// A project takes its tasks along, archived ones too, and its analytic account when that is empty.
fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    access::check_model(env, sup.model, 'u')?;
    let all = env.with_context(json!({"active_test": false}));
    let accounts: Vec<i64> = env
        .fetch("project.project", ids, &["account_id"])?
        .iter()
        .filter_map(|p| p.opt("account_id"))
        .collect();
    let tasks = all.search("project.task", json!([["project_id", "in", ids]]))?;
    all.unlink("project.task", &tasks)?;
    sup.unlink(env, ids)?;
    if !accounts.is_empty() {
        let root = env.sudo();
        let used = root.search("project.project", json!([["account_id", "in", accounts]]))?;
        let used: Vec<i64> = root
            .fetch("project.project", &used, &["account_id"])?
            .iter()
            .map(|p| p.int("account_id"))
            .collect();
        let free: Vec<i64> = accounts.into_iter().filter(|a| !used.contains(a)).collect();
        root.unlink("account.analytic.account", &free)?;
    }
    Ok(())
}
