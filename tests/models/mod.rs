//! Behaviour of the models of base, project and mail beyond what the recorded cases fix: costs, and what
//! happens between users.

mod attachments;
mod contacts;
mod imports;
mod languages;
mod mail;
mod small;
mod tasks;
mod users;
mod views;

use workwarden::db::Mode;
use workwarden::error::Result;
use workwarden::orm::Env;
use workwarden::value::Map;

use crate::support::TestApp;

/// Runs as the administrator in one transaction.
fn run<T>(app: &TestApp, f: impl FnMut(&Env) -> Result<T>) -> T {
    app.db.with_env(2, Map::new(), Mode::Write, f).unwrap()
}
