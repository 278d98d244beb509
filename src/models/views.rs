//! `get_view` and `get_views`: the markup a client draws a model with, and the fields it names.
//!
//! The view is the one asked for, else the first base view stored for the model, else a plain one made here from the
//! model's fields. Views that extend others are not applied: no addon of ours has any.

use super::mail_thread::post::escape;
use super::{ir_actions, ir_filters};
use crate::error::{Error, Result};
use crate::orm::behaviour::Method;
use crate::orm::env::Page;
use crate::orm::field::Kind;
use crate::orm::{Call, Env, Model, access, fields_get};
use crate::schema::view::{self, Named};
use crate::value::{Json, Map, json_is_falsy};
use indexmap::{IndexMap, IndexSet};
use serde_json::json;

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
    let (mut view, used) = one(env, call.model, call.arg("view_id").as_i64(), kind)?;
    view.insert("models".into(), json!(used));
    Ok(Json::Object(view))
}

fn get_views(env: &Env, call: &Call<'_>) -> Result<Json> {
    let empty = Map::new();
    let options = call.arg("options").as_object().unwrap_or(&empty);
    let option = |name: &str| options.get(name).unwrap_or(&Json::Null);
    let (mut views, mut used) = (Map::new(), Used::new());
    for asked in call.arg("views").as_array().into_iter().flatten() {
        let kind = asked.get(1).and_then(Json::as_str);
        let kind = kind.ok_or_else(|| Error::value("not enough values to unpack (expected 2, got 1)"))?;
        let (view, fields) = one(env, call.model, asked[0].as_i64(), kind)?;
        views.insert(kind.to_owned(), Json::Object(view));
        for (model, names) in fields {
            used.entry(model).or_default().extend(names);
        }
    }
    let mut models = Map::new();
    for (model, names) in used {
        let names: Vec<String> = names.into_iter().collect();
        let mut attributes: Vec<String> = ATTRIBUTES.iter().map(|a| (*a).to_owned()).collect();
        attributes.push("type".into());
        let fields = fields_get::fields_get(env, env.model(&model)?, &names, &attributes)?;
        models.insert(model, json!({"fields": fields}));
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

/// One view, and the fields it uses.
fn one(env: &Env, model: &Model, id: Option<i64>, kind: &str) -> Result<(Map, Used)> {
    access::check_model(env, model, 'r')?;
    let root = env.sudo();
    let id = match id.filter(|id| *id > 0) {
        Some(id) => Some(id),
        None => default_id(&root, model, kind)?,
    };
    let (arch, of) = match id {
        Some(id) => {
            let stored = root.fetch_one("ir.ui.view", id, &["arch_db", "model"])?;
            (stored.str("arch_db").to_owned(), stored.str("model").to_owned())
        }
        None => (plain(env, model, kind)?, model.name.clone()),
    };
    let mut used = Used::new();
    let of_model = env.registry().find(&of).unwrap_or(model);
    collect(env, of_model, &view::fields(&arch)?, &mut used);
    let own = used.entry(of_model.name.clone()).or_default();
    match kind {
        "search" => own.extend(of_model.fields.keys().cloned()),
        "pivot" | "graph" => {
            own.extend(of_model.fields.values().filter(|f| f.store).map(|f| f.name.clone()));
        }
        _ => own.extend(["id", "write_date"].iter().filter(|n| of_model.has(n)).map(|n| (*n).to_owned())),
    }
    let mut view = Map::new();
    view.insert("arch".into(), json!(arch));
    view.insert("id".into(), id.map_or(json!(false), |id| json!(id)));
    view.insert("model".into(), json!(of_model.name));
    Ok((view, used))
}

/// The stored view of a kind: the one the context names (`form_view_ref`), else the first by priority.
fn default_id(root: &Env, model: &Model, kind: &str) -> Result<Option<i64>> {
    if let Some(named) = root.ctx(&format!("{kind}_view_ref")).as_str().filter(|n| n.contains('.'))
        && let Some(id) = root.xmlid(named)?
    {
        return Ok(Some(id));
    }
    let domain = json!([["model", "=", model.name], ["type", "=", kind], ["mode", "=", "primary"]]);
    let page = Page { order: Some("priority, id".into()), limit: Some(1), offset: 0 };
    Ok(root.search_with("ir.ui.view", domain, &page)?.first().copied())
}

fn collect(env: &Env, model: &Model, named: &[Named], used: &mut Used) {
    for n in named {
        let Some(field) = model.fields.get(&n.name) else { continue };
        used.entry(model.name.clone()).or_default().insert(n.name.clone());
        if !n.inside.is_empty()
            && let Some(comodel) = env.registry().find(&field.relation)
        {
            collect(env, comodel, &n.inside, used);
        }
    }
}

/// A view of a model for which none is stored.
fn plain(env: &Env, model: &Model, kind: &str) -> Result<String> {
    let title = escape(&model.description);
    let name = named_by(model);
    Ok(match kind {
        "form" => return plain_form(env, model),
        "list" | "search" => format!(r#"<{kind} string="{title}">{name}</{kind}>"#),
        "graph" => format!(r#"<graph string="{title}">{name}</graph>"#),
        "pivot" => format!(r#"<pivot string="{title}"/>"#),
        "kanban" => {
            format!(r#"<kanban string="{title}"><templates><t t-name="card">{name}</t></templates></kanban>"#)
        }
        "activity" => format!(
            r#"<activity string="{title}"><templates><div t-name="activity-box">{name}</div></templates></activity>"#
        ),
        "calendar" => {
            let first = |names: &[&'static str]| names.iter().copied().find(|n| model.has(n));
            let Some(start) = first(&["date", "date_start", "x_date", "x_date_start"]) else {
                return Err(Error::user("Insufficient fields for Calendar View!"));
            };
            let stop = first(&["date_stop", "date_end", "x_date_stop", "x_date_end"]);
            let stop = stop.map_or(String::new(), |s| format!(r#" date_stop="{s}""#));
            format!(r#"<calendar string="{title}" date_start="{start}"{stop}>{name}</calendar>"#)
        }
        other => return Err(Error::user(format!("No default view of type '{other}' could be found!"))),
    })
}

/// The element of the field that names a record.
fn named_by(model: &Model) -> String {
    let name = model.rec_name.as_deref().filter(|n| model.has(n)).unwrap_or("id");
    format!(r#"<field name="{name}"/>"#)
}

/// Two columns of short fields, below them the wide ones.
fn plain_form(env: &Env, model: &Model) -> Result<String> {
    let (mut short, mut wide) = (Vec::new(), String::new());
    for field in model.fields.values() {
        if field.automatic || !access::sees(env, field)? {
            continue;
        }
        let element = format!(r#"<field name="{}"/>"#, field.name);
        match field.kind {
            Kind::One2many | Kind::Many2many => {
                let lines = env.registry().find(&field.relation).map(named_by).unwrap_or_default();
                wide.push_str(&format!(r#"<field name="{}"><list>{lines}</list></field>"#, field.name));
            }
            Kind::Text | Kind::Html => wide.push_str(&element),
            _ => short.push(element),
        }
    }
    let (left, right) = short.split_at(short.len().div_ceil(2));
    Ok(format!(
        concat!(
            r#"<form><sheet string="{}"><group><group>{}</group><group>{}</group></group>"#,
            "<group>{}</group></sheet></form>"
        ),
        escape(&model.description),
        left.concat(),
        right.concat(),
        wide,
    ))
}
