//! The tape dynamic SQL is written on: text of ours, quoted names, bound values. User text never becomes SQL text.

use std::borrow::Cow;
use std::fmt;

use super::adapt;
use super::bind::{Bind, Ids, Texts};
use super::dialect::{Dialect, Wait};
use super::error::DbError;
use crate::value::{Json, Value};

/// The type of a column, of a bind, of a result's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColType {
    /// boolean.
    Bool,
    /// int4: integers and many2one.
    Int,
    /// int8.
    BigInt,
    /// float8.
    Float,
    /// numeric: monetary and floats with digits. Read and bound as double precision.
    Numeric,
    /// varchar and text.
    Text,
    /// timestamp without time zone, UTC.
    DateTime,
    /// date.
    Date,
    /// jsonb.
    Json,
    /// bytea.
    Bytes,
}

/// One piece of the tape. Neighbouring texts are one piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Either {
        postgres: Cow<'static, str>,
        sqlite: Cow<'static, str>,
    },
    Bind(Bind),
    /// Where the ids go that are given when the statement is run.
    Hole(IdCount),
}

/// How many ids a statement written beforehand is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdCount {
    /// Exactly one.
    One,
    /// At most [`FEW`].
    Few,
    /// Any number.
    Many,
}

/// So many ids are a few; lists of fewer are filled up to as many.
const FEW: usize = 16;

impl IdCount {
    /// What `n` ids are.
    pub fn of(n: usize) -> IdCount {
        match n {
            1 => IdCount::One,
            ..=FEW => IdCount::Few,
            _ => IdCount::Many,
        }
    }

    /// The value for the hole.
    pub(super) fn bind(self, ids: &[i64]) -> Bind {
        match (self, ids) {
            (IdCount::One, [id]) => Bind::Int(*id),
            (IdCount::Few | IdCount::Many, _) => Bind::Ids(Ids(filled(ids))),
            (IdCount::One, _) => {
                let e = DbError::other(format!("a statement about one id was given {}", ids.len()));
                Bind::Refused(Box::new(e))
            }
        }
    }

    pub(super) fn type_name(self) -> &'static str {
        match self {
            IdCount::One => "int",
            IdCount::Few | IdCount::Many => "ids",
        }
    }
}

/// A few ids as a list long enough for PostgreSQL to keep its plan. For `= ANY($1)` the plan for any list reckons with
/// ten ids; one made anew for fewer looks cheaper each time, though making it takes ten times as long as running it.
/// The last id is repeated: an index scan looks a value up once.
fn filled(ids: &[i64]) -> Vec<i64> {
    let more = ids.last().map_or(0, |_| FEW.saturating_sub(ids.len()));
    ids.iter().chain(std::iter::repeat_n(ids.last().unwrap_or(&0), more)).copied().collect()
}

/// A statement or a part of one.
#[derive(Clone, PartialEq, Default)]
pub struct Sql {
    pieces: Vec<Piece>,
    /// Never worth a prepared statement.
    uncached: bool,
    /// Locks rows, so that it needs a writing transaction though it reads.
    locks: bool,
    /// Its shape, once nothing more is to be added.
    shape: Option<u64>,
}

impl Sql {
    /// An empty tape.
    pub fn new() -> Sql {
        Sql::default()
    }

    /// A tape that begins with text of ours (`Sql::of("SELECT 1")`).
    pub fn of(text: impl Into<Cow<'static, str>>) -> Sql {
        Sql::new().raw(text)
    }

    /// Text of ours. Never text that came from a user.
    #[must_use]
    pub fn raw(mut self, text: impl Into<Cow<'static, str>>) -> Sql {
        self.push_text(&text.into());
        self
    }

    /// Text of ours that differs between the two databases.
    #[must_use]
    pub fn either(
        mut self,
        postgres: impl Into<Cow<'static, str>>,
        sqlite: impl Into<Cow<'static, str>>,
    ) -> Sql {
        self.pieces.push(Piece::Either { postgres: postgres.into(), sqlite: sqlite.into() });
        self
    }

    /// A quoted name.
    #[must_use]
    pub fn ident(mut self, name: &str) -> Sql {
        self.push_ident(name);
        self
    }

    /// `"alias"."column"`.
    #[must_use]
    pub fn col(mut self, alias: &str, column: &str) -> Sql {
        self.push_ident(alias);
        self.push_text(".");
        self.push_ident(column);
        self
    }

    /// A bound value of a column's type. `Value::Ids` is bound as the bare array (see [`Sql::ids`]).
    #[must_use]
    pub fn bind(mut self, column: ColType, value: Value) -> Sql {
        self.pieces.push(Piece::Bind(Bind::new(column, value)));
        self
    }

