//! Groups by a property: `task_properties.abc`.

use super::query::Query;
use super::spec::Spec;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::domain::combine;
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::properties;
use crate::value::{Json, Map, Value};
use serde_json::json;

/// The property a group-by names: its field and its definition, `{}` when no container defines it.
fn definition(env: &Env, model: &Model, field: &Field, g: &Spec) -> Result<Map> {
    // Odoo asks for the property of that name
    let name = g.property.as_deref().unwrap_or("None");
    properties::definition::check_name(name)?;
    properties::definition_of(env, model, field, name)
}

/// The expression that groups by a property.
pub fn group<'e>(q: &mut Query<'e>, field: &'e Field, g: &Spec) -> Result<(Sql, ColType)> {
    let definition = definition(q.env, q.model, field, g)?;
    let name = g.property.as_deref().unwrap_or_default();
    let (column, _) = q.field_sql(field)?;
    let text = q.env.dialect().json_text(column.clone(), name);
    let kind = definition.get("type").and_then(Json::as_str).unwrap_or("char");
    let listed = |key: &str| -> Vec<String> {
        let options = definition.get(key).and_then(Json::as_array).into_iter().flatten();
        options.filter_map(|o| o.get(0).and_then(Json::as_str)).map(str::to_owned).collect()
    };
    match kind {
        "selection" => {
            let known = Sql::of("CASE WHEN ")
                .sql(text.clone())
                .texts(&listed("selection"))
                .raw(" THEN ")
                .sql(text)
                .raw(" END");
            Ok((known, ColType::Text))
        }
        "many2one" => Ok((corecord(q, &definition, &text, "many2one")?, ColType::Int)),
        "tags" | "many2many" => {
            let alias = format!("{}__{}_{name}", q.alias, field.name);
            let value = Sql::new().ident(&alias).raw(".value");
            let element = Sql::new()
                .either(
                    "(SELECT e.value #>> '{}' AS value FROM jsonb_array_elements(CASE WHEN \
                 jsonb_typeof(",
                    "(SELECT e.value AS value FROM json_each(CASE WHEN json_type(",
                )
                .sql(element_of(q, &column, name))
                .either(") = 'array' THEN ", ") = 'array' THEN ")
                .sql(element_of(q, &column, name))
                .either(" ELSE '[]'::jsonb END) AS e) AS ", " ELSE '[]' END) AS e) AS ");
            let limit = if kind == "tags" {
                value.clone().texts(&listed("tags"))
            } else {
                let ids = comodel_ids(q, &definition)?;
                q.env.dialect().cast(value.clone(), ColType::Int).raw(" IN (").sql(ids).raw(")")
            };
            let join = Sql::new()
                .either(" LEFT JOIN LATERAL ", " LEFT JOIN ")
                .sql(element)
                .ident(&alias)
                .raw(" ON ")
                .sql(limit);
            q.join(join);
            Ok(if kind == "tags" {
                (value, ColType::Text)
            } else {
                (q.env.dialect().cast(value, ColType::Int), ColType::Int)
            })
        }
        "date" | "datetime" => {
            let (to, field_kind) = if kind == "date" {
                (ColType::Date, Kind::Date)
            } else {
                (ColType::DateTime, Kind::DateTime)
            };
            let given =
                Sql::of("CASE WHEN ").sql(text.clone()).raw(" <> 'false' THEN ").sql(text).raw(" END");
            let moment = match q.env.dialect() {
                crate::db::Dialect::Postgres => q.env.dialect().cast(given, to),
                crate::db::Dialect::Sqlite => given,
            };
            q.moment(moment, field_kind, g.func.as_deref().unwrap_or("month"))
        }
        "boolean" => {
            let yes = Sql::of("COALESCE(").sql(text).either(" = 'true', FALSE)", " = 1, FALSE)");
            Ok((yes, ColType::Bool))
        }
        "integer" => Ok((number(q, text, ColType::Int), ColType::Int)),
        "float" => Ok((number(q, text, ColType::Float), ColType::Float)),
        _ => {
            let given = Sql::of("CASE WHEN ")
                .sql(q.env.dialect().cast(text.clone(), ColType::Text))
                .either(" <> 'false' THEN ", " <> '0' THEN ")
                .sql(text)
                .raw(" END");
            Ok((given, ColType::Text))
        }
    }
}

