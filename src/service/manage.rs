//! Making, copying, renaming, dropping, backing up and restoring whole databases.
//!
//! Who calls has been found fit to (`db_service`: the master password; the command line: the operator). Each operation
//! claims the names it works on, so that calls to them wait, and closes what must be closed.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::db::{Dialect, is_name};
use crate::error::{Error, Kind, Result};
use crate::value::{DATETIME_FORMAT, Json, Map};

use super::copies::{self, NewDatabase};
use super::databases::{Databases, unknown};
use super::{App, common};

/// The dump within an archive; its name is Odoo's, which tools look for.
const DUMP: &str = "dump.sql";
const MANIFEST: &str = "manifest.json";

/// How a backup is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An archive with manifest and dump.
    Zip,
    /// The dump alone, as text.
    Dump,
}

/// What becomes of a copy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Copy {
    /// Another identity than the original's.
    pub renewed: bool,
    /// Nothing runs by itself, no provider is called.
    pub neutralized: bool,
}

fn checked(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    Err(Error::user(format!(
        "Invalid database name {name:?}: use 2 to 63 letters, digits, '_', '-' and '.', a letter or digit first."
    )))
}

/// Python's bare `Exception`, which Odoo raises here.
fn exception(message: impl Into<String>) -> Error {
    Error::new(Kind::Internal, message).named("builtins.Exception")
}

/// A database for `new`.
pub fn create(databases: &Databases, name: &str, new: &NewDatabase) -> Result<()> {
    checked(name)?;
    let claim = databases.claim(name)?;
    let catalog = databases.catalog()?;
    if catalog.find(name)?.is_some() {
        let message = format!("database {} already exists!", crate::value::py_str(name));
        return Err(Error::new(Kind::Internal, message).named("odoo.service.db.DatabaseExists"));
    }
    let url = catalog.create(name)?;
    let made = || {
        let place = databases.place(name, &url);
        let (app, _) =
            App::open_at(&place, Arc::clone(databases.registry()), Some(&new.password), &mut |_| {})?;
        copies::settle(&app, new)?;
        Ok(app)
    };
    finish(databases, name, made()).and_then(|app| databases.admit(&claim, app).map(drop))
}

/// What was made, or nothing at all: a database that failed half-way is dropped again.
fn finish(databases: &Databases, name: &str, made: Result<App>) -> Result<App> {
    databases.forget_list();
    made.inspect_err(|_| {
        if let Err(e) = databases.catalog().and_then(|catalog| Ok(catalog.drop(name)?)) {
            tracing::error!(database = name, error = %e.message, "a database half made could not be dropped");
        }
    })
}

/// `to`, a copy of `from`. On PostgreSQL calls to `from` are ended first.
pub fn duplicate(databases: &Databases, from: &str, to: &str, copy: Copy) -> Result<()> {
    checked(to)?;
    let catalog = databases.catalog()?;
    let (source, target) = (databases.claim(from)?, databases.claim(to));
    let target = target.map_err(|e| if from == to { exists(to) } else { e })?;
    if dialect(databases, from)? == Some(Dialect::Postgres) {
        databases.close(&source).or_else(ended_anyway)?;
    }
    let made = catalog.duplicate(from, to);
    drop(source);
    if let Err(e) = databases.find(from) {
        tracing::warn!(database = from, error = %e.message, "not open again after it was copied");
    }
    let url = made?;
    let app = finish(databases, to, open_copy(databases, &databases.place(to, &url), copy))?;
    databases.admit(&target, app).map(drop)
}

fn exists(name: &str) -> Error {
    let message = format!("database \"{name}\" already exists\n");
    Error::new(Kind::Db, message).named("psycopg2.errors.DuplicateDatabase")
}

fn open_copy(databases: &Databases, place: &super::app::Place<'_>, copy: Copy) -> Result<App> {
    let (app, _) = App::open_at(place, Arc::clone(databases.registry()), None, &mut |_| {})?;
    if copy.renewed {
        copies::renew_identity(&app)?;
    }
    if copy.neutralized {
        copies::neutralize(&app)?;
    }
    Ok(app)
}

/// PostgreSQL cuts off calls that do not end by themselves.
fn ended_anyway(e: Error) -> Result<()> {
    tracing::warn!("{}", e.message);
    Ok(())
}

fn dialect(databases: &Databases, name: &str) -> Result<Option<Dialect>> {
    let place = databases.catalog()?.place(name);
    Ok(place.map(|url| match url {
        crate::db::DatabaseUrl::Postgres(_) => Dialect::Postgres,
        crate::db::DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
    }))
}

/// Drops a database; false: there is none of that name. On PostgreSQL calls that run are cut off, on SQLite they are
/// waited for.
pub fn drop_database(databases: &Databases, name: &str) -> Result<bool> {
    let claim = databases.claim(name)?;
    let catalog = databases.catalog()?;
    if catalog.find(name)?.is_none() {
        return Ok(false);
    }
    let closed = databases.close(&claim);
    if dialect(databases, name)? == Some(Dialect::Postgres) {
        closed.or_else(ended_anyway)?;
    } else {
        closed?;
    }
    let dropped = catalog
        .drop(name)
        .map_err(|e| exception(format!("Couldn't drop database {name}: {}", e.message())))?;
    databases.forget_list();
    tracing::info!(database = name, "database dropped");
    Ok(dropped)
}

