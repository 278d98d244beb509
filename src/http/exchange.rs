//! One request and its answer as the handlers see them: plain values, so that a handler is an ordinary blocking
//! function and a test can call it.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use actix_web::web::Bytes;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::service::rpc::Peer;
use crate::service::{App, Databases, session};

use super::Options;
use super::ai::events::Feed;

/// Name of the cookie that carries the session, as every Odoo client knows it.
pub const SESSION_COOKIE: &str = "session_id";

/// A request, read to its end.
#[derive(Debug, Default)]
pub struct Incoming {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Raw query string.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// What the route's pattern caught.
    pub segments: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// Who calls; behind a trusted proxy, who called the proxy.
    pub ip: String,
    /// Whether the client spoke TLS.
    pub https: bool,
    /// `scheme://host` as the client wrote it.
    pub origin: String,
}

impl Incoming {
    /// The host as the client wrote it, with the port.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The first header of that (lower case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Content type without parameters, in lower case.
    pub fn content_type(&self) -> String {
        let full = self.header("content-type").unwrap_or_default();
        full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter(|(n, _)| n == "cookie")
            .flat_map(|(_, v)| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v.trim_matches('"'))
    }

    /// What the route's pattern caught under `name`.
    pub fn segment(&self, name: &str) -> &str {
        self.segments.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// A value of the query string.
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_value(self.query.as_bytes(), name)
    }

    /// A value of an urlencoded body.
    pub fn form_value(&self, name: &str) -> Option<String> {
        form_value(&self.body, name)
    }

    /// Who calls, as the floors below want to know it.
    pub fn peer(&self) -> Peer {
        Peer { ip: self.ip.clone() }
    }
}

fn form_value(encoded: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(encoded).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// What the request log says beside the path.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// `model.method` or `service.method`.
    pub call: String,
    /// On whose behalf; 0 is nobody.
    pub uid: i64,
}

/// A request being answered.
pub struct Exchange<'a> {
    /// The databases there are.
    pub databases: &'a Databases,
    /// How this server was started.
    pub options: &'a Options,
    /// What came in.
    pub request: &'a Incoming,
    app: OnceCell<Arc<App>>,
    note: RefCell<Note>,
    cookies: RefCell<Vec<String>>,
}

impl<'a> Exchange<'a> {
    /// The beginning of an answer to `request`.
    pub fn new(databases: &'a Databases, options: &'a Options, request: &'a Incoming) -> Exchange<'a> {
        Exchange {
            databases,
            options,
            request,
            app: OnceCell::new(),
            note: RefCell::default(),
            cookies: RefCell::default(),
        }
    }

    /// The application on the request's database: the one that the header `X-Odoo-Database` names, else that of the
    /// session, else the only one there is. Looked up when first asked for.
    pub fn app(&self) -> Result<&App> {
        if let Some(app) = self.app.get() {
            return Ok(app);
        }
        let found = self.look_up()?.ok_or_else(|| {
            Error::not_found(
                "No database is chosen. Name one in the header X-Odoo-Database, or log in to one.",
            )
        })?;
        Ok(self.app.get_or_init(|| found))
    }

    /// Chooses the database for this request; Err: it is chosen already, or there is none of that name.
    pub fn enter(&self, name: &str) -> Result<()> {
        let app = match self.databases.shows(name, self.request.host())? {
            true => self.databases.find(name)?,
            false => None,
        };
        let app = app.ok_or_else(|| Error::access("Database not found."))?;
        self.app.set(app).map_err(|_| Error::internal("the request's database was chosen before"))
    }

    fn look_up(&self) -> Result<Option<Arc<App>>> {
        let host = self.request.host();
        if let Some(name) = self.request.header("x-odoo-database") {
            let shown = self.databases.shows(name, host)?;
            let app = if shown { self.databases.find(name)? } else { None };
            return app.map(Some).ok_or_else(|| Error::not_found("No such database."));
        }
        if let Some(tag) = self.session_id().and_then(session::tag_of)
            && let Some(app) = self.databases.by_tag(tag)?
            && self.databases.shows(&app.db_name, host)?
        {
            return Ok(Some(app));
        }
        self.databases.only(host)
    }

    /// Tells the log what is called.
    pub fn note_call(&self, call: impl Into<String>) {
        self.note.borrow_mut().call = call.into();
    }

    /// Tells the log who calls.
    pub fn note_uid(&self, uid: i64) {
        self.note.borrow_mut().uid = uid;
    }

    /// What the log was told.
    pub fn note(&self) -> Note {
        self.note.borrow().clone()
    }

    /// The session cookie's value, if one of a plausible form came along.
    pub fn session_id(&self) -> Option<&'a str> {
        self.request.cookie(SESSION_COOKIE).filter(|id| (32..=128).contains(&id.len()))
    }

    /// Gives the browser a session id to keep.
    pub fn set_session_cookie(&self, id: &str) {
        self.set_cookie(SESSION_COOKIE, id, crate::service::session::IDLE_SECONDS);
    }

    /// Makes the browser forget a cookie.
    pub fn drop_cookie(&self, name: &str) {
        self.set_cookie(name, "", 0);
    }

    /// Gives the browser a cookie to send back for so many seconds.
    pub fn set_cookie(&self, name: &str, value: &str, max_age: i64) {
        let secure = if self.request.https { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}");
        self.cookies.borrow_mut().push(cookie);
    }

    /// The cookies to send, once.
    pub fn take_cookies(&self) -> Vec<String> {
        self.cookies.take()
    }
}

/// An answer.
#[derive(Debug, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// All headers but the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// A body without end, in place of the other.
    pub feed: Option<Feed>,
}

impl Answer {
    /// An answer of that type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, headers: vec![("content-type", content_type.into())], body: body.into(), feed: None }
    }

    /// JSON.
    pub fn json(status: u16, body: &impl Serialize) -> Answer {
        match serde_json::to_vec(body) {
            Ok(bytes) => Answer::new(status, "application/json; charset=utf-8", bytes),
            Err(e) => Answer::new(500, "text/plain; charset=utf-8", format!("no JSON: {e}")),
        }
    }

    /// HTML.
    pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer::new(status, "text/html; charset=utf-8", body)
    }

    /// See other.
    pub fn redirect(to: &str) -> Answer {
        Answer::html(303, "").header("location", to)
    }

    /// The same with a body that goes on for as long as somebody listens.
    #[must_use]
    pub fn feed(mut self, feed: Feed) -> Answer {
        self.feed = Some(feed);
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}
