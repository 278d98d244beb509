//! Descriptions of fields.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::schema::pyexpr;
use crate::value::{Json, Value, py_repr};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `ir.model.fields`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.model.fields")
        .name_fields(&["field_description", "name"])
        .compute("compute_copied", compute_copied)
        .compute("compute_modules", compute_modules)
        .compute("compute_related_field_id", compute_related_field_id)
        .compute("compute_relation_field_id", compute_relation_field_id)
        .compute("compute_selection", compute_selection)
        .inverse("inverse_selection", inverse_selection)
        .display_name(display_name)
}

/// `Stage (Task)`.
fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let fields = super::base::existing(env, "ir.model.fields", ids, &["field_description", "model_id"])?;
    let mut models: Vec<i64> = fields.iter().filter_map(|f| f.opt("model_id")).collect();
    models.sort_unstable();
    models.dedup();
    let names = env.sudo().display_names("ir.model", &models)?;
    let hide = env.flag("hide_model");
    Ok(fields
        .iter()
        .map(|f| {
            let label = f.str("field_description").to_owned();
            match names.get(&f.int("model_id")).filter(|_| !hide) {
                Some(model) => (f.id, format!("{label} ({model})")),
                None => (f.id, label),
            }
        })
        .collect())
}

fn compute_copied(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for f in env.fetch("ir.model.fields", ids, &["ttype", "related", "compute"])? {
        let copied =
            f.str("ttype") != "one2many" && f.str("related").is_empty() && f.str("compute").is_empty();
        out.set(f.id, "copied", Value::Bool(copied));
    }
    Ok(out)
}

fn compute_modules(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for f in env.fetch("ir.model.fields", ids, &["model", "name"])? {
        let declared = env.registry().find(f.str("model")).and_then(|m| m.fields.get(f.str("name")));
        out.set(f.id, "modules", Value::Text(declared.map(|d| d.modules.join(", ")).unwrap_or_default()));
    }
    Ok(out)
}

/// Rows of fields by (model, name).
fn rows(env: &Env, wanted: &[(String, String)]) -> Result<HashMap<(String, String), i64>> {
    let models: Vec<String> = wanted.iter().map(|(m, _)| m.clone()).collect();
    let names: Vec<String> = wanted.iter().map(|(_, n)| n.clone()).collect();
    let sql = Sql::of("SELECT model, name, id FROM ir_model_fields WHERE model")
        .texts(&models)
        .raw(" AND name")
        .texts(&names);
    let rows = env.query(&sql, &[ColType::Text, ColType::Text, ColType::Int])?;
    Ok(rows.iter().map(|r| ((r[0].str().to_owned(), r[1].str().to_owned()), r[2].int())).collect())
}

fn point(env: &Env, field: &str, ends: HashMap<i64, (String, String)>, ids: &[i64]) -> Result<Computed> {
    let wanted: Vec<_> = ends.values().cloned().collect();
    let known = if wanted.is_empty() { HashMap::new() } else { rows(env, &wanted)? };
    let mut out = Computed::new();
    for id in ids {
        let row = ends.get(id).and_then(|e| known.get(e));
        out.set(*id, field, row.map_or(Value::Null, |i| Value::Int(*i)));
    }
    Ok(out)
}

/// The field at the end of a path.
fn compute_related_field_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut ends = HashMap::new();
    for f in env.fetch("ir.model.fields", ids, &["model", "related"])? {
        let steps: Vec<&str> = f.str("related").split('.').filter(|s| !s.is_empty()).collect();
        let Some((last, path)) = steps.split_last() else { continue };
        let mut at = env.registry().find(f.str("model"));
        for step in path {
            at = at.and_then(|m| m.fields.get(*step)).and_then(|g| env.registry().find(&g.relation));
        }
        if let Some(m) = at {
            ends.insert(f.id, (m.name.clone(), (*last).to_owned()));
        }
    }
    point(env, "related_field_id", ends, ids)
}

fn compute_relation_field_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let fields = env.fetch("ir.model.fields", ids, &["relation", "relation_field"])?;
    let ends = fields
        .iter()
        .filter(|f| !f.str("relation_field").is_empty())
        .map(|f| (f.id, (f.str("relation").to_owned(), f.str("relation_field").to_owned())))
        .collect();
    point(env, "relation_field_id", ends, ids)
}

/// The choices as Python writes a list of pairs.
fn compute_selection(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let lines = root.search("ir.model.fields.selection", json!([["field_id", "in", ids]]))?;
    let mut pairs: HashMap<i64, Vec<String>> = HashMap::new();
    for l in root.fetch("ir.model.fields.selection", &lines, &["field_id", "value", "name"])? {
        let pair = format!("({}, {})", py_repr(&json!(l.str("value"))), py_repr(&json!(l.str("name"))));
        pairs.entry(l.int("field_id")).or_default().push(pair);
    }
    let mut out = Computed::new();
    for f in env.fetch("ir.model.fields", ids, &["ttype"])? {
        let value = match f.str("ttype") {
            "selection" | "reference" => {
                Value::Text(format!("[{}]", pairs.get(&f.id).map(|p| p.join(", ")).unwrap_or_default()))
            }
            _ => Value::Null,
        };
        out.set(f.id, "selection", value);
    }
    Ok(out)
}

fn inverse_selection(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    let wrong = || {
        Error::validation(
            "The Selection Options expression is not a valid Pythonic expression. Please provide an \
                expression in the [('key','Label'), ...] format.",
        )
    };
    let parsed = pyexpr::literal(value.as_str().unwrap_or("[]")).map_err(|_| wrong())?;
    let list = parsed.as_array().ok_or_else(wrong)?;
    let mut lines = vec![json!([5])];
    for (n, pair) in list.iter().enumerate() {
        let [v, label] = pair.as_array().map(Vec::as_slice).unwrap_or_default() else { return Err(wrong()) };
        lines.push(json!([0, 0, {"value": v, "name": label, "sequence": n}]));
    }
    env.write("ir.model.fields", ids, json!({"selection_ids": lines}))
}
