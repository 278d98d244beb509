//! Facts computed of projects.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::project_task::is_closed;
use crate::models::{clock, mail_thread, project_update};
use crate::orm::domain::compile::Compiler;
use crate::orm::domain::parse;
use crate::orm::{Behaviour, Computed, Env, Model, fetch};
use crate::value::{Json, Value, py_text};
use chrono::{Days, Months};
use serde_json::json;
use std::collections::HashMap;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_access_instruction_message", access_instruction)
        .compute("compute_access_url", access_url)
        .compute("compute_access_warning", access_warning)
        .compute("compute_auto_account_id", |env, m, ids| {
            copied(env, m, ids, "account_id", "auto_account_id")
        })
        .compute("compute_collaborator_count", collaborators)
        .compute("compute_company_id", company)
        .compute("compute_currency_id", currency)
        .compute("compute_is_favorite", is_favorite)
        .compute("compute_is_milestone_exceeded", milestone_exceeded)
        .compute("compute_last_update_color", last_update_color)
        .compute("compute_last_update_status", last_update_status)
        .compute("compute_milestone_count", milestone_count)
        .compute("compute_next_milestone_id", next_milestone)
        .compute("compute_privacy_visibility_warning", visibility_warning)
        .compute("compute_rating_request_deadline", rating_deadline)
        .compute("compute_resource_calendar_id", calendar)
        .compute("compute_task_count", task_count)
        .compute("compute_update_count", update_count)
        .default("default_allow_milestones", |env, _| group(env, "project.group_project_milestone"))
        .default("default_allow_task_dependencies", |env, _| {
            group(env, "project.group_project_task_dependencies")
        })
        .default("default_rating_active", |env, _| group(env, "project.group_project_rating"))
        .inverse("inverse_auto_account_id", |env, m, ids, _, v| {
            env.write(&m.name, ids, json!({"account_id": v}))
        })
        .inverse("inverse_company_id", |_, _, _, _, _| Ok(()))
        .inverse("inverse_is_favorite", |env, _, ids, _, v| {
            set_favorite(env, ids, !crate::value::json_is_falsy(v))
        })
        .search("search_auto_account_id", |_, _, _, op, v| Ok(json!([["account_id", op, v]])))
        .search("search_is_favorite", search_favorite)
        .order_by("is_favorite", |env, alias| {
            Sql::of("(")
                .col(alias, "id")
                .raw(" IN (SELECT project_id FROM project_favorite_user_rel WHERE user_id = ")
                .int(env.uid())
                .raw("))")
        })
        .search("search_is_milestone_exceeded", search_milestone_exceeded)
}

fn group(env: &Env, xmlid: &str) -> Result<Json> {
    Ok(json!(env.has_group(xmlid)?))
}

fn copied(env: &Env, model: &Model, ids: &[i64], from: &str, to: &str) -> Result<Computed> {
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &[from])? {
        out.set(r.id, to, r.get(from).clone());
    }
    Ok(out)
}

fn texts(
    env: &Env,
    model: &Model,
    ids: &[i64],
    field: &str,
    say: fn(&str) -> &'static str,
) -> Result<Computed> {
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["privacy_visibility"])? {
        out.set(r.id, field, Value::Text(say(r.str("privacy_visibility")).into()));
    }
    Ok(out)
}

fn access_instruction(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    texts(env, model, ids, "access_instruction_message", |v| match v {
        "portal" => {
            "To give portal users access to your project, add them as followers. For task access, add \
                them as followers for each task."
        }
        "followers" => {
            "Grant employees access to your project or tasks by adding them as followers. Employees \
                automatically get access to the tasks they are assigned to."
        }
        _ => "",
    })
}

fn visibility_warning(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    texts(env, model, ids, "privacy_visibility_warning", |_| "")
}

fn access_url(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "access_url", Value::Text(format!("/my/projects/{id}")));
    }
    Ok(out)
}

/// (project, count) rows of a query.
fn counts(env: &Env, sql: &Sql) -> Result<HashMap<i64, i64>> {
    Ok(env.query(sql, &[ColType::Int, ColType::BigInt])?.iter().map(|r| (r[0].int(), r[1].int())).collect())
}

