//! Values of records as Rust reads them: columns in one statement, then one a relation, one a computed group.

use super::columns;
use super::compute;
use super::domain::Domain;
use super::domain::compile::Compiler;
use super::env::{Env, Page};
use super::expr;
use super::field::{Field, Kind, Source};
use super::model::Model;
use super::order;
use super::record::Record;
use super::search::Begun;
use super::{access, plan, rule, search};
use crate::db::{ColType, IdCount, Sql};
use crate::error::{Error, Result};
use crate::value::{Value, json_is_falsy};
use std::collections::HashMap;
use std::sync::Arc;

/// Values of `fields` of records, in the order of `ids`; a missing one is a MissingError.
pub fn fetch(env: &Env, model: &Model, ids: &[i64], fields: &[&str]) -> Result<Vec<Record>> {
    let records = fetch_existing(env, model, ids, fields)?;
    if records.len() < ids.len() {
        let gone: Vec<i64> = ids.iter().copied().filter(|i| !records.iter().any(|r| r.id == *i)).collect();
        if !gone.is_empty() {
            return Err(rule::missing(env, model, &gone));
        }
    }
    Ok(records)
}

/// Like [`fetch`], but leaves out ids that are gone. AccessError for those that rules hide.
pub fn fetch_existing(env: &Env, model: &Model, ids: &[i64], fields: &[&str]) -> Result<Vec<Record>> {
    let plan = fields.iter().map(|f| model.field(f)).collect::<Result<Vec<_>>>()?;
    fetch_fields(env, model, ids, &plan, false)
}

/// [`fetch_existing`] of resolved fields. With `names`, [`name_of`] finds names of many2ones that a join could bring.
pub fn fetch_fields(
    env: &Env,
    model: &Model,
    ids: &[i64],
    plan: &[&Field],
    names: bool,
) -> Result<Vec<Record>> {
    access::check_model(env, model, 'r')?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut records = by_ids(env, model, ids, plan, names)?;
    beyond_columns(env, model, plan, &mut records)?;
    if records.iter().map(|r| r.id).eq(ids.iter().copied()) {
        return Ok(records);
    }
    let by_id: HashMap<i64, usize> = records.iter().enumerate().map(|(i, r)| (r.id, i)).collect();
    Ok(ids.iter().filter_map(|id| by_id.get(id).map(|i| records[*i].clone())).collect())
}

/// Searches and reads in one statement, in the order of the search.
pub fn fetch_search(
    env: &Env,
    model: &Model,
    domain: &Domain,
    page: &Page,
    plan: &[&Field],
    names: bool,
) -> Result<Vec<Record>> {
    match search::begin(env, model, domain, page)? {
        Some(found) => fetch_found(env, model, found, page, plan, names),
        None => Ok(Vec::new()),
    }
}

/// Records of a search that has begun.
pub fn fetch_found(
    env: &Env,
    model: &Model,
    found: Begun,
    page: &Page,
    plan: &[&Field],
    names: bool,
) -> Result<Vec<Record>> {
    let s = Select::new(env, model, plan, names, None)?;
    found.refused?;
    let found = found.parts;
    let sql = s.sql(found.from, Vec::new()).raw(" WHERE ").sql(found.cond);
    let sql = search::paged(search::ordered(sql, found.order), page.limit, page.offset)?;
    let mut records = s.records(env.query(&sql, &s.types)?);
    beyond_columns(env, model, plan, &mut records)?;
    Ok(records)
}

/// Key of a joined many2one name in a record.
fn name_key(field: &str) -> String {
    format!("{field}.display_name")
}

/// The name of a many2one's target, when a join brought it.
pub fn name_of<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    match record.get(&name_key(field)) {
        Value::Text(s) => Some(s),
        _ => None,
    }
}

/// The stored char field that alone makes the names of a model's records.
fn plain_name<'e>(env: &'e Env, comodel: &str) -> Option<(&'e Model, &'e Field)> {
    let m = env.registry().find(comodel)?;
    if m.behaviours.iter().any(|b| b.display_name.is_some()) {
        return None;
    }
    let f = m.fields.get(m.rec_name.as_ref()?)?;
    (f.kind == Kind::Char && f.has_column()).then_some((m, f))
}

/// The columns of a read and the joins that bring names.
#[derive(Debug)]
pub struct Select {
    columns: Sql,
    /// By their aliases.
    joins: Vec<(String, Sql)>,
    types: Vec<ColType>,
    /// Where in a record each column goes.
    slots: Vec<usize>,
    keys: Arc<Vec<String>>,
}

