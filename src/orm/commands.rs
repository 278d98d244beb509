//! x2many commands: `[0, _, vals]` create, `[1, id, vals]` update, `[2, id]` delete, `[3, id]` unlink, `[4, id]`
//! link, `[5]` clear, `[6, _, ids]` set. Bare lists of ids and False are short for set and clear.

use super::compute;
use super::domain::Domain;
use super::env::Env;
use super::field::{Field, Kind, OnDelete};
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, py_text};
use serde_json::json;

/// One command.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A new line.
    Create(Map),
    /// Change a line.
    Update(i64, Map),
    /// Delete a line.
    Delete(i64),
    /// Take a line out.
    Unlink(i64),
    /// Take a record in.
    Link(i64),
    /// Take all lines out.
    Clear,
    /// Exactly these.
    Set(Vec<i64>),
}

/// Reads the value of an x2many.
pub fn parse(model: &Model, field: &Field, value: &Json) -> Result<Vec<Command>> {
    let wrong = || {
        let shown = py_text(value);
        Error::value(format!("Wrong value for {}.{}: {shown}", model.name, field.name))
    };
    let list = match value {
        Json::Null | Json::Bool(false) => return Ok(vec![Command::Clear]),
        Json::Array(a) => a,
        _ => return Err(wrong()),
    };
    if list.first().is_some_and(|f| !f.is_array()) {
        let ids = list.iter().map(|j| id_of(j).ok_or_else(wrong)).collect::<Result<_>>()?;
        return Ok(vec![Command::Set(ids)]);
    }
    list.iter()
        // a command nobody knows does nothing
        .filter(|c| c.get(0).and_then(Json::as_i64).is_none_or(|n| (0..=6).contains(&n)))
        .map(|c| {
            let Json::Array(c) = c else { return Err(wrong()) };
            let id = || match c.get(1) {
                Some(j) => id_of(j).ok_or_else(wrong),
                None => Err(Error::new(crate::error::Kind::Index, "list index out of range")),
            };
            let vals = || match c.get(2) {
                Some(Json::Object(m)) => Ok(m.clone()),
                None | Some(Json::Null | Json::Bool(false)) => Ok(Map::new()),
                _ => Err(wrong()),
            };
            let code = c.first().and_then(Json::as_i64);
            // the empty id is no record: nothing to change, take out or link
            if matches!(code, Some(1..=4)) && c.get(1).and_then(id_of) == Some(0) {
                return Ok(None);
            }
            Ok(Some(match code {
                Some(0) => Command::Create(vals()?),
                Some(1) => Command::Update(id()?, vals()?),
                Some(2) => Command::Delete(id()?),
                Some(3) => Command::Unlink(id()?),
                Some(4) => Command::Link(id()?),
                Some(5) => Command::Clear,
                Some(6) => Command::Set(match c.get(2) {
                    Some(Json::Array(a)) => {
                        a.iter().map(|j| id_of(j).ok_or_else(wrong)).collect::<Result<_>>()?
                    }
                    None | Some(Json::Null | Json::Bool(false)) => Vec::new(),
                    _ => return Err(wrong()),
                }),
                _ => return Err(wrong()),
            }))
        })
        .filter_map(Result::transpose)
        .collect()
}

fn id_of(j: &Json) -> Option<i64> {
    match j {
        Json::Number(n) => n.as_i64(),
        Json::String(s) => s.parse().ok(),
        Json::Bool(true) => Some(1),
        _ => None,
    }
}

/// Applies a value to the x2many `field` of records.
pub fn apply(env: &Env, model: &Model, ids: &[i64], field: &Field, value: &Json) -> Result<()> {
    let commands = parse(model, field, value)?;
    match field.kind {
        Kind::Many2many => many2many(env, model, ids, field, commands),
        _ => one2many(env, model, ids, field, commands),
    }
}

