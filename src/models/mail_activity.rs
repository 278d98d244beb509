//! mail.activity: something somebody has to do about a document by a day.

use super::mail_thread::post::{self, Author, Message};
use super::mail_thread::{assign, post_access};
use super::{clock, mail_message};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, Super, access};
use crate::value::{Json, Map, Value, json_is_falsy};
use chrono::Days;
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of activities.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.activity")
        .create(create)
        .write(write)
        .rule(restriction)
        .refusal(refusal)
        .display_name(display_name)
        .default("default_activity_type", default_type)
        .compute("compute_can_write", can_write)
        .compute("compute_date_done", date_done)
        .compute("compute_has_recommended_activities", has_recommended)
        .compute("compute_res_name", res_name)
        .compute("compute_state", state)
        .method(Method::record("action_feedback", "feedback=False, attachment_ids=None", action_feedback))
        .method(Method::record("action_done", "", action_feedback))
        .method(Method::record("action_done_redirect_to_other", "", action_done_redirect))
        .method(Method::record(
            "action_feedback_schedule_next",
            "feedback=False, attachment_ids=None",
            action_schedule_next,
        ))
        .method(Method::record("action_done_schedule_next", "", action_schedule_next))
        .method(Method::record("action_cancel", "", action_cancel))
        .method(Method::record("action_snooze", "", action_snooze))
        .method(Method::record("action_notify", "", |_, _| Ok(Json::Null)))
        .method(Method::record("action_close_dialog", "", |_, _| {
            Ok(json!({"type": "ir.actions.act_window_close"}))
        }))
        .method(Method::record("action_open_document", "", action_open_document))
}

fn create(env: &Env, sup: Super<'_>, vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let ids = sup.create(env, vals_list)?;
    tell(env, &ids)?;
    follow(env, &ids)?;
    Ok(ids)
}

/// Who is given an activity is told, and follows the document.
fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    let Some(user) = vals.get("user_id").and_then(Json::as_i64).filter(|u| *u != 0) else {
        return sup.write(env, ids, vals);
    };
    let before = env.fetch("mail.activity", ids, &["user_id"])?;
    let new: Vec<i64> = before.iter().filter(|a| a.int("user_id") != user).map(|a| a.id).collect();
    sup.write(env, ids, vals)?;
    tell(env, &new)?;
    follow(env, &new)
}

/// Messages to those who are to do what others gave them.
fn tell(env: &Env, ids: &[i64]) -> Result<()> {
    if env.flag("mail_activity_quick_update") {
        return Ok(());
    }
    let root = env.sudo();
    let fields = [
        "res_model",
        "res_id",
        "res_name",
        "user_id",
        "create_uid",
        "summary",
        "activity_type_id",
        "date_deadline",
    ];
    let mut rows = root.fetch("mail.activity", ids, &fields)?;
    rows.retain(|r| r.opt("user_id").is_some_and(|u| u != env.uid()) && r.int("res_id") != 0);
    let people: Vec<i64> = rows.iter().flat_map(|r| [r.int("user_id"), r.int("create_uid")]).collect();
    let partners = post::partners_of(&root, &people)?;
    let names = root.display_names("res.users", &people)?;
    let kinds: Vec<i64> = rows.iter().filter_map(|r| r.opt("activity_type_id")).collect();
    let kinds = root.display_names("mail.activity.type", &kinds)?;
    let mut by_model: HashMap<String, Vec<assign::Notice>> = HashMap::new();
    for r in &rows {
        let model = env.model(r.str("res_model"))?;
        let Some(partner) = partners.get(&r.int("user_id")).filter(|_| model.is_a("mail.thread")) else {
            continue;
        };
        let name = |user: &str| assign::escaped(names.get(&r.int(user)).map_or("", String::as_str));
        let document = r.str("res_name");
        let summary = r.str("summary");
        let what = match summary {
            "" => kinds.get(&r.int("activity_type_id")).map_or("", String::as_str),
            s => s,
        };
        let line = match summary {
            "" => String::new(),
            s => format!("            <li>Summary: <span>{}</span></li>\n", assign::escaped(s)),
        };
        let day = r.date("date_deadline").map_or_else(String::new, |d| d.format("%m/%d/%Y").to_string());
        let body = format!(
            "<div style=\"margin:0px; padding:0px; font-size:13px\">\n    Dear <span>{}</span>,\n    <br><br>\n    \
             <p>\n        <span>{}</span> has just assigned you the following activity:\n        </p><ul>\n            \
             <li>Document: \"{}\"\n                 ({})\n            </li>\n{line}            \
             <li>Deadline: <span>{day}</span></li>\n        </ul>\n    \n</div>",
            name("user_id"),
            name("create_uid"),
            assign::escaped(document),
            assign::escaped(&model.description),
        );
        by_model.entry(model.name.clone()).or_default().push(assign::Notice {
            res_id: r.int("res_id"),
            partners: vec![*partner],
            subject: Some(format!("\"{document}: {what}\" assigned to you")),
            body,
            name: document.to_owned(),
        });
    }
    by_model.into_iter().try_for_each(|(model, notices)| assign::send(env, env.model(&model)?, notices))
}

