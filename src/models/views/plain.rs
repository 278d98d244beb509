//! A view for a model that none is stored for, made from its fields.

use crate::error::{Error, Result};
use crate::models::mail_thread::post::escape;
use crate::orm::field::Kind;
use crate::orm::{Env, Model, access};

/// The markup.
pub fn plain(env: &Env, model: &Model, kind: &str) -> Result<String> {
    let title = escape(&model.description);
    let name = named_by(model);
    Ok(match kind {
        "form" => return form(env, model),
        "list" | "search" => format!(r#"<{kind} string="{title}">{name}</{kind}>"#),
        "graph" => format!(r#"<graph string="{title}">{name}</graph>"#),
        "pivot" => format!(r#"<pivot string="{title}"/>"#),
        "kanban" => {
            format!(r#"<kanban string="{title}"><templates><t t-name="card">{name}</t></templates></kanban>"#)
        }
        "activity" => format!(
            r#"<activity string="{title}"><templates><div t-name="activity-box">{name}</div></templates></activity>"#
        ),
        "calendar" => {
            let first = |names: &[&'static str]| names.iter().copied().find(|n| model.has(n));
            let Some(start) = first(&["date", "date_start", "x_date", "x_date_start"]) else {
                return Err(Error::user("Insufficient fields for Calendar View!"));
            };
            let stop = first(&["date_stop", "date_end", "x_date_stop", "x_date_end"]);
            let stop = stop.map_or(String::new(), |s| format!(r#" date_stop="{s}""#));
            format!(r#"<calendar string="{title}" date_start="{start}"{stop}>{name}</calendar>"#)
        }
        other => return Err(Error::user(format!("No default view of type '{other}' could be found!"))),
    })
}

/// The element of the field that names a record.
fn named_by(model: &Model) -> String {
    let name = model.rec_name.as_deref().filter(|n| model.has(n)).unwrap_or("id");
    format!(r#"<field name="{name}"/>"#)
}

/// Two columns of short fields, below them the wide ones.
fn form(env: &Env, model: &Model) -> Result<String> {
    let (mut short, mut wide) = (Vec::new(), String::new());
    for field in model.fields.values() {
        if field.automatic || !access::sees(env, field)? {
            continue;
        }
        let element = format!(r#"<field name="{}"/>"#, field.name);
        match field.kind {
            Kind::One2many | Kind::Many2many => {
                let lines = env.registry().find(&field.relation).map(named_by).unwrap_or_default();
                wide.push_str(&format!(r#"<field name="{}"><list>{lines}</list></field>"#, field.name));
            }
            Kind::Text | Kind::Html => wide.push_str(&element),
            _ => short.push(element),
        }
    }
    let (left, right) = short.split_at(short.len().div_ceil(2));
    Ok(format!(
        concat!(
            r#"<form><sheet string="{}"><group><group>{}</group><group>{}</group></group>"#,
            "<group>{}</group></sheet></form>"
        ),
        escape(&model.description),
        left.concat(),
        right.concat(),
        wide,
    ))
}
