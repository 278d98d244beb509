//! Access groups. A user holds the groups he was given and, always, all those they imply: `res_groups_users_rel`
//! keeps the closure, as in Odoo.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::domain::parse;
use crate::orm::{Behaviour, Computed, Domain, Env, Model, Super, compute};
use crate::value::{Json, Map, Value};
use serde_json::json;
use std::collections::{HashMap, HashSet};

use super::base::{existing, has_cycle_many};

/// Behaviour of `res.groups`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("res.groups")
        .compute("compute_full_name", compute_full_name)
        .search("search_full_name", search_full_name)
        .compute("compute_trans_implied_ids", compute_trans_implied_ids)
        .display_name(display_name)
        .name_domain(name_domain)
        .constrains(&["implied_ids"], check_cycle)
        .create(create)
        .write(write)
        .copy_data(copy_data)
}

/// `Category / Name`, or the name alone.
fn full_names(env: &Env, ids: &[i64]) -> Result<HashMap<i64, (String, String)>> {
    let groups = existing(env, "res.groups", ids, &["name", "category_id"])?;
    let mut wanted: Vec<i64> = groups.iter().filter_map(|g| g.opt("category_id")).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let categories = env.sudo().display_names("ir.module.category", &wanted)?;
    Ok(groups
        .iter()
        .map(|g| {
            let name = g.str("name").to_owned();
            let full = match g.opt("category_id").and_then(|c| categories.get(&c)) {
                Some(c) => format!("{c} / {name}"),
                None => name.clone(),
            };
            (g.id, (full, name))
        })
        .collect())
}

fn compute_full_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, (full, name)) in full_names(env, ids)? {
        out.set(id, "full_name", Value::Text(if env.flag("short_display_name") { name } else { full }));
    }
    Ok(out)
}

fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let short = env.flag("short_display_name");
    Ok(full_names(env, ids)?
        .into_iter()
        .map(|(id, (full, name))| (id, if short { name } else { full }))
        .collect())
}

fn name_domain(env: &Env, model: &Model, op: &str, value: &Json) -> Result<Json> {
    search_full_name(env, model, "full_name", op, value)
}

/// A text with `/` wants both category and name, one without wants either; for negative operators the other way
/// round.
fn search_full_name(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let negative = parse::is_negative(op);
    let texts: Vec<&str> = match value {
        Json::String(s) => vec![s],
        Json::Array(a) => a.iter().filter_map(Json::as_str).collect(),
        other => return Ok(json!([["name", op, other]])),
    };
    let is_list = value.is_array();
    let wrap = |s: &str| if is_list { json!([s]) } else { json!(s) };
    let mut out: Option<Domain> = None;
    for text in texts {
        let mut parts: Vec<&str> = text.split('/').filter(|p| !p.is_empty()).collect();
        let name = parts.pop().unwrap_or_default().trim().to_owned();
        let category = if parts.is_empty() { name.clone() } else { parts.join("/").trim().to_owned() };
        let with_category = !parts.is_empty();
        let found = env.sudo().search("ir.module.category", json!([["name", op, wrap(&category)]]))?;
        let mut in_category = Domain::in_ids("category_id", &found);
        if negative && !with_category {
            in_category = in_category.or(Domain::leaf("category_id", "=", json!(false)));
        }
        let by_name = Domain::leaf("name", op, wrap(&name));
        let one = if negative == with_category { by_name.or(in_category) } else { by_name.and(in_category) };
        out = Some(match out {
            None => one,
            Some(o) if negative => o.and(one),
            Some(o) => o.or(one),
        });
    }
    Ok(out.unwrap_or(Domain::False).to_json())
}

/// Group → groups it implies directly, for all groups.
fn implied(env: &Env) -> Result<HashMap<i64, Vec<i64>>> {
    let mut out: HashMap<i64, Vec<i64>> = HashMap::new();
    for r in
        env.query(&Sql::of("SELECT gid, hid FROM res_groups_implied_rel"), &[ColType::Int, ColType::Int])?
    {
        out.entry(r[0].int()).or_default().push(r[1].int());
    }
    Ok(out)
}

/// Everything reached from `start`, without the start itself unless a circle leads back.
fn reached(edges: &HashMap<i64, Vec<i64>>, start: i64) -> HashSet<i64> {
    let mut seen = HashSet::new();
    let mut todo = vec![start];
    while let Some(at) = todo.pop() {
        for next in edges.get(&at).into_iter().flatten() {
            if seen.insert(*next) {
                todo.push(*next);
            }
        }
    }
    seen
}

fn compute_trans_implied_ids(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let edges = implied(env)?;
    let mut out = Computed::new();
    for id in ids {
        let mut all: Vec<i64> = reached(&edges, *id).into_iter().collect();
        all.sort_unstable();
        out.set(*id, "trans_implied_ids", Value::Ids(all));
    }
    Ok(out)
}

fn check_cycle(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if has_cycle_many(&implied(env)?, ids) {
        return Err(Error::validation("Recursion Detected."));
    }
    Ok(())
}

/// Gives users all groups that theirs imply. One statement; notes what it changed.
pub fn complete_users(env: &Env, users: &[i64]) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let sql = Sql::of(
        "INSERT INTO res_groups_users_rel (uid, gid) WITH RECURSIVE g(uid, gid) AS (\
         SELECT uid, gid FROM res_groups_users_rel WHERE uid",
    )
    .ids(users)
    .raw(
        " UNION SELECT g.uid, i.hid FROM res_groups_implied_rel i JOIN g ON g.gid = i.gid) \
         SELECT uid, gid FROM g WHERE TRUE ON CONFLICT DO NOTHING",
    );
    if env.execute(&sql)? > 0 {
        compute::modified(env, env.model("res.users")?, users, &["groups_id"])?;
        env.invalidate();
    }
    Ok(())
}

/// Users of groups, archived ones too.
fn members(env: &Env, groups: &[i64]) -> Result<Vec<i64>> {
    let sql = Sql::of("SELECT DISTINCT uid FROM res_groups_users_rel WHERE gid").ids(groups);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

fn check_name(vals: &Map) -> Result<()> {
    match vals.get("name").and_then(Json::as_str) {
        Some(n) if n.starts_with('-') => Err(Error::user("The name of the group can not start with \"-\"")),
        _ => Ok(()),
    }
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    vals.iter().try_for_each(check_name)?;
    let ids = sup.create(env, vals)?;
    complete_users(env, &members(env, &ids)?)?;
    Ok(ids)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    check_name(&vals)?;
    let memberships = vals.contains_key("users") || vals.contains_key("implied_ids");
    sup.write(env, ids, vals)?;
    if memberships {
        complete_users(env, &members(env, ids)?)?;
    }
    Ok(())
}

fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let named = default.contains_key("name");
    let mut all = sup.copy_data(env, ids, default)?;
    for vals in all.iter_mut().filter(|_| !named) {
        let name = vals.get("name").and_then(Json::as_str).unwrap_or_default();
        vals.insert("name".into(), json!(format!("{name} (copy)")));
    }
    Ok(all)
}
