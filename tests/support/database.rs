//! A database per test, copied from a template that is migrated and loaded once a run.
//!
//! SQLite: a file copied. PostgreSQL, when TEST_DATABASE_URL names a server: CREATE DATABASE … TEMPLATE. Both carry
//! the process id in their names, so that what a crashed run left behind is known and swept by the next one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use workwarden::db::{ColType, DatabaseUrl, Pool, Sql};
use workwarden::value::Value;

const PREFIX: &str = "ww_test_";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database that lives as long as its test.
#[derive(Debug)]
pub struct TestDatabase {
    /// As `--database-url` takes it.
    pub url: String,
    name: String,
    kind: Kind,
}

static COUNTER: AtomicU32 = AtomicU32::new(1);
static SQLITE: OnceLock<PathBuf> = OnceLock::new();
static POSTGRES: OnceLock<()> = OnceLock::new();
/// CREATE DATABASE … TEMPLATE refuses while another one copies the same template.
static COPYING: Mutex<()> = Mutex::new(());

impl TestDatabase {
    /// An empty one.
    pub fn empty(kind: Kind) -> Option<TestDatabase> {
        let name = fresh_name();
        match kind {
            Kind::Sqlite => Some(TestDatabase { url: sqlite_url(&name), name, kind }),
            Kind::Postgres => {
                server()?;
                admin(&create(&name));
                Some(TestDatabase { url: postgres_url(&name)?, name, kind })
            }
        }
    }

    /// A copy of what `prepare` makes of an empty one; None for PostgreSQL when there is no server to test on.
    pub fn copy(kind: Kind, prepare: fn(&str)) -> Option<TestDatabase> {
        let name = fresh_name();
        match kind {
            Kind::Sqlite => {
                let template = SQLITE.get_or_init(|| sqlite_template(prepare));
                std::fs::copy(template, directory().join(&name)).unwrap();
                Some(TestDatabase { url: sqlite_url(&name), name, kind })
            }
            Kind::Postgres => {
                server()?;
                let template = format!("{PREFIX}{}_template", std::process::id());
                POSTGRES.get_or_init(|| {
                    admin(&create(&template));
                    prepare(&postgres_url(&template).unwrap());
                });
                let _one_at_a_time = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
                admin(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Some(TestDatabase { url: postgres_url(&name)?, name, kind })
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match self.kind {
            Kind::Sqlite => {
                for suffix in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(directory().join(format!("{}{suffix}", self.name)));
                }
            }
            Kind::Postgres => admin(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)),
        }
    }
}

/// A name that no other test uses, of the kind that is swept.
pub fn fresh_name() -> String {
    format!("{PREFIX}{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// This run's directory for SQLite files; the first call sweeps those of runs that are no more.
fn directory() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let base = std::env::temp_dir();
        for entry in std::fs::read_dir(&base).unwrap().flatten() {
            if is_leftover(&entry.file_name().to_string_lossy()) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let own = base.join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&own).unwrap();
        own
    })
}

fn sqlite_url(name: &str) -> String {
    format!("sqlite:{}", directory().join(name).display())
}

fn sqlite_template(prepare: fn(&str)) -> PathBuf {
    prepare(&sqlite_url("template"));
    let path = directory().join("template");
    let mut conn =
        Pool::open(&sqlite_url("template").parse::<DatabaseUrl>().unwrap(), 1).unwrap().get().unwrap();
    // All of it into the one file that is copied.
    conn.query(
        &Sql::new().raw("PRAGMA wal_checkpoint(TRUNCATE)"),
        &[ColType::Int, ColType::Int, ColType::Int],
    )
    .unwrap();
    path
}

/// The server that TEST_DATABASE_URL names; the first call sweeps the databases of runs that are no more.
fn server() -> Option<&'static Pool> {
    static SERVER: OnceLock<Option<Pool>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
            let url = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
            let pool = Pool::open(&url.parse::<DatabaseUrl>().unwrap(), 2).unwrap();
            sweep(&pool);
            Some(pool)
        })
        .as_ref()
}

fn sweep(pool: &Pool) {
    let mut conn = pool.get().unwrap();
    let named = Sql::new().raw("SELECT datname::text FROM pg_database WHERE datname LIKE 'ww\\_test\\_%'");
    for row in conn.query(&named, &[ColType::Text]).unwrap() {
        let Value::Text(name) = &row[0] else { continue };
        if is_leftover(name) {
            let _ = conn.batch(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Sorted as SQLite sorts, lower-cased as Unicode says, whatever the server's own locale is.
fn create(name: &str) -> String {
    format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
}

fn admin(statement: &str) {
    server().unwrap().get().unwrap().batch(statement).unwrap();
}

/// The server's URL with another database in it.
fn postgres_url(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    let url = std::env::var("TEST_DATABASE_URL").ok()?;
    let (base, query) = url.split_once('?').map_or((url.as_str(), ""), |(base, query)| (base, query));
    let (server, _) = base.rsplit_once('/')?;
    Some(if query.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{query}") })
}

/// Whether `name` is of a run whose process is gone. Without /proc nothing is.
fn is_leftover(name: &str) -> bool {
    let pid =
        name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()).and_then(|n| n.parse::<u32>().ok());
    let proc = Path::new("/proc");
    pid.is_some_and(|pid| proc.join("self").exists() && !proc.join(pid.to_string()).exists())
}
