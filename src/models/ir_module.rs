//! Addons as records. What the binary ships is installed; nothing is installed or removed by calls.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super};
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::HashMap;

/// Behaviours of `ir.module.module` and of what it depends on and excludes.
pub fn behaviours() -> Vec<Behaviour> {
    vec![
        Behaviour::new("ir.module.module")
            .name_fields(&["name", "shortdesc", "summary"])
            .compute("compute_description_html", compute_description_html)
            .compute("compute_has_iap", |_, _, _| Ok(Computed::new()))
            .compute("compute_icon_image", |_, _, _| Ok(Computed::new()))
            .compute("compute_installed_version", compute_installed_version)
            .compute("compute_views_by_module", compute_views_by_module)
            .unlink(unlink)
            .method(Method::model("update_list", "", |_, _| Ok(json!([0, 0]))))
            .method(Method::record("button_immediate_install", "", refuse))
            .method(Method::record("button_immediate_uninstall", "", refuse))
            .method(Method::record("button_immediate_upgrade", "", refuse))
            .method(Method::record("button_install", "", refuse))
            .method(Method::record("button_uninstall", "", refuse))
            .method(Method::record("button_upgrade", "", refuse)),
        named("ir.module.module.dependency")
            .compute("compute_depend_id", compute_depend_id)
            .search("search_depend_id", search_by_module),
        named("ir.module.module.exclusion")
            .compute("compute_exclusion_id", compute_exclusion_id)
            .search("search_exclusion_id", search_by_module),
    ]
}

fn named(model: &'static str) -> Behaviour {
    Behaviour::new(model).compute("compute_state", compute_state)
}

fn refuse(_: &Env, _: &Call<'_>) -> Result<Json> {
    Err(Error::user("Addons come with the server: start it with the addons you want."))
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let installed =
        json!([["id", "in", ids], ["state", "in", ["installed", "to upgrade", "to remove", "to install"]]]);
    if env.count("ir.module.module", installed)? > 0 {
        return Err(Error::user("You are trying to remove a module that is installed or will be installed."));
    }
    sup.unlink(env, ids)
}

fn compute_description_html(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for m in env.fetch("ir.module.module", ids, &["description"])? {
        let text = m.str("description");
        if !text.is_empty() {
            out.set(
                m.id,
                "description_html",
                Value::Text(format!("<p>{}</p>", html_escape::encode_text(text))),
            );
        }
    }
    Ok(out)
}

fn compute_installed_version(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let versions: HashMap<&str, &str> =
        env.registry().addons.iter().map(|a| (a.name(), a.manifest.version.as_str())).collect();
    let mut out = Computed::new();
    for m in env.fetch("ir.module.module", ids, &["name"])? {
        let version = versions.get(m.str("name")).copied().unwrap_or_default();
        out.set(m.id, "installed_version", Value::Text(version.to_owned()));
    }
    Ok(out)
}

/// Names of what came with each addon, one a line, a statement a kind.
fn compute_views_by_module(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let modules = env.fetch("ir.module.module", ids, &["name"])?;
    let names: Vec<String> = modules.iter().map(|m| m.str("name").to_owned()).collect();
    let root = env.sudo();
    let mut out = Computed::new();
    for (model, field) in [
        ("ir.ui.view", "views_by_module"),
        ("ir.actions.report", "reports_by_module"),
        ("ir.ui.menu", "menus_by_module"),
    ] {
        let sql = Sql::of("SELECT module, res_id FROM ir_model_data WHERE model = ")
            .text(model)
            .raw(" AND module")
            .texts(&names);
        let rows = root.query(&sql, &[ColType::Text, ColType::Int])?;
        let records: Vec<i64> = rows.iter().map(|r| r[1].int()).collect();
        let labels = root.display_names(model, &records)?;
        for m in &modules {
            let mut lines: Vec<&str> = rows
                .iter()
                .filter(|r| r[0].str() == m.str("name"))
                .filter_map(|r| labels.get(&r[1].int()).map(String::as_str))
                .collect();
            lines.sort_unstable();
            out.set(m.id, field, Value::Text(lines.join("\n")));
        }
    }
    Ok(out)
}

/// Module of each row's name.
fn modules(env: &Env, model: &Model, ids: &[i64]) -> Result<Vec<(i64, Option<(i64, String)>)>> {
    let root = env.sudo();
    let rows = root.fetch(&model.name, ids, &["name"])?;
    let names: Vec<&str> = rows.iter().map(|r| r.str("name")).collect();
    let found = root.search("ir.module.module", json!([["name", "in", names]]))?;
    let known: HashMap<String, (i64, String)> = root
        .fetch("ir.module.module", &found, &["name", "state"])?
        .iter()
        .map(|m| (m.str("name").to_owned(), (m.id, m.str("state").to_owned())))
        .collect();
    Ok(rows.iter().map(|r| (r.id, known.get(r.str("name")).cloned())).collect())
}

fn link(env: &Env, model: &Model, ids: &[i64], field: &str) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, module) in modules(env, model, ids)? {
        out.set(id, field, module.map_or(Value::Null, |(m, _)| Value::Int(m)));
    }
    Ok(out)
}

fn compute_depend_id(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    link(env, model, ids, "depend_id")
}

fn compute_exclusion_id(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    link(env, model, ids, "exclusion_id")
}

fn compute_state(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, module) in modules(env, model, ids)? {
        out.set(id, "state", Value::Text(module.map_or_else(|| "unknown".to_owned(), |(_, s)| s)));
    }
    Ok(out)
}

fn search_by_module(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let by = if value.is_string() { "name" } else { "id" };
    let root = env.sudo();
    let found = root.search("ir.module.module", json!([[by, op, value]]))?;
    let names: Vec<String> =
        root.fetch("ir.module.module", &found, &["name"])?.iter().map(|m| m.str("name").to_owned()).collect();
    Ok(json!([["name", "in", names]]))
}
