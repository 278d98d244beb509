//! base_import.import: a file becomes records. The client makes a record of this model, sends the file to it
//! (`/base_import/set_file`), asks for a preview with a field for each column, and has it imported, first to see
//! whether it would work.

mod cells;
mod dates;
mod guess;
mod suggest;
mod table;
mod tree;

use crate::error::{Error, Kind, Result};
use crate::orm::{Behaviour, Call, Env, Method, Model, Super};
use crate::value::{Json, Map, Value, json_is_falsy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cells::{Outcome, Refusal};
use serde_json::json;
use table::{Rows, Upload};

/// The model.
pub const MODEL: &str = "base_import.import";

/// Rows that a preview looks at.
const EXAMPLES: usize = 5;
/// Letters of a cell that a preview shows.
const SHOWN: usize = 50;
/// Bytes of a file that could not be read, to show.
const SHOWN_OF_FAILED: usize = 200;

/// Behaviour of the model.
pub fn behaviour() -> Behaviour {
    let fields = format!("model, depth={}", tree::DEPTH);
    Behaviour::new(MODEL)
        .create(|env, below, vals| below.create(env, vals.into_iter().map(in_base64).collect()))
        .write(|env, below: Super<'_>, ids, vals| below.write(env, ids, in_base64(vals)))
        .method(Method::model("get_fields_tree", &fields, fields_tree).readonly())
        .method(Method::record("parse_preview", "options, count=10", parse_preview))
        .method(Method::record("execute_import", "fields, columns, options, dryrun=False", execute_import))
}

/// Odoo's field takes a file as it is. Base64 is taken too, as XML-RPC has it for bytes.
fn in_base64(mut vals: Map) -> Map {
    if let Some(Json::String(text)) = vals.get_mut("file")
        && STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).is_err()
    {
        *text = STANDARD.encode(text.as_bytes());
    }
    vals
}

fn fields_tree(env: &Env, call: &Call<'_>) -> Result<Json> {
    let depth = call.arg("depth").as_u64().and_then(|d| usize::try_from(d).ok()).unwrap_or(tree::DEPTH);
    let model = call.text("model").unwrap_or_default();
    tree::of(env, model, depth.min(tree::DEPTH)).map(Json::Array)
}

/// The model that is imported to, and the file.
fn upload(env: &Env, call: &Call<'_>) -> Result<(String, Upload)> {
    let fields = ["res_model", "file", "file_name", "file_type"];
    let import = env.fetch_one(MODEL, call.one()?, &fields)?;
    let content = match import.get("file") {
        Value::Bytes(content) => content.clone(),
        _ => vec![],
    };
    let (name, kind) = (import.str("file_name").to_owned(), import.str("file_type").to_owned());
    Ok((import.str("res_model").to_owned(), Upload { content, name, kind }))
}

fn options(call: &Call<'_>) -> Map {
    call.arg("options").as_object().cloned().unwrap_or_default()
}

fn on(options: &Map, name: &str) -> bool {
    options.get(name).is_some_and(|v| !json_is_falsy(v))
}

fn number(options: &Map, name: &str) -> usize {
    options.get(name).and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn parse_preview(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (model, upload) = upload(env, call)?;
    let count = call.limit("count")?.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    match preview(env, &model, &upload, options(call), count) {
        Err(e) if matches!(e.kind, Kind::User | Kind::Value) => {
            let csv = upload.kind == "text/csv";
            let start = &upload.content[..upload.content.len().min(SHOWN_OF_FAILED)];
            let shown: String = start.iter().copied().map(char::from).collect();
            Ok(json!({"error": e.message, "preview": csv.then_some(shown)}))
        }
        done => done,
    }
}

fn preview(env: &Env, model: &str, upload: &Upload, mut options: Map, count: usize) -> Result<Json> {
    let fields = tree::of(env, model, tree::DEPTH)?;
    let rows = table::read(upload, &mut options)?;
    let headed = on(&options, "has_headers");
    let headers: &[String] = rows.first().filter(|_| headed).map_or(&[], Vec::as_slice);
    let shown = &rows[usize::from(headed).min(rows.len())..rows.len().min(count)];
    let width = shown.first().map(Vec::len);
    let width = width.ok_or_else(|| Error::user("Import file has no content or is corrupt"))?;
    if let Some(at) = shown.iter().position(|row| row.len() != width || headed && width != headers.len()) {
        let (line, there) = (at + 1 + usize::from(headed), shown[at].len());
        let wanted = if headed { headers.len() } else { width };
        return Err(Error::user(format!(
            "All rows should be of the same size, but row {line} has {there} cells and the first one has {wanted}. You \
             may need to change the separator character."
        )));
    }
    let column = |at: usize| -> Vec<String> { shown.iter().map(|row| row[at].trim().to_owned()).collect() };
    let kinds: Vec<Vec<&str>> =
        (0..headers.len()).map(|at| guess::kinds(env, &column(at), &mut options)).collect::<Result<_>>()?;
    let kept = on(&options, "keep_matches");
    let chosen = options.get("fields").and_then(Json::as_array).filter(|_| kept);
    let matches: Vec<(usize, Vec<String>)> = match chosen {
        Some(chosen) => {
            let paths = chosen.iter().enumerate().filter_map(|(at, path)| Some((at, path.as_str()?)));
            paths.map(|(at, path)| (at, path.split('/').map(str::to_owned).collect())).collect()
        }
        None if headed => suggest::suggest(env, model, headers, &kinds, &fields)?,
        None => vec![],
    };
    let related = headers.iter().any(|h| h.contains('/')) || matches.iter().any(|(_, path)| path.len() > 1);
    let advanced = if kept { options.get("advanced").cloned().unwrap_or_default() } else { json!(related) };
    let examples: Vec<Vec<String>> = (0..width).map(|at| examples(shown, at)).collect();
    let limit = number(&options, "limit");
    let batch = limit > 0 && if count > limit { shown.len() > limit } else { rows.len() > limit - count };
    let or_false = |there: bool, json: Json| if there { json } else { json!(false) };
    Ok(json!({
        "fields": fields,
        "matches": or_false(!matches.is_empty(), Json::Object(tree::by_number(matches))),
        "headers": or_false(!headers.is_empty(), json!(headers)),
        "header_types": or_false(!kinds.is_empty(), json!(kinds)),
        "preview": examples,
        "options": options,
        "advanced_mode": advanced,
        "debug": env.has_group("base.group_no_one")?,
        "batch": batch,
        "file_length": rows.len(),
    }))
}

/// The first values of a column that are not empty, shortened.
fn examples(rows: &[Vec<String>], column: usize) -> Vec<String> {
    let short = |text: &String| match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.clone(),
    };
    let found: Vec<String> =
        rows.iter().map(|row| &row[column]).filter(|t| !t.is_empty()).take(EXAMPLES).map(short).collect();
    if found.is_empty() { vec![String::new()] } else { found }
}

/// The rows to import, only with the columns that have a field.
fn chosen(upload: &Upload, fields: &[Option<&str>], options: &mut Map) -> Outcome<(Vec<String>, Rows)> {
    let columns: Vec<usize> = (0..fields.len()).filter(|at| fields[*at].is_some()).collect();
    if columns.is_empty() {
        return Ok(Err(Refusal::new("You must configure at least one field to import")));
    }
    let rows = match table::read(upload, options) {
        Ok(rows) => rows,
        Err(e) if matches!(e.kind, Kind::User | Kind::Value) => return Ok(Err(Refusal::new(e.message))),
        Err(e) => return Err(e),
    };
    let first = rows.first().map_or(0, Vec::len);
    if first != fields.len() {
        return Ok(Err(Refusal::new(format!(
            "Error while importing records: all rows should be of the same size, but the title row has {} entries \
             while the first row has {first}. You may need to change the separator character.",
            fields.len()
        ))));
    }
    let cells = |row: &Vec<String>| -> Vec<String> {
        columns.iter().map(|at| row.get(*at).cloned().unwrap_or_default()).collect()
    };
    let data = rows.iter().skip(usize::from(on(options, "has_headers"))).map(cells);
    let data = data.filter(|row| row.iter().any(|c| !c.is_empty())).skip(number(options, "skip")).collect();
    Ok(Ok((fields.iter().flatten().map(|f| (*f).to_owned()).collect(), data)))
}

fn execute_import(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (model, upload) = upload(env, call)?;
    let model = env.model(&model)?;
    let mut options = options(call);
    let fields: Vec<Option<&str>> =
        call.arg("fields").as_array().into_iter().flatten().map(Json::as_str).collect();
    let prepared = chosen(&upload, &fields, &mut options)?;
    let (paths, mut rows) = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => return Ok(json!({"messages": [refusal.to_json()]})),
    };
    if let Err(refusal) = cells::parse(env, model, &paths, &mut rows, &options)? {
        return Ok(json!({"messages": [refusal.to_json()]}));
    }
    let files = cells::files(env, model, &paths, &mut rows);
    let (columns, mut data) = cells::merge(env, model, &paths, &rows);
    if let Some(choices) = options.get("fallback_values").and_then(Json::as_object) {
        cells::fall_back(env, &columns, &mut data, choices)?;
    }
    let rehearsal = !json_is_falsy(call.arg("dryrun"));
    let mut result = load(env, model, &options, (&columns, data), rehearsal)?;
    if result.get("ids").is_some_and(|ids| !json_is_falsy(ids)) && on(&options, "has_headers") {
        remember(env, model, call, &fields)?;
    }
    result.insert("name".into(), names(&paths, &rows, &options));
    if let Some(next) = result.get("nextrow").and_then(Json::as_u64).filter(|next| *next > 0) {
        result.insert("nextrow".into(), json!(next + number(&options, "skip") as u64));
    }
    if !files.is_empty() {
        result.insert("binary_filenames".into(), Json::Object(files));
    }
    Ok(Json::Object(result))
}