/// Whoever is to do something follows the document.
fn follow(env: &Env, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let mut by_model: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
    for r in root.fetch("mail.activity", ids, &["res_model", "res_id", "user_id"])? {
        by_model.entry(r.str("res_model").to_owned()).or_default().push((r.int("res_id"), r.int("user_id")));
    }
    for (name, list) in by_model {
        let model = env.model(&name)?;
        let users: Vec<i64> = list.iter().map(|(_, u)| *u).collect();
        let partners = post::partners_of(&root, &users)?;
        let mut by_partner: HashMap<i64, Vec<i64>> = HashMap::new();
        for (doc, user) in list {
            if let Some(p) = partners.get(&user).filter(|_| doc != 0 && model.is_a("mail.thread")) {
                by_partner.entry(*p).or_default().push(doc);
            }
        }
        for (partner, docs) in by_partner {
            super::mail_thread::follow::subscribe(&root, model, &docs, &[partner], None)?;
        }
    }
    Ok(())
}

/// Own activities, and those on documents one may read.
fn restriction(env: &Env, _: &Model, op: char) -> Result<Domain> {
    if op == 'c' {
        return mail_message::documents(env, "res_model", "res_id", post_access);
    }
    if op != 'r' {
        return Ok(Domain::True);
    }
    let own = Domain::leaf("user_id", "=", json!(env.uid()));
    Ok(own.or(mail_message::documents(env, "res_model", "res_id", |_| 'r')?))
}

fn refusal(env: &Env, _: &Model, ids: &[i64], op: char) -> Result<Error> {
    let list: Vec<String> = ids.iter().take(6).map(i64::to_string).collect();
    Ok(Error::access(format!(
        "The requested operation cannot be completed due to security restrictions. Please contact your system \
         administrator.\n\n(Document type: Activity, Operation: {})\n\nRecords: [{}], User: {}",
        access::operation(op),
        list.join(", "),
        env.uid()
    )))
}

fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let rows = env.sudo().fetch("mail.activity", ids, &["summary", "activity_type_id"])?;
    let types: Vec<i64> = rows.iter().filter_map(|r| r.opt("activity_type_id")).collect();
    let names = env.sudo().display_names("mail.activity.type", &types)?;
    Ok(rows
        .iter()
        .map(|r| match r.str("summary") {
            "" => (r.id, names.get(&r.int("activity_type_id")).cloned().unwrap_or_default()),
            s => (r.id, s.to_owned()),
        })
        .collect())
}

fn default_type(env: &Env, _: &Model) -> Result<Json> {
    match env.ctx("default_res_model").as_str() {
        Some(m) => Ok(type_for(env, m)?.map_or(json!(false), |i| json!(i))),
        None => Ok(json!(false)),
    }
}

/// The type an activity on a model has when none is said: To-Do, else the first that fits.
pub fn type_for(env: &Env, model: &str) -> Result<Option<i64>> {
    if let Some(todo) = env.xmlid("mail.mail_activity_data_todo")? {
        return Ok(Some(todo));
    }
    let domain = json!(["|", ["res_model", "=", false], ["res_model", "=", model]]);
    Ok(env.sudo().search("mail.activity.type", domain)?.first().copied())
}

fn can_write(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let allowed = match access::allowed(env, model, 'w')? {
        true => crate::orm::rule::filter(env, model, ids, 'w')?,
        false => Vec::new(),
    };
    let mut out = Computed::new();
    for id in ids {
        out.set(*id, "can_write", Value::Bool(allowed.contains(id)));
    }
    Ok(out)
}

fn date_done(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    let today = clock::today(env);
    for r in env.sudo().fetch("mail.activity", ids, &["active"])? {
        let done = if r.bool("active") { Value::Null } else { Value::Date(today) };
        out.set(r.id, "date_done", done);
    }
    Ok(out)
}

