//! `/web/database/…`: which databases there are.

use serde_json::json;

use crate::error::Result;
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange};

/// The names of the databases.
pub fn list(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    exchange.databases.must_list()?;
    Ok(Some(json!(exchange.databases.names_for(exchange.request.host())?)))
}

/// The databases to log in to.
pub fn selector(exchange: &Exchange<'_>) -> Result<Answer> {
    exchange.databases.must_list()?;
    let mut links = String::new();
    for name in exchange.databases.names_for(exchange.request.host())? {
        let value: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let shown = html_escape::encode_text(&name);
        links.push_str(&format!("<p><a href=\"/web/login?db={value}\">{shown}</a></p>\n"));
    }
    let page = format!("<!doctype html>\n<html lang=en>\n<title>Database</title>\n{links}");
    Ok(Answer::html(200, page))
}
