//! What a task takes from its project and its parent, and small facts computed from it.

use super::is_closed;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::mail_thread::{self, follow::unique};
use crate::orm::{Behaviour, Computed, Env, Model, Record, fetch};
use crate::value::{Json, Value, py_text};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_access_url", access_url)
        .compute("compute_access_warning", access_warning)
        .compute("compute_attachment_ids", attachments)
        .compute("compute_company_id", company)
        .compute("compute_current_user_same_company_partner", same_company_partner)
        .compute("compute_display_follow_button", display_follow_button)
        .compute("compute_display_in_project", display_in_project)
        .compute("compute_display_parent_task_button", display_parent)
        .compute("compute_has_late_and_unreached_milestone", late_milestone)
        .compute("compute_is_closed", closed)
        .compute("compute_link_preview_name", link_preview_name)
        .compute("compute_milestone_id", milestone)
        .compute("compute_partner_id", partner)
        .compute("compute_portal_user_names", portal_user_names)
        .compute("compute_project_id", project)
        .compute("compute_show_display_in_project", show_display_in_project)
        .compute("compute_state", state)
        .search("search_has_late_and_unreached_milestone", search_late_milestone)
        .search("search_is_closed", search_closed)
        .search("search_portal_user_names", |env, _, _, op, v| {
            if op != "ilike" && !v.is_string() {
                return Err(Error::validation("Not Implemented."));
            }
            search_portal_user_names(env, v)
        })
        .default("default_company_id", default_company)
        .default("default_user_ids", default_users)
}

/// Records by id.
pub type ById = HashMap<i64, Record>;

/// Tasks with their parents and projects: three statements whatever the number.
pub struct Family {
    /// The tasks.
    pub tasks: Vec<Record>,
    /// Parents of the tasks.
    pub parents: ById,
    /// Projects of the tasks and of their parents.
    pub projects: ById,
}

impl Family {
    /// Reads `fields` of tasks and their parents (project_id and parent_id always), `of_project` of projects.
    pub fn load(env: &Env, ids: &[i64], fields: &[&str], of_project: &[&str]) -> Result<Family> {
        let root = env.sudo();
        let mut all = vec!["project_id", "parent_id"];
        all.extend(fields.iter().filter(|f| !all.contains(*f)).copied().collect::<Vec<_>>());
        let model = env.model("project.task")?;
        let tasks = fetch::fetch_existing(&root, model, ids, &all)?;
        let parents = by_id(&root, "project.task", tasks.iter().filter_map(|t| t.opt("parent_id")), &all)?;
        let projects = tasks.iter().chain(parents.values()).filter_map(|t| t.opt("project_id"));
        let projects = match of_project.is_empty() {
            true => HashMap::new(),
            false => by_id(&root, "project.project", projects, of_project)?,
        };
        Ok(Family { tasks, parents, projects })
    }

    /// The parent of a task.
    pub fn parent(&self, task: &Record) -> Option<&Record> {
        task.opt("parent_id").and_then(|p| self.parents.get(&p))
    }

    /// The project of a task.
    pub fn project(&self, task: &Record) -> Option<&Record> {
        task.opt("project_id").and_then(|p| self.projects.get(&p))
    }
}

/// Reads records, those that exist, by id; no statement for none.
pub fn by_id(env: &Env, model: &str, ids: impl Iterator<Item = i64>, fields: &[&str]) -> Result<ById> {
    let ids = unique(ids);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let records = fetch::fetch_existing(env, env.model(model)?, &ids, fields)?;
    Ok(records.into_iter().map(|r| (r.id, r)).collect())
}

/// The id, or NULL.
pub fn link(id: Option<i64>) -> Value {
    id.map_or(Value::Null, Value::Int)
}

/// A sub-task that is not shown in a project of its own goes where its parent goes.
fn project(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["display_in_project"], &[])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let follows =
            family.parent(t).filter(|_| !t.bool("display_in_project")).and_then(|p| p.opt("project_id"));
        out.set(t.id, "project_id", link(follows.or(t.opt("project_id"))));
    }
    Ok(out)
}

