//! mail.alias.mixin: documents with an address of their own.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, Super};
use crate::value::{Map, Value};
use serde_json::json;

/// Fields of an address that a copy of its document takes over.
const COPIED: [&str; 2] = ["alias_contact", "alias_bounced_content"];

/// Behaviour of every model with an alias.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.alias.mixin")
        .create(create)
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

/// The alias is made before the document and told of it after. Mail to a project makes tasks.
fn create(env: &Env, sup: Super<'_>, mut vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let root = env.sudo();
    let own = model_id(&root, &sup.model.name)?;
    let target = match sup.model.name.as_str() {
        "project.project" => model_id(&root, "project.task")?,
        _ => own,
    };
    for vals in vals_list.iter_mut().filter(|v| !v.contains_key("alias_id")) {
        vals.entry("alias_model_id").or_insert(json!(target));
        vals.insert("alias_parent_model_id".into(), json!(own));
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
