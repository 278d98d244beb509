//! Fields named `…_text` that show a JSON field as text, for forms: what is typed there is parsed and stored.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;

const SUFFIX: &str = "_text";

/// Adds the functions that the declarations name.
pub(super) fn register(behaviour: Behaviour) -> Behaviour {
    behaviour.compute("compute_json_text", show).inverse("inverse_json_text", take)
}

/// The JSON fields of the model that have a text beside them.
fn sources(model: &Model) -> Vec<&str> {
    model.fields.keys().filter_map(|f| f.strip_suffix(SUFFIX)).filter(|f| model.has(f)).collect()
}

fn show(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sources = sources(model);
    let mut out = Computed::new();
    for record in env.fetch(&model.name, ids, &sources)? {
        for source in &sources {
            let value = record.json(source);
            let text = if json_is_falsy(value) {
                String::new()
            } else {
                serde_json::to_string_pretty(value).unwrap_or_default()
            };
            out.set(record.id, &format!("{source}{SUFFIX}"), Value::Text(text));
        }
    }
    Ok(out)
}

fn take(env: &Env, model: &Model, ids: &[i64], field: &str, value: &Json) -> Result<()> {
    let source = field.strip_suffix(SUFFIX).unwrap_or(field);
    let parsed = match value.as_str().map(str::trim) {
        None | Some("") => json!(false),
        Some(text) => serde_json::from_str(text).map_err(|e| {
            let label = model.fields.get(source).map_or(source, |f| f.string.as_str());
            Error::validation(format!("{label}: this is no JSON: {e}"))
        })?,
    };
    env.write(&model.name, ids, json!({source: parsed}))
}
