//! Quick creation: a written display_name holds more than the name.
//!
//! ```text
//! display_name = name { " " mark }
//! mark = "#" tag | "@" user | "!" | number "h"
//! ```
//! Marks stand at the end. A tag that does not exist is made; a user nobody or more than one person is called stays
//! part of the name.

use crate::error::Result;
use crate::orm::{Env, Page};
use crate::value::{Json, Map};
use serde_json::json;

/// What a text says of a task.
#[derive(Debug, Default, PartialEq)]
pub struct Parsed {
    /// The name.
    pub name: String,
    /// Words after `#`, in order.
    pub tags: Vec<String>,
    /// Words after `@`, in order.
    pub users: Vec<String>,
    /// `!` was there.
    pub high: bool,
    /// Hours.
    pub hours: Option<f64>,
}

/// Reads a text.
pub fn parse(text: &str) -> Parsed {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut out = Parsed::default();
    while words.len() > 1 {
        let Some(word) = words.last().copied() else { break };
        let hours = word.strip_suffix(['h', 'H']).and_then(|n| n.parse::<f64>().ok());
        match (word.split_at_checked(1), hours) {
            (Some(("#", tag)), _) if !tag.is_empty() => out.tags.insert(0, tag.to_owned()),
            (Some(("@", user)), _) if !user.is_empty() => out.users.insert(0, user.to_owned()),
            (Some(("!", "")), _) => out.high = true,
            (_, Some(h)) => out.hours = Some(h),
            _ => break,
        }
        words.pop();
    }
    out.name = match out == Parsed::default() {
        true => text.trim().to_owned(),
        false => words.join(" "),
    };
    out
}

/// Replaces a given display_name by what it says.
pub(super) fn expand(env: &Env, vals_list: &mut [Map]) -> Result<()> {
    for vals in vals_list {
        let Some(text) = vals.shift_remove("display_name") else { continue };
        let Some(text) = text.as_str().filter(|t| !t.trim().is_empty()) else { continue };
        let mut parsed = parse(text);
        let mut users = Vec::new();
        for word in std::mem::take(&mut parsed.users) {
            let domain = json!([["name", "ilike", word], ["share", "=", false]]);
            let page = Page { limit: Some(2), ..Page::default() };
            match env.sudo().search_with("res.users", domain, &page)?.as_slice() {
                [one] => users.push(*one),
                _ => parsed.name.push_str(&format!(" @{word}")),
            }
        }
        let tags = tags(env, &parsed.tags)?;
        if vals.get("name").is_none_or(crate::value::json_is_falsy) {
            vals.insert("name".into(), json!(parsed.name));
        }
        append(vals, "tag_ids", &tags);
        append(vals, "user_ids", &users);
        if parsed.high {
            vals.insert("priority".into(), json!("1"));
        }
        if let Some(h) = parsed.hours {
            vals.insert("allocated_hours".into(), json!(h));
        }
    }
    Ok(())
}

fn tags(env: &Env, names: &[String]) -> Result<Vec<i64>> {
    let mut out = Vec::new();
    for name in names {
        let found = env.search("project.tags", json!([["name", "=ilike", name]]))?;
        out.push(match found.first() {
            Some(id) => *id,
            None => env.create("project.tags", json!({"name": name}))?,
        });
    }
    Ok(out)
}

fn append(vals: &mut Map, field: &str, ids: &[i64]) {
    if ids.is_empty() {
        return;
    }
    let slot = vals.entry(field).or_insert(json!([]));
    if let Json::Array(list) = slot {
        list.extend(ids.iter().map(|i| json!([4, i, 0])));
    }
}
