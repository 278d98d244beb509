//! Leaves on columns: `field op value` where the field has a column of its own. Follows `_condition_to_sql` of
//! Odoo 18's models: an empty number counts as 0 and an empty text as "" where values are compared for being the same.

use super::Leaf;
use super::compile::Compiler;
use super::operand;
use super::parse::is_negative;
use crate::db::{ColType, Part, Sql};
use crate::error::{Error, Kind as Of, Result};
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::{access, columns};
use crate::value::{Json, Value, json_is_falsy, py_repr, py_str};
use serde_json::json;

/// Operators that compare with a column, as SQL writes them.
const SYMBOLS: &[(&str, &str)] = &[
    ("=", " = "),
    ("!=", " != "),
    ("<", " < "),
    (">", " > "),
    ("<=", " <= "),
    (">=", " >= "),
    ("like", "~~"),
    ("=like", "~~"),
    ("not like", "!~~"),
    ("ilike", "~~*"),
    ("=ilike", "~~*"),
    ("not ilike", "!~~*"),
];

fn symbol(op: &str) -> Result<&'static str> {
    SYMBOLS.iter().find(|(name, _)| *name == op).map(|(_, sql)| *sql).ok_or_else(|| Error::key_error(op))
}

fn is_none(value: &Json) -> bool {
    matches!(value, Json::Null | Json::Bool(false))
}

/// Whether an empty value counts as 0.
fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Integer | Kind::Float | Kind::Monetary) && field.name != "id"
}

/// Whether an empty value counts as "".
fn is_text(field: &Field) -> bool {
    matches!(field.kind, Kind::Char | Kind::Text | Kind::Html)
}

/// Whether the column can hold NULL at all.
fn may_be_null(field: &Field) -> bool {
    !field.required || field.is_computed()
}

impl Compiler<'_> {
    /// The column of a field, if the caller may read it.
    pub(in crate::orm) fn column(&self, model: &Model, alias: &str, field: &Field) -> Result<Sql> {
        access::guard(self.env, model, &[field.name.as_str()], 'r')?;
        access::check_field(self.env, model, field, 'r')?;
        if field.withheld {
            return Ok(self.env.dialect().cast(Sql::of("NULL"), field.value_type()));
        }
        columns::read(self.env, model, alias, field)
    }

    /// A comparison with a column.
    pub(super) fn scalar(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        op: &str,
        value: &Json,
    ) -> Result<Sql> {
        if field.kind == Kind::Properties {
            return Err(Error::value(format!("Wrong path [{}]", py_str(&field.name))));
        }
        if !field.store || field.attachment {
            return self.attachment(model, alias, op, value, field);
        }
        if op == "=?" {
            return match is_none(value) {
                true => Ok(Sql::of("TRUE")),
                false => self.scalar(model, alias, field, "=", value),
            };
        }
        let value = &day_as_moment(field, op, value);
        let col = self.column(model, alias, field)?;
        match op {
            "in" | "not in" => list(field, col, op, value),
            _ => self.compare(field, col, op, value),
        }
    }

    fn compare(&self, field: &Field, col: Sql, op: &str, value: &Json) -> Result<Sql> {
        let same = matches!(op, "=" | "!=");
        let symbol = symbol(op)?;
        if let (Kind::Boolean, true, Json::Bool(b)) = (field.kind, same, value) {
            let wants_true = (op == "=") == *b;
            return Ok(if wants_true {
                Sql::of("(").sql(col.clone()).raw(" IS NOT NULL AND ").sql(col).raw(")")
            } else {
                Sql::of("(").sql(col.clone()).raw(" IS NULL OR NOT ").sql(col).raw(")")
            });
        }
        let mut value = value.clone();
        if same && (field.kind.is_relational() || field.name == "id") && json_is_falsy(&value) {
            value = json!(false);
        }
        if same && is_none(&value) {
            match op {
                _ if is_number(field) => value = json!(0),
                _ if is_text(field) => value = json!(""),
                "=" => return Ok(Sql::of("(").sql(col).raw(" IS NULL)")),
                _ => return Ok(Sql::of("(").sql(col).raw(" IS NOT NULL)")),
            }
        }
        let cond = if op.ends_with("like") {
            match self.like(field, col.clone(), op, symbol, &value)? {
                Some(cond) => cond,
                None => return Ok(Sql::of(if is_negative(op) { "FALSE" } else { "TRUE" })),
            }
        } else {
            let bound =
                operand::bound(field.value_type(), symbol.trim(), &operand::converted(field, &value)?)?;
            col.clone().raw(symbol).sql(bound)
        };
        let counts = or_empty(field, op, &value)? && may_be_null(field);
        let cond = Sql::of("(").sql(cond);
        Ok(if counts { cond.raw(" OR ").sql(col).raw(" IS NULL)") } else { cond.raw(")") })
    }

    /// `col LIKE pattern` and its like; None: the pattern is empty, and so says nothing.
    fn like(
        &self,
        field: &Field,
        col: Sql,
        op: &str,
        symbol: &'static str,
        value: &Json,
    ) -> Result<Option<Sql>> {
        let pattern = if op.starts_with('=') {
            operand::pattern(&operand::converted(field, value)?, symbol)?
        } else if json_is_falsy(value) {
            return Ok(None);
        } else {
            Some(match value {
                Json::String(s) => format!("%{s}%"),
                other => format!("%{}%", py_repr(other)),
            })
        };
        let dialect = self.env.dialect();
        let lhs = match field.value_type() {
            ColType::Text => col,
            _ => dialect.cast(col, ColType::Text),
        };
        let Some(pattern) = pattern else { return Ok(Some(Sql::of("NULL"))) };
        let pattern = Sql::new().text(&pattern);
        let matched =
            if op.ends_with("ilike") { dialect.ilike(lhs, pattern) } else { dialect.like(lhs, pattern) };
        Ok(Some(if is_negative(op) { Sql::of("NOT ").sql(matched) } else { matched }))
    }

    /// A binary kept as an attachment can only be asked whether it is there; what else is asked is ignored, as in Odoo.
    fn attachment(&self, model: &Model, alias: &str, op: &str, value: &Json, field: &Field) -> Result<Sql> {
        if !matches!(op, "=" | "!=") || !json_is_falsy(value) {
            tracing::error!(model = %model.name, field = %field.name, op, "a stored file cannot be compared: ignored");
            return Ok(Sql::of("TRUE"));
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
        let expr = self.column(model, alias, field)?;
        let moment = crate::db::Moment { expr, kind, tz: self.env.ctx("tz").as_str(), week_start };
        let col = self.env.dialect().date_part(p, moment);
        if matches!(leaf.op.as_str(), "in" | "not in") {
            // psycopg2 writes a list as an array, which SQL does not take there
            return Err(Error::new(Of::Db, "syntax error at or near \"ARRAY\"\n")
                .named("psycopg2.errors.SyntaxError"));
        }
        let symbol = symbol(&leaf.op)?;
        if leaf.op.ends_with("like") {
            let message = format!("operator does not exist: double precision {symbol} unknown\n");
            return Err(Error::new(Of::Db, message).named("psycopg2.errors.UndefinedFunction"));
        }
        let bound = operand::bound(ColType::Float, symbol.trim(), &leaf.value)?;
        Ok(Sql::of("(").sql(col).raw(symbol).sql(bound).raw(")"))
    }
}

