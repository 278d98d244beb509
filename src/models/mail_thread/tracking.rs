//! The log of changes: tracked fields before a transaction's first write against after its last.
//!
//! Values are read once per model and write before the change and once at the end, never per record; each record
//! that changed gets one message with one mail.tracking.value a field.

use super::hooks;
use super::post::{self, Author, Message};
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::models::rows;
use crate::orm::field::{Field, Kind};
use crate::orm::{Env, Model, Record, fetch, rule};
use crate::value::{Json, Map, Value};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the running transaction remembers.
#[derive(Debug, Default)]
struct Notes {
    /// model → record → values of the tracked fields before the first write.
    before: BTreeMap<String, BTreeMap<i64, Vec<Value>>>,
    /// Records made in this transaction: what they hold is no change.
    new: HashSet<(String, i64)>,
    /// Who changed.
    uid: i64,
    armed: bool,
}

/// In the order in which Odoo logs them: the last one is shown first.
pub(super) fn tracked(model: &Model) -> Vec<&Field> {
    let of_model = model.fields.values().filter(|f| f.tracking.is_some() && f.kind != Kind::One2many);
    let mut fields: Vec<&Field> = of_model.collect();
    fields.sort_by(|a, b| (b.tracking, &b.name).cmp(&(a.tracking, &a.name)));
    fields
}

/// Notes that records are new.
pub fn created(env: &Env, model: &str, ids: &[i64]) {
    env.tx().with_slot(|n: &mut Notes| {
        n.new.extend(ids.iter().map(|i| (model.to_owned(), *i)));
        // what was written while they were made is no change either
        if let Some(of) = n.before.get_mut(model) {
            of.retain(|i, _| !ids.contains(i));
        }
    });
}

/// Lets later writes to records that this transaction made count as changes.
pub fn forget_new(env: &Env, model: &str, ids: &[i64]) {
    env.tx().with_slot(|n: &mut Notes| n.new.retain(|(m, i)| m != model || !ids.contains(i)));
}

/// Remembers the values of records that are about to be written.
pub fn prepare(env: &Env, model: &Model, ids: &[i64], vals: &Map) -> Result<()> {
    let fields = tracked(model);
    if fields.is_empty() {
        return Ok(());
    }
    targets_exist(env, &fields, vals)?;
    let wanted: Vec<i64> = env.tx().with_slot(|n: &mut Notes| {
        let seen = n.before.get(&model.name);
        ids.iter()
            .copied()
            .filter(|i| !n.new.contains(&(model.name.clone(), *i)) && seen.is_none_or(|s| !s.contains_key(i)))
            .collect()
    });
    if wanted.is_empty() {
        return Ok(());
    }
    let values = snapshot(env, model, &fields, &wanted)?;
    if let Some(gone) = wanted.iter().find(|i| !values.iter().any(|(id, _)| id == *i)) {
        return Err(rule::missing(env, model, &[*gone]));
    }
    let arm = env.tx().with_slot(|n: &mut Notes| {
        let of = n.before.entry(model.name.clone()).or_default();
        for (r, v) in values {
            of.entry(r).or_insert(v);
        }
        n.uid = env.uid();
        !std::mem::replace(&mut n.armed, true)
    });
    if arm {
        env.before_end(Box::new(finish));
    }
    Ok(())
}

/// A change to a record that is not there is told as such, before the database refuses it: its name would be logged.
fn targets_exist(env: &Env, fields: &[&Field], vals: &Map) -> Result<()> {
    for f in fields.iter().filter(|f| f.kind == Kind::Many2one) {
        let Some(id) = vals.get(&f.name).and_then(Json::as_i64).filter(|i| *i != 0) else { continue };
        if env.exists(&f.relation, &[id])?.is_empty() {
            return Err(rule::missing(env, env.model(&f.relation)?, &[id]));
        }
    }
    Ok(())
}

fn snapshot(env: &Env, model: &Model, fields: &[&Field], ids: &[i64]) -> Result<Vec<(i64, Vec<Value>)>> {
    let root = env.sudo().with_context(json!({"active_test": false}));
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let records = fetch::fetch_existing(&root, model, ids, &names)?;
    Ok(records.iter().map(|r| (r.id, names.iter().map(|n| sorted(r.get(n))).collect())).collect())
}

/// Lines in one order, so that only their coming and going is a change.
fn sorted(v: &Value) -> Value {
    match v {
        Value::Ids(ids) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            Value::Ids(ids)
        }
        v => v.clone(),
    }
}