fn many2many(env: &Env, model: &Model, ids: &[i64], field: &Field, commands: Vec<Command>) -> Result<()> {
    let comodel = env.model(&field.relation)?;
    let m =
        field.m2m.as_ref().ok_or_else(|| Error::internal(format!("{} has no relation table", field.name)))?;
    compute::modified(env, model, ids, &[&field.name])?;
    let before = linked(env, m, ids)?;
    let mut seen = visible(env, comodel, field, &before)?;
    for command in commands {
        match command {
            Command::Create(vals) => {
                let new = lines_env(env, field).create_many(&comodel.name, vec![vals])?;
                link(env, m, ids, &new)?;
                seen.extend(new);
            }
            Command::Update(id, vals) => env.write(&comodel.name, &[id], Json::Object(vals))?,
            Command::Delete(id) => {
                cut(env, m, ids, &[id])?;
                env.unlink(&comodel.name, &[id])?;
            }
            Command::Unlink(id) => {
                if seen.contains(&id) {
                    cut(env, m, ids, &[id])?;
                }
            }
            Command::Link(id) => {
                link(env, m, ids, &[id])?;
                seen.push(id);
            }
            Command::Clear => cut(env, m, ids, &seen)?,
            Command::Set(wanted) => {
                let out: Vec<i64> = seen.iter().copied().filter(|i| !wanted.contains(i)).collect();
                cut(env, m, ids, &out)?;
                link(env, m, ids, &wanted)?;
                seen.extend(wanted);
            }
        }
    }
    compute::modified(env, model, ids, &[&field.name])?;
    let mut others = before;
    others.extend(linked(env, m, ids)?);
    others.sort_unstable();
    others.dedup();
    let inverse: Vec<&str> = comodel
        .fields
        .values()
        .filter(|f| {
            f.m2m.as_ref().is_some_and(|o| o.table == m.table && o.own == m.other && o.other == m.own)
        })
        .map(|f| f.name.as_str())
        .collect();
    if !inverse.is_empty() && !others.is_empty() {
        compute::modified(env, comodel, &others, &inverse)?;
    }
    Ok(())
}

/// The environment in which the lines of a field are made: the caller's defaults were not meant for them, the
/// field's own context is.
fn lines_env(env: &Env, field: &Field) -> Env {
    let mut context = env.context().clone();
    context.retain(|k, _| !k.starts_with("default_"));
    env.with_only_context(context).with_context(field.context.clone())
}

fn linked(env: &Env, m: &super::field::Relation, ids: &[i64]) -> Result<Vec<i64>> {
    let sql = Sql::of("SELECT DISTINCT ")
        .ident(&m.other)
        .raw(" FROM ")
        .ident(&m.table)
        .raw(" WHERE ")
        .ident(&m.own)
        .ids(ids);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

fn link(env: &Env, m: &super::field::Relation, ids: &[i64], others: &[i64]) -> Result<()> {
    if ids.is_empty() || others.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("INSERT INTO ")
        .ident(&m.table)
        .raw(" (")
        .ident(&m.own)
        .raw(", ")
        .ident(&m.other)
        .raw(") SELECT a.value, b.value FROM ")
        .id_rows(ids)
        .raw(" AS a CROSS JOIN ")
        .id_rows(others)
        .raw(" AS b WHERE TRUE ON CONFLICT DO NOTHING");
    env.execute(&sql).map_err(|e| {
        // SQLite does not name the link that leads nowhere
        let constraint = format!("{}_{}_fkey", m.table, m.other);
        super::dberror::with_constraint(e, &constraint)
    })?;
    Ok(())
}

/// Which of the linked records the field shows the user: commands take out no others.
fn visible(env: &Env, comodel: &Model, field: &Field, linked: &[i64]) -> Result<Vec<i64>> {
    let mut seen = if env.su() { linked.to_vec() } else { super::rule::filter(env, comodel, linked, 'r')? };
    // a domain that is a text is for forms, one that is a list holds for what is linked too
    let shown = match &field.domain {
        list @ Json::Array(_) => super::domain::parse::parse(list)?,
        _ => Domain::True,
    };
    if shown != Domain::True && !seen.is_empty() {
        let root = env.sudo().with_context(json!({"active_test": false}));
        seen = root.search(&comodel.name, Domain::in_ids("id", &seen).and(shown))?;
    }
    Ok(seen)
}

/// Cuts links to `others`.
fn cut(env: &Env, m: &super::field::Relation, ids: &[i64], others: &[i64]) -> Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("DELETE FROM ")
        .ident(&m.table)
        .raw(" WHERE ")
        .ident(&m.own)
        .ids(ids)
        .raw(" AND ")
        .ident(&m.other)
        .ids(others);
    env.execute(&sql)?;
    Ok(())
}

