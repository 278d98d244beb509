//! From the prefix form to the tree, with Odoo's refusals of what is no domain.

use super::{Domain, Leaf};
use crate::error::{Error, Kind, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, json_is_falsy, py_repr};

/// Operators a leaf may have.
pub const OPERATORS: &[&str] = &[
    "=",
    "!=",
    "<=",
    "<",
    ">",
    ">=",
    "=?",
    "=like",
    "=ilike",
    "like",
    "not like",
    "ilike",
    "not ilike",
    "in",
    "not in",
    "child_of",
    "parent_of",
    "any",
    "not any",
];

/// The operator that matches what this one does not; None where there is none.
pub fn opposite(op: &str) -> Option<&'static str> {
    Some(match op {
        "<" => ">=",
        ">" => "<=",
        "<=" => ">",
        ">=" => "<",
        "=" => "!=",
        "!=" => "=",
        "in" => "not in",
        "not in" => "in",
        "like" => "not like",
        "not like" => "like",
        "ilike" => "not ilike",
        "not ilike" => "ilike",
        "any" => "not any",
        "not any" => "any",
        _ => return None,
    })
}

/// Whether the operator says what must not be.
pub fn is_negative(op: &str) -> bool {
    matches!(op, "!=" | "not like" | "not ilike" | "not in" | "not any")
}

/// A domain that a client must give: nothing is none.
pub fn given(json: &Json) -> Result<&Json> {
    if json.is_array() { Ok(json) } else { Err(not_a_domain()) }
}

/// What Odoo says of a value that is no list of terms.
pub fn not_a_domain() -> Error {
    Error::assertion("Domains to normalize must have a 'domain' form: a list or tuple of domain components")
}

/// The tree of a prefix-form domain; of one that can find nothing no more than that.
pub fn parse(json: &Json) -> Result<Domain> {
    if let Json::Array(terms) = json {
        check_arity(terms)?;
        if verdict(terms) == Some(-1) {
            return Ok(Domain::False);
        }
    }
    terms(json)
}

/// The tree of a prefix-form domain, whatever it finds.
pub(super) fn terms(json: &Json) -> Result<Domain> {
    let terms = match json {
        Json::Array(a) => a,
        Json::Null | Json::Bool(false) => return Ok(Domain::True),
        Json::String(s) if s.is_empty() => return Ok(Domain::True),
        _ => return Err(not_a_domain()),
    };
    check_arity(terms)?;
    let mut at = 0;
    let mut all = Domain::True;
    while at < terms.len() {
        all = all.and(term(terms, &mut at, false)?);
    }
    Ok(all)
}

/// Whether nothing (-1) or everything (1) can match, by the shape of the terms alone; 0: that is not known. Odoo's
/// `is_false`, for which a search then asks nothing more. None: what is wrong with the terms is told elsewhere.
fn verdict(terms: &[Json]) -> Option<i8> {
    let mut stack: Vec<i8> = Vec::new();
    for term in terms.iter().rev() {
        let value = match term {
            Json::String(op) if op == "!" => -stack.pop()?,
            Json::String(op) if op == "&" => stack.pop()?.min(stack.pop()?),
            Json::String(op) if op == "|" => stack.pop()?.max(stack.pop()?),
            Json::Array(parts) => match parts.as_slice() {
                [left, Json::String(op), value] => match op.as_str() {
                    "=" if left.as_i64() == Some(1) && value.as_i64() == Some(1) => 1,
                    "=" if left.as_i64() == Some(0) && value.as_i64() == Some(1) => -1,
                    "in" if json_is_falsy(value) => -1,
                    "not in" if json_is_falsy(value) => 1,
                    _ => 0,
                },
                _ => return None,
            },
            _ => return None,
        };
        stack.push(value);
    }
    // what no operator joins is joined by "&"
    stack.into_iter().min()
}

