//! What a group-by, an aggregate or an order of `read_group` says.
//!
//! ```text
//! group     = field [ "." property ] [ ":" granularity ]
//! aggregate = field [ ":" function [ "(" field ")" ] ]      `name:function(field)` names its result
//! order     = term [ "asc" | "desc" ] [ "nulls" ( "first" | "last" ) ] { "," … }
//! ```

use crate::error::{Error, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, py_str};

/// A group-by or aggregate taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// As it is written.
    pub text: String,
    /// Field.
    pub field: String,
    /// Property of a properties field.
    pub property: Option<String>,
    /// Granularity or function.
    pub func: Option<String>,
}

/// Letters, digits and underscores at the start.
fn word(s: &str) -> (&str, &str) {
    let end = s.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(s.len());
    s.split_at(end)
}

/// Takes a specification apart; ValueError for what is none.
pub fn parse(text: &str) -> Result<Spec> {
    let bad = || {
        Error::value(format!(
            "Invalid aggregate/groupby specification {}.\n- Valid aggregate specification looks like \
             \"<field_name>:<agg>\" example: \"quantity:sum\".\n- Valid groupby specification looks like \
             \"<no_datish_field_name>\" or \"<datish_field_name>:<granularity>\" example: \"date:month\" or \
             \"<properties_field_name>.<property>:<granularity>\".",
            py_str(text)
        ))
    };
    let (field, mut rest) = word(text);
    let mut spec = Spec { text: text.to_owned(), field: field.to_owned(), property: None, func: None };
    if field.is_empty() {
        return Err(bad());
    }
    for (mark, slot) in [('.', &mut spec.property), (':', &mut spec.func)] {
        if let Some(after) = rest.strip_prefix(mark) {
            let (name, more) = word(after);
            if name.is_empty() {
                return Err(bad());
            }
            *slot = Some(name.to_owned());
            rest = more;
        }
    }
    if rest.is_empty() { Ok(spec) } else { Err(bad()) }
}

/// What `fields` of read_group asks for one result: its name, its function if said, the field if another.
pub fn parse_field(text: &str) -> Result<(String, Option<String>, Option<String>)> {
    let (name, rest) = word(text);
    if name.is_empty() {
        return Err(Error::value(format!("Invalid field specification {}.", py_str(text))));
    }
    let Some(after) = rest.strip_prefix(':') else { return Ok((name.to_owned(), None, None)) };
    let (func, rest) = word(after);
    if func.is_empty() {
        return Ok((name.to_owned(), None, None));
    }
    let of = rest.strip_prefix('(').and_then(|r| {
        let (field, end) = word(r);
        (end.starts_with(')') && !field.is_empty()).then(|| field.to_owned())
    });
    Ok((name.to_owned(), Some(func.to_owned()), of))
}

/// A list of specifications, one alone, or none.
pub fn list(json: &Json) -> Result<Vec<String>> {
    match json {
        Json::Null | Json::Bool(false) => Ok(Vec::new()),
        Json::String(s) => Ok(vec![s.clone()]),
        other => walk(other),
    }
}

/// `groupby` of read_group: a list or one alone, of which a lazy one wants the beginning.
pub fn groups(json: &Json, lazy: bool) -> Result<Vec<String>> {
    match json {
        Json::String(s) => Ok(vec![s.clone()]),
        Json::Object(_) if lazy => Err(Error::type_error("unhashable type: 'slice'")),
        Json::Null | Json::Bool(_) | Json::Number(_) if lazy => {
            Err(Error::type_error(format!("'{}' object is not subscriptable", py_type(json))))
        }
        other => walk(other),
    }
}

/// `fields` of read_group: what Python goes through one by one.
pub fn fields(json: &Json) -> Result<Vec<String>> {
    match json {
        Json::String(s) => Ok(s.chars().map(String::from).collect()),
        other => walk(other),
    }
}

fn walk(json: &Json) -> Result<Vec<String>> {
    match json {
        Json::Array(a) => a
            .iter()
            .map(|j| match j {
                Json::String(s) => Ok(s.clone()),
                other => {
                    let what = py_type(other);
                    Err(Error::type_error(format!("expected string or bytes-like object, got '{what}'")))
                }
            })
            .collect(),
        Json::Object(m) => Ok(m.keys().cloned().collect()),
        other => Err(Error::type_error(format!("'{}' object is not iterable", py_type(other)))),
    }
}

/// One term of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderTerm {
    /// As written, for messages.
    pub text: String,
    /// The group-by or aggregate.
    pub term: String,
    /// Descending.
    pub desc: bool,
    /// Where empty values go, if said.
    pub nulls_first: Option<bool>,
}

/// Reads an order.
pub fn order(order: &str) -> Result<Vec<OrderTerm>> {
    let bad = || Error::value(format!("Invalid order {} for _read_group()", py_str(order)));
    let mut out = Vec::new();
    for part in order.split(',').filter(|_| !order.is_empty()) {
        let mut words = part.split_whitespace();
        let term = words.next().ok_or_else(bad)?;
        parse(term).map_err(|_| bad())?;
        let mut t =
            OrderTerm { text: part.to_owned(), term: term.to_owned(), desc: false, nulls_first: None };
        let mut rest: Vec<String> = words.map(str::to_lowercase).collect();
        if rest.first().is_some_and(|w| w == "desc" || w == "asc") {
            t.desc = rest.remove(0) == "desc";
        }
        match rest.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => {}
            ["nulls", "first"] => t.nulls_first = Some(true),
            ["nulls", "last"] => t.nulls_first = Some(false),
            _ => return Err(bad()),
        }
        out.push(t);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_specifications_apart() {
        let s = parse("props.abc:month").unwrap();
        assert_eq!(
            (s.field.as_str(), s.property.as_deref(), s.func.as_deref()),
            ("props", Some("abc"), Some("month"))
        );
        assert!(parse("a b").is_err());
        assert_eq!(parse_field("h:sum(x)").unwrap(), ("h".into(), Some("sum".into()), Some("x".into())));
        assert_eq!(parse_field("x:max").unwrap(), ("x".into(), Some("max".into()), None));
    }

    #[test]
    fn reads_orders() {
        let o = order("__count desc, color nulls first").unwrap();
        assert!(o[0].desc && o[1].nulls_first == Some(true));
        assert!(order("a b c").is_err());
    }
}
