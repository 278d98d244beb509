//! Reads what [`super::dump`] wrote into a database that has its tables and no rows worth keeping.
//!
//! Only blocks of the known form are taken: no SQL of the file is ever run. The kind of database that wrote it does
//! not matter; each cell is read as its column here wants it.

use std::io::{BufRead, Read};

use super::connection::{Conn, Mode};
use super::dialect::Dialect;
use super::dump::{self, END, LEFT_OUT, TITLE};
use super::error::{DbError, DbResult};
use super::inspect;
use super::sql::{ColType, Sql};
use crate::value::{Json, Value};

/// Rows in one INSERT.
const BATCH: usize = 500;
/// No line of the head is longer.
const HEAD_MAX: u64 = 1 << 20;

/// Why a dump cannot be taken.
fn bad(message: impl Into<String>) -> DbError {
    DbError::other(message)
}

/// The manifest, read off the head; the reader then stands before the first table.
pub fn manifest(input: &mut dyn BufRead) -> DbResult<Json> {
    let mut line = String::new();
    let read = Read::take(&mut *input, HEAD_MAX).read_line(&mut line);
    if read.is_err() || line.trim_end() != TITLE {
        return Err(bad(
            "This is no backup made by Workwarden (one made by Odoo or by pg_dump cannot be restored here)",
        ));
    }
    let mut line = String::new();
    let read = Read::take(&mut *input, HEAD_MAX).read_line(&mut line);
    let manifest = line.strip_prefix("-- ").and_then(|text| serde_json::from_str(text).ok());
    match (read, manifest) {
        (Ok(_), Some(manifest)) => Ok(manifest),
        _ => Err(bad("the backup's manifest cannot be read")),
    }
}

/// Empties all tables and fills them from the rest of the dump, in one transaction.
pub fn load(conn: &mut Conn, input: &mut dyn BufRead) -> DbResult<()> {
    if conn.dialect() == Dialect::Sqlite {
        conn.batch("PRAGMA foreign_keys = OFF")?;
    }
    conn.begin(Mode::Write)?;
    let loaded = load_all(conn, input).and_then(|()| conn.commit());
    if loaded.is_err() {
        conn.rollback()?;
    }
    if conn.dialect() == Dialect::Sqlite {
        conn.batch("PRAGMA foreign_keys = ON")?;
    }
    loaded
}

fn load_all(conn: &mut Conn, input: &mut dyn BufRead) -> DbResult<()> {
    let tables = inspect::tables(conn)?;
    let keys = suspend_references(conn)?;
    for table in tables.iter().filter(|table| *table != LEFT_OUT[0]) {
        conn.execute(&Sql::of("DELETE FROM ").ident(table).uncached())?;
    }
    while let Some(line) = line(input)? {
        if line == END {
            return resume_references(conn, &keys);
        }
        let number = line
            .strip_prefix("SELECT setval(pg_get_serial_sequence('")
            .and_then(|rest| rest.strip_suffix(");"))
            .and_then(|rest| rest.split_once("', 'id'), "));
        if let Some((table, n)) = number {
            let n = n.parse().map_err(|_| bad(format!("not a number: {n}")))?;
            count_on(conn, &table.replace("''", "'"), n)?;
        } else {
            let (table, names) =
                head(&line).ok_or_else(|| bad("the backup is damaged: a table was expected"))?;
            if !tables.contains(&table) || LEFT_OUT.contains(&table.as_str()) {
                return Err(unknown(&format!("table {table}")));
            }
            load_table(conn, input, &table, &names)?;
        }
    }
    Err(bad("the backup is not complete: its end is missing"))
}

fn unknown(what: &str) -> DbError {
    bad(format!(
        "the backup has the {what}, which is not here: give the addons it was made with by --addons-path, and if the \
         backup is older than this program, restore it with the version that made it"
    ))
}

/// The next line without its end; None at the end of the file.
fn line(input: &mut dyn BufRead) -> DbResult<Option<String>> {
    let mut line = String::new();
    match input.read_line(&mut line) {
        Ok(0) => Ok(None),
        Ok(_) => {
            line.truncate(line.strip_suffix('\n').unwrap_or(&line).len());
            Ok(Some(line))
        }
        Err(e) => Err(bad(format!("the backup cannot be read: {e}"))),
    }
}

/// `COPY "table" ("a", "b") FROM stdin;` as table and columns.
fn head(line: &str) -> Option<(String, Vec<String>)> {
    let inner = line.strip_prefix("COPY \"")?.strip_suffix("\") FROM stdin;")?;
    let (table, columns) = inner.split_once("\" (\"")?;
    Some((table.replace("\"\"", "\""), columns.split("\", \"").map(|c| c.replace("\"\"", "\"")).collect()))
}

