//! What a database refused, in words that are the same for both.
//!
//! SQLite tells by its message only; PostgreSQL by fields of the answer, but Diesel passes on no SQLSTATE for deadlocks
//! and locks, so these two are told by PostgreSQL's English message.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use crate::error::{Error, Kind};

/// Result of the database floor.
pub type DbResult<T> = Result<T, DbError>;

/// Why the database refused. Every `message` is the first line of the server's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A unique constraint or index. SQLite names either the columns or, for an index on expressions, the index.
    #[error("{message}")]
    Unique {
        constraint: Option<String>,
        table: Option<String>,
        columns: Vec<String>,
        detail: Option<String>,
        message: String,
    },
    /// A NULL where none may be.
    #[error("{message}")]
    NotNull { table: String, column: String, message: String },
    /// A foreign key; `table` is the one that refers. SQLite names neither.
    #[error("{message}")]
    ForeignKey { constraint: Option<String>, table: Option<String>, detail: Option<String>, message: String },
    /// A CHECK constraint. SQLite does not name the table.
    #[error("{message}")]
    Check { constraint: Option<String>, table: Option<String>, message: String },
    /// A race lost, a deadlock: the transaction may be tried again.
    #[error("{message}")]
    Serialization { message: String },
    /// Somebody else holds the lock.
    #[error("{message}")]
    Busy { message: String },
    /// A write in a transaction begun for reading.
    #[error("{message}")]
    ReadOnly { message: String },
    /// The connection is lost; nothing of the transaction was kept.
    #[error("{message}")]
    Closed { message: String },
    /// The connection was lost in a commit, which may have been done.
    #[error("{message}")]
    LostInCommit { message: String },
    /// A value that the column's type cannot take, under psycopg2's name for it.
    #[error("{message}")]
    Data { name: &'static str, message: String },
    /// Anything else: a mistake in the SQL, a full disk.
    #[error("{message}")]
    Other { message: String, detail: Option<String> },
}

/// What psycopg2 raises when the connection is lost.
const LOSS: &str = "psycopg2.OperationalError";

impl DbError {
    /// An error of our own.
    pub(crate) fn other(message: impl Into<String>) -> DbError {
        DbError::Other { message: message.into(), detail: None }
    }

    pub(super) fn data(name: &'static str, message: impl Into<String>) -> DbError {
        DbError::Data { name, message: message.into() }
    }

    pub(super) fn read_only() -> DbError {
        DbError::ReadOnly { message: "cannot write in a read-only transaction".into() }
    }

    /// The first line of the server's message.
    pub fn message(&self) -> &str {
        match self {
            DbError::Unique { message, .. }
            | DbError::NotNull { message, .. }
            | DbError::ForeignKey { message, .. }
            | DbError::Check { message, .. }
            | DbError::Serialization { message }
            | DbError::Busy { message }
            | DbError::ReadOnly { message }
            | DbError::Closed { message }
            | DbError::LostInCommit { message }
            | DbError::Data { message, .. }
            | DbError::Other { message, .. } => message,
        }
    }

    /// Whether the same transaction, tried again on another connection, may well succeed. A connection lost in a
    /// commit is not among these.
    pub fn is_transient(&self) -> bool {
        matches!(self, DbError::Serialization { .. } | DbError::Busy { .. } | DbError::Closed { .. })
    }

    /// Whether `e` tells of a lost connection, in a commit or before.
    pub fn is_loss(e: &Error) -> bool {
        e.name() == LOSS
    }

    /// The exception psycopg2 would have raised.
    pub fn python_name(&self) -> &'static str {
        match self {
            DbError::Unique { .. } => "psycopg2.errors.UniqueViolation",
            DbError::NotNull { .. } => "psycopg2.errors.NotNullViolation",
            DbError::ForeignKey { .. } => "psycopg2.errors.ForeignKeyViolation",
            DbError::Check { .. } => "psycopg2.errors.CheckViolation",
            DbError::Serialization { .. } => "psycopg2.errors.SerializationFailure",
            DbError::Busy { .. } => "psycopg2.errors.LockNotAvailable",
            DbError::ReadOnly { .. } => "psycopg2.errors.ReadOnlySqlTransaction",
            DbError::Closed { .. } | DbError::LostInCommit { .. } => LOSS,
            DbError::Data { name, .. } => name,
            DbError::Other { .. } => "psycopg2.DatabaseError",
        }
    }
}

