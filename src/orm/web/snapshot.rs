//! A form's record as its specification sees it, and the difference between two of them as values and commands.

use super::affected::affected;
use super::read::{nest, web_read};
use crate::error::Result;
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::{read, rule, search};
use crate::value::{Json, Map};
use serde_json::json;
use std::collections::HashSet;

/// Values by field: as `web_read` gives them.
pub(super) type Snapshot = Map;

/// Reads a record. Its own values as superuser, since rules may not know it yet; what lies behind them with the
/// caller's rights. `blank` fields hold a stand-in and read as empty.
pub(super) fn take(env: &Env, model: &Model, id: i64, spec: &Map, blank: &[String]) -> Result<Snapshot> {
    let names: Vec<String> = spec.keys().cloned().collect();
    let root = env.sudo().with_context(json!({"bin_size": true}));
    let mut rows = read::read(&root, model, &[id], &names, false)?;
    let Some(row) = rows.first_mut() else { return Ok(Snapshot::new()) };
    for name in blank.iter().filter(|n| spec.contains_key(*n)) {
        row.insert(name.clone(), json!(false));
    }
    // who has no name shows none
    if spec.contains_key("display_name")
        && model.behaviours.iter().all(|b| b.display_name.is_none())
        && model.rec_name.as_ref().is_some_and(|n| blank.contains(n))
        && row.get("display_name").is_some_and(|n| n == "")
    {
        row.insert("display_name".into(), json!(false));
    }
    for (name, sub) in spec {
        let Some(field) = model.fields.get(name).filter(|f| f.kind.is_x2many()) else { continue };
        if sub.get("fields").is_some() {
            let lines: Vec<i64> = ids(&row[name]);
            let seen = rule::filter(env, env.model(&field.relation)?, &lines, 'r')?;
            row.insert(
                name.clone(),
                json!(lines.into_iter().filter(|i| seen.contains(i)).collect::<Vec<_>>()),
            );
        }
    }
    let lines = spec_of(model, spec, |kind| kind != Kind::Many2one);
    nest(env, model, &lines, &mut rows)?;
    Ok(rows.pop().unwrap_or_default())
}

/// The part of a specification that is about fields of some kinds.
fn spec_of(model: &Model, spec: &Map, wanted: impl Fn(Kind) -> bool) -> Map {
    let of = |name: &String| model.fields.get(name).is_some_and(|f| wanted(f.kind));
    spec.iter().filter(|(name, _)| of(name)).map(|(name, sub)| (name.clone(), sub.clone())).collect()
}

/// Puts what the specification asks of the records behind many2ones in the place of their ids: of those that a form is
/// told, with the rights of who fills it in.
pub(super) fn tell_records(env: &Env, model: &Model, spec: &Map, value: &mut Map) -> Result<()> {
    let told: Vec<String> = value
        .keys()
        .filter(|name| model.fields.get(*name).is_some_and(|f| !f.kind.is_x2many()))
        .cloned()
        .collect();
    read::check_seen(env, model, &told)?;
    let mut links = spec_of(model, spec, |kind| kind == Kind::Many2one);
    links.retain(|name, _| value.get(name).is_some_and(Json::is_i64));
    let mut rows = [std::mem::take(value)];
    nest(env, model, &links, &mut rows)?;
    let [told] = rows;
    *value = told;
    Ok(())
}

fn ids(value: &Json) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(id_of).collect()
}

/// The id of a line: bare, or of an object.
fn id_of(line: &Json) -> Option<i64> {
    line.as_i64().or_else(|| line.get("id").and_then(Json::as_i64))
}

/// What the form has to change: fields that differ, x2many as commands; everything when there was no `before`.
pub(super) fn difference(
    env: &Env,
    model: &Model,
    spec: &Map,
    before: Option<&Snapshot>,
    after: &Snapshot,
    values: &Map,
    changed: &[String],
) -> Result<Map> {
    let mut out = Map::new();
    let reached = before.map(|b| reached(env, model, b, after, values, changed)).transpose()?;
    for (name, sub) in spec.iter().filter(|(n, _)| *n != "id") {
        let now = after.get(name).unwrap_or(&Json::Null);
        let was = before.and_then(|b| b.get(name));
        if before.is_some() && (was == Some(now) || changed.contains(name)) {
            continue;
        }
        let field = model.field(name)?;
        if seen_only(field) && reached.as_ref().is_some_and(|r| !r.contains(name.as_str())) {
            continue;
        }
        if !field.kind.is_x2many() {
            out.insert(name.clone(), now.clone());
            continue;
        }
        let empty = Json::Array(Vec::new());
        let lines = Lines { env, field, spec: sub.get("fields").and_then(Json::as_object) };
        let commands = lines.commands(was.unwrap_or(&empty), now, values.get(name), before.is_none())?;
        if !commands.is_empty() {
            out.insert(name.clone(), Json::Array(commands));
        }
    }
    Ok(out)
}

