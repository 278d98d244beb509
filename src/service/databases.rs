//! The databases that one process serves: by name, opened when first asked for, each with a worker of its own.
//!
//! A call names its database, and finds it by one look at a map. While a database is made, copied, renamed or dropped
//! it belongs to whoever does that: calls that name it wait at the http floor (`Kind::Busy`) and then see what became
//! of it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use regex::Regex;

use crate::config::Secret;
use crate::db::Catalog;
use crate::error::{Error, Kind, Result};
use crate::orm::Registry;
use crate::workflow::{Worker, WorkerHandle, WorkerOptions};

use super::app::Place;
use super::master::Master;
use super::{App, session};

/// How long what the server knows of the databases of others may be old. Its own changes it sees at once.
const LIST_AGE_MAX: Duration = Duration::from_secs(5);
/// How long calls that run may take to end when their database is closed.
const CLOSE_PATIENCE: Duration = Duration::from_secs(20);
/// What running jobs get then; they are taken up again elsewhere.
const JOBS_GRACE: Duration = Duration::from_secs(1);

/// What the operator says of the databases.
#[derive(Debug, Clone)]
pub struct DatabasesOptions {
    /// Connections to each, at most.
    pub pool_size: u32,
    /// The master password; None: no management.
    pub admin_passwd: Option<Secret>,
    /// Whether their names are told, and whether they may be managed.
    pub list_db: bool,
    /// A pattern of the names that a host shows: `%h` is the host, `%d` its first part.
    pub dbfilter: Option<String>,
    /// Where a changed master password is kept.
    pub data_dir: Option<PathBuf>,
}

impl Default for DatabasesOptions {
    fn default() -> DatabasesOptions {
        DatabasesOptions { pool_size: 16, admin_passwd: None, list_db: true, dbfilter: None, data_dir: None }
    }
}

/// A handle on all of them; cheap to clone.
#[derive(Clone)]
pub struct Databases(Arc<Inner>);

struct Inner {
    opened: RwLock<HashMap<String, Opened>>,
    /// Names that somebody opens, makes or changes right now.
    claimed: Mutex<HashSet<String>>,
    listed: Mutex<Option<(Instant, Arc<[String]>)>>,
    /// None: the one that was given, and no other.
    catalog: Option<Catalog>,
    registry: Arc<Registry>,
    options: DatabasesOptions,
    master: Master,
    worker: Mutex<Option<WorkerOptions>>,
    draining: AtomicBool,
}

struct Opened {
    app: Arc<App>,
    tag: String,
    worker: Option<WorkerHandle>,
}

/// A name that nobody else may open or change; given back when dropped.
pub(super) struct Claim {
    databases: Databases,
    name: String,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.databases.claimed().remove(&self.name);
    }
}

impl fmt::Debug for Databases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Databases").field(&self.0.catalog).finish()
    }
}

/// One database and no other, none of whose names is ever looked up.
impl From<Arc<App>> for Databases {
    fn from(app: Arc<App>) -> Databases {
        let databases = Databases::build(None, app.db.shared_registry(), DatabasesOptions::default());
        databases.keep(app, None);
        databases
    }
}

impl Databases {
    /// The databases of `catalog`; none is opened yet.
    pub fn new(catalog: Catalog, registry: Arc<Registry>, options: DatabasesOptions) -> Result<Databases> {
        if let Some(pattern) = &options.dbfilter {
            filter(pattern, "localhost")?;
        }
        Ok(Databases::build(Some(catalog), registry, options))
    }

    fn build(catalog: Option<Catalog>, registry: Arc<Registry>, options: DatabasesOptions) -> Databases {
        let master = Master::new(options.admin_passwd.clone(), options.data_dir.as_deref());
        Databases(Arc::new(Inner {
            opened: RwLock::default(),
            claimed: Mutex::default(),
            listed: Mutex::default(),
            catalog,
            registry,
            options,
            master,
            worker: Mutex::default(),
            draining: AtomicBool::new(false),
        }))
    }

    /// The master password's keeper.
    pub fn master(&self) -> &Master {
        &self.0.master
    }

    /// The models of all of them.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }

    /// Fails where the operator wants neither names told nor databases managed.
    pub fn must_list(&self) -> Result<()> {
        if self.0.options.list_db {
            return Ok(());
        }
        tracing::warn!(target: "workwarden::auth", "refused: list_db is off");
        Err(Error::access_denied())
    }

    /// The database of that name, opened now if it is not yet. One that does not exist is told in PostgreSQL's words,
    /// which clients look for.
    pub fn get(&self, name: &str) -> Result<Arc<App>> {
        self.find(name)?.ok_or_else(|| unknown(name))
    }

    /// The database of that name if it is open. Never waits.
    pub fn opened_app(&self, name: &str) -> Option<Arc<App>> {
        self.opened().get(name).map(|opened| Arc::clone(&opened.app))
    }

