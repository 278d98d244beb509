//! The methods every model answers: names, signatures, and which function does the work.

use super::behaviour::{Call, Method, Super};
use super::env::{Env, Page};
use super::model::Model;
use super::{access, copy, domain, fields_get, name, read, rule, search};
use crate::error::{Error, Result};
use crate::value::{Json, Map, json_is_falsy, objects};
use serde_json::json;

/// All generic methods.
pub fn generic() -> Vec<Method> {
    let mut all = own();
    all.extend(super::read_group::methods());
    all.extend(super::web::methods());
    all.extend(super::transfer::methods());
    all.extend(super::translations::methods());
    all.extend(super::properties::methods());
    all
}

fn own() -> Vec<Method> {
    let base = |m: Method| m.class("BaseModel");
    vec![
        base(Method::creator("create", "vals_list", create)),
        base(Method::record("read", "fields=None, load='_classic_read'", do_read).readonly()),
        base(Method::record("write", "vals", write)),
        base(Method::record("unlink", "", unlink)),
        base(Method::record("copy", "default=None", do_copy)),
        base(Method::record("copy_data", "default=None", copy_data).readonly()),
        base(Method::record("exists", "", exists).readonly()),
        // over a wire it only gives back what it was called on
        base(Method::record("sudo", "flag=True", exists).readonly()),
        base(Method::model("search", "domain, offset=0, limit=None, order=None", do_search).readonly()),
        base(Method::model("search_count", "domain, limit=None", search_count).readonly()),
        base(
            Method::model(
                "search_fetch",
                "domain, field_names, offset=0, limit=None, order=None",
                search_fetch,
            )
            .readonly(),
        ),
        base(
            Method::model(
                "search_read",
                "domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs",
                search_read,
            )
            .readonly(),
        ),
        base(
            Method::model("name_search", "name='', args=None, operator='ilike', limit=100", name_search)
                .readonly(),
        ),
        base(Method::model("name_create", "name", name_create)),
        base(Method::record("name_get", "", name_get).readonly()),
        base(Method::model("fields_get", "allfields=None, attributes=None", do_fields_get).readonly()),
        base(Method::model("default_get", "fields_list", default_get).readonly()),
        base(Method::record("get_metadata", "", get_metadata).readonly()),
        base(Method::record("get_external_id", "", get_external_id).readonly()),
        base(
            Method::model("check_access_rights", "operation, raise_exception=True", check_access_rights)
                .readonly(),
        ),
        base(Method::record("check_access_rule", "operation", check_access_rule).readonly()),
        base(Method::record("check_access", "operation", check_access_rule).readonly()),
        base(Method::record("has_access", "operation", has_access).readonly()),
        base(
            Method::model("check_field_access_rights", "operation, field_names", check_field_access_rights)
                .readonly(),
        ),
        base(Method::record("action_archive", "", action_archive)),
        base(Method::record("action_unarchive", "", action_unarchive)),
        base(Method::record("toggle_active", "", toggle_active)),
    ]
}

/// The fields argument: a list of names, or nothing.
fn names(call: &Call<'_>, arg: &str) -> Result<Vec<String>> {
    call.strings(arg)
}

/// Order, limit and offset of a search.
pub(super) fn page(call: &Call<'_>) -> Result<Page> {
    let order = call.arg("order");
    if !order.is_string() && !json_is_falsy(order) {
        let what = super::field::convert::py_type(order);
        return Err(Error::type_error(format!("expected string or bytes-like object, got '{what}'")));
    }
    Ok(Page {
        order: call.text("order").map(str::to_owned),
        limit: call.limit("limit")?,
        offset: call.limit("offset")?.unwrap_or(0),
    })
}

