//! Copies of tasks: with their sub-tasks, open, and in a copied project under their own names.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Call, Env, Super, fetch};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Copies are made in silence: nobody follows them for it, nothing is said.
pub(super) fn copy(env: &Env, call: &Call<'_>) -> Result<Json> {
    let default = call.arg("default").as_object().cloned().unwrap_or_default();
    Ok(json!(crate::orm::copy::copy(&quiet(env), call.model, &call.ids, default)?))
}

fn quiet(env: &Env) -> Env {
    env.with_context(json!({
        "mail_auto_subscribe_no_notify": true, "mail_create_nosubscribe": true, "mail_create_nolog": true,
    }))
}

pub(super) fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let whole_project = env.flag("copy_project");
    if !env.su() && env.user()?.share && env.has_group("base.group_portal")? {
        return Err(Error::access("You cannot read the following fields on tasks: html_field_history"));
    }
    let mut out = sup.copy_data(env, ids, default.clone())?;
    if !env.has_group("project.group_project_user")? {
        out.iter_mut().for_each(|vals| vals.retain(|name, _| super::portal::readable(name)));
    }
    let env_all = env.with_context(json!({"active_test": false}));
    let fields = ["name", "stage_id", "active", "recurrence_id", "user_ids", "child_ids", "allow_milestones"];
    let tasks = env_all.fetch("project.task", ids, &fields)?;
    let users = active_users(env, tasks.iter().flat_map(|t| t.ids("user_ids").iter().copied()))?;
    let children: Vec<i64> = match default.contains_key("child_ids") {
        true => Vec::new(),
        false => tasks.iter().flat_map(|t| t.ids("child_ids").iter().copied()).collect(),
    };
    let mut below = lines(env, sup, &children, &default)?;
    let milestones = env.ctx("milestone_mapping").as_object().cloned().unwrap_or_default();
    for (t, vals) in tasks.iter().zip(&mut out) {
        if default.get("stage_id").is_none_or(json_is_falsy) {
            vals.insert("stage_id".into(), t.opt("stage_id").map_or(json!(false), |s| json!(s)));
        }
        if !default.contains_key("active") && !t.bool("active") && !whole_project {
            vals.insert("active".into(), json!(true));
        }
        let name = match whole_project {
            true => t.str("name").to_owned(),
            false => format!("{} (copy)", t.str("name")),
        };
        vals.insert("name".into(), json!(name));
        if let Some(m) = vals.get("milestone_id").and_then(Json::as_i64)
            && let Some(to) = milestones.get(&m.to_string())
        {
            vals.insert("milestone_id".into(), to.clone());
        }
        if !default.contains_key("user_ids") {
            let keep: Vec<i64> = t.ids("user_ids").iter().copied().filter(|u| users.contains(u)).collect();
            vals.insert("user_ids".into(), json!([[6, 0, keep]]));
        }
        if let Some(r) = t.opt("recurrence_id").filter(|_| !default.contains_key("recurrence_id")) {
            let copies =
                crate::orm::copy::copy(env, env.model("project.task.recurrence")?, &[r], Map::new())?;
            vals.insert("recurrence_id".into(), copies.first().map_or(json!(false), |c| json!(c)));
        }
        let own: Vec<Json> = t.ids("child_ids").iter().filter_map(|c| below.remove(c)).collect();
        if !own.is_empty() {
            vals.insert("child_ids".into(), Json::Array(own));
        }
    }
    Ok(out)
}

/// Create commands of the copies of sub-tasks, which are copied the same way.
fn lines(env: &Env, sup: Super<'_>, children: &[i64], default: &Map) -> Result<HashMap<i64, Json>> {
    if children.is_empty() {
        return Ok(HashMap::new());
    }
    let mut inner = Map::new();
    for key in ["project_id", "company_id"] {
        if let Some(v) = default.get(key) {
            inner.insert(key.into(), v.clone());
        }
    }
    inner.insert("parent_id".into(), json!(false));
    let copies = copy_data(env, sup, children, inner)?;
    Ok(children
        .iter()
        .zip(copies)
        .map(|(id, mut vals)| {
            vals.shift_remove("parent_id");
            (*id, json!([0, 0, vals]))
        })
        .collect())
}

fn active_users(env: &Env, users: impl Iterator<Item = i64>) -> Result<Vec<i64>> {
    let users: Vec<i64> = users.collect();
    if users.is_empty() {
        return Ok(users);
    }
    let sql = Sql::of("SELECT id FROM res_users WHERE active AND id").ids(&users);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// Copies the tasks of a project into another one and lets the copies depend on each other as the originals do.
pub fn copy_tasks(env: &Env, from: i64, to: i64) -> Result<()> {
    let env = quiet(env).with_context(json!({"copy_project": true}));
    let all = env.with_context(json!({"active_test": false}));
    // in the order of the board: of two that it does not order, the later one is copied first
    let tasks = all.search("project.task", json!([["project_id", "=", from], ["parent_id", "=", false]]))?;
    let mut default = Map::new();
    default.insert("project_id".into(), json!(to));
    let copies = crate::orm::copy::copy(&env, env.model("project.task")?, &tasks, default)?;
    let sql = Sql::of("SELECT 1 FROM project_project WHERE allow_task_dependencies AND id = ").int(from);
    if env.query(&sql, &[ColType::Int])?.is_empty() {
        return Ok(());
    }
    dependencies(&all, &tasks, &copies)
}

/// Pairs each original with its copy, level by level, and copies the dependencies.
fn dependencies(env: &Env, old: &[i64], new: &[i64]) -> Result<()> {
    let root = env.sudo();
    let mut map: HashMap<i64, i64> = HashMap::new();
    let mut level: Vec<(i64, i64)> = old.iter().copied().zip(new.iter().copied()).collect();
    while !level.is_empty() {
        let olds: Vec<i64> = level.iter().map(|p| p.0).collect();
        let news: Vec<i64> = level.iter().map(|p| p.1).collect();
        map.extend(level);
        let a = children(&root, &olds)?;
        let b = children(&root, &news)?;
        level = olds
            .iter()
            .zip(&news)
            .flat_map(|(o, n)| {
                let mut left: Vec<i64> = a.get(o).cloned().unwrap_or_default();
                let mut right: Vec<i64> = b.get(n).cloned().unwrap_or_default();
                left.sort_unstable();
                right.sort_unstable();
                left.into_iter().zip(right).collect::<Vec<_>>()
            })
            .collect();
    }
    let olds: Vec<i64> = map.keys().copied().collect();
    let tasks = fetch::fetch_existing(&root, env.model("project.task")?, &olds, &["depend_on_ids"])?;
    for t in tasks.iter().filter(|t| !t.ids("depend_on_ids").is_empty()) {
        let on: Vec<i64> = t.ids("depend_on_ids").iter().map(|d| map.get(d).copied().unwrap_or(*d)).collect();
        root.write("project.task", &[map[&t.id]], json!({"depend_on_ids": [[6, 0, on]]}))?;
    }
    Ok(())
}

fn children(env: &Env, parents: &[i64]) -> Result<HashMap<i64, Vec<i64>>> {
    let sql = Sql::of("SELECT parent_id, id FROM project_task WHERE parent_id").ids(parents);
    let mut out: HashMap<i64, Vec<i64>> = HashMap::new();
    for r in env.query(&sql, &[ColType::Int; 2])? {
        out.entry(r[0].int()).or_default().push(r[1].int());
    }
    Ok(out)
}
