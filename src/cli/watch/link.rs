//! The watcher's way to a server: calls and events over HTTP, with an API key or a session, as any client has them.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::config::Secret;
use crate::error::{Error, Kind, Result};
use crate::value::Json;

/// A stream that is silent for longer than this is lost: the server beats four times as often.
const SILENCE: Duration = Duration::from_secs(60);

/// Who we are there.
pub(super) enum Door {
    /// `Authorization: Bearer`.
    Key(Secret),
    /// The session cookie.
    Session(Secret),
}

/// A server that knows us.
pub(super) struct Link {
    http: reqwest::Client,
    base: String,
    /// Named with each call by key; a session knows its own.
    db: Option<String>,
    door: Door,
}

impl Link {
    /// By API key; nothing is asked yet.
    pub(super) fn by_key(base: &str, db: Option<String>, key: Secret) -> Result<Link> {
        Ok(Link { http: http()?, base: base.trim_end_matches('/').into(), db, door: Door::Key(key) })
    }

    /// Logs in.
    pub(super) async fn by_login(base: &str, db: &str, login: &str, password: &Secret) -> Result<Link> {
        let mut link = Link::by_key(base, None, Secret::default())?;
        let params = json!({"db": db, "login": login, "password": password.expose()});
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params});
        let request = link.http.post(format!("{}/web/session/authenticate", link.base)).json(&body);
        let response = request.send().await.map_err(|e| link.unreachable(&e))?;
        let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(|c| c.to_str().ok());
        let session = cookies.filter_map(|c| c.split(';').next()).find(|c| c.starts_with("session_id="));
        let session = Secret::new(session.unwrap_or_default());
        let answer: Json = response.json().await.map_err(|e| link.unreachable(&e))?;
        refused(&answer)?;
        link.door = Door::Session(session);
        Ok(link)
    }

    /// Rows of a model that `domain` finds.
    pub(super) async fn rows(&self, model: &str, domain: Json, fields: &[&str]) -> Result<Vec<Json>> {
        let mut kwargs = json!({"domain": domain, "fields": fields, "order": "id"});
        let request = match &self.door {
            Door::Key(_) => self.http.post(format!("{}/json/2/{model}/search_read", self.base)).json(&kwargs),
            Door::Session(_) => {
                kwargs["context"] = json!({});
                let params = json!({"model": model, "method": "search_read", "args": [], "kwargs": kwargs});
                let body = json!({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params});
                self.http.post(format!("{}/web/dataset/call_kw", self.base)).json(&body)
            }
        };
        let response = self.known(request).send().await.map_err(|e| self.unreachable(&e))?;
        let ok = response.status().is_success();
        let answer: Json = response.json().await.map_err(|e| self.unreachable(&e))?;
        refused(&answer)?;
        let rows = answer.get("result").unwrap_or(&answer);
        match rows.as_array() {
            Some(rows) if ok => Ok(rows.clone()),
            _ => {
                Err(Error::user(answer["message"].as_str().unwrap_or("The server gave no rows.").to_owned()))
            }
        }
    }

    /// The events of a project, after the one whose id is `last`.
    pub(super) async fn events(&self, project: i64, last: Option<&str>) -> Result<Events> {
        let mut request = self.http.get(format!("{}/ai/events?project={project}", self.base));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = self.known(request).send().await.map_err(|e| self.unreachable(&e))?;
        let status = response.status();
        if status.is_success() {
            return Ok(Events { response, bytes: vec![], next: VecDeque::new() });
        }
        let answer: Json = response.json().await.unwrap_or_default();
        let why = answer["message"].as_str().unwrap_or("no reason given");
        let message = format!("The server does not let us watch ({status}): {why}");
        // Too many streams, or a server that is just going down: later, perhaps.
        let later = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Err(if later { Error::new(Kind::Busy, message) } else { Error::user(message) })
    }

    fn known(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.door {
            Door::Key(key) => {
                let request = request.header(AUTHORIZATION, format!("Bearer {}", key.expose()));
                match &self.db {
                    Some(db) => request.header("x-odoo-database", db),
                    None => request,
                }
            }
            Door::Session(cookie) => request.header(COOKIE, cookie.expose()),
        }
    }

    /// Worth another try.
    fn unreachable(&self, e: &reqwest::Error) -> Error {
        Error::new(Kind::Busy, format!("No answer from {}: {e}", self.base))
    }
}

fn http() -> Result<reqwest::Client> {
    // Already installed is fine: the provider is the same everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(SILENCE)
        .build()
        .map_err(|e| Error::internal(format!("Cannot make an HTTP client: {e}")))
}

/// The error of a JSON-RPC envelope.
fn refused(answer: &Json) -> Result<()> {
    let Some(error) = answer.get("error") else { return Ok(()) };
    let text = |pointer: &str| error.pointer(pointer).and_then(Json::as_str);
    let message = text("/data/message").or_else(|| text("/message")).unwrap_or("unknown error");
    Err(Error::user(format!("The server refuses: {message}")))
}

/// One event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Event {
    /// Where to go on after it.
    pub(super) id: Option<String>,
    /// ready, current, workflow, progress.
    pub(super) kind: String,
    /// What it tells.
    pub(super) data: Json,
}

/// An open stream.
pub(super) struct Events {
    response: Response,
    bytes: Vec<u8>,
    next: VecDeque<Event>,
}

impl Events {
    /// The next one; None when the stream has ended.
    pub(super) async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Ok(Some(event));
            }
            let lost = |e: reqwest::Error| Error::new(Kind::Busy, format!("The stream broke off: {e}"));
            match self.response.chunk().await.map_err(lost)? {
                Some(piece) => self.bytes.extend_from_slice(&piece),
                None => return Ok(None),
            }
            self.next.extend(whole(&mut self.bytes));
        }
    }

    /// Whether more events have come already.
    pub(super) fn has_more(&self) -> bool {
        !self.next.is_empty()
    }
}

/// Takes the whole events off the bytes.
fn whole(bytes: &mut Vec<u8>) -> Vec<Event> {
    let mut out = vec![];
    while let Some(end) = bytes.windows(2).position(|w| w == b"\n\n") {
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.drain(..end + 2);
        let mut event = Event::default();
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("id", id)) => event.id = Some(id.into()),
                Some(("event", kind)) => event.kind = kind.into(),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap_or_default(),
                _ => {}
            }
        }
        if !event.kind.is_empty() {
            out.push(event);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_whole() {
        let mut bytes = b"retry: 2\nid: 7\nevent: ready\ndata: {}\n\n:\n\nevent: progress\nda".to_vec();
        let first = whole(&mut bytes);
        assert_eq!(first, [Event { id: Some("7".into()), kind: "ready".into(), data: json!({}) }]);
        bytes.extend_from_slice("ta: {\"size\": 3, \"x\": \"é: é\"}\n\n".as_bytes());
        let second = whole(&mut bytes);
        assert_eq!((second[0].id.as_deref(), &second[0].data["x"]), (None, &json!("é: é")));
        assert!(bytes.is_empty());
    }
}
