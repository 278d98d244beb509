//! Record rules: global ones all hold, of the others one that belongs to the user's groups.

use super::access::operation;
use super::cache;
use super::domain::compile::Compiler;
use super::domain::link::Few;
use super::domain::{Domain, parse};
use super::env::Env;
use super::field::Field;
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::schema::pyexpr::{self, Scope};
use crate::value::{Json, Value};
use serde_json::json;

/// The domain that the rules put on operation `op` for the calling user; True for the superuser.
pub fn domain(env: &Env, model: &Model, op: char) -> Result<Domain> {
    if env.su() {
        return Ok(Domain::True);
    }
    let shared = of_rows(env, model, op)?;
    match model.behaviours.iter().rev().find_map(|b| b.record_rule) {
        // what the model itself demands may depend on other records: never kept
        Some(own) => Ok(shared.and(own(env, model, op)?)),
        None => Ok(shared),
    }
}

/// The part of [`domain`] that rows of ir.rule make.
fn of_rows(env: &Env, model: &Model, op: char) -> Result<Domain> {
    let companies = env.company_ids()?;
    let key = (env.uid(), companies, model.name.clone(), op);
    let caches = cache::current(env);
    if let Some(d) = cache::lock(&caches.rule_domains).get(&key) {
        return Ok(d.clone());
    }
    let d = compute(env, model, op)?.simplified();
    cache::lock(&caches.rule_domains).insert(key, d.clone());
    Ok(d)
}

fn compute(env: &Env, model: &Model, op: char) -> Result<Domain> {
    let rules = cache::rules(env)?;
    let user = env.user()?;
    let mut all = Domain::True;
    let mut any: Option<Domain> = None;
    for rule in rules.get(&model.name).into_iter().flatten() {
        if !rule.perms.contains(op) {
            continue;
        }
        if rule.groups.is_empty() {
            all = all.and(evaluate(env, &rule.name, &rule.domain)?);
        } else if rule.groups.iter().any(|g| user.groups.contains(g)) {
            let d = evaluate(env, &rule.name, &rule.domain)?;
            any = Some(match any {
                Some(a) => a.or(d),
                None => d,
            });
        }
    }
    for (parent, link) in &model.inherits {
        let d = domain(env, env.model(parent)?, op)?;
        if d != Domain::True {
            all = all.and(Domain::leaf(link, "any", d.to_json()));
        }
    }
    for f in model.behaviours.iter().filter_map(|b| b.rule) {
        all = all.and(f(env, model, op)?);
    }
    Ok(match any {
        Some(d) => all.and(d),
        None => all,
    })
}

/// The domain of a rule's text for the calling user.
fn evaluate(env: &Env, name: &str, text: &str) -> Result<Domain> {
    if text.trim().is_empty() {
        return Ok(Domain::True);
    }
    let json = pyexpr::parse(text)
        .and_then(|e| e.eval(&RuleScope { env }))
        .map_err(|e| Error::value(format!("record rule {name:?}: {}", e.message)))?;
    parse::parse(&json)
}

/// `user`, `company_id`, `company_ids` as record rules know them.
struct RuleScope<'e> {
    env: &'e Env,
}

impl Scope for RuleScope<'_> {
    fn name(&self, path: &[&str]) -> Result<Json> {
        match path {
            ["user", rest @ ..] => walk(&self.env.sudo(), "res.users", vec![self.env.uid()], rest),
            ["company_id"] => Ok(json!(self.env.company_id()?)),
            ["company_ids"] => Ok(json!(self.env.company_ids()?)),
            ["uid"] => Ok(json!(self.env.uid())),
            other => Err(Error::value(format!("name '{}' is not defined", other.join(".")))),
        }
    }
    fn call(&self, path: &[&str], args: &[Json]) -> Result<Json> {
        match (path, args) {
            (["user", "has_group"], [Json::String(g)]) => Ok(json!(self.env.has_group(g)?)),
            _ => Err(Error::value(format!("{}() is not known here", path.join(".")))),
        }
    }
}

/// Follows fields from records; a relational end gives its id (or ids).
fn walk(env: &Env, model: &str, ids: Vec<i64>, path: &[&str]) -> Result<Json> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(ids.first().map_or(Json::Bool(false), |i| json!(i)));
    };
    match *first {
        "id" => return Ok(ids.first().map_or(Json::Bool(false), |i| json!(i))),
        "ids" => return Ok(json!(ids)),
        _ => {}
    }
    let field = env.model(model)?.field(first)?;
    let records = env.fetch(model, &ids, &[first])?;
    if field.kind.is_relational() {
        let mut next: Vec<i64> = Vec::new();
        for r in &records {
            match r.opt(first) {
                Some(id) if field.kind == super::field::Kind::Many2one => next.push(id),
                _ => next.extend(r.ids(first)),
            }
        }
        if rest.is_empty() && field.kind.is_x2many() {
            return Ok(json!(next));
        }
        return walk(env, &field.relation, next, rest);
    }
    Ok(records.first().map_or(Json::Bool(false), |r| super::field::convert::to_client(field, r.get(first))))
}

