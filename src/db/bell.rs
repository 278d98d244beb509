//! Tells other processes soon after a commit that something happened, many times at once in one go.
//!
//! A NOTIFY within a transaction makes PostgreSQL commit all such transactions one after the other, flush included.
//! What happens at every task must not cost that: it is told by a connection of its own a moment after the commit. A
//! process that dies in this moment tells nobody, so who listens looks by itself now and then.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::query_dsl::RunQueryDsl as _;

use super::backend::Statement;
use super::error::DbResult;
use super::pool::connect_postgres;
use super::sql::Sql;

/// What is rung again within this time is told once.
const PAUSE: Duration = Duration::from_millis(20);
/// Thread and connection go after so long without work.
const IDLE: Duration = Duration::from_secs(10);

/// A channel and what is said on it.
type Notice = (String, String);

/// One for a pool; the thread runs only while there is something to tell.
#[derive(Default)]
pub(super) struct Bell {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<Notice>,
    running: bool,
    stop: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bell {
    /// Tells, soon, whoever listens on `channel` of the database at `url`.
    pub(super) fn ring(&self, url: &str, channel: &str, payload: &str) {
        let mut state = lock(&self.shared.state);
        if state.stop {
            return;
        }
        if !state.waiting.iter().any(|(c, p)| c == channel && p == payload) {
            state.waiting.push((channel.to_owned(), payload.to_owned()));
        }
        if !state.running {
            let (shared, url) = (Arc::clone(&self.shared), url.to_owned());
            let spawned = thread::Builder::new().name("db-bell".into()).spawn(move || shared.run(&url));
            match spawned {
                Ok(thread) => {
                    state.running = true;
                    *lock(&self.thread) = Some(thread);
                }
                Err(e) => tracing::warn!(target: "workwarden::db", error = %e, "nobody is told of a change"),
            }
        }
        self.shared.changed.notify_one();
    }
}

impl Bell {
    /// Tells nothing more, and is no longer connected.
    pub(super) fn close(&self) {
        lock(&self.shared.state).stop = true;
        self.shared.changed.notify_one();
        if let Some(thread) = lock(&self.thread).take().filter(|t| t.thread().id() != thread::current().id())
        {
            thread.join().ok();
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn run(&self, url: &str) {
        let mut conn: Option<PgConnection> = None;
        while let Some(notices) = self.next() {
            if let Err(e) = tell(&mut conn, url, &notices) {
                conn = None;
                tracing::warn!(target: "workwarden::db", error = %e, "nobody is told of a change");
            }
            thread::sleep(PAUSE);
        }
    }

    /// What is to be told; None when this thread shall end.
    fn next(&self) -> Option<Vec<Notice>> {
        let (mut state, waited) = self
            .changed
            .wait_timeout_while(lock(&self.state), IDLE, |s| s.waiting.is_empty() && !s.stop)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() || state.stop {
            state.running = false;
            return None;
        }
        Some(std::mem::take(&mut state.waiting))
    }
}

fn tell(conn: &mut Option<PgConnection>, url: &str, notices: &[Notice]) -> DbResult<()> {
    if conn.is_none() {
        *conn = Some(connect_postgres(url)?);
    }
    let Some(conn) = conn else { return Ok(()) };
    for (channel, payload) in notices {
        let sql = Sql::of("SELECT pg_notify(").text(channel).raw(", ").text(payload).raw(")");
        Statement::new(&sql, None).execute(conn)?;
    }
    Ok(())
}
