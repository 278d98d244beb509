//! A whole database as text: `COPY` blocks as PostgreSQL's own tools write them, the same from both kinds.
//!
//! ```text
//! dump   := "-- Workwarden dump 1\n" "-- " manifest(JSON) "\n" table* "-- end\n"
//! table  := "COPY " name " (" name {", " name} ") FROM stdin;\n" row* "\\.\n" [number]
//! row    := cell {"\t" cell} "\n"                  cell: PostgreSQL's text form, "\\N" is NULL
//! number := "SELECT setval(pg_get_serial_sequence('" table "', 'id'), " highest id ever given ");\n"
//! ```
//!
//! Left out are sessions (nobody's login moves with a backup) and the list of migrations (it is in the manifest).

use std::fmt::Write as _;
use std::io::{self, Write};

use super::connection::{Conn, Mode};
use super::dialect::Dialect;
use super::error::{DbError, DbResult};
use super::inspect::{self, Column};
use super::sql::{ColType, Sql};
use super::{migrate, timetext};
use crate::value::Value;

pub(super) const TITLE: &str = "-- Workwarden dump 1";
pub(super) const END: &str = "-- end";
/// Tables whose rows stay behind.
pub(super) const LEFT_OUT: [&str; 2] = ["__diesel_schema_migrations", "http_session"];
/// Rows read at once; fewer where a row may hold a file.
const PAGE: i64 = 1000;
const PAGE_OF_FILES: i64 = 16;

/// The versions of the migrations that the database has seen: what a manifest must tell.
pub fn history(conn: &mut Conn) -> DbResult<Vec<String>> {
    let all = migrate::embedded(conn.dialect())?;
    let pending = migrate::pending(conn, &all)?;
    Ok(all.iter().filter(|m| !pending.contains(m)).map(migrate::Migration::version).collect())
}

/// Writes the whole database as it is at this moment. `manifest` is one line.
pub fn write(conn: &mut Conn, manifest: &str, out: &mut dyn Write) -> DbResult<()> {
    conn.begin(Mode::Snapshot)?;
    let result = write_all(conn, manifest, out);
    conn.rollback()?;
    result
}

fn write_all(conn: &mut Conn, manifest: &str, out: &mut dyn Write) -> DbResult<()> {
    writeln!(out, "{TITLE}\n-- {manifest}").map_err(|e| unwritten(&e))?;
    for table in inspect::tables(conn)? {
        if !LEFT_OUT.contains(&table.as_str()) {
            write_table(conn, &table, out)?;
        }
    }
    writeln!(out, "{END}").map_err(|e| unwritten(&e))
}

fn unwritten(e: &io::Error) -> DbError {
    DbError::other(format!("the dump cannot be written: {e}"))
}

