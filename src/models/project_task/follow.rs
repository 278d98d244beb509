//! Following tasks: who follows the project hears of its tasks what he hears of the project.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::mail_thread::follow::{self, ids_arg, unique};
use crate::orm::{Behaviour, Call, Env, Method, Model};
use crate::value::Json;
use serde_json::json;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.method(Method::record("message_subscribe", "partner_ids=None, subtype_ids=None", message_subscribe))
}

/// (partner, subtypes) of a follower.
type Follower = (i64, Vec<i64>);

/// Followers of records with their subtypes.
pub(super) fn of_records(env: &Env, model: &str, ids: &[i64]) -> Result<Vec<(i64, Follower)>> {
    let sql = Sql::of(
        "SELECT f.id, f.res_id, f.partner_id, r.mail_message_subtype_id FROM mail_followers f \
         LEFT JOIN mail_followers_mail_message_subtype_rel r ON r.mail_followers_id = f.id WHERE f.res_model = ",
    )
    .text(model)
    .raw(" AND f.res_id")
    .ids(ids)
    .raw(" ORDER BY f.id, r.mail_message_subtype_id");
    let mut out: Vec<(i64, Follower)> = Vec::new();
    let mut last = 0;
    for r in env.query(&sql, &[ColType::Int; 4])? {
        if std::mem::replace(&mut last, r[0].int()) != r[0].int() {
            out.push((r[1].int(), (r[2].int(), Vec::new())));
        }
        if let Some((_, (_, subtypes))) = out.last_mut().filter(|_| r[3].int() != 0) {
            subtypes.push(r[3].int());
        }
    }
    Ok(out)
}

/// The subtypes of tasks that stand for subtypes of a project.
pub fn of_tasks(env: &Env, project_subtypes: &[i64]) -> Result<Vec<i64>> {
    let sql = Sql::of("SELECT id, parent_id, internal, ")
        .ident("default")
        .raw(" FROM mail_message_subtype WHERE id")
        .ids(project_subtypes)
        .raw(" ORDER BY id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Int, ColType::Bool, ColType::Bool])?;
    let parents = rows.iter().map(|r| r[1].int()).filter(|p| *p != 0);
    let general = rows.iter().filter(|r| !r[2].is_falsy() || !r[3].is_falsy()).map(|r| r[0].int());
    Ok(unique(parents.chain(general)))
}

/// Makes partners follow tasks; without subtypes, followers of the project hear of what they hear of there.
pub(super) fn subscribe(
    env: &Env,
    model: &Model,
    ids: &[i64],
    partners: &[i64],
    subtypes: &[i64],
) -> Result<bool> {
    let mut left = partners.to_vec();
    if subtypes.is_empty() {
        for (_, (partner, heard)) in followers_of_projects(env, ids)? {
            if partners.contains(&partner) {
                left.retain(|p| *p != partner);
                follow::subscribe_checked(env, model, ids, &[partner], &of_tasks(env, &heard)?)?;
            }
        }
    }
    follow::subscribe_checked(env, model, ids, &left, subtypes)
}

fn followers_of_projects(env: &Env, tasks: &[i64]) -> Result<Vec<(i64, Follower)>> {
    let root = env.sudo();
    let records = root.fetch("project.task", tasks, &["project_id"])?;
    let projects = unique(records.iter().filter_map(|t| t.opt("project_id")));
    if projects.is_empty() { Ok(Vec::new()) } else { of_records(&root, "project.project", &projects) }
}

fn message_subscribe(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (partners, subtypes) = (call.arg("partner_ids"), ids_arg(call.arg("subtype_ids")));
    if subtypes.is_empty() {
        // the followers of the project are looked at first, and so the tasks
        env.fetch("project.task", &call.ids, &["project_id"])?;
    }
    if partners.is_null() && subtypes.is_empty() && !followers_of_projects(env, &call.ids)?.is_empty() {
        return Err(Error::type_error("argument of type 'NoneType' is not iterable"));
    }
    Ok(json!(subscribe(env, call.model, &call.ids, &unique(ids_arg(partners)), &subtypes)?))
}

/// Sub-tasks are followed by who follows their parent, for the same reasons.
pub(super) fn from_parents(env: &Env, model: &Model, tasks: &[i64]) -> Result<()> {
    let root = env.sudo();
    let records = root.fetch("project.task", tasks, &["parent_id"])?;
    let parents = unique(records.iter().filter_map(|t| t.opt("parent_id")));
    if parents.is_empty() {
        return Ok(());
    }
    let followers = of_records(&root, "project.task", &parents)?;
    for t in &records {
        let parent = t.opt("parent_id");
        for (_, (partner, subtypes)) in followers.iter().filter(|(p, _)| Some(*p) == parent) {
            let subtypes = (!subtypes.is_empty()).then_some(subtypes.as_slice());
            follow::subscribe(&root, model, &[t.id], &[*partner], subtypes)?;
        }
    }
    Ok(())
}
