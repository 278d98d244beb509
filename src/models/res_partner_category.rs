//! Tags of contacts, a hierarchy.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model};
use crate::value::Json;
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `res.partner.category`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.partner.category")
        .default("default_color", default_color)
        .display_name(display_name)
        .constrains(&["parent_id"], check_recursion)
}

/// One of the eleven colours, at random.
fn default_color(_: &Env, _: &Model) -> Result<Json> {
    let [byte] = crate::crypt::random::<1>()?;
    Ok(json!(i64::from(byte) % 11 + 1))
}

fn check_recursion(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if super::base::has_cycle(env, "res.partner.category", ids, "parent_id")? {
        return Err(Error::validation("You can not create recursive tags."));
    }
    Ok(())
}

/// `Top / Middle / Tag`.
fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    path_names(env, "res.partner.category", ids, "parent_id", " / ")
}

/// Names of records with those above them, joined.
pub fn path_names(
    env: &Env,
    model: &str,
    ids: &[i64],
    parent: &str,
    joint: &str,
) -> Result<HashMap<i64, String>> {
    let above = super::base::parents(env, model, ids, parent)?;
    let all: Vec<i64> = above.keys().copied().collect();
    let names: HashMap<i64, String> = env
        .sudo()
        .fetch(model, &all, &["name"])?
        .into_iter()
        .map(|r| (r.id, r.str("name").to_owned()))
        .collect();
    Ok(ids
        .iter()
        .filter(|id| names.contains_key(id))
        .map(|id| {
            let mut parts = Vec::new();
            let mut at = *id;
            while let Some(name) = names.get(&at).filter(|_| parts.len() <= above.len()) {
                parts.push(name.as_str());
                at = above.get(&at).copied().unwrap_or(0);
            }
            parts.reverse();
            (*id, parts.join(joint))
        })
        .collect())
}
