//! What PostgreSQL makes of a text where its column's type is another one, on both databases.
//!
//! Odoo sends most values as texts and lets PostgreSQL read them; clients know its answers (`invalid input syntax for
//! type date: "x"`). So a bind that PostgreSQL would refuse is refused here, before it is sent, in the same words.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::bind::{Bind, Day, Stamp};
use super::error::DbError;
use super::sql::ColType;
use super::timetext;
use crate::value::{Json, Value};

/// A text as a value of the column; or why not.
pub(super) fn text(column: ColType, text: String) -> Result<Bind, DbError> {
    if text.contains('\0') {
        return Err(nul());
    }
    if matches!(column, ColType::Text | ColType::Json | ColType::Bytes) {
        return Ok(Bind::Text(text));
    }
    let read = match column {
        ColType::Int | ColType::BigInt => text.trim().parse().ok().map(Bind::Int),
        ColType::Float | ColType::Numeric => text.trim().parse().ok().map(Bind::Float),
        ColType::Bool => boolean(text.trim()).map(Bind::Bool),
        ColType::Date => return moment(column, &text).map(|t| Bind::Date(Day(t.date()))),
        ColType::DateTime => return moment(column, &text).map(|t| Bind::DateTime(Stamp(t))),
        ColType::Text | ColType::Json | ColType::Bytes => None,
    };
    read.ok_or_else(|| invalid("psycopg2.errors.InvalidTextRepresentation", column, &text))
}

/// A number or boolean where a moment should be: psycopg2 sends its text.
pub(super) fn no_moment(column: ColType, value: &Value) -> DbError {
    let text = match value {
        Value::Int(i) => i.to_string(),
        Value::Float(f) => crate::value::py_float(*f),
        Value::Bool(b) => b.to_string(),
        _ => String::new(),
    };
    invalid("psycopg2.errors.InvalidDatetimeFormat", column, &text)
}

/// jsonb has no U+0000.
pub(super) fn json(value: &Json) -> Result<(), DbError> {
    let fine = match value {
        Json::String(s) => !s.contains('\0'),
        Json::Array(items) => return items.iter().try_for_each(json),
        Json::Object(map) => {
            map.values().try_for_each(json)?;
            !map.keys().any(|k| k.contains('\0'))
        }
        _ => true,
    };
    if fine {
        return Ok(());
    }
    Err(DbError::data("psycopg2.errors.UntranslatableCharacter", "unsupported Unicode escape sequence"))
}

/// What an int4 column cannot keep. Comparing with such a number is fine, storing it is not.
pub(super) fn storable(column: ColType, value: &Value) -> Result<(), DbError> {
    match (column, value) {
        (ColType::Int, Value::Int(i)) if i32::try_from(*i).is_err() => {
            Err(DbError::data("psycopg2.errors.NumericValueOutOfRange", "integer out of range"))
        }
        _ => Ok(()),
    }
}

pub(super) fn nul() -> DbError {
    DbError::data("builtins.ValueError", "A string literal cannot contain NUL (0x00) characters.")
}

fn invalid(name: &'static str, column: ColType, text: &str) -> DbError {
    DbError::data(name, format!("invalid input syntax for type {}: \"{text}\"", type_name(column)))
}

fn type_name(column: ColType) -> &'static str {
    match column {
        ColType::Bool => "boolean",
        ColType::Int => "integer",
        ColType::BigInt => "bigint",
        ColType::Float => "double precision",
        ColType::Numeric => "numeric",
        ColType::Text => "text",
        ColType::DateTime => "timestamp",
        ColType::Date => "date",
        ColType::Json => "json",
        ColType::Bytes => "bytea",
    }
}

/// Any beginning of these words that means only one of the two.
fn boolean(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    let begins = |words: &[&str]| !text.is_empty() && words.iter().any(|w| w.starts_with(&text));
    match &*text {
        "o" => None,
        _ if begins(&["true", "yes", "on", "1"]) => Some(true),
        _ if begins(&["false", "no", "off", "0"]) => Some(false),
        _ => None,
    }
}

/// `date := n sep n sep n`, year first when it has three digits or more, else month first; `[' ' | 'T'] time`.
fn moment(column: ColType, text: &str) -> Result<NaiveDateTime, DbError> {
    let trimmed = text.trim();
    if let Some(t) = timetext::parse_datetime(trimmed) {
        return Ok(t);
    }
    let syntax = || invalid("psycopg2.errors.InvalidDatetimeFormat", column, text);
    let (day, time) = trimmed.split_once([' ', 'T']).unwrap_or((trimmed, ""));
    let day = numbers(day, &['-', '/', '.']).ok_or_else(syntax)?;
    let time = if time.is_empty() { Some(NaiveTime::MIN) } else { clock(time).ok_or_else(syntax)? };
    let range = || {
        let message = format!("date/time field value out of range: \"{text}\"");
        DbError::data("psycopg2.errors.DatetimeFieldOverflow", message)
    };
    calendar_day(&day).zip(time).map(|(day, time)| day.and_time(time)).ok_or_else(range)
}

/// Three numbers and how many digits each has.
fn numbers(text: &str, separators: &[char]) -> Option<[(u32, usize); 3]> {
    let parts: Vec<_> = text.split(separators).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let one =
        |s: &str| s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse().ok().map(|n| (n, s.len())))?;
    Some([one(a)?, one(b)?, one(c)?])
}

fn calendar_day(parts: &[(u32, usize); 3]) -> Option<NaiveDate> {
    let [(a, digits), (b, _), (c, year_digits)] = *parts;
    let (year, month, day) = match digits {
        3.. => (a, b, c),
        _ if year_digits <= 2 => (if c < 70 { 2000 + c } else { 1900 + c }, a, b),
        _ => (c, a, b),
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `h:m[:s[.f]]`. None: no clock time at all; Some(None): numbers out of range.
fn clock(text: &str) -> Option<Option<NaiveTime>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole = if whole.matches(':').count() == 1 { format!("{whole}:0") } else { whole.to_owned() };
    let [(h, _), (m, _), (s, _)] = numbers(&whole, &[':'])?;
    let micros: f64 = format!("0.{fraction}").parse().ok()?;
    Some(NaiveTime::from_hms_micro_opt(h, m, s, ((micros * 1e6).round() as u32).min(999_999)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Result<String, String> {
        moment(ColType::Date, text)
            .map(|t| t.to_string())
            .map_err(|e| e.python_name().replace("psycopg2.errors.", ""))
    }

    #[test]
    fn dates_as_postgresql_reads_them() {
        for ok in ["2026-1-5", "2026/01/05", "01/05/2026", "1-5-26", "2026-01-05 00:00", " 2026-01-05 "] {
            assert_eq!(day(ok).as_deref(), Ok("2026-01-05 00:00:00"), "{ok}");
        }
        for overflow in ["31/01/2026", "2026-13-01", "2026-02-30", "2026-01-31 25:00:00"] {
            assert_eq!(day(overflow), Err("DatetimeFieldOverflow".into()), "{overflow}");
        }
        for invalid in ["", "x", "5", "not a date", "2026-01", "2026-01-31 noon"] {
            assert_eq!(day(invalid), Err("InvalidDatetimeFormat".into()), "{invalid}");
        }
        assert_eq!(day("2026-1-5 1:2:3.25").as_deref(), Ok("2026-01-05 01:02:03.250"));
    }

    #[test]
    fn booleans() {
        assert_eq!(["t", "YES", "on", "1", "f", "n", "off", "o", "", "x"].map(boolean), {
            let (t, f) = (Some(true), Some(false));
            [t, t, t, t, f, f, f, None, None, None]
        });
    }
}
