//! What the protocols share: the services, who calls, and the one door to the models.

pub mod accounts;
pub mod apikey;
pub mod auth;
pub mod common;
pub mod db_service;
pub mod json2;
pub mod rpc;
pub mod session;
pub mod session_info;
pub mod signature;
pub mod throttle;
pub mod verifier;

use crate::error::{Error, Result};
use crate::value::{Json, Map};

/// INTERIM until the lead's App lands.
#[derive(Debug)]
pub struct App {
    /// Name of the database as clients give it.
    pub db_name: String,
    /// What this process remembers of logins.
    pub guard: auth::Guard,
    /// Interim store.
    pub fake: std::sync::Mutex<accounts::Fake>,
}

impl App {
    /// INTERIM.
    pub fn fake(db_name: &str) -> Result<App> {
        Ok(App { db_name: db_name.into(), guard: auth::Guard::new()?, fake: Default::default() })
    }

    /// The configured master password.
    pub fn master_password(&self) -> Option<&str> {
        None
    }
}

/// One call of a model's method.
#[derive(Debug, Clone)]
pub struct CallKw {
    /// Model.
    pub model: String,
    /// Method.
    pub method: String,
    /// Positional arguments.
    pub args: Vec<Json>,
    /// Keyword arguments, the context among them.
    pub kwargs: Map,
}

/// INTERIM: echoes.
pub fn call_kw(_: &App, uid: i64, call: CallKw) -> Result<Option<Json>> {
    match call.method.as_str() {
        "echo" => Ok(Some(
            serde_json::json!({"model": call.model, "args": call.args, "kwargs": call.kwargs, "uid": uid}),
        )),
        "none" => Ok(None),
        "boom" => Err(Error::user("boom")),
        "panic" => Err(Error::internal("panic").detail("secret")),
        _ => Err(Error::attribute(format!(
            "The method '{}' does not exist on the model '{}'",
            call.method, call.model
        ))),
    }
}

/// An order to number records by.
#[derive(Debug)]
pub struct Resequence {
    /// Of the client.
    pub context: Map,
    /// Model.
    pub model: String,
    /// Records in their new order.
    pub ids: Vec<i64>,
    /// The field that holds the number.
    pub field: String,
    /// The first number.
    pub offset: i64,
}

/// INTERIM: numbers the records in the order of `ids`.
pub fn resequence(_: &App, _: i64, _: &Resequence) -> Result<bool> {
    Ok(true)
}
