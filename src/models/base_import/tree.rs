//! The fields a file can be imported to, with those of their lines below them.

use crate::error::Result;
use crate::orm::{Env, fields_get};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;

/// How deep lines of lines are offered.
pub const DEPTH: usize = 3;

/// What the server keeps for itself.
const AUTOMATIC: [&str; 5] = ["id", "create_uid", "create_date", "write_uid", "write_date"];

/// The fields of a model, as the client shows them: the external id first.
pub fn of(env: &Env, model: &str, depth: usize) -> Result<Vec<Json>> {
    let mut tree =
        vec![json!({"id": "id", "name": "id", "string": "External ID", "required": false, "fields": [],
        "type": "id", "model_name": model})];
    if depth == 0 {
        return Ok(tree);
    }
    let attributes = ["string", "required", "type", "readonly", "relation"].map(str::to_owned);
    let technical = env.has_group("base.group_no_one")?;
    for (name, field) in fields_get::fields_get(env, env.model(model)?, &[], &attributes)? {
        let on = |key: &str| field.get(key).is_some_and(|v| !json_is_falsy(v));
        if AUTOMATIC.contains(&name.as_str()) || on("readonly") {
            continue;
        }
        let kind = field.get("type").and_then(Json::as_str).unwrap_or_default();
        let relation = field.get("relation").and_then(Json::as_str).unwrap_or_default();
        let mut entry = json!({"id": name, "name": name, "string": field.get("string"), "required": on("required"),
            "fields": [], "type": kind, "model_name": model});
        let key = |name: &str, label: &str| {
            let mut key = entry.clone();
            for (at, value) in [("name", name), ("string", label), ("type", "id"), ("model_name", relation)] {
                key[at] = json!(value);
            }
            key
        };
        match kind {
            "many2one" | "many2many" => {
                entry["fields"] = json!([key("id", "External ID"), key(".id", "Database ID")]);
            }
            "one2many" => {
                let mut below = of(env, relation, depth - 1)?;
                below.extend(technical.then(|| key(".id", "Database ID")));
                entry["fields"] = Json::Array(below);
            }
            _ => {}
        }
        if !relation.is_empty() {
            entry["comodel_name"] = json!(relation);
        }
        tree.push(entry);
    }
    Ok(tree)
}

/// A text of an entry.
pub fn text<'t>(entry: &'t Json, key: &str) -> &'t str {
    entry.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The fields below an entry.
pub fn below(entry: &Json) -> &[Json] {
    entry.get("fields").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The label in English of an entry, whatever the user's language is.
pub fn label_in_english<'e>(env: &'e Env, entry: &Json) -> Option<&'e str> {
    let model = env.registry().find(text(entry, "model_name"))?;
    model.fields.get(text(entry, "name")).map(|f| f.string.as_str())
}

/// Files' columns by number, as JSON objects have texts for keys.
pub fn by_number<T: Into<Json>>(columns: impl IntoIterator<Item = (usize, T)>) -> Map {
    columns.into_iter().map(|(at, value)| (at.to_string(), value.into())).collect()
}
