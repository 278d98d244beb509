//! `GET /ai/events[?project=ID]`: server-sent events. This file is the blocking part: who may listen, and what he
//! reads when he is woken; `stream` waits.
//!
//! ```text
//! id: 1042                      number in the order of commits, the same in every process: Last-Event-ID
//! event: workflow
//! data: {"id": 977, "kind": "task_done", "project_id": 3, …}
//!
//! event: progress               no id: it is not repeated
//! data: {"project_id": 3, "task_id": 12, "size": 1840}
//! ```
//!
//! The first is `event: ready`, whose id is where the listener stands. Whoever comes back has `"current": false` in it
//! when he has missed something: that follows, and then `event: current`.

use std::fmt::Write as _;

use serde_json::json;

use crate::error::{Error, Result};
use crate::service::watch::{self, Seat, Wanted};

use super::super::exchange::{Answer, Exchange};
use super::super::fault;
use super::caller;

/// Events that are read at once.
const PAGE: i64 = 200;
/// How long a browser waits before it connects again, in milliseconds.
const RETRY: u32 = 2000;

/// A listener, as `stream` keeps it between two readings.
#[derive(Debug)]
pub struct Feed {
    /// His seat; leaving it is dropping it.
    pub seat: Seat,
    /// What he listens to.
    pub project: Option<i64>,
    /// The last event he has.
    pub after: i64,
}

/// Begins to listen.
pub fn events(exchange: &Exchange<'_>) -> Result<Answer> {
    let request = exchange.request;
    exchange.note_call("ai.events");
    if request.method != "GET" {
        return Err(fault::method_not_allowed());
    }
    let uid = caller(exchange)?;
    let project = request.query_value("project").filter(|id| !id.is_empty());
    let project = project.map(|id| number(&id, "project")).transpose()?;
    // EventSource sends the header; the query is for those who cannot set one at first.
    let last = request.header("last-event-id").map(str::to_owned).or_else(|| request.query_value("after"));
    let last = last.filter(|id| !id.is_empty()).map(|id| number(&id, "Last-Event-ID")).transpose()?;
    let app = exchange.app()?;
    let seat = app.watch.join(app, uid, project, exchange.options.watch.limits)?;
    let after = last.unwrap_or(seat.top);
    Ok(Answer::new(200, "text/event-stream; charset=utf-8", "")
        .header("cache-control", "no-store")
        // nginx would wait for more before it passes anything on
        .header("x-accel-buffering", "no")
        .feed(Feed { seat, project, after }))
}

fn number(text: &str, what: &str) -> Result<i64> {
    let bad = || Error::bad_request(format!("{what} must be a number, not {text:?}."));
    text.trim().parse().ok().filter(|n| *n >= 0).ok_or_else(bad)
}

/// What every listener gets first; `current`: that nothing was missed.
pub fn ready(after: i64, project: Option<i64>, current: bool) -> String {
    let data = json!({"project_id": project, "current": current});
    format!("retry: {RETRY}\nid: {after}\nevent: ready\ndata: {data}\n\n")
}

/// What follows upon all that was missed.
pub const CURRENT: &str = "event: current\ndata: {}\n\n";

/// What a listener gets when he is woken.
#[derive(Debug, Default)]
pub struct Frames {
    /// For the wire; may be empty.
    pub text: String,
    /// Where to go on.
    pub reached: i64,
    /// Whether to go on at once.
    pub more: bool,
}

/// Reads what is new, as whoever the request's credentials stand for by now.
pub fn read(exchange: &Exchange<'_>, wanted: Wanted) -> Result<Frames> {
    let uid = caller(exchange)?;
    let news = watch::news(exchange.app()?, uid, &Wanted { most: PAGE, ..wanted })?;
    // What was read may have happened after the look at his session: that he is still here is certain only now.
    if !(news.events.is_empty() && news.progress.is_empty()) && caller(exchange)? != uid {
        return Err(Error::session_expired());
    }
    let mut text = String::new();
    for p in &news.progress {
        let data = json!({"project_id": p.project, "task_id": p.task, "size": p.size});
        // writing to a String cannot fail
        let _ = write!(text, "event: progress\ndata: {data}\n\n");
    }
    for (seq, event) in &news.events {
        let _ = write!(text, "id: {seq}\nevent: workflow\ndata: {event}\n\n");
    }
    Ok(Frames { text, reached: news.reached, more: news.more })
}
