//! Followers: who is told about a document, and of which subtypes of messages.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::models::rows;
use crate::orm::field::Kind;
use crate::orm::{Call, Env, Model, access, rule};
use crate::value::{Json, Map, Value};
use std::collections::{HashMap, HashSet};

/// One partner that is to follow one document.
#[derive(Debug, Clone)]
pub struct Following {
    /// Document.
    pub res_id: i64,
    /// Follower.
    pub partner: i64,
    /// Subtypes he hears of.
    pub subtypes: Vec<i64>,
}

/// Subtypes a new follower of a model gets: (all, those for people from outside).
pub fn default_subtypes(env: &Env, model: &str) -> Result<(Vec<i64>, Vec<i64>)> {
    let sql = Sql::of("SELECT id, internal FROM mail_message_subtype WHERE ")
        .ident("default")
        .raw(" AND (res_model IS NULL OR res_model = ")
        .text(model)
        .raw(") ORDER BY id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Bool])?;
    let all = rows.iter().map(|r| r[0].int()).collect();
    let external = rows.iter().filter(|r| r[1].is_falsy()).map(|r| r[0].int()).collect();
    Ok((all, external))
}

/// Active ones of the partners, with whether each is from outside.
fn active_partners(env: &Env, ids: &[i64]) -> Result<Vec<(i64, bool)>> {
    let sql =
        Sql::of("SELECT id, partner_share FROM res_partner WHERE active AND id").ids(ids).raw(" ORDER BY id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Bool])?;
    Ok(rows.iter().map(|r| (r[0].int(), !r[1].is_falsy())).collect())
}

/// Makes partners follow documents. Without `subtypes` the defaults of the model, and those who follow already are
/// left alone; with them, everybody gets just these.
pub fn subscribe(
    env: &Env,
    model: &Model,
    ids: &[i64],
    partners: &[i64],
    subtypes: Option<&[i64]>,
) -> Result<()> {
    if ids.is_empty() || partners.is_empty() {
        return Ok(());
    }
    let (all, external) = match subtypes {
        Some(s) => (s.to_vec(), s.to_vec()),
        None => default_subtypes(env, &model.name)?,
    };
    let mut wanted = Vec::new();
    for (partner, outside) in active_partners(env, partners)? {
        for id in ids {
            let subtypes = if outside { external.clone() } else { all.clone() };
            wanted.push(Following { res_id: *id, partner, subtypes });
        }
    }
    add(env, model, wanted, subtypes.is_some())
}

/// Inserts followers; those there already are skipped, or get the new subtypes.
pub fn add(env: &Env, model: &Model, wanted: Vec<Following>, replace: bool) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let docs: Vec<i64> = unique(wanted.iter().map(|w| w.res_id));
    let partners: Vec<i64> = unique(wanted.iter().map(|w| w.partner));
    let sql = Sql::of("SELECT id, res_id, partner_id FROM mail_followers WHERE res_model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(&docs)
        .raw(" AND partner_id")
        .ids(&partners);
    let there: HashMap<(i64, i64), i64> =
        env.query(&sql, &[ColType::Int; 3])?.iter().map(|r| ((r[1].int(), r[2].int()), r[0].int())).collect();
    let mut seen = HashSet::new();
    let (mut new, mut links) = (Vec::new(), Vec::new());
    for w in wanted {
        match there.get(&(w.res_id, w.partner)) {
            Some(id) if replace => links.push((*id, w.subtypes)),
            Some(_) => {}
            None if seen.insert((w.res_id, w.partner)) => new.push(w),
            None => {}
        }
    }
    let changed: Vec<i64> = links.iter().map(|(id, _)| *id).collect();
    if !changed.is_empty() {
        let sql = Sql::of("DELETE FROM mail_followers_mail_message_subtype_rel WHERE mail_followers_id")
            .ids(&changed);
        env.execute(&sql)?;
    }
    let columns = [("res_model", ColType::Text), ("res_id", ColType::Int), ("partner_id", ColType::Int)];
    let rows = new
        .iter()
        .map(|w| vec![Value::Text(model.name.clone()), Value::Int(w.res_id), Value::Int(w.partner)])
        .collect();
    let ids = rows::insert(env, "mail_followers", &columns, rows)?;
    links.extend(ids.into_iter().zip(new).map(|(id, w)| (id, w.subtypes)));
    let pairs: Vec<(i64, i64)> = links.iter().flat_map(|(id, s)| s.iter().map(move |s| (*id, *s))).collect();
    let columns = ("mail_followers_id", "mail_message_subtype_id");
    rows::link(env, "mail_followers_mail_message_subtype_rel", columns, &pairs)
}

/// Ends the following.
pub fn unsubscribe(env: &Env, model: &Model, ids: &[i64], partners: &[i64]) -> Result<()> {
    let sql = Sql::of("DELETE FROM mail_followers WHERE res_model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" AND partner_id")
        .ids(partners);
    env.execute(&sql)?;
    Ok(())
}

/// Each value once, in the order of their first coming.
pub fn unique(ids: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|i| seen.insert(*i)).collect()
}

/// The subtypes of a parent document that stand for subtypes of `model`: (many2one that leads there, subtype there,
/// subtype here).
fn parent_subtypes(env: &Env, model: &str) -> Result<Vec<(String, i64, i64)>> {
    let sql = Sql::of(
        "SELECT s.relation_field, s.id, s.parent_id FROM mail_message_subtype s \
         JOIN mail_message_subtype p ON p.id = s.parent_id WHERE s.relation_field IS NOT NULL AND p.res_model = ",
    )
    .text(model)
    .raw(" ORDER BY s.id");
    let rows = env.query(&sql, &[ColType::Text, ColType::Int, ColType::Int])?;
    Ok(rows.iter().map(|r| (r[0].str().to_owned(), r[1].int(), r[2].int())).collect())
}

/// Documents whose values name a parent or somebody responsible get followers from there.
///
/// Odoo looks at what the caller gave, not at defaults: who makes a project does not follow it as its manager.
pub fn auto_subscribe(
    env: &Env,
    model: &Model,
    docs: &[(i64, &Map)],
    people: &[(i64, Vec<i64>)],
) -> Result<()> {
    let mut wanted = from_parents(env, model, docs)?;
    let partners: Vec<i64> = unique(people.iter().flat_map(|(_, p)| p.iter().copied()));
    if !partners.is_empty() {
        let (all, external) = default_subtypes(env, &model.name)?;
        let active: HashMap<i64, bool> = active_partners(env, &partners)?.into_iter().collect();
        for (id, list) in people {
            for p in list {
                if let Some(outside) = active.get(p) {
                    let subtypes = if *outside { external.clone() } else { all.clone() };
                    wanted.push(Following { res_id: *id, partner: *p, subtypes });
                }
            }
        }
    }
    add(env, model, wanted, false)
}

fn from_parents(env: &Env, model: &Model, docs: &[(i64, &Map)]) -> Result<Vec<Following>> {
    let leads: Vec<&str> = model
        .fields
        .values()
        .filter(|f| f.kind == Kind::Many2one && f.store && docs.iter().any(|(_, v)| v.contains_key(&f.name)))
        .map(|f| f.name.as_str())
        .collect();
    if leads.is_empty() {
        return Ok(Vec::new());
    }
    let subtypes = parent_subtypes(env, &model.name)?;
    let mut out = Vec::new();
    for lead in leads.iter().filter(|l| subtypes.iter().any(|(f, ..)| f == *l)) {
        let parent = &model.fields[*lead].relation;
        let here: HashMap<i64, i64> =
            subtypes.iter().filter(|(f, ..)| f == lead).map(|(_, there, here)| (*there, *here)).collect();
        let of: Vec<(i64, i64)> =
            docs.iter().filter_map(|(id, v)| v.get(*lead).and_then(Json::as_i64).map(|p| (*id, p))).collect();
        let parents = unique(of.iter().map(|(_, p)| *p));
        let followers = followers_of(env, parent, &parents, &here, &default_subtypes(env, &model.name)?)?;
        for (id, p) in of {
            for (partner, subtypes) in followers.get(&p).into_iter().flatten() {
                out.push(Following { res_id: id, partner: *partner, subtypes: subtypes.clone() });
            }
        }
    }
    Ok(out)
}

/// Followers of a parent → his subtypes on the child.
type Inherited = HashMap<i64, Vec<(i64, Vec<i64>)>>;

fn followers_of(
    env: &Env,
    parent: &str,
    ids: &[i64],
    here: &HashMap<i64, i64>,
    defaults: &(Vec<i64>, Vec<i64>),
) -> Result<Inherited> {
    let sql = Sql::of(
        "SELECT f.res_id, f.partner_id, p.partner_share, r.mail_message_subtype_id FROM mail_followers f \
         JOIN res_partner p ON p.id = f.partner_id AND p.active \
         LEFT JOIN mail_followers_mail_message_subtype_rel r ON r.mail_followers_id = f.id WHERE f.res_model = ",
    )
    .text(parent)
    .raw(" AND f.res_id")
    .ids(ids)
    .raw(" ORDER BY f.id, r.mail_message_subtype_id");
    let mut out: Inherited = HashMap::new();
    for r in env.query(&sql, &[ColType::Int, ColType::Int, ColType::Bool, ColType::Int])? {
        let list = out.entry(r[0].int()).or_default();
        let partner = r[1].int();
        if list.last().is_none_or(|(p, _)| *p != partner) {
            list.push((partner, Vec::new()));
        }
        let allowed = if r[2].is_falsy() { &defaults.0 } else { &defaults.1 };
        let subtype = match here.get(&r[3].int()) {
            Some(s) => Some(*s),
            None => Some(r[3].int()).filter(|s| allowed.contains(s)),
        };
        if let (Some(s), Some((_, subtypes))) = (subtype, list.last_mut()) {
            subtypes.push(s);
        }
    }
    Ok(out)
}

/// Ids in an argument: a list, one id, or nothing.
pub fn ids_arg(j: &Json) -> Vec<i64> {
    match j {
        Json::Array(a) => a.iter().filter_map(Json::as_i64).collect(),
        j => j.as_i64().into_iter().collect(),
    }
}

/// Whoever follows by his own hand needs to read; who makes others follow, to write.
fn check(env: &Env, model: &Model, ids: &[i64], partners: &[i64]) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    let own = partners == [env.user()?.partner_id];
    let op = if own { 'r' } else { 'w' };
    access::check_model(env, model, op)?;
    rule::check(env, model, ids, op)
}

/// `message_subscribe(partner_ids=None, subtype_ids=None)`.
pub fn message_subscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let partners = unique(ids_arg(call.arg("partner_ids")));
    if call.ids.is_empty() || partners.is_empty() {
        return Ok(Json::Bool(true));
    }
    check(env, call.model, &call.ids, &partners)?;
    let subtypes = match call.arg("subtype_ids") {
        Json::Array(_) => Some(ids_arg(call.arg("subtype_ids"))),
        _ => None,
    };
    subscribe(&env.sudo(), call.model, &call.ids, &partners, subtypes.as_deref())?;
    Ok(Json::Bool(true))
}

/// `message_unsubscribe(partner_ids=None)`; None, as Odoo.
pub fn message_unsubscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let partners = unique(ids_arg(call.arg("partner_ids")));
    if partners.is_empty() {
        return Ok(Json::Bool(true));
    }
    check(env, call.model, &call.ids, &partners)?;
    unsubscribe(&env.sudo(), call.model, &call.ids, &partners)?;
    Ok(Json::Null)
}
