//! External ids.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `ir.model.data`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.model.data")
        .compute("compute_complete_name", compute_complete_name)
        .compute("compute_reference", compute_reference)
        .display_name(display_name)
        .name_domain(name_domain)
        .create(create)
        .write(write)
        .unlink(unlink)
        .method(
            Method::model(
                "check_object_reference",
                "module, xml_id, raise_on_access_error=False",
                check_reference,
            )
            .readonly(),
        )
        .method(Method::model("toggle_noupdate", "model, res_id", toggle_noupdate))
}

fn complete(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

fn compute_complete_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for d in env.fetch("ir.model.data", ids, &["module", "name"])? {
        out.set(d.id, "complete_name", Value::Text(complete(d.str("module"), d.str("name"))));
    }
    Ok(out)
}

fn compute_reference(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for d in env.fetch("ir.model.data", ids, &["model", "res_id"])? {
        out.set(d.id, "reference", Value::Text(format!("{},{}", d.str("model"), d.int("res_id"))));
    }
    Ok(out)
}

/// The name of the record behind, else the external id; a query a model.
fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let data = super::base::existing(env, "ir.model.data", ids, &["module", "name", "model", "res_id"])?;
    let mut wanted: HashMap<String, Vec<i64>> = HashMap::new();
    for d in &data {
        wanted.entry(d.str("model").to_owned()).or_default().push(d.int("res_id"));
    }
    let names = names_of(env, wanted)?;
    Ok(data
        .iter()
        .map(|d| {
            let name = names.get(&(d.str("model").to_owned(), d.int("res_id"))).filter(|n| !n.is_empty());
            (d.id, name.cloned().unwrap_or_else(|| complete(d.str("module"), d.str("name"))))
        })
        .collect())
}

/// Names of records of several models, as superuser; models and records that are gone have none.
pub fn names_of(env: &Env, wanted: HashMap<String, Vec<i64>>) -> Result<HashMap<(String, i64), String>> {
    let root = env.sudo();
    let mut out = HashMap::new();
    for (model, mut ids) in wanted {
        let Some(m) = env.registry().find(&model).filter(|m| !m.is_abstract) else { continue };
        ids.sort_unstable();
        ids.dedup();
        let there = crate::orm::search::exists(&root, m, &ids)?;
        for (id, name) in root.display_names(&model, &there)? {
            out.insert((model.clone(), id), name);
        }
    }
    Ok(out)
}

/// A text with a point looks at module and name, one without at the name.
fn name_domain(_: &Env, _: &Model, op: &str, value: &Json) -> Result<Json> {
    let Some((module, name)) = value.as_str().and_then(|v| v.split_once('.')) else {
        return Ok(json!([["name", op, value]]));
    };
    let module_op = if op.starts_with("not") || op == "!=" { "!=" } else { "=" };
    let leaf = Domain::leaf("module", module_op, json!(module));
    let by_name = Domain::leaf("name", op, json!(name));
    Ok(if module_op == "=" { leaf.and(by_name) } else { leaf.or(by_name) }.to_json())
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    let ids = sup.create(env, vals)?;
    env.invalidate();
    Ok(ids)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    sup.write(env, ids, vals)?;
    env.invalidate();
    Ok(())
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    sup.unlink(env, ids)?;
    env.invalidate();
    Ok(())
}

/// Model and id behind an external id; the id is False when the user does not see the record.
fn check_reference(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (module, name) = (call.text("module").unwrap_or_default(), call.text("xml_id").unwrap_or_default());
    let sql = Sql::of("SELECT model, res_id FROM ir_model_data WHERE module = ")
        .text(module)
        .raw(" AND name = ")
        .text(name);
    let rows = env.query(&sql, &[ColType::Text, ColType::Int])?;
    let Some(row) = rows.first() else {
        return Err(Error::value(format!("External ID not found in the system: {module}.{name}")));
    };
    let (model, id) = (row[0].str(), row[1].int());
    if !env.search(model, json!([["id", "=", id]]))?.is_empty() {
        return Ok(json!([model, id]));
    }
    if json_is_falsy(call.arg("raise_on_access_error")) {
        return Ok(json!([model, false]));
    }
    Err(Error::access(format!("Not enough access rights on the external ID \"{module}.{name}\"")))
}

/// Lets a record be, or not, when its addon is loaded again.
fn toggle_noupdate(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (model, id) = (call.text("model").unwrap_or_default(), call.arg("res_id").as_i64().unwrap_or(0));
    crate::orm::rule::check(env, env.model(model)?, &[id], 'w')?;
    let root = env.sudo();
    let ids = root.search("ir.model.data", json!([["model", "=", model], ["res_id", "=", id]]))?;
    for d in root.fetch("ir.model.data", &ids, &["noupdate"])? {
        root.write("ir.model.data", &[d.id], json!({"noupdate": !d.bool("noupdate")}))?;
    }
    Ok(Json::Null)
}
