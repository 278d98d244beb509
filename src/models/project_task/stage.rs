//! Which stage a task is in.

use super::compute::{Family, link};
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::domain::{Domain, parse};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Page};
use crate::value::{Json, Map};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_stage_id", compute)
        .default("default_stage_id", default)
        .group_expand("group_expand_stage_id", group_expand)
        .group_expand("group_expand_personal_stage_type_ids", group_expand_personal)
        .group_as("personal_stage_type_id", "personal_stage_type_ids")
        .method(
            Method::record("stage_find", "section_id, domain=[], order='sequence, id'", stage_find)
                .readonly(),
        )
        .method(Method::record("update_date_end", "stage_id", update_date_end).readonly())
}

/// One stage of a project.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Its id.
    pub id: i64,
    /// Whether tasks in it are done with.
    pub fold: bool,
    /// Whether it is used.
    pub active: bool,
}

/// Stages of projects in their order, archived ones too; those count as the others where the context shows them.
pub fn of_projects(env: &Env, projects: &[i64]) -> Result<HashMap<i64, Vec<Stage>>> {
    let mut out: HashMap<i64, Vec<Stage>> = HashMap::new();
    if projects.is_empty() {
        return Ok(out);
    }
    let all = *env.ctx("active_test") == json!(false);
    let sql = Sql::of(
        "SELECT r.project_id, t.id, t.fold, t.active FROM project_task_type_rel r \
         JOIN project_task_type t ON t.id = r.type_id WHERE r.project_id",
    )
    .ids(projects)
    .raw(" ORDER BY t.sequence, t.id");
    for r in env.query(&sql, &[ColType::Int, ColType::Int, ColType::Bool, ColType::Bool])? {
        let stage = Stage { id: r[1].int(), fold: !r[2].is_falsy(), active: all || !r[3].is_falsy() };
        out.entry(r[0].int()).or_default().push(stage);
    }
    Ok(out)
}

/// The first stage that is not folded.
pub fn first_open(stages: &[Stage]) -> Option<i64> {
    stages.iter().find(|s| s.active && !s.fold).map(|s| s.id)
}

/// The first stage that is not folded, else the first.
pub fn first(stages: &[Stage]) -> Option<i64> {
    first_open(stages).or_else(|| stages.iter().find(|s| s.active).map(|s| s.id))
}

/// A stage of the project stays; otherwise the project's first open one.
fn compute(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let family = Family::load(env, ids, &["stage_id"], &[])?;
    let project = |t: &crate::orm::Record| {
        t.opt("project_id").or_else(|| family.parent(t).and_then(|p| p.opt("project_id")))
    };
    let projects: Vec<i64> = family.tasks.iter().filter_map(project).collect();
    let stages = of_projects(env, &projects)?;
    let mut out = Computed::new();
    for t in &family.tasks {
        let list = project(t).and_then(|p| stages.get(&p)).map_or(&[][..], Vec::as_slice);
        let own = t.opt("stage_id").filter(|s| list.iter().any(|x| x.id == *s));
        out.set(t.id, "stage_id", link(own.or_else(|| first_open(list))));
    }
    Ok(out)
}

fn default(env: &Env, _: &Model) -> Result<Json> {
    let Some(project) = env.ctx("default_project_id").as_i64() else { return Ok(json!(false)) };
    let stages = of_projects(env, &[project])?;
    Ok(stages.get(&project).and_then(|s| first(s)).map_or(json!(false), |s| json!(s)))
}

/// What changes with the stage: a folded one ends the task.
pub fn date_end(env: &Env, stage: Option<i64>) -> Result<Json> {
    let Some(stage) = stage else { return Ok(json!(false)) };
    let fold = env.sudo().fetch_one("project.task.type", stage, &["fold"])?.bool("fold");
    Ok(if fold { stamp(env) } else { json!(false) })
}

/// Now, as values take it.
pub fn stamp(env: &Env) -> Json {
    json!(env.now().format(crate::value::DATETIME_FORMAT).to_string())
}

fn update_date_end(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut out = Map::new();
    out.insert("date_end".into(), date_end(env, call.arg("stage_id").as_i64())?);
    Ok(Json::Object(out))
}

/// The stage found first in a project, by a domain and an order.
fn stage_find(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut projects: Vec<i64> = call.arg("section_id").as_i64().into_iter().collect();
    let tasks = env.sudo().fetch("project.task", &call.ids, &["project_id"])?;
    projects.extend(tasks.iter().filter_map(|t| t.opt("project_id")));
    let mut domain = Domain::in_ids("project_ids", &projects);
    if projects.is_empty() {
        domain = Domain::True;
    }
    let domain = domain.and(parse::parse(call.arg("domain"))?);
    let page = Page { order: call.text("order").map(str::to_owned), limit: Some(1), offset: 0 };
    let found = env.search_with("project.task.type", domain, &page)?;
    Ok(found.first().map_or(json!(false), |s| json!(s)))
}

/// Stages shown though no task is in them: those of the board's project.
fn group_expand(env: &Env, _: &Model, found: &[i64], _: &Domain) -> Result<Vec<i64>> {
    let mut domain = Domain::in_ids("id", found);
    if let Some(project) = env.ctx("default_project_id").as_i64() {
        domain = domain.or(Domain::in_ids("project_ids", &[project]));
    }
    env.sudo().search("project.task.type", domain)
}

fn group_expand_personal(env: &Env, _: &Model, found: &[i64], _: &Domain) -> Result<Vec<i64>> {
    let own = Domain::leaf("user_id", "=", json!(env.uid()));
    env.search("project.task.type", Domain::in_ids("id", found).or(own))
}

/// Stages that tasks are in become stages of their projects.
pub fn join_projects(env: &Env, tasks: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "SELECT DISTINCT t.project_id, t.stage_id FROM project_task t WHERE t.project_id IS NOT NULL \
         AND t.stage_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM project_task_type_rel r \
         WHERE r.project_id = t.project_id AND r.type_id = t.stage_id) AND t.id",
    )
    .ids(tasks);
    let missing = env.query(&sql, &[ColType::Int; 2])?;
    let mut by_stage: HashMap<i64, Vec<i64>> = HashMap::new();
    for r in &missing {
        by_stage.entry(r[1].int()).or_default().push(r[0].int());
    }
    for (stage, projects) in by_stage {
        env.sudo().write("project.project", &projects, json!({"type_ids": [[4, stage]]}))?;
    }
    Ok(())
}

/// The stage value that vals give, if they give one.
pub fn given(vals: &Map) -> Option<Option<i64>> {
    vals.get("stage_id").map(|v| v.as_i64().filter(|i| *i != 0))
}
