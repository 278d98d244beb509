//! Messages: their rows, whom they notify, and `message_post`.

use super::{follow, hooks};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::rows;
use crate::orm::field::convert;
use crate::orm::{Call, Env, Model, access, rule};
use crate::value::{Json, Map, Value, json_is_falsy, py_repr};
use base64::Engine;
use serde_json::json;
use std::collections::HashMap;

/// Who a message is from.
#[derive(Debug, Clone, Default)]
pub struct Author {
    /// Partner.
    pub partner: Option<i64>,
    /// `"Name" <address>`.
    pub email: Option<String>,
}

impl Author {
    /// The calling user's partner.
    pub fn of_user(env: &Env) -> Result<Author> {
        match env.user() {
            Ok(u) if u.partner_id != 0 => Author::of_partner(env, u.partner_id),
            _ => Ok(Author::default()),
        }
    }

    /// A partner.
    pub fn of_partner(env: &Env, id: i64) -> Result<Author> {
        let sql = Sql::of("SELECT name, email FROM res_partner WHERE id = ").int(id);
        let rows = env.query(&sql, &[ColType::Text, ColType::Text])?;
        let Some(row) = rows.first() else { return Ok(Author::default()) };
        let (name, email) = (row[0].str(), row[1].str());
        // what has no @ is taken for a domain
        let at = if email.contains('@') { "" } else { "@" };
        let email =
            (!email.is_empty()).then(|| format!("\"{}\" <{at}{email}>", name.replace(['"', '\\'], "")));
        Ok(Author { partner: Some(id), email })
    }
}

/// A message about to be written.
#[derive(Debug, Clone)]
pub struct Message {
    /// Document.
    pub res_id: i64,
    /// HTML.
    pub body: String,
    /// `notification`, `comment` …
    pub kind: String,
    /// Subtype.
    pub subtype: Option<i64>,
    /// Author.
    pub author: Author,
    /// Name of the document; None for notes the system makes.
    pub record_name: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Message it answers.
    pub parent: Option<i64>,
    /// Partners told beyond the followers.
    pub partners: Vec<i64>,
    /// Attachments.
    pub attachments: Vec<i64>,
    /// Only for employees.
    pub is_internal: bool,
    /// Only kept: nobody is told.
    pub logged: bool,
}

impl Message {
    /// An empty system message.
    pub fn new(author: &Author) -> Message {
        Message {
            res_id: 0,
            body: String::new(),
            kind: "notification".into(),
            subtype: None,
            author: author.clone(),
            record_name: None,
            subject: None,
            parent: None,
            partners: Vec::new(),
            attachments: Vec::new(),
            is_internal: false,
            logged: false,
        }
    }
}

/// Text as HTML shows it.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Writes messages of documents of one model and tells the inboxes of the followers.
pub fn insert(env: &Env, model: &str, messages: Vec<Message>) -> Result<Vec<i64>> {
    use ColType::{Bool, DateTime, Int, Text};
    let columns = [
        ("model", Text),
        ("res_id", Int),
        ("body", Text),
        ("message_type", Text),
        ("subtype_id", Int),
        ("author_id", Int),
        ("email_from", Text),
        ("reply_to", Text),
        ("record_name", Text),
        ("subject", Text),
        ("parent_id", Int),
        ("is_internal", Bool),
        ("email_add_signature", Bool),
        ("message_id", Text),
        ("date", DateTime),
        ("create_date", DateTime),
        ("write_date", DateTime),
        ("create_uid", Int),
        ("write_uid", Int),
    ];
    let now = env.now();
    let second = now.and_utc().timestamp();
    let stamp = now.and_utc().timestamp_micros();
    let at = Value::DateTime(chrono::DateTime::from_timestamp(second, 0).map_or(now, |d| d.naive_utc()));
    let mut rows = Vec::with_capacity(messages.len());
    for (i, m) in messages.iter().enumerate() {
        let email = rows::text(m.author.email.as_deref());
        rows.push(vec![
            Value::Text(model.to_owned()),
            Value::Int(m.res_id),
            Value::Text(m.body.clone()),
            Value::Text(m.kind.clone()),
            rows::id(m.subtype),
            rows::id(m.author.partner),
            email.clone(),
            email,
            rows::text(m.record_name.as_deref()),
            rows::text(m.subject.as_deref()),
            rows::id(m.parent),
            Value::Bool(m.is_internal),
            Value::Bool(true),
            Value::Text(format!("<{stamp}.{i}-openerp-{}-{model}@workwarden>", m.res_id)),
            at.clone(),
            Value::DateTime(now),
            Value::DateTime(now),
            Value::Int(env.uid()),
            Value::Int(env.uid()),
        ]);
    }
    let ids = rows::insert(env, "mail_message", &columns, rows)?;
    let pairs = |pick: fn(&Message) -> &Vec<i64>| -> Vec<(i64, i64)> {
        ids.iter().zip(&messages).flat_map(|(id, m)| pick(m).iter().map(move |o| (*id, *o))).collect()
    };
    let partners = pairs(|m| &m.partners);
    rows::link(env, "mail_message_res_partner_rel", ("mail_message_id", "res_partner_id"), &partners)?;
    let files = pairs(|m| &m.attachments);
    rows::link(env, "message_attachment_rel", ("message_id", "attachment_id"), &files)?;
    let told: Vec<i64> = ids.iter().zip(&messages).filter(|(_, m)| !m.logged).map(|(id, _)| *id).collect();
    if !told.is_empty() {
        notify(env, &told)?;
    }
    Ok(ids)
}

