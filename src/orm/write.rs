//! write: one UPDATE for all records of a call, then relations, computed fields, constraints.

use super::commands;
use super::compute;
use super::create::{column_value, not_emptied};
use super::domain::Domain;
use super::env::{Env, Page};
use super::field::{Field, Kind, Source, convert};
use super::model::Model;
use super::{access, cache, rule};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;

/// Fields a client cannot set.
const UNSETTABLE: &[&str] = &["id", "parent_path", "create_uid", "create_date", "write_uid", "write_date"];

/// Refuses unknown fields and those the user's groups do not see; drops those nobody sets.
pub(super) fn clean(env: &Env, model: &Model, vals: Map, op: char) -> Result<Map> {
    let mut out = Map::with_capacity(vals.len());
    for (name, value) in vals {
        let field = match model.fields.get(&name) {
            Some(f) => f,
            None if op == 'c' => {
                return Err(Error::value(format!("Invalid field '{name}' on model '{}'", model.name)));
            }
            None => return Err(Error::value(format!("Invalid field '{name}' on model '{}'", model.name))),
        };
        access::check_field(env, model, field, 'w')?;
        let log = UNSETTABLE[2..].contains(&name.as_str());
        // records whose ids come from elsewhere: all kinds of action share one sequence
        let id = name == "id" && op == 'c' && env.su() && env.flag("keep_ids");
        if UNSETTABLE.contains(&name.as_str()) && !id && !(log && env.su() && env.flag("keep_log_fields")) {
            continue;
        }
        out.insert(name, value);
    }
    Ok(out)
}

/// The bottom of every write.
pub fn write(env: &Env, model: &Model, ids: &[i64], vals: Map) -> Result<()> {
    let vals = clean(env, model, vals, 'w')?;
    rule::check(env, model, ids, 'w')?;
    if vals.is_empty() {
        return Ok(());
    }
    raw(env, model, ids, vals)
}

/// [`write`] without the rights.
pub(super) fn raw(env: &Env, model: &Model, ids: &[i64], vals: Map) -> Result<()> {
    let names: Vec<String> = vals.keys().cloned().collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let relational: Vec<&str> = names
        .iter()
        .copied()
        .filter(|n| {
            model.fields.get(*n).is_some_and(|f| matches!(f.kind, Kind::Many2one | Kind::Many2oneReference))
        })
        .collect();
    compute::modified(env, model, ids, &relational)?;
    let mut later: Vec<(&Field, Json)> = Vec::new();
    let mut columns: Vec<(&Field, Value)> = Vec::new();
    let mut parents: Vec<(String, Map)> = Vec::new();
    for (name, value) in &vals {
        let field = model.field(name)?;
        if let (Some(link), Source::Related(path)) = (&field.inherited, &field.source) {
            let slot = match parents.iter_mut().find(|(l, _)| l == link) {
                Some(s) => s,
                None => {
                    parents.push((link.clone(), Map::new()));
                    let last = parents.len() - 1;
                    &mut parents[last]
                }
            };
            slot.1.insert(path[path.len() - 1].clone(), value.clone());
        } else if field.has_column() {
            let value = match field.translate || field.company_dependent {
                true => convert::from_client(&model.name, field, value)?,
                false => not_emptied(model, field, column_value(env, model, field, value)?, env)?,
            };
            columns.push((field, value));
            if field.is_computed() {
                compute::protect(env, model, ids, name);
            }
            if field.inverse.is_some() || follows_back(field) {
                later.push((field, vals[name].clone()));
            }
        } else {
            if field.is_computed() && field.store {
                compute::protect(env, model, ids, name);
            }
            later.push((field, value.clone()));
        }
    }
    if columns.iter().any(|(f, _)| model.parent_name.as_deref() == Some(f.name.as_str())) {
        check_recursion_path(env, model, ids, &vals)?;
    }
    update(env, model, ids, &columns, &vals)?;
    write_parents(env, model, ids, parents)?;
    for (field, value) in later {
        if field.kind.is_x2many() && field.store {
            commands::apply(env, model, ids, field, &value)?;
        } else if field.attachment {
            store_attachment(env, model, ids, field, &value)?;
        } else {
            inverse(env, model, ids, field, &value)?;
        }
    }
    if relational.iter().any(|n| model.parent_name.as_deref() == Some(*n)) {
        store_parent_path(env, model, ids)?;
    }
    super::properties::value::settle(env, model, ids, &vals)?;
    compute::modified(env, model, ids, &names)?;
    compute::flush(env)?;
    check_constraints(env, model, ids, &names)?;
    forget(env, model, &names);
    Ok(())
}

