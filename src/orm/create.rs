//! create: one INSERT for all records of a call, then relations, computed fields, rules, constraints.

use super::commands;
use super::compute;
use super::default_get;
use super::env::Env;
use super::field::{Field, Kind, convert};
use super::model::Model;
use super::{access, write};
use crate::db::{ColType, DbError, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value};
use serde_json::json;

/// Rows of one INSERT; more records take several.
const ROWS_MAX: usize = 200;

/// The bottom of every create: values in, ids out, in order.
pub fn create(env: &Env, model: &Model, vals_list: Vec<Map>) -> Result<Vec<i64>> {
    access::check_model(env, model, 'c')?;
    if vals_list.is_empty() {
        return Ok(Vec::new());
    }
    if model.is_abstract {
        return Err(Error::user(format!("{} is abstract: it has no records", model.name)));
    }
    let mut made = Vec::new();
    let named = external_ids(env, &vals_list);
    let mut vals_list = vals_list
        .into_iter()
        .map(|v| write::clean(env, model, v, 'c').and_then(|v| with_defaults(env, model, v, &mut made)))
        .collect::<Result<Vec<_>>>()?;
    create_parents(env, model, &mut vals_list)?;
    let ids = insert(env, model, &vals_list, None)?;
    write::store_parent_path(env, model, &ids)?;
    relations(env, model, &ids, &vals_list)?;
    schedule(env, model, &ids, &vals_list)?;
    compute::flush(env)?;
    inverses(env, model, &ids, &vals_list)?;
    compute::flush(env)?;
    super::properties::value::settle_new(env, model, &ids, &vals_list)?;
    if !env.su() {
        let allowed = super::rule::filter(env, model, &ids, 'c')?;
        let refused: Vec<i64> = ids.iter().copied().filter(|i| !allowed.contains(i)).collect();
        if !refused.is_empty() {
            return Err(super::rule::refusal(env, model, &refused, 'c')?);
        }
    }
    let touched: Vec<&str> = model.fields.keys().map(String::as_str).collect();
    write::check_constraints(env, model, &ids, &touched)?;
    write::forget(env, model, &touched);
    let named: Vec<_> = named.into_iter().map(|(n, module, name)| (module, name, ids[n])).collect();
    super::loader::remember_many(&env.sudo(), &model.name, &named)?;
    Ok(ids)
}

/// External ids that an import gives to lines it makes: (place in the list, module, name).
fn external_ids(env: &Env, vals_list: &[Map]) -> Vec<(usize, String, String)> {
    let Some(module) = env.ctx("_import_current_module").as_str() else { return Vec::new() };
    let name = |(n, vals): (usize, &Map)| {
        let (of, name) = match vals.get("id")?.as_str()? {
            x if x.contains('.') => x.split_once('.')?,
            x => (module, x),
        };
        Some((n, of.to_owned(), name.to_owned()))
    };
    vals_list.iter().enumerate().filter_map(name).collect()
}

/// A record for an onchange, inside [`Env::rehearse`]: no overrides, no constraints, an id out of the sequence's way.
/// Returns the id and the required fields that have no value and hold a stand-in.
pub(super) fn rehearse(env: &Env, model: &Model, vals: Map) -> Result<(i64, Vec<String>)> {
    let given = write::clean(env, model, vals, 'c')?;
    let mut vals = with_defaults(env, model, given.clone(), &mut Vec::new())?;
    // on a record that is not stored yet, a computed field is computed rather than left empty by default
    let computed = |name: &String| model.fields.get(name).is_some_and(Field::is_computed);
    vals.retain(|name, v| given.contains_key(name) || !computed(name) || !crate::value::json_is_falsy(v));
    // a form gives defaults to the fields it shows; of the others only what the database must have
    let must = |name: &String| model.fields.get(name).is_some_and(|f| f.required && f.has_column());
    vals.retain(|name, _| given.contains_key(name) || must(name));
    let blank = stand_ins(env, model, &mut vals)?;
    let mut list = [vals];
    create_parents(env, model, &mut list)?;
    let id = i64::from(i32::MAX) - env.now().and_utc().timestamp_micros().rem_euclid(10_000_000);
    let ids = insert(env, model, &list, Some(id))?;
    write::store_parent_path(env, model, &ids)?;
    relations(env, model, &ids, &list)?;
    schedule(env, model, &ids, &list)?;
    compute::flush(env)?;
    inverses(env, model, &ids, &list)?;
    compute::flush(env)?;
    super::properties::value::settle_new(env, model, &ids, &list)?;
    env.tx().protected.borrow_mut().clear();
    Ok((id, blank))
}

