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
        let known = |j: &Json| id_of(j).ok_or_else(|| no_id(j).unwrap_or_else(wrong));
        let ids = list.iter().map(known).collect::<Result<_>>()?;
        return Ok(vec![Command::Set(ids)]);
    }
    list.iter()
        // a command nobody knows does nothing, nor does a link cut to what is no id
        .filter(|c| match c {
            Json::Array(c) => c.first().and_then(Json::as_i64).is_some_and(|n| (0..=6).contains(&n)),
            _ => true,
        })
        .filter(|c| {
            let cut = field.kind == Kind::Many2many && c.get(0).and_then(Json::as_i64) == Some(3);
            !(cut && c.get(1).is_some_and(|j| j.is_string() && id_of(j).is_none()))
        })
        .map(|c| {
            let Json::Array(c) = c else { return Err(wrong()) };
            let id = || match c.get(1) {
                Some(j) => id_of(j).ok_or_else(|| no_id(j).unwrap_or_else(wrong)),
                None => Err(Error::new(crate::error::Kind::Index, "list index out of range")),
            };
            let vals = || match c.get(2) {
                Some(Json::Object(m)) => Ok(m.clone()),
                None | Some(Json::Null | Json::Bool(false)) => Ok(Map::new()),
                Some(Json::String(s)) if !s.is_empty() => {
                    Err(Error::value("dictionary update sequence element #0 has length 1; 2 is required"))
                }
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
                    Some(Json::Array(a)) => a
                        .iter()
                        .map(|j| id_of(j).ok_or_else(|| no_id(j).unwrap_or_else(wrong)))
                        .collect::<Result<_>>()?,
                    None | Some(Json::Null | Json::Bool(false)) => Vec::new(),
                    _ => return Err(wrong()),
                }),
                _ => return Err(wrong()),
            }))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// What PostgreSQL says of a text in the place of an id.
fn no_id(j: &Json) -> Option<Error> {
    j.as_str().map(super::field::convert::not_an_integer)
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
    let seen = visible(env, comodel, field, &before)?;
    // Odoo gathers what is to be linked and cut, and does it at the end; what the user does not see stays as it is
    let (mut create, mut loose): (Vec<Map>, Vec<Map>) = Default::default();
    let (mut delete, mut link_up, mut cut_off): (Vec<i64>, Vec<i64>, Vec<i64>) = Default::default();
    let take_out = |link_up: &mut Vec<i64>, cut_off: &mut Vec<i64>, out: &[i64]| {
        link_up.retain(|i| !out.contains(i));
        cut_off.extend(out.iter().filter(|i| seen.contains(i)));
    };
    let take_in = |link_up: &mut Vec<i64>, cut_off: &mut Vec<i64>, new: &[i64]| {
        cut_off.retain(|i| !new.contains(i));
        link_up.extend(new);
    };
    for command in commands {
        match command {
            Command::Create(vals) => create.push(vals),
            Command::Update(id, vals) => env.write(&comodel.name, &[id], Json::Object(vals))?,
            Command::Delete(id) => delete.push(id),
            Command::Unlink(id) => take_out(&mut link_up, &mut cut_off, &[id]),
            Command::Link(id) => take_in(&mut link_up, &mut cut_off, &[id]),
            Command::Clear | Command::Set(_) => {
                link_up.clear();
                // what was to be made before is made all the same
                loose.append(&mut create);
                take_out(&mut link_up, &mut cut_off, &seen);
                if let Command::Set(wanted) = command {
                    take_in(&mut link_up, &mut cut_off, &wanted);
                }
            }
        }
    }
    let loose_count = loose.len();
    loose.extend(create);
    if !loose.is_empty() {
        let made = lines_env(env, field).create_many(&comodel.name, loose)?;
        link_up.extend(&made[loose_count..]);
    }
    if !delete.is_empty() {
        cut(env, m, ids, &delete)?;
        env.unlink(&comodel.name, &delete)?;
        link_up.retain(|i| !delete.contains(i));
    }
    link(env, m, ids, &link_up)?;
    cut(env, m, ids, &cut_off)?;
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

/// What commands to a one2many leave to be done together: Odoo deletes, makes and links lines at the end, or when an
/// exact list comes.
struct Lines<'a> {
    inner: Env,
    model: &'a Model,
    comodel: &'a Model,
    inverse: &'a Field,
    field: &'a Field,
    ids: &'a [i64],
    create: Vec<Map>,
    delete: Vec<i64>,
    link: Vec<i64>,
}

