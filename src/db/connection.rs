//! One connection, of either kind, and its transaction.
//!
//! Transactions are begun by our own statements, not by Diesel's transaction manager: one owner of the state.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use r2d2::PooledConnection;

use super::backend::Statement;
use super::bind::Bind;
use super::dialect::Dialect;
use super::error::{DbError, DbResult};
use super::gate::Turn;
use super::pool::{Local, Maker};
use super::row;
use super::sql::{ColType, Sql};
use crate::value::Value;

/// How long a writer waits for other writers of this process on SQLite.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only reads, each statement for itself: no BEGIN. A write fails with `DbError::ReadOnly`.
    Read,
    /// Only reads, all of one moment, whoever writes meanwhile: for a dump.
    Snapshot,
    /// Reads and writes, all or nothing: BEGIN IMMEDIATE on SQLite, REPEATABLE READ on PostgreSQL.
    Write,
}

pub(super) enum Link {
    Pg(PooledConnection<Maker<PgConnection>>),
    Sqlite(PooledConnection<Maker<SqliteConnection>>),
}

/// A connection to the database; goes back to its pool when dropped, an open transaction rolled back.
pub struct Conn {
    link: Link,
    local: Arc<Local>,
    /// This connection's turn as SQLite's writer.
    turn: Option<Turn>,
    mode: Option<Mode>,
    savepoints: u32,
    /// A statement failed, so that PostgreSQL refuses all until a rollback.
    failed: bool,
    statements: u64,
    /// Channels to wake in this process when the transaction commits.
    notices: Vec<String>,
    /// Channels to tell soon after the commit.
    later: Vec<&'static str>,
}

/// Runs typed Diesel DSL on whichever connection it is: `on_conn!(conn, |c| query.load::<Row>(c))`.
/// Write transactions are the caller's, by `Conn::begin`.
macro_rules! on_conn {
    ($conn:expr, |$raw:ident| $body:expr) => {{
        let conn: &mut $crate::db::Conn = $conn;
        conn.counted();
        let result = match conn.link() {
            $crate::db::Raw::Pg($raw) => $body,
            $crate::db::Raw::Sqlite($raw) => $body,
        };
        conn.checked(result)
    }};
}
pub(crate) use on_conn;

