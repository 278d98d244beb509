//! read: values as clients know them.

use super::access;
use super::domain::Domain;
use super::env::{Env, Page};
use super::fetch;
use super::field::{Field, Kind, convert};
use super::model::Model;
use super::record::Record;
use super::search::{self, Begun};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The fields a read is about: those named (all must exist and be seen), or all that the user sees.
pub fn readable<'m>(env: &Env, model: &'m Model, fields: &[String]) -> Result<Vec<&'m Field>> {
    if fields.is_empty() {
        let mut all = Vec::new();
        for f in model.fields.values() {
            if access::sees(env, f)? && access::guard(env, model, &[f.name.as_str()], 'r').is_ok() {
                all.push(f);
            }
        }
        return Ok(all);
    }
    check_seen(env, model, fields)?;
    let mut out: Vec<&Field> = Vec::with_capacity(fields.len());
    for name in fields {
        let f = model
            .fields
            .get(name)
            .ok_or_else(|| Error::value(format!("Invalid field '{name}' on model '{}'", model.name)))?;
        if !out.iter().any(|g| g.name == f.name) {
            out.push(f);
        }
    }
    Ok(out)
}

/// Whether the user may read the fields of these names, those that there are.
pub fn check_seen(env: &Env, model: &Model, fields: &[String]) -> Result<()> {
    access::guard(env, model, &fields.iter().map(String::as_str).collect::<Vec<_>>(), 'r')?;
    let known: Vec<&Field> = fields.iter().filter_map(|name| model.fields.get(name)).collect();
    access::check_fields(env, model, &known, 'r')
}

/// `read`: one object a record, in the order of `ids`; ids that are gone are left out. With `names`, a many2one is
/// `[id, name]`.
pub fn read(env: &Env, model: &Model, ids: &[i64], fields: &[String], names: bool) -> Result<Vec<Map>> {
    // who may not read a field hears of that first
    let fields = readable(env, model, fields)?;
    access::check_model(env, model, 'r')?;
    // the id alone is known without a look
    if fields.iter().all(|f| f.name == "id") {
        return Ok(ids.iter().map(|id| Map::from_iter([("id".to_owned(), id_json(*id))])).collect());
    }
    let mut records = fetch::fetch_fields(env, model, ids, &fields, names)?;
    if ids.iter().any(|i| *i == 0 || *i == NEW) {
        records = with_empty(ids, &fields, records);
    }
    render(env, &fields, &records, names)
}

/// Stands for False among ids: a record that is not there yet.
pub const NEW: i64 = i64::MIN;

fn id_json(id: i64) -> Json {
    if id == NEW { Json::Bool(false) } else { json!(id) }
}

/// Puts an empty record where an id is 0 or False.
fn with_empty(ids: &[i64], fields: &[&Field], records: Vec<Record>) -> Vec<Record> {
    let mut found = records.into_iter().peekable();
    ids.iter()
        .filter_map(|id| match id {
            0 | &NEW => Some(Record::empty(*id, fields.iter().map(|f| f.name.clone()))),
            id => found.next_if(|r| r.id == *id),
        })
        .collect()
}

/// `search_read`: the search and the columns in one statement. What is wrong with the search is told before what is
/// wrong with the names of fields.
pub fn search_read(
    env: &Env,
    model: &Model,
    domain: &Domain,
    page: &Page,
    fields: &[String],
    names: bool,
) -> Result<Vec<Map>> {
    of_search(env, model, search::begin(env, model, domain, page)?, page, fields, names)
}

/// The records of a search that has begun; None: it finds nothing.
pub fn of_search(
    env: &Env,
    model: &Model,
    found: Option<Begun>,
    page: &Page,
    fields: &[String],
    names: bool,
) -> Result<Vec<Map>> {
    let Some(found) = found else {
        // nothing is read, and so is named what there is not
        return match fields.iter().find(|name| !model.has(name)) {
            Some(unknown) => Err(Error::key_error(unknown)),
            None => Ok(Vec::new()),
        };
    };
    let fields = readable(env, model, fields)?;
    let records = fetch::fetch_found(env, model, found, page, &fields, names)?;
    render(env, &fields, &records, names)
}

fn render(env: &Env, fields: &[&Field], records: &[Record], names: bool) -> Result<Vec<Map>> {
    let mut targets = Targets::default();
    if names {
        for f in fields.iter().filter(|f| f.kind == Kind::Many2one) {
            let unnamed = records.iter().filter(|r| fetch::name_of(r, &f.name).is_none());
            targets.want(&f.relation, unnamed.filter_map(|r| r.opt(&f.name)));
        }
        targets.load(env)?;
    }
    let bin_size = env.flag("bin_size");
    let many2one = |r: &Record, f: &Field, id: i64| match (names, fetch::name_of(r, &f.name)) {
        (false, _) => json!(id),
        (true, Some("")) => json!([id, false]),
        (true, Some(name)) => json!([id, name]),
        (true, None) => targets.pair(&f.relation, id),
    };
    Ok(records
        .iter()
        .map(|r| {
            let mut out = Map::with_capacity(fields.len() + 1);
            out.insert("id".into(), id_json(r.id));
            for f in fields {
                let v = match (f.kind, r.get(&f.name)) {
                    (Kind::Many2one, Value::Int(id)) if *id != 0 => many2one(r, f, *id),
                    (Kind::Many2one, _) => json!(false),
                    _ if f.withheld => json!(false),
                    (Kind::Binary | Kind::Image, Value::Bytes(b))
                        if bin_size || env.flag(&format!("bin_size_{}", f.name)) =>
                    {
                        json!(human_size(b.len()))
                    }
                    (_, v) => convert::to_client(f, v),
                };
                out.insert(f.name.clone(), v);
            }
            out
        })
        .collect())
}

/// Names of many2one targets, one query a comodel.
#[derive(Default)]
pub struct Targets {
    wanted: HashMap<String, HashSet<i64>>,
    names: HashMap<String, HashMap<i64, String>>,
}

impl Targets {
    /// Notes ids whose names will be needed.
    pub fn want(&mut self, model: &str, ids: impl Iterator<Item = i64>) {
        self.wanted.entry(model.to_owned()).or_default().extend(ids);
    }
    /// Looks all names up, as superuser: a name is no secret to who sees the reference.
    pub fn load(&mut self, env: &Env) -> Result<()> {
        let root = env.sudo();
        for (model, ids) in self.wanted.iter().filter(|(_, ids)| !ids.is_empty()) {
            let mut ids: Vec<i64> = ids.iter().copied().collect();
            ids.sort_unstable();
            self.names.insert(model.clone(), root.display_names(model, &ids)?);
        }
        Ok(())
    }
    /// `[id, name]`, or false when the target is gone.
    pub fn pair(&self, model: &str, id: i64) -> Json {
        match self.names.get(model).and_then(|n| n.get(&id)) {
            Some(name) if name.is_empty() => json!([id, false]),
            Some(name) => json!([id, name]),
            None => Json::Bool(false),
        }
    }
    /// The name alone.
    pub fn name(&self, model: &str, id: i64) -> Option<&str> {
        self.names.get(model).and_then(|n| n.get(&id)).map(String::as_str)
    }
}

/// `12.00 bytes`, `1.50 Kb`: what `bin_size` shows instead of a content.
pub fn human_size(n: usize) -> String {
    let mut size = n as f64;
    for unit in ["bytes", "Kb", "Mb", "Gb"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} Tb")
}