/// Gives a database another name.
pub fn rename(databases: &Databases, from: &str, to: &str) -> Result<()> {
    checked(to)?;
    let failed = |why: &str| exception(format!("Couldn't rename database {from} to {to}: {why}"));
    let catalog = databases.catalog()?;
    let source = databases.claim(from)?;
    if from == to {
        return Err(failed(&exists(to).message));
    }
    let _target = databases.claim(to)?;
    if catalog.find(from)?.is_none() {
        return Err(failed(&format!("database \"{from}\" does not exist\n")));
    }
    if catalog.find(to)?.is_some() {
        return Err(failed(&exists(to).message));
    }
    let closed = databases.close(&source);
    if dialect(databases, from)? == Some(Dialect::Postgres) {
        closed.or_else(ended_anyway)?;
    } else {
        closed?;
    }
    catalog.rename(from, to).map_err(|e| failed(e.message()))?;
    databases.forget_list();
    Ok(())
}

/// Writes a backup of a database to `out`.
pub fn dump(databases: &Databases, name: &str, format: Format, out: &mut (impl Write + Seek)) -> Result<()> {
    let app = databases.get(name)?;
    let about = about(&app)?;
    if format == Format::Dump {
        return app.db.dump(about, out);
    }
    let failed = |e: zip::result::ZipError| Error::user(format!("The backup cannot be written: {e}"));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let mut archive = ZipWriter::new(out);
    archive.start_file(MANIFEST, options).map_err(failed)?;
    let text = serde_json::to_string_pretty(&about).unwrap_or_default();
    archive.write_all(text.as_bytes()).map_err(|e| failed(e.into()))?;
    archive.start_file(DUMP, options).map_err(failed)?;
    app.db.dump(about, &mut archive)?;
    archive.finish().map(drop).map_err(failed)
}

/// What a backup says of itself: Odoo's keys, and which program made it.
fn about(app: &App) -> Result<Map> {
    let modules = app.reading(crate::orm::SUPERUSER, Map::new(), |env| {
        let ids = env.search("ir.module.module", json!([["state", "=", "installed"]]))?;
        let modules = env.fetch("ir.module.module", &ids, &["name", "latest_version"])?;
        let version = |m: &crate::orm::Record| (m.str("name").to_owned(), json!(m.str("latest_version")));
        Ok(modules.iter().map(version).collect::<Map>())
    })?;
    let about = json!({
        "workwarden": env!("CARGO_PKG_VERSION"),
        "db_name": app.db_name,
        "version": common::SERIES,
        "version_info": common::version_info(),
        "major_version": common::SERIES,
        "made_on": app.db.now().format(DATETIME_FORMAT).to_string(),
        "made_from": match app.db.pool().dialect() {
            Dialect::Postgres => "postgresql",
            Dialect::Sqlite => "sqlite",
        },
        "modules": modules,
    });
    match about {
        Json::Object(about) => Ok(about),
        _ => Ok(Map::new()),
    }
}

/// A new database from a backup, whichever kind of database it was made from.
pub fn restore(databases: &Databases, name: &str, mut input: impl Read + Seek, copy: Copy) -> Result<()> {
    let claim = databases.claim(name)?;
    let catalog = databases.catalog()?;
    if catalog.find(name)?.is_some() {
        return Err(exception("Database already exists"));
    }
    checked(name)?;
    let unreadable = |e: std::io::Error| exception(format!("Couldn't restore database: {e}"));
    let mut magic = Vec::new();
    Read::take(&mut input, 4).read_to_end(&mut magic).map_err(unreadable)?;
    input.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let url = catalog.create(name)?;
    let place = databases.place(name, &url);
    let mut fill = |input: &mut dyn BufRead| -> Result<()> {
        App::bare(&place, Arc::clone(databases.registry()))?.db.restore(input)
    };
    let filled = if magic == b"PK\x03\x04" {
        filled_from_archive(&mut input, &mut fill)
    } else {
        fill(&mut BufReader::new(&mut input))
    };
    let made = filled
        .map_err(|e| exception(format!("Couldn't restore database: {}", e.message)))
        .and_then(|()| open_copy(databases, &place, copy));
    let app = finish(databases, name, made)?;
    databases.admit(&claim, app).map(drop)
}

fn filled_from_archive(
    input: &mut (impl Read + Seek),
    fill: &mut dyn FnMut(&mut dyn BufRead) -> Result<()>,
) -> Result<()> {
    let bad = |e: zip::result::ZipError| Error::user(format!("the archive cannot be read: {e}"));
    let mut archive = ZipArchive::new(input).map_err(bad)?;
    let dump = archive.by_name(DUMP).map_err(bad)?;
    fill(&mut BufReader::new(dump))
}

/// Brings databases up to date; what opening one does anyway.
pub fn migrate(databases: &Databases, names: &[String]) -> Result<()> {
    for name in names {
        let app = databases.find(name)?.ok_or_else(|| unknown(name))?;
        app.db.install(&mut |step| tracing::info!(database = name, "{step}"))?;
    }
    Ok(())
}
