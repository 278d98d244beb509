//! What buttons of a task do.

use super::{compute, recurrence};
use crate::error::{Error, Result};
use crate::models::mail_thread::{follow, post};
use crate::orm::{Behaviour, Call, Env, Method, methods};
use crate::value::{Json, Map};
use serde_json::json;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.method(Method::record("action_convert_to_subtask", "", convert_to_subtask))
        .method(Method::record("action_convert_to_task", "", convert_to_task))
        .method(Method::record("action_archive", "", archive))
        .method(Method::record("action_dependent_tasks", "", dependent_tasks))
        .method(Method::record("action_open_parent_task", "", |env, c| open(env, c, true)))
        .method(Method::record("action_open_task", "", |env, c| open(env, c, false)))
        .method(Method::record("action_project_sharing_open_task", "", |env, c| open(env, c, false)))
        .method(Method::record("action_project_sharing_view_parent_task", "", |env, c| open(env, c, true)))
        .method(Method::record("action_redirect_to_project_task_form", "", redirect))
        .method(Method::record("action_recurring_tasks", "", recurring_tasks))
        .method(Method::record("action_project_sharing_recurring_tasks", "", recurring_tasks))
        .method(Method::record("action_project_sharing_open_subtasks", "", subtasks))
        .method(Method::record("action_project_sharing_open_blocking", "", dependent_tasks))
        .method(Method::record("action_unlink_recurrence", "", unlink_recurrence))
        .method(Method::record("is_blocked_by_dependences", "", is_blocked))
        .method(Method::record("project_sharing_toggle_is_follower", "", toggle_follower))
        .method(Method::model("get_todo_views_id", "", |_, _| Ok(json!([]))))
}

/// What a board does not show apart goes with the task above it; a task that is put away alone is shown apart.
fn archive(env: &Env, call: &Call<'_>) -> Result<Json> {
    let hidden = |more: Json| json!([more, ["display_in_project", "=", false]]);
    let children = env.search("project.task", hidden(json!(["parent_id", "in", call.ids])))?;
    if !children.is_empty() {
        env.call("project.task", &children, "action_archive", Vec::new(), Map::new())?;
    }
    let all = env.with_context(json!({"active_test": false}));
    let mut alone = hidden(json!(["id", "in", call.ids]));
    if let Json::Array(terms) = &mut alone {
        terms.push(json!(["parent_id", "!=", false]));
    }
    let alone = all.search("project.task", alone)?;
    if !alone.is_empty() {
        env.write("project.task", &alone, json!({"display_in_project": true}))?;
    }
    methods::action_archive(env, call)
}

fn single(call: &Call<'_>) -> Result<i64> {
    match call.ids.as_slice() {
        [id] => Ok(*id),
        ids => Err(post::not_single(call.model, ids)),
    }
}

fn action(more: Json) -> Json {
    let mut out = Map::new();
    out.insert("type".into(), json!("ir.actions.act_window"));
    out.insert("res_model".into(), json!("project.task"));
    if let Json::Object(m) = more {
        out.extend(m);
    }
    Json::Object(out)
}

/// The form of a task or of its parent, in the context of the call.
fn open(env: &Env, call: &Call<'_>, parent: bool) -> Result<Json> {
    let id = single(call)?;
    if !parent {
        return Ok(action(json!({"view_mode": "form", "res_id": id, "context": env.context()})));
    }
    let above = env.fetch_one("project.task", id, &["parent_id"])?.opt("parent_id");
    let above = above.map_or(json!(false), |id| json!(id));
    Ok(action(json!({"name": "Parent Task", "view_mode": "form", "res_id": above, "context": env.context()})))
}

fn redirect(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let _ = env;
    Ok(json!({"type": "ir.actions.act_url", "url": format!("/odoo/project.task/{id}"), "target": "new"}))
}

fn list(name: &str, domain: Json, context: Json) -> Json {
    let modes = "list,form,kanban,calendar,pivot,graph,activity";
    action(json!({"name": name, "view_mode": modes, "domain": domain, "context": context}))
}

fn dependent_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let mut context = env.context().clone();
    context.insert("default_depend_on_ids".into(), json!([[4, id, 0]]));
    context.insert("show_project_update".into(), json!(false));
    context.insert("search_default_open_tasks".into(), json!(true));
    Ok(list("Dependent Tasks", json!([["depend_on_ids", "=", id]]), Json::Object(context)))
}

fn recurring_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let recurrence = env.fetch_one("project.task", id, &["recurrence_id"])?.opt("recurrence_id");
    let recurrence = Vec::from_iter(recurrence);
    Ok(list("Tasks in Recurrence", json!([["recurrence_id", "in", recurrence]]), json!({"create": false})))
}

fn subtasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let project = env.sudo().fetch_one("project.task", id, &["project_id"])?.int("project_id");
    let context = json!({"default_parent_id": id, "default_project_id": project});
    Ok(list("Sub-tasks", json!([["parent_id", "=", id]]), context))
}

fn convert_to_subtask(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    if env.fetch_one("project.task", id, &["project_id"])?.opt("project_id").is_none() {
        return Ok(json!({
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "danger",
                       "message": "Private tasks cannot be converted into sub-tasks. Please set a project on the task \
                                   to gain access to this feature."},
        }));
    }
    Ok(action(json!({"name": "Convert to Task/Sub-Task", "res_id": id, "view_mode": "form",
                     "views": [[false, "form"]], "target": "new"})))
}

fn convert_to_task(_: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(action(json!({"view_mode": "form", "res_id": single(call)?})))
}

fn unlink_recurrence(env: &Env, call: &Call<'_>) -> Result<Json> {
    let tasks = env.fetch("project.task", &call.ids, &["recurrence_id"])?;
    let ids: Vec<i64> = tasks.iter().filter_map(|t| t.opt("recurrence_id")).collect();
    recurrence::stop(&env.sudo(), &ids)?;
    Ok(Json::Null)
}

fn is_blocked(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    Ok(json!(compute::blocked(env, &[id])?.contains(&id)))
}

fn toggle_follower(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = single(call)?;
    let user = env.user()?;
    if !user.share {
        return Err(Error::access("Only collaborators of a shared project can do this."));
    }
    let follows = env.fetch_one("project.task", id, &["message_is_follower"])?.bool("message_is_follower");
    let root = env.sudo();
    if follows {
        follow::unsubscribe(&root, call.model, &[id], &[user.partner_id])?;
    } else {
        follow::subscribe(&root, call.model, &[id], &[user.partner_id], None)?;
    }
    Ok(json!(!follows))
}
