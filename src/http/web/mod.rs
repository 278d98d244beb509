//! The routes under `/web`: what a browser's client calls, with a session in a cookie.

pub mod action;
pub mod assets;
pub mod binary;
pub mod database;
pub mod dataset;
pub mod export;
pub mod home;
pub mod login;
pub mod session;
pub mod webclient;

use crate::error::{Error, Kind, Result};
use crate::service;

use super::exchange::Exchange;

/// The user of the request's session.
pub fn user(exchange: &Exchange<'_>) -> Result<i64> {
    let app = exchange.app().map_err(|e| match e.kind {
        // without a database nobody is logged in
        Kind::NotFound => Error::session_expired(),
        _ => e,
    })?;
    let uid = service::session::user(app, exchange.session_id())?;
    exchange.note_uid(uid);
    Ok(uid)
}

/// A path on this server to go on to; anything that leads elsewhere becomes `otherwise`.
pub fn local_path(wanted: Option<String>, otherwise: &str) -> String {
    wanted
        .filter(|p| {
            p.starts_with('/') && !p.starts_with("//") && !p.contains('\\') && !p.contains(char::is_control)
        })
        .unwrap_or_else(|| otherwise.to_owned())
}
