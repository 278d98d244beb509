//! The wires. Only this floor knows actix; XML-RPC is parsed only here.
//!
//! A request is read to its end, then one blocking hop does everything: open the envelope, call the service, write the
//! answer. Handlers are plain functions over [`Exchange`]; [`fault`] alone turns an error into an envelope; [`ROUTES`]
//! is the one table of paths.

mod ai;
mod doc;
pub mod exchange;
pub mod fault;
mod file;
mod json2;
mod jsonrpc;
mod multipart;
mod ops;
mod server;
mod shared;
mod web;
pub mod xmlrpc;

use std::sync::Arc;
use std::time::Duration;

use crate::assets::Assets;
use crate::error::{Error, Kind, Result};
use crate::metrics;

use exchange::{Answer, Exchange};
use fault::Shape;
use jsonrpc::JsonCall;
use shared::Look;

pub use ai::stream::Watching;
pub use ops::Ops;
pub use server::{Server, serve};

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that speak HTTP; 0 is one a processor.
    pub workers: usize,
    /// Calls that run side by side, in all: the size of the database's pool.
    pub calls: usize,
    /// Largest body taken, in bytes.
    pub body_limit: usize,
    /// Whether `X-Forwarded-*` is believed: only behind a proxy that sets it.
    pub proxy_mode: bool,
    /// How long a client may take for its request's head, and for each part of its body.
    pub client_timeout: Duration,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long running calls get when the server stops.
    pub grace: Duration,
    /// The web client, when there is a tree to take it from.
    pub assets: Option<Arc<Assets>>,
    /// Whether SIGINT and SIGTERM stop this server; off when the caller sees to that.
    pub signals: bool,
    /// What the operators' pages need.
    pub ops: Arc<Ops>,
    /// Whether there are only the operators' pages.
    pub ops_only: bool,
    /// How event streams are served.
    pub watch: Watching,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            workers: 0,
            calls: 16,
            body_limit: 64 << 20,
            proxy_mode: false,
            client_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            grace: Duration::from_secs(20),
            assets: None,
            signals: false,
            ops: Arc::default(),
            ops_only: false,
            watch: Watching::default(),
        }
    }
}

