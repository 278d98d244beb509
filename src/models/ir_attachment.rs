//! Attachments: content in the database, described by checksum, size and kind; seen by who sees the record it
//! belongs to.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, SUPERUSER, Super, access, rule};
use crate::value::{Json, Map, Value, json_is_falsy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::HashMap;

use super::{ir_model_data, mimetype};

/// Behaviour of `ir.attachment`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.attachment")
        .compute("compute_datas", compute_datas)
        .compute("compute_res_name", compute_res_name)
        .inverse("inverse_datas", |_, _, _, _, _| Ok(()))
        .inverse("inverse_raw", |_, _, _, _, _| Ok(()))
        .record_rule(readable)
        .search_filter(hide_field_contents)
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy_data)
        .method(Method::model("regenerate_assets_bundles", "", forget_bundles))
        .method(Method::model("create_unique", "values_list", create_unique))
        .method(Method::record("generate_access_token", "", generate_access_token))
        .method(Method::record("validate_access", "access_token", validate_access).readonly())
}

/// Bundles that an Odoo has left in a database that came here; those of this server are made anew when files change.
fn forget_bundles(env: &Env, _: &Call<'_>) -> Result<Json> {
    let bundles = json!([
        ["public", "=", true],
        ["url", "=like", "/web/assets/%"],
        ["res_model", "=", "ir.ui.view"],
        ["res_id", "=", 0],
        ["create_uid", "=", SUPERUSER]
    ]);
    let ids = env.search("ir.attachment", bundles)?;
    env.unlink("ir.attachment", &ids)?;
    Ok(Json::Null)
}

/// Contents of image and binary fields are found only by who asks for them.
fn hide_field_contents(_: &Env, domain: &Domain) -> Option<Domain> {
    let mut asked = false;
    domain.each_path(&mut |p| asked |= p == "id" || p == "res_field");
    if asked { None } else { Some(Domain::leaf("res_field", "=", json!(false))) }
}

/// What the user may read: public ones, own ones of no record, and those of records he may read.
fn readable(env: &Env, _: &Model, op: char) -> Result<Domain> {
    if op != 'r' {
        return Ok(Domain::True);
    }
    let public = Domain::leaf("public", "=", json!(true));
    if !env.has_group("base.group_user")? {
        return Ok(public.or(of_records(env)?));
    }
    let own = Domain::leaf("res_id", "in", json!([0, false]))
        .or(Domain::leaf("res_model", "=", json!(false)))
        .and(Domain::leaf("create_uid", "=", json!(env.uid())));
    Ok(public.or(own).or(of_records(env)?))
}

/// Attachments of records the user may read. Models without rules count whole; of the others the records that
/// have attachments are filtered, one statement a model.
fn of_records(env: &Env) -> Result<Domain> {
    let sql =
        Sql::of("SELECT DISTINCT res_model FROM ir_attachment WHERE res_model IS NOT NULL AND res_id <> 0");
    let (mut whole, mut out) = (Vec::new(), Domain::False);
    for row in env.query(&sql, &[ColType::Text])? {
        let name = row[0].str();
        let Some(model) = env.registry().find(name).filter(|m| !m.is_abstract && m.name != "ir.attachment")
        else {
            continue;
        };
        if !access::allowed(env, model, 'r')? {
            continue;
        }
        if rule::domain(env, model, 'r')? == Domain::True {
            whole.push(name.to_owned());
            continue;
        }
        let sql = Sql::of("SELECT DISTINCT res_id FROM ir_attachment WHERE res_model = ").text(name);
        let ids: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
        let seen = rule::filter(env, model, &ids, 'r')?;
        out = out.or(Domain::leaf("res_model", "=", json!(name)).and(Domain::in_ids("res_id", &seen)));
    }
    if !whole.is_empty() {
        out = out.or(Domain::leaf("res_model", "in", json!(whole)).and(Domain::leaf(
            "res_id",
            "!=",
            json!(false),
        )));
    }
    Ok(out)
}

const REFUSED: &str = "Sorry, you are not allowed to access this document.";