/// The UPDATE. Translated values change only the context's language.
fn update(env: &Env, model: &Model, ids: &[i64], columns: &[(&Field, Value)], vals: &Map) -> Result<()> {
    let mut sets = Vec::new();
    for (field, value) in columns {
        let set = Sql::new().ident(&field.name).raw(" = ");
        sets.push(match value {
            v if (field.translate || field.company_dependent) && *v != Value::Null => {
                set.sql(merged(env, field, v)?)
            }
            v => set.bind(field.column_type(), v.clone()),
        });
    }
    if model.log_access {
        sets.push(Sql::of("write_uid = ").bind(ColType::Int, Value::Int(env.uid())));
        sets.push(Sql::of("write_date = ").bind(ColType::DateTime, Value::DateTime(env.now())));
    }
    if sets.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .sql(Sql::join(", ", sets))
        .raw(" WHERE id")
        .ids(ids);
    env.execute(&sql).map_err(|e| explain_reference(env, model, e, std::slice::from_ref(vals)))?;
    Ok(())
}

/// The column's JSON with this language's (or company's) value put in.
fn merged(env: &Env, field: &Field, value: &Value) -> Result<Sql> {
    let plain = convert::plain(value);
    let key = if field.translate { env.lang().to_owned() } else { env.company_id()?.to_string() };
    let patch = Sql::new().bind(ColType::Json, Value::Json(json!({ key.as_str(): plain })));
    let col = Sql::new().ident(&field.name);
    // a first value in another language also becomes the fallback
    let empty = match field.translate {
        true => Sql::new().bind(ColType::Json, Value::Json(json!({ "en_US": plain }))),
        false => Sql::new().bind(ColType::Json, Value::Json(json!({}))),
    };
    Ok(Sql::new()
        .either("COALESCE(", "json_patch(COALESCE(")
        .sql(col)
        .raw(", ")
        .sql(empty)
        .either(") || ", "), ")
        .sql(patch)
        .either("", ")"))
}

/// Sets one column of records to one value, quietly: for computed values.
pub(super) fn set_column(env: &Env, model: &Model, ids: &[i64], field: &Field, value: &Value) -> Result<()> {
    let bind = match value {
        v if field.translate && *v != Value::Null => Value::Json(json!({"en_US": convert::plain(v)})),
        v => v.clone(),
    };
    let sql = Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .ident(&field.name)
        .raw(" = ")
        .bind(field.column_type(), bind)
        .raw(" WHERE id")
        .ids(ids);
    env.execute(&sql)?;
    Ok(())
}

/// Writes what belongs to the records this model delegates to.
fn write_parents(env: &Env, model: &Model, ids: &[i64], parents: Vec<(String, Map)>) -> Result<()> {
    for (link, vals) in parents {
        let field = model.field(&link)?;
        let targets: Vec<i64> =
            super::fetch::column(env, model, ids, &link)?.values().map(Value::int).collect();
        env.write(&field.relation, &targets, Json::Object(vals))?;
    }
    Ok(())
}

/// A related field that is stored and can be set: what is set on it also goes to the end of its path.
pub(super) fn follows_back(field: &Field) -> bool {
    matches!(field.source, Source::Related(_)) && field.store && !field.readonly && field.inherited.is_none()
}