/// What answers a path.
#[derive(Clone, Copy)]
enum Handler {
    /// Any request; errors take the route's shape.
    Plain(fn(&Exchange<'_>) -> Result<Answer>),
    /// The same, answered without a hop even when all threads are taken: it waits for nothing.
    Quick(fn(&Exchange<'_>) -> Result<Answer>),
    /// A JSON-RPC envelope.
    Json(JsonCall),
}

/// One path.
#[derive(Clone, Copy)]
struct Route {
    path: &'static str,
    shape: Shape,
    handler: Handler,
    /// Whether the request may be answered together with others.
    look: Option<Look>,
}

const fn json(path: &'static str, call: JsonCall) -> Route {
    Route { path, shape: Shape::JsonRpc, handler: Handler::Json(call), look: None }
}

const fn plain(shape: Shape, path: &'static str, handler: fn(&Exchange<'_>) -> Result<Answer>) -> Route {
    Route { path, shape, handler: Handler::Plain(handler), look: None }
}

const fn page(path: &'static str, handler: fn(&Exchange<'_>) -> Result<Answer>) -> Route {
    plain(Shape::Html, path, handler)
}

/// The paths for operators.
const OPS_ROUTES: &[Route] = &[
    Route { path: "/healthz", shape: Shape::Html, handler: Handler::Quick(ops::alive), look: None },
    page("/readyz", ops::ready),
    page("/metrics", ops::metrics),
];

/// Every other path there is. The first pattern that fits counts; what is called most stands first.
const ROUTES: &[Route] = &[
    json("/jsonrpc", jsonrpc::rpc).shared(jsonrpc::look),
    plain(Shape::XmlRpc2, "/xmlrpc/2/{service}", xmlrpc::call).shared(xmlrpc::look),
    plain(Shape::XmlRpc1, "/xmlrpc/{service}", xmlrpc::call).shared(xmlrpc::look),
    plain(ai::stream::SHAPE, "/ai/events", ai::events::events),
    page("/ai/static/{name}", ai::pages::asset),
    page("/ai/projects", ai::pages::projects),
    page("/ai/projects/{id}", ai::pages::project),
    page("/ai/projects/{id}/artifacts/{artifact}", ai::pages::artifact),
    page("/ai/projects/{id}/{action}", ai::forms::act),
    plain(Shape::Json2, "/json/2/{model}/{method}", json2::call),
    plain(Shape::Json2, "/json/{rest:.*}", json2::astray),
    plain(Shape::Json2, "/doc/{model}.json", doc::by_session),
    plain(Shape::Json2, "/doc-bearer/{model}.json", doc::by_key),
    json("/web/dataset/call_kw", web::dataset::call_kw),
    json("/web/dataset/call_kw/{path:.*}", web::dataset::call_kw),
    json("/web/dataset/call_button", web::dataset::call_button),
    json("/web/dataset/call_button/{path:.*}", web::dataset::call_button),
    json("/web/dataset/resequence", web::dataset::resequence),
    json("/web/action/load", web::action::load),
    json("/web/action/run", web::action::run),
    json("/web/action/load_breadcrumbs", web::action::load_breadcrumbs),
    json("/web/session/authenticate", web::session::authenticate),
    json("/web/session/get_session_info", web::session::get_session_info),
    json("/web/session/check", web::session::check),
    json("/web/session/destroy", web::session::destroy),
    json("/web/session/modules", web::session::modules),
    json("/web/session/get_lang_list", web::session::get_lang_list),
    page("/web/session/logout", web::session::logout),
    json("/web/webclient/version_info", web::webclient::version_info),
    page("/web/webclient/load_menus", web::webclient::load_menus),
    page("/web/webclient/load_menus/{hash}", web::webclient::load_menus),
    page("/web/webclient/translations", web::webclient::translations),
    page("/web/webclient/translations/{hash}", web::webclient::translations),
    page("/web/manifest.webmanifest", web::webclient::manifest),
    page("/favicon.ico", web::webclient::icon),
    page("/web/service-worker.js", web::webclient::service_worker),
    page("/web/assets/{version}/{file}", web::assets::part),
    page("/web/bundle/{name}", web::assets::bundle),
    page("/{addon}/static/{path:.*}", web::assets::file),
    page("/web/version", web::webclient::version),
    page("/web/health", web::webclient::health),
    json("/web/database/list", web::database::list),
    page("/web/database/selector", web::database::selector),
    page("/web/database/manager", web::database::manager),
    page("/web/database/backup", web::database::backup),
    page("/web/database/restore", web::database::restore),
    page("/web/database/create", web::database::create),
    page("/web/database/duplicate", web::database::duplicate),
    page("/web/database/drop", web::database::drop_database),
    page("/web/database/change_password", web::database::change_password),
    page("/web/login", web::login::login),
    page("/web/content", web::binary::content),
    page("/web/content/{path:.*}", web::binary::content),
    page("/web/image", web::binary::image),
    page("/web/image/{path:.*}", web::binary::image),
    page("/web/binary/upload_attachment", web::export::upload),
    page("/base_import/set_file", web::export::set_file),
    json("/web/export/formats", web::export::formats),
    json("/web/export/get_fields", web::export::get_fields),
    json("/web/export/namelist", web::export::namelist),
    page("/web/export/xlsx", web::export::xlsx),
    page("/web/export/csv", web::export::csv),
    page("/web/pivot/export_xlsx", web::export::pivot),
    json("/web/domain/validate", web::export::validate_domain),
    page("/web/binary/company_logo", web::binary::company_logo),
    page("/logo", web::binary::company_logo),
    page("/logo.png", web::binary::company_logo),
    page("/", web::webclient::root),
    page("/web", web::home::home),
    page("/web/become", web::home::r#become),
    page("/odoo", web::home::home),
    page("/odoo/{path:.*}", web::home::home),
];

impl Route {
    const fn shared(mut self, look: Look) -> Route {
        self.look = Some(look);
        self
    }

    /// Answers, or None when the same call should be tried again in a moment (and `last` does not forbid it).
    fn answer(&self, exchange: &Exchange<'_>, last: bool) -> Option<Answer> {
        let result = match self.handler {
            Handler::Plain(handler) | Handler::Quick(handler) => handler(exchange),
            Handler::Json(call) => jsonrpc::answer(exchange, call),
        };
        match result {
            Ok(answer) => Some(answer),
            Err(e) if e.kind == Kind::Busy && !last => None,
            Err(e) => {
                if e.kind == Kind::SessionExpired && self.shape == Shape::Html {
                    return Some(Answer::redirect(&web::login::address(exchange.request)));
                }
                log_error(&e);
                // a JSON route's error that left its envelope has no envelope
                let shape = if e.kind == Kind::BadRequest && self.shape == Shape::JsonRpc {
                    Shape::Html
                } else {
                    self.shape
                };
                Some(shape.render(&e, &exchange.note().call))
            }
        }
    }
}

/// What answers a path that [`ROUTES`] does not know: JSON to those who speak it, so that a client learns more than
/// that a page is missing.
fn nowhere(exchange: &Exchange<'_>) -> Answer {
    let error = Error::not_found("The requested URL was not found on the server.");
    let speaks_json =
        exchange.request.method == "POST" && exchange.request.content_type() == "application/json";
    if speaks_json { fault::json_rpc(&serde_json::Value::Null, &error, "") } else { fault::html(&error) }
}

/// Errors that are ours and not the caller's go to the log, with what the caller is not told.
fn log_error(error: &Error) {
    let detail = error.detail.as_deref().unwrap_or_default();
    metrics::error(error.kind.wire().name);
    match error.kind {
        Kind::Internal => {
            tracing::error!(target: "workwarden::http", name = error.name(), detail, "{}", error.message)
        }
        _ => tracing::debug!(target: "workwarden::http", name = error.name(), detail, "{}", error.message),
    }
}