/// Refuses to attach to, change or delete attachments of records the user may not change.
fn check_targets(env: &Env, targets: &[(String, i64)]) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    if !env.has_group("base.group_user")? {
        return Err(Error::access(REFUSED));
    }
    let mut by_model: HashMap<&str, Vec<i64>> = HashMap::new();
    for (model, id) in targets {
        by_model.entry(model).or_default().push(*id);
    }
    for (name, ids) in by_model {
        let Some(model) = env.registry().find(name).filter(|m| !m.is_abstract) else { continue };
        if name == "res.users" && ids.iter().all(|i| *i == env.uid()) {
            continue;
        }
        let there = crate::orm::search::exists(env, model, &ids)?;
        rule::check(env, model, &there, 'w')?;
    }
    Ok(())
}

fn target(vals: &Map) -> Option<(String, i64)> {
    let model = vals.get("res_model").and_then(Json::as_str).filter(|m| !m.is_empty())?;
    Some((model.to_owned(), vals.get("res_id").and_then(Json::as_i64).filter(|i| *i != 0)?))
}

/// Records that attachments belong to; AccessError for those of nobody's that another user made.
fn targets(env: &Env, ids: &[i64]) -> Result<Vec<(String, i64)>> {
    let sql = Sql::of("SELECT res_model, res_id, create_uid FROM ir_attachment WHERE id").ids(ids);
    let mut out = Vec::new();
    let admin = env.su() || env.has_group("base.group_system")?;
    for row in env.query(&sql, &[ColType::Text, ColType::Int, ColType::Int])? {
        if row[0].str().is_empty() || row[1].int() == 0 {
            if !admin && row[2].int() != env.uid() {
                return Err(Error::access(REFUSED));
            }
        } else {
            out.push((row[0].str().to_owned(), row[1].int()));
        }
    }
    Ok(out)
}

/// Replaces the content given as text by the columns that keep it.
fn settle(env: &Env, vals: &mut Map) -> Result<()> {
    for k in ["file_size", "checksum", "store_fname"] {
        vals.shift_remove(k);
    }
    let (raw, datas) = (vals.shift_remove("raw"), vals.shift_remove("datas"));
    let given = raw.is_some() || datas.is_some();
    let content = content(vals, raw.as_ref(), datas.as_ref())?;
    if !given {
        return Ok(());
    }
    let mime = vals.get("mimetype").and_then(Json::as_str).filter(|m| !m.is_empty()).map(str::to_lowercase);
    let name = vals.get("name").and_then(Json::as_str).unwrap_or_default();
    let mime = mime.unwrap_or_else(|| mimetype::of(name, &content));
    vals.insert("mimetype".into(), json!(safe(env, mime)?));
    store(vals, &content);
    Ok(())
}

/// Markup would run in the browser of who opens it: only who may change views stores it as such.
fn safe(env: &Env, mime: String) -> Result<String> {
    let xml = mime.contains("xml") && !mime.starts_with("application/vnd.openxmlformats");
    if !(mime.contains("ht") || xml) || env.su() {
        return Ok(mime);
    }
    let trusted =
        !env.flag("attachments_mime_plainxml") && access::allowed(env, env.model("ir.ui.view")?, 'w')?;
    Ok(if trusted { mime } else { "text/plain".into() })
}

fn content(vals: &Map, raw: Option<&Json>, datas: Option<&Json>) -> Result<Vec<u8>> {
    if let Some(Json::String(raw)) = raw.filter(|r| !json_is_falsy(r)) {
        let name = vals.get("name").and_then(Json::as_str).unwrap_or_default();
        let known =
            vals.get("mimetype").is_some_and(|m| !json_is_falsy(m)) || mimetype::by_name(name).is_some();
        if !known {
            // where Odoo looks into the content to guess its kind, a text is not what it expects
            return Err(Error::type_error("startswith first arg must be str or a tuple of str, not bytes"));
        }
        return Ok(raw.as_bytes().to_vec());
    }
    match datas {
        Some(Json::String(s)) => decode(s),
        _ => Ok(Vec::new()),
    }
}

