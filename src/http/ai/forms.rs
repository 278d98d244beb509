//! `POST /ai/projects/ID/ACTION`: what the buttons of a project's page do. Then back to the page, with a sentence when
//! it was not possible.

use serde_json::json;

use crate::crypt;
use crate::error::{Error, Kind, Result};
use crate::service::board::{self, Sight};
use crate::value::Map;

use super::super::exchange::{Answer, Exchange};
use super::super::fault;
use super::super::web::{self, login};
use super::pages::{self, NOTICE};

/// A button's name, the method behind it, and whether it is a judgement on what the page showed.
const ACTIONS: [(&str, &str, bool); 10] = [
    ("start", "action_start_workflow", false),
    ("next", "action_next_stage", false),
    ("approve", "action_approve_stage", true),
    ("changes", "action_request_changes", true),
    ("reject", "action_reject_stage", true),
    ("pause", "action_pause_workflow", false),
    ("resume", "action_resume_workflow", false),
    ("retry", "action_retry_workflow", false),
    ("cancel", "action_cancel_workflow", false),
    ("reset", "action_reset_workflow", false),
];

/// Longest sentence that goes into a cookie, in characters.
const SENTENCE: usize = 600;

/// One button.
pub fn act(exchange: &Exchange<'_>) -> Result<Answer> {
    pages::shown(exchange, |exchange| {
        let request = exchange.request;
        let project = pages::number(exchange, "id")?;
        let name = request.segment("action");
        let &(_, method, judges) = ACTIONS
            .iter()
            .find(|(action, ..)| *action == name)
            .ok_or_else(|| Error::not_found("There is no such action."))?;
        if request.method != "POST" {
            return Err(fault::method_not_allowed());
        }
        let uid = web::user(exchange)?;
        check_token(exchange)?;
        // who may not even see it gets no sentence about what stands there
        board::check(exchange.app()?, uid, project)?;
        exchange.note_call(format!("project.project.{method}"));
        let seen = if judges { Some(sight(exchange)?) } else { None };
        let done = board::act(exchange.app()?, uid, project, method, &arguments(exchange, name)?, seen);
        let notice = match done {
            Ok(()) => None,
            Err(e) if matches!(e.kind, Kind::User | Kind::Validation | Kind::Access) => Some(e.message),
            Err(e) => return Err(e),
        };
        if let Some(text) = notice {
            let text: String = text.chars().take(SENTENCE).collect();
            let said: String =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("bad", &text).finish();
            exchange.set_cookie(NOTICE, &said, 60);
        }
        Ok(Answer::redirect(&format!("/ai/projects/{project}")))
    })
}

/// Only a page of ours, made for this session, knows the token.
fn check_token(exchange: &Exchange<'_>) -> Result<()> {
    let expected =
        exchange.session_id().map(|id| login::token(exchange, id)).transpose()?.unwrap_or_default();
    let given = exchange.request.form_value("csrf_token").unwrap_or_default();
    if expected.is_empty() || !crypt::equal(expected.as_bytes(), given.as_bytes()) {
        return Err(Error::bad_request("The form has expired. Go back, reload the page and try again."));
    }
    Ok(())
}

fn sight(exchange: &Exchange<'_>) -> Result<Sight> {
    let number = |name: &str| {
        let text = exchange.request.form_value(name).unwrap_or_default();
        text.parse::<i64>().map_err(|_| Error::bad_request(format!("The form lacks the number {name:?}.")))
    };
    Ok(Sight { stage: number("stage")?, round: number("round")? })
}

fn arguments(exchange: &Exchange<'_>, action: &str) -> Result<Map> {
    let mut kwargs = Map::new();
    let text = |name: &str| exchange.request.form_value(name).unwrap_or_default();
    match action {
        "changes" => kwargs.insert("feedback".into(), text("feedback").into()),
        "reject" => kwargs.insert("reason".into(), text("reason").into()),
        _ => None,
    };
    let tasks = url::form_urlencoded::parse(&exchange.request.body).filter(|(name, _)| name == "task_ids");
    let tasks: Vec<i64> = tasks
        .map(|(_, id)| {
            id.parse::<i64>().map_err(|_| Error::bad_request("task_ids: a task's id is a number."))
        })
        .collect::<Result<_>>()?;
    if !tasks.is_empty() && matches!(action, "changes" | "approve") {
        kwargs.insert("task_ids".into(), json!(tasks));
    }
    Ok(kwargs)
}
