//! Conditions on other records, reached by a link: as a join, as EXISTS, or as IN, whichever the database does best.

use super::Domain;
use super::compile::Compiler;
use crate::db::{Dialect, IdCount, Sql};
use crate::error::Result;
use crate::orm::env::Env;
use crate::orm::expr;
use crate::orm::field::{Field, Relation};
use crate::orm::model::Model;
use std::cell::RefCell;
use std::rc::Rc;

/// What stands around a condition within its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// It must hold.
    And,
    /// It is one of several ways.
    Or,
    /// It must not hold.
    Not,
}

/// How far the records behind a link are held back from who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// As in a search: by rights, rules and what is archived.
    Searched,
    /// By what is archived alone: lines that are joined (Odoo's `auto_join`).
    Listed,
    /// By nothing: a record that is joined.
    Joined,
}

/// Records behind a link, and which of them are meant.
pub(super) struct Beyond<'a> {
    pub env: &'a Env,
    pub model: &'a Model,
    pub domain: &'a Domain,
    pub entry: Entry,
}

impl<'a> Beyond<'a> {
    /// Those that a search finds.
    pub fn new(env: &'a Env, model: &'a Model, domain: &'a Domain) -> Beyond<'a> {
        Beyond { env, model, domain, entry: Entry::Searched }
    }
}

/// PostgreSQL cuts longer names off.
const NAME_MAX: usize = 60;

/// That few rows are looked at, and what of other tables may be joined to them: `(alias, LEFT JOIN …)`.
#[derive(Debug, Clone, Default)]
pub struct Few {
    joins: Option<Rc<RefCell<Vec<(String, Sql)>>>>,
    /// How many rows, where it is known.
    count: Option<IdCount>,
    /// Whatever takes a subquery to find out counts as not so.
    only_sure: bool,
}

impl Few {
    /// The statement is about so many rows and takes joins.
    pub fn joining(count: IdCount) -> Few {
        Few { joins: Some(Rc::default()), count: Some(count), only_sure: false }
    }

    /// The statement takes joins, and looks no further: rows that it finds match, but others may match too.
    pub fn sure(count: IdCount) -> Few {
        Few { only_sure: true, ..Few::joining(count) }
    }

    /// What the condition wants joined, in order.
    pub fn joins(&self) -> Vec<(String, Sql)> {
        self.joins.as_ref().map_or(Vec::new(), |joins| joins.borrow().clone())
    }
}

impl Compiler<'_> {
    /// Whether what takes a subquery to find out counts as not so.
    pub(super) fn only_sure(&self) -> bool {
        self.few.as_ref().is_some_and(|few| few.only_sure)
    }

    /// The condition, or FALSE where it looks further than it may. Not below a NOT, which would turn that round.
    pub(super) fn sure(&self, cond: Sql) -> Sql {
        let further = self.only_sure() && self.around.get() != Around::Not && cond.looks_further();
        if further { Sql::of("FALSE") } else { cond }
    }

    /// Writes what stands within `around`.
    pub(super) fn within<T>(&self, around: Around, f: impl FnOnce() -> T) -> T {
        let outer = self.around.replace(around);
        let done = f();
        self.around.set(outer);
        done
    }

    /// Whether other records are looked at row by row (EXISTS), rather than all of them listed first (IN).
    ///
    /// PostgreSQL plans EXISTS as well as IN, and where it stands below an OR much better: listing all projects to
    /// read one task takes longer than all the rest. SQLite drives a search by an IN that must hold (it never does by
    /// EXISTS), but below an OR lists it in vain too. Under NOT it stays IN, whose answer for an empty column is NULL.
    fn row_by_row(&self) -> bool {
        match (self.around.get(), self.env.dialect()) {
            (Around::Not, _) => false,
            (_, Dialect::Postgres) => true,
            _ if self.few.is_some() => true,
            (around, Dialect::Sqlite) => around == Around::Or,
        }
    }

    /// `outer IN (SELECT column FROM model WHERE domain)`, or what is the same.
    pub(super) fn linked(&self, outer: Sql, negate: bool, beyond: &Beyond<'_>, column: &str) -> Result<Sql> {
        let model = beyond.model;
        let alias = self.alias(model);
        // within a subquery nothing can be joined to the rows outside
        let inner = self.inner(beyond.env, self.few.as_ref().map(|_| Few::default()));
        let cond = inner.entered(&alias, beyond)?;
        self.after(&inner);
        let from = Sql::of(" FROM ").ident(&model.table).raw(" AS ").ident(&alias).raw(" WHERE ");
        Ok(self.related_rows(negate, from, Sql::new().col(&alias, column), outer, cond))
    }

