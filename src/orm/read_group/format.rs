//! From rows to what clients get: names, labels, `__range`, `__domain`, `__fold`, `__context`.

use super::query::{self, Row, narrowed};
use super::{Ask, Group, dates, property};
use crate::db::Granularity;
use crate::error::Result;
use crate::orm::env::Env;
use crate::orm::field::{Kind, convert};
use crate::orm::model::Model;
use crate::orm::read::Targets;
use crate::value::{DATE_FORMAT, DATETIME_FORMAT, Json, Map, Value};
use chrono::NaiveDateTime;
use indexmap::IndexMap;
use serde_json::json;
use std::collections::HashMap;

/// The moment a date group begins, local.
pub fn moment(v: &Value) -> Option<NaiveDateTime> {
    match v {
        Value::DateTime(d) => Some(*d),
        Value::Date(d) => Some(d.and_time(chrono::NaiveTime::MIN)),
        _ => None,
    }
}

/// How one group-by of one row is shown: its value, what it adds to the domain, its range.
pub(super) struct Shown {
    pub value: Json,
    pub domain: Json,
    pub range: Option<Json>,
}

/// All rows as clients get them.
pub(super) fn rows(
    env: &Env,
    model: &Model,
    ask: &Ask,
    groups: &[Group<'_>],
    aggregates: &IndexMap<String, String>,
    rows: Vec<Row>,
    folds: &HashMap<i64, bool>,
) -> Result<Vec<Map>> {
    let columns = groups
        .iter()
        .enumerate()
        .map(|(i, g)| {
            // an aggregate of the group's own name takes its place, as in Odoo's dictionaries
            let place = aggregates.get_full(&g.name).filter(|(_, _, spec)| !spec.ends_with(":recordset"));
            let value = |r: &Row| place.map_or(&r.groups[i], |(at, ..)| &r.aggregates[at]).clone();
            let values: Vec<Value> = rows.iter().map(value).collect();
            if place.is_some() { replaced(env, model, g, &values) } else { column(env, model, g, &values) }
        })
        .collect::<Result<Vec<Vec<Shown>>>>()?;
    let mut columns: Vec<std::vec::IntoIter<Shown>> = columns.into_iter().map(Vec::into_iter).collect();
    let left = &ask.groupby[ask.effective().len()..];
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut m = Map::new();
        for g in groups {
            m.insert(g.name.clone(), Json::Null);
        }
        for ((name, spec), value) in aggregates.iter().zip(row.aggregates) {
            m.insert(name.clone(), query::shown(model, spec, value));
        }
        if !folds.is_empty() {
            let id = row.groups.first().map_or(0, Value::int);
            m.insert("__fold".into(), json!(folds.get(&id).copied().unwrap_or(false)));
        }
        let mut domain = ask.domain.clone();
        let mut ranges = Map::new();
        for (g, shown) in groups.iter().zip(&mut columns) {
            let Some(shown) = shown.next() else { continue };
            m.insert(g.name.clone(), shown.value);
            domain = narrowed(&domain, shown.domain);
            if let Some(r) = shown.range {
                ranges.insert(g.name.clone(), r);
            }
        }
        for (at, name) in ask.effective().iter().enumerate() {
            // one that is named again is a condition again, on what is shown of it
            let again = ask.effective()[..at].contains(name);
            if let Some(g) = groups.iter().find(|g| again && g.name == *name && g.spec.property.is_none()) {
                domain = narrowed(&domain, json!([[g.field.name, "=", m[name]]]));
            }
        }
        m.insert("__domain".into(), domain);
        if !left.is_empty() {
            m.insert("__context".into(), json!({ "group_by": left }));
        }
        if !ranges.is_empty() {
            m.insert("__range".into(), Json::Object(ranges));
        }
        out.push(m);
    }
    Ok(out)
}

