//! What the conversation of a task says by itself.

use crate::error::Result;
use crate::models::mail_thread::{Creation, post};
use crate::orm::{Env, Model, fetch};
use crate::value::Map;

/// The first message names the project.
pub fn creation(env: &Env, ids: &[i64]) -> Result<Creation> {
    let tasks = fetch::fetch_existing(env, env.model("project.task")?, ids, &["project_id"])?;
    let projects: Vec<i64> = tasks.iter().filter_map(|t| t.opt("project_id")).collect();
    let names = env.display_names("project.project", &projects)?;
    let bodies = tasks
        .iter()
        .map(|t| {
            let text = match names.get(&t.int("project_id")) {
                Some(n) => format!("A new task has been created in the \"{}\" project.", quoted(n)),
                None => "A new task has been created and is not part of any project.".to_owned(),
            };
            (t.id, format!("<div summary=\"o_mail_notification\"><p>{text}</p></div>"))
        })
        .collect();
    Ok(Creation { subtype: Some("project.mt_task_new"), bodies })
}

/// A name inside of a sentence; quotes need no escape there.
fn quoted(name: &str) -> String {
    post::escape(name).replace("&#34;", "\"").replace("&#39;", "'")
}

/// Which subtype tells of a change.
pub fn track_subtype(changed: &[&str], state: &str) -> Option<&'static str> {
    if changed.contains(&"stage_id") {
        return Some("project.mt_task_stage");
    }
    if !changed.contains(&"state") {
        return None;
    }
    Some(match state {
        "1_done" => "project.mt_task_done",
        "1_canceled" => "project.mt_task_canceled",
        "01_in_progress" => "project.mt_task_in_progress",
        "03_approved" => "project.mt_task_approved",
        "02_changes_requested" => "project.mt_task_changes_requested",
        "04_waiting_normal" => "project.mt_task_waiting",
        _ => return None,
    })
}

/// Users that values assign.
pub fn responsible(model: &Model, vals: &Map) -> Result<Vec<i64>> {
    match vals.get("user_ids") {
        Some(v) => super::create::ids_of(model, "user_ids", v),
        None => Ok(Vec::new()),
    }
}
