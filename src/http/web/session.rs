//! `/web/session/…`: log in, look, log out.

use crate::assets::words;
use crate::error::Result;
use crate::service::auth::{self, Keys};
use crate::service::{accounts, arrival, db_service, session, session_info, signature};
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange, SESSION_COOKIE};
use super::{local_path, user};

/// Logs in and answers what `get_session_info` answers.
pub fn authenticate(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    signature::require("Session.authenticate", &["db", "login", "password"], params)?;
    exchange.enter(params.get("db").and_then(Json::as_str).unwrap_or_default())?;
    let text = |name: &str| params.get(name).and_then(Json::as_str).unwrap_or_default();
    let uid = begin(exchange, text("login"), text("password"))?;
    facts(exchange, uid).map(Some)
}

/// What a client is told of the session of `uid`.
pub fn facts(exchange: &Exchange<'_>, uid: i64) -> Result<Json> {
    let mut info = session_info::session_info(exchange.app()?, uid, exchange.options.body_limit)?;
    if let Some(assets) = &exchange.options.assets {
        // the client keeps its words for as long as this says the same
        let lang = info["user_context"]["lang"].as_str().unwrap_or_default();
        let words = words::version(assets, lang);
        let known = info["cache_hashes"]["translations"].as_str().unwrap_or_default();
        info["cache_hashes"]["translations"] = format!("{known}{words}").into();
    }
    Ok(info)
}

/// Checks the password and gives the browser a new session in place of the one it had.
pub fn begin(exchange: &Exchange<'_>, login: &str, password: &str) -> Result<i64> {
    let uid = auth::login(exchange.app()?, &exchange.request.peer(), login, password, Keys::Refused)?;
    session::close(exchange.app()?, exchange.session_id())?;
    exchange.set_session_cookie(&session::open(exchange.app()?, uid)?);
    exchange.note_uid(uid);
    let request = exchange.request;
    arrival::note(exchange.app()?, uid, &request.origin, request.cookie("tz"))?;
    Ok(uid)
}

/// What a client needs to know of its session.
pub fn get_session_info(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    facts(exchange, uid).map(Some)
}

/// Fails when the session is over.
pub fn check(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    user(exchange).map(|_| None)
}

/// Logs out.
pub fn destroy(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    user(exchange)?;
    end(exchange)?;
    Ok(None)
}

/// Logs out and goes on to the login page.
pub fn logout(exchange: &Exchange<'_>) -> Result<Answer> {
    end(exchange)?;
    exchange.drop_cookie("cids");
    Ok(Answer::redirect(&local_path(exchange.request.query_value("redirect"), "/odoo")))
}

/// Ends the session; the browser gets another, nobody's.
fn end(exchange: &Exchange<'_>) -> Result<()> {
    let app = match exchange.app() {
        Ok(app) => app,
        // whoever's session it was, it is over
        Err(_) => {
            exchange.drop_cookie(SESSION_COOKIE);
            return Ok(());
        }
    };
    session::close(app, exchange.session_id())?;
    exchange.set_session_cookie(&session::new_id(app)?);
    Ok(())
}

/// Names of the installed modules.
pub fn modules(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    user(exchange)?;
    accounts::modules(exchange.app()?).map(Some)
}

/// Languages as `[code, name]`.
pub fn get_lang_list(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    db_service::languages(exchange.databases.registry()).map(Some)
}
