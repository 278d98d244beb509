//! `/web/content` and `/web/image`: a binary field as a file, under the rights of the session's user. The web client
//! posts what others say in the query.
//!
//! A file somebody uploaded must not run as a page of ours: what is no plain image, text, sound, film or PDF is offered
//! for saving, and nothing may load anything else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::models::mimetype;
use crate::orm::SUPERUSER;
use crate::picture::{self, Size};
use crate::service::{self, CallKw};
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange, Incoming};
use super::super::multipart::Form;
use super::{login, user};

/// The kind of the letters that stand for people without a picture.
const DRAWING: &str = "image/svg+xml";

/// What an image route shows where there is no image.
const PLACEHOLDER: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" width=\"96\" height=\"96\">\
    <rect width=\"24\" height=\"24\" fill=\"#e5e7eb\"/><path d=\"M5 18l5-7 4 5 2-3 3 5z\" fill=\"#9ca3af\"/>\
    <circle cx=\"16\" cy=\"8\" r=\"2\" fill=\"#9ca3af\"/></svg>";

/// For addresses that change with what they show: a year.
const CACHE_FOR_GOOD: &str = "private, max-age=31536000, immutable";

/// The field a request means.
#[derive(Default)]
struct Source {
    model: String,
    id: i64,
    field: String,
    filename: Option<String>,
    /// The field that has the name, for want of one.
    filename_field: String,
    download: bool,
    /// What an image is fitted into.
    size: Size,
    crop: bool,
    /// The address changes with the content: it may be kept for good.
    unique: bool,
}

/// A file out of a record.
struct File {
    bytes: Vec<u8>,
    kind: String,
    name: String,
}

/// `/web/content…`.
pub fn content(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = user(exchange)?;
    let form = Form::read(exchange.request)?;
    if exchange.request.method == "POST" {
        login::check_token(exchange, &form.text("csrf_token"))?;
    }
    let source = source(exchange.request, &form)?;
    exchange.note_call(format!("{}.{}", source.model, source.field));
    let file = load(exchange, uid, &source)?.ok_or_else(|| Error::not_found("There is no such file."))?;
    Ok(deliver(file, &source))
}

/// `/web/image…`: never missing, so that a page does not show a broken picture.
pub fn image(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = user(exchange)?;
    let source = source(exchange.request, &Form::default())?;
    exchange.note_call(format!("{}.{}", source.model, source.field));
    match load(exchange, uid, &source) {
        // a drawing has no size of its own to be made smaller
        Ok(Some(file)) if file.kind == DRAWING => Ok(deliver(file, &source)),
        Ok(Some(file)) if file.kind.starts_with("image/") => {
            let size = if source.size.is_open() { Size::of_field(&source.field) } else { source.size };
            let bytes = match picture::scaled(&file.bytes, size, source.crop) {
                Ok(scaled) => scaled.into_owned(),
                Err(_) => return Ok(placeholder()),
            };
            let kind = infer::get(&bytes).map_or(file.kind.clone(), |t| t.mime_type().to_owned());
            let kind = if kind.starts_with("image/") { kind } else { file.kind };
            Ok(deliver(File { bytes, kind, name: file.name }, &source))
        }
        Err(e) if !matches!(e.kind, Kind::Missing | Kind::Access | Kind::Value | Kind::User) => Err(e),
        _ if source.download => Err(Error::not_found("There is no such file.")),
        _ => Ok(placeholder()),
    }
}

/// `/web/binary/company_logo`, `/logo`: on login pages and in mails, so it is for everybody.
pub fn company_logo(exchange: &Exchange<'_>) -> Result<Answer> {
    let Ok(app) = exchange.app() else { return Ok(placeholder()) };
    let asked = exchange.request.query_value("company").and_then(|id| id.parse().ok());
    let own = || {
        let uid = user(exchange).unwrap_or(SUPERUSER);
        app.reading(SUPERUSER, Map::new(), |env| {
            Ok(env.fetch_one("res.users", uid, &["company_id"])?.int("company_id"))
        })
    };
    let id = asked.map_or_else(own, Ok)?;
    let source = Source { model: "res.company".into(), id, field: "logo_web".into(), ..Source::default() };
    match load(exchange, SUPERUSER, &source) {
        Ok(Some(file)) if file.kind.starts_with("image/") => Ok(deliver(file, &source)),
        Ok(_) => Ok(placeholder()),
        Err(e) if e.kind == Kind::Missing => Ok(placeholder()),
        Err(e) => Err(e),
    }
}

fn placeholder() -> Answer {
    Answer::new(200, DRAWING, PLACEHOLDER).header("cache-control", "no-cache")
}

/// `64x48` as a size.
fn dimensions(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    Some(Size { width: width.parse().ok()?, height: height.parse().ok()? })
}

