//! Connections, made ready and kept.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use r2d2::ManageConnection;

use super::bell::Bell;
use super::connection::{Conn, Link};
use super::dialect::Dialect;
use super::error::{DbError, DbResult};
use super::functions;
use super::gate::Gate;
use super::listen::{Hub, Listener};
use super::url::DatabaseUrl;

/// A connection and whether it may be handed out again.
pub(super) struct Kept<C> {
    pub(super) raw: C,
    pub(super) broken: bool,
    /// How many losses the pool had seen when this was made: if more now, the server may have been restarted since.
    losses: u64,
}

/// Makes connections of one kind.
pub(super) struct Maker<C> {
    target: String,
    local: Arc<Local>,
    connect: fn(&str) -> DbResult<C>,
}

impl<C: Connection + 'static> ManageConnection for Maker<C> {
    type Connection = Kept<C>;
    type Error = DbError;

    fn connect(&self) -> Result<Kept<C>, DbError> {
        let losses = self.local.losses.load(Ordering::Relaxed);
        (self.connect)(&self.target).map(|raw| Kept { raw, broken: false, losses })
    }

    fn is_valid(&self, conn: &mut Kept<C>) -> Result<(), DbError> {
        Ok(conn.raw.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Kept<C>) -> bool {
        conn.broken || conn.losses != self.local.losses.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
enum Kind {
    Postgres(r2d2::Pool<Maker<PgConnection>>),
    Sqlite(r2d2::Pool<Maker<SqliteConnection>>),
}

/// The connections to one database. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    kind: Kind,
    local: Arc<Local>,
    url: DatabaseUrl,
}

/// What the connections of one pool share in this process.
#[derive(Default)]
pub(super) struct Local {
    pub(super) gate: Arc<Gate>,
    pub(super) hub: Arc<Hub>,
    /// PostgreSQL: tells other processes what was committed.
    bell: Bell,
    /// PostgreSQL: where the bell rings.
    bell_url: Option<String>,
    /// Connections found lost; those made before the last one are not handed out again.
    pub(super) losses: AtomicU64,
    /// Nobody gets a connection any more.
    closed: AtomicBool,
    /// Statements sent, transaction control not counted.
    pub(super) statements: AtomicU64,
}

impl Local {
    /// See [`Pool::ring`].
    pub(super) fn ring(&self, channel: &str, payload: &str) {
        match &self.bell_url {
            Some(url) => self.bell.ring(url, channel, payload),
            None => self.hub.wake(channel, payload),
        }
    }
}

impl Pool {
    /// Opens the database, with at most `size` connections. One is made at once, so that what is wrong is said now.
    pub fn open(url: &DatabaseUrl, size: u32) -> DbResult<Pool> {
        let bell_url = match url {
            DatabaseUrl::Postgres(target) => Some(target.clone()),
            DatabaseUrl::Sqlite(_) => None,
        };
        let local = Arc::new(Local { bell_url, ..Local::default() });
        let kind = match url {
            DatabaseUrl::Postgres(target) => Kind::Postgres(build(
                Maker { target: target.clone(), local: Arc::clone(&local), connect: connect_postgres },
                size,
            )?),
            DatabaseUrl::Sqlite(path) => {
                prepare_file(path)?;
                let target = path
                    .to_str()
                    .ok_or_else(|| DbError::other("the database's path is not valid UTF-8"))?
                    .to_owned();
                Kind::Sqlite(build(
                    Maker { target, local: Arc::clone(&local), connect: connect_sqlite },
                    size,
                )?)
            }
        };
        Ok(Pool { kind, local, url: url.clone() })
    }

    /// Gives no connection from now on; those given out may finish their work.
    pub fn close(&self) {
        self.local.closed.store(true, Ordering::Release);
        self.local.bell.close();
    }

    /// Whether [`Pool::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.local.closed.load(Ordering::Acquire)
    }

    /// A connection, waiting for a free one for some seconds.
    pub fn get(&self) -> DbResult<Conn> {
        if self.is_closed() {
            return Err(DbError::Closed { message: "the database is closed".into() });
        }
        let link = match &self.kind {
            Kind::Postgres(pool) => Link::Pg(self.fresh(pool)?),
            Kind::Sqlite(pool) => Link::Sqlite(self.fresh(pool)?),
        };
        Ok(Conn::new(link, Arc::clone(&self.local)))
    }

    /// A connection made after the last loss.
    fn fresh<C>(&self, pool: &r2d2::Pool<Maker<C>>) -> DbResult<r2d2::PooledConnection<Maker<C>>>
    where
        C: Connection + 'static,
    {
        loop {
            let kept = pool.get().map_err(|e| match e.to_string().split_once(": ") {
                // r2d2 adds why no new one could be made.
                Some((_, cause)) => DbError::Closed { message: cause.to_owned() },
                None => DbError::Busy { message: "no free connection to the database".into() },
            })?;
            if kept.losses == self.local.losses.load(Ordering::Relaxed) {
                return Ok(kept);
            }
        }
    }

    /// Calls back with the channel's name after each [`Conn::notify`] that was committed, and once when it begins to
    /// listen (again). Must return soon: it is called by the one who commits too.
    pub fn listen(
        &self,
        channels: &[&str],
        callback: impl Fn(&str) + Send + Sync + 'static,
    ) -> DbResult<Listener> {
        self.hear(channels, move |channel, _| callback(channel))
    }

    /// [`Pool::listen`] for channels on which something is said: the callback gets it as well.
    pub fn hear(
        &self,
        channels: &[&str],
        callback: impl Fn(&str, &str) + Send + Sync + 'static,
    ) -> DbResult<Listener> {
        match &self.url {
            DatabaseUrl::Postgres(url) => {
                Listener::on_postgres(&self.local.hub, url, channels, Arc::new(callback))
                    .map_err(|e| DbError::other(format!("cannot start a thread: {e}")))
            }
            DatabaseUrl::Sqlite(_) => {
                channels.iter().for_each(|channel| callback(channel, ""));
                Ok(Listener::on_hub(&self.local.hub, channels, Arc::new(callback)))
            }
        }
    }

    /// Statements that this process has sent so far, transaction control not counted.
    pub fn statements(&self) -> u64 {
        self.local.statements.load(Ordering::Relaxed)
    }

    /// Tells those who listen on `channel`, soon and outside any transaction. A hint: it may be lost.
    pub fn ring(&self, channel: &str, payload: &str) {
        self.local.ring(channel, payload);
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        match self.kind {
            Kind::Postgres(_) => Dialect::Postgres,
            Kind::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("url", &self.url).finish_non_exhaustive()
    }
}

fn build<C: Connection + 'static>(maker: Maker<C>, size: u32) -> DbResult<r2d2::Pool<Maker<C>>> {
    drop(maker.connect()?);
    Ok(r2d2::Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(0))
        // A round trip for each call otherwise; a lost connection shows in its first statement and is then dropped.
        .test_on_check_out(false)
        // Statements prepared are never freed on PostgreSQL but by this.
        .max_lifetime(Some(Duration::from_secs(30 * 60)))
        .connection_timeout(Duration::from_secs(10))
        .build_unchecked(maker))
}

