//! Counts over sub-tasks, dependencies and recurrences: one statement each, whatever the number of tasks.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::Value;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_depend_on_count", depend_on)
        .compute("compute_dependent_tasks_count", dependent)
        .compute("compute_recurring_count", recurring)
        .compute("compute_subtask_allocated_hours", allocated)
        .compute("compute_subtask_count", subtasks)
}

/// (all, closed) by task.
fn pairs(env: &Env, sql: &Sql) -> Result<HashMap<i64, (i64, i64)>> {
    let rows = env.query(sql, &[ColType::Int, ColType::BigInt, ColType::BigInt])?;
    Ok(rows.iter().map(|r| (r[0].int(), (r[1].int(), r[2].int()))).collect())
}

const CLOSED: &str = "COUNT(CASE WHEN c.state IN ('1_done', '1_canceled') THEN 1 END)";

fn subtasks(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT c.parent_id, COUNT(*), ")
        .raw(CLOSED)
        .raw(" FROM project_task c WHERE c.active AND c.parent_id")
        .ids(ids)
        .raw(" GROUP BY c.parent_id");
    let found = pairs(env, &sql)?;
    let mut out = Computed::new();
    for id in ids {
        let (all, closed) = found.get(id).copied().unwrap_or_default();
        out.set(*id, "subtask_count", Value::Int(all));
        out.set(*id, "closed_subtask_count", Value::Int(closed));
        let share = if all == 0 { 0.0 } else { closed as f64 / all as f64 };
        out.set(*id, "subtask_completion_percentage", Value::Float(share));
    }
    Ok(out)
}

fn allocated(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT parent_id, SUM(allocated_hours) FROM project_task WHERE active AND parent_id")
        .ids(ids)
        .raw(" GROUP BY parent_id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Float])?;
    let found: HashMap<i64, Value> = rows.into_iter().map(|r| (r[0].int(), r[1].clone())).collect();
    let mut out = Computed::new();
    for id in ids {
        let hours = match found.get(id) {
            Some(Value::Float(f)) => *f,
            Some(v) => v.int() as f64,
            None => 0.0,
        };
        out.set(*id, "subtask_allocated_hours", Value::Float(hours));
    }
    Ok(out)
}

fn depend_on(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT d.task_id, COUNT(*), ")
        .raw(CLOSED)
        .raw(
            " FROM task_dependencies_rel d JOIN project_task c ON c.id = d.depends_on_id AND c.active \
             JOIN project_task t ON t.id = d.task_id JOIN project_project p ON p.id = t.project_id \
             AND p.allow_task_dependencies WHERE d.task_id",
        )
        .ids(ids)
        .raw(" GROUP BY d.task_id");
    let found = pairs(env, &sql)?;
    let mut out = Computed::new();
    for id in ids {
        let (all, closed) = found.get(id).copied().unwrap_or_default();
        out.set(*id, "depend_on_count", Value::Int(all));
        out.set(*id, "closed_depend_on_count", Value::Int(closed));
    }
    Ok(out)
}

fn single(env: &Env, ids: &[i64], field: &str, sql: &Sql) -> Result<Computed> {
    let rows = env.query(sql, &[ColType::Int, ColType::BigInt])?;
    let found: HashMap<i64, i64> = rows.iter().map(|r| (r[0].int(), r[1].int())).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, field, Value::Int(found.get(id).copied().unwrap_or(0)));
    }
    Ok(out)
}

fn dependent(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT d.depends_on_id, COUNT(*) FROM task_dependencies_rel d JOIN project_task t ON t.id = d.task_id \
         AND t.active AND t.state NOT IN ('1_done', '1_canceled') JOIN project_task o ON o.id = d.depends_on_id \
         JOIN project_project p ON p.id = o.project_id AND p.allow_task_dependencies WHERE d.depends_on_id",
    )
    .ids(ids)
    .raw(" GROUP BY d.depends_on_id");
    single(env, ids, "dependent_tasks_count", &sql)
}

fn recurring(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT t.id, COUNT(*) FROM project_task t JOIN project_task o ON o.recurrence_id = t.recurrence_id \
         AND o.active WHERE t.id",
    )
    .ids(ids)
    .raw(" GROUP BY t.id");
    single(env, ids, "recurring_count", &sql)
}
