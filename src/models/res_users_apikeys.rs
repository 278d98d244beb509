//! API keys: shown once, kept as a hash beside the first eight digits by which the row is found.

use crate::crypt;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Env, Method};
use crate::value::{Json, Value};
use chrono::NaiveDateTime;
use serde_json::json;

/// Digits that stand in the clear.
const INDEX_DIGITS: usize = 8;

/// Behaviour of `res.users.apikeys`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.users.apikeys").method(Method::record("remove", "", remove))
}

/// Makes a key of `uid` and stores its hash. `scope` None opens everything. Who calls has checked that he may.
pub fn generate_key(
    env: &Env,
    uid: i64,
    scope: Option<&str>,
    name: &str,
    expires: Option<NaiveDateTime>,
) -> Result<String> {
    if name.trim().is_empty() {
        return Err(Error::user("An API key needs a description."));
    }
    let key = crypt::token::<20>()?;
    let hash = crypt::hash(&key, crypt::API_KEY_ROUNDS)?;
    let optional = |v: Option<Value>| v.unwrap_or_default();
    let sql = Sql::of(
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, create_date, \"key\", \
            \"index\") VALUES (",
    )
    .text(name)
    .raw(", ")
    .int(uid)
    .raw(", ")
    .bind(ColType::Text, optional(scope.map(|s| Value::Text(s.to_owned()))))
    .raw(", ")
    .bind(ColType::DateTime, optional(expires.map(Value::DateTime)))
    .raw(", ")
    .bind(ColType::DateTime, Value::DateTime(env.now()))
    .raw(", ")
    .text(&hash)
    .raw(", ")
    .text(&key[..INDEX_DIGITS])
    .raw(")");
    env.execute(&sql)?;
    Ok(key)
}

/// A user drops his own keys; the system's administrators drop any.
fn remove(env: &Env, call: &Call<'_>) -> Result<Json> {
    let root = env.sudo();
    let keys = root.fetch("res.users.apikeys", &call.ids, &["user_id"])?;
    if !env.su() && !env.has_group("base.group_system")? && keys.iter().any(|k| k.int("user_id") != env.uid())
    {
        return Err(Error::access(
            "You can not remove API keys unless they're yours or you are a system user",
        ));
    }
    root.unlink("res.users.apikeys", &call.ids)?;
    env.invalidate();
    Ok(json!({"type": "ir.actions.act_window_close"}))
}