/// Logs what changed since [`prepare`].
fn finish(env: &Env) -> Result<()> {
    let (before, uid) = env.tx().with_slot(|n: &mut Notes| {
        n.armed = false;
        (std::mem::take(&mut n.before), n.uid)
    });
    let env = env.with_user(uid);
    for (name, records) in before {
        let model = env.model(&name)?;
        let fields = tracked(model);
        let ids: Vec<i64> = records.keys().copied().collect();
        let mut changes = Vec::new();
        for (id, after) in snapshot(&env, model, &fields, &ids)? {
            let old = &records[&id];
            let changed: Vec<usize> = (0..fields.len()).filter(|i| differs(&old[*i], &after[*i])).collect();
            if !changed.is_empty() {
                changes.push(Change { id, changed, old: old.clone(), new: after });
            }
        }
        if !changes.is_empty() {
            log(&env, model, &fields, &changes)?;
        }
    }
    Ok(())
}

fn differs(a: &Value, b: &Value) -> bool {
    a != b && !(a.is_falsy() && b.is_falsy())
}

/// What happened to one record: places in the list of tracked fields, all values before and after.
struct Change {
    id: i64,
    changed: Vec<usize>,
    old: Vec<Value>,
    new: Vec<Value>,
}

fn log(env: &Env, model: &Model, fields: &[&Field], changes: &[Change]) -> Result<()> {
    let root = env.sudo();
    let author = Author::of_user(env)?;
    let state = fields.iter().position(|f| f.name == "state");
    let note = root.xmlid("mail.mt_note")?;
    let mut messages = Vec::with_capacity(changes.len());
    let ids: Vec<i64> = changes.iter().map(|c| c.id).collect();
    let names = root.display_names(&model.name, &ids)?;
    let firsts = post::firsts(&root, model, &ids)?;
    for c in changes {
        let changed: Vec<&str> = c.changed.iter().map(|i| fields[*i].name.as_str()).collect();
        let subtype = hooks::track_subtype(model, &changed, state.map_or("", |i| c.new[i].str()));
        let subtype_id = match subtype {
            Some(s) => root.xmlid(s)?,
            None => note,
        };
        messages.push(Message {
            res_id: c.id,
            subtype: subtype_id,
            record_name: names.get(&c.id).filter(|_| subtype.is_some()).cloned(),
            parent: firsts.get(&c.id).filter(|_| subtype.is_some()).copied(),
            is_internal: subtype.is_none(),
            logged: subtype.is_none(),
            ..Message::new(&author)
        });
    }
    let messages = post::insert(&root, &model.name, messages)?;
    let sql = Sql::of("SELECT name, id FROM ir_model_fields WHERE model = ").text(&model.name);
    let field_ids: HashMap<String, i64> = root
        .query(&sql, &[ColType::Text, ColType::Int])?
        .iter()
        .map(|r| (r[0].str().to_owned(), r[1].int()))
        .collect();
    let labels = Labels::load(&root, fields, changes)?;
    let mut out = Vec::new();
    for (c, message) in changes.iter().zip(messages) {
        for i in &c.changed {
            let f = fields[*i];
            let mut row = vec![Value::Int(message), rows::id(field_ids.get(&f.name).copied())];
            row.extend(labels.columns(f, &c.old[*i]));
            row.extend(labels.columns(f, &c.new[*i]));
            out.push(row);
        }
    }
    rows::insert(&root, "mail_tracking_value", COLUMNS, out)?;
    Ok(())
}

const COLUMNS: &[(&str, ColType)] = &[
    ("mail_message_id", ColType::Int),
    ("field_id", ColType::Int),
    ("old_value_integer", ColType::Int),
    ("old_value_float", ColType::Float),
    ("old_value_char", ColType::Text),
    ("old_value_text", ColType::Text),
    ("old_value_datetime", ColType::DateTime),
    ("new_value_integer", ColType::Int),
    ("new_value_float", ColType::Float),
    ("new_value_char", ColType::Text),
    ("new_value_text", ColType::Text),
    ("new_value_datetime", ColType::DateTime),
];

/// Names of the records that values point to, by comodel.
struct Labels(HashMap<String, HashMap<i64, String>>);

