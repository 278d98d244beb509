//! `/web/export/…`, `/web/pivot/export_xlsx`, `/web/domain/validate`, `/web/binary/upload_attachment`,
//! `/base_import/set_file`: what the web client does beside calling methods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::service::export::{self, Download, Format, Within};
use crate::service::{self, CallKw, signature};
use crate::value::{Json, Map, json_is_falsy};

use super::super::exchange::{Answer, Exchange};
use super::super::fault;
use super::super::multipart::Form;
use super::{login, user};

/// What can be exported to.
pub fn formats(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    user(exchange).map(|_| Some(export::formats()))
}

/// The fields to choose from.
pub fn get_fields(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Export.get_fields", &["model", "domain"], params)?;
    let text = |name: &str| params.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let exclude = params.get("exclude").and_then(Json::as_array);
    let within = Within {
        prefix: text("prefix"),
        label: text("parent_name"),
        kind: text("parent_field_type"),
        field: params.get("parent_field").filter(|f| f.is_object()).cloned(),
        exclude: exclude.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect(),
        compatible: params.get("import_compat").is_none_or(|c| !json_is_falsy(c)),
    };
    let (model, context) = (text("model"), own_context(exchange, uid)?);
    exchange.note_call(format!("{model}.export_fields"));
    export::fields(exchange.app()?, uid, &context, &model, &within).map(Some)
}

/// The labels of a saved list of fields.
pub fn namelist(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Export.namelist", &["model", "export_id"], params)?;
    let model = signature::text(params.remove("model"));
    let id = signature::int(params.get("export_id").unwrap_or(&Json::Null))?;
    export::namelist(exchange.app()?, uid, &own_context(exchange, uid)?, &model, id).map(Some)
}

fn own_context(exchange: &Exchange<'_>, uid: i64) -> Result<Map> {
    let call = CallKw {
        model: "res.users".into(),
        method: "context_get".into(),
        args: Vec::new(),
        kwargs: Map::new(),
    };
    let context = service::call_kw(exchange.app()?, uid, call)?;
    Ok(context.and_then(|c| c.as_object().cloned()).unwrap_or_default())
}

/// A spreadsheet of records.
pub fn xlsx(exchange: &Exchange<'_>) -> Result<Answer> {
    told(exchange, |uid, data| export::file(exchange.app()?, uid, data, Format::Xlsx))
}

/// Records as text.
pub fn csv(exchange: &Exchange<'_>) -> Result<Answer> {
    told(exchange, |uid, data| export::file(exchange.app()?, uid, data, Format::Csv))
}

/// A pivot table as a spreadsheet.
pub fn pivot(exchange: &Exchange<'_>) -> Result<Answer> {
    told(exchange, |_, data| export::pivot(data))
}

/// Answers with the file, or with a page in which the client finds the error it shows.
fn told(exchange: &Exchange<'_>, make: impl Fn(i64, &Map) -> Result<Download>) -> Result<Answer> {
    let uid = user(exchange)?;
    let form = Form::read(exchange.request)?;
    login::check_token(exchange, &form.text("csrf_token"))?;
    let data: Json = serde_json::from_str(&form.text("data"))
        .map_err(|e| Error::bad_request(format!("The part \"data\" is no JSON: {e}")))?;
    let data = data.as_object().cloned().unwrap_or_default();
    exchange.note_call(format!("{}.export", data.get("model").and_then(Json::as_str).unwrap_or_default()));
    match make(uid, &data) {
        Ok(file) => Ok(saved(file)),
        // a lost race is tried again
        Err(e) if e.kind == Kind::Busy => Err(e),
        Err(e) => {
            let told = fault::json_error(&e, "export").to_string();
            let told = html_escape::encode_text(&told).into_owned();
            let title = "500 Internal Server Error";
            let page = format!(
                "<!doctype html>\n<html lang=en>\n<title>{title}</title>\n\
                 <h1>Internal Server Error</h1>\n<p>{told}</p>\n"
            );
            Ok(Answer::html(500, page))
        }
    }
}

