//! `POST /json/2/<model>/<method>`: one call, named arguments, an API key as bearer token, HTTP's own status codes.
//!
//! This is Odoo 19's protocol, so the words of the errors are 19's too; `service::json2` knows them.

use crate::error::{Error, Result};
use crate::service::{apikey, json2};
use crate::value::{Json, Map};

use super::exchange::{Answer, Exchange};
use super::fault;

/// One call.
pub fn call(exchange: &Exchange<'_>) -> Result<Answer> {
    let request = exchange.request;
    let (model, method) = (request.segment("model"), request.segment("method"));
    exchange.note_call(format!("{model}.{method}"));
    if request.method != "POST" {
        return astray(exchange);
    }
    let uid = bearer(exchange)?;
    let body = body(exchange)?;
    let result = json2::call(exchange.app()?, uid, model, method, body)?;
    Ok(Answer::json(200, &result))
}

/// The user whose API key the request carries.
pub fn bearer(exchange: &Exchange<'_>) -> Result<i64> {
    let request = exchange.request;
    let (scheme, key) = request.header("authorization").and_then(|v| v.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(fault::unauthorized(
            "User not authenticated, use the \"Authorization\" header with an API key.",
        ));
    }
    let uid = apikey::owner(exchange.app()?, "rpc", key.trim())?
        .ok_or_else(|| fault::unauthorized("Invalid apikey"))?;
    exchange.note_uid(uid);
    Ok(uid)
}

fn body(exchange: &Exchange<'_>) -> Result<Map> {
    if exchange.request.content_type() != "application/json" {
        return Err(fault::unsupported_media_type());
    }
    match serde_json::from_slice(&exchange.request.body) {
        Ok(Json::Object(body)) => Ok(body),
        Ok(_) => Err(fault::unprocessable("The request's body must be a JSON object.")),
        Err(e) => Err(Error::bad_request(format!("The request's body is not JSON: {e}"))),
    }
}

/// Any other path below `/json`.
pub fn astray(exchange: &Exchange<'_>) -> Result<Answer> {
    let path = exchange.request.path.trim_end_matches('/');
    let message = match path.strip_prefix("/json/2/") {
        Some(rest) if !rest.contains('/') => "Did you mean POST /json/2/<model>/<method>?",
        _ => "The requested URL was not found on the server.",
    };
    Err(Error::not_found(message))
}