fn one2many(env: &Env, model: &Model, ids: &[i64], field: &Field, commands: Vec<Command>) -> Result<()> {
    let comodel = env.model(&field.relation)?;
    let inverse = comodel.field(&field.inverse_name)?;
    let (create, delete, link) = Default::default();
    let mut lines =
        Lines { inner: lines_env(env, field), model, comodel, inverse, field, ids, create, delete, link };
    // once a line is made or linked, an exact list takes nothing out any more
    let mut exact = true;
    for command in commands {
        match command {
            Command::Create(vals) => {
                for id in ids {
                    let mut vals = vals.clone();
                    vals.extend(lines.owner(*id));
                    lines.create.push(vals);
                }
                exact = false;
            }
            Command::Update(id, vals) => lines.inner.write(&comodel.name, &[id], Json::Object(vals))?,
            Command::Delete(id) => lines.delete.push(id),
            Command::Unlink(id) => lines.release(&[id])?,
            Command::Link(id) => {
                lines.link.push(id);
                exact = false;
            }
            Command::Clear if exact => lines.set(&[])?,
            Command::Clear => {}
            Command::Set(wanted) if exact => lines.set(&wanted)?,
            Command::Set(wanted) => lines.link.extend(wanted),
        }
    }
    lines.flush()
}

impl Lines<'_> {
    fn owner(&self, id: i64) -> Map {
        let mut vals = Map::new();
        vals.insert(self.inverse.name.clone(), json!(id));
        if self.inverse.kind == Kind::Many2oneReference && !self.inverse.model_field.is_empty() {
            vals.insert(self.inverse.model_field.clone(), json!(self.model.name));
        }
        vals
    }

    /// The lines of records that the user sees, but for some.
    fn current(&self, of: &[i64], but: &[i64]) -> Result<Vec<i64>> {
        let mut domain = Domain::in_ids(&self.inverse.name, of);
        if self.inverse.kind == Kind::Many2oneReference && !self.inverse.model_field.is_empty() {
            domain = domain.and(Domain::leaf(&self.inverse.model_field, "=", json!(self.model.name)));
        }
        if let list @ Json::Array(_) = &self.field.domain {
            domain = domain.and(super::domain::parse::parse(list)?);
        }
        let mut all = self.inner.search(&self.comodel.name, domain)?;
        all.retain(|i| !but.contains(i));
        Ok(all)
    }

    /// Exactly these lines, to the last record.
    fn set(&mut self, wanted: &[i64]) -> Result<()> {
        self.flush()?;
        let out = self.current(self.ids, wanted)?;
        self.release(&out)?;
        match self.ids.last() {
            Some(last) if !wanted.is_empty() => {
                self.inner.write(&self.comodel.name, wanted, Json::Object(self.owner(*last)))
            }
            _ => Ok(()),
        }
    }

    /// Takes lines out: those that cannot be without are deleted later, the inverse of the others is emptied.
    fn release(&mut self, ids: &[i64]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let dependent = self.inverse.kind == Kind::Many2one && self.inverse.ondelete == OnDelete::Cascade;
        if dependent || self.inverse.kind == Kind::Many2oneReference {
            self.delete.extend(ids);
            return Ok(());
        }
        self.inner.write(&self.comodel.name, ids, json!({ self.inverse.name.as_str(): false }))
    }

    fn flush(&mut self) -> Result<()> {
        // lines are linked to the last record, be it from another of these records
        let before = match self.ids.last() {
            Some(last) if !self.link.is_empty() => self.current(&[*last], &[])?,
            _ => Vec::new(),
        };
        self.inner.unlink(&self.comodel.name, &std::mem::take(&mut self.delete))?;
        if !self.create.is_empty() {
            self.inner.create_many(&self.comodel.name, std::mem::take(&mut self.create))?;
        }
        let mut link = std::mem::take(&mut self.link);
        link.retain(|i| !before.contains(i));
        match self.ids.last() {
            Some(last) if !link.is_empty() => {
                self.inner.write(&self.comodel.name, &link, Json::Object(self.owner(*last)))
            }
            _ => Ok(()),
        }
    }
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