fn create(env: &Env, call: &Call<'_>) -> Result<Json> {
    match call.arg("vals_list") {
        Json::Object(vals) => {
            let ids = env.create_many(&call.model.name, vec![vals.clone()])?;
            Ok(json!(ids.first()))
        }
        Json::Array(list) => {
            let vals = list
                .iter()
                .map(|v| {
                    v.as_object().cloned().ok_or_else(|| {
                        let kind = super::field::convert::py_type(v);
                        Error::type_error(format!("argument of type '{kind}' is not iterable"))
                    })
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(json!(env.create_many(&call.model.name, vals)?))
        }
        Json::String(_) => Err(Error::attribute("'str' object has no attribute 'pop'")),
        other => Err(Error::type_error(format!(
            "'{}' object is not iterable",
            super::field::convert::py_type(other)
        ))),
    }
}

fn do_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    let classic = call.arg("load").as_str() == Some("_classic_read");
    Ok(objects(read::read(env, call.model, &call.ids, &names(call, "fields")?, classic)?))
}

fn write(env: &Env, call: &Call<'_>) -> Result<Json> {
    let Json::Object(vals) = call.arg("vals") else {
        return Err(Error::attribute(format!(
            "'{}' object has no attribute '{}'",
            super::field::convert::py_type(call.arg("vals")),
            if call.model.behaviours.iter().any(|b| b.write.is_some()) { "get" } else { "items" }
        )));
    };
    env.write(&call.model.name, &call.ids, Json::Object(vals.clone()))?;
    Ok(json!(true))
}

fn unlink(env: &Env, call: &Call<'_>) -> Result<Json> {
    env.unlink(&call.model.name, &call.ids)?;
    Ok(json!(true))
}

fn default_map(call: &Call<'_>) -> Map {
    call.arg("default").as_object().cloned().unwrap_or_default()
}

fn do_copy(env: &Env, call: &Call<'_>) -> Result<Json> {
    let ids = copy::copy(env, call.model, &call.ids, default_map(call))?;
    Ok(json!(ids))
}

fn copy_data(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(json!(Super::top(call.model).copy_data(env, &call.ids, default_map(call))?))
}

fn exists(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(json!(search::exists(env, call.model, &call.ids)?))
}

fn do_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let d = domain::parse::parse(domain::parse::given(call.arg("domain"))?)?;
    Ok(json!(search::search(env, call.model, &d, &page(call)?)?))
}

/// What it fetches stays on the server; the ids are the answer.
fn search_fetch(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = call.strings("field_names")?;
    for name in &fields {
        call.model.field(name)?;
    }
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    access::guard(env, call.model, &fields, 'r')?;
    do_search(env, call)
}

fn search_count(env: &Env, call: &Call<'_>) -> Result<Json> {
    access::check_model(env, call.model, 'r')?;
    let d = domain::parse::parse(domain::parse::given(call.arg("domain"))?)?;
    Ok(json!(search::count(env, call.model, &d, call.limit("limit")?)?))
}

fn search_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = names(call, "fields")?;
    read::check_seen(env, call.model, &fields)?;
    access::check_model(env, call.model, 'r')?;
    let d = domain::parse::parse(call.arg("domain"))?;
    if let Some(extra) = call.kwargs.keys().find(|k| *k != "load") {
        let text = format!("BaseModel._read_format() got an unexpected keyword argument '{extra}'");
        return Err(Error::type_error(text));
    }
    let classic = call.kwargs.get("load").is_none_or(|l| l.as_str() == Some("_classic_read"));
    let page = page(call)?;
    let found = search::begin(env, call.model, &d, &page)?;
    // the context speaks of the search, not of the lines of what it finds
    let env = &env.without("active_test");
    Ok(objects(read::of_search(env, call.model, found, &page, &fields, classic)?))
}

fn name_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    let op = call.arg("operator").as_str().unwrap_or("ilike");
    name::name_search(env, call.model, call.arg("name"), call.arg("args"), op, call.limit("limit")?)
}

fn name_create(env: &Env, call: &Call<'_>) -> Result<Json> {
    name::name_create(env, call.model, call.arg("name"))
}

fn name_get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let names = env.display_names(&call.model.name, &call.ids)?;
    Ok(call.ids.iter().map(|i| json!([i, names.get(i).cloned().unwrap_or_default()])).collect())
}

fn do_fields_get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut d =
        fields_get::fields_get(env, call.model, &names(call, "allfields")?, &names(call, "attributes")?)?;
    // what the model keeps from this user is not told; views of ours name it all the same
    d.retain(|name, _| access::guard(env, call.model, &[name], 'r').is_ok());
    // an empty list is no attribute, where None is all
    if call.arg("attributes").as_array().is_some_and(Vec::is_empty) {
        d.values_mut().for_each(|field| *field = json!({}));
    }
    Ok(Json::Object(d))
}

fn default_get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = names(call, "fields_list")?;
    super::default_get::for_client(env, call.model, &fields).map(Json::Object)
}

