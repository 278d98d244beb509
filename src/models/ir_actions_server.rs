//! Server actions: what their forms show, and running the kinds that need no Python.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Record, access};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

use super::base::all_models;

/// Behaviour of `ir.actions.server`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.actions.server")
        .selection("resource_ref", all_models)
        .compute("compute_activity_info", compute_activity_info)
        .compute("compute_available_model_ids", compute_available_model_ids)
        .compute("compute_crud_relations", compute_crud_relations)
        .compute("compute_mail_post_autofollow", compute_mail_post)
        .compute("compute_mail_post_method", compute_mail_post)
        .compute("compute_partner_ids", compute_partner_ids)
        .compute("compute_template_id", compute_template_id)
        .compute("compute_value_field_to_show", compute_value_field_to_show)
        .compute("compute_webhook_sample_payload", compute_webhook_sample_payload)
        .method(Method::record("run", "", run))
        .method(Method::record("create_action", "", create_action))
        .method(Method::record("unlink_action", "", unlink_action))
}

fn compute_activity_info(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let own = [
        "activity_date_deadline_range",
        "activity_date_deadline_range_type",
        "activity_note",
        "activity_summary",
        "activity_type_id",
        "activity_user_field_name",
        "activity_user_id",
        "activity_user_type",
    ];
    let mut fields = vec!["state"];
    fields.extend(own);
    let mut out = Computed::new();
    for a in env.fetch("ir.actions.server", ids, &fields)? {
        let planned = a.str("state") == "next_activity";
        for f in own {
            let kept = if planned { a.get(f).clone() } else { Value::Null };
            let value = match (planned && kept.is_falsy(), f) {
                (true, "activity_date_deadline_range_type") => Value::Text("days".into()),
                (true, "activity_user_type") => Value::Text("specific".into()),
                (true, "activity_user_field_name") => Value::Text("user_id".into()),
                _ => kept,
            };
            out.set(a.id, f, value);
        }
    }
    Ok(out)
}

/// Models the user may change, real ones.
fn compute_available_model_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut names = Vec::new();
    for m in env.registry().models().filter(|m| !m.is_abstract) {
        if access::allowed(env, m, 'w')? {
            names.push(m.name.clone());
        }
    }
    let found = env.sudo().search("ir.model", json!([["model", "in", names]]))?;
    let mut out = Computed::new();
    ids.iter().for_each(|id| out.set(*id, "available_model_ids", Value::Ids(found.clone())));
    Ok(out)
}

/// Which model, field and related model an action writes: the end of update_path for updates, the model to create
/// for creations.
fn compute_crud_relations(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let actions = root.fetch(
        "ir.actions.server",
        ids,
        &["model_id", "state", "update_path", "crud_model_id", "link_field_id", "update_field_id"],
    )?;
    let mut models: Vec<i64> = actions.iter().filter_map(|a| a.opt("model_id")).collect();
    models.sort_unstable();
    models.dedup();
    let names: HashMap<i64, String> = root
        .fetch("ir.model", &models, &["model"])?
        .iter()
        .map(|m| (m.id, m.str("model").to_owned()))
        .collect();
    let ends: HashMap<i64, (String, String)> = actions
        .iter()
        .filter(|a| a.str("state") == "object_write")
        .filter_map(|a| Some((a.id, end_of_path(env, names.get(&a.int("model_id"))?, a.str("update_path"))?)))
        .collect();
    let mut out = Computed::new();
    for a in &actions {
        match a.str("state") {
            "object_write" => {
                let row = match ends.get(&a.id) {
                    Some((m, f)) => {
                        root.search("ir.model.fields", json!([["model", "=", m], ["name", "=", f]]))?
                    }
                    None => Vec::new(),
                };
                let field =
                    root.fetch("ir.model.fields", &row, &["model_id", "relation"])?.into_iter().next();
                set_path(env, &mut out, a, field.as_ref())?;
            }
            state => {
                let creates = state == "object_create";
                let model = if creates { a.get("crud_model_id").clone() } else { Value::Null };
                let model = if creates && model.is_falsy() { a.get("model_id").clone() } else { model };
                out.set(a.id, "crud_model_id", model);
                out.set(
                    a.id,
                    "link_field_id",
                    if creates { a.get("link_field_id").clone() } else { Value::Null },
                );
                out.set(a.id, "update_field_id", Value::Null);
                out.set(a.id, "update_related_model_id", Value::Null);
            }
        }
    }
    Ok(out)
}