fn display_in_project(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["display_in_project"], &[])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let below = family.parent(t).is_some_and(|p| p.opt("project_id") == t.opt("project_id"));
        let shown = t.bool("display_in_project") || t.opt("project_id").is_none() || !below;
        out.set(t.id, "display_in_project", Value::Bool(shown));
    }
    Ok(out)
}

fn show_display_in_project(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &[], &[])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let shown = family.parent(t).is_some_and(|p| p.opt("project_id") == t.opt("project_id"));
        out.set(t.id, "show_display_in_project", Value::Bool(shown));
    }
    Ok(out)
}

fn company(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["company_id"], &["company_id"])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let of_project = family.project(t).and_then(|p| p.opt("company_id"));
        let of_parent = family.parent(t).and_then(|p| p.opt("company_id"));
        let kept =
            t.opt("company_id").filter(|_| t.opt("project_id").is_none() && t.opt("parent_id").is_none());
        out.set(t.id, "company_id", link(of_project.or(of_parent).or(kept)));
    }
    Ok(out)
}

/// A customer stays; a task without one takes that of its parent, else of its project. A private task has none.
fn partner(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["partner_id"], &["partner_id"])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let own =
            t.opt("partner_id").filter(|_| t.opt("project_id").is_some() || t.opt("parent_id").is_some());
        let of_parent = family.parent(t).and_then(|p| p.opt("partner_id"));
        let of_project = family.project(t).and_then(|p| p.opt("partner_id"));
        out.set(t.id, "partner_id", link(own.or(of_parent).or(of_project)));
    }
    Ok(out)
}

/// A milestone of another project goes; the parent's comes when the project is the same.
fn milestone(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["milestone_id"], &[])?;
    let own = family.tasks.iter().filter_map(|t| t.opt("milestone_id"));
    let milestones = by_id(&env.sudo(), "project.milestone", own, &["project_id"])?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let milestone = t.opt("milestone_id");
        let of = milestone.and_then(|m| milestones.get(&m)).and_then(|m| m.opt("project_id"));
        let value = if of == t.opt("project_id") {
            milestone
        } else {
            family
                .parent(t)
                .filter(|p| p.opt("project_id") == t.opt("project_id"))
                .and_then(|p| p.opt("milestone_id"))
        };
        out.set(t.id, "milestone_id", link(value));
    }
    Ok(out)
}

/// Open tasks wait while one they depend on is open; otherwise a change of stage brings them back in progress.
fn state(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["state", "project_id"])?;
    let blocked = blocked(&root, ids)?;
    let mut out = Computed::new();
    for t in &tasks {
        let state = match t.str("state") {
            s if is_closed(s) => s,
            _ if blocked.contains(&t.id) => "04_waiting_normal",
            _ => "01_in_progress",
        };
        out.set(t.id, "state", Value::Text(state.into()));
    }
    Ok(out)
}

/// Which tasks wait for an open one, in projects where tasks may.
pub fn blocked(env: &Env, ids: &[i64]) -> Result<Vec<i64>> {
    let sql = Sql::of(
        "SELECT DISTINCT t.id FROM project_task t JOIN project_project p ON p.id = t.project_id \
         AND p.allow_task_dependencies JOIN task_dependencies_rel d ON d.task_id = t.id \
         JOIN project_task b ON b.id = d.depends_on_id AND b.active \
         WHERE b.state NOT IN ('1_done', '1_canceled') AND t.id",
    )
    .ids(ids);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

fn closed(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for t in fetch::fetch_existing(&env.sudo(), model, ids, &["state"])? {
        out.set(t.id, "is_closed", Value::Bool(is_closed(t.str("state"))));
    }
    Ok(out)
}

fn search_closed(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let closed = mail_thread::exactly(op, value).ok_or_else(|| mail_thread::not_exactly(op, value))?;
    Ok(json!([["state", "in", if closed { &super::CLOSED[..] } else { &super::OPEN[..] }]]))
}

fn late_milestone(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["milestone_id", "allow_milestones"])?;
    let of = tasks.iter().filter_map(|t| t.opt("milestone_id"));
    let milestones = by_id(&root, "project.milestone", of, &["is_reached", "deadline"])?;
    let today = env.now().date();
    let mut out = Computed::new();
    for t in &tasks {
        let late = t.bool("allow_milestones")
            && t.opt("milestone_id")
                .and_then(|m| milestones.get(&m))
                .is_some_and(|m| !m.bool("is_reached") && m.date("deadline").is_some_and(|d| d <= today));
        out.set(t.id, "has_late_and_unreached_milestone", Value::Bool(late));
    }
    Ok(out)
}

