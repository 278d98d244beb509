//! What all models have in common: defaults and computed fields that mean the same everywhere. Registered on the
//! model `base`, which lies below every model.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::field::convert;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Record, fetch};
use crate::value::{Json, Value};
use chrono::{NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of `base`.
pub fn behaviour() -> Behaviour {
    let [view, views] = super::views::methods();
    Behaviour::new("base")
        .method(view)
        .method(views)
        .method(Method::record("get_formview_id", "access_uid=None", |_, _| Ok(json!(false))).readonly())
        .method(Method::record("get_formview_action", "access_uid=None", form_action).readonly())
        .default("default_company", default_company)
        .default("default_user", default_user)
        .default("default_now", default_now)
        .default("default_today", default_today)
        .compute("compute_xml_id", compute_xml_id)
        .compute("compute_tz_offset", compute_tz_offset)
        .selection("tz", zones)
}

/// What a client does to show a record in a form.
fn form_action(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = if call.ids.is_empty() { json!(false) } else { json!(call.one()?) };
    Ok(json!({"type": "ir.actions.act_window", "res_model": call.model.name, "views": [[false, "form"]],
              "target": "current", "res_id": id, "context": Json::Object(env.context().clone())}))
}

fn default_company(env: &Env, _: &Model) -> Result<Json> {
    Ok(json!(env.company_id()?))
}

fn default_user(env: &Env, _: &Model) -> Result<Json> {
    Ok(json!(env.uid()))
}

fn default_now(env: &Env, _: &Model) -> Result<Json> {
    Ok(convert::plain(&Value::DateTime(env.now())))
}

fn default_today(env: &Env, _: &Model) -> Result<Json> {
    Ok(convert::plain(&Value::Date(today(env))))
}

/// The day it is where the user is (context tz, else his own, else UTC).
pub fn today(env: &Env) -> NaiveDate {
    let zone = env.tz().and_then(|tz| tz.parse::<Tz>().ok()).unwrap_or(Tz::UTC);
    zone.from_utc_datetime(&env.now()).date_naive()
}

/// Complete external ids of records, one query; records without one are left out. Of several the oldest counts.
pub fn xml_ids(env: &Env, model: &str, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let sql = Sql::of("SELECT res_id, module, name FROM ir_model_data WHERE model = ")
        .text(model)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" ORDER BY id DESC");
    let rows = env.query(&sql, &[ColType::Int, ColType::Text, ColType::Text])?;
    Ok(rows.iter().map(|r| (r[0].int(), format!("{}.{}", r[1].str(), r[2].str()))).collect())
}

fn compute_xml_id(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let names = xml_ids(env, &model.name, ids)?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "xml_id", Value::Text(names.get(id).cloned().unwrap_or_default()));
    }
    Ok(out)
}

fn compute_tz_offset(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch(&model.name, ids, &["tz"])? {
        out.set(r.id, "tz_offset", Value::Text(offset(r.str("tz"), env.now())));
    }
    Ok(out)
}

/// `+0200`: how far a zone is from UTC at `now`; an unknown zone is UTC.
pub fn offset(zone: &str, now: NaiveDateTime) -> String {
    let zone = zone.parse::<Tz>().unwrap_or(Tz::UTC);
    let seconds = zone.offset_from_utc_datetime(&now).fix().local_minus_utc();
    let (sign, minutes) = if seconds < 0 { ('-', -seconds / 60) } else { ('+', seconds / 60) };
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

/// All time zones, those of `Etc/` last, as Odoo lists them.
fn zones(_: &Env, _: &Model) -> Result<Vec<(String, String)>> {
    let mut names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()).collect();
    names.sort_unstable_by_key(|n| (n.starts_with("Etc/"), *n));
    Ok(names.into_iter().map(|n| (n.to_owned(), n.to_owned())).collect())
}

/// Every model with its name, for selections of models.
pub fn all_models(env: &Env, _: &Model) -> Result<Vec<(String, String)>> {
    let mut all: Vec<_> = env.registry().models().map(|m| (m.name.clone(), m.description.clone())).collect();
    all.sort();
    Ok(all)
}

/// Groups ids by the values that go to them, so that each distinct change is one statement.
pub fn by_values<T: PartialEq>(pairs: impl IntoIterator<Item = (i64, T)>) -> Vec<(T, Vec<i64>)> {
    let mut out: Vec<(T, Vec<i64>)> = Vec::new();
    for (id, value) in pairs {
        match out.iter_mut().find(|(v, _)| *v == value) {
            Some((_, ids)) => ids.push(id),
            None => out.push((value, vec![id])),
        }
    }
    out
}

/// Values of those of the records that are (still) there.
pub fn existing(env: &Env, model: &str, ids: &[i64], fields: &[&str]) -> Result<Vec<Record>> {
    fetch::fetch_existing(env, env.model(model)?, ids, fields)
}

/// Follows a many2one upwards from records, a statement a level: id → its parent, for all that were met.
pub fn parents(env: &Env, model: &str, ids: &[i64], parent: &str) -> Result<HashMap<i64, i64>> {
    let root = env.sudo();
    let mut known: HashMap<i64, i64> = HashMap::new();
    let mut level: Vec<i64> = ids.to_vec();
    while !level.is_empty() {
        let records = existing(&root, model, &level, &[parent])?;
        level.clear();
        for r in records {
            let above = r.int(parent);
            if known.insert(r.id, above).is_none() && above != 0 && !known.contains_key(&above) {
                level.push(above);
            }
        }
        level.sort_unstable();
        level.dedup();
    }
    Ok(known)
}

/// Whether records would hang below themselves by `parent`.
pub fn has_cycle(env: &Env, model: &str, ids: &[i64], parent: &str) -> Result<bool> {
    let above = parents(env, model, ids, parent)?;
    Ok(ids.iter().any(|id| {
        let mut at = above.get(id).copied().unwrap_or(0);
        let mut steps = 0;
        while at != 0 && steps <= above.len() {
            if at == *id {
                return true;
            }
            at = above.get(&at).copied().unwrap_or(0);
            steps += 1;
        }
        steps > above.len()
    }))
}

/// Whether a walk along many2many links leads from one of `ids` back to itself.
pub fn has_cycle_many(edges: &HashMap<i64, Vec<i64>>, ids: &[i64]) -> bool {
    ids.iter().any(|id| {
        let mut seen = std::collections::HashSet::new();
        let mut todo = vec![*id];
        while let Some(at) = todo.pop() {
            for next in edges.get(&at).into_iter().flatten() {
                if next == id {
                    return true;
                }
                if seen.insert(*next) {
                    todo.push(*next);
                }
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_summer_time() {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap().and_hms_opt(12, 0, 0).unwrap();
        assert_eq!(offset("Europe/Brussels", day(1, 5)), "+0100");
        assert_eq!(offset("Europe/Brussels", day(7, 5)), "+0200");
        assert_eq!(offset("America/St_Johns", day(1, 5)), "-0330");
        assert_eq!(offset("Nowhere", day(1, 5)), "+0000");
    }
}
