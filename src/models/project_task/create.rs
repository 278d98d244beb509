//! Making tasks: what Odoo adds to the values, and what follows from them. All for any number of tasks at once.

use super::{personal, quick, recurrence, stage};
use crate::error::Result;
use crate::models::mail_message::plain;
use crate::models::mail_thread::assign;
use crate::models::mail_thread::follow::unique;
use crate::orm::commands::{self, Command};
use crate::orm::{Env, Super, access, fetch};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn create(env: &Env, sup: Super<'_>, mut vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let portal = !env.su() && env.has_group("base.group_portal")?;
    if portal {
        access::check_model(env, sup.model, 'c')?;
    }
    for vals in &mut vals_list {
        let keys: Vec<&str> = vals.keys().map(String::as_str).collect();
        access::guard(env, sup.model, &keys, 'w')?;
    }
    quick::expand(env, &mut vals_list)?;
    vals_list.iter_mut().for_each(untitled);
    with_parents(env, &mut vals_list)?;
    let default_project = match env.ctx("default_project_id").as_i64() {
        Some(p) => Some(p),
        None => parent_project(env, &vals_list)?,
    };
    check_projects(env, &vals_list, default_project)?;
    access::check_model(env, sup.model, 'c')?;
    let user = env.uid();
    let stages = default_stages(env, &vals_list)?;
    for vals in &mut vals_list {
        let project = id(vals, "project_id").or(default_project);
        assign(env, sup, vals, project, user)?;
        // a to-do is in no stage of a project
        if project.is_none() && (vals.contains_key("stage_id") || env.flag("default_stage_id")) {
            vals.insert("stage_id".into(), json!(false));
        }
        if let Some(p) = id(vals, "project_id")
            && !vals.contains_key("stage_id")
        {
            vals.insert("stage_id".into(), stages.get(&p).map_or(json!(false), |s| json!(s)));
        }
    }
    stage_dates(env, &mut vals_list)?;
    recurrence::of_new(env, &mut vals_list)?;
    // the context's project and stage were for the first task, not for what is made along with it
    let inner = env.with_context(json!({"mail_create_nosubscribe": true}));
    let given: Vec<Vec<i64>> =
        vals_list.iter().map(|v| super::messages::responsible(sup.model, v)).collect::<Result<_>>()?;
    let ids = sup.create(&inner, vals_list)?;
    stage::join_projects(env, &ids)?;
    personal::fill(env, &ids)?;
    super::follow::from_parents(env, sup.model, &ids)?;
    follow_own(env, sup, &ids)?;
    tell_assigned(env, sup, &ids, &given)?;
    Ok(ids)
}

/// A sub-task that is said not to be shown in a project of its own is in that of its parent.
fn with_parents(env: &Env, vals_list: &mut [Map]) -> Result<()> {
    let hidden =
        |v: &Map| v.get("display_in_project").is_some_and(json_is_falsy) && !v.contains_key("project_id");
    let parents = unique(vals_list.iter().filter(|v| hidden(v)).filter_map(|v| id(v, "parent_id")));
    if parents.is_empty() {
        return Ok(());
    }
    let root = env.sudo();
    let parents = fetch::fetch_existing(&root, env.model("project.task")?, &parents, &["project_id"])?;
    for vals in vals_list.iter_mut().filter(|v| hidden(v)) {
        let parent = parents.iter().find(|p| Some(p.id) == id(vals, "parent_id"));
        if let Some(project) = parent.and_then(|p| p.opt("project_id")) {
            vals.insert("project_id".into(), json!(project));
        }
    }
    Ok(())
}

fn tell_assigned(env: &Env, sup: Super<'_>, ids: &[i64], given: &[Vec<i64>]) -> Result<()> {
    if env.flag("mail_auto_subscribe_no_notify") {
        return Ok(());
    }
    let mut new = Vec::new();
    for t in fetch::fetch_existing(&env.sudo(), sup.model, ids, &["user_ids"])? {
        let mut users = t.ids("user_ids").to_vec();
        if let Some(given) = ids.iter().position(|i| *i == t.id).and_then(|n| given.get(n)) {
            super::write::in_order(&mut users, given);
        }
        new.extend(users.iter().map(|u| (t.id, *u)));
    }
    assign::assigned(env, sup.model, &new, assign::Dress::Task)
}

