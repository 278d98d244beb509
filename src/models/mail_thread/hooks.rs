//! What the models say about their own conversation: the first message, the subtype of a change, who is assigned.

use crate::error::Result;
use crate::models::{project_project, project_task, project_update};
use crate::orm::{Env, Model};
use crate::value::{Json, Map};
use std::collections::HashMap;

/// The message a new document begins with.
#[derive(Debug, Clone, Default)]
pub struct Creation {
    /// External id of its subtype; None: a note without a name.
    pub subtype: Option<&'static str>,
    /// Body by document; others get "… created".
    pub bodies: HashMap<i64, String>,
}

/// The first messages of documents.
pub fn creation(env: &Env, model: &Model, ids: &[i64]) -> Result<Creation> {
    match model.name.as_str() {
        "project.task" => project_task::messages::creation(env, ids),
        "project.update" => Ok(project_update::creation()),
        _ => Ok(Creation::default()),
    }
}

/// The subtype of a message that tells of changed fields; None: a note.
pub fn track_subtype(model: &Model, changed: &[&str], state: &str) -> Option<&'static str> {
    match model.name.as_str() {
        "project.task" => project_task::messages::track_subtype(changed, state),
        "project.project" => project_project::track_subtype(changed),
        _ => None,
    }
}

/// Users that given values make responsible.
pub fn responsible(model: &Model, vals: &Map) -> Result<Vec<i64>> {
    if model.name == "project.task" {
        return project_task::messages::responsible(model, vals);
    }
    let tracked =
        model.fields.get("user_id").is_some_and(|f| f.tracking.is_some() && f.relation == "res.users");
    Ok(vals.get("user_id").and_then(Json::as_i64).filter(|_| tracked).into_iter().collect())
}

/// Whether who is made responsible is told by the conversation itself.
pub fn tells_responsible(model: &Model) -> bool {
    model.name != "project.task"
}

/// The right on a document that lets one write to its conversation.
pub fn post_access(model: &Model) -> char {
    if model.name == "project.task" { 'r' } else { 'w' }
}