/// Tells recipients, and followers of the messages' subtypes: in their inboxes or by mail. Who acts is not told.
fn notify(env: &Env, ids: &[i64]) -> Result<()> {
    let sql = Sql::of(
        "INSERT INTO mail_notification (mail_message_id, res_partner_id, author_id, notification_type, \
         notification_status, is_read) SELECT w.id, w.partner_id, w.author_id, w.way, \
         CASE w.way WHEN 'inbox' THEN 'sent' ELSE 'ready' END, w.way <> 'inbox' FROM (\
         SELECT x.id, x.author_id, x.partner_id, COALESCE((SELECT u.notification_type FROM res_users u \
         WHERE u.partner_id = p.id AND u.active ORDER BY u.share, u.id LIMIT 1), 'email') AS way FROM (\
         SELECT m.id, m.author_id, f.partner_id, t.internal FROM mail_message m JOIN mail_followers f \
         ON f.res_model = m.model AND f.res_id = m.res_id JOIN mail_followers_mail_message_subtype_rel s \
         ON s.mail_followers_id = f.id AND s.mail_message_subtype_id = m.subtype_id \
         JOIN mail_message_subtype t ON t.id = m.subtype_id \
         WHERE m.message_type <> 'user_notification' AND m.id",
    )
    .ids(ids)
    .raw(
        " UNION SELECT m.id, m.author_id, r.res_partner_id, FALSE FROM mail_message m \
         JOIN mail_message_res_partner_rel r ON r.mail_message_id = m.id WHERE m.id",
    )
    .ids(ids)
    .raw(
        ") x JOIN res_partner p ON p.id = x.partner_id AND p.active \
         AND (x.internal IS NULL OR NOT x.internal OR p.partner_share IS NULL OR NOT p.partner_share)) w WHERE ",
    );
    let acting = env.user().ok().filter(|u| u.active).map(|u| u.partner_id);
    let others = match acting {
        Some(me) => Sql::of("w.partner_id <> ").int(me),
        None => Sql::of("(w.author_id IS NULL OR w.author_id <> w.partner_id)"),
    };
    let sql = sql.sql(others).raw(" GROUP BY w.id, w.partner_id, w.author_id, w.way");
    if env.execute(&sql)? == 0 {
        return Ok(());
    }
    // a mail must have a subject, and what it has its message has
    let sql = Sql::of(
        "UPDATE mail_message SET subject = record_name WHERE (subject IS NULL OR subject = '') AND id",
    )
    .ids(ids)
    .raw(
        " AND EXISTS (SELECT 1 FROM mail_notification n WHERE n.mail_message_id = mail_message.id \
             AND n.notification_type = 'email')",
    );
    env.execute(&sql)?;
    Ok(())
}

/// Partner of each user.
pub fn partners_of(env: &Env, users: &[i64]) -> Result<HashMap<i64, i64>> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = Sql::of("SELECT id, partner_id FROM res_users WHERE active AND id").ids(users);
    Ok(env.query(&sql, &[ColType::Int; 2])?.iter().map(|r| (r[0].int(), r[1].int())).collect())
}

/// Writes the same system message to documents, for Rust callers (the workflow). `body` is plain text, `subtype` an
/// external id (`mail.mt_note` when None). Rights are not asked; the author is the calling user.
pub fn post(env: &Env, model: &str, ids: &[i64], body: &str, subtype: Option<&str>) -> Result<Vec<i64>> {
    let root = env.sudo();
    let names = root.display_names(model, ids)?;
    let author = Author::of_user(env)?;
    let subtype = match subtype {
        Some(s) => root.xmlid(s)?,
        None => None,
    };
    let subtype = match subtype {
        Some(s) => Some(s),
        None => root.xmlid("mail.mt_note")?,
    };
    let messages = ids
        .iter()
        .map(|id| Message {
            res_id: *id,
            body: paragraph(body),
            subtype,
            record_name: names.get(id).cloned(),
            ..Message::new(&author)
        })
        .collect();
    insert(&root, model, messages)
}