/// Gives required columns without a value something that fits.
fn stand_ins(env: &Env, model: &Model, vals: &mut Map) -> Result<Vec<String>> {
    let mut blank = Vec::new();
    let links: Vec<&str> = model.inherits.iter().map(|(_, l)| l.as_str()).collect();
    let wanted = |m: &Model| -> Vec<Field> {
        let own = |f: &&Field| f.required && f.has_column() && !f.automatic && !f.is_computed();
        m.fields.values().filter(own).cloned().collect()
    };
    let mut all = wanted(model);
    for (parent, link) in
        model.inherits.iter().filter(|(_, l)| vals.get(l).is_none_or(crate::value::json_is_falsy))
    {
        // what the record's parent requires is given with the record
        let handed_on =
            |f: &Field| model.fields.get(&f.name).is_some_and(|own| own.inherited.as_ref() == Some(link));
        let parent = env.model(parent)?;
        all.extend(wanted(parent).into_iter().chain(named_by_check(parent)).filter(handed_on));
    }
    all.extend(named_by_check(model));
    for f in &all {
        let empty = vals.get(&f.name).is_none_or(|v| matches!(v, Json::Null | Json::Bool(false)));
        if !empty || f.kind == Kind::Boolean || links.contains(&f.name.as_str()) {
            continue;
        }
        let value = match f.kind {
            Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2oneReference => json!(0),
            Kind::Selection => json!(f.selection.first().map_or("", |(v, _)| v.as_str())),
            Kind::Date | Kind::DateTime => json!(env.now().format(crate::value::DATETIME_FORMAT).to_string()),
            Kind::Many2one => {
                let comodel = env.model(&f.relation)?;
                let sql = Sql::of("SELECT MIN(id) FROM ").ident(&comodel.table);
                json!(env.query(&sql, &[ColType::Int])?.first().map_or(0, |r| r[0].int()))
            }
            _ => json!(""),
        };
        vals.insert(f.name.clone(), value);
        blank.push(f.name.clone());
    }
    Ok(blank)
}

/// Fields that a CHECK of the model wants set, as contacts their names.
fn named_by_check(model: &Model) -> Vec<Field> {
    let checked = |f: &&Field| {
        let wants = format!("{} is not null", f.name);
        let check =
            |c: &str| c.to_lowercase().trim_start().starts_with("check") && c.to_lowercase().contains(&wants);
        f.kind == Kind::Char && f.has_column() && model.constraints.iter().any(|c| check(&c.definition))
    };
    model.fields.values().filter(checked).cloned().collect()
}

/// Defaults by the fields that were missing.
type Made = Vec<(Vec<String>, Map)>;

/// Adds defaults for what is not given: from the context, from ir.default, from the field. Records of one call that
/// lack the same fields share what was made for the first, but for secrets.
fn with_defaults(env: &Env, model: &Model, mut vals: Map, made: &mut Made) -> Result<Map> {
    // what comes from a delegated-to record that is given is not defaulted
    let missing: Vec<String> = model
        .fields
        .values()
        .filter(|f| !vals.contains_key(&f.name) && !f.automatic)
        .filter(|f| f.inherited.as_ref().is_none_or(|link| !vals.contains_key(link)))
        .map(|f| f.name.clone())
        .collect();
    let shared = made.iter().find(|(m, _)| *m == missing).map(|(_, d)| d.clone());
    let defaults = match shared {
        Some(mut d) => {
            let secrets: Vec<String> = d.keys().filter(|k| k.ends_with("token")).cloned().collect();
            if !secrets.is_empty() {
                d.extend(default_get::for_create(env, model, &secrets)?);
            }
            d
        }
        None => {
            let d = default_get::for_create(env, model, &missing)?;
            made.push((missing, d.clone()));
            d
        }
    };
    vals.extend(defaults);
    Ok(vals)
}

