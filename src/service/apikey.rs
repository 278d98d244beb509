//! API keys: 40 hexadecimal digits that stand for their user. Stored as Odoo stores them, the first eight digits in the
//! clear to find the row by, the whole hashed.

use chrono::NaiveDateTime;

use crate::crypt;
use crate::error::{Error, Result};

use super::{App, accounts};

/// Digits that stand in the clear.
pub const INDEX_DIGITS: usize = 8;
/// Digits of a key.
const KEY_DIGITS: usize = 40;

/// A new key's two halves: what the user is shown once, and what is kept.
#[derive(Debug)]
pub struct NewKey {
    /// The key.
    pub key: String,
    /// Column `index`.
    pub index: String,
    /// Column `key`.
    pub hash: String,
}

/// Makes a key; the caller stores `index` and `hash`.
pub fn generate() -> Result<NewKey> {
    let key = crypt::token::<20>()?;
    Ok(NewKey { index: key[..INDEX_DIGITS].to_owned(), hash: crypt::hash(&key, crypt::API_KEY_ROUNDS)?, key })
}

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
    if purpose.name.trim().is_empty() {
        return Err(Error::user("An API key needs a description."));
    }
    let new = generate()?;
    accounts::store_key(app, uid, purpose, &new)?;
    Ok(new.key)
}
