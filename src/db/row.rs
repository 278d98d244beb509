//! Rows become values, by the types the caller says the columns have.

use std::cell::RefCell;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types as st;
use diesel::sqlite::{SqliteType, SqliteValue};

use super::backend::{DynBackend, Statement};
use super::sql::ColType;
use super::timetext;
use crate::value::Value;

thread_local! {
    /// The types of the rows being read. Diesel hands a row no context, so they come this way; `Plan` sets and clears.
    static PLAN: RefCell<Vec<ColType>> = const { RefCell::new(Vec::new()) };
}

struct Plan;

impl Plan {
    fn set(types: &[ColType]) -> Plan {
        PLAN.with_borrow_mut(|plan| {
            plan.clear();
            plan.extend_from_slice(types);
        });
        Plan
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        PLAN.with_borrow_mut(Vec::clear);
    }
}

struct Values(Vec<Value>);

impl<DB: DynBackend> QueryableByName<DB> for Values {
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        PLAN.with_borrow(|types| {
            let mut out = Vec::with_capacity(types.len());
            for (i, column) in types.iter().enumerate() {
                let field = Row::get(row, i).ok_or("fewer columns in the row than types asked for")?;
                out.push(match field.value() {
                    None => Value::Null,
                    Some(value) => DB::decode(*column, value)?,
                });
            }
            Ok(Values(out))
        })
    }
}

/// Runs a statement and reads all its rows.
pub(super) fn fetch<C>(
    conn: &mut C,
    statement: Statement<'_>,
    types: &[ColType],
) -> QueryResult<Vec<Vec<Value>>>
where
    C: Connection + LoadConnection,
    C::Backend: DynBackend,
{
    let _plan = Plan::set(types);
    statement.load_iter::<Values, DefaultLoadingMode>(conn)?.map(|row| row.map(|values| values.0)).collect()
}

/// Oids of the number types an expression may come as, whatever its column is (a sum of int4 is int8, of int8 numeric).
mod oid {
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
    pub(super) const NUMERIC: u32 = 1700;
}

pub(super) fn decode_postgres(column: ColType, value: PgValue<'_>) -> deserialize::Result<Value> {
    Ok(match column {
        ColType::Bool => Value::Bool(FromSql::<st::Bool, Pg>::from_sql(value)?),
        ColType::Int | ColType::BigInt => match number(&value)? {
            Value::Float(f) => Value::Int(f as i64),
            n => n,
        },
        ColType::Float | ColType::Numeric => match number(&value)? {
            Value::Int(i) => Value::Float(i as f64),
            n => n,
        },
        ColType::Text => Value::Text(std::str::from_utf8(value.as_bytes())?.to_owned()),
        ColType::DateTime => Value::DateTime(<NaiveDateTime as FromSql<st::Timestamp, Pg>>::from_sql(value)?),
        ColType::Date => Value::Date(<NaiveDate as FromSql<st::Date, Pg>>::from_sql(value)?),
        ColType::Json => {
            // jsonb's binary form begins with its version; json is bare text, which never begins so.
            let bytes = value.as_bytes();
            Value::Json(serde_json::from_slice(bytes.strip_prefix(&[1]).unwrap_or(bytes))?)
        }
        ColType::Bytes => Value::Bytes(value.as_bytes().to_owned()),
    })
}

fn number(value: &PgValue<'_>) -> deserialize::Result<Value> {
    let bytes = value.as_bytes();
    let oid = value.get_oid().get();
    Ok(match oid {
        oid::INT4 => Value::Int(i32::from_be_bytes(bytes.try_into()?).into()),
        oid::INT8 => Value::Int(i64::from_be_bytes(bytes.try_into()?)),
        oid::INT2 => Value::Int(i16::from_be_bytes(bytes.try_into()?).into()),
        oid::FLOAT8 => Value::Float(f64::from_be_bytes(bytes.try_into()?)),
        oid::FLOAT4 => Value::Float(f32::from_be_bytes(bytes.try_into()?).into()),
        oid::NUMERIC => Value::Float(numeric(bytes).ok_or("numeric cannot be read")?),
        _ => return Err(format!("a number was expected, the type with oid {oid} came").into()),
    })
}

/// PostgreSQL's binary numeric: count of digits, weight of the first, sign, display scale; then digits to base 10000.
fn numeric(bytes: &[u8]) -> Option<f64> {
    const NEGATIVE: u16 = 0x4000;
    const NAN: u16 = 0xC000;
    const INFINITY: u16 = 0xD000;
    const MINUS_INFINITY: u16 = 0xF000;
    let words: Vec<u16> = bytes.chunks_exact(2).map(|w| u16::from_be_bytes([w[0], w[1]])).collect();
    let [count, weight, sign, _scale, digits @ ..] = words.as_slice() else { return None };
    if digits.len() != usize::from(*count) {
        return None;
    }
    match *sign {
        NAN => return Some(f64::NAN),
        INFINITY => return Some(f64::INFINITY),
        MINUS_INFINITY => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    // Through decimal text, so that the nearest double comes out, as PostgreSQL's own cast does.
    let mut text = String::with_capacity(digits.len() * 4 + 8);
    if *sign == NEGATIVE {
        text.push('-');
    }
    text.push('0');
    for digit in digits {
        text.push_str(&format!("{digit:04}"));
    }
    let exponent = (i32::from(*weight as i16) + 1 - digits.len() as i32) * 4;
    text.push_str(&format!("e{exponent}"));
    text.parse().ok()
}

pub(super) fn decode_sqlite(
    column: ColType,
    mut value: SqliteValue<'_, '_, '_>,
) -> deserialize::Result<Value> {
    Ok(match column {
        ColType::Bool => Value::Bool(value.read_long() != 0),
        ColType::Int | ColType::BigInt => Value::Int(value.read_long()),
        ColType::Float | ColType::Numeric => Value::Float(value.read_double()),
        ColType::Text => Value::Text(value.read_text().to_owned()),
        ColType::DateTime => {
            let text = value.read_text();
            Value::DateTime(timetext::parse_datetime(text).ok_or_else(|| format!("not a datetime: {text}"))?)
        }
        ColType::Date => {
            let text = value.read_text();
            Value::Date(timetext::parse_date(text).ok_or_else(|| format!("not a date: {text}"))?)
        }
        ColType::Json => match value.value_type() {
            Some(SqliteType::Binary) => return Err("JSON is kept as text, a blob came".into()),
            _ => Value::Json(serde_json::from_str(value.read_text())?),
        },
        ColType::Bytes => Value::Bytes(value.read_blob().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics() {
        let words = |w: &[i32]| w.iter().flat_map(|w| (*w as u16).to_be_bytes()).collect::<Vec<u8>>();
        assert_eq!(numeric(&words(&[0, 0, 0, 0])), Some(0.0));
        assert_eq!(numeric(&words(&[2, 0, 0, 2, 12, 3400])), Some(12.34));
        assert_eq!(numeric(&words(&[1, -1, 0x4000, 3, 10])), Some(-0.001));
        assert_eq!(numeric(&words(&[1, 1, 0, 0, 5])), Some(50_000.0));
        assert!(numeric(&words(&[0, 0, 0xC000, 0])).is_some_and(f64::is_nan));
        assert_eq!(numeric(&words(&[2, 0, 0, 0, 1])), None);
    }
}