/// The values of an aggregate that is shown where a group-by's would be.
fn replaced(env: &Env, model: &Model, g: &Group<'_>, values: &[Value]) -> Result<Vec<Shown>> {
    let step = g.spec.func.as_deref();
    let dated = matches!(g.field.kind, Kind::Date | Kind::DateTime);
    let moments = values.iter().all(|v| moment(v).is_some() || *v == Value::Null);
    if g.field.kind == Kind::Properties
        || dated && moments && step.is_none_or(|s| Granularity::parse(s).is_some())
    {
        return column(env, model, g, values);
    }
    let name = &g.field.name;
    let numbered = step.filter(|s| dated && Granularity::parse(s).is_none());
    let path = numbered.map_or_else(|| name.clone(), |s| format!("{name}.{s}"));
    Ok(values
        .iter()
        .map(|v| {
            let value = convert::plain(v);
            let none = g.field.kind == Kind::Many2many && v.is_falsy();
            let domain = if none { json!([[name, "not in", []]]) } else { json!([[path, "=", value]]) };
            let range = (dated && numbered.is_none() && v.is_falsy()).then(|| json!(false));
            Shown { value, domain, range }
        })
        .collect())
}

/// The values of one group-by.
pub(super) fn column(env: &Env, model: &Model, g: &Group<'_>, values: &[Value]) -> Result<Vec<Shown>> {
    let field = g.field;
    match field.kind {
        Kind::Properties => Ok(property::format(env, model, field, &g.spec, values)?
            .into_iter()
            .map(|(value, domain)| Shown { value, domain, range: None })
            .collect()),
        Kind::Date | Kind::DateTime => dates_of(env, g, values),
        Kind::Many2one | Kind::Many2many => relation(env, g, &field.relation, values),
        // a record of its own
        _ if field.name == "id" => relation(env, g, &model.name, values),
        _ => Ok(values
            .iter()
            .map(|v| {
                let value = convert::plain(v);
                Shown { domain: json!([[field.name, "=", value]]), value, range: None }
            })
            .collect()),
    }
}

fn relation(env: &Env, g: &Group<'_>, comodel: &str, values: &[Value]) -> Result<Vec<Shown>> {
    let field = g.field;
    let mut targets = Targets::default();
    let ids: Vec<i64> = values.iter().map(Value::int).filter(|i| *i != 0).collect();
    targets.want(comodel, ids.iter().copied());
    targets.load(env)?;
    Ok(values
        .iter()
        .map(|v| match v.int() {
            0 if field.kind == Kind::Many2many => {
                Shown { value: json!(false), domain: json!([[field.name, "not in", ids]]), range: None }
            }
            0 => Shown { value: json!(false), domain: json!([[field.name, "=", false]]), range: None },
            id => Shown {
                value: json!([id, targets.name(comodel, id).unwrap_or_default()]),
                domain: json!([[field.name, "=", id]]),
                range: None,
            },
        })
        .collect())
}

fn dates_of(env: &Env, g: &Group<'_>, values: &[Value]) -> Result<Vec<Shown>> {
    let said = g.spec.func.as_deref().unwrap_or("month");
    let name = &g.field.name;
    let Some(step) = Granularity::parse(said) else {
        let path = format!("{name}.{said}");
        return Ok(values
            .iter()
            .map(|v| {
                let value = convert::plain(v);
                Shown { domain: json!([[path, "=", value]]), value, range: None }
            })
            .collect());
    };
    let week_start = if step == Granularity::Week { super::week_start(env)? } else { 7 };
    let is_date = g.field.kind == Kind::Date;
    let zone = env.ctx("tz").as_str().filter(|_| !is_date).and_then(|z| z.parse().ok());
    let text = |d: NaiveDateTime| d.format(if is_date { DATE_FORMAT } else { DATETIME_FORMAT }).to_string();
    Ok(values
        .iter()
        .map(|v| match moment(v) {
            None => {
                Shown { value: json!(false), domain: json!([[name, "=", false]]), range: Some(json!(false)) }
            }
            Some(at) => {
                let from = text(dates::to_utc(at, zone));
                let to = text(dates::to_utc(dates::next(at, step), zone));
                Shown {
                    value: json!(dates::label(at, step, week_start)),
                    domain: json!(["&", [name, ">=", from], [name, "<", to]]),
                    range: Some(json!({"from": from, "to": to})),
                }
            }
        })
        .collect())
}
