//! What tables a database has: for the synchronisation of a user's own addons, and the test that holds migrations and
//! declared models together.

use super::connection::Conn;
use super::dialect::Dialect;
use super::error::DbResult;
use super::sql::{ColType, Sql};
use crate::value::Value;

/// A column as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What `Dialect::column_type` would say, in lower case; PostgreSQL's `text` and lengths show as `varchar`.
    pub declared: String,
    /// Whether NULL is refused.
    pub required: bool,
}

/// The names of all tables, sorted, but the databases' own.
pub fn tables(conn: &mut Conn) -> DbResult<Vec<String>> {
    let sql = Sql::new()
        .either(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') \
             AND relnamespace = current_schema()::regnamespace ORDER BY relname::text COLLATE \"C\"",
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY name",
        )
        .uncached();
    Ok(texts(conn.query(&sql, &[ColType::Text])?))
}

/// The columns of a table in order; none if there is no such table.
pub fn columns(conn: &mut Conn, table: &str) -> DbResult<Vec<Column>> {
    let sql = match conn.dialect() {
        Dialect::Postgres => Sql::of(
            "SELECT attname::text, typname::text, attnotnull FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid \
             JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = current_schema()::regnamespace \
             AND attnum > 0 AND NOT attisdropped AND relname = ",
        )
        .text(table)
        .raw(" ORDER BY attnum"),
        Dialect::Sqlite => Sql::of("SELECT name, lower(type), \"notnull\" OR pk FROM pragma_table_info(")
            .text(table)
            .raw(") ORDER BY cid"),
    };
    let rows = conn.query(&sql.uncached(), &[ColType::Text, ColType::Text, ColType::Bool])?;
    Ok(rows
        .iter()
        .map(|row| Column {
            name: row[0].str().to_owned(),
            declared: match row[1].str() {
                "bool" => "boolean",
                "text" if conn.dialect() == Dialect::Postgres => "varchar",
                other => other,
            }
            .to_owned(),
            required: row[2] == Value::Bool(true),
        })
        .collect())
}

/// The names of a table's indexes, sorted, but those that are constraints'.
pub fn indexes(conn: &mut Conn, table: &str) -> DbResult<Vec<String>> {
    let sql = match conn.dialect() {
        Dialect::Postgres => Sql::of(
            "SELECT i.relname::text FROM pg_index JOIN pg_class i ON i.oid = indexrelid \
             JOIN pg_class t ON t.oid = indrelid WHERE t.relnamespace = current_schema()::regnamespace \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f') \
             AND t.relname = ",
        )
        .text(table)
        .raw(" ORDER BY i.relname::text COLLATE \"C\""),
        Dialect::Sqlite => {
            Sql::of("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ")
                .text(table)
                .raw(" ORDER BY name")
        }
    };
    Ok(texts(conn.query(&sql.uncached(), &[ColType::Text])?))
}

fn texts(rows: Vec<Vec<Value>>) -> Vec<String> {
    rows.iter().filter_map(|row| row.first()).map(|value| value.str().to_owned()).collect()
}
