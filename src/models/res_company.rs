//! Companies and their partners: a company's name, address and numbers live in its partner.

use crate::error::{Error, Result};
use crate::orm::field::convert;
use crate::orm::{Behaviour, Computed, Env, Model, Super, env::SUPERUSER};
use crate::picture::{self, Size};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

use super::email;

const ADDRESS: &[&str] = &["street", "street2", "zip", "city", "state_id", "country_id"];

/// Behaviour of `res.company`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.company")
        .compute("compute_address", compute_address)
        .compute("compute_alias_emails", compute_alias_emails)
        .compute("compute_color", compute_color)
        .compute("compute_email_colors", compute_email_colors)
        .compute("compute_email_formatted", compute_email_formatted)
        .compute("compute_is_company_details_empty", compute_is_company_details_empty)
        .compute("compute_logo_web", compute_logo_web)
        .compute("compute_parent_ids", compute_parent_ids)
        .compute("compute_uninstalled_l10n_module_ids", |_, _, _| Ok(Computed::new()))
        .compute("compute_uses_default_logo", compute_uses_default_logo)
        .inverse("inverse_address", inverse_address)
        .inverse("inverse_color", inverse_color)
        .default("default_alias_domain", default_alias_domain)
        .default("default_currency", default_currency)
        .default("default_paperformat", default_paperformat)
        .name_domain(name_domain)
        .create(create)
        .write(write)
}

/// Partner of each company.
fn partners(env: &Env, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    Ok(env
        .sudo()
        .fetch("res.company", ids, &["partner_id"])?
        .iter()
        .map(|r| (r.id, r.int("partner_id")))
        .collect())
}

fn partner_records(env: &Env, ids: &[i64], fields: &[&str]) -> Result<Vec<(i64, crate::orm::Record)>> {
    let links = partners(env, ids)?;
    let mut wanted: Vec<i64> = links.values().copied().filter(|p| *p != 0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let records: HashMap<i64, _> =
        env.sudo().fetch("res.partner", &wanted, fields)?.into_iter().map(|r| (r.id, r)).collect();
    Ok(ids.iter().filter_map(|id| Some((*id, records.get(links.get(id)?)?.clone()))).collect())
}

fn compute_address(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, p) in partner_records(env, ids, ADDRESS)? {
        for f in ADDRESS {
            out.set(id, f, p.get(f).clone());
        }
    }
    Ok(out)
}

fn inverse_address(env: &Env, _: &Model, ids: &[i64], field: &str, value: &Json) -> Result<()> {
    let partners: Vec<i64> = partners(env, ids)?.into_values().collect();
    env.write("res.partner", &partners, json!({ field: value }))
}

fn compute_alias_emails(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let mut out = Computed::new();
    let companies = root.fetch("res.company", ids, &["name", "alias_domain_id"])?;
    let mut domains: Vec<i64> = companies.iter().filter_map(|c| c.opt("alias_domain_id")).collect();
    domains.sort_unstable();
    domains.dedup();
    let domains: HashMap<i64, _> = root
        .fetch("mail.alias.domain", &domains, &["bounce_email", "catchall_email"])?
        .into_iter()
        .map(|d| (d.id, d))
        .collect();
    for c in &companies {
        for kind in ["bounce", "catchall"] {
            let address =
                domains.get(&c.int("alias_domain_id")).map_or("", |d| d.str(&format!("{kind}_email")));
            let formatted =
                if address.is_empty() { String::new() } else { email::formatted(c.str("name"), address) };
            out.set(c.id, &format!("{kind}_email"), Value::Text(address.to_owned()));
            out.set(c.id, &format!("{kind}_formatted"), Value::Text(formatted));
        }
    }
    Ok(out)
}

/// Top company of each, from parent_path.
fn ancestors(env: &Env, ids: &[i64]) -> Result<HashMap<i64, Vec<i64>>> {
    let companies = env.sudo().fetch("res.company", ids, &["parent_path"])?;
    Ok(companies
        .iter()
        .map(|c| {
            let mut path: Vec<i64> = c.str("parent_path").split('/').filter_map(|p| p.parse().ok()).collect();
            if path.is_empty() {
                path.push(c.id);
            }
            (c.id, path)
        })
        .collect())
}

