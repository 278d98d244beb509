//! The waiting part of `/ai/events`: woken, reads by a blocking hop, sends; beats when there is nothing to send.
//!
//! A listener who does not read blocks only himself: nothing is read for him meanwhile, and after a while he is let
//! go. He comes back with Last-Event-ID and has missed nothing.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::{self, Bytes};
use futures_util::{Stream, stream};
use tokio::sync::{mpsc, watch};

use crate::error::{Error, Kind, Result};
use crate::service::Databases;
use crate::service::watch::{Limits, Wanted};

use super::super::exchange::{Exchange, Incoming};
use super::super::{Options, fault};
use super::events::{self, Feed, Frames};

/// How event streams are served.
#[derive(Debug, Clone, Copy)]
pub struct Watching {
    /// Listeners at one time.
    pub limits: Limits,
    /// A sign of life so often; proxies close what is silent.
    pub heartbeat: Duration,
    /// A listener who takes nothing for so long is let go.
    pub patience: Duration,
    /// Pieces that may wait for him.
    pub buffer: usize,
}

impl Default for Watching {
    fn default() -> Watching {
        Watching {
            limits: Limits { all: 512, user: 32 },
            heartbeat: Duration::from_secs(15),
            patience: Duration::from_secs(30),
            buffer: 4,
        }
    }
}

/// Between two tries when the database had no time for us.
const PAUSE: Duration = Duration::from_millis(500);

/// What reading needs; as for a call, but again and again.
pub struct Listener {
    /// The databases there are.
    pub databases: Databases,
    /// How this server was started.
    pub options: Options,
    /// The request, with its credentials.
    pub request: Arc<Incoming>,
    /// Becomes true when the server stops.
    pub closing: watch::Receiver<bool>,
}

/// The body of the answer.
pub fn body(listener: Listener, feed: Feed) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let (sender, receiver) = mpsc::channel(listener.options.watch.buffer);
    rt::spawn(run(listener, feed, sender));
    stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece: Bytes| (Ok(piece), receiver))
    })
}

async fn run(mut listener: Listener, mut feed: Feed, sender: mpsc::Sender<Bytes>) {
    let Watching { heartbeat, patience, .. } = listener.options.watch;
    let watcher = feed.seat.watcher.clone();
    let mut closing = listener.closing.clone();
    // Whoever comes back after a while has something to read already.
    let mut behind = feed.after < feed.seat.top;
    let mut returning = behind;
    if !send(&sender, patience, events::ready(feed.after, feed.project, !behind)).await {
        return;
    }
    loop {
        let (mut events, mut progress) = (std::mem::take(&mut behind), vec![]);
        if !events {
            tokio::select! {
                () = watcher.woken() => (events, progress) = watcher.take(),
                () = rt::time::sleep(heartbeat) => {
                    // Who has logged out, or may look no longer, is not kept though nothing happens.
                    if !listener.may_stay(&feed).await || !send(&sender, patience, ":\n\n".into()).await {
                        return;
                    }
                    continue;
                }
                () = sender.closed() => return,
                _ = closing.wait_for(|end| *end) => return,
            }
        }
        if watcher.is_over() {
            return;
        }
        let wanted = Wanted { project: feed.project, after: feed.after, events, most: 0, progress };
        let frames = match listener.read(wanted).await {
            Ok(frames) => frames,
            Err(e) if e.kind == Kind::Busy || e.kind == Kind::Retry => {
                rt::time::sleep(PAUSE).await;
                behind = true;
                continue;
            }
            Err(e) => {
                tracing::info!(target: "workwarden::http", error = %e.message, "an event stream ends");
                return;
            }
        };
        (feed.after, behind) = (frames.reached, frames.more);
        let mut text = frames.text;
        if returning && !behind {
            returning = false;
            text.push_str(events::CURRENT);
        }
        if !text.is_empty() && !send(&sender, patience, text).await {
            return;
        }
    }
}

impl Listener {
    /// Whether he is still who he was, and may read what he listens to. While the database has no time, he stays.
    async fn may_stay(&mut self, feed: &Feed) -> bool {
        let nothing =
            Wanted { project: feed.project, after: feed.after, events: false, most: 0, progress: vec![] };
        match self.read(nothing).await {
            Ok(_) => true,
            Err(e) if matches!(e.kind, Kind::Busy | Kind::Retry | Kind::Db) => true,
            Err(e) => {
                tracing::info!(target: "workwarden::http", error = %e.message, "an idle event stream ends");
                false
            }
        }
    }

    async fn read(&mut self, wanted: Wanted) -> Result<Frames> {
        let (databases, options) = (self.databases.clone(), self.options.clone());
        let request = self.request.clone();
        let hop = web::block(move || events::read(&Exchange::new(&databases, &options, &request), wanted));
        hop.await.unwrap_or_else(|_| Err(Error::internal("the reading was cancelled")))
    }
}

/// False: he is gone, or does not read.
async fn send(sender: &mpsc::Sender<Bytes>, patience: Duration, text: String) -> bool {
    match rt::time::timeout(patience, sender.send(Bytes::from(text))).await {
        Ok(sent) => sent.is_ok(),
        Err(_) => {
            tracing::info!(target: "workwarden::http", "a listener who does not read is let go");
            false
        }
    }
}

/// What a listener who is refused hears; JSON, as he is a program.
pub const SHAPE: fault::Shape = fault::Shape::Json2;
