//! A record as Rust reads it: an id and the fields that were asked for.

use crate::value::{Json, Value};
use chrono::{NaiveDate, NaiveDateTime};
use std::sync::Arc;

/// Values of one record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub id: i64,
    names: Arc<Vec<String>>,
    values: Vec<Value>,
}

static NULL: Value = Value::Null;
static JSON_NULL: Json = Json::Null;

/// Records as Python prints them: `res.users(2,)`.
pub fn repr(model: &str, ids: &[i64]) -> String {
    let listed: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("{model}({}{})", listed.join(", "), if ids.len() == 1 { "," } else { "" })
}

impl Record {
    pub(super) fn new(id: i64, names: Arc<Vec<String>>, values: Vec<Value>) -> Record {
        Record { id, names, values }
    }
    /// A record without values.
    pub(super) fn empty(id: i64, names: impl Iterator<Item = String>) -> Record {
        let names: Vec<String> = names.collect();
        Record { id, values: vec![Value::Null; names.len()], names: Arc::new(names) }
    }
    pub(super) fn set(&mut self, i: usize, value: Value) {
        self.values[i] = value;
    }
    /// The value; NULL for a field that was not asked for.
    pub fn get(&self, field: &str) -> &Value {
        self.names.iter().position(|n| n == field).map_or(&NULL, |i| &self.values[i])
    }
    /// The integer, 0 when empty.
    pub fn int(&self, field: &str) -> i64 {
        self.get(field).int()
    }
    /// The many2one's id.
    pub fn opt(&self, field: &str) -> Option<i64> {
        Some(self.int(field)).filter(|i| *i != 0)
    }
    /// The text, "" when empty.
    pub fn str(&self, field: &str) -> &str {
        self.get(field).str()
    }
    /// The boolean.
    pub fn bool(&self, field: &str) -> bool {
        !self.get(field).is_falsy()
    }
    /// The number, 0 when empty.
    pub fn float(&self, field: &str) -> f64 {
        match self.get(field) {
            Value::Float(f) => *f,
            other => other.int() as f64,
        }
    }
    /// The ids of an x2many.
    pub fn ids(&self, field: &str) -> &[i64] {
        match self.get(field) {
            Value::Ids(v) => v,
            _ => &[],
        }
    }
    /// The JSON value, null when empty.
    pub fn json(&self, field: &str) -> &Json {
        match self.get(field) {
            Value::Json(j) => j,
            _ => &JSON_NULL,
        }
    }
    /// The datetime.
    pub fn datetime(&self, field: &str) -> Option<NaiveDateTime> {
        match self.get(field) {
            Value::DateTime(d) => Some(*d),
            _ => None,
        }
    }
    /// The day.
    pub fn date(&self, field: &str) -> Option<NaiveDate> {
        match self.get(field) {
            Value::Date(d) => Some(*d),
            _ => None,
        }
    }
}
