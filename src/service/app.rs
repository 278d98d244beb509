//! What a running server holds: its database, its name, its guard at the door.

use super::auth::Guard;
use crate::db::{DatabaseUrl, Mode, Pool};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Database, Env, Registry, SUPERUSER};
use crate::schema::load_addons;
use crate::value::{Map, Value};
use chrono::{DateTime, NaiveDateTime, Utc};
use std::path::PathBuf;
use std::sync::Arc;

/// How to open an application.
#[derive(Debug, Default)]
pub struct AppOptions {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Name that clients give as db.
    pub db_name: String,
    /// Connections at most.
    pub pool_size: u32,
    /// Folders with further addons.
    pub addons_path: Vec<PathBuf>,
    /// Password of admin, set when the database is new; None: one is made.
    pub admin_password: Option<String>,
    /// Opens the database service, when set.
    pub master_password: Option<String>,
}

/// A running server's state.
#[derive(Debug)]
pub struct App {
    /// Name of the database as clients give it.
    pub db_name: String,
    /// The database and its models; the worker holds it too.
    pub db: Arc<Database>,
    /// What this process remembers of logins.
    pub guard: Guard,
    master_password: Option<String>,
}

impl App {
    /// Opens (and, where it is new or the addons changed, installs) the database. `report` hears of each step.
    /// Also gives the password of admin when it was made here.
    pub fn open(
        options: AppOptions,
        behaviours: Vec<Behaviour>,
        report: &mut dyn FnMut(&str),
    ) -> Result<(App, Option<String>)> {
        let url: DatabaseUrl = options.database_url.parse()?;
        let pool = Pool::open(&url, options.pool_size.max(2))?;
        let registry = Registry::build(load_addons(&options.addons_path)?, behaviours)?;
        let db = Arc::new(Database::new(pool, registry, Arc::new(utc_now)));
        let fresh = db.install(report)?;
        let app = App {
            db_name: options.db_name,
            db,
            guard: Guard::new()?,
            master_password: options.master_password.filter(|p| !p.is_empty()),
        };
        let made = match (fresh, options.admin_password) {
            (false, _) => None,
            (true, Some(given)) => {
                app.set_password("admin", &given)?;
                None
            }
            (true, None) => {
                let made = crate::crypt::token::<12>()?;
                app.set_password("admin", &made)?;
                Some(made)
            }
        };
        Ok((app, made))
    }

    /// The configured master password.
    pub fn master_password(&self) -> Option<&str> {
        self.master_password.as_deref()
    }

    /// Runs `f` as `uid` in one transaction that may write; see [`Database::with_env`].
    pub fn with_env<T>(&self, uid: i64, context: Map, f: impl FnMut(&Env) -> Result<T>) -> Result<T> {
        self.db.with_env(uid, context, Mode::Write, f)
    }

    /// Runs `f` as `uid` for reading only.
    pub fn reading<T>(&self, uid: i64, context: Map, f: impl FnMut(&Env) -> Result<T>) -> Result<T> {
        self.db.with_env(uid, context, Mode::Read, f)
    }

    /// Sets the password of a login, by the superuser.
    pub fn set_password(&self, login: &str, password: &str) -> Result<()> {
        use crate::db::{ColType, Sql};
        let hash = crate::crypt::hash(password, crate::crypt::password_rounds())?;
        self.with_env(SUPERUSER, Map::new(), |env| {
            let sql = Sql::of("UPDATE res_users SET password = ")
                .bind(ColType::Text, Value::Text(hash.clone()))
                .raw(" WHERE login = ")
                .text(login);
            if env.execute(&sql)? == 0 {
                return Err(Error::user(format!("There is no user {login:?}.")));
            }
            env.invalidate();
            Ok(())
        })
    }
}

/// The time, UTC, whole microseconds (what both databases keep).
fn utc_now() -> NaiveDateTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock: everything below gets the time as an argument"
    )]
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now).naive_utc()
}
