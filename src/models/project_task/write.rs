//! Changing and deleting tasks.

use super::{compute, personal, quick, recurrence, stage};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::mail_thread::assign;
use crate::orm::{Env, Record, Super, access, fetch};
use crate::value::{Json, Map};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if ids.is_empty() {
        return sup.write(env, ids, vals);
    }
    let keys: Vec<&str> = vals.keys().map(String::as_str).collect();
    // who comes from outside hears of the fields before the records
    access::guard(env, sup.model, &keys, 'w')?;
    let portal = !env.su() && env.has_group("base.group_portal")?;
    if portal {
        crate::orm::rule::check(env, sup.model, ids, 'w')?;
    }
    let mut list = vec![vals];
    quick::expand(env, &mut list)?;
    let mut vals = list.pop().unwrap_or_default();
    // Odoo reads the tasks before it writes them: who may not see them is told that
    let before = env.fetch("project.task", ids, &["project_id", "user_ids", "recurrence_id", "state"])?;
    check_parent(ids, &vals)?;
    stage_values(env, &before, &mut vals)?;
    let mut left = ids.to_vec();
    milestones(env, ids, &mut vals, &mut left)?;
    recurrence::before_write(env, &before, &vals)?;
    let changed = vals.clone();
    if vals.get("personal_stage_type_id").is_some_and(crate::value::json_is_falsy) {
        vals.shift_remove("personal_stage_type_id");
    }
    let moved = moved(env, &before, &vals)?;
    let writer = if portal { env.sudo() } else { env.clone() };
    sup.write(&writer, ids, vals)?;
    after(env, ids, &before, &changed)?;
    if changed.contains_key("user_ids") {
        let given = super::messages::responsible(sup.model, &changed)?;
        tell_assigned(env, ids, &before, &given)?;
    }
    match moved {
        Some(m) => tell_moved(env, ids, m),
        None => Ok(()),
    }
}

/// Followers who wait for new tasks of the project that tasks move to hear of it.
struct Move {
    partners: Vec<i64>,
    /// Project each task leaves, with its name.
    from: HashMap<i64, (i64, String)>,
    to: i64,
}

fn moved(env: &Env, before: &[Record], vals: &Map) -> Result<Option<Move>> {
    let Some(to) = vals.get("project_id").and_then(Json::as_i64).filter(|p| *p != 0) else { return Ok(None) };
    let root = env.sudo();
    let Some(subtype) = root.xmlid("project.mt_project_task_new")? else { return Ok(None) };
    let sql = Sql::of(
        "SELECT f.partner_id FROM mail_followers f JOIN mail_followers_mail_message_subtype_rel r \
         ON r.mail_followers_id = f.id WHERE f.res_model = 'project.project' AND f.res_id = ",
    )
    .int(to)
    .raw(" AND r.mail_message_subtype_id = ")
    .int(subtype)
    .raw(" ORDER BY f.id");
    let partners: Vec<i64> = root.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    if partners.is_empty() {
        return Ok(None);
    }
    let projects: Vec<i64> = before.iter().filter_map(|t| t.opt("project_id")).collect();
    let names = root.display_names("project.project", &projects)?;
    let of = |t: &Record| {
        let p = t.opt("project_id")?;
        Some((t.id, (p, names.get(&p).cloned().unwrap_or_default())))
    };
    Ok(Some(Move { partners, from: before.iter().filter_map(of).collect(), to }))
}

fn tell_moved(env: &Env, ids: &[i64], moved: Move) -> Result<()> {
    let root = env.sudo();
    let names = root.display_names("project.task", ids)?;
    let to = root.display_names("project.project", &[moved.to])?.remove(&moved.to).unwrap_or_default();
    let link = |id: i64, name: &str| {
        let name = assign::escaped(name);
        format!("<a href=\"#\" data-oe-model=\"project.project\" data-oe-id=\"{id}\">{name}</a>")
    };
    let body = |id: &i64| match moved.from.get(id) {
        Some((p, name)) => {
            format!("<p>Task Transferred from Project {} to {}</p>", link(*p, name), link(moved.to, &to))
        }
        None => "<p>Task Converted from To-Do</p>".to_owned(),
    };
    let notices = ids
        .iter()
        .map(|id| assign::Notice {
            res_id: *id,
            partners: moved.partners.clone(),
            subject: None,
            body: body(id),
            name: names.get(id).cloned().unwrap_or_default(),
        })
        .collect();
    assign::send(env, env.model("project.task")?, notices)
}