impl Select {
    /// The columns of `plan`; with `names`, those of many2ones that a join can bring. `count`: of a read by id.
    pub(super) fn new(
        env: &Env,
        model: &Model,
        plan: &[&Field],
        names: bool,
        count: Option<IdCount>,
    ) -> Result<Select> {
        let alias = &model.table;
        let mut keys: Vec<String> = plan.iter().map(|f| f.name.clone()).collect();
        let mut s = Select {
            columns: Sql::new().col(alias, "id"),
            joins: Vec::new(),
            types: vec![ColType::Int],
            slots: Vec::new(),
            keys: Arc::default(),
        };
        for (i, f) in plan.iter().enumerate().filter(|(_, f)| f.has_column()) {
            s.add(columns::read(env, model, alias, f)?, columns::read_type(f), i);
            let Some((comodel, name)) =
                plain_name(env, &f.relation).filter(|_| names && f.kind == Kind::Many2one)
            else {
                continue;
            };
            let joined = format!("{alias}_{}", f.name);
            let on = expr::join_for(env, count, comodel, &joined, Sql::new().col(alias, &f.name));
            s.add(columns::read(env, comodel, &joined, name)?, ColType::Text, keys.len());
            s.joins.push((joined, on));
            keys.push(name_key(&f.name));
        }
        s.keys = Arc::new(keys);
        Ok(s)
    }

    fn add(&mut self, column: Sql, kind: ColType, slot: usize) {
        self.columns.push(Sql::of(", ").sql(column));
        self.types.push(kind);
        self.slots.push(slot);
    }

    /// `SELECT … FROM …`, to be followed by WHERE, with what else is to be joined.
    pub(super) fn sql(&self, from: Sql, more: Vec<(String, Sql)>) -> Sql {
        let mut sql = Sql::of("SELECT ").sql(self.columns.clone()).sql(from);
        for (_, join) in &self.joins {
            sql.push(join.clone());
        }
        for (alias, join) in more {
            if !self.joins.iter().any(|(own, _)| *own == alias) {
                sql.push(join);
            }
        }
        sql
    }

    fn records(&self, rows: Vec<Vec<Value>>) -> Vec<Record> {
        rows.into_iter()
            .map(|row| {
                let mut row = row.into_iter();
                let id = row.next().unwrap_or_default().int();
                let mut r = Record::new(id, self.keys.clone(), vec![Value::Null; self.keys.len()]);
                for (slot, value) in self.slots.iter().zip(row) {
                    r.set(*slot, value);
                }
                r
            })
            .collect()
    }
}

fn by_ids(env: &Env, model: &Model, ids: &[i64], fields: &[&Field], names: bool) -> Result<Vec<Record>> {
    let written = plan::of(env, model, fields, names, IdCount::of(ids.len()))?;
    let rows = |sql| env.db(|c| c.query_ids(sql, ids, &written.select.types));
    let quick = written.quick.as_ref().map(rows).transpose()?.filter(|found| found.len() == ids.len());
    let records = written.select.records(match quick {
        Some(found) => found,
        None => rows(&written.sql)?,
    });
    if written.ruled && records.len() < ids.len() {
        let hidden: Vec<i64> = ids.iter().copied().filter(|i| !records.iter().any(|r| r.id == *i)).collect();
        let there = search::exists(env, model, &hidden)?;
        if !there.is_empty() {
            return Err(rule::refusal(env, model, &there, 'r')?);
        }
    }
    Ok(records)
}

/// Adds what no column of the table holds: lines, links, contents, computed values.
fn beyond_columns(env: &Env, model: &Model, plan: &[&Field], records: &mut [Record]) -> Result<()> {
    if records.is_empty() || plan.iter().all(|f| f.has_column() && f.kind != Kind::Properties) {
        return Ok(());
    }
    let found: Vec<i64> = records.iter().map(|r| r.id).collect();
    relations(env, model, &found, plan, records)?;
    computed(env, model, &found, plan, records)
}

/// One statement for each one2many, many2many and attachment asked for.
fn relations(env: &Env, model: &Model, ids: &[i64], plan: &[&Field], records: &mut [Record]) -> Result<()> {
    for (i, f) in plan.iter().enumerate() {
        if f.is_computed() && !f.store {
            continue;
        }
        let mut values = match f.kind {
            Kind::Many2many | Kind::One2many => {
                let mut ids: HashMap<i64, Vec<i64>> = lines(env, model, ids, f)?;
                records.iter().map(|r| (r.id, Value::Ids(ids.remove(&r.id).unwrap_or_default()))).collect()
            }
            _ if f.attachment => attachments(env, model, ids, f)?,
            Kind::Properties => super::properties::fill(env, model, f, ids)?,
            _ => continue,
        };
        for r in records.iter_mut() {
            if let Some(v) = values.remove(&r.id) {
                r.set(i, v);
            }
        }
    }
    Ok(())
}

