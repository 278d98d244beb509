//! `/web/login`: a small form, and what becomes of it.
//!
//! The form carries a token that only this process can make for the browser's session cookie, so that no other page
//! can log a visitor in.

use crate::crypt;
use crate::error::{Error, Kind, Result};
use crate::service::session::{new_id, tag, tag_of};

use super::super::exchange::{Answer, Exchange, Incoming};
use super::{local_path, session, user};

/// GET shows the form, POST takes it.
pub fn login(exchange: &Exchange<'_>) -> Result<Answer> {
    if let Some(answer) = choose(exchange)? {
        return Ok(answer);
    }
    if exchange.request.method == "POST" { submit(exchange) } else { show(exchange) }
}

/// The database that `?db=` asks for is the session's from now on. Without one, and none to guess, it must be chosen.
fn choose(exchange: &Exchange<'_>) -> Result<Option<Answer>> {
    let request = exchange.request;
    let wanted = request.query_value("db").filter(|name| !name.trim().is_empty());
    if let Some(name) = wanted
        && exchange.enter(name.trim()).is_ok()
    {
        let app = exchange.app()?;
        let own = exchange.session_id().and_then(tag_of).is_some_and(|own| own == tag(&app.db_name));
        if !own {
            exchange.set_session_cookie(&new_id(app)?);
            return Ok(Some(Answer::redirect(&format!("{}?{}", request.path, request.query))));
        }
        return Ok(None);
    }
    match exchange.app() {
        Err(e) if e.kind == Kind::NotFound => Ok(Some(Answer::redirect("/web/database/selector"))),
        other => other.map(|_| None),
    }
}

fn show(exchange: &Exchange<'_>) -> Result<Answer> {
    let redirect = exchange.request.query_value("redirect");
    if user(exchange).is_ok() {
        return Ok(Answer::redirect(&local_path(redirect, "/odoo")));
    }
    form(exchange, "", &local_path(redirect, ""), "")
}

fn submit(exchange: &Exchange<'_>) -> Result<Answer> {
    let field = |name: &str| exchange.request.form_value(name).unwrap_or_default();
    check_token(exchange, &field("csrf_token"))?;
    let (login, redirect) = (field("login"), local_path(exchange.request.form_value("redirect"), ""));
    match session::begin(exchange, &login, &field("password")) {
        Ok(_) => Ok(Answer::redirect(&local_path(Some(redirect), "/odoo"))),
        Err(e) if e.kind == Kind::AccessDenied => {
            let why = if e.message == "Access Denied" { "Wrong login/password" } else { &e.message };
            form(exchange, &login, &redirect, why)
        }
        Err(e) => Err(e),
    }
}

/// The login page, from which one comes back to where `request` wanted to go.
pub fn address(request: &Incoming) -> String {
    let here = match request.query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    };
    let quoted: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    format!("/web/login?redirect={quoted}")
}

/// Refuses a form that does not carry its session's token: another site's page may have sent it.
pub fn check_token(exchange: &Exchange<'_>, given: &str) -> Result<()> {
    let expected = exchange.session_id().map(|id| token(exchange, id)).transpose()?.unwrap_or_default();
    if expected.is_empty() || !crypt::equal(expected.as_bytes(), given.as_bytes()) {
        return Err(Error::bad_request("The form has expired. Go back, reload it and try again."));
    }
    Ok(())
}

/// The token of a form for the session `id`.
pub fn token(exchange: &Exchange<'_>, id: &str) -> Result<String> {
    exchange.app().map(|app| app.guard.verifier.sign(&[b"form", id.as_bytes()]))
}

fn form(exchange: &Exchange<'_>, login: &str, redirect: &str, why: &str) -> Result<Answer> {
    let id = match exchange.session_id() {
        Some(id) => id.to_owned(),
        None => {
            let id = new_id(exchange.app()?)?;
            exchange.set_session_cookie(&id);
            id
        }
    };
    let quoted = html_escape::encode_double_quoted_attribute;
    let alert = match why {
        "" => String::new(),
        why => {
            format!("<p class=\"alert alert-danger\" role=\"alert\">{}</p>", html_escape::encode_text(why))
        }
    };
    let page = PAGE
        .replace("{alert}", &alert)
        .replace("{token}", &token(exchange, &id)?)
        .replace("{redirect}", &quoted(redirect))
        .replace("{login}", &quoted(login));
    Ok(Answer::html(200, page).header("x-frame-options", "DENY").header("cache-control", "no-store"))
}

const PAGE: &str = include_str!("login.html");
