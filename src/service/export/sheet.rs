//! Rows and groups as a spreadsheet.

use chrono::{NaiveDate, NaiveDateTime};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::Column;
use super::groups::Group;
use crate::error::{Error, Result};
use crate::value::{DATETIME_FORMAT, Json};

/// Rows that a sheet holds.
const ROWS_MAX: usize = 1_048_576;
/// Characters that a cell holds.
const TEXT_MAX: usize = 32_767;

/// What a spreadsheet's library refuses.
pub(super) fn refused(error: XlsxError) -> Error {
    Error::user(format!("The spreadsheet cannot be written: {error}"))
}

struct Styles {
    plain: Format,
    head: Format,
    date: Format,
    datetime: Format,
    number: Format,
    group: Format,
    group_number: Format,
}

impl Styles {
    fn new() -> Styles {
        let plain = Format::new().set_text_wrap();
        let group = plain.clone().set_bold().set_background_color(Color::RGB(0x00E9_ECEF));
        Styles {
            head: Format::new().set_bold(),
            date: plain.clone().set_num_format("yyyy-mm-dd"),
            datetime: plain.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            number: plain.clone().set_num_format("#,##0.00"),
            group_number: group.clone().set_num_format("#,##0.00"),
            group,
            plain,
        }
    }
}

/// A sheet with one row of titles.
fn begin(columns: &[Column], count: usize, styles: &Styles) -> Result<(Workbook, Worksheet)> {
    if count >= ROWS_MAX {
        return Err(Error::user(format!(
            "There are too many rows ({count} rows, limit: {ROWS_MAX}) to export as Excel 2007-2013 (.xlsx) format. \
             Consider splitting the export."
        )));
    }
    let mut sheet = Worksheet::new();
    for (i, column) in columns.iter().enumerate() {
        let at = at(i);
        sheet.write_with_format(0, at, column.title.as_str(), &styles.head).map_err(refused)?;
        sheet.set_column_width(at, 30).map_err(refused)?;
    }
    Ok((Workbook::new(), sheet))
}

fn at(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn end(mut book: Workbook, sheet: Worksheet) -> Result<Vec<u8>> {
    book.push_worksheet(sheet);
    book.save_to_buffer().map_err(refused)
}

/// A plain table.
pub(super) fn table(columns: &[Column], rows: &[Vec<Json>]) -> Result<Vec<u8>> {
    let styles = Styles::new();
    let (book, mut sheet) = begin(columns, rows.len(), &styles)?;
    for (i, row) in rows.iter().enumerate() {
        write_row(&mut sheet, line(i + 1), row, columns, &styles)?;
    }
    end(book, sheet)
}

fn line(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// A table with a line above each group.
pub(super) fn grouped(columns: &[Column], groups: &[Group]) -> Result<Vec<u8>> {
    let styles = Styles::new();
    let count = groups.iter().map(|g| usize::try_from(g.count).unwrap_or_default()).sum();
    let (book, mut sheet) = begin(columns, count, &styles)?;
    let mut row = 1;
    for group in groups {
        row = write_group(&mut sheet, row, group, 0, columns, &styles)?;
    }
    end(book, sheet)
}

fn write_group(
    sheet: &mut Worksheet,
    mut row: u32,
    group: &Group,
    depth: usize,
    columns: &[Column],
    styles: &Styles,
) -> Result<u32> {
    let title = format!("{}{} ({})", "    ".repeat(depth), group.title, group.count);
    sheet.write_with_format(row, 0, title, &styles.group).map_err(refused)?;
    for (i, column) in columns.iter().enumerate().skip(1) {
        let sum = group.sums.get(i).and_then(Option::as_ref);
        let float = ["float", "monetary"].contains(&column.kind.as_str());
        match sum.and_then(Json::as_f64).filter(|_| float) {
            Some(number) => sheet.write_with_format(row, at(i), number, &styles.group_number),
            None => {
                let text = match sum {
                    None => String::new(),
                    Some(Json::Bool(b)) => if *b { "True" } else { "False" }.to_owned(),
                    Some(other) => other.to_string(),
                };
                sheet.write_with_format(row, at(i), text, &styles.group)
            }
        }
        .map_err(refused)?;
    }
    row += 1;
    for inner in &group.inner {
        row = write_group(sheet, row, inner, depth + 1, columns, styles)?;
    }
    for values in &group.rows {
        write_row(sheet, row, values, columns, styles)?;
        row += 1;
    }
    Ok(row)
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    values: &[Json],
    columns: &[Column],
    styles: &Styles,
) -> Result<()> {
    for (i, value) in values.iter().enumerate() {
        let kind = columns.get(i).map_or("", |c| c.kind.as_str());
        write_cell(sheet, row, at(i), value, kind, styles).map_err(refused)?;
    }
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Json,
    kind: &str,
    styles: &Styles,
) -> std::result::Result<(), XlsxError> {
    match value {
        Json::Null | Json::Bool(false) if kind != "boolean" => {
            sheet.write_blank(row, column, &styles.plain)?
        }
        Json::Null => sheet.write_blank(row, column, &styles.plain)?,
        Json::Bool(b) => sheet.write_with_format(row, column, *b, &styles.plain)?,
        Json::Number(n) => {
            let whole = n.is_i64() && !["float", "monetary"].contains(&kind);
            let style = if whole { &styles.plain } else { &styles.number };
            sheet.write_with_format(row, column, n.as_f64().unwrap_or_default(), style)?
        }
        Json::String(text) if kind == "date" => match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            Ok(day) => sheet.write_with_format(row, column, &day, &styles.date)?,
            Err(_) => sheet.write_with_format(row, column, text.as_str(), &styles.plain)?,
        },
        Json::String(text) if kind == "datetime" => {
            match NaiveDateTime::parse_from_str(text, DATETIME_FORMAT) {
                Ok(time) => sheet.write_with_format(row, column, &time, &styles.datetime)?,
                Err(_) => sheet.write_with_format(row, column, text.as_str(), &styles.plain)?,
            }
        }
        Json::String(text) if text.chars().count() > TEXT_MAX => {
            let told = format!(
                "The content of this cell is too long for an XLSX file (more than {TEXT_MAX} characters). \
                 Please use the CSV format for this export."
            );
            sheet.write_with_format(row, column, told, &styles.plain)?
        }
        Json::String(text) => sheet.write_with_format(row, column, text.replace('\r', " "), &styles.plain)?,
        other => sheet.write_with_format(row, column, other.to_string(), &styles.plain)?,
    };
    Ok(())
}
