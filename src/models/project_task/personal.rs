//! Personal stages: how each user sorts the tasks that are his.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, Page};
use crate::value::{Json, Map, Value};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_personal_stage_id", compute)
        .inverse("inverse_personal_stage_type_id", inverse)
        .search("search_personal_stage_type_id", search)
        .default("default_personal_stage_type_id", default)
}

/// Name and fold of the stages a user begins with.
const STAGES: [(&str, bool); 7] = [
    ("Inbox", false),
    ("Today", false),
    ("This Week", false),
    ("This Month", false),
    ("Later", false),
    ("Done", true),
    ("Cancelled", true),
];

/// Makes the stages of users that have none.
pub fn create_stages(env: &Env, users: &[i64]) -> Result<()> {
    let root = env.sudo();
    let mut rows = Vec::new();
    for user in users {
        for (i, (name, fold)) in STAGES.iter().enumerate() {
            let mut row = Map::new();
            row.insert("sequence".into(), json!(i + 1));
            row.insert("name".into(), json!(name));
            row.insert("user_id".into(), json!(user));
            row.insert("fold".into(), json!(fold));
            row.insert("project_ids".into(), json!([]));
            rows.push(row);
        }
    }
    if !rows.is_empty() {
        root.with_only_context(Map::new()).create_many("project.task.type", rows)?;
    }
    Ok(())
}

/// Puts tasks that are new to their users into the first stage of each.
pub fn fill(env: &Env, tasks: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "SELECT DISTINCT r.user_id FROM project_task_user_rel r WHERE r.stage_id IS NULL AND NOT EXISTS \
         (SELECT 1 FROM project_task_type t WHERE t.user_id = r.user_id AND t.active) AND r.task_id",
    )
    .ids(tasks);
    let without: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    create_stages(env, &without)?;
    let sql = Sql::of(
        "UPDATE project_task_user_rel SET stage_id = (SELECT t.id FROM project_task_type t \
         WHERE t.user_id = project_task_user_rel.user_id AND t.active ORDER BY t.sequence, t.id LIMIT 1) \
         WHERE stage_id IS NULL AND task_id",
    )
    .ids(tasks);
    env.execute(&sql)?;
    Ok(())
}

fn compute(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT task_id, id, stage_id FROM project_task_user_rel WHERE user_id = ")
        .int(env.uid())
        .raw(" AND task_id")
        .ids(ids);
    let rows: HashMap<i64, (Value, Value)> = env
        .query(&sql, &[ColType::Int; 3])?
        .into_iter()
        .map(|r| (r[0].int(), (r[1].clone(), r[2].clone())))
        .collect();
    let mut out = Computed::new();
    for id in ids {
        let (row, stage) = rows.get(id).cloned().unwrap_or_default();
        out.set(*id, "personal_stage_id", row);
        out.set(*id, "personal_stage_type_id", stage);
    }
    Ok(out)
}

fn inverse(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    let Some(stage) = value.as_i64() else { return Ok(()) };
    let sql = Sql::of("UPDATE project_task_user_rel SET stage_id = ")
        .int(stage)
        .raw(" WHERE user_id = ")
        .int(env.uid())
        .raw(" AND task_id")
        .ids(ids);
    env.execute(&sql)?;
    Ok(())
}

fn search(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let root = env.sudo();
    let domain = json!([["user_id", "=", env.uid()], ["stage_id", op, value]]);
    let rows = root.search("project.task.stage.personal", domain)?;
    let rows = root.fetch("project.task.stage.personal", &rows, &["task_id"])?;
    let tasks: Vec<i64> = rows.iter().map(|r| r.int("task_id")).collect();
    Ok(json!([["id", "in", tasks]]))
}

fn default(env: &Env, _: &Model) -> Result<Json> {
    let page = Page { limit: Some(1), ..Page::default() };
    let own = env.sudo().search_with("project.task.type", json!([["user_id", "=", env.uid()]]), &page)?;
    Ok(own.first().map_or(json!(false), |s| json!(s)))
}

/// The stages an unlinked personal stage leaves its tasks to: the first other one of the same user.
pub fn move_to_first(env: &Env, gone: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "UPDATE project_task_user_rel SET stage_id = (SELECT t.id FROM project_task_type t \
         WHERE t.user_id = project_task_user_rel.user_id AND t.active AND t.id",
    )
    .not_ids(gone)
    .raw(" ORDER BY t.sequence, t.id LIMIT 1) WHERE stage_id")
    .ids(gone);
    env.execute(&sql)?;
    Ok(())
}
