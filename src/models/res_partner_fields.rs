//! Computed fields and defaults of contacts.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model, Record, cache};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::{HashMap, HashSet};

use super::{base, email};

/// The address of a country that says nothing.
const ADDRESS_FORMAT: &str = "%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s";

/// Adds them to the behaviour of `res.partner`.
pub fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_active_lang_count", compute_active_lang_count)
        .compute("compute_commercial_company_name", compute_commercial_company_name)
        .compute("compute_commercial_partner_id", compute_commercial_partner_id)
        .compute("compute_company_type", compute_company_type)
        .compute("compute_complete_name", compute_complete_name)
        .compute("compute_contact_address", compute_contact_address)
        .compute("compute_contact_address_inline", compute_contact_address_inline)
        .compute("compute_email_formatted", compute_email_formatted)
        .compute("compute_is_public", compute_is_public)
        .compute("compute_partner_share", compute_partner_share)
        .compute("compute_same_vat_partner_id", compute_same_vat_partner_id)
        .compute("compute_self", compute_self)
        .compute("compute_user_id", compute_user_id)
        .inverse("inverse_company_type", inverse_company_type)
        .default("default_category_id", default_category_id)
        .default("default_lang", default_lang)
        .default("default_tz", default_tz)
        .selection("lang", languages)
}

fn text(s: impl Into<String>) -> Value {
    let s = s.into();
    if s.is_empty() { Value::Null } else { Value::Text(s) }
}

fn each(
    env: &Env,
    ids: &[i64],
    fields: &[&str],
    field: &str,
    f: impl Fn(&Record) -> Value,
) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch("res.partner", ids, fields)? {
        out.set(r.id, field, f(&r));
    }
    Ok(out)
}

fn compute_active_lang_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let n = i64::try_from(cache::langs(env)?.len()).unwrap_or(0);
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "active_lang_count", Value::Int(n)));
    Ok(out)
}

/// Partner → its commercial partner, walking up from the rows as they are: a company, or who has no parent.
fn commercial(env: &Env, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    let above = base::parents(env, "res.partner", ids, "parent_id")?;
    let all: Vec<i64> = above.keys().copied().collect();
    let companies: HashSet<i64> = env
        .sudo()
        .fetch("res.partner", &all, &["is_company"])?
        .iter()
        .filter(|r| r.bool("is_company"))
        .map(|r| r.id)
        .collect();
    Ok(ids
        .iter()
        .map(|id| {
            let mut at = *id;
            for _ in 0..above.len() {
                match above.get(&at) {
                    Some(p) if *p != 0 && !companies.contains(&at) => at = *p,
                    _ => break,
                }
            }
            (*id, at)
        })
        .collect())
}

fn compute_commercial_partner_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, entity) in commercial(env, ids)? {
        out.set(id, "commercial_partner_id", Value::Int(entity));
    }
    Ok(out)
}

/// Name of the commercial partner when it is a company, else the text in company_name.
fn company_names(env: &Env, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let entity = commercial(env, ids)?;
    let mut all: Vec<i64> = entity.values().copied().chain(ids.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let records: HashMap<i64, Record> = env
        .sudo()
        .fetch("res.partner", &all, &["name", "is_company", "company_name"])?
        .into_iter()
        .map(|r| (r.id, r))
        .collect();
    Ok(ids
        .iter()
        .filter_map(|id| {
            let (own, c) = (records.get(id)?, records.get(entity.get(id)?)?);
            let company = if c.bool("is_company") { c.str("name") } else { "" };
            Some((*id, if company.is_empty() { own.str("company_name") } else { company }.to_owned()))
        })
        .collect())
}

fn compute_commercial_company_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, name) in company_names(env, ids)? {
        out.set(id, "commercial_company_name", text(name));
    }
    Ok(out)
}

fn compute_company_type(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    each(env, ids, &["is_company"], "company_type", |r| {
        Value::Text(if r.bool("is_company") { "company" } else { "person" }.into())
    })
}

fn inverse_company_type(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    env.write("res.partner", ids, json!({"is_company": value.as_str() == Some("company")}))
}

