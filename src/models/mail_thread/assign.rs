//! People hear of what they were made responsible for: messages to them alone, which the document does not show.

use super::post::{self, Author, Message};
use crate::error::Result;
use crate::orm::{Env, Model, fetch};
use std::collections::HashMap;

/// One message to one partner about one document.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Document.
    pub res_id: i64,
    /// Who is told.
    pub partners: Vec<i64>,
    /// Subject, when it has one.
    pub subject: Option<String>,
    /// HTML.
    pub body: String,
    /// Name of the document.
    pub name: String,
}

/// Sends notices about documents of one model.
pub fn send(env: &Env, model: &Model, notices: Vec<Notice>) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let root = env.sudo();
    let author = Author::of_user(env)?;
    let subtype = root.xmlid("mail.mt_note")?;
    let messages = notices
        .into_iter()
        .map(|n| Message {
            res_id: n.res_id,
            body: n.body,
            kind: "user_notification".into(),
            subtype,
            subject: n.subject,
            record_name: Some(n.name),
            partners: n.partners,
            is_internal: true,
            ..Message::new(&author)
        })
        .collect();
    post::insert(&root, &model.name, messages).map(|_| ())
}

/// Text inside of an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How the sentence about an assignment is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    /// As `mail` does.
    Document,
    /// As `project` does for tasks.
    Task,
}

/// Tells users that documents are theirs now; who did it himself is not told.
pub fn assigned(env: &Env, model: &Model, pairs: &[(i64, i64)], dress: Dress) -> Result<()> {
    let pairs: Vec<(i64, i64)> = pairs.iter().copied().filter(|(_, user)| *user != env.uid()).collect();
    if pairs.is_empty() || env.flag("mail_auto_subscribe_no_notify") {
        return Ok(());
    }
    let root = env.sudo();
    let docs: Vec<i64> = pairs.iter().map(|(doc, _)| *doc).collect();
    let users: Vec<i64> = pairs.iter().map(|(_, user)| *user).collect();
    let names = root.display_names(&model.name, &docs)?;
    let people: HashMap<i64, (i64, String)> =
        fetch::fetch_existing(&root, root.model("res.users")?, &users, &["partner_id", "name"])?
            .iter()
            .map(|u| (u.id, (u.int("partner_id"), u.str("name").to_owned())))
            .collect();
    let mut notices = Vec::new();
    for (doc, user) in pairs {
        let Some((partner, who)) = people.get(&user) else { continue };
        let name = names.get(&doc).cloned().unwrap_or_default();
        let said = format!(
            "<span style=\"margin-top:8px\">You have been assigned to the {} {}.</span>",
            escaped(&model.description),
            escaped(&name)
        );
        let who = escaped(who);
        notices.push(Notice {
            res_id: doc,
            partners: vec![*partner],
            subject: Some(format!("You have been assigned to {name}")),
            body: match dress {
                Dress::Document => {
                    format!("<span><span>Dear {who},</span>\n    <br><br>\n    {said}\n    <br></span>")
                }
                Dress::Task => format!("\n    Dear {who},\n    <br><br>\n    {said}\n"),
            },
            name,
        });
    }
    send(env, model, notices)
}
