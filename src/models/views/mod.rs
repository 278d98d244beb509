//! `get_view` and `get_views`: the markup a client draws a model with, and the fields it names.
//!
//! The view is the one asked for, else the first base view stored for the model, else a plain one made from the model's
//! fields ([`plain`]). It is combined with what extends it ([`combine`]), made fit for the user ([`process`]) and kept
//! for all users of the same groups.

pub mod check;
mod combine;
mod effects;
mod names;
mod plain;
mod process;

use super::{ir_actions, ir_filters};
use crate::error::{Error, Result};
use crate::orm::behaviour::Method;
use crate::orm::{Call, Env, Model, access, cache, fields_get};
use crate::schema::arch::Element;
use crate::value::{Json, Map, json_is_falsy};
use indexmap::{IndexMap, IndexSet};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a field's description holds here; less than `fields_get` tells.
const ATTRIBUTES: [&str; 26] = [
    "aggregator",
    "change_default",
    "context",
    "currency_field",
    "definition_record",
    "definition_record_field",
    "digits",
    "domain",
    "groupable",
    "groups",
    "help",
    "model_field",
    "name",
    "readonly",
    "related",
    "relation",
    "relation_field",
    "required",
    "searchable",
    "selection",
    "size",
    "sortable",
    "store",
    "string",
    "translate",
    "trim",
];

/// Fields that views use, by model.
type Used = IndexMap<String, IndexSet<String>>;

/// The methods, for every model.
pub fn methods() -> [Method; 2] {
    [
        Method::model("get_view", "view_id=None, view_type='form', **options", get_view)
            .class("Base")
            .readonly(),
        Method::model("get_views", "views, options=None", get_views).class("Base").readonly(),
    ]
}

fn get_view(env: &Env, call: &Call<'_>) -> Result<Json> {
    let kind = call.text("view_type").unwrap_or("form");
    let ask = Ask {
        id: call.arg("view_id").as_i64(),
        kind,
        mobile: call.kwargs.get("mobile") == Some(&json!(true)),
    };
    let made = view(env, call.model, &ask)?;
    let mut out = made.told.clone();
    out.insert("models".into(), json!(made.used));
    Ok(Json::Object(out))
}

fn get_views(env: &Env, call: &Call<'_>) -> Result<Json> {
    let empty = Map::new();
    let options = call.arg("options").as_object().unwrap_or(&empty);
    let option = |name: &str| options.get(name).unwrap_or(&Json::Null);
    let mobile = !json_is_falsy(option("mobile"));
    let (mut views, mut used) = (Map::new(), Used::new());
    for asked in call.arg("views").as_array().into_iter().flatten() {
        let kind = asked.get(1).and_then(Json::as_str);
        let kind = kind.ok_or_else(|| Error::value("not enough values to unpack (expected 2, got 1)"))?;
        let made = view(env, call.model, &Ask { id: asked[0].as_i64(), kind, mobile })?;
        views.insert(kind.to_owned(), Json::Object(made.told.clone()));
        for (model, names) in &made.used {
            used.entry(model.clone()).or_default().extend(names.iter().cloned());
        }
    }
    let mut models = Map::new();
    for (model, names) in used {
        models.insert(model.clone(), json!({"fields": descriptions(env, env.model(&model)?, names)?}));
    }
    if !json_is_falsy(option("toolbar")) {
        add_toolbars(env, &call.model.name, &mut views)?;
    }
    if !json_is_falsy(option("load_filters"))
        && let Some(search) = views.get_mut("search")
    {
        let (action, embedded) = (option("action_id"), option("embedded_action_id"));
        let record = option("embedded_parent_res_id");
        search["filters"] = json!(ir_filters::visible(env, &call.model.name, action, embedded, record)?);
    }
    Ok(json!({"views": views, "models": models}))
}

fn descriptions(env: &Env, model: &Model, names: IndexSet<String>) -> Result<Map> {
    let names: Vec<String> = names.into_iter().collect();
    let mut attributes: Vec<String> = ATTRIBUTES.iter().map(|a| (*a).to_owned()).collect();
    attributes.push("type".into());
    fields_get::fields_get(env, model, &names, &attributes)
}

