//! Between what clients send, what columns hold and what `read` answers, one rule per kind of field.

use super::{Field, Kind};
use crate::error::{Error, Result};
use crate::picture::{self, Size};
use crate::value::{
    DATE_FORMAT, DATETIME_FORMAT, Json, Value, date_text, datetime_text, json_is_falsy, py_repr, py_str,
};
use base64::Engine;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use std::borrow::Cow;

/// The value a client sent for `field` of `model`, as the column holds it (translations and companies aside).
/// Errors are those Odoo lets through: ValueError with Python's own words.
pub fn from_client(model: &str, field: &Field, json: &Json) -> Result<Value> {
    Ok(match field.kind {
        Kind::Boolean => Value::Bool(!json_is_falsy(json)),
        Kind::Integer | Kind::Many2oneReference => integer(json)?,
        Kind::Float | Kind::Monetary => Value::Float(rounded(field, float(json)?)),
        Kind::Char | Kind::Text => text(field, json),
        Kind::Html => match text(field, json) {
            Value::Text(t) if field.sanitize => Value::Text(crate::html::sanitize(&t)),
            v => v,
        },
        Kind::Date => date(json)?,
        Kind::DateTime => datetime(json)?,
        Kind::Selection => match json {
            j if json_is_falsy(j) => Value::Null,
            // without declared values, Rust supplies them and checks for itself
            Json::String(s) if field.selection.is_empty() || field.label(s).is_some() => {
                Value::Text(s.clone())
            }
            j => {
                return Err(wrong_choice(model, field, j));
            }
        },
        Kind::Many2one => many2one(json),
        Kind::Reference => reference(model, field, json)?,
        Kind::Binary => binary(json)?,
        Kind::Image => match binary(json)? {
            Value::Bytes(b) => Value::Bytes(picture(field, b)?),
            v => v,
        },
        Kind::Properties => crate::orm::properties::value::to_column(json)?,
        Kind::PropertiesDefinition => crate::orm::properties::definition::to_column(json)?,
        Kind::Json => match json {
            Json::Null | Json::Bool(false) => Value::Null,
            j => Value::Json(j.clone()),
        },
        Kind::One2many | Kind::Many2many => {
            return Err(Error::internal(format!("{}: commands are not a column value", field.name)));
        }
    })
}

/// A picture, no larger than its field allows.
pub fn picture(field: &Field, content: Vec<u8>) -> Result<Vec<u8>> {
    match picture::limited(&content, Size::square(field.max_side)) {
        Ok(Cow::Owned(smaller)) => Ok(smaller),
        Ok(Cow::Borrowed(_)) => Ok(content),
        Err(refusal) => Err(Error::user(refusal.to_string())),
    }
}

/// The error for a value that is none of a selection's.
pub fn wrong_choice(model: &str, field: &Field, json: &Json) -> Error {
    Error::value(format!("Wrong value for {model}.{}: {}", field.name, py_repr(json)))
}

/// Python's `int(value or 0)`.
pub fn int(json: &Json) -> Result<i64> {
    Ok(match json {
        j if json_is_falsy(j) => 0,
        Json::Bool(_) => 1,
        Json::Number(n) => n.as_i64().or(n.as_f64().map(|f| f as i64)).unwrap_or(0),
        Json::String(s) => s
            .trim()
            .parse()
            .map_err(|_| Error::value(format!("invalid literal for int() with base 10: {}", py_str(s))))?,
        j => {
            return Err(Error::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                py_type(j)
            )));
        }
    })
}

fn integer(json: &Json) -> Result<Value> {
    let i = match json {
        Json::Object(o) => o.get("id").and_then(Json::as_i64).unwrap_or(0),
        j => int(j)?,
    };
    if i32::try_from(i).is_err() {
        return Err(Error::new(crate::error::Kind::Db, "integer out of range\n")
            .named("psycopg2.errors.NumericValueOutOfRange"));
    }
    Ok(Value::Int(i))
}