pub(super) fn connect_postgres(url: &str) -> DbResult<PgConnection> {
    let mut conn = PgConnection::establish(url)?;
    // Compiling a plan takes a hundred times as long as any statement of ours runs; small tables without statistics
    // are enough to make PostgreSQL think it worth while. A client that is stopped or vanished must not keep its locks
    // for ever: the server gives up on it. A transaction may well idle while a provider is asked (generate_content).
    conn.batch_execute(
        "SET application_name = 'workwarden'; SET TIME ZONE 'UTC'; SET jit = off; SET tcp_keepalives_idle = 60; \
         SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6; \
         SELECT set_config('idle_in_transaction_session_timeout', '15min', false) \
         WHERE current_setting('idle_in_transaction_session_timeout') = '0'",
    )?;
    // Some errors are told by their English message; but only superusers may choose the language.
    conn.batch_execute(
        "SELECT set_config('lc_messages', 'C', false) FROM pg_roles WHERE rolname = current_user AND rolsuper",
    )?;
    Ok(conn)
}

fn connect_sqlite(path: &str) -> DbResult<SqliteConnection> {
    let mut conn = SqliteConnection::establish(path)?;
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000",
    )?;
    functions::register(&mut conn)?;
    Ok(conn)
}

/// Makes the file's directory and the file, readable by its owner only.
fn prepare_file(path: &Path) -> DbResult<()> {
    let fail = |what: PathBuf, e: std::io::Error| DbError::other(format!("{}: {e}", what.display()));
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(|e| fail(parent.to_owned(), e))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| fail(path.to_owned(), e))?;
    Ok(())
}
