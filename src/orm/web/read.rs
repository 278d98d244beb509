//! `web_read` and `web_search_read`: records as nested as the specification says, one read a field and level.
//!
//! ```text
//! specification = { field: {} | { "fields": specification, "context": {…}, "order": "…", "limit": n } }
//! ```

use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::domain::{Domain, parse};
use crate::orm::env::{Env, Page};
use crate::orm::field::convert::py_type;
use crate::orm::field::{Field, Kind};
use crate::orm::methods::page;
use crate::orm::model::Model;
use crate::orm::{access, name, read, search};
use crate::value::{Json, Map, json_is_falsy, objects};
use serde_json::json;
use std::collections::HashMap;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    let web = |m: Method| m.class("Base").readonly();
    vec![
        web(Method::record("web_read", "specification", do_web_read)),
        web(Method::model(
            "web_search_read",
            "domain, specification, offset=0, limit=None, order=None, count_limit=None",
            web_search_read,
        )),
        web(Method::model(
            "web_name_search",
            "name, specification, domain=None, operator='ilike', limit=100",
            web_name_search,
        )),
    ]
}

/// The specification, or Python's complaint about what is none.
pub fn specification<'c>(call: &'c Call<'_>, method: &str) -> Result<&'c Map> {
    match call.arg("specification") {
        Json::Object(m) => Ok(m),
        other => Err(Error::attribute(format!("'{}' object has no attribute '{method}'", py_type(other)))),
    }
}

fn do_web_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(objects(web_read(env, call.model, &call.ids, specification(call, "items")?)?))
}

fn web_search_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.model;
    let spec = specification(call, "keys")?;
    access::check_model(env, model, 'r')?;
    let domain = parse::parse(parse::given(call.arg("domain"))?)?;
    let page = page(call)?;
    let names: Vec<String> = if spec.is_empty() { vec!["id".into()] } else { spec.keys().cloned().collect() };
    let rows = read::search_read(env, model, &domain, &page, &names, false)?;
    let mut records = rows;
    nest(env, model, spec, &mut records)?;
    if records.is_empty() {
        return Ok(json!({"length": 0, "records": []}));
    }
    let read = i64::try_from(records.len()).unwrap_or(i64::MAX);
    // what a database takes for a number is none to Python, which counts on
    let (offset, most) = (call.arg("offset"), call.arg("count_limit"));
    if !(offset.is_number() || offset.is_boolean()) {
        let what = py_type(offset);
        return Err(Error::type_error(format!("unsupported operand type(s) for +: 'int' and '{what}'")));
    }
    if !(most.is_number() || most.is_boolean() || json_is_falsy(most)) {
        let what = py_type(most);
        return Err(Error::type_error(format!("'<=' not supported between instances of '{what}' and 'int'")));
    }
    let here = read + page.offset;
    let count_limit = if *most == json!(true) { Some(1) } else { call.limit("count_limit")? };
    let enough = count_limit.is_some_and(|c| c <= here);
    let full = call.arg("limit").as_f64() == Some(read as f64) && !enough;
    let length = if page.limit.is_some() && (full || env.flag("force_search_count")) {
        search::count(env, model, &domain, count_limit)?
    } else {
        here
    };
    Ok(Map::from_iter([("length".to_owned(), json!(length)), ("records".to_owned(), objects(records))])
        .into())
}

fn web_name_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    let spec = specification(call, "items")?;
    let op = call.text("operator").unwrap_or("ilike");
    let found =
        name::name_search(env, call.model, call.arg("name"), call.arg("domain"), op, call.limit("limit")?)?;
    let pairs = found.as_array().map_or(&[][..], Vec::as_slice);
    if spec.len() == 1 && spec.contains_key("display_name") {
        return Ok(pairs.iter().map(|p| json!({"id": p[0], "display_name": p[1]})).collect());
    }
    let ids: Vec<i64> = pairs.iter().filter_map(|p| p[0].as_i64()).collect();
    Ok(objects(web_read(env, call.model, &ids, spec)?))
}

/// Records by a specification, in the order of `ids`; those that are gone are left out.
pub fn web_read(env: &Env, model: &Model, ids: &[i64], spec: &Map) -> Result<Vec<Map>> {
    let names: Vec<String> = spec.keys().cloned().collect();
    if names.iter().all(|n| n == "id") {
        // no right to read is asked where nothing is read
        return Ok(ids.iter().map(|id| Map::from_iter([("id".to_owned(), json!(id))])).collect());
    }
    let mut rows = read::read(env, model, ids, &names, false)?;
    nest(env, model, spec, &mut rows)?;
    Ok(rows)
}

/// Replaces ids by what the specification asks of the records behind them.
pub fn nest(env: &Env, model: &Model, spec: &Map, rows: &mut [Map]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for (name, sub) in spec {
        let (Some(field), Json::Object(sub)) = (model.fields.get(name), sub) else { continue };
        match field.kind {
            Kind::Many2one => many2one(env, field, sub, rows)?,
            Kind::One2many | Kind::Many2many => x2many(env, field, sub, rows)?,
            Kind::Reference | Kind::Many2oneReference => reference(env, field, sub, rows)?,
            _ => {}
        }
    }
    Ok(())
}

