//! search, search_count, exists.

use super::access;
use super::domain::Domain;
use super::domain::compile::Compiler;
use super::env::{Env, Page};
use super::model::Model;
use super::order::{self, Order};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};

/// Ids that match, with the caller's rights.
pub fn search(env: &Env, model: &Model, domain: &Domain, page: &Page) -> Result<Vec<i64>> {
    let Some(Begun { parts, refused }) = begin(env, model, domain, page)? else { return Ok(Vec::new()) };
    refused?;
    let sql = Sql::of("SELECT ").col(&model.table, "id").sql(parts.from).raw(" WHERE ").sql(parts.cond);
    let sql = paged(ordered(sql, parts.order), page.limit, page.offset)?;
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// How many match, at most `limit`.
pub fn count(env: &Env, model: &Model, domain: &Domain, limit: Option<i64>) -> Result<i64> {
    if finds_nothing(env, model, domain)? {
        return Ok(0);
    }
    let c = Compiler::of_search(env);
    let (from, _) = from_where(&c, model, domain, None)?;
    c.refused()?;
    let sql = match limit {
        None => Sql::of("SELECT COUNT(*)").sql(from),
        Some(n) => Sql::of("SELECT COUNT(*) FROM (SELECT 1").sql(from).raw(" LIMIT ").int(n).raw(") AS t"),
    };
    Ok(env.query(&sql, &[ColType::BigInt])?.first().map_or(0, |r| r[0].int()))
}

/// Whether a search need not be made, nor its order looked at, once the caller may read the model.
pub fn finds_nothing(env: &Env, model: &Model, domain: &Domain) -> Result<bool> {
    access::check_model(env, model, 'r')?;
    Ok(*domain == Domain::False)
}

/// A search that is put together but for its columns.
pub struct Begun {
    /// Its parts.
    pub parts: Parts,
    /// What the database would not take of it.
    pub refused: Result<()>,
}

/// Puts a search together; None: it finds nothing.
pub fn begin(env: &Env, model: &Model, domain: &Domain, page: &Page) -> Result<Option<Begun>> {
    if finds_nothing(env, model, domain)? {
        return Ok(None);
    }
    let c = Compiler::of_search(env);
    let parts = parts(&c, model, domain, Some(page.order.as_deref()))?;
    Ok(Some(Begun { parts, refused: c.refused() }))
}

/// A search as parts of a statement.
pub struct Parts {
    /// ` FROM …` with the joins that the order needs; the model's alias is its table's name.
    pub from: Sql,
    /// The condition: domain, archive filter, record rules.
    pub cond: Sql,
    /// The terms of the order.
    pub order: Order,
}

/// The parts of a search; `order` None: in no order at all.
pub fn parts(c: &Compiler<'_>, model: &Model, domain: &Domain, order: Option<Option<&str>>) -> Result<Parts> {
    if model.is_abstract {
        return Err(Error::user(format!("{} is abstract: it has no records", model.name)));
    }
    let alias = c.alias(model);
    let cond = c.filtered(model, &alias, domain)?;
    let order = match order {
        None => Order::default(),
        Some(o) => {
            let o = o.filter(|o| !o.is_empty()).unwrap_or(&model.order);
            order::compile(c.env, model, &alias, o, false)?
        }
    };
    let mut from = Sql::of(" FROM ").ident(&model.table).raw(" AS ").ident(&alias);
    for j in &order.joins {
        from = from.sql(j.clone());
    }
    Ok(Parts { from, cond, order })
}

/// ` FROM … WHERE …` of a search and its order; the model's alias is its table's name.
pub fn from_where(
    c: &Compiler<'_>,
    model: &Model,
    domain: &Domain,
    order: Option<Option<&str>>,
) -> Result<(Sql, Order)> {
    let p = parts(c, model, domain, order)?;
    Ok((p.from.raw(" WHERE ").sql(p.cond), p.order))
}

/// Adds ORDER BY.
pub fn ordered(sql: Sql, order: Order) -> Sql {
    if order.terms.is_empty() { sql } else { sql.raw(" ORDER BY ").sql(Sql::join(", ", order.terms)) }
}

/// Adds LIMIT and OFFSET. 0 and none mean no limit, as in Odoo.
pub fn paged(mut sql: Sql, limit: Option<i64>, offset: i64) -> Result<Sql> {
    let limit = limit.filter(|l| *l != 0);
    if limit.is_some_and(|l| l < 0) {
        return Err(Error::new(crate::error::Kind::Db, "LIMIT must not be negative\n")
            .named("psycopg2.errors.InvalidRowCountInLimitClause"));
    }
    if offset < 0 {
        return Err(Error::new(crate::error::Kind::Db, "OFFSET must not be negative\n")
            .named("psycopg2.errors.InvalidRowCountInResultOffsetClause"));
    }
    match limit {
        Some(l) => sql = sql.raw(" LIMIT ").int(l),
        None if offset > 0 => sql = sql.either("", " LIMIT -1"),
        None => {}
    }
    if offset > 0 {
        sql = sql.raw(" OFFSET ").int(offset);
    }
    Ok(sql)
}

/// Which of `ids` exist, in their order.
pub fn exists(env: &Env, model: &Model, ids: &[i64]) -> Result<Vec<i64>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = Sql::of("SELECT id FROM ").ident(&model.table).raw(" WHERE id").ids(ids);
    let found: std::collections::HashSet<i64> =
        env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    Ok(ids.iter().copied().filter(|i| found.contains(i)).collect())
}