fn search_late_milestone(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let late = mail_thread::exactly(op, value).ok_or_else(|| mail_thread::not_exactly(op, value))?;
    let today = env.now().date().to_string();
    Ok(match late {
        true => json!([
            ["allow_milestones", "=", true],
            ["milestone_id", "!=", false],
            ["milestone_id.is_reached", "=", false],
            ["milestone_id.deadline", "!=", false],
            ["milestone_id.deadline", "<", today]
        ]),
        false => json!([
            "|",
            "|",
            "|",
            "|",
            ["allow_milestones", "!=", true],
            ["milestone_id", "=", false],
            ["milestone_id.is_reached", "!=", false],
            ["milestone_id.deadline", "=", false],
            ["milestone_id.deadline", ">=", today]
        ]),
    })
}

/// Tasks of assignees whose name holds the text, whatever the operator.
fn search_portal_user_names(env: &Env, value: &Json) -> Result<Json> {
    let name = Sql::of("p.name");
    let pattern = Sql::new().text(&format!("%{}%", py_text(value)));
    let sql = Sql::of(
        "SELECT DISTINCT r.task_id FROM project_task_user_rel r JOIN res_users u ON u.id = r.user_id \
         JOIN res_partner p ON p.id = u.partner_id WHERE ",
    )
    .sql(env.dialect().ilike(name, pattern));
    let tasks: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    Ok(json!([["id", "in", tasks]]))
}

fn portal_user_names(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["user_ids"])?;
    let users = unique(tasks.iter().flat_map(|t| t.ids("user_ids").iter().copied()));
    let names = root.display_names("res.users", &users)?;
    let mut out = Computed::new();
    for t in &tasks {
        let list: Vec<&str> =
            t.ids("user_ids").iter().filter_map(|u| names.get(u)).map(String::as_str).collect();
        out.set(t.id, "portal_user_names", Value::Text(crate::value::listed(&list)));
    }
    Ok(out)
}

fn access_url(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "access_url", Value::Text(format!("/my/tasks/{id}")));
    }
    Ok(out)
}

fn link_preview_name(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let names = root.display_names("project.task", ids)?;
    let tasks = fetch::fetch_existing(&root, model, ids, &["project_id"])?;
    let projects: Vec<i64> = tasks.iter().filter_map(|t| t.opt("project_id")).collect();
    let projects = root.display_names("project.project", &projects)?;
    let mut out = Computed::new();
    for t in &tasks {
        let name = names.get(&t.id).cloned().unwrap_or_default();
        let whole = match projects.get(&t.int("project_id")) {
            Some(p) => format!("{name} | {p}"),
            None => name,
        };
        out.set(t.id, "link_preview_name", Value::Text(whole));
    }
    Ok(out)
}

/// Attachments of the task itself, not of what was said about it.
fn attachments(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT a.res_id, a.id FROM ir_attachment a WHERE a.res_model = 'project.task' AND a.res_field IS NULL \
         AND NOT EXISTS (SELECT 1 FROM message_attachment_rel r WHERE r.attachment_id = a.id) AND a.res_id",
    )
    .ids(ids)
    .raw(" ORDER BY a.id DESC");
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    for r in env.query(&sql, &[ColType::Int; 2])? {
        found.entry(r[0].int()).or_default().push(r[1].int());
    }
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "attachment_ids", Value::Ids(found.remove(id).unwrap_or_default()));
    }
    Ok(out)
}

