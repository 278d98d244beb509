//! Defaults that users and administrators set for fields.

use crate::error::{Error, Result};
use crate::orm::field::{Kind, convert};
use crate::orm::{Behaviour, Call, Env, Method, Super};
use crate::value::{Json, Map, json_is_falsy, py_repr};
use serde_json::json;

/// Behaviour of `ir.default`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.default")
        .create(create)
        .method(Method::model(
            "set",
            "model_name, field_name, value, user_id=False, company_id=False, condition=False",
            set,
        ))
        .method(
            Method::model(
                "get",
                "model_name, field_name, user_id=False, company_id=False, condition=False",
                get,
            )
            .readonly(),
        )
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    for v in &vals {
        let text = v.get("json_value").and_then(Json::as_str).unwrap_or_default();
        if serde_json::from_str::<Json>(text).is_err() {
            return Err(Error::validation("Invalid JSON format in Default Value field."));
        }
    }
    let ids = sup.create(env, vals)?;
    env.invalidate();
    Ok(ids)
}

/// True stands for the calling user or his company.
fn owner(given: &Json, own: i64) -> Json {
    match given {
        Json::Bool(true) => json!(own),
        g if json_is_falsy(g) => json!(false),
        g => g.clone(),
    }
}

/// The id of the described field, and the domain of the row for it, this user, company and condition.
fn row(env: &Env, call: &Call<'_>) -> Result<(i64, Vec<(&'static str, Json)>)> {
    let (model, field) =
        (call.text("model_name").unwrap_or_default(), call.text("field_name").unwrap_or_default());
    let found = env.sudo().search("ir.model.fields", json!([["model", "=", model], ["name", "=", field]]))?;
    let id =
        found.first().copied().ok_or_else(|| Error::validation(format!("Invalid field {model}.{field}")))?;
    let user = owner(call.arg("user_id"), env.uid());
    let company = match call.arg("company_id") {
        Json::Bool(true) => json!(env.company_id()?),
        other => owner(other, 0),
    };
    let condition = owner(call.arg("condition"), 0);
    Ok((id, vec![("user_id", user), ("company_id", company), ("condition", condition)]))
}

fn lookup(env: &Env, field: i64, keys: &[(&str, Json)]) -> Result<Option<i64>> {
    let mut domain = vec![json!(["field_id", "=", field])];
    domain.extend(keys.iter().map(|(k, v)| json!([k, "=", v])));
    Ok(env.search("ir.default", Json::Array(domain))?.first().copied())
}

/// Sets a default after checking that the field takes it.
fn set(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (field, keys) = row(env, call)?;
    let value = call.arg("value");
    let (model_name, field_name) =
        (call.text("model_name").unwrap_or_default(), call.text("field_name").unwrap_or_default());
    let described = env.model(model_name)?.field(field_name)?;
    let wrong =
        || Error::validation(format!("Invalid value for {model_name}.{field_name}: {}", py_repr(value)));
    if !described.kind.is_x2many() && described.kind != Kind::Selection {
        convert::from_client(model_name, described, value).map_err(|_| wrong())?;
    }
    let text = value.to_string();
    match lookup(env, field, &keys)? {
        Some(id) => {
            let old = env.fetch_one("ir.default", id, &["json_value"])?;
            if old.str("json_value") != text {
                env.write("ir.default", &[id], json!({"json_value": text}))?;
            }
        }
        None => {
            let mut vals: Map = keys.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            vals.insert("field_id".into(), json!(field));
            vals.insert("json_value".into(), json!(text));
            env.create("ir.default", Json::Object(vals))?;
        }
    }
    Ok(json!(true))
}

fn get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (field, keys) = row(env, call)?;
    let Some(id) = lookup(&env.sudo(), field, &keys)? else { return Ok(Json::Null) };
    let found = env.sudo().fetch_one("ir.default", id, &["json_value"])?;
    Ok(serde_json::from_str(found.str("json_value")).unwrap_or_default())
}