fn counted(env: &Env, ids: &[i64], field: &str, sql: &Sql) -> Result<Computed> {
    let found = counts(env, sql)?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, field, Value::Int(found.get(id).copied().unwrap_or(0)));
    }
    Ok(out)
}

fn collaborators(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT c.project_id, COUNT(*) FROM project_collaborator c JOIN project_project p ON p.id = c.project_id \
         AND p.privacy_visibility = 'portal' WHERE c.project_id",
    )
    .ids(ids)
    .raw(" GROUP BY c.project_id");
    let _ = model;
    counted(env, ids, "collaborator_count", &sql)
}

fn update_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT project_id, COUNT(*) FROM project_update WHERE project_id")
        .ids(ids)
        .raw(" GROUP BY project_id");
    counted(env, ids, "update_count", &sql)
}

/// Tasks the caller may see that are shown in the project; archived ones only when all the projects are archived.
fn task_count(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let active = fetch::column(env, model, ids, "active")?.values().any(|v| !v.is_falsy());
    let env = env.with_context(json!({"active_test": active}));
    let task = env.model("project.task")?;
    let c = Compiler::new(&env);
    let alias = c.alias(task);
    let domain = parse::parse(&json!([["project_id", "in", ids], ["display_in_project", "=", true]]))?;
    let sql = Sql::of("SELECT project_id, state, COUNT(*) FROM project_task AS ")
        .ident(&alias)
        .raw(" WHERE ")
        .sql(c.filtered(task, &alias, &domain)?)
        .raw(" GROUP BY project_id, state");
    let mut found: HashMap<i64, (i64, i64)> = HashMap::new();
    for r in env.query(&sql, &[ColType::Int, ColType::Text, ColType::BigInt])? {
        let slot = found.entry(r[0].int()).or_default();
        slot.0 += r[2].int();
        slot.1 += if is_closed(r[1].str()) { r[2].int() } else { 0 };
    }
    let mut out = Computed::new();
    for id in ids {
        let (all, closed) = found.get(id).copied().unwrap_or_default();
        let share = if all == 0 { 0.0 } else { closed as f64 / all as f64 };
        out.set(*id, "task_count", Value::Int(all));
        out.set(*id, "open_task_count", Value::Int(all - closed));
        out.set(*id, "closed_task_count", Value::Int(closed));
        out.set(*id, "task_completion_percentage", Value::Float(share));
    }
    Ok(out)
}

/// A company of the analytic account holds; without one of its own a project takes the customer's.
fn company(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let projects = fetch::fetch_existing(&root, model, ids, &["company_id", "account_id", "partner_id"])?;
    let of = |model: &str, field: &str| -> Result<HashMap<i64, i64>> {
        let mut list: Vec<i64> = projects.iter().filter_map(|p| p.opt(field)).collect();
        list.dedup();
        if list.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = root.fetch(model, &list, &["company_id"])?;
        Ok(rows.iter().filter_map(|r| r.opt("company_id").map(|c| (r.id, c))).collect())
    };
    let accounts = of("account.analytic.account", "account_id")?;
    let partners = of("res.partner", "partner_id")?;
    let mut out = Computed::new();
    for p in &projects {
        let company = accounts
            .get(&p.int("account_id"))
            .copied()
            .or(p.opt("company_id"))
            .or(partners.get(&p.int("partner_id")).copied());
        out.set(p.id, "company_id", company.map_or(Value::Null, Value::Int));
    }
    Ok(out)
}

/// A value of the project's company, or of the current one.
fn of_company(env: &Env, model: &Model, ids: &[i64], from: &str, to: &str) -> Result<Computed> {
    let root = env.sudo();
    let projects = fetch::fetch_existing(&root, model, ids, &["company_id"])?;
    let own = env.company_id()?;
    let mut companies: Vec<i64> = projects.iter().filter_map(|p| p.opt("company_id")).chain([own]).collect();
    companies.sort_unstable();
    companies.dedup();
    let values: HashMap<i64, Value> =
        fetch::fetch_existing(&root, env.model("res.company")?, &companies, &[from])?
            .iter()
            .map(|r| (r.id, r.get(from).clone()))
            .collect();
    let mut out = Computed::new();
    for p in &projects {
        let value = values.get(&p.opt("company_id").unwrap_or(own)).cloned().unwrap_or_default();
        out.set(p.id, to, value);
    }
    Ok(out)
}

