//! Pages for outsiders, and the history of rich texts: the little that mixins compute.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;

/// Behaviour of `portal.mixin`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("portal.mixin")
        .compute("compute_access_url", |_, _, ids| Ok(all(ids, "access_url", "#")))
        .compute("compute_access_warning", |_, _, ids| Ok(all(ids, "access_warning", "")))
}

fn all(ids: &[i64], field: &str, text: &str) -> Computed {
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, field, Value::Text(text.to_owned())));
    out
}

/// Behaviour of `html.field.history.mixin`.
pub fn history() -> Behaviour {
    Behaviour::new("html.field.history.mixin")
        .compute("compute_html_field_history_metadata", compute_metadata)
}

/// The revisions without their patches.
fn compute_metadata(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch(&model.name, ids, &["html_field_history"])? {
        let Json::Object(fields) = r.json("html_field_history") else { continue };
        let mut meta = json!({});
        for (field, revisions) in fields {
            let list: Vec<Json> = revisions
                .as_array()
                .into_iter()
                .flatten()
                .map(|rev| {
                    let mut rev = rev.clone();
                    if let Json::Object(o) = &mut rev {
                        o.shift_remove("patch");
                    }
                    rev
                })
                .collect();
            meta[field] = json!(list);
        }
        out.set(r.id, "html_field_history_metadata", Value::Json(meta));
    }
    Ok(out)
}