/// Base64 as Python reads it: what is not of its alphabet is skipped, and nothing is read beyond a padding that comes
/// out right. (Clients send Python's `b'…'` around it and get away with it.)
fn decode(text: &str) -> Result<Vec<u8>> {
    let mut clean = String::with_capacity(text.len());
    let mut pads = 0;
    for c in text.chars() {
        if c == '=' {
            let place = clean.len() % 4;
            pads += usize::from(place >= 2);
            if place >= 2 && place + pads >= 4 {
                break;
            }
        } else if c.is_ascii_alphanumeric() || c == '+' || c == '/' {
            pads = 0;
            clean.push(c);
        }
    }
    let wrong = |m: String| Error::new(crate::error::Kind::Value, m).named("binascii.Error");
    match clean.len() % 4 {
        0 => {}
        1 => {
            return Err(wrong(format!(
                "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
                clean.len()
            )));
        }
        place if place + pads < 4 => return Err(wrong("Incorrect padding".into())),
        place => clean.push_str(if place == 2 { "==" } else { "=" }),
    }
    let lenient = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    lenient.decode(clean).map_err(|e| wrong(e.to_string()))
}

/// The columns of a content.
fn store(vals: &mut Map, content: &[u8]) {
    use sha1::{Digest, Sha1};
    let mime = vals.get("mimetype").and_then(Json::as_str).unwrap_or_default().to_owned();
    if content.is_empty() {
        vals.insert("db_datas".into(), json!(false));
        vals.insert("checksum".into(), json!(false));
    } else {
        vals.insert("db_datas".into(), json!(STANDARD.encode(content)));
        vals.insert("checksum".into(), json!(hex::encode(Sha1::digest(content))));
    }
    vals.insert("file_size".into(), json!(content.len()));
    vals.insert("index_content".into(), json!(mimetype::index(&mime, content)));
}

fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    for v in &mut vals {
        settle(env, v)?;
        if !v.contains_key("mimetype") {
            let text = |key: &str| v.get(key).and_then(Json::as_str).unwrap_or_default();
            let url = text("url").split('?').next().unwrap_or_default();
            let mime = mimetype::by_name(text("name")).or_else(|| mimetype::by_name(url));
            let mime = safe(env, mime.unwrap_or("application/octet-stream").to_owned())?;
            v.insert("mimetype".into(), json!(mime));
        }
    }
    let targets: Vec<_> = vals.iter().filter_map(target).collect();
    check_targets(env, &targets)?;
    sup.create(env, vals)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    access::check_model(env, sup.model, 'w')?;
    let mut all = targets(env, ids)?;
    all.extend(target(&vals));
    check_targets(env, &all)?;
    if (vals.contains_key("datas") || vals.contains_key("raw"))
        && !vals.contains_key("name")
        && let Some(first) = ids.first()
    {
        // the kind of a new content follows the name the attachment has
        let name = env.sudo().fetch_one("ir.attachment", *first, &["name"])?.str("name").to_owned();
        vals.insert("name".into(), json!(name));
        settle(env, &mut vals)?;
        vals.shift_remove("name");
    } else {
        settle(env, &mut vals)?;
    }
    sup.write(env, ids, vals)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    access::check_model(env, sup.model, 'u')?;
    check_targets(env, &targets(env, ids)?)?;
    sup.unlink(env, ids)
}

/// A copy carries the content, unless another is given.
fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let replaced = ["datas", "db_datas", "raw"].iter().any(|k| default.contains_key(*k));
    let mut all = sup.copy_data(env, ids, default)?;
    let contents = env.fetch("ir.attachment", ids, &["datas"])?;
    for (vals, r) in all.iter_mut().zip(contents).filter(|_| !replaced) {
        if let Value::Bytes(b) = r.get("datas") {
            vals.shift_remove("db_datas");
            vals.insert("datas".into(), json!(STANDARD.encode(b)));
        }
    }
    Ok(all)
}

