//! Copies of projects: with followers, milestones and tasks.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::models::mail_thread::follow::{self, Existing, Following};
use crate::models::project_task;
use crate::orm::{Behaviour, Call, Env, Method, Super};
use crate::value::{Json, Map};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.method(Method::record("copy", "default=None", copy)).method(Method::record(
        "map_tasks",
        "new_project_id",
        map_tasks,
    ))
}

pub(super) fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let named = default.contains_key("name");
    let mut out = sup.copy_data(env, ids, default)?;
    if !named {
        for vals in &mut out {
            let name = vals.get("name").and_then(Json::as_str).unwrap_or_default();
            let name = format!("{name} (copy)");
            vals.insert("name".into(), json!(name));
        }
    }
    Ok(out)
}

fn copy(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut default = call.arg("default").as_object().cloned().unwrap_or_default();
    default.insert("milestone_ids".into(), json!(false));
    let inner = env
        .with_context(json!({"mail_create_nosubscribe": true, "mail_auto_subscribe_no_notify": true,
        "default_stage_id": null}));
    let with_tasks = !default.contains_key("tasks");
    let new = crate::orm::copy::copy(&inner, call.model, &call.ids, default)?;
    for (old, new) in call.ids.iter().zip(&new) {
        followers(&env.sudo(), call, *old, *new)?;
        let mapping = milestones(env, *old, *new)?;
        if with_tasks {
            let env = env.with_context(json!({"milestone_mapping": mapping}));
            project_task::copy_tasks(&env, *old, *new)?;
            if !env.fetch_one("project.project", *old, &["active"])?.bool("active") {
                // a copy is in use, and so are the tasks that were put away with the original
                let all = env.with_context(json!({"active_test": false}));
                let tasks = all.fetch_one("project.project", *new, &["tasks"])?.ids("tasks").to_vec();
                env.write("project.task", &tasks, json!({"active": true}))?;
            }
        }
    }
    Ok(json!(new))
}

fn followers(env: &Env, call: &Call<'_>, old: i64, new: i64) -> Result<()> {
    let sql = Sql::of(
        "SELECT f.partner_id, r.mail_message_subtype_id FROM mail_followers f \
         LEFT JOIN mail_followers_mail_message_subtype_rel r ON r.mail_followers_id = f.id \
         WHERE f.res_model = 'project.project' AND f.res_id = ",
    )
    .int(old)
    .raw(" ORDER BY f.id");
    let mut wanted: Vec<Following> = Vec::new();
    for r in env.query(&sql, &[ColType::Int; 2])? {
        let partner = r[0].int();
        if wanted.last().is_none_or(|w| w.partner != partner) {
            wanted.push(Following { res_id: new, partner, subtypes: Vec::new() });
        }
        if let Some(w) = wanted.last_mut().filter(|_| r[1].int() != 0) {
            w.subtypes.push(r[1].int());
        }
    }
    follow::add(env, call.model, wanted, Existing::Replace)
}

/// Copies the milestones of a project that has them; old id (as text) → new id.
fn milestones(env: &Env, old: i64, new: i64) -> Result<Map> {
    if !env.fetch_one("project.project", old, &["allow_milestones"])?.bool("allow_milestones") {
        return Ok(Map::new());
    }
    let ids = env.search("project.milestone", json!([["project_id", "=", old]]))?;
    let mut default = Map::new();
    default.insert("project_id".into(), json!(new));
    let copies = crate::orm::copy::copy(env, env.model("project.milestone")?, &ids, default)?;
    let pairs: HashMap<i64, i64> = ids.into_iter().zip(copies).collect();
    Ok(pairs.into_iter().map(|(a, b)| (a.to_string(), json!(b))).collect())
}

fn map_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    let to = call.arg("new_project_id").as_i64().unwrap_or(0);
    for id in &call.ids {
        project_task::copy_tasks(env, *id, to)?;
    }
    Ok(json!(true))
}
