//! Writing what was computed, where it differs from what is stored: one SELECT and one UPDATE for all records and all
//! fields of a compute function, however the values differ.

use super::behaviour::Computed;
use super::compute::modified;
use super::env::Env;
use super::field::{Field, Kind, convert};
use super::model::Model;
use super::{fetch, write};
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::value::{Map, Value};
use serde_json::json;
use std::collections::HashSet;

/// Rows of one UPDATE.
const ROWS_MAX: usize = 500;

/// Fields that an onchange has passed on though their value stayed.
#[derive(Debug, Default)]
pub(super) struct Passed {
    fields: HashSet<(String, String)>,
}

impl Passed {
    /// Whether the field is to be passed on: the first time.
    fn pass(&mut self, model: &Model, field: &Field) -> bool {
        self.fields.insert((model.name.clone(), field.name.clone()))
    }
    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.fields.clear();
    }
}

/// Writes computed values of `fields` where they differ from what is stored.
pub(super) fn store(
    env: &Env,
    model: &Model,
    ids: &[i64],
    fields: &[&Field],
    values: &Computed,
) -> Result<()> {
    let columns: Vec<&Field> =
        fields.iter().copied().filter(|f| f.has_column() && !f.kind.is_x2many()).collect();
    store_columns(env, model, ids, &columns, values)?;
    for field in fields.iter().filter(|f| !f.has_column() || f.kind.is_x2many()) {
        let free = free(env, model, ids, field, values);
        if field.kind.is_x2many() {
            for id in free {
                let new = values.get(id, &field.name);
                let mut vals = Map::new();
                vals.insert(field.name.clone(), json!([[6, 0, convert::plain(&new)]]));
                write::raw(env, model, &[id], vals)?;
            }
        } else if field.attachment && !free.is_empty() {
            store_attachments(env, model, &free, field, values)?;
        }
    }
    Ok(())
}

/// Those whose value is neither given by hand nor left open by the compute function.
fn free(env: &Env, model: &Model, ids: &[i64], field: &Field, values: &Computed) -> Vec<i64> {
    let protected = env.tx().protected.borrow();
    ids.iter()
        .copied()
        .filter(|i| {
            protected.is_empty() || !protected.contains(&(model.name.clone(), field.name.clone(), *i))
        })
        .filter(|i| values.has(*i, &field.name) || !field.required)
        .collect()
}

/// One record's new values: (position among the fields, value).
type Change = Vec<(usize, Value)>;

fn store_columns(env: &Env, model: &Model, ids: &[i64], fields: &[&Field], values: &Computed) -> Result<()> {
    let free: Vec<HashSet<i64>> =
        fields.iter().map(|f| free(env, model, ids, f, values).into_iter().collect()).collect();
    if free.iter().all(HashSet::is_empty) {
        return Ok(());
    }
    let old = fetch::stored(env, model, ids, fields)?;
    let mut changes: Vec<(i64, Change)> = Vec::new();
    let mut changed: Vec<Vec<i64>> = vec![Vec::new(); fields.len()];
    let mut kept: Vec<Vec<i64>> = vec![Vec::new(); fields.len()];
    for record in &old {
        let mut change = Change::new();
        for (n, field) in fields.iter().enumerate().filter(|(n, _)| free[*n].contains(&record.id)) {
            let new = new_value(values, record.id, field)?;
            if same(record.get(&field.name), &new) {
                kept[n].push(record.id);
            } else {
                changed[n].push(record.id);
                change.push((n, new));
            }
        }
        if !change.is_empty() {
            changes.push((record.id, change));
        }
    }
    // in a form, what is computed anew is passed on even where it stays the same, once a field
    for (n, field) in fields.iter().enumerate().filter(|_| env.tx().is_rehearsal()) {
        if !free[n].is_empty() && env.tx().with_slot(|c: &mut Passed| c.pass(model, field)) {
            modified(env, model, &kept[n], &[&field.name])?;
        }
    }
    touch(env, model, fields, &changed)?;
    write_changes(env, model, fields, changes)?;
    for (n, field) in fields.iter().enumerate() {
        if field.kind == Kind::Many2one && !changed[n].is_empty() {
            super::properties::value::moved(env, model, &changed[n], &field.name)?;
        }
    }
    touch(env, model, fields, &changed)
}

