//! Wake-ups: a list of callbacks within the process, and on PostgreSQL LISTEN and NOTIFY for other processes.
//!
//! A hint and no more: a wake-up may come twice or without cause, and on SQLite other processes get none. Who waits
//! for work looks for it by itself now and then.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

use super::error::DbResult;
use super::pool::connect_postgres;

/// libpq's notifications can only be asked for, and Diesel shows no socket to wait on. Asking is a read that finds
/// nothing, some microseconds; only what other processes tell has to wait for it.
const POLL: Duration = Duration::from_millis(20);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// What is called with the channel's name and what was said there.
pub(super) type Callback = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Those who listen within the process.
pub(super) struct Hub {
    /// What this process says of itself to the server, so that it knows its own words when they come back.
    pub(super) tag: String,
    next: AtomicU64,
    listeners: Mutex<Vec<(u64, Vec<String>, Callback)>>,
}

impl Default for Hub {
    fn default() -> Self {
        let tag = crate::crypt::token::<9>().unwrap_or_else(|_| std::process::id().to_string());
        Hub { tag, next: AtomicU64::new(0), listeners: Mutex::default() }
    }
}

impl Hub {
    pub(super) fn wake(&self, channel: &str, payload: &str) {
        // Called without the lock: a callback may listen or stop listening.
        let callbacks: Vec<Callback> = {
            let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
            let heard = listeners.iter().filter(|(_, channels, _)| channels.iter().any(|c| c == channel));
            heard.map(|(_, _, callback)| Arc::clone(callback)).collect()
        };
        callbacks.iter().for_each(|callback| callback(channel, payload));
    }
}

/// Listens until dropped.
pub struct Listener {
    hub: Arc<Hub>,
    number: u64,
    /// PostgreSQL only.
    ear: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Listener {
    pub(super) fn on_hub(hub: &Arc<Hub>, channels: &[&str], callback: Callback) -> Listener {
        let number = hub.next.fetch_add(1, Ordering::Relaxed);
        let channels = channels.iter().map(|c| (*c).to_owned()).collect();
        hub.listeners.lock().unwrap_or_else(PoisonError::into_inner).push((number, channels, callback));
        Listener { hub: Arc::clone(hub), number, ear: None }
    }

    pub(super) fn on_postgres(
        hub: &Arc<Hub>,
        url: &str,
        channels: &[&str],
        callback: Callback,
    ) -> std::io::Result<Listener> {
        let stop = Arc::new(AtomicBool::new(false));
        let ear = Ear {
            url: url.to_owned(),
            channels: channels.iter().map(|c| (*c).to_owned()).collect(),
            callback: Arc::clone(&callback),
            own: hub.tag.clone(),
            stop: Arc::clone(&stop),
        };
        let mut listener = Listener::on_hub(hub, channels, callback);
        let thread = thread::Builder::new().name("db-listen".into()).spawn(move || ear.run())?;
        listener.ear = Some((stop, thread));
        Ok(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let number = self.number;
        self.hub.listeners.lock().unwrap_or_else(PoisonError::into_inner).retain(|(n, _, _)| *n != number);
        if let Some((stop, thread)) = self.ear.take() {
            stop.store(true, Ordering::Relaxed);
            // A callback that drops its own listener must not wait for itself.
            if thread.thread().id() != thread::current().id() {
                thread.thread().unpark();
                thread.join().ok();
            }
        }
    }
}

/// The thread's own connection and whom it tells.
struct Ear {
    url: String,
    channels: Vec<String>,
    callback: Callback,
    /// The tag of this process, which the hub has told already.
    own: String,
    stop: Arc<AtomicBool>,
}

impl Ear {
    /// Connects, listens, and does so again for as long as it is wanted.
    fn run(&self) {
        let mut retry = FIRST_RETRY;
        while !self.stopped() {
            let lost = match self.connect() {
                Ok(mut conn) => {
                    retry = FIRST_RETRY;
                    // What was told while nobody listened is not told again: look now.
                    self.channels.iter().for_each(|channel| (self.callback)(channel, ""));
                    self.hear(&mut conn)
                }
                Err(e) => Err(e),
            };
            if let Err(e) = lost {
                tracing::warn!(target: "workwarden::db", error = %e, "listening failed, trying again");
                thread::park_timeout(retry);
                retry = (retry * 2).min(LAST_RETRY);
            }
        }
    }

    fn connect(&self) -> DbResult<PgConnection> {
        let mut conn = connect_postgres(&self.url)?;
        for channel in &self.channels {
            conn.batch_execute(&format!("LISTEN \"{}\"", channel.replace('"', "\"\"")))?;
        }
        Ok(conn)
    }

    fn hear(&self, conn: &mut PgConnection) -> DbResult<()> {
        while !self.stopped() {
            // Many at once are one wake-up.
            let mut heard: Vec<(String, String)> = Vec::new();
            for notification in conn.notifications_iter() {
                let notification = notification?;
                let notice = (notification.channel, notification.payload);
                if notice.1 != self.own && !heard.contains(&notice) {
                    heard.push(notice);
                }
            }
            heard.iter().for_each(|(channel, payload)| (self.callback)(channel, payload));
            thread::park_timeout(POLL);
        }
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