    /// A bound value that will be stored: as [`Sql::bind`], but a number must fit its column (int4).
    #[must_use]
    pub fn store(mut self, column: ColType, value: Value) -> Sql {
        match adapt::storable(column, &value) {
            Ok(()) => self.bind(column, value),
            Err(e) => {
                self.pieces.push(Piece::Bind(Bind::Refused(Box::new(e))));
                self
            }
        }
    }

    /// ` LIMIT … OFFSET …`, bound.
    #[must_use]
    pub fn page(mut self, limit: Option<i64>, offset: i64) -> Sql {
        let refused = match (limit, offset) {
            (Some(i64::MIN..=-1), _) => {
                Some(("psycopg2.errors.InvalidRowCountInLimitClause", "LIMIT must not be negative"))
            }
            (_, i64::MIN..=-1) => {
                Some(("psycopg2.errors.InvalidRowCountInResultOffsetClause", "OFFSET must not be negative"))
            }
            _ => None,
        };
        if let Some((name, message)) = refused {
            let e = DbError::data(name, message);
            self.pieces.push(Piece::Bind(Bind::Refused(Box::new(e))));
            return self;
        }
        match (limit, offset) {
            (None, 0) => self,
            (Some(limit), 0) => self.raw(" LIMIT ").int(limit),
            (Some(limit), offset) => self.raw(" LIMIT ").int(limit).raw(" OFFSET ").int(offset),
            (None, offset) => self.either("", " LIMIT -1").raw(" OFFSET ").int(offset),
        }
    }

    /// A bound integer.
    #[must_use]
    pub fn int(self, value: i64) -> Sql {
        self.bind(ColType::BigInt, Value::Int(value))
    }

    /// A bound text.
    #[must_use]
    pub fn text(self, value: &str) -> Sql {
        self.bind(ColType::Text, Value::Text(value.to_owned()))
    }

    /// ` = ANY($1)` or ` IN (…)`: the expression before is one of these. ` = $1` when it is but one.
    #[must_use]
    pub fn ids(self, ids: &[i64]) -> Sql {
        // Of an array PostgreSQL knows the length only once it is bound, so it would plan the statement anew each time.
        if let [id] = ids {
            return self.raw(" = ").int(*id);
        }
        self.either(" = ANY(", " IN (SELECT value FROM json_each(").id_list(ids).either(")", "))")
    }

    /// As [`Sql::ids`], the ids to be given when it is run ([`super::Conn::query_ids`]).
    #[must_use]
    pub fn ids_later(mut self, count: IdCount) -> Sql {
        let (before, after) = match count {
            IdCount::One => (Sql::of(" = "), Sql::new()),
            IdCount::Few | IdCount::Many => (
                Sql::new().either(" = ANY(", " IN (SELECT value FROM json_each("),
                Sql::new().either(")", "))"),
            ),
        };
        self.push(before);
        self.pieces.push(Piece::Hole(count));
        self.sql(after)
    }

    /// Done: it will be run often as it is.
    #[must_use]
    pub fn sealed(mut self) -> Sql {
        self.shape = Some(super::backend::shape(&self));
        self
    }

    pub(super) fn shape(&self) -> Option<u64> {
        self.shape
    }

