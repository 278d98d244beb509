//! What the value of a leaf becomes on its way to a column: Python's conversion by the field first (Odoo's
//! `convert_to_column` without validation), then what PostgreSQL makes of the literal that psycopg2 writes.
//!
//! Errors are told by the names that a client of Odoo sees, the same on both databases: nothing that PostgreSQL would
//! refuse is sent.

use crate::db::{ColType, Sql};
use crate::error::{Error, Kind as Of, Result};
use crate::orm::field::{Field, Kind, convert};
use crate::value::{Json, Value, json_is_falsy, py_repr};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;

/// The value as the field hands it to the database.
pub(super) fn converted(field: &Field, value: &Json) -> Result<Json> {
    let none = matches!(value, Json::Null | Json::Bool(false));
    Ok(match field.kind {
        Kind::Boolean => json!(!json_is_falsy(value)),
        Kind::Integer | Kind::Many2oneReference if field.name != "id" => json!(convert::int(value)?),
        Kind::Float => json!(convert::rounded(field, convert::float(value)?)),
        Kind::Html if field.sanitize && !none => json!(crate::html::sanitize(&text(value))),
        Kind::Many2one | Kind::Json if json_is_falsy(value) => Json::Null,
        Kind::Many2one | Kind::Json => value.clone(),
        _ if none => Json::Null,
        _ => json!(text(value)),
    })
}

/// `str(value)`.
fn text(value: &Json) -> String {
    match value {
        Json::String(s) => s.clone(),
        other => py_repr(other),
    }
}

/// The literal on the right of `symbol`, of a column of type `column`.
pub(super) fn bound(column: ColType, symbol: &str, value: &Json) -> Result<Sql> {
    Ok(match literal(column, symbol, value)? {
        Some((kind, value)) => Sql::new().bind(kind, value),
        None => Sql::of("NULL"),
    })
}

/// The literal and its own type; None: NULL.
pub(super) fn literal(column: ColType, symbol: &str, value: &Json) -> Result<Option<(ColType, Value)>> {
    use ColType::{BigInt, Bool, Bytes, Date, DateTime, Float, Int, Json as Jsonb, Numeric, Text};
    let of = |literal: &str| {
        let message = format!("operator does not exist: {} {symbol} {literal}\n", type_name(column));
        Error::new(Of::Db, message).named("psycopg2.errors.UndefinedFunction")
    };
    Ok(Some(match (column, value) {
        (_, Json::Null) => return Ok(None),
        (Jsonb, v) => (Jsonb, Value::Json(v.clone())),
        (_, Json::Object(_)) => return Err(unadapted()),
        (Int | BigInt | Float | Numeric | Date | DateTime | Bytes | Text | Bool, Json::Array(a)) => {
            return Err(array_error(a, column, of));
        }
        (Bool, Json::Bool(b)) => (Bool, Value::Bool(*b)),
        (Bool, Json::String(s)) => return Err(invalid("boolean", s)),
        (_, Json::Bool(_)) => return Err(of("boolean")),
        (Int | BigInt, Json::Number(n)) => match n.as_i64() {
            Some(i) if i32::try_from(i).is_ok() => (column, Value::Int(i)),
            Some(i) => (BigInt, Value::Int(i)),
            None => (Float, Value::Float(n.as_f64().unwrap_or(0.0))),
        },
        (Int | BigInt, Json::String(s)) => {
            let i: i64 = s.trim().parse().map_err(|_| convert::not_an_integer(s))?;
            if column == Int && i32::try_from(i).is_err() {
                let message = format!("value \"{s}\" is out of range for type integer\n");
                return Err(Error::new(Of::Db, message).named("psycopg2.errors.NumericValueOutOfRange"));
            }
            (column, Value::Int(i))
        }
        (Float | Numeric, Json::Number(n)) => (column, Value::Float(n.as_f64().unwrap_or(0.0))),
        (Float | Numeric, Json::String(s)) => {
            let f = s.trim().parse().map_err(|_| invalid(type_name(column), s))?;
            (column, Value::Float(f))
        }
        (Date, Json::String(s)) => (Date, Value::Date(moment(s, "date")?.date())),
        (DateTime, Json::String(s)) => (DateTime, Value::DateTime(moment(s, "timestamp")?)),
        (Text, Json::String(s)) => (Text, Value::Text(s.clone())),
        (Bytes, Json::String(s)) => (Bytes, Value::Bytes(s.clone().into_bytes())),
        (Bool | Text | Bytes | Date | DateTime, Json::Number(n)) => {
            return Err(of(if n.is_f64() { "numeric" } else { "integer" }));
        }
    }))
}

