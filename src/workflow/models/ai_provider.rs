//! `ai.provider`: a key that goes in and never comes out, and a test call.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::{Behaviour, Computed, Env, Model, rule};
use crate::value::{Json, Value, json_is_falsy};
use crate::workflow::{calls, secret};

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.provider")
        .compute("compute_api_key", |_, _, _| Ok(Computed::new()))
        .inverse("inverse_api_key", seal)
        .compute("compute_has_api_key", has_key)
        .constrains(&["api_base", "provider_type"], addresses)
        .method(Method::record("action_test_connection", "", test).readonly())
}

fn seal(env: &Env, model: &Model, ids: &[i64], _field: &str, value: &Json) -> Result<()> {
    for &id in ids {
        let sealed = match value {
            Json::String(key) if !key.trim().is_empty() => {
                Json::String(secret::vault()?.seal(key.trim(), &calls::purpose(id))?)
            }
            empty if json_is_falsy(empty) => Json::Bool(false),
            Json::String(_) => Json::Bool(false),
            _ => return Err(Error::type_error("api_key: expected a text")),
        };
        env.sudo().write(&model.name, &[id], json!({"api_key_sealed": sealed}))?;
    }
    Ok(())
}

fn has_key(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for record in env.sudo().fetch(&model.name, ids, &["api_key_sealed"])? {
        out.set(record.id, "has_api_key", Value::Bool(!record.str("api_key_sealed").is_empty()));
    }
    Ok(out)
}

fn addresses(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["name", "api_base", "provider_type"])? {
        let base = record.str("api_base").trim();
        let echo = base.starts_with("echo:");
        if echo && record.str("provider_type") != "local" {
            return Err(Error::validation("The api_base \"echo:\" only works with the provider type local."));
        }
        if !base.is_empty() && !echo && !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(Error::validation(format!(
                "The api_base of the provider \"{}\" must be an http:// or https:// address.",
                record.str("name")
            )));
        }
    }
    Ok(())
}

fn test(env: &Env, call: &Call<'_>) -> Result<Json> {
    rule::check(env, env.model("ai.provider")?, &call.ids, 'w')?;
    let mut names = vec![];
    for &id in &call.ids {
        let provider = calls::provider(env, id)?;
        names.push(format!("\"{}\"", provider.name));
        provider.test_blocking()?;
    }
    let message = format!("{} answered.", names.join(", "));
    Ok(json!({"type": "ir.actions.client", "tag": "display_notification",
        "params": {"title": "Connection works", "message": message, "type": "success", "sticky": false}}))
}
