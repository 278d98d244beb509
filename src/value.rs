//! The scalar that rows, fields and binds share, and the JSON the protocols speak.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// What travels on the wires.
pub type Json = serde_json::Value;
/// A JSON object: `vals` of create and write, a context, keyword arguments.
pub type Map = serde_json::Map<String, Json>;

/// Rows as JSON, by moving: `json!` would copy each of them, keys and all.
pub fn objects(rows: Vec<Map>) -> Json {
    Json::Array(rows.into_iter().map(Json::Object).collect())
}

/// Odoo's text form of a datetime: UTC, seconds, no zone.
pub const DATETIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";
/// Odoo's text form of a date.
pub const DATE_FORMAT: &str = "%Y-%m-%d";

/// A day as Python's `strftime` writes it: a year before 1000 without leading zeros.
pub fn date_text(d: NaiveDate) -> String {
    format!("{}-{:02}-{:02}", d.year(), d.month(), d.day())
}

/// A moment as Python's `strftime` writes it, to the second.
pub fn datetime_text(t: NaiveDateTime) -> String {
    let mut out = date_text(t.date());
    let _ = write!(out, " {:02}:{:02}:{:02}", t.hour(), t.minute(), t.second());
    out
}

/// One value of one column of one row, or of one bind.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL NULL; Odoo's False for everything but booleans.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// Any integer, and a many2one's id.
    Int(i64),
    /// Double precision or numeric.
    Float(f64),
    /// Char, text, html, selection.
    Text(String),
    /// UTC, microseconds at most.
    DateTime(NaiveDateTime),
    /// A day.
    Date(NaiveDate),
    /// jsonb; on SQLite text.
    Json(Json),
    /// bytea / blob.
    Bytes(Vec<u8>),
    /// Ids of a one2many or many2many; as a bind, one bind.
    Ids(Vec<i64>),
}

impl Value {
    /// Whether Python would call it false.
    pub fn is_falsy(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Bool(b) => !b,
            Value::Int(i) => *i == 0,
            Value::Float(f) => *f == 0.0,
            Value::Text(s) => s.is_empty(),
            Value::Bytes(b) => b.is_empty(),
            Value::Ids(v) => v.is_empty(),
            Value::Json(j) => json_is_falsy(j),
            Value::DateTime(_) | Value::Date(_) => false,
        }
    }

    /// The integer, 0 when it is none.
    pub fn int(&self) -> i64 {
        match self {
            Value::Int(i) => *i,
            Value::Bool(b) => i64::from(*b),
            _ => 0,
        }
    }

    /// The text, empty when it is none.
    pub fn str(&self) -> &str {
        match self {
            Value::Text(s) => s,
            _ => "",
        }
    }
}

/// Whether Python would call this JSON value false.
pub fn json_is_falsy(j: &Json) -> bool {
    match j {
        Json::Null => true,
        Json::Bool(b) => !b,
        Json::Number(n) => n.as_f64() == Some(0.0),
        Json::String(s) => s.is_empty(),
        Json::Array(a) => a.is_empty(),
        Json::Object(o) => o.is_empty(),
    }
}

/// As Python's `str()` prints it: a text as it is, anything else as [`py_repr`].
pub fn py_text(j: &Json) -> String {
    j.as_str().map_or_else(|| py_repr(j), str::to_owned)
}

/// Python's `repr` of a JSON value as it would have come over RPC: `None`, `True`, `'text'`, `[1, 2]`.
/// Messages that quote what the caller sent use it.
pub fn py_repr(j: &Json) -> String {
    match j {
        Json::Null => "None".into(),
        Json::Bool(true) => "True".into(),
        Json::Bool(false) => "False".into(),
        Json::Number(n) => match n.as_i64() {
            Some(i) => i.to_string(),
            None => py_float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(s) => py_str(s),
        Json::Array(a) => format!("[{}]", a.iter().map(py_repr).collect::<Vec<_>>().join(", ")),
        Json::Object(o) => {
            let parts: Vec<_> = o.iter().map(|(k, v)| format!("{}: {}", py_str(k), py_repr(v))).collect();
            format!("{{{}}}", parts.join(", "))
        }
    }
}

/// Python's `repr` of a float.
pub fn py_float(f: f64) -> String {
    let a = f.abs();
    if f.is_finite() && a != 0.0 && !(1e-4..1e16).contains(&a) {
        let s = format!("{f:e}");
        let (mantissa, exp) = s.split_once('e').unwrap_or((&s, "0"));
        let (sign, digits) = exp.strip_prefix('-').map_or(('+', exp), |d| ('-', d));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    match f {
        _ if f.is_nan() => "nan".into(),
        _ if f.is_infinite() => if f > 0.0 { "inf" } else { "-inf" }.into(),
        _ if f.fract() == 0.0 => format!("{f:.1}"),
        _ => f.to_string(),
    }
}

/// Python's `repr` of a string: single quotes unless it holds one and no double quote.
pub fn py_str(s: &str) -> String {
    let quote = if s.contains('\'') && !s.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(s.len() + 2);
    out.push(quote);
    for c in s.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Texts as English lists them: `a`, `a and b`, `a, b, and c`.
pub fn listed(texts: &[&str]) -> String {
    match texts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [a, b] => format!("{a} and {b}"),
        [most @ .., last] => format!("{}, and {last}", most.join(", ")),
    }
}
