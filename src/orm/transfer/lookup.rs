//! Which records texts mean: names, external ids and database ids of a whole import, a query a kind and model.

use super::extract::{Cell, Found};
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::domain::Domain;
use crate::orm::env::{Env, Page};
use crate::orm::field::Kind;
use crate::orm::model::Model;
use crate::orm::{name, search};
use crate::value::{Json, Value};
use std::collections::{HashMap, HashSet};

/// How a text names a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// Its name.
    Name,
    /// Its external id.
    External,
    /// Its database id.
    Database,
}

impl By {
    /// By the last step of a column.
    pub fn of(step: &str) -> Option<By> {
        match step {
            "" => Some(By::Name),
            "id" => Some(By::External),
            ".id" => Some(By::Database),
            _ => None,
        }
    }

    /// The last step of a column that means it, where it has one.
    pub fn step(self) -> Option<&'static str> {
        match self {
            By::Name => None,
            By::External => Some("id"),
            By::Database => Some(".id"),
        }
    }

    /// As messages call it.
    pub fn label(self) -> &'static str {
        match self {
            By::Name => "name",
            By::External => "external id",
            By::Database => "database id",
        }
    }
}

/// The answers: (model, how, text) → ids that match, in order.
#[derive(Default)]
pub struct Lookup {
    wanted: HashMap<(String, By), HashSet<String>>,
    found: HashMap<(String, By, String), Vec<i64>>,
    /// (model, external id) → the model it really belongs to.
    others: HashMap<(String, String), String>,
}

/// A cell as text.
pub fn text_of(cell: &Json) -> String {
    match cell {
        Json::String(s) => s.clone(),
        Json::Null | Json::Bool(false) => String::new(),
        other => other.to_string(),
    }
}

impl Lookup {
    /// Notes what a record refers to.
    pub fn want(&mut self, env: &Env, model: &Model, record: &Found) -> Result<()> {
        for (field, cell) in record {
            let (Some(f), Cell::Records(lines)) = (model.fields.get(field), cell) else { continue };
            let comodel = env.model(&f.relation)?;
            for line in lines {
                for (step, cell) in line {
                    let (Some(by), Cell::Text(text)) = (By::of(step), cell) else { continue };
                    let set = self.wanted.entry((comodel.name.clone(), by)).or_default();
                    match f.kind {
                        Kind::Many2one => {
                            set.insert(text_of(text));
                        }
                        _ => set.extend(text_of(text).split(',').map(str::to_owned)),
                    }
                }
                self.want(env, comodel, line)?;
            }
        }
        Ok(())
    }

    /// Looks everything up.
    pub fn load(&mut self, env: &Env, module: &str) -> Result<()> {
        for ((model, by), texts) in std::mem::take(&mut self.wanted) {
            let mut texts: Vec<String> = texts.into_iter().filter(|t| !t.is_empty()).collect();
            texts.sort();
            let comodel = env.model(&model)?;
            let found = match by {
                By::Name => names(env, comodel, &texts)?,
                By::External => {
                    let others = of_others(env, comodel, &texts, module)?;
                    self.others.extend(others.into_iter().map(|(t, m)| ((model.clone(), t), m)));
                    externals(env, comodel, &texts, module)?
                }
                By::Database => databases(env, comodel, &texts)?,
            };
            self.found.extend(found.into_iter().map(|(t, ids)| ((model.clone(), by, t), ids)));
        }
        Ok(())
    }

    /// The model an external id belongs to, where that is not the one asked for.
    pub fn other_model(&self, model: &str, text: &str) -> Option<&str> {
        self.others.get(&(model.to_owned(), text.to_owned())).map(String::as_str)
    }

    /// The ids a text means.
    pub fn ids(&self, model: &str, by: By, text: &str) -> &[i64] {
        self.found.get(&(model.to_owned(), by, text.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// Where one plain column names records, all names in one query; else one for each distinct name.
fn names(env: &Env, model: &Model, texts: &[String]) -> Result<HashMap<String, Vec<i64>>> {
    let mut out: HashMap<String, Vec<i64>> = HashMap::new();
    let plain = model.behaviours.iter().all(|b| b.name_domain.is_none() && b.name_fields.is_empty());
    let field = model.rec_name.as_ref().and_then(|n| model.fields.get(n)).filter(|f| f.has_column() && plain);
    if let Some(f) = field {
        let domain = Domain::leaf(&f.name, "in", Json::from(texts));
        let page = Page::default();
        let records = crate::orm::fetch::fetch_search(env, model, &domain, &page, &[f], false)?;
        for r in &records {
            if let Value::Text(t) = r.get(&f.name) {
                out.entry(t.clone()).or_default().push(r.id);
            }
        }
        return Ok(out);
    }
    for text in texts {
        let ids = name::search_ids(env, model, "=", &Json::from(text.as_str()))?;
        out.insert(text.clone(), ids);
    }
    Ok(out)
}

/// External ids; without a dot they belong to `module`.
pub fn externals(
    env: &Env,
    model: &Model,
    texts: &[String],
    module: &str,
) -> Result<HashMap<String, Vec<i64>>> {
    let full: Vec<String> = texts.iter().map(|t| full_xid(t, module)).collect();
    let sql = Sql::of("SELECT module || '.' || name, res_id FROM ir_model_data WHERE model = ")
        .text(&model.name)
        .raw(" AND module || '.' || name")
        .texts(&full);
    let rows = env.query(&sql, &[ColType::Text, ColType::Int])?;
    let known: HashMap<&str, i64> = rows.iter().map(|r| (r[0].str(), r[1].int())).collect();
    let ids: Vec<i64> = known.values().copied().collect();
    let there: HashSet<i64> = search::exists(env, model, &ids)?.into_iter().collect();
    Ok(texts
        .iter()
        .zip(&full)
        .filter_map(|(t, f)| Some((t.clone(), vec![*known.get(f.as_str()).filter(|i| there.contains(i))?])))
        .collect())
}

/// External ids of records of other models, where this model has a record of the same id.
fn of_others(env: &Env, model: &Model, texts: &[String], module: &str) -> Result<HashMap<String, String>> {
    let full: Vec<String> = texts.iter().map(|t| full_xid(t, module)).collect();
    let sql = Sql::of("SELECT d.module || '.' || d.name, d.model FROM ir_model_data d JOIN ")
        .ident(&model.table)
        .raw(" r ON r.id = d.res_id WHERE d.model <> ")
        .text(&model.name)
        .raw(" AND d.module || '.' || d.name")
        .texts(&full);
    let rows = env.query(&sql, &[ColType::Text, ColType::Text])?;
    let known: HashMap<&str, &str> = rows.iter().map(|r| (r[0].str(), r[1].str())).collect();
    let of = |(t, f): (&String, &String)| Some((t.clone(), (*known.get(f.as_str())?).to_owned()));
    Ok(texts.iter().zip(&full).filter_map(of).collect())
}

/// `module.name` of an external id.
pub fn full_xid(text: &str, module: &str) -> String {
    if text.contains('.') { text.to_owned() } else { format!("{module}.{text}") }
}

fn databases(env: &Env, model: &Model, texts: &[String]) -> Result<HashMap<String, Vec<i64>>> {
    let ids: Vec<i64> = texts.iter().filter_map(|t| t.trim().parse().ok()).collect();
    let there: HashSet<i64> = search::exists(env, model, &ids)?.into_iter().collect();
    Ok(texts
        .iter()
        .filter_map(|t| Some((t.clone(), vec![t.trim().parse().ok().filter(|i| there.contains(i))?])))
        .collect())
}
