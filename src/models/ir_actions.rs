//! Actions of every kind. Their ids are one sequence, as in Odoo: each has a row of its own in `ir_actions`, with the
//! same id, by which `res.users.action_id`, filters and addresses find it whatever its kind.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super, access, read};
use crate::schema::pyexpr;
use crate::value::{Json, Map, Value, json_is_falsy, py_repr};
use serde_json::json;
use std::collections::HashMap;

use super::ir_ui_view::model_ids;

/// Kinds of action with a table.
pub const KINDS: &[&str] = &[
    "ir.actions.act_window",
    "ir.actions.act_url",
    "ir.actions.act_window_close",
    "ir.actions.client",
    "ir.actions.report",
    "ir.actions.server",
];

/// What the common row repeats.
const COMMON: &[&str] =
    &["name", "type", "path", "help", "binding_model_id", "binding_type", "binding_view_types"];

fn kind(model: &'static str) -> Behaviour {
    Behaviour::new(model).create(create).write(write).unlink(unlink)
}

/// Behaviours of all kinds of action (server actions have one of their own).
pub fn behaviours() -> Vec<Behaviour> {
    vec![
        kind("ir.actions.act_window")
            .compute("compute_embedded_action_ids", compute_embedded_action_ids)
            .compute("compute_views", compute_views),
        kind("ir.actions.act_url"),
        kind("ir.actions.act_window_close"),
        kind("ir.actions.client")
            .compute("compute_params", compute_params)
            .inverse("inverse_params", inverse_params),
        kind("ir.actions.report")
            .compute("compute_model_id", compute_report_model)
            .search("search_model_id", search_report_model),
        kind("ir.actions.server"),
        Behaviour::new("ir.actions.actions")
            .method(Method::model("get_bindings", "model_name", get_bindings).readonly())
            .compute("compute_xml_id", compute_common_xml_id),
        Behaviour::new("ir.actions.todo").display_name(todo_names),
    ]
}

fn common(vals: &Map) -> Map {
    vals.iter().filter(|(k, _)| COMMON.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    access::check_model(env, sup.model, 'c')?;
    let rows = vals
        .iter()
        .map(|v| {
            let mut row = common(v);
            row.entry("type").or_insert_with(|| json!(sup.model.name));
            row.entry("name").or_insert_with(|| json!(sup.model.description));
            row
        })
        .collect();
    let root = env.sudo();
    let ids = root.create_many("ir.actions.actions", rows)?;
    for (v, id) in vals.iter_mut().zip(&ids) {
        v.insert("id".into(), json!(id));
    }
    sup.create(&root.with_context(json!({"keep_ids": true})), vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    let row = common(&vals);
    sup.write(env, ids, vals)?;
    if row.is_empty() {
        return Ok(());
    }
    env.sudo().write("ir.actions.actions", ids, Json::Object(row))
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    sup.unlink(env, ids)?;
    env.sudo().unlink("ir.actions.actions", ids)
}

/// External ids are given to the action, not to its common row.
fn compute_common_xml_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let models: Vec<String> = KINDS.iter().map(|k| (*k).to_owned()).collect();
    let sql = Sql::of("SELECT res_id, module, name FROM ir_model_data WHERE model")
        .texts(&models)
        .raw(" AND res_id")
        .ids(ids);
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "xml_id", Value::Text(String::new())));
    for r in env.query(&sql, &[ColType::Int, ColType::Text, ColType::Text])? {
        out.set(r[0].int(), "xml_id", Value::Text(format!("{}.{}", r[1].str(), r[2].str())));
    }
    Ok(out)
}

/// `[[view or False, mode], …]`: the lines first, then the modes that have none.
fn compute_views(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let actions = root.fetch("ir.actions.act_window", ids, &["view_ids", "view_mode", "view_id"])?;
    let lines: Vec<i64> = actions.iter().flat_map(|a| a.ids("view_ids").to_vec()).collect();
    let lines: HashMap<i64, (i64, String)> = root
        .fetch("ir.actions.act_window.view", &lines, &["view_id", "view_mode"])?
        .iter()
        .map(|l| (l.id, (l.int("view_id"), l.str("view_mode").to_owned())))
        .collect();
    let mut views: Vec<i64> = actions.iter().filter_map(|a| a.opt("view_id")).collect();
    views.sort_unstable();
    views.dedup();
    let kinds: HashMap<i64, String> = root
        .fetch("ir.ui.view", &views, &["type"])?
        .iter()
        .map(|v| (v.id, v.str("type").to_owned()))
        .collect();
    let mut out = Computed::new();
    for a in &actions {
        let mut pairs: Vec<(i64, String)> =
            a.ids("view_ids").iter().filter_map(|l| lines.get(l).cloned()).collect();
        let mut own = a.opt("view_id").and_then(|v| Some((v, kinds.get(&v)?.clone())));
        for mode in a.str("view_mode").split(',').map(str::trim).filter(|m| !m.is_empty()) {
            if pairs.iter().any(|(_, m)| m == mode) {
                continue;
            }
            let id = own.take_if(|(_, k)| k == mode).map_or(0, |(v, _)| v);
            pairs.push((id, mode.to_owned()));
        }
        let list: Vec<Json> =
            pairs.iter().map(|(v, m)| json!([if *v == 0 { json!(false) } else { json!(v) }, m])).collect();
        out.set(a.id, "views", Value::Json(Json::Array(list)));
    }
    Ok(out)
}

