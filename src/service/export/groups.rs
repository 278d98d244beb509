//! Records of an export in the groups that the list shows them in, with what is summed up of each group.

use serde_json::json;

use super::{Column, Wanted, rows};
use crate::error::Result;
use crate::orm::{Env, Model};
use crate::value::{Json, Map, json_is_falsy};

/// One group: its title, how many records, its own rows or the groups within, an aggregate a column.
#[derive(Debug, Default)]
pub(super) struct Group {
    key: Json,
    /// What is written before the count.
    pub title: String,
    /// How many records it holds.
    pub count: i64,
    /// Groups of the next level.
    pub inner: Vec<Group>,
    /// Rows, in the innermost groups.
    pub rows: Vec<Vec<Json>>,
    /// By column; None: nothing to sum up.
    pub sums: Vec<Option<Json>>,
}

/// The groups by the fields `by`, outermost first.
pub(super) fn groups(
    env: &Env,
    wanted: &Wanted<'_>,
    columns: &[Column],
    by: &[String],
) -> Result<Vec<Group>> {
    let model = env.model(wanted.model)?;
    // what was chosen by hand is exported though it be archived
    let searching =
        if wanted.ids.is_some() { env.with_context(json!({"active_test": false})) } else { env.clone() };
    let domain = match &wanted.ids {
        Some(ids) => json!([["id", "in", ids]]),
        None => wanted.domain.clone(),
    };
    let mut asked = Map::new();
    asked.insert("lazy".into(), json!(false));
    let leaves =
        searching.call(&model.name, &[], "read_group", vec![domain, json!(["__count"]), json!(by)], asked)?;
    let mut root = Group::default();
    for leaf in leaves.as_array().into_iter().flatten() {
        let ids = searching.search(&model.name, leaf["__domain"].clone())?;
        let mut at = &mut root;
        for field in by {
            let key = leaf.get(field).cloned().unwrap_or(Json::Null);
            let slot = at.inner.iter().position(|g| g.key == key).unwrap_or_else(|| {
                at.inner.push(Group {
                    title: title(model, field, &key),
                    key: key.clone(),
                    ..Group::default()
                });
                at.inner.len() - 1
            });
            at = &mut at.inner[slot];
            at.count += leaf["__count"].as_i64().unwrap_or_default();
        }
        at.rows = rows(env, &model.name, &ids, columns)?;
    }
    let aggregators: Vec<Option<&str>> = columns.iter().map(|c| aggregator(model, c)).collect();
    root.inner.iter_mut().for_each(|g| sum_up(g, &aggregators));
    Ok(root.inner)
}

fn title(model: &Model, by: &str, key: &Json) -> String {
    let field = model.fields.get(by.split(':').next().unwrap_or_default());
    let boolean = field.is_some_and(|f| f.kind.name() == "boolean");
    match key {
        Json::Bool(b) if boolean => if *b { "True" } else { "False" }.to_owned(),
        Json::Array(pair) if pair.len() > 1 => pair[1].as_str().unwrap_or_default().to_owned(),
        empty if json_is_falsy(empty) => "Undefined".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// How a column is summed up; fields of other records are not.
fn aggregator<'m>(model: &'m Model, column: &Column) -> Option<&'m str> {
    let name = if column.path == ".id" { "id" } else { column.path.as_str() };
    model.fields.get(name)?.aggregator.as_deref()
}

fn sum_up(group: &mut Group, aggregators: &[Option<&str>]) {
    group.inner.iter_mut().for_each(|g| sum_up(g, aggregators));
    group.sums = aggregators
        .iter()
        .enumerate()
        .map(|(i, how)| how.and_then(|how| aggregate(how, &cells(group, i))))
        .collect();
}

/// All values of a column in a group and in those within.
fn cells(group: &Group, column: usize) -> Vec<Json> {
    let mut out: Vec<Json> = group.rows.iter().filter_map(|row| row.get(column)).cloned().collect();
    group.inner.iter().for_each(|g| out.extend(cells(g, column)));
    out
}

fn aggregate(how: &str, values: &[Json]) -> Option<Json> {
    let numbers: Vec<f64> = values.iter().filter_map(Json::as_f64).collect();
    let whole = values.iter().filter(|v| v.is_number()).all(Json::is_i64);
    let number = |n: f64| if whole { json!(n as i64) } else { json!(n) };
    let sum: f64 = numbers.iter().sum();
    let truth = |v: &Json| !json_is_falsy(v);
    match how {
        _ if values.is_empty() => None,
        "sum" => Some(number(sum)),
        "avg" if numbers.is_empty() => None,
        "avg" => Some(json!(sum / numbers.len() as f64)),
        "max" => numbers.iter().copied().reduce(f64::max).map(number),
        "min" => numbers.iter().copied().reduce(f64::min).map(number),
        "bool_and" => Some(json!(values.iter().all(truth))),
        "bool_or" => Some(json!(values.iter().any(truth))),
        _ => None,
    }
}
