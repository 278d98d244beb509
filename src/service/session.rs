//! Sessions of browsers: a random id in a cookie, its SHA-256 in the table `http_session` of the database it is for.
//!
//! A session carries a token made of its id and of the user's login and stored password: when one of these changes, or
//! the user is archived, the session is over. Idle for seven days it is over too.

use crate::crypt;
use crate::error::{Error, Result};

use super::App;
use super::accounts::{self, Account};

/// A session unused for this long is over.
pub const IDLE_SECONDS: i64 = 7 * 24 * 3600;
/// Bytes of randomness in an id.
const ID_BYTES: usize = 42;

/// What the table keeps of a session.
#[derive(Debug, Clone)]
pub struct Row {
    /// SHA-256 of the id.
    pub sid_hash: String,
    /// Whose.
    pub uid: i64,
    /// What must still be true of him.
    pub token: String,
}

/// A new id that leads to `app`'s database; nothing is stored.
pub fn new_id(app: &App) -> Result<String> {
    Ok(format!("{}{TAG_MARK}{}", crypt::token::<ID_BYTES>()?, tag(&app.db_name)))
}

/// Between an id's random part and the tag of its database.
const TAG_MARK: char = '~';

/// What the ids of a database's sessions end with, so that a server of several knows where to look.
pub fn tag(db_name: &str) -> String {
    crypt::sha256_hex(format!("database:{db_name}").as_bytes())[..8].to_owned()
}

/// The tag that an id carries, if any.
pub fn tag_of(id: &str) -> Option<&str> {
    id.split_once(TAG_MARK).map(|(_, tag)| tag)
}

/// Begins a session of `uid`; the id for the cookie.
pub fn open(app: &App, uid: i64) -> Result<String> {
    let account = accounts::by_id(app, uid)?.filter(|a| a.active).ok_or_else(Error::access_denied)?;
    let id = new_id(app)?;
    let row = Row { sid_hash: crypt::sha256_hex(id.as_bytes()), uid, token: token(&id, &account) };
    accounts::store_session(app, &row)?;
    Ok(id)
}

/// Whose session `id` is. Fails with `SessionExpired` for one that is over, or never was.
pub fn user(app: &App, id: Option<&str>) -> Result<i64> {
    let id = id.ok_or_else(Error::session_expired)?;
    let (row, account) =
        accounts::session(app, &crypt::sha256_hex(id.as_bytes()))?.ok_or_else(Error::session_expired)?;
    if account.active && crypt::equal(row.token.as_bytes(), token(id, &account).as_bytes()) {
        return Ok(row.uid);
    }
    accounts::drop_session(app, &row.sid_hash)?;
    Err(Error::session_expired())
}

/// Ends the session, if there is one.
pub fn close(app: &App, id: Option<&str>) -> Result<()> {
    match id {
        Some(id) => accounts::drop_session(app, &crypt::sha256_hex(id.as_bytes())),
        None => Ok(()),
    }
}

fn token(id: &str, account: &Account) -> String {
    let uid = account.id.to_be_bytes();
    let stored = account.password.as_deref().unwrap_or_default();
    hex::encode(crypt::mac(id.as_bytes(), &[&uid, account.login.as_bytes(), stored.as_bytes()]))
}
