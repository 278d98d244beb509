//! mail.activity.mixin: the activities of a document, and what they say of it.

use super::mail_thread::follow::ids_arg;
use super::{clock, mail_activity, rows};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::behaviour::Grouped;
use crate::orm::{Behaviour, Call, Computed, Env, Method, Model, Super, access};
use crate::value::{Json, Map, Value, json_is_falsy};
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of every model with activities.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.activity.mixin")
        .write(write)
        .forget(|env, model, ids| rows::unlink_of(env, "mail.activity", "res_model", model, ids))
        .compute("compute_activity_date_deadline", date_deadline)
        .compute("compute_activity_exception", exception)
        .compute("compute_activity_state", state)
        .compute("compute_activity_user_id", user)
        .compute("compute_my_activity_date_deadline", my_deadline)
        .search("search_activity_date_deadline", search_deadline)
        .search("search_activity_exception_decoration", |_, _, _, op, v| {
            Ok(json!([["activity_ids.activity_type_id.decoration_type", op, v]]))
        })
        .search("search_activity_state", search_state)
        .group_by("activity_state", group_state)
        .search("search_activity_user_id", search_user)
        .search("search_my_activity_date_deadline", |env, model, _, op, v| {
            access::check_model(env, env.model("mail.activity")?, 'r')?;
            let mine = json!([
                ["active", "=", true],
                ["date_deadline", op, v],
                ["res_model", "=", model.name],
                ["user_id", "=", env.uid()]
            ]);
            Ok(json!([["activity_ids", "any", mine]]))
        })
        .method(Method::record(
            "activity_schedule",
            "act_type_xmlid='', date_deadline=None, summary='', note='', **act_values",
            schedule,
        ))
        .method(Method::record(
            "activity_feedback",
            "act_type_xmlids, user_id=None, feedback=None, attachment_ids=None",
            feedback,
        ))
        .method(Method::record("activity_unlink", "act_type_xmlids, user_id=None", unlink))
        .method(Method::record(
            "activity_reschedule",
            "act_type_xmlids, user_id=None, date_deadline=None, new_user_id=None",
            reschedule,
        ))
        .method(Method::record(
            "activity_search",
            "act_type_xmlids='', user_id=None, additional_domain=None",
            |env, call| Ok(json!(find(env, call, "act_type_xmlids")?)),
        ))
}

/// Nobody has to do anything about an archived document.
fn write(env: &Env, sup: Super<'_>, ids: &[i64], vals: Map) -> Result<()> {
    if vals.get("active") == Some(&Json::Bool(false)) {
        let root = env.sudo();
        let domain = json!([["res_model", "=", sup.model.name], ["res_id", "in", ids]]);
        let open = root.search("mail.activity", domain)?;
        root.unlink("mail.activity", &open)?;
    }
    sup.write(env, ids, vals)
}

fn search_deadline(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    if op == "=" && json_is_falsy(value) {
        return Ok(json!([["activity_ids", "=", false]]));
    }
    Ok(json!([["activity_ids.date_deadline", op, value]]))
}

fn search_user(_: &Env, _: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    // `!= True` too asks for documents without, as in Odoo
    if let ("=", Json::Bool(false)) | ("!=", Json::Bool(true)) = (op, value) {
        return Ok(json!([["activity_ids", "=", false]]));
    }
    Ok(json!([["activity_ids", "any", [["active", "in", [true, false]], ["user_id", op, value]]]]))
}

/// One open activity.
struct Open {
    deadline: chrono::NaiveDate,
    user: i64,
    tz: String,
    kind: i64,
}

/// Open activities of documents, the most urgent first.
fn open(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, Vec<Open>>> {
    let sql = Sql::of(
        "SELECT res_id, date_deadline, user_id, user_tz, activity_type_id FROM mail_activity \
         WHERE active AND res_model = ",
    )
    .text(&model.name)
    .raw(" AND res_id")
    .ids(ids)
    .raw(" ORDER BY date_deadline, id");
    use ColType::{Date, Int, Text};
    let mut out: HashMap<i64, Vec<Open>> = HashMap::new();
    for r in env.query(&sql, &[Int, Date, Int, Text, Int])? {
        let Value::Date(deadline) = r[1] else { continue };
        let one = Open { deadline, user: r[2].int(), tz: r[3].str().to_owned(), kind: r[4].int() };
        out.entry(r[0].int()).or_default().push(one);
    }
    Ok(out)
}

/// Sets a field from the activities of each document that has any.
fn from_open(
    env: &Env,
    model: &Model,
    ids: &[i64],
    field: &str,
    pick: impl Fn(&[Open]) -> Value,
) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, list) in open(env, model, ids)? {
        out.set(id, field, pick(&list));
    }
    Ok(out)
}