/// Users in the order in which they were given, the others after them.
pub(super) fn in_order(users: &mut [i64], given: &[i64]) {
    users.sort_by_key(|u| given.iter().position(|g| g == u).unwrap_or(given.len()));
}

/// New assignees are told.
fn tell_assigned(env: &Env, ids: &[i64], before: &[Record], given: &[i64]) -> Result<()> {
    let model = env.model("project.task")?;
    let mut new = Vec::new();
    for t in fetch::fetch_existing(&env.sudo(), model, ids, &["user_ids"])? {
        let old = before.iter().find(|b| b.id == t.id).map_or(&[][..], |b| b.ids("user_ids"));
        let mut users = t.ids("user_ids").to_vec();
        in_order(&mut users, given);
        new.extend(users.iter().filter(|u| !old.contains(u)).map(|u| (t.id, *u)));
    }
    assign::assigned(env, model, &new, assign::Dress::Task)
}

fn check_parent(ids: &[i64], vals: &Map) -> Result<()> {
    if vals.get("parent_id").and_then(Json::as_i64).is_some_and(|p| ids.contains(&p)) {
        return Err(Error::user("Sorry. You can't set a task as its parent task."));
    }
    Ok(())
}

fn stage_values(env: &Env, before: &[Record], vals: &mut Map) -> Result<()> {
    let Some(stage) = stage::given(vals) else { return Ok(()) };
    if !vals.contains_key("project_id") && before.iter().any(|t| t.opt("project_id").is_none()) {
        return Err(Error::user("You can only set a personal stage on a private task."));
    }
    vals.insert("date_end".into(), stage::date_end(env, stage)?);
    vals.insert("date_last_stage_update".into(), stage::stamp(env));
    Ok(())
}

/// A milestone must be of the task's project, and goes on to open sub-tasks that had the same one as their parent.
fn milestones(env: &Env, ids: &[i64], vals: &mut Map, valid: &mut Vec<i64>) -> Result<()> {
    let Some(given) = vals.get("milestone_id").cloned() else { return Ok(()) };
    let root = env.sudo();
    let milestone = given.as_i64().filter(|i| *i != 0);
    let of = match milestone {
        Some(m) => root.fetch_one("project.milestone", m, &["project_id"])?.opt("project_id"),
        None => None,
    };
    let new_project = vals.get("project_id").map(|p| p.as_i64().filter(|i| *i != 0));
    let tasks = root.fetch("project.task", ids, &["project_id", "milestone_id"])?;
    if milestone.is_some() {
        let fits = |t: &Record| new_project.unwrap_or(t.opt("project_id")) == of;
        let invalid: Vec<i64> = tasks.iter().filter(|t| !fits(t)).map(|t| t.id).collect();
        valid.retain(|i| !invalid.contains(i));
        if !invalid.is_empty() {
            root.write("project.task", &invalid, json!({"milestone_id": false}))?;
            vals.shift_remove("milestone_id");
            if !valid.is_empty() {
                root.write("project.task", valid, json!({"milestone_id": given}))?;
                return Ok(());
            }
        }
    }
    let old: HashMap<i64, Option<i64>> = tasks.iter().map(|t| (t.id, t.opt("milestone_id"))).collect();
    let domain =
        json!([["parent_id", "in", valid.clone()], ["id", "not in", ids], ["is_closed", "=", false]]);
    let children = root.search("project.task", domain)?;
    let fields = ["parent_id", "project_id", "milestone_id", "display_in_project"];
    let follow: Vec<i64> = root
        .fetch("project.task", &children, &fields)?
        .iter()
        .filter(|c| {
            let same = old.get(&c.int("parent_id")).copied().flatten() == c.opt("milestone_id");
            let goes = new_project.is_none_or(|p| !c.bool("display_in_project") || c.opt("project_id") == p);
            let joins = milestone.is_some() && c.opt("milestone_id").is_none() && c.opt("project_id") == of;
            joins || (same && goes)
        })
        .map(|c| c.id)
        .collect();
    root.write("project.task", &follow, json!({"milestone_id": given}))
}

