//! `ai.project.template`.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model};
use crate::value::Json;

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.project.template").constrains(&["default_params"], params)
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
