//! `/ai/…`: the workflow as people see it: events as they happen, pages to watch and decide on.

pub mod events;
pub mod forms;
pub mod pages;
mod render;
pub mod stream;

use crate::error::{Kind, Result};

use super::exchange::Exchange;
use super::{fault, json2, web};

/// Who asks: the owner of the API key if one came along, else the session's user. HTTP 401 for nobody.
pub fn caller(exchange: &Exchange<'_>) -> Result<i64> {
    if exchange.request.header("authorization").is_some() {
        return json2::bearer(exchange);
    }
    web::user(exchange).map_err(|e| match e.kind {
        Kind::SessionExpired => fault::unauthorized("Log in, or send an API key as bearer token."),
        _ => e,
    })
}
