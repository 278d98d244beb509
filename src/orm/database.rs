//! One database with its models: opening and installing it, transactions with retry, caches that follow changes.

use super::cache::{self, Caches};
use super::env::{Env, SUPERUSER, Tx};
use super::registry::Registry;
use super::{loader, sync};
use crate::db::migrate::{self, Migration};
use crate::db::{ColType, Conn, DbError, Mode, Pool, Sql, dump, restore};
use crate::error::{Error, Kind, Result};
use crate::value::{Json, Map};
use chrono::NaiveDateTime;
use std::io::{BufRead, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often a transaction that lost a race is tried.
pub const TRIES_MAX: u32 = 5;
/// How long what another process changed in users or rights may go unnoticed.
pub const CACHE_AGE_MAX: Duration = Duration::from_millis(500);

/// Says what time it is, in UTC.
pub type Clock = Arc<dyn Fn() -> NaiveDateTime + Send + Sync>;

/// One database, open.
pub struct Database {
    pool: Pool,
    registry: Arc<Registry>,
    shared: Mutex<Shared>,
    clock: Clock,
}

/// So many changes are kept as rows before they become a number.
const CHANGES_MAX: i64 = 200;

/// The caches everybody starts with, and what generation of the data they show.
struct Shared {
    caches: Arc<Caches>,
    generation: i64,
    checked: Option<Instant>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.pool.url())
    }
}

impl Database {
    /// Takes a pool and the models, which several databases may share; touches nothing yet.
    pub fn new(pool: Pool, registry: impl Into<Arc<Registry>>, clock: Clock) -> Database {
        let shared = Shared { caches: Arc::default(), generation: 0, checked: None };
        Database { pool, registry: registry.into(), shared: Mutex::new(shared), clock }
    }