/// Python's `float(value or 0.0)`.
pub fn float(json: &Json) -> Result<f64> {
    Ok(match json {
        j if json_is_falsy(j) => 0.0,
        Json::Bool(_) => 1.0,
        Json::Number(n) => n.as_f64().unwrap_or(0.0),
        Json::String(s) => s
            .trim()
            .parse()
            .map_err(|_| Error::value(format!("could not convert string to float: {}", py_str(s))))?,
        j => {
            return Err(Error::type_error(format!(
                "float() argument must be a string or a real number, not '{}'",
                py_type(j)
            )));
        }
    })
}

/// What PostgreSQL says of a text where it wants an integer.
pub fn not_an_integer(text: &str) -> Error {
    Error::new(crate::error::Kind::Db, format!("invalid input syntax for type integer: \"{text}\"\n"))
        .named("psycopg2.errors.InvalidTextRepresentation")
}

/// Python's name of a JSON value's type.
pub fn py_type(j: &Json) -> &'static str {
    match j {
        Json::Null => "NoneType",
        Json::Bool(_) => "bool",
        Json::Number(n) if n.is_f64() => "float",
        Json::Number(_) => "int",
        Json::String(_) => "str",
        Json::Array(_) => "list",
        Json::Object(_) => "dict",
    }
}

/// Rounds half away from zero to the field's digits, as Odoo's `float_round`.
pub fn rounded(field: &Field, f: f64) -> f64 {
    match field.digits {
        Some((_, scale)) => round_digits(f, scale),
        None => f,
    }
}

/// Rounds half away from zero to `scale` digits; a hair below a half counts as a half, as in Odoo.
pub fn round_digits(f: f64, scale: u32) -> f64 {
    let factor = 10f64.powi(scale.cast_signed());
    let scaled = f * factor;
    if !scaled.is_finite() || scaled.abs() > 1e15 {
        return f;
    }
    let epsilon = 2f64.powf(scaled.abs().max(f64::MIN_POSITIVE).log2() - 52.0);
    let r = (scaled.abs() + epsilon + 0.5).floor().copysign(scaled) / factor;
    if r == 0.0 { 0.0 } else { r }
}

fn text(field: &Field, json: &Json) -> Value {
    let s = match json {
        Json::Null | Json::Bool(false) => return Value::Null,
        Json::String(s) => s.clone(),
        j => py_repr(j),
    };
    match field.size {
        Some(n) if n > 0 => Value::Text(s.chars().take(usize::try_from(n).unwrap_or(usize::MAX)).collect()),
        _ => Value::Text(s),
    }
}

fn date(json: &Json) -> Result<Value> {
    match json {
        j if json_is_falsy(j) => Ok(Value::Null),
        Json::String(s) => parse_date(s).map(Value::Date),
        j => Err(Error::type_error(format!("'{}' object is not subscriptable", py_type(j)))),
    }
}

fn datetime(json: &Json) -> Result<Value> {
    match json {
        j if json_is_falsy(j) => Ok(Value::Null),
        Json::String(s) => parse_datetime(s).map(Value::DateTime),
        j => Err(Error::type_error(format!("strptime() argument 1 must be str, not {}", py_type(j)))),
    }
}

/// `YYYY-MM-DD`, anything after ten characters ignored (`fields.Date.to_date`).
pub fn parse_date(s: &str) -> Result<NaiveDate> {
    let day: String = s.chars().take(10).collect();
    NaiveDate::parse_from_str(&day, DATE_FORMAT).map_err(|_| {
        Error::value(format!("time data {} does not match format '{DATE_FORMAT}'", py_str(&day)))
    })
}

/// `YYYY-MM-DD[ HH[:MM[:SS]]]` (`fields.Datetime.to_datetime`).
pub fn parse_datetime(s: &str) -> Result<NaiveDateTime> {
    let bad = || Error::value(format!("time data {} does not match format '{DATETIME_FORMAT}'", py_str(s)));
    let head: String = s.chars().take(19).collect();
    if head.len() < s.len() {
        parse_datetime(&head).map_err(|_| bad())?;
        return Err(Error::value(format!("unconverted data remains: {}", &s[head.len()..])));
    }
    let (day, time) = head.split_at_checked(10).ok_or_else(bad)?;
    let day = parse_day(day).ok_or_else(bad)??;
    let time = match time.strip_prefix(' ') {
        None if time.is_empty() => NaiveTime::MIN,
        None => return Err(bad()),
        Some(t) => {
            let mut parts = [0u32; 3];
            for (slot, part) in parts.iter_mut().zip(t.splitn(3, ':')) {
                *slot = part.parse().map_err(|_| bad())?;
            }
            NaiveTime::from_hms_opt(parts[0], parts[1], parts[2]).ok_or_else(bad)?
        }
    };
    Ok(day.and_time(time))
}

