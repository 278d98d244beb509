//! The only place where an [`Error`] becomes what a caller reads: one function an envelope.
//!
//! The wire table beside `Error` says names and codes; here is only the form. What an error keeps for the log
//! (`detail`) never leaves.

use serde_json::json;

use crate::error::{Error, Kind};
use crate::value::{Json, py_repr};

use super::exchange::Answer;
use super::xmlrpc::encode::{FaultCode, fault};

/// How a route's errors look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A small page.
    Html,
    /// JSON-RPC 2.0, always HTTP 200 but for a body too large.
    JsonRpc,
    /// `/xmlrpc`: fault codes are texts.
    XmlRpc1,
    /// `/xmlrpc/2`: fault codes are numbers.
    XmlRpc2,
    /// JSON-2: an HTTP status and a bare error object.
    Json2,
}

impl Shape {
    /// The answer that tells `error`; `call` is what was called, for the traceback.
    pub fn render(self, error: &Error, call: &str) -> Answer {
        match self {
            Shape::Html => html(error),
            Shape::JsonRpc => json_rpc(&Json::Null, error, call),
            Shape::XmlRpc1 => xml(status(error), &v1(error, call)),
            Shape::XmlRpc2 => xml(status(error), &v2(error, call)),
            Shape::Json2 => json2(error, call),
        }
    }
}

/// The RPC envelopes are HTTP 200 whatever they tell, but a refused envelope says so to HTTP as well.
fn status(error: &Error) -> u16 {
    match error.name() {
        TOO_LARGE => 413,
        TOO_SLOW => 408,
        _ => 200,
    }
}

const TOO_LARGE: &str = "werkzeug.exceptions.RequestEntityTooLarge";
const TOO_SLOW: &str = "werkzeug.exceptions.RequestTimeout";

/// The body is larger than the operator allows.
pub fn too_large(limit: usize) -> Error {
    Error::bad_request(format!("The request is larger than the limit of {limit} bytes.")).named(TOO_LARGE)
}

/// The body stopped arriving.
pub fn too_slow() -> Error {
    Error::bad_request("The request's body did not arrive in time.").named(TOO_SLOW)
}

/// HTTP 401 on JSON-2.
pub fn unauthorized(message: &str) -> Error {
    Error::bad_request(message).named("werkzeug.exceptions.Unauthorized")
}

/// HTTP 405.
pub fn method_not_allowed() -> Error {
    Error::bad_request("The method is not allowed for the requested URL.")
        .named("werkzeug.exceptions.MethodNotAllowed")
}

/// HTTP 415.
pub fn unsupported_media_type() -> Error {
    Error::bad_request("The request's content type must be application/json.")
        .named("werkzeug.exceptions.UnsupportedMediaType")
}

/// HTTP 422: the arguments do not fit the method.
pub fn unprocessable(message: impl Into<String>) -> Error {
    Error::bad_request(message).named("werkzeug.exceptions.UnprocessableEntity")
}

/// HTTP status of JSON-2 and of pages.
pub fn http_status(error: &Error) -> u16 {
    match error.name() {
        TOO_LARGE => 413,
        TOO_SLOW => 408,
        "werkzeug.exceptions.Unauthorized" => 401,
        "werkzeug.exceptions.MethodNotAllowed" => 405,
        "werkzeug.exceptions.UnsupportedMediaType" => 415,
        "werkzeug.exceptions.UnprocessableEntity" => 422,
        "werkzeug.exceptions.ServiceUnavailable" => 503,
        _ => error.kind.wire().status,
    }
}

/// The error object of a JSON-RPC answer.
pub fn json_error(error: &Error, call: &str) -> Json {
    let (code, message) = match error.kind {
        Kind::SessionExpired => (100, "Odoo Session Expired"),
        Kind::NotFound => (404, "404: Not Found"),
        _ => (200, "Odoo Server Error"),
    };
    json!({"code": code, "message": message, "data": data(error, call)})
}

/// The whole JSON-RPC answer. Odoo finds out that a session is gone before it reads the id.
pub fn json_rpc(id: &Json, error: &Error, call: &str) -> Answer {
    let id = if error.kind == Kind::SessionExpired { &Json::Null } else { id };
    Answer::json(status(error), &json!({"jsonrpc": "2.0", "id": id, "error": json_error(error, call)}))
}

/// An exception as Odoo serialises it.
fn data(error: &Error, call: &str) -> Json {
    json!({
        "name": error.name(),
        "debug": traceback(error, call),
        "message": error.message,
        "arguments": error.arguments(),
        "context": error.context.clone().unwrap_or_else(|| json!({})),
    })
}

/// JSON-2: the exception itself under an HTTP status.
pub fn json2(error: &Error, call: &str) -> Answer {
    let answer = Answer::json(http_status(error), &data(error, call));
    if http_status(error) == 401 { answer.header("www-authenticate", "Bearer") } else { answer }
}

/// The fault of `/xmlrpc/2`.
pub fn v2(error: &Error, call: &str) -> String {
    let code = error.kind.wire().fault;
    let text = if code == 1 { traceback(error, call) } else { error.message.clone() };
    fault(&FaultCode::Int(code), &text)
}

/// The fault of `/xmlrpc`, whose code is a text that old clients take apart.
pub fn v1(error: &Error, call: &str) -> String {
    let prefix = error.kind.wire().v1;
    let (code, text) = match error.kind {
        Kind::AccessDenied => (prefix.to_owned(), error.message.clone()),
        _ if prefix.is_empty() => (error.message.clone(), traceback(error, call)),
        _ => (format!("{prefix}\n\n{}", error.message), String::new()),
    };
    fault(&FaultCode::Text(code), &text)
}

/// An XML answer.
pub fn xml(status: u16, body: &str) -> Answer {
    Answer::new(status, "text/xml; charset=utf-8", body)
}

/// A page that says no.
pub fn html(error: &Error) -> Answer {
    let status = http_status(error);
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    let text = html_escape::encode_text(&error.message);
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    );
    Answer::html(status, page)
}

/// A text of a traceback's shape, for the clients that look at its first and last line. It names what the caller
/// called and nothing of our inside.
pub fn traceback(error: &Error, call: &str) -> String {
    let call = if call.is_empty() { "call" } else { call };
    let name = error.name();
    let class = name.strip_prefix("builtins.").unwrap_or(name);
    let text = match (error.kind, error.arguments().first()) {
        (Kind::Key, Some(key)) => py_repr(key),
        _ => error.message.clone(),
    };
    // one frame of Python's own form: some clients take a traceback apart
    format!(
        "Traceback (most recent call last):\n  File \"workwarden\", line 1, in call\n    {call}\n{class}: {text}\n"
    )
}