/// A field that is read, not kept.
fn seen_only(field: &Field) -> bool {
    field.is_computed() && !field.store && field.inherited.is_none()
}

/// What the change reaches: by the fields of the form, and by those that are kept and have changed with them.
fn reached<'a>(
    env: &'a Env,
    model: &'a Model,
    before: &Snapshot,
    after: &Snapshot,
    values: &Map,
    changed: &[String],
) -> Result<HashSet<&'a str>> {
    let mut start = Vec::new();
    for name in changed {
        start.push((model.field(name)?.name.as_str(), values.get(name)));
    }
    for (name, now) in after.iter().filter(|(n, now)| before.get(*n) != Some(*now) && !changed.contains(n)) {
        let field = model.field(name)?;
        if !seen_only(field) {
            start.push((field.name.as_str(), Some(now)));
        }
    }
    Ok(affected(env, model, &start))
}

/// An x2many on its way to commands.
struct Lines<'a> {
    env: &'a Env,
    field: &'a Field,
    spec: Option<&'a Map>,
}

impl Lines<'_> {
    fn commands(&self, was: &Json, now: &Json, sent: Option<&Json>, force: bool) -> Result<Vec<Json>> {
        let comodel = self.env.model(&self.field.relation)?;
        let list = |j: &Json| j.as_array().cloned().unwrap_or_default();
        let (was, now) = (list(was), list(now));
        let mut all: Vec<i64> = was.iter().chain(&now).filter_map(id_of).collect();
        all.sort_unstable();
        all.dedup();
        let there = search::exists(self.env, comodel, &all)?;
        // lines that were made while trying stand for those the form calls by names of its own, in order
        let mut refs = sent
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter(|c| c.get(0).and_then(Json::as_i64) == Some(0))
            .map(|c| c.get(1).cloned().unwrap_or(json!(0)));
        let names: Vec<(i64, Json)> = all
            .iter()
            .filter(|i| !there.contains(i))
            .map(|i| (*i, refs.next().unwrap_or(json!(0))))
            .collect();
        let name_of = |id: i64| names.iter().find(|(i, _)| *i == id).map_or(json!(id), |(_, r)| r.clone());
        let known = |id: &i64| !force && was.iter().any(|l| id_of(l) == Some(*id));
        let added: Vec<i64> =
            now.iter().filter_map(id_of).filter(|i| there.contains(i) && !known(i)).collect();
        let spec = self.spec.cloned().unwrap_or_default();
        let mut data = web_read(self.env, comodel, &added, &spec)?.into_iter();
        let mut out = Vec::new();
        for id in was.iter().filter_map(id_of).filter(|i| !now.iter().any(|l| id_of(l) == Some(*i))) {
            let op = if self.field.m2m.is_some() { 3 } else { 2 };
            out.push(json!([op, name_of(id), false]));
        }
        for line in &now {
            let Some(id) = id_of(line) else { continue };
            let old = was.iter().find(|l| id_of(l) == Some(id)).filter(|_| !force);
            match old {
                Some(old) => {
                    let diff = changes(old, line);
                    if !diff.is_empty() {
                        out.push(json!([1, name_of(id), diff]));
                    }
                }
                None if there.contains(&id) => out.push(json!([4, id, data.next()])),
                None => out.push(json!([0, name_of(id), changes(&Json::Null, line)])),
            }
        }
        Ok(out)
    }
}

/// Fields of a line that differ.
fn changes(old: &Json, new: &Json) -> Map {
    let Some(new) = new.as_object() else { return Map::new() };
    new.iter()
        .filter(|(k, v)| *k != "id" && old.get(*k) != Some(v))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}
