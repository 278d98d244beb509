//! What the paths of a domain lead to, looked at before anything is compiled: Odoo names the first field that there is
//! not, and goes through conditions in an order of its own.

use super::{Domain, Leaf, parse};
use crate::error::{Error, Result};
use crate::orm::env::Env;
use crate::orm::model::Model;

/// Refuses a path through a field that there is not.
pub(super) fn check(env: &Env, model: &Model, domain: &Domain) -> Result<()> {
    match domain {
        Domain::True | Domain::False => Ok(()),
        Domain::And(v) | Domain::Or(v) => v.iter().try_for_each(|d| check(env, model, d)),
        Domain::Not(d) => check(env, model, d),
        Domain::Leaf(l) => check_leaf(env, model, l),
    }
}

fn check_leaf(env: &Env, model: &Model, leaf: &Leaf) -> Result<()> {
    let (first, rest) = match leaf.path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (leaf.path.as_str(), None),
    };
    let field = model.fields.get(first).ok_or_else(|| {
        Error::value(format!("Invalid field {}.{first} in leaf {}", model.name, leaf.repr()))
    })?;
    match rest {
        Some(rest) if field.kind.is_relational() => {
            let further = Leaf { path: rest.to_owned(), ..leaf.clone() };
            check_leaf(env, env.model(&field.relation)?, &further)
        }
        _ if !is_any(&leaf.op) || leaf.value.is_object() => Ok(()),
        _ if !field.kind.is_relational() => Err(no_records()),
        _ => check(env, env.model(&field.relation)?, &parse::terms(&leaf.value)?),
    }
}

/// The refusal of `any` on a field that leads nowhere.
pub(super) fn no_records() -> Error {
    Error { arguments: Some(vec![crate::value::Json::Null]), ..Error::key_error("None") }
}

fn is_any(op: &str) -> bool {
    matches!(op, "any" | "not any")
}

/// Conditions on the record itself come first, then those on others, then those on none of the others.
pub(super) fn turn(model: &Model, d: &Domain) -> u8 {
    let (negated, leaf) = match d {
        Domain::Leaf(l) => (false, l),
        Domain::Not(d) => match &**d {
            Domain::Leaf(l) => (true, l),
            _ => return 0,
        },
        _ => return 0,
    };
    let path = leaf.path.split_once('.');
    let further = path.is_some_and(|(f, _)| model.fields.get(f).is_some_and(|f| f.kind.is_relational()));
    match further || is_any(&leaf.op) {
        false => 0,
        true if negated != (leaf.op == "not any" && path.is_none()) => 2,
        true => 1,
    }
}
