//! Computed fields and defaults of users, their passwords among them.

use crate::crypt;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Adds them to the behaviour of `res.users`.
pub fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_accesses_count", compute_accesses_count)
        .compute("compute_companies_count", compute_companies_count)
        .compute("compute_new_password", compute_new_password)
        .compute("compute_notification_type", compute_notification_type)
        .compute("compute_password", compute_password)
        .compute("compute_res_users_settings_id", compute_settings)
        .compute("compute_share", compute_share)
        .compute("compute_signature", compute_signature)
        .compute("compute_user_group_warning", compute_user_group_warning)
        .inverse("inverse_password", inverse_password)
        .inverse("inverse_new_password", inverse_new_password)
        .search("search_res_users_settings_id", search_settings)
        .default("default_company_ids", default_company_ids)
        .default("default_groups", default_groups)
}

/// Rows of ir.model.access and ir.rule that speak of a user's groups, and the groups.
fn compute_accesses_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let count = |from: &'static str| {
        let sql = Sql::of("SELECT r.uid, COUNT(DISTINCT x.id) FROM res_groups_users_rel r ")
            .raw(from)
            .raw(" WHERE r.uid")
            .ids(ids)
            .raw(" GROUP BY r.uid");
        let rows = root.query(&sql, &[ColType::Int, ColType::BigInt])?;
        Ok::<HashMap<i64, i64>, Error>(rows.iter().map(|r| (r[0].int(), r[1].int())).collect())
    };
    let accesses = count("JOIN ir_model_access x ON x.group_id = r.gid")?;
    let rules =
        count("JOIN rule_group_rel g ON g.group_id = r.gid JOIN ir_rule x ON x.id = g.rule_group_id")?;
    let groups = count("JOIN res_groups x ON x.id = r.gid")?;
    let mut out = Computed::new();
    for id in ids {
        let of = |m: &HashMap<i64, i64>| Value::Int(m.get(id).copied().unwrap_or(0));
        out.set(*id, "accesses_count", of(&accesses));
        out.set(*id, "rules_count", of(&rules));
        out.set(*id, "groups_count", of(&groups));
    }
    Ok(out)
}

fn compute_companies_count(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let n = env.sudo().count("res.company", json!([]))?;
    Ok(same(ids, "companies_count", &Value::Int(n)))
}

fn same(ids: &[i64], field: &str, value: &Value) -> Computed {
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, field, value.clone());
    }
    out
}

fn compute_new_password(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    Ok(same(ids, "new_password", &Value::Text(String::new())))
}

fn compute_password(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    Ok(same(ids, "password", &Value::Text(String::new())))
}

fn compute_user_group_warning(_: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    Ok(same(ids, "user_group_warning", &Value::Null))
}

/// Which of the users hold a group, as the relation table says.
fn holders(env: &Env, ids: &[i64], xmlid: &str) -> Result<Vec<i64>> {
    let Some(group) = env.xmlid(xmlid)? else { return Ok(Vec::new()) };
    let sql = Sql::of("WITH RECURSIVE g(uid, gid) AS (SELECT uid, gid FROM res_groups_users_rel WHERE uid")
        .ids(ids)
        .raw(
            " UNION SELECT g.uid, i.hid FROM res_groups_implied_rel i JOIN g ON g.gid = i.gid) SELECT uid \
        FROM g WHERE gid = ",
        )
        .int(group);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

fn compute_share(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let internal = holders(env, ids, "base.group_user")?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "share", Value::Bool(!internal.contains(id) && *id != crate::orm::env::SUPERUSER));
    }
    Ok(out)
}

/// In the inbox for those who asked for it; by e-mail for all others, and always for outsiders.
fn compute_notification_type(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let inbox = holders(env, ids, "mail.group_mail_notification_type_inbox")?;
    let internal = holders(env, ids, "base.group_user")?;
    let mut out = Computed::new();
    for id in ids {
        let kind = if inbox.contains(id) && internal.contains(id) { "inbox" } else { "email" };
        out.set(*id, "notification_type", Value::Text(kind.into()));
    }
    Ok(out)
}

