//! Defaults: the context's `default_<field>`, then ir.default, then the field's own.

use super::behaviour::Super;
use super::cache;
use super::env::Env;
use super::field::{Field, Kind, convert};
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, json_is_falsy, py_text};
use serde_json::json;
use std::sync::Arc;

/// Defaults of the fields asked for, as far as there are any.
pub fn default_get(env: &Env, model: &Model, fields: &[String]) -> Result<Map> {
    let mut out = Map::new();
    let stored = user_defaults(env, model)?;
    for name in fields {
        let Some(field) = model.fields.get(name) else { continue };
        if let Some(v) = env.context().get(&format!("default_{name}")) {
            out.insert(name.clone(), v.clone());
        } else if let Some(v) = stored.get(name) {
            out.insert(name.clone(), v.clone());
        } else if let Some(v) = &field.default {
            out.insert(name.clone(), v.clone());
        } else if let Some(f) = field.default_fn {
            out.insert(name.clone(), f(env, model)?);
        } else if let (Some(link), super::field::Source::Related(path)) = (&field.inherited, &field.source) {
            let parent = env.model(&model.field(link)?.relation)?;
            let inner = path[path.len() - 1].clone();
            let mut below = Super::top(parent).default_get(env, std::slice::from_ref(&inner))?;
            if let Some(v) = below.remove(&inner) {
                out.insert(name.clone(), v);
            }
        }
    }
    Ok(out)
}

/// [`default_get`] with the model's overrides, in the form clients get: values of the context as the fields hold them.
pub fn for_client(env: &Env, model: &Model, fields: &[String]) -> Result<Map> {
    let mut out = Super::top(model).default_get(env, fields)?;
    out.retain(|k, _| fields.contains(k));
    for (name, value) in &mut out {
        let Some(f) = model.fields.get(name) else { continue };
        normalise(f, value);
        as_held(model, f, value)?;
    }
    Ok(out)
}

/// A default as the field holds it, whatever the context said; HTML is not cleaned here.
fn as_held(model: &Model, f: &Field, value: &mut Json) -> Result<()> {
    match f.kind {
        Kind::Many2one if !value.is_number() => *value = json!(false),
        Kind::One2many | Kind::Many2many if json_is_falsy(value) => *value = json!([[6, 0, []]]),
        Kind::One2many | Kind::Many2many if !value.is_array() => {
            let text = format!("Wrong value for {}.{}: {}", model.name, f.name, py_text(value));
            return Err(Error::value(text));
        }
        _ if f.kind.is_relational() || matches!(f.kind, Kind::Selection | Kind::Html) => {}
        _ => match convert::from_client(&model.name, f, value) {
            Ok(v) => *value = convert::to_client(f, &v),
            Err(e) if matches!(f.kind, Kind::Integer | Kind::Float | Kind::Monetary | Kind::Date) => {
                return Err(e);
            }
            Err(_) => {}
        },
    }
    Ok(())
}

/// [`default_get`] with the model's overrides, in the form create takes.
pub fn for_create(env: &Env, model: &Model, missing: &[String]) -> Result<Map> {
    let mut out = Super::top(model).default_get(env, missing)?;
    out.retain(|k, _| missing.contains(k));
    for (name, value) in &mut out {
        if let Some(f) = model.fields.get(name) {
            normalise(f, value);
        }
    }
    Ok(out)
}

/// x2many defaults may be bare ids.
fn normalise(field: &Field, value: &mut Json) {
    if !matches!(field.kind, Kind::Many2many | Kind::One2many) {
        return;
    }
    if let Json::Array(a) = value
        && a.first().is_some_and(Json::is_number)
    {
        *value = json!([[6, 0, a]]);
    }
}

/// What ir.default keeps for this user and company: the most specific row wins. Remembered with the caches.
fn user_defaults(env: &Env, model: &Model) -> Result<Arc<Map>> {
    let key = (env.uid(), env.company_id()?, model.name.clone());
    let caches = cache::current(env);
    if let Some(d) = cache::lock(&caches.defaults).get(&key) {
        return Ok(d.clone());
    }
    let d = Arc::new(load_user_defaults(env, model)?);
    cache::lock(&caches.defaults).insert(key, d.clone());
    Ok(d)
}

fn load_user_defaults(env: &Env, model: &Model) -> Result<Map> {
    let mut out = Map::new();
    if env.registry().find("ir.default").is_none() {
        return Ok(out);
    }
    let sql = Sql::of(
        "SELECT f.name, d.json_value FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id WHERE f.model = ",
    )
    .text(&model.name)
    .raw(" AND (d.user_id IS NULL OR d.user_id = ")
    .int(env.uid())
    .raw(") AND (d.company_id IS NULL OR d.company_id = ")
    .int(env.company_id()?)
    .raw(") AND d.condition IS NULL ORDER BY d.user_id, d.company_id, d.id");
    for row in env.query(&sql, &[ColType::Text, ColType::Text])? {
        let name = row[0].str().to_owned();
        if !out.contains_key(&name)
            && let Ok(v) = serde_json::from_str(row[1].str())
        {
            out.insert(name, v);
        }
    }
    Ok(out)
}
