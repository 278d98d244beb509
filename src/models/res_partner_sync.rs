//! What a company and its contacts share: commercial fields always, the address for contacts of type `contact`.
//!
//! All writes here go to the behaviour below `res.partner`'s own, so that they start no second round.

use crate::error::Result;
use crate::orm::field::convert;
use crate::orm::{Env, Record, Super};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

use super::base::by_values;

const ADDRESS: &[&str] = &["street", "street2", "zip", "city", "state_id", "country_id"];
const COMMERCIAL: &[&str] = &["vat", "company_registry", "industry_id"];
const STRUCTURE: &[&str] = &["parent_id", "commercial_partner_id", "type", "is_company"];

/// Values of some fields as write takes them.
fn values(r: &Record, fields: &[&str]) -> Map {
    fields.iter().map(|f| ((*f).to_owned(), convert::plain(r.get(f)))).collect()
}

fn has_any(r: &Record, fields: &[&str]) -> bool {
    fields.iter().any(|f| !r.get(f).is_falsy())
}

fn all_fields() -> Vec<&'static str> {
    [STRUCTURE, ADDRESS, COMMERCIAL].concat()
}

fn load(env: &Env, ids: &[i64]) -> Result<HashMap<i64, Record>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok(env.fetch("res.partner", &ids, &all_fields())?.into_iter().map(|r| (r.id, r)).collect())
}

fn apply(env: &Env, sup: Super<'_>, changes: Vec<(i64, Map)>) -> Result<()> {
    for (vals, ids) in by_values(changes.into_iter().filter(|(_, v)| !v.is_empty())) {
        sup.write(env, &ids, vals)?;
    }
    Ok(())
}

fn truthy(vals: &Map, field: &str) -> bool {
    vals.get(field).is_some_and(|v| !json_is_falsy(v))
}

/// After create: new contacts take from their company; the first contact of a company without address gives its own.
pub fn after_create(env: &Env, sup: Super<'_>, ids: &[i64], vals: &[Map]) -> Result<()> {
    let with_parent: Vec<i64> =
        ids.iter().zip(vals).filter(|(_, v)| truthy(v, "parent_id")).map(|(id, _)| *id).collect();
    let root = env.sudo();
    if !with_parent.is_empty() {
        take_from_parent(&root, sup, &with_parent, true)?;
        give_first_address(&root, sup, &with_parent)?;
    }
    Ok(())
}

/// After write: the same for those whose parent or type changed, then what children have to follow.
pub fn after_write(env: &Env, sup: Super<'_>, ids: &[i64], vals: &Map) -> Result<()> {
    let root = env.sudo();
    let new_parent = truthy(vals, "parent_id");
    if new_parent || vals.get("type").and_then(Json::as_str) == Some("contact") {
        take_from_parent(&root, sup, ids, new_parent)?;
    }
    give_to_children(&root, sup, ids, vals)
}

/// Commercial fields from the commercial partner (when the parent is new), the address from the parent.
fn take_from_parent(env: &Env, sup: Super<'_>, ids: &[i64], commercial: bool) -> Result<()> {
    crate::orm::compute::flush(env)?;
    let own = load(env, ids)?;
    let mut above: Vec<i64> =
        own.values().flat_map(|r| [r.int("parent_id"), r.int("commercial_partner_id")]).collect();
    above.retain(|i| *i != 0);
    let above = load(env, &above)?;
    let mut changes = Vec::new();
    for id in ids {
        let Some(r) = own.get(id) else { continue };
        let mut vals = Map::new();
        let entity = r.int("commercial_partner_id");
        if let Some(c) = above.get(&entity).filter(|_| commercial && entity != *id) {
            vals.extend(values(c, COMMERCIAL));
        }
        if let Some(p) =
            above.get(&r.int("parent_id")).filter(|p| r.str("type") == "contact" && has_any(p, ADDRESS))
        {
            vals.extend(values(p, ADDRESS));
        }
        vals.retain(|k, v| convert::plain(r.get(k)) != *v);
        changes.push((*id, vals));
    }
    apply(env, sup, changes)
}

/// The address of the only contact of a company that has none becomes the company's.
fn give_first_address(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let own = load(env, ids)?;
    let parents: Vec<i64> =
        own.values().filter(|r| has_any(r, ADDRESS)).map(|r| r.int("parent_id")).collect();
    let parents = load(env, &parents)?;
    let lonely: Vec<i64> = parents
        .values()
        .filter(|p| (p.bool("is_company") || p.opt("parent_id").is_none()) && !has_any(p, ADDRESS))
        .map(|p| p.id)
        .collect();
    if lonely.is_empty() {
        return Ok(());
    }
    let mut count: HashMap<i64, usize> = HashMap::new();
    let children = env.search("res.partner", json!([["parent_id", "in", lonely]]))?;
    for c in env.fetch("res.partner", &children, &["parent_id"])? {
        *count.entry(c.int("parent_id")).or_default() += 1;
    }
    let changes = ids
        .iter()
        .filter_map(|id| own.get(id))
        .filter(|r| count.get(&r.int("parent_id")) == Some(&1) && lonely.contains(&r.int("parent_id")))
        .map(|r| (r.int("parent_id"), values(r, ADDRESS)))
        .collect();
    apply(env, sup, changes)
}

/// Contacts follow the fields that changed: all those of one commercial entity, and the direct ones' addresses.
fn give_to_children(env: &Env, sup: Super<'_>, ids: &[i64], vals: &Map) -> Result<()> {
    let touched = |fields: &[&'static str]| -> Vec<&'static str> {
        fields.iter().copied().filter(|f| vals.contains_key(*f)).collect()
    };
    let (address, commercial) = (touched(ADDRESS), touched(COMMERCIAL));
    if address.is_empty() && commercial.is_empty() {
        return Ok(());
    }
    crate::orm::compute::flush(env)?;
    let own = load(env, ids)?;
    if !commercial.is_empty() {
        let entities: Vec<i64> =
            own.values().filter(|r| r.int("commercial_partner_id") == r.id).map(|r| r.id).collect();
        let below = env.with_context(json!({"active_test": false})).search(
            "res.partner",
            json!([
                ["commercial_partner_id", "in", entities],
                ["id", "not in", entities],
                ["is_company", "=", false]
            ]),
        )?;
        let below = load(env, &below)?;
        let changes = below
            .values()
            .filter_map(|c| Some((c.id, values(own.get(&c.int("commercial_partner_id"))?, &commercial))))
            .collect();
        apply(env, sup, changes)?;
    }
    if !address.is_empty() {
        let below = env.search("res.partner", json!([["parent_id", "in", ids], ["type", "=", "contact"]]))?;
        let below = load(env, &below)?;
        let changes: Vec<_> = below
            .values()
            .filter_map(|c| Some((c.id, values(own.get(&c.int("parent_id"))?, &address))))
            .collect();
        apply(env, sup, changes)?;
    }
    Ok(())
}
