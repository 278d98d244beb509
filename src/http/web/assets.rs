//! The client's bundles, and the files of the operator's Odoo tree that it loads by their own address.

use std::time::SystemTime;

use serde_json::json;

use crate::assets::{self, Assets, Form, Output, Part};
use crate::error::{Error, Result};

use super::super::exchange::{Answer, Exchange};
use super::super::file;

/// What an address that changes with its content may promise.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A week, as Odoo says of them: the tree changes with its versions.
const WEEK: &str = "public, max-age=604800";

/// Which form `?debug=` asks for.
pub fn form(debug: &str) -> Form {
    if debug.split(',').any(|word| word == "assets") { Form::Readable } else { Form::Minified }
}

fn of_tree<'a>(exchange: &'a Exchange<'_>) -> Result<&'a Assets> {
    let nowhere = || Error::not_found("This server was started without --odoo-source.");
    exchange.options.assets.as_deref().ok_or_else(nowhere)
}

/// `/web/assets/<version>/<bundle>.min.js` and `.min.css`; `/web/assets/debug/<bundle>.js` and `.css`.
pub fn part(exchange: &Exchange<'_>) -> Result<Answer> {
    let assets = of_tree(exchange)?;
    let (version, name) = (exchange.request.segment("version"), exchange.request.segment("file"));
    let unknown = || Error::not_found("There is no such bundle.");
    let (bundle, part, form) = assets::parse_name(name).ok_or_else(unknown)?;
    let digest = assets.digest(bundle, part, form)?.ok_or_else(unknown)?;
    let right = assets::address(bundle, part, form, &digest);
    if form == Form::Minified && version != digest {
        return Ok(Answer::redirect(&right).header("cache-control", "no-cache"));
    }
    let output = assets.output(bundle, part, form)?.ok_or_else(unknown)?;
    if form == Form::Minified && output.digest != digest {
        // a file was changed since the address was made
        let right = assets::address(bundle, part, form, &output.digest);
        return Ok(Answer::redirect(&right).header("cache-control", "no-cache"));
    }
    Ok(packed(exchange, &output, part, form))
}

/// The output in the smallest way the client takes.
fn packed(exchange: &Exchange<'_>, output: &Output, part: Part, form: Form) -> Answer {
    let kind = match part {
        Part::Script => "application/javascript; charset=utf-8",
        Part::Style => "text/css; charset=utf-8",
    };
    let (encoding, bytes) = match exchange.request.header("accept-encoding").unwrap_or_default() {
        taken if file::takes(taken, "br") => ("br", &output.brotli),
        taken if file::takes(taken, "gzip") => ("gzip", &output.gzip),
        _ => ("", &output.plain),
    };
    let etag = format!("\"{}-{encoding}\"", output.digest);
    let answer = if file::is_current(exchange.request, &etag, None) {
        Answer { status: 304, ..Answer::default() }
    } else {
        let answer = Answer::new(200, kind, bytes.clone());
        if encoding.is_empty() { answer } else { answer.header("content-encoding", encoding) }
    };
    let lasting = if form == Form::Minified { FOREVER } else { "no-cache" };
    answer.header("etag", etag).header("vary", "accept-encoding").header("cache-control", lasting)
}

/// `/web/bundle/<name>`: where the parts of a bundle are that the client loads later. An unknown one has none.
pub fn bundle(exchange: &Exchange<'_>) -> Result<Answer> {
    let debug = exchange.request.query_value("debug").unwrap_or_default();
    let links = of_tree(exchange)?.links(exchange.request.segment("name"), form(&debug))?;
    let nodes = links
        .into_iter()
        .map(|(part, url)| json!({"type": if part == Part::Script { "script" } else { "link" }, "src": url}));
    Ok(Answer::json(200, &nodes.collect::<Vec<_>>()).header("cache-control", "no-cache"))
}

/// `/<addon>/static/<path>`: a file of the tree, or of an addon of this server.
pub fn file(exchange: &Exchange<'_>) -> Result<Answer> {
    let missing = || Error::not_found("There is no such file.");
    let (addon, path) = (exchange.request.segment("addon"), exchange.request.segment("path"));
    let place = of_tree(exchange)?.source().place(addon, path).ok_or_else(missing)?;
    let bytes = place.read().map_err(|e| missing().detail(e.to_string()))?.into_owned();
    let modified = place.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    Ok(file::answer(exchange.request, bytes, kind.essence_str(), modified).header("cache-control", WEEK))
}
