//! Cells as files write them, made into what `load` reads: dates and numbers in one form, several columns of one field
//! in one cell, choices that do not exist replaced by the one the user named.

use super::dates::Pattern;
use super::guess;
use super::table::Rows;
use crate::error::Result;
use crate::orm::field::{Field, Kind};
use crate::orm::{Env, Model};
use crate::value::{DATE_FORMAT, DATETIME_FORMAT, Json, Map};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde_json::json;

/// Fields of pictures may hold the name of a file that the browser sends after the row.
const PICTURES: [&str; 4] = ["icon", "image", "logo", "picture"];

/// Why a file is not imported, said of a column as a whole.
#[derive(Debug)]
pub struct Refusal {
    message: String,
    column: Option<(String, &'static str)>,
}

impl Refusal {
    /// Of the file.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), column: None }
    }

    fn of(path: &str, field: &Field, message: String) -> Refusal {
        Refusal { message, column: Some((path.to_owned(), field.kind.name())) }
    }

    /// As the client shows it.
    pub fn to_json(&self) -> Json {
        let (path, kind) = self.column.as_ref().map(|(path, kind)| (path.as_str(), *kind)).unzip();
        json!({"type": "error", "message": self.message, "record": false, "not_matching_error": true,
            "field_path": path.map_or(json!(false), |p| json!([p])), "field_type": kind})
    }
}

/// What keeps a file from being imported: itself, or us.
pub type Outcome<T> = Result<Result<T, Refusal>>;

/// The field that a path ends at; None for ids.
fn field<'e>(env: &'e Env, model: &'e Model, path: &str) -> Option<&'e Field> {
    let (mut at, mut found) = (Some(model), None);
    for step in path.split('/') {
        found = at?.fields.get(step);
        at = found.and_then(|f| env.registry().find(&f.relation));
    }
    found
}

fn is_picture(path: &str, field: &Field) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(field.kind, Kind::Binary | Kind::Image)
        && field.attachment
        && PICTURES.iter().any(|word| name.contains(word))
}

/// Makes dates, moments and numbers what the server reads.
pub fn parse(env: &Env, model: &Model, paths: &[String], rows: &mut Rows, options: &Map) -> Outcome<()> {
    for (column, path) in paths.iter().enumerate() {
        let Some(field) = field(env, model, path) else { continue };
        let done = match field.kind {
            Kind::Date | Kind::DateTime => dates(path, field, column, rows, options),
            Kind::Float | Kind::Monetary => numbers(env, (path, field, column), rows, options)?,
            _ if is_picture(path, field) => pictures(path, field, column, rows),
            _ => Ok(()),
        };
        if let Err(refusal) = done {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(()))
}

fn dates(path: &str, field: &Field, column: usize, rows: &mut Rows, options: &Map) -> Result<(), Refusal> {
    let pattern = |name: &str, otherwise: &str| {
        let given = options.get(name).and_then(Json::as_str).filter(|p| !p.is_empty()).unwrap_or(otherwise);
        let unknown = || Refusal::of(path, field, format!("'{given}' is no format of dates"));
        Pattern::new(given).ok_or_else(unknown)
    };
    let (day, moment) = (pattern("date_format", DATE_FORMAT)?, pattern("datetime_format", DATETIME_FORMAT)?);
    let timed = field.kind == Kind::DateTime;
    for (line, row) in rows.iter_mut().enumerate().filter(|(_, row)| !row[column].is_empty()) {
        let text = row[column].trim();
        let parsed = match moment.parse(text) {
            Ok(parsed) if timed => Ok(parsed),
            _ => day.parse(text),
        };
        let parsed = parsed.map_err(|why| {
            let line = line + 1;
            let message = format!("Column {path} contains incorrect values. Error in line {line}: {why}");
            Refusal::of(path, field, message)
        })?;
        row[column] = parsed.format(if timed { DATETIME_FORMAT } else { DATE_FORMAT }).to_string();
    }
    Ok(())
}

fn numbers(
    env: &Env,
    (path, field, column): (&str, &Field, usize),
    rows: &mut Rows,
    options: &Map,
) -> Outcome<()> {
    for row in rows {
        let text = row[column].trim().to_owned();
        if !text.is_empty() {
            let (thousand, decimal) = separators(&text, options);
            let scientific = if text.contains(['E', 'e']) {
                replaced(&text, &thousand, ".").parse::<f64>().ok()
            } else {
                None
            };
            let plain = match scientific {
                Some(number) => format!("{number:.6}"),
                None => replaced(&replaced(&text, &thousand, ""), &decimal, "."),
            };
            let Some(number) = guess::without_currency(env, &plain)? else {
                let message = format!("Column {path} contains incorrect values (value: {plain})");
                return Ok(Err(Refusal::of(path, field, message)));
            };
            row[column] = number;
        } else {
            row[column] = text;
        }
    }
    Ok(Ok(()))
}

/// Nothing in place of nothing.
fn replaced(text: &str, from: &str, to: &str) -> String {
    if from.is_empty() { text.to_owned() } else { text.replace(from, to) }
}

/// What separates thousands and decimals in a number: of two signs the one that is last, and there once, is the decimal
/// one; else as the options say.
fn separators(number: &str, options: &Map) -> (String, String) {
    let is_sign = |c: &char| !c.is_numeric() && !matches!(c, '(' | ')' | '-' | '+') && !is_currency(*c);
    let mut counts: IndexMap<char, usize> = IndexMap::new();
    number.chars().filter(is_sign).for_each(|c| *counts.entry(c).or_default() += 1);
    let last = number.chars().rfind(is_sign);
    if let (2, Some(last)) = (counts.len(), last)
        && counts[&last] == 1
        && let Some(other) = counts.keys().find(|c| **c != last)
    {
        return (other.to_string(), last.to_string());
    }
    let option = |name: &str, otherwise: &str| {
        options.get(name).and_then(Json::as_str).unwrap_or(otherwise).to_owned()
    };
    (option("float_thousand_separator", " "), option("float_decimal_separator", "."))
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '֏' | '؋' | '৲' | '৳' | '฿' | '៛' | '₠'..='₿' | '﷼' | '＄')
}

