//! Searching by a property: `task_properties.abc = value`.
//!
//! PostgreSQL compares the JSON itself, where numbers come before booleans; SQLite is told the same.

use crate::db::{ColType, Dialect, Sql};
use crate::error::{Error, Result};
use crate::orm::domain::Leaf;
use crate::orm::domain::compile::Compiler;
use crate::orm::field::Field;
use crate::orm::model::Model;
use crate::value::{Json, Value, json_is_falsy, py_str};
use serde_json::json;

const OPERATORS: &[&str] =
    &["=", "!=", ">", ">=", "<", "<=", "in", "not in", "like", "ilike", "not like", "not ilike"];

/// The condition of a leaf on the property `name`.
pub fn leaf(
    c: &Compiler<'_>,
    model: &Model,
    alias: &str,
    field: &Field,
    name: &str,
    leaf: &Leaf,
) -> Result<Sql> {
    let op = leaf.op.as_str();
    if !OPERATORS.contains(&op) {
        return Err(Error::value(format!("Wrong search operator {}", py_str(op))));
    }
    super::definition::check_name(name)?;
    let column = c.column(model, alias, field)?;
    let p = Property { dialect: c.env.dialect(), column, name };
    let value = &leaf.value;
    if (value.is_boolean() || value.is_null()) && matches!(op, "=" | "!=") {
        let unset = (op == "=") == json_is_falsy(value);
        return Ok(p.is_false(unset));
    }
    Ok(match (op, value) {
        ("in" | "not in", Json::Array(list)) => p.among(list, op == "in"),
        ("in" | "not in", one) => p.contains(one, op == "in"),
        (_, Json::String(s)) => p.text(op, s)?,
        (_, v) => p.number(op, v)?,
    })
}

struct Property<'a> {
    dialect: Dialect,
    column: Sql,
    name: &'a str,
}

impl Property<'_> {
    /// The value as text; NULL when it is not there.
    fn as_text(&self) -> Sql {
        match self.dialect {
            Dialect::Postgres => self.dialect.json_text(self.column.clone(), self.name),
            // booleans as PostgreSQL writes them
            Dialect::Sqlite => Sql::of("CASE ")
                .sql(self.kind())
                .raw(" WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(")
                .sql(self.dialect.json_text(self.column.clone(), self.name))
                .raw(" AS TEXT) END"),
        }
    }

    /// The value as JSON. The name is checked: lower case letters, digits and underscores.
    fn as_json(&self) -> Sql {
        Sql::of("(")
            .sql(self.column.clone())
            .either(format!(" -> '{}')", self.name), format!(" -> '$.\"{}\"')", self.name))
    }

    /// SQLite: the JSON type.
    fn kind(&self) -> Sql {
        Sql::of("json_type(").sql(self.column.clone()).raw(format!(", '$.\"{}\"')", self.name))
    }

    fn is_false(&self, unset: bool) -> Sql {
        let text = self.as_text();
        let sql = Sql::of("COALESCE(").sql(text).raw(", 'false')");
        Sql::of("(").sql(sql).raw(if unset { " = 'false')" } else { " <> 'false')" })
    }

    /// The value, or every element of it, is one of these (`<@`).
    fn among(&self, list: &[Json], positive: bool) -> Sql {
        let whole = Sql::new().bind(ColType::Json, Value::Json(json!(list)));
        let cond = match self.dialect {
            Dialect::Postgres => Sql::of("(").sql(self.as_json()).raw(" <@ ").sql(whole).raw(")"),
            Dialect::Sqlite => Sql::of("(")
                .sql(self.kind())
                .raw(" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(")
                .sql(self.as_json())
                .raw(") AS own WHERE NOT EXISTS (SELECT 1 FROM json_each(")
                .sql(whole)
                .raw(") AS wanted WHERE wanted.value = own.value AND wanted.type = own.type)))"),
        };
        self.signed(cond, positive)
    }

    /// A list property holds the value (`@>`).
    fn contains(&self, one: &Json, positive: bool) -> Sql {
        let cond = match self.dialect {
            Dialect::Postgres => Sql::of("(")
                .sql(self.as_json())
                .raw(" @> ")
                .bind(ColType::Json, Value::Json(one.clone()))
                .raw(")"),
            Dialect::Sqlite => Sql::of("EXISTS (SELECT 1 FROM json_each(")
                .sql(self.as_json())
                .raw(") AS own, json_each(")
                .bind(ColType::Json, Value::Json(json!([one])))
                .raw(") AS wanted WHERE wanted.value = own.value AND wanted.type = own.type)"),
        };
        self.signed(cond, positive)
    }

    fn signed(&self, cond: Sql, positive: bool) -> Sql {
        if positive {
            return cond;
        }
        Sql::of("(NOT COALESCE(").sql(cond).raw(", FALSE))")
    }

    fn text(&self, op: &str, value: &str) -> Result<Sql> {
        let text = self.as_text();
        let like = |t: Sql| {
            let pattern = Sql::new().text(&format!("%{value}%"));
            if op.ends_with("ilike") { self.dialect.ilike(t, pattern) } else { self.dialect.like(t, pattern) }
        };
        Ok(match op {
            "like" | "ilike" => like(text),
            "not like" | "not ilike" => self.signed(like(text), false),
            "!=" => {
                Sql::of("(").sql(text.clone()).raw(" <> ").text(value).raw(" OR ").sql(text).raw(" IS NULL)")
            }
            op => Sql::of("(").sql(text).raw(symbol(op)?).text(value).raw(")"),
        })
    }

    fn number(&self, op: &str, value: &Json) -> Result<Sql> {
        let sign = symbol(op)?;
        if self.dialect == Dialect::Postgres {
            let bound = Sql::new().bind(ColType::Json, Value::Json(value.clone()));
            return Ok(Sql::of("(").sql(self.as_json()).raw(sign).sql(bound).raw(")"));
        }
        let number = Sql::new().bind(ColType::Float, Value::Float(value.as_f64().unwrap_or(0.0)));
        let typed = Sql::of("(")
            .sql(self.kind())
            .raw(" IN ('integer', 'real') AND ")
            .sql(self.dialect.json_text(self.column.clone(), self.name))
            .raw(sign)
            .sql(number)
            .raw(")");
        // the order of JSON in PostgreSQL: null, text, number, boolean, list, object
        let others = match op {
            ">" | ">=" => "('true', 'false', 'array', 'object')",
            "<" | "<=" => "('null', 'text')",
            "!=" => "('true', 'false', 'array', 'object', 'null', 'text')",
            _ => return Ok(typed),
        };
        Ok(Sql::of("(").sql(typed).raw(" OR ").sql(self.kind()).raw(format!(" IN {others})")))
    }
}

fn symbol(op: &str) -> Result<&'static str> {
    Ok(match op {
        "=" => " = ",
        "!=" => " <> ",
        "<" => " < ",
        "<=" => " <= ",
        ">" => " > ",
        ">=" => " >= ",
        _ => return Err(Error::value(format!("Wrong search operator {}", py_str(op)))),
    })
}
