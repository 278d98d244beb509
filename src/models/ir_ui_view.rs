//! Views as records: their text by language, what they belong to.

use super::views::check;
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `ir.ui.view`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.ui.view")
        .compute("compute_arch", compute_arch)
        .compute("compute_arch_base", compute_arch_base)
        .compute("compute_model_data_id", compute_model_data_id)
        .compute("compute_model_id", compute_model_id)
        .compute("compute_warning_info", |_, _, _| Ok(Computed::new()))
        .inverse("inverse_arch", inverse_arch)
        .inverse("inverse_arch_base", inverse_arch_base)
        .inverse("inverse_model_id", inverse_model_id)
        .search("search_model_data_id", search_model_data_id)
        .constrains(&["arch_db", "inherit_id", "mode", "model"], check_xml)
        .method(Method::model("_check_loaded", "views", check_loaded))
        .create(create)
}

fn arch(env: &Env, ids: &[i64], field: &str) -> Result<Computed> {
    let mut out = Computed::new();
    for v in env.fetch("ir.ui.view", ids, &["arch_db"])? {
        out.set(v.id, field, v.get("arch_db").clone());
    }
    Ok(out)
}

fn compute_arch(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    arch(env, ids, "arch")
}

fn compute_arch_base(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    arch(&env.with_context(json!({"lang": false})), ids, "arch_base")
}

/// Keeps the text before, and that it is not the addon's any more.
fn inverse_arch(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    for v in env.fetch("ir.ui.view", ids, &["arch_db"])? {
        let before = v.str("arch_db");
        if value.as_str() != Some(before) {
            let mut vals = json!({"arch_db": value, "arch_updated": !env.flag("install_mode")});
            if !before.is_empty() {
                vals["arch_prev"] = json!(before);
            }
            env.write("ir.ui.view", &[v.id], vals)?;
        }
    }
    Ok(())
}

fn inverse_arch_base(env: &Env, model: &Model, ids: &[i64], field: &str, value: &Json) -> Result<()> {
    inverse_arch(&env.with_context(json!({"lang": false})), model, ids, field, value)
}

fn compute_model_data_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let rows = root.search("ir.model.data", json!([["model", "=", "ir.ui.view"], ["res_id", "in", ids]]))?;
    let mut out = Computed::new();
    for d in root.fetch("ir.model.data", &rows, &["res_id"])? {
        out.set(d.int("res_id"), "model_data_id", Value::Int(d.id));
    }
    Ok(out)
}

fn search_model_data_id(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let field = if value.is_string() { "name" } else { "id" };
    let root = env.sudo();
    let rows = root.search("ir.model.data", json!([["model", "=", "ir.ui.view"], [field, op, value]]))?;
    let views: Vec<i64> =
        root.fetch("ir.model.data", &rows, &["res_id"])?.iter().map(|d| d.int("res_id")).collect();
    Ok(json!([["id", "in", views]]))
}

/// Rows of ir.model by technical name.
pub fn model_ids(env: &Env, names: &[String]) -> Result<HashMap<String, i64>> {
    let root = env.sudo();
    let ids = root.search("ir.model", json!([["model", "in", names]]))?;
    Ok(root.fetch("ir.model", &ids, &["model"])?.iter().map(|m| (m.str("model").to_owned(), m.id)).collect())
}

fn compute_model_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let views = env.fetch("ir.ui.view", ids, &["model"])?;
    let names: Vec<String> = views.iter().map(|v| v.str("model").to_owned()).collect();
    let known = model_ids(env, &names)?;
    let mut out = Computed::new();
    for v in &views {
        out.set(v.id, "model_id", known.get(v.str("model")).map_or(Value::Null, |i| Value::Int(*i)));
    }
    Ok(out)
}

fn inverse_model_id(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    let model = match value.as_i64() {
        Some(id) => json!(env.sudo().fetch_one("ir.model", id, &["model"])?.str("model")),
        None => json!(false),
    };
    env.write("ir.ui.view", ids, json!({"model": model}))
}

/// The kind of a view is the name of its root element; an extension is told from a base by what it inherits.
fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    for v in &mut vals {
        for key in ["arch", "arch_base"] {
            if let Some(text) = v.shift_remove(key).filter(|t| !json_is_falsy(t)) {
                v.insert("arch_db".into(), text);
            }
        }
        let arch = v.get("arch_db").and_then(Json::as_str).unwrap_or_default().to_owned();
        let inherits = v.get("inherit_id").is_some_and(|i| !json_is_falsy(i));
        if v.get("type").is_none_or(json_is_falsy)
            && !inherits
            && let Ok(doc) = crate::schema::xml::root_name(&arch)
        {
            let kind = if doc == "t" { "qweb".to_owned() } else { doc };
            v.insert("type".into(), json!(kind));
        }
        if v.get("name").is_none_or(json_is_falsy) {
            let of = |k: &str| v.get(k).and_then(Json::as_str).unwrap_or_default().to_owned();
            v.insert("name".into(), json!(format!("{} {}", of("model"), of("type"))));
        }
        if !v.contains_key("mode") {
            v.insert("mode".into(), json!(if inherits { "extension" } else { "primary" }));
        }
    }
    sup.create(env, vals)
}

/// A view that could not be drawn is refused. While addons are loaded this waits until all of an addon's views are
/// there ([`check_loaded`]).
fn check_xml(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    for v in root.fetch("ir.ui.view", ids, &["arch_db", "name"])? {
        if v.str("arch_db").is_empty() {
            continue;
        }
        crate::schema::xml::root_name(v.str("arch_db")).map_err(|e| Error::validation(e.message))?;
        if env.flag("install_mode") {
            continue;
        }
        if let Some(fault) = check::stored(&root, v.id)? {
            let of = root.fetch_one("ir.ui.view", fault.origin.max(1), &["name"])?;
            return Err(Error::validation(format!(
                "Error while validating view near line {}:\n\n{}\n\nView name: {}",
                fault.line,
                fault.message,
                of.str("name")
            )));
        }
    }
    Ok(())
}

/// Checks the views that an addon brought: `[[external id, file, line of its markup], …]`. An error names file and
/// line.
fn check_loaded(env: &Env, call: &Call<'_>) -> Result<Json> {
    let root = env.sudo();
    let mut places: HashMap<i64, (&str, i64)> = HashMap::new();
    for view in call.arg("views").as_array().into_iter().flatten() {
        let (name, file) = (view[0].as_str().unwrap_or_default(), view[1].as_str().unwrap_or_default());
        places.insert(root.need_xmlid(name)?, (file, view[2].as_i64().unwrap_or(1)));
    }
    let mut ids: Vec<i64> = places.keys().copied().collect();
    ids.sort_unstable();
    for id in ids {
        let Some(fault) = check::stored(&root, id)? else { continue };
        let message = match places.get(&fault.origin) {
            Some((file, first)) => {
                format!("{file}:{}: {}", first + i64::from(fault.line.max(1)) - 1, fault.message)
            }
            None => {
                let (file, first) = places[&id];
                format!("{file}:{first}: with what extends it: line {}: {}", fault.line, fault.message)
            }
        };
        return Err(Error::validation(message));
    }
    Ok(Json::Bool(true))
}