/// Creates the records this model delegates to, and links them.
fn create_parents(env: &Env, model: &Model, vals_list: &mut [Map]) -> Result<()> {
    for (parent, link) in &model.inherits {
        let mut wanting = Vec::new();
        let mut parents = Vec::new();
        for (i, vals) in vals_list.iter_mut().enumerate() {
            let own: Vec<String> = vals
                .keys()
                .filter(|k| model.fields.get(*k).is_some_and(|f| f.inherited.as_deref() == Some(link)))
                .cloned()
                .collect();
            let mut parent_vals = Map::new();
            for k in own {
                if let Some(v) = vals.shift_remove(&k) {
                    parent_vals.insert(k, v);
                }
            }
            match vals.get(link).and_then(Json::as_i64) {
                Some(id) => {
                    if !parent_vals.is_empty() {
                        env.write(parent, &[id], Json::Object(parent_vals))?;
                    }
                }
                None => {
                    wanting.push(i);
                    parents.push(parent_vals);
                }
            }
        }
        if wanting.is_empty() {
            continue;
        }
        let ids = env.create_many(parent, parents)?;
        for (i, id) in wanting.into_iter().zip(ids) {
            vals_list[i].insert(link.clone(), json!(id));
        }
    }
    Ok(())
}

/// The column's value of a new record.
pub(super) fn column_value(env: &Env, model: &Model, field: &Field, json: &Json) -> Result<Value> {
    let value = convert::from_client(&model.name, field, json)?;
    if let (Value::Text(text), Kind::Selection, Some(_)) = (&value, field.kind, field.selection_fn)
        && !super::cache::choices(env, model, field)?.iter().any(|(v, _)| v == text)
    {
        return Err(convert::wrong_choice(&model.name, field, json));
    }
    if value == Value::Null {
        // columns that are computed after the INSERT cannot be NOT NULL in the database
        if field.required && field.is_computed() {
            return Err(super::dberror::mandatory(model, &field.name));
        }
        return Ok(value);
    }
    if field.translate {
        let plain = convert::plain(&value);
        let mut m = Map::new();
        m.insert("en_US".into(), plain.clone());
        m.insert(env.lang().to_owned(), plain);
        return Ok(Value::Json(Json::Object(m)));
    }
    if field.company_dependent {
        return Ok(Value::Json(json!({ env.company_id()?.to_string(): convert::plain(&value) })));
    }
    Ok(value)
}

/// [`column_value`] of an INSERT. Odoo hands what it was given to the database there, before it reads it itself: what
/// the database cannot read is its error, what only Python cannot read is Python's.
fn inserted_value(env: &Env, model: &Model, field: &Field, json: &Json) -> Result<Value> {
    let value = column_value(env, model, field, json);
    match (field.kind, json) {
        (Kind::Date, Json::String(s)) if s.is_empty() || value.is_err() => {
            Ok(Value::Text(s.chars().take(10).collect()))
        }
        (Kind::DateTime, Json::String(s)) if s.is_empty() => Ok(Value::Text(String::new())),
        (Kind::DateTime, Json::String(s)) if value.is_err() => {
            let head: String = s.chars().take(19).collect();
            if convert::parse_datetime(&head.replace('T', " ")).is_ok() {
                value
            } else {
                Ok(Value::Text(s.clone()))
            }
        }
        (Kind::DateTime, Json::Number(n)) => Ok(Value::Text(n.to_string())),
        (Kind::Many2one, Json::Array(a)) if !a.is_empty() => Err(match a.iter().find(|j| !j.is_number()) {
            Some(Json::String(s)) if a.iter().any(Json::is_number) => convert::not_an_integer(s),
            Some(Json::String(_)) => not_of_type(field, "text[]"),
            Some(Json::Bool(_)) => not_of_type(field, "boolean[]"),
            _ => not_of_type(field, "integer[]"),
        }),
        (Kind::Many2one, Json::Bool(true)) => Err(not_of_type(field, "boolean")),
        (Kind::Many2one, Json::Number(n)) if n.is_f64() => {
            Ok(Value::Int(n.as_f64().map_or(0, |f| f.round() as i64)))
        }
        (Kind::Many2one, Json::String(s)) if !s.is_empty() => match s.trim().parse() {
            Ok(id) => Ok(Value::Int(id)),
            Err(_) => Err(convert::not_an_integer(s)),
        },
        (Kind::Many2one, Json::Object(o)) if !o.is_empty() => {
            Err(Error::new(crate::error::Kind::Db, "can't adapt type 'dict'")
                .named("psycopg2.ProgrammingError"))
        }
        _ => value,
    }
}

