//! `load`: a table of texts becomes records, all of them or none.

use super::convert::{Complaint, Converter, Fault, LABEL};
use super::extract::{Cell, extract};
use super::lookup::{Lookup, externals, full_xid, text_of};
use super::path;
use super::remedies::Remedies;
use crate::error::{Breach, Error, Kind as ErrorKind, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::env::Env;
use crate::orm::model::Model;
use crate::orm::{loader, search};
use crate::value::{Json, Map, listed};
use serde_json::json;
use std::collections::HashMap;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    vec![
        Method::model("load", "fields, data", load).class("BaseModel"),
        Method::model("get_import_templates", "", get_import_templates).class("BaseModel").readonly(),
    ]
}

/// Files a model offers as templates for an import: none.
fn get_import_templates(_: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!([]))
}

/// A record ready to be stored.
struct Ready {
    xid: Option<String>,
    dbid: Option<i64>,
    vals: Map,
    /// Its number and the rows it came from.
    record: usize,
    rows: (usize, usize),
}

impl Ready {
    fn info(&self, kind: &str) -> Map {
        let mut m = Map::new();
        m.insert("rows".into(), json!({"from": self.rows.0, "to": self.rows.1}));
        m.insert("type".into(), json!(kind));
        m.insert("record".into(), json!(self.record));
        m
    }
}

fn load(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.model;
    let paths: Vec<Vec<String>> = call.strings("fields")?.iter().map(|c| path(c)).collect();
    let data: Vec<Vec<Json>> = match call.arg("data") {
        Json::Array(rows) => rows.iter().map(|r| r.as_array().cloned().unwrap_or_default()).collect(),
        _ => return Err(Error::type_error("load: data must be a list of rows")),
    };
    let limit = env.ctx("_import_limit").as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let module = env.ctx("module").as_str().unwrap_or("__import__").to_owned();
    let env = &env.with_context(json!({"_import_current_module": module}));
    let mut messages: Vec<Map> = Vec::new();
    let mut last = None;
    let tried = env.savepoint(|| {
        let ready;
        (ready, last) = prepare(env, model, &paths, &data[..data.len().min(limit)], &module, &mut messages)?;
        let ids = store(env, model, &ready, &module, &mut messages)?;
        if messages.iter().any(|m| m.get("type") == Some(&json!("error"))) {
            return Err(stop());
        }
        Ok(ids)
    });
    let ids = match tried {
        Ok(ids) => json!(ids),
        Err(e) if e.message == STOP => json!(false),
        Err(e) => return Err(e),
    };
    let next = last.map_or(0, |l| l + 1);
    Ok(json!({"ids": ids, "messages": messages, "nextrow": if next < limit { 0 } else { next }}))
}

/// Marks the end of an import that has something to complain about.
const STOP: &str = "import undone";

fn stop() -> Error {
    Error::internal(STOP)
}

/// The records, and the last row that was looked at.
fn prepare(
    env: &Env,
    model: &Model,
    paths: &[Vec<String>],
    data: &[Vec<Json>],
    module: &str,
    messages: &mut Vec<Map>,
) -> Result<(Vec<Ready>, Option<usize>)> {
    let extracted = extract(env, model, paths, data)?;
    let last = extracted.last().map(|e| e.rows.1);
    let mut lookup = Lookup::default();
    for e in &extracted {
        lookup.want(env, model, &e.record)?;
    }
    lookup.load(env, module)?;
    let remedies = Remedies::of(env);
    let converter = Converter { env, lookup: &lookup, remedies: &remedies };
    let text = |record: &super::extract::Found, key: &str| match record.get(key) {
        Some(Cell::Text(t)) => Some(text_of(t)).filter(|t| !t.is_empty()),
        _ => None,
    };
    let wanted: Vec<i64> = extracted.iter().filter_map(|e| text(&e.record, ".id")?.parse().ok()).collect();
    let there = search::exists(env, model, &wanted)?;
    let mut out = Vec::with_capacity(extracted.len());
    for (n, e) in extracted.into_iter().enumerate() {
        let mut complaints = Vec::new();
        let vals = converter.record(model, &e.record, &[], &mut complaints)?;
        if remedies.leaves_out(&vals) {
            continue;
        }
        let mut ready = Ready { xid: None, dbid: None, vals, record: n, rows: e.rows };
        ready.xid = text(&e.record, "id").map(|x| full_xid(&x, module));
        if let Some(dbid) = text(&e.record, ".id") {
            ready.dbid = dbid.parse().ok().filter(|i| there.contains(i));
            if ready.dbid.is_none() {
                let fault = Fault::bare(format!("Unknown database identifier '{dbid}'"));
                complaints.push(Complaint { field: ".id".into(), fault, warning: false });
            }
        }
        for Complaint { field, fault, warning } in complaints {
            let mut m = ready.info(if warning { "warning" } else { "error" });
            let label = model.fields.get(&field).map_or("", |f| f.string.as_str());
            m.insert("message".into(), json!(fault.message.replace(LABEL, label)));
            if fault.named {
                m.insert("field_name".into(), json!(label));
            }
            m.insert("field".into(), json!(field));
            if remedies.of_file && !fault.info.is_empty() {
                m.insert("field_path".into(), json!(fault.path));
            }
            m.extend(fault.info);
            messages.push(m);
        }
        out.push(ready);
    }
    Ok((out, last))
}

