//! The fields that the export dialog lists, and the labels of a saved list.

use serde_json::json;

use super::super::App;
use crate::error::{Error, Result};
use crate::orm::{Env, Model, fields_get};
use crate::value::{Json, Map};

/// Where in the tree of fields the dialog is: at the top, or below a field that leads to the model.
#[derive(Debug, Default)]
pub struct Within {
    /// Path so far.
    pub prefix: String,
    /// Labels so far.
    pub label: String,
    /// Kind of the field above.
    pub kind: String,
    /// Description of the field above.
    pub field: Option<Json>,
    /// Fields left out.
    pub exclude: Vec<String>,
    /// Only what an import takes.
    pub compatible: bool,
}

/// What is asked of each field.
const ATTRIBUTES: [&str; 6] = ["type", "string", "required", "relation_field", "relation", "readonly"];

/// The fields of a model, by label.
pub fn fields(app: &App, uid: i64, context: &Map, model: &str, within: &Within) -> Result<Json> {
    app.reading(uid, context.clone(), |env| Ok(json!(listed(env, env.model(model)?, within)?)))
}

fn described(env: &Env, model: &Model) -> Result<Map> {
    let attributes: Vec<String> = ATTRIBUTES.iter().map(|a| (*a).to_owned()).collect();
    fields_get::fields_get(env, model, &[], &attributes)
}

fn listed(env: &Env, model: &Model, within: &Within) -> Result<Vec<Json>> {
    let mut all = described(env, model)?;
    let through = ["many2one", "many2many"].contains(&within.kind.as_str());
    if within.compatible && through {
        let name = model.rec_name.clone().unwrap_or_else(|| "id".to_owned());
        all.retain(|field, _| field == "id" || *field == name);
    }
    let mut own = all.get("id").cloned().unwrap_or_else(|| json!({"type": "integer"}));
    if !within.compatible {
        all.insert(".id".into(), own.clone());
    }
    if let Some(Json::Object(above)) = &within.field {
        own = Json::Object(above.clone());
        own["type"] = above.get("field_type").or_else(|| above.get("type")).cloned().unwrap_or(Json::Null);
    }
    own["string"] = json!("External ID");
    all.insert("id".into(), own);
    if model.transient || model.is_abstract {
        all.shift_remove("id");
    }
    let mut out: Vec<(String, Json)> = Vec::new();
    for (name, field) in all {
        let hidden = within.exclude.contains(&name) || field["readonly"] == json!(true);
        if within.compatible && name != "id" && hidden {
            continue;
        }
        let label = field["string"].as_str().unwrap_or_default().to_lowercase();
        out.push((label, entry(&name, &field, within, through)));
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(out.into_iter().map(|(_, entry)| entry).collect())
}

fn entry(name: &str, field: &Json, within: &Within, through: bool) -> Json {
    let join = |a: &str, b: &str| if a.is_empty() { b.to_owned() } else { format!("{a}/{b}") };
    let id = join(&within.prefix, name);
    let label = join(&within.label, field["string"].as_str().unwrap_or_default());
    let or_false = |key: &str| field.get(key).cloned().unwrap_or(Json::Null);
    let mut value =
        if name == "name" && within.compatible && through { within.prefix.clone() } else { id.clone() };
    let mut out = json!({
        "id": id,
        "string": label,
        "children": false,
        "field_type": field["type"],
        "required": or_false("required"),
        "relation_field": or_false("relation_field"),
        "default_export": false,
    });
    if id.split('/').count() < 3
        && let Some(relation) = field.get("relation")
    {
        value.push_str("/id");
        out["params"] = json!({"model": relation, "prefix": id, "name": label, "parent_field": field});
        out["children"] = json!(true);
    }
    out["value"] = json!(value);
    out
}

/// The fields of a saved list with their labels, in its order.
pub fn namelist(app: &App, uid: i64, context: &Map, model: &str, export: i64) -> Result<Json> {
    app.reading(uid, context.clone(), |env| {
        let lines = env.fetch_one("ir.exports", export, &["export_fields"])?;
        let lines = env.fetch("ir.exports.line", lines.ids("export_fields"), &["name"])?;
        let mut out = Vec::new();
        for line in &lines {
            if let Some((label, kind)) = label(env, env.model(model)?, line.str("name"))? {
                out.push(json!({"id": line.str("name"), "string": label, "field_type": kind}));
            }
        }
        Ok(Json::Array(out))
    })
}

/// Label and kind of a path of fields; None when it leads nowhere any more.
fn label(env: &Env, model: &Model, path: &str) -> Result<Option<(String, Json)>> {
    let (first, rest) = path.split_once('/').map_or((path, None), |(a, b)| (a, Some(b)));
    let all = described(env, model)?;
    let Some(field) = all.get(if first == ".id" { "id" } else { first }) else { return Ok(None) };
    let own = field["string"].as_str().unwrap_or_default().to_owned();
    match rest {
        None => Ok(Some((own, field["type"].clone()))),
        Some("id") => Ok(Some((format!("{own}/External ID"), json!("integer")))),
        Some(rest) => {
            let relation = field["relation"].as_str().ok_or_else(|| {
                Error::value(format!(
                    "\"{first}\" leads to no other record, so \"{path}\" is no field to export"
                ))
            })?;
            let inner = label(env, env.model(relation)?, rest)?;
            Ok(inner.map(|(label, kind)| (format!("{own}/{label}"), kind)))
        }
    }
}
