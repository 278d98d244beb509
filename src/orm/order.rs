//! Orders: `"priority desc, stage_id, date_deadline asc nulls first"` as SQL.

use super::columns;
use super::domain::compile::Compiler;
use super::env::Env;
use super::field::Kind;
use super::model::Model;
use crate::db::Sql;
use crate::error::{Error, Result};
use crate::value::py_str;

/// ORDER BY and the joins it needs.
#[derive(Debug, Default)]
pub struct Order {
    /// LEFT JOINs, in order.
    pub joins: Vec<Sql>,
    /// Terms.
    pub terms: Vec<Sql>,
    /// The terms without their direction.
    pub exprs: Vec<Sql>,
}

/// One term of an order, as written.
#[derive(Debug, Clone)]
pub struct Term {
    /// Field name, perhaps `field.id` or `field.sub`.
    pub field: String,
    /// Descending.
    pub desc: bool,
    /// Said explicitly: nulls first or last.
    pub nulls_first: Option<bool>,
}

/// Reads an order; Odoo's UserError for what is none.
pub fn parse(order: &str) -> Result<Vec<Term>> {
    let bad = || {
        Error::user(format!(
            "Invalid \"order\" specified ({order}). A valid \"order\" specification is a comma-separated list of \
             valid field names (optionally followed by asc/desc for the direction)"
        ))
    };
    let mut terms = Vec::new();
    for part in order.split(',') {
        let words: Vec<&str> = part.split_whitespace().collect();
        let (field, rest) = words.split_first().ok_or_else(bad)?;
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
        if !field.chars().all(valid) || field.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return Err(bad());
        }
        let lower: Vec<String> = rest.iter().map(|w| w.to_lowercase()).collect();
        let mut rest: &[String] = &lower;
        let mut term = Term { field: (*field).to_owned(), desc: false, nulls_first: None };
        if let [dir, more @ ..] = rest
            && (dir == "asc" || dir == "desc")
        {
            term.desc = dir == "desc";
            rest = more;
        }
        match rest {
            [] => {}
            [n, w] if n == "nulls" && (w == "first" || w == "last") => term.nulls_first = Some(w == "first"),
            _ => return Err(bad()),
        }
        terms.push(term);
    }
    Ok(terms)
}

/// SQL of `order` over `alias`; `reverse` turns every direction round.
pub fn compile(c: &Compiler<'_>, model: &Model, alias: &str, order: &str, reverse: bool) -> Result<Order> {
    let mut out = Order::default();
    let mut seen = Vec::new();
    add(c, model, alias, order, reverse, &mut out, &mut seen)?;
    Ok(out)
}

fn add(
    c: &Compiler<'_>,
    model: &Model,
    alias: &str,
    order: &str,
    reverse: bool,
    out: &mut Order,
    seen: &mut Vec<(String, String)>,
) -> Result<()> {
    for term in parse(order)? {
        let (name, sub) = match term.field.split_once('.') {
            Some((n, s)) => (n, Some(s)),
            None => (term.field.as_str(), None),
        };
        if sub.is_some_and(|s| s != "id") && model.has(name) {
            let path = py_str(&term.field);
            return Err(Error::value(format!("Invalid field {path} on model {}", py_str(&model.name))));
        }
        let field = model.fields.get(name).ok_or_else(|| {
            Error::value(format!("Invalid field {} on model {}", py_str(name), py_str(&model.name)))
        })?;
        super::access::check_field(c.env, model, field, 'r')?;
        let desc = term.desc != reverse;
        if !field.store
            && let super::field::Source::Related(path) = &field.source
        {
            // ordered by the field at the end of the path, through its links
            let (mut at, mut from) = (model, alias.to_owned());
            for step in &path[..path.len() - 1] {
                let link = at.field(step)?;
                let next = c.env.model(&link.relation)?;
                from = join(c, at, &from, link, next, out)?;
                at = next;
            }
            let nulls =
                term.nulls_first.map_or("", |first| if first { " nulls first" } else { " nulls last" });
            let inner = format!("{}{}{nulls}", path[path.len() - 1], if term.desc { " desc" } else { "" });
            add(c, at, &from, &inner, reverse, out, seen)?;
            continue;
        }
        if field.kind == Kind::Many2one && sub != Some("id") && field.store {
            if seen.contains(&(alias.to_owned(), name.to_owned())) {
                continue;
            }
            seen.push((alias.to_owned(), name.to_owned()));
            let comodel = c.env.model(&field.relation)?;
            let joined = join(c, model, alias, field, comodel, out)?;
            let next = sub.unwrap_or(&comodel.order);
            if let Some(first) = term.nulls_first {
                let nulls = Sql::of("(").col(alias, name).raw(" IS NULL)");
                out.exprs.push(Sql::new().col(alias, name));
                out.terms.push(nulls.raw(if first != reverse { " DESC" } else { "" }));
            }
            // below, a hierarchy ordered by itself would never end
            if comodel.name == model.name && next.contains(name) {
                out.exprs.push(Sql::new().col(alias, name));
                out.terms.push(directed(Sql::new().col(alias, name), desc, None, c.env));
            } else {
                add(c, comodel, &joined, next, desc, out, seen)?;
            }
            continue;
        }
        if sub.is_some() && field.kind != Kind::Many2one {
            return Err(Error::value(format!("Order a property field is not supported: {}", term.field)));
        }
        if let Some(by) = model.order_of(name) {
            let expr = by(c.env, alias);
            out.exprs.push(expr.clone());
            out.terms.push(directed(expr, desc, term.nulls_first.map(|n| n != reverse), c.env));
            continue;
        }
        if !field.has_column() {
            if field.kind.is_x2many() || field.is_computed() || field.attachment {
                return Err(Error::value(format!(
                    "Cannot convert {}.{} to SQL because it is not stored",
                    model.name, field.name
                )));
            }
            continue;
        }
        let mut expr = columns::read(c.env, model, alias, field)?;
        if field.kind == Kind::Boolean {
            expr = Sql::of("COALESCE(").sql(expr).raw(", FALSE)");
        }
        out.exprs.push(expr.clone());
        out.terms.push(directed(expr, desc, term.nulls_first.map(|n| n != reverse), c.env));
    }
    Ok(())
}

fn join(
    c: &Compiler<'_>,
    model: &Model,
    alias: &str,
    field: &super::field::Field,
    comodel: &Model,
    out: &mut Order,
) -> Result<String> {
    let joined = format!("{alias}__{}", field.name);
    let sql = Sql::of(" LEFT JOIN ")
        .ident(&comodel.table)
        .raw(" AS ")
        .ident(&joined)
        .raw(" ON ")
        .sql(columns::read(c.env, model, alias, field)?)
        .raw(" = ")
        .col(&joined, "id");
    if !out.joins.iter().any(|j| format!("{j:?}") == format!("{sql:?}")) {
        out.joins.push(sql);
    }
    Ok(joined)
}

/// PostgreSQL's rule on both: empty values come last when ascending, first when descending.
pub(super) fn directed(expr: Sql, desc: bool, nulls_first: Option<bool>, env: &Env) -> Sql {
    let d = env.dialect();
    match nulls_first {
        None => expr.raw(if desc { d.descending() } else { d.ascending() }),
        Some(first) => expr.raw(if desc { " DESC" } else { " ASC" }).raw(if first {
            " NULLS FIRST"
        } else {
            " NULLS LAST"
        }),
    }
}
