//! A data file of an addon, whatever its format, as records in load order.

use super::addon::Addon;
use super::xml::{self, FieldText, Record};
use crate::error::{Error, Result};

/// The records of `path`: XML by content, CSV with the model in the file's name (`res.country.csv`).
pub fn read(addon: &Addon, path: &str) -> Result<Vec<Record>> {
    let shown = format!("{}/{path}", addon.name());
    let bytes = addon
        .files
        .get(path)
        .ok_or_else(|| Error::user(format!("{shown}: listed in the manifest, not there")))?;
    let text = std::str::from_utf8(bytes).map_err(|_| Error::user(format!("{shown}: not UTF-8")))?;
    match path.rsplit_once('.') {
        Some((_, "xml")) => xml::records(&shown, text),
        Some((stem, "csv")) => csv_records(&shown, stem.rsplit('/').next().unwrap_or(stem), text),
        _ => Err(Error::user(format!("{shown}: data files end in .xml or .csv"))),
    }
}

/// Odoo's import format: the column `id` is the external id, `x:id` or `x/id` an external id of a many2one.
fn csv_records(path: &str, model: &str, text: &str) -> Result<Vec<Record>> {
    let bad = |e: csv::Error| Error::user(format!("{path}: {e}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(bad)?.clone();
    let mut out = Vec::new();
    for row in reader.records() {
        let row = row.map_err(bad)?;
        let mut rec = Record {
            id: String::new(),
            model: model.to_owned(),
            fields: Vec::new(),
            noupdate: false,
            line: 0,
        };
        for (column, value) in header.iter().zip(row.iter()) {
            if column == "id" {
                rec.id = value.to_owned();
            } else if let Some(name) = column.strip_suffix(":id").or_else(|| column.strip_suffix("/id")) {
                if !value.is_empty() {
                    rec.fields.push((name.to_owned(), FieldText::Ref(value.to_owned())));
                }
            } else {
                rec.fields.push((column.to_owned(), FieldText::Text(value.to_owned())));
            }
        }
        out.push(rec);
    }
    Ok(out)
}
