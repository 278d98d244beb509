//! Small models of resource, analytic and base: working time, analytic accounts, devices, requests to be forgotten.

use crate::error::Result;
use crate::orm::domain::parse;
use crate::orm::{Behaviour, Computed, Domain, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::HashMap;

/// Behaviours of the small models.
pub fn behaviours() -> Vec<Behaviour> {
    vec![
        Behaviour::new("resource.calendar").default("default_tz", default_tz),
        Behaviour::new("account.analytic.account")
            .compute("compute_debit_credit_balance", compute_balance)
            .display_name(account_names)
            .name_domain(account_domain),
        Behaviour::new("res.device")
            .compute("compute_is_current", |_, _, _| Ok(Computed::new()))
            .compute("compute_linked_ip_addresses", compute_addresses)
            .display_name(device_names),
        Behaviour::new("res.users.deletion").compute("compute_user_id_int", compute_user_id_int),
    ]
}

fn default_tz(env: &Env, _: &Model) -> Result<Json> {
    // a calendar is made before there is a user, too
    let zone = match env.ctx("tz").as_str() {
        Some(tz) if !tz.is_empty() => Some(tz.to_owned()),
        _ => env.tz(),
    };
    Ok(json!(zone.unwrap_or_else(|| "UTC".into())))
}

/// There are no analytic lines here.
fn compute_balance(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for id in ids {
        for f in ["balance", "debit", "credit"] {
            out.set(*id, f, Value::Float(0.0));
        }
    }
    Ok(out)
}

/// `[code] name - customer`.
fn account_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let accounts =
        super::base::existing(env, "account.analytic.account", ids, &["name", "code", "partner_id"])?;
    let mut partners: Vec<i64> = accounts.iter().filter_map(|a| a.opt("partner_id")).collect();
    partners.sort_unstable();
    partners.dedup();
    let entities: HashMap<i64, i64> = env
        .sudo()
        .fetch("res.partner", &partners, &["commercial_partner_id"])?
        .iter()
        .map(|p| (p.id, p.int("commercial_partner_id")))
        .collect();
    let mut owners: Vec<i64> = entities.values().copied().filter(|e| *e != 0).collect();
    owners.sort_unstable();
    owners.dedup();
    let names: HashMap<i64, String> = env
        .sudo()
        .fetch("res.partner", &owners, &["name"])?
        .iter()
        .map(|p| (p.id, p.str("name").to_owned()))
        .collect();
    Ok(accounts
        .iter()
        .map(|a| {
            let mut name = a.str("name").to_owned();
            if !a.str("code").is_empty() {
                name = format!("[{}] {name}", a.str("code"));
            }
            if let Some(owner) =
                entities.get(&a.int("partner_id")).and_then(|e| names.get(e)).filter(|n| !n.is_empty())
            {
                name = format!("{name} - {owner}");
            }
            (a.id, name)
        })
        .collect())
}

fn account_domain(_: &Env, _: &Model, op: &str, value: &Json) -> Result<Json> {
    let leaf = |f: &str| Domain::leaf(f, op, value.clone());
    let (name, code, partner) = (leaf("name"), leaf("code"), leaf("partner_id.complete_name"));
    let all = if parse::is_negative(op) { name.and(code).and(partner) } else { name.or(code).or(partner) };
    Ok(all.to_json())
}

fn compute_addresses(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for d in env.fetch("res.device", ids, &["ip_address"])? {
        out.set(d.id, "linked_ip_addresses", d.get("ip_address").clone());
    }
    Ok(out)
}

fn device_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let devices = super::base::existing(env, "res.device", ids, &["platform", "browser"])?;
    let capital = |s: &str| {
        let mut c = s.chars();
        c.next().map_or_else(|| "Unknown".to_owned(), |f| f.to_uppercase().chain(c).collect())
    };
    Ok(devices
        .iter()
        .map(|d| (d.id, format!("{} {}", capital(d.str("platform")), capital(d.str("browser")))))
        .collect())
}

/// The user's id, which outlives the user.
fn compute_user_id_int(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for d in env.fetch("res.users.deletion", ids, &["user_id", "user_id_int"])? {
        out.set(d.id, "user_id_int", Value::Int(d.opt("user_id").unwrap_or(d.int("user_id_int"))));
    }
    Ok(out)
}