/// A day; None for what does not look like one, Python's error for one that no month has.
fn parse_day(s: &str) -> Option<Result<NaiveDate>> {
    if let Ok(d) = NaiveDate::parse_from_str(s, DATE_FORMAT) {
        return Some(Ok(d));
    }
    let mut parts = s.splitn(3, '-').map(str::parse::<u32>);
    let (Some(Ok(_)), Some(Ok(1..=12)), Some(Ok(1..=31))) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    Some(Err(Error::value("day is out of range for month")))
}

/// Odoo takes an id, or anything else for none.
fn many2one(json: &Json) -> Value {
    match json {
        Json::Number(n) => n.as_i64().filter(|i| *i != 0).map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

fn reference(model: &str, field: &Field, json: &Json) -> Result<Value> {
    match json {
        j if json_is_falsy(j) => Ok(Value::Null),
        Json::String(s)
            if s.split_once(',').is_some_and(|(m, id)| !m.is_empty() && id.parse::<i64>().is_ok()) =>
        {
            Ok(Value::Text(s.clone()))
        }
        j => Err(Error::value(format!("Wrong value for {model}.{}: {}", field.name, py_repr(j)))),
    }
}

fn binary(json: &Json) -> Result<Value> {
    match json {
        j if json_is_falsy(j) => Ok(Value::Null),
        Json::String(s) => {
            let clean: String = s.split_ascii_whitespace().collect();
            base64::engine::general_purpose::STANDARD
                .decode(clean)
                .map(Value::Bytes)
                .map_err(|_| Error::user("File is not correctly encoded in base64"))
        }
        j => Err(Error::type_error(format!("a bytes-like object is required, not '{}'", py_type(j)))),
    }
}

/// What `read` answers for a value: false for empty, texts for dates; a many2one stays a bare id.
pub fn to_client(field: &Field, value: &Value) -> Json {
    match (field.kind, value) {
        (Kind::Boolean, v) => Json::Bool(!v.is_falsy()),
        (Kind::Integer | Kind::Many2oneReference, Value::Null) => Json::from(0),
        (Kind::Float | Kind::Monetary, v) => Json::from(match v {
            Value::Float(f) => rounded(field, *f),
            v => v.int() as f64,
        }),
        (Kind::One2many | Kind::Many2many, Value::Null) => Json::Array(Vec::new()),
        (Kind::Properties | Kind::PropertiesDefinition, Value::Null) => Json::Array(Vec::new()),
        (Kind::PropertiesDefinition, Value::Json(j)) => crate::orm::properties::definition::shown(j),
        (_, Value::DateTime(t)) => Json::String(datetime_text(*t)),
        (_, Value::Date(d)) => Json::String(date_text(*d)),
        (_, v) => plain(v),
    }
}

/// What `write` and `create` take for a value that was read: years keep the four digits that are read back.
pub fn to_write(field: &Field, value: &Value) -> Json {
    match value {
        Value::DateTime(_) | Value::Date(_) => plain(value),
        v => to_client(field, v),
    }
}

/// A value as JSON by its own type.
pub fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Bool(false),
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(i) => Json::from(*i),
        Value::Float(f) => Json::from(*f),
        Value::Text(s) => Json::String(s.clone()),
        Value::DateTime(d) => Json::String(d.format(DATETIME_FORMAT).to_string()),
        Value::Date(d) => Json::String(d.format(DATE_FORMAT).to_string()),
        Value::Json(j) => j.clone(),
        Value::Bytes(b) => Json::String(base64::engine::general_purpose::STANDARD.encode(b)),
        Value::Ids(v) => Json::Array(v.iter().map(|i| Json::from(*i)).collect()),
    }
}