fn paragraph(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p>{}</p>", escape_body(text)) }
}

/// Text as Odoo keeps it in a body: quotes stay as they are.
fn escape_body(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Keywords that describe the message, beyond those handled one by one.
const KNOWN: &[&str] = &[
    "attachment_ids",
    "attachments",
    "author_guest_id",
    "author_id",
    "body_is_html",
    "create_date",
    "date",
    "email_add_signature",
    "email_from",
    "email_layout_xmlid",
    "force_email_company",
    "force_email_lang",
    "force_send",
    "is_internal",
    "mail_activity_type_id",
    "mail_auto_delete",
    "mail_server_id",
    "message_id",
    "model_description",
    "notify_author",
    "notify_author_mention",
    "notify_skip_followers",
    "outgoing_email_to",
    "parent_id",
    "partner_ids",
    "record_alias_domain_id",
    "record_company_id",
    "record_name",
    "reply_to",
    "reply_to_force_new",
    "resend_existing",
    "scheduled_date",
    "send_after_commit",
    "skip_existing",
    "subject",
    "subtitles",
    "subtype_id",
    "subtype_xmlid",
    "tracking_value_ids",
    "context",
];

/// `message_post(body='', message_type='notification', **kwargs)`: the id of the new message.
pub fn message_post(env: &Env, call: &Call<'_>) -> Result<Json> {
    let &[res_id] = call.ids.as_slice() else { return Err(not_single(call.model, &call.ids)) };
    // whose company it is said for is asked first
    access::check_model(env, env.model("res.company")?, 'r')?;
    let mut unknown: Vec<&str> =
        call.kwargs.keys().map(String::as_str).filter(|k| !KNOWN.contains(k)).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        return Err(not_supported(&unknown));
    }
    let kind = call.arg("message_type");
    convert::from_client("mail.message", env.model("mail.message")?.field("message_type")?, kind)?;
    let kind = kind.as_str().unwrap_or("notification").to_owned();
    if kind == "user_notification" {
        return Err(Error::value("Use message_notify to send a notification to an user."));
    }
    check_lists("Posting a message should receive", "partners as", call)?;
    check_post(env, call.model, res_id)?;
    let message = compose(env, call.model, res_id, (call.arg("body"), &kind), &call.kwargs)?;
    let root = env.sudo();
    let id = insert(&root, &call.model.name, vec![message])?.first().copied().unwrap_or(0);
    if !matches!(kind.as_str(), "notification" | "user_notification" | "auto_comment")
        && let Ok(user) = env.user()
        && user.active
    {
        follow::subscribe(&root, call.model, &[res_id], &[user.partner_id], None)?;
    }
    Ok(json!(id))
}

/// `message_notify`: a message to partners that does not show on the document. False when there is nobody to tell.
pub fn message_notify(env: &Env, call: &Call<'_>) -> Result<Json> {
    if call.ids.len() > 1 {
        return Err(not_single(call.model, &call.ids));
    }
    let mut kwargs = call.kwargs.clone();
    if kwargs.get("partner_ids").is_none_or(json_is_falsy) {
        return Ok(json!(false));
    }
    let refused = ["message_id", "message_type", "parent_id"];
    let mut unknown: Vec<&str> = kwargs.keys().map(String::as_str).filter(|k| refused.contains(k)).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        return Err(not_supported(&unknown));
    }
    check_lists("Notification should receive", "partners given as", call)?;
    let root = env.sudo();
    let given = |k: &str| kwargs.get(k).cloned().unwrap_or_default();
    let (model, res_id) = match call.ids.first() {
        Some(id) => (call.model, *id),
        None => match (given("model").as_str(), given("res_id").as_i64()) {
            (Some(m), Some(id)) => (env.model(m)?, id),
            _ => return Err(Error::value("message_notify: a document is needed")),
        },
    };
    check_post(env, model, res_id)?;
    let name = kwargs.shift_remove("record_name").filter(|n| !json_is_falsy(n));
    let body = call.arg("body");
    let mut message = compose(env, model, res_id, (body, "user_notification"), &kwargs)?;
    message.record_name = name.as_ref().and_then(Json::as_str).map(str::to_owned);
    message.parent = None;
    message.is_internal = true;
    Ok(json!(insert(&root, &model.name, vec![message])?.first()))
}

