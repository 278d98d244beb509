//! Python's words for arguments that do not fit, for the functions of the services and the JSON routes.
//!
//! Clients were written against these texts; some find out by them which method a server has.

use crate::error::{Error, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, Map};

/// Checks named arguments: all of `required` must be there, others are ignored as Odoo's routes ignore them.
pub fn require(function: &str, required: &[&str], given: &Map) -> Result<()> {
    let missing: Vec<&str> = required.iter().copied().filter(|name| !given.contains_key(*name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing_arguments(function, &missing)) }
}

/// Checks the number of positional arguments: `required` by name, then `optional` more at most.
pub fn positional(function: &str, required: &[&str], optional: usize, given: usize) -> Result<()> {
    if given < required.len() {
        return Err(missing_arguments(function, &required[given..]));
    }
    let (least, most) = (required.len(), required.len() + optional);
    if given <= most {
        return Ok(());
    }
    let takes = if optional == 0 { most.to_string() } else { format!("from {least} to {most}") };
    let plural = if most == 1 { "" } else { "s" };
    let were = if given == 1 { "was" } else { "were" };
    Err(Error::type_error(format!(
        "{function}() takes {takes} positional argument{plural} but {given} {were} given"
    )))
}

/// `f() missing 2 required positional arguments: 'a' and 'b'`.
pub fn missing_arguments(function: &str, names: &[&str]) -> Error {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    let count = names.len();
    Error::type_error(format!("{function}() missing {count} required positional argument{plural}: {list}"))
}

/// Python's `*value`.
pub fn spread(value: Json) -> Result<Vec<Json>> {
    match value {
        Json::Array(items) => Ok(items),
        Json::String(text) => Ok(text.chars().map(|c| Json::String(c.into())).collect()),
        Json::Object(map) => Ok(map.into_iter().map(|(key, _)| Json::String(key)).collect()),
        other => {
            Err(Error::type_error(format!("Value after * must be an iterable, not {}", py_type(&other))))
        }
    }
}

/// Python's `**(value or {})`.
pub fn keywords(function: &str, value: Json) -> Result<Map> {
    match value {
        Json::Object(map) => Ok(map),
        other if crate::value::json_is_falsy(&other) => Ok(Map::new()),
        other => {
            let kind = py_type(&other);
            Err(Error::type_error(format!("{function}() argument after ** must be a mapping, not {kind}")))
        }
    }
}

/// Python's `int(value)`.
pub fn int(value: &Json) -> Result<i64> {
    let bad = |text: &str| {
        Error::value(format!("invalid literal for int() with base 10: {}", crate::value::py_str(text)))
    };
    match value {
        Json::Bool(b) => Ok(i64::from(*b)),
        Json::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Ok(i),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "Python truncates too, and the range is checked"
            )]
            (None, Some(f)) if f.abs() < 9e18 => Ok(f as i64),
            _ => Err(Error::new(crate::error::Kind::Overflow, "Python int too large to convert to C long")),
        },
        Json::String(s) => s.trim().parse().map_err(|_| bad(s)),
        other => Err(Error::type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            py_type(other)
        ))),
    }
}

/// A name that should be a text; what is none becomes one that no service, model or method has.
pub fn text(value: Option<Json>) -> String {
    match value {
        Some(Json::String(text)) => text,
        Some(other) => crate::value::py_repr(&other),
        None => String::new(),
    }
}
