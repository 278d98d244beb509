//! Which field each column seems to be meant for: as last time, by name or label, else by the most alike label.

use super::tree::{below, label_in_english, text};
use crate::error::Result;
use crate::orm::Env;
use crate::value::Json;
use serde_json::json;
use std::collections::HashMap;

/// Labels that differ by more are no match.
const TOO_FAR: f64 = 0.2;

/// A field for a column.
#[derive(Debug, Clone)]
struct Match {
    path: Vec<String>,
    /// 0 is the same word, less is what the user chose before.
    distance: f64,
}

/// The paths of fields, by column. A field is suggested for one column: the nearest.
pub fn suggest(
    env: &Env,
    model: &str,
    headers: &[String],
    kinds: &[Vec<&'static str>],
    tree: &[Json],
) -> Result<Vec<(usize, Vec<String>)>> {
    let known = remembered(env, model)?;
    let found: Vec<Option<Match>> = headers
        .iter()
        .zip(kinds)
        .map(|(header, kinds)| match known.get(&header.to_lowercase()) {
            Some(path) => Some(Match { path: path.split('/').map(str::to_owned).collect(), distance: -1.0 }),
            None => along(env, header, kinds, tree),
        })
        .collect();
    let nearest = |m: &Match| {
        let rivals = found.iter().flatten().filter(|r| r.path == m.path);
        rivals.min_by(|a, b| a.distance.total_cmp(&b.distance)).is_some_and(|best| std::ptr::eq(best, m))
    };
    let kept = found.iter().enumerate().filter_map(|(at, m)| Some((at, m.as_ref()?)));
    Ok(kept.filter(|(_, m)| m.path.len() > 1 || nearest(m)).map(|(at, m)| (at, m.path.clone())).collect())
}

/// What columns of these names were last imported to.
fn remembered(env: &Env, model: &str) -> Result<HashMap<String, String>> {
    let ids = env.search("base_import.mapping", json!([["res_model", "=", model]]))?;
    let known = env.fetch("base_import.mapping", &ids, &["column_name", "field_name"])?;
    let pairs = known.iter().map(|m| (m.str("column_name").to_owned(), m.str("field_name").to_owned()));
    Ok(pairs.filter(|(_, field)| !field.is_empty()).collect())
}

/// A header may be a path: `Customer / Country`.
fn along(env: &Env, header: &str, kinds: &[&str], tree: &[Json]) -> Option<Match> {
    if !header.contains('/') {
        return nearest(env, header, kinds, tree);
    }
    let (mut path, mut fields) = (vec![], tree);
    for step in header.split('/') {
        let found = nearest(env, step.trim(), kinds, fields)?;
        let name = found.path.into_iter().next()?;
        fields = fields.iter().find(|f| text(f, "name") == name).map_or(&[], below);
        path.push(name);
    }
    Some(Match { path, distance: 0.0 })
}

/// The field of that name or label, else the most alike of those that the values fit.
fn nearest(env: &Env, header: &str, kinds: &[&str], fields: &[Json]) -> Option<Match> {
    let header = header.to_lowercase();
    let names = |field: &Json| -> Vec<String> {
        let english = label_in_english(env, field).unwrap_or_default();
        [text(field, "name"), text(field, "string"), english].iter().map(|n| n.to_lowercase()).collect()
    };
    let found = |field: &Json, distance| Some(Match { path: vec![text(field, "name").to_owned()], distance });
    if let Some(field) = fields.iter().find(|f| names(f).contains(&header)) {
        return found(field, 0.0);
    }
    let fits = |field: &&Json| !below(field).is_empty() || kinds.contains(&text(field, "type"));
    let distance = |field: &Json| names(field).iter().map(|n| 1.0 - alike(&header, n)).fold(1.0, f64::min);
    let best = fields.iter().filter(fits).map(|f| (distance(f), f)).min_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(distance, _)| *distance < TOO_FAR).and_then(|(distance, field)| found(field, distance))
}

/// How alike two texts are, from 0 to 1: twice what they share in blocks, longest first, of all they have (Ratcliff and
/// Obershelp, as Python's `difflib` counts).
fn alike(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let all = a.len() + b.len();
    if all == 0 { 1.0 } else { 2.0 * shared(&a, &b) as f64 / all as f64 }
}

fn shared(a: &[char], b: &[char]) -> usize {
    let (mut best, mut at_a, mut at_b) = (0, 0, 0);
    let mut above = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![0; b.len() + 1];
        for (j, _) in b.iter().enumerate().filter(|(_, y)| *y == x) {
            row[j + 1] = above[j] + 1;
            if row[j + 1] > best {
                (best, at_a, at_b) = (row[j + 1], i + 1 - row[j + 1], j + 1 - row[j + 1]);
            }
        }
        above = row;
    }
    if best == 0 {
        return 0;
    }
    best + shared(&a[..at_a], &b[..at_b]) + shared(&a[at_a + best..], &b[at_b + best..])
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn likeness_is_that_of_difflib() {
        // by Python's difflib.SequenceMatcher(None, a, b).ratio()
        assert!((alike("deadlin", "deadline") - 0.933_333).abs() < 1e-6);
        assert!((alike("task name", "name task") - 0.444_444).abs() < 1e-6);
        assert!((alike("abcd", "bcde") - 0.75).abs() < 1e-6);
        assert_eq!((alike("", ""), alike("a", "b")), (1.0, 0.0));
    }
}