    pub(super) fn hole(&self) -> Option<IdCount> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Hole(count) => Some(*count),
            _ => None,
        })
    }

    /// ` <> ALL($1)` or ` NOT IN (…)`: the expression before is none of these. NULL stays NULL, as SQL has it.
    #[must_use]
    pub fn not_ids(self, ids: &[i64]) -> Sql {
        if let [id] = ids {
            return self.raw(" <> ").int(*id);
        }
        self.either(" <> ALL(", " NOT IN (SELECT value FROM json_each(").id_list(ids).either(")", "))")
    }

    /// As [`Sql::ids`], of texts.
    #[must_use]
    pub fn texts(self, texts: &[String]) -> Sql {
        if let [text] = texts {
            return self.raw(" = ").text(text);
        }
        self.either(" = ANY(", " IN (SELECT value FROM json_each(").text_list(texts).either(")", "))")
    }

    /// As [`Sql::not_ids`], of texts.
    #[must_use]
    pub fn not_texts(self, texts: &[String]) -> Sql {
        if let [text] = texts {
            return self.raw(" <> ").text(text);
        }
        self.either(" <> ALL(", " NOT IN (SELECT value FROM json_each(").text_list(texts).either(")", "))")
    }

    /// `(SELECT … AS value, … AS place)`: the ids as rows, `place` counting from 1; to be aliased and joined.
    #[must_use]
    pub fn id_rows(self, ids: &[i64]) -> Sql {
        self.either("(SELECT value, place FROM unnest(", "(SELECT value, key + 1 AS place FROM json_each(")
            .id_list(ids)
            .either(") WITH ORDINALITY AS listed(value, place))", "))")
    }

    /// ` FROM … AS given`, for an UPDATE: a JSON list of objects as rows, bound as one value so that the statement's
    /// text is the same however many there are. `columns` are the keys that count and their types.
    #[must_use]
    pub fn given(self, rows: Json, columns: &[(&'static str, ColType)]) -> Sql {
        let declared =
            |(name, kind): &(&str, ColType)| format!("\"{name}\" {}", Dialect::Postgres.column_type(*kind));
        let extracted =
            |(name, _): &(&str, ColType)| format!("json_extract(value, '$.{name}') AS \"{name}\"");
        let declared = columns.iter().map(declared).collect::<Vec<_>>().join(", ");
        let extracted = columns.iter().map(extracted).collect::<Vec<_>>().join(", ");
        self.either(" FROM jsonb_to_recordset(", format!(" FROM (SELECT {extracted} FROM json_each("))
            .bind(ColType::Json, Value::Json(rows))
            .either(format!(") AS given({declared})"), ")) AS given")
    }

    /// Appends another tape.
    #[must_use]
    pub fn sql(mut self, other: Sql) -> Sql {
        self.push(other);
        self
    }

    /// Appends another tape in place.
    pub fn push(&mut self, other: Sql) {
        self.uncached |= other.uncached;
        self.locks |= other.locks;
        self.shape = None;
        for piece in other.pieces {
            match piece {
                Piece::Text(text) => self.push_text(&text),
                piece => self.pieces.push(piece),
            }
        }
    }

    /// The parts with `separator` between them.
    pub fn join(separator: &'static str, parts: impl IntoIterator<Item = Sql>) -> Sql {
        let mut out = Sql::new();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                out.push_text(separator);
            }
            out.push(part);
        }
        out
    }

    /// ` FOR UPDATE`; nothing on SQLite, where a writing transaction is alone. Makes the statement a writing one.
    #[must_use]
    pub fn for_update(mut self, wait: Wait) -> Sql {
        self.locks = true;
        match wait {
            Wait::Block => self.either(" FOR UPDATE", ""),
            Wait::Fail => self.either(" FOR UPDATE NOWAIT", ""),
            Wait::Skip => self.either(" FOR UPDATE SKIP LOCKED", ""),
        }
    }

    /// Marks a statement that will hardly come again, so that it is not kept prepared.
    #[must_use]
    pub fn uncached(mut self) -> Sql {
        self.uncached = true;
        self
    }

    /// The most binds both databases take in one statement (SQLite 32766, PostgreSQL 65535): who inserts many rows at
    /// once splits them by this.
    pub const MAX_BINDS: usize = 32_000;

    /// How many values are bound.
    pub fn binds(&self) -> usize {
        self.pieces.iter().filter(|piece| matches!(piece, Piece::Bind(_))).count()
    }

    /// Nothing on the tape.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The text a database would see, binds as their types; for logs and tests.
    pub fn display(&self, dialect: Dialect) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Either { postgres, sqlite } => {
                    out.push_str(if dialect == Dialect::Postgres { postgres } else { sqlite });
                }
                Piece::Bind(bind) => {
                    out.push('<');
                    out.push_str(bind.type_name());
                    out.push('>');
                }
                Piece::Hole(count) => {
                    out.push('<');
                    out.push_str(count.type_name());
                    out.push('>');
                }
            }
        }
        out
    }

    /// Whether it holds a search of its own, so that asking it is dear.
    pub fn looks_further(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("SELECT ")))
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn is_uncached(&self) -> bool {
        self.uncached
    }

    /// Whether it needs a writing transaction, as far as its first word tells.
    pub(super) fn writes(&self) -> bool {
        let first = match self.pieces.first() {
            Some(Piece::Text(text)) => text.trim_start(),
            Some(Piece::Either { postgres, .. }) => postgres.trim_start(),
            _ => "",
        };
        let word = first.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        self.locks
            || !["", "SELECT", "WITH", "VALUES", "EXPLAIN", "SHOW", "PRAGMA"]
                .iter()
                .any(|w| word.eq_ignore_ascii_case(w))
    }

    fn id_list(mut self, ids: &[i64]) -> Sql {
        self.pieces.push(Piece::Bind(Bind::Ids(Ids(ids.to_vec()))));
        self
    }

    fn text_list(mut self, texts: &[String]) -> Sql {
        self.pieces.push(Piece::Bind(match texts.iter().any(|t| t.contains('\0')) {
            true => Bind::Refused(Box::new(adapt::nul())),
            false => Bind::Texts(Texts(texts.to_vec())),
        }));
        self
    }

    fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }

    fn push_ident(&mut self, name: &str) {
        self.push_text("\"");
        if name.contains('"') {
            self.push_text(&name.replace('"', "\"\""));
        } else {
            self.push_text(name);
        }
        self.push_text("\"");
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Sql {
        Sql::new().raw(text)
    }
}

/// As PostgreSQL would see it; a bind shows as its type only.
impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display(Dialect::Postgres))
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sql({self})")
    }
}
