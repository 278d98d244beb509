//! mail.thread.blacklist: documents with an address that mail may be refused for. There is no blacklist here.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;

/// Behaviour of models with an address.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.thread.blacklist")
        .compute("compute_email_normalized", normalized)
        .compute("compute_is_blacklisted", |_, _, ids| {
            let mut out = Computed::new();
            ids.iter().for_each(|id| out.set(*id, "is_blacklisted", Value::Bool(false)));
            Ok(out)
        })
        .search("search_is_blacklisted", |_, _, _, op, v| {
            // Odoo knows `= value` and `!= True`, `!= False`
            let wants = match (op, v) {
                ("=", v) => !crate::value::json_is_falsy(v),
                ("!=", Json::Bool(b)) => !b,
                _ => return Err(Error { arguments: Some(Vec::new()), ..Error::not_implemented("") }),
            };
            Ok(if wants { json!([[0, "=", 1]]) } else { json!([[1, "=", 1]]) })
        })
}

/// The single address in a text, in lower case.
pub fn normalize(text: &str) -> Option<String> {
    let mut found = text.split([' ', ',', ';', '<', '>', '"', '\n', '\t']).filter(|w| {
        w.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && !b.contains('@'))
    });
    let first = found.next()?;
    if found.next().is_some() { None } else { Some(first.to_lowercase()) }
}

fn normalized(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    if !model.has("email") {
        return Ok(out);
    }
    for r in env.sudo().fetch(&model.name, ids, &["email"])? {
        if let Some(address) = normalize(r.str("email")) {
            out.set(r.id, "email_normalized", Value::Text(address));
        }
    }
    Ok(out)
}