fn compute_settings(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in env.fetch("res.users", ids, &["res_users_settings_ids"])? {
        let first = u.ids("res_users_settings_ids").first();
        out.set(u.id, "res_users_settings_id", first.map_or(Value::Null, |i| Value::Int(*i)));
    }
    Ok(out)
}

fn search_settings(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    Ok(json!([["res_users_settings_ids", op, value]]))
}

/// A signature that is empty becomes the user's name under two dashes.
fn compute_signature(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for u in env.fetch("res.users", ids, &["name", "signature"])? {
        let empty = crate::html::text(u.str("signature")).trim().is_empty();
        let value = match (empty, u.str("name")) {
            (true, name) if !name.is_empty() => format!(
                "<p data-o-mail-quote=\"1\">--<br data-o-mail-quote=\"1\">{}</p>",
                html_escape::encode_text(name)
            ),
            _ => u.str("signature").to_owned(),
        };
        out.set(u.id, "signature", if value.is_empty() { Value::Null } else { Value::Text(value) });
    }
    Ok(out)
}

/// What is said of an empty password.
pub const EMPTY_PASSWORD: &str = "Setting empty passwords is not allowed for security reasons!";

/// Stores a hash of the password, each user's under a salt of its own, and ends his sessions.
pub fn set_password(env: &Env, ids: &[i64], password: &str) -> Result<()> {
    if password.is_empty() {
        return Err(Error::user(EMPTY_PASSWORD));
    }
    for id in ids {
        let hash = crypt::hash(password, crypt::password_rounds())?;
        keep_hash(env, *id, &hash)?;
    }
    env.invalidate();
    Ok(())
}

/// Makes a hash a user's password; the caller tells the caches.
pub fn keep_hash(env: &Env, id: i64, hash: &str) -> Result<()> {
    let sql = Sql::of("UPDATE res_users SET password = ").text(hash).raw(" WHERE id = ").int(id);
    env.execute(&sql).map(drop)
}

fn inverse_password(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    match value {
        Json::Null | Json::Bool(false) => Err(Error::type_error("secret must be unicode or bytes, not bool")),
        // nobody logs in with an empty password, so none is kept
        Json::String(s) if s.is_empty() => {
            env.execute(&Sql::of("UPDATE res_users SET password = NULL WHERE id").ids(ids))?;
            env.invalidate();
            Ok(())
        }
        Json::String(s) => set_password(env, ids, s),
        other => set_password(env, ids, &crate::value::py_repr(other)),
    }
}

/// An empty text leaves the password alone; the own one is changed elsewhere.
fn inverse_new_password(env: &Env, _: &Model, ids: &[i64], _: &str, value: &Json) -> Result<()> {
    if json_is_falsy(value) {
        return Ok(());
    }
    if ids.contains(&env.uid()) {
        return Err(Error::user(
            "Please use the change password wizard (in User Preferences or User menu) to change your own password.",
        ));
    }
    set_password(env, ids, value.as_str().unwrap_or_default())
}

fn default_company_ids(env: &Env, _: &Model) -> Result<Json> {
    Ok(json!([[6, 0, [env.company_id()?]]]))
}

/// The groups of the user that serves as the template, else plain internal users'.
fn default_groups(env: &Env, _: &Model) -> Result<Json> {
    let sql =
        |id: i64| Sql::of("SELECT gid FROM res_groups_users_rel WHERE uid = ").int(id).raw(" ORDER BY gid");
    let groups: Vec<i64> = match (env.xmlid("base.default_user")?, env.xmlid("base.group_user")?) {
        (Some(template), _) => {
            env.query(&sql(template), &[ColType::Int])?.iter().map(|r| r[0].int()).collect()
        }
        (None, group) => group.into_iter().collect(),
    };
    Ok(json!([[6, 0, groups]]))
}
