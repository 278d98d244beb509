//! A secret that goes in and never comes out: a field without a column, whose value is kept sealed in another.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::{Computed, Env, Model};
use crate::value::{Json, Value, json_is_falsy};
use crate::workflow::secret;

/// Where it rests.
pub(crate) struct Rest {
    /// The column.
    pub(crate) field: &'static str,
    /// What binds it to its row.
    pub(crate) purpose: fn(i64) -> String,
}

/// Seals what was written; an empty text removes it.
pub(crate) fn write(env: &Env, model: &Model, ids: &[i64], value: &Json, rest: &Rest) -> Result<()> {
    for &id in ids {
        let sealed = match value {
            Json::String(key) if !key.trim().is_empty() => {
                Json::String(secret::vault()?.seal(key.trim(), &(rest.purpose)(id))?)
            }
            Json::String(_) => Json::Bool(false),
            empty if json_is_falsy(empty) => Json::Bool(false),
            _ => return Err(Error::type_error("a secret must be a text")),
        };
        env.sudo().write(&model.name, &[id], json!({rest.field: sealed}))?;
    }
    Ok(())
}

/// Whether there is one.
pub(crate) fn filled(env: &Env, model: &Model, ids: &[i64], field: &str, shown: &str) -> Result<Computed> {
    let mut out = Computed::new();
    for record in env.sudo().fetch(&model.name, ids, &[field])? {
        out.set(record.id, shown, Value::Bool(!record.str(field).is_empty()));
    }
    Ok(out)
}
