//! API keys: 40 hexadecimal digits that stand for their user. Stored as Odoo stores them, the first eight digits in the
//! clear to find the row by, the whole hashed. `models::res_users_apikeys` makes them; here they open doors.

use chrono::NaiveDateTime;

use crate::error::Result;
use crate::models::res_users_apikeys::generate_key;
use crate::orm::SUPERUSER;
use crate::value::Map;

use super::{App, accounts};

/// Digits that stand in the clear.
pub const INDEX_DIGITS: usize = 8;
/// Digits of a key.
const KEY_DIGITS: usize = 40;

/// The active user whose key `key` is, if it may be used for `scope` and has not expired.
pub fn owner(app: &App, scope: &str, key: &str) -> Result<Option<i64>> {
    if key.len() != KEY_DIGITS || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(None);
    }
    for row in accounts::keys_by_index(app, &key[..INDEX_DIGITS], scope)? {
        if app.guard.verifier.fits(row.uid, key, &row.hash)? {
            return Ok(Some(row.uid));
        }
    }
    Ok(None)
}

/// What a key is made for.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a> {
    /// What it opens; None is everything.
    pub scope: Option<&'a str>,
    /// What its user calls it.
    pub name: &'a str,
    /// When it ends.
    pub expires: Option<NaiveDateTime>,
}

/// Makes and stores a key of `uid`. Who calls has checked that `uid` may.
pub fn issue(app: &App, uid: i64, purpose: &Purpose<'_>) -> Result<String> {
    app.with_env(SUPERUSER, Map::new(), |env| {
        generate_key(env, uid, purpose.scope, purpose.name, purpose.expires)
    })
}