/// Of a day compared with a moment, its start or its end.
fn day_as_moment(field: &Field, op: &str, value: &Json) -> Json {
    match value {
        Json::String(s) if field.kind == Kind::DateTime && s.chars().count() == 10 => {
            let end = matches!(op, ">" | "<=");
            Json::String(format!("{s} {}", if end { "23:59:59" } else { "00:00:00" }))
        }
        other => other.clone(),
    }
}

/// Whether an empty column answers the comparison too.
fn or_empty(field: &Field, op: &str, value: &Json) -> Result<bool> {
    if !op.starts_with(['<', '>']) {
        return Ok(json_is_falsy(value) != is_negative(op));
    }
    if !is_number(field) {
        return Ok(false);
    }
    // an empty number counts as 0
    let number = match operand::converted(field, value)? {
        Json::Number(n) => n.as_f64().unwrap_or(0.0),
        Json::String(s) => s.trim().parse().unwrap_or(0.0),
        _ => 0.0,
    };
    Ok(match op {
        "<" => 0.0 < number,
        ">" => 0.0 > number,
        "<=" => 0.0 <= number,
        _ => 0.0 >= number,
    })
}

/// `col [NOT] IN values`.
fn list(field: &Field, col: Sql, op: &str, value: &Json) -> Result<Sql> {
    let Json::Array(items) = value else {
        let leaf = Leaf { path: field.name.clone(), op: op.to_owned(), value: value.clone() };
        return Err(Error::value(format!("Invalid domain term {}", leaf.repr())));
    };
    let positive = op == "in";
    let mut wanted: Vec<Json> = items.iter().filter(|i| !is_none(i)).cloned().collect();
    let mut null = wanted.len() < items.len();
    let mut blank = |blank: Json| {
        let there = wanted.iter().any(|w| same(w, &blank));
        if null && !there {
            wanted.push(blank);
        }
        null |= there;
    };
    match field.kind {
        Kind::Boolean => {
            let any = wanted.iter().any(|w| !json_is_falsy(w));
            wanted = if any { vec![json!(true)] } else { Vec::new() };
            wanted.extend(null.then(|| json!(false)));
        }
        _ if is_number(field) => blank(json!(0)),
        _ if is_text(field) => blank(json!("")),
        _ => {}
    }
    let cond = match wanted.is_empty() {
        true => Sql::of(if positive { "FALSE" } else { "TRUE" }),
        false => among(field, col.clone(), positive, &wanted)?,
    };
    Ok(match (positive, null) {
        (true, true) | (false, false) => Sql::of("(").sql(cond).raw(" OR ").sql(col).raw(" IS NULL)"),
        (false, true) => Sql::of("(").sql(cond).raw(" AND ").sql(col).raw(" IS NOT NULL)"),
        (true, false) => cond,
    })
}

/// `(col [NOT] IN (values))`, of which there are some.
fn among(field: &Field, col: Sql, positive: bool, wanted: &[Json]) -> Result<Sql> {
    let column = field.value_type();
    let mut literals = Vec::with_capacity(wanted.len());
    let mut null = false;
    for w in wanted {
        let w = if field.name == "id" { w.clone() } else { operand::converted(field, w)? };
        match operand::literal(column, "=", &w)? {
            Some(l) => literals.push(l),
            None => null = true,
        }
    }
    if literals.is_empty() {
        return Ok(Sql::of("(NULL)"));
    }
    let cond = if literals.iter().all(|(kind, _)| *kind == column) {
        columns::in_list(col, column, literals.into_iter().map(|(_, v)| v).collect::<Vec<Value>>(), positive)
    } else {
        let binds = literals.into_iter().map(|(kind, v)| Sql::new().bind(kind, v));
        col.raw(if positive { " IN (" } else { " NOT IN (" }).sql(Sql::join(", ", binds)).raw(")")
    };
    // what is not in a list that holds NULL is never known to be so
    Ok(Sql::of("(").sql(cond).raw(if null && !positive { " AND NULL)" } else { ")" }))
}

/// Whether Python takes them for equal.
fn same(a: &Json, b: &Json) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}
