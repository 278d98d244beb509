//! Ratings, and what rated records and their parents sum up of them.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::field::convert::round_digits;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::HashMap;

use super::ir_model_data::names_of;

/// From here on a rating is a good one.
const TOP: f64 = 3.66;
/// From here on it will do.
const OK: f64 = 2.33;
/// The least rating there is; below, none was given.
const LEAST: f64 = 1.0;
/// How far back a parent looks, in days.
const PARENT_DAYS: i64 = 30;

/// Behaviours of ratings and of the mixins.
pub fn behaviours() -> Vec<Behaviour> {
    vec![
        Behaviour::new("rating.rating")
            .compute("compute_parent_res_name", compute_parent_res_name)
            .compute("compute_res_name", compute_res_name)
            .compute("compute_rating_image", compute_rating_image)
            .compute("compute_rating_text", compute_rating_text)
            .default("default_access_token", |_, _| Ok(json!(crate::crypt::token::<16>()?))),
        Behaviour::new("rating.mixin")
            .compute("compute_rating_avg_text", compute_rating_avg_text)
            .compute("compute_rating_last_value", compute_rating_last_value)
            .compute("compute_rating_satisfaction", compute_rating_satisfaction)
            .compute("compute_rating_stats", compute_rating_stats)
            .search("search_rating_avg", search_rating_avg),
        Behaviour::new("rating.parent.mixin")
            .compute("compute_rating_percentage_satisfaction", compute_parent_stats)
            .search("search_rating_avg", search_parent_rating_avg),
    ]
}

fn grade(value: f64) -> &'static str {
    match value {
        v if v >= TOP => "top",
        v if v >= OK => "ok",
        v if v >= LEAST => "ko",
        _ => "none",
    }
}

fn names(env: &Env, ids: &[i64], prefix: &str, field: &str) -> Result<Computed> {
    let (model, id) = (format!("{prefix}res_model"), format!("{prefix}res_id"));
    let ratings = env.sudo().fetch("rating.rating", ids, &[&model, &id])?;
    let mut wanted: HashMap<String, Vec<i64>> = HashMap::new();
    for r in ratings.iter().filter(|r| r.int(&id) != 0) {
        wanted.entry(r.str(&model).to_owned()).or_default().push(r.int(&id));
    }
    let names = names_of(env, wanted)?;
    let mut out = Computed::new();
    for r in &ratings {
        let name = names.get(&(r.str(&model).to_owned(), r.int(&id)));
        out.set(r.id, field, name.map_or(Value::Null, |n| Value::Text(n.clone())));
    }
    Ok(out)
}

fn compute_res_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    names(env, ids, "", "res_name")
}

fn compute_parent_res_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    names(env, ids, "parent_", "parent_res_name")
}

/// A face: a circle, two eyes and a mouth that follows the grade.
fn compute_rating_image(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch("rating.rating", ids, &["rating"])? {
        let (n, colour, mouth) = match grade(r.float("rating")) {
            "top" => (5, "#28a745", "M30 60q20 25 40 0"),
            "ok" => (3, "#ffac00", "M30 66h40"),
            "ko" => (1, "#dc3545", "M30 72q20-25 40 0"),
            _ => (0, "#adb5bd", "M30 66h40"),
        };
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'><circle cx='50' cy='50' \
                r='45' fill='{colour}'/>\
             <circle cx='35' cy='40' r='5' fill='#fff'/><circle cx='65' cy='40' r='5' fill='#fff'/>\
             <path d='{mouth}' stroke='#fff' stroke-width='5' fill='none'/></svg>"
        );
        out.set(r.id, "rating_image", Value::Bytes(svg.into_bytes()));
        out.set(r.id, "rating_image_url", Value::Text(format!("/rating/static/src/img/rating_{n}.png")));
    }
    Ok(out)
}

fn compute_rating_text(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch("rating.rating", ids, &["rating"])? {
        out.set(r.id, "rating_text", Value::Text(grade(r.float("rating")).into()));
    }
    Ok(out)
}

/// What the given ratings of a record come to.
#[derive(Debug, Default, Clone, Copy)]
struct Stats {
    count: i64,
    sum: f64,
    good: i64,
}

impl Stats {
    fn mean(self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }
    /// Good ones in percent, -1 when there are none at all.
    fn satisfaction(self) -> f64 {
        if self.count == 0 { -1.0 } else { self.good as f64 * 100.0 / self.count as f64 }
    }
}