fn one2many(env: &Env, model: &Model, ids: &[i64], field: &Field, commands: Vec<Command>) -> Result<()> {
    let comodel = env.model(&field.relation)?;
    let inverse = comodel.field(&field.inverse_name)?;
    let inner = lines_env(env, field);
    let owner = |id: i64| {
        let mut vals = Map::new();
        vals.insert(inverse.name.clone(), json!(id));
        if inverse.kind == Kind::Many2oneReference && !inverse.model_field.is_empty() {
            vals.insert(inverse.model_field.clone(), json!(model.name));
        }
        vals
    };
    let mut new = Vec::new();
    for command in commands {
        match command {
            Command::Create(vals) => {
                for id in ids {
                    let mut vals = vals.clone();
                    vals.extend(owner(*id));
                    new.push(vals);
                }
                continue;
            }
            _ if !new.is_empty() => {
                inner.create_many(&comodel.name, std::mem::take(&mut new))?;
            }
            _ => {}
        }
        match command {
            Command::Create(_) => {}
            Command::Update(id, vals) => inner.write(&comodel.name, &[id], Json::Object(vals))?,
            Command::Delete(id) => inner.unlink(&comodel.name, &[id])?,
            Command::Unlink(id) => release(&inner, comodel, inverse, &[id])?,
            Command::Link(id) => {
                if let Some(last) = ids.last() {
                    inner.write(&comodel.name, &[id], Json::Object(owner(*last)))?;
                }
            }
            Command::Clear => {
                let all: Vec<i64> = current(env, model, ids, field)?;
                release(&inner, comodel, inverse, &all)?;
            }
            Command::Set(wanted) => {
                let all = current(env, model, ids, field)?;
                let out: Vec<i64> = all.iter().copied().filter(|i| !wanted.contains(i)).collect();
                release(&inner, comodel, inverse, &out)?;
                let add: Vec<i64> = wanted.iter().copied().filter(|i| !all.contains(i)).collect();
                if let Some(last) = ids.last()
                    && !add.is_empty()
                {
                    inner.write(&comodel.name, &add, Json::Object(owner(*last)))?;
                }
            }
        }
    }
    if !new.is_empty() {
        inner.create_many(&comodel.name, new)?;
    }
    Ok(())
}

fn current(env: &Env, model: &Model, ids: &[i64], field: &Field) -> Result<Vec<i64>> {
    let env = env.with_context(json!({"active_test": false}));
    let lines = super::fetch::lines(&env, model, ids, field)?;
    Ok(ids.iter().flat_map(|i| lines.get(i).cloned().unwrap_or_default()).collect())
}

/// Takes lines out of a one2many: deletes those that cannot be without, empties the inverse of the others.
fn release(env: &Env, comodel: &Model, inverse: &Field, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let dependent = inverse.kind == Kind::Many2one && inverse.ondelete == OnDelete::Cascade;
    if dependent || inverse.kind == Kind::Many2oneReference {
        return env.unlink(&comodel.name, ids);
    }
    env.write(&comodel.name, ids, json!({ inverse.name.as_str(): false }))
}

/// Ids an x2many value ends up with when it is given to a new record (for onchange and defaults).
pub fn resulting(commands: &[Command]) -> Vec<i64> {
    let mut out: Vec<i64> = Vec::new();
    for c in commands {
        match c {
            Command::Link(id) | Command::Update(id, _) if !out.contains(id) => out.push(*id),
            Command::Set(ids) => out = ids.clone(),
            Command::Clear => out.clear(),
            Command::Unlink(id) | Command::Delete(id) => out.retain(|x| x != id),
            _ => {}
        }
    }
    out
}