fn same_company_partner(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let tasks = fetch::fetch_existing(&root, model, ids, &["partner_id"])?;
    let me = env.user()?.partner_id;
    let partners = tasks.iter().filter_map(|t| t.opt("partner_id")).chain([me]);
    let partners = by_id(&root, "res.partner", partners, &["commercial_partner_id"])?;
    let company = |p: i64| partners.get(&p).and_then(|r| r.opt("commercial_partner_id"));
    let mut out = Computed::new();
    for t in &tasks {
        let same = t.opt("partner_id").is_some_and(|p| company(p).is_some() && company(p) == company(me));
        out.set(t.id, "current_user_same_company_partner", Value::Bool(same));
    }
    Ok(out)
}

/// Collaborators from outside may follow a task they see but do not follow.
fn display_follow_button(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let user = env.user()?;
    let mut out = Computed::new();
    if !user.share {
        ids.iter().for_each(|id| out.set(*id, "display_follow_button", Value::Bool(false)));
        return Ok(out);
    }
    let root = env.sudo();
    let mine = json!([["partner_id", "=", user.partner_id], ["limited_access", "=", false]]);
    let full = root.search("project.collaborator", mine)?;
    let full: Vec<i64> = root
        .fetch("project.collaborator", &full, &["project_id"])?
        .iter()
        .map(|r| r.int("project_id"))
        .collect();
    let with_me = env.with_user(env.uid()).sudo();
    for t in fetch::fetch_existing(&with_me, model, ids, &["project_id", "message_is_follower"])? {
        let shown = full.contains(&t.int("project_id")) && !t.bool("message_is_follower");
        out.set(t.id, "display_follow_button", Value::Bool(shown));
    }
    Ok(out)
}

fn display_parent(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let tasks = fetch::fetch_existing(&env.sudo(), model, ids, &["parent_id"])?;
    let parents: Vec<i64> = tasks.iter().filter_map(|t| t.opt("parent_id")).collect();
    let env = env.with_context(json!({"active_test": false}));
    let seen = env.search("project.task", json!([["id", "in", parents]]))?;
    let mut out = Computed::new();
    for t in &tasks {
        let shown = t.opt("parent_id").is_some_and(|p| seen.contains(&p));
        out.set(t.id, "display_parent_task_button", Value::Bool(shown));
    }
    Ok(out)
}

fn default_company(env: &Env, _: &Model) -> Result<Json> {
    let Some(project) = env.ctx("default_project_id").as_i64() else { return Ok(json!(false)) };
    let found = by_id(&env.sudo(), "project.project", [project].into_iter(), &["company_id"])?;
    Ok(found.get(&project).and_then(|p| p.opt("company_id")).map_or(json!(false), |c| json!(c)))
}

/// A task made outside of any project's board is first of all the maker's.
fn default_users(env: &Env, _: &Model) -> Result<Json> {
    match env.flag("default_project_id") {
        true => Ok(json!([])),
        false => Ok(json!([[6, 0, []], [4, env.uid(), 0]])),
    }
}

/// What is said to who shares a task whose project outsiders may not see.
fn access_warning(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let label = env
        .model("project.project")?
        .field("privacy_visibility")?
        .selection
        .iter()
        .find(|(value, _)| value == "portal")
        .map_or("", |(_, label)| label.as_str());
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["project_privacy_visibility"])? {
        let text = match r.str("project_privacy_visibility") {
            "portal" => String::new(),
            _ => format!(
                "The task cannot be shared with the recipient(s) because the privacy of the project is too restricted. \
                 Set the privacy of the project to '{label}' in order to make it accessible by the recipient(s)."
            ),
        };
        out.set(r.id, "access_warning", Value::Text(text));
    }
    Ok(out)
}
