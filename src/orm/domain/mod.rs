//! Domains: how clients say which records they mean.
//!
//! ```text
//! domain = "[" { term } "]"                        terms without operator are joined by "&"
//! term   = "&" term term | "|" term term | "!" term | leaf
//! leaf   = "[" path "," operator "," value "]"     also (1,"=",1) and (0,"=",1)
//! path   = field { "." field }
//! ```
//! [`parse`] reads the prefix form and pushes `!` down to the leaves, so that [`compile`] sees few shapes.

pub mod combine;
pub mod compile;
mod hierarchy;
pub mod link;
mod operand;
pub mod parse;
mod paths;
mod scalar;
mod simplify;

use crate::error::Result;
use crate::value::{Json, py_repr, py_str};

/// A domain as a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Everything.
    True,
    /// Nothing.
    False,
    /// All of them.
    And(Vec<Domain>),
    /// One of them.
    Or(Vec<Domain>),
    /// Not this one; only over leaves whose operator has no opposite.
    Not(Box<Domain>),
    /// One comparison.
    Leaf(Leaf),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// Field, or path of fields.
    pub path: String,
    /// Operator in lower case.
    pub op: String,
    /// The value as sent.
    pub value: Json,
}

impl Leaf {
    /// As Python prints the tuple.
    pub fn repr(&self) -> String {
        format!("({}, {}, {})", py_str(&self.path), py_str(&self.op), py_repr(&self.value))
    }
}

impl Domain {
    /// One comparison.
    pub fn leaf(path: &str, op: &str, value: Json) -> Domain {
        Domain::Leaf(Leaf { path: path.into(), op: op.into(), value })
    }
    /// `path in ids`.
    pub fn in_ids(path: &str, ids: &[i64]) -> Domain {
        Domain::leaf(path, "in", Json::from(ids))
    }
    /// Both.
    #[must_use]
    pub fn and(self, other: Domain) -> Domain {
        match (self, other) {
            (Domain::True, d) | (d, Domain::True) => d,
            (Domain::False, _) | (_, Domain::False) => Domain::False,
            (Domain::And(mut a), Domain::And(b)) => {
                a.extend(b);
                Domain::And(a)
            }
            (Domain::And(mut a), d) => {
                a.push(d);
                Domain::And(a)
            }
            (a, b) => Domain::And(vec![a, b]),
        }
    }
    /// Either.
    #[must_use]
    pub fn or(self, other: Domain) -> Domain {
        match (self, other) {
            (Domain::True, _) | (_, Domain::True) => Domain::True,
            (Domain::False, d) | (d, Domain::False) => d,
            (Domain::Or(mut a), d) => {
                a.push(d);
                Domain::Or(a)
            }
            (a, b) => Domain::Or(vec![a, b]),
        }
    }
    /// The prefix form again.
    pub fn to_json(&self) -> Json {
        let mut out = Vec::new();
        self.push_json(&mut out);
        Json::Array(out)
    }
    fn push_json(&self, out: &mut Vec<Json>) {
        let many = |op: &str, v: &[Domain], out: &mut Vec<Json>| {
            for _ in 1..v.len() {
                out.push(op.into());
            }
            for d in v {
                d.push_json(out);
            }
        };
        match self {
            Domain::True => out.push(serde_json::json!([1, "=", 1])),
            Domain::False => out.push(serde_json::json!([0, "=", 1])),
            Domain::And(v) => many("&", v, out),
            Domain::Or(v) => many("|", v, out),
            Domain::Not(d) => {
                out.push("!".into());
                d.push_json(out);
            }
            Domain::Leaf(l) => out.push(serde_json::json!([l.path, l.op, l.value])),
        }
    }
    /// Calls `f` with every path that occurs.
    pub fn each_path(&self, f: &mut dyn FnMut(&str)) {
        match self {
            Domain::And(v) | Domain::Or(v) => v.iter().for_each(|d| d.each_path(f)),
            Domain::Not(d) => d.each_path(f),
            Domain::Leaf(l) => f(&l.path),
            Domain::True | Domain::False => {}
        }
    }
}

/// What can be given where a domain is wanted.
pub trait IntoDomain {
    /// The tree, or the error Odoo gives for what is no domain.
    fn into_domain(self) -> Result<Domain>;
}

impl IntoDomain for Domain {
    fn into_domain(self) -> Result<Domain> {
        Ok(self)
    }
}
impl IntoDomain for &Domain {
    fn into_domain(self) -> Result<Domain> {
        Ok(self.clone())
    }
}
impl IntoDomain for Json {
    fn into_domain(self) -> Result<Domain> {
        parse::parse(&self)
    }
}
impl IntoDomain for &Json {
    fn into_domain(self) -> Result<Domain> {
        parse::parse(self)
    }
}
