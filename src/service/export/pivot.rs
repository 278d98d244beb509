//! A pivot table as a spreadsheet: the browser has laid it out, here it is drawn.

use rust_xlsxwriter::{Color, Format, Workbook, Worksheet};
use std::collections::VecDeque;

use super::sheet::refused;
use super::{Download, XLSX, clean};
use crate::error::{Error, Result};
use crate::value::{Json, Map};

/// A title that goes on in rows below.
struct Tall {
    column: u16,
    rows_left: u64,
}

struct Page {
    sheet: Worksheet,
    head: Format,
    head_bold: Format,
    bold: Format,
    /// Columns that an empty cell below a tall title takes.
    span: u16,
}

/// The file of what the pivot view posts.
pub fn pivot(table: &Map) -> Result<Download> {
    let of = |name: &str| table.get(name).unwrap_or(&Json::Null);
    let list = |name: &str| of(name).as_array().cloned().unwrap_or_default();
    let number = |name: &str| of(name).as_u64().unwrap_or(1).clamp(1, 1000);
    let (measures, origins) = (number("measure_count"), number("origin_count"));
    let title = of("title").as_str().unwrap_or("Pivot");
    let gray = Format::new().set_background_color(Color::RGB(0x00AA_AAAA));
    let mut page = Page {
        sheet: Worksheet::new(),
        head_bold: gray.clone().set_bold(),
        head: gray,
        bold: Format::new().set_bold(),
        span: narrow(measures * (2 * origins - 1))?,
    };
    // a sheet's name is short and knows no brackets
    let name: String = title.chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect();
    if !name.trim_matches('\'').is_empty() {
        page.sheet.set_name(name.trim_matches('\'')).map_err(refused)?;
    }
    let mut row = page.column_groups(&list("col_group_headers"))?;
    let measure_headers = list("measure_headers");
    if !measure_headers.is_empty() {
        page.titles(row, &measure_headers, narrow(2 * origins - 1)?)?;
        for column in 0..=narrow(measure_headers.len() as u64)? {
            page.sheet.set_column_width(column, 16).map_err(refused)?;
        }
        row += 1;
    }
    let origin_headers = list("origin_headers");
    if !origin_headers.is_empty() {
        page.titles(row, &origin_headers, 1)?;
        row += 1;
    }
    for line in list("rows") {
        page.line(row, &line)?;
        row += 1;
    }
    let mut book = Workbook::new();
    book.push_worksheet(page.sheet);
    let name = format!("Pivot {title} ({})", of("model").as_str().unwrap_or_default());
    Ok(Download { name: clean(&name, "xlsx"), kind: XLSX, bytes: book.save_to_buffer().map_err(refused)? })
}

fn narrow(columns: u64) -> Result<u16> {
    u16::try_from(columns)
        .ok()
        .filter(|n| *n < 16_384)
        .ok_or_else(|| Error::user("The table is too wide for a sheet."))
}

impl Page {
    fn head(&mut self, row: u32, column: u16, text: &str) -> Result<()> {
        self.sheet.write_with_format(row, column, text, &self.head).map_err(refused)?;
        Ok(())
    }

    /// Titles of the groups of columns; gives the row below them.
    fn column_groups(&mut self, rows: &[Json]) -> Result<u32> {
        let mut tall: VecDeque<Tall> = VecDeque::new();
        let mut y = 0;
        for titles in rows {
            let mut x = 1;
            self.head(y, 0, "")?;
            for title in titles.as_array().into_iter().flatten() {
                x = self.below_tall(&mut tall, y, x)?;
                let width = narrow(title["width"].as_u64().unwrap_or(1))?;
                for i in 0..width {
                    let text = if i == 0 { title["title"].as_str().unwrap_or_default() } else { "" };
                    self.head(y, x + i, text)?;
                }
                let height = title["height"].as_u64().unwrap_or(1);
                if height > 1 {
                    tall.push_back(Tall { column: x, rows_left: height - 1 });
                }
                x += width;
            }
            self.below_tall(&mut tall, y, x)?;
            y += 1;
        }
        Ok(y)
    }

    /// Empty cells below titles of rows above; gives the next free column.
    fn below_tall(&mut self, tall: &mut VecDeque<Tall>, y: u32, mut x: u16) -> Result<u16> {
        while tall.front().is_some_and(|t| t.column == x) {
            let Some(above) = tall.pop_front() else { break };
            for i in 0..self.span {
                self.head(y, x + i, "")?;
            }
            if above.rows_left > 1 {
                tall.push_back(Tall { column: x, rows_left: above.rows_left - 1 });
            }
            x += self.span;
        }
        Ok(x)
    }

    /// One row of titles, each over `width` columns.
    fn titles(&mut self, row: u32, titles: &[Json], width: u16) -> Result<()> {
        self.head(row, 0, "")?;
        let mut x = 1;
        for title in titles {
            let style = if title["is_bold"] == Json::Bool(true) { &self.head_bold } else { &self.head };
            let text = title["title"].as_str().unwrap_or_default();
            self.sheet.write_with_format(row, x, text, style).map_err(refused)?;
            for i in 1..width {
                self.head(row, x + i, "")?;
            }
            x += width;
        }
        Ok(())
    }

    fn line(&mut self, row: u32, line: &Json) -> Result<()> {
        let indent = usize::try_from(line["indent"].as_u64().unwrap_or_default()).unwrap_or_default();
        let title = match &line["title"] {
            Json::String(text) => text.clone(),
            Json::Null | Json::Bool(false) => String::new(),
            other => other.to_string(),
        };
        self.head(row, 0, &format!("{}{title}", "     ".repeat(indent.min(50))))?;
        for (i, cell) in line["values"].as_array().into_iter().flatten().enumerate() {
            let column = narrow(i as u64 + 1)?;
            let plain = Format::new();
            let style = if cell["is_bold"] == Json::Bool(true) { &self.bold } else { &plain };
            match &cell["value"] {
                Json::Number(n) => {
                    self.sheet.write_with_format(row, column, n.as_f64().unwrap_or_default(), style)
                }
                Json::String(text) => self.sheet.write_with_format(row, column, text.as_str(), style),
                _ => self.sheet.write_blank(row, column, style),
            }
            .map_err(refused)?;
        }
        Ok(())
    }
}
