//! change.password.own: the dialog in which a user changes his own password. It keeps the new one as the hash that will
//! be stored, from the moment it is told until the old password has been asked for.

use crate::crypt;
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Env, Method, Super};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;

use super::res_users_apikeys_description::ask_identity;
use super::res_users_fields;

/// The model.
pub const MODEL: &str = "change.password.own";

/// Behaviour of the dialog.
pub fn behaviour() -> Behaviour {
    Behaviour::new(MODEL).create(create).write(write).method(Method::record("change_password", "", change))
}

fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    vals.iter_mut().try_for_each(seal)?;
    sup.create(env, vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    seal(&mut vals)?;
    sup.write(env, ids, vals)
}

/// Two equal passwords become one hash.
fn seal(vals: &mut Map) -> Result<()> {
    let (new, again) = (vals.remove("new_password"), vals.remove("confirm_password"));
    if new.as_ref().is_none_or(json_is_falsy) && again.as_ref().is_none_or(json_is_falsy) {
        return Ok(());
    }
    match new.as_ref().and_then(Json::as_str) {
        Some(password) if new == again => {
            vals.insert("new_password".into(), json!(crypt::hash(password, crypt::password_rounds())?));
            Ok(())
        }
        _ => Err(Error::validation("The new password and its confirmation must be identical.")),
    }
}

/// Asks for the present password first.
fn change(env: &Env, call: &Call<'_>) -> Result<Json> {
    ask_identity(env, MODEL, &call.ids, "change_password")
}

/// What follows from the right one: the new password is the user's, and his sessions are over.
pub fn accept(env: &Env, id: i64) -> Result<Json> {
    let root = env.sudo();
    let told = root.fetch_one(MODEL, id, &["new_password", "create_uid"])?;
    if told.int("create_uid") != env.uid() {
        return Err(Error::access("Only who told a new password can make it his."));
    }
    if told.str("new_password").is_empty() {
        return Err(Error::user(res_users_fields::EMPTY_PASSWORD));
    }
    res_users_fields::keep_hash(&root, env.uid(), told.str("new_password"))?;
    root.unlink(MODEL, &[id])?;
    env.invalidate();
    Ok(json!({"type": "ir.actions.client", "tag": "reload"}))
}
