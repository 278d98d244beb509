//! base.language.install: switching languages on. What ships is in English, so a language brings its formats, and from
//! then on every translated field keeps a value of its own in it, with the English one behind.

use crate::error::Result;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model};
use crate::value::{Json, Value};
use serde_json::json;

/// Behaviour of the wizard.
pub fn behaviour() -> Behaviour {
    Behaviour::new("base.language.install")
        .default("default_lang_ids", chosen)
        .compute("compute_first_lang_id", first)
        .method(Method::record("lang_install", "", install))
        .method(Method::record("reload", "", |_, _| {
            Ok(json!({"type": "ir.actions.client", "tag": "reload"}))
        }))
        .method(Method::record("switch_lang", "", switch))
}

/// The languages of the list the wizard was opened from.
fn chosen(env: &Env, _: &Model) -> Result<Json> {
    if env.ctx("active_model") != "res.lang" {
        return Ok(json!(false));
    }
    Ok(match env.ctx("active_ids") {
        ids @ Json::Array(list) if !list.is_empty() => ids.clone(),
        _ => json!([env.ctx("active_id")]),
    })
}

fn first(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for wizard in env.fetch(&model.name, ids, &["lang_ids"])? {
        if let Some(lang) = wizard.ids("lang_ids").first() {
            out.set(wizard.id, "first_lang_id", Value::Int(*lang));
        }
    }
    Ok(out)
}

fn install(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = call.one()?;
    let langs = env.fetch_one(&call.model.name, id, &["lang_ids"])?.ids("lang_ids").to_vec();
    env.write("res.lang", &langs, json!({"active": true}))?;
    if langs.len() == 1 {
        return Ok(json!({"type": "ir.actions.act_window", "res_model": call.model.name, "res_id": id,
            "view_mode": "form", "target": "new", "views": [[false, "form"]]}));
    }
    let mut context = env.context().clone();
    context.insert("active_ids".into(), json!([id]));
    Ok(
        json!({"type": "ir.actions.client", "tag": "display_notification", "context": context, "target": "new",
        "params": {"message": "The languages are installed. Users choose theirs in their preferences.",
            "type": "success", "sticky": false, "next": {"type": "ir.actions.act_window_close"}}}),
    )
}

fn switch(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = call.one()?;
    if let Some(lang) = env.fetch_one(&call.model.name, id, &["first_lang_id"])?.opt("first_lang_id") {
        let code = env.fetch_one("res.lang", lang, &["code"])?.str("code").to_owned();
        env.write("res.users", &[env.uid()], json!({"lang": code}))?;
    }
    Ok(json!({"type": "ir.actions.client", "tag": "reload_context"}))
}