/// Pictures come as base64 or as names of files. Addresses are not fetched: a server that fetches what a file says
/// reaches what its users do not.
fn pictures(path: &str, field: &Field, column: usize, rows: &Rows) -> Result<(), Refusal> {
    for cell in rows.iter().map(|row| &row[column]) {
        let lower = cell.to_ascii_lowercase();
        let message = if lower.starts_with("http://") || lower.starts_with("https://") {
            "You can not import images via URL, check with your administrator or support for the reason."
        } else if cell.contains('.') || STANDARD.decode(cell).is_ok() {
            continue;
        } else {
            "Found invalid image data, images should be imported as either URLs or base64-encoded data."
        };
        return Err(Refusal::of(path, field, message.to_owned()));
    }
    Ok(())
}

/// Takes the names of files out of columns of pictures: by column, a name or null for each row.
pub fn files(env: &Env, model: &Model, paths: &[String], rows: &mut Rows) -> Map {
    let mut out = Map::new();
    for (column, path) in paths.iter().enumerate() {
        if !field(env, model, path).is_some_and(|f| is_picture(path, f)) {
            continue;
        }
        let mut take = |row: &mut Vec<String>| match row[column].contains('.') {
            true => json!(std::mem::take(&mut row[column])),
            false => Json::Null,
        };
        out.insert(path.clone(), rows.iter_mut().map(&mut take).collect());
    }
    out
}

/// One column a field: texts of several are joined.
pub fn merge(env: &Env, model: &Model, paths: &[String], rows: &Rows) -> (Vec<String>, Vec<Vec<Json>>) {
    let mut columns: IndexMap<&String, Vec<usize>> = IndexMap::new();
    for (at, path) in paths.iter().enumerate() {
        columns.entry(path).or_default().push(at);
    }
    let between = |path: &str| match field(env, model, path).map(|f| f.kind) {
        Some(Kind::Char) => Some(" "),
        Some(Kind::Text) => Some("\n"),
        Some(Kind::Many2many) => Some(","),
        _ => None,
    };
    let plans: Vec<(Option<&str>, &Vec<usize>)> =
        columns.iter().map(|(path, at)| (between(path), at)).collect();
    let cell = |row: &Vec<String>, (between, at): &(Option<&str>, &Vec<usize>)| match between {
        Some(between) => {
            let parts: Vec<&str> = at.iter().map(|i| row[*i].as_str()).filter(|t| !t.is_empty()).collect();
            json!(parts.join(between))
        }
        None => json!(row[at[0]]),
    };
    let merged = rows.iter().map(|row| plans.iter().map(|plan| cell(row, plan)).collect()).collect();
    (columns.into_keys().cloned().collect(), merged)
}

/// Puts the value the user chose in place of those that a selection or a boolean does not know.
pub fn fall_back(env: &Env, paths: &[String], rows: &mut [Vec<Json>], choices: &Map) -> Result<()> {
    for (column, path) in paths.iter().enumerate() {
        let Some(choice) = choices.get(path) else { continue };
        let text = |key: &str| choice.get(key).and_then(Json::as_str).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let known: Vec<String> = match text("field_type") {
            "boolean" => ["0", "1", "true", "false"].map(str::to_owned).to_vec(),
            "selection" => {
                let field = env.model(text("field_model"))?.field(name)?;
                field.selection.iter().map(|(_, label)| label.to_lowercase()).collect()
            }
            _ => continue,
        };
        let instead = match text("fallback_value") {
            "skip" => Json::Null,
            value => json!(value),
        };
        for cell in rows.iter_mut().map(|row| &mut row[column]) {
            if !known.contains(&cell.as_str().unwrap_or_default().to_lowercase()) {
                *cell = instead.clone();
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_by_their_places() {
        let none = Map::new();
        let of = |number: &str| separators(number, &none);
        let are = |thousand: &str, decimal: &str| (thousand.to_owned(), decimal.to_owned());
        assert_eq!(of("1.234.567,89"), are(".", ","));
        assert_eq!(of("$1,234.50"), are(",", "."));
        assert_eq!(of("(1 234,5)"), are(" ", ","));
        assert_eq!(of("12.5"), are(" ", "."));
        let german: Map = [("float_thousand_separator", "."), ("float_decimal_separator", ",")]
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .into_iter()
            .collect();
        assert_eq!(separators("12,5", &german), are(".", ","));
    }
}
