//! One database that is served: its name, its models, its guard at the door.

use super::auth::Guard;
use super::copies;
use super::watch::Watch;
use crate::crypt;
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
}

/// One database that is served.
#[derive(Debug)]
pub struct App {
    /// Name of the database as clients give it.
    pub db_name: String,
    /// The database and its models; the worker holds it too.
    pub db: Arc<Database>,
    /// What this process remembers of logins.
    pub guard: Guard,
    /// Who watches workflows at this process.
    pub watch: Watch,
}

/// Where a database is and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Name that clients give as db.
    pub name: &'a str,
    /// Where.
    pub url: &'a DatabaseUrl,
    /// Connections at most.
    pub pool_size: u32,
}

impl App {
    /// Opens (and, where it is new or the addons changed, installs) the database. `report` hears of each step.
    /// Also gives the password of admin when it was made here.
    pub fn open(
        options: AppOptions,
        behaviours: Vec<Behaviour>,
        report: &mut dyn FnMut(&str),
    ) -> Result<(App, Option<String>)> {
        let registry = Registry::build(load_addons(&options.addons_path)?, behaviours)?;
        let place = Place {
            name: &options.db_name,
            url: &options.database_url.parse()?,
            pool_size: options.pool_size,
        };
        App::open_at(&place, Arc::new(registry), options.admin_password.as_deref(), report)
    }

    /// [`App::open`] with models that are there already.
    pub fn open_at(
        place: &Place<'_>,
        registry: Arc<Registry>,
        admin_password: Option<&str>,
        report: &mut dyn FnMut(&str),
    ) -> Result<(App, Option<String>)> {
        let app = App::bare(place, registry)?;
        if !app.db.install(report)? {
            return Ok((app, None));
        }
        copies::renew_identity(&app)?;
        let made = match admin_password {
            Some(_) => None,
            None => Some(crypt::token::<12>()?),
        };
        app.set_password("admin", admin_password.or(made.as_deref()).unwrap_or_default())?;
        Ok((app, made))
    }

    /// The application on a database that nothing is done to yet.
    pub fn bare(place: &Place<'_>, registry: Arc<Registry>) -> Result<App> {
        let pool = Pool::open(place.url, place.pool_size.max(2))?;
        let db = Arc::new(Database::new(pool, registry, Arc::new(utc_now)));
        Ok(App { db_name: place.name.to_owned(), db, guard: Guard::new()?, watch: Watch::default() })
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
        let hash = crypt::hash(password, crypt::password_rounds())?;
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
