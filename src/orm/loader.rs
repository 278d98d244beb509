//! Data files of addons as records: external ids resolved, existing records updated unless `noupdate`.

use super::env::Env;
use super::field::{Field, Kind};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::schema::pyexpr::{self, Scope};
use crate::schema::xml::{FieldText, Record};
use crate::schema::{Addon, data};
use crate::value::{Json, Map};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Loads all data files of an addon.
pub fn load(env: &Env, addon: &Addon) -> Result<usize> {
    let mut loader = Loader {
        env,
        addon: addon.name(),
        known: known(env)?,
        first: false,
        batch: Vec::new(),
        batch_model: String::new(),
        count: 0,
    };
    loader.first = !loader.has_data();
    let mut views = Vec::new();
    for path in &addon.manifest.data {
        for record in data::read(addon, path)? {
            if record.model == "ir.ui.view" {
                views.push(json!([loader.full(&record.id), format!("{}/{path}", addon.name()), record.line]));
            }
            let shown = format!("{}/{path}: record {}", addon.name(), record.id);
            loader.add(record).map_err(|e| Error { message: format!("{shown}: {}", e.message), ..e })?;
        }
        loader
            .flush()
            .map_err(|e| Error { message: format!("{}/{path}: {}", addon.name(), e.message), ..e })?;
    }
    let count = loader.count;
    if !views.is_empty() {
        env.call("ir.ui.view", &[], "_check_loaded", vec![Json::Array(views)], Map::new())?;
    }
    Ok(count)
}

/// External id → (model, id, noupdate).
type Known = HashMap<String, (String, i64, bool)>;

fn known(env: &Env) -> Result<Known> {
    let sql = Sql::of("SELECT module, name, model, res_id, noupdate FROM ir_model_data");
    use ColType::{Bool, Int, Text};
    Ok(env
        .query(&sql, &[Text, Text, Text, Int, Bool])?
        .iter()
        .map(|r| {
            (format!("{}.{}", r[0].str(), r[1].str()), (r[2].str().to_owned(), r[3].int(), !r[4].is_falsy()))
        })
        .collect())
}

struct Loader<'e> {
    env: &'e Env,
    addon: &'e str,
    known: Known,
    /// Whether the addon's data have never been loaded: then what it says of other addons' records holds, though they
    /// are not to be updated later.
    first: bool,
    /// New records of one model that wait to be created together.
    batch: Vec<(String, bool, Map)>,
    batch_model: String,
    count: usize,
}

impl Loader<'_> {
    fn add(&mut self, record: Record) -> Result<()> {
        self.count += 1;
        let model = self.env.model(&record.model)?;
        let full = self.full(&record.id);
        let refers_to_batch = self.mentions_batch(&record);
        if record.model != self.batch_model || refers_to_batch || self.batch.len() >= 200 {
            self.flush()?;
            self.batch_model = record.model.clone();
        }
        let existing = self.known.get(&full).cloned();
        if !self.first && existing.as_ref().is_some_and(|(_, _, frozen)| *frozen) {
            return Ok(());
        }
        let mut vals = Map::new();
        for (name, text) in &record.fields {
            let field = model.field(name)?;
            if let Some(v) = self.value(field, text)? {
                vals.insert(name.clone(), v);
            }
        }
        match existing {
            Some((_, id, _)) => self.env.write(&model.name, &[id], Json::Object(vals)),
            None => {
                self.batch.push((full, record.noupdate, vals));
                Ok(())
            }
        }
    }

    /// Whether any record of the addon's files is there; models and fields are entered before.
    fn has_data(&self) -> bool {
        let prefix = format!("{}.", self.addon);
        let of_a_file = |model: &str| model == "ir.model.access" || !model.starts_with("ir.mod");
        self.known.iter().any(|(full, (model, ..))| full.starts_with(&prefix) && of_a_file(model))
    }

    fn full(&self, id: &str) -> String {
        if id.contains('.') { id.to_owned() } else { format!("{}.{id}", self.addon) }
    }

    fn mentions_batch(&self, record: &Record) -> bool {
        let pending: HashSet<&str> = self.batch.iter().map(|(x, ..)| x.as_str()).collect();
        !pending.is_empty()
            && record.fields.iter().any(|(_, t)| match t {
                FieldText::Ref(r) => r.split(',').any(|r| pending.contains(self.full(r.trim()).as_str())),
                FieldText::Eval(e) => e.contains("ref("),
                FieldText::Search(_) => true,
                FieldText::Text(_) | FieldText::Markup(_) => false,
            })
    }

    fn flush(&mut self) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let (mut names, mut vals) = (Vec::new(), Vec::new());
        for (full, frozen, v) in batch {
            names.push((full, frozen));
            vals.push(v);
        }
        let ids = self.env.create_many(&self.batch_model, vals)?;
        let mut rows = [Vec::new(), Vec::new()];
        for ((full, frozen), id) in names.into_iter().zip(ids) {
            let (module, name) = full.split_once('.').unwrap_or((self.addon, &full));
            rows[usize::from(frozen)].push((module.to_owned(), name.to_owned(), id));
            self.known.insert(full.clone(), (self.batch_model.clone(), id, frozen));
        }
        let [free, frozen] = rows;
        insert_data(self.env, &self.batch_model, &free, false)?;
        insert_data(self.env, &self.batch_model, &frozen, true)
    }

    fn id(&self, reference: &str) -> Result<(String, i64)> {
        let full = self.full(reference.trim());
        self.known
            .get(&full)
            .map(|(m, id, _)| (m.clone(), *id))
            .ok_or_else(|| Error::value(format!("External ID not found in the system: {full}")))
    }

    /// Markup with each `%(external id)d` replaced by the number behind it.
    fn with_ids(&self, markup: &str) -> Result<String> {
        let mut parts = markup.split("%(");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once(")d") {
                Some((name, rest)) => {
                    out.push_str(&self.id(name)?.1.to_string());
                    out.push_str(rest);
                }
                None => {
                    out.push_str("%(");
                    out.push_str(part);
                }
            }
        }
        Ok(out)
    }

    /// The value of a field as create takes it; None leaves the field alone.
    fn value(&self, field: &Field, text: &FieldText) -> Result<Option<Json>> {
        Ok(Some(match text {
            FieldText::Ref(r) if field.kind.is_x2many() => {
                let ids = r.split(',').map(|r| self.id(r).map(|(_, i)| i)).collect::<Result<Vec<_>>>()?;
                json!([[6, 0, ids]])
            }
            FieldText::Ref(r) => {
                let (model, id) = self.id(r)?;
                if field.kind == Kind::Reference { json!(format!("{model},{id}")) } else { json!(id) }
            }
            FieldText::Eval(e) => pyexpr::parse(e)?.eval(&Refs { loader: self })?,
            FieldText::Markup(m) => json!(self.with_ids(m)?),
            FieldText::Search(d) => {
                let found = self.env.search(&field.relation, pyexpr::literal(d)?)?;
                if field.kind.is_x2many() { json!([[6, 0, found]]) } else { json!(found.first()) }
            }
            FieldText::Text(t) => return plain(field, t),
        }))
    }
}