    /// [`Databases::get`], or None.
    pub fn find(&self, name: &str) -> Result<Option<Arc<App>>> {
        if let Some(app) = self.opened_app(name) {
            return Ok(Some(app));
        }
        let Some(catalog) = &self.0.catalog else { return Ok(None) };
        if catalog.place(name).is_none() {
            return Ok(None);
        }
        let claim = self.claim(name)?;
        // whoever had it until now may have opened it
        if let Some(app) = self.opened_app(name) {
            return Ok(Some(app));
        }
        let Some(url) = catalog.find(name)? else { return Ok(None) };
        let place = Place { name, url: &url, pool_size: self.0.options.pool_size };
        let (app, _) = App::open_at(&place, Arc::clone(&self.0.registry), None, &mut |_| {})?;
        self.admit(&claim, app).map(Some)
    }

    /// Opens the configured database, making it where it does not exist. Also gives the password of admin when it was
    /// made here.
    pub fn open_configured(
        &self,
        admin_password: Option<&str>,
        report: &mut dyn FnMut(&str),
    ) -> Result<(Arc<App>, Option<String>)> {
        let catalog = self.catalog()?;
        let name = catalog.configured();
        let claim = self.claim(name)?;
        let url = catalog.place(name).ok_or_else(|| unknown(name))?;
        let place = Place { name, url: &url, pool_size: self.0.options.pool_size };
        let (app, made) = App::open_at(&place, Arc::clone(&self.0.registry), admin_password, report)?;
        Ok((self.admit(&claim, app)?, made))
    }

    /// The configured database; of those that hold one and no other, that one.
    pub fn main(&self) -> Result<Arc<App>> {
        match &self.0.catalog {
            Some(catalog) => self.get(catalog.configured()),
            None => self.apps().into_iter().next().ok_or_else(|| unknown("")),
        }
    }

    /// Those that are open.
    pub fn apps(&self) -> Vec<Arc<App>> {
        self.opened().values().map(|opened| Arc::clone(&opened.app)).collect()
    }

    /// Whether all workers of this process have lately shown a sign of life; None: it has none.
    pub fn workers_alive(&self) -> Option<bool> {
        let pulses: Vec<_> = self
            .opened()
            .values()
            .filter_map(|opened| opened.worker.as_ref())
            .map(WorkerHandle::pulse)
            .collect();
        (!pulses.is_empty()).then(|| pulses.iter().all(|pulse| pulse.is_alive()))
    }

    /// The database whose sessions' ids carry `tag`.
    pub fn by_tag(&self, tag: &str) -> Result<Option<Arc<App>>> {
        if let Some(opened) = self.opened().values().find(|opened| opened.tag == tag) {
            return Ok(Some(Arc::clone(&opened.app)));
        }
        match self.listed()?.iter().find(|name| session::tag(name) == tag) {
            Some(name) => self.find(name),
            None => Ok(None),
        }
    }

    /// The database of a request that names none: the only one that `host` shows, if it shows one only.
    pub fn only(&self, host: &str) -> Result<Option<Arc<App>>> {
        let names = self.listed()?;
        match &self.0.options.dbfilter {
            None if names.len() == 1 => self.find(&names[0]),
            None => Ok(None),
            Some(_) => match self.shown(&names, host)?.as_slice() {
                [one] => self.find(one),
                _ => Ok(None),
            },
        }
    }

    /// Whether requests to `host` may choose the database of that name.
    pub fn shows(&self, name: &str, host: &str) -> Result<bool> {
        match &self.0.options.dbfilter {
            Some(pattern) => Ok(filter(pattern, host)?.is_match(name)),
            None => Ok(true),
        }
    }

    /// The names of all databases, as they are now.
    pub fn names(&self) -> Result<Vec<String>> {
        self.forget_list();
        Ok(self.listed()?.to_vec())
    }

    /// The names of those that `host` shows, as they are now.
    pub fn names_for(&self, host: &str) -> Result<Vec<String>> {
        let names = self.names()?;
        self.shown(&names, host)
    }

    fn shown(&self, names: &[String], host: &str) -> Result<Vec<String>> {
        let Some(pattern) = &self.0.options.dbfilter else { return Ok(names.to_vec()) };
        let filter = filter(pattern, host)?;
        Ok(names.iter().filter(|name| filter.is_match(name)).cloned().collect())
    }

