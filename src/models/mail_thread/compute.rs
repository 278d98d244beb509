//! Computed fields of the conversation, and searches on them.

use super::follow;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Env, Model, domain};
use crate::value::{Json, Value, json_is_falsy, py_text};
use serde_json::json;
use std::collections::{HashMap, HashSet};

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.compute("compute_has_message", has_message)
        .compute("compute_message_attachment_count", attachment_count)
        .compute("compute_message_has_error", has_error)
        .compute("compute_message_is_follower", is_follower)
        .compute("compute_message_needaction", needaction)
        .compute("compute_message_partner_ids", partner_ids)
        .inverse("inverse_message_partner_ids", set_partner_ids)
        .search("search_has_message", search_has_message)
        .search("search_message_has_error", |env, _, _, op, v| {
            // messages one has written oneself, whatever the operator
            let own = json!([["has_error", op, v], ["author_id", "=", own_partner(env)]]);
            Ok(json!([["message_ids", "any", own]]))
        })
        .search("search_message_is_follower", search_is_follower)
        .search("search_message_needaction", |_, _, _, op, v| Ok(json!([["message_ids.needaction", op, v]])))
        .search("search_message_partner_ids", search_partner_ids)
}

fn own_partner(env: &Env) -> i64 {
    env.user().map_or(0, |u| u.partner_id)
}

/// `(document, count)` of a query whose document column is the first and count the second.
fn counts(env: &Env, sql: &Sql) -> Result<HashMap<i64, i64>> {
    Ok(env.query(sql, &[ColType::Int, ColType::BigInt])?.iter().map(|r| (r[0].int(), r[1].int())).collect())
}

fn has_message(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT DISTINCT res_id FROM mail_message WHERE model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids);
    let found: HashSet<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "has_message", Value::Bool(found.contains(id)));
    }
    Ok(out)
}

fn attachment_count(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT res_id, COUNT(*) FROM ir_attachment WHERE res_field IS NULL AND res_model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" GROUP BY res_id");
    let found = counts(env, &sql)?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "message_attachment_count", Value::Int(found.get(id).copied().unwrap_or(0)));
    }
    Ok(out)
}

/// Counts of the messages of documents that have a notification the condition fits.
fn notified(env: &Env, model: &Model, ids: &[i64], condition: Sql) -> Result<HashMap<i64, i64>> {
    let sql = Sql::of(
        "SELECT m.res_id, COUNT(DISTINCT m.id) FROM mail_message m \
         JOIN mail_notification n ON n.mail_message_id = m.id WHERE m.message_type <> 'user_notification' AND ",
    )
    .sql(condition)
    .raw(" AND m.model = ")
    .text(&model.name)
    .raw(" AND m.res_id")
    .ids(ids)
    .raw(" GROUP BY m.res_id");
    counts(env, &sql)
}

fn flag_and_counter(ids: &[i64], found: &HashMap<i64, i64>, names: (&str, &str)) -> Computed {
    let mut out = Computed::new();
    for id in ids {
        let n = found.get(id).copied().unwrap_or(0);
        out.set(*id, names.0, Value::Bool(n > 0));
        out.set(*id, names.1, Value::Int(n));
    }
    out
}

fn has_error(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let c =
        Sql::of("n.notification_status IN ('bounce', 'exception') AND m.author_id = ").int(own_partner(env));
    let found = notified(env, model, ids, c)?;
    Ok(flag_and_counter(ids, &found, ("message_has_error", "message_has_error_counter")))
}

fn needaction(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let c = Sql::of("(n.is_read IS NULL OR NOT n.is_read) AND n.res_partner_id = ").int(own_partner(env));
    let found = notified(env, model, ids, c)?;
    Ok(flag_and_counter(ids, &found, ("message_needaction", "message_needaction_counter")))
}

fn is_follower(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT res_id FROM mail_followers WHERE res_model = ")
        .text(&model.name)
        .raw(" AND partner_id = ")
        .int(own_partner(env))
        .raw(" AND res_id")
        .ids(ids);
    let found: HashSet<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "message_is_follower", Value::Bool(found.contains(id)));
    }
    Ok(out)
}

fn partners(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, Vec<i64>>> {
    let sql = Sql::of("SELECT res_id, partner_id FROM mail_followers WHERE res_model = ")
        .text(&model.name)
        .raw(" AND res_id")
        .ids(ids)
        .raw(" ORDER BY id");
    let mut out: HashMap<i64, Vec<i64>> = HashMap::new();
    for r in env.query(&sql, &[ColType::Int; 2])? {
        out.entry(r[0].int()).or_default().push(r[1].int());
    }
    Ok(out)
}

fn partner_ids(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut found = partners(env, model, ids)?;
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "message_partner_ids", Value::Ids(found.remove(id).unwrap_or_default()));
    }
    Ok(out)
}

