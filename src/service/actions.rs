//! Actions as a web client asks for them: by id, path or external id; to be run; by name for its breadcrumbs.

use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::models::stored_action;
use crate::orm::{Env, access, read};
use crate::value::{Json, Map, json_is_falsy};

use super::App;

const MISSING: &str = "odoo.addons.web.controllers.action.MissingActionError";

/// The action a client names in any of its ways.
pub fn load(app: &App, uid: i64, context: Map, wanted: &Json) -> Result<Json> {
    app.reading(uid, context.clone(), |env| Ok(Json::Object(by_name(env, wanted)?)))
}

/// Runs a server action; what to do next, or false.
pub fn run(app: &App, uid: i64, context: Map, id: i64) -> Result<Json> {
    app.with_env(uid, context.clone(), |env| run_server(env, id))
}

fn run_server(env: &Env, id: i64) -> Result<Json> {
    match env.call("ir.actions.server", &[id], "run", vec![], Map::new())? {
        Json::Object(action) if !action.is_empty() => Ok(Json::Object(cleaned(env, action)?)),
        _ => Ok(json!(false)),
    }
}

/// What a button's method answered, as a client can use it: an action, or false.
pub fn of_button(app: &App, uid: i64, answer: Option<Json>) -> Result<Json> {
    match answer {
        Some(Json::Object(action)) if action.get("type").is_some_and(|kind| !json_is_falsy(kind)) => {
            app.reading(uid, Map::new(), |env| Ok(Json::Object(cleaned(env, action.clone())?)))
        }
        _ => Ok(json!(false)),
    }
}

/// The names along a path of actions and records: one entry each, in order, with `display_name` or `error`.
pub fn breadcrumbs(app: &App, uid: i64, steps: &[Json]) -> Result<Json> {
    app.reading(uid, Map::new(), |env| {
        let env = &in_own_language(env)?;
        let named =
            steps.iter().enumerate().map(|(at, step)| match breadcrumb(env, step, steps.get(at + 1)) {
                Ok(name) => Ok(json!({"display_name": name})),
                Err(e) if matches!(e.kind, Kind::Missing | Kind::Access) || e.name() == MISSING => {
                    Ok(json!({"error": e.message}))
                }
                Err(e) => Err(e),
            });
        named.collect::<Result<Vec<_>>>().map(Json::Array)
    })
}

/// The same, in the language the user chose.
pub fn in_own_language(env: &Env) -> Result<Env> {
    Ok(match &env.user()?.lang {
        Some(lang) => env.with_context(json!({"lang": lang})),
        None => env.clone(),
    })
}

fn breadcrumb(env: &Env, step: &Json, next: Option<&Json>) -> Result<Json> {
    let record = step.get("resId").filter(|id| !json_is_falsy(id));
    let wanted = step.get("action").filter(|action| !json_is_falsy(action));
    let Some(wanted) = wanted else {
        let model = step.get("model").and_then(Json::as_str);
        return match (model, record) {
            (Some(model), Some(record)) => record_name(env, model, record),
            (Some(_), None) => Err(Error::bad_request("Actions with a model should also have a resId")),
            (None, _) => {
                Err(Error::bad_request("Actions should have either an action (id or path) or a model"))
            }
        };
    };
    let mut action = by_name(env, wanted)?;
    let text =
        |action: &Map, key: &str| action.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    if text(&action, "type") == "ir.actions.server" {
        if text(&action, "path").is_empty() {
            return Err(Error::missing("A server action must have a path to be restored"));
        }
        let id = action.get("id").and_then(Json::as_i64).unwrap_or_default();
        action = run_server(env, id)?.as_object().cloned().unwrap_or_default();
    }
    let client = text(&action, "type") == "ir.actions.client";
    if client && next.is_some_and(|next| next.get("action") == Some(wanted)) {
        return Err(Error::missing("Client actions don't have multi-record views"));
    }
    let name = ["display_name", "name"].iter().map(|key| text(&action, key)).find(|n| !n.is_empty());
    let (name, model) = (json!(name), text(&action, "res_model"));
    match record {
        Some(record) if record == "new" || !model.is_empty() => record_name(env, &model, record),
        Some(_) => Ok(name),
        None if model.is_empty() || client => Ok(name),
        None => {
            access::check_model(env, env.model(&model)?, 'r')?;
            // an action that shows one record only is no place to go back to
            let views = action.get("views").and_then(Json::as_array).into_iter().flatten();
            let many =
                views.filter_map(|v| v.get(1)?.as_str()).any(|kind| kind != "form" && kind != "search");
            Ok(if many { name } else { Json::Null })
        }
    }
}

