//! Orders: `"priority desc, stage_id, date_deadline asc nulls first"` as SQL.

use super::env::Env;
use super::expr;
use super::field::{Field, Kind, Source};
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
    /// Field name; quotes would be part of it.
    pub field: String,
    /// What follows a point: a property, or `id` of a many2one.
    pub sub: Option<String>,
    /// Descending.
    pub desc: bool,
    /// Said explicitly: nulls first or last.
    pub nulls_first: Option<bool>,
}

/// Reads an order; Odoo's UserError for what is none.
///
/// ```text
/// term = field [ "." name ] [ ":" name ] [ "asc" | "desc" ] [ "nulls first" | "nulls last" ]
/// ```
/// What a `:` is followed by says nothing here.
pub fn parse(order: &str) -> Result<Vec<Term>> {
    order.split(',').map(|part| term(part).ok_or_else(|| invalid(order))).collect()
}

fn invalid(order: &str) -> Error {
    Error::user(format!(
        "Invalid \"order\" specified ({order}). A valid \"order\" specification is a comma-separated list of \
         valid field names (optionally followed by asc/desc for the direction)"
    ))
}

fn term(part: &str) -> Option<Term> {
    let mut words = part.split_whitespace();
    let (name, func) = match words.next()?.split_once(':') {
        Some((name, func)) => (name, Some(func)),
        None => (part.split_whitespace().next()?, None),
    };
    let (field, sub) = match name.split_once('.') {
        Some((field, sub)) => (field, Some(sub)),
        None => (name, None),
    };
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let bare = field.strip_prefix('"').and_then(|f| f.strip_suffix('"')).unwrap_or(field);
    let letters = |w: &str| word(w) && !w.contains(|c: char| c.is_ascii_digit());
    if !word(bare) || !sub.is_none_or(word) || !func.is_none_or(letters) {
        return None;
    }
    let lower: Vec<String> = words.map(str::to_lowercase).collect();
    let mut rest: &[String] = &lower;
    let mut term =
        Term { field: field.to_owned(), sub: sub.map(str::to_owned), desc: false, nulls_first: None };
    if let [dir, more @ ..] = rest
        && (dir == "asc" || dir == "desc")
    {
        term.desc = dir == "desc";
        rest = more;
    }
    match rest {
        [] => {}
        [n, w] if n == "nulls" && (w == "first" || w == "last") => term.nulls_first = Some(w == "first"),
        _ => return None,
    }
    Some(term)
}

/// SQL of `order` over `alias`; `reverse` turns every direction round.
pub fn compile(env: &Env, model: &Model, alias: &str, order: &str, reverse: bool) -> Result<Order> {
    let mut out = Order::default();
    add(env, model, alias, order, reverse, &mut out, &[])?;
    Ok(out)
}

/// The many2ones that led here: a hierarchy ordered by itself would never end.
type Seen<'a> = [(&'a str, &'a str)];

fn add(
    env: &Env,
    model: &Model,
    alias: &str,
    order: &str,
    reverse: bool,
    out: &mut Order,
    seen: &Seen<'_>,
) -> Result<()> {
    for mut term in parse(order)? {
        term.desc ^= reverse;
        term.nulls_first = term.nulls_first.map(|first| first != reverse);
        if let Some(by) = model.order_of(&term.field).filter(|_| term.sub.is_none()) {
            let expr = by(env, alias);
            out.push(expr, &term, env);
            continue;
        }
        let field = expr::known(model, &term.field)?;
        if field.kind == Kind::Many2one {
            many2one(env, (model, alias, field), &term, out, seen)?;
            continue;
        }
        let (value, _) = expr::of(env, model, alias, field, &mut out.joins)?;
        if let (Some(sub), false) = (&term.sub, is_through(field)) {
            if field.kind != Kind::Properties {
                return Err(no_such(model, &term));
            }
            for part in env.dialect().json_order(value, sub) {
                out.push(part, &term, env);
            }
            continue;
        }
        let value = match field.kind {
            Kind::Boolean => Sql::of("COALESCE(").sql(value).raw(", FALSE)"),
            _ => value,
        };
        out.push(value, &term, env);
    }
    Ok(())
}

/// Ordered as its comodel is, but by its id where that is asked for.
fn many2one(
    env: &Env,
    (model, alias, field): (&Model, &str, &Field),
    term: &Term,
    out: &mut Order,
    seen: &Seen<'_>,
) -> Result<()> {
    if seen.contains(&(&model.name, &field.name)) {
        return Ok(());
    }
    let comodel = env.model(&field.relation)?;
    let by_id = term.sub.as_deref().is_some_and(|sub| sub == "id");
    let (link, _) = expr::of(env, model, alias, field, &mut out.joins)?;
    if !by_id && let Some(sub) = &term.sub {
        return Err(match is_through(field) {
            // Odoo makes the alias of the join from it
            true => Error::assertion(format!(
                "{} invalid for SQL.identifier()",
                py_str(&format!("{alias}__{}.{sub}", term.field))
            )),
            false => no_such(model, term),
        });
    }
    if by_id || comodel.order == "id" {
        out.push(link, term, env);
        return Ok(());
    }
    if let Some(first) = term.nulls_first {
        out.exprs.push(link.clone());
        let empty = if first { " IS NOT NULL)" } else { " IS NULL)" };
        out.terms.push(Sql::of("(").sql(link.clone()).raw(empty));
    }
    let joined = format!("{alias}__{}", field.name);
    expr::join_record(&mut out.joins, comodel, &joined, link);
    let seen = [&[(model.name.as_str(), field.name.as_str())], seen].concat();
    add(env, comodel, &joined, &comodel.order, term.desc, out, &seen)
}

/// Whether its value is another field's: what follows its name in an order is then not looked at.
fn is_through(field: &Field) -> bool {
    !field.store && matches!(field.source, Source::Related(_))
}

fn no_such(model: &Model, term: &Term) -> Error {
    let path = py_str(&format!("{}.{}", term.field, term.sub.as_deref().unwrap_or_default()));
    Error::value(format!("Invalid field {path} on model {}", py_str(&model.name)))
}

impl Order {
    fn push(&mut self, expr: Sql, term: &Term, env: &Env) {
        self.exprs.push(expr.clone());
        self.terms.push(directed(expr, term.desc, term.nulls_first, env));
    }
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