/// The property's value as JSON.
fn element_of(q: &Query<'_>, column: &Sql, name: &str) -> Sql {
    let _ = q;
    let plain: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    Sql::of("(").sql(column.clone()).either(format!(" -> '{plain}')"), format!(" -> '$.{plain}')"))
}

fn number(q: &Query<'_>, text: Sql, to: ColType) -> Sql {
    let given = Sql::of("CASE WHEN ")
        .sql(q.env.dialect().cast(text.clone(), ColType::Text))
        .raw(" <> 'false' THEN ")
        .sql(text)
        .raw(" END");
    q.env.dialect().cast(given, to)
}

fn comodel_ids(q: &Query<'_>, definition: &Map) -> Result<Sql> {
    let name = definition.get("comodel").and_then(Json::as_str).unwrap_or_default();
    let label = definition.get("string").and_then(Json::as_str).unwrap_or_default();
    let comodel =
        q.env.registry().find(name).filter(|m| !m.is_abstract && !m.transient).ok_or_else(|| {
            Error::user(format!(
                "You cannot use “{label}” because the linked “{name}” model doesn't exist or is invalid"
            ))
        })?;
    Ok(Sql::of("SELECT id FROM ").ident(&comodel.table))
}

fn corecord(q: &Query<'_>, definition: &Map, text: &Sql, _kind: &str) -> Result<Sql> {
    let id = number(q, text.clone(), ColType::Int);
    let ids = comodel_ids(q, definition)?;
    Ok(Sql::of("CASE WHEN ").sql(id.clone()).raw(" IN (").sql(ids).raw(") THEN ").sql(id).raw(" END"))
}

/// What the groups are called, and which domain makes each.
pub fn format(
    env: &Env,
    model: &Model,
    field: &Field,
    g: &Spec,
    values: &[Value],
) -> Result<Vec<(Json, Json)>> {
    let definition = definition(env, model, field, g)?;
    let path = format!("{}.{}", g.field, g.property.as_deref().unwrap_or_default());
    let kind = definition.get("type").and_then(Json::as_str).unwrap_or("char");
    let unset = json!([[path, "=", false]]);
    let plain = |v: &Value| match v {
        Value::Null => json!(false),
        v => super::super::field::convert::plain(v),
    };
    let options = |key: &str| definition.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    let all: Vec<Json> = values.iter().filter(|v| !v.is_falsy()).map(plain).collect();
    let not_any = |list: &[Json]| {
        let leaves: Vec<Json> = list.iter().map(|x| json!([[path, "not in", x]])).collect();
        if list.is_empty() { json!([]) } else { combine::or(&[unset.clone(), combine::and(&leaves)]) }
    };
    let mut names = Default::default();
    if let ("many2one" | "many2many", Some(comodel)) =
        (kind, definition.get("comodel").and_then(Json::as_str))
    {
        let ids: Vec<i64> = all.iter().filter_map(Json::as_i64).collect();
        names = env.display_names(comodel, &ids)?;
    }
    let tags = options("tags");
    let choices: Vec<Json> = options("selection").iter().filter_map(|o| o.get(0).cloned()).collect();
    Ok(values
        .iter()
        .map(|v| {
            let is = json!([[path, "=", plain(v)]]);
            let holds = json!([[path, "in", plain(v)]]);
            let named = || json!([v.int(), names.get(&v.int())]);
            match (kind, v.is_falsy()) {
                ("selection", true) => {
                    (json!(false), combine::or(&[unset.clone(), json!([[path, "not in", choices]])]))
                }
                ("many2one", true) => {
                    (json!(false), combine::or(&[unset.clone(), json!([[path, "not in", all]])]))
                }
                ("many2one", false) => (named(), is),
                ("many2many", true) => (json!(false), not_any(&all)),
                ("many2many", false) => (named(), holds),
                ("tags", true) => {
                    let ids: Vec<Json> = tags.iter().filter_map(|t| t.get(0).cloned()).collect();
                    (json!(false), not_any(&ids))
                }
                ("tags", false) => (
                    tags.iter().find(|t| t.get(0) == Some(&plain(v))).cloned().unwrap_or(json!(false)),
                    holds,
                ),
                _ => (plain(v), is),
            }
        })
        .collect())
}