/// Which of the (existing) `ids` the rules allow `op` on.
pub fn filter(env: &Env, model: &Model, ids: &[i64], op: char) -> Result<Vec<i64>> {
    let rules = domain(env, model, op)?;
    if rules == Domain::True {
        return Ok(ids.to_vec());
    }
    let sudo = env.sudo();
    let c = Compiler::of_few(&sudo, Few::default());
    let alias = c.alias(model);
    let cond = c.domain(model, &alias, &rules)?;
    let sql = Sql::of("SELECT ")
        .col(&alias, "id")
        .raw(" FROM ")
        .ident(&model.table)
        .raw(" AS ")
        .ident(&alias)
        .raw(" WHERE ")
        .col(&alias, "id")
        .ids(ids)
        .raw(" AND ")
        .sql(cond);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// Model rights and rules for `op` on records: AccessError for those refused, MissingError for those gone.
pub fn check(env: &Env, model: &Model, ids: &[i64], op: char) -> Result<()> {
    super::access::check_model(env, model, op)?;
    if env.su() || ids.is_empty() {
        return Ok(());
    }
    let allowed = filter(env, model, ids, op)?;
    let refused: Vec<i64> = ids.iter().copied().filter(|i| !allowed.contains(i)).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let there = super::search::exists(env, model, &refused)?;
    if there.is_empty() {
        return Err(missing(env, model, &refused));
    }
    Err(refusal(env, model, &there, op)?)
}

/// The AccessError for records that a rule refuses.
pub fn refusal(env: &Env, model: &Model, ids: &[i64], op: char) -> Result<Error> {
    if let Some(f) = model.behaviours.iter().rev().find_map(|b| b.refusal) {
        return f(env, model, ids, op);
    }
    let user = env.user()?;
    let mut message = format!(
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n\
         Sorry, {} (id={}) doesn't have '{}' access to:\n- {} ({})\n\n\
         If you really, really need access, perhaps you can win over your friendly administrator with a batch of \
         freshly baked cookies.",
        user.name,
        user.id,
        operation(op),
        model.description,
        model.name
    );
    if company_matters(env, model, ids, op)? {
        message.push_str(&company_advice(env, model, ids)?);
    }
    Ok(Error::access(message))
}

/// Whether one of the rules that refuse speaks of companies.
fn company_matters(env: &Env, model: &Model, ids: &[i64], op: char) -> Result<bool> {
    let groups = &env.user()?.groups;
    let rules = cache::rules(env)?;
    let of_op = || rules.get(&model.name).into_iter().flatten().filter(|r| r.perms.contains(op));
    for r in of_op().filter(|r| r.groups.is_empty() && r.domain.contains("company_id")) {
        if refuses(env, model, ids, &evaluate(env, &r.name, &r.domain)?)? {
            return Ok(true);
        }
    }
    let mut any = Domain::False;
    let mut speaks = false;
    for r in of_op().filter(|r| r.groups.iter().any(|g| groups.contains(g))) {
        speaks |= r.domain.contains("company_id");
        any = any.or(evaluate(env, &r.name, &r.domain)?);
    }
    Ok(speaks && refuses(env, model, ids, &any)?)
}

/// Whether a domain leaves one of the records out.
fn refuses(env: &Env, model: &Model, ids: &[i64], domain: &Domain) -> Result<bool> {
    let root = env.sudo().with_context(json!({"active_test": false}));
    let fitting = domain.clone().and(Domain::in_ids("id", ids));
    let there = super::search::exists(env, model, ids)?.len();
    Ok(usize::try_from(super::search::count(&root, model, &fitting, None)?).unwrap_or(0) < there)
}

/// What a user can do about records of a company he has not switched on.
fn company_advice(env: &Env, model: &Model, ids: &[i64]) -> Result<String> {
    let mut companies = Vec::new();
    if model.fields.get("company_id").is_some_and(Field::has_column) {
        companies = super::fetch::column(env, model, ids, "company_id")?.values().map(Value::int).collect();
    }
    companies.retain(|c| *c != 0);
    companies.sort_unstable();
    companies.dedup();
    Ok(match companies[..] {
        [] => String::new(),
        [one] if env.user()?.company_ids.contains(&one) => {
            let name = env.sudo().display_names("res.company", &[one])?.remove(&one).unwrap_or_default();
            format!(
                "\n\nThis seems to be a multi-company issue, you might be able to access the record by switching \
                 to the company: {name}."
            )
        }
        [_] => "\n\nThis seems to be a multi-company issue, but you do not have access to the proper company to access \
                the record anyhow."
            .to_owned(),
        _ => "\n\nNote: this might be a multi-company issue. Switching company may help - in Odoo, not in real life!"
            .to_owned(),
    })
}

/// The MissingError that names the records.
pub fn missing(env: &Env, model: &Model, ids: &[i64]) -> Error {
    let list: Vec<_> = ids.iter().map(i64::to_string).collect();
    let comma = if ids.len() == 1 { "," } else { "" };
    Error::missing(format!(
        "Record does not exist or has been deleted.\n(Record: {}({}{comma}), User: {})",
        model.name,
        list.join(", "),
        env.uid()
    ))
}