/// A value written as text, by the kind of its field; empty text leaves everything but text fields alone.
fn plain(field: &Field, t: &str) -> Result<Option<Json>> {
    let trimmed = t.trim();
    let bad = |what: &str| Error::value(format!("{}: {trimmed:?} is no {what}", field.name));
    Ok(Some(match field.kind {
        _ if trimmed.is_empty() => return Ok(None),
        Kind::Boolean => json!(matches!(trimmed, "1" | "True" | "true")),
        Kind::Integer | Kind::Many2one | Kind::Many2oneReference => {
            json!(trimmed.parse::<i64>().map_err(|_| bad("whole number"))?)
        }
        Kind::Float | Kind::Monetary => json!(trimmed.parse::<f64>().map_err(|_| bad("number"))?),
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => {
            serde_json::from_str(trimmed).map_err(|_| bad("JSON"))?
        }
        Kind::Text | Kind::Html | Kind::Char => json!(t),
        Kind::One2many | Kind::Many2many => return Err(bad("list of records: use eval or ref")),
        _ => json!(trimmed),
    }))
}

/// `ref('x')` in eval attributes.
struct Refs<'l, 'e> {
    loader: &'l Loader<'e>,
}

impl Scope for Refs<'_, '_> {
    fn name(&self, path: &[&str]) -> Result<Json> {
        Err(Error::value(format!("name '{}' is not defined", path.join("."))))
    }
    fn call(&self, path: &[&str], args: &[Json]) -> Result<Json> {
        match (path, args) {
            (["ref"], [Json::String(r)]) => Ok(json!(self.loader.id(r)?.1)),
            _ => Err(Error::value(format!("{}() is not known here", path.join(".")))),
        }
    }
}

/// Gives a record an external id.
pub fn remember(env: &Env, module: &str, name: &str, model: &str, id: i64, noupdate: bool) -> Result<()> {
    insert_data(env, model, &[(module.to_owned(), name.to_owned(), id)], noupdate)
}

/// Gives records external ids: (module, name, id).
pub fn remember_many(env: &Env, model: &str, rows: &[(String, String, i64)]) -> Result<()> {
    insert_data(env, model, rows, false)
}

fn insert_data(env: &Env, model: &str, rows: &[(String, String, i64)], noupdate: bool) -> Result<()> {
    for chunk in rows.chunks(200) {
        let tuples = chunk.iter().map(|(module, name, id)| {
            Sql::of("(")
                .text(module)
                .raw(", ")
                .text(name)
                .raw(", ")
                .text(model)
                .raw(", ")
                .int(*id)
                .raw(", ")
                .bind(ColType::Bool, crate::value::Value::Bool(noupdate))
                .raw(")")
        });
        let sql = Sql::of("INSERT INTO ir_model_data (module, name, model, res_id, noupdate) VALUES ")
            .sql(Sql::join(", ", tuples))
            .raw(" ON CONFLICT (module, name) DO UPDATE SET model = excluded.model, res_id = excluded.res_id")
            .uncached();
        env.execute(&sql)?;
    }
    Ok(())
}