/// Stores what was set on a field without a column: its inverse function, or the end of its path.
pub(super) fn inverse(env: &Env, model: &Model, ids: &[i64], field: &Field, value: &Json) -> Result<()> {
    // a value of a field that is not kept must fit it all the same
    let plain =
        matches!(field.kind, Kind::Selection | Kind::Date | Kind::DateTime | Kind::Integer | Kind::Float);
    if plain && !field.has_column() && field.selection_fn.is_none() {
        convert::from_client(&model.name, field, value)?;
    }
    if let Some(f) = field.inverse {
        return f(env, model, ids, &field.name, value);
    }
    let Source::Related(path) = &field.source else { return Ok(()) };
    if field.readonly {
        return Ok(());
    }
    let mut at = model;
    let mut here = ids.to_vec();
    let root = env.sudo();
    for step in &path[..path.len() - 1] {
        let f = at.field(step)?;
        let records = super::fetch::fetch_existing(&root, at, &here, &[step])?;
        here =
            records.iter().flat_map(|r| r.opt(step).into_iter().chain(r.ids(step).iter().copied())).collect();
        at = root.model(&f.relation)?;
    }
    here.sort_unstable();
    here.dedup();
    let target = if field.related_sudo { root.clone() } else { env.clone() };
    target.write(&at.name, &here, json!({ path[path.len() - 1].as_str(): value }))
}

/// Keeps a binary in ir.attachment.
pub(super) fn store_attachment(
    env: &Env,
    model: &Model,
    ids: &[i64],
    field: &Field,
    value: &Json,
) -> Result<()> {
    let root = env.sudo().with_context(json!({"active_test": false}));
    let old = root.search(
        "ir.attachment",
        json!([["res_model", "=", model.name], ["res_field", "=", field.name], ["res_id", "in", ids]]),
    )?;
    root.unlink("ir.attachment", &old)?;
    if json_is_falsy(value) {
        return Ok(());
    }
    let value = convert::plain(&convert::from_client(&model.name, field, value)?);
    let rows = ids
        .iter()
        .map(|id| {
            let mut m = Map::new();
            m.insert("name".into(), json!(field.name));
            m.insert("res_model".into(), json!(model.name));
            m.insert("res_field".into(), json!(field.name));
            m.insert("res_id".into(), json!(id));
            m.insert("type".into(), json!("binary"));
            m.insert("datas".into(), value.clone());
            m
        })
        .collect();
    root.create_many("ir.attachment", rows)?;
    Ok(())
}

/// Runs the constraints that any of `touched` triggers.
pub(super) fn check_constraints(env: &Env, model: &Model, ids: &[i64], touched: &[&str]) -> Result<()> {
    if env.tx().is_rehearsal() {
        return Ok(());
    }
    for b in &model.behaviours {
        for (fields, check) in &b.constrains {
            if fields.iter().any(|f| touched.contains(f)) {
                check(&env.sudo(), model, ids)?;
            }
        }
    }
    Ok(())
}

/// Drops the caches when one of their sources changed.
pub(super) fn forget(env: &Env, model: &Model, touched: &[&str]) {
    let stale = cache::SOURCES.iter().any(|(m, fields)| {
        *m == model.name && (fields.is_empty() || fields.iter().any(|f| touched.contains(f)))
    });
    if stale {
        env.invalidate();
    }
}

/// A reference to nothing, as SQLite reports it without a name: finds which field it was.
pub(super) fn explain_reference(env: &Env, model: &Model, e: Error, rows: &[Map]) -> Error {
    if e.message.contains("UNIQUE constraint failed") {
        return explain_duplicate(env, model, rows).unwrap_or(e);
    }
    if !super::dberror::is_anonymous_reference(&e) {
        return e;
    }
    for f in model.fields.values().filter(|f| f.kind == Kind::Many2one && f.store) {
        let ids: Vec<i64> = rows.iter().filter_map(|r| r.get(&f.name).and_then(Json::as_i64)).collect();
        let Ok(comodel) = env.model(&f.relation) else { continue };
        if super::search::exists(env, comodel, &ids).is_ok_and(|there| there.len() < ids.len()) {
            let constraint = format!("{}_{}_fkey", model.table, f.name);
            return super::dberror::foreign_key(Some((&model.description, &model.name)), Some(&constraint));
        }
    }
    e
}