fn set_path(env: &Env, out: &mut Computed, action: &Record, field: Option<&Record>) -> Result<()> {
    let related = match field.map(|f| f.str("relation")).filter(|r| !r.is_empty()) {
        Some(r) => super::ir_ui_view::model_ids(env, &[r.to_owned()])?.get(r).copied(),
        None => None,
    };
    out.set(action.id, "crud_model_id", field.map_or(Value::Null, |f| f.get("model_id").clone()));
    out.set(action.id, "update_field_id", field.map_or(Value::Null, |f| Value::Int(f.id)));
    out.set(action.id, "update_related_model_id", related.map_or(Value::Null, Value::Int));
    out.set(action.id, "link_field_id", Value::Null);
    Ok(())
}

/// Model and field at the end of a dotted path.
fn end_of_path(env: &Env, model: &str, path: &str) -> Option<(String, String)> {
    let mut at = env.registry().find(model)?;
    let steps: Vec<&str> = path.split('.').filter(|s| !s.is_empty()).collect();
    let (last, before) = steps.split_last()?;
    for step in before {
        at = env.registry().find(&at.fields.get(*step)?.relation)?;
    }
    at.has(last).then(|| (at.name.clone(), (*last).to_owned()))
}

fn compute_mail_post(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    if !model.has("mail_post_method") {
        return Ok(out);
    }
    for a in env.fetch("ir.actions.server", ids, &["state", "mail_post_method", "mail_post_autofollow"])? {
        let posts = a.str("state") == "mail_post";
        let method = match a.str("mail_post_method") {
            _ if !posts => Value::Null,
            "" => Value::Text("comment".into()),
            given => Value::Text(given.into()),
        };
        out.set(a.id, "mail_post_autofollow", Value::Bool(posts && method.str() == "comment"));
        out.set(a.id, "mail_post_method", method);
    }
    Ok(out)
}

fn compute_partner_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for a in env.fetch("ir.actions.server", ids, &["state", "partner_ids"])? {
        let kept = if a.str("state") == "followers" { a.ids("partner_ids").to_vec() } else { Vec::new() };
        out.set(a.id, "partner_ids", Value::Ids(kept));
    }
    Ok(out)
}

fn compute_template_id(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for a in env.fetch("ir.actions.server", ids, &["state", "template_id"])? {
        out.set(
            a.id,
            "template_id",
            if a.str("state") == "mail_post" { a.get("template_id").clone() } else { Value::Null },
        );
    }
    Ok(out)
}

fn compute_value_field_to_show(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for a in env.fetch("ir.actions.server", ids, &["update_field_type", "evaluation_type"])? {
        let shown = match (a.str("evaluation_type"), a.str("update_field_type")) {
            ("equation", _) => "value",
            (_, "one2many" | "many2one" | "many2many") => "resource_ref",
            (_, "selection") => "selection_value",
            (_, "boolean") => "update_boolean_value",
            _ => "value",
        };
        out.set(a.id, "value_field_to_show", Value::Text(shown.into()));
    }
    Ok(out)
}

