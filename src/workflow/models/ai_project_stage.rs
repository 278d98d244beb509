//! `ai.project.stage`: input aliases, conditions that can be read, no cycle without a gate.

use crate::error::{Error, Result};
use crate::orm::domain::IntoDomain;
use crate::orm::{Behaviour, Computed, Env, Model, Super};
use crate::schema::pyexpr;
use crate::value::{Json, Map};
use crate::workflow::condition::Condition;
use crate::workflow::machine::Mode;
use crate::workflow::models::json_text;
use crate::workflow::models::sealed;
use crate::workflow::plan::Plan;
use crate::workflow::webhook;
use serde_json::json;

pub(crate) fn behaviour() -> Behaviour {
    json_text::register(Behaviour::new("ai.project.stage"))
        .compute("compute_webhook_secret", |_, _, _| Ok(Computed::new()))
        .inverse("inverse_webhook_secret", |env, model, ids, _, value| {
            let rest = sealed::Rest { field: "webhook_secret_sealed", purpose: webhook::purpose };
            sealed::write(env, model, ids, value, &rest)
        })
        .compute("compute_has_webhook_secret", |env, model, ids| {
            sealed::filled(env, model, ids, "webhook_secret_sealed", "has_webhook_secret")
        })
        .constrains(&["webhook_url"], addresses)
        .create(create)
        .write(write)
        .unlink(unlink)
        .constrains(&["next_stage_id", "template_id", "sequence", "requires_approval", "is_final"], cycles)
        .constrains(&["transition_condition"], conditions)
        .constrains(&["transition_delay", "approval_timeout", "max_iterations"], numbers)
}

fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    vals.iter_mut().for_each(first_spelling);
    sup.create(env, vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    first_spelling(&mut vals);
    sup.write(env, ids, vals)
}

/// `template` and `auto` are other words for `ai` and `system`.
fn first_spelling(vals: &mut Map) {
    if let Some(Json::String(mode)) = vals.get_mut("execution_mode")
        && let Some(known) = Mode::read(mode)
    {
        *mode = known.name().to_string();
    }
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let templates: Vec<i64> = env
        .sudo()
        .fetch("ai.project.stage", ids, &["template_id"])?
        .iter()
        .filter_map(|s| s.opt("template_id"))
        .collect();
    let busy = json!([["ai_template_id", "in", templates], ["ai_state", "not in", ["draft", "done"]]]);
    let busy = env.sudo().with_context(json!({"active_test": false})).search("project.project", busy)?;
    for record in env.sudo().fetch("project.project", &busy, &["name", "ai_plan"])? {
        let plan = Plan::read(record.json("ai_plan"))?;
        if let Some(stage) = plan.stages.iter().find(|s| ids.contains(&s.id)) {
            let (stage, project) = (&stage.name, record.str("name"));
            return Err(Error::user(format!(
                "The stage \"{stage}\" belongs to the current run of the project \"{project}\"."
            )));
        }
    }
    sup.unlink(env, ids)
}

fn cycles(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let records = env.sudo().fetch(&model.name, ids, &["name", "template_id", "next_stage_id"])?;
    let mut templates: Vec<i64> = records.iter().filter_map(|r| r.opt("template_id")).collect();
    templates.sort_unstable();
    templates.dedup();
    for template in templates {
        let plan = Plan::of_template(env, template)?;
        let strange =
            plan.stages.iter().find(|s| s.next_stage_id.is_some_and(|next| plan.get(next).is_none()));
        if let Some(stage) = strange {
            return Err(Error::validation(format!(
                "The next stage of \"{}\" belongs to another template.",
                stage.name
            )));
        }
        if let Some(names) = plan.endless_cycle() {
            return Err(Error::validation(format!(
                "The stages {} would follow each other for ever: a cycle needs a stage that requires approval.",
                names.join(" → ")
            )));
        }
    }
    Ok(())
}

fn conditions(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["transition_condition"])? {
        let text = record.str("transition_condition");
        if let Condition::Domain(domain) = Condition::read(text)? {
            let refused = |e: Error| {
                let reason = e.message.trim_end_matches('.').to_string();
                Error::validation(format!("The transition condition \"{text}\" cannot be read: {reason}."))
            };
            let parsed = pyexpr::literal(&domain).map_err(refused)?;
            parsed.clone().into_domain().map_err(refused)?;
            // Only a search knows the fields; it is tried on no record.
            let mut none = vec![json!(["id", "=", 0])];
            none.extend(parsed.as_array().cloned().unwrap_or_default());
            env.sudo()
                .savepoint(|| env.sudo().search("project.project", Json::Array(none)))
                .map_err(refused)?;
        }
    }
    Ok(())
}

fn addresses(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["webhook_url"])? {
        match record.str("webhook_url") {
            "" => {}
            url => webhook::check_url(url)?,
        }
    }
    Ok(())
}

fn numbers(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["transition_delay", "approval_timeout", "max_iterations"])? {
        for (field, label) in [
            ("transition_delay", "delay"),
            ("approval_timeout", "time-out"),
            ("max_iterations", "number of iterations"),
        ] {
            if record.int(field) < 0 {
                return Err(Error::validation(format!("The {label} of a stage cannot be negative.")));
            }
        }
    }
    Ok(())
}