/// SQLite names neither index nor values of a duplicate: finds both, and says it as PostgreSQL does.
fn explain_duplicate(env: &Env, model: &Model, rows: &[Map]) -> Option<Error> {
    for c in &model.constraints {
        let upper = c.definition.to_uppercase();
        let Some(at) = upper.find("UNIQUE").and_then(|_| upper.find('(')) else { continue };
        let columns: Vec<&str> =
            c.definition[at + 1..].trim_end().trim_end_matches(')').split(',').map(str::trim).collect();
        if !columns.iter().all(|f| model.fields.get(*f).is_some_and(Field::has_column)) {
            continue;
        }
        for (n, row) in rows.iter().enumerate() {
            let of = |r: &Map| columns.iter().map(|f| r.get(*f).cloned()).collect::<Option<Vec<Json>>>();
            let Some(values) = of(row) else { continue };
            let leaves = columns.iter().zip(&values).map(|(f, v)| json!([f, "=", v])).collect();
            let domain = super::domain::parse::parse(&Json::Array(leaves)).ok()?;
            let root = env.sudo().with_context(json!({"active_test": false}));
            let twice = rows[..n].iter().any(|r| of(r).as_ref() == Some(&values));
            if twice || super::search::count(&root, model, &domain, Some(1)).ok()? > 0 {
                if !c.message.is_empty() {
                    return Some(Error::validation(format!(
                        "The operation cannot be completed: {}",
                        c.message
                    )));
                }
                let shown: Vec<String> =
                    values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
                let (columns, shown) = (columns.join(", "), shown.join(", "));
                return Some(Error::validation(format!(
                    "The operation cannot be completed: duplicate key value violates unique constraint \"{}\"\n\
                     DETAIL:  Key ({columns})=({shown}) already exists.\n",
                    c.name
                )));
            }
        }
    }
    None
}

/// Refuses a parent that lies below its child, for hierarchies that keep a path.
fn check_recursion_path(env: &Env, model: &Model, ids: &[i64], vals: &Map) -> Result<()> {
    let Some(parent_name) = model.parent_name.as_deref().filter(|_| model.parent_store) else {
        return Ok(());
    };
    let Some(parent) = vals.get(parent_name).and_then(Json::as_i64) else { return Ok(()) };
    let root = env.sudo().with_context(json!({"active_test": false}));
    let below =
        super::search::search(&root, model, &Domain::leaf("id", "child_of", json!(ids)), &Page::default())?;
    if below.contains(&parent) {
        return Err(Error::user("Recursion Detected."));
    }
    Ok(())
}

/// Writes parent_path of records and of everything below them.
pub(super) fn store_parent_path(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let Some(parent) = model.parent_name.as_deref().filter(|_| model.parent_store) else { return Ok(()) };
    let t = &model.table;
    let sql = Sql::of(
        "WITH RECURSIVE p(id, path) AS (SELECT c.id, COALESCE(f.parent_path, '') || \
        CAST(c.id AS TEXT) || '/' FROM ",
    )
    .ident(t)
    .raw(" c LEFT JOIN ")
    .ident(t)
    .raw(" f ON f.id = c.")
    .ident(parent)
    .raw(" WHERE c.id")
    .ids(ids)
    .raw(" UNION ALL SELECT c.id, p.path || CAST(c.id AS TEXT) || '/' FROM ")
    .ident(t)
    .raw(
        " c JOIN \
            p ON c.",
    )
    .ident(parent)
    .raw(" = p.id) UPDATE ")
    .ident(t)
    .raw(" SET parent_path = p.path FROM p WHERE p.id = ")
    .ident(t)
    .raw(".id");
    env.execute(&sql)?;
    Ok(())
}