/// What PostgreSQL says of a value of another type in the place of an id.
fn not_of_type(field: &Field, what: &str) -> Error {
    let said = format!("column \"{}\" is of type integer but expression is of type {what}\n", field.name);
    Error::new(crate::error::Kind::Db, said).named("psycopg2.errors.DatatypeMismatch")
}

/// A computed field that must be set has no NOT NULL in the database, since rows are made before it is computed;
/// emptying it by hand is refused here.
pub(super) fn not_emptied(model: &Model, f: &Field, value: Value, env: &Env) -> Result<Value> {
    if value == Value::Null && f.required && f.is_computed() {
        let e =
            DbError::NotNull { table: model.table.clone(), column: f.name.clone(), message: String::new() };
        return Err(super::dberror::translate(env.registry(), e));
    }
    Ok(value)
}

/// The column that PostgreSQL would name when several that must be set are empty: the first one, and Odoo orders
/// columns by their types.
fn first_missing<'m>(model: &'m Model, vals: &Map) -> Option<&'m Field> {
    let place = |f: &Field| match f.column_type() {
        ColType::Int => 1,
        ColType::Text if f.kind != Kind::Text && f.kind != Kind::Html => 2,
        ColType::Date => 3,
        ColType::Json => 4,
        ColType::Text => 5,
        ColType::Bool => 7,
        ColType::DateTime => 8,
        ColType::Numeric => 6,
        ColType::Float => 9,
        _ => 16,
    };
    let empty = |f: &Field| match (f.kind, vals.get(&f.name)) {
        (Kind::Boolean | Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2oneReference, Some(_)) => {
            false
        }
        (_, None | Some(Json::Null | Json::Bool(false))) => true,
        (Kind::Many2one | Kind::Selection | Kind::Date | Kind::DateTime, Some(v)) => {
            crate::value::json_is_falsy(v) && !v.is_string()
        }
        _ => false,
    };
    let must = |f: &&Field| f.required && f.has_column() && !f.automatic && !f.is_computed();
    let missing: Vec<&Field> = model.fields.values().filter(must).filter(|f| empty(f)).collect();
    // one alone is left to the database
    if missing.len() < 2 { None } else { missing.into_iter().min_by_key(|f| place(f)) }
}

fn insert(env: &Env, model: &Model, vals_list: &[Map], id: Option<i64>) -> Result<Vec<i64>> {
    let fields: Vec<&Field> = model
        .fields
        .values()
        .filter(|f| f.has_column() && !f.automatic && vals_list.iter().any(|v| v.contains_key(&f.name)))
        .collect();
    let mut ids = Vec::with_capacity(vals_list.len());
    for chunk in vals_list.chunks(ROWS_MAX) {
        let mut sql = Sql::of("INSERT INTO ").ident(&model.table).raw(" (");
        let mut names: Vec<Sql> = fields.iter().map(|f| Sql::new().ident(&f.name)).collect();
        if model.log_access {
            names.extend(
                ["create_uid", "create_date", "write_uid", "write_date"].map(|n| Sql::new().ident(n)),
            );
        }
        let given = id.is_some() || chunk.iter().any(|v| v.contains_key("id"));
        if names.is_empty() || given {
            names.push(Sql::new().ident("id"));
        }
        let mut rows = Vec::with_capacity(chunk.len());
        for vals in chunk {
            if let Some(f) = first_missing(model, vals) {
                return Err(super::dberror::mandatory(model, &f.name));
            }
            let mut cells = Vec::with_capacity(names.len());
            for f in &fields {
                let value = match vals.get(&f.name) {
                    Some(json) => not_emptied(model, f, inserted_value(env, model, f, json)?, env)?,
                    None => Value::Null,
                };
                cells.push(Sql::new().bind(f.column_type(), value));
            }
            if model.log_access {
                for _ in 0..2 {
                    cells.push(Sql::new().bind(ColType::Int, Value::Int(env.uid())));
                    cells.push(Sql::new().bind(ColType::DateTime, Value::DateTime(env.now())));
                }
            }
            if let Some(id) = id.or_else(|| vals.get("id").and_then(Json::as_i64)) {
                cells.push(Sql::new().int(id));
            } else if cells.is_empty() {
                let next = Sql::of("(SELECT COALESCE(MAX(id), 0) + 1 FROM ").ident(&model.table).raw(")");
                cells.push(next);
            }
            rows.push(Sql::of("(").sql(Sql::join(", ", cells)).raw(")"));
        }
        sql =
            sql.sql(Sql::join(", ", names)).raw(") VALUES ").sql(Sql::join(", ", rows)).raw(" RETURNING id");
        let got = env
            .execute_returning(&sql, &[ColType::Int])
            .map_err(|e| write::explain_reference(env, model, e, chunk))?;
        ids.extend(got.iter().map(|r| r[0].int()));
    }
    ids.sort_unstable();
    Ok(ids)
}

