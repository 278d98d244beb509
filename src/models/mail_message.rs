//! mail.message: who may read and write it follows from the document it belongs to.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, access, rule};
use crate::value::{Json, Value, json_is_falsy};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Behaviour of messages.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.message")
        .rule(restriction)
        .refusal(|env, _, ids, op| Ok(refused(env, ids, op)))
        .compute("compute_has_error", has_error)
        .compute("compute_is_current_user_or_guest_author", is_author)
        .compute("compute_needaction", needaction)
        .compute("compute_preview", preview)
        .compute("compute_rating_id", rating)
        .compute("compute_rating_value", rating)
        .compute("compute_starred", starred)
        .default("default_author", |env, _| Ok(env.user().map_or(json!(false), |u| json!(u.partner_id))))
        .search("search_has_error", search_has_error)
        .search("search_needaction", search_needaction)
        .search("search_rating_value", search_rating_value)
        .search("search_starred", search_starred)
        .method(Method::record("toggle_message_starred", "", toggle_starred))
        .method(Method::record("set_message_done", "", set_done))
        .method(Method::model("mark_all_as_read", "domain=None", mark_all_as_read))
        .method(Method::model("unstar_all", "", unstar_all))
        .method(Method::record("action_open_document", "", open_document))
}

/// The AccessError about messages.
pub fn refused(env: &Env, ids: &[i64], op: char) -> Error {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    Error::access(format!(
        "The requested operation cannot be completed due to security restrictions. Please contact your system \
         administrator.\n\n(Document type: Message, Operation: {})\n\nRecords: [{}], User: {}",
        access::operation(op),
        list.join(", "),
        env.uid()
    ))
}

/// Own messages, those one is a recipient of, and those of documents one may read (write, to change them). People
/// from outside do not see notes.
fn restriction(env: &Env, _: &Model, op: char) -> Result<Domain> {
    let user = env.user()?;
    let me = user.partner_id;
    let mut any =
        Domain::leaf("author_id", "=", json!(me)).or(Domain::leaf("create_uid", "=", json!(env.uid())));
    if op == 'r' {
        any = any.or(Domain::in_ids("partner_ids", &[me])).or(Domain::in_ids("notified_partner_ids", &[me]));
    }
    let right = if op == 'r' { 'r' } else { 'w' };
    // what was told to one person alone does not belong to the document
    let shown = Domain::leaf("message_type", "!=", json!("user_notification"));
    any = any.or(documents(env, "model", "res_id", |_| right)?.and(shown));
    if op == 'r' && user.share {
        let public = json!([
            ["subtype_id", "!=", false],
            ["subtype_id.internal", "=", false],
            ["is_internal", "=", false]
        ]);
        any = any.and(crate::orm::domain::parse::parse(&public)?);
    }
    Ok(any)
}

/// Rows that point to a document the user has a right to, `right` says which. `model` and `id` are the fields that
/// point.
pub fn documents(env: &Env, model: &str, id: &str, right: impl Fn(&Model) -> char) -> Result<Domain> {
    let mut out = Domain::False;
    for m in env.registry().models().filter(|m| !m.is_abstract && m.is_a("mail.thread")) {
        let op = right(m);
        if !access::allowed(env, m, op)? {
            continue;
        }
        let mut one = Domain::leaf(model, "=", json!(m.name));
        let rules = rule::domain(env, m, op)?;
        if rules != Domain::True {
            one = one.and(Domain::leaf(id, "any", json!({"model": m.name, "domain": rules.to_json()})));
        }
        out = out.or(one);
    }
    Ok(out)
}

fn me(env: &Env) -> i64 {
    env.user().map_or(0, |u| u.partner_id)
}

/// Sets a boolean field: true for the messages the query finds.
fn flags(env: &Env, ids: &[i64], field: &str, sql: &Sql) -> Result<Computed> {
    let found: HashSet<i64> = env.query(sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, field, Value::Bool(found.contains(id)));
    }
    Ok(out)
}

fn has_error(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT mail_message_id FROM mail_notification WHERE notification_status IN ('bounce', 'exception') \
         AND mail_message_id",
    )
    .ids(ids);
    flags(env, ids, "has_error", &sql)
}

fn is_author(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT id FROM mail_message WHERE author_id = ").int(me(env)).raw(" AND id").ids(ids);
    flags(env, ids, "is_current_user_or_guest_author", &sql)
}

fn needaction(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of(
        "SELECT mail_message_id FROM mail_notification WHERE (is_read IS NULL OR NOT is_read) AND res_partner_id = ",
    )
    .int(me(env))
    .raw(" AND mail_message_id")
    .ids(ids);
    flags(env, ids, "needaction", &sql)
}

fn starred(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql =
        Sql::of("SELECT mail_message_id FROM mail_message_res_partner_starred_rel WHERE res_partner_id = ")
            .int(me(env))
            .raw(" AND mail_message_id")
            .ids(ids);
    flags(env, ids, "starred", &sql)
}

