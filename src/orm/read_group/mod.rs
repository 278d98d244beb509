//! Grouped reads: `read_group`, `web_read_group`, `read_progress_bar`, `formatted_read_group`.
//!
//! One statement gives the groups; names of corecords take one more each. What Odoo's `read_group` adds to
//! that — names,
//! `__domain`, `__range`, empty groups between dates or of a group expansion — is put on in memory.

pub(crate) mod dates;
mod format;
mod formatted;
mod property;
pub mod query;
pub mod spec;

use super::access;
use super::behaviour::{Call, Method};
use super::domain::parse;
use super::env::Env;
use super::field::convert::py_type;
use super::field::{Expand, Field, Kind};
use super::model::Model;
use crate::db::{ColType, Granularity, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value, json_is_falsy, objects, py_str};
use indexmap::IndexMap;
use query::{Query, Request, Row, empty};
use serde_json::json;
use spec::Spec;
use std::collections::HashMap;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    let base = |m: Method| m.class("BaseModel").readonly();
    let web = |m: Method| m.class("Base").readonly();
    vec![
        base(Method::model(
            "read_group",
            "domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True",
            do_read_group,
        )),
        web(Method::model(
            "web_read_group",
            "domain, fields, groupby, limit=None, offset=0, orderby=False, lazy=True",
            web_read_group,
        )),
        web(Method::model("read_progress_bar", "domain, group_by, progress_bar", read_progress_bar)),
        web(Method::model(
            "formatted_read_group",
            "domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None",
            formatted::formatted_read_group,
        )),
    ]
}

/// What a client asks of `read_group`.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Domain as sent.
    pub domain: Json,
    /// Aggregates: `field`, `field:function`, `name:function(field)`.
    pub fields: Vec<String>,
    /// Group-bys.
    pub groupby: Vec<String>,
    /// Skip so many groups.
    pub offset: i64,
    /// At most so many.
    pub limit: Option<i64>,
    /// Order, empty for the group-bys.
    pub order: String,
    /// Only by the first group-by.
    pub lazy: bool,
}

impl Ask {
    fn of(call: &Call<'_>) -> Result<Ask> {
        let lazy = !json_is_falsy(call.arg("lazy"));
        let order = call.arg("orderby");
        if !order.is_string() && !json_is_falsy(order) {
            return Err(Error::attribute(format!("'{}' object has no attribute 'split'", py_type(order))));
        }
        Ok(Ask {
            domain: call.arg("domain").clone(),
            groupby: spec::groups(call.arg("groupby"), lazy)?,
            fields: spec::fields(call.arg("fields"))?,
            offset: call.limit("offset")?.unwrap_or(0),
            limit: call.limit("limit")?,
            order: call.text("orderby").unwrap_or_default().to_owned(),
            lazy,
        })
    }

    /// The group-bys that take effect.
    fn effective(&self) -> &[String] {
        if self.lazy { &self.groupby[..self.groupby.len().min(1)] } else { &self.groupby }
    }
}

fn do_read_group(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(objects(read_group(env, call.model, &Ask::of(call)?)?))
}

/// A group-by as it is called in the result, its field, and what the statement groups by.
struct Group<'m> {
    name: String,
    field: &'m Field,
    spec: Spec,
}

/// Group-bys with what they leave out (a date is cut to months).
fn annotated<'m>(model: &'m Model, names: &[String]) -> Result<Vec<Group<'m>>> {
    let mut out: Vec<Group<'m>> = Vec::new();
    for name in names {
        let mut spec = spec::parse(name)?;
        let field = model.fields.get(&spec.field).ok_or_else(|| {
            Error::value(format!("Invalid field {} on model {}", py_str(&spec.field), py_str(&model.name)))
        })?;
        if let Some(p) = spec.property.as_deref().filter(|_| field.kind != Kind::Properties) {
            return Err(Error::value(format!(
                "Property name {} has to be used on a property field.",
                py_str(p)
            )));
        }
        if matches!(field.kind, Kind::Date | Kind::DateTime) {
            let granularity = spec.func.get_or_insert_with(|| "month".into());
            spec.text = format!("{}:{granularity}", spec.field);
        }
        if !out.iter().any(|g| g.name == *name) {
            out.push(Group { name: name.clone(), field, spec });
        }
    }
    Ok(out)
}

