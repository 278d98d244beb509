//! Who is it? Login names, passwords and API keys against what the database holds.
//!
//! The order: a secret that fitted before passes at once; then the throttle of failed attempts has its say; then an API
//! key (cheap to check) is looked for, where one may stand for a password; then the password (dear).

use std::time::Instant;

use crate::crypt;
use crate::error::{Error, Kind, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, json_is_falsy};

use super::accounts::{self, Account};
use super::rpc::Peer;
use super::throttle::Throttle;
use super::verifier::Verifier;
use super::{App, apikey};

/// Rounds spent on a login that nobody has, so that its refusal takes as long as another.
fn decoy() -> String {
    format!("$pbkdf2-sha512${}${:A<22}${:A<86}", crypt::password_rounds(), "", "")
}

/// What this process remembers of logins.
#[derive(Debug)]
pub struct Guard {
    /// Secrets that fitted.
    pub verifier: Verifier,
    /// Attempts that failed.
    pub throttle: Throttle,
}

impl Guard {
    /// A guard that remembers nothing yet.
    pub fn new() -> Result<Guard> {
        Ok(Guard { verifier: Verifier::new()?, throttle: Throttle::default() })
    }
}

/// Whether an API key may stand where a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// The RPC services.
    Allowed,
    /// A person at a login form.
    Refused,
}

/// The id of the active user `login` whose secret `password` is.
pub fn login(app: &App, peer: &Peer, login: &str, password: &str, keys: Keys) -> Result<i64> {
    let account = accounts::by_login(app, login)?;
    let uid = account.as_ref().map_or(0, |a| a.id);
    prove(app, peer, &Attempt { account: account.as_ref(), login, secret: password, keys })?;
    accounts::note_login(app, uid)?;
    Ok(uid)
}

/// Fails unless `password` is a secret of the active user `uid`: what every call of `object` begins with.
pub fn check(app: &App, peer: &Peer, uid: i64, password: &Json) -> Result<()> {
    if uid == 0 || json_is_falsy(password) {
        return Err(Error::access_denied());
    }
    let Some(password) = password.as_str() else {
        let kind = py_type(password);
        return Err(Error::type_error(format!("secret must be unicode or bytes, not {kind}")));
    };
    let generation = app.db.generation()?;
    if let Some(login) = app.guard.verifier.proved(uid, password, generation) {
        app.guard.throttle.succeeded(&login, &peer.ip);
        return Ok(());
    }
    let Some(account) = accounts::by_id(app, uid)? else {
        return Err(Error::missing(format!(
            "Record does not exist or has been deleted.\n(Record: res.users({uid},), User: {uid})"
        )));
    };
    if !account.active {
        return Err(Error::access_denied());
    }
    let login = account.login.as_str();
    prove(app, peer, &Attempt { account: Some(&account), login, secret: password, keys: Keys::Allowed })?;
    app.guard.verifier.prove(uid, login, password, generation);
    Ok(())
}

/// Under which generation of the database's users `password` was lately proved to be a secret of the user `uid`; None:
/// [`check`] must find out. Does not look at the database: whoever acts on it makes sure that the generation lasts.
pub fn proved(app: &App, peer: &Peer, uid: i64, password: &str) -> Option<i64> {
    let generation = app.db.last_generation();
    let login = app.guard.verifier.proved(uid, password, generation)?;
    app.guard.throttle.succeeded(&login, &peer.ip);
    Some(generation)
}

/// Somebody says who he is.
struct Attempt<'a> {
    account: Option<&'a Account>,
    login: &'a str,
    secret: &'a str,
    keys: Keys,
}

fn prove(app: &App, peer: &Peer, attempt: &Attempt<'_>) -> Result<()> {
    let Guard { verifier, throttle } = &app.guard;
    let Attempt { login, secret, .. } = *attempt;
    // an account nobody can prove (unknown, or without a password) is hashed for nothing
    let account = attempt.account.filter(|a| a.password.is_some() && !secret.is_empty());
    let uid = attempt.account.map_or(0, |a| a.id);
    let decoy = decoy();
    let stored = account.and_then(|a| a.password.as_deref()).unwrap_or(&decoy);
    if account.is_some() && verifier.knows(uid, secret, stored) {
        throttle.succeeded(login, &peer.ip);
        return Ok(());
    }
    if throttle.is_shut(login, &peer.ip, Instant::now(), || accounts::cooldown(app))? {
        tracing::warn!(target: "workwarden::auth", login, ip = %peer.ip, "login refused: too many failures");
        let message = "Too many login failures, please wait a bit before trying again.";
        return Err(Error::new(Kind::AccessDenied, message));
    }
    let key_owner = if attempt.keys == Keys::Allowed { apikey::owner(app, "rpc", secret)? } else { None };
    let by_key = uid != 0 && key_owner == Some(uid);
    if by_key || (verifier.fits(uid, secret, stored)? && account.is_some()) {
        throttle.succeeded(login, &peer.ip);
        return Ok(());
    }
    tracing::info!(target: "workwarden::auth", login, ip = %peer.ip, "login failed");
    throttle.failed(login, &peer.ip, Instant::now());
    Err(Error::access_denied())
}
