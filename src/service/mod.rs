//! What the protocols share: the services, who calls, and the one door to the models.

pub mod accounts;
pub mod actions;
pub mod apikey;
pub mod app;
pub mod arrival;
pub mod auth;
pub mod board;
pub mod call_kw;
pub mod common;
pub mod copies;
pub mod databases;
pub mod db_service;
pub mod doc;
pub mod export;
pub mod json2;
pub mod manage;
pub mod master;
pub mod rpc;
pub mod session;
pub mod session_info;
pub mod shared_read;
pub mod signature;
pub mod throttle;
pub mod verifier;
pub mod watch;
pub mod webclient;

use crate::error::Result;
use crate::value::Map;

pub use app::{App, AppOptions};
pub use call_kw::{CallKw, call_kw};
pub use databases::{Databases, DatabasesOptions};

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

/// Numbers the records in the order of `ids`; false when the model has no such field.
pub fn resequence(app: &App, uid: i64, order: &Resequence) -> Result<bool> {
    app.with_env(uid, order.context.clone(), |env| {
        if !env.model(&order.model)?.has(&order.field) {
            return Ok(false);
        }
        for (id, n) in order.ids.iter().zip(order.offset..) {
            env.write(&order.model, &[*id], serde_json::json!({ order.field.as_str(): n }))?;
        }
        Ok(true)
    })
}