impl From<DbError> for Error {
    fn from(e: DbError) -> Error {
        let kind = match &e {
            e if e.is_transient() => Kind::Retry,
            DbError::Data { name: "builtins.ValueError", .. } => Kind::Value,
            DbError::ReadOnly { .. } => Kind::ReadOnly,
            _ => Kind::Db,
        };
        let error = Error::new(kind, e.message()).named(e.python_name());
        match e {
            DbError::Other { detail: Some(d), .. } | DbError::ForeignKey { detail: Some(d), .. } => {
                error.detail(d)
            }
            _ => error,
        }
    }
}

impl From<DieselError> for DbError {
    fn from(e: DieselError) -> DbError {
        match e {
            DieselError::DatabaseError(kind, info) => from_database(kind, info.as_ref()),
            DieselError::BrokenTransactionManager => {
                DbError::Closed { message: "the connection is broken".into() }
            }
            DieselError::QueryBuilderError(e) => match e.downcast::<DbError>() {
                Ok(refused) => *refused,
                Err(e) => DbError::other(e.to_string()),
            },
            e => DbError::other(e.to_string()),
        }
    }
}

/// psycopg2's names of what Diesel leaves unnamed, by a part of PostgreSQL's message.
const NAMES: &[(&str, &str)] = &[
    ("LIMIT must not be negative", "psycopg2.errors.InvalidRowCountInLimitClause"),
    ("OFFSET must not be negative", "psycopg2.errors.InvalidRowCountInResultOffsetClause"),
    ("argument of LIMIT must be", "psycopg2.errors.DatatypeMismatch"),
    (" but expression is of type ", "psycopg2.errors.DatatypeMismatch"),
    ("invalid input syntax for type date", "psycopg2.errors.InvalidDatetimeFormat"),
    ("invalid input syntax for type timestamp", "psycopg2.errors.InvalidDatetimeFormat"),
    ("invalid input syntax for type", "psycopg2.errors.InvalidTextRepresentation"),
    ("date/time field value out of range", "psycopg2.errors.DatetimeFieldOverflow"),
    ("integer out of range", "psycopg2.errors.NumericValueOutOfRange"),
    ("bigint out of range", "psycopg2.errors.NumericValueOutOfRange"),
    ("numeric field overflow", "psycopg2.errors.NumericValueOutOfRange"),
    ("value too long for type", "psycopg2.errors.StringDataRightTruncation"),
    ("LIKE pattern must not end with escape character", "psycopg2.errors.InvalidEscapeSequence"),
    ("unsupported Unicode escape sequence", "psycopg2.errors.UntranslatableCharacter"),
    ("division by zero", "psycopg2.errors.DivisionByZero"),
    ("syntax error at", "psycopg2.errors.SyntaxError"),
];

/// `relation "x" does not exist` and its like: the first word tells.
fn python_name_of(message: &str) -> Option<&'static str> {
    if message.ends_with("does not exist") {
        return match message.split(' ').next() {
            Some("function" | "operator") => Some("psycopg2.errors.UndefinedFunction"),
            Some("relation") => Some("psycopg2.errors.UndefinedTable"),
            Some("column") => Some("psycopg2.errors.UndefinedColumn"),
            _ => None,
        };
    }
    NAMES.iter().find(|(part, _)| message.contains(part)).map(|(_, name)| *name)
}

impl From<diesel::ConnectionError> for DbError {
    fn from(e: diesel::ConnectionError) -> DbError {
        DbError::Closed { message: first_line(&e.to_string()) }
    }
}

