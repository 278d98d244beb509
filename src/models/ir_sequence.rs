//! Numbers in sequence. `number_next` is the counter of both kinds: it is raised and read in one statement, so that
//! two callers never get the same number.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Record, access};
use crate::value::{DATE_FORMAT, Json, Value};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeZone};
use serde_json::json;

/// Behaviour of `ir.sequence`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.sequence")
        .compute("compute_number_next_actual", compute_next)
        .inverse("inverse_number_next_actual", inverse_next)
        .method(Method::model("next_by_code", "sequence_code, sequence_date=None", next_by_code))
        .method(Method::record("next_by_id", "sequence_date=None", next_by_id))
        .method(Method::record("get_next_char", "number_next", get_next_char).readonly())
}

/// Behaviour of `ir.sequence.date_range`.
pub fn date_range() -> Behaviour {
    Behaviour::new("ir.sequence.date_range")
        .compute("compute_number_next_actual", compute_next)
        .inverse("inverse_number_next_actual", inverse_next)
}

fn compute_next(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch(&model.name, ids, &["number_next"])? {
        out.set(r.id, "number_next_actual", Value::Int(r.int("number_next")));
    }
    Ok(out)
}

fn inverse_next(env: &Env, model: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    // an empty value is the first number
    let next = value.as_i64().filter(|n| *n != 0).unwrap_or(1);
    env.write(&model.name, ids, json!({"number_next": next}))
}

const FIELDS: &[&str] = &["name", "prefix", "suffix", "padding", "number_increment", "use_date_range"];

/// The next text of the sequence with that code, of the company before everybody's; False when there is none.
fn next_by_code(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let code = call.text("sequence_code").unwrap_or_default();
    let found = env.search_with(
        "ir.sequence",
        json!([["code", "=", code], ["company_id", "in", [env.company_id()?, false]]]),
        &crate::orm::Page { order: Some("company_id, id".into()), limit: Some(1), offset: 0 },
    )?;
    match found.first() {
        Some(id) => next(env, *id, call.arg("sequence_date")),
        None => Ok(json!(false)),
    }
}

fn next_by_id(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let id = call.one()?;
    next(env, id, call.arg("sequence_date"))
}

fn get_next_char(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = call.one()?;
    let sequence = env.fetch_one("ir.sequence", id, FIELDS)?;
    let now = local(env);
    text(&sequence, call.arg("number_next").as_i64().unwrap_or(0), now, now, now)
}

/// Now, where the user is.
fn local(env: &Env) -> NaiveDateTime {
    let zone = env.tz().and_then(|tz| tz.parse::<chrono_tz::Tz>().ok()).unwrap_or(chrono_tz::Tz::UTC);
    zone.from_utc_datetime(&env.now()).naive_local()
}

fn next(env: &Env, id: i64, date: &Json) -> Result<Json> {
    let root = env.sudo();
    let sequence = root.fetch_one("ir.sequence", id, FIELDS)?;
    let now = local(env);
    let when = date
        .as_str()
        .or_else(|| env.ctx("ir_sequence_date").as_str())
        .and_then(|d| NaiveDate::parse_from_str(d.get(..10)?, DATE_FORMAT).ok())
        .map_or(now, |d| d.and_time(now.time()));
    let step = sequence.int("number_increment");
    if !sequence.bool("use_date_range") {
        return text(&sequence, draw(env, "ir_sequence", id, step)?, when, when, now);
    }
    let range = range_of(&root, id, when.date())?;
    let number = draw(env, "ir_sequence_date_range", range.id, step)?;
    let from = range.date("date_from").unwrap_or(when.date()).and_time(now.time());
    text(&sequence, number, when, from, now)
}

/// Takes a number and raises the counter.
fn draw(env: &Env, table: &'static str, id: i64, step: i64) -> Result<i64> {
    let sql = Sql::of("UPDATE ")
        .ident(table)
        .raw(" SET number_next = number_next + ")
        .int(step)
        .raw(" WHERE id = ")
        .int(id)
        .raw(" RETURNING number_next");
    let rows = env.execute_returning(&sql, &[ColType::Int])?;
    Ok(rows.first().map_or(0, |r| r[0].int()) - step)
}

/// The range a day lies in; made when it is missing: its year, as far as the neighbours leave room.
fn range_of(env: &Env, sequence: i64, day: NaiveDate) -> Result<Record> {
    let model = "ir.sequence.date_range";
    let day_text = day.format(DATE_FORMAT).to_string();
    let inside =
        json!([["sequence_id", "=", sequence], ["date_from", "<=", day_text], ["date_to", ">=", day_text]]);
    let id = match env.search(model, inside)?.first() {
        Some(id) => *id,
        None => {
            let all = env.search(model, json!([["sequence_id", "=", sequence]]))?;
            let (mut from, mut to) = (
                NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day),
                NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day),
            );
            for r in env.fetch(model, &all, &["date_from", "date_to"])? {
                if let Some(end) = r.date("date_to").filter(|d| *d < day && *d >= from) {
                    from = end.succ_opt().unwrap_or(day);
                }
                if let Some(start) = r.date("date_from").filter(|d| *d > day && *d <= to) {
                    to = start.pred_opt().unwrap_or(day);
                }
            }
            let text = |d: NaiveDate| d.format(DATE_FORMAT).to_string();
            env.create(model, json!({"sequence_id": sequence, "date_from": text(from), "date_to": text(to)}))?
        }
    };
    env.fetch_one(model, id, &["date_from"])
}

/// Prefix, padded number, suffix.
fn text(
    s: &Record,
    number: i64,
    when: NaiveDateTime,
    range: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<Json> {
    let wrong = || Error::user(format!("Invalid prefix or suffix for sequence “{}”", s.str("name")));
    let fill = |t: &str| interpolate(t, when, range, now).ok_or_else(wrong);
    let width = usize::try_from(s.int("padding")).unwrap_or(0);
    Ok(json!(format!("{}{number:0width$}{}", fill(s.str("prefix"))?, fill(s.str("suffix"))?)))
}

/// `%(year)s`, `%(range_month)s`, `%(current_day)s` …; None for a key nobody knows.
fn interpolate(text: &str, when: NaiveDateTime, range: NaiveDateTime, now: NaiveDateTime) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(tail) = after.strip_prefix('%') {
            out.push('%');
            rest = tail;
            continue;
        }
        let (key, tail) = after.strip_prefix('(')?.split_once(")s")?;
        let (moment, key) = match key.split_once('_') {
            Some(("range", k)) => (range, k),
            Some(("current", k)) => (now, k),
            _ => (when, key),
        };
        let format = match key {
            "year" => "%Y",
            "month" => "%m",
            "day" => "%d",
            "y" => "%y",
            "doy" => "%j",
            "woy" => "%W",
            "weekday" => "%w",
            "h24" => "%H",
            "h12" => "%I",
            "min" => "%M",
            "sec" => "%S",
            "isoyear" => "%G",
            "isoy" => "%g",
            "isoweek" => "%V",
            _ => return None,
        };
        out.push_str(&moment.format(format).to_string());
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_filled_in() {
        let d = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap().and_hms_opt(8, 5, 0).unwrap();
        assert_eq!(
            interpolate("P%(year)s/%(range_month)s-%(current_day)s%%", d, d, d).as_deref(),
            Some("P2026/03-09%")
        );
        assert_eq!(interpolate("%(nosuch)s", d, d, d), None);
        assert_eq!(interpolate("100%", d, d, d), None);
    }
}
