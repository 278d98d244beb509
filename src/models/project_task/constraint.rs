//! What tasks must not be.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model, fetch};
use serde_json::json;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.constrains(&["parent_id"], hierarchy)
        .constrains(&["depend_on_ids"], dependencies)
        .constrains(&["project_id", "parent_id"], private_with_subtasks)
        .constrains(&["company_id", "partner_id"], company)
}

/// Whether going from `ids` along a link comes back.
fn circular(env: &Env, ids: &[i64], step: &'static str) -> Result<bool> {
    let sql = Sql::of("WITH RECURSIVE step(a, b) AS (")
        .raw(step)
        .raw("), walk(start, id) AS (SELECT a, b FROM step WHERE a")
        .ids(ids)
        .raw(
            " UNION SELECT walk.start, step.b FROM walk JOIN step ON step.a = walk.id) \
             SELECT 1 FROM walk WHERE start = id LIMIT 1",
        );
    Ok(!env.query(&sql, &[ColType::Int])?.is_empty())
}

fn hierarchy(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    if fetch::column(env, model, ids, "parent_id")?.values().all(|v| v.int() == 0) {
        return Ok(());
    }
    if circular(env, ids, "SELECT id, parent_id FROM project_task WHERE parent_id IS NOT NULL")? {
        return Err(Error::validation("Error! You cannot create a recursive hierarchy of tasks."));
    }
    Ok(())
}

fn dependencies(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if circular(env, ids, "SELECT task_id, depends_on_id FROM task_dependencies_rel")? {
        return Err(Error::validation("Two tasks cannot depend on each other."));
    }
    Ok(())
}

fn private_with_subtasks(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let projects = fetch::column(env, model, ids, "project_id")?;
    let private: Vec<i64> = projects.iter().filter(|(_, v)| v.int() == 0).map(|(i, _)| *i).collect();
    if private.is_empty() {
        return Ok(());
    }
    if env.count("project.task", json!([["parent_id", "in", private]]))? > 0 {
        return Err(Error::validation("This task has sub-tasks, so it can't be private."));
    }
    Ok(())
}

fn company(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let tasks = fetch::fetch_existing(env, model, ids, &["company_id", "partner_id"])?;
    let with = tasks.iter().filter(|t| t.opt("company_id").is_some()).filter_map(|t| t.opt("partner_id"));
    let partners = super::compute::by_id(env, "res.partner", with, &["company_id"])?;
    for t in &tasks {
        let Some(of) = partners.get(&t.int("partner_id")).and_then(|p| p.opt("company_id")) else { continue };
        if t.opt("company_id").is_some_and(|c| c != of) {
            return Err(Error::validation(
                "The task and the associated partner must be linked to the same company.",
            ));
        }
    }
    Ok(())
}