/// What follows from a change once it is made.
fn after(env: &Env, ids: &[i64], before: &[Record], vals: &Map) -> Result<()> {
    let root = env.sudo();
    if vals.contains_key("user_ids") {
        personal::fill(env, ids)?;
        if !vals.contains_key("date_assign") {
            assign_dates(&root, ids, before)?;
        }
    }
    if vals.contains_key("stage_id") || vals.contains_key("project_id") {
        stage::join_projects(env, ids)?;
    }
    if let Some(state) = vals.get("state").and_then(Json::as_str) {
        if !super::is_closed(state) && state != "04_waiting_normal" {
            let waiting = compute::blocked(&root, ids)?;
            root.write("project.task", &waiting, json!({"state": "04_waiting_normal"}))?;
        }
        let sql = Sql::of("UPDATE project_task SET date_last_stage_update = ")
            .bind(ColType::DateTime, crate::value::Value::DateTime(env.now()))
            .raw(" WHERE id")
            .ids(ids);
        root.execute(&sql)?;
    } else if vals.contains_key("project_id") {
        let moved = root.fetch("project.task", ids, &["state"])?;
        let begun =
            moved.iter().filter(|t| t.str("state") != "04_waiting_normal").map(|t| t.id).collect::<Vec<_>>();
        env.write("project.task", &begun, json!({"state": "01_in_progress"}))?;
    }
    Ok(())
}

/// The date of assignment comes with the first assignee and goes with the last.
fn assign_dates(env: &Env, ids: &[i64], before: &[Record]) -> Result<()> {
    let now = fetch::fetch_existing(env, env.model("project.task")?, ids, &["user_ids", "date_assign"])?;
    let without: Vec<i64> = before.iter().filter(|t| t.ids("user_ids").is_empty()).map(|t| t.id).collect();
    let (mut cleared, mut set) = (Vec::new(), Vec::new());
    for t in &now {
        match t.ids("user_ids").is_empty() {
            true if t.datetime("date_assign").is_some() => cleared.push(t.id),
            false if without.contains(&t.id) => set.push(t.id),
            _ => {}
        }
    }
    env.write("project.task", &cleared, json!({"date_assign": false}))?;
    env.write("project.task", &set, json!({"date_assign": stage::stamp(env)}))
}

/// Tasks go with their sub-tasks; the last task of a recurrence takes that along.
pub(super) fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let ids = env.exists("project.task", ids)?;
    // Odoo looks at the recurrence before it asks whether the tasks may be deleted
    let tasks = env.fetch("project.task", &ids, &["recurrence_id"])?;
    access::check_model(env, sup.model, 'u')?;
    let recurrences: Vec<i64> = tasks.iter().filter_map(|t| t.opt("recurrence_id")).collect();
    let all = with_subtasks(env, &ids)?;
    sup.unlink(env, &all)?;
    if recurrences.is_empty() {
        return Ok(());
    }
    recurrence::drop_empty(env, &recurrences)
}

/// The tasks and what lies below them. Below an active task archived ones do not count, as in Odoo.
pub fn with_subtasks(env: &Env, ids: &[i64]) -> Result<Vec<i64>> {
    let sql = Sql::of("WITH RECURSIVE tree(id, active) AS (SELECT id, active FROM project_task WHERE id")
        .ids(ids)
        .raw(
            " UNION SELECT t.id, t.active FROM project_task t JOIN tree ON t.parent_id = tree.id \
             AND (t.active OR NOT tree.active)) SELECT id FROM tree ORDER BY id",
        );
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}