impl Labels {
    fn load(env: &Env, fields: &[&Field], changes: &[Change]) -> Result<Labels> {
        let mut wanted: HashMap<&str, Vec<i64>> = HashMap::new();
        for c in changes {
            for i in c.changed.iter().filter(|i| fields[**i].kind.is_relational()) {
                let list = wanted.entry(&fields[*i].relation).or_default();
                for v in [&c.old[*i], &c.new[*i]] {
                    match v {
                        Value::Int(id) => list.push(*id),
                        Value::Ids(ids) => list.extend(ids),
                        _ => {}
                    }
                }
            }
        }
        let mut out = HashMap::new();
        for (model, mut ids) in wanted {
            ids.sort_unstable();
            ids.dedup();
            out.insert(model.to_owned(), env.display_names(model, &ids)?);
        }
        Ok(Labels(out))
    }

    fn name(&self, f: &Field, id: i64) -> String {
        self.0.get(&f.relation).and_then(|m| m.get(&id)).cloned().unwrap_or_default()
    }

    /// integer, float, char, text, datetime of one value.
    fn columns(&self, f: &Field, v: &Value) -> [Value; 5] {
        let mut out = [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null];
        match (f.kind, v) {
            (Kind::Many2one | Kind::Selection, Value::Null) => out[2] = Value::Text(String::new()),
            (_, Value::Null) => {}
            (Kind::Many2one, Value::Int(id)) => {
                out[0] = Value::Int(*id);
                out[2] = Value::Text(self.name(f, *id));
            }
            (_, Value::Ids(ids)) => {
                let names: Vec<String> = ids.iter().map(|i| self.name(f, *i)).collect();
                out[2] = Value::Text(names.join(", "));
            }
            (Kind::Boolean, Value::Bool(b)) => out[0] = Value::Int(i64::from(*b)),
            (Kind::Selection, Value::Text(s)) => out[2] = Value::Text(f.label(s).unwrap_or(s).to_owned()),
            (Kind::Text | Kind::Html, Value::Text(s)) => out[3] = Value::Text(s.clone()),
            (_, Value::Text(s)) => out[2] = Value::Text(s.clone()),
            (_, Value::Int(i)) => out[0] = Value::Int(*i),
            (_, Value::Float(x)) => out[1] = Value::Float(*x),
            (_, Value::DateTime(d)) => out[4] = Value::DateTime(*d),
            (_, Value::Date(d)) => out[4] = d.and_hms_opt(0, 0, 0).map_or(Value::Null, Value::DateTime),
            (_, Value::Json(j)) => {
                out[2] = Value::Text(j.as_str().map_or_else(|| j.to_string(), str::to_owned))
            }
            (_, Value::Bool(_) | Value::Bytes(_)) => {}
        }
        out
    }
}

/// Seconds a record has spent in each stage it has been in, from the log of its stage.
pub fn durations(env: &Env, model: &Model, records: &[Record], stage: &str) -> Result<HashMap<i64, Map>> {
    let ids: Vec<i64> = records.iter().map(|r| r.id).collect();
    let sql = Sql::of(
        "SELECT m.res_id, v.old_value_integer, v.create_date, m.date FROM mail_tracking_value v \
         JOIN mail_message m ON m.id = v.mail_message_id JOIN ir_model_fields f ON f.id = v.field_id \
         WHERE m.model = ",
    )
    .text(&model.name)
    .raw(" AND f.name = ")
    .text(stage)
    .raw(" AND m.res_id")
    .ids(&ids)
    .raw(" ORDER BY v.id");
    let types = [ColType::Int, ColType::Int, ColType::DateTime, ColType::DateTime];
    let mut moves: HashMap<i64, Vec<(i64, Value)>> = HashMap::new();
    for r in env.query(&sql, &types)? {
        let at = if r[2] == Value::Null { r[3].clone() } else { r[2].clone() };
        moves.entry(r[0].int()).or_default().push((r[1].int(), at));
    }
    let mut out = HashMap::new();
    for r in records {
        let mut spent: BTreeMap<i64, i64> = BTreeMap::new();
        let mut since = r.datetime("create_date").unwrap_or(env.now());
        for (stage, at) in moves.get(&r.id).into_iter().flatten() {
            let Value::DateTime(at) = at else { continue };
            *spent.entry(*stage).or_default() += (*at - since).num_seconds();
            since = *at;
        }
        *spent.entry(r.int(stage)).or_default() += (env.now() - since).num_seconds();
        let map: Map =
            spent.into_iter().filter(|(s, _)| *s != 0).map(|(s, n)| (s.to_string(), json!(n))).collect();
        out.insert(r.id, map);
    }
    Ok(out)
}