/// `Company, Name` for contacts of a company; the kind of address stands for a name that is missing.
pub fn complete_names(env: &Env, ids: &[i64], bare: bool) -> Result<HashMap<i64, String>> {
    let root = env.sudo();
    let model = env.model("res.partner")?;
    let partners = base::existing(
        &root,
        "res.partner",
        ids,
        &["name", "type", "is_company", "company_name", "parent_id"],
    )?;
    let below: Vec<i64> = partners
        .iter()
        .filter(|p| p.opt("parent_id").is_some() || !p.str("company_name").is_empty())
        .map(|p| p.id)
        .collect();
    let companies = if below.is_empty() || bare { HashMap::new() } else { company_names(env, &below)? };
    let parents: Vec<i64> = partners
        .iter()
        .filter(|p| companies.get(&p.id).is_none_or(String::is_empty))
        .filter_map(|p| p.opt("parent_id"))
        .collect();
    let parents: HashMap<i64, String> = root
        .fetch("res.partner", &unique(parents), &["name"])?
        .iter()
        .map(|r| (r.id, r.str("name").to_owned()))
        .collect();
    Ok(partners
        .iter()
        .map(|p| {
            let mut name = p.str("name").to_owned();
            if below.contains(&p.id) {
                let kind = p.str("type");
                if name.is_empty() && matches!(kind, "invoice" | "delivery" | "other") {
                    name = model.fields["type"].label(kind).unwrap_or_default().to_owned();
                }
                if !p.bool("is_company") && !bare {
                    let company = companies.get(&p.id).filter(|c| !c.is_empty()).cloned();
                    let company =
                        company.or_else(|| parents.get(&p.int("parent_id")).cloned()).unwrap_or_default();
                    name = format!("{company}, {name}");
                }
            }
            (p.id, name.trim().to_owned())
        })
        .collect())
}

fn unique(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn compute_complete_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, name) in complete_names(env, ids, false)? {
        out.set(id, "complete_name", text(name));
    }
    Ok(out)
}

/// Addresses as the countries write them, the company's name above when there is one and `company` says so.
pub fn addresses(env: &Env, ids: &[i64], company: bool) -> Result<HashMap<i64, String>> {
    let root = env.sudo();
    let partners =
        root.fetch("res.partner", ids, &["street", "street2", "zip", "city", "state_id", "country_id"])?;
    let links = |f: &str| unique(partners.iter().filter_map(|p| p.opt(f)).collect());
    let by_id = |v: Vec<Record>| v.into_iter().map(|r| (r.id, r)).collect::<HashMap<i64, Record>>();
    let states = by_id(root.fetch("res.country.state", &links("state_id"), &["code", "name"])?);
    let countries =
        by_id(root.fetch("res.country", &links("country_id"), &["code", "name", "address_format"])?);
    let companies = if company { company_names(env, ids)? } else { HashMap::new() };
    Ok(partners
        .iter()
        .map(|p| {
            let state = |f: &str| states.get(&p.int("state_id")).map_or("", |s| s.str(f)).to_owned();
            let country = |f: &str| countries.get(&p.int("country_id")).map_or("", |c| c.str(f)).to_owned();
            let name = companies.get(&p.id).cloned().unwrap_or_default();
            let format = Some(country("address_format")).filter(|f| !f.is_empty());
            let format = format.unwrap_or_else(|| ADDRESS_FORMAT.to_owned());
            let format = if name.is_empty() { format } else { format!("%(company_name)s\n{format}") };
            let filled = fill(&format, &|key| match key {
                "state_code" => state("code"),
                "state_name" => state("name"),
                "country_code" => country("code"),
                "country_name" => country("name"),
                "company_name" => name.clone(),
                field => p.str(field).to_owned(),
            });
            (p.id, filled)
        })
        .collect())
}

/// Python's `%(key)s` filled in; anything else stays.
fn fill(format: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("%(") {
        out.push_str(before);
        match after.split_once(")s") {
            Some((key, tail)) => {
                out.push_str(&value(key));
                rest = tail;
            }
            None => {
                out.push_str("%(");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn compute_contact_address(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, address) in addresses(env, ids, true)? {
        out.set(id, "contact_address", Value::Text(address));
    }
    Ok(out)
}

fn compute_contact_address_inline(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, address) in addresses(env, ids, true)? {
        // Odoo joins the lines, then strips blanks, then commas: what an empty line leaves between them stays
        let (mut inline, mut rest) = (String::new(), address.as_str());
        while let Some((line, more)) = rest.split_once('\n') {
            inline += line;
            inline += ", ";
            rest = more.trim_start();
        }
        inline += rest;
        out.set(id, "contact_address_inline", Value::Text(inline.trim().trim_matches(',').to_owned()));
    }
    Ok(out)
}

fn compute_email_formatted(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    each(env, ids, &["name", "email"], "email_formatted", |r| {
        let name = if r.str("name").is_empty() { "False" } else { r.str("name") };
        match (email::normalize_all(r.str("email")), r.str("email")) {
            (all, _) if !all.is_empty() => Value::Text(email::formatted(name, &all.join(","))),
            (_, "") => Value::Null,
            // Python's formataddr splits at the last @, and puts one where there is none
            (_, broken) if broken.contains('@') => Value::Text(email::formatted(name, broken)),
            (_, broken) => Value::Text(email::formatted(name, &format!("@{broken}"))),
        }
    })
}

/// Partners of which one of the users (archived ones too) is the public.
fn compute_is_public(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let group = env.xmlid("base.group_public")?.unwrap_or(0);
    let sql = Sql::of(
        "SELECT DISTINCT u.partner_id FROM res_users u JOIN res_groups_users_rel r ON r.uid = u.id WHERE r.gid = ",
    )
    .int(group)
    .raw(" AND u.partner_id")
    .ids(ids);
    let public: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "is_public", Value::Bool(public.contains(id)));
    }
    Ok(out)
}