fn compute_datas(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch("ir.attachment", ids, &["db_datas"])? {
        let value = match r.get("db_datas") {
            Value::Bytes(b) if !b.is_empty() => Value::Bytes(b.clone()),
            _ => Value::Text(String::new()),
        };
        // content that is text reads as text; where only its size is asked it must stay a content
        let sized = env.flag("bin_size") || env.flag("bin_size_raw");
        let raw = match &value {
            Value::Bytes(b) if !sized => String::from_utf8(b.clone()).map_or(value.clone(), Value::Text),
            other => other.clone(),
        };
        out.set(r.id, "raw", raw);
        out.set(r.id, "datas", value);
    }
    Ok(out)
}

fn compute_res_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let records = env.fetch("ir.attachment", ids, &["res_model", "res_id"])?;
    let mut wanted: HashMap<String, Vec<i64>> = HashMap::new();
    for r in records.iter().filter(|r| r.int("res_id") != 0) {
        wanted.entry(r.str("res_model").to_owned()).or_default().push(r.int("res_id"));
    }
    let names = ir_model_data::names_of(env, wanted)?;
    let mut out = Computed::new();
    for r in &records {
        let name = names.get(&(r.str("res_model").to_owned(), r.int("res_id")));
        out.set(r.id, "res_name", name.map_or(Value::Null, |n| Value::Text(n.clone())));
    }
    Ok(out)
}

/// Creates attachments unless one of the same content and name is on the same record; ids of all.
fn create_unique(env: &Env, call: &Call<'_>) -> Result<Json> {
    let Json::Array(list) = call.arg("values_list") else { return Ok(json!([])) };
    let mut ids = Vec::new();
    for v in list.iter().filter_map(Json::as_object) {
        let mut settled = v.clone();
        settle(env, &mut settled)?;
        let of = |k: &str| settled.get(k).cloned().unwrap_or(json!(false));
        let domain = json!([
            ["checksum", "=", of("checksum")],
            ["name", "=", of("name")],
            ["res_model", "=", of("res_model")],
            ["res_id", "=", of("res_id")]
        ]);
        ids.push(match env.search("ir.attachment", domain)?.first() {
            Some(id) => *id,
            None => env.create("ir.attachment", Json::Object(v.clone()))?,
        });
    }
    Ok(json!(ids))
}

fn generate_access_token(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut tokens = Vec::new();
    for r in env.fetch("ir.attachment", &call.ids, &["access_token"])? {
        let token = if r.str("access_token").is_empty() {
            crate::crypt::token::<16>()?
        } else {
            r.str("access_token").to_owned()
        };
        if r.str("access_token").is_empty() {
            env.write("ir.attachment", &[r.id], json!({"access_token": token}))?;
        }
        tokens.push(token);
    }
    Ok(json!(tokens))
}

/// Whether the token, or else the user's rights, open the attachment.
fn validate_access(env: &Env, call: &Call<'_>) -> Result<Json> {
    let stored = env.sudo().fetch("ir.attachment", &call.ids, &["access_token"])?;
    if let Some(token) = call.text("access_token") {
        let fits =
            stored.iter().all(|r| crate::crypt::equal(r.str("access_token").as_bytes(), token.as_bytes()));
        return if fits { Ok(json!(call.ids)) } else { Err(Error::access("Invalid access token")) };
    }
    rule::check(env, call.model, &call.ids, 'r')?;
    Ok(json!(call.ids))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_python_does() {
        assert_eq!(decode("aGVs\nbG8=").unwrap(), b"hello");
        assert_eq!(decode("").unwrap(), b"");
        assert_eq!(decode("YQ==YWI=").unwrap(), b"a");
        assert!(decode("b'aGVsbG8h'").is_err() && decode("b'YQ=='").is_ok());
        let e = decode("not base64!").unwrap_err();
        assert_eq!(e.name(), "binascii.Error");
        assert!(e.message.contains("(9)"), "{}", e.message);
        assert_eq!(decode("YWI").unwrap_err().message, "Incorrect padding");
    }
}
