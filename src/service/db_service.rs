//! The service `db`. This server holds one database, so the calls that look answer for it, and the calls that make and
//! destroy databases ask for the master password and then decline.

use serde_json::json;

use crate::crypt;
use crate::error::{Error, Kind, Result};
use crate::value::Json;

use super::{App, accounts, common, signature};

/// Calls behind the master password.
const GUARDED: [&str; 9] = [
    "create_database",
    "duplicate_database",
    "drop",
    "dump",
    "restore",
    "rename",
    "change_admin_password",
    "migrate_databases",
    "create_empty_database",
];

/// One call.
pub fn dispatch(app: &App, method: &str, args: Vec<Json>) -> Result<Option<Json>> {
    let count = |names: &[&str], optional| {
        signature::positional(&format!("exp_{method}"), names, optional, args.len())
    };
    let answer = match method {
        "list" => {
            count(&[], 1)?;
            json!([app.db_name])
        }
        "db_exist" => {
            count(&["db_name"], 0)?;
            json!(args.first().and_then(Json::as_str) == Some(app.db_name.as_str()))
        }
        "server_version" => {
            count(&[], 0)?;
            json!(common::SERIES)
        }
        "list_lang" => {
            count(&[], 0)?;
            accounts::languages(app)?
        }
        _ if GUARDED.contains(&method) => {
            let Some(password) = args.first() else {
                return Err(Error::new(Kind::Index, "list index out of range"));
            };
            check_master(app, password)?;
            return Err(Error::user(format!(
                "{method}: this server holds one database. Use its command line, or your database's own tools."
            )));
        }
        _ => return Err(Error::key_error(&format!("Method not found: {method}"))),
    };
    Ok(Some(answer))
}

/// Fails unless `password` is the configured master password; without one nothing passes.
pub fn check_master(app: &App, password: &Json) -> Result<()> {
    match (app.master_password(), password.as_str()) {
        (Some(master), Some(given))
            if !master.is_empty() && crypt::equal(master.as_bytes(), given.as_bytes()) =>
        {
            Ok(())
        }
        _ => Err(Error::access_denied()),
    }
}
