//! Leaves on columns: `field op value` where the field has a column of its own.
//!
//! An empty number counts as 0 and an empty text as "" where values are compared, as in Odoo 18.

use super::Leaf;
use super::compile::Compiler;
use crate::db::{ColType, Part, Sql};
use crate::error::{Error, Result};
use crate::orm::columns;
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::value::{Json, Value, json_is_falsy, py_repr};
use serde_json::json;

impl Compiler<'_> {
    /// A comparison with a column.
    pub(super) fn scalar(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        op: &str,
        value: &Json,
    ) -> Result<Sql> {
        if !field.store || field.attachment {
            return self.attachment(model, alias, op, value, field);
        }
        let col = || match field.withheld {
            true => Ok(self.env.dialect().cast(Sql::of("NULL"), field.value_type())),
            false => columns::read(self.env, model, alias, field),
        };
        match op {
            "in" | "not in" => self.list(model, field, col()?, op == "in", value),
            "=?" if matches!(value, Json::Null | Json::Bool(false)) => Ok(Sql::of("TRUE")),
            "=?" => self.scalar(model, alias, field, "=", value),
            "like" | "ilike" | "not like" | "not ilike" | "=like" | "=ilike" => {
                self.like(field, col()?, op, value)
            }
            "child_of" | "parent_of" => Err(Error::key_error(op)),
            _ => self.compare(model, field, col()?, op, value),
        }
    }

    fn compare(&self, model: &Model, field: &Field, col: Sql, op: &str, value: &Json) -> Result<Sql> {
        let empty = matches!(value, Json::Null | Json::Bool(false));
        if field.kind == Kind::Boolean && matches!(op, "=" | "!=") {
            let wants_true = (op == "=") != json_is_falsy(value);
            return Ok(if wants_true {
                Sql::of("(").sql(col.clone()).raw(" IS NOT NULL AND ").sql(col).raw(")")
            } else {
                Sql::of("(").sql(col.clone()).raw(" IS NULL OR NOT ").sql(col).raw(")")
            });
        }
        let blank = blank_of(field);
        let value = match (&blank, empty) {
            (Some(b), true) => b,
            _ => value,
        };
        // where an empty value counts as 0 or "", it is compared as such
        let as_null = match &blank {
            Some(b) => may_be_null(field) && holds(b, op, value),
            None => op == "!=" && !empty,
        };
        match (op, &blank) {
            ("=", None) if empty => return Ok(Sql::of("(").sql(col).raw(" IS NULL)")),
            ("!=", None) if empty => return Ok(Sql::of("(").sql(col).raw(" IS NOT NULL)")),
            _ => {}
        }
        let bound = self.bound(model, field, op, value)?;
        let text: &'static str = match op {
            "=" => " = ",
            "!=" => " != ",
            "<" => " < ",
            ">" => " > ",
            "<=" => " <= ",
            ">=" => " >= ",
            _ => return Err(Error::value(format!("Invalid operator {op}"))),
        };
        let cond = Sql::of("(").sql(col.clone()).raw(text).sql(bound);
        Ok(if as_null { cond.raw(" OR ").sql(col).raw(" IS NULL)") } else { cond.raw(")") })
    }

    /// A value as a bind of the column's type. A day compared with a datetime means its start or its end.
    fn bound(&self, model: &Model, field: &Field, op: &str, value: &Json) -> Result<Sql> {
        let mut value = value.clone();
        if field.kind == Kind::DateTime
            && let Json::String(s) = &value
            && s.len() == 10
        {
            let end = matches!(op, ">" | "<=");
            value = Json::String(format!("{s} {}", if end { "23:59:59" } else { "00:00:00" }));
        }
        let v = columns::search_value(model, field, &value)?;
        Ok(Sql::new().bind(field.value_type(), v))
    }

    fn list(&self, model: &Model, field: &Field, col: Sql, positive: bool, value: &Json) -> Result<Sql> {
        let items: Vec<Json> = match value {
            Json::Array(a) => a.clone(),
            Json::Null => vec![Json::Null],
            other => {
                let op = if positive { "in" } else { "not in" };
                let leaf = Leaf { path: field.name.clone(), op: op.into(), value: other.clone() };
                return Err(Error::value(format!("Invalid domain term {}", leaf.repr())));
            }
        };
        let blank = blank_of(field);
        let is_null = |j: &Json| matches!(j, Json::Null | Json::Bool(false));
        let null = items.iter().any(|i| is_null(i) || blank.as_ref().is_some_and(|b| same(b, i)));
        let in_ = if positive { " IN (" } else { " NOT IN (" };
        let mut list: Option<Sql> = None;
        if field.kind == Kind::Boolean {
            let wanted: Vec<bool> =
                [true, false].into_iter().filter(|b| items.iter().any(|i| json_is_falsy(i) != *b)).collect();
            if !wanted.is_empty() {
                let parts = wanted.iter().map(|b| Sql::new().bind(ColType::Bool, Value::Bool(*b)));
                list = Some(Sql::new().sql(col.clone()).raw(in_).sql(Sql::join(", ", parts)).raw(")"));
            }
        } else {
            let values = items
                .iter()
                .filter(|i| !is_null(i))
                .chain(blank.iter().filter(|_| null))
                .map(|i| columns::search_value(model, field, i))
                .collect::<Result<Vec<_>>>()?;
            if !values.is_empty() {
                list = Some(columns::in_list(col.clone(), field.value_type(), values, positive));
            }
        }
        Ok(match (list, positive, null) {
            (Some(l), true, true) => Sql::of("(").sql(l).raw(" OR ").sql(col).raw(" IS NULL)"),
            (Some(l), true, false) => Sql::of("(").sql(l).raw(")"),
            (Some(l), false, true) => Sql::of("(").sql(l).raw(" AND ").sql(col).raw(" IS NOT NULL)"),
            (Some(l), false, false) => Sql::of("(").sql(l).raw(" OR ").sql(col).raw(" IS NULL)"),
            (None, true, true) => Sql::of("(").sql(col).raw(" IS NULL)"),
            (None, false, true) => Sql::of("(").sql(col).raw(" IS NOT NULL)"),
            (None, true, false) => Sql::of("FALSE"),
            (None, false, false) => Sql::of("TRUE"),
        })
    }

    fn like(&self, field: &Field, col: Sql, op: &str, value: &Json) -> Result<Sql> {
        let negative = op.starts_with("not ");
        let wildcard = !op.starts_with('=');
        if wildcard && json_is_falsy(value) {
            return Ok(Sql::of(if negative { "FALSE" } else { "TRUE" }));
        }
        let text = match value {
            Json::String(s) => s.clone(),
            other => py_repr(other),
        };
        let pattern = if wildcard { format!("%{text}%") } else { text };
        let dialect = self.env.dialect();
        let lhs = match field.value_type() {
            ColType::Text => col.clone(),
            _ => dialect.cast(col.clone(), ColType::Text),
        };
        let pattern = Sql::new().text(&pattern);
        let matched =
            if op.ends_with("ilike") { dialect.ilike(lhs, pattern) } else { dialect.like(lhs, pattern) };
        Ok(if negative {
            Sql::of("(NOT ").sql(matched).raw(" OR ").sql(col).raw(" IS NULL)")
        } else {
            Sql::of("(").sql(matched).raw(")")
        })
    }

    /// A binary kept as an attachment can only be asked whether it is there.
    fn attachment(&self, model: &Model, alias: &str, op: &str, value: &Json, field: &Field) -> Result<Sql> {
        if !matches!(op, "=" | "!=") || !json_is_falsy(value) {
            return Err(Error::value(format!(
                "Invalid search on binary field {}.{}",
                model.name, field.name
            )));
        }
        let not = if op == "=" { " NOT IN (" } else { " IN (" };
        Ok(Sql::of("(")
            .col(alias, "id")
            .raw(not)
            .raw("SELECT res_id FROM ir_attachment WHERE res_model = ")
            .text(&model.name)
            .raw(" AND res_field = ")
            .text(&field.name)
            .raw("))"))
    }

    /// `date_field.month_number op n`: a part of a moment, in the zone of the context.
    pub(super) fn part(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        part: &str,
        leaf: &Leaf,
    ) -> Result<Sql> {
        let Some(p) = Part::parse(part) else {
            return Err(Error::value(format!(
                "Error when processing the field '{}.{}', the granularity {part} is not supported. Only year_number, \
                 quarter_number, month_number, iso_week_number, day_of_year, day_of_month, day_of_week, \
                 hour_number, minute_number, second_number are supported",
                model.name, field.name
            )));
        };
        let week_start = crate::orm::read_group::week_start(self.env)?;
        let kind = if field.kind == Kind::Date { ColType::Date } else { ColType::DateTime };
        let expr = columns::read(self.env, model, alias, field)?;
        let moment = crate::db::Moment { expr, kind, tz: self.env.ctx("tz").as_str(), week_start };
        let col = self.env.dialect().date_part(p, moment);
        // a part compares like an id: 0 is a value, empty is not
        let as_id = Field { kind: Kind::Many2one, required: false, ..field.clone() };
        match leaf.op.as_str() {
            "in" | "not in" => self.list(model, &as_id, col, leaf.op == "in", &leaf.value),
            op => self.compare(model, &as_id, col, op, &leaf.value),
        }
    }
}

/// What an empty value of the field counts as; None where empty is a value of its own.
fn blank_of(field: &Field) -> Option<Json> {
    match field.kind {
        _ if field.name == "id" => None,
        Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2oneReference => Some(json!(0)),
        Kind::Char | Kind::Text | Kind::Html => Some(json!("")),
        _ => None,
    }
}

/// Whether the column can hold NULL at all.
fn may_be_null(field: &Field) -> bool {
    !field.required || field.is_computed()
}

fn same(blank: &Json, value: &Json) -> bool {
    match (blank.as_f64(), value.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => blank == value,
    }
}

/// Whether `blank op value`.
fn holds(blank: &Json, op: &str, value: &Json) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (blank, value) {
        (Json::String(a), Json::String(b)) => Some(a.cmp(b)),
        (a, b) => a.as_f64().zip(b.as_f64()).and_then(|(a, b)| a.partial_cmp(&b)),
    };
    match (op, order) {
        ("!=", o) => o != Some(Equal),
        ("=", o) => o == Some(Equal),
        ("<", o) => o == Some(Less),
        (">", o) => o == Some(Greater),
        ("<=", Some(Less | Equal)) | (">=", Some(Greater | Equal)) => true,
        _ => false,
    }
}