fn compute_parent_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, path) in ancestors(env, ids)? {
        out.set(id, "root_id", Value::Int(path.first().copied().unwrap_or(id)));
        out.set(id, "parent_ids", Value::Ids(path));
    }
    Ok(out)
}

fn compute_color(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let above = ancestors(env, ids)?;
    let roots: Vec<i64> = above.values().filter_map(|p| p.first().copied()).collect();
    let colors: HashMap<i64, i64> =
        partner_records(env, &roots, &["color"])?.into_iter().map(|(id, p)| (id, p.int("color"))).collect();
    let mut out = Computed::new();
    for (id, path) in above {
        let root = path.first().copied().unwrap_or(id);
        let color = colors.get(&root).copied().filter(|c| *c != 0).unwrap_or(root % 12);
        out.set(id, "color", Value::Int(color));
    }
    Ok(out)
}

fn inverse_color(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    let roots: Vec<i64> = ancestors(env, ids)?.into_values().filter_map(|p| p.first().copied()).collect();
    let partners: Vec<i64> = partners(env, &roots)?.into_values().collect();
    env.write("res.partner", &partners, json!({"color": value}))
}

fn compute_email_colors(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for c in env.fetch("res.company", ids, &["primary_color", "secondary_color"])? {
        let or = |f: &str, other: &str| {
            Value::Text(if c.str(f).is_empty() { other.to_owned() } else { c.str(f).to_owned() })
        };
        out.set(c.id, "email_primary_color", or("primary_color", "#000000"));
        out.set(c.id, "email_secondary_color", or("secondary_color", "#875A7B"));
    }
    Ok(out)
}

fn compute_email_formatted(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let companies: HashMap<i64, String> = env
        .sudo()
        .fetch("res.company", ids, &["catchall_formatted"])?
        .iter()
        .map(|c| (c.id, c.str("catchall_formatted").to_owned()))
        .collect();
    let mut out = Computed::new();
    for (id, p) in partner_records(env, ids, &["email_formatted"])? {
        let own = p.str("email_formatted");
        let value =
            if own.is_empty() { companies.get(&id).cloned().unwrap_or_default() } else { own.to_owned() };
        out.set(id, "email_formatted", if value.is_empty() { Value::Null } else { Value::Text(value) });
    }
    Ok(out)
}

fn compute_is_company_details_empty(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for c in env.fetch("res.company", ids, &["company_details"])? {
        let empty = crate::html::text(c.str("company_details")).trim().is_empty();
        out.set(c.id, "is_company_details_empty", Value::Bool(empty));
    }
    Ok(out)
}

/// The logo as it is: nothing here scales pictures.
/// How wide the logo is on pages.
const LOGO_WEB: Size = Size { width: 180, height: 0 };

fn compute_logo_web(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, p) in partner_records(env, ids, &["image_1920"])? {
        let logo = match p.get("image_1920") {
            Value::Bytes(b) => match picture::scaled(b, LOGO_WEB, false) {
                Ok(scaled) => Value::Bytes(scaled.into_owned()),
                Err(refusal) => return Err(Error::user(refusal.to_string())),
            },
            _ => Value::Null,
        };
        out.set(id, "logo_web", logo);
    }
    Ok(out)
}

fn compute_uses_default_logo(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, p) in partner_records(env, ids, &["image_1920"])? {
        out.set(id, "uses_default_logo", Value::Bool(p.get("image_1920").is_falsy()));
    }
    Ok(out)
}

fn default_alias_domain(env: &Env, _: &Model) -> Result<Json> {
    let page = crate::orm::Page { limit: Some(1), ..Default::default() };
    let first = env.sudo().search_with("mail.alias.domain", json!([]), &page)?;
    Ok(first.first().map_or(json!(false), |id| json!(id)))
}

fn default_currency(env: &Env, _: &Model) -> Result<Json> {
    let company = env.user()?.company_id;
    let found = env.sudo().fetch("res.company", &[company], &["currency_id"])?;
    Ok(found.first().and_then(|c| c.opt("currency_id")).map_or(json!(false), |c| json!(c)))
}

fn default_paperformat(env: &Env, _: &Model) -> Result<Json> {
    Ok(env.xmlid("base.paperformat_euro")?.map_or(json!(false), |p| json!(p)))
}

