//! Values of properties on their way into the column.

use super::{definitions, stored, text};
use crate::error::{Error, Result};
use crate::orm::env::Env;
use crate::orm::field::convert::py_type;
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::write;
use crate::value::{Json, Map, Value, json_is_falsy, py_repr};
use serde_json::json;

/// What a property that a value does not mention becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Its default: the record is new, or came to another container.
    Default,
    /// False: what was written says all.
    False,
}

/// A value as sent — `{name: value}`, or a list of definitions with values — as the column holds it.
pub fn to_column(json: &Json) -> Result<Value> {
    match json {
        j if json_is_falsy(j) => Ok(Value::Null),
        Json::Object(m) => Ok(Value::Json(Json::Object(m.clone()))),
        Json::Array(list) => Ok(Value::Json(Json::Object(from_list(json, list)?))),
        Json::String(s) => match serde_json::from_str::<Json>(s) {
            Ok(Json::Object(m)) => Ok(Value::Json(Json::Object(m))),
            _ => Err(Error::value(format!("Wrong property value {}", py_repr(json)))),
        },
        other => Err(Error::value(format!("Wrong property type <class '{}'>", py_type(other)))),
    }
}

fn from_list(whole: &Json, list: &[Json]) -> Result<Map> {
    let mut out = Map::new();
    for d in list {
        let Json::Object(d) = d else {
            return Err(Error::value(format!("Wrong properties value {}", py_repr(whole))));
        };
        let (name, kind) = (text(d, "name"), text(d, "type"));
        let Some(value) = d.get("value").filter(|v| !v.is_null()) else { continue };
        if d.get("definition_deleted").is_some_and(|x| !json_is_falsy(x)) {
            continue;
        }
        let first = |j: &Json| j.get(0).unwrap_or(j).clone();
        let value = match kind {
            "integer" | "float" if value.is_number() => value.clone(),
            _ if json_is_falsy(value) => json!(false),
            "many2one" => match first(value) {
                id if id.is_i64() => id,
                _ => return Err(Error::value(format!("Wrong many2one value {}.", py_repr(value)))),
            },
            "many2many" => match value.as_array().map(|a| a.iter().map(first).collect::<Vec<_>>()) {
                Some(ids) if ids.iter().all(Json::is_i64) => json!(ids),
                _ => return Err(Error::value(format!("Wrong many2many value {}.", py_repr(value)))),
            },
            _ => value.clone(),
        };
        out.insert(name.to_owned(), value);
    }
    Ok(out)
}

/// The properties fields of a model whose container the field is.
fn held_by<'m>(model: &'m Model, container: &'m str) -> impl Iterator<Item = &'m Field> {
    model
        .fields
        .values()
        .filter(move |f| f.has_column() && f.definition.as_ref().is_some_and(|(c, _)| c == container))
}

/// After a write of `vals`: gives every property a value, and properties of records that moved their defaults.
pub fn settle(env: &Env, model: &Model, ids: &[i64], vals: &Map) -> Result<()> {
    for field in model.fields.values().filter(|f| f.kind == Kind::Properties && f.has_column()) {
        if let Some(value) = vals.get(&field.name) {
            redefine(env, model, ids, field, value)?;
            complete(env, model, ids, field, Absent::False)?;
        }
    }
    for name in vals.keys() {
        for field in held_by(model, name).filter(|f| !vals.contains_key(&f.name)) {
            complete(env, model, ids, field, Absent::Default)?;
        }
    }
    Ok(())
}

/// After records were made.
pub fn settle_new(env: &Env, model: &Model, ids: &[i64], vals: &[Map]) -> Result<()> {
    for field in model.fields.values().filter(|f| f.kind == Kind::Properties && f.has_column()) {
        for (id, vals) in ids.iter().zip(vals) {
            if let Some(value @ Json::Array(_)) = vals.get(&field.name) {
                redefine(env, model, &[*id], field, value)?;
            }
        }
        complete(env, model, ids, field, Absent::Default)?;
    }
    Ok(())
}

/// After a computed many2one changed.
pub fn moved(env: &Env, model: &Model, ids: &[i64], container: &str) -> Result<()> {
    for field in held_by(model, container) {
        complete(env, model, ids, field, Absent::Default)?;
    }
    Ok(())
}

/// A list that says its definitions changed changes them on the container, too.
fn redefine(env: &Env, model: &Model, ids: &[i64], field: &Field, value: &Json) -> Result<()> {
    let (Json::Array(list), Some((container, definition))) = (value, &field.definition) else {
        return Ok(());
    };
    let told = |d: &Json, key: &str| d.get(key).is_some_and(|v| !json_is_falsy(v));
    if !list.iter().any(|d| told(d, "definition_changed") || told(d, "definition_deleted")) {
        return Ok(());
    }
    let kept: Vec<Json> = list
        .iter()
        .filter(|d| !told(d, "definition_deleted"))
        .filter_map(Json::as_object)
        .map(|d| {
            let mut d = d.clone();
            d.retain(|k, _| k != "definition_changed" && k != "value");
            Json::Object(d)
        })
        .collect();
    let link = model.field(container)?;
    let mut owners: Vec<i64> = crate::orm::fetch::column(env, model, ids, container)?
        .values()
        .map(Value::int)
        .filter(|i| *i != 0)
        .collect();
    owners.sort_unstable();
    owners.dedup();
    env.write(&link.relation, &owners, json!({ definition.as_str(): kept }))
}

/// Stores a value for every property the containers define.
fn complete(env: &Env, model: &Model, ids: &[i64], field: &Field, absent: Absent) -> Result<()> {
    let root = env.sudo();
    let definitions = definitions(&root, model, field, ids)?;
    if absent == Absent::False && definitions.values().all(Vec::is_empty) {
        return Ok(());
    }
    let old = stored(&root, model, field, ids)?;
    let mut groups: Vec<(Json, Vec<i64>)> = Vec::new();
    for id in ids {
        let own = old.get(id).cloned().unwrap_or_default();
        let list = definitions.get(id).map_or(&[][..], Vec::as_slice);
        let mut new = Map::new();
        for d in list {
            let name = text(d, "name");
            let value = own.get(name).cloned().unwrap_or_else(|| match absent {
                Absent::False => json!(false),
                Absent::Default => default_of(env, field, d),
            });
            new.insert(name.to_owned(), value);
        }
        if new == own {
            continue;
        }
        let new = Json::Object(new);
        match groups.iter_mut().find(|(v, _)| *v == new) {
            Some((_, ids)) => ids.push(*id),
            None => groups.push((new, vec![*id])),
        }
    }
    for (value, ids) in groups {
        write::set_column(&root, model, &ids, field, &Value::Json(value))?;
    }
    Ok(())
}

/// The context's `default_<field>.<property>`, else the definition's.
fn default_of(env: &Env, field: &Field, definition: &Map) -> Json {
    let key = format!("default_{}.{}", field.name, text(definition, "name"));
    let value = env.context().get(&key).or_else(|| definition.get("default"));
    value.filter(|v| !json_is_falsy(v)).cloned().unwrap_or(json!(false))
}
