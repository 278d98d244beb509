//! What users are asked by clients: context, groups, preferences, their own password.

use crate::crypt;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Env, Method, cache, read};
use crate::value::{Json, Map};
use serde_json::json;

use super::res_users::{SELF_READABLE, SELF_WRITEABLE};
use super::res_users_fields::set_password;

/// Adds them to the behaviour of `res.users`.
pub fn register(b: Behaviour) -> Behaviour {
    b.method(Method::model("context_get", "", context_get).readonly())
        .method(Method::record("has_group", "group_ext_id", has_group).readonly())
        .method(Method::record("has_groups", "group_spec", has_groups).readonly())
        .method(
            Method::record("read", "fields=None, load='_classic_read'", read_own).readonly().class("Users"),
        )
        .method(Method::model("change_password", "old_passwd, new_passwd", change_password))
        .method(Method::model("action_get", "", action_get).readonly())
        .method(Method::record("preference_save", "", reload_context))
        .method(Method::record("preference_cancel", "", reload_context))
        .method(Method::record("preference_change_password", "", preference_change_password))
        .method(Method::record("api_key_wizard", "", api_key_wizard))
        .method(Method::record("action_show_groups", "", show_groups).readonly())
        .method(Method::model("get_password_policy", "", password_policy).readonly())
}

/// Language, zone and id of the user, as sessions and clients carry them in every call.
pub fn session_user_context(env: &Env) -> Result<Map> {
    let user = env.user()?;
    let langs = cache::langs(env)?;
    let lang = user.lang.clone().filter(|l| langs.contains(l)).unwrap_or_else(|| {
        if langs.contains("en_US") {
            return "en_US".into();
        }
        langs.iter().min().cloned().unwrap_or_else(|| "en_US".into())
    });
    Ok(Map::from_iter([
        ("lang".to_owned(), json!(lang)),
        ("tz".to_owned(), user.tz.clone().map_or(json!(false), |tz| json!(tz))),
        ("uid".to_owned(), json!(env.uid())),
    ]))
}

fn context_get(env: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(Json::Object(session_user_context(env)?))
}

/// The one user a question is about; others' groups are an internal user's business only.
fn subject(env: &Env, call: &Call<'_>) -> Result<Env> {
    let [id] = call.ids[..] else {
        return Err(Error::value(format!("Expected singleton: res.users({})", join(&call.ids))));
    };
    if !env.su() && id != env.uid() && !env.has_group("base.group_user")? {
        return Err(Error::access("You can ony call user.has_group() with your current user."));
    }
    Ok(env.with_user(id))
}

fn join(ids: &[i64]) -> String {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    list.join(", ")
}

fn has_group(env: &Env, call: &Call<'_>) -> Result<Json> {
    let user = subject(env, call)?;
    Ok(json!(user.has_group(call.text("group_ext_id").unwrap_or_default())?))
}

/// `a,b,!c`: in one of a, b and not in c.
fn has_groups(env: &Env, call: &Call<'_>) -> Result<Json> {
    let user = subject(env, call)?;
    let (mut any, mut wanted) = (false, false);
    for group in call.text("group_spec").unwrap_or_default().split(',').map(str::trim) {
        match group.strip_prefix('!') {
            Some(not) if user.has_group(not)? => return Ok(json!(false)),
            Some(_) => {}
            None if group == "base.group_no_one" && !env.flag("debug") => wanted = true,
            None => {
                wanted = true;
                any |= user.has_group(group)?;
            }
        }
    }
    Ok(json!(any || !wanted))
}

/// A user reads the essentials of himself whatever his rights.
fn read_own(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = call.strings("fields")?;
    let classic = call.arg("load").as_str() == Some("_classic_read");
    let own = call.ids == [env.uid()]
        && !fields.is_empty()
        && fields.iter().all(|f| SELF_READABLE.contains(&f.as_str()) || SELF_WRITEABLE.contains(&f.as_str()));
    let env = if own { env.sudo() } else { env.clone() };
    Ok(json!(read::read(&env, call.model, &call.ids, &fields, classic)?))
}

fn change_password(env: &Env, call: &Call<'_>) -> Result<Json> {
    let old = call.text("old_passwd").ok_or_else(Error::access_denied)?;
    let sql = Sql::of("SELECT password FROM res_users WHERE active AND id = ").int(env.uid());
    let stored = env.query(&sql, &[ColType::Text])?;
    if !stored.first().is_some_and(|r| crypt::verify(old, r[0].str())) {
        return Err(Error::access_denied());
    }
    set_password(env, &[env.uid()], call.text("new_passwd").unwrap_or_default().trim())?;
    Ok(json!(true))
}

/// The preferences dialog.
fn action_get(env: &Env, _: &Call<'_>) -> Result<Json> {
    let form = env.xmlid("base.view_users_form_simple_modif")?;
    Ok(json!({
        "id": false,
        "name": "Change My Preferences",
        "type": "ir.actions.act_window",
        "res_model": "res.users",
        "res_id": env.uid(),
        "view_mode": "form",
        "views": [[form.map_or(json!(false), |v| json!(v)), "form"]],
        "target": "new",
        "context": {},
        "domain": [],
    }))
}

fn reload_context(_: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!({"type": "ir.actions.client", "tag": "reload_context"}))
}

fn preference_change_password(_: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!({"type": "ir.actions.act_window", "name": "Change Password", "target": "new",
        "res_model": super::change_password_own::MODEL, "view_mode": "form", "views": [[false, "form"]]}))
}

/// Describes a key; the password is asked for when it is made.
fn api_key_wizard(_: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!({"type": "ir.actions.act_window", "name": "New API Key", "target": "new",
        "res_model": super::res_users_apikeys_description::DESCRIPTION, "views": [[false, "form"]]}))
}

fn show_groups(env: &Env, call: &Call<'_>) -> Result<Json> {
    let groups: Vec<i64> = env
        .fetch("res.users", &call.ids, &["groups_id"])?
        .iter()
        .flat_map(|u| u.ids("groups_id").to_vec())
        .collect();
    Ok(json!({
        "name": "Groups",
        "type": "ir.actions.act_window",
        "res_model": "res.groups",
        "view_mode": "list,form",
        "views": [[false, "list"], [false, "form"]],
        "context": {"create": false, "delete": false},
        "domain": [["id", "in", groups]],
        "target": "current",
    }))
}

fn password_policy(_: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!({"minlength": 0}))
}
