//! System parameters: text by key.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Env, Method, Super, access};
use crate::value::{Json, Map, json_is_falsy, py_repr};
use serde_json::json;

/// Keys the server itself lives by.
const PROTECTED: &[&str] = &[
    "database.secret",
    "database.uuid",
    "database.create_date",
    "web.base.url",
    "base.login_cooldown_after",
    "base.login_cooldown_duration",
];

/// Behaviour of `ir.config_parameter`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.config_parameter")
        .write(write)
        .unlink(unlink)
        .method(Method::model("get_param", "key, default=False", get_param).readonly())
        .method(Method::model("set_param", "key, value", set_param))
}

/// Sets a parameter as clients do.
pub fn set(env: &Env, key: &str, value: &str) -> Result<()> {
    let args = vec![json!(key), json!(value)];
    env.call("ir.config_parameter", &[], "set_param", args, Map::new()).map(drop)
}

fn get_param(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let found = env.param(call.text("key").unwrap_or_default())?.filter(|v| !v.is_empty());
    Ok(found.map_or_else(|| call.arg("default").clone(), |v| json!(v)))
}

/// Writes, makes or (given False) drops a parameter; says what it was before.
fn set_param(env: &Env, call: &Call<'_>) -> Result<Json> {
    let key = call.text("key").unwrap_or_default();
    let value = call.arg("value");
    let drop = matches!(value, Json::Null | Json::Bool(false));
    let text = value.as_str().map_or_else(|| py_repr(value), str::to_owned);
    let there = env.search("ir.config_parameter", json!([["key", "=", key]]))?;
    let Some(id) = there.first() else {
        if !drop {
            env.create("ir.config_parameter", json!({"key": key, "value": text}))?;
        }
        return Ok(json!(false));
    };
    let old = env.fetch_one("ir.config_parameter", *id, &["value"])?.str("value").to_owned();
    if drop {
        env.unlink("ir.config_parameter", &there)?;
    } else if text != old {
        env.write("ir.config_parameter", &there, json!({"value": text}))?;
    }
    Ok(json!(old))
}

fn protected(env: &Env, ids: &[i64]) -> Result<Vec<String>> {
    let all = env.sudo().fetch("ir.config_parameter", ids, &["key"])?;
    Ok(all.iter().map(|p| p.str("key").to_owned()).filter(|k| PROTECTED.contains(&k.as_str())).collect())
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if let Some(new) = vals.get("key").filter(|k| !json_is_falsy(k)) {
        let renamed: Vec<String> = protected(env, ids)?.into_iter().filter(|k| json!(k) != *new).collect();
        if !renamed.is_empty() {
            let list = renamed.join(", ");
            return Err(Error::validation(format!("You cannot rename config parameters with keys {list}")));
        }
    }
    sup.write(env, ids, vals)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    if let Some(key) = protected(env, ids)?.first() {
        return Err(Error::validation(format!("You cannot delete the {key} record.")));
    }
    sup.unlink(env, ids)
}
