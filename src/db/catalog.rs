//! Which databases there are beside the configured one, and making, copying, renaming and dropping them.
//!
//! Ours are the configured one and those made here, which carry a mark: `application_id` in an SQLite file's header,
//! a comment on a PostgreSQL database. Whatever else lies in the directory or on the server is neither listed nor
//! touched. Nobody of this process may be connected to a database that is renamed or dropped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::connection::Conn;
use super::error::{DbError, DbResult};
use super::pool::Pool;
use super::sql::{ColType, Sql};
use super::url::DatabaseUrl;

/// `WWrd`: SQLite's application id of a file of ours.
const MARK: u32 = 0x5757_7264;
/// Where a file's header holds it.
const MARK_AT: u64 = 68;
/// The comment on a database of ours.
const COMMENT: &str = "workwarden";
/// Others may reconnect between their end and ours: so often it is tried.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// The databases around the configured one.
#[derive(Debug, Clone)]
pub struct Catalog {
    name: String,
    url: DatabaseUrl,
}

/// Whether a database may be called so: Odoo's pattern, and what is a file's name and fits PostgreSQL.
pub fn is_name(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    first
        && (2..=63).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

impl Catalog {
    /// Around the configured database, which clients call `name`.
    pub fn new(name: &str, url: DatabaseUrl) -> Catalog {
        Catalog { name: name.to_owned(), url }
    }

    /// The configured database's name.
    pub fn configured(&self) -> &str {
        &self.name
    }

    /// The names of all databases of ours that exist, sorted.
    pub fn list(&self) -> DbResult<Vec<String>> {
        let mut names = match &self.url {
            DatabaseUrl::Sqlite(path) => self.files(path)?,
            DatabaseUrl::Postgres(_) => {
                let sql = marked().raw(" ORDER BY 1");
                let rows = self.server()?.query(&sql.uncached(), &[ColType::Text])?;
                let own = self.url.name_on_server();
                let names = rows.iter().map(|row| row[0].str().to_owned());
                names.filter(|name| is_name(name) && Some(name) != own.as_ref()).collect()
            }
        };
        names.retain(|name| *name != self.name);
        if self.find(&self.name)?.is_some() {
            names.push(self.name.clone());
        }
        names.sort();
        Ok(names)
    }

    /// Where the database of that name is, if it exists and is ours.
    pub fn find(&self, name: &str) -> DbResult<Option<DatabaseUrl>> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let there = match &place {
            DatabaseUrl::Sqlite(path) => path.is_file() && (name == self.name || is_marked(path)),
            DatabaseUrl::Postgres(_) => {
                let own = self.name_on_server(&place)?;
                let sql = if name == self.name {
                    Sql::of("SELECT d.datname::text FROM pg_database d WHERE true")
                } else {
                    marked()
                };
                let sql = sql.raw(" AND d.datname = ").text(&own).uncached();
                !self.server()?.query(&sql, &[ColType::Text])?.is_empty()
            }
        };
        Ok(there.then_some(place))
    }

    /// Where a database of that name is or would be; None for a name that none may have.
    pub fn place(&self, name: &str) -> Option<DatabaseUrl> {
        if name == self.name {
            return Some(self.url.clone());
        }
        let place = match &self.url {
            _ if !is_name(name) => return None,
            DatabaseUrl::Sqlite(path) => DatabaseUrl::Sqlite(directory(path).join(format!("{name}.db"))),
            url => url.on_same_server(name)?,
        };
        // the configured database has one name
        let same = match &place {
            DatabaseUrl::Postgres(_) => self.url.name_on_server() == place.name_on_server(),
            place => *place == self.url,
        };
        (!same).then_some(place)
    }

    /// Makes an empty database.
    pub fn create(&self, name: &str) -> DbResult<DatabaseUrl> {
        let place = self.free_place(name)?;
        match &place {
            DatabaseUrl::Sqlite(path) => {
                new_file(path)?;
                mark(&place)?;
            }
            DatabaseUrl::Postgres(_) => {
                let own = quoted(&self.name_on_server(&place)?);
                let base = format!(
                    "CREATE DATABASE {own} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE"
                );
                let mut server = self.server()?;
                // C.UTF-8 lower-cases as Unicode says, but not every system has it
                match server.batch(&format!("{base} 'C.UTF-8'")) {
                    Err(e) if e.message().contains("locale") => server.batch(&format!("{base} 'C'"))?,
                    other => other?,
                }
                server.batch(&format!("COMMENT ON DATABASE {own} IS '{COMMENT}'"))?;
            }
        }
        Ok(place)
    }

    /// Makes `to` a copy of `from`. On PostgreSQL whoever is connected to `from` is cut off.
    pub fn duplicate(&self, from: &str, to: &str) -> DbResult<DatabaseUrl> {
        let source = self.must(from, "template database")?;
        let place = self.free_place(to)?;
        match (&source, &place) {
            (DatabaseUrl::Sqlite(_), DatabaseUrl::Sqlite(path)) => {
                // a copy of one moment, though others write meanwhile
                let target = path.to_string_lossy().replace('\'', "''");
                Pool::open(&source, 1)?.get()?.batch(&format!("VACUUM INTO '{target}'"))?;
                private(path)?;
                mark(&place)?;
            }
            _ => {
                let (old, new) = (self.name_on_server(&source)?, quoted(&self.name_on_server(&place)?));
                let copy = format!("CREATE DATABASE {new} TEMPLATE {}", quoted(&old));
                let mut server = self.server()?;
                alone(&mut server, &old, &copy)?;
                server.batch(&format!("COMMENT ON DATABASE {new} IS '{COMMENT}'"))?;
            }
        }
        Ok(place)
    }

    /// Gives a database another name.
    pub fn rename(&self, from: &str, to: &str) -> DbResult<()> {
        let source = self.must(from, "database")?;
        let place = self.free_place(to)?;
        match (&source, &place) {
            (DatabaseUrl::Sqlite(old), DatabaseUrl::Sqlite(new)) => {
                mark(&source)?;
                settle(&source)?;
                fs::rename(old, new).map_err(|e| trouble(old, &e))
            }
            _ => {
                let (old, new) = (self.name_on_server(&source)?, quoted(&self.name_on_server(&place)?));
                let mut server = self.server()?;
                alone(&mut server, &old, &format!("ALTER DATABASE {} RENAME TO {new}", quoted(&old)))?;
                server.batch(&format!("COMMENT ON DATABASE {new} IS '{COMMENT}'"))
            }
        }
    }

    /// Drops a database; whoever is connected to it on PostgreSQL is cut off. False: there is none of that name.
    pub fn drop(&self, name: &str) -> DbResult<bool> {
        let Some(place) = self.find(name)? else { return Ok(false) };
        match &place {
            DatabaseUrl::Sqlite(path) => {
                settle(&place)?;
                fs::remove_file(path).map_err(|e| trouble(path, &e))?;
            }
            DatabaseUrl::Postgres(_) => {
                let own = self.name_on_server(&place)?;
                alone(&mut self.server()?, &own, &format!("DROP DATABASE {}", quoted(&own)))?;
            }
        }
        Ok(true)
    }

    fn must(&self, name: &str, what: &str) -> DbResult<DatabaseUrl> {
        self.find(name)?.ok_or_else(|| {
            let message = format!("{what} \"{name}\" does not exist\n");
            DbError::data("psycopg2.errors.InvalidCatalogName", message)
        })
    }

    /// The place of a database that does not exist yet.
    fn free_place(&self, name: &str) -> DbResult<DatabaseUrl> {
        let exists = || {
            let message = format!("database \"{name}\" already exists\n");
            DbError::data("psycopg2.errors.DuplicateDatabase", message)
        };
        let place = self.place(name).ok_or_else(exists)?;
        let taken = match &place {
            DatabaseUrl::Sqlite(path) => path.exists(),
            DatabaseUrl::Postgres(_) => {
                let sql = Sql::of("SELECT 1 FROM pg_database WHERE datname = ")
                    .text(&self.name_on_server(&place)?)
                    .uncached();
                !self.server()?.query(&sql, &[ColType::Int])?.is_empty()
            }
        };
        if taken { Err(exists()) } else { Ok(place) }
    }

    fn name_on_server(&self, place: &DatabaseUrl) -> DbResult<String> {
        place.name_on_server().ok_or_else(|| {
            DbError::other(
                "managing databases needs the name of the database in --database-url: postgres://…/NAME",
            )
        })
    }

    /// A connection to the server: to `postgres`, which everybody may use to look, else to the configured database.
    fn server(&self) -> DbResult<Conn> {
        let common = self.url.on_same_server("postgres").and_then(|url| Pool::open(&url, 1).ok());
        common.map_or_else(|| Pool::open(&self.url, 1), Ok)?.get()
    }

    fn files(&self, configured: &Path) -> DbResult<Vec<String>> {
        let folder = directory(configured);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(e) => return Err(trouble(&folder, &e)),
        };
        let names = entries.flatten().filter_map(|entry| {
            let name = entry.file_name().to_str()?.strip_suffix(".db")?.to_owned();
            let ours = is_name(&name) && entry.path() != configured && is_marked(&entry.path());
            ours.then_some(name)
        });
        Ok(names.collect())
    }
}

