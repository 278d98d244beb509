//! project.tags: words that tasks and projects are marked with.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::domain::{Domain, parse};
use crate::orm::{Behaviour, Call, Env, Method, Page, access, name, read};
use crate::value::Json;
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of tags.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.tags")
        .method(Method::model("name_create", "name", name_create))
        .method(
            Method::model("name_search", "name='', args=None, operator='ilike', limit=100", name_search)
                .readonly(),
        )
        .method(
            Method::model(
                "search_read",
                "domain=None, fields=None, offset=0, limit=None, order=None",
                search_read,
            )
            .readonly()
            .class("ProjectTags"),
        )
        .method(Method::model("arrange_tag_list_by_id", "tag_list, id_order", arrange).readonly())
}

/// A tag of that name in any case is taken instead of made again.
fn name_create(env: &Env, call: &Call<'_>) -> Result<Json> {
    if let Some(text) = call.text("name") {
        let page = Page { limit: Some(1), ..Page::default() };
        if let Some(id) = env.search_with("project.tags", json!([["name", "=ilike", text]]), &page)?.first() {
            let name = env.display_names("project.tags", &[*id])?.remove(id);
            return Ok(json!([id, name.unwrap_or_default()]));
        }
    }
    name::name_create(env, call.model, call.arg("name"))
}

/// Tags of the last thousand tasks of a project.
fn of_project(env: &Env, project: i64) -> Result<Vec<i64>> {
    let sql = Sql::of(
        "SELECT DISTINCT t.id FROM (SELECT r.project_tags_id AS id FROM project_tags_project_task_rel r \
         JOIN project_task k ON k.id = r.project_task_id AND k.project_id = ",
    )
    .int(project)
    .raw(" ORDER BY k.id DESC LIMIT 1000) AS t");
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// Ids that match, those that the project uses first.
fn ranked(env: &Env, project: i64, domain: &Domain, limit: Option<i64>) -> Result<Vec<i64>> {
    let used = of_project(env, project)?;
    let page = |limit| Page { limit, ..Page::default() };
    let mut ids =
        env.search_with("project.tags", Domain::in_ids("id", &used).and(domain.clone()), &page(limit))?;
    let left = limit.map(|l| l - ids.len() as i64);
    if left.is_none_or(|l| l > 0) {
        let others = Domain::leaf("id", "not in", json!(used)).and(domain.clone());
        ids.extend(env.search_with("project.tags", others, &page(left))?);
    }
    Ok(ids)
}

fn name_search(env: &Env, call: &Call<'_>) -> Result<Json> {
    let text = call.text("name").unwrap_or_default();
    let op = call.arg("operator").as_str().unwrap_or("ilike");
    let limit = call.limit("limit")?;
    if !call.arg("limit").is_null() {
        // what the name must be is looked at as a condition on the field behind it
        parse::parse(&json!([["name", op, call.arg("name")]]))?;
    }
    let Some(project) = env.ctx("project_id").as_i64() else {
        return name::name_search(env, call.model, call.arg("name"), call.arg("args"), op, limit);
    };
    let mut domain = parse::parse(call.arg("args"))?;
    if !(text.is_empty() && op == "ilike") {
        domain = domain.and(Domain::leaf("name", op, json!(text)));
    }
    let ids = ranked(env, project, &domain, limit)?;
    let names = env.display_names("project.tags", &ids)?;
    Ok(ids.iter().map(|i| json!([i, names.get(i).cloned().unwrap_or_default()])).collect())
}

fn search_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = call.strings("fields")?;
    read::check_seen(env, call.model, &fields)?;
    access::check_model(env, call.model, 'r')?;
    let domain = parse::parse(call.arg("domain"))?;
    let limit = call.limit("limit")?;
    let offset = call.limit("offset")?.unwrap_or(0);
    let ids = match env.ctx("project_id").as_i64() {
        Some(project) if call.text("order").is_none() && offset == 0 => ranked(env, project, &domain, limit)?,
        _ => {
            let page = Page { order: call.text("order").map(str::to_owned), limit, offset };
            env.search_with("project.tags", domain, &page)?
        }
    };
    Ok(json!(read::read(&env.without("active_test"), call.model, &ids, &fields, true)?))
}

fn arrange(_: &Env, call: &Call<'_>) -> Result<Json> {
    let list = call.arg("tag_list").as_array().cloned().unwrap_or_default();
    let place: HashMap<i64, usize> = call
        .arg("id_order")
        .as_array()
        .map(|a| a.iter().filter_map(Json::as_i64).enumerate().map(|(i, id)| (id, i)).collect())
        .unwrap_or_default();
    let mut list: Vec<Json> = list;
    list.sort_by_key(|t| t.get("id").and_then(Json::as_i64).and_then(|i| place.get(&i)).copied());
    Ok(Json::Array(list))
}