/// Ids as a client wrote them, on the right of `id IN`.
pub(super) fn ids<'j>(list: impl IntoIterator<Item = &'j Json>) -> Result<Vec<i64>> {
    let mut out = Vec::new();
    for item in list {
        match literal(ColType::Int, "=", item)? {
            Some((_, Value::Int(id))) => out.push(id),
            Some((_, Value::Float(f))) if f.fract() == 0.0 => out.push(f as i64),
            // no id is a fraction, and none is NULL
            _ => {}
        }
    }
    Ok(out)
}

/// The refusal of `LIKE` for a pattern that is no text.
pub(super) fn pattern(value: &Json, symbol: &str) -> Result<Option<String>> {
    match value {
        Json::Null => Ok(None),
        Json::String(s) => Ok(Some(s.clone())),
        Json::Object(_) => Err(unadapted()),
        other => {
            let kind = match other {
                Json::Bool(_) => "boolean",
                Json::Number(n) if n.is_f64() => "numeric",
                Json::Number(_) => "integer",
                _ => "integer[]",
            };
            let message = format!("operator does not exist: text {symbol} {kind}\n");
            Err(Error::new(Of::Db, message).named("psycopg2.errors.UndefinedFunction"))
        }
    }
}

fn unadapted() -> Error {
    Error::new(Of::Db, "can't adapt type 'dict'").named("psycopg2.ProgrammingError")
}

fn invalid(kind: &str, text: &str) -> Error {
    let message = format!("invalid input syntax for type {kind}: \"{text}\"\n");
    Error::new(Of::Db, message).named("psycopg2.errors.InvalidTextRepresentation")
}

/// psycopg2 writes a list as `ARRAY[…]`, an empty one as `'{}'`.
fn array_error(list: &[Json], column: ColType, of: impl Fn(&str) -> Error) -> Error {
    let stray = list.iter().find_map(Json::as_str);
    match (list.first(), stray) {
        (None, _) => invalid(type_name(column), "{}"),
        (Some(Json::Object(_)), _) => unadapted(),
        (Some(Json::String(_)), _) if list.iter().all(Json::is_string) => of("text[]"),
        (_, Some(s)) if list.iter().any(Json::is_boolean) => invalid("boolean", s),
        (_, Some(s)) => invalid("integer", s),
        (Some(Json::Bool(_)), None) => of("boolean[]"),
        _ => of("integer[]"),
    }
}

fn type_name(column: ColType) -> &'static str {
    match column {
        ColType::Bool => "boolean",
        ColType::Int => "integer",
        ColType::BigInt => "bigint",
        ColType::Float => "double precision",
        ColType::Numeric => "numeric",
        ColType::Text => "character varying",
        ColType::Date => "date",
        ColType::DateTime => "timestamp without time zone",
        ColType::Json => "jsonb",
        ColType::Bytes => "bytea",
    }
}

/// A moment as PostgreSQL reads it of the forms that clients write; `kind`: what it is told to be.
fn moment(text: &str, kind: &str) -> Result<NaiveDateTime> {
    let s = text.trim();
    let (day, time) = s.find([' ', 'T']).map_or((s, ""), |at| (&s[..at], &s[at + 1..]));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let date = match day.len() {
        8 if digits(day) => NaiveDate::parse_from_str(day, "%Y%m%d"),
        6 if digits(day) => NaiveDate::parse_from_str(day, "%y%m%d"),
        _ => NaiveDate::parse_from_str(day, "%Y-%m-%d"),
    };
    let clock = match time.trim().trim_end_matches('Z') {
        "" => Ok(chrono::NaiveTime::MIN),
        t => chrono::NaiveTime::parse_from_str(t, "%H:%M:%S%.f")
            .or_else(|_| chrono::NaiveTime::parse_from_str(t, "%H:%M")),
    };
    if let (Ok(date), Ok(clock)) = (date, clock) {
        return Ok(date.and_time(clock));
    }
    let numbers = day.split('-').count() == 3 && day.split('-').all(digits);
    let out_of_range = match day.len() {
        _ if numbers => true,
        1 | 2 if digits(day) => !matches!(day.parse(), Ok(1..=31)),
        6 | 8 => digits(day),
        _ => false,
    };
    let (message, name) = if out_of_range {
        ("date/time field value out of range".to_owned(), "psycopg2.errors.DatetimeFieldOverflow")
    } else {
        (format!("invalid input syntax for type {kind}"), "psycopg2.errors.InvalidDatetimeFormat")
    };
    Err(Error::new(Of::Db, format!("{message}: \"{text}\"\n")).named(name))
}