fn date_deadline(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    from_open(env, model, ids, "activity_date_deadline", |l| {
        l.first().map_or(Value::Null, |o| Value::Date(o.deadline))
    })
}

fn user(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    from_open(env, model, ids, "activity_user_id", |l| l.first().map_or(Value::Null, |o| Value::Int(o.user)))
}

fn my_deadline(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let me = env.uid();
    from_open(env, model, ids, "my_activity_date_deadline", |l| {
        l.iter().find(|o| o.user == me).map_or(Value::Null, |o| Value::Date(o.deadline))
    })
}

fn state(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    from_open(env, model, ids, "activity_state", |l| {
        let states: Vec<&str> = l.iter().map(|o| mail_activity::state_of(env, o.deadline, &o.tz)).collect();
        let worst = ["overdue", "today", "planned"].into_iter().find(|s| states.contains(s));
        worst.map_or(Value::Null, |s| Value::Text(s.into()))
    })
}

fn exception(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let found = open(env, model, ids)?;
    let kinds: Vec<i64> = found.values().flatten().map(|o| o.kind).collect();
    let sql = Sql::of(
        "SELECT id, decoration_type, icon FROM mail_activity_type WHERE decoration_type IS NOT NULL AND id",
    )
    .ids(&kinds);
    let types: HashMap<i64, (String, String)> = env
        .query(&sql, &[ColType::Int, ColType::Text, ColType::Text])?
        .iter()
        .map(|r| (r[0].int(), (r[1].str().to_owned(), r[2].str().to_owned())))
        .collect();
    let mut out = Computed::new();
    for (id, list) in found {
        let hits: Vec<&(String, String)> = list.iter().filter_map(|o| types.get(&o.kind)).collect();
        if let Some((decoration, icon)) = hits.iter().find(|t| t.0 == "danger").or(hits.first()) {
            out.set(id, "activity_exception_decoration", Value::Text(decoration.clone()));
            out.set(id, "activity_exception_icon", Value::Text(icon.clone()));
        }
    }
    Ok(out)
}

/// By the worst activity of each document, each on the calendar of whom it was given to.
fn search_state(env: &Env, model: &Model, _: &str, op: &str, value: &Json) -> Result<Json> {
    let listed = |v: &Json| match v {
        Json::Array(a) => a.clone(),
        v => vec![v.clone()],
    };
    let asked = listed(value);
    let all = ["overdue", "today", "planned", ""].map(|s| if s.is_empty() { json!(false) } else { json!(s) });
    let mut wanted: Vec<Json> = match op {
        "=" | "in" => asked,
        "!=" | "not in" => all.iter().filter(|s| !asked.contains(s)).cloned().collect(),
        _ => {
            let text = "cannot access local variable 'search_states' where it is not associated with a value";
            return Err(Error::value(text).named("builtins.UnboundLocalError"));
        }
    };
    // documents without activities are those not found in any other state
    let none = wanted.contains(&json!(false));
    if none {
        wanted = all.iter().filter(|s| !wanted.contains(s)).cloned().collect();
    }
    let ids = in_states(env, model, &wanted)?;
    Ok(json!([["id", if none { "not in" } else { "in" }, ids]]))
}

/// Documents with activities and how their worst one stands, as (res_id, worst): 0 overdue, 1 today, 2 planned.
fn worst(env: &Env, model: &Model) -> Result<Sql> {
    let zones =
        Sql::of("SELECT DISTINCT COALESCE(user_tz, '') FROM mail_activity WHERE active AND res_model = ")
            .text(&model.name);
    // a CASE needs a WHEN, also where nothing is to be done on any document
    let mut today =
        Sql::of("CASE WHEN res_id IS NULL THEN ").bind(ColType::Date, Value::Date(env.now().date()));
    for row in env.query(&zones, &[ColType::Text])? {
        let zone = row[0].str();
        let day = clock::local(env.now(), Some(zone)).date();
        today = today
            .raw(" WHEN COALESCE(user_tz, '') = ")
            .text(zone)
            .raw(" THEN ")
            .bind(ColType::Date, Value::Date(day));
    }
    today = today.raw(" ELSE ").bind(ColType::Date, Value::Date(env.now().date())).raw(" END");
    Ok(Sql::of("SELECT res_id, MIN(CASE WHEN date_deadline < ")
        .sql(today.clone())
        .raw(" THEN 0 WHEN date_deadline = ")
        .sql(today)
        .raw(" THEN 1 ELSE 2 END) AS worst FROM mail_activity WHERE active AND res_model = ")
        .text(&model.name)
        .raw(" GROUP BY res_id"))
}