/// Applies x2many values and attachments.
fn relations(env: &Env, model: &Model, ids: &[i64], vals_list: &[Map]) -> Result<()> {
    for field in model.fields.values() {
        let stored_lines = field.kind.is_x2many() && field.store && field.inherited.is_none();
        if !stored_lines && !field.attachment {
            continue;
        }
        // records that were given the same value are served together
        let mut groups: Vec<(&Json, Vec<i64>)> = Vec::new();
        for (id, vals) in ids.iter().zip(vals_list) {
            let Some(value) = vals.get(&field.name) else { continue };
            match groups.iter_mut().find(|(v, _)| *v == value) {
                Some((_, ids)) if field.kind == Kind::Many2many => ids.push(*id),
                _ => groups.push((value, vec![*id])),
            }
        }
        for (value, ids) in groups {
            if field.attachment {
                write::store_attachment(env, model, &ids, field, value)?;
            } else if !matches!(value, Json::Array(a) if a.is_empty()) && !crate::value::json_is_falsy(value)
            {
                commands::apply(env, model, &ids, field, value)?;
            }
        }
    }
    Ok(())
}

/// Schedules the stored computed fields that were not given, and everything that depends on the new records.
fn schedule(env: &Env, model: &Model, ids: &[i64], vals_list: &[Map]) -> Result<()> {
    for field in model.fields.values().filter(|f| f.store && f.is_computed()) {
        let (mut given, mut wanting) = (Vec::new(), Vec::new());
        for (id, vals) in ids.iter().zip(vals_list) {
            if vals.contains_key(&field.name) { given.push(*id) } else { wanting.push(*id) }
        }
        compute::protect(env, model, &given, &field.name);
        compute::schedule(env, &model.name, &field.name, &wanting);
    }
    let mut names: Vec<&str> =
        model.fields.values().filter(|f| f.store && !f.kind.is_x2many()).map(|f| f.name.as_str()).collect();
    names.retain(|n| *n != "id");
    compute::modified(env, model, ids, &names)
}

/// Hands values of computed fields that are not stored to their inverse functions.
fn inverses(env: &Env, model: &Model, ids: &[i64], vals_list: &[Map]) -> Result<()> {
    for field in model.fields.values() {
        if field.inherited.is_some()
            || (field.store && field.inverse.is_none() && !write::follows_back(field))
        {
            continue;
        }
        let mut by_value: Vec<(&Json, Vec<i64>)> = Vec::new();
        for (id, vals) in ids.iter().zip(vals_list) {
            if let Some(v) = vals.get(&field.name) {
                match by_value.iter_mut().find(|(w, _)| *w == v) {
                    Some((_, ids)) => ids.push(*id),
                    None => by_value.push((v, vec![*id])),
                }
            }
        }
        for (value, ids) in by_value {
            write::inverse(env, model, &ids, field, value)?;
        }
    }
    Ok(())
}
