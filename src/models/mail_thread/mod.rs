//! mail.thread: documents with a conversation, followers and a log of changes.
//!
//! Everything is batched: a create or write of any number of documents adds a constant number of statements.

pub mod assign;
mod compute;
pub use compute::{exactly, not_exactly};
pub mod follow;
mod hooks;
pub mod post;
mod tracking;

pub use hooks::{Creation, post_access};
pub use tracking::{durations, forget_new};

use crate::error::{Error, Kind, Result};
use crate::models::rows;
use crate::orm::{Behaviour, Env, Method, Model, Super, rule};
use crate::value::Map;
use follow::Existing;
use post::Message;

/// Behaviour of every model with a conversation.
pub fn behaviour() -> Behaviour {
    compute::register(Behaviour::new("mail.thread"))
        .create(create)
        .write(write)
        .forget(|env, model, ids| {
            rows::unlink_of(env, "mail.message", "model", model, ids)?;
            rows::unlink_of(env, "mail.followers", "res_model", model, ids)
        })
        .method(Method::record(
            "message_subscribe",
            "partner_ids=None, subtype_ids=None",
            follow::message_subscribe,
        ))
        .method(Method::record("message_unsubscribe", "partner_ids=None", follow::message_unsubscribe))
        .method(Method::record(
            "message_post",
            "body='', message_type='notification', **kwargs",
            post::message_post,
        ))
        .method(Method::record("message_notify", "body='', **kwargs", post::message_notify))
        .method(Method::record("message_get_followers", "after=None, limit=100, filter_recipients=False", {
            compute::message_get_followers
        }))
}

fn create(env: &Env, sup: Super<'_>, vals_list: Vec<Map>) -> Result<Vec<i64>> {
    if env.flag("tracking_disable") {
        return sup.create(env, vals_list);
    }
    let given = vals_list.clone();
    let ids = sup.create(env, vals_list)?;
    tracking::created(env, &sup.model.name, &ids);
    let root = env.sudo();
    if !env.flag("mail_create_nosubscribe")
        && let Ok(user) = env.user()
        && user.active
    {
        follow::subscribe_self(&root, sup.model, &ids, user.partner_id)?;
    }
    // what the context gives by default leads to followers as what was given
    let given: Vec<Map> = given.into_iter().map(|v| with_context_defaults(env, v)).collect();
    let docs: Vec<(i64, &Map)> = ids.iter().copied().zip(&given).collect();
    follow_values(&root, &sup, &docs, Existing::Update)?;
    if !env.flag("mail_create_nolog") {
        log_creation(env, &sup, &ids)?;
    }
    Ok(ids)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if env.flag("tracking_disable") {
        return sup.write(env, ids, vals);
    }
    if !env.flag("mail_notrack") {
        tracking::prepare(env, sup.model, ids, &vals)
            .map_err(|e| unreadable(env, sup.model, ids).unwrap_or(e))?;
    }
    let given = vals.clone();
    sup.write(env, ids, vals).map_err(|e| unreadable(env, sup.model, ids).unwrap_or(e))?;
    let docs: Vec<(i64, &Map)> = ids.iter().map(|i| (*i, &given)).collect();
    follow_values(&env.sudo(), &sup, &docs, Existing::Skip)
}

/// Odoo reads the tracked fields before it writes: who may not read the records is told that, whatever else is wrong.
fn unreadable(env: &Env, model: &Model, ids: &[i64]) -> Option<Error> {
    if tracking::tracked(model).is_empty() || env.flag("mail_notrack") {
        return None;
    }
    let refused = rule::check(env, model, ids, 'r').err()?;
    match refused.kind {
        Kind::Access => Some(refused),
        // of those that are gone the first is named
        Kind::Missing => {
            let there = env.exists(&model.name, ids).ok()?;
            let first = ids.iter().copied().find(|i| !there.contains(i))?;
            Some(rule::missing(env, model, &[first]))
        }
        _ => None,
    }
}

fn with_context_defaults(env: &Env, mut vals: Map) -> Map {
    for (key, value) in env.context() {
        if let Some(name) = key.strip_prefix("default_").filter(|n| !vals.contains_key(*n)) {
            vals.insert(name.to_owned(), value.clone());
        }
    }
    vals
}

/// Followers that come with what was written: of the parent document, and those made responsible.
fn follow_values(env: &Env, sup: &Super<'_>, docs: &[(i64, &Map)], existing: Existing) -> Result<()> {
    let mut people = Vec::new();
    for (id, vals) in docs {
        people.push((*id, hooks::responsible(sup.model, vals)?));
    }
    let users = follow::unique(people.iter().flat_map(|(_, u)| u.iter().copied()));
    let partners = post::partners_of(env, &users)?;
    let assigned: Vec<(i64, i64)> = people
        .iter()
        .flat_map(|(doc, users)| users.iter().map(|u| (*doc, *u)))
        .filter(|(_, user)| partners.contains_key(user))
        .collect();
    for (_, list) in &mut people {
        *list = list.iter().filter_map(|u| partners.get(u).copied()).collect();
    }
    follow::auto_subscribe(env, sup.model, docs, &people, existing)?;
    // tasks tell their assignees by themselves
    match hooks::tells_responsible(sup.model) {
        true => assign::assigned(env, sup.model, &assigned, assign::Dress::Document),
        false => Ok(()),
    }
}

fn log_creation(env: &Env, sup: &Super<'_>, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let creation = hooks::creation(&root, sup.model, ids)?;
    let subtype = root.xmlid(creation.subtype.unwrap_or("mail.mt_note"))?;
    let names = match creation.subtype {
        Some(_) => root.display_names(&sup.model.name, ids)?,
        None => Default::default(),
    };
    let author = post::Author::of_user(env)?;
    let default = format!("<p>{} created</p>", post::escape(&sup.model.description));
    let messages = ids
        .iter()
        .map(|id| Message {
            res_id: *id,
            body: creation.bodies.get(id).unwrap_or(&default).clone(),
            subtype,
            record_name: names.get(id).cloned(),
            is_internal: creation.subtype.is_none(),
            logged: creation.subtype.is_none(),
            ..Message::new(&author)
        })
        .collect();
    post::insert(&root, &sup.model.name, messages)?;
    Ok(())
}
