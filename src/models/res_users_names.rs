//! How users are found by name: a login that is met exactly is the only answer, and who asks comes first.

use crate::error::Result;
use crate::orm::domain::combine;
use crate::orm::{Behaviour, Call, Env, Method, Model};
use crate::value::{Json, json_is_falsy};
use serde_json::json;

/// Adds them to the behaviour of users.
pub fn register(b: Behaviour) -> Behaviour {
    b.name_domain(name_domain).method(
        Method::model("name_search", "name='', args=None, operator='ilike', limit=100", name_search)
            .readonly(),
    )
}

/// A login that is met exactly is the only answer.
fn name_domain(env: &Env, model: &Model, op: &str, value: &Json) -> Result<Json> {
    if matches!(op, "=" | "ilike") && value.as_str().is_some_and(|s| !s.is_empty()) {
        let exact = env.search("res.users", json!([["login", "=", value]]))?;
        if !exact.is_empty() {
            return Ok(json!([["id", "in", exact]]));
        }
    }
    Ok(crate::orm::name::default_domain(model, op, value)?.to_json())
}

/// A login that is met exactly is the only answer; else who asks comes first, be it in the place of the last.
fn name_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    let op = call.arg("operator").as_str().unwrap_or("ilike");
    let (name, args, limit) = (call.arg("name"), call.arg("args"), call.limit("limit")?);
    let found = named(env, call.model, name, args, op, limit)?;
    let mut list = found.as_array().cloned().unwrap_or_default();
    if let Some(at) = list.iter().position(|u| u[0] == env.uid()) {
        let me = list.remove(at);
        list.insert(0, me);
    } else if limit.is_some_and(|l| i64::try_from(list.len()) == Ok(l)) {
        let args = combine::and(&[args.clone(), json!([["id", "=", env.uid()]])]);
        if let Some(me) = named(env, call.model, name, &args, op, Some(1))?.as_array_mut().and_then(Vec::pop)
        {
            list.pop();
            list.insert(0, me);
        }
    }
    Ok(Json::Array(list))
}

fn named(env: &Env, model: &Model, name: &Json, args: &Json, op: &str, limit: Option<i64>) -> Result<Json> {
    if !json_is_falsy(name) && !crate::orm::domain::parse::is_negative(op) {
        let domain = combine::and(&[json!([["login", "=", name]]), args.clone()]);
        if let Some(user) = env.search("res.users", domain)?.first() {
            let names = env.display_names("res.users", &[*user])?;
            return Ok(json!([[user, names.get(user)]]));
        }
    }
    crate::orm::name::name_search(env, model, name, args, op, limit)
}
