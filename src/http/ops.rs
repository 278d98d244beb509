//! For those who run the server: is it alive, is it ready, what does it count. And the counting of calls.
//!
//! `/metrics` tells nobody's data, but who may know how busy a company is? Without a token only this machine, and not
//! through a proxy on it; with one, whoever has it.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::config::Secret;
use crate::db::{migrate, upkeep};
use crate::error::Result;
use crate::metrics::{self, Queue};
use crate::orm::Database;
use crate::service::Databases;
use crate::value::Json;

use super::exchange::{Answer, Exchange, Note};
use super::{Handler, Route};

/// The answer of `/readyz` is looked up no more often than this.
const READY_AGE: Duration = Duration::from_secs(1);

/// What a proxy adds to a request.
const PROXIED: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// What the operators' pages need beside the application.
#[derive(Debug, Default)]
pub struct Ops {
    /// What `/metrics` asks for.
    pub metrics_token: Option<Secret>,
    last: Mutex<Option<(Instant, u16, Json)>>,
}

impl Ops {
    /// With this token, if any.
    pub fn new(metrics_token: Option<Secret>) -> Ops {
        Ops { metrics_token, last: Mutex::default() }
    }

    fn look(&self, databases: &Databases) -> (u16, Json) {
        let worker = match databases.workers_alive() {
            None => "none",
            Some(true) => "ok",
            Some(false) => "stuck",
        };
        let migrations = databases.main().and_then(|app| {
            let mut conn = app.db.pool().get()?;
            let all = migrate::embedded(conn.dialect())?;
            let pending = migrate::pending(&mut conn, &all)?;
            Ok(if pending.is_empty() { "ok" } else { "pending" })
        });
        // Why it cannot be reached is for the log: it may name hosts and users.
        let (database, migrations) = match &migrations {
            Ok(state) => ("ok", *state),
            Err(e) => {
                tracing::warn!(target: "workwarden::http", error = %e.message, "not ready");
                ("unreachable", "unknown")
            }
        };
        let ready = database == "ok" && migrations == "ok" && worker != "stuck";
        let status = if ready { "ready" } else { "not ready" };
        let body =
            json!({"status": status, "database": database, "migrations": migrations, "worker": worker});
        (if ready { 200 } else { 503 }, body)
    }
}

/// This process answers.
pub(super) fn alive(_: &Exchange<'_>) -> Result<Answer> {
    Ok(Answer::json(200, &json!({"status": "alive"})).header("cache-control", "no-store"))
}

/// The database can be reached and is up to date, and the worker works where there should be one; and this process is
/// not about to end.
pub(super) fn ready(exchange: &Exchange<'_>) -> Result<Answer> {
    if exchange.databases.is_draining() {
        let body = json!({"status": "draining"});
        return Ok(Answer::json(503, &body).header("cache-control", "no-store"));
    }
    let ops = &exchange.options.ops;
    let mut last = ops.last.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = match &*last {
        Some((at, status, body)) if at.elapsed() < READY_AGE => (*status, body.clone()),
        _ => {
            let (status, body) = ops.look(exchange.databases);
            *last = Some((Instant::now(), status, body.clone()));
            (status, body)
        }
    };
    Ok(Answer::json(status, &body).header("cache-control", "no-store"))
}

/// What is counted, for Prometheus.
pub(super) fn metrics(exchange: &Exchange<'_>) -> Result<Answer> {
    let refused = |status, why: &str| Answer::new(status, "text/plain; charset=utf-8", format!("{why}\n"));
    match &exchange.options.ops.metrics_token {
        Some(token) if !bears(exchange, token) => {
            let answer = refused(401, "Send the configured metrics_token: Authorization: Bearer TOKEN.");
            return Ok(answer.header("www-authenticate", "Bearer"));
        }
        None if !is_local(exchange) => {
            let why = "Without a metrics_token in the configuration, only this machine may read the metrics.";
            return Ok(refused(403, why));
        }
        _ => {}
    }
    let queues: Result<Vec<Queue>> =
        exchange.databases.apps().iter().map(|app| queue(&app.db, &app.db_name)).collect();
    Ok(Answer::new(200, metrics::CONTENT_TYPE, metrics::render(&queues?)))
}

fn bears(exchange: &Exchange<'_>, token: &Secret) -> bool {
    let given =
        exchange.request.header("authorization").and_then(|v| v.strip_prefix("Bearer ")).unwrap_or("");
    given.trim().as_bytes().ct_eq(token.expose().as_bytes()).into()
}

fn is_local(exchange: &Exchange<'_>) -> bool {
    let request = exchange.request;
    let near = request.ip.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    near && PROXIED.iter().all(|name| request.header(name).is_none())
}

fn queue(db: &Database, name: &str) -> Result<Queue> {
    let mut conn = db.pool().get()?;
    let jobs = upkeep::count_by_state(&mut conn)?;
    let now = db.now();
    let overdue = upkeep::oldest_due(&mut conn, now)?.map_or(0, |due| (now - due).num_seconds());
    Ok(Queue { database: name.to_owned(), jobs, overdue })
}

/// Counts a call that was answered; pages and the operators' own are not calls.
pub(super) fn measure(route: Option<Route>, note: &Note, took: Duration) {
    let Some(route) = route else { return };
    let protocol = match (route.path, route.handler) {
        ("/jsonrpc", _) => "jsonrpc",
        (path, _) if path.starts_with("/xmlrpc") => "xmlrpc",
        (path, _) if path.starts_with("/json/") => "json2",
        (_, Handler::Json(_)) => "web",
        _ => return,
    };
    metrics::rpc(protocol, kind_of(&note.call), took);
}

/// One of a few words for what `model.method` does.
fn kind_of(call: &str) -> &'static str {
    match call.rsplit('.').next().unwrap_or_default() {
        "" => "none",
        "authenticate" | "login" => "login",
        "read"
        | "web_read"
        | "search_read"
        | "web_search_read"
        | "search"
        | "search_count"
        | "search_fetch"
        | "name_search"
        | "web_name_search"
        | "name_get"
        | "fields_get"
        | "default_get"
        | "get_views"
        | "export_data"
        | "read_group"
        | "web_read_group"
        | "formatted_read_group" => "read",
        "create" | "name_create" | "copy" | "load" => "create",
        "write" | "web_save" | "resequence" | "web_resequence" => "write",
        "onchange" => "onchange",
        "unlink" => "unlink",
        "process_task" | "generate_content" => "action",
        method if method.starts_with("action_") => "action",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn few_words_for_all_methods() {
        assert_eq!(kind_of("project.project.action_start_workflow"), "action");
        assert_eq!(kind_of("res.partner.web_search_read"), "read");
        assert_eq!(kind_of("common.authenticate"), "login");
        assert_eq!((kind_of(""), kind_of("res.partner.whatever_a_client_makes_up")), ("none", "other"));
    }
}