fn has_recommended(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let rows = env.sudo().fetch("mail.activity", ids, &["previous_activity_type_id"])?;
    let types: Vec<i64> = rows.iter().filter_map(|r| r.opt("previous_activity_type_id")).collect();
    let sql = Sql::of("SELECT DISTINCT activity_id FROM mail_activity_rel WHERE activity_id").ids(&types);
    let with: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
    let mut out = Computed::new();
    for r in rows {
        let has = with.contains(&r.int("previous_activity_type_id"));
        out.set(r.id, "has_recommended_activities", Value::Bool(has));
    }
    Ok(out)
}

fn res_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let rows = root.fetch("mail.activity", ids, &["res_model", "res_id"])?;
    let mut by_model: HashMap<&str, Vec<i64>> = HashMap::new();
    for r in rows.iter().filter(|r| !r.str("res_model").is_empty()) {
        by_model.entry(r.str("res_model")).or_default().push(r.int("res_id"));
    }
    let mut names: HashMap<&str, HashMap<i64, String>> = HashMap::new();
    for (m, docs) in by_model {
        names.insert(m, root.display_names(m, &docs)?);
    }
    let mut out = Computed::new();
    for r in &rows {
        if let Some(n) = names.get(r.str("res_model")).and_then(|m| m.get(&r.int("res_id"))) {
            out.set(r.id, "res_name", Value::Text(n.clone()));
        }
    }
    Ok(out)
}

fn state(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch("mail.activity", ids, &["active", "date_deadline", "user_tz"])? {
        let state = match r.date("date_deadline") {
            _ if !r.bool("active") => "done",
            None => continue,
            Some(d) => state_of(env, d, r.str("user_tz")),
        };
        out.set(r.id, "state", Value::Text(state.into()));
    }
    Ok(out)
}

/// overdue, today or planned, by the calendar of a zone.
pub fn state_of(env: &Env, deadline: chrono::NaiveDate, tz: &str) -> &'static str {
    match deadline.cmp(&clock::local(env.now(), Some(tz)).date()) {
        std::cmp::Ordering::Less => "overdue",
        std::cmp::Ordering::Equal => "today",
        std::cmp::Ordering::Greater => "planned",
    }
}

/// Says on the documents that activities are done, and ends them. The ids of the messages.
pub fn finish(env: &Env, ids: &[i64], feedback: &str, attachments: &[i64]) -> Result<Vec<i64>> {
    let fields = ["res_model", "res_id", "activity_type_id", "summary", "note", "user_id"];
    let rows = env.fetch("mail.activity", ids, &fields)?;
    let root = env.sudo();
    let author = Author::of_user(env)?;
    let subtype = root.xmlid("mail.mt_activities")?;
    let names = root.display_names("mail.activity", ids)?;
    let mut by_model: HashMap<String, Vec<Message>> = HashMap::new();
    for r in &rows {
        let mut body = format!("<p>{} done</p>", post::escape(names.get(&r.id).map_or("", String::as_str)));
        if !feedback.is_empty() {
            let text = post::escape(feedback).replace('\n', "<br>");
            body.push_str(&format!("<div><div class=\"fw-bold\">Feedback:</div>{text}</div>"));
        }
        by_model.entry(r.str("res_model").to_owned()).or_default().push(Message {
            res_id: r.int("res_id"),
            body,
            subtype,
            attachments: attachments.to_vec(),
            ..Message::new(&author)
        });
    }
    let mut out = Vec::new();
    for (model, mut messages) in by_model {
        let docs: Vec<i64> = messages.iter().map(|m| m.res_id).collect();
        let names = root.display_names(&model, &docs)?;
        for m in &mut messages {
            m.record_name = names.get(&m.res_id).cloned();
        }
        out.extend(post::insert(&root, &model, messages)?);
    }
    let types: Vec<i64> = rows.iter().filter_map(|r| r.opt("activity_type_id")).collect();
    let kept = root.search("mail.activity.type", json!([["id", "in", types], ["keep_done", "=", true]]))?;
    let (keep, drop): (Vec<_>, Vec<_>) = rows.iter().partition(|r| kept.contains(&r.int("activity_type_id")));
    let ids = |v: Vec<&crate::orm::Record>| v.iter().map(|r| r.id).collect::<Vec<i64>>();
    env.write("mail.activity", &ids(keep), json!({"active": false}))?;
    env.unlink("mail.activity", &ids(drop))?;
    Ok(out)
}

fn feedback_of(call: &Call<'_>) -> (String, Vec<i64>) {
    let text = call.text("feedback").unwrap_or_default().to_owned();
    (text, super::mail_thread::follow::ids_arg(call.arg("attachment_ids")))
}

