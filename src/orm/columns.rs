//! Columns of fields in SQL: how a value is read, compared and listed.

use super::domain::{Domain, compile, parse};
use super::env::Env;
use super::field::{Field, Kind, convert};
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Value, json_is_falsy, py_repr};

/// The expression that reads `field` at `alias`: the context's language, the current company.
pub fn read(env: &Env, model: &Model, alias: &str, field: &Field) -> Result<Sql> {
    if !field.has_column() {
        return Err(Error::value(format!(
            "Cannot convert {}.{} to SQL because it is not stored",
            model.name, field.name
        )));
    }
    let dialect = env.dialect();
    if field.translate {
        let col = || Sql::new().col(alias, &field.name);
        let lang = env.lang();
        let english = dialect.json_text(col(), "en_US");
        if lang == "en_US" {
            return Ok(english);
        }
        return Ok(Sql::of("COALESCE(").sql(dialect.json_text(col(), lang)).raw(", ").sql(english).raw(")"));
    }
    if field.company_dependent {
        let key = env.company_id()?.to_string();
        let text = dialect.json_text(Sql::new().col(alias, &field.name), &key);
        let to = field.value_type();
        return Ok(if to == ColType::Text { text } else { dialect.cast(text, to) });
    }
    Ok(Sql::new().col(alias, &field.name))
}

/// The type in which [`read`] gives its value.
pub fn read_type(field: &Field) -> ColType {
    field.value_type()
}

/// A value to compare the column with. Looser than storing: a selection may be asked for any text.
pub fn search_value(model: &Model, field: &Field, value: &Json) -> Result<Value> {
    match field.kind {
        // ids go to PostgreSQL as they are, numbers through Python's int()
        _ if field.name == "id" => id_of_text(value),
        Kind::Many2one => id_of_text(value),
        Kind::Date | Kind::DateTime if matches!(value, Json::Number(_) | Json::Bool(true)) => {
            Err(no_moment(field, &py_repr(value)))
        }
        Kind::Date | Kind::DateTime => convert::from_client(&model.name, field, value)
            .map_err(|e| value.as_str().map_or(e, |s| no_moment(field, s))),
        Kind::Many2oneReference | Kind::Integer => compile::convert_id(value),
        Kind::Selection | Kind::Char | Kind::Text | Kind::Html | Kind::Reference => {
            Ok(Value::Text(match value {
                Json::String(s) => s.clone(),
                other => py_repr(other),
            }))
        }
        Kind::Boolean => Ok(Value::Bool(!json_is_falsy(value))),
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => Ok(Value::Json(value.clone())),
        _ => convert::from_client(&model.name, field, value),
    }
}

fn id_of_text(value: &Json) -> Result<Value> {
    match value {
        Json::String(s) => s.trim().parse().map(Value::Int).map_err(|_| convert::not_an_integer(s)),
        v => compile::convert_id(v),
    }
}

/// What PostgreSQL says of a text that is no date: out of range where it looks like one.
fn no_moment(field: &Field, text: &str) -> Error {
    let digits =
        |at: std::ops::Range<usize>| text.get(at).is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    if digits(0..4) && digits(5..7) && digits(8..10) {
        let message = format!("date/time field value out of range: \"{text}\"\n");
        return Error::new(crate::error::Kind::Db, message).named("psycopg2.errors.DatetimeFieldOverflow");
    }
    let kind = if field.kind == Kind::Date { "date" } else { "timestamp" };
    let message = format!("invalid input syntax for type {kind}: \"{text}\"\n");
    Error::new(crate::error::Kind::Db, message).named("psycopg2.errors.InvalidDatetimeFormat")
}

/// `expr [NOT] IN values`; ids and texts travel as one bind.
pub fn in_list(expr: Sql, column: ColType, values: Vec<Value>, positive: bool) -> Sql {
    match column {
        ColType::Int | ColType::BigInt => {
            let ids: Vec<i64> = values.iter().map(Value::int).collect();
            if positive { expr.ids(&ids) } else { expr.not_ids(&ids) }
        }
        ColType::Text => {
            let texts: Vec<String> = values.iter().map(|v| v.str().to_owned()).collect();
            if positive { expr.texts(&texts) } else { expr.not_texts(&texts) }
        }
        _ => {
            let binds = values.into_iter().map(|v| Sql::new().bind(column, v));
            expr.raw(if positive { " IN (" } else { " NOT IN (" }).sql(Sql::join(", ", binds)).raw(")")
        }
    }
}

/// The domain a field declares, when it is a constant one; a domain that names other fields says nothing about
/// stored lines.
pub fn field_domain(field: &Field) -> Result<Domain> {
    match &field.domain {
        Json::Array(_) => parse::parse(&field.domain),
        // a text is for the client's choice alone
        _ => Ok(Domain::True),
    }
}
