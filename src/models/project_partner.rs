//! res.partner as projects see it.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::domain::compile::Compiler;
use crate::orm::{Behaviour, Computed, Domain, Env, Model};
use crate::value::Value;
use serde_json::json;
use std::collections::HashMap;

/// What projects add to partners.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.partner").compute("compute_task_count", task_count)
}

/// Tasks of partners and of all contacts below them, as far as the user sees them.
fn task_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let task = env.model("project.task")?;
    let c = Compiler::new(env);
    let alias = c.alias(task);
    let seen = c.filtered(task, &alias, &Domain::leaf("partner_id", "!=", json!(false)))?;
    let sql = Sql::of("WITH RECURSIVE below(top, id) AS (SELECT id, id FROM res_partner WHERE id")
        .ids(ids)
        .raw(" UNION SELECT b.top, p.id FROM res_partner p JOIN below b ON p.parent_id = b.id) SELECT b.top, COUNT(")
        .col(&alias, "id")
        .raw(") FROM below b JOIN ")
        .ident(&task.table)
        .raw(" AS ")
        .ident(&alias)
        .raw(" ON ")
        .col(&alias, "partner_id")
        .raw(" = b.id AND ")
        .sql(seen)
        .raw(" GROUP BY b.top");
    let rows = env.query(&sql, &[ColType::Int, ColType::BigInt])?;
    let found: HashMap<i64, i64> = rows.iter().map(|r| (r[0].int(), r[1].int())).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "task_count", Value::Int(found.get(id).copied().unwrap_or(0)));
    }
    Ok(out)
}
