//! Reads by id, written out once: the statement of a read depends on who reads which fields in which language, not on
//! the ids. So it is kept among the caches, which are thrown away when users, groups, rules or rights change.

use super::cache;
use super::domain::Domain;
use super::domain::compile::Compiler;
use super::domain::link::Few;
use super::env::Env;
use super::fetch::Select;
use super::field::Field;
use super::model::Model;
use super::rule;
use crate::db::{IdCount, Sql};
use crate::error::Result;
use crate::value::Json;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Kept at most; when full it starts anew.
const KEPT: usize = 2000;

/// Keys of a context that no rule and no column looks at, and those that [`Key`] holds.
const HARMLESS: &[&str] = &[
    "lang",
    "tz",
    "uid",
    "allowed_company_ids",
    "active_test",
    "bin_size",
    "params",
    "mail_create_nolog",
    "mail_create_nosubscribe",
    "mail_notrack",
    "tracking_disable",
];

/// A read, written out.
#[derive(Debug)]
pub struct Plan {
    key: Option<Key>,
    /// With a hole for the ids.
    pub sql: Sql,
    /// The same where no subquery is needed to see that the rules allow a row: to be tried first, as it nearly always
    /// finds them all. PostgreSQL takes longer to get a subquery ready than to look a row up.
    pub quick: Option<Sql>,
    /// Columns and where they go.
    pub select: Select,
    /// Whether record rules may hide some of the ids.
    pub ruled: bool,
}

/// Plans by the hash of their keys.
pub type Plans = std::collections::HashMap<u64, Arc<Plan>>;

/// What a plan depends on. Models and fields by their addresses: the registry lives as long as the caches.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    user: Option<i64>,
    companies: Vec<i64>,
    lang: String,
    tz: Option<String>,
    active_test: Option<bool>,
    count: IdCount,
    names: bool,
    model: usize,
    fields: Vec<usize>,
}

impl Key {
    /// None: the context holds what a search of a computed field might look at.
    fn new(env: &Env, model: &Model, fields: &[&Field], names: bool, count: IdCount) -> Result<Option<Key>> {
        if env.context().keys().any(|k| !HARMLESS.contains(&k.as_str())) {
            return Ok(None);
        }
        // what a model demands in Rust may depend on other records
        if !env.su() && model.behaviours.iter().any(|b| b.record_rule.is_some()) {
            return Ok(None);
        }
        Ok(Some(Key {
            user: Some(env.uid()).filter(|_| !env.su()),
            companies: env.company_ids()?,
            lang: env.lang().to_owned(),
            tz: env.ctx("tz").as_str().map(str::to_owned),
            active_test: match env.ctx("active_test") {
                Json::Null => None,
                v => Some(!crate::value::json_is_falsy(v)),
            },
            count,
            names,
            model: std::ptr::from_ref(model).addr(),
            fields: fields.iter().map(|f| std::ptr::from_ref(*f).addr()).collect(),
        }))
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        Hash::hash(self, &mut hasher);
        hasher.finish()
    }
}

/// The plan of a read of so many records.
pub fn of(env: &Env, model: &Model, fields: &[&Field], names: bool, count: IdCount) -> Result<Arc<Plan>> {
    let Some(key) = Key::new(env, model, fields, names, count)? else {
        return Ok(Arc::new(write(env, model, fields, names, count)?));
    };
    let hash = key.hash();
    let caches = cache::current(env);
    if let Some(plan) = cache::read(&caches.plans).get(&hash).filter(|p| p.key.as_ref() == Some(&key)) {
        return Ok(plan.clone());
    }
    let before = env.tx().witnessed();
    let plan = Arc::new(Plan { key: Some(key), ..write(env, model, fields, names, count)? });
    // what was found out from other rows or from the clock is true only now
    if env.tx().witnessed() == before {
        let mut plans = cache::write(&caches.plans);
        if plans.len() >= KEPT {
            plans.clear();
        }
        plans.insert(hash, plan.clone());
    }
    Ok(plan)
}

fn write(env: &Env, model: &Model, fields: &[&Field], names: bool, count: IdCount) -> Result<Plan> {
    let select = Select::new(env, model, fields, names, Some(count))?;
    let statement = |few: Few, cond: Option<Sql>| {
        let from = Sql::of(" FROM ").ident(&model.table).raw(" AS ").ident(&model.table);
        let sql = select.sql(from, few.joins()).raw(" WHERE ").col(&model.table, "id").ids_later(count);
        cond.into_iter().fold(sql, |sql, cond| sql.raw(" AND ").sql(cond)).sealed()
    };
    let rules = rule::domain(env, model, 'r')?;
    if rules == Domain::True {
        let sql = statement(Few::default(), None);
        return Ok(Plan { key: None, sql, quick: None, select, ruled: false });
    }
    let sudo = env.sudo();
    let condition = |few: &Few| {
        let c = Compiler::of_few(&sudo, few.clone());
        let alias = c.alias(model);
        c.domain(model, &alias, &rules)
    };
    let (whole, sure) = (Few::joining(count), Few::sure(count));
    let cond = condition(&whole)?;
    let quick = if cond.looks_further() { Some(condition(&sure)?) } else { None };
    let quick = quick.filter(|cond| *cond != Sql::of("FALSE")).map(|cond| statement(sure, Some(cond)));
    let sql = statement(whole, Some(cond));
    Ok(Plan { key: None, sql, quick, select, ruled: true })
}