/// The actions and reports offered beside each view.
fn add_toolbars(env: &Env, model: &str, views: &mut Map) -> Result<()> {
    let bindings = ir_actions::bindings(env, model)?;
    for (kind, view) in views {
        let mut toolbar = Map::new();
        for (from, to) in [("report", "print"), ("action", "action")] {
            let offered = bindings.get(from).and_then(Json::as_array).into_iter().flatten();
            let here: Vec<&Json> = offered
                .filter(|action| {
                    let kinds = action["binding_view_types"].as_str().unwrap_or_default();
                    kinds.is_empty() || kinds.split(',').any(|k| k.trim() == kind.as_str())
                })
                .collect();
            if !here.is_empty() {
                toolbar.insert(to.to_owned(), json!(here));
            }
        }
        view["toolbar"] = Json::Object(toolbar);
    }
    Ok(())
}

/// A view that is asked for.
struct Ask<'a> {
    id: Option<i64>,
    kind: &'a str,
    mobile: bool,
}

/// A view as it is told: `arch`, `id`, `model`; and the fields it uses.
struct Made {
    told: Map,
    used: Used,
}

/// What a view depends on beside the database: model, id, kind, for a telephone, language, groups, above all rights,
/// debugging, the view that the context names.
type Key = (String, i64, String, bool, String, Vec<i64>, bool, bool, String);

/// Views made since something they depend on changed.
#[derive(Default)]
struct Kept {
    views: Mutex<HashMap<Key, Arc<Made>>>,
}

/// One view, from what is kept or made now.
fn view(env: &Env, model: &Model, ask: &Ask<'_>) -> Result<Arc<Made>> {
    access::check_model(env, model, 'r')?;
    let mut groups: Vec<i64> = env.user()?.groups.iter().copied().collect();
    groups.sort_unstable();
    let named = env.ctx(&format!("{}_view_ref", ask.kind)).as_str().unwrap_or_default().to_owned();
    let key = (
        model.name.clone(),
        ask.id.unwrap_or(0),
        ask.kind.to_owned(),
        ask.mobile,
        env.lang().to_owned(),
        groups,
        env.su(),
        env.flag("debug"),
        named,
    );
    let kept = cache::kept::<Kept>(env);
    if let Some(made) = kept.views.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(made.clone());
    }
    let made = Arc::new(make(env, model, ask)?);
    kept.views.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
    Ok(made)
}

fn make(env: &Env, model: &Model, ask: &Ask<'_>) -> Result<Made> {
    let root = env.sudo();
    let id = match ask.id.filter(|id| *id > 0) {
        Some(id) => Some(id),
        None => combine::default_id(&root, model, ask.kind)?,
    };
    let (arch, of) = match id {
        Some(id) => {
            let stored = root.fetch_one("ir.ui.view", id, &["model"])?;
            (combine::combined(&root, id)?, stored.str("model").to_owned())
        }
        None => (Element::parse(&plain::plain(env, model, ask.kind)?, 0)?, model.name.clone()),
    };
    let model = env.registry().find(&of).unwrap_or(model);
    let (arch, mut used) = process::process(env, arch, model, ask.mobile)?;
    if matches!(ask.kind, "kanban" | "list" | "form") {
        for (name, fields) in &mut used {
            let other = env.registry().find(name);
            let has = |n: &&str| other.is_some_and(|m| m.has(n));
            fields.extend(["id", "write_date"].iter().copied().filter(has).map(str::to_owned));
        }
    }
    let own = used.entry(model.name.clone()).or_default();
    match ask.kind {
        "search" => own.extend(model.fields.keys().cloned()),
        "pivot" | "graph" => {
            own.extend(model.fields.values().filter(|f| f.store).map(|f| f.name.clone()));
        }
        _ => {}
    }
    let mut told = Map::new();
    told.insert("arch".into(), json!(arch.write()));
    told.insert("id".into(), id.map_or(json!(false), |id| json!(id)));
    told.insert("model".into(), json!(model.name));
    Ok(Made { told, used })
}
