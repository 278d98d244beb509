//! Languages: which are switched on, and that one always is.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;

/// Behaviour of `res.lang`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.lang")
        .compute("compute_flag_image_url", compute_flag_image_url)
        .constrains(&["active"], check_one_active)
        .create(create)
        .write(write)
        .unlink(unlink)
        .method(Method::model("get_installed", "", get_installed).readonly())
        .method(Method::record("action_activate_langs", "", activate))
}

/// Code and name of the languages that are switched on, by name.
pub fn installed(env: &Env) -> Result<Vec<(String, String)>> {
    let root = env.sudo().with_context(json!({"active_test": true}));
    let ids = root.search_with(
        "res.lang",
        json!([["active", "=", true]]),
        &crate::orm::Page { order: Some("name".into()), ..Default::default() },
    )?;
    let langs = root.fetch("res.lang", &ids, &["code", "name"])?;
    Ok(langs.iter().map(|l| (l.str("code").to_owned(), l.str("name").to_owned())).collect())
}

/// How the user's language writes dates, as a pattern of `strftime`.
pub fn date_format(env: &Env) -> Result<Option<String>> {
    let user = env.user()?;
    let root = env.sudo().with_context(json!({"active_test": false}));
    let ids = root.search("res.lang", json!([["code", "=", user.lang.as_deref().unwrap_or("en_US")]]))?;
    let format =
        root.fetch("res.lang", &ids, &["date_format"])?.first().map(|l| l.str("date_format").to_owned());
    Ok(format.filter(|f| !f.is_empty()))
}

fn get_installed(env: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!(installed(env)?))
}

/// The picture of the language, else the flag of its country.
fn compute_flag_image_url(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for l in env.fetch("res.lang", ids, &["code", "flag_image"])? {
        let url = if l.get("flag_image").is_falsy() {
            let country = l.str("code").rsplit('_').next().unwrap_or_default().to_lowercase();
            format!("/base/static/img/country_flags/{country}.png")
        } else {
            format!("/web/image/res.lang/{}/flag_image", l.id)
        };
        out.set(l.id, "flag_image_url", Value::Text(url));
    }
    Ok(out)
}

fn check_one_active(env: &Env, _: &Model, _: &[i64]) -> Result<()> {
    if installed(env)?.is_empty() && !env.flag("install_mode") {
        return Err(Error::validation("At least one language must be active."));
    }
    Ok(())
}

fn activate(env: &Env, call: &Call<'_>) -> Result<Json> {
    env.write("res.lang", &call.ids, json!({"active": true}))?;
    let many = if call.ids.len() == 1 {
        "The language has been activated."
    } else {
        "The languages have been activated."
    };
    Ok(json!({"type": "ir.actions.client", "tag": "display_notification",
        "params": {"message": many, "type": "success", "sticky": false,
            "next": {"type": "ir.actions.act_window_close"}}}))
}

fn codes(env: &Env, ids: &[i64]) -> Result<Vec<String>> {
    Ok(env.sudo().fetch("res.lang", ids, &["code"])?.iter().map(|l| l.str("code").to_owned()).collect())
}

/// A language is known in addresses by its ISO code, or else by its own.
fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    for v in vals.iter_mut().filter(|v| v.get("url_code").is_none_or(json_is_falsy)) {
        let iso = v.get("iso_code").filter(|iso| !json_is_falsy(iso));
        let code = iso.or_else(|| v.get("code")).cloned().ok_or_else(|| Error::key_error("code"))?;
        v.insert("url_code".into(), code);
    }
    sup.create(env, vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if let Some(code) = vals.get("code")
        && !codes(env, ids)?.iter().all(|c| json!(c) == *code)
    {
        return Err(Error::user("Language code cannot be modified."));
    }
    if vals.get("active").is_some_and(json_is_falsy) {
        let root = env.sudo().with_context(json!({"active_test": true}));
        let used = json!([["partner_id.lang", "in", codes(env, ids)?]]);
        if root.count("res.users", used.clone())? > 0 {
            return Err(Error::user("Cannot deactivate a language that is currently used by users."));
        }
        if root.count("res.partner", json!([["lang", "in", codes(env, ids)?]]))? > 0 {
            return Err(Error::user("Cannot deactivate a language that is currently used by contacts."));
        }
        let every = root.with_context(json!({"active_test": false}));
        if every.count("res.users", used)? > 0 {
            return Err(Error::user(
                "You cannot archive the language in which Odoo was setup as it is used by automated processes.",
            ));
        }
    }
    sup.write(env, ids, vals)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    for l in env.fetch("res.lang", ids, &["code", "active"])? {
        if l.str("code") == "en_US" {
            return Err(Error::user("Base Language 'en_US' can not be deleted."));
        }
        if env.ctx("lang").as_str() == Some(l.str("code")) {
            return Err(Error::user(
                "You cannot delete the language which is the user's preferred language.",
            ));
        }
        if l.bool("active") {
            return Err(Error::user(
                "You cannot delete the language which is Active!\nPlease de-activate the language first.",
            ));
        }
    }
    sup.unlink(env, ids)
}
