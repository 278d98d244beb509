//! res.partner as projects see it.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::Value;
use std::collections::HashMap;

/// What projects add to partners.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.partner").compute("compute_task_count", task_count)
}

/// Tasks of partners and of all contacts below them.
fn task_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql =
        Sql::of("WITH RECURSIVE below(top, id) AS (SELECT id, id FROM res_partner WHERE id").ids(ids).raw(
            " UNION SELECT b.top, p.id FROM res_partner p JOIN below b ON p.parent_id = b.id) \
             SELECT b.top, COUNT(t.id) FROM below b JOIN project_task t ON t.partner_id = b.id AND t.active \
             GROUP BY b.top",
        );
    let rows = env.query(&sql, &[ColType::Int, ColType::BigInt])?;
    let found: HashMap<i64, i64> = rows.iter().map(|r| (r[0].int(), r[1].int())).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "task_count", Value::Int(found.get(id).copied().unwrap_or(0)));
    }
    Ok(out)
}
