//! The three services of the old protocols by name: `common`, `object`, `db`. `/jsonrpc` and `/xmlrpc` both end here.

use crate::error::{Error, Kind, Result};
use crate::value::Json;

use super::{CallKw, Databases, auth, call_kw, common, db_service, signature};

/// Who is at the other end of the wire.
#[derive(Debug, Clone, Default)]
pub struct Peer {
    /// Address, for the throttle of failed logins.
    pub ip: String,
}

/// One call of a service. None is Python's None.
pub fn dispatch(
    databases: &Databases,
    peer: &Peer,
    service: &str,
    method: &str,
    args: Json,
) -> Result<Option<Json>> {
    let args = signature::spread(args);
    match service {
        "common" => common::dispatch(databases, peer, method, args?),
        "object" => object(databases, peer, method, args?),
        "db" => db_service::dispatch(databases, peer, method, args?),
        _ => Err(Error::key_error(service)),
    }
}

/// `object`: a model's method on behalf of a user who proves himself with every call.
fn object(databases: &Databases, peer: &Peer, method: &str, args: Vec<Json>) -> Result<Option<Json>> {
    let mut args = args.into_iter();
    let (Some(db), Some(uid), Some(password)) = (args.next(), args.next(), args.next()) else {
        return Err(Error::new(Kind::Index, "list index out of range"));
    };
    let uid = signature::int(&uid)?;
    let app = databases.get(&signature::text(Some(db)))?;
    auth::check(&app, peer, uid, &password)?;
    call_kw(&app, uid, bind(method, args.collect())?)
}

/// What `execute(db, uid, obj, method, *args)` and `execute_kw(db, uid, obj, method, args, kw=None)` mean.
pub(super) fn bind(method: &str, rest: Vec<Json>) -> Result<CallKw> {
    // db and uid are there already
    let given = rest.len() + 2;
    let count = |names: &[&str], optional| signature::positional(method, names, optional, given);
    match method {
        "execute" => count(&["db", "uid", "obj", "method"], usize::MAX / 2)?,
        "execute_kw" => count(&["db", "uid", "obj", "method", "args"], 1)?,
        _ => return Err(Error::value(format!("Method not available {method}")).named("builtins.NameError")),
    }
    let mut rest = rest.into_iter();
    let (model, name) = (signature::text(rest.next()), signature::text(rest.next()));
    let (args, kwargs) = if method == "execute" {
        (rest.collect(), crate::value::Map::new())
    } else {
        let args = signature::spread(rest.next().unwrap_or_default())?;
        (args, signature::keywords("odoo.service.model.execute", rest.next().unwrap_or_default())?)
    };
    Ok(CallKw { model, method: name, args, kwargs })
}

/// `model.method` of a call of `object`, `service.method` of the others: for the log.
pub fn describe(service: &str, method: &str, args: &Json) -> String {
    let text = |i: usize| args.get(i).and_then(Json::as_str);
    match (service, text(3), text(4)) {
        ("object", Some(model), Some(name)) => format!("{model}.{name}"),
        _ => format!("{service}.{method}"),
    }
}

/// The uid a call of `object` claims: for the log.
pub fn claimed_uid(service: &str, args: &Json) -> Option<i64> {
    if service == "object" { args.get(1).and_then(Json::as_i64) } else { None }
}