fn from_database(kind: DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> DbError {
    let owned = |s: Option<&str>| s.map(str::to_owned);
    let (constraint, table, detail) =
        (owned(info.constraint_name()), owned(info.table_name()), owned(info.details()));
    let message = first_line(info.message());
    match kind {
        DatabaseErrorKind::UniqueViolation => unique(constraint, table, detail.as_deref(), message),
        DatabaseErrorKind::NotNullViolation => {
            let (sqlite_table, sqlite_column) = after(&message, "NOT NULL constraint failed: ")
                .and_then(|c| c.split_once('.'))
                .unwrap_or_default();
            let table = table.unwrap_or_else(|| sqlite_table.to_owned());
            let column = owned(info.column_name()).unwrap_or_else(|| sqlite_column.to_owned());
            DbError::NotNull { table, column, message }
        }
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
            DbError::ForeignKey { constraint, table, detail, message }
        }
        DatabaseErrorKind::CheckViolation => {
            let constraint = constraint.or_else(|| owned(after(&message, "CHECK constraint failed: ")));
            DbError::Check { constraint, table, message }
        }
        DatabaseErrorKind::SerializationFailure => DbError::Serialization { message },
        DatabaseErrorKind::ReadOnlyTransaction => DbError::ReadOnly { message },
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            DbError::Closed { message }
        }
        _ => by_message(message, detail),
    }
}

/// What only the message tells.
fn by_message(message: String, detail: Option<String>) -> DbError {
    let has = |part: &str| message.contains(part);
    // SQLite gives ON DELETE RESTRICT and duplicate row ids codes that Diesel does not know.
    if has("FOREIGN KEY constraint failed") {
        DbError::ForeignKey { constraint: None, table: None, detail: None, message }
    } else if has("UNIQUE constraint failed") {
        unique(None, None, None, message)
    } else if has("deadlock detected") || has("could not serialize access") {
        DbError::Serialization { message }
    } else if has("could not obtain lock") || has("lock timeout") || has("is locked") {
        DbError::Busy { message }
    } else if has("attempt to write a readonly database") {
        DbError::ReadOnly { message }
    } else if has("server closed the connection")
        || has("terminating connection")
        || has("connection not open")
        || has("no connection to the server")
        || has("could not receive data from server")
        || has("could not send data to server")
    {
        DbError::Closed { message }
    } else if let Some(name) = python_name_of(&message) {
        DbError::Data { name, message }
    } else {
        DbError::Other { message, detail }
    }
}

/// PostgreSQL: the detail `Key (a, b)=(1, 2) already exists.` names the columns. SQLite: the message does,
/// `UNIQUE constraint failed: t.a, t.b` or `UNIQUE constraint failed: index 'x'`.
fn unique(
    constraint: Option<String>,
    table: Option<String>,
    detail: Option<&str>,
    message: String,
) -> DbError {
    let Some(failed) = after(&message, "UNIQUE constraint failed: ") else {
        let columns = detail
            .and_then(|d| after(d, "Key ("))
            .and_then(|d| d.split_once(")=("))
            .map(|(names, _)| names.split(", ").map(|n| n.trim_matches('"').to_owned()).collect())
            .unwrap_or_default();
        return DbError::Unique { constraint, table, columns, detail: detail.map(str::to_owned), message };
    };
    if let Some(index) = after(failed, "index '") {
        let constraint = Some(index.trim_end_matches('\'').to_owned());
        return DbError::Unique { constraint, table: None, columns: Vec::new(), detail: None, message };
    }
    let pairs: Vec<_> = failed.split(", ").filter_map(|c| c.split_once('.')).collect();
    let table = pairs.first().map(|(table, _)| (*table).to_owned());
    let columns = pairs.iter().map(|(_, column)| (*column).to_owned()).collect();
    DbError::Unique { constraint: None, table, columns, detail: None, message }
}

fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.split_once(prefix).map(|(_, rest)| rest)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
