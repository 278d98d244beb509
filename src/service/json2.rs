//! JSON-2's view of a call: arguments by name, `ids` and `context` beside them, and the words and shapes of Odoo 19
//! where they are not 18's.
//!
//! The models behind are the same for all protocols, so what differs is translated here, at the edge.

use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::orm::Method;
use crate::orm::behaviour::Api;
use crate::value::{Json, Map};

use super::{App, CallKw, call_kw};

/// Methods that answer a record: 18 says its id, 19 a list of ids.
const ANSWERS_RECORDS: [&str; 4] = ["create", "copy", "message_post", "message_notify"];

/// One call; `body` holds the arguments by name.
pub fn call(app: &App, uid: i64, model: &str, method: &str, mut body: Map) -> Result<Json> {
    let registry = app.db.registry();
    let Some(described) = registry.find(model) else {
        return Err(Error::not_found(format!("the model '{model}' does not exist")));
    };
    let ids = ids(body.remove("ids").unwrap_or_default())?;
    let context = body.remove("context");
    let mut args = vec![];
    // a private name is call_kw's to refuse
    if let Some(found) = described.methods.get(method) {
        rename_arguments(found, &mut body);
        check_arguments(model, found, &ids, &body)?;
        match found.api {
            Api::Record => args.push(json!(ids)),
            Api::Create => args.extend(body.remove("vals_list")),
            Api::Model => {}
        }
    } else if !method.starts_with('_') {
        return Err(Error::not_found(format!("the method '{model}.{method}' does not exist")));
    }
    if let Some(context) = context {
        body.insert("context".into(), context);
    }
    let call = CallKw { model: model.into(), method: method.into(), args, kwargs: body };
    let result = call_kw(app, uid, call).map_err(|e| in_words_of_19(e, method))?;
    Ok(match result.unwrap_or_default() {
        id @ Json::Number(_) if ANSWERS_RECORDS.contains(&method) => json!([id]),
        other => other,
    })
}

/// Parameters that 19 gave another name: (method, 19's, 18's).
const RENAMED: [(&str, &str, &str); 2] =
    [("name_search", "domain", "args"), ("default_get", "fields", "fields_list")];

fn rename_arguments(method: &Method, given: &mut Map) {
    let has = |name: &str| method.params.iter().any(|p| p.name == name);
    for (of, new, old) in RENAMED {
        if of == method.name
            && has(old)
            && !has(new)
            && let Some(value) = given.remove(new)
        {
            given.insert(old.into(), value);
        }
    }
}

/// A bare id is a list of one.
fn ids(given: Json) -> Result<Vec<Json>> {
    match given {
        Json::Null | Json::Bool(false) => Ok(vec![]),
        Json::Array(ids) => Ok(ids),
        id @ Json::Number(_) => Ok(vec![id]),
        _ => Err(unprocessable("ids must be a list of numbers")),
    }
}

/// The arguments that fit no parameter, or are missing, in the words of Python's `inspect`.
fn check_arguments(model: &str, method: &Method, ids: &[Json], given: &Map) -> Result<()> {
    if method.api != Api::Record && !ids.is_empty() {
        return Err(unprocessable(format!("cannot call {model}.{} with ids", method.name)));
    }
    if let Some(missing) = method.params.iter().find(|p| p.default.is_none() && !given.contains_key(&p.name))
    {
        return Err(unprocessable(format!("missing a required argument: '{}'", missing.name)));
    }
    let unknown = given.keys().find(|key| !method.params.iter().any(|p| p.name == **key));
    match unknown {
        Some(key) if !method.variadic => {
            Err(unprocessable(format!("got an unexpected keyword argument '{key}'")))
        }
        _ => Ok(()),
    }
}

fn unprocessable(message: impl Into<String>) -> Error {
    Error::bad_request(message).named("werkzeug.exceptions.UnprocessableEntity")
}

/// 18's sentences as 19 says them.
fn in_words_of_19(mut error: Error, method: &str) -> Error {
    if error.kind != Kind::Value || !error.message.starts_with("Invalid field ") {
        return error;
    }
    let on = if matches!(method, "create" | "write") { " in '" } else { " on '" };
    let message = error.message.replace(" in leaf (", " in condition (").replace(" on model '", on);
    error.arguments = error.arguments.map(|_| vec![json!(message)]);
    error.message = message;
    error
}
