//! `/web/database/…`: this server holds one.

use serde_json::json;

use crate::error::Result;
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange};

/// The names of the databases.
pub fn list(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    Ok(Some(json!([exchange.app.db_name])))
}

/// There is nothing to select, but clients look for the page.
pub fn selector(exchange: &Exchange<'_>) -> Result<Answer> {
    let name = html_escape::encode_text(&exchange.app.db_name);
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<title>Database</title>\n<p><a href=\"/web/login\">{name}</a></p>\n"
    );
    Ok(Answer::html(200, page))
}