/// Counts operators against terms before any leaf is looked at, as Odoo does; the text names the whole domain.
fn check_arity(terms: &[Json]) -> Result<()> {
    let mut expected = 1_i64;
    for t in terms {
        expected = expected.max(1);
        match t {
            Json::Array(leaf) => {
                expected -= 1;
                if let [_, Json::String(op), sub] = leaf.as_slice()
                    && (op == "any" || op == "not any")
                {
                    check_sub(sub)?;
                }
            }
            Json::String(s) if s == "!" => {}
            Json::String(s) if s == "&" || s == "|" => expected += 1,
            _ => return Ok(()),
        }
    }
    if expected > 0 && !terms.is_empty() {
        let all = py_repr(&Json::Array(terms.to_vec()));
        return Err(Error::value(format!("Domain {all} is syntactically not correct.")));
    }
    Ok(())
}

/// What `any` says of other records must be a domain, however deep it stands.
fn check_sub(sub: &Json) -> Result<()> {
    match sub {
        Json::Array(terms) => check_arity(terms),
        // the model of a reference by number stands beside it
        Json::Object(_) => Ok(()),
        _ => Err(not_a_domain()),
    }
}

/// One term; `negate` when an odd number of `!` stands before it.
fn term(terms: &[Json], at: &mut usize, negate: bool) -> Result<Domain> {
    let t = terms.get(*at).ok_or_else(|| {
        Error::value(format!(
            "Domain {} is syntactically not correct.",
            py_repr(&Json::Array(terms.to_vec()))
        ))
    })?;
    *at += 1;
    match t {
        Json::String(s) if s == "!" => term(terms, at, !negate),
        Json::String(s) if s == "&" || s == "|" => {
            let a = term(terms, at, negate)?;
            let b = term(terms, at, negate)?;
            Ok(if (s == "&") == negate { a.or(b) } else { a.and(b) })
        }
        Json::Array(parts) => leaf(parts, negate),
        // Python would take a text's letters for the parts of a leaf
        Json::String(_) => Err(Error::new(Kind::Index, "string index out of range")),
        other => Err(Error::type_error(format!("'{}' object is not subscriptable", py_type(other)))),
    }
}

fn leaf(parts: &[Json], negate: bool) -> Result<Domain> {
    let tuple = || {
        let inner: Vec<_> = parts.iter().map(py_repr).collect();
        format!("({})", inner.join(", "))
    };
    let (left, op, value) = match parts {
        [left, Json::String(op), value] => (left, op, value),
        [] | [_] => return Err(Error::new(Kind::Index, "tuple index out of range")),
        [_, _] => return Err(Error::value("not enough values to unpack (expected 3, got 2)")),
        [_, _, _] => return Err(Error::value(format!("Invalid leaf {}", tuple()))),
        _ => return Err(Error::value("too many values to unpack (expected 3)")),
    };
    let lower = op.to_lowercase();
    let op = if lower == "<>" { "!=" } else { lower.as_str() };
    if let (Some(l), "=", Some(1)) = (left.as_i64(), op, value.as_i64())
        && (l == 0 || l == 1)
    {
        return Ok(if (l == 1) == negate { Domain::False } else { Domain::True });
    }
    let Json::String(path) = left else {
        return Err(Error::attribute(format!("'{}' object has no attribute 'split'", py_type(left))));
    };
    if !OPERATORS.contains(&op) {
        // that is found out at the end of the path
        let end = Json::String(path.rsplit('.').next().unwrap_or(path).to_owned());
        let parts: Vec<_> = [&end].into_iter().chain(&parts[1..]).map(py_repr).collect();
        return Err(Error::value(format!("Invalid leaf ({})", parts.join(", "))));
    }
    let op = match (op, value) {
        ("in", Json::Bool(_)) => "=",
        ("not in", Json::Bool(_)) => "!=",
        ("=", Json::Array(_)) => "in",
        ("!=", Json::Array(_)) => "not in",
        (op, _) => op,
    };
    let make = |op: &str| Domain::Leaf(Leaf { path: path.clone(), op: op.to_owned(), value: value.clone() });
    if !negate {
        return Ok(make(op));
    }
    if op == "=?" && !path.contains('.') {
        let none = matches!(value, Json::Null) || json_is_falsy(value);
        return Ok(if none { Domain::False } else { make("!=") });
    }
    Ok(match opposite(op) {
        // of a path, no corecord may match: not the same as one that does not
        Some(o) if !path.contains('.') => make(o),
        _ => Domain::Not(Box::new(make(op))),
    })
}
