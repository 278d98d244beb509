//! The service `common`: version, about, login, authenticate.

use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::value::Json;

use super::rpc::Peer;
use super::{Databases, auth, signature};

/// The series whose behaviour this server has.
pub const SERIES: &str = "18.0";

/// One call.
pub fn dispatch(databases: &Databases, peer: &Peer, method: &str, args: Vec<Json>) -> Result<Option<Json>> {
    let count = |names: &[&str], optional| {
        signature::positional(&format!("exp_{method}"), names, optional, args.len())
    };
    let answer = match method {
        "version" => {
            count(&[], 0)?;
            version()
        }
        "about" => {
            count(&[], 1)?;
            about(args.first().is_some_and(|extended| !crate::value::json_is_falsy(extended)))
        }
        "login" => {
            count(&["db", "login", "password"], 0)?;
            login(databases, peer, &args)?
        }
        "authenticate" => {
            count(&["db", "login", "password", "user_agent_env"], 0)?;
            login(databases, peer, &args)?
        }
        "set_loglevel" => Json::Bool(true),
        _ => {
            let message = format!("Method not found: {method}");
            return Err(Error::new(Kind::Internal, message).named("builtins.Exception"));
        }
    };
    Ok(Some(answer))
}

/// What `version` answers, on every route that tells it.
pub fn version() -> Json {
    json!({
        "server_version": SERIES,
        "server_version_info": version_info(),
        "server_serie": SERIES,
        "protocol_version": 1,
    })
}

/// The version as a list.
pub fn version_info() -> Json {
    json!([18, 0, 0, "final", 0, ""])
}

/// Odoo's answer, which clients compare.
fn about(extended: bool) -> Json {
    let about = "See http://openerp.com";
    if extended { json!([about, SERIES]) } else { json!(about) }
}

/// The user's id, or false where the password, the login or the throttle says no.
fn login(databases: &Databases, peer: &Peer, args: &[Json]) -> Result<Json> {
    let [db, login, password, ..] = args else { return Ok(Json::Bool(false)) };
    let app = databases.get(&signature::text(Some(db.clone())))?;
    let (Some(login), Some(password)) = (login.as_str(), password.as_str()) else {
        return Ok(Json::Bool(false));
    };
    match auth::login(&app, peer, login, password, auth::Keys::Allowed) {
        Ok(uid) => Ok(json!(uid)),
        Err(e) if e.kind == Kind::AccessDenied => Ok(Json::Bool(false)),
        Err(e) => Err(e),
    }
}
