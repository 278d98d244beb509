//! Countries and their states.

use crate::error::Result;
use crate::orm::domain::parse;
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, name};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Codes that are no country of their own and have no flag.
const NO_FLAG: &[&str] = &["AQ", "SJ"];
/// Codes that show another country's flag.
const OTHER_FLAG: &[(&str, &str)] = &[
    ("GF", "fr"),
    ("BV", "no"),
    ("BQ", "nl"),
    ("GP", "fr"),
    ("HM", "au"),
    ("YT", "fr"),
    ("RE", "fr"),
    ("MF", "fr"),
    ("UM", "us"),
];

/// Behaviour of `res.country`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.country")
        .name_fields(&["name", "code"])
        .compute("compute_image_url", compute_image_url)
        .method(
            Method::model("name_search", "name='', args=None, operator='ilike', limit=100", name_search)
                .readonly(),
        )
        .method(Method::record("get_address_fields", "", address_fields).readonly())
}

/// Behaviour of `res.country.state`.
pub fn state() -> Behaviour {
    Behaviour::new("res.country.state").display_name(state_names).name_domain(state_domain)
}

fn compute_image_url(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for c in env.fetch("res.country", ids, &["code"])? {
        let code = c.str("code");
        let flag = OTHER_FLAG.iter().find(|(c, _)| *c == code).map(|(_, f)| (*f).to_owned());
        let flag = flag.unwrap_or_else(|| code.to_lowercase());
        let shown = !code.is_empty() && !NO_FLAG.contains(&code);
        let url = Value::Text(format!("/base/static/img/country_flags/{flag}.png"));
        out.set(c.id, "image_url", if shown { url } else { Value::Null });
    }
    Ok(out)
}

/// Two letters mean a code first, whatever names they occur in.
fn name_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    let text = call.text("name").unwrap_or_default();
    let op = call.text("operator").unwrap_or("ilike");
    let limit = call.limit("limit")?;
    let mut found = Vec::new();
    let mut domain = call.arg("args").clone();
    if text.chars().count() == 2 && !parse::is_negative(op) {
        let given = parse::parse(&domain)?;
        let by_code = Domain::leaf("code", op, json!(text)).and(given.clone());
        let page = crate::orm::Page { limit, ..Default::default() };
        let ids = env.search_with("res.country", by_code, &page)?;
        let names = env.sudo().display_names("res.country", &ids)?;
        found.extend(ids.iter().map(|id| json!([id, names.get(id)])));
        domain = given.and(Domain::leaf("id", "not in", json!(ids))).to_json();
    }
    let rest = limit.map(|l| l - i64::try_from(found.len()).unwrap_or(l));
    if rest.is_none_or(|l| l > 0)
        && let Json::Array(more) = name::name_search(env, call.model, call.arg("name"), &domain, op, rest)?
    {
        found.extend(more);
    }
    Ok(Json::Array(found))
}

/// Names of the fields a country's address format has.
fn address_fields(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut fields: Vec<String> = Vec::new();
    for c in env.fetch("res.country", &call.ids, &["address_format"])? {
        fields.extend(
            c.str("address_format")
                .split("%(")
                .skip(1)
                .filter_map(|p| p.split_once(")s"))
                .map(|(f, _)| f.to_owned()),
        );
    }
    Ok(json!(fields))
}

fn state_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let states = super::base::existing(env, "res.country.state", ids, &["name", "country_id"])?;
    let mut countries: Vec<i64> = states.iter().filter_map(|s| s.opt("country_id")).collect();
    countries.sort_unstable();
    countries.dedup();
    let codes: HashMap<i64, String> = env
        .sudo()
        .fetch("res.country", &countries, &["code"])?
        .iter()
        .map(|c| (c.id, c.str("code").to_owned()))
        .collect();
    let code = |id: i64| codes.get(&id).cloned().unwrap_or_default();
    Ok(states.iter().map(|s| (s.id, format!("{} ({})", s.str("name"), code(s.int("country_id"))))).collect())
}

/// A code that fits exactly is the answer; `Name (CC)` is cut into both; the context may name the country.
fn state_domain(env: &Env, _: &Model, op: &str, value: &Json) -> Result<Json> {
    let within = match env.ctx("country_id") {
        c if json_is_falsy(c) => Domain::True,
        c => Domain::leaf("country_id", "=", c.clone()),
    };
    let mut by_name = Domain::leaf("name", op, value.clone());
    if let Some(text) = value.as_str().filter(|t| !t.is_empty() && !parse::is_negative(op)) {
        let by_code = within.clone().and(Domain::leaf("code", "=ilike", json!(text)));
        let exact = env.search("res.country.state", by_code)?;
        if !exact.is_empty() && op != "=" {
            by_name = by_name.or(Domain::in_ids("id", &exact));
        }
        if let Some((name, country)) = text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
            let both = Domain::leaf("name", op, json!(name.trim())).and(Domain::leaf(
                "country_id.code",
                "=ilike",
                json!(country.trim()),
            ));
            by_name = by_name.or(both);
        }
    }
    Ok(within.and(by_name).to_json())
}
