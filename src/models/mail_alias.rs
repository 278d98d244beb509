//! mail.alias: the address of a document.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of aliases.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.alias")
        .display_name(display_name)
        .compute("compute_alias_full_name", full_name)
        .compute("compute_alias_status", status)
        .default("default_alias_domain", default_domain)
}

fn default_domain(env: &Env, _: &Model) -> Result<Json> {
    let company = env.company_id()?;
    let r = env.sudo().fetch_one("res.company", company, &["alias_domain_id"])?;
    Ok(r.opt("alias_domain_id").map_or(json!(false), |i| json!(i)))
}

fn addresses(env: &Env, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let rows = env.sudo().fetch("mail.alias", ids, &["alias_name", "alias_domain"])?;
    Ok(rows
        .iter()
        .filter(|r| !r.str("alias_name").is_empty())
        .map(|r| match r.str("alias_domain") {
            "" => (r.id, r.str("alias_name").to_owned()),
            domain => (r.id, format!("{}@{domain}", r.str("alias_name"))),
        })
        .collect())
}

fn full_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, name) in addresses(env, ids)? {
        out.set(id, "alias_full_name", Value::Text(name));
    }
    Ok(out)
}

fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let mut names = addresses(env, ids)?;
    Ok(ids.iter().map(|i| (*i, names.remove(i).unwrap_or_else(|| "Inactive Alias".into()))).collect())
}

fn status(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "alias_status", Value::Text("not_tested".into()));
    }
    Ok(out)
}
