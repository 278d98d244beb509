//! Definitions of properties: what a container may declare.

use crate::error::{Error, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, Map, Value, json_is_falsy, py_repr, py_str};
use serde_json::json;

/// Keys a definition may have.
const KEYS: &[&str] = &[
    "name",
    "string",
    "type",
    "comodel",
    "default",
    "selection",
    "tags",
    "domain",
    "view_in_cards",
    "fold_by_default",
    "suffix",
    "currency_field",
];
/// Types a property may have.
const TYPES: &[&str] = &[
    "boolean",
    "integer",
    "float",
    "text",
    "char",
    "date",
    "datetime",
    "many2one",
    "many2many",
    "selection",
    "tags",
    "separator",
];

/// Refuses a name that cannot be a path's step.
pub fn check_name(name: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.len() <= 512 && name.chars().all(fits) {
        return Ok(());
    }
    Err(Error::value(format!("Wrong property field value name {}.", py_str(name))))
}

/// A list of definitions as the container's column holds it.
pub fn to_column(json: &Json) -> Result<Value> {
    let parsed;
    let json = match json {
        j if json_is_falsy(j) => return Ok(Value::Null),
        Json::String(s) => {
            parsed = serde_json::from_str(s)
                .map_err(|e| Error::value(format!("Wrong properties definition: {e}")))?;
            &parsed
        }
        j => j,
    };
    let Json::Array(list) = json else {
        return Err(Error::type_error(format!(
            "Wrong properties definition type <class '{}'>",
            py_type(json)
        )));
    };
    let mut names: Vec<&str> = Vec::new();
    let mut out = Vec::with_capacity(list.len());
    for d in list {
        let Json::Object(d) = d else {
            return Err(Error::value(format!("Wrong properties value {}", py_repr(json))));
        };
        check(d, &names)?;
        names.push(d.get("name").and_then(Json::as_str).unwrap_or_default());
        out.push(Json::Object(bare(d)));
    }
    Ok(Value::Json(Json::Array(out)))
}

fn check(d: &Map, before: &[&str]) -> Result<()> {
    let odd: Vec<&str> = d.keys().map(String::as_str).filter(|k| !KEYS.contains(k)).collect();
    if !odd.is_empty() {
        let odd = odd.join(", ");
        return Err(Error::value(format!("Some key are not allowed for a properties definition [{odd}].")));
    }
    let name = d.get("name").and_then(Json::as_str);
    if let Some(name) = name.filter(|n| !n.is_empty()) {
        check_name(name)?;
    }
    let missing: Vec<&str> = ["name", "type"].into_iter().filter(|k| !d.contains_key(*k)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Error::value(format!("Some key are missing for a properties definition [{missing}].")));
    }
    let name = name.unwrap_or_default();
    if name.is_empty() || before.contains(&name) {
        return Err(Error::value(format!("The property name {} is not set or duplicated.", py_str(name))));
    }
    let kind = d.get("type").and_then(Json::as_str).unwrap_or_default();
    if !TYPES.contains(&kind) {
        return Err(Error::value(format!("Wrong property type {}.", py_str(kind))));
    }
    for (key, what) in [("selection", "options"), ("tags", "tags")] {
        let listed: Vec<&Json> =
            d.get(key).and_then(Json::as_array).into_iter().flatten().filter_map(|o| o.get(0)).collect();
        let twice: Vec<String> = listed
            .iter()
            .enumerate()
            .filter(|(i, o)| listed[..*i].contains(o))
            .map(|(_, o)| o.as_str().map_or_else(|| o.to_string(), str::to_owned))
            .collect();
        if !twice.is_empty() {
            return Err(Error::value(format!("Some {what} are duplicated: {}.", twice.join(", "))));
        }
    }
    Ok(())
}

/// A definition without what only clients need: names of default records.
fn bare(d: &Map) -> Map {
    let mut d = d.clone();
    let kind = d.get("type").and_then(Json::as_str).unwrap_or_default().to_owned();
    if let Some(default) = d.get_mut("default") {
        match (kind.as_str(), &*default) {
            ("many2one", Json::Array(pair)) => *default = pair.first().cloned().unwrap_or(json!(false)),
            ("many2many", Json::Array(list)) => {
                *default = list.iter().map(|j| j.get(0).unwrap_or(j).clone()).collect();
            }
            _ => {}
        }
    }
    d
}

/// A container's definitions as `read` gives them: lists of choices are always there.
pub fn shown(list: &Json) -> Json {
    let Json::Array(list) = list else { return json!([]) };
    list.iter()
        .map(|d| {
            let mut d = d.clone();
            let key = match d.get("type").and_then(Json::as_str) {
                Some("selection") => "selection",
                Some("tags") => "tags",
                _ => return d,
            };
            if let Some(m) = d.as_object_mut() {
                m.entry(key).or_insert_with(|| json!([]));
            }
            d
        })
        .collect()
}
