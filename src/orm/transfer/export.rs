//! `export_data`: records as rows of cells; lines of a one2many go on in rows below.

use super::path;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::{loader, read};
use crate::value::{Json, json_is_falsy};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    vec![Method::record("export_data", "fields_to_export", export_data).class("BaseModel")]
}

/// A cell on its way out: an external id is only made once all are known.
#[derive(Clone)]
enum Cell {
    Done(Json),
    Xid(String, i64),
}

/// The lines of each record.
type Lines = HashMap<i64, Vec<Vec<Cell>>>;

fn export_data(env: &Env, call: &Call<'_>) -> Result<Json> {
    if !env.su() && !env.has_group("base.group_allow_export")? && !env.has_group("base.group_system")? {
        return Err(Error::user(
            "You don't have the rights to export data. Please contact an Administrator.",
        ));
    }
    let paths: Vec<Vec<String>> = call.strings("fields_to_export")?.iter().map(|c| path(c)).collect();
    let mut lines = rows(env, call.model, &call.ids, &paths)?;
    let table: Vec<Vec<Cell>> = call.ids.iter().flat_map(|id| lines.remove(id).unwrap_or_default()).collect();
    let mut wanted: HashMap<String, HashSet<i64>> = HashMap::new();
    for cell in table.iter().flatten() {
        if let Cell::Xid(model, id) = cell {
            wanted.entry(model.clone()).or_default().insert(*id);
        }
    }
    let mut xids: HashMap<(String, i64), String> = HashMap::new();
    for (model, ids) in wanted {
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        for (id, xid) in external_ids(env, env.model(&model)?, &ids)? {
            xids.insert((model.clone(), id), xid);
        }
    }
    let datas: Vec<Vec<Json>> = table
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|c| match c {
                    Cell::Done(j) => j,
                    Cell::Xid(m, id) => json!(xids.remove(&(m.clone(), id)).inspect(|x| {
                        xids.insert((m, id), x.clone());
                    })),
                })
                .collect()
        })
        .collect();
    Ok(json!({ "datas": datas }))
}

fn blank() -> Cell {
    Cell::Done(json!(""))
}