fn get_metadata(env: &Env, call: &Call<'_>) -> Result<Json> {
    use crate::db::{ColType, Sql};
    let log: Vec<String> = ["create_uid", "create_date", "write_uid", "write_date"].map(str::to_owned).into();
    let fields = if call.model.log_access { log } else { vec!["id".to_owned()] };
    let rows = read::read(env, call.model, &call.ids, &fields, true)?;
    let sql = Sql::of("SELECT res_id, module, name, noupdate FROM ir_model_data WHERE model = ")
        .text(&call.model.name)
        .raw(" AND res_id")
        .ids(&call.ids)
        .raw(" ORDER BY id DESC");
    let data = env.query(&sql, &[ColType::Int, ColType::Text, ColType::Text, ColType::Bool])?;
    Ok(rows
        .into_iter()
        .map(|mut r| {
            let id = r.get("id").and_then(Json::as_i64).unwrap_or(0);
            let own: Vec<_> = data.iter().filter(|d| d[0].int() == id).collect();
            let text = |d: &Vec<crate::value::Value>| format!("{}.{}", d[1].str(), d[2].str());
            let list: Vec<Json> =
                own.iter().map(|d| json!({"xmlid": text(d), "noupdate": !d[3].is_falsy()})).collect();
            r.insert("xmlid".into(), own.first().map_or(json!(false), |d| json!(text(d))));
            r.insert("noupdate".into(), json!(own.first().is_some_and(|d| !d[3].is_falsy())));
            r.insert("xmlids".into(), json!(list));
            Json::Object(r)
        })
        .collect())
}

fn get_external_id(env: &Env, call: &Call<'_>) -> Result<Json> {
    use crate::db::{ColType, Sql};
    let sql = Sql::of("SELECT res_id, module, name FROM ir_model_data WHERE model = ")
        .text(&call.model.name)
        .raw(" AND res_id")
        .ids(&call.ids)
        .raw(" ORDER BY id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Text, ColType::Text])?;
    let mut out = Map::new();
    for id in &call.ids {
        let found = rows.iter().find(|r| r[0].int() == *id);
        out.insert(
            id.to_string(),
            json!(found.map_or(String::new(), |r| format!("{}.{}", r[1].str(), r[2].str()))),
        );
    }
    Ok(Json::Object(out))
}

fn check_access_rights(env: &Env, call: &Call<'_>) -> Result<Json> {
    let op = access::letter(call.text("operation").unwrap_or_default())?;
    // as Odoo 18's shim: an answer only to who asks not to raise
    if json_is_falsy(call.arg("raise_exception")) {
        return Ok(json!(access::allowed(env, call.model, op)?));
    }
    access::check_model(env, call.model, op).map(|()| Json::Null)
}

fn check_access_rule(env: &Env, call: &Call<'_>) -> Result<Json> {
    rule::check(env, call.model, &call.ids, access::letter(call.text("operation").unwrap_or_default())?)?;
    Ok(Json::Null)
}

fn has_access(env: &Env, call: &Call<'_>) -> Result<Json> {
    let op = access::letter(call.text("operation").unwrap_or_default())?;
    match rule::check(env, call.model, &call.ids, op) {
        Ok(()) => Ok(json!(true)),
        Err(e) if e.kind == crate::error::Kind::Access => Ok(json!(false)),
        Err(e) => Err(e),
    }
}

fn check_field_access_rights(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = names(call, "field_names")?;
    let all = read::readable(env, call.model, &fields)?;
    Ok(json!(all.iter().map(|f| f.name.as_str()).collect::<Vec<_>>()))
}

fn active_field(model: &Model) -> Result<&str> {
    model.active_name().ok_or_else(|| Error::assertion(format!("No 'active' field on model {}", model.name)))
}

/// Makes records active, or not; those that are so already stay as they are. Who may not read them is told that.
fn set_active(env: &Env, call: &Call<'_>, to: &[bool]) -> Result<Json> {
    let active = active_field(call.model)?;
    let all = env.fetch(&call.model.name, &call.ids, &[active])?;
    for to in to {
        let ids: Vec<i64> = all.iter().filter(|r| r.bool(active) != *to).map(|r| r.id).collect();
        if !ids.is_empty() {
            env.write(&call.model.name, &ids, json!({ active: to }))?;
        }
    }
    Ok(Json::Null)
}

/// `action_archive` of a model without one of its own.
pub fn action_archive(env: &Env, call: &Call<'_>) -> Result<Json> {
    set_active(env, call, &[false])
}

fn action_unarchive(env: &Env, call: &Call<'_>) -> Result<Json> {
    set_active(env, call, &[true])
}

fn toggle_active(env: &Env, call: &Call<'_>) -> Result<Json> {
    set_active(env, call, &[true, false])
}