/// Stores all at once; when that is refused, one by one, to say which ones are.
fn store(
    env: &Env,
    model: &Model,
    ready: &[Ready],
    module: &str,
    messages: &mut Vec<Map>,
) -> Result<Vec<i64>> {
    let all: Vec<&Ready> = ready.iter().collect();
    match env.savepoint(|| store_some(env, model, &all, module)) {
        Ok(ids) => return Ok(ids),
        Err(e) if matches!(e.kind, ErrorKind::Retry | ErrorKind::ReadOnly | ErrorKind::Internal) => {
            return Err(e);
        }
        Err(_) => {}
    }
    let mut ids = Vec::new();
    let mut errors = 0;
    for (i, r) in ready.iter().enumerate() {
        match env.savepoint(|| store_some(env, model, &[r], module)) {
            Ok(one) => ids.extend(one),
            Err(e) if matches!(e.kind, ErrorKind::Retry | ErrorKind::ReadOnly) => return Err(e),
            Err(e) => {
                errors += 1;
                messages.push(refusal(model, r, &e));
            }
        }
        if errors >= 10 && errors * 10 > i {
            let message = "Found more than 10 errors and more than one error per 10 records, interrupted to avoid \
                           showing too many errors.";
            messages.push(Map::from_iter([
                ("type".to_owned(), json!("warning")),
                ("message".into(), json!(message)),
            ]));
            break;
        }
    }
    Ok(ids)
}

/// What an import says where the database's refusal is told otherwise elsewhere, and the field it is about.
fn breached(model: &Model, breach: &Breach) -> Option<(String, Option<String>)> {
    let label = |name| model.fields.get(name).map_or(name, |f| f.string.as_str());
    match breach {
        Breach::Required { table, column } if *table != model.table => {
            let text = format!("Missing required value for the field '{column}' on a linked model [{table}]");
            Some((text, None))
        }
        Breach::Required { column, .. } => {
            let text = format!("Missing required value for the field '{}' ({column})", label(column));
            Some((text, Some(column.clone())))
        }
        Breach::Unique { table, .. } if *table != model.table => None,
        Breach::Unique { columns, .. } => match columns.as_slice() {
            [] => None,
            [column] => {
                let text = format!(
                    "The value for the field '{column}' already exists (this is probably '{}' in the current model).",
                    label(column)
                );
                Some((text, Some(column.clone())))
            }
            several => {
                let names: Vec<&str> = several.iter().map(String::as_str).collect();
                let labels: Vec<&str> = names.iter().map(|c| label(c)).collect();
                let text = format!(
                    "The values for the fields '{}' already exist (they are probably '{}' in the current model).",
                    listed(&names),
                    listed(&labels)
                );
                Some((text, None))
            }
        },
        Breach::Check(name) => {
            let broken = model.constraints.iter().find(|c| c.name == *name)?;
            Some((format!("'{}'", broken.message), None))
        }
    }
}

/// What a record that was refused is told.
fn refusal(model: &Model, r: &Ready, e: &Error) -> Map {
    let mut m = r.info("error");
    if let Some((message, field)) = e.breach.as_deref().and_then(|b| breached(model, b)) {
        m.insert("message".into(), json!(message));
        m.extend(field.map(|f| ("field".to_owned(), json!(f))));
        return m;
    }
    let user =
        matches!(e.kind, ErrorKind::User | ErrorKind::Validation | ErrorKind::Access | ErrorKind::Missing);
    // what the database says of values is told as it says it
    if user || e.name().starts_with("psycopg2.") {
        let text = e.message.strip_prefix("The operation cannot be completed: ").unwrap_or(&e.message);
        m.insert("message".into(), json!(text));
    } else {
        let message = format!("Unknown error during import: <class '{}'>: {}", e.name(), e.message);
        m.insert("message".into(), json!(message));
        m.insert("moreinfo".into(), json!("Resolve other errors first"));
    }
    m
}

/// Creates and writes; ids in the order of the records.
fn store_some(env: &Env, model: &Model, ready: &[&Ready], module: &str) -> Result<Vec<i64>> {
    let xids: Vec<String> = ready.iter().filter_map(|r| r.xid.clone()).collect();
    if xids.iter().any(|x| x.contains(' ')) {
        return Err(Error::validation("External IDs cannot contain spaces"));
    }
    let known = if xids.is_empty() { HashMap::new() } else { externals(env, model, &xids, module)? };
    let known_id = |r: &Ready| r.dbid.or_else(|| known.get(r.xid.as_ref()?)?.first().copied());
    let mut ids: Vec<i64> = vec![0; ready.len()];
    let mut new = Vec::new();
    let mut writes: Vec<(&Map, Vec<i64>)> = Vec::new();
    for (slot, r) in ids.iter_mut().zip(ready) {
        let Some(id) = known_id(r) else {
            new.push(*r);
            continue;
        };
        *slot = id;
        match writes.iter_mut().find(|(v, _)| **v == r.vals) {
            Some((_, ids)) => ids.push(id),
            None => writes.push((&r.vals, vec![id])),
        }
    }
    for (vals, ids) in writes {
        env.write(&model.name, &ids, Json::Object(vals.clone()))?;
    }
    let vals = new.iter().map(|r| r.vals.clone()).collect();
    let made = if new.is_empty() { Vec::new() } else { env.create_many(&model.name, vals)? };
    let mut made_iter = made.iter().copied();
    for slot in ids.iter_mut().filter(|i| **i == 0) {
        *slot = made_iter.next().unwrap_or(0);
    }
    let named: Vec<(String, String, i64)> = new
        .iter()
        .zip(&made)
        .filter_map(|(r, id)| {
            let (m, n) = r.xid.as_ref()?.split_once('.')?;
            Some((m.to_owned(), n.to_owned(), *id))
        })
        .collect();
    loader::remember_many(&env.sudo(), &model.name, &named)?;
    Ok(ids)
}