fn preview(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch("mail.message", ids, &["body"])? {
        let text: String = plain(r.str("body")).chars().take(190).collect();
        out.set(r.id, "preview", Value::Text(text));
    }
    Ok(out)
}

/// The text of HTML: tags become blanks, the common entities characters.
pub fn plain(html: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let text = out.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&#39;", "'");
    let text = text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn rating(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let sql = Sql::of("SELECT message_id, id, rating FROM rating_rating WHERE consumed AND message_id")
        .ids(ids)
        .raw(" ORDER BY id DESC");
    let mut first: HashMap<i64, (i64, Value)> = HashMap::new();
    for r in env.query(&sql, &[ColType::Int, ColType::Int, ColType::Float])? {
        first.entry(r[0].int()).or_insert((r[1].int(), r[2].clone()));
    }
    let mut out = Computed::new();
    for id in ids {
        let (rating, value) =
            first.remove(id).map_or((Value::Null, Value::Float(0.0)), |(i, v)| (Value::Int(i), v));
        out.set(*id, "rating_id", rating);
        out.set(*id, "rating_value", value);
    }
    Ok(out)
}

/// Whether a search asks for true in the one way these fields know; everything else asks for false.
fn asked(op: &str, value: &Json) -> bool {
    op == "=" && !json_is_falsy(value)
}

fn search_has_error(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let failed = json!(["notification_ids.notification_status", "in", ["bounce", "exception"]]);
    Ok(if asked(op, value) { json!([failed]) } else { json!(["!", failed]) })
}

fn search_needaction(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let mine = json!([["res_partner_id", "=", me(env)], ["is_read", "=", !asked(op, value)]]);
    Ok(json!([["notification_ids", "any", mine]]))
}

fn search_rating_value(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let root = env.sudo();
    let given = json!([["rating", op, value], ["message_id", "!=", false], ["consumed", "=", true]]);
    let rows = root.fetch("rating.rating", &root.search("rating.rating", given)?, &["message_id"])?;
    let messages: Vec<i64> = rows.iter().filter_map(|r| r.opt("message_id")).collect();
    Ok(json!([["id", "in", messages]]))
}

fn search_starred(env: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let op = if asked(op, value) { "in" } else { "not in" };
    Ok(json!([["starred_partner_ids", op, [me(env)]]]))
}

fn toggle_starred(env: &Env, call: &Call<'_>) -> Result<Json> {
    rule::check(env, call.model, &call.ids, 'r')?;
    let root = env.sudo();
    let on: HashSet<i64> = root
        .fetch("mail.message", &call.ids, &["starred_partner_ids"])?
        .iter()
        .filter(|r| r.ids("starred_partner_ids").contains(&me(env)))
        .map(|r| r.id)
        .collect();
    let (off, to_star): (Vec<i64>, Vec<i64>) = call.ids.iter().copied().partition(|i| on.contains(i));
    root.write("mail.message", &off, json!({"starred_partner_ids": [[3, me(env)]]}))?;
    root.write("mail.message", &to_star, json!({"starred_partner_ids": [[4, me(env)]]}))?;
    Ok(Json::Null)
}

fn unstar_all(env: &Env, _: &Call<'_>) -> Result<Json> {
    let sql =
        Sql::of("DELETE FROM mail_message_res_partner_starred_rel WHERE res_partner_id = ").int(me(env));
    env.execute(&sql)?;
    Ok(Json::Null)
}

fn read_marks(env: &Env, ids: Option<&[i64]>) -> Result<()> {
    let mut sql = Sql::of("UPDATE mail_notification SET is_read = TRUE, read_date = ")
        .bind(ColType::DateTime, Value::DateTime(env.now()))
        .raw(" WHERE (is_read IS NULL OR NOT is_read) AND res_partner_id = ")
        .int(me(env));
    if let Some(ids) = ids {
        sql = sql.raw(" AND mail_message_id").ids(ids);
    }
    env.execute(&sql)?;
    Ok(())
}

fn set_done(env: &Env, call: &Call<'_>) -> Result<Json> {
    read_marks(env, Some(&call.ids))?;
    Ok(Json::Null)
}

fn mark_all_as_read(env: &Env, call: &Call<'_>) -> Result<Json> {
    let ids = match call.arg("domain") {
        Json::Array(d) if !d.is_empty() => Some(env.search("mail.message", call.arg("domain"))?),
        _ => None,
    };
    read_marks(env, ids.as_deref())?;
    Ok(Json::Null)
}

fn open_document(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[id] = call.ids.as_slice() else {
        return Err(super::mail_thread::post::not_single(call.model, &call.ids));
    };
    let m = env.fetch_one("mail.message", id, &["model", "res_id"])?;
    Ok(json!({"res_id": m.int("res_id"), "res_model": m.str("model"), "target": "current",
              "type": "ir.actions.act_window", "view_mode": "form"}))
}
