//! The one error type, in Odoo's vocabulary, and the one table that says how each kind looks on each wire.
//!
//! Every floor above `db` returns this; pure parts keep small errors of their own and convert. Texts that clients
//! match on are Odoo's. `http::fault` is the only reader of the wire table.

use crate::value::Json;

/// Result of everything above the database floor.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by the name an Odoo client knows it under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `odoo.exceptions.UserError`: the caller asked for something the rules do not allow.
    User,
    /// `odoo.exceptions.ValidationError`: a constraint refused the data.
    Validation,
    /// `odoo.exceptions.RedirectWarning`.
    RedirectWarning,
    /// `odoo.exceptions.AccessError`: the user may not do this to these records.
    Access,
    /// `odoo.exceptions.AccessDenied`: who calls is not who he says he is.
    AccessDenied,
    /// `odoo.exceptions.MissingError`: the record is gone.
    Missing,
    /// `odoo.exceptions.LockError`-like: somebody else holds the record.
    Lock,
    /// `odoo.http.SessionExpiredException`.
    SessionExpired,
    /// Unknown route or model on a path.
    NotFound,
    /// The envelope itself cannot be read.
    BadRequest,
    /// `builtins.ValueError`, as Odoo lets it through.
    Value,
    /// `builtins.TypeError`, as Odoo lets it through.
    Type,
    /// `builtins.KeyError`.
    Key,
    /// `builtins.AttributeError`.
    Attribute,
    /// `builtins.IndexError`.
    Index,
    /// `builtins.AssertionError`.
    Assertion,
    /// `builtins.OverflowError`.
    Overflow,
    /// `builtins.NotImplementedError`: a field's own search does not know the operator.
    NotImplemented,
    /// `psycopg2.errors.*`: the database refused; `name` carries the class.
    Db,
    /// A provider of text failed for good.
    Provider,
    /// The transaction lost a race and may be tried again.
    Retry,
    /// A write was tried in a call begun as read-only; the service floor runs it again as a writing one.
    ReadOnly,
    /// Too much of something dear is going on; the http floor waits a moment and tries the same call again.
    Busy,
    /// A defect of ours.
    Internal,
}

/// How a [`Kind`] looks on the wires.
#[derive(Debug, Clone, Copy)]
pub struct Wire {
    /// Python's dotted exception name, `data.name` of a JSON-RPC error.
    pub name: &'static str,
    /// HTTP status of JSON-2.
    pub status: u16,
    /// XML-RPC/2 `faultCode`.
    pub fault: i32,
    /// XML-RPC/1 `faultCode` prefix; empty: the name itself is the code.
    pub v1: &'static str,
}

impl Kind {
    /// The wire table. Sources: the answers recorded in tests/golden, and Odoo 19's `http_status` for JSON-2.
    pub fn wire(self) -> Wire {
        let w = |name, status, fault, v1| Wire { name, status, fault, v1 };
        match self {
            Kind::User => w("odoo.exceptions.UserError", 422, 2, "warning -- UserError"),
            Kind::Validation => w("odoo.exceptions.ValidationError", 422, 2, "warning -- UserError"),
            Kind::RedirectWarning => w("odoo.exceptions.RedirectWarning", 422, 2, "warning -- Warning"),
            Kind::Access => w("odoo.exceptions.AccessError", 403, 4, "warning -- AccessError"),
            Kind::AccessDenied => w("odoo.exceptions.AccessDenied", 403, 3, "AccessDenied"),
            Kind::Missing => w("odoo.exceptions.MissingError", 404, 2, "warning -- MissingError"),
            Kind::Lock => w("odoo.exceptions.LockError", 409, 2, "warning -- UserError"),
            Kind::SessionExpired => w("odoo.http.SessionExpiredException", 403, 1, ""),
            Kind::NotFound => w("werkzeug.exceptions.NotFound", 404, 1, ""),
            Kind::BadRequest => w("werkzeug.exceptions.BadRequest", 400, 1, ""),
            Kind::Value => w("builtins.ValueError", 500, 1, ""),
            Kind::Type => w("builtins.TypeError", 500, 1, ""),
            Kind::Key => w("builtins.KeyError", 500, 1, ""),
            Kind::Attribute => w("builtins.AttributeError", 500, 1, ""),
            Kind::Index => w("builtins.IndexError", 500, 1, ""),
            Kind::Assertion => w("builtins.AssertionError", 500, 1, ""),
            Kind::Overflow => w("builtins.OverflowError", 500, 1, ""),
            Kind::NotImplemented => w("builtins.NotImplementedError", 500, 1, ""),
            Kind::Db => w("psycopg2.DatabaseError", 500, 1, ""),
            Kind::Provider => w("odoo.exceptions.UserError", 422, 2, "warning -- UserError"),
            Kind::Retry => w("psycopg2.errors.SerializationFailure", 500, 1, ""),
            Kind::ReadOnly => w("psycopg2.errors.ReadOnlySqlTransaction", 500, 1, ""),
            Kind::Busy => w("werkzeug.exceptions.ServiceUnavailable", 503, 1, ""),
            Kind::Internal => w("builtins.RuntimeError", 500, 1, ""),
        }
    }
}

