//! Followers: who is told about a document, and of which subtypes of messages.

use crate::db::{ColType, Sql};
use crate::error::{Kind, Result};
use crate::models::rows;
use crate::orm::field;
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

/// Who acts follows what he made or asked to follow, with all that employees hear of, whoever he is.
pub fn subscribe_self(env: &Env, model: &Model, ids: &[i64], partner: i64) -> Result<()> {
    let (subtypes, _) = default_subtypes(env, &model.name)?;
    let of = |id: &i64| Following { res_id: *id, partner, subtypes: subtypes.clone() };
    add(env, model, ids.iter().map(of).collect(), Existing::Skip)
}

/// What becomes of the subtypes of who follows already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// They stay.
    Skip,
    /// The new ones come in their place.
    Replace,
    /// The new ones are added.
    Update,
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
    add(env, model, wanted, if subtypes.is_some() { Existing::Replace } else { Existing::Skip })
}

/// Inserts followers; of those there already `existing` says what becomes.
pub fn add(env: &Env, model: &Model, wanted: Vec<Following>, existing: Existing) -> Result<()> {
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
            Some(_) if existing == Existing::Skip => {}
            Some(id) => links.push((*id, w.subtypes)),
            None if seen.insert((w.res_id, w.partner)) => new.push(w),
            None => {}
        }
    }
    let changed: Vec<i64> = links.iter().map(|(id, _)| *id).collect();
    if existing == Existing::Update && !changed.is_empty() {
        let kept = subtypes_of(env, &changed)?;
        for (id, subtypes) in &mut links {
            subtypes.retain(|s| !kept.contains(&(*id, *s)));
        }
    } else if !changed.is_empty() {
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

/// (follower, subtype) of followers.
fn subtypes_of(env: &Env, followers: &[i64]) -> Result<HashSet<(i64, i64)>> {
    let sql = Sql::of(
        "SELECT mail_followers_id, mail_message_subtype_id FROM mail_followers_mail_message_subtype_rel \
         WHERE mail_followers_id",
    )
    .ids(followers);
    Ok(env.query(&sql, &[ColType::Int; 2])?.iter().map(|r| (r[0].int(), r[1].int())).collect())
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
/// Odoo looks at what the caller gave, not at the fields' defaults: who makes a project does not follow it as its
/// manager.
pub fn auto_subscribe(
    env: &Env,
    model: &Model,
    docs: &[(i64, &Map)],
    people: &[(i64, Vec<i64>)],
    existing: Existing,
) -> Result<()> {
    let mut wanted = from_parents(env, model, docs)?;
    let partners: Vec<i64> = unique(people.iter().flat_map(|(_, p)| p.iter().copied()));
    if !partners.is_empty() {
        let (all, external) = default_subtypes(env, &model.name)?;
        let active: HashMap<i64, bool> = active_partners(env, &partners)?.into_iter().collect();
        for (id, list) in people {
            for p in list {
                // who follows by the parent already has its subtypes
                let known = wanted.iter().any(|w| (w.res_id, w.partner) == (*id, *p));
                if let Some(outside) = active.get(p).filter(|_| !known) {
                    let subtypes = if *outside { external.clone() } else { all.clone() };
                    wanted.push(Following { res_id: *id, partner: *p, subtypes });
                }
            }
        }
    }
    add(env, model, wanted, existing)
}

fn from_parents(env: &Env, model: &Model, docs: &[(i64, &Map)]) -> Result<Vec<Following>> {
    let leads: Vec<&str> = model
        .fields
        .values()
        .filter(|f| {
            f.kind == field::Kind::Many2one && f.store && docs.iter().any(|(_, v)| v.contains_key(&f.name))
        })
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
        let followers = followers_of(env, parent, &parents, &here, &own_subtypes(env, &model.name)?)?;
        for (id, p) in of {
            for (partner, subtypes) in followers.get(&p).into_iter().flatten() {
                out.push(Following { res_id: id, partner: *partner, subtypes: subtypes.clone() });
            }
        }
    }
    Ok(out)
}

/// Subtypes documents of a model have: (all, those for people from outside).
fn own_subtypes(env: &Env, model: &str) -> Result<(Vec<i64>, Vec<i64>)> {
    let sql =
        Sql::of("SELECT id, internal FROM mail_message_subtype WHERE res_model IS NULL OR res_model = ")
            .text(model);
    let rows = env.query(&sql, &[ColType::Int, ColType::Bool])?;
    let all = rows.iter().map(|r| r[0].int()).collect();
    Ok((all, rows.iter().filter(|r| r[1].is_falsy()).map(|r| r[0].int()).collect()))
}

/// Followers of a parent → his subtypes on the child.
type Inherited = HashMap<i64, Vec<(i64, Vec<i64>)>>;

fn followers_of(
    env: &Env,
    parent: &str,
    ids: &[i64],
    here: &HashMap<i64, i64>,
    (own, own_external): &(Vec<i64>, Vec<i64>),
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
        let allowed = if r[2].is_falsy() { own } else { own_external };
        let subtype =
            Some(here.get(&r[3].int()).copied().unwrap_or(r[3].int())).filter(|s| allowed.contains(s));
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

/// Model rights and rules.
fn check(env: &Env, model: &Model, ids: &[i64], op: char) -> Result<()> {
    access::check_model(env, model, op)?;
    rule::check(env, model, ids, op)
}

/// Whether the partners are the caller and nobody else.
fn is_self(env: &Env, partners: &[i64]) -> Result<bool> {
    Ok(partners == [env.user()?.partner_id])
}

/// Makes partners follow for a client: whoever follows by his own hand needs to read, who makes others follow, to
/// write.
pub fn subscribe_checked(
    env: &Env,
    model: &Model,
    ids: &[i64],
    partners: &[i64],
    subtypes: &[i64],
) -> Result<bool> {
    if ids.is_empty() || partners.is_empty() {
        return Ok(true);
    }
    let root = env.sudo();
    let subtypes = (!subtypes.is_empty()).then_some(subtypes);
    if is_self(env, partners)? {
        match check(env, model, ids, 'r') {
            Err(e) if e.kind == Kind::Access => return Ok(false),
            other => other?,
        }
        if subtypes.is_none() {
            return subscribe_self(&root, model, ids, partners[0]).map(|()| true);
        }
    } else {
        check(env, model, ids, 'w')?;
    }
    subscribe(&root, model, ids, partners, subtypes)?;
    Ok(true)
}

/// `message_subscribe(partner_ids=None, subtype_ids=None)`.
pub fn message_subscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let partners = unique(ids_arg(call.arg("partner_ids")));
    let subtypes = ids_arg(call.arg("subtype_ids"));
    Ok(Json::Bool(subscribe_checked(env, call.model, &call.ids, &partners, &subtypes)?))
}

/// `message_unsubscribe(partner_ids=None)`; None, as Odoo.
pub fn message_unsubscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let partners = unique(ids_arg(call.arg("partner_ids")));
    if partners.is_empty() {
        return Ok(Json::Bool(true));
    }
    // an employee may always leave; others have to see what they leave
    if !is_self(env, &partners)? {
        check(env, call.model, &call.ids, 'w')?;
    } else if env.user()?.share {
        check(env, call.model, &call.ids, 'r')?;
    }
    unsubscribe(&env.sudo(), call.model, &call.ids, &partners)?;
    Ok(Json::Null)
}
