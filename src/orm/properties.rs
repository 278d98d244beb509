//! Properties: fields whose definition lies on a parent record.
//!
//! The child keeps `{name: value}`, the container a list of definitions; `read` gives the definitions with values.

use super::domain::Leaf;
use super::domain::compile::Compiler;
use super::env::Env;
use super::field::{Field, Source};
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value};
use std::collections::HashMap;

/// Properties as `read` gives them: the container's definitions, each with the record's value.
pub fn fill(env: &Env, model: &Model, field: &Field, ids: &[i64]) -> Result<HashMap<i64, Value>> {
    let Some((container, definition)) = &field.definition else { return Ok(HashMap::new()) };
    if !matches!(field.source, Source::Stored | Source::Compute(..)) {
        return Ok(HashMap::new());
    }
    let root = env.sudo();
    let values = super::fetch::column(env, model, ids, &field.name)?;
    let parents = super::fetch::column(env, model, ids, container)?;
    let comodel = env.model(&model.field(container)?.relation)?;
    let mut wanted: Vec<i64> = parents.values().map(Value::int).filter(|i| *i != 0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let definitions = super::fetch::column(&root, comodel, &wanted, definition)?;
    let mut out = HashMap::new();
    for id in ids {
        let defs = parents.get(id).and_then(|p| definitions.get(&p.int()));
        let Some(Value::Json(Json::Array(defs))) = defs else {
            out.insert(*id, Value::Json(Json::Array(Vec::new())));
            continue;
        };
        let own = match values.get(id) {
            Some(Value::Json(Json::Object(m))) => m.clone(),
            _ => Default::default(),
        };
        let list = defs
            .iter()
            .filter_map(Json::as_object)
            .map(|d| {
                let mut d = d.clone();
                let name = d.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
                let value = own.get(&name).cloned().unwrap_or(Json::Bool(false));
                d.insert("value".into(), value);
                Json::Object(d)
            })
            .collect();
        out.insert(*id, Value::Json(Json::Array(list)));
    }
    Ok(out)
}

/// A leaf on one property: `task_properties.abc = value`.
pub fn leaf(
    c: &Compiler<'_>,
    model: &Model,
    alias: &str,
    field: &Field,
    name: &str,
    leaf: &Leaf,
) -> Result<Sql> {
    let _ = alias;
    let text = c.env.dialect().json_text(Sql::new().col(alias, &field.name), name);
    let value = match &leaf.value {
        Json::String(s) => s.clone(),
        Json::Bool(false) | Json::Null => {
            let null = Sql::of("(").sql(text).raw(if leaf.op == "=" { " IS NULL)" } else { " IS NOT NULL)" });
            return Ok(null);
        }
        other => other.to_string(),
    };
    match leaf.op.as_str() {
        "=" => Ok(Sql::of("(").sql(text).raw(" = ").text(&value).raw(")")),
        "!=" => {
            Ok(Sql::of("(").sql(text.clone()).raw(" != ").text(&value).raw(" OR ").sql(text).raw(" IS NULL)"))
        }
        "ilike" => Ok(c.env.dialect().ilike(text, Sql::new().text(&format!("%{value}%")))),
        op => {
            Err(Error::value(format!("operator {op} on the property {}.{}.{name}", model.name, field.name)))
        }
    }
}

/// The definition of one property, wherever a container defines it; empty when none does.
pub fn definition_of(env: &Env, model: &Model, field: &Field, name: &str) -> Result<Map> {
    let Some((container, definition)) = &field.definition else { return Ok(Map::new()) };
    let comodel = env.model(&model.field(container)?.relation)?;
    let sql = Sql::of("SELECT e.value FROM ")
        .ident(&comodel.table)
        .raw(" AS c, ")
        .either("jsonb_array_elements(", "json_each(")
        .col("c", definition)
        .raw(") AS e WHERE ")
        .either("e.value ->> 'name' = ", "json_extract(e.value, '$.name') = ")
        .text(name)
        .raw(" LIMIT 1");
    let rows = env.query(&sql, &[ColType::Json])?;
    Ok(match rows.into_iter().next().and_then(|r| r.into_iter().next()) {
        Some(Value::Json(Json::Object(m))) => m,
        _ => Map::new(),
    })
}