/// Odoo's ValueError about keywords.
fn not_supported(names: &[&str]) -> Error {
    Error::value(format!("Those values are not supported when posting or notifying: {}", names.join(", ")))
}

/// Refuses what should be ids, or files, and is not.
fn check_lists(who: &str, partners: &str, call: &Call<'_>) -> Result<()> {
    let given = |k: &str| call.kwargs.get(k).filter(|v| !json_is_falsy(v));
    let ids = |v: &Json| v.as_array().is_some_and(|a| a.iter().all(|i| i.is_i64() || i.is_boolean()));
    let file = |f: &Json| f.as_array().is_some_and(|f| matches!(f.len(), 2 | 3));
    if given("attachments").is_some_and(|v| !v.as_array().is_some_and(|a| a.iter().all(file))) {
        let told = given("attachment_ids").map_or_else(|| "None".to_owned(), py_repr);
        return Err(Error::value(format!("{who} attachments as a list of list or tuples (received {told})")));
    }
    for (key, what) in [("attachment_ids", "attachments records as"), ("partner_ids", partners)] {
        if let Some(v) = given(key).filter(|v| !ids(v)) {
            return Err(Error::value(format!("{who} {what} a list of IDs (received {})", py_repr(v))));
        }
    }
    Ok(())
}

/// Python's ValueError for a method of one record that got none or many.
pub fn not_single(model: &Model, ids: &[i64]) -> Error {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    let comma = if ids.len() == 1 { "," } else { "" };
    Error::value(format!("Expected singleton: {}({}{comma})", model.name, list.join(", ")))
}

/// Refuses a message on a document that the user may not write to, as if the message had been made.
fn check_post(env: &Env, model: &Model, id: i64) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    let op = hooks::post_access(model);
    if access::allowed(env, model, op)? && rule::filter(env, model, &[id], op)?.contains(&id) {
        return Ok(());
    }
    if env.exists(&model.name, &[id])?.is_empty() {
        return Err(rule::missing(env, model, &[id]));
    }
    if access::allowed(env, env.model("mail.message")?, 'c')? && follows(env, model, id)? {
        return Ok(());
    }
    let last =
        env.query(&Sql::of("SELECT COALESCE(MAX(id), 0) + 1 FROM mail_message"), &[ColType::BigInt])?;
    let next = last.first().map_or(1, |r| r[0].int());
    Err(crate::models::mail_message::refused(env, &[next], 'c'))
}

/// Whether the caller follows a document, or was told its first message: then he may answer.
fn follows(env: &Env, model: &Model, id: i64) -> Result<bool> {
    let me = env.user()?.partner_id;
    let first = firsts(env, model, &[id])?.get(&id).copied().unwrap_or(0);
    let sql = Sql::of("SELECT 1 FROM mail_followers WHERE res_model = ")
        .text(&model.name)
        .raw(" AND res_id = ")
        .int(id)
        .raw(" AND partner_id = ")
        .int(me)
        .raw(" UNION SELECT 1 FROM mail_message_res_partner_rel WHERE mail_message_id = ")
        .int(first)
        .raw(" AND res_partner_id = ")
        .int(me);
    Ok(!env.query(&sql, &[ColType::Int])?.is_empty())
}