/// An error on its way to a client: its kind, the sentence the client reads, and what only the log may see.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Which row of the wire table.
    pub kind: Kind,
    /// What the client reads.
    pub message: String,
    /// Exception name when finer than the kind's (`psycopg2.errors.NotNullViolation`).
    pub name: Option<String>,
    /// Python's `args` when they are not just `[message]`.
    pub arguments: Option<Vec<Json>>,
    /// `context` of the exception (RedirectWarning, AccessError…).
    pub context: Option<Json>,
    /// For the log only.
    pub detail: Option<String>,
    /// What of the database was broken, for those who tell it in words of their own.
    pub breach: Option<Box<Breach>>,
}

/// What a record breaks that the database sees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// A column that must be set.
    Required {
        /// Of this table.
        table: String,
        /// Its name.
        column: String,
    },
    /// Values that only one row may have.
    Unique {
        /// In this table.
        table: String,
        /// In these columns together.
        columns: Vec<String>,
    },
    /// A constraint of this name.
    Check(String),
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        $($(#[$doc])* pub fn $name(message: impl Into<String>) -> Error { Error::new(Kind::$kind, message) })*
    };
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            name: None,
            arguments: None,
            context: None,
            detail: None,
            breach: None,
        }
    }

    /// Whether the caller, the data or the settings are to blame, so that the same again would end the same way; not
    /// the database, a lost race or a defect.
    pub fn is_of_rules(&self) -> bool {
        !matches!(self.kind, Kind::Retry | Kind::ReadOnly | Kind::Busy | Kind::Internal | Kind::Db)
    }

    constructors! {
        /// UserError.
        user => User;
        /// ValidationError.
        validation => Validation;
        /// AccessError.
        access => Access;
        /// MissingError.
        missing => Missing;
        /// LockError.
        lock => Lock;
        /// ValueError.
        value => Value;
        /// TypeError.
        type_error => Type;
        /// AttributeError.
        attribute => Attribute;
        /// AssertionError.
        assertion => Assertion;
        /// NotImplementedError.
        not_implemented => NotImplemented;
        /// Unknown route or thing on a path.
        not_found => NotFound;
        /// Unreadable envelope.
        bad_request => BadRequest;
        /// A provider failed for good.
        provider => Provider;
        /// A defect of ours: the text goes to the log and, without detail, to the client.
        internal => Internal;
    }

    /// AccessDenied with Odoo's own two words.
    pub fn access_denied() -> Error {
        Error::new(Kind::AccessDenied, "Access Denied")
    }

    /// KeyError: message and `args` hold the bare key; only a traceback quotes it.
    pub fn key_error(key: &str) -> Error {
        Error::new(Kind::Key, key)
    }

    /// The session is gone; JSON-RPC code 100.
    pub fn session_expired() -> Error {
        Error::new(Kind::SessionExpired, "Session expired")
    }

    /// The same error under a finer exception name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Error {
        self.name = Some(name.into());
        self
    }

    /// The same error with something for the log.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Error {
        self.detail = Some(detail.into());
        self
    }

    /// The same error, knowing what was broken.
    #[must_use]
    pub fn breach(mut self, breach: Option<Breach>) -> Error {
        self.breach = breach.map(Box::new);
        self
    }

    /// Python's dotted exception name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.kind.wire().name)
    }

    /// Python's `args`.
    pub fn arguments(&self) -> Vec<Json> {
        self.arguments.clone().unwrap_or_else(|| vec![Json::String(self.message.clone())])
    }
}
