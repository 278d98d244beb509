//! `ai.project.template`.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model, Super};
use crate::value::{Json, Map};
use crate::workflow::models::json_text;
use serde_json::json;

pub(crate) fn behaviour() -> Behaviour {
    let behaviour =
        Behaviour::new("ai.project.template").copy_data(copy_data).constrains(&["default_params"], params);
    json_text::register(behaviour)
}

fn params(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["default_params"])? {
        check_params(record.json("default_params"), "default_params")?;
    }
    Ok(())
}

/// Parameters are a JSON object, or nothing.
pub(crate) fn check_params(params: &Json, field: &str) -> Result<()> {
    match params {
        Json::Null | Json::Bool(false) | Json::Object(_) => Ok(()),
        _ => {
            Err(Error::validation(format!("{field} must be a JSON object such as {{\"topic\": \"bread\"}}.")))
        }
    }
}

/// The code is unique, so a copy gets one of its own.
pub(crate) fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let model = sup.model.name.clone();
    let given = default.contains_key("code");
    let mut copies = sup.copy_data(env, ids, default)?;
    if given {
        return Ok(copies);
    }
    let all = env.sudo().with_context(json!({"active_test": false}));
    for (copy, record) in copies.iter_mut().zip(env.fetch(&model, ids, &["code"])?) {
        let mut code = format!("{}_copy", record.str("code"));
        while !all.search(&model, json!([["code", "=", code]]))?.is_empty() {
            code.push_str("_copy");
        }
        copy.insert("code".into(), code.into());
    }
    Ok(copies)
}