/// Ids of the lines of an x2many, in the comodel's order, by record. Archived lines are left out unless the context
/// (or the field's) says otherwise.
pub fn lines(env: &Env, model: &Model, ids: &[i64], f: &Field) -> Result<HashMap<i64, Vec<i64>>> {
    let comodel = env.model(&f.relation)?;
    let base = env.with_context(f.context.clone());
    let active = match f.context.get("active_test").or(env.context().get("active_test")) {
        Some(v) => !json_is_falsy(v),
        None => true,
    };
    let sub_env = base.with_context(serde_json::json!({"active_test": active}));
    let c = Compiler::new(&sub_env);
    let alias = c.alias(comodel);
    let mut domain = columns::field_domain(f)?;
    let key;
    let mut from = Sql::of(" FROM ").ident(&comodel.table).raw(" AS ").ident(&alias);
    if let Some(m) = &f.m2m {
        key = Sql::new().col("rel", &m.own);
        from = from
            .raw(" JOIN ")
            .ident(&m.table)
            .raw(" AS rel ON ")
            .col("rel", &m.other)
            .raw(" = ")
            .col(&alias, "id");
    } else {
        // Odoo searches the lines, so who may not read the model of the lines may not read them; links it only filters
        super::access::check_model(env, comodel, 'r')?;
        domain = c.one2many_domain(model, f, comodel)?;
        key = Sql::new().col(&alias, &f.inverse_name);
    }
    let cond = c.filtered(comodel, &alias, &domain)?;
    let order = order::compile(env, comodel, &alias, &comodel.order, false)?;
    for j in &order.joins {
        from = from.sql(j.clone());
    }
    let sql = Sql::of("SELECT ")
        .sql(key.clone())
        .raw(", ")
        .col(&alias, "id")
        .sql(from)
        .raw(" WHERE ")
        .sql(key)
        .ids(ids)
        .raw(" AND ")
        .sql(cond);
    let sql = search::ordered(sql, order);
    let mut out: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in env.query(&sql, &[ColType::Int, ColType::Int])? {
        out.entry(row[0].int()).or_default().push(row[1].int());
    }
    Ok(out)
}

/// Contents of a binary field kept in ir.attachment.
pub(super) fn attachments(env: &Env, model: &Model, ids: &[i64], f: &Field) -> Result<HashMap<i64, Value>> {
    let sql = Sql::of("SELECT res_id, db_datas FROM ir_attachment WHERE res_model = ")
        .text(&model.name)
        .raw(" AND res_field = ")
        .text(&f.name)
        .raw(" AND res_id")
        .ids(ids);
    let rows = env.query(&sql, &[ColType::Int, ColType::Bytes])?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            let mut r = r.into_iter();
            Some((r.next()?.int(), r.next()?))
        })
        .collect())
}

/// Computed and related fields: each function once, for all the fields it makes.
fn computed(env: &Env, model: &Model, ids: &[i64], plan: &[&Field], records: &mut [Record]) -> Result<()> {
    let mut done: HashMap<&str, super::behaviour::Computed> = HashMap::new();
    for (i, f) in plan.iter().enumerate().filter(|(_, f)| f.is_computed() && !f.store) {
        match &f.source {
            Source::Stored => {}
            Source::DisplayName => {
                let names = super::name::display_names(env, model, ids)?;
                // a name that is but a field's value is as empty as the field
                let plain = model.behaviours.iter().all(|b| b.display_name.is_none());
                for r in records.iter_mut() {
                    let name = names.get(&r.id).filter(|n| !plain || !n.is_empty());
                    let v = name.map_or(Value::Null, |n| Value::Text(n.clone()));
                    r.set(i, v);
                }
            }
            Source::Related(path) => {
                let values = compute::related(env, model, ids, f, path)?;
                for r in records.iter_mut() {
                    let v = values.get(&r.id).cloned().unwrap_or_default();
                    r.set(i, v);
                }
            }
            Source::Compute(name, run) => {
                if !done.contains_key(name.as_str()) {
                    done.insert(name, run(env, model, ids)?);
                }
                let values = &done[name.as_str()];
                for r in records.iter_mut() {
                    r.set(i, values.get(r.id, &f.name));
                }
            }
        }
    }
    Ok(())
}

/// Values of columns, without rights: for the ORM's own bookkeeping. Fields without a column stay empty.
pub(super) fn stored(env: &Env, model: &Model, ids: &[i64], fields: &[&Field]) -> Result<Vec<Record>> {
    by_ids(&env.sudo(), model, ids, fields, false)
}

/// One value of one column, without rights: for the ORM's own bookkeeping.
pub fn column(env: &Env, model: &Model, ids: &[i64], field: &str) -> Result<HashMap<i64, Value>> {
    let f = model.field(field)?;
    if !f.has_column() {
        return Err(Error::internal(format!("{}.{field} has no column", model.name)));
    }
    let records = by_ids(&env.sudo(), model, ids, &[f], false)?;
    Ok(records.into_iter().map(|r| (r.id, r.get(field).clone())).collect())
}
