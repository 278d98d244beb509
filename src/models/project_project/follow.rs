//! Following projects: what one asks to hear of a project holds for the tasks one follows already.

use crate::error::Result;
use crate::models::mail_thread::follow::{self, ids_arg, unique};
use crate::models::project_task;
use crate::orm::{Behaviour, Call, Env, Method};
use crate::value::Json;
use serde_json::json;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.method(Method::record("message_subscribe", "partner_ids=None, subtype_ids=None", subscribe))
        .method(Method::record("message_unsubscribe", "partner_ids=None", unsubscribe))
}

fn subscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let partners = unique(ids_arg(call.arg("partner_ids")));
    let subtypes = ids_arg(call.arg("subtype_ids"));
    let done = follow::subscribe_checked(env, call.model, &call.ids, &partners, &subtypes)?;
    if !subtypes.is_empty() {
        to_tasks(env, &call.ids, &partners, &subtypes)?;
    }
    Ok(json!(done))
}

/// The same for the open tasks that the partners follow, and for the project's updates.
fn to_tasks(env: &Env, projects: &[i64], partners: &[i64], subtypes: &[i64]) -> Result<()> {
    let of_tasks = project_task::subtypes_of_tasks(env, subtypes)?;
    if of_tasks.is_empty() {
        return Ok(());
    }
    let model = env.model("project.task")?;
    for project in env.fetch("project.project", projects, &["task_ids"])? {
        for task in env.fetch("project.task", project.ids("task_ids"), &["message_partner_ids"])? {
            let here: Vec<i64> =
                partners.iter().copied().filter(|p| task.ids("message_partner_ids").contains(p)).collect();
            follow::subscribe_checked(env, model, &[task.id], &here, &of_tasks)?;
        }
    }
    let updates = env.search("project.update", json!([["project_id", "in", projects]]))?;
    follow::subscribe_checked(env, env.model("project.update")?, &updates, partners, subtypes).map(|_| ())
}

/// Who leaves a project collaborates on it no longer.
fn unsubscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    follow::message_unsubscribe(env, call)?;
    let partners = ids_arg(call.arg("partner_ids"));
    if !partners.is_empty() {
        let domain = json!([["partner_id", "in", partners], ["project_id", "in", call.ids]]);
        let found = env.search("project.collaborator", domain)?;
        env.unlink("project.collaborator", &found)?;
    }
    Ok(Json::Null)
}