fn saved(file: Download) -> Answer {
    let name: String =
        url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect::<String>().replace('+', "%20");
    Answer::new(200, file.kind, file.bytes)
        .header("content-disposition", format!("attachment; filename*=UTF-8''{name}"))
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "private, no-store")
}

/// Whether a domain of the editor can be searched with.
pub fn validate_domain(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Domain.validate", &["model", "domain"], params)?;
    let model = signature::text(params.remove("model"));
    let app = exchange.app()?;
    if app.db.registry().find(&model).is_none() {
        return Err(Error::validation(format!("Invalid model: {model}")));
    }
    let call = CallKw {
        model,
        method: "search".into(),
        args: vec![params.remove("domain").unwrap_or_default()],
        kwargs: Map::from_iter([("limit".to_owned(), json!(1))]),
    };
    match service::call_kw(app, uid, call) {
        Ok(_) => Ok(Some(json!(true))),
        Err(e) if matches!(e.kind, Kind::Busy | Kind::Access | Kind::Internal) => Err(e),
        Err(_) => Ok(Some(json!(false))),
    }
}

/// Files as attachments of a record: what was made of each, or an error in its place.
pub fn upload(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = user(exchange)?;
    let form = Form::read(exchange.request)?;
    login::check_token(exchange, &form.text("csrf_token"))?;
    exchange.note_call("ir.attachment.create");
    let (model, id) = (form.text("model"), form.text("id").trim().parse::<i64>().unwrap_or_default());
    let mut made = Vec::new();
    for file in form.all("ufile") {
        let name = file.filename.clone().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        let values =
            json!({"name": name, "datas": STANDARD.encode(&file.bytes), "res_model": model, "res_id": id});
        made.push(match attach(exchange, uid, &values) {
            Ok(attachment) => attachment,
            Err(e) if e.kind == Kind::Busy => return Err(e),
            Err(e) => json!({"error": e.message}),
        });
    }
    Ok(Answer::json(200, &Json::Array(made)))
}

/// The file of an import that was begun (`base_import.import`).
pub fn set_file(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = user(exchange)?;
    let form = Form::read(exchange.request)?;
    login::check_token(exchange, &form.text("csrf_token"))?;
    exchange.note_call("base_import.import.write");
    let id = form.text("id").trim().parse::<i64>();
    let id = id.map_err(|_| Error::bad_request("The field \"id\" must be the number of an import."))?;
    let file = form.all("ufile").next();
    let file = file.ok_or_else(|| Error::bad_request("The form has no file in \"ufile\"."))?;
    let values =
        json!({"file": STANDARD.encode(&file.bytes), "file_name": file.filename, "file_type": file.kind});
    let call = CallKw {
        model: "base_import.import".into(),
        method: "write".into(),
        args: vec![json!([id]), values],
        kwargs: Map::new(),
    };
    let written = service::call_kw(exchange.app()?, uid, call)?.unwrap_or_default();
    // the client reads it as a text, whatever it is said to be
    Ok(Answer::new(200, "text/html; charset=utf-8", json!({"result": written}).to_string()))
}

fn attach(exchange: &Exchange<'_>, uid: i64, values: &Json) -> Result<Json> {
    let call = |method: &str, args: Vec<Json>| {
        let call = CallKw { model: "ir.attachment".into(), method: method.into(), args, kwargs: Map::new() };
        service::call_kw(exchange.app()?, uid, call).map(Option::unwrap_or_default)
    };
    let id = call("create", vec![values.clone()])?;
    let read = call("read", vec![json!([id]), json!(["name", "mimetype", "file_size"])])?;
    Ok(
        json!({"filename": read[0]["name"], "mimetype": read[0]["mimetype"], "id": id, "size": read[0]["file_size"]}),
    )
}