fn compose(env: &Env, model: &Model, res_id: i64, (body, kind): (&Json, &str), kw: &Map) -> Result<Message> {
    let root = env.sudo();
    let text = |k: &str| kw.get(k).and_then(Json::as_str).filter(|s| !s.is_empty()).map(str::to_owned);
    let id = |k: &str| kw.get(k).and_then(Json::as_i64).filter(|i| *i != 0);
    let mut subtype = match text("subtype_xmlid") {
        Some(x) => root.xmlid(&x)?,
        None => id("subtype_id"),
    };
    if subtype.is_none() {
        subtype = root.xmlid("mail.mt_note")?;
    }
    // an author without an address is one that has none to give
    let unsaid = kw.get("email_from").is_some_and(|e| !e.is_null() && json_is_falsy(e));
    let author = match (id("author_id"), text("email_from")) {
        (Some(p), None) if unsaid => Author { partner: Some(p), email: None },
        (Some(p), None) => Author::of_partner(&root, p)?,
        (None, None) => Author::of_user(env)?,
        (partner, Some(from)) => {
            let partner = match partner {
                Some(p) => Some(p),
                None => partner_of_email(&root, &from)?,
            };
            Author { partner, email: Some(from) }
        }
    };
    if author.email.is_none() && !env.su() {
        let text = "Unable to send message, please configure the sender's email address.";
        return Err(Error::user(text));
    }
    let text_body = match body {
        Json::String(s) => s.clone(),
        Json::Null => String::new(),
        other => py_repr(other),
    };
    let body = text_body.trim_start();
    let html = kw.get("body_is_html").is_some_and(|b| !json_is_falsy(b));
    let mut attachments = follow::ids_arg(kw.get("attachment_ids").unwrap_or(&Json::Null));
    root.fetch("ir.attachment", &attachments, &["res_model"])?;
    attachments.extend(attach(&root, model, res_id, kw.get("attachments"))?);
    let name = match text("record_name") {
        Some(n) => Some(n),
        None => root.display_names(&model.name, &[res_id])?.remove(&res_id),
    };
    Ok(Message {
        res_id,
        body: if html { rich(body) } else { paragraph(body) },
        kind: kind.to_owned(),
        subtype,
        author,
        record_name: name,
        subject: text("subject"),
        parent: parent(&root, model, res_id, id("parent_id"))?,
        partners: follow::ids_arg(kw.get("partner_ids").unwrap_or(&Json::Null)),
        attachments,
        is_internal: kw.get("is_internal").is_some_and(|b| !json_is_falsy(b)),
        logged: false,
    })
}

/// HTML of a client, cleaned; bare text becomes a paragraph.
fn rich(body: &str) -> String {
    let clean = crate::html::sanitize(body);
    if clean.is_empty() || clean.starts_with('<') { clean } else { format!("<p>{clean}</p>") }
}

/// The partner with an address, those of users first.
fn partner_of_email(env: &Env, from: &str) -> Result<Option<i64>> {
    let Some(address) = crate::models::email::normalize(from) else { return Ok(None) };
    let sql = Sql::of(
        "SELECT p.id FROM res_partner p LEFT JOIN res_users u ON u.partner_id = p.id AND u.active \
         WHERE p.active AND p.email_normalized = ",
    )
    .text(&address)
    .raw(" ORDER BY CASE WHEN u.id IS NULL THEN 1 ELSE 0 END, p.id");
    Ok(env.query(&sql, &[ColType::Int])?.first().map(|r| r[0].int()))
}

/// Threads are flat: an answer hangs on the root of what it answers, everything else on the first message. Contacts
/// have no such threads: a message answers what it is said to answer.
fn parent(env: &Env, model: &Model, res_id: i64, given: Option<i64>) -> Result<Option<i64>> {
    if given.is_none() && model.name == "res.partner" {
        return Ok(None);
    }
    let sql = match given {
        Some(p) => Sql::of("SELECT COALESCE(parent_id, id) FROM mail_message WHERE id = ").int(p),
        None => {
            Sql::of("SELECT MIN(id) FROM mail_message WHERE message_type <> 'user_notification' AND model = ")
                .text(&model.name)
                .raw(" AND res_id = ")
                .int(res_id)
        }
    };
    let rows = env.query(&sql, &[ColType::Int])?;
    // what is not there is left to the database to refuse
    Ok(rows.first().map(|r| r[0].int()).or(given).filter(|i| *i != 0))
}

/// The first message of each document, which later ones answer.
pub fn firsts(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    if model.name == "res.partner" {
        return Ok(HashMap::new());
    }
    let sql = Sql::of(
        "SELECT res_id, MIN(id) FROM mail_message WHERE message_type <> 'user_notification' AND model = ",
    )
    .text(&model.name)
    .raw(" AND res_id")
    .ids(ids)
    .raw(" GROUP BY res_id");
    Ok(env.query(&sql, &[ColType::Int; 2])?.iter().map(|r| (r[0].int(), r[1].int())).collect())
}

/// Files sent along as `[name, content]`; the content is taken as the bytes of the text.
fn attach(env: &Env, model: &Model, res_id: i64, files: Option<&Json>) -> Result<Vec<i64>> {
    let Some(Json::Array(files)) = files else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for f in files {
        let (Some(name), Some(content)) = (f.get(0).and_then(Json::as_str), f.get(1).and_then(Json::as_str))
        else {
            return Err(Error::value("attachments: expected pairs of a name and a content"));
        };
        let Json::Object(row) = json!({
            "name": name,
            "datas": base64::engine::general_purpose::STANDARD.encode(content),
            "res_model": model.name,
            "res_id": res_id,
            "type": "binary",
        }) else {
            continue;
        };
        rows.push(row);
    }
    if rows.is_empty() { Ok(Vec::new()) } else { env.create_many("ir.attachment", rows) }
}
