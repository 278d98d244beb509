//! What the expressions of a view name.

use crate::error::Result;
use crate::schema::arch::Element;
use crate::schema::pyexpr;

/// Attributes that hold conditions on the record.
pub const CONDITIONS: [&str; 4] = ["column_invisible", "invisible", "readonly", "required"];

/// What an expression of a view may name beside fields: the browser knows these.
pub const KNOWN: [&str; 23] = [
    "uid",
    "id",
    "context",
    "allowed_company_ids",
    "current_company_id",
    "parent",
    "time",
    "datetime",
    "relativedelta",
    "context_today",
    "today",
    "now",
    "current_date",
    "set",
    "bool",
    "min",
    "max",
    "true",
    "false",
    "active_id",
    "active_ids",
    "active_model",
    "companies",
];

/// The conditions of an element: attribute and expression.
pub fn conditions(e: &Element) -> impl Iterator<Item = (&str, &str)> {
    let is = |name: &str| CONDITIONS.contains(&name) || name.starts_with("decoration-");
    e.attributes.iter().filter(move |(k, _)| is(k)).map(|(k, v)| (k.as_str(), v.as_str()))
}

/// Names in an expression: (own, those of the record around it).
pub fn split(expression: &str) -> Result<(Vec<String>, Vec<String>)> {
    let parsed = pyexpr::parse(expression)?;
    let (mut own, mut above) = (Vec::new(), Vec::new());
    for path in parsed.names() {
        match path.as_slice() {
            ["parent", name, ..] => above.push((*name).to_owned()),
            [first, ..] => own.push((*first).to_owned()),
            [] => {}
        }
    }
    Ok((own, above))
}