/// Tells what depends on the fields; those that changed on the same records together.
fn touch(env: &Env, model: &Model, fields: &[&Field], changed: &[Vec<i64>]) -> Result<()> {
    let mut together: Vec<(&[i64], Vec<&str>)> = Vec::new();
    for (field, ids) in fields.iter().zip(changed).filter(|(_, ids)| !ids.is_empty()) {
        match together.iter_mut().find(|(others, _)| others == ids) {
            Some((_, names)) => names.push(&field.name),
            None => together.push((ids, vec![&field.name])),
        }
    }
    together.into_iter().try_for_each(|(ids, names)| modified(env, model, ids, &names))
}

/// Records that change in the same fields are written together.
fn write_changes(env: &Env, model: &Model, fields: &[&Field], changes: Vec<(i64, Change)>) -> Result<()> {
    let mut alike: Vec<(Vec<usize>, Vec<(i64, Change)>)> = Vec::new();
    for (id, change) in changes {
        let which: Vec<usize> = change.iter().map(|(n, _)| *n).collect();
        match alike.iter_mut().find(|(w, _)| *w == which) {
            Some((_, rows)) => rows.push((id, change)),
            None => alike.push((which, vec![(id, change)])),
        }
    }
    for (which, rows) in alike {
        let fields: Vec<&Field> = which.iter().map(|n| fields[*n]).collect();
        let first = &rows[0].1;
        if rows.iter().all(|(_, change)| change == first) {
            let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
            let sets = fields
                .iter()
                .zip(first)
                .map(|(f, (_, v))| Sql::new().ident(&f.name).raw(" = ").bind(f.column_type(), stored(f, v)));
            let sql = Sql::of("UPDATE ").ident(&model.table).raw(" SET ").sql(Sql::join(", ", sets));
            env.execute(&sql.raw(" WHERE id").ids(&ids))?;
            continue;
        }
        for rows in rows.chunks(ROWS_MAX) {
            env.execute(&one_by_one(model, &fields, rows))?;
        }
    }
    Ok(())
}

/// `UPDATE … FROM (VALUES (id, value, …), …)`.
fn one_by_one(model: &Model, fields: &[&Field], rows: &[(i64, Change)]) -> Sql {
    let sets = fields
        .iter()
        .enumerate()
        .map(|(n, f)| Sql::new().ident(&f.name).raw(format!(" = changed.column{}", n + 2)));
    let rows = rows.iter().map(|(id, change)| {
        let cells =
            fields.iter().zip(change).map(|(f, (_, v))| Sql::new().bind(f.column_type(), stored(f, v)));
        let id = Sql::new().bind(ColType::BigInt, Value::Int(*id));
        Sql::of("(").sql(Sql::join(", ", std::iter::once(id).chain(cells))).raw(")")
    });
    Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .sql(Sql::join(", ", sets))
        .raw(" FROM (VALUES ")
        .sql(Sql::join(", ", rows))
        .raw(") AS changed WHERE ")
        .col(&model.table, "id")
        .raw(" = changed.column1")
}

/// A computed value as its column holds it.
fn stored(field: &Field, value: &Value) -> Value {
    match value {
        v if field.translate && *v != Value::Null => Value::Json(json!({"en_US": convert::plain(v)})),
        v => v.clone(),
    }
}

fn store_attachments(env: &Env, model: &Model, free: &[i64], field: &Field, values: &Computed) -> Result<()> {
    let old = fetch::attachments(env, model, free, field)?;
    let mut changed = Vec::new();
    let mut kept = Vec::new();
    for id in free {
        let new = new_value(values, *id, field)?;
        if same(old.get(id).unwrap_or(&Value::Null), &new) {
            kept.push(*id);
        } else {
            changed.push((*id, new));
        }
    }
    if env.tx().is_rehearsal() && env.tx().with_slot(|c: &mut Passed| c.pass(model, field)) {
        modified(env, model, &kept, &[&field.name])?;
    }
    for (id, new) in changed {
        modified(env, model, &[id], &[&field.name])?;
        write::store_attachment(env, model, &[id], field, &convert::plain(&new))?;
        modified(env, model, &[id], &[&field.name])?;
    }
    Ok(())
}

/// What was computed, a picture at the size its field says.
fn new_value(values: &Computed, id: i64, field: &Field) -> Result<Value> {
    Ok(match values.get(id, &field.name) {
        Value::Bytes(b) if field.kind == Kind::Image => Value::Bytes(convert::picture(field, b)?),
        v => v,
    })
}

fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Bool(b), Value::Null) | (Value::Null, Value::Bool(b)) => !b && matches!(old, Value::Bool(_)),
        (a, b) => a == b,
    }
}
