//! A case as its file holds it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// How calls of models travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Jsonrpc,
    Xmlrpc1,
    Xmlrpc2,
    Web,
}

/// One conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    name: String,
    area: String,
    pub protocol: Protocol,
    /// For who reads the file.
    #[serde(rename = "about")]
    _about: Option<String>,
    #[serde(default)]
    pub setup: Vec<Step>,
    pub steps: Vec<Step>,
}

/// One call, or the opening of a session.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub call: Option<Json>,
    pub open: Option<Json>,
    /// Whose session; "" is the administrator's.
    #[serde(default, rename = "as")]
    pub session: String,
    pub protocol: Option<Protocol>,
    /// Variables and the paths in the answer that they are taken from.
    #[serde(default)]
    pub save: IndexMap<String, String>,
    /// None: it must only not fail. An expected null is not none.
    #[serde(default, deserialize_with = "present")]
    pub expect: Option<Json>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(value).map(Some)
}

impl Case {
    /// `area/name`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.area, self.name)
    }

    /// Whether `carrier` has words for all that this case, recorded for JSON-RPC, says and expects.
    pub fn can_travel(&self, carrier: Protocol) -> bool {
        let mut steps = self.setup.iter().chain(&self.steps);
        self.protocol == Protocol::Jsonrpc
            && (carrier == Protocol::Web
                || steps.all(|step| {
                    let said = step.call.as_ref().is_none_or(|call| has_words(call, true));
                    said && step
                        .expect
                        .as_ref()
                        .is_none_or(|want| want.get("error").is_some() || has_words(want, false))
                }))
    }
}

/// Whether XML-RPC can say `value`: integers of 32 bits, text without control characters, nothing for null in answers.
fn has_words(value: &Json, null: bool) -> bool {
    match value {
        Json::Null => null,
        Json::Number(number) => number.is_f64() || number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        Json::String(text) => !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'),
        Json::Array(items) => items.iter().all(|item| has_words(item, null)),
        Json::Object(map) => map.values().all(|item| has_words(item, null)),
        Json::Bool(_) => true,
    }
}

/// Where the areas are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The cases of an area, by name.
pub fn load(area: &str) -> Vec<Case> {
    let entries = std::fs::read_dir(folder().join(area)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| read(area, path)).collect()
}

fn read(area: &str, path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let mut case: Case = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    // The file's name is the one that counts: it may end in the protocol.
    case.name = path.file_stem().unwrap().to_string_lossy().into_owned();
    area.clone_into(&mut case.area);
    case
}