fn compute_webhook_sample_payload(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let mut out = Computed::new();
    for a in root.fetch("ir.actions.server", ids, &["state", "name", "model_name", "webhook_field_ids"])? {
        if a.str("state") != "webhook" {
            continue;
        }
        let mut sample = json!({"_id": 1, "_model": a.str("model_name"),
            "_action": format!("{}(#{})", a.str("name"), a.id)});
        for f in root.fetch("ir.model.fields", a.ids("webhook_field_ids"), &["name", "ttype"])? {
            sample[f.str("name")] = match f.str("ttype") {
                "boolean" => json!(true),
                "integer" | "float" | "monetary" | "many2one" => json!(1),
                "one2many" | "many2many" => json!([1]),
                _ => json!("text"),
            };
        }
        let text = serde_json::to_string_pretty(&sample).unwrap_or_default();
        out.set(a.id, "webhook_sample_payload", Value::Text(text));
    }
    Ok(out)
}

/// Runs actions on the records of the context. Kinds that would run Python are refused.
fn run(env: &Env, call: &Call<'_>) -> Result<Json> {
    let root = env.sudo();
    let mut answer = json!(false);
    let fields = [
        "state",
        "name",
        "model_name",
        "update_path",
        "value",
        "evaluation_type",
        "child_ids",
        "groups_id",
        "resource_ref",
        "update_boolean_value",
        "value_field_to_show",
        "crud_model_name",
    ];
    for a in root.fetch("ir.actions.server", &call.ids, &fields)? {
        check_groups(env, &a)?;
        match a.str("state") {
            "object_write" => write_records(env, &a)?,
            "object_create" => {
                env.call(
                    a.str("crud_model_name"),
                    &[],
                    "name_create",
                    vec![json!(a.str("value"))],
                    Default::default(),
                )?;
            }
            "multi" => {
                let children = a.ids("child_ids").to_vec();
                answer = env.call("ir.actions.server", &children, "run", vec![], Default::default())?;
            }
            other => {
                return Err(Error::user(format!(
                    "Server actions of the kind {other:?} cannot run here: {}",
                    a.str("name")
                )));
            }
        }
    }
    Ok(answer)
}

fn check_groups(env: &Env, action: &Record) -> Result<()> {
    let groups = action.ids("groups_id");
    if env.su() || groups.is_empty() || env.user()?.groups.iter().any(|g| groups.contains(g)) {
        return Ok(());
    }
    Err(Error::access("You don't have enough access rights to run this action."))
}

fn write_records(env: &Env, a: &Record) -> Result<()> {
    if env.ctx("active_model").as_str() != Some(a.str("model_name")) {
        return Ok(());
    }
    let ids: Vec<i64> = match env.ctx("active_ids") {
        Json::Array(v) => v.iter().filter_map(Json::as_i64).collect(),
        _ => env.ctx("active_id").as_i64().into_iter().collect(),
    };
    if a.str("update_path").contains('.') || a.str("evaluation_type") == "equation" {
        return Err(Error::user("This update needs Python, which does not run here."));
    }
    let value = match a.str("value_field_to_show") {
        "resource_ref" => {
            json!(a.str("resource_ref").split_once(',').and_then(|(_, id)| id.parse::<i64>().ok()))
        }
        "update_boolean_value" => json!(a.str("update_boolean_value") == "true"),
        _ => json!(a.str("value")),
    };
    env.write(a.str("model_name"), &ids, json!({ a.str("update_path"): value }))
}

/// Offers the actions in the menus of their model's views.
fn create_action(env: &Env, call: &Call<'_>) -> Result<Json> {
    for a in env.fetch("ir.actions.server", &call.ids, &["model_id"])? {
        env.write(
            "ir.actions.server",
            &[a.id],
            json!({"binding_model_id": a.int("model_id"), "binding_type": "action"}),
        )?;
    }
    Ok(json!(true))
}

fn unlink_action(env: &Env, call: &Call<'_>) -> Result<Json> {
    if !json_is_falsy(&json!(call.ids)) {
        env.write("ir.actions.server", &call.ids, json!({"binding_model_id": false}))?;
    }
    Ok(json!(true))
}
