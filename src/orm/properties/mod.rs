//! Properties: fields whose definition lies on a parent record.
//!
//! The child keeps `{name: value}`, the container a list of definitions; `read` gives the definitions with values.

pub mod definition;
pub mod leaf;
pub mod value;

use super::behaviour::{Call, Method};
use super::env::Env;
use super::field::{Field, Kind};
use super::model::Model;
use super::{access, rule, search};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value, json_is_falsy, py_str};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The methods of this folder.
pub fn methods() -> Vec<Method> {
    vec![
        Method::model("get_property_definition", "full_name", get_property_definition)
            .class("BaseModel")
            .readonly(),
    ]
}

/// Definitions by record, in order.
type Definitions = HashMap<i64, Vec<Map>>;

/// Which definitions hold for records: those of their containers.
fn definitions(env: &Env, model: &Model, field: &Field, ids: &[i64]) -> Result<Definitions> {
    let Some((container, definition)) = &field.definition else { return Ok(Definitions::new()) };
    let root = env.sudo();
    let parents = super::fetch::column(&root, model, ids, container)?;
    let comodel = env.model(&model.field(container)?.relation)?;
    let mut wanted: Vec<i64> = parents.values().map(Value::int).filter(|i| *i != 0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found = super::fetch::column(&root, comodel, &wanted, definition)?;
    Ok(ids
        .iter()
        .map(|id| {
            let list = match parents.get(id).and_then(|p| found.get(&p.int())) {
                Some(Value::Json(Json::Array(a))) => a.iter().filter_map(Json::as_object).cloned().collect(),
                _ => Vec::new(),
            };
            (*id, list)
        })
        .collect())
}

fn text<'m>(definition: &'m Map, key: &str) -> &'m str {
    definition.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// Values as stored: `{name: value}` by record.
fn stored(env: &Env, model: &Model, field: &Field, ids: &[i64]) -> Result<HashMap<i64, Map>> {
    let values = super::fetch::column(&env.sudo(), model, ids, &field.name)?;
    Ok(values
        .into_iter()
        .map(|(id, v)| match v {
            Value::Json(Json::Object(m)) => (id, m),
            _ => (id, Map::new()),
        })
        .collect())
}

/// Properties as `read` gives them: the container's definitions, each with the record's value.
pub fn fill(env: &Env, model: &Model, field: &Field, ids: &[i64]) -> Result<HashMap<i64, Value>> {
    if !field.has_column() || field.definition.is_none() {
        return Ok(HashMap::new());
    }
    let definitions = definitions(env, model, field, ids)?;
    let mut values = stored(env, model, field, ids)?;
    let names = Names::of(env, &definitions, &values)?;
    Ok(ids
        .iter()
        .map(|id| {
            let own = values.remove(id).unwrap_or_default();
            let list = definitions.get(id).into_iter().flatten().map(|d| {
                let mut d = d.clone();
                let raw = own.get(text(&d, "name")).cloned().unwrap_or(json!(false));
                let value = names.shown(&d, raw);
                d.insert("value".into(), value);
                Json::Object(d)
            });
            (*id, Value::Json(Json::Array(list.collect())))
        })
        .collect())
}

/// Names of the records that properties refer to.
struct Names {
    /// (model, id) → name; None where the reader may not see the record.
    known: HashMap<(String, i64), Option<String>>,
}

/// Ids in a value of a relational property.
fn ids_in(value: &Json) -> Vec<i64> {
    match value {
        Json::Array(a) => {
            a.iter().filter_map(|j| j.as_i64().or_else(|| j.get(0).and_then(Json::as_i64))).collect()
        }
        v => v.as_i64().into_iter().collect(),
    }
}

