//! A file as rows of texts: CSV in the encoding and with the separator it seems to have, or a sheet of a workbook.

use crate::error::{Error, Result};
use crate::models::mimetype;
use crate::value::{DATE_FORMAT, DATETIME_FORMAT, Json, Map};
use calamine::{Data, Reader as _, open_workbook_auto_from_rs};
use encoding_rs::Encoding;
use serde_json::json;
use std::io::Cursor;

/// Rows of cells.
pub type Rows = Vec<Vec<String>>;

/// What was uploaded.
#[derive(Debug)]
pub struct Upload {
    /// Its content.
    pub content: Vec<u8>,
    /// Its name.
    pub name: String,
    /// The kind the browser said it was of.
    pub kind: String,
}

/// What workbooks begin with: a ZIP archive, or Microsoft's older container.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// What may stand between cells, likeliest first.
const SEPARATORS: &[u8] = b",;\t |\x1f";

/// The rows that have something in them. The kind a browser tells is whatever is installed there, so the first bytes
/// count, then the name. What had to be guessed is noted in the options.
pub fn read(upload: &Upload, options: &mut Map) -> Result<Rows> {
    let rows = if WORKBOOKS.iter().any(|start| upload.content.starts_with(start)) {
        sheet_rows(&upload.content, options)?
    } else if upload.kind == "text/csv" || mimetype::by_name(&upload.name) == Some("text/csv") {
        csv_rows(&upload.content, options)?
    } else {
        return Err(Error::user(format!(
            "Unsupported file format \"{}\", import only supports CSV, ODS, XLS and XLSX",
            upload.kind
        )));
    };
    Ok(rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect())
}

fn csv_rows(content: &[u8], options: &mut Map) -> Result<Rows> {
    let text = decoded(content, options)?;
    let quote = match options.get("quoting").and_then(Json::as_str).unwrap_or("\"").as_bytes() {
        [quote] => *quote,
        _ => {
            return Err(Error::user(
                "Error while importing records: Text Delimiter should be a single character.",
            ));
        }
    };
    let given = options.get("separator").and_then(Json::as_str).unwrap_or_default().as_bytes();
    let separator = match given {
        [] => {
            let found = SEPARATORS.iter().find(|candidate| divides(&text, **candidate, quote));
            if let Some(found) = found {
                options.insert("separator".into(), json!(char::from(*found).to_string()));
            }
            found.copied().unwrap_or(b',')
        }
        [one] => *one,
        _ => return Err(Error::user("The separator should be a single character.")),
    };
    cells(&text, separator, quote).collect()
}

/// Whether all rows have the same number of cells, more than one, when divided by `separator`.
fn divides(text: &str, separator: u8, quote: u8) -> bool {
    let mut width = None;
    for row in cells(text, separator, quote) {
        let Ok(row) = row else { return false };
        if row.len() < 2 || width.is_some_and(|w| w != row.len()) {
            return false;
        }
        width = Some(row.len());
    }
    width.is_some()
}

fn cells(text: &str, separator: u8, quote: u8) -> impl Iterator<Item = Result<Vec<String>>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quote(quote)
        .from_reader(Cursor::new(text.as_bytes().to_vec()));
    let failed = |e: csv::Error| Error::value(format!("The file is no CSV: {e}"));
    reader.into_records().map(move |row| Ok(row.map_err(failed)?.iter().map(str::to_owned).collect()))
}

/// The text in the encoding of the options, or in the one it seems to have.
fn decoded(content: &[u8], options: &mut Map) -> Result<String> {
    let wanted = options.get("encoding").and_then(Json::as_str).filter(|e| !e.is_empty());
    let name = wanted.map_or_else(|| encoding_of(content), str::to_ascii_lowercase);
    // Python's names for what the web's standard calls by fewer
    let label = match name.as_str() {
        "utf-8-sig" | "utf_8_sig" | "utf_8" => "utf-8",
        other => other,
    };
    let unknown = || Error::value(format!("unknown encoding: {name}"));
    let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(unknown)?;
    let (text, _, broken) = encoding.decode(content);
    if broken {
        return Err(Error::value(format!("The file is not written in {name}: choose another encoding.")));
    }
    options.insert("encoding".into(), json!(name));
    Ok(text.into_owned())
}

/// What a text seems to be encoded in, by the names that Python's `chardet` gives.
fn encoding_of(content: &[u8]) -> String {
    let nulls = |from: usize| content.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let mostly = |count: usize| count * 10 > content.len() * 3;
    match content {
        [0xef, 0xbb, 0xbf, ..] => "utf-8-sig".into(),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "utf-16".into(),
        _ if content.contains(&0) && mostly(nulls(1)) => "utf-16le".into(),
        _ if content.contains(&0) && mostly(nulls(0)) => "utf-16be".into(),
        _ if content.is_ascii() => "ascii".into(),
        _ if std::str::from_utf8(content).is_ok() => "utf-8".into(),
        _ => {
            let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
            detector.feed(content, true);
            detector.guess(None, chardetng::Utf8Detection::Deny).name().to_ascii_lowercase()
        }
    }
}

