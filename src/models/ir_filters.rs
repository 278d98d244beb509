//! Favourite searches, of one user or of everybody.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Env, Method, Super, read};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;

use super::base::all_models;

const FIELDS: &[&str] = &[
    "name",
    "is_default",
    "domain",
    "context",
    "user_id",
    "sort",
    "embedded_action_id",
    "embedded_parent_res_id",
];

/// Behaviour of `ir.filters`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.filters")
        .selection("model_id", all_models)
        .copy_data(copy_data)
        .method(
            Method::model(
                "get_filters",
                "model, action_id=None, embedded_action_id=None, embedded_parent_res_id=None",
                get_filters,
            )
            .readonly(),
        )
        .method(Method::model("create_or_replace", "vals", create_or_replace))
}

/// Where a filter is offered: for one action and for none, for one embedded action of one record.
fn place(action: &Json, embedded: &Json, record: &Json) -> Vec<Json> {
    let action = match action {
        a if json_is_falsy(a) => json!(["action_id", "=", false]),
        a => json!(["action_id", "in", [a, false]]),
    };
    let embedded = match embedded {
        e if json_is_falsy(e) => json!(["embedded_action_id", "=", false]),
        e => json!(["embedded_action_id", "=", e]),
    };
    let record = match record {
        r if json_is_falsy(r) => json!(["embedded_parent_res_id", "in", [0, false]]),
        r => json!(["embedded_parent_res_id", "=", r]),
    };
    vec![action, embedded, record]
}

/// The filters a user sees on a model, as the web client reads them.
pub fn visible(env: &Env, model: &str, action: &Json, embedded: &Json, record: &Json) -> Result<Vec<Map>> {
    let mut domain = place(action, embedded, record);
    domain.push(json!(["model_id", "=", model]));
    domain.push(json!(["user_id", "in", [env.uid(), false]]));
    let ids = env.search("ir.filters", Json::Array(domain))?;
    let fields: Vec<String> = FIELDS.iter().map(|f| (*f).to_owned()).collect();
    read::read(env, env.model("ir.filters")?, &ids, &fields, true)
}

fn get_filters(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.text("model").unwrap_or_default();
    let found = visible(
        env,
        model,
        call.arg("action_id"),
        call.arg("embedded_action_id"),
        call.arg("embedded_parent_res_id"),
    )?;
    Ok(json!(found))
}

/// Saves a filter under its name: one of the same name and owner is replaced, the owner's other default steps back.
fn create_or_replace(env: &Env, call: &Call<'_>) -> Result<Json> {
    let Json::Object(vals) = call.arg("vals") else {
        return Err(Error::type_error("create_or_replace: vals must be a dict"));
    };
    let mut vals = vals.clone();
    if vals.get("embedded_action_id").is_none_or(json_is_falsy) {
        vals.shift_remove("embedded_parent_res_id");
    }
    let vals = vals;
    let of = |k: &str| vals.get(k).cloned().unwrap_or(json!(false));
    let model = of("model_id");
    let (action, embedded, record) =
        (of("action_id"), of("embedded_action_id"), of("embedded_parent_res_id"));
    let user = match of("user_id") {
        u if json_is_falsy(&u) => json!(false),
        u => u,
    };
    let name = of("name").as_str().unwrap_or_default().to_lowercase();
    let owner = |f: &Map| match f.get("user_id") {
        Some(Json::Array(pair)) => pair.first().cloned().unwrap_or(json!(false)),
        _ => json!(false),
    };
    let there = visible(env, model.as_str().unwrap_or_default(), &action, &embedded, &record)?;
    let same = there.iter().find(|f| {
        f.get("name").and_then(Json::as_str).unwrap_or_default().to_lowercase() == name && owner(f) == user
    });
    let same = same.and_then(|f| f.get("id")).and_then(Json::as_i64);
    if !json_is_falsy(&of("is_default")) {
        let mut domain = place(&action, &embedded, &record);
        domain.extend([
            json!(["model_id", "=", model]),
            json!(["user_id", "=", user]),
            json!(["is_default", "=", true]),
        ]);
        let defaults = env.search("ir.filters", Json::Array(domain))?;
        if json_is_falsy(&user) {
            check_shared_default(&defaults, same, &model)?;
        } else {
            env.write("ir.filters", &defaults, json!({"is_default": false}))?;
        }
    }
    match same {
        Some(id) => {
            env.write("ir.filters", &[id], Json::Object(vals.clone()))?;
            Ok(json!(id))
        }
        None => Ok(json!(env.create("ir.filters", Json::Object(vals.clone()))?)),
    }
}

fn check_shared_default(defaults: &[i64], same: Option<i64>, model: &Json) -> Result<()> {
    if defaults.is_empty() || same.is_some_and(|id| defaults.contains(&id)) {
        return Ok(());
    }
    Err(Error::user(format!(
        "There is already a shared filter set as default for {}, delete or change it before setting a new default",
        model.as_str().unwrap_or_default()
    )))
}

fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let named = default.contains_key("name");
    let mut all = sup.copy_data(env, ids, default)?;
    for vals in all.iter_mut().filter(|_| !named) {
        let name = vals.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
        vals.insert("name".into(), json!(format!("{name} (copy)")));
    }
    Ok(all)
}
