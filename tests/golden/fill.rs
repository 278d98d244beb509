//! Variables: `${name}`, `${name[0]}`, `${name.key}`, `${name:s}`, and long strings that a file keeps short.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value as Json};

/// What a case knows by name.
pub type Variables = HashMap<String, Json>;

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\$\{([A-Za-z_][A-Za-z0-9_]*)((?:\[\d+\]|\.[A-Za-z0-9_]+)*)(:s)?\}").unwrap()
});
static STEP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[(\d+)\]|\.([A-Za-z0-9_]+)").unwrap());

/// The part of `value` at `path`, like `[0].partner_id[1]`.
pub fn walk(value: &Json, path: &str) -> Option<Json> {
    let mut at = value;
    for step in STEP.captures_iter(path) {
        at = match step.get(1) {
            Some(index) => at.get(index.as_str().parse::<usize>().ok()?)?,
            None => at.get(&step[2])?,
        };
    }
    Some(at.clone())
}

/// `value` with every variable replaced; a string that is only a variable takes its type. Err: one has no value.
pub fn fill(value: &Json, variables: &Variables) -> Result<Json, String> {
    match value {
        Json::String(text) => fill_text(text, variables),
        Json::Array(items) => items.iter().map(|item| fill(item, variables)).collect(),
        Json::Object(map) => match (map.len(), map.get("$repeat"), map.get("times").and_then(Json::as_u64)) {
            (2, Some(part), Some(times)) => Ok(said(&fill(part, variables)?).repeat(times as usize).into()),
            _ => fill_object(map, variables),
        },
        other => Ok(other.clone()),
    }
}

fn fill_object(map: &Map<String, Json>, variables: &Variables) -> Result<Json, String> {
    let mut filled = Map::new();
    for (key, value) in map {
        filled.insert(said(&fill_text(key, variables)?), fill(value, variables)?);
    }
    Ok(filled.into())
}

fn fill_text(text: &str, variables: &Variables) -> Result<Json, String> {
    let mut whole = String::new();
    let mut end = 0;
    for found in VARIABLE.captures_iter(text) {
        let value = look_up(&found, variables)?;
        let Some(all) = found.get(0) else { continue };
        if all.as_str() == text {
            return Ok(value);
        }
        whole.push_str(&text[end..all.start()]);
        whole.push_str(&said(&value));
        end = all.end();
    }
    whole.push_str(&text[end..]);
    Ok(whole.into())
}

fn look_up(found: &Captures<'_>, variables: &Variables) -> Result<Json, String> {
    let value = variables.get(&found[1]).and_then(|value| walk(value, &found[2]));
    let value = value.ok_or_else(|| format!("no value for {}", &found[0]))?;
    Ok(if found.get(3).is_some() { said(&value).into() } else { value })
}

/// As Python's `str` says it.
fn said(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "True".into(),
        Json::Bool(false) => "False".into(),
        Json::Null => "None".into(),
        Json::Array(items) => format!("[{}]", items.iter().map(represented).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// As Python's `repr` says it.
fn represented(value: &Json) -> String {
    match value {
        Json::String(text) => format!("'{text}'"),
        other => said(other),
    }
}

#[test]
fn variables_take_their_type() {
    use serde_json::json;

    let variables = Variables::from([("ids".into(), json!([4, {"name": "x"}]))]);
    let filled = |value: Json| fill(&value, &variables);
    assert_eq!(filled(json!(["${ids[0]}", "${ids[0]:s}", "n. ${ids[0]}"])), Ok(json!([4, "4", "n. 4"])));
    assert_eq!(filled(json!({"${ids[1].name}": true})), Ok(json!({"x": true})));
    assert_eq!(filled(json!({"$repeat": "ab", "times": 3})), Ok(json!("ababab")));
    assert_eq!(filled(json!("${no}")), Err("no value for ${no}".into()));
}