/// With `user_preference` in the context only the user's own companies are found.
fn name_domain(env: &Env, model: &Model, op: &str, value: &Json) -> Result<Json> {
    let mut domain = crate::orm::name::default_domain(model, op, value)?;
    if env.flag("user_preference") {
        domain = domain.and(crate::orm::Domain::in_ids("id", &env.user()?.company_ids));
    }
    Ok(domain.to_json())
}

/// Makes the partners that are missing; who makes a company belongs to it, and so does the superuser.
fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    let mut wanting = Vec::new();
    let mut partners = Vec::new();
    for (i, v) in vals.iter().enumerate() {
        if v.get("partner_id").is_some_and(|p| !json_is_falsy(p)) || v.get("name").is_none_or(json_is_falsy) {
            continue;
        }
        let mut p = Map::from_iter([("is_company".to_owned(), json!(true))]);
        for (own, theirs) in [
            ("name", "name"),
            ("logo", "image_1920"),
            ("email", "email"),
            ("phone", "phone"),
            ("website", "website"),
            ("vat", "vat"),
            ("country_id", "country_id"),
        ] {
            if let Some(x) = v.get(own) {
                p.insert(theirs.to_owned(), x.clone());
            }
        }
        wanting.push(i);
        partners.push(p);
    }
    let made = env.with_context(json!({"default_parent_id": false})).create_many("res.partner", partners)?;
    for (i, partner) in wanting.into_iter().zip(made) {
        vals[i].insert("partner_id".into(), json!(partner));
    }
    inherit_from_root(env, &mut vals)?;
    let ids = sup.create(env, vals)?;
    let links: Vec<Json> = ids.iter().map(|id| json!([4, id])).collect();
    let mut members = vec![env.uid(), SUPERUSER];
    members.dedup();
    if !env.flag("install_mode") {
        env.sudo().write("res.users", &members, json!({"company_ids": links}))?;
    }
    switch_on_currencies(env, &ids)?;
    Ok(ids)
}

/// A branch has its root's currency.
fn inherit_from_root(env: &Env, vals: &mut [Map]) -> Result<()> {
    let parents: Vec<i64> = vals.iter().filter_map(|v| v.get("parent_id").and_then(Json::as_i64)).collect();
    if parents.is_empty() {
        return Ok(());
    }
    let currencies: HashMap<i64, Json> = env
        .sudo()
        .fetch("res.company", &parents, &["currency_id"])?
        .iter()
        .map(|c| (c.id, convert::plain(c.get("currency_id"))))
        .collect();
    for v in vals.iter_mut() {
        if let Some(c) = v.get("parent_id").and_then(Json::as_i64).and_then(|p| currencies.get(&p)) {
            v.insert("currency_id".into(), c.clone());
        }
    }
    Ok(())
}

fn switch_on_currencies(env: &Env, companies: &[i64]) -> Result<()> {
    let root = env.sudo();
    let used: Vec<i64> = root
        .fetch("res.company", companies, &["currency_id"])?
        .iter()
        .filter_map(|c| c.opt("currency_id"))
        .collect();
    let off = root
        .with_context(json!({"active_test": false}))
        .search("res.currency", json!([["id", "in", used], ["active", "=", false]]))?;
    root.write("res.currency", &off, json!({"active": true}))
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if let Some(parent) = vals.get("parent_id") {
        let same = |c: &crate::orm::Record| convert::plain(c.get("parent_id")) == *parent;
        if !env.sudo().fetch("res.company", ids, &["parent_id"])?.iter().all(same) {
            return Err(Error::user("The company hierarchy cannot be changed."));
        }
    }
    if vals.get("active").is_some_and(json_is_falsy) {
        refuse_archive(env, ids)?;
    }
    let currency = vals.contains_key("currency_id");
    sup.write(env, ids, vals)?;
    env.invalidate();
    if currency { switch_on_currencies(env, ids) } else { Ok(()) }
}

fn refuse_archive(env: &Env, ids: &[i64]) -> Result<()> {
    let users = env.sudo().search("res.users", json!([["company_id", "in", ids]]))?;
    let Some(user) = users.first() else { return Ok(()) };
    let company = env.sudo().fetch_one("res.users", *user, &["company_id"])?.int("company_id");
    let names = env.sudo().display_names("res.company", &[company])?;
    Err(Error::validation(format!(
        "The company {} cannot be archived because it is still used as the default company of {} users.",
        names.get(&company).cloned().unwrap_or_default(),
        users.len()
    )))
}