fn currency(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    of_company(env, model, ids, "currency_id", "currency_id")
}

fn calendar(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    of_company(env, model, ids, "resource_calendar_id", "resource_calendar_id")
}

fn is_favorite(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT project_id FROM project_favorite_user_rel WHERE user_id = ")
        .int(env.uid())
        .raw(" AND project_id")
        .ids(ids);
    let mine: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "is_favorite", Value::Bool(mine.contains(id)));
    }
    Ok(out)
}

/// Puts projects on the caller's list or takes them off: anybody may, of projects he sees.
pub fn set_favorite(env: &Env, ids: &[i64], on: bool) -> Result<()> {
    if on {
        let pairs: Vec<(i64, i64)> = ids.iter().map(|i| (*i, env.uid())).collect();
        return crate::models::rows::link(
            env,
            "project_favorite_user_rel",
            ("project_id", "user_id"),
            &pairs,
        );
    }
    let sql = Sql::of("DELETE FROM project_favorite_user_rel WHERE user_id = ")
        .int(env.uid())
        .raw(" AND project_id")
        .ids(ids);
    env.execute(&sql)?;
    Ok(())
}

fn search_favorite(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let Some(wanted) = mail_thread::exactly(op, value) else {
        return Err(Error::not_implemented("Operation not supported"));
    };
    Ok(json!([["favorite_user_ids", if wanted { "in" } else { "not in" }, [env.uid()]]]))
}

/// Unreached milestones of projects by their deadline: (project, id, deadline).
fn unreached(env: &Env, ids: &[i64]) -> Result<Vec<(i64, i64, Option<chrono::NaiveDate>)>> {
    let sql = Sql::of(
        "SELECT project_id, id, deadline FROM project_milestone WHERE (is_reached IS NULL OR NOT is_reached) \
         AND project_id",
    )
    .ids(ids)
    .raw(" ORDER BY CASE WHEN deadline IS NULL THEN 1 ELSE 0 END, deadline, name, id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Int, ColType::Date])?;
    Ok(rows
        .iter()
        .map(|r| {
            let day = match r[2] {
                Value::Date(d) => Some(d),
                _ => None,
            };
            (r[0].int(), r[1].int(), day)
        })
        .collect())
}

fn milestone_exceeded(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let allowed = fetch::column(env, model, ids, "allow_milestones")?;
    let today = clock::today(env);
    let late: Vec<i64> = unreached(env, ids)?
        .into_iter()
        .filter(|(_, _, d)| d.is_some_and(|d| d <= today))
        .map(|(p, ..)| p)
        .collect();
    let mut out = Computed::new();
    for id in ids {
        let on = allowed.get(id).is_some_and(|v| !v.is_falsy());
        out.set(*id, "is_milestone_exceeded", Value::Bool(on && late.contains(id)));
    }
    Ok(out)
}

/// Projects with a late milestone, whoever may see it, by the day in UTC.
fn search_milestone_exceeded(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    if !value.is_boolean() {
        return Err(Error::value(format!("Invalid value: {}", py_text(value))));
    }
    let Some(wanted) = mail_thread::exactly(op, value) else {
        return Err(Error::value(format!("Invalid operator: {op}")));
    };
    let sql = Sql::of(
        "SELECT DISTINCT p.id FROM project_project p JOIN project_milestone m ON m.project_id = p.id \
         WHERE NOT m.is_reached AND p.allow_milestones AND m.deadline <= ",
    )
    .bind(ColType::Date, Value::Date(env.now().date()));
    let late: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    Ok(json!([["id", if wanted { "in" } else { "not in" }, late]]))
}

fn milestone_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT project_id, COUNT(*), COUNT(CASE WHEN is_reached THEN 1 END) FROM project_milestone WHERE project_id",
    )
    .ids(ids)
    .raw(" GROUP BY project_id");
    let rows = env.query(&sql, &[ColType::Int, ColType::BigInt, ColType::BigInt])?;
    let found: HashMap<i64, (i64, i64)> =
        rows.iter().map(|r| (r[0].int(), (r[1].int(), r[2].int()))).collect();
    let mut out = Computed::new();
    for id in ids {
        let (all, reached) = found.get(id).copied().unwrap_or_default();
        out.set(*id, "milestone_count", Value::Int(all));
        out.set(*id, "milestone_count_reached", Value::Int(reached));
        out.set(*id, "milestone_progress", Value::Int(if all == 0 { 0 } else { reached * 100 / all }));
    }
    Ok(out)
}

