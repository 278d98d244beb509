//! What logins, keys and sessions need of the database: the only SQL of this floor.
//!
//! It stands below the ORM's rights on purpose: nobody is anybody yet.

use chrono::{Duration, NaiveDateTime};
use serde_json::json;

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Env, SUPERUSER};
use crate::value::{Json, Map, Value};

use super::App;
use super::session::{IDLE_SECONDS, Row};
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

const ACCOUNT: [ColType; 4] = [ColType::Int, ColType::Text, ColType::Text, ColType::Bool];

fn account(row: &[Value]) -> Option<Account> {
    let [id, login, password, active] = row else { return None };
    Some(Account {
        id: id.int(),
        login: login.str().to_owned(),
        password: Some(password.str().to_owned()).filter(|p| !p.is_empty()),
        active: *active == Value::Bool(true),
    })
}

/// Rows of a query, below all rights.
fn rows(app: &App, sql: &Sql, types: &[ColType]) -> Result<Vec<Vec<Value>>> {
    app.reading(SUPERUSER, Map::new(), |env| env.query(sql, types))
}

/// Statements in one transaction, below all rights.
fn run(app: &App, statements: impl Fn(&Env) -> Vec<Sql>) -> Result<()> {
    app.with_env(SUPERUSER, Map::new(), |env| {
        for sql in statements(env) {
            env.execute(&sql)?;
        }
        Ok(())
    })
}

/// The active user of that login, compared byte for byte.
pub fn by_login(app: &App, login: &str) -> Result<Option<Account>> {
    let sql = Sql::of("SELECT id, login, password, active FROM res_users WHERE login = ")
        .text(login)
        .raw(" AND active");
    Ok(rows(app, &sql, &ACCOUNT)?.first().and_then(|row| account(row)))
}

/// The user, archived or not.
pub fn by_id(app: &App, uid: i64) -> Result<Option<Account>> {
    let sql = Sql::of("SELECT id, login, password, active FROM res_users WHERE id = ").int(uid);
    Ok(rows(app, &sql, &ACCOUNT)?.first().and_then(|row| account(row)))
}

/// Writes down that he logged in.
pub fn note_login(app: &App, uid: i64) -> Result<()> {
    app.with_env(uid, Map::new(), |env| env.sudo().create("res.users.log", json!({})).map(drop))
}

/// The two parameters of the throttle; what is no number is as if it were not set.
pub fn cooldown(app: &App) -> Result<Cooldown> {
    app.reading(SUPERUSER, Map::new(), |env| {
        let number =
            |key: &str| Ok::<_, crate::error::Error>(env.param(key)?.and_then(|v| v.trim().parse().ok()));
        let standard = Cooldown::default();
        Ok(Cooldown {
            after: number("base.login_cooldown_after")?.unwrap_or(standard.after),
            duration: number("base.login_cooldown_duration")?
                .map_or(standard.duration, |s: u32| std::time::Duration::from_secs(s.into())),
        })
    })
}

/// Names of the installed modules.
pub fn modules(app: &App) -> Result<Json> {
    let sql = Sql::of("SELECT name FROM ir_module_module WHERE state = 'installed' ORDER BY name");
    Ok(rows(app, &sql, &[ColType::Text])?.iter().map(|row| json!(row[0].str())).collect())
}

/// Keys of active users that begin with `index`, have not expired and serve `scope`.
pub fn keys_by_index(app: &App, index: &str, scope: &str) -> Result<Vec<KeyRow>> {
    let found = app.reading(SUPERUSER, Map::new(), |env| {
        let sql = Sql::of(
            "SELECT k.user_id, k.key FROM res_users_apikeys k JOIN res_users u ON u.id = k.user_id WHERE ",
        )
        .raw("u.active AND k.\"index\" = ")
        .text(index)
        .raw(" AND (k.scope IS NULL OR k.scope = ")
        .text(scope)
        .raw(") AND (k.expiration_date IS NULL OR k.expiration_date >= ")
        .bind(ColType::DateTime, Value::DateTime(env.now()))
        .raw(")");
        env.query(&sql, &[ColType::Int, ColType::Text])
    })?;
    Ok(found.iter().map(|row| KeyRow { uid: row[0].int(), hash: row[1].str().to_owned() }).collect())
}

/// The session of that hash and its user, unless idle too long. Once in a while notes that it was seen.
pub fn session(app: &App, sid_hash: &str) -> Result<Option<(Row, Account)>> {
    const TYPES: [ColType; 7] =
        [ColType::Text, ColType::DateTime, ColType::DateTime, ACCOUNT[0], ACCOUNT[1], ACCOUNT[2], ACCOUNT[3]];
    let found = app.reading(SUPERUSER, Map::new(), |env| {
        let sql = Sql::of("SELECT s.token, s.last_seen, ")
            .bind(ColType::DateTime, Value::DateTime(env.now()))
            .raw(
                ", u.id, u.login, u.password, u.active FROM http_session s JOIN res_users u ON u.id = s.uid ",
            )
            .raw("WHERE s.sid_hash = ")
            .text(sid_hash);
        env.query(&sql, &TYPES)
    })?;
    let Some([token, last_seen, now, user @ ..]) = found.first().map(Vec::as_slice) else { return Ok(None) };
    let (Some(account), Value::DateTime(seen), Value::DateTime(now)) = (account(user), last_seen, now) else {
        return Ok(None);
    };
    let idle = *now - *seen;
    if idle > Duration::seconds(IDLE_SECONDS) {
        return Ok(None);
    }
    if idle > Duration::minutes(30) {
        touch(app, sid_hash, *now)?;
    }
    let row = Row { sid_hash: sid_hash.to_owned(), uid: account.id, token: token.str().to_owned() };
    Ok(Some((row, account)))
}

fn touch(app: &App, sid_hash: &str, now: NaiveDateTime) -> Result<()> {
    run(app, |_| {
        let now = Value::DateTime(now);
        vec![
            Sql::of("UPDATE http_session SET last_seen = ")
                .bind(ColType::DateTime, now)
                .raw(" WHERE sid_hash = ")
                .text(sid_hash),
        ]
    })
}

/// Stores a session, and clears away those that are over.
pub fn store_session(app: &App, row: &Row) -> Result<()> {
    run(app, |env| {
        let moment = |at| Sql::new().bind(ColType::DateTime, Value::DateTime(at));
        let stale = env.now() - Duration::seconds(IDLE_SECONDS);
        let values = [
            Sql::new().text(&row.sid_hash),
            Sql::new().int(row.uid),
            Sql::new().text(&row.token),
            moment(env.now()),
        ];
        vec![
            Sql::of("DELETE FROM http_session WHERE last_seen < ").sql(moment(stale)),
            Sql::of("INSERT INTO http_session (sid_hash, uid, token, last_seen) VALUES (")
                .sql(Sql::join(", ", values))
                .raw(")"),
        ]
    })
}

/// Forgets a session.
pub fn drop_session(app: &App, sid_hash: &str) -> Result<()> {
    run(app, |_| vec![Sql::of("DELETE FROM http_session WHERE sid_hash = ").text(sid_hash)])
}