/// The databases on the server that are this role's and were made here.
fn marked() -> Sql {
    Sql::of(
        "SELECT d.datname::text FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba AND r.rolname = current_user \
         WHERE d.datallowconn AND NOT d.datistemplate AND shobj_description(d.oid, 'pg_database') = ",
    )
    .text(COMMENT)
}

/// Runs `statement` when nobody else is connected to `database`, seeing to that.
fn alone(server: &mut Conn, database: &str, statement: &str) -> DbResult<()> {
    let cut = Sql::of(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = ",
    )
    .text(database)
    .uncached();
    let mut tries = 0;
    loop {
        server.query(&cut, &[ColType::Bool])?;
        match server.batch(statement) {
            Err(e) if e.message().contains("accessed by other users") && tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn directory(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn trouble(path: &Path, e: &io::Error) -> DbError {
    DbError::other(format!("{}: {e}", path.display()))
}

/// A file that was not there before, its owner's alone.
fn new_file(path: &Path) -> DbResult<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|e| trouble(path, &e))
}

fn private(path: &Path) -> DbResult<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, mode).map_err(|e| trouble(path, &e))
}

fn is_marked(path: &Path) -> bool {
    let mut bytes = [0u8; 4];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(MARK_AT))?;
        file.read_exact(&mut bytes)
    });
    read.is_ok() && u32::from_be_bytes(bytes) == MARK
}

/// Writes the mark, and from the log into the file, where [`is_marked`] looks.
fn mark(place: &DatabaseUrl) -> DbResult<()> {
    let mut conn = Pool::open(place, 1)?.get()?;
    conn.batch(&format!("PRAGMA application_id = {MARK}; PRAGMA wal_checkpoint(TRUNCATE)"))
}

/// All of it into the one file, and the certainty that nobody has it open, in whatever process. Connections that were
/// just given up may take a moment to close.
fn settle(place: &DatabaseUrl) -> DbResult<()> {
    let mut conn = Pool::open(place, 1)?.get()?;
    let pragma = Sql::of("PRAGMA journal_mode = DELETE").uncached();
    let mut tries = 0;
    loop {
        let rows = conn.query(&pragma, &[ColType::Text]);
        match rows {
            Ok(rows) if rows.first().is_some_and(|row| row[0].str() == "delete") => return Ok(()),
            Err(e) if !matches!(e, DbError::Busy { .. }) => return Err(e),
            _ if tries == TRIES => {
                let message = "database is locked: another process has it open";
                return Err(DbError::Busy { message: message.into() });
            }
            _ => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
        }
    }
}
