//! What logins, keys and sessions need of the database: the only SQL of this floor.
// INTERIM: in memory until the ORM lands.

use std::collections::HashMap;

use serde_json::json;

use crate::error::Result;
use crate::value::Json;

use super::App;
use super::apikey::{NewKey, Purpose};
use super::session::Row;
use super::throttle::Cooldown;

/// A user as far as proving himself goes.
#[derive(Debug, Clone)]
pub struct Account {
    /// Id.
    pub id: i64,
    /// Login.
    pub login: String,
    /// Stored hash.
    pub password: Option<String>,
    /// Archived users may not log in.
    pub active: bool,
}

/// A key found by its index.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// Whose.
    pub uid: i64,
    /// The stored hash.
    pub hash: String,
}

/// Interim store.
#[derive(Debug, Default)]
pub struct Fake {
    sessions: HashMap<String, Row>,
    keys: Vec<(String, KeyRow)>,
    hash: String,
}

fn admin(app: &App) -> Account {
    let mut fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if fake.hash.is_empty() {
        fake.hash = crate::crypt::hash("admin", 1000).unwrap_or_default();
    }
    Account { id: 2, login: "admin".into(), password: Some(fake.hash.clone()), active: true }
}

/// The active user of that login, compared byte for byte.
pub fn by_login(app: &App, login: &str) -> Result<Option<Account>> {
    Ok(Some(admin(app)).filter(|a| a.login == login))
}

/// The user, archived or not.
pub fn by_id(app: &App, uid: i64) -> Result<Option<Account>> {
    Ok(Some(admin(app)).filter(|a| a.id == uid))
}

/// Writes down that he logged in.
pub fn note_login(_: &App, _: i64) -> Result<()> {
    Ok(())
}

/// The two parameters of the throttle.
pub fn cooldown(_: &App) -> Result<Cooldown> {
    Ok(Cooldown::default())
}

/// All languages as `[code, name]`.
pub fn languages(_: &App) -> Result<Json> {
    Ok(json!([["en_US", "English (US)"]]))
}

/// Keys of active users that begin with `index`, have not expired and serve `scope`.
pub fn keys_by_index(app: &App, index: &str, _scope: &str) -> Result<Vec<KeyRow>> {
    let fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(fake.keys.iter().filter(|(i, _)| i == index).map(|(_, k)| k.clone()).collect())
}

/// Stores a key.
pub fn store_key(app: &App, uid: i64, _purpose: &Purpose<'_>, new: &NewKey) -> Result<()> {
    let mut fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    fake.keys.push((new.index.clone(), KeyRow { uid, hash: new.hash.clone() }));
    Ok(())
}

/// The session of that hash and its user, unless idle too long.
pub fn session(app: &App, sid_hash: &str) -> Result<Option<(Row, Account)>> {
    let account = admin(app);
    let fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(fake.sessions.get(sid_hash).map(|row| (row.clone(), account)))
}

/// Stores a session.
pub fn store_session(app: &App, row: &Row) -> Result<()> {
    let mut fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    fake.sessions.insert(row.sid_hash.clone(), row.clone());
    Ok(())
}

/// Forgets a session.
pub fn drop_session(app: &App, sid_hash: &str) -> Result<()> {
    let mut fake = app.fake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    fake.sessions.remove(sid_hash);
    Ok(())
}

/// Names of the installed modules.
pub fn modules(_: &App) -> Result<Json> {
    Ok(json!(["base"]))
}