/// Aggregates by the name they have in the result.
fn aggregates(model: &Model, ask: &Ask, groups: &[Group<'_>]) -> Result<IndexMap<String, String>> {
    let mut out = IndexMap::new();
    let count = match groups {
        [one] if ask.lazy => format!("{}_count", one.name.split(':').next().unwrap_or_default()),
        _ => "__count".into(),
    };
    out.insert(count, "__count".to_owned());
    for text in ask.fields.iter().filter(|f| *f != "__count") {
        let (name, func, of) = spec::parse_field(text)?;
        match (func, of) {
            (Some(func), Some(of)) => {
                out.insert(name, format!("{of}:{func}"));
            }
            (Some(func), None) => {
                let spec = format!("{name}:{func}");
                out.insert(name, spec);
            }
            (None, _) => {
                let field = model.fields.get(&name).ok_or_else(|| {
                    Error::value(format!("Invalid field {} on model {}", py_str(&name), py_str(&model.name)))
                })?;
                let stored = field.has_column() || field.inherited.is_some();
                if let Some(a) = field.aggregator.as_ref().filter(|_| stored)
                    && !groups.iter().any(|g| g.name == *text)
                {
                    out.insert(name.clone(), format!("{name}:{a}"));
                }
            }
        }
    }
    Ok(out)
}

/// The order over what the statement knows: names of results become what they stand for.
fn explicit_order(order: &str, groups: &[Group<'_>], aggregates: &IndexMap<String, String>) -> String {
    if order.is_empty() {
        return groups.iter().map(|g| g.spec.text.as_str()).collect::<Vec<_>>().join(",");
    }
    let keys: Vec<(&str, &str)> = groups
        .iter()
        .rev()
        .map(|g| (g.name.as_str(), g.spec.text.as_str()))
        .chain(aggregates.iter().map(|(n, s)| (n.as_str(), s.as_str())))
        .map(|(n, s)| (n.split(':').next().unwrap_or_default(), s))
        .collect();
    let terms = order.split(',').map(|term| {
        let term = term.trim();
        let key =
            keys.iter().find(|(k, _)| term == *k || term.strip_prefix(k).is_some_and(|r| r.starts_with(' ')));
        key.map_or_else(|| term.to_owned(), |(k, s)| term.replace(k, s))
    });
    terms.collect::<Vec<_>>().join(",")
}

/// Odoo's `read_group`. A computed field may be grouped by another one, and is shown for it.
pub fn read_group(env: &Env, model: &Model, ask: &Ask) -> Result<Vec<Map>> {
    let stand_in = |name: &String| model.grouped_as(name);
    if !ask.effective().iter().any(|name| stand_in(name).is_some()) {
        return grouped(env, model, ask);
    }
    let real = |name: &String| stand_in(name).map_or_else(|| name.clone(), str::to_owned);
    let asked = Ask { groupby: ask.groupby.iter().map(real).collect(), ..ask.clone() };
    let mut groups = grouped(env, model, &asked)?;
    for name in ask.groupby.iter().filter(|n| stand_in(n).is_some()) {
        for group in &mut groups {
            let (value, count) = (real(name), format!("{}_count", real(name)));
            let value = group.shift_remove(&value).unwrap_or(json!(false));
            let count = group.shift_remove(&count).unwrap_or(json!(0));
            group.insert(name.clone(), value);
            group.insert(format!("{name}_count"), count);
        }
    }
    Ok(groups)
}

fn grouped(env: &Env, model: &Model, ask: &Ask) -> Result<Vec<Map>> {
    let groups = annotated(model, ask.effective())?;
    let aggregates = aggregates(model, ask, &groups)?;
    access::check_model(env, model, 'r')?;
    let order = explicit_order(&ask.order, &groups, &aggregates);
    let domain = parse::parse(parse::given(&ask.domain)?)?;
    let request = Request {
        groups: groups.iter().map(|g| g.spec.clone()).collect(),
        aggregates: aggregates.values().cloned().collect(),
        order: order.clone(),
        limit: ask.limit,
        offset: ask.offset,
    };
    let mut rows = Query::new(env, model).run(&domain, &request)?;
    let fill = env.ctx("fill_temporal");
    if let Some(first) = groups.first()
        && (fill.is_object() || (!rows.is_empty() && !json_is_falsy(fill)))
    {
        rows = filled(env, first, rows, &aggregates, fill)?;
    }
    let mut folds = HashMap::new();
    if let (Some(first), true) = (groups.first(), ask.lazy) {
        (rows, folds) = expanded(env, model, first, rows, &aggregates, &domain)?;
    }
    format::rows(env, model, ask, &groups, &aggregates, rows, &folds)
}

/// Puts the groups in that lie between those with records.
fn filled(
    env: &Env,
    first: &Group<'_>,
    rows: Vec<Row>,
    aggregates: &IndexMap<String, String>,
    fill: &Json,
) -> Result<Vec<Row>> {
    let said = first.spec.func.as_deref().filter(|_| matches!(first.field.kind, Kind::Date | Kind::DateTime));
    let Some(said) = said else { return Ok(rows) };
    // parts of dates have nothing in between
    let step = Granularity::parse(said).ok_or_else(|| Error::key_error(said))?;
    let is_date = first.field.kind == Kind::Date;
    let moments: Vec<chrono::NaiveDateTime> =
        rows.iter().filter_map(|r| format::moment(&r.groups[0])).collect();
    let week_start = week_start(env)?;
    let bound = |key: &str| -> Result<Option<chrono::NaiveDateTime>> {
        let Some(text) = fill.get(key).and_then(Json::as_str).filter(|s| !s.is_empty()) else {
            return Ok(None);
        };
        if !is_date && !moments.is_empty() {
            // Odoo compares the day it was given with datetimes, which Python refuses
            return Err(Error::type_error("can't compare datetime.datetime to datetime.date"));
        }
        let day = super::field::convert::parse_date(text)?;
        // Odoo takes the Monday of the week, and from there goes back to the day that weeks begin with
        let back = if step == Granularity::Week { (8 - i64::from(week_start)) % 7 } else { 0 };
        let start = dates::start_of(day.and_time(chrono::NaiveTime::MIN), step, 1);
        Ok(Some(start - chrono::Duration::days(back)))
    };
    let (mut from, mut to) = (bound("fill_from")?, bound("fill_to")?);
    from = from.or_else(|| moments.iter().min().copied());
    to = to.or_else(|| moments.iter().max().copied());
    let (Some(from), Some(mut to)) = (from.or(to), to.or(from)) else { return Ok(rows) };
    let least = fill.get("min_groups").and_then(Json::as_i64).unwrap_or(0);
    let mut at_least = from;
    for _ in 1..least.min(10_000) {
        at_least = dates::next(at_least, step);
    }
    if least > 0 {
        to = to.max(at_least);
    }
    if to < from {
        return Ok(rows);
    }
    let mut all: Vec<chrono::NaiveDateTime> = moments;
    let mut at = from;
    while at <= to && all.len() < 20_000 {
        all.push(at);
        at = dates::next(at, step);
    }
    all.sort_unstable();
    all.dedup();
    let mut by_moment: HashMap<Option<chrono::NaiveDateTime>, Vec<Row>> = HashMap::new();
    let width = rows.first().map_or(1, |r| r.groups.len());
    for r in rows {
        by_moment.entry(format::moment(&r.groups[0])).or_default().push(r);
    }
    let mut out = Vec::with_capacity(all.len() + 1);
    for at in all {
        match by_moment.remove(&Some(at)) {
            Some(rows) => out.extend(rows),
            None => {
                let mut groups = vec![Value::Null; width];
                groups[0] = if is_date { Value::Date(at.date()) } else { Value::DateTime(at) };
                out.push(Row { groups, aggregates: aggregates.values().map(|s| empty(s)).collect() });
            }
        }
    }
    out.extend(by_moment.remove(&None).unwrap_or_default());
    Ok(out)
}

/// Adds a group for each value of a selection, in its order.
fn with_choices(field: &Field, rows: Vec<Row>, aggregates: &IndexMap<String, String>) -> Vec<Row> {
    let mut by_value: IndexMap<String, Row> =
        rows.into_iter().map(|r| (r.groups[0].str().to_owned(), r)).collect();
    let mut out = Vec::with_capacity(field.selection.len() + by_value.len());
    for (value, _) in &field.selection {
        out.push(by_value.shift_remove(value).unwrap_or_else(|| Row {
            groups: vec![Value::Text(value.clone())],
            aggregates: aggregates.values().map(|s| empty(s)).collect(),
        }));
    }
    out.extend(by_value.into_values());
    out
}

/// Adds the empty groups the field's group expansion names, in its order; says which groups are folded.
fn expanded(
    env: &Env,
    model: &Model,
    first: &Group<'_>,
    rows: Vec<Row>,
    aggregates: &IndexMap<String, String>,
    domain: &super::domain::Domain,
) -> Result<(Vec<Row>, HashMap<i64, bool>)> {
    let expand = match first.field.group_expand {
        Some(Expand::Choices) => {
            return Ok((with_choices(first.field, rows, aggregates), HashMap::new()));
        }
        Some(Expand::By(expand)) if first.field.kind.is_relational() => expand,
        _ => return Ok((rows, HashMap::new())),
    };
    let found: Vec<i64> = rows.iter().map(|r| r.groups[0].int()).filter(|i| *i != 0).collect();
    let wanted = expand(env, model, &found, domain)?;
    let mut by_id: IndexMap<i64, Row> = rows.into_iter().map(|r| (r.groups[0].int(), r)).collect();
    let mut out = Vec::with_capacity(wanted.len() + by_id.len());
    for id in wanted {
        out.push(by_id.shift_remove(&id).unwrap_or_else(|| Row {
            groups: vec![Value::Int(id)],
            aggregates: aggregates.values().map(|s| empty(s)).collect(),
        }));
    }
    out.extend(by_id.into_values());
    let comodel = env.model(&first.field.relation)?;
    let mut folds = HashMap::new();
    if comodel.has("fold") {
        let ids: Vec<i64> = out.iter().map(|r| r.groups[0].int()).filter(|i| *i != 0).collect();
        let records = super::fetch::fetch_existing(&env.sudo(), comodel, &ids, &["fold"])?;
        folds = records.iter().map(|r| (r.id, r.bool("fold"))).collect();
        folds.insert(0, false);
    }
    Ok((out, folds))
}

/// First day of the week of the context's language: 1 Monday … 7 Sunday.
pub(crate) fn week_start(env: &Env) -> Result<u8> {
    let sql = Sql::of("SELECT week_start FROM res_lang WHERE active AND code = ").text(env.lang());
    let rows = env.query(&sql, &[ColType::Text])?;
    Ok(rows.first().and_then(|r| r[0].str().parse().ok()).filter(|d| (1..=7).contains(d)).unwrap_or(7))
}

fn web_read_group(env: &Env, call: &Call<'_>) -> Result<Json> {
    let ask = Ask::of(call)?;
    let groups = read_group(env, call.model, &ask)?;
    let n = i64::try_from(groups.len()).unwrap_or(0);
    let length = match ask.limit {
        _ if groups.is_empty() => 0,
        Some(limit) if limit == n => {
            let specs = annotated(call.model, ask.effective())?.into_iter().map(|g| g.spec).collect();
            let rest = Request { groups: specs, offset: limit, ..Request::default() };
            limit + Query::new(env, call.model).count(&parse::parse(&ask.domain)?, &rest)?
        }
        _ => n + ask.offset,
    };
    Ok(json!({"groups": groups, "length": length}))
}

fn read_progress_bar(env: &Env, call: &Call<'_>) -> Result<Json> {
    let bar = call.arg("progress_bar");
    let field = bar.get("field").and_then(Json::as_str).ok_or_else(|| Error::key_error("field"))?;
    let colors = bar.get("colors").and_then(Json::as_object).ok_or_else(|| Error::key_error("colors"))?;
    let by = call.text("group_by").ok_or_else(|| Error::type_error("group_by must be a field"))?;
    let ask = Ask {
        domain: call.arg("domain").clone(),
        fields: vec!["__count".into()],
        groupby: vec![by.to_owned(), field.to_owned()],
        ..Ask::default()
    };
    let mut out: IndexMap<String, IndexMap<String, i64>> = IndexMap::new();
    for group in read_group(env, call.model, &ask)? {
        let value = match group.get(by) {
            Some(Json::Array(pair)) => pair.first().cloned().unwrap_or_default(),
            Some(v) => v.clone(),
            None => Json::Null,
        };
        let key = match value {
            Json::String(s) => s,
            other => crate::value::py_repr(&other),
        };
        let bars = out.entry(key).or_insert_with(|| colors.keys().map(|k| (k.clone(), 0)).collect());
        let state = match group.get(field) {
            Some(Json::String(s)) => s.clone(),
            Some(other) => other.to_string(),
            None => continue,
        };
        if let Some(n) = bars.get_mut(&state) {
            *n += group.get("__count").and_then(Json::as_i64).unwrap_or(0);
        }
    }
    Ok(json!(out))
}