fn action_feedback(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (text, files) = feedback_of(call);
    let messages = finish(env, &call.ids, &text, &files)?;
    Ok(messages.first().map_or(json!(false), |m| json!(m)))
}

fn action_done_redirect(env: &Env, call: &Call<'_>) -> Result<Json> {
    finish(env, &call.ids, "", &[])?;
    Ok(json!({"type": "ir.actions.act_window_close"}))
}

fn action_schedule_next(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[id] = call.ids.as_slice() else { return Err(post::not_single(call.model, &call.ids)) };
    let r =
        env.fetch_one("mail.activity", id, &["res_model", "res_id", "activity_type_id", "date_deadline"])?;
    let (text, files) = feedback_of(call);
    finish(env, &[id], &text, &files)?;
    Ok(json!({
        "name": "Schedule an Activity",
        "type": "ir.actions.act_window",
        "res_model": "mail.activity",
        "view_mode": "form",
        "views": [[false, "form"]],
        "target": "new",
        "context": {
            "default_previous_activity_type_id": r.opt("activity_type_id"),
            "activity_previous_deadline": r.date("date_deadline").map(|d| d.to_string()),
            "default_res_id": r.int("res_id"),
            "default_res_model": r.str("res_model"),
        },
    }))
}

fn action_cancel(env: &Env, call: &Call<'_>) -> Result<Json> {
    env.unlink("mail.activity", &call.ids)?;
    Ok(Json::Null)
}

fn action_snooze(env: &Env, call: &Call<'_>) -> Result<Json> {
    let day = clock::today(env).checked_add_days(Days::new(7)).unwrap_or_default();
    env.write("mail.activity", &call.ids, json!({"date_deadline": day.to_string()}))?;
    Ok(Json::Null)
}

fn action_open_document(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[id] = call.ids.as_slice() else { return Err(post::not_single(call.model, &call.ids)) };
    let r = env.fetch_one("mail.activity", id, &["res_model", "res_id"])?;
    Ok(json!({"res_id": r.int("res_id"), "res_model": r.str("res_model"), "target": "current",
              "type": "ir.actions.act_window", "view_mode": "form"}))
}

/// Values of an activity that Rust or a client schedules.
pub fn values(env: &Env, model: &Model, res_id: i64, call: &Call<'_>) -> Result<Map> {
    let root = env.sudo();
    access::check_model(env, env.model("mail.activity.type")?, 'r')?;
    let kind = match call.text("act_type_xmlid") {
        Some(x) => root.xmlid(x)?,
        None => call.kwargs.get("activity_type_id").and_then(Json::as_i64),
    };
    let kind = match kind {
        Some(k) => Some(k),
        None => type_for(env, &model.name)?,
    };
    let defaults = match kind {
        Some(k) => {
            Some(root.fetch_one("mail.activity.type", k, &["summary", "default_note", "default_user_id"])?)
        }
        None => None,
    };
    let or = |given: Option<&str>, field: &str| match (given, &defaults) {
        (Some(s), _) => json!(s),
        (None, Some(d)) if !d.str(field).is_empty() => json!(d.str(field)),
        _ => json!(false),
    };
    let mut vals = Map::new();
    vals.insert("automated".into(), json!(true));
    vals.insert("activity_type_id".into(), kind.map_or(json!(false), |k| json!(k)));
    vals.insert("summary".into(), or(call.text("summary"), "summary"));
    vals.insert("note".into(), or(call.text("note"), "default_note"));
    let day = call.text("date_deadline").map_or_else(|| clock::today(env).to_string(), str::to_owned);
    crate::orm::field::convert::parse_date(&day)?;
    vals.insert("date_deadline".into(), json!(day));
    let sql = Sql::of("SELECT id FROM ir_model WHERE model = ").text(&model.name);
    let model_id = root.query(&sql, &[ColType::Int])?.first().map_or(0, |r| r[0].int());
    vals.insert("res_model_id".into(), json!(model_id));
    vals.insert("res_id".into(), json!(res_id));
    for (k, v) in call.kwargs.iter().filter(|(_, v)| !json_is_falsy(v)) {
        vals.insert(k.clone(), v.clone());
    }
    if !vals.contains_key("user_id") {
        let user = defaults.and_then(|d| d.opt("default_user_id")).unwrap_or(env.uid());
        vals.insert("user_id".into(), json!(user));
    }
    vals.shift_remove("context");
    Ok(vals)
}
