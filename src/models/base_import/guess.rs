//! Which kinds of fields a column's values fit, by the first rows of a file.

use super::dates;
use crate::error::Result;
use crate::models::res_lang;
use crate::orm::Env;
use crate::value::{Json, Map};
use serde_json::json;

/// Kinds of fields that hold texts.
const TEXTS: [&str; 6] = ["text", "char", "binary", "selection", "html", "tags"];

/// The kinds of fields the values fit. Separators and formats that had to be guessed are noted in the options.
pub fn kinds(env: &Env, values: &[String], options: &mut Map) -> Result<Vec<&'static str>> {
    let all = |fits: &dyn Fn(&str) -> bool| values.iter().all(|value| fits(value));
    if all(&str::is_empty) {
        return Ok(vec!["all"]);
    }
    if all(&|v| v.starts_with("__export__")) {
        return Ok(vec!["id", "many2many", "many2one", "one2many"]);
    }
    if all(&|v| v.chars().all(|c| c.is_ascii_digit())) {
        let mut kinds = vec!["integer", "float", "monetary"];
        if all(&|v| matches!(v, "" | "0" | "1")) {
            kinds.push("boolean");
        }
        return Ok(kinds);
    }
    if all(&|v| matches!(v.to_lowercase().as_str(), "true" | "false" | "t" | "f" | "")) {
        return Ok(vec!["boolean"]);
    }
    if numbers(env, values, options)? {
        return Ok(vec!["float", "monetary"]);
    }
    Ok(moments(env, values, options)?.unwrap_or_else(|| TEXTS.to_vec()))
}

fn option<'o>(options: &'o Map, name: &str) -> Option<&'o str> {
    options.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
}

fn note_separators(options: &mut Map, thousand: &str, decimal: &str) {
    options.insert("float_thousand_separator".into(), json!(thousand));
    options.insert("float_decimal_separator".into(), json!(decimal));
}

/// Whether all are numbers, whatever separates thousands in them.
fn numbers(env: &Env, values: &[String], options: &mut Map) -> Result<bool> {
    let mut likely = None;
    for value in values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()) {
        let Some(value) = without_currency(env, value)? else { return Ok(false) };
        let (dots, commas) = (value.matches('.').count(), value.matches(',').count());
        let known = option(options, "float_thousand_separator").is_some()
            && option(options, "float_decimal_separator").is_some();
        let decimal_dot = option(options, "float_decimal_separator") == Some(".");
        match (known, value.rfind('.'), value.rfind(',')) {
            (true, ..) if dots > 1 && decimal_dot => return Ok(false),
            (true, ..) => {}
            _ if dots > 1 => note_separators(options, ".", ","),
            _ if commas > 1 => note_separators(options, ",", "."),
            (_, dot, comma) if dot > comma => likely = Some((",", ".")),
            (_, dot, comma) if comma > dot => likely = Some((".", ",")),
            _ => {}
        }
    }
    if let Some((thousand, decimal)) = likely
        && option(options, "float_decimal_separator").is_none()
    {
        note_separators(options, thousand, decimal);
    }
    Ok(true)
}

/// The number in `12.00 €` or `(5)` (which accountants write for -5); None when there is none, or more beside it.
pub fn without_currency(env: &Env, value: &str) -> Result<Option<String>> {
    let value = value.trim();
    let inner = value.strip_prefix('(').and_then(|v| v.strip_suffix(')'));
    let (value, sign) = (inner.unwrap_or(value), if inner.is_some() { "-" } else { "" });
    let digits = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let Some(first) = value.find(digits) else { return Ok(None) };
    let start = if value[..first].ends_with(['+', '-']) { first - 1 } else { first };
    let end = value[first..].find(|c| !digits(c)).map_or(value.len(), |length| first + length);
    let symbol = match (&value[..start], &value[end..]) {
        ("", symbol) | (symbol, "") => symbol.trim(),
        _ => return Ok(None),
    };
    let known = symbol.is_empty() || env.count("res.currency", json!([["symbol", "=", symbol]]))? > 0;
    Ok(known.then(|| format!("{sign}{}", &value[start..end])))
}

/// Dates, or moments, where all values fit one pattern.
fn moments(env: &Env, values: &[String], options: &mut Map) -> Result<Option<Vec<&'static str>>> {
    let mut days: Vec<String> = option(options, "date_format").map(str::to_owned).into_iter().collect();
    days.extend(res_lang::date_format(env)?);
    days.extend(dates::patterns());
    if let Some(found) = dates::common(&days, values) {
        options.insert("date_format".into(), json!(found));
        return Ok(Some(vec!["date", "datetime"]));
    }
    let given = option(options, "datetime_format").map(str::to_owned).into_iter();
    let tried = days.iter().flat_map(|day| dates::TIMES.iter().map(move |time| format!("{day} {time}")));
    let moments: Vec<String> = given.chain(tried).collect();
    Ok(dates::common(&moments, values).map(|found| {
        options.insert("datetime_format".into(), json!(found));
        vec!["datetime"]
    }))
}
