//! mail.activity.type: what kinds of things there are to do.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::Value;

/// Behaviour of types of activities.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.activity.type")
        .compute("compute_delay_label", delay_label)
        .compute("compute_initial_res_model", initial_model)
        .compute("compute_res_model_change", |_, _, ids| {
            let mut out = Computed::new();
            ids.iter().for_each(|id| out.set(*id, "res_model_change", Value::Bool(false)));
            Ok(out)
        })
        .compute("compute_suggested_next_type_ids", suggested)
        .compute("compute_triggered_next_type_id", triggered)
        .inverse("inverse_res_model_change", |_, _, _, _, _| Ok(()))
}

fn delay_label(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["delay_count", "delay_unit"])? {
        let unit = model.field("delay_unit")?.label(r.str("delay_unit")).unwrap_or_default().to_owned();
        let label = match r.int("delay_count") {
            0 => String::new(),
            n => format!("{n} {unit}"),
        };
        out.set(r.id, "delay_label", Value::Text(label));
    }
    Ok(out)
}

fn initial_model(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["res_model"])? {
        out.set(r.id, "initial_res_model", r.get("res_model").clone());
    }
    Ok(out)
}

fn suggested(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["chaining_type", "suggested_next_type_ids"])? {
        let keep = if r.str("chaining_type") == "trigger" { &[] } else { r.ids("suggested_next_type_ids") };
        out.set(r.id, "suggested_next_type_ids", Value::Ids(keep.to_vec()));
    }
    Ok(out)
}

fn triggered(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["chaining_type", "triggered_next_type_id"])? {
        if r.str("chaining_type") == "trigger" {
            out.set(r.id, "triggered_next_type_id", r.get("triggered_next_type_id").clone());
        }
    }
    Ok(out)
}
