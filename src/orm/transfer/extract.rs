//! Rows to records: cells of a relation become records of their own, and rows that only go on with lines belong to
//! the record above.

use crate::error::{Error, Result};
use crate::orm::env::Env;
use crate::orm::field::Kind;
use crate::orm::model::Model;
use crate::value::{Json, json_is_falsy, py_str};
use indexmap::IndexMap;

/// What a cell, or the cells of a relation, hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text (or number) as sent.
    Text(Json),
    /// Records of a relation.
    Records(Vec<Found>),
}

/// A record as rows describe it. The key `""` is the record's own name, `id` and `.id` say which record is meant.
pub type Found = IndexMap<String, Cell>;

/// A record and the rows it came from.
pub struct Extracted {
    /// The record.
    pub record: Found,
    /// First and last row.
    pub rows: (usize, usize),
}

/// The records of a table of cells.
pub fn extract(
    env: &Env,
    model: &Model,
    paths: &[Vec<String>],
    data: &[Vec<Json>],
) -> Result<Vec<Extracted>> {
    let refers = |name: &str| matches!(name, "" | "id" | ".id");
    let mut kinds = Vec::with_capacity(paths.len());
    for p in paths {
        let name = p.first().map_or("", String::as_str);
        kinds.push(match model.fields.get(name) {
            _ if refers(name) => None,
            Some(f) => Some(f),
            None => return Err(Error::value(format!("Invalid field name {}", py_str(name)))),
        });
    }
    let lines = |i: usize| kinds[i].is_some_and(|f| f.kind == Kind::One2many);
    let continues = |row: &[Json]| {
        let given = |want: bool| {
            row.iter().enumerate().any(|(i, c)| i < kinds.len() && lines(i) == want && !json_is_falsy(c))
        };
        given(true) && !given(false)
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let more = data[at + 1..].iter().take_while(|r| continues(r)).count();
        let span = &data[at..=at + more];
        let mut record = Found::new();
        let mut relations: IndexMap<&str, Vec<usize>> = IndexMap::new();
        for (i, p) in paths.iter().enumerate() {
            let name = p.first().map_or("", String::as_str);
            if kinds[i].is_some_and(|f| f.kind.is_relational()) {
                relations.entry(name).or_default().push(i);
            } else {
                record.insert(name.to_owned(), Cell::Text(span[0].get(i).cloned().unwrap_or_default()));
            }
        }
        for (name, columns) in relations {
            let comodel = env.model(&model.field(name)?.relation)?;
            let below: Vec<Vec<String>> = columns
                .iter()
                .map(|i| if paths[*i].len() > 1 { paths[*i][1..].to_vec() } else { vec![String::new()] })
                .collect();
            let cells: Vec<Vec<Json>> = span
                .iter()
                .map(|r| columns.iter().map(|i| r.get(*i).cloned().unwrap_or_default()).collect::<Vec<_>>())
                .filter(|r| r.iter().any(|c| !json_is_falsy(c)))
                .collect();
            let found = extract(env, comodel, &below, &cells)?;
            record.insert(name.to_owned(), Cell::Records(found.into_iter().map(|e| e.record).collect()));
        }
        out.push(Extracted { record, rows: (at, at + more) });
        at += more + 1;
    }
    Ok(out)
}
