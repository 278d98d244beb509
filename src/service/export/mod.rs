//! Records as files: which fields can be taken out, and the CSV and XLSX files themselves, under the caller's rights.

mod fields;
mod groups;
mod pivot;
mod sheet;

pub use fields::{Within, fields, namelist};
pub use pivot::pivot;

use serde_json::json;

use super::App;
use crate::error::{Error, Result};
use crate::orm::Env;
use crate::value::{Json, Map, json_is_falsy};

/// A file to be saved.
#[derive(Debug)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// MIME type.
    pub kind: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, comma separated.
    Csv,
    /// A spreadsheet.
    Xlsx,
}

/// MIME type of spreadsheets.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the export dialog offers.
pub fn formats() -> Json {
    json!([{"tag": "xlsx", "label": "XLSX", "error": null}, {"tag": "csv", "label": "CSV"}])
}

/// A column of an export.
#[derive(Debug, Clone)]
struct Column {
    /// Path of fields, `partner_id/name`.
    path: String,
    /// Its title.
    title: String,
    /// Kind of the last field.
    kind: String,
}

/// The file that `request` (what the export dialog posts) asks for.
pub fn file(app: &App, uid: i64, request: &Map, format: Format) -> Result<Download> {
    let of = |name: &str| request.get(name).unwrap_or(&Json::Null);
    let model = of("model").as_str().ok_or_else(|| Error::value("export: no model"))?;
    let compatible = !json_is_falsy(of("import_compat"));
    let mut context = of("context").as_object().cloned().unwrap_or_default();
    context.insert("import_compat".into(), json!(compatible));
    let columns = columns(of("fields"), compatible);
    app.reading(uid, context, |env| {
        let name = format!("{} ({model})", env.model(model)?.description);
        let wanted = Wanted { model, ids: ids(of("ids")), domain: of("domain") };
        let by: Vec<String> = of("groupby")
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(str::to_owned)
            .collect();
        if !by.is_empty() && !compatible {
            if format == Format::Csv {
                return Err(Error::user("Exporting grouped data to csv is not supported."));
            }
            let groups = groups::groups(env, &wanted, &columns, &by)?;
            return Ok(Download {
                name: clean(&name, "xlsx"),
                kind: XLSX,
                bytes: sheet::grouped(&columns, &groups)?,
            });
        }
        let rows = rows(env, model, &wanted.ids(env)?, &columns)?;
        Ok(match format {
            Format::Xlsx => {
                Download { name: clean(&name, "xlsx"), kind: XLSX, bytes: sheet::table(&columns, &rows)? }
            }
            Format::Csv => Download {
                name: clean(&name, "csv"),
                kind: "text/csv;charset=utf8",
                bytes: csv(&columns, &rows)?,
            },
        })
    })
}

/// Which records.
struct Wanted<'a> {
    model: &'a str,
    ids: Option<Vec<i64>>,
    domain: &'a Json,
}

impl Wanted<'_> {
    fn ids(&self, env: &Env) -> Result<Vec<i64>> {
        match &self.ids {
            Some(ids) => Ok(ids.clone()),
            None => env.search(self.model, self.domain.clone()),
        }
    }
}

fn ids(json: &Json) -> Option<Vec<i64>> {
    let ids: Vec<i64> = json.as_array()?.iter().filter_map(Json::as_i64).collect();
    (!ids.is_empty()).then_some(ids)
}

fn columns(fields: &Json, compatible: bool) -> Vec<Column> {
    let text = |f: &Json, key: &str| f[key].as_str().unwrap_or_default().trim().to_owned();
    fields
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| Column {
            path: text(f, "name"),
            title: if compatible { text(f, "name") } else { text(f, "label") },
            kind: text(f, "type"),
        })
        .collect()
}

/// The cells of records, as `export_data` gives them.
fn rows(env: &Env, model: &str, ids: &[i64], columns: &[Column]) -> Result<Vec<Vec<Json>>> {
    let paths: Vec<&str> = columns.iter().map(|c| c.path.as_str()).collect();
    let told = env.call(model, ids, "export_data", vec![json!(paths)], Map::new())?;
    let rows = told["datas"].as_array().cloned().unwrap_or_default();
    Ok(rows.into_iter().map(|row| row.as_array().cloned().unwrap_or_default()).collect())
}

fn csv(columns: &[Column], rows: &[Vec<Json>]) -> Result<Vec<u8>> {
    let bad = |e: ::csv::Error| Error::internal(format!("csv: {e}"));
    let mut builder = ::csv::WriterBuilder::new();
    builder.quote_style(::csv::QuoteStyle::Always).terminator(::csv::Terminator::CRLF);
    let mut writer = builder.from_writer(Vec::new());
    writer.write_record(columns.iter().map(|c| &c.title)).map_err(bad)?;
    for row in rows {
        writer.write_record(row.iter().map(cell)).map_err(bad)?;
    }
    writer.into_inner().map_err(|e| Error::internal(format!("csv: {e}")))
}

/// A cell of a CSV file. Spreadsheets take what begins with =, + or - for a formula.
fn cell(value: &Json) -> String {
    match value {
        Json::Null | Json::Bool(false) => String::new(),
        Json::Bool(true) => "True".to_owned(),
        Json::String(text) if text.starts_with(['=', '-', '+']) => format!("'{text}"),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A name that every file system takes.
fn clean(name: &str, ending: &str) -> String {
    let harmless: String = name.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
    format!("{harmless}.{ending}")
}
