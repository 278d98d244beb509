//! What the two databases need of us to run a tape and read its rows: the only generic floor of this floor.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use diesel::backend::Backend;
use diesel::deserialize;
use diesel::expression::QueryMetadata;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types as st;
use diesel::sqlite::Sqlite;

use super::bind::{Bind, Day, Document, Ids, Stamp, Texts};
use super::dialect::Dialect;
use super::error::DbError;
use super::sql::{ColType, Piece, Sql};
use crate::value::Value;

/// A database a tape can be run on.
pub(super) trait DynBackend: Backend + QueryMetadata<st::Untyped> + 'static {
    const DIALECT: Dialect;
    /// Appends a bound value to a statement.
    fn push_bind<'b>(out: &mut AstPass<'_, 'b, Self>, bind: &'b Bind) -> QueryResult<()>;
    /// Reads a value that is not NULL.
    fn decode(column: ColType, value: Self::RawValue<'_>) -> deserialize::Result<Value>;
}

/// The binds that are the same Diesel types on both; the others differ by the type named after the arrow.
macro_rules! push {
    ($out:ident, $bind:ident, $stamp:ty, $day:ty, $json:ty, $ids:expr, $texts:expr) => {
        match $bind {
            Bind::Bool(v) => $out.push_bind_param::<st::Bool, bool>(v),
            Bind::Int(v) => $out.push_bind_param::<st::BigInt, i64>(v),
            Bind::Float(v) => $out.push_bind_param::<st::Double, f64>(v),
            Bind::Text(v) => $out.push_bind_param::<st::Text, String>(v),
            Bind::Bytes(v) => $out.push_bind_param::<st::Binary, Vec<u8>>(v),
            Bind::DateTime(v) => $out.push_bind_param::<$stamp, Stamp>(v),
            Bind::Date(v) => $out.push_bind_param::<$day, Day>(v),
            Bind::Json(v) => $out.push_bind_param::<$json, Document>(v),
            Bind::Ids(v) => $ids($out, v),
            Bind::Texts(v) => $texts($out, v),
            Bind::Refused(e) => Err(diesel::result::Error::QueryBuilderError(e.clone())),
            Bind::Null(column) => match column {
                ColType::Bool => $out.push_bind_param::<st::Nullable<st::Bool>, Option<bool>>(&None),
                ColType::Int => $out.push_bind_param::<st::Nullable<st::Integer>, Option<i32>>(&None),
                ColType::BigInt => $out.push_bind_param::<st::Nullable<st::BigInt>, Option<i64>>(&None),
                ColType::Float | ColType::Numeric => {
                    $out.push_bind_param::<st::Nullable<st::Double>, Option<f64>>(&None)
                }
                ColType::Text => $out.push_bind_param::<st::Nullable<st::Text>, Option<String>>(&None),
                ColType::DateTime => $out.push_bind_param::<st::Nullable<$stamp>, Option<Stamp>>(&None),
                ColType::Date => $out.push_bind_param::<st::Nullable<$day>, Option<Day>>(&None),
                ColType::Json => $out.push_bind_param::<st::Nullable<$json>, Option<Document>>(&None),
                ColType::Bytes => $out.push_bind_param::<st::Nullable<st::Binary>, Option<Vec<u8>>>(&None),
            },
        }
    };
}

impl DynBackend for Pg {
    const DIALECT: Dialect = Dialect::Postgres;

    fn push_bind<'b>(out: &mut AstPass<'_, 'b, Self>, bind: &'b Bind) -> QueryResult<()> {
        fn ids<'b>(out: &mut AstPass<'_, 'b, Pg>, v: &'b Ids) -> QueryResult<()> {
            out.push_bind_param::<st::Array<st::BigInt>, Vec<i64>>(&v.0)
        }
        fn texts<'b>(out: &mut AstPass<'_, 'b, Pg>, v: &'b Texts) -> QueryResult<()> {
            out.push_bind_param::<st::Array<st::Text>, Vec<String>>(&v.0)
        }
        push!(out, bind, st::Timestamp, st::Date, st::Jsonb, ids, texts)
    }

    fn decode(column: ColType, value: Self::RawValue<'_>) -> deserialize::Result<Value> {
        super::row::decode_postgres(column, value)
    }
}

impl DynBackend for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn push_bind<'b>(out: &mut AstPass<'_, 'b, Self>, bind: &'b Bind) -> QueryResult<()> {
        fn ids<'b>(out: &mut AstPass<'_, 'b, Sqlite>, v: &'b Ids) -> QueryResult<()> {
            out.push_bind_param::<st::Text, Ids>(v)
        }
        fn texts<'b>(out: &mut AstPass<'_, 'b, Sqlite>, v: &'b Texts) -> QueryResult<()> {
            out.push_bind_param::<st::Text, Texts>(v)
        }
        push!(out, bind, st::Text, st::Text, st::Text, ids, texts)
    }

    fn decode(column: ColType, value: Self::RawValue<'_>) -> deserialize::Result<Value> {
        super::row::decode_sqlite(column, value)
    }
}

/// Pieces of the longest statement kept prepared: an insert of many rows is large, and hardly comes again in that size.
const LARGEST_CACHED: usize = 400;

/// A tape on its way to a connection.
pub(super) struct Statement<'q> {
    pub(super) sql: &'q Sql,
    /// What goes into the tape's hole.
    pub(super) hole: Option<&'q Bind>,
    /// Whether the connection keeps it prepared.
    pub(super) cached: bool,
}

impl<'q> Statement<'q> {
    /// The tape, kept prepared if its shape has been seen before.
    pub(super) fn new(sql: &'q Sql, hole: Option<&'q Bind>) -> Statement<'q> {
        let small = sql.pieces().len() <= LARGEST_CACHED;
        let shape = || sql.shape().unwrap_or_else(|| shape(sql));
        Statement { sql, hole, cached: small && !sql.is_uncached() && super::shapes::worth_caching(shape()) }
    }
}

/// What Diesel's own cache tells statements apart by: the text and the types of the binds.
pub(super) fn shape(sql: &Sql) -> u64 {
    let mut hasher = DefaultHasher::new();
    for piece in sql.pieces() {
        match piece {
            Piece::Text(text) => text.hash(&mut hasher),
            Piece::Either { postgres, .. } => postgres.hash(&mut hasher),
            Piece::Bind(Bind::Null(column)) => column.hash(&mut hasher),
            Piece::Bind(bind) => bind.type_name().hash(&mut hasher),
            Piece::Hole(count) => count.type_name().hash(&mut hasher),
        }
    }
    hasher.finish()
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = st::Untyped;
}

impl<C> RunQueryDsl<C> for Statement<'_> {}

impl<DB: DynBackend> QueryFragment<DB> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.cached {
            out.unsafe_to_cache_prepared();
        }
        for piece in self.sql.pieces() {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Either { postgres, sqlite } => out.push_sql(match DB::DIALECT {
                    Dialect::Postgres => postgres,
                    Dialect::Sqlite => sqlite,
                }),
                Piece::Bind(bind) => DB::push_bind(&mut out, bind)?,
                Piece::Hole(_) => match self.hole {
                    Some(bind) => DB::push_bind(&mut out, bind)?,
                    None => {
                        let e = DbError::other("a statement was run without the ids it is about");
                        return Err(diesel::result::Error::QueryBuilderError(Box::new(e)));
                    }
                },
            }
        }
        Ok(())
    }
}
