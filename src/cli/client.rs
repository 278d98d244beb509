//! A client of our own JSON-RPC, for the demo and for the tests: it knows only what any Odoo client knows.
//!
//! It is why `cli` may name reqwest beside `workflow::provider`: the demo must come in by the front door, over HTTP,
//! or it would prove nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::error::{Error, Result};
use crate::value::Json;

/// A logged-in user at one server.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    /// `http://HOST:PORT`.
    pub base: String,
    db: String,
    /// Who we are there.
    pub uid: i64,
    password: crate::config::Secret,
    next: AtomicU64,
}

impl Client {
    /// Logs in by `common.authenticate`.
    pub async fn login(base: &str, db: &str, login: &str, password: &str) -> Result<Client> {
        let mut client = Client {
            http: http()?,
            base: base.trim_end_matches('/').to_owned(),
            db: db.to_owned(),
            uid: 0,
            password: password.into(),
            next: AtomicU64::new(1),
        };
        let uid = client.service("common", "authenticate", json!([db, login, password, {}])).await?;
        client.uid = uid.as_i64().ok_or_else(|| {
            Error::user(format!("{} does not let {login} in: wrong login or password.", client.base))
        })?;
        Ok(client)
    }

    /// The database's name.
    pub fn db(&self) -> &str {
        &self.db
    }

    /// `execute_kw`: `model.method(*args, **kwargs)`.
    pub async fn call(&self, model: &str, method: &str, args: Json, kwargs: Json) -> Result<Json> {
        let args = json!([self.db, self.uid, self.password.expose(), model, method, args, kwargs]);
        self.service("object", "execute_kw", args).await
    }

    /// Fields of the records that `domain` finds, oldest first.
    pub async fn search_read(&self, model: &str, domain: Json, fields: &[&str]) -> Result<Vec<Json>> {
        let found = self
            .call(model, "search_read", json!([domain]), json!({"fields": fields, "order": "id"}))
            .await?;
        found.as_array().cloned().ok_or_else(|| Error::internal(format!("{model}.search_read gave {found}")))
    }

    /// Fields of one record.
    pub async fn read(&self, model: &str, id: i64, fields: &[&str]) -> Result<Json> {
        let rows = self.call(model, "read", json!([[id]]), json!({"fields": fields})).await?;
        rows.get(0).cloned().ok_or_else(|| Error::missing(format!("{model} {id} is gone.")))
    }

    /// A new record's id.
    pub async fn create(&self, model: &str, values: Json) -> Result<i64> {
        let id = self.call(model, "create", json!([values]), json!({})).await?;
        id.as_i64().ok_or_else(|| Error::internal(format!("{model}.create gave {id}")))
    }

    /// One call of one of the three services of /jsonrpc.
    pub async fn service(&self, service: &str, method: &str, args: Json) -> Result<Json> {
        let params = json!({"service": service, "method": method, "args": args});
        let answer = self.post("/jsonrpc", params).await?;
        if let Some(error) = answer.get("error") {
            return Err(remote(error));
        }
        Ok(answer.get("result").cloned().unwrap_or(Json::Null))
    }

    /// The whole envelope that `path` answers to a JSON-RPC call with `params`.
    pub async fn post(&self, path: &str, params: Json) -> Result<Json> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": id, "params": params});
        let failed = |e: reqwest::Error| Error::user(format!("No answer from {}{path}: {e}", self.base));
        let answer =
            self.http.post(format!("{}{path}", self.base)).json(&body).send().await.map_err(failed)?;
        answer.json().await.map_err(failed)
    }
}

/// An HTTP client for loopback: no proxy of the environment may come between.
pub fn http() -> Result<reqwest::Client> {
    // Already installed is fine: the provider is the same everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(120))
        .build()
        .map_err(|e| Error::internal(format!("Cannot make an HTTP client: {e}")))
}

/// The server's error as one of ours, under the name it came with.
fn remote(error: &Json) -> Error {
    let text = |pointer: &str| error.pointer(pointer).and_then(Json::as_str);
    let message = text("/data/message").or_else(|| text("/message")).unwrap_or("unknown error");
    Error::user(message).named(text("/data/name").unwrap_or("odoo.http.Error"))
}