/// The environment of a nested read.
fn inner(env: &Env, sub: &Map) -> Env {
    match sub.get("context") {
        Some(c @ Json::Object(_)) => env.with_context(c.clone()),
        _ => env.clone(),
    }
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut seen = std::collections::HashSet::new();
    ids.filter(|i| seen.insert(*i)).collect()
}

fn many2one(env: &Env, field: &Field, sub: &Map, rows: &mut [Map]) -> Result<()> {
    let Some(Json::Object(wanted)) = sub.get("fields") else { return Ok(()) };
    let env = inner(env, sub);
    let comodel = env.model(&field.relation)?;
    let ids = distinct(rows.iter().filter_map(|r| r[&field.name].as_i64()));
    let mut spec = wanted.clone();
    spec.shift_remove("display_name");
    let mut found: HashMap<i64, Map> = by_id(web_read(&env, comodel, &ids, &spec)?);
    if wanted.contains_key("display_name") {
        // a name is no secret to who sees the reference
        let names = env.sudo().display_names(&comodel.name, &ids)?;
        for (id, row) in &mut found {
            row.insert("display_name".into(), json!(names.get(id).cloned().unwrap_or_default()));
        }
    }
    for row in rows {
        if let Some(slot) = row.get_mut(&field.name)
            && let Some(id) = slot.as_i64()
        {
            *slot = found.get(&id).map_or(json!(false), |m| json!(m));
        }
    }
    Ok(())
}

fn by_id(rows: Vec<Map>) -> HashMap<i64, Map> {
    rows.into_iter().map(|m| (m.get("id").and_then(Json::as_i64).unwrap_or(0), m)).collect()
}

fn ids_of(value: &Json) -> impl Iterator<Item = i64> + '_ {
    value.as_array().into_iter().flatten().filter_map(Json::as_i64)
}

fn x2many(env: &Env, field: &Field, sub: &Map, rows: &mut [Map]) -> Result<()> {
    if sub.is_empty() {
        return Ok(());
    }
    let comodel = env.model(&field.relation)?;
    if let Some(order) = sub.get("order").and_then(Json::as_str).filter(|o| !o.is_empty()) {
        let all = distinct(rows.iter().flat_map(|r| ids_of(&r[&field.name]).collect::<Vec<_>>()));
        let page = Page { order: Some(order.to_owned()), ..Page::default() };
        let sorted = search::search(env, comodel, &Domain::in_ids("id", &all), &page)?;
        let place: HashMap<i64, usize> = sorted.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        for row in rows.iter_mut() {
            let mut ids: Vec<i64> = ids_of(&row[&field.name]).filter(|i| place.contains_key(i)).collect();
            ids.sort_by_key(|i| place[i]);
            row.insert(field.name.clone(), json!(ids));
        }
    }
    let Some(Json::Object(wanted)) = sub.get("fields") else { return Ok(()) };
    let limit =
        sub.get("limit").and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let ids = distinct(rows.iter().flat_map(|r| ids_of(&r[&field.name]).take(limit).collect::<Vec<_>>()));
    let found = by_id(web_read(&inner(env, sub), comodel, &ids, wanted)?);
    for row in rows {
        let lines: Vec<Json> = ids_of(&row[&field.name])
            .map(|id| found.get(&id).map_or_else(|| json!({ "id": id }), |m| json!(m)))
            .collect();
        row.insert(field.name.clone(), Json::Array(lines));
    }
    Ok(())
}

/// `model,id` texts and ids whose model another field names, one read a model.
fn reference(env: &Env, field: &Field, sub: &Map, rows: &mut [Map]) -> Result<()> {
    let Some(Json::Object(wanted)) = sub.get("fields") else { return Ok(()) };
    let env = inner(env, sub);
    let target = |row: &Map| -> Option<(String, i64)> {
        let value = row.get(&field.name)?;
        match field.kind {
            Kind::Reference => {
                let (m, id) = value.as_str()?.split_once(',')?;
                Some((m.to_owned(), id.parse().ok()?))
            }
            _ => {
                let m = row.get(&field.model_field)?.as_str()?;
                Some((m.to_owned(), value.as_i64().filter(|i| *i != 0)?))
            }
        }
    };
    let mut by_model: HashMap<String, Vec<i64>> = HashMap::new();
    for row in rows.iter() {
        if let Some((m, id)) = target(row) {
            by_model.entry(m).or_default().push(id);
        }
    }
    let mut found: HashMap<(String, i64), Map> = HashMap::new();
    for (name, ids) in by_model {
        let Some(comodel) = env.registry().find(&name) else { continue };
        let ids = search::exists(&env, comodel, &distinct(ids.into_iter()))?;
        for row in web_read(&env, comodel, &ids, wanted)? {
            let id = row.get("id").and_then(Json::as_i64).unwrap_or(0);
            found.insert((name.clone(), id), row);
        }
    }
    for row in rows {
        let Some((m, id)) = target(row) else {
            if json_is_falsy(row.get(&field.name).unwrap_or(&Json::Null)) {
                row.insert(field.name.clone(), json!(false));
            }
            continue;
        };
        let value = found.get(&(m.clone(), id)).cloned().map(|mut r| {
            if field.kind == Kind::Reference {
                r.insert("id".into(), json!({"id": id, "model": m}));
            }
            Json::Object(r)
        });
        row.insert(field.name.clone(), value.unwrap_or(json!(false)));
    }
    Ok(())
}