fn record_name(env: &Env, model: &str, record: &Json) -> Result<Json> {
    if record == "new" {
        return Ok(json!("New"));
    }
    let id = record.as_i64().ok_or_else(|| Error::value("resId must be a number or \"new\""))?;
    let names = env.display_names(model, &[id])?;
    names
        .get(&id)
        .map(|name| json!(name))
        .ok_or_else(|| Error::missing("Record does not exist or has been deleted."))
}

fn by_name(env: &Env, wanted: &Json) -> Result<Map> {
    let missing = || {
        let name = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
        Error::user(format!("The action “{name}” does not exist.")).named(MISSING)
    };
    let root = env.sudo();
    let id = match wanted {
        Json::Number(n) => n.as_i64(),
        Json::String(s) if s.trim().parse::<i64>().is_ok() => s.trim().parse().ok(),
        Json::String(s) if s.contains('.') => root.xmlid(s)?,
        Json::String(s) => root.search("ir.actions.actions", json!([["path", "=", s]]))?.first().copied(),
        _ => None,
    };
    let id = id.ok_or_else(missing)?;
    let action = stored_action::read(env, id)?.ok_or_else(missing)?;
    let mut action = cleaned(env, action)?;
    let embedded: Vec<i64> = match action.get("embedded_action_ids") {
        Some(Json::Array(ids)) => ids.iter().filter_map(Json::as_i64).collect(),
        _ => vec![],
    };
    if !embedded.is_empty() {
        let model = env.model("ir.embedded.actions")?;
        let fields: Vec<String> =
            model.fields.values().filter(|f| !f.automatic).map(|f| f.name.clone()).collect();
        let rows = read::read(&root, model, &embedded, &fields, true)?;
        action.insert("embedded_action_ids".into(), json!(rows));
    }
    Ok(action)
}

/// Without what a client need not know of, and with `views`, which it cannot do without.
fn cleaned(env: &Env, mut action: Map) -> Result<Map> {
    let kind = action.entry("type").or_insert_with(|| json!("ir.actions.act_window_close"));
    let kind = kind.as_str().unwrap_or_default().to_owned();
    if kind == "ir.actions.act_window" && action.get("views").is_none_or(json_is_falsy) {
        action.insert("views".into(), views(&action)?);
    }
    let model = env.model(&kind)?;
    action.retain(|name, _| stored_action::readable(&kind, name) || !model.has(name));
    Ok(action)
}

/// What the client learns to show from `mail`, whose JavaScript is not among what it gets.
const OF_MAIL: &str = "activity";

/// `[[view or false, mode], …]` of an action that was made by hand.
fn views(action: &Map) -> Result<Json> {
    let view = match action.get("view_id") {
        Some(Json::Array(pair)) => pair.first().cloned(),
        Some(id) if !json_is_falsy(id) => Some(id.clone()),
        _ => None,
    };
    let modes = action.get("view_mode").and_then(Json::as_str).unwrap_or("list,form");
    let modes: Vec<&str> = modes.split(',').map(str::trim).filter(|mode| *mode != OF_MAIL).collect();
    match (modes.as_slice(), view) {
        ([mode], view) => Ok(json!([[view.unwrap_or(json!(false)), mode]])),
        (modes, None) => Ok(modes.iter().map(|mode| json!([false, mode])).collect()),
        (_, Some(_)) => Err(Error::value(
            "Non-db action dictionaries should provide either multiple view modes or a single view mode and an \
             optional view id.",
        )),
    }
}