fn load_table(conn: &mut Conn, input: &mut dyn BufRead, table: &str, names: &[String]) -> DbResult<()> {
    let columns = inspect::columns(conn, table)?;
    let mut types = Vec::new();
    for name in names {
        let column = columns.iter().find(|c| c.name == *name);
        let column = column.ok_or_else(|| unknown(&format!("column {table}.{name}")))?;
        types.push(dump::column_type(conn.dialect(), column));
    }
    let insert = Sql::of("INSERT INTO ")
        .ident(table)
        .raw(" (")
        .sql(Sql::join(", ", names.iter().map(|name| Sql::new().ident(name))))
        .raw(") VALUES ");
    let most = (Sql::MAX_BINDS / names.len().max(1)).clamp(1, BATCH);
    let mut rows: Vec<Sql> = Vec::new();
    loop {
        let line = line(input)?.ok_or_else(|| bad(format!("the backup ends within the table {table}")))?;
        let over = line == "\\.";
        if !over {
            rows.push(row(&line, &types).map_err(|e| bad(format!("table {table}: {}", e.message())))?);
        }
        if rows.len() == most || (over && !rows.is_empty()) {
            conn.execute(&insert.clone().sql(Sql::join(", ", rows.drain(..))).uncached())?;
        }
        if over {
            return Ok(());
        }
    }
}

fn row(line: &str, types: &[ColType]) -> DbResult<Sql> {
    let cells: Vec<&str> = line.split('\t').collect();
    if cells.len() != types.len() {
        return Err(bad(format!("a row has {} cells where {} were expected", cells.len(), types.len())));
    }
    let mut binds = Vec::with_capacity(cells.len());
    for (cell, column) in cells.iter().zip(types) {
        binds.push(Sql::new().bind(*column, value(*column, dump::uncell(cell))?));
    }
    Ok(Sql::of("(").sql(Sql::join(", ", binds)).raw(")"))
}

/// A cell's text as its column wants it; where that is a text, a bind reads it.
fn value(column: ColType, text: Option<String>) -> DbResult<Value> {
    let Some(text) = text else { return Ok(Value::Null) };
    Ok(match column {
        // a boolean of PostgreSQL is a number on SQLite
        ColType::Int | ColType::BigInt if text == "t" => Value::Int(1),
        ColType::Int | ColType::BigInt if text == "f" => Value::Int(0),
        ColType::Json => {
            Value::Json(serde_json::from_str(&text).map_err(|e| bad(format!("a cell is not JSON: {e}")))?)
        }
        ColType::Bytes => {
            let bytes = text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok());
            Value::Bytes(bytes.ok_or_else(|| bad("a cell is not a row of bytes"))?)
        }
        _ => Value::Text(text),
    })
}

/// PostgreSQL: references are looked at when all rows are there. Gives `table`, `constraint` of each.
fn suspend_references(conn: &mut Conn) -> DbResult<Vec<(String, String)>> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(vec![]);
    }
    let sql = Sql::of(
        "SELECT c.relname::text, k.conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
         WHERE k.contype = 'f' AND NOT k.condeferrable AND c.relnamespace = current_schema()::regnamespace",
    );
    let rows = conn.query(&sql.uncached(), &[ColType::Text, ColType::Text])?;
    let keys: Vec<_> = rows.iter().map(|row| (row[0].str().to_owned(), row[1].str().to_owned())).collect();
    alter(conn, &keys, "DEFERRABLE")?;
    conn.batch("SET CONSTRAINTS ALL DEFERRED")?;
    Ok(keys)
}

/// Looks at all references now; from here on they are looked at as before.
fn resume_references(conn: &mut Conn, keys: &[(String, String)]) -> DbResult<()> {
    if conn.dialect() == Dialect::Postgres {
        conn.batch("SET CONSTRAINTS ALL IMMEDIATE")?;
        return alter(conn, keys, "NOT DEFERRABLE");
    }
    let check = Sql::of("PRAGMA foreign_key_check").uncached();
    let rows = conn.query(&check, &[ColType::Text, ColType::BigInt, ColType::Text, ColType::BigInt])?;
    match rows.first() {
        None => Ok(()),
        Some(row) => Err(bad(format!(
            "the backup is damaged: a row of {} refers to one of {} that is not there",
            row[0].str(),
            row[2].str()
        ))),
    }
}

fn alter(conn: &mut Conn, keys: &[(String, String)], how: &str) -> DbResult<()> {
    for (table, key) in keys {
        let (table, key) = (dump::quoted(table), dump::quoted(key));
        conn.batch(&format!("ALTER TABLE {table} ALTER CONSTRAINT {key} {how}"))?;
    }
    Ok(())
}

/// The table's next id is above `n`.
fn count_on(conn: &mut Conn, table: &str, n: i64) -> DbResult<()> {
    if conn.dialect() == Dialect::Postgres {
        let sql = Sql::of("SELECT setval(pg_get_serial_sequence(")
            .text(&dump::quoted(table))
            .raw(", 'id'), ")
            .int(n)
            .raw(")");
        return conn.query(&sql.uncached(), &[ColType::BigInt]).map(drop);
    }
    let forget = Sql::of("DELETE FROM sqlite_sequence WHERE name = ").text(table);
    conn.execute(&forget.uncached())?;
    let note =
        Sql::of("INSERT INTO sqlite_sequence (name, seq) VALUES (").text(table).raw(", ").int(n).raw(")");
    conn.execute(&note.uncached()).map(drop)
}