/// The lines of records, all records of a level at once.
fn rows(env: &Env, model: &Model, ids: &[i64], paths: &[Vec<String>]) -> Result<Lines> {
    let first = |p: &Vec<String>| p.first().cloned().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for name in paths.iter().map(first).filter(|n| !matches!(n.as_str(), "" | "id" | ".id")) {
        if !model.has(&name) {
            return Err(Error::key_error(&name));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let fields = if names.is_empty() { vec!["id".to_owned()] } else { names.clone() };
    let records = read::read(env, model, ids, &fields, false)?;
    let by_id: HashMap<i64, _> = records.iter().map(|r| (r["id"].as_i64().unwrap_or(0), r)).collect();
    let mut out: Lines = by_id.keys().map(|id| (*id, vec![vec![blank(); paths.len()]])).collect();
    for (i, p) in paths.iter().enumerate() {
        let cell = |id: i64| match first(p).as_str() {
            ".id" => Some(Cell::Done(json!(id.to_string()))),
            "id" => Some(Cell::Xid(model.name.clone(), id)),
            _ => None,
        };
        for (id, lines) in &mut out {
            if let Some(c) = cell(*id) {
                lines[0][i] = c;
            }
        }
    }
    for name in names {
        let field = model.field(&name)?;
        let here = paths.iter().position(|p| first(p) == name).unwrap_or(0);
        if !field.kind.is_relational() {
            for (id, lines) in &mut out {
                let value = by_id.get(id).map(|r| &r[&name]).unwrap_or(&Json::Null);
                for (i, _) in paths.iter().enumerate().filter(|(_, p)| first(p) == name) {
                    lines[0][i] = Cell::Done(exported(field, value));
                }
            }
            continue;
        }
        let below: Vec<Vec<String>> = paths
            .iter()
            .map(|p| match first(p) == name {
                true if p.len() > 1 => p[1..].to_vec(),
                true => vec!["display_name".to_owned()],
                false => Vec::new(),
            })
            .collect();
        let targets = |id: &i64| targets(by_id.get(id).map(|r| &r[&name]).unwrap_or(&Json::Null));
        let mut all: Vec<i64> = by_id.keys().flat_map(targets).collect();
        all.sort_unstable();
        all.dedup();
        let comodel = env.model(&field.relation)?;
        let compatible = env.context().get("import_compat").is_none_or(|c| !json_is_falsy(c));
        if field.kind == Kind::Many2many && compatible {
            joined(
                env,
                comodel,
                &below,
                here,
                &all,
                |id, i, text| {
                    if let Some(lines) = out.get_mut(&id) {
                        lines[0][i] = Cell::Done(text);
                    }
                },
                &by_id.keys().map(|id| (*id, targets(id))).collect::<Vec<_>>(),
            )?;
            continue;
        }
        let sub = rows(env, comodel, &all, &below)?;
        for (id, lines) in &mut out {
            let mut more = targets(id).into_iter().flat_map(|t| sub.get(&t).cloned().unwrap_or_default());
            if let Some(line) = more.next() {
                merge(&mut lines[0], line);
            }
            lines.extend(more);
        }
    }
    Ok(out)
}

fn targets(value: &Json) -> Vec<i64> {
    match value {
        Json::Array(a) => a.iter().filter_map(Json::as_i64).collect(),
        v => v.as_i64().into_iter().collect(),
    }
}

/// Puts the cells that say something over those of the main line.
fn merge(main: &mut [Cell], line: Vec<Cell>) {
    for (slot, cell) in main.iter_mut().zip(line) {
        let says = match &cell {
            Cell::Xid(..) => true,
            Cell::Done(j) => !json_is_falsy(j) || j.is_number() || j.is_boolean(),
        };
        if says {
            *slot = cell;
        }
    }
}

/// A many2many in one cell: external ids or names, comma separated.
fn joined(
    env: &Env,
    comodel: &Model,
    below: &[Vec<String>],
    here: usize,
    all: &[i64],
    mut put: impl FnMut(i64, usize, Json),
    of: &[(i64, Vec<i64>)],
) -> Result<()> {
    let wanted = ["id", "name", "display_name"]
        .into_iter()
        .find_map(|n| Some((n, below.iter().position(|p| p.len() == 1 && p[0] == n)?)));
    let (what, at) = wanted.unwrap_or(("display_name", here));
    let texts: HashMap<i64, String> = match what {
        "id" => external_ids(env, comodel, all)?,
        "name" if comodel.has("name") => read::read(env, comodel, all, &["name".to_owned()], false)?
            .iter()
            .map(|r| (r["id"].as_i64().unwrap_or(0), r["name"].as_str().unwrap_or_default().to_owned()))
            .collect(),
        _ => env.display_names(&comodel.name, all)?,
    };
    for (id, targets) in of {
        let list: Vec<&str> = targets.iter().filter_map(|t| texts.get(t).map(String::as_str)).collect();
        put(*id, at, json!(list.join(",")));
    }
    Ok(())
}

/// A value as an export shows it.
fn exported(field: &Field, value: &Json) -> Json {
    match (field.kind, value) {
        (Kind::Boolean, v) => v.clone(),
        (Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2oneReference, v) if v.is_number() => {
            v.clone()
        }
        (Kind::Selection, Json::String(s)) => json!(field.label(s).unwrap_or_default()),
        (_, v) if json_is_falsy(v) => json!(""),
        (_, v) => v.clone(),
    }
}

/// External ids of records; those without one get one in `__export__`.
fn external_ids(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let sql = Sql::of("SELECT res_id, module, name FROM ir_model_data WHERE model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" ORDER BY id DESC");
    let mut out: HashMap<i64, String> = env
        .query(&sql, &[ColType::Int, ColType::Text, ColType::Text])?
        .iter()
        .map(|r| {
            (
                r[0].int(),
                if r[1].str().is_empty() {
                    r[2].str().into()
                } else {
                    format!("{}.{}", r[1].str(), r[2].str())
                },
            )
        })
        .collect();
    let mut new = Vec::new();
    for id in ids.iter().filter(|i| !out.contains_key(i)) {
        let token = hex::encode(crate::crypt::random::<4>()?);
        new.push(("__export__".to_owned(), format!("{}_{id}_{token}", model.table), *id));
    }
    if !new.is_empty() {
        loader::remember_many(&env.sudo(), &model.name, &new)?;
        out.extend(new.into_iter().map(|(m, n, id)| (id, format!("{m}.{n}"))));
    }
    Ok(out)
}
