//! Currencies and their rates.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{DATE_FORMAT, Json, Value};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::HashMap;

use super::base::{existing, today};

/// Behaviour of `res.currency`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.currency")
        .name_fields(&["name", "full_name"])
        .compute("compute_decimal_places", compute_decimal_places)
        .compute("compute_is_current_company_currency", compute_is_current)
        .compute("compute_rate", compute_rate)
        .constrains(&["active"], check_company_currency)
}

/// Behaviour of `res.currency.rate`.
pub fn rate() -> Behaviour {
    Behaviour::new("res.currency.rate")
        .compute("compute_company_rate", compute_company_rate)
        .inverse("inverse_company_rate", inverse_company_rate)
        .default("default_root_company", default_root_company)
        .display_name(rate_names)
}

fn compute_decimal_places(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for c in env.fetch("res.currency", ids, &["rounding"])? {
        let rounding = c.float("rounding");
        let places =
            if rounding > 0.0 && rounding < 1.0 { (1.0 / rounding).log10().ceil() as i64 } else { 0 };
        out.set(c.id, "decimal_places", Value::Int(places));
    }
    Ok(out)
}

fn compute_is_current(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let own = company_currency(env)?.map_or(0, |(id, _)| id);
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "is_current_company_currency", Value::Bool(*id == own));
    }
    Ok(out)
}

/// Id and name of the current company's currency.
fn company_currency(env: &Env) -> Result<Option<(i64, String)>> {
    let sql = Sql::of(
        "SELECT c.id, c.name FROM res_company m JOIN res_currency c ON c.id = m.currency_id WHERE m.id = ",
    )
    .int(env.company_id()?);
    let rows = env.query(&sql, &[ColType::Int, ColType::Text])?;
    Ok(rows.first().map(|r| (r[0].int(), r[1].str().to_owned())))
}

/// Root of the current company.
fn root_company(env: &Env) -> Result<i64> {
    let id = env.company_id()?;
    let company = env.sudo().fetch("res.company", &[id], &["root_id"])?;
    Ok(company.first().and_then(|c| c.opt("root_id")).unwrap_or(id))
}

/// Rate of each currency on a day: the last one not later, else the first there is, else 1.
fn rates(env: &Env, day: NaiveDate) -> Result<HashMap<i64, (f64, Option<NaiveDate>)>> {
    let sql = Sql::of(
        "SELECT currency_id, rate, name FROM res_currency_rate WHERE company_id IS NULL OR company_id = ",
    )
    .int(root_company(env)?)
    .raw(" ORDER BY currency_id, name, company_id");
    let mut out: HashMap<i64, (f64, Option<NaiveDate>)> = HashMap::new();
    for row in env.query(&sql, &[ColType::Int, ColType::Float, ColType::Date])? {
        let (Value::Float(rate), Value::Date(date)) = (&row[1], &row[2]) else { continue };
        if *date <= day || !out.contains_key(&row[0].int()) {
            out.insert(row[0].int(), (*rate, Some(*date)));
        }
    }
    Ok(out)
}

fn compute_rate(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let day = match env
        .ctx("date")
        .as_str()
        .and_then(|d| NaiveDate::parse_from_str(d.get(..10)?, DATE_FORMAT).ok())
    {
        Some(day) => day,
        None => today(env),
    };
    let rates = rates(env, day)?;
    let own = company_currency(env)?;
    let base = own.as_ref().and_then(|(id, _)| rates.get(id)).map_or(1.0, |(r, _)| *r);
    let mut out = Computed::new();
    for c in env.fetch("res.currency", ids, &["name"])? {
        let (raw, date) = rates.get(&c.id).copied().unwrap_or((1.0, None));
        let rate = raw / base;
        out.set(c.id, "rate", Value::Float(rate));
        out.set(c.id, "inverse_rate", Value::Float(1.0 / rate));
        out.set(c.id, "date", date.map_or(Value::Null, Value::Date));
        if let Some((id, name)) = &own
            && *id != c.id
        {
            out.set(c.id, "rate_string", Value::Text(format!("1 {name} = {rate:.6} {}", c.str("name"))));
        } else {
            out.set(c.id, "rate_string", Value::Text(String::new()));
        }
    }
    Ok(out)
}

fn check_company_currency(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "SELECT c.id FROM res_currency c JOIN res_company m ON m.currency_id = c.id WHERE \
        NOT c.active AND c.id",
    )
    .ids(ids)
    .raw(" LIMIT 1");
    if env.query(&sql, &[ColType::Int])?.is_empty() {
        return Ok(());
    }
    Err(Error::user("This currency is set on a company and therefore cannot be deactivated."))
}

/// What one unit of the company's currency is worth that day.
fn compute_company_rate(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let own = company_currency(env)?.map_or(0, |(id, _)| id);
    let mut out = Computed::new();
    let records = env.fetch("res.currency.rate", ids, &["rate", "name"])?;
    let mut by_day: HashMap<NaiveDate, f64> = HashMap::new();
    for r in &records {
        let day = r.date("name").unwrap_or_else(|| today(env));
        let base = match by_day.get(&day) {
            Some(b) => *b,
            None => {
                let b = rates(env, day)?.get(&own).map_or(1.0, |(r, _)| *r);
                by_day.insert(day, b);
                b
            }
        };
        let rate = if r.float("rate") == 0.0 { 1.0 } else { r.float("rate") } / base;
        out.set(r.id, "company_rate", Value::Float(rate));
        out.set(r.id, "inverse_company_rate", Value::Float(1.0 / rate));
    }
    Ok(out)
}

fn inverse_company_rate(env: &Env, _: &Model, ids: &[i64], field: &str, value: &Json) -> Result<()> {
    let given = value.as_f64().filter(|v| *v != 0.0).unwrap_or(1.0);
    let given = if field == "inverse_company_rate" { 1.0 / given } else { given };
    let own = company_currency(env)?.map_or(0, |(id, _)| id);
    for r in env.fetch("res.currency.rate", ids, &["name"])? {
        let base =
            rates(env, r.date("name").unwrap_or_else(|| today(env)))?.get(&own).map_or(1.0, |(r, _)| *r);
        env.write("res.currency.rate", &[r.id], json!({"rate": given * base}))?;
    }
    Ok(())
}

fn default_root_company(env: &Env, _: &Model) -> Result<Json> {
    Ok(json!(root_company(env)?))
}

fn rate_names(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let records = existing(env, "res.currency.rate", ids, &["rate"])?;
    Ok(records.iter().map(|r| (r.id, crate::value::py_float(r.float("rate")))).collect())
}