/// Nobody's or only outsiders' partners; the superuser's is none of these.
fn compute_partner_share(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT DISTINCT partner_id FROM res_users WHERE ((active AND NOT COALESCE(share, \
        FALSE)) OR id = 1) AND partner_id",
    )
    .ids(ids);
    let internal: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "partner_share", Value::Bool(!internal.contains(id)));
    }
    Ok(out)
}

/// Another partner with the same tax or company number, outside the own hierarchy; only for those without parent.
fn compute_same_vat_partner_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo().with_context(json!({"active_test": false}));
    let fields = ["vat", "company_registry", "company_id", "parent_id"];
    let own = env.fetch("res.partner", ids, &fields)?;
    let mut out = Computed::new();
    for (field, target) in
        [("vat", "same_vat_partner_id"), ("company_registry", "same_company_registry_partner_id")]
    {
        let asked: Vec<&Record> = own
            .iter()
            .filter(|r| {
                r.opt("parent_id").is_none() && r.str(field).chars().count() > usize::from(field == "vat")
            })
            .collect();
        let numbers: Vec<&str> = asked.iter().map(|r| r.str(field)).collect();
        if numbers.is_empty() {
            continue;
        }
        let found = root.search("res.partner", json!([[field, "in", numbers]]))?;
        let above = base::parents(&root, "res.partner", &found, "parent_id")?;
        let candidates = root.fetch("res.partner", &found, &fields)?;
        for r in asked {
            let same_company = |c: &Record| {
                r.opt("company_id").is_none()
                    || c.opt("company_id").is_none()
                    || c.int("company_id") == r.int("company_id")
            };
            let hit = candidates
                .iter()
                .find(|c| c.str(field) == r.str(field) && same_company(c) && !is_below(&above, c.id, r.id));
            out.set(r.id, target, hit.map_or(Value::Null, |c| Value::Int(c.id)));
        }
    }
    Ok(out)
}

/// Whether `id` is `top` or hangs below it.
fn is_below(above: &HashMap<i64, i64>, id: i64, top: i64) -> bool {
    let mut at = id;
    for _ in 0..=above.len() {
        if at == top {
            return true;
        }
        match above.get(&at) {
            Some(p) if *p != 0 => at = *p,
            _ => return false,
        }
    }
    false
}

fn compute_self(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "self", Value::Int(*id)));
    Ok(out)
}

/// A person without a salesperson takes the one of the company.
fn compute_user_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let own = root.fetch("res.partner", ids, &["user_id", "is_company", "parent_id"])?;
    let wants = |r: &&Record| r.opt("user_id").is_none() && !r.bool("is_company");
    let parents = unique(own.iter().filter(wants).filter_map(|r| r.opt("parent_id")).collect());
    let parents: HashMap<i64, i64> =
        root.fetch("res.partner", &parents, &["user_id"])?.iter().map(|p| (p.id, p.int("user_id"))).collect();
    let mut out = Computed::new();
    for r in &own {
        let inherited = if wants(&r) { parents.get(&r.int("parent_id")).copied().unwrap_or(0) } else { 0 };
        let user = r.opt("user_id").unwrap_or(inherited);
        out.set(r.id, "user_id", if user == 0 { Value::Null } else { Value::Int(user) });
    }
    Ok(out)
}

fn default_category_id(env: &Env, _: &Model) -> Result<Json> {
    Ok(match env.ctx("category_id") {
        c if json_is_falsy(c) => json!([[6, 0, []]]),
        c => json!([[6, 0, [c]]]),
    })
}

fn default_lang(env: &Env, _: &Model) -> Result<Json> {
    if let Some(lang) = env.ctx("lang").as_str().filter(|l| !l.is_empty()) {
        return Ok(json!(lang));
    }
    // the very first partners are made before there is a user
    let lang = match env.user() {
        Ok(user) => user.lang.clone(),
        Err(Error { kind: crate::error::Kind::Missing, .. }) => None,
        Err(e) => return Err(e),
    };
    Ok(json!(lang.unwrap_or_else(|| "en_US".into())))
}

fn default_tz(env: &Env, _: &Model) -> Result<Json> {
    Ok(match env.ctx("tz") {
        Json::String(tz) if !tz.is_empty() => json!(tz),
        _ => json!(false),
    })
}

/// The languages that are switched on.
fn languages(env: &Env, _: &Model) -> Result<Vec<(String, String)>> {
    super::res_lang::installed(env)
}
