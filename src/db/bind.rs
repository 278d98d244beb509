//! One bound value, as each database takes it.
//!
//! A bind knows its column type, so that a NULL is a typed NULL on PostgreSQL. A list is ONE bind: an array on
//! PostgreSQL, a JSON text on SQLite; so the SQL text stays the same for any length and its statement cached.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::pg::Pg;
use diesel::serialize::{IsNull, Output, Result as ToSqlResult, ToSql};
use diesel::sql_types as st;
use diesel::sqlite::Sqlite;

use super::adapt;
use super::error::DbError;
use super::sql::ColType;
use super::timetext;
use crate::value::{Json, Value};

/// A value ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bind {
    Null(ColType),
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    DateTime(Stamp),
    Date(Day),
    Json(Document),
    Bytes(Vec<u8>),
    Ids(Ids),
    Texts(Texts),
    /// What PostgreSQL would refuse: the statement is not sent.
    Refused(Box<DbError>),
}

impl Bind {
    /// The value in its column's type where the two differ harmlessly (an integer for a float, a day for a moment, a
    /// text that reads as one).
    pub(super) fn new(column: ColType, value: Value) -> Bind {
        Bind::adapted(column, value).unwrap_or_else(|e| Bind::Refused(Box::new(e)))
    }

    fn adapted(column: ColType, value: Value) -> Result<Bind, DbError> {
        use ColType as C;
        if let Value::Json(j) = &value {
            adapt::json(j)?;
        }
        Ok(match (column, value) {
            (t, Value::Null) => Bind::Null(t),
            (C::Json, Value::Bool(b)) => Bind::Json(Document(Json::Bool(b))),
            (C::Json, Value::Int(i)) => Bind::Json(Document(i.into())),
            (C::Json, Value::Float(f)) => Bind::Json(Document(f.into())),
            (C::Json, Value::Text(s)) => {
                let text = Json::String(s);
                adapt::json(&text)?;
                Bind::Json(Document(text))
            }
            (t, Value::Text(s)) => adapt::text(t, s)?,
            (t @ (C::Date | C::DateTime), v @ (Value::Int(_) | Value::Float(_) | Value::Bool(_))) => {
                return Err(adapt::no_moment(t, &v));
            }
            (C::Bool, Value::Int(i)) => Bind::Bool(i != 0),
            (C::Int | C::BigInt, Value::Bool(b)) => Bind::Int(i64::from(b)),
            (C::Int | C::BigInt, Value::Float(f)) if f.fract() == 0.0 && f.abs() < 9e15 => {
                Bind::Int(f as i64)
            }
            (C::Text, Value::Int(i)) => Bind::Text(i.to_string()),
            (C::Float | C::Numeric, Value::Int(i)) => Bind::Float(i as f64),
            (C::DateTime, Value::Date(d)) => Bind::DateTime(Stamp(d.and_time(chrono::NaiveTime::MIN))),
            (C::Date, Value::DateTime(t)) => Bind::Date(Day(t.date())),
            (_, Value::Bool(b)) => Bind::Bool(b),
            (_, Value::Int(i)) => Bind::Int(i),
            (_, Value::Float(f)) => Bind::Float(f),
            (_, Value::DateTime(t)) => Bind::DateTime(Stamp(t)),
            (_, Value::Date(d)) => Bind::Date(Day(d)),
            (_, Value::Json(j)) => Bind::Json(Document(j)),
            (_, Value::Bytes(b)) => Bind::Bytes(b),
            (_, Value::Ids(v)) => Bind::Ids(Ids(v)),
        })
    }

    /// Its type's name: for logs, and part of a statement's shape.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Bind::Null(_) => "null",
            Bind::Bool(_) => "bool",
            Bind::Int(_) => "int",
            Bind::Float(_) => "float",
            Bind::Text(_) => "text",
            Bind::DateTime(_) => "datetime",
            Bind::Date(_) => "date",
            Bind::Json(_) => "json",
            Bind::Bytes(_) => "bytes",
            Bind::Ids(_) => "ids",
            Bind::Texts(_) => "texts",
            Bind::Refused(_) => "refused",
        }
    }
}

/// A moment: timestamp on PostgreSQL, text on SQLite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stamp(pub(super) NaiveDateTime);

/// A day: date on PostgreSQL, text on SQLite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Day(pub(super) NaiveDate);

/// jsonb on PostgreSQL, text on SQLite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document(pub(super) Json);

/// `int8[]` on PostgreSQL, a JSON text on SQLite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ids(pub(super) Vec<i64>);

/// `text[]` on PostgreSQL, a JSON text on SQLite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Texts(pub(super) Vec<String>);

impl ToSql<st::Timestamp, Pg> for Stamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> ToSqlResult {
        ToSql::<st::Timestamp, Pg>::to_sql(&self.0, out)
    }
}

impl ToSql<st::Text, Sqlite> for Stamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> ToSqlResult {
        out.set_value(timetext::format_datetime(self.0));
        Ok(IsNull::No)
    }
}

impl ToSql<st::Date, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> ToSqlResult {
        ToSql::<st::Date, Pg>::to_sql(&self.0, out)
    }
}

impl ToSql<st::Text, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> ToSqlResult {
        out.set_value(timetext::format_date(self.0));
        Ok(IsNull::No)
    }
}

impl ToSql<st::Jsonb, Pg> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> ToSqlResult {
        out.write_all(&[1])?; // the version of jsonb's binary form
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl ToSql<st::Text, Sqlite> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> ToSqlResult {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl ToSql<st::Text, Sqlite> for Ids {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> ToSqlResult {
        let mut text = String::with_capacity(self.0.len() * 6 + 2);
        text.push('[');
        for (i, id) in self.0.iter().enumerate() {
            write!(text, "{}{id}", if i > 0 { "," } else { "" })?;
        }
        text.push(']');
        out.set_value(text);
        Ok(IsNull::No)
    }
}

impl ToSql<st::Text, Sqlite> for Texts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> ToSqlResult {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