/// `/web/content/7`, `/web/content/7/name`, `/web/content/model/7/field[/name]`, or all of it in the form or the query.
fn source(request: &Incoming, form: &Form) -> Result<Source> {
    let mut parts: Vec<&str> = request.segment("path").split('/').filter(|p| !p.is_empty()).collect();
    // behind the record, and before a name: its size
    let numeric = parts.first().is_some_and(|p| p.starts_with(|c: char| c.is_ascii_digit()));
    let behind = if numeric { 1 } else { 3 };
    let in_path = parts.get(behind).and_then(|p| dimensions(p));
    if in_path.is_some() {
        parts.remove(behind);
    }
    let number = |text: &str| {
        // a unique suffix against caches ("7-ab12cd") is none of the id
        let digits = text.split('-').next().unwrap_or_default();
        digits.parse::<i64>().map_err(|_| Error::not_found("There is no such file."))
    };
    let query = |name: &str| {
        let posted = Some(form.text(name)).filter(|text| !text.is_empty());
        posted.or_else(|| request.query_value(name))
    };
    let side = |name: &str| query(name).and_then(|v| v.parse().ok()).unwrap_or(0);
    let size = in_path.unwrap_or_else(|| Size { width: side("width"), height: side("height") });
    let on = |name: &str| query(name).is_some_and(|v| !v.is_empty() && v != "false" && v != "0");
    let suffixed = parts.first().is_some_and(|p| numeric && p.contains('-'));
    let (crop, unique) = (on("crop"), on("unique") || suffixed);
    let attachment = |id, name: Option<&str>| Source {
        size,
        crop,
        unique,
        model: "ir.attachment".into(),
        id,
        field: query("field").unwrap_or_else(|| "raw".into()),
        filename: name.map(str::to_owned).or_else(|| query("filename")),
        filename_field: query("filename_field").unwrap_or_else(|| "name".into()),
        download: on("download"),
    };
    match parts.as_slice() {
        [] => Ok(Source {
            model: query("model").unwrap_or_else(|| "ir.attachment".into()),
            ..attachment(number(&query("id").unwrap_or_default())?, None)
        }),
        [id] => Ok(attachment(number(id)?, None)),
        [id, name] => Ok(attachment(number(id)?, Some(name))),
        [model, id, of, rest @ ..] => Ok(Source {
            model: (*model).to_owned(),
            field: (*of).to_owned(),
            ..attachment(number(id)?, rest.first().copied())
        }),
    }
}

fn load(exchange: &Exchange<'_>, uid: i64, source: &Source) -> Result<Option<File>> {
    let attachment = source.model == "ir.attachment";
    // `raw` is no field to read as text; `datas` is the same in base64
    let field = if attachment && source.field == "raw" { "datas" } else { source.field.as_str() };
    let mut fields = vec![field, "display_name"];
    if attachment {
        fields.push("mimetype");
    }
    let app = exchange.app()?;
    let named = app.db.registry().model(&source.model).is_ok_and(|model| model.has(&source.filename_field));
    if named {
        fields.push(&source.filename_field);
    }
    let mut kwargs = Map::new();
    kwargs.insert("context".into(), json!({"bin_size": false, "active_test": false}));
    let call = CallKw {
        model: source.model.clone(),
        method: "read".into(),
        args: vec![json!([source.id]), json!(fields)],
        kwargs,
    };
    let rows = service::call_kw(app, uid, call)?.unwrap_or_default();
    let Some(row) = rows.get(0) else { return Ok(None) };
    let text = |name: &str| row.get(name).and_then(Json::as_str).filter(|t| !t.is_empty());
    let Some(encoded) = text(field) else { return Ok(None) };
    let compact: String = encoded.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(compact).map_err(|_| Error::not_found("The field holds no file."))?;
    let guessed = match mimetype::guess(&bytes) {
        DRAWING => DRAWING,
        _ => infer::get(&bytes).map_or("application/octet-stream", |t| t.mime_type()),
    };
    let kind = text("mimetype").unwrap_or(guessed).to_owned();
    let name = source
        .filename
        .as_deref()
        .or(text(&source.filename_field))
        .or(text("display_name"))
        .unwrap_or("file");
    let name = name.to_owned();
    Ok(Some(File { bytes, kind, name }))
}

fn deliver(file: File, source: &Source) -> Answer {
    let kind = if file.kind.chars().all(|c| c.is_ascii_graphic()) { file.kind.as_str() } else { "" };
    let harmless = kind == "application/pdf"
        || kind == "text/plain"
        || ["audio/", "video/"].iter().any(|p| kind.starts_with(p))
        || (kind.starts_with("image/") && !kind.contains("svg"));
    let place = if harmless && !source.download { "inline" } else { "attachment" };
    let name: String =
        url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect::<String>().replace('+', "%20");
    Answer::new(200, if kind.is_empty() { "application/octet-stream" } else { kind }, file.bytes)
        .header("content-disposition", format!("{place}; filename*=UTF-8''{name}"))
        .header("x-content-type-options", "nosniff")
        .header("content-security-policy", "default-src 'none'")
        .header("cache-control", if source.unique { CACHE_FOR_GOOD } else { "private, no-cache" })
}
