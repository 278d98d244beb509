//! The contract of an answer: JSON is found in it, and must validate against the template's `output_schema`.
//!
//! Pure. Remote references in a schema are not followed.

use crate::error::{Error, Result};
use crate::value::Json;

/// How many faults of an answer are told to the model (and to people).
const FAULTS_TOLD: usize = 5;

/// A schema that has been read.
#[derive(Debug)]
pub struct Contract {
    validator: jsonschema::Validator,
}

impl Contract {
    /// Reads a schema; refused when it is none.
    pub fn new(schema: &Json) -> Result<Contract> {
        if !schema.is_object() && !schema.is_boolean() {
            return Err(Error::validation("The output schema must be a JSON object."));
        }
        let validator = jsonschema::validator_for(schema)
            .map_err(|e| Error::validation(format!("The output schema cannot be used: {e}.")))?;
        Ok(Contract { validator })
    }

    /// The answer's JSON when it keeps the contract; else what is wrong with it, in words for the next try.
    pub fn check(&self, answer: &str) -> Result<Json, String> {
        let json = extract(answer)?;
        let faults: Vec<String> = self
            .validator
            .iter_errors(&json)
            .take(FAULTS_TOLD)
            .map(|e| {
                let path = e.instance_path().to_string();
                let place = if path.is_empty() { "the whole answer".to_string() } else { path };
                format!("at {place}: {e}")
            })
            .collect();
        if faults.is_empty() { Ok(json) } else { Err(faults.join("; ")) }
    }
}

/// Finds the JSON in an answer: the whole of it, a fenced block, or from the first bracket to its partner.
pub fn extract(answer: &str) -> Result<Json, String> {
    let text = answer.trim();
    if text.is_empty() {
        return Err("the answer is empty".into());
    }
    let whole = match serde_json::from_str(text) {
        Ok(json) => return Ok(json),
        Err(e) => e,
    };
    if let Some(json) = fences(text).find_map(|block| serde_json::from_str(block.trim()).ok()) {
        return Ok(json);
    }
    if let Some(start) = text.find(['{', '[']) {
        let rest = text.get(start..).unwrap_or_default();
        if let Some(Ok(json)) = serde_json::Deserializer::from_str(rest).into_iter::<Json>().next() {
            return Ok(json);
        }
    }
    Err(format!("the answer is not JSON ({whole})"))
}

/// Contents of ``` blocks, without the language word.
fn fences(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").skip(1).step_by(2).map(|block| match block.split_once('\n') {
        Some((word, rest)) if word.trim().chars().all(char::is_alphanumeric) => rest,
        _ => block,
    })
}

/// The smallest value that keeps a plain schema: for answers made without a model.
pub fn sample(schema: &Json, hint: &str) -> Json {
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    for any in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[any].as_array().and_then(|all| all.first()) {
            return sample(first, hint);
        }
    }
    let kind = match &schema["type"] {
        Json::String(kind) => kind.as_str(),
        Json::Array(kinds) => kinds.first().and_then(Json::as_str).unwrap_or("string"),
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    };
    match kind {
        "object" => {
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            Json::Object(properties.iter().map(|(name, s)| (name.clone(), sample(s, name))).collect())
        }
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1).clamp(1, 50);
            (1..=count).map(|i| sample(&schema["items"], &format!("{hint} {i}"))).collect()
        }
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(Json::from(1)),
        "boolean" => Json::Bool(true),
        "null" => Json::Null,
        _ => {
            let length = schema["minLength"].as_u64().unwrap_or(0).min(10_000) as usize;
            let mut text = format!("offline {hint}");
            while text.chars().count() < length {
                text.push_str(" …");
            }
            match schema["maxLength"].as_u64() {
                Some(most) => Json::String(text.chars().take(most as usize).collect()),
                None => Json::String(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_json() {
        let want = json!({"a": [1]});
        for text in [
            "{\"a\": [1]}",
            "Sure! Here it is:\n```json\n{\"a\": [1]}\n```\nAnything else?",
            "```\n{\"a\":[1]}\n```",
            "The answer is {\"a\": [1]} as you asked.",
        ] {
            assert_eq!(extract(text).unwrap(), want, "{text}");
        }
        assert!(extract("").is_err());
        assert!(extract("{\"a\": [1").unwrap_err().contains("not JSON"));
    }

    #[test]
    fn tells_the_faults() {
        let schema = json!({"type": "object", "required": ["title"], "properties": {"title": {"type": "string"},
            "pages": {"type": "array", "minItems": 2, "items": {"type": "string", "minLength": 9}}}});
        let contract = Contract::new(&schema).unwrap();
        assert!(contract.check("{\"title\": \"x\"}").is_ok());
        let fault = contract.check("{\"pages\": [1]}").unwrap_err();
        assert!(fault.contains("title") && fault.contains("/pages"), "{fault}");
        assert!(Contract::new(&json!({"type": "nonsense"})).is_err());
        assert!(Contract::new(&json!("x")).is_err());
        assert!(
            contract.check(&sample(&schema, "answer").to_string()).is_ok(),
            "{}",
            sample(&schema, "answer")
        );
    }
}
