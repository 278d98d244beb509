//! Scheduled actions and embedded ones: what lists show of them.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

use super::base::xml_ids;

/// Behaviour of `ir.cron`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.cron")
        .compute("compute_cron_name", compute_cron_name)
        .create(create)
        .method(Method::record("method_direct_trigger", "", trigger))
}

/// Behaviour of `ir.embedded.actions`.
pub fn embedded() -> Behaviour {
    Behaviour::new("ir.embedded.actions")
        .compute("compute_is_deletable", compute_is_deletable)
        .compute("compute_is_visible", compute_is_visible)
}

fn compute_cron_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let crons = root.fetch("ir.cron", ids, &["ir_actions_server_id"])?;
    let mut actions: Vec<i64> = crons.iter().filter_map(|c| c.opt("ir_actions_server_id")).collect();
    actions.sort_unstable();
    actions.dedup();
    let names: HashMap<i64, Value> = root
        .fetch("ir.actions.server", &actions, &["name"])?
        .iter()
        .map(|a| (a.id, a.get("name").clone()))
        .collect();
    let mut out = Computed::new();
    for c in &crons {
        out.set(c.id, "cron_name", names.get(&c.int("ir_actions_server_id")).cloned().unwrap_or_default());
    }
    Ok(out)
}

/// The action behind a schedule is one of that kind.
fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    for v in &mut vals {
        v.insert("usage".into(), json!("ir_cron"));
    }
    sup.create(env, vals)
}

fn trigger(env: &Env, call: &Call<'_>) -> Result<Json> {
    let crons = env.fetch("ir.cron", &call.ids, &["ir_actions_server_id"])?;
    if crons.iter().any(|c| c.opt("ir_actions_server_id").is_none()) {
        return Err(Error::user("A scheduled action without an action."));
    }
    let actions: Vec<i64> = crons.iter().map(|c| c.int("ir_actions_server_id")).collect();
    env.call("ir.actions.server", &actions, "run", vec![], Map::new())?;
    Ok(json!(true))
}

/// What came with an addon stays.
fn compute_is_deletable(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let known = xml_ids(env, "ir.embedded.actions", ids)?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "is_deletable", Value::Bool(!known.contains_key(id)));
    }
    Ok(out)
}

/// For the user's groups, for this record or all, and where the record fits the domain.
fn compute_is_visible(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let active = env.ctx("active_id").as_i64().unwrap_or(0);
    let own = env.user()?;
    let fields = ["groups_ids", "parent_res_id", "parent_res_model", "domain", "user_id"];
    let mut out = Computed::new();
    for e in env.fetch("ir.embedded.actions", ids, &fields)? {
        let group =
            e.ids("groups_ids").is_empty() || e.ids("groups_ids").iter().any(|g| own.groups.contains(g));
        let record = e.int("parent_res_id") == 0 || e.int("parent_res_id") == active;
        let person = e.opt("user_id").is_none_or(|u| u == env.uid());
        let mut visible = group && record && person;
        let domain = crate::schema::pyexpr::literal(e.str("domain")).unwrap_or(json!([]));
        if visible && !json_is_falsy(&domain) && active != 0 {
            let mut leaves = vec![json!("&"), json!(["id", "=", active])];
            leaves.extend(domain.as_array().cloned().unwrap_or_default());
            visible = env.count(e.str("parent_res_model"), Json::Array(leaves))? > 0;
        }
        out.set(e.id, "is_visible", Value::Bool(visible));
    }
    Ok(out)
}