    /// The models.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }
    /// The models, for another database.
    pub fn shared_registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry)
    }
    /// The connections.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }
    /// What time it is.
    pub fn now(&self) -> NaiveDateTime {
        (self.clock)()
    }

    /// Runs migrations, follows the addons' models, loads their data where they changed. `report` hears of each
    /// step. Returns whether the database was empty before.
    pub fn install(&self, report: &mut dyn FnMut(&str)) -> Result<bool> {
        let mut conn = self.pool.get()?;
        let all = migrate::embedded(conn.dialect())?;
        let done = migrate::run(&mut conn, &all)?;
        for name in &done {
            report(&format!("migration {name}"));
        }
        let fresh = conn.query(&Sql::of("SELECT id FROM res_users LIMIT 1"), &[ColType::Int])?.is_empty();
        drop(conn);
        if !fresh && self.with_env(SUPERUSER, Map::new(), Mode::Read, sync::is_current)? {
            return Ok(false);
        }
        let mut conn = self.pool.get()?;
        conn.begin(Mode::Write)?;
        for line in sync::tables(&mut conn, &self.registry)? {
            report(&line);
        }
        conn.commit()?;
        drop(conn);
        let mut counts = Vec::new();
        self.with_env(SUPERUSER, Map::new(), Mode::Write, |env| {
            counts.clear();
            let env =
                env.with_context(serde_json::json!({"tracking_disable": true, "mail_create_nolog": true,
                "mail_create_nosubscribe": true, "mail_notrack": true, "no_reset_password": true,
                "install_mode": true}));
            sync::bootstrap(&env)?;
            sync::reflect(&env)?;
            for addon in &env.registry().addons {
                counts.push((addon.name().to_owned(), loader::load(&env, addon)?));
            }
            if fresh {
                sync::compute_first(&env)?;
            }
            sync::mark_current(&env)
        })?;
        if fresh {
            self.renew_generation()?;
        }
        for (name, n) in counts {
            report(&format!("addon {name}: {n} records"));
        }
        Ok(fresh)
    }

    /// Writes all of it to `out`, as [`dump`] describes; `about` is what the manifest says beside the migrations.
    pub fn dump(&self, mut about: Map, out: &mut dyn Write) -> Result<()> {
        let mut conn = self.connection()?;
        about.insert("migrations".into(), dump::history(&mut conn)?.into());
        Ok(dump::write(&mut conn, &Json::Object(about).to_string(), out)?)
    }

    /// Fills this empty database from what [`Database::dump`] wrote. What newer migrations and addons want is for
    /// [`Database::install`] to add.
    pub fn restore(&self, input: &mut dyn BufRead) -> Result<()> {
        let manifest = restore::manifest(input)?;
        let had = manifest["migrations"].as_array().cloned().unwrap_or_default();
        let mut conn = self.connection()?;
        let all = migrate::embedded(conn.dialect())?;
        let known = |version: &Json| all.iter().any(|m| *version == m.version());
        if had.is_empty() || !had.iter().all(known) {
            let by = manifest["workwarden"].as_str().unwrap_or("unknown").to_owned();
            return Err(Error::user(format!(
                "The backup was made by another version of Workwarden ({by}), whose tables this one does not know. \
                 Restore it with that version or a later one."
            )));
        }
        let then: Vec<Migration> =
            all.iter().filter(|m| had.iter().any(|version| *version == m.version())).cloned().collect();
        migrate::run(&mut conn, &then)?;
        if then.len() == all.len() {
            conn.begin(Mode::Write)?;
            sync::tables(&mut conn, &self.registry)?;
            conn.commit()?;
        }
        restore::load(&mut conn, input)?;
        drop(conn);
        self.renew_generation()
    }

    /// Gives what was just made a generation that no other database has had. Another process may have caches of one of
    /// the same name that was dropped: it must not take this one for that one.
    fn renew_generation(&self) -> Result<()> {
        let mut bytes = [0u8; 8];
        getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("No random numbers: {e}")))?;
        // Room above: it counts up.
        let generation = i64::from_le_bytes(bytes) >> 16;
        let mut conn = self.connection()?;
        conn.begin(Mode::Write)?;
        conn.execute(&Sql::of("UPDATE orm_cache_generation SET generation = ").int(generation))?;
        conn.commit()?;
        let mut shared = cache::lock(&self.shared);
        (shared.caches, shared.checked) = (Arc::default(), None);
        Ok(())
    }

    /// A connection; [`Kind::Busy`] once the database is being closed: whoever asks again finds what became of it.
    fn connection(&self) -> Result<Conn> {
        self.pool.get().map_err(|e| if self.pool.is_closed() { closing() } else { e.into() })
    }

    /// Runs `f` in one transaction and commits. A race that was lost is run again; a call begun for reading that
    /// turns out to write is run again for writing. `f` may therefore run more than once.
    pub fn with_env<T>(
        &self,
        uid: i64,
        context: Map,
        mode: Mode,
        mut f: impl FnMut(&Env) -> Result<T>,
    ) -> Result<T> {
        let mut mode = mode;
        let mut tries = 0;
        let mut lost = false;
        loop {
            match self.attempt(uid, context.clone(), mode, &mut f) {
                Err(e) if e.kind == Kind::ReadOnly && mode == Mode::Read => mode = Mode::Write,
                // what only reads may be asked again
                Err(e) if mode == Mode::Read && DbError::is_loss(&e) && !lost => lost = true,
                Err(e) if e.kind == Kind::Retry && self.pool.is_closed() => return Err(closing()),
                Err(e) if e.kind == Kind::Retry && tries + 1 < TRIES_MAX => {
                    tries += 1;
                    tracing::info!(error = %e.message, tries, "transaction runs again");
                    std::thread::sleep(backoff(tries));
                }
                other => return other,
            }
        }
    }

    fn attempt<T>(
        &self,
        uid: i64,
        context: Map,
        mode: Mode,
        f: &mut dyn FnMut(&Env) -> Result<T>,
    ) -> Result<T> {
        let (conn, caches) = self.begun(mode)?;
        let tx = Tx::new(conn, self.registry.clone(), caches, self.now(), mode == Mode::Write);
        let result = {
            let env = Env::new(tx.clone(), uid, context);
            f(&env)
        };
        match result {
            Ok(v) => {
                self.finish(&tx)?;
                Ok(v)
            }
            Err(e) => {
                tx.with_conn(Conn::rollback)?;
                Err(e)
            }
        }
    }

    /// A connection on which the transaction has begun. A kept one may be older than the server's last restart, which
    /// nobody has noticed yet: then another one, once.
    fn begun(&self, mode: Mode) -> Result<(Conn, Arc<Caches>)> {
        let begin = |mut conn: Conn| {
            let caches = self.caches(&mut conn)?;
            conn.begin(mode)?;
            Ok((conn, caches))
        };
        match begin(self.connection()?) {
            Err(e) if DbError::is_loss(&e) => begin(self.connection()?),
            other => other,
        }
    }

    fn finish(&self, tx: &Rc<Tx>) -> Result<()> {
        let dirty = tx.is_dirty();
        if dirty {
            // a row of its own: two changes that counted up the same row would lose against each other, however
            // little else they have in common
            tx.with_conn(|c| c.execute(&Sql::of("INSERT INTO orm_cache_change (changed) VALUES (1)")))?;
        }
        tx.with_conn(Conn::commit)?;
        if dirty {
            let mut s = cache::lock(&self.shared);
            s.caches = Arc::default();
            s.checked = None;
        }
        for f in tx.take_after() {
            f();
        }
        Ok(())
    }

    /// The caches to start with: fresh ones when this or another process changed what they hold.
    fn caches(&self, conn: &mut Conn) -> Result<Arc<Caches>> {
        if let Some(s) = self.recent() {
            return Ok(s.caches.clone());
        }
        self.refresh(conn)?;
        Ok(cache::lock(&self.shared).caches.clone())
    }

    /// Counts up whenever users, rights, keys or parameters change, in whatever process; at most
    /// [`CACHE_AGE_MAX`] behind. What was proved of a user under one generation holds while it lasts.
    pub fn generation(&self) -> Result<i64> {
        if let Some(s) = self.recent() {
            return Ok(s.generation);
        }
        match self.refresh(&mut self.connection()?) {
            Err(e) if DbError::is_loss(&e) => self.refresh(&mut self.connection()?)?,
            other => other?,
        }
        Ok(cache::lock(&self.shared).generation)
    }

    /// What [`Database::generation`] said last, however long ago.
    pub fn last_generation(&self) -> i64 {
        cache::lock(&self.shared).generation
    }

    fn recent(&self) -> Option<std::sync::MutexGuard<'_, Shared>> {
        Some(cache::lock(&self.shared)).filter(|s| s.checked.is_some_and(|at| at.elapsed() < CACHE_AGE_MAX))
    }

    fn refresh(&self, conn: &mut Conn) -> Result<()> {
        let sql =
            Sql::of("SELECT generation, (SELECT COUNT(*) FROM orm_cache_change) FROM orm_cache_generation");
        let rows = conn.query(&sql, &[ColType::BigInt, ColType::BigInt])?;
        let (counted, since) = rows.first().map_or((0, 0), |r| (r[0].int(), r[1].int()));
        if since > CHANGES_MAX {
            sum_up(conn)?;
        }
        let generation = counted + since;
        let mut s = cache::lock(&self.shared);
        if s.generation != generation {
            s.generation = generation;
            s.caches = Arc::default();
        }
        s.checked = Some(Instant::now());
        Ok(())
    }
}

/// Turns the rows of changes into a number. Whoever loses the race for it leaves it to the winner.
fn sum_up(conn: &mut Conn) -> Result<()> {
    let summed = conn.begin(Mode::Write).and_then(|()| {
        let n = conn.execute(&Sql::of("DELETE FROM orm_cache_change"))?;
        let add = i64::try_from(n).unwrap_or(i64::MAX);
        conn.execute(&Sql::of("UPDATE orm_cache_generation SET generation = generation + ").int(add))?;
        conn.commit()
    });
    match summed {
        Err(e) if e.is_transient() => Ok(conn.rollback()?),
        other => Ok(other?),
    }
}

fn closing() -> Error {
    Error::new(Kind::Busy, "The database is being closed.")
}

/// 20 ms, 40 ms, … with up to as much again at random, so that two losers do not meet once more.
fn backoff(tries: u32) -> Duration {
    let mut byte = [0u8; 1];
    let jitter = if getrandom::fill(&mut byte).is_ok() { u64::from(byte[0]) } else { 0 };
    let base = 20u64 << tries.min(6);
    Duration::from_millis(base + base * jitter / 255)
}