/// Grouped by the worst activity, whoever may see it.
fn group_state(env: &Env, model: &Model, alias: &str) -> Result<Grouped> {
    let joined = format!("{alias}__last_activity_state");
    let said = "CASE worst WHEN 0 THEN 'overdue' WHEN 1 THEN 'today' ELSE 'planned' END AS activity_state";
    let join = Sql::of(" LEFT JOIN (SELECT res_id, ")
        .raw(said)
        .raw(" FROM (")
        .sql(worst(env, model)?)
        .raw(") AS w) AS ")
        .ident(&joined)
        .raw(" ON ")
        .col(alias, "id")
        .raw(" = ")
        .col(&joined, "res_id");
    Ok(Grouped { join, expr: Sql::new().col(&joined, "activity_state"), kind: ColType::Text })
}

/// Documents whose worst activity is in one of these states.
fn in_states(env: &Env, model: &Model, states: &[Json]) -> Result<Vec<i64>> {
    let name = |n: i64| match n {
        0 => "overdue",
        1 => "today",
        _ => "planned",
    };
    let rows = env.query(&worst(env, model)?, &[ColType::Int, ColType::BigInt])?;
    Ok(rows.iter().filter(|r| states.contains(&json!(name(r[1].int())))).map(|r| r[0].int()).collect())
}

fn schedule(env: &Env, call: &Call<'_>) -> Result<Json> {
    if env.flag("mail_activity_automation_skip") {
        return Ok(json!(false));
    }
    let Some(first) = call.ids.first() else { return Ok(json!([])) };
    let vals = mail_activity::values(env, call.model, *first, call)?;
    let rows = call
        .ids
        .iter()
        .map(|id| {
            let mut v = vals.clone();
            v.insert("res_id".into(), json!(id));
            v
        })
        .collect();
    Ok(json!(env.create_many("mail.activity", rows)?))
}

/// The automatic activities of some types on the documents.
fn find(env: &Env, call: &Call<'_>, arg: &str) -> Result<Vec<i64>> {
    if env.flag("mail_activity_automation_skip") || call.ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut types = Vec::new();
    for x in call.strings(arg)? {
        types.extend(env.xmlid(&x)?);
    }
    let mut domain = vec![
        json!(["res_model", "=", call.model.name]),
        json!(["res_id", "in", call.ids]),
        json!(["automated", "=", true]),
        json!(["activity_type_id", "in", types]),
    ];
    if let Some(user) = call.arg("user_id").as_i64() {
        domain.push(json!(["user_id", "=", user]));
    }
    if let Json::Array(more) = call.arg("additional_domain") {
        domain.extend(more.iter().cloned());
    }
    env.search("mail.activity", Json::Array(domain))
}

fn feedback(env: &Env, call: &Call<'_>) -> Result<Json> {
    if !any_type(env, call)? {
        return Ok(json!(false));
    }
    let ids = find(env, call, "act_type_xmlids")?;
    if !ids.is_empty() {
        let files = ids_arg(call.arg("attachment_ids"));
        mail_activity::finish(env, &ids, call.text("feedback").unwrap_or_default(), &files)?;
    }
    Ok(json!(true))
}

/// Whether one of the types asked for is there; without, nothing is looked for.
fn any_type(env: &Env, call: &Call<'_>) -> Result<bool> {
    for x in call.strings("act_type_xmlids")? {
        if env.xmlid(&x)?.is_some() {
            return Ok(!env.flag("mail_activity_automation_skip"));
        }
    }
    Ok(false)
}

fn unlink(env: &Env, call: &Call<'_>) -> Result<Json> {
    if !any_type(env, call)? {
        return Ok(json!(false));
    }
    let ids = find(env, call, "act_type_xmlids")?;
    env.unlink("mail.activity", &ids)?;
    Ok(json!(true))
}

fn reschedule(env: &Env, call: &Call<'_>) -> Result<Json> {
    let ids = find(env, call, "act_type_xmlids")?;
    let mut vals = Map::new();
    if let Some(day) = call.text("date_deadline") {
        vals.insert("date_deadline".into(), json!(day));
    }
    if let Some(user) = call.arg("new_user_id").as_i64() {
        vals.insert("user_id".into(), json!(user));
    }
    env.write("mail.activity", &ids, Json::Object(vals))?;
    Ok(json!(ids))
}
