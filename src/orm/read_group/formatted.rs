//! Odoo 19's `formatted_read_group`, in small: groups as `[value, label]`, `__extra_domain` instead of `__domain`.

use super::query::{self, Query, Request};
use super::{annotated, explicit_order, format, spec};
use crate::error::Result;
use crate::orm::behaviour::Call;
use crate::orm::domain::{combine, parse};
use crate::orm::env::Env;
use crate::orm::field::{Kind, convert};
use crate::value::{Json, Map, Value};
use indexmap::IndexMap;
use serde_json::json;

/// `formatted_read_group(domain, groupby, aggregates, …)`.
pub fn formatted_read_group(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.model;
    let groups = annotated(model, &spec::list(call.arg("groupby"))?)?;
    let aggregates: IndexMap<String, String> =
        spec::list(call.arg("aggregates"))?.into_iter().map(|a| (a.clone(), a)).collect();
    let request = Request {
        groups: groups.iter().map(|g| g.spec.clone()).collect(),
        aggregates: aggregates.values().cloned().collect(),
        order: explicit_order(call.text("order").unwrap_or_default(), &groups, &aggregates),
        limit: call.limit("limit")?,
        offset: call.limit("offset")?.unwrap_or(0),
    };
    let rows = Query::new(env, model).run(&parse::parse(call.arg("domain"))?, &request)?;
    let mut columns = Vec::new();
    for (i, g) in groups.iter().enumerate() {
        let values: Vec<Value> = rows.iter().map(|r| r.groups[i].clone()).collect();
        columns.push(format::column(env, model, g, &values)?.into_iter());
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut m = Map::new();
        let mut extra = Vec::new();
        for ((g, shown), raw) in groups.iter().zip(&mut columns).zip(&row.groups) {
            let Some(shown) = shown.next() else { continue };
            let date = matches!(g.field.kind, Kind::Date | Kind::DateTime) && shown.range.is_some();
            let value = match shown.range.as_ref().and_then(|r| r.get("from")) {
                // a date group is its start and its label
                Some(_) if date => json!([convert::plain(raw), shown.value]),
                _ => shown.value,
            };
            m.insert(g.name.clone(), value);
            extra.push(shown.domain);
        }
        for ((name, spec), value) in aggregates.iter().zip(row.aggregates) {
            m.insert(name.clone(), query::shown(model, spec, value));
        }
        let domain = if extra.is_empty() { json!([]) } else { combine::and(&extra) };
        m.insert("__extra_domain".into(), domain);
        out.push(Json::Object(m));
    }
    Ok(Json::Array(out))
}
