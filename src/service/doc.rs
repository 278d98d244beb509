//! A description of the models for those who generate code: which exist, their fields, their methods and parameters.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::Api;
use crate::orm::{Method, Model};
use crate::value::{Json, Map};

use super::{App, CallKw, call_kw};

/// All models that the user may read, by name.
pub fn index(app: &App, uid: i64) -> Result<Json> {
    let registry = app.db.registry();
    let mut models: Vec<Json> = Vec::new();
    for model in registry.models().filter(|m| !m.is_abstract) {
        if !may_read(app, uid, &model.name)? {
            continue;
        }
        let mut methods: Vec<&str> = model.methods.values().map(|m| m.name).collect();
        methods.sort_unstable();
        let fields: Map =
            model.fields.values().map(|f| (f.name.clone(), json!({"string": f.string}))).collect();
        models.push(
            json!({"model": model.name, "name": model.description, "fields": fields, "methods": methods}),
        );
    }
    models.sort_by(|a, b| a["model"].as_str().cmp(&b["model"].as_str()));
    let modules: Vec<&str> = registry.addons.iter().map(|a| a.name()).collect();
    Ok(json!({"models": models, "modules": modules}))
}

/// One model.
pub fn model(app: &App, uid: i64, name: &str) -> Result<Json> {
    let registry = app.db.registry();
    let Some(model) = registry.find(name) else {
        return Err(Error::not_found(format!("the model '{name}' does not exist")));
    };
    if !may_read(app, uid, name)? {
        return Err(Error::access(format!(
            "You are not allowed to access '{}' ({name}) records.",
            model.description
        )));
    }
    let call = CallKw { model: name.into(), method: "fields_get".into(), args: vec![], kwargs: Map::new() };
    let fields = call_kw(app, uid, call)?.unwrap_or_default();
    let methods: Map = model.methods.values().map(|m| (m.name.to_owned(), method(model, m))).collect();
    Ok(json!({"model": name, "name": model.description, "doc": null, "fields": fields, "methods": methods}))
}

fn may_read(app: &App, uid: i64, model: &str) -> Result<bool> {
    let args = vec![json!([]), json!("read")];
    let call = CallKw { model: model.into(), method: "has_access".into(), args, kwargs: Map::new() };
    Ok(call_kw(app, uid, call)? == Some(Json::Bool(true)))
}

fn method(model: &Model, method: &Method) -> Json {
    let mut parameters = Map::new();
    for p in method.params.iter() {
        let described = match &p.default {
            Some(default) => json!({"name": p.name, "kind": "POSITIONAL_OR_KEYWORD", "default": default}),
            None => json!({"name": p.name, "kind": "POSITIONAL_OR_KEYWORD"}),
        };
        parameters.insert(p.name.clone(), described);
    }
    let mut api: Vec<&str> = vec![];
    if method.api != Api::Record {
        api.push("model");
    }
    if method.readonly {
        api.push("readonly");
    }
    json!({"name": method.name, "model": model.name, "parameters": parameters, "api": api, "doc": null})
}
