//! Columns of fields in SQL: how a value is read, compared and listed.

use super::cache;
use super::domain::{Domain, parse};
use super::env::Env;
use super::field::Field;
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Value};

/// The expression that reads `field` at `alias`: the context's language, the current company.
pub fn read(env: &Env, model: &Model, alias: &str, field: &Field) -> Result<Sql> {
    if !field.has_column() {
        return Err(Error::value(format!(
            "Cannot convert {}.{} to SQL because it is not stored",
            model.name, field.name
        )));
    }
    let dialect = env.dialect();
    if field.translate {
        let col = || Sql::new().col(alias, &field.name);
        cache::check_lang(env)?;
        let lang = env.lang();
        let english = dialect.json_text(col(), "en_US");
        if lang == "en_US" {
            return Ok(english);
        }
        return Ok(Sql::of("COALESCE(").sql(dialect.json_text(col(), lang)).raw(", ").sql(english).raw(")"));
    }
    if field.company_dependent {
        let key = env.company_id()?.to_string();
        let text = dialect.json_text(Sql::new().col(alias, &field.name), &key);
        let to = field.value_type();
        return Ok(if to == ColType::Text { text } else { dialect.cast(text, to) });
    }
    Ok(Sql::new().col(alias, &field.name))
}

/// The type in which [`read`] gives its value.
pub fn read_type(field: &Field) -> ColType {
    field.value_type()
}

/// `expr [NOT] IN values`; ids and texts travel as one bind.
pub fn in_list(expr: Sql, column: ColType, values: Vec<Value>, positive: bool) -> Sql {
    match column {
        ColType::Int | ColType::BigInt => {
            let ids: Vec<i64> = values.iter().map(Value::int).collect();
            if positive { expr.ids(&ids) } else { expr.not_ids(&ids) }
        }
        ColType::Text => {
            let texts: Vec<String> = values.iter().map(|v| v.str().to_owned()).collect();
            if positive { expr.texts(&texts) } else { expr.not_texts(&texts) }
        }
        _ => {
            let binds = values.into_iter().map(|v| Sql::new().bind(column, v));
            expr.raw(if positive { " IN (" } else { " NOT IN (" }).sql(Sql::join(", ", binds)).raw(")")
        }
    }
}

/// The domain a field declares, when it is a constant one; a domain that names other fields says nothing about
/// stored lines.
pub fn field_domain(field: &Field) -> Result<Domain> {
    match &field.domain {
        Json::Array(_) => parse::parse(&field.domain),
        // a text is for the client's choice alone
        _ => Ok(Domain::True),
    }
}