fn next_milestone(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let today = clock::today(env);
    let mut next: HashMap<i64, (i64, Option<chrono::NaiveDate>)> = HashMap::new();
    for (project, id, day) in unreached(env, ids)? {
        next.entry(project).or_insert((id, day));
    }
    let milestones: Vec<i64> = next.values().map(|(m, _)| *m).collect();
    let done = crate::models::project_milestone::completed(env, &milestones)?;
    let mut out = Computed::new();
    for id in ids {
        let found = next.get(id);
        out.set(*id, "next_milestone_id", found.map_or(Value::Null, |(m, _)| Value::Int(*m)));
        let late = found.is_some_and(|(_, d)| d.is_some_and(|d| d < today));
        out.set(*id, "is_milestone_deadline_exceeded", Value::Bool(late));
        let ready = found.is_some_and(|(m, _)| done.contains(m));
        out.set(*id, "can_mark_milestone_as_done", Value::Bool(ready));
    }
    Ok(out)
}

fn last_update_color(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["last_update_status"])? {
        out.set(r.id, "last_update_color", Value::Int(project_update::color(r.str("last_update_status"))));
    }
    Ok(out)
}

fn last_update_status(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let projects = fetch::fetch_existing(&root, model, ids, &["last_update_id"])?;
    let updates: Vec<i64> = projects.iter().filter_map(|p| p.opt("last_update_id")).collect();
    let status: HashMap<i64, String> = match updates.is_empty() {
        true => HashMap::new(),
        false => fetch::fetch_existing(&root, env.model("project.update")?, &updates, &["status"])?
            .iter()
            .map(|u| (u.id, u.str("status").to_owned()))
            .collect(),
    };
    let mut out = Computed::new();
    for p in &projects {
        let s = status
            .get(&p.int("last_update_id"))
            .filter(|s| !s.is_empty())
            .map_or("to_define", String::as_str);
        out.set(p.id, "last_update_status", Value::Text(s.to_owned()));
    }
    Ok(out)
}

fn rating_deadline(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["rating_status_period"])? {
        let now = env.now();
        let at = match r.str("rating_status_period") {
            "daily" => now.checked_add_days(Days::new(1)),
            "weekly" => now.checked_add_days(Days::new(7)),
            "bimonthly" => now.checked_add_days(Days::new(15)),
            "monthly" => now.checked_add_days(Days::new(30)),
            "quarterly" => now.checked_add_days(Days::new(90)),
            "yearly" => now.checked_add_days(Days::new(365)),
            _ => now.checked_add_months(Months::new(0)),
        };
        out.set(r.id, "rating_request_deadline", at.map_or(Value::Null, Value::DateTime));
    }
    Ok(out)
}

/// What is said to who shares a project that outsiders may not see.
fn access_warning(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in fetch::fetch_existing(&env.sudo(), model, ids, &["privacy_visibility"])? {
        let text = match r.str("privacy_visibility") {
            "portal" => "",
            _ => {
                "This project is currently restricted to \"Invited internal users\". The project's visibility will be \
                 changed to \"invited portal users and all internal users (public)\" in order to make it accessible to \
                 the recipients."
            }
        };
        out.set(r.id, "access_warning", Value::Text(text.into()));
    }
    Ok(out)
}
