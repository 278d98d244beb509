//! mail.alias.mixin: documents with an address of their own.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, Super, access};
use crate::value::{Json, Map, Value};
use serde_json::json;
use std::collections::BTreeSet;

/// Fields of an address that a copy of its document takes over.
const COPIED: [&str; 2] = ["alias_contact", "alias_bounced_content"];

/// Fields of an address that who may change the document may change with it.
const WRITABLE: [&str; 5] =
    ["alias_domain_id", "alias_name", "alias_contact", "alias_defaults", "alias_bounced_content"];

/// Behaviour of every model with an alias.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.alias.mixin")
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy_data)
        .compute("compute_alias_email", email)
        .search("search_alias_email", |_, _, _, op, v| Ok(json!([["alias_id.alias_full_name", op, v]])))
}

/// The id of a model's ir.model.
fn model_id(env: &Env, name: &str) -> Result<i64> {
    let sql = Sql::of("SELECT id FROM ir_model WHERE model = ").text(name);
    Ok(env.query(&sql, &[ColType::Int])?.first().map_or(0, |r| r[0].int()))
}

/// Takes out of `vals` what the document has from its alias.
fn of_alias(model: &Model, vals: &mut Map, wanted: impl Fn(&str) -> bool) -> Map {
    let inherited =
        |k: &String| model.fields.get(k).is_some_and(|f| f.inherited.as_deref() == Some("alias_id"));
    let (alias, rest) = std::mem::take(vals).into_iter().partition(|(k, _)| inherited(k) && wanted(k));
    *vals = rest;
    alias
}

/// The alias is made before the document, whoever makes it, and told of it after. Mail to a project makes tasks.
fn create(env: &Env, sup: Super<'_>, mut vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let root = env.sudo();
    let own = model_id(&root, &sup.model.name)?;
    let target = match sup.model.name.as_str() {
        "project.project" => model_id(&root, "project.task")?,
        _ => own,
    };
    let without: Vec<usize> =
        (0..vals_list.len()).filter(|i| !vals_list[*i].contains_key("alias_id")).collect();
    if !without.is_empty() {
        // the domain of an address is its company's
        let company = env.company_id()?;
        let of = |vals: &Map| vals.get("company_id").and_then(Json::as_i64).unwrap_or(company);
        let companies: BTreeSet<i64> = without.iter().map(|i| of(&vals_list[*i])).collect();
        let companies: Vec<i64> = companies.into_iter().collect();
        let rows = env.fetch("res.company", &companies, &["alias_domain_id"])?;
        let mut aliases = Vec::with_capacity(without.len());
        for i in &without {
            let vals = &mut vals_list[*i];
            let domain = rows.iter().find(|r| r.id == of(vals)).and_then(|r| r.opt("alias_domain_id"));
            let mut alias = of_alias(sup.model, vals, |_| true);
            alias.entry("alias_model_id").or_insert(json!(target));
            alias.entry("alias_domain_id").or_insert(domain.map_or(json!(false), |d| json!(d)));
            alias.insert("alias_parent_model_id".into(), json!(own));
            aliases.push(alias);
        }
        for (i, id) in without.into_iter().zip(root.create_many("mail.alias", aliases)?) {
            vals_list[i].insert("alias_id".into(), json!(id));
        }
    }
    let ids = sup.create(env, vals_list)?;
    let key = format!("'{}'", if sup.model.name == "project.project" { "project_id" } else { "id" });
    let sql = Sql::of("UPDATE mail_alias SET alias_parent_thread_id = d.id, alias_defaults = ")
        .text(&format!("{{{key}: "))
        .raw(" || CAST(d.id AS TEXT) || '}' FROM ")
        .ident(&sup.model.table)
        .raw(" AS d WHERE d.alias_id = mail_alias.id AND d.id")
        .ids(&ids);
    root.execute(&sql)?;
    Ok(ids)
}

/// Who may change a document may change its address.
fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    let alias = of_alias(sup.model, &mut vals, |k| WRITABLE.contains(&k));
    if alias.is_empty() {
        return sup.write(env, ids, vals);
    }
    if !vals.is_empty() {
        sup.write(env, ids, vals)?;
    } else if !access::allowed(env, sup.model, 'w')? {
        // as in Odoo nothing is done, and nothing said
        return Ok(());
    }
    let root = env.sudo();
    let rows = root.fetch(&sup.model.name, ids, &["alias_id"])?;
    let aliases: Vec<i64> = rows.iter().filter_map(|r| r.opt("alias_id")).collect();
    root.write("mail.alias", &aliases, Json::Object(alias))
}

/// Of an address only what one may choose is copied, and neither its name nor where it is.
fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let mut out = sup.copy_data(env, ids, default)?;
    let alias = env.model("mail.alias")?;
    for vals in &mut out {
        vals.retain(|k, _| COPIED.contains(&k.as_str()) || !k.starts_with("alias_") || !alias.has(k));
    }
    Ok(out)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let sql = Sql::of("SELECT alias_id FROM ")
        .ident(&sup.model.table)
        .raw(" WHERE alias_id IS NOT NULL AND id")
        .ids(ids);
    let aliases: Vec<i64> = root.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    sup.unlink(env, ids)?;
    root.unlink("mail.alias", &aliases)
}

fn email(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["alias_name", "alias_domain"])? {
        if !r.str("alias_name").is_empty() && !r.str("alias_domain").is_empty() {
            let address = format!("{}@{}", r.str("alias_name"), r.str("alias_domain"));
            out.set(r.id, "alias_email", Value::Text(address));
        }
    }
    Ok(out)
}