fn set_partner_ids(env: &Env, model: &Model, ids: &[i64], field: &str, value: &Json) -> Result<()> {
    use crate::orm::commands::{Command, parse};
    let root = env.sudo();
    let before = partners(&root, model, ids)?;
    let commands = parse(model, model.field(field)?, value)?;
    for id in ids {
        let old = before.get(id).cloned().unwrap_or_default();
        let mut now = old.clone();
        for c in &commands {
            match c {
                Command::Link(p) if !now.contains(p) => now.push(*p),
                Command::Unlink(p) | Command::Delete(p) => now.retain(|x| x != p),
                Command::Clear => now.clear(),
                Command::Set(all) => now.clone_from(all),
                Command::Create(vals) => now.extend(root.create_many("res.partner", vec![vals.clone()])?),
                _ => {}
            }
        }
        let gone: Vec<i64> = old.iter().copied().filter(|p| !now.contains(p)).collect();
        now.retain(|p| !old.contains(p));
        follow::subscribe(&root, model, &[*id], &now, None)?;
        follow::unsubscribe(&root, model, &[*id], &gone)?;
    }
    Ok(())
}

/// Whether `op value` asks for true, said with a boolean and `=` or `!=`; None for anything else.
pub fn exactly(op: &str, value: &Json) -> Option<bool> {
    match (op, value) {
        ("=", Json::Bool(b)) => Some(*b),
        ("!=", Json::Bool(b)) => Some(!b),
        _ => None,
    }
}

/// The refusal of a search that only knows [`exactly`].
pub fn not_exactly(op: &str, value: &Json) -> Error {
    Error::not_implemented(format!("The search does not support operator {op} or value {}.", py_text(value)))
}

fn search_has_message(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    // Odoo asks for exactly True; anything else means those without
    let with = matches!((op, value), ("=", Json::Bool(true)) | ("!=", Json::Bool(false)));
    Ok(json!([["message_ids", if with { "!=" } else { "=" }, false]]))
}

fn search_is_follower(env: &Env, model: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let wanted = matches!(op, "=" | "!=") && (op == "=") != json_is_falsy(value);
    // asked as superuser: everybody may know what he follows himself
    let root = env.sudo();
    let own = json!([["res_model", "=", model.name], ["partner_id", "=", own_partner(env)]]);
    let found = root.search("mail.followers", own)?;
    let rows = root.fetch("mail.followers", &found, &["res_id"])?;
    let ids: Vec<i64> = rows.iter().map(|r| r.int("res_id")).collect();
    Ok(json!([["id", if wanted { "in" } else { "not in" }, ids]]))
}

/// By the partner of the followers; a negative operator means documents none of whose followers is one of them.
/// Who is no employee may only ask for himself.
fn search_partner_ids(env: &Env, model: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    if !env.su() && !env.has_group("base.group_user")? {
        let own = env.sudo().fetch_one("res.partner", own_partner(env), &["commercial_partner_id"])?;
        let allowed = [Some(own.id), own.opt("commercial_partner_id")];
        let asked = match value {
            Json::Array(a) => a.clone(),
            Json::String(s) => s.chars().map(|c| json!(c.to_string())).collect(),
            v => vec![v.clone()],
        };
        if asked.iter().any(|v| v.as_i64().is_none_or(|id| !allowed.contains(&Some(id)))) {
            return Err(Error::access("Portal users can only filter threads by themselves as followers."));
        }
    }
    let negative = domain::parse::is_negative(op);
    let positive = domain::parse::opposite(op).filter(|_| negative).unwrap_or(op);
    if env.su() {
        // Record rules come this way, at each read: a part of the statement, not two before it.
        let any = if negative { "not any" } else { "any" };
        return Ok(json!([["message_follower_ids", any, [["partner_id", positive, value]]]]));
    }
    let root = env.sudo();
    let found = root
        .search("mail.followers", json!([["res_model", "=", model.name], ["partner_id", positive, value]]))?;
    let rows = root.fetch("mail.followers", &found, &["res_id"])?;
    let ids: Vec<i64> = rows.iter().map(|r| r.int("res_id")).collect();
    Ok(json!([["id", if negative { "not in" } else { "in" }, ids]]))
}

/// `message_get_followers(after=None, limit=100, filter_recipients=False)`: followers as rows.
pub(super) fn message_get_followers(env: &Env, call: &Call<'_>) -> Result<Json> {
    let after = call.arg("after").as_i64().unwrap_or(0);
    let rows = env.search_with(
        "mail.followers",
        json!([
            ["res_model", "=", call.model.name],
            ["res_id", "in", call.ids],
            ["id", ">", after],
            ["partner_id", "!=", own_partner(env)]
        ]),
        &crate::orm::Page { limit: call.limit("limit")?, order: Some("id".into()), offset: 0 },
    )?;
    let records = env.fetch("mail.followers", &rows, &["partner_id", "name", "email", "is_active"])?;
    Ok(records
        .iter()
        .map(|r| {
            json!({"id": r.id, "partner_id": r.int("partner_id"), "name": r.str("name"), "email": r.str("email"),
                   "is_active": r.bool("is_active")})
        })
        .collect())
}
