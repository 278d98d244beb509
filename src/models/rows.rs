//! Rows written past the ORM: bookkeeping of mail and personal stages, many at a time, rights not asked.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Env, Model};
use crate::value::Value;
use serde_json::json;

/// Inserts rows into a table that has an `id`; the new ids in the order of the rows.
pub fn insert(
    env: &Env,
    table: &str,
    columns: &[(&str, ColType)],
    rows: Vec<Vec<Value>>,
) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(rows.len());
    let per = (Sql::MAX_BINDS / columns.len().max(1)).max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let cells = rows.by_ref().take(per).map(|row| {
            let binds = columns.iter().zip(row).map(|((_, t), v)| Sql::new().bind(*t, v));
            Sql::of("(").sql(Sql::join(", ", binds)).raw(")")
        });
        let sql = head(table, columns).sql(Sql::join(", ", cells)).raw(" RETURNING id").uncached();
        let mut new: Vec<i64> =
            env.execute_returning(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
        new.sort_unstable();
        ids.extend(new);
    }
    Ok(ids)
}

/// Inserts pairs into a relation table; those already there stay as they are.
pub fn link(env: &Env, table: &str, columns: (&str, &str), pairs: &[(i64, i64)]) -> Result<()> {
    let columns = [(columns.0, ColType::Int), (columns.1, ColType::Int)];
    for chunk in pairs.chunks(Sql::MAX_BINDS / 2) {
        let cells = chunk.iter().map(|(a, b)| Sql::of("(").int(*a).raw(", ").int(*b).raw(")"));
        let sql = head(table, &columns).sql(Sql::join(", ", cells)).raw(" ON CONFLICT DO NOTHING").uncached();
        env.execute(&sql)?;
    }
    Ok(())
}

fn head(table: &str, columns: &[(&str, ColType)]) -> Sql {
    let names = columns.iter().map(|(n, _)| Sql::new().ident(n));
    Sql::of("INSERT INTO ").ident(table).raw(" (").sql(Sql::join(", ", names)).raw(") VALUES ")
}

/// A text, or NULL.
pub fn text(s: Option<&str>) -> Value {
    s.map_or(Value::Null, |s| Value::Text(s.to_owned()))
}

/// An id, or NULL.
pub fn id(i: Option<i64>) -> Value {
    i.map_or(Value::Null, Value::Int)
}

/// Deletes the records of `target` that name records of `model` by its name in `key` and their id.
pub fn unlink_of(env: &Env, target: &str, key: &str, model: &Model, ids: &[i64]) -> Result<()> {
    let env = env.with_context(json!({"active_test": false}));
    let there = env.search(target, json!([[key, "=", model.name], ["res_id", "in", ids]]))?;
    env.unlink(target, &there)
}
