//! Descriptions of models, fields, rights and rules, as clients look them up.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, access};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `ir.model`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.model")
        .name_fields(&["name", "model"])
        .compute("compute_count", compute_count)
        .compute("compute_inherited_model_ids", compute_inherited_model_ids)
        .compute("compute_modules", compute_modules)
        .compute("compute_view_ids", compute_view_ids)
        .default("default_field_id", default_field_id)
        .method(Method::model("get_available_models", "", get_available_models).readonly())
        .method(Method::model("display_name_for", "models", display_name_for).readonly())
}

/// Behaviour of `ir.model.access`.
pub fn rights() -> Behaviour {
    Behaviour::new("ir.model.access")
        .method(Method::model("check", "model, mode='read', raise_exception=True", check_right).readonly())
}

/// Behaviour of `ir.rule`.
pub fn rules() -> Behaviour {
    Behaviour::new("ir.rule")
        .compute("compute_global", compute_global)
        .constrains(&["active", "domain_force", "model_id"], check_domain)
}

/// Technical name of each row.
fn technical(env: &Env, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    Ok(env.fetch("ir.model", ids, &["model"])?.iter().map(|m| (m.id, m.str("model").to_owned())).collect())
}

/// Rows of each model's table: one statement for all.
fn compute_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    let mut parts = Vec::new();
    for (id, name) in technical(env, ids)? {
        out.set(id, "count", Value::Int(0));
        if let Some(m) = env.registry().find(&name).filter(|m| !m.is_abstract) {
            parts.push(Sql::of("SELECT ").int(id).raw(" AS id, COUNT(*) AS n FROM ").ident(&m.table));
        }
    }
    if parts.is_empty() {
        return Ok(out);
    }
    for row in env.query(&Sql::join(" UNION ALL ", parts).uncached(), &[ColType::Int, ColType::BigInt])? {
        out.set(row[0].int(), "count", Value::Int(row[1].int()));
    }
    Ok(out)
}

fn compute_inherited_model_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT model, id FROM ir_model");
    let known: HashMap<String, i64> = env
        .query(&sql, &[ColType::Text, ColType::Int])?
        .iter()
        .map(|r| (r[0].str().to_owned(), r[1].int()))
        .collect();
    let mut out = Computed::new();
    for (id, name) in technical(env, ids)? {
        let parents = env.registry().find(&name).map(|m| m.inherits.as_slice()).unwrap_or_default();
        let parents = parents.iter().filter_map(|(p, _)| known.get(p).copied()).collect();
        out.set(id, "inherited_model_ids", Value::Ids(parents));
    }
    Ok(out)
}

fn compute_modules(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, name) in technical(env, ids)? {
        let modules = env.registry().find(&name).map(|m| m.modules.join(", ")).unwrap_or_default();
        out.set(id, "modules", Value::Text(modules));
    }
    Ok(out)
}

fn compute_view_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let names = technical(env, ids)?;
    let models: Vec<&str> = names.iter().map(|(_, n)| n.as_str()).collect();
    let views = env.search("ir.ui.view", json!([["model", "in", models]]))?;
    let mut by_model: HashMap<String, Vec<i64>> = HashMap::new();
    for v in env.fetch("ir.ui.view", &views, &["model"])? {
        by_model.entry(v.str("model").to_owned()).or_default().push(v.id);
    }
    let mut out = Computed::new();
    for (id, name) in names {
        out.set(id, "view_ids", Value::Ids(by_model.get(&name).cloned().unwrap_or_default()));
    }
    Ok(out)
}

fn default_field_id(_: &Env, _: &Model) -> Result<Json> {
    Ok(json!([[0, 0, {"name": "x_name", "field_description": "Name", "ttype": "char", "copied": true}]]))
}

/// Whether an internal user may look into a model of real, lasting records.
fn is_offered(env: &Env, model: &str) -> Result<bool> {
    match env.registry().find(model) {
        Some(m) if !m.is_abstract && !m.transient => {
            Ok(env.has_group("base.group_user")? && access::allowed(env, m, 'r')?)
        }
        _ => Ok(false),
    }
}

fn names(env: &Env, models: &[String]) -> Result<Vec<Json>> {
    let root = env.sudo();
    let ids = root.search("ir.model", json!([["model", "in", models]]))?;
    let found = root.fetch("ir.model", &ids, &["name", "model"])?;
    Ok(found.iter().map(|m| json!({"display_name": m.str("name"), "model": m.str("model")})).collect())
}

fn get_available_models(env: &Env, _: &Call<'_>) -> Result<Json> {
    let mut offered = Vec::new();
    for m in env.registry().models() {
        if is_offered(env, &m.name)? {
            offered.push(m.name.clone());
        }
    }
    Ok(Json::Array(names(env, &offered)?))
}

/// Names of models; those the user may not see stay technical.
fn display_name_for(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (mut offered, mut others) = (Vec::new(), Vec::new());
    for model in call.strings("models")? {
        if is_offered(env, &model)? {
            offered.push(model);
        } else {
            others.push(json!({"display_name": model, "model": model}));
        }
    }
    let mut out = names(env, &offered)?;
    out.extend(others);
    Ok(Json::Array(out))
}

fn check_right(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = env.model(call.text("model").unwrap_or_default())?;
    let op = access::letter(call.text("mode").unwrap_or_default())?;
    if access::allowed(env, model, op)? {
        return Ok(json!(true));
    }
    if json_is_falsy(call.arg("raise_exception")) {
        return Ok(json!(false));
    }
    access::check_model(env, model, op).map(|()| json!(true))
}

fn compute_global(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch("ir.rule", ids, &["groups"])? {
        out.set(r.id, "global", Value::Bool(r.ids("groups").is_empty()));
    }
    Ok(out)
}

/// A rule's domain can be read; what its names mean is seen when it is applied.
fn check_domain(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    for r in env.fetch("ir.rule", ids, &["domain_force", "active"])? {
        let text = r.str("domain_force").trim();
        if r.bool("active") && !text.is_empty() {
            crate::schema::pyexpr::parse(text)
                .map_err(|e| crate::error::Error::validation(format!("Invalid domain: {}", e.message)))?;
        }
    }
    Ok(())
}
