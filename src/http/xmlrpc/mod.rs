//! `/xmlrpc/2/<service>` and `/xmlrpc/<service>`: the same services in XML, with two habits of telling errors.
//!
//! A result that XML-RPC has no word for is a fault although the work is done and committed: Odoo does it so, and
//! clients know.

pub mod decode;
pub mod encode;

use crate::error::{Error, Kind, Result};
use crate::value::Json;

use super::exchange::{Answer, Exchange};
use super::shared::{Glance, Records};
use super::{fault, jsonrpc};
use encode::Unmarshallable;

/// Answers one call.
pub fn call(exchange: &Exchange<'_>) -> Result<Answer> {
    if exchange.request.method != "POST" {
        return Ok(fault::html(&fault::method_not_allowed()).header("allow", "POST"));
    }
    let (method, params) = decode::call(&exchange.request.body)
        .map_err(|e| Error::bad_request(e.to_string()).named("xml.parsers.expat.ExpatError"))?;
    let service = exchange.request.segment("service");
    let result = jsonrpc::dispatch(exchange, service, &method, Json::Array(params))?;
    let body = encode::answer(&result.unwrap_or_default()).map_err(|e| match e {
        Unmarshallable::None => Error::type_error("cannot marshal None unless allow_none is enabled"),
        Unmarshallable::BigInt => Error::new(Kind::Overflow, "int exceeds XML-RPC limits"),
    })?;
    Ok(fault::xml(200, &body))
}

/// What a call may share with others.
pub fn look(exchange: &Exchange<'_>) -> Option<Glance> {
    let request = exchange.request;
    if request.method != "POST" || !jsonrpc::mentions(&request.body, b">read<") {
        return None;
    }
    let (method, params) = decode::call(&request.body).ok()?;
    let finish = |rows: Records| {
        let rows = rows.iter().map(|row| Json::clone(row)).collect();
        Some(fault::xml(200, &encode::answer(&Json::Array(rows)).ok()?))
    };
    jsonrpc::glance(exchange, request.segment("service"), &method, params, finish)
}