/// The Diesel connection within, for `on_conn!`.
pub(crate) enum Raw<'c> {
    Pg(&'c mut PgConnection),
    Sqlite(&'c mut SqliteConnection),
}

impl Conn {
    pub(super) fn new(link: Link, local: Arc<Local>) -> Conn {
        Conn {
            link,
            local,
            turn: None,
            mode: None,
            savepoints: 0,
            failed: false,
            statements: 0,
            notices: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        match self.link {
            Link::Pg(_) => Dialect::Postgres,
            Link::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Statements since the last `begin`, transaction control not counted.
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// The transaction's mode, none outside of one.
    pub fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// Runs a statement and reads its rows; `types` are those of the columns, in order.
    pub fn query(&mut self, sql: &Sql, types: &[ColType]) -> DbResult<Vec<Vec<Value>>> {
        self.run(sql, |link, statement| match link {
            Raw::Pg(conn) => row::fetch(conn, statement, types),
            Raw::Sqlite(conn) => row::fetch(conn, statement, types),
        })
    }

    /// Runs a statement written with [`Sql::ids_later`] for these ids, and reads its rows.
    pub fn query_ids(&mut self, sql: &Sql, ids: &[i64], types: &[ColType]) -> DbResult<Vec<Vec<Value>>> {
        let bind = sql.hole().map(|count| count.bind(ids));
        self.run_with(sql, bind.as_ref(), |link, statement| match link {
            Raw::Pg(conn) => row::fetch(conn, statement, types),
            Raw::Sqlite(conn) => row::fetch(conn, statement, types),
        })
    }

    /// Runs a statement; the number of rows it touched.
    pub fn execute(&mut self, sql: &Sql) -> DbResult<usize> {
        if matches!(self.mode, Some(Mode::Read | Mode::Snapshot)) {
            return Err(DbError::read_only());
        }
        self.run(sql, |link, statement| match link {
            Raw::Pg(conn) => statement.execute(conn),
            Raw::Sqlite(conn) => statement.execute(conn),
        })
    }

    /// Runs several statements of ours, separated by semicolons: DDL, migrations.
    pub fn batch(&mut self, text: &str) -> DbResult<()> {
        if matches!(self.mode, Some(Mode::Read | Mode::Snapshot)) {
            return Err(DbError::read_only());
        }
        let _turn = self.turn_for_one()?;
        self.counted();
        self.control(text)
    }

    fn run<T>(&mut self, sql: &Sql, f: impl FnOnce(Raw<'_>, Statement<'_>) -> QueryResult<T>) -> DbResult<T> {
        self.run_with(sql, None, f)
    }

    fn run_with<T>(
        &mut self,
        sql: &Sql,
        hole: Option<&Bind>,
        f: impl FnOnce(Raw<'_>, Statement<'_>) -> QueryResult<T>,
    ) -> DbResult<T> {
        let _turn = match (sql.writes(), self.mode) {
            (true, Some(Mode::Read | Mode::Snapshot)) => return Err(DbError::read_only()),
            (true, None) => self.turn_for_one()?,
            _ => None,
        };
        self.counted();
        let start = Instant::now();
        let result = f(self.link(), Statement::new(sql, hole));
        tracing::trace!(
            target: "workwarden::sql",
            micros = start.elapsed().as_micros() as u64,
            failed = result.is_err(),
            "{}", sql.display(self.dialect())
        );
        self.checked(result)
    }

    /// SQLite outside a transaction: the writer's turn for one statement.
    fn turn_for_one(&self) -> DbResult<Option<Turn>> {
        match (&self.link, &self.turn) {
            (Link::Sqlite(_), None) => self.local.gate.enter(PATIENCE).map(Some),
            _ => Ok(None),
        }
    }

    /// Begins a transaction; a writing one waits for its turn on SQLite.
    pub fn begin(&mut self, mode: Mode) -> DbResult<()> {
        if self.mode.is_some() {
            return Err(DbError::other("a transaction is already open on this connection"));
        }
        self.statements = 0;
        self.failed = false;
        self.savepoints = 0;
        let begin = match (mode, self.dialect()) {
            (Mode::Read, _) => "",
            (Mode::Snapshot, Dialect::Postgres) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Mode::Snapshot, Dialect::Sqlite) => "BEGIN",
            (Mode::Write, Dialect::Postgres) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            (Mode::Write, Dialect::Sqlite) => {
                self.turn = Some(self.local.gate.enter(PATIENCE)?);
                "BEGIN IMMEDIATE"
            }
        };
        if !begin.is_empty()
            && let Err(e) = self.control(begin)
        {
            self.turn = None;
            return Err(e);
        }
        self.mode = Some(mode);
        Ok(())
    }

    /// Ends the transaction, keeping what it wrote.
    pub fn commit(&mut self) -> DbResult<()> {
        if matches!(self.mode, None | Some(Mode::Read)) {
            self.mode = None;
            return Ok(());
        }
        if self.failed && self.dialect() == Dialect::Postgres {
            // PostgreSQL would answer such a COMMIT with a silent rollback.
            self.rollback()?;
            return Err(DbError::other("current transaction is aborted, it was rolled back"));
        }
        if let Err(e) = self.control("COMMIT") {
            self.rollback().ok();
            return Err(match e {
                // Not to be tried again: it may have been done.
                DbError::Closed { message } => {
                    DbError::LostInCommit { message: format!("connection lost in commit: {message}") }
                }
                e => e,
            });
        }
        let (notices, later) = (std::mem::take(&mut self.notices), std::mem::take(&mut self.later));
        self.ended();
        notices.iter().for_each(|channel| self.local.hub.wake(channel, ""));
        later.iter().for_each(|channel| self.local.ring(channel, ""));
        Ok(())
    }

    /// Ends the transaction, forgetting what it wrote.
    pub fn rollback(&mut self) -> DbResult<()> {
        if matches!(self.mode, None | Some(Mode::Read)) {
            self.mode = None;
            return Ok(());
        }
        let result = self.control("ROLLBACK");
        self.ended();
        match result {
            // SQLite has rolled back by itself after some errors.
            Err(DbError::Other { message, .. }) if message.contains("no transaction is active") => Ok(()),
            Err(e) => {
                self.break_off();
                Err(e)
            }
            ok => ok,
        }
    }

    fn ended(&mut self) {
        self.mode = None;
        self.savepoints = 0;
        self.failed = false;
        self.turn = None;
        self.notices.clear();
        self.later.clear();
    }

    /// Tells those who listen on the channel soon after the transaction's commit. Cheaper than [`Conn::notify`], which
    /// is part of the commit; a hint that may be lost if this process ends just then.
    pub fn tell_later(&mut self, channel: &'static str) {
        if self.mode != Some(Mode::Write) {
            self.local.ring(channel, "");
        } else if !self.later.contains(&channel) {
            self.later.push(channel);
        }
    }

    /// Wakes those who listen on the channel, when the transaction commits, or now if none is open.
    pub fn notify(&mut self, channel: &str) -> DbResult<()> {
        if self.dialect() == Dialect::Postgres {
            let sql = Sql::of("SELECT pg_notify(").text(channel).raw(", ").text(&self.local.hub.tag).raw(")");
            self.query(&sql, &[])?;
        }
        // Those in this process need not wait until the server has told them.
        match self.mode {
            Some(Mode::Write) if self.notices.iter().any(|c| c == channel) => {}
            Some(Mode::Write) => self.notices.push(channel.to_owned()),
            _ => self.local.hub.wake(channel, ""),
        }
        Ok(())
    }

    /// Opens a savepoint within the writing transaction; they nest.
    pub fn savepoint(&mut self) -> DbResult<()> {
        self.control(&format!("SAVEPOINT ww{}", self.savepoints + 1))?;
        self.savepoints += 1;
        Ok(())
    }

    /// Closes the innermost savepoint, keeping what was written since.
    pub fn release(&mut self) -> DbResult<()> {
        let name = self.innermost()?;
        self.control(&format!("RELEASE SAVEPOINT {name}"))?;
        self.savepoints -= 1;
        Ok(())
    }

    /// Closes the innermost savepoint, forgetting what was written since.
    pub fn rollback_to(&mut self) -> DbResult<()> {
        let name = self.innermost()?;
        self.control(&format!("ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}"))?;
        self.failed = false;
        self.savepoints -= 1;
        Ok(())
    }

    fn innermost(&self) -> DbResult<String> {
        match self.savepoints {
            0 => Err(DbError::other("no savepoint is open")),
            n => Ok(format!("ww{n}")),
        }
    }

    /// Statements without binds and results, several at once.
    fn control(&mut self, text: &str) -> DbResult<()> {
        let start = Instant::now();
        let result = match self.link() {
            Raw::Pg(conn) => conn.batch_execute(text),
            Raw::Sqlite(conn) => conn.batch_execute(text),
        };
        tracing::trace!(target: "workwarden::sql", micros = start.elapsed().as_micros() as u64, "{text}");
        self.checked(result)
    }

    pub(crate) fn link(&mut self) -> Raw<'_> {
        match &mut self.link {
            Link::Pg(kept) => Raw::Pg(&mut kept.raw),
            Link::Sqlite(kept) => Raw::Sqlite(&mut kept.raw),
        }
    }

    pub(crate) fn counted(&mut self) {
        self.statements += 1;
        self.local.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Diesel's answer as ours; notes what the failure means for the transaction and the connection.
    pub(crate) fn checked<T>(&mut self, result: QueryResult<T>) -> DbResult<T> {
        result.map_err(|e| {
            let from_server = matches!(e, diesel::result::Error::DatabaseError(..));
            let e = DbError::from(e);
            self.failed |= from_server && matches!(self.mode, Some(Mode::Write | Mode::Snapshot));
            if matches!(e, DbError::Closed { .. }) {
                self.break_off();
                self.local.losses.fetch_add(1, Ordering::Relaxed);
            }
            e
        })
    }

    /// The pool shall not hand this connection out again.
    fn break_off(&mut self) {
        match &mut self.link {
            Link::Pg(kept) => kept.broken = true,
            Link::Sqlite(kept) => kept.broken = true,
        }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn")
            .field("dialect", &self.dialect())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if matches!(self.mode, Some(Mode::Write | Mode::Snapshot)) && self.rollback().is_err() {
            self.break_off();
        }
    }
}