    /// The records at `alias` that are linked to others by a many2many; `others` says to which, of their column.
    pub(super) fn linked_by(
        &self,
        alias: &str,
        m: &Relation,
        negate: bool,
        others: impl FnOnce(Sql) -> Result<Sql>,
    ) -> Result<Sql> {
        let links = format!("{}__{}", m.table, self.number());
        let from = Sql::of(" FROM ").ident(&m.table).raw(" AS ").ident(&links).raw(" WHERE ");
        let cond = others(Sql::new().col(&links, &m.other))?;
        let (column, outer) = (Sql::new().col(&links, &m.own), Sql::new().col(alias, "id"));
        Ok(Sql::of("(").sql(self.related_rows(negate, from, column, outer, cond)).raw(")"))
    }

    /// `[NOT] EXISTS (SELECT 1 from column = outer AND cond)`, or `outer [NOT] IN (SELECT column from cond)`.
    fn related_rows(&self, negate: bool, from: Sql, column: Sql, outer: Sql, cond: Sql) -> Sql {
        if self.row_by_row() {
            // keeps PostgreSQL from reading the whole other table into a hash for the sake of a few rows
            let end = if self.few.is_some() { " OFFSET 0)" } else { ")" };
            let exists = Sql::of(if negate { "NOT EXISTS (SELECT 1" } else { "EXISTS (SELECT 1" });
            return exists
                .sql(from)
                .sql(column)
                .raw(" = ")
                .sql(outer)
                .raw(" AND ")
                .sql(cond)
                .either(end, ")");
        }
        let listed = outer.raw(if negate { " NOT IN (SELECT " } else { " IN (SELECT " });
        listed.sql(column).sql(from).sql(cond).raw(")")
    }

    /// A many2one whose record matches `sub`; negated, an empty one does too.
    pub(super) fn many_to_one(
        &self,
        (model, alias, field): (&Model, &str, &Field),
        sub: &Domain,
        negate: bool,
        (env, entry): (&Env, Entry),
    ) -> Result<Sql> {
        let comodel = self.env.model(&field.relation)?;
        let beyond = Beyond { entry, ..Beyond::new(env, comodel, sub) };
        let col = self.column(model, alias, field)?;
        if let Some(joined) = self.join(alias, field, comodel, &col) {
            // the other way round, what is not sure would count as so
            let few = self.few.clone().map(|few| Few { only_sure: few.only_sure && !negate, ..few });
            let inner = self.inner(env, few);
            let cond = inner.entered(&joined, &beyond)?;
            self.after(&inner);
            if !negate && cond == Sql::of("FALSE") {
                return Ok(cond);
            }
            let holds = Sql::of("(").col(&joined, "id").raw(" IS NOT NULL AND ").sql(cond).raw(")");
            return Ok(if negate { Sql::of("(").sql(holds).raw(" IS NOT TRUE)") } else { holds });
        }
        let cond = self.linked(col.clone(), negate, &beyond, "id")?;
        Ok(match (negate, self.row_by_row()) {
            (true, false) => Sql::of("(").sql(cond).raw(" OR ").sql(col).raw(" IS NULL)"),
            _ => Sql::of("(").sql(cond).raw(")"),
        })
    }

    /// Joins the record behind a many2one, where the statement takes joins: the one that brings its name, if there is
    /// such, does for both.
    fn join(&self, alias: &str, field: &Field, comodel: &Model, col: &Sql) -> Option<String> {
        let few = self.few.as_ref()?;
        let joins = few.joins.as_ref()?;
        let joined = format!("{alias}_{}", field.name);
        if self.around.get() == Around::Not || joined.len() > NAME_MAX {
            return None;
        }
        let mut joins = joins.borrow_mut();
        if !joins.iter().any(|(alias, _)| *alias == joined) {
            let join = expr::join_for(self.env, few.count, comodel, &joined, col.clone());
            joins.push((joined.clone(), join));
        }
        Some(joined)
    }
}
