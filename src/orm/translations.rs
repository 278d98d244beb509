//! The values of a translated field in all languages at once, as a client's translation dialog reads and writes them.
//! A value is whole: terms within markup are not told apart.

use super::behaviour::{Call, Method};
use super::env::Env;
use super::field::{Field, Kind, Source, convert};
use super::model::Model;
use super::{access, cache};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    vec![
        Method::record("get_field_translations", "field_name, langs=None", get).class("BaseModel").readonly(),
        Method::record("update_field_translations", "field_name, translations, source_lang=None", update)
            .class("BaseModel"),
    ]
}

/// The one record and the field of a call, in the words Python has when either is not there.
fn target<'m>(call: &Call<'m>) -> Result<(i64, &'m Field)> {
    let [id] = call.ids[..] else {
        let list: Vec<String> = call.ids.iter().map(i64::to_string).collect();
        return Err(Error::value(format!("Expected singleton: {}({})", call.model.name, list.join(", "))));
    };
    let name = call.arg("field_name").as_str().unwrap_or_default();
    let field = call.model.fields.get(name).ok_or_else(|| Error::key_error(name))?;
    Ok((id, field))
}

fn get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (id, field) = target(call)?;
    let mut langs = call.strings("langs")?;
    if langs.is_empty() {
        langs = cache::langs(env)?.iter().cloned().collect();
        langs.sort_unstable();
    }
    let value_in = |lang: &str| -> Result<Json> {
        let record = env.with_context(json!({"lang": lang})).fetch_one(
            &call.model.name,
            id,
            &[field.name.as_str()],
        )?;
        Ok(convert::plain(record.get(&field.name)))
    };
    let source = value_in("en_US")?;
    let mut rows = Vec::new();
    if field.translate {
        for lang in &langs {
            rows.push(json!({"lang": lang, "source": source, "value": value_in(lang)?}));
        }
    }
    let kind = if matches!(field.kind, Kind::Text | Kind::Html) { "text" } else { "char" };
    Ok(json!([rows, {"translation_type": kind, "translation_show_source": false}]))
}

fn update(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (id, field) = target(call)?;
    access::check_model(env, call.model, 'w')?;
    access::check_field(env, call.model, field, 'w')?;
    let Json::Object(given) = call.arg("translations") else {
        let kind = convert::py_type(call.arg("translations"));
        return Err(Error::type_error(format!("'{kind}' object is not iterable")));
    };
    let known = cache::langs(env)?;
    let langs = given.keys().map(String::as_str).chain(call.text("source_lang"));
    let unknown: Vec<&str> = langs.filter(|l| *l != "en_US" && !known.contains(*l)).collect();
    if !unknown.is_empty() {
        let text = format!("The following languages are not activated: {}", unknown.join(", "));
        return Err(Error::user(text));
    }
    set(env, call.model, id, field, given).map(Json::Bool)
}

/// Whether there was anything to set.
fn set(env: &Env, model: &Model, id: i64, field: &Field, given: &Map) -> Result<bool> {
    if !field.translate {
        return Ok(false);
    }
    if !field.store {
        let Source::Related(path) = &field.source else { return Ok(false) };
        return set_through(env, model, id, path, given);
    }
    let mut patch = Map::new();
    for (lang, value) in given {
        match value {
            Json::String(_) => patch.insert(lang.clone(), value.clone()),
            v if !json_is_falsy(v) => {
                let text = "Translations for model translated fields only accept falsy values and str";
                return Err(Error::user(text));
            }
            // English is what the others fall back to: it cannot be taken away
            _ if lang == "en_US" => None,
            _ => patch.insert(lang.clone(), Json::Null),
        };
    }
    if patch.is_empty() {
        return Ok(false);
    }
    let before = column(env, model, id, field)?;
    let after = merge(&before, &patch, env.lang());
    let bind = if after.is_empty() { Value::Null } else { Value::Json(Json::Object(after.clone())) };
    let sql = Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .ident(&field.name)
        .raw(" = ")
        .bind(ColType::Json, bind)
        .raw(" WHERE id = ")
        .int(id);
    env.execute(&sql)?;
    // an ordinary write of what stands there now: rights, rules, behaviours, dates, dependents
    let english = after.get("en_US").cloned().unwrap_or(json!(false));
    let mut vals = Map::new();
    vals.insert(field.name.clone(), english);
    env.with_context(json!({"lang": "en_US"})).write(&model.name, &[id], Json::Object(vals))?;
    Ok(true)
}

/// The field is another record's: sets it there.
fn set_through(env: &Env, model: &Model, id: i64, path: &[String], given: &Map) -> Result<bool> {
    let Some((last, steps)) = path.split_last() else { return Ok(false) };
    let (mut model, mut id) = (model, id);
    for step in steps {
        let next = env.fetch_one(&model.name, id, &[step.as_str()])?.opt(step);
        let Some(next) = next else { return Ok(false) };
        model = env.model(&model.field(step)?.relation)?;
        id = next;
    }
    set(env, model, id, model.field(last)?, given)
}

fn column(env: &Env, model: &Model, id: i64, field: &Field) -> Result<Map> {
    let sql =
        Sql::of("SELECT ").ident(&field.name).raw(" FROM ").ident(&model.table).raw(" WHERE id = ").int(id);
    let rows = env.query(&sql, &[ColType::Json])?;
    Ok(match rows.into_iter().next().and_then(|mut row| row.pop()) {
        Some(Value::Json(Json::Object(map))) => map,
        _ => Map::new(),
    })
}

/// The column's JSON after a patch; null takes a language away. What has no English text gets one to fall back to:
/// the caller's language's, else any.
fn merge(before: &Map, patch: &Map, lang: &str) -> Map {
    let mut after = before.clone();
    for (lang, value) in patch {
        match value {
            Json::Null => after.shift_remove(lang),
            v => after.insert(lang.clone(), v.clone()),
        };
    }
    if !after.contains_key("en_US") {
        let text = |l: &str| patch.get(l).filter(|v| !v.is_null());
        let fallback = text(lang).or_else(|| patch.values().find(|v| !v.is_null())).cloned();
        after.extend(fallback.map(|v| ("en_US".to_owned(), v)));
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(json: Json) -> Map {
        json.as_object().cloned().unwrap()
    }

    #[test]
    fn a_language_is_set_or_taken_away_and_english_always_there() {
        let before = map(json!({"en_US": "a", "fr_FR": "b"}));
        let after = merge(&before, &map(json!({"fr_FR": null, "de_DE": "c"})), "en_US");
        assert_eq!(after, map(json!({"en_US": "a", "de_DE": "c"})));
        let first = merge(&Map::new(), &map(json!({"de_DE": "c", "fr_FR": "d"})), "fr_FR");
        assert_eq!(first["en_US"], json!("d"));
        assert!(merge(&Map::new(), &map(json!({"fr_FR": null})), "fr_FR").is_empty());
    }
}
