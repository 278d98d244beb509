//! `ai.provider`: a key that goes in and never comes out, and a test call.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::{Behaviour, Computed, Env, Model, rule};
use crate::value::Json;
use crate::workflow::calls;
use crate::workflow::models::sealed;

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.provider")
        .compute("compute_api_key", |_, _, _| Ok(Computed::new()))
        .inverse("inverse_api_key", |env, model, ids, _, value| {
            sealed::write(
                env,
                model,
                ids,
                value,
                &sealed::Rest { field: "api_key_sealed", purpose: calls::purpose },
            )
        })
        .compute("compute_has_api_key", |env, model, ids| {
            sealed::filled(env, model, ids, "api_key_sealed", "has_api_key")
        })
        .constrains(&["api_base", "provider_type"], addresses)
        .method(Method::record("action_test_connection", "", test).readonly())
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
