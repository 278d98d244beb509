//! `/odoo`, `/web`: the page behind the login. It carries what clients that drive a browser's session read from it:
//! the form token and the session's facts.

use crate::error::{Error, Kind, Result};
use crate::service::session_info;

use super::super::exchange::{Answer, Exchange};
use super::{login, user};

/// The page, or the way to the login.
pub fn home(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = match user(exchange) {
        Ok(uid) => uid,
        Err(e) if e.kind == Kind::SessionExpired => return Ok(Answer::redirect(&to_login(exchange))),
        Err(e) => return Err(e),
    };
    let id = exchange.session_id().ok_or_else(Error::session_expired)?;
    let info = session_info::session_info(exchange.app, uid, exchange.options.body_limit)?;
    let page = include_str!("home.html")
        .replace("{token}", &login::token(exchange, id))
        .replace("{info}", &in_script(&info.to_string()));
    Ok(Answer::html(200, page).header("x-frame-options", "DENY").header("cache-control", "no-store"))
}

/// JSON that cannot end the script it stands in.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn to_login(exchange: &Exchange<'_>) -> String {
    let request = exchange.request;
    let here = match request.query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    };
    let quoted: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    format!("/web/login?redirect={quoted}")
}