impl Names {
    fn of(env: &Env, definitions: &Definitions, values: &HashMap<i64, Map>) -> Result<Names> {
        let mut wanted: HashMap<&str, HashSet<i64>> = HashMap::new();
        for (id, list) in definitions {
            for d in list.iter().filter(|d| matches!(text(d, "type"), "many2one" | "many2many")) {
                let value = values.get(id).and_then(|v| v.get(text(d, "name")));
                wanted.entry(text(d, "comodel")).or_default().extend(value.map(ids_in).unwrap_or_default());
            }
        }
        let mut known = HashMap::new();
        for (name, ids) in wanted {
            let Some(model) = env.registry().find(name).filter(|m| !m.is_abstract) else { continue };
            let mut ids: Vec<i64> = ids.into_iter().collect();
            ids.sort_unstable();
            let there = search::exists(env, model, &ids)?;
            let visible = match access::allowed(env, model, 'r')? {
                true => rule::filter(env, model, &there, 'r')?,
                false => Vec::new(),
            };
            let mut names = env.display_names(name, &visible)?;
            known.extend(there.into_iter().map(|id| ((name.to_owned(), id), names.remove(&id))));
        }
        Ok(Names { known })
    }

    /// A stored value as `read` shows it, without what its definition no longer knows.
    fn shown(&self, d: &Map, value: Json) -> Json {
        let known = |id: &i64| {
            let name = self.known.get(&(text(d, "comodel").to_owned(), *id))?;
            Some(json!([id, name]))
        };
        let options = |key: &str| -> Vec<&Json> {
            d.get(key).and_then(Json::as_array).into_iter().flatten().filter_map(|o| o.get(0)).collect()
        };
        match text(d, "type") {
            "boolean" => json!(!json_is_falsy(&value)),
            "integer" | "float" if value.is_number() => value,
            _ if json_is_falsy(&value) => json!(false),
            "many2one" => ids_in(&value).first().and_then(known).unwrap_or(json!(false)),
            "many2many" => ids_in(&value).iter().filter_map(known).collect(),
            "selection" if !options("selection").contains(&&value) => json!(false),
            "tags" => {
                let all = options("tags");
                value.as_array().into_iter().flatten().filter(|t| all.contains(t)).cloned().collect()
            }
            _ => value,
        }
    }
}

/// The definition of one property, wherever a container defines it; empty when none does.
pub fn definition_of(env: &Env, model: &Model, field: &Field, name: &str) -> Result<Map> {
    let Some((container, definition)) = &field.definition else { return Ok(Map::new()) };
    let comodel = env.model(&model.field(container)?.relation)?;
    let sql = Sql::of("SELECT e.value FROM ")
        .ident(&comodel.table)
        .raw(" AS c, ")
        .either("jsonb_array_elements(", "json_each(")
        .col("c", definition)
        .raw(") AS e WHERE ")
        .either("e.value ->> 'name' = ", "json_extract(e.value, '$.name') = ")
        .text(name)
        .raw(" LIMIT 1");
    let rows = env.query(&sql, &[ColType::Json])?;
    Ok(match rows.into_iter().next().and_then(|r| r.into_iter().next()) {
        Some(Value::Json(Json::Object(m))) => m,
        _ => Map::new(),
    })
}

/// `get_property_definition("task_properties.abc")`.
fn get_property_definition(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let full = call.text("full_name").unwrap_or_default();
    let Some((field, name)) = full.split_once('.') else {
        return Err(Error::value("not enough values to unpack (expected 2, got 1)"));
    };
    definition::check_name(name)?;
    let field = call
        .model
        .fields
        .get(field)
        .ok_or_else(|| Error::value(format!("Wrong field name {}.", py_str(field))))?;
    if field.kind != Kind::Properties {
        let class: String = field.kind.name().split('_').map(capitalised).collect();
        return Err(Error::attribute(format!("'{class}' object has no attribute 'definition_record'")));
    }
    Ok(Json::Object(definition_of(env, call.model, field, name)?))
}

fn capitalised(word: &str) -> String {
    let mut c = word.chars();
    c.next().map_or(String::new(), |f| f.to_uppercase().chain(c).collect())
}
