//! `web_save` and `web_resequence`.

use super::read::{specification, web_read};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::env::Env;
use crate::orm::field::{Kind, convert};
use crate::orm::{access, compute, rule};
use crate::value::{Json, Map, Value, objects};
use serde_json::json;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    let web = |m: Method| m.class("Base");
    vec![
        web(Method::record("web_save", "vals, specification, next_id=None", web_save)),
        web(Method::record(
            "web_resequence",
            "specification, field_name='sequence', offset=0",
            web_resequence,
        )),
    ]
}

/// Writes (or creates, without ids) and reads back; with `next_id`, reads that record instead.
fn web_save(env: &Env, call: &Call<'_>) -> Result<Json> {
    let spec = specification(call, "items")?;
    let Json::Object(vals) = call.arg("vals") else {
        let what = convert::py_type(call.arg("vals"));
        return Err(Error::type_error(format!("web_save: values must be a dict, not {what}")));
    };
    let model = call.model;
    let mut ids = call.ids.clone();
    if ids.is_empty() {
        ids = env.create_many(&model.name, vec![vals.clone()])?;
    } else {
        env.write(&model.name, &ids, Json::Object(vals.clone()))?;
    }
    if let Some(next) = call.arg("next_id").as_i64().filter(|i| *i != 0) {
        ids = vec![next];
    }
    let env = env.with_context(json!({"bin_size": true}));
    let mut rows = web_read(&env, model, &ids, spec)?;
    if rows.is_empty() && !call.ids.is_empty() && ids == call.ids {
        // a record that is gone answers with what was written to it, as Odoo's cache does
        rows = ids.iter().map(|id| echo(*id, vals, spec)).collect();
    }
    Ok(objects(rows))
}

fn echo(id: i64, vals: &Map, spec: &Map) -> Map {
    let mut row = Map::from_iter([("id".to_owned(), json!(id))]);
    for name in spec.keys().filter(|n| *n != "id") {
        row.insert(name.clone(), vals.get(name).cloned().unwrap_or(json!(false)));
    }
    row
}

/// Numbers records in the order given, in one statement.
fn web_resequence(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (model, spec) = (call.model, specification(call, "items")?);
    let name = call.text("field_name").unwrap_or("sequence");
    let Some(field) = model.fields.get(name) else { return Ok(json!([])) };
    if field.kind != Kind::Integer || !field.has_column() {
        return Err(Error::user(format!("{} cannot hold an order", field.name)));
    }
    access::check_field(env, model, field, 'w')?;
    rule::check(env, model, &call.ids, 'w')?;
    let offset = call.limit("offset")?.unwrap_or(0);
    let mut sets = vec![Sql::new().ident(name).raw(" = placed.place - 1 + ").int(offset)];
    if model.log_access {
        sets.push(Sql::of("write_uid = ").bind(ColType::Int, Value::Int(env.uid())));
        sets.push(Sql::of("write_date = ").bind(ColType::DateTime, Value::DateTime(env.now())));
    }
    let sql = Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .sql(Sql::join(", ", sets))
        .raw(" FROM ")
        .id_rows(&call.ids)
        .raw(" AS placed WHERE ")
        .ident(&model.table)
        .raw(".id = placed.value");
    env.execute(&sql)?;
    compute::modified(env, model, &call.ids, &[name])?;
    compute::flush(env)?;
    Ok(objects(web_read(env, model, &call.ids, spec)?))
}
