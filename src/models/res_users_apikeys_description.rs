//! res.users.apikeys.description and res.users.identitycheck: how a client makes an API key for its user. The first is
//! filled in, `make_key` answers with the second, and that, given the user's password, makes the key and tells it once.

use crate::crypt;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, SUPERUSER};
use crate::value::{Json, Value};
use chrono::{NaiveTime, TimeDelta};
use serde_json::json;

use super::change_password_own;
use super::res_users_apikeys::generate_key;

/// The dialog that describes a key.
pub const DESCRIPTION: &str = "res.users.apikeys.description";
const CHECK: &str = "res.users.identitycheck";

/// Behaviour of the description.
pub fn behaviour() -> Behaviour {
    Behaviour::new(DESCRIPTION)
        .compute("compute_expiration_date", expiration_date)
        .constrains(&["name", "duration", "expiration_date"], check_expiration_date)
        .method(Method::record("make_key", "", make_key))
}

/// Behaviour of the password check.
pub fn identity_check() -> Behaviour {
    Behaviour::new(CHECK).method(Method::record("run_check", "", run_check))
}

/// Midnight after so many days; none for a key that stays, the user's own date for -1.
fn expiration_date(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for wizard in env.fetch(DESCRIPTION, ids, &["duration"])? {
        let days: i64 = wizard.str("duration").parse().unwrap_or(-1);
        let date = match days {
            1.. => Value::DateTime((env.now() + TimeDelta::days(days)).date().and_time(NaiveTime::MIN)),
            _ => Value::Null,
        };
        out.set(wizard.id, "expiration_date", date);
    }
    Ok(out)
}

/// Only administrators make keys that last longer than a group of theirs allows.
fn check_expiration_date(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if env.uid() == SUPERUSER || env.has_group("base.group_system")? {
        return Ok(());
    }
    let groups: Vec<i64> = env.user()?.groups.iter().copied().collect();
    let groups = env.sudo().fetch("res.groups", &groups, &["api_key_duration"])?;
    let most = groups.iter().map(|group| group.float("api_key_duration")).fold(0.0, f64::max);
    for wizard in env.fetch(DESCRIPTION, ids, &["expiration_date"])? {
        let Some(date) = wizard.datetime("expiration_date") else {
            return Err(Error::validation("The API key must have an expiration date"));
        };
        #[expect(clippy::cast_possible_truncation, reason = "days of a key's life")]
        if date > env.now() + TimeDelta::seconds((most * 86_400.0) as i64) {
            return Err(Error::validation(format!(
                "You cannot exceed {} days.",
                crate::value::py_float(most)
            )));
        }
    }
    Ok(())
}

/// Asks for the password first.
fn make_key(env: &Env, call: &Call<'_>) -> Result<Json> {
    if !env.has_group("base.group_user")? {
        return Err(Error::access("Only internal users can create API keys"));
    }
    ask_identity(env, DESCRIPTION, &call.ids, "make_key")
}

/// The dialog that asks for the user's password, and does `method` of the records then.
pub fn ask_identity(env: &Env, model: &str, ids: &[i64], method: &str) -> Result<Json> {
    let request = json!([{}, model, ids, method, [], {}]).to_string();
    let check = env.sudo().create(CHECK, json!({ "request": request }))?;
    Ok(
        json!({"type": "ir.actions.act_window", "res_model": CHECK, "res_id": check, "name": "Security Control",
        "target": "new", "views": [[false, "form"]]}),
    )
}

/// Looks at the password, and does what was asked for.
fn run_check(env: &Env, call: &Call<'_>) -> Result<Json> {
    let root = env.sudo();
    let [id] = call.ids[..] else {
        return Err(Error::value("Expected singleton: res.users.identitycheck()"));
    };
    let check = root.fetch_one(CHECK, id, &["request", "password", "create_uid"])?;
    // the context is where Odoo 19 has it
    let given = env.ctx("password").as_str().unwrap_or_else(|| check.str("password")).to_owned();
    let sql = Sql::of("SELECT password FROM res_users WHERE id = ").int(env.uid());
    let stored = root.query(&sql, &[ColType::Text])?;
    let stored = stored.first().map_or("", |row| row[0].str());
    if check.int("create_uid") != env.uid() || !crypt::verify(&given, stored) {
        return Err(Error::user(
            "Incorrect Password, try again or click on Forgot Password to reset your password.",
        ));
    }
    root.write(CHECK, &[id], json!({"password": false, "request": false}))?;
    let request: Json = serde_json::from_str(check.str("request")).unwrap_or_default();
    let wizard = request[2][0].as_i64();
    match (request[1].as_str(), request[3].as_str(), wizard) {
        (Some(DESCRIPTION), Some("make_key"), Some(wizard)) => tell_key(env, wizard),
        (Some(change_password_own::MODEL), Some("change_password"), Some(wizard)) => {
            change_password_own::accept(env, wizard)
        }
        _ => Err(Error::user("This check was made already. Begin again.")),
    }
}

/// Makes the key that was described.
fn tell_key(env: &Env, wizard: i64) -> Result<Json> {
    let root = env.sudo();
    let wanted = root.fetch_one(DESCRIPTION, wizard, &["name", "expiration_date", "create_uid"])?;
    if wanted.int("create_uid") != env.uid() {
        return Err(Error::access("Only who described an API key can make it."));
    }
    let key = generate_key(env, env.uid(), None, wanted.str("name"), wanted.datetime("expiration_date"))?;
    root.unlink(DESCRIPTION, &[wizard])?;
    Ok(
        json!({"type": "ir.actions.act_window", "res_model": "res.users.apikeys.show", "name": "API Key Ready",
        "views": [[false, "form"]], "target": "new", "context": {"default_key": key}}),
    )
}