fn write_table(conn: &mut Conn, table: &str, out: &mut dyn Write) -> DbResult<()> {
    let columns = inspect::columns(conn, table)?;
    let names: Vec<String> = columns.iter().map(|c| quoted(&c.name)).collect();
    let names = names.join(", ");
    writeln!(out, "COPY {} ({names}) FROM stdin;", quoted(table)).map_err(|e| unwritten(&e))?;
    let types: Vec<ColType> = columns.iter().map(|c| column_type(conn.dialect(), c)).collect();
    let id = columns.iter().position(|c| c.name == "id");
    let page = if types.contains(&ColType::Bytes) { PAGE_OF_FILES } else { PAGE };
    let mut last = i64::MIN;
    loop {
        let list = Sql::join(", ", columns.iter().map(|c| Sql::new().ident(&c.name)));
        let mut sql = Sql::of("SELECT ").sql(list).raw(" FROM ").ident(table);
        if id.is_some() {
            sql = sql.raw(" WHERE id > ").int(last).raw(" ORDER BY id LIMIT ").int(page);
        }
        let rows = conn.query(&sql.uncached(), &types)?;
        let mut text = String::new();
        for row in &rows {
            for (i, value) in row.iter().enumerate() {
                text.push_str(if i > 0 { "\t" } else { "" });
                cell(&mut text, value);
            }
            text.push('\n');
        }
        out.write_all(text.as_bytes()).map_err(|e| unwritten(&e))?;
        match (id, rows.last()) {
            (Some(at), Some(row)) if rows.len() as i64 == page => last = row[at].int(),
            _ => break,
        }
    }
    writeln!(out, "\\.").map_err(|e| unwritten(&e))?;
    match (id, highest(conn, table)?) {
        (Some(_), Some(n)) => {
            let name = table.replace('\'', "''");
            writeln!(out, "SELECT setval(pg_get_serial_sequence('{name}', 'id'), {n});")
                .map_err(|e| unwritten(&e))
        }
        _ => Ok(()),
    }
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What a column's values are read and bound as, by its declared type.
pub(super) fn column_type(dialect: Dialect, column: &Column) -> ColType {
    match (dialect, column.declared.as_str()) {
        (Dialect::Sqlite, "integer") => ColType::BigInt,
        (Dialect::Sqlite, "real") => ColType::Float,
        (Dialect::Sqlite, "blob") | (_, "bytea") => ColType::Bytes,
        (_, "boolean") => ColType::Bool,
        (_, "int4") => ColType::Int,
        (_, "int8") => ColType::BigInt,
        (_, "float8") => ColType::Float,
        (_, "numeric") => ColType::Numeric,
        (_, "timestamp") => ColType::DateTime,
        (_, "date") => ColType::Date,
        (_, "jsonb" | "json") => ColType::Json,
        _ => ColType::Text,
    }
}

/// The highest id that the table ever gave, if it counts them.
fn highest(conn: &mut Conn, table: &str) -> DbResult<Option<i64>> {
    let sql = match conn.dialect() {
        Dialect::Postgres => Sql::of("SELECT pg_sequence_last_value(pg_get_serial_sequence(")
            .text(&quoted(table))
            .raw(", 'id')::regclass) FROM pg_attribute WHERE attrelid = ")
            .text(&quoted(table))
            .raw("::regclass AND attname = 'id'"),
        Dialect::Sqlite => Sql::of("SELECT seq FROM sqlite_sequence WHERE name = ").text(table),
    };
    let rows = conn.query(&sql.uncached(), &[ColType::BigInt])?;
    Ok(rows.first().map(|row| &row[0]).map(Value::int).filter(|n| *n > 0))
}

/// One value in PostgreSQL's text form.
fn cell(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("\\N"),
        Value::Bool(b) => out.push(if *b { 't' } else { 'f' }),
        Value::Int(i) => {
            let _ = write!(out, "{i}");
        }
        Value::Float(f) => {
            let _ = write!(out, "{f:?}");
        }
        Value::Text(s) => escape(out, s),
        Value::DateTime(t) => out.push_str(&timetext::format_datetime(*t)),
        Value::Date(d) => out.push_str(&timetext::format_date(*d)),
        Value::Json(j) => escape(out, &j.to_string()),
        Value::Bytes(b) => {
            out.push_str("\\\\x");
            out.push_str(&hex::encode(b));
        }
        // no column holds a list
        Value::Ids(_) => out.push_str("\\N"),
    }
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
}

/// The text behind a cell; None is NULL.
pub(super) fn uncell(cell: &str) -> Option<String> {
    if cell == "\\N" {
        return None;
    }
    let mut out = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_comes_back_as_it_was() {
        for text in ["", "\\N", "a\tb\nc\rd\\e", "\\.", "ünï", "\\\\x00"] {
            let mut out = String::new();
            cell(&mut out, &Value::Text(text.into()));
            assert!(!out.contains(['\t', '\n', '\r']), "{out}");
            assert_eq!(uncell(&out).as_deref(), Some(text));
        }
        let mut out = String::new();
        cell(&mut out, &Value::Bytes(vec![0, 255]));
        assert_eq!(uncell(&out).as_deref(), Some("\\x00ff"));
        assert_eq!(uncell("\\N"), None);
    }
}
