//! Names of records: `display_name`, and finding records by it.

use super::domain::{Domain, parse};
use super::env::{Env, Page};
use super::field::Kind;
use super::model::Model;
use crate::error::{Error, Result};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Names of records; ids that are gone have none.
pub fn display_names(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    if let Some(f) = model.behaviours.iter().rev().find_map(|b| b.display_name) {
        return f(env, model, ids);
    }
    default_names(env, model, ids)
}

/// What a model without a behaviour of its own is called: its rec_name, else `model,id`.
pub fn default_names(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let Some(rec_name) = &model.rec_name else {
        return Ok(ids.iter().map(|id| (*id, format!("{},{id}", model.name))).collect());
    };
    let field = model.field(rec_name)?;
    let records = super::fetch::fetch_existing(env, model, ids, &[rec_name])?;
    if field.kind == Kind::Many2one {
        let targets: Vec<i64> = records.iter().filter_map(|r| r.opt(rec_name)).collect();
        let names = env.display_names(&field.relation, &targets)?;
        return Ok(records
            .iter()
            .map(|r| (r.id, r.opt(rec_name).and_then(|t| names.get(&t).cloned()).unwrap_or_default()))
            .collect());
    }
    Ok(records
        .iter()
        .map(|r| {
            let text = match r.get(rec_name) {
                Value::Text(s) => match field.kind {
                    Kind::Selection => field.label(s).unwrap_or(s).to_owned(),
                    _ => s.clone(),
                },
                Value::Null => String::new(),
                v => match super::field::convert::plain(v) {
                    Json::String(s) => s,
                    other => other.to_string(),
                },
            };
            (r.id, text)
        })
        .collect())
}

/// The domain behind `display_name <op> value`.
pub fn search_domain(env: &Env, model: &Model, op: &str, value: &Json) -> Result<Domain> {
    if let Some(f) = model.behaviours.iter().rev().find_map(|b| b.name_domain) {
        return parse::parse(&f(env, model, op, value)?);
    }
    default_domain(model, op, value)
}

/// [`search_domain`] of a model without a behaviour of its own: the fields of `_rec_names_search`, else rec_name.
pub fn default_domain(model: &Model, op: &str, value: &Json) -> Result<Domain> {
    let fields = model.behaviours.iter().rev().map(|b| b.name_fields).find(|f| !f.is_empty());
    let fields: Vec<&str> = match (fields, &model.rec_name) {
        (Some(f), _) => f.to_vec(),
        (None, Some(n)) => vec![n],
        (None, None) => {
            tracing::warn!(model = %model.name, "searched by name, but it has no field that names it");
            return Ok(Domain::False);
        }
    };
    if op == "in" && value.as_array().is_some_and(|a| a.iter().all(Json::is_string)) && fields.len() == 1 {
        return Ok(Domain::leaf(fields[0], op, value.clone()));
    }
    let negative = parse::is_negative(op);
    let mut out = if negative { Domain::True } else { Domain::False };
    for f in fields {
        let leaf = match model.fields.get(f) {
            Some(field) if field.kind == Kind::Many2one => {
                Domain::leaf(&format!("{f}.display_name"), op, value.clone())
            }
            _ => Domain::leaf(f, op, value.clone()),
        };
        out = if negative { out.and(leaf) } else { out.or(leaf) };
    }
    Ok(out)
}

/// Ids of records of that name, archived ones left out as the context says.
pub fn search_ids(env: &Env, model: &Model, op: &str, value: &Json) -> Result<Vec<i64>> {
    let d = search_domain(env, model, op, value)?;
    super::search::search(env, model, &d, &Page::default())
}

/// `name_search`: pairs of id and name.
pub fn name_search(
    env: &Env,
    model: &Model,
    name: &Json,
    args: &Json,
    op: &str,
    limit: Option<i64>,
) -> Result<Json> {
    let by_name = parse::parse(&json!([["display_name", op, name]]))?;
    let mut domain = parse::parse(if json_is_falsy(args) { &Json::Null } else { args })?;
    if let Domain::Leaf(leaf) = by_name
        && !(json_is_falsy(name) && leaf.op == "ilike")
    {
        if matches!(leaf.op.as_str(), "any" | "not any") {
            parse::given(name)?;
        }
        let by_name = search_domain(env, model, &leaf.op, name)?;
        domain = if parse::is_negative(&leaf.op) { domain.and(by_name) } else { by_name.and(domain) };
    }
    let ids = super::search::search(env, model, &domain, &Page { limit, ..Page::default() })?;
    let names = display_names(&env.sudo(), model, &ids)?;
    Ok(ids.iter().map(|id| json!([id, names.get(id).cloned().unwrap_or_default()])).collect())
}

/// `name_create`: a record with nothing but a name.
pub fn name_create(env: &Env, model: &Model, name: &Json) -> Result<Json> {
    let Some(rec_name) = &model.rec_name else {
        tracing::warn!(model = %model.name, "name_create without a field that names records");
        return Ok(Json::Bool(false));
    };
    if json_is_falsy(name) && model.field(rec_name)?.required {
        tracing::debug!(model = %model.name, "name_create with an empty name");
    }
    let id = env.create(&model.name, json!({ rec_name.as_str(): name }))?;
    let names = env.display_names(&model.name, &[id])?;
    let name = names
        .get(&id)
        .cloned()
        .ok_or_else(|| Error::missing("Record does not exist or has been deleted."))?;
    Ok(json!([id, if name.is_empty() { Json::Bool(false) } else { json!(name) }]))
}
