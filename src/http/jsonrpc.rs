//! The JSON-RPC 2.0 envelope that `/jsonrpc` and every JSON route under `/web` share, and `/jsonrpc` itself.
//!
//! As Odoo has it: the content type must be JSON's (which is what keeps foreign pages out), an unreadable envelope is
//! HTTP 400 and a page, everything else HTTP 200; `method` is not looked at; the id comes back whatever it is; a None
//! result leaves `result` out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::service::rpc;
use crate::service::shared_read::SharedRead;
use crate::service::signature;
use crate::value::{Json, Map};

use super::exchange::{Answer, Exchange, Incoming};
use super::fault;
use super::shared::{Glance, Records};

/// A JSON route: named parameters in, a result or None out.
pub type JsonCall = fn(&Exchange<'_>, &mut Map) -> Result<Option<Json>>;

/// An envelope, opened.
struct Envelope {
    id: Json,
    params: Result<Map>,
}

/// Answers a JSON route. Err only for what must leave the envelope: a page's error, or a call to be tried again.
pub fn answer(exchange: &Exchange<'_>, call: JsonCall) -> Result<Answer> {
    let envelope = open(exchange)?;
    let result = envelope.params.and_then(|mut params| call(exchange, &mut params));
    Ok(match result {
        Err(e) if e.kind == Kind::Busy => return Err(e),
        Ok(result) => success(&envelope.id, result),
        Err(e) => {
            super::log_error(&e);
            fault::json_rpc(&envelope.id, &e, &exchange.note().call)
        }
    })
}

/// An answer that is none of an error.
#[derive(Serialize)]
struct Success<'a, R: Serialize> {
    jsonrpc: &'static str,
    id: &'a Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<R>,
}

fn success(id: &Json, result: Option<impl Serialize>) -> Answer {
    Answer::json(200, &Success { jsonrpc: "2.0", id, result })
}

fn is_json(request: &Incoming) -> bool {
    let json = matches!(request.content_type().as_str(), "application/json" | "application/json-rpc");
    request.method == "POST" && json
}

fn open(exchange: &Exchange<'_>) -> Result<Envelope> {
    let request = exchange.request;
    if !is_json(request) {
        return Err(Error::bad_request("The request must be a POST of JSON (application/json)."));
    }
    let body: Json = serde_json::from_slice(&request.body)
        .map_err(|e| Error::bad_request("Invalid JSON data").detail(e.to_string()))?;
    let Json::Object(mut body) = body else { return Err(Error::bad_request("Invalid JSON-RPC data")) };
    let params = match body.remove("params") {
        None => Ok(Map::new()),
        Some(Json::Object(params)) => Ok(params),
        Some(Json::Array(list)) if list.is_empty() => Ok(Map::new()),
        Some(Json::Null) => Err(Error::type_error("'NoneType' object is not iterable")),
        Some(_) => Err(Error::type_error("params must be an object")),
    };
    Ok(Envelope { id: body.remove("id").unwrap_or_default(), params })
}

/// `/jsonrpc`: one of the three services.
pub fn rpc(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    signature::require("RPC.jsonrpc", &["service", "method", "args"], params)?;
    let service = signature::text(params.remove("service"));
    let method = signature::text(params.remove("method"));
    let args = params.remove("args").unwrap_or_default();
    dispatch(exchange, &service, &method, args)
}

/// What a call of `/jsonrpc` may share with others.
pub fn look(exchange: &Exchange<'_>) -> Option<Glance> {
    if !mentions(&exchange.request.body, b"\"read\"") {
        return None;
    }
    let Glimpse { id, params } =
        serde_json::from_slice(&exchange.request.body).ok().filter(|_| is_json(exchange.request))?;
    let finish = move |rows: Records| {
        let rows: Vec<&Json> = rows.iter().map(|row| &**row).collect();
        Some(success(&id, Some(rows)))
    };
    glance(exchange, &params.service, &params.method, params.args, finish)
}

/// An [`Envelope`] as nearly everybody writes it.
#[derive(Deserialize)]
struct Glimpse<'a> {
    #[serde(default)]
    id: Json,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    args: Vec<Json>,
}

/// Whether a short body has that word, so that most calls are not opened twice.
pub fn mentions(body: &[u8], word: &[u8]) -> bool {
    const SHORT: usize = 4096;
    body.len() <= SHORT && body.windows(word.len()).any(|part| part == word)
}

/// [`dispatch`], for what may be shared.
pub fn glance(
    exchange: &Exchange<'_>,
    service: &str,
    method: &str,
    args: Vec<Json>,
    finish: impl FnOnce(Records) -> Option<Answer> + 'static,
) -> Option<Glance> {
    let (read, ids) = SharedRead::of(exchange.databases, &exchange.request.peer(), service, method, args)?;
    exchange.note_call(read.describe());
    exchange.note_uid(read.uid());
    Some(Glance { read, ids, finish: Box::new(finish) })
}

/// The services behind `/jsonrpc` and `/xmlrpc`.
pub fn dispatch(exchange: &Exchange<'_>, service: &str, method: &str, args: Json) -> Result<Option<Json>> {
    exchange.note_call(rpc::describe(service, method, &args));
    if let Some(uid) = rpc::claimed_uid(service, &args) {
        exchange.note_uid(uid);
    }
    rpc::dispatch(exchange.databases, &exchange.request.peer(), service, method, args)
}