    fn listed(&self) -> Result<Arc<[String]>> {
        let Some(catalog) = &self.0.catalog else {
            return Ok(self.opened().keys().cloned().collect());
        };
        let lock = || self.0.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, names)) = &*lock()
            && at.elapsed() < LIST_AGE_MAX
        {
            return Ok(Arc::clone(names));
        }
        let names: Arc<[String]> = catalog.list()?.into();
        *lock() = Some((Instant::now(), Arc::clone(&names)));
        Ok(names)
    }

    pub(super) fn forget_list(&self) {
        *self.0.listed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// From now on every database that is opened gets a worker, and those that are open get theirs.
    pub fn employ(&self, options: WorkerOptions) -> Result<()> {
        *self.worker() = Some(options.clone());
        for opened in self.opened_mut().values_mut().filter(|opened| opened.worker.is_none()) {
            opened.worker = Some(Worker::start(opened.app.db.clone(), options.clone())?);
        }
        Ok(())
    }

    /// Opens all there are, so that their jobs run though nobody calls. One that cannot be opened hinders no other.
    pub fn open_all(&self) {
        let names = self.names().unwrap_or_else(|e| {
            tracing::error!(error = %e.message, "the databases cannot be listed");
            vec![]
        });
        for name in names {
            match self.find(&name) {
                Ok(_) => tracing::debug!(database = name, "open"),
                Err(e) => tracing::error!(database = name, error = %e.message, "cannot be opened"),
            }
        }
    }

    /// This process is about to end: it is not ready any more, though it finishes what it has in hand.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to end.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Stops all workers, side by side, and forgets all databases.
    pub fn close_all(&self) {
        *self.worker() = None;
        let all: Vec<Opened> = self.opened_mut().drain().map(|(_, opened)| opened).collect();
        let ends: Vec<_> = all
            .into_iter()
            .filter_map(|opened| opened.worker)
            .map(|worker| std::thread::spawn(move || worker.stop()))
            .collect();
        for end in ends {
            // a worker that panicked has said so
            let _ = end.join();
        }
    }

    pub(super) fn catalog(&self) -> Result<&Catalog> {
        let none = || Error::user("This server holds one database and cannot manage others.");
        self.0.catalog.as_ref().ok_or_else(none)
    }

    pub(super) fn place<'a>(&self, name: &'a str, url: &'a crate::db::DatabaseUrl) -> Place<'a> {
        Place { name, url, pool_size: self.0.options.pool_size }
    }

    /// Takes the name for oneself. `Kind::Busy` when somebody else has it.
    pub(super) fn claim(&self, name: &str) -> Result<Claim> {
        if self.claimed().insert(name.to_owned()) {
            return Ok(Claim { databases: self.clone(), name: name.to_owned() });
        }
        Err(Error::new(
            Kind::Busy,
            format!("The database {name} is being opened or changed. Try again in a moment."),
        ))
    }

    /// Serves `app` from now on.
    pub(super) fn admit(&self, claim: &Claim, app: App) -> Result<Arc<App>> {
        debug_assert_eq!(claim.name, app.db_name);
        let app = Arc::new(app);
        let options = self.worker().clone();
        let worker = options.map(|options| Worker::start(app.db.clone(), options)).transpose()?;
        self.keep(Arc::clone(&app), worker);
        Ok(app)
    }

    fn keep(&self, app: Arc<App>, worker: Option<WorkerHandle>) {
        let opened = Opened { tag: session::tag(&app.db_name), worker, app };
        self.opened_mut().insert(opened.app.db_name.clone(), opened);
    }

    /// Ends the worker and the calls of a database and closes its connections. Fails when a call does not end; then
    /// the database is served again.
    pub(super) fn close(&self, claim: &Claim) -> Result<()> {
        let Some(Opened { app, worker, .. }) = self.opened_mut().remove(&claim.name) else { return Ok(()) };
        if let Some(worker) = worker {
            worker.stop_within(JOBS_GRACE);
        }
        app.watch.close();
        app.db.pool().close();
        let gone = Arc::downgrade(&app.db);
        drop(app);
        let patience = Instant::now() + CLOSE_PATIENCE;
        while gone.strong_count() > 0 {
            if Instant::now() > patience {
                return Err(Error::user(format!(
                    "Calls to the database {} are still running. Try again when they have ended.",
                    claim.name
                )));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn opened(&self) -> std::sync::RwLockReadGuard<'_, HashMap<String, Opened>> {
        self.0.opened.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened_mut(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<String, Opened>> {
        self.0.opened.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn worker(&self) -> MutexGuard<'_, Option<WorkerOptions>> {
        self.0.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What psycopg2 says of a database that is not there.
pub(super) fn unknown(name: &str) -> Error {
    let message = format!("connection to server failed: FATAL:  database \"{name}\" does not exist\n");
    Error::new(Kind::Db, message).named("psycopg2.OperationalError")
}

/// The operator's pattern for a host, anchored at its beginning as Python's `match` is.
fn filter(pattern: &str, host: &str) -> Result<Regex> {
    let host = host.split(':').next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let domain = host.split('.').next().unwrap_or_default();
    let filled = pattern.replace("%h", &regex::escape(host)).replace("%d", &regex::escape(domain));
    Regex::new(&format!("^(?:{filled})"))
        .map_err(|e| Error::user(format!("dbfilter {pattern:?} is no regular expression: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_reads_the_host_as_odoo_does() {
        let shows = |pattern: &str, host: &str, name: &str| filter(pattern, host).unwrap().is_match(name);
        assert!(shows("^%d$", "www.acme.example.com:80", "acme"));
        assert!(!shows("^%d$", "acme.example.com", "acme2"));
        assert!(shows("%h", "acme.example.com", "acme.example.com"));
        assert!(!shows("%h", "a.b", "aXb"), "the host is text, not a pattern");
        assert!(shows("a|b", "h", "b1") && !shows("a|b", "h", "xb"), "anchored at the beginning only");
        assert!(filter("(", "h").is_err());
    }
}
