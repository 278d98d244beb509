//! `/ai/projects`, `/ai/projects/ID`, `/ai/projects/ID/artifacts/ID`: to look. `forms` is to act.

use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::service::board::{self, Board, Piece};
use crate::value::Json;

use super::super::exchange::{Answer, Exchange};
use super::super::fault;
use super::super::web::{self, login};
use super::render;

/// Nothing from elsewhere, nothing inline; forms go home.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Cookie that carries one sentence over a redirect.
pub const NOTICE: &str = "ai_notice";
/// Text of one artifact that stands in the project's page; longer ones have a page of their own.
const INLINE: usize = 30_000;
/// Of all artifacts together.
const INLINE_ALL: usize = 400_000;

/// The list.
pub fn projects(exchange: &Exchange<'_>) -> Result<Answer> {
    shown(exchange, |exchange| {
        only_get(exchange)?;
        let uid = web::user(exchange)?;
        let state = exchange.request.query_value("state").filter(|s| !s.is_empty());
        let (cards, viewer) = board::list(exchange.app()?, uid, state.as_deref())?;
        let filters: Vec<(&str, &str)> = std::iter::once(("", "All"))
            .chain(
                ["approval_pending", "running", "paused", "failed", "done", "draft"]
                    .map(|s| (s, render::label(s))),
            )
            .collect();
        let context = json!({"title": "Projects", "projects": cards, "viewer": viewer, "filters": filters,
            "chosen": state.unwrap_or_default(), "most": board::PROJECTS});
        page(exchange, 200, "projects.html", context)
    })
}

/// One project.
pub fn project(exchange: &Exchange<'_>) -> Result<Answer> {
    shown(exchange, |exchange| {
        only_get(exchange)?;
        let uid = web::user(exchange)?;
        let board = board::board(exchange.app()?, uid, number(exchange, "id")?)?;
        let id = exchange.session_id().ok_or_else(Error::session_expired)?;
        page(exchange, 200, "project.html", context(&board, &login::token(exchange, id)?))
    })
}

/// One artifact.
pub fn artifact(exchange: &Exchange<'_>) -> Result<Answer> {
    shown(exchange, |exchange| {
        only_get(exchange)?;
        let uid = web::user(exchange)?;
        let shelf =
            board::shelf(exchange.app()?, uid, number(exchange, "id")?, number(exchange, "artifact")?)?;
        let context = json!({"title": shelf.piece.name, "project": shelf.project, "piece": shelf.piece,
            "versions": shelf.versions, "viewer": shelf.viewer});
        page(exchange, 200, "artifact.html", context)
    })
}

fn only_get(exchange: &Exchange<'_>) -> Result<()> {
    match exchange.request.method.as_str() {
        "GET" | "HEAD" => Ok(()),
        _ => Err(fault::method_not_allowed()),
    }
}

/// A number of the path; what is none is no page of ours.
pub fn number(exchange: &Exchange<'_>, name: &str) -> Result<i64> {
    let number = exchange.request.segment(name).parse::<i32>().ok().filter(|n| *n > 0);
    number.map(i64::from).ok_or_else(|| Error::not_found("There is no such page."))
}

fn context(board: &Board, csrf: &str) -> Json {
    let names: serde_json::Map<String, Json> =
        board.outline.stages.iter().map(|s| (s.id.to_string(), s.name.as_str().into())).collect();
    // the newest artifact of each task
    let pieces: serde_json::Map<String, Json> =
        board.artifacts.iter().filter_map(|a| Some((a.task?.to_string(), a.id.into()))).collect();
    let mut left = INLINE_ALL;
    let artifacts: Vec<Json> = board.artifacts.iter().map(|a| with_inline(a, &mut left)).collect();
    let mut outline = json!(board.outline);
    if board.outline.waits == "manual" {
        outline["waits"] = "manual_wait".into();
    }
    json!({"title": board.project.name, "project": board.project, "outline": outline, "tasks": board.tasks,
        "artifacts": artifacts, "history": board.history, "viewer": board.viewer, "csrf": csrf,
        "stage_names": names, "pieces_of": pieces, "most_tasks": board::TASKS,
        "most_artifacts": board::ARTIFACTS, "most_events": board::EVENTS})
}

/// Whether its text stands in the page; what does not is not handed to the template either.
fn with_inline(piece: &Piece, left: &mut usize) -> Json {
    let length = piece.content.len();
    let inline = length > 0 && length <= INLINE.min(*left);
    let mut json = json!(piece);
    json["inline"] = inline.into();
    if inline {
        *left -= length;
    } else if length > 0 {
        json["content"] = true.into();
    }
    json
}

/// A page with its headers and the notice that came with the request.
fn page(exchange: &Exchange<'_>, status: u16, template: &str, mut context: Json) -> Result<Answer> {
    if let Some(said) = exchange.request.cookie(NOTICE) {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(said.as_bytes()).into_owned().collect();
        if let Some((kind, text)) = pairs.first() {
            context["notice"] = json!({"bad": kind == "bad", "text": text});
        }
        exchange.drop_cookie(NOTICE);
    }
    Ok(guarded(Answer::html(status, render::render(template, &context)?)))
}

fn guarded(answer: Answer) -> Answer {
    answer
        .header("content-security-policy", POLICY)
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "same-origin")
        .header("cache-control", "no-store")
}

/// Runs a handler; who is not logged in is sent to the login, other refusals become pages.
pub fn shown(exchange: &Exchange<'_>, handler: impl Fn(&Exchange<'_>) -> Result<Answer>) -> Result<Answer> {
    let error = match handler(exchange) {
        Ok(answer) => return Ok(answer),
        Err(e) => e,
    };
    let (status, words) = match error.kind {
        Kind::SessionExpired => return Ok(to_login(exchange)),
        Kind::Missing | Kind::NotFound => (404, "There is no such project or page, or it has been deleted."),
        Kind::Access | Kind::AccessDenied => (
            403,
            "You may not see this. Ask the project's manager to invite you, or log in as somebody else.",
        ),
        Kind::BadRequest | Kind::User | Kind::Validation => {
            (fault::http_status(&error), error.message.as_str())
        }
        _ => return Err(error),
    };
    let viewer = web::user(exchange).ok().map(|_| json!({"name": ""}));
    let title = render::label(&status.to_string()).to_owned();
    let context = json!({"title": title, "status": status, "words": words, "viewer": viewer});
    page(exchange, status, "error.html", context)
}

fn to_login(exchange: &Exchange<'_>) -> Answer {
    // after a form comes the page it stands on
    let path = match exchange.request.method.as_str() {
        "POST" => exchange.request.path.rsplit_once('/').map_or("/ai/projects", |(page, _)| page).to_owned(),
        _ if exchange.request.query.is_empty() => exchange.request.path.clone(),
        _ => format!("{}?{}", exchange.request.path, exchange.request.query),
    };
    let quoted: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    Answer::redirect(&format!("/web/login?redirect={quoted}"))
}

/// `/ai/static/…`: asked for under a name that changes with them.
pub fn asset(exchange: &Exchange<'_>) -> Result<Answer> {
    let (kind, text) = match exchange.request.segment("name") {
        "page.css" => ("text/css; charset=utf-8", render::CSS),
        "page.js" => ("text/javascript; charset=utf-8", render::JS),
        _ => return Err(Error::not_found("There is no such file.")),
    };
    Ok(Answer::new(200, kind, text)
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("x-content-type-options", "nosniff"))
}
