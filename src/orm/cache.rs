//! What every call needs and seldom changes: users, groups, rights, rules, external ids, parameters.
//!
//! A [`Caches`] is filled lazily and never changed; it is thrown away whole. A transaction that touches one of the
//! sources gets an empty one of its own (`Env::invalidate`), and after its commit everybody does
//! (`service::app` tells the other processes).

use super::env::Env;
use super::field::Field;
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::value::Value;
use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Models (and, where named, fields) whose change makes the caches stale.
pub const SOURCES: &[(&str, &[&str])] = &[
    ("res.users", &[]),
    ("res.users.apikeys", &[]),
    ("res.groups", &[]),
    ("res.lang", &[]),
    ("ir.model.access", &[]),
    ("ir.rule", &[]),
    ("ir.config_parameter", &[]),
    ("ir.default", &[]),
    ("ir.ui.view", &[]),
    ("res.partner", &["lang", "tz", "name", "active"]),
];

/// What is remembered of a user.
#[derive(Debug, Default)]
pub struct UserInfo {
    /// Id.
    pub id: i64,
    /// Login.
    pub login: String,
    /// Whether he may log in.
    pub active: bool,
    /// Portal or public.
    pub share: bool,
    /// Name of his partner.
    pub name: String,
    /// Partner.
    pub partner_id: i64,
    /// Language of his partner.
    pub lang: Option<String>,
    /// Time zone of his partner.
    pub tz: Option<String>,
    /// Main company.
    pub company_id: i64,
    /// All companies.
    pub company_ids: Vec<i64>,
    /// All groups, implied ones too.
    pub groups: HashSet<i64>,
}

/// A row of ir.rule.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Name for messages.
    pub name: String,
    /// Groups; empty: global.
    pub groups: Vec<i64>,
    /// Domain text.
    pub domain: String,
    /// Letters of the operations it applies to, of "rwcu".
    pub perms: String,
}

/// Group rights: model → [(group or 0, "rwcu" letters)].
pub type AccessRows = HashMap<String, Vec<(i64, String)>>;