/// A to-do (a task of no project) need not be called anything: the first line of its text names it.
fn untitled(vals: &mut Map) {
    let falsy = |k: &str| vals.get(k).is_none_or(json_is_falsy);
    if !falsy("name") || !falsy("project_id") || !falsy("parent_id") {
        return;
    }
    let text = vals.get("description").and_then(Json::as_str).unwrap_or_default();
    let line = text.split("</p>").map(plain).find(|l| !l.is_empty()).unwrap_or_default();
    let name = match line.chars().count() {
        0 => "Untitled to-do".to_owned(),
        n if n > 100 => format!("{}...", line.chars().take(97).collect::<String>()),
        _ => line,
    };
    vals.insert("name".into(), json!(name));
}

fn id(vals: &Map, key: &str) -> Option<i64> {
    vals.get(key).and_then(Json::as_i64).filter(|i| *i != 0)
}

/// The project of the one parent that all new tasks have.
fn parent_project(env: &Env, vals_list: &[Map]) -> Result<Option<i64>> {
    let parents = unique(vals_list.iter().filter_map(|v| id(v, "parent_id")));
    let &[parent] = parents.as_slice() else { return Ok(None) };
    let found = super::compute::by_id(&env.sudo(), "project.task", [parent].into_iter(), &["project_id"])?;
    Ok(found.get(&parent).and_then(|p| p.opt("project_id")))
}

/// A project one may not read is none one may make tasks in.
fn check_projects(env: &Env, vals_list: &[Map], default: Option<i64>) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    let projects = unique(vals_list.iter().filter_map(|v| id(v, "project_id")).chain(default));
    if !projects.is_empty() {
        env.fetch("project.project", &projects, &["company_id"])?;
    }
    Ok(())
}

/// The stage new tasks of each project begin in.
fn default_stages(env: &Env, vals_list: &[Map]) -> Result<HashMap<i64, i64>> {
    if env.ctx("default_stage_id").is_i64() {
        let stage = env.ctx("default_stage_id").as_i64().unwrap_or(0);
        return Ok(vals_list.iter().filter_map(|v| id(v, "project_id")).map(|p| (p, stage)).collect());
    }
    let wanting = vals_list.iter().filter(|v| !v.contains_key("stage_id"));
    let projects = unique(wanting.filter_map(|v| id(v, "project_id")));
    let stages = stage::of_projects(env, &projects)?;
    Ok(stages.iter().filter_map(|(p, s)| stage::first(s).map(|s| (*p, s))).collect())
}

/// Assigning sets the date; a private task always has its maker among the assignees.
fn assign(env: &Env, sup: Super<'_>, vals: &mut Map, project: Option<i64>, user: i64) -> Result<()> {
    let Some(value) = vals.get("user_ids").filter(|v| !json_is_falsy(v)) else { return Ok(()) };
    let now = stage::stamp(env);
    let private = project.is_none() && id(vals, "parent_id").is_none();
    let mut users = commands::resulting(&commands::parse(sup.model, sup.model.field("user_ids")?, value)?);
    if private && user != crate::orm::SUPERUSER && !users.contains(&user) {
        users.push(user);
        vals.insert("user_ids".into(), json!([[6, 0, users]]));
    }
    vals.entry("date_assign").or_insert(now);
    Ok(())
}

fn stage_dates(env: &Env, vals_list: &mut [Map]) -> Result<()> {
    let stages = unique(vals_list.iter().filter_map(|v| id(v, "stage_id")));
    if stages.is_empty() {
        return Ok(());
    }
    let found = super::compute::by_id(&env.sudo(), "project.task.type", stages.into_iter(), &["fold"])?;
    let now = stage::stamp(env);
    for vals in vals_list {
        let Some(stage) = id(vals, "stage_id").and_then(|s| found.get(&s)) else { continue };
        let end = if stage.bool("fold") { now.clone() } else { json!(false) };
        vals.insert("date_end".into(), end);
        vals.insert("date_last_stage_update".into(), now.clone());
    }
    Ok(())
}

/// Whoever makes a task follows it.
fn follow_own(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let Ok(user) = env.user() else { return Ok(()) };
    let there = super::follow::of_records(&env.sudo(), "project.task", ids)?;
    let mut new = ids.to_vec();
    new.retain(|id| !there.iter().any(|(task, (partner, _))| task == id && *partner == user.partner_id));
    super::follow::subscribe(env, sup.model, &new, &[user.partner_id], &[]).map(|_| ())
}

/// Ids that a value of an x2many ends up with, given to a new record.
pub fn ids_of(sup: &crate::orm::Model, field: &str, value: &Json) -> Result<Vec<i64>> {
    let commands: Vec<Command> = commands::parse(sup, sup.field(field)?, value)?;
    Ok(commands::resulting(&commands))
}
