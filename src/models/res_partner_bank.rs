//! Bank accounts of contacts, and banks.

use crate::error::Result;
use crate::orm::domain::parse;
use crate::orm::{Behaviour, Computed, Domain, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `res.partner.bank`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.partner.bank")
        .compute("compute_acc_type", compute_acc_type)
        .compute("compute_account_holder_name", compute_account_holder_name)
        .compute("compute_sanitized_acc_number", compute_sanitized)
        .display_name(display_name)
        .name_domain(name_domain)
}

/// Behaviour of `res.bank`.
pub fn bank() -> Behaviour {
    Behaviour::new("res.bank").name_fields(&["name", "bic"]).display_name(bank_names)
}

/// Letters and digits of an account number, in capitals.
fn sanitize(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn compute_acc_type(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "acc_type", Value::Text("bank".into())));
    Ok(out)
}

fn compute_account_holder_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let accounts = root.fetch("res.partner.bank", ids, &["partner_id"])?;
    let mut partners: Vec<i64> = accounts.iter().filter_map(|a| a.opt("partner_id")).collect();
    partners.sort_unstable();
    partners.dedup();
    let names: HashMap<i64, Value> = root
        .fetch("res.partner", &partners, &["name"])?
        .iter()
        .map(|p| (p.id, p.get("name").clone()))
        .collect();
    let mut out = Computed::new();
    for a in &accounts {
        out.set(a.id, "acc_holder_name", names.get(&a.int("partner_id")).cloned().unwrap_or_default());
    }
    Ok(out)
}

fn compute_sanitized(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for a in env.fetch("res.partner.bank", ids, &["acc_number"])? {
        out.set(a.id, "sanitized_acc_number", Value::Text(sanitize(a.str("acc_number"))));
    }
    Ok(out)
}

fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let accounts = super::base::existing(env, "res.partner.bank", ids, &["acc_number", "bank_name"])?;
    Ok(accounts
        .iter()
        .map(|a| match a.str("bank_name") {
            "" => (a.id, a.str("acc_number").to_owned()),
            bank => (a.id, format!("{} - {bank}", a.str("acc_number"))),
        })
        .collect())
}

/// An account is found by its number, however it is spaced, or by its bank.
fn name_domain(_: &Env, _: &Model, op: &str, value: &Json) -> Result<Json> {
    let number = value.as_str().map_or_else(|| value.clone(), |s| json!(sanitize(s)));
    let by_number = Domain::leaf("sanitized_acc_number", op, number);
    let by_bank = Domain::leaf("bank_name", op, value.clone());
    let both = if parse::is_negative(op) { by_number.and(by_bank) } else { by_number.or(by_bank) };
    Ok(both.to_json())
}

fn bank_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let banks = super::base::existing(env, "res.bank", ids, &["name", "bic"])?;
    Ok(banks
        .iter()
        .map(|b| match b.str("bic") {
            "" => (b.id, b.str("name").to_owned()),
            bic => (b.id, format!("{} - {bic}", b.str("name"))),
        })
        .collect())
}
