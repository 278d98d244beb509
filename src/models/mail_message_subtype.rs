//! mail.message.subtype: what messages can be about, and which of it followers hear.

use super::mail_thread::follow;
use crate::error::Result;
use crate::orm::{Behaviour, Call, Env, Method};
use crate::value::Json;
use serde_json::json;

/// Behaviour of subtypes.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.message.subtype").method(Method::model(
        "default_subtypes",
        "model_name",
        default_subtypes,
    ))
}

/// Default subtypes of a model: all, internal ones, external ones.
fn default_subtypes(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (all, external) = follow::default_subtypes(env, call.text("model_name").unwrap_or_default())?;
    let internal: Vec<i64> = all.iter().copied().filter(|i| !external.contains(i)).collect();
    Ok(json!([all, internal, external]))
}