/// Sums by record, one statement. `prefix` tells whether the record is the one rated or its parent.
fn stats(env: &Env, model: &Model, ids: &[i64], prefix: &'static str) -> Result<HashMap<i64, Stats>> {
    let parent = prefix == "parent_";
    let mut sql = Sql::of("SELECT ")
        .ident(&format!("{prefix}res_id"))
        .raw(", COUNT(*), CAST(SUM(rating) AS DOUBLE PRECISION), SUM(CASE WHEN rating >= 3.66 THEN 1 ELSE 0 END) \
              FROM rating_rating WHERE consumed AND rating >= 1 AND ")
        .ident(&format!("{prefix}res_model"))
        .raw(" = ")
        .text(&model.name)
        .raw(" AND ")
        .ident(&format!("{prefix}res_id"))
        .ids(ids);
    if parent {
        let since = env.now() - chrono::Duration::days(PARENT_DAYS);
        sql = sql.raw(" AND write_date >= ").bind(ColType::DateTime, Value::DateTime(since));
    }
    sql = sql.raw(" GROUP BY ").ident(&format!("{prefix}res_id"));
    use ColType::{BigInt, Float, Int};
    Ok(env
        .query(&sql, &[Int, BigInt, Float, BigInt])?
        .iter()
        .map(|r| {
            let sum = if let Value::Float(f) = r[2] { f } else { 0.0 };
            (r[0].int(), Stats { count: r[1].int(), sum, good: r[3].int() })
        })
        .collect())
}

fn compute_rating_stats(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let stats = stats(env, model, ids, "")?;
    let mut out = Computed::new();
    for id in ids {
        let s = stats.get(id).copied().unwrap_or_default();
        out.set(*id, "rating_count", Value::Int(s.count));
        out.set(*id, "rating_avg", Value::Float(s.mean()));
    }
    Ok(out)
}

fn compute_rating_avg_text(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let stats = stats(env, model, ids, "")?;
    let mut out = Computed::new();
    for id in ids {
        let mean = stats.get(id).copied().unwrap_or_default().mean();
        out.set(*id, "rating_avg_text", Value::Text(grade(mean).into()));
    }
    Ok(out)
}

fn compute_rating_satisfaction(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let stats = stats(env, model, ids, "")?;
    let mut out = Computed::new();
    for id in ids {
        let share = stats.get(id).copied().unwrap_or_default().satisfaction();
        out.set(*id, "rating_percentage_satisfaction", Value::Float(share));
    }
    Ok(out)
}

/// The newest rating that was given.
fn compute_rating_last_value(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT res_id, rating FROM rating_rating WHERE consumed AND res_model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" ORDER BY write_date, id");
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "rating_last_value", Value::Float(0.0)));
    for row in env.query(&sql, &[ColType::Int, ColType::Float])? {
        out.set(row[0].int(), "rating_last_value", row[1].clone());
    }
    Ok(out)
}

fn compute_parent_stats(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let stats = stats(env, model, ids, "parent_")?;
    let mut out = Computed::new();
    for id in ids {
        let s = stats.get(id).copied().unwrap_or_default();
        out.set(*id, "rating_count", Value::Int(s.count));
        out.set(*id, "rating_avg", Value::Float(s.mean()));
        out.set(*id, "rating_avg_percentage", Value::Float(s.mean() / 5.0));
        out.set(*id, "rating_percentage_satisfaction", Value::Int(s.satisfaction() as i64));
    }
    Ok(out)
}

/// Rated records whose mean, to two digits, compares to a number.
fn by_mean(env: &Env, model: &Model, op: &str, value: &Json, prefix: &'static str) -> Result<Json> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let wanted: &[std::cmp::Ordering] = match op {
        "=" => &[Equal],
        "!=" => &[Less, Greater],
        "<" => &[Less],
        "<=" => &[Less, Equal],
        ">" => &[Greater],
        ">=" => &[Greater, Equal],
        _ => {
            let text = format!("This operator {op} is not supported in this search method.");
            return Err(Error::not_implemented(text));
        }
    };
    let sql = Sql::of("SELECT DISTINCT ")
        .ident(&format!("{prefix}res_id"))
        .raw(" FROM rating_rating WHERE ")
        .ident(&format!("{prefix}res_model"))
        .raw(" = ")
        .text(&model.name);
    let rated: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let number = match value {
        Json::Null | Json::Bool(_) => f64::from(u8::from(*value == Json::Bool(true))),
        v => v.as_f64().unwrap_or(0.0),
    };
    let cents = |f: f64| round_digits(f, 2);
    let mut listed: Vec<i64> = stats(env, model, &rated, prefix)?
        .iter()
        .filter(|(_, s)| cents(s.mean()).partial_cmp(&cents(number)).is_some_and(|o| wanted.contains(&o)))
        .map(|(id, _)| *id)
        .collect();
    listed.sort_unstable();
    Ok(json!([["id", "in", listed]]))
}

fn search_rating_avg(env: &Env, model: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    by_mean(env, model, op, value, "")
}

fn search_parent_rating_avg(env: &Env, model: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    by_mean(env, model, op, value, "parent_")
}
