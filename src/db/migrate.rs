//! History of the database: `migrations/{postgres,sqlite}/<name>/{up,down}.sql`, within the binary.
//!
//! The table is Diesel's own, `__diesel_schema_migrations`, so that its CLI reads it too. Each migration is one
//! transaction. Processes that start at once wait for each other: an advisory lock, or SQLite's writer lock.

use diesel::prelude::*;
use include_dir::{Dir, include_dir};

use super::connection::{Conn, Mode, on_conn};
use super::dialect::Dialect;
use super::error::{DbError, DbResult};
use super::sql::{ColType, Sql};

static POSTGRES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/migrations/postgres");
static SQLITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/migrations/sqlite");

/// The advisory lock's number: "workward" in ASCII.
const LOCK: i64 = 0x776f_726b_7761_7264;

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    schema_migrations (version) {
        version -> VarChar,
        run_on -> Timestamp,
    }
}

/// One step of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The folder's name: `2026-11-22-000000_what_it_does`.
    pub name: String,
    /// What does it.
    pub up: String,
    /// What undoes it.
    pub down: String,
}

impl Migration {
    /// What the table keeps of it: as Diesel's CLI, the name up to `_`, without dashes.
    pub fn version(&self) -> String {
        self.name.split('_').next().unwrap_or_default().replace('-', "")
    }
}

/// The migrations within the binary, in order.
pub fn embedded(dialect: Dialect) -> DbResult<Vec<Migration>> {
    let root = match dialect {
        Dialect::Postgres => &POSTGRES,
        Dialect::Sqlite => &SQLITE,
    };
    let mut out = Vec::new();
    for dir in root.dirs() {
        let text = |file: &str| {
            dir.get_file(dir.path().join(file)).and_then(|f| f.contents_utf8()).map(str::to_owned).ok_or_else(
                || DbError::other(format!("migration {}: {file} is missing", dir.path().display())),
            )
        };
        let name = dir.path().to_string_lossy().into_owned();
        out.push(Migration { name, up: text("up.sql")?, down: text("down.sql")? });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

/// Those of `all` that this database has not seen.
pub fn pending(conn: &mut Conn, all: &[Migration]) -> DbResult<Vec<Migration>> {
    let seen = applied(conn)?;
    Ok(all.iter().filter(|m| !seen.contains(&m.version())).cloned().collect())
}

/// Runs what is pending; the names of what it ran.
pub fn run(conn: &mut Conn, all: &[Migration]) -> DbResult<Vec<String>> {
    locked(conn, |conn| {
        let mut done = Vec::new();
        while let Some(name) = in_transaction(conn, |conn| up_one(conn, all))? {
            done.push(name);
        }
        Ok(done)
    })
}

/// Undoes the last one run; its name.
pub fn revert_last(conn: &mut Conn, all: &[Migration]) -> DbResult<Option<String>> {
    locked(conn, |conn| in_transaction(conn, |conn| down_one(conn, all)))
}

/// The versions this database has seen.
fn applied(conn: &mut Conn) -> DbResult<Vec<String>> {
    let table = Sql::new()
        .either(
            "SELECT 1 FROM pg_class WHERE oid = to_regclass('__diesel_schema_migrations')",
            "SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
        )
        .uncached();
    if conn.query(&table, &[ColType::Int])?.is_empty() {
        return Ok(Vec::new());
    }
    on_conn!(conn, |c| {
        schema_migrations::table.select(schema_migrations::version).order(schema_migrations::version).load(c)
    })
}

fn up_one(conn: &mut Conn, all: &[Migration]) -> DbResult<Option<String>> {
    conn.batch(
        "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    )?;
    let Some(next) = pending(conn, all)?.into_iter().next() else { return Ok(None) };
    conn.batch(&next.up).map_err(|e| named(&next, "up", e))?;
    on_conn!(conn, |c| {
        diesel::insert_into(schema_migrations::table)
            .values(schema_migrations::version.eq(next.version()))
            .execute(c)
    })?;
    tracing::info!(migration = next.name, "database migrated");
    Ok(Some(next.name))
}

fn down_one(conn: &mut Conn, all: &[Migration]) -> DbResult<Option<String>> {
    let Some(last) = applied(conn)?.pop() else { return Ok(None) };
    let migration = all
        .iter()
        .find(|m| m.version() == last)
        .ok_or_else(|| DbError::other(format!("migration {last} is not known to this program")))?;
    conn.batch(&migration.down).map_err(|e| named(migration, "down", e))?;
    on_conn!(conn, |c| {
        diesel::delete(schema_migrations::table.filter(schema_migrations::version.eq(&last))).execute(c)
    })?;
    Ok(Some(migration.name.clone()))
}

fn named(migration: &Migration, way: &str, e: DbError) -> DbError {
    DbError::other(format!("migration {}/{way}.sql: {e}", migration.name))
}

/// One process at a time on PostgreSQL; on SQLite the transactions see to it.
fn locked<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> DbResult<T>) -> DbResult<T> {
    let statement = |name: &'static str| Sql::of("SELECT ").raw(name).raw("(").int(LOCK).raw(")").uncached();
    if conn.dialect() == Dialect::Sqlite {
        return f(conn);
    }
    conn.query(&statement("pg_advisory_lock"), &[])?;
    let result = f(conn);
    conn.query(&statement("pg_advisory_unlock"), &[])?;
    result
}

fn in_transaction<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> DbResult<T>) -> DbResult<T> {
    conn.begin(Mode::Write)?;
    match f(conn) {
        Ok(done) => conn.commit().map(|()| done),
        Err(e) => {
            conn.rollback().ok();
            Err(e)
        }
    }
}