fn compute_embedded_action_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let found = env.search("ir.embedded.actions", json!([["parent_action_id", "in", ids]]))?;
    let mut by_parent: HashMap<i64, Vec<i64>> = HashMap::new();
    for e in env.fetch("ir.embedded.actions", &found, &["parent_action_id", "groups_ids"])? {
        let own = env.user()?;
        if e.ids("groups_ids").is_empty() || e.ids("groups_ids").iter().any(|g| own.groups.contains(g)) {
            by_parent.entry(e.int("parent_action_id")).or_default().push(e.id);
        }
    }
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "embedded_action_ids", Value::Ids(by_parent.remove(id).unwrap_or_default()));
    }
    Ok(out)
}

fn compute_params(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for a in env.fetch("ir.actions.client", ids, &["params_store"])? {
        let text = match a.get("params_store") {
            Value::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
            v => v.str().to_owned(),
        };
        let value = if text.is_empty() {
            Value::Null
        } else {
            pyexpr::literal(&text).map_or(Value::Null, Value::Json)
        };
        out.set(a.id, "params", value);
    }
    Ok(out)
}

fn inverse_params(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    use base64::Engine as _;
    let stored = if json_is_falsy(value) {
        json!(false)
    } else {
        json!(base64::engine::general_purpose::STANDARD.encode(py_repr(value)))
    };
    env.write("ir.actions.client", ids, json!({"params_store": stored}))
}

fn compute_report_model(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let reports = env.fetch("ir.actions.report", ids, &["model"])?;
    let names: Vec<String> = reports.iter().map(|r| r.str("model").to_owned()).collect();
    let known = model_ids(env, &names)?;
    let mut out = Computed::new();
    for r in &reports {
        out.set(r.id, "model_id", known.get(r.str("model")).map_or(Value::Null, |i| Value::Int(*i)));
    }
    Ok(out)
}

fn search_report_model(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let by = if value.is_string() { "name" } else { "id" };
    let found = env.sudo().search("ir.model", json!([[by, op, value]]))?;
    let names: Vec<String> =
        env.sudo().fetch("ir.model", &found, &["model"])?.iter().map(|m| m.str("model").to_owned()).collect();
    Ok(json!([["model", "in", names]]))
}

/// Actions and reports offered in the menus of a model's views, as far as the user's groups go.
pub fn bindings(env: &Env, model: &str) -> Result<Map> {
    let root = env.sudo();
    let rows = root.search("ir.actions.actions", json!([["binding_model_id.model", "=", model]]))?;
    let mut by_kind: HashMap<String, Vec<i64>> = HashMap::new();
    for r in root.fetch("ir.actions.actions", &rows, &["type"])? {
        by_kind.entry(r.str("type").to_owned()).or_default().push(r.id);
    }
    let groups = &env.user()?.groups;
    let mut out = Map::new();
    for name in KINDS {
        let (Some(ids), Some(m)) = (by_kind.get(*name), env.registry().find(name)) else { continue };
        let wanted = ["name", "binding_view_types", "binding_type", "sequence", "groups_id", "res_model"];
        let fields: Vec<String> = wanted.iter().filter(|f| m.has(f)).map(|f| (*f).to_owned()).collect();
        for mut row in read::read(&root, m, ids, &fields, true)? {
            let needs: Vec<i64> = match row.shift_remove("groups_id") {
                Some(Json::Array(g)) => g.iter().filter_map(Json::as_i64).collect(),
                _ => Vec::new(),
            };
            if !needs.is_empty() && !needs.iter().any(|g| groups.contains(g)) {
                continue;
            }
            let slot = row
                .shift_remove("binding_type")
                .and_then(|t| t.as_str().map(str::to_owned))
                .unwrap_or_default();
            if let Json::Array(list) = out.entry(slot).or_insert_with(|| json!([])) {
                list.push(Json::Object(row));
            }
        }
    }
    Ok(out)
}

fn get_bindings(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.text("model_name").ok_or_else(|| Error::value("get_bindings: no model"))?;
    Ok(Json::Object(bindings(env, model)?))
}

fn todo_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let todos = super::base::existing(env, "ir.actions.todo", ids, &["action_id"])?;
    let actions: Vec<i64> = todos.iter().filter_map(|t| t.opt("action_id")).collect();
    let names = env.sudo().display_names("ir.actions.actions", &actions)?;
    Ok(todos.iter().map(|t| (t.id, names.get(&t.int("action_id")).cloned().unwrap_or_default())).collect())
}