/// The caches of one generation.
#[derive(Debug, Default)]
pub struct Caches {
    users: Mutex<HashMap<i64, Arc<UserInfo>>>,
    xmlids: Mutex<HashMap<String, Option<i64>>>,
    params: Mutex<Option<Arc<HashMap<String, String>>>>,
    access: Mutex<Option<Arc<AccessRows>>>,
    rules: Mutex<Option<Arc<HashMap<String, Vec<RuleRow>>>>>,
    /// Parsed and evaluated rule domains: (uid, companies, model, operation) → domain.
    pub(super) rule_domains: Mutex<HashMap<(i64, Vec<i64>, String, char), super::domain::Domain>>,
    /// ir.default by (user, company, model).
    pub(super) defaults: Mutex<HashMap<(i64, i64, String), Arc<crate::value::Map>>>,
    /// Reads by id, written out.
    pub(super) plans: RwLock<super::plan::Plans>,
    langs: Mutex<Option<Arc<HashSet<String>>>>,
    choices: Mutex<HashMap<(String, String), Choices>>,
    /// What floors above keep here, one of a type.
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// Values and labels of a selection.
pub type Choices = Arc<Vec<(String, String)>>;

/// A lock that outlives a panic elsewhere: the data are plain and complete.
pub(super) fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// [`lock`], for reading along with others.
pub(super) fn read<T>(l: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    l.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// [`lock`], alone.
pub(super) fn write<T>(l: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    l.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn caches(env: &Env) -> Arc<Caches> {
    env.tx().caches.borrow().clone()
}

/// The caches of the running transaction.
pub(super) fn current(env: &Env) -> Arc<Caches> {
    caches(env)
}

/// What a floor above keeps until one of the [`SOURCES`] changes; empty at first.
pub fn kept<T: Default + Send + Sync + 'static>(env: &Env) -> Arc<T> {
    let caches = caches(env);
    let mut kept = lock(&caches.kept);
    let slot = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
    slot.clone().downcast().unwrap_or_default()
}

/// The user, or MissingError.
pub fn user(env: &Env, uid: i64) -> Result<Arc<UserInfo>> {
    let caches = caches(env);
    if let Some(u) = lock(&caches.users).get(&uid) {
        return Ok(u.clone());
    }
    let u = Arc::new(load_user(env, uid)?);
    lock(&caches.users).insert(uid, u.clone());
    Ok(u)
}

fn load_user(env: &Env, uid: i64) -> Result<UserInfo> {
    let sql = Sql::of(
        "SELECT u.login, u.active, u.share, u.partner_id, u.company_id, p.name, p.lang, p.tz \
         FROM res_users u LEFT JOIN res_partner p ON p.id = u.partner_id WHERE u.id = ",
    )
    .int(uid);
    use ColType::{Bool, Int, Text};
    let rows = env.query(&sql, &[Text, Bool, Bool, Int, Int, Text, Text, Text])?;
    let row = rows.into_iter().next().ok_or_else(|| Error::missing(format!("User {uid} does not exist.")))?;
    let text = |v: &Value| Some(v.str().to_owned()).filter(|s| !s.is_empty());
    let sql = Sql::of("SELECT cid FROM res_company_users_rel WHERE user_id = ").int(uid).raw(" ORDER BY cid");
    let company_ids = env.query(&sql, &[Int])?.iter().map(|r| r[0].int()).collect();
    Ok(UserInfo {
        id: uid,
        login: row[0].str().to_owned(),
        active: !row[1].is_falsy(),
        share: !row[2].is_falsy(),
        name: row[5].str().to_owned(),
        partner_id: row[3].int(),
        lang: text(&row[6]),
        tz: text(&row[7]),
        company_id: row[4].int(),
        company_ids,
        groups: load_groups(env, uid)?,
    })
}

/// Groups of the user and, transitively, those they imply.
fn load_groups(env: &Env, uid: i64) -> Result<HashSet<i64>> {
    let sql = Sql::of("WITH RECURSIVE g(gid) AS (SELECT gid FROM res_groups_users_rel WHERE uid = ")
        .int(uid)
        .raw(" UNION SELECT i.hid FROM res_groups_implied_rel i JOIN g ON g.gid = i.gid) SELECT gid FROM g");
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// Id behind an external id.
pub fn xmlid(env: &Env, xmlid: &str) -> Result<Option<i64>> {
    let caches = caches(env);
    if let Some(id) = lock(&caches.xmlids).get(xmlid) {
        return Ok(*id);
    }
    let (module, name) = xmlid.split_once('.').unwrap_or(("base", xmlid));
    let sql = Sql::of("SELECT res_id FROM ir_model_data WHERE module = ")
        .text(module)
        .raw(" AND name = ")
        .text(name);
    let id = env.query(&sql, &[ColType::Int])?.first().map(|r| r[0].int());
    // An id that is not there now may be made later in this very transaction.
    if id.is_some() {
        lock(&caches.xmlids).insert(xmlid.to_owned(), id);
    }
    Ok(id)
}

/// A configuration parameter.
pub fn param(env: &Env, key: &str) -> Result<Option<String>> {
    let caches = caches(env);
    if let Some(p) = lock(&caches.params).as_ref() {
        return Ok(p.get(key).cloned());
    }
    let sql = Sql::of("SELECT key, value FROM ir_config_parameter");
    let rows = env.query(&sql, &[ColType::Text, ColType::Text])?;
    let map: HashMap<_, _> = rows.iter().map(|r| (r[0].str().to_owned(), r[1].str().to_owned())).collect();
    let found = map.get(key).cloned();
    *lock(&caches.params) = Some(Arc::new(map));
    Ok(found)
}

/// All rows of ir.model.access.
pub fn access(env: &Env) -> Result<Arc<AccessRows>> {
    let caches = caches(env);
    if let Some(a) = lock(&caches.access).as_ref() {
        return Ok(a.clone());
    }
    let sql = Sql::of(
        "SELECT m.model, a.group_id, a.perm_read, a.perm_write, a.perm_create, a.perm_unlink \
         FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id WHERE a.active",
    );
    use ColType::{Bool, Int, Text};
    let mut map = AccessRows::new();
    for row in env.query(&sql, &[Text, Int, Bool, Bool, Bool, Bool])? {
        map.entry(row[0].str().to_owned()).or_default().push((row[1].int(), letters(&row[2..])));
    }
    let map = Arc::new(map);
    *lock(&caches.access) = Some(map.clone());
    Ok(map)
}

fn letters(perms: &[Value]) -> String {
    "rwcu".chars().zip(perms).filter(|(_, v)| !v.is_falsy()).map(|(c, _)| c).collect()
}

/// All active rows of ir.rule by model, in the order of their ids.
pub fn rules(env: &Env) -> Result<Arc<HashMap<String, Vec<RuleRow>>>> {
    let caches = caches(env);
    if let Some(r) = lock(&caches.rules).as_ref() {
        return Ok(r.clone());
    }
    use ColType::{Bool, Int, Text};
    let links = Sql::of("SELECT rule_group_id, group_id FROM rule_group_rel ORDER BY group_id");
    let mut groups: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in env.query(&links, &[Int, Int])? {
        groups.entry(row[0].int()).or_default().push(row[1].int());
    }
    let sql = Sql::of(
        "SELECT r.id, m.model, r.name, r.domain_force, r.perm_read, r.perm_write, r.perm_create, r.perm_unlink \
         FROM ir_rule r JOIN ir_model m ON m.id = r.model_id WHERE r.active ORDER BY r.id",
    );
    let mut map: HashMap<String, Vec<RuleRow>> = HashMap::new();
    for row in env.query(&sql, &[Int, Text, Text, Text, Bool, Bool, Bool, Bool])? {
        map.entry(row[1].str().to_owned()).or_default().push(RuleRow {
            name: row[2].str().to_owned(),
            groups: groups.remove(&row[0].int()).unwrap_or_default(),
            domain: row[3].str().to_owned(),
            perms: letters(&row[4..]),
        });
    }
    let map = Arc::new(map);
    *lock(&caches.rules) = Some(map.clone());
    Ok(map)
}

/// Codes of the languages that are switched on.
pub fn langs(env: &Env) -> Result<Arc<HashSet<String>>> {
    let caches = caches(env);
    if let Some(l) = lock(&caches.langs).as_ref() {
        return Ok(l.clone());
    }
    let rows = env.query(&Sql::of("SELECT code FROM res_lang WHERE active"), &[ColType::Text])?;
    let set: HashSet<String> = rows.iter().map(|r| r[0].str().to_owned()).collect();
    let set = Arc::new(set);
    *lock(&caches.langs) = Some(set.clone());
    Ok(set)
}

/// A language that is not installed is refused, as Odoo does.
pub fn check_lang(env: &Env) -> Result<()> {
    match env.ctx("lang").as_str() {
        Some(lang) if lang != "en_US" && !lang.is_empty() && !langs(env)?.contains(lang) => {
            Err(Error::user(format!("Invalid language code: {lang}")))
        }
        _ => Ok(()),
    }
}

/// The choices of a selection, whether a file lists them or a function makes them.
pub fn choices(env: &Env, model: &Model, field: &Field) -> Result<Choices> {
    let Some(make) = field.selection_fn else { return Ok(Arc::new(field.selection.clone())) };
    let key = (model.name.clone(), field.name.clone());
    let caches = caches(env);
    if let Some(c) = lock(&caches.choices).get(&key) {
        return Ok(c.clone());
    }
    let made = Arc::new(make(env, model)?);
    lock(&caches.choices).insert(key, made.clone());
    Ok(made)
}