fn sheet_rows(content: &[u8], options: &mut Map) -> Result<Rows> {
    let failed = |e: calamine::Error| Error::user(format!("The file is no workbook: {e}"));
    let mut book = open_workbook_auto_from_rs(Cursor::new(content)).map_err(failed)?;
    let sheets = book.sheet_names();
    let wanted = options.get("sheet").and_then(Json::as_str).filter(|s| !s.is_empty());
    let sheet = wanted.or(sheets.first().map(String::as_str)).unwrap_or_default().to_owned();
    options.insert("sheets".into(), json!(sheets));
    options.insert("sheet".into(), json!(sheet));
    let range = book.worksheet_range(&sheet).map_err(failed)?;
    let row = |(y, cells): (usize, &[Data])| -> Result<Vec<String>> {
        cells.iter().enumerate().map(|(x, cell)| text_of(cell, y + 1, x + 1)).collect()
    };
    range.rows().enumerate().map(row).collect()
}

/// A cell as a CSV would have it.
fn text_of(cell: &Data, row: usize, column: usize) -> Result<String> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::Bool(yes) => (if *yes { "True" } else { "False" }).to_owned(),
        Data::DateTime(at) if at.is_datetime() => match at.as_datetime() {
            Some(at) if at.time() == chrono::NaiveTime::MIN => at.format(DATE_FORMAT).to_string(),
            Some(at) => at.format(DATETIME_FORMAT).to_string(),
            None => at.as_f64().to_string(),
        },
        Data::DateTimeIso(at) => at.replacen('T', " ", 1),
        Data::Error(e) => {
            let place = format!("row {row}, column {column}");
            return Err(Error::value(format!("Invalid cell value at {place}: {e}")));
        }
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(content: &[u8], options: &mut Map) -> Rows {
        let upload = Upload { content: content.to_vec(), name: "a.csv".into(), kind: "text/csv".into() };
        read(&upload, options).unwrap()
    }

    fn texts(rows: &Rows) -> String {
        rows.iter().map(|r| r.join("|")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn separators_and_quotes_are_found() {
        let mut options = Map::new();
        assert_eq!(texts(&rows(b"a;b\n1;\"x;\"\"y\"\"\nz\"\n", &mut options)), "a|b\n1|x;\"y\"\nz");
        assert_eq!(options["separator"], ";");
        let mut options = Map::new();
        assert_eq!(texts(&rows(b"a\tb\r\n\r\n , \t\r\n1\t2", &mut options)), "a|b\n , |\n1|2");
        assert_eq!(options["separator"], "\t");
        let mut options = Map::new();
        assert_eq!(texts(&rows(b"name\nx, y\n", &mut options)), "name\nx| y");
        assert!(!options.contains_key("separator"));
        let mut options = Map::from_iter([("quoting".to_owned(), json!("'"))]);
        assert_eq!(texts(&rows(b"a,b\n'1,2',3", &mut options)), "a|b\n1,2|3");
        options.insert("quoting".into(), json!("''"));
        let upload = Upload { content: b"a".to_vec(), name: String::new(), kind: "text/csv".into() };
        assert!(read(&upload, &mut options).unwrap_err().message.contains("single character"));
    }

    #[test]
    fn encodings_are_found() {
        let found = |content: &[u8]| {
            let mut options = Map::new();
            let text = texts(&rows(content, &mut options));
            (text, options["encoding"].as_str().unwrap().to_owned())
        };
        let is = |text: &str, encoding: &str| (text.to_owned(), encoding.to_owned());
        assert_eq!(found(b"a,b"), is("a|b", "ascii"));
        assert_eq!(found("ä,b".as_bytes()), is("ä|b", "utf-8"));
        assert_eq!(found(b"\xef\xbb\xbfa,b"), is("a|b", "utf-8-sig"));
        let le: Vec<u8> = "ä,b\n1,2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&le), is("ä|b\n1|2", "utf-16le"));
        assert_eq!(found(&[&[0xff, 0xfe][..], &le[..]].concat()), is("ä|b\n1|2", "utf-16"));
        let text = "Größe,Bäcker\nMüller,Köln\n";
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(found(&latin).0, "Größe|Bäcker\nMüller|Köln");
        let mut options = Map::from_iter([("encoding".to_owned(), json!("utf-8"))]);
        let upload = Upload { content: latin.to_vec(), name: String::new(), kind: "text/csv".into() };
        assert!(read(&upload, &mut options).unwrap_err().message.contains("utf-8"));
    }
}
