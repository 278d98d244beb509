//! What a database is told when it is new, or a copy of another.

use serde_json::json;

use crate::crypt;
use crate::db::Sql;
use crate::error::{Error, Result};
use crate::models::ir_config_parameter::set;
use crate::orm::{Env, SUPERUSER};
use crate::value::{DATETIME_FORMAT, Map};

use super::{App, arrival};

/// What whoever makes a database says of it.
#[derive(Debug, Clone, Default)]
pub struct NewDatabase {
    /// Language of admin, switched on; empty: English.
    pub lang: String,
    /// Password of admin.
    pub password: String,
    /// Login of admin; empty: `admin`.
    pub login: String,
    /// Two letters; the company's country and currency.
    pub country_code: String,
    /// The company's.
    pub phone: String,
}

/// Gives the database an identity of its own; a copy must not have that of its original.
pub fn renew_identity(app: &App) -> Result<()> {
    app.with_env(SUPERUSER, Map::new(), |env| {
        set(env, "database.uuid", &uuid()?)?;
        set(env, "database.secret", &uuid()?)?;
        set(env, "database.create_date", &env.now().format(DATETIME_FORMAT).to_string())?;
        if env.param(arrival::BASE_URL)?.is_none() {
            set(env, arrival::BASE_URL, arrival::NOWHERE_YET)?;
        }
        // nobody is logged in to a copy
        env.execute(&Sql::of("DELETE FROM http_session"))?;
        Ok(())
    })
}

/// Makes a copy harmless: nothing runs by the clock, no provider is called, no job of the original is done twice.
pub fn neutralize(app: &App) -> Result<()> {
    app.with_env(SUPERUSER, Map::new(), |env| {
        for table in ["ir_cron", "ai_provider"] {
            env.execute(&Sql::of("UPDATE ").ident(table).raw(" SET active = FALSE WHERE active"))?;
        }
        env.execute(&Sql::of(
            "UPDATE ai_job SET state = 'cancelled', lease_until = NULL, worker = NULL \
             WHERE state IN ('wait', 'pending', 'started')",
        ))?;
        set(env, "database.is_neutralized", "True")?;
        env.invalidate();
        Ok(())
    })
}

/// Sets up a database that was just made.
pub fn settle(app: &App, new: &NewDatabase) -> Result<()> {
    let login = if new.login.is_empty() { "admin" } else { &new.login };
    app.with_env(SUPERUSER, Map::new(), |env| {
        let admin = env.xmlid("base.user_admin")?.ok_or_else(|| Error::internal("there is no admin"))?;
        let mut vals = json!({ "login": login });
        if !matches!(new.lang.as_str(), "" | "en_US") {
            let every = env.with_context(json!({"active_test": false}));
            let found = every.search("res.lang", json!([["code", "=", new.lang]]))?;
            if found.is_empty() {
                return Err(Error::user(format!("Invalid language code: {}", new.lang)));
            }
            env.write("res.lang", &found, json!({"active": true}))?;
            vals["lang"] = json!(new.lang);
        }
        if login.contains('@') {
            vals["email"] = json!(login);
            env.write("res.company", &[1], json!({"email": login}))?;
        }
        env.write("res.users", &[admin], vals)?;
        if !new.country_code.is_empty() {
            country(env, &new.country_code)?;
        }
        if !new.phone.is_empty() {
            env.write("res.company", &[1], json!({"phone": new.phone}))?;
        }
        Ok(())
    })?;
    app.set_password(login, &new.password)
}

fn country(env: &Env, code: &str) -> Result<()> {
    let found = env.search("res.country", json!([["code", "=", code.to_uppercase()]]))?;
    let country = found.first().ok_or_else(|| Error::user(format!("There is no country {code:?}.")))?;
    let currency = env.fetch_one("res.country", *country, &["currency_id"])?.opt("currency_id");
    let mut vals = json!({"country_id": country});
    if let Some(currency) = currency {
        let every = env.with_context(json!({"active_test": false}));
        every.write("res.currency", &[currency], json!({"active": true}))?;
        vals["currency_id"] = json!(currency);
    }
    env.write("res.company", &[1], vals)
}

/// A random one, version 4.
fn uuid() -> Result<String> {
    let mut bytes = crypt::random::<16>()?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(parts.join("-"))
}