/// Loads the rows; a rehearsal is undone.
fn load(
    env: &Env,
    model: &Model,
    options: &Map,
    (columns, data): (&[String], Vec<Vec<Json>>),
    rehearsal: bool,
) -> Result<Map> {
    let option = |name: &str, otherwise: Json| options.get(name).cloned().unwrap_or(otherwise);
    let within = env.with_context(json!({
        "import_file": true,
        "name_create_enabled_fields": option("name_create_enabled_fields", json!({})),
        "import_set_empty_fields": option("import_set_empty_fields", json!([])),
        "import_skip_records": option("import_skip_records", json!([])),
        "_import_limit": option("limit", Json::Null),
    }));
    let mut result = None;
    let undone = env.savepoint(|| {
        result =
            Some(within.call(&model.name, &[], "load", vec![json!(columns), json!(data)], Map::new())?);
        if rehearsal { Err(Error::internal("rehearsed")) } else { Ok(()) }
    });
    if rehearsal {
        // what was cached of records that are gone
        env.invalidate();
    }
    match (result, undone) {
        (Some(Json::Object(result)), _) => Ok(result),
        (_, Err(e)) => Err(e),
        (_, Ok(())) => Err(Error::internal("load answered no dict")),
    }
}

/// The names of the records, by row of the file, for messages; nothing where names are not imported.
fn names(paths: &[String], rows: &Rows, options: &Map) -> Json {
    let Some(column) = paths.iter().position(|path| path == "name") else { return json!([]) };
    let before = std::iter::repeat_n("", number(options, "skip"));
    let limit = match number(options, "limit") {
        0 => rows.len(),
        limit => limit,
    };
    let own = rows.iter().take(limit).map(|row| row[column].as_str());
    before.chain(own).collect::<Vec<_>>().into()
}

/// Next time a column of that name is for the same field.
fn remember(env: &Env, model: &Model, call: &Call<'_>, fields: &[Option<&str>]) -> Result<()> {
    const MAPPING: &str = "base_import.mapping";
    let columns = call.arg("columns").as_array().into_iter().flatten().map(Json::as_str);
    for (column, field) in columns.zip(fields).filter_map(|(c, f)| Some((c.filter(|c| !c.is_empty())?, f))) {
        let field = json!(field.map_or(json!(false), |f| json!(f)));
        let domain = json!([["res_model", "=", model.name], ["column_name", "=", column]]);
        match env.search(MAPPING, domain)?.first() {
            Some(known) => {
                let now = env.fetch_one(MAPPING, *known, &["field_name"])?;
                if json!(now.str("field_name")) != field {
                    env.write(MAPPING, &[*known], json!({"field_name": field}))?;
                }
            }
            None => {
                let vals = json!({"res_model": model.name, "column_name": column, "field_name": field});
                env.create(MAPPING, vals)?;
            }
        }
    }
    Ok(())
}
