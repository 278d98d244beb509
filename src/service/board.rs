//! What the pages of `/ai` show of projects, under the rights of who looks.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::json;

use super::App;
use super::watch::readable;
use crate::error::{Error, Result};
use crate::orm::{Env, Page, Record};
use crate::value::{Json, Map};
use crate::workflow::outline::{self, Outline};

/// Tasks shown of a project.
pub const TASKS: usize = 300;
/// Artifacts shown of a project.
pub const ARTIFACTS: usize = 200;
/// Events shown of a project, the newest.
pub const EVENTS: usize = 100;
/// Projects on one page of the list.
pub const PROJECTS: usize = 60;

/// Who looks.
#[derive(Debug, Clone, Serialize)]
pub struct Viewer {
    /// His name.
    pub name: String,
}

/// A project on the list, and the head of its page.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// ai_state.
    pub state: String,
    /// ai_progress.
    pub progress: i64,
    /// The stage it stands in.
    pub stage: String,
    /// Its template.
    pub template: String,
    /// Its manager.
    pub manager: String,
    /// When the run began.
    pub started: Option<String>,
    /// When it was done.
    pub completed: Option<String>,
    /// Why it failed.
    pub error: String,
}

/// A task.
#[derive(Debug, Clone, Serialize)]
pub struct TaskRow {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// ai_state.
    pub state: String,
    /// The stage that makes it.
    pub stage: Option<i64>,
    /// Executions.
    pub attempts: i64,
    /// Why it failed.
    pub error: String,
    /// What was asked for.
    pub feedback: String,
    /// Whether it is approved.
    pub approved: bool,
    /// Bytes written so far while it is being written.
    pub size: i64,
}

/// A file of an artifact.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// Its type.
    pub mimetype: String,
    /// Bytes.
    pub size: i64,
    /// Whether a browser shows it as a picture.
    pub image: bool,
}

/// An artifact.
#[derive(Debug, Clone, Serialize)]
pub struct Piece {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// artifact_type.
    pub kind: String,
    /// Its version.
    pub version: i64,
    /// Whether it is the newest.
    pub active: bool,
    /// Type of the content.
    pub mimetype: String,
    /// The text.
    pub content: String,
    /// The stage it was made for.
    pub stage: Option<i64>,
    /// The task it came from.
    pub task: Option<i64>,
    /// The model that wrote it.
    pub model: String,
    /// Tokens that were read and written.
    pub tokens: (i64, i64),
    /// content_binary.
    pub file: Option<File>,
    /// When it was made.
    pub made: Option<String>,
}

/// A line of the history.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// What.
    pub kind: String,
    /// In words.
    pub message: String,
    /// What a person wrote.
    pub feedback: String,
    /// Who.
    pub user: String,
    /// The task it is about.
    pub task: String,
    /// When.
    pub date: Option<String>,
}

/// All about a project.
#[derive(Debug, Clone, Serialize)]
pub struct Board {
    /// Its head.
    pub project: Card,
    /// Its run.
    pub outline: Outline,
    /// Its tasks, in order.
    pub tasks: Vec<TaskRow>,
    /// Its newest artifacts, in order.
    pub artifacts: Vec<Piece>,
    /// The newest events first.
    pub history: Vec<Line>,
    /// Who looks.
    pub viewer: Viewer,
}

const CARD: [&str; 9] = [
    "name",
    "ai_state",
    "ai_progress",
    "stage_id",
    "ai_template_id",
    "user_id",
    "ai_started_at",
    "ai_completed_at",
    "ai_error",
];

/// A moment as browsers read it; the database's are UTC.
fn moment(at: Option<NaiveDateTime>) -> Option<String> {
    at.map(|t| t.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn limit(most: usize) -> Option<i64> {
    i64::try_from(most).ok()
}

/// The projects with a workflow that the user may read, `state` ones or all, those that wait for somebody first.
pub fn list(app: &App, uid: i64, state: Option<&str>) -> Result<(Vec<Card>, Viewer)> {
    app.reading(uid, Map::new(), |env| {
        let mut domain = vec![json!(["ai_template_id", "!=", false])];
        domain.extend(state.map(|state| json!(["ai_state", "=", state])));
        let page = Page { order: Some("write_date desc, id desc".into()), limit: limit(PROJECTS), offset: 0 };
        let ids = env.search_with("project.project", Json::Array(domain), &page)?;
        let mut cards = cards(env, &ids)?;
        cards.sort_by_key(|card| card.state != "approval_pending");
        Ok((cards, viewer(env)?))
    })
}

fn viewer(env: &Env) -> Result<Viewer> {
    Ok(Viewer { name: env.user()?.name.clone() })
}

fn cards(env: &Env, ids: &[i64]) -> Result<Vec<Card>> {
    let records = env.fetch("project.project", ids, &CARD)?;
    let stages = names(env, "ai.project.stage", records.iter().filter_map(|r| r.opt("stage_id")))?;
    let templates =
        names(env, "ai.project.template", records.iter().filter_map(|r| r.opt("ai_template_id")))?;
    let users = names(env, "res.users", records.iter().filter_map(|r| r.opt("user_id")))?;
    let name = |of: &HashMap<i64, String>, id: Option<i64>| {
        id.and_then(|id| of.get(&id)).cloned().unwrap_or_default()
    };
    let card = |r: &Record| Card {
        id: r.id,
        name: r.str("name").into(),
        state: Some(r.str("ai_state")).filter(|s| !s.is_empty()).unwrap_or("draft").into(),
        progress: r.int("ai_progress"),
        stage: name(&stages, r.opt("stage_id")),
        template: name(&templates, r.opt("ai_template_id")),
        manager: name(&users, r.opt("user_id")),
        started: moment(r.datetime("ai_started_at")),
        completed: moment(r.datetime("ai_completed_at")),
        error: r.str("ai_error").into(),
    };
    Ok(records.iter().map(card).collect())
}

/// Names of what a readable record points to; they are part of it.
fn names(env: &Env, model: &str, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, String>> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let env = env.sudo().with_context(json!({"active_test": false}));
    env.display_names(model, &ids)
}

/// The board of one project. Fails when there is none, or the user may not read it.
pub fn board(app: &App, uid: i64, project: i64) -> Result<Board> {
    app.reading(uid, Map::new(), |env| {
        readable(env, project)?;
        let project_card =
            cards(env, &[project])?.pop().ok_or_else(|| Error::missing("There is no such project."))?;
        Ok(Board {
            project: project_card,
            outline: outline::look_at(env, project)?,
            tasks: tasks(env, project)?,
            artifacts: artifacts(env, json!([["project_id", "=", project], ["active", "=", true]]))?,
            history: history(env, project)?,
            viewer: viewer(env)?,
        })
    })
}

fn tasks(env: &Env, project: i64) -> Result<Vec<TaskRow>> {
    let page = Page { order: Some("sequence, id".into()), limit: limit(TASKS), offset: 0 };
    let ids = env.search_with("project.task", json!([["project_id", "=", project]]), &page)?;
    let fields = ["name", "ai_state", "ai_stage_id", "ai_attempts", "ai_error", "ai_feedback", "ai_approved"];
    let records = env.fetch("project.task", &ids, &fields)?;
    let sizes = sizes(env, project)?;
    let row = |r: &Record| TaskRow {
        id: r.id,
        name: r.str("name").into(),
        state: Some(r.str("ai_state")).filter(|s| !s.is_empty()).unwrap_or("pending").into(),
        stage: r.opt("ai_stage_id"),
        attempts: r.int("ai_attempts"),
        error: r.str("ai_error").into(),
        feedback: r.str("ai_feedback").into(),
        approved: r.bool("ai_approved"),
        size: sizes.get(&r.id).copied().unwrap_or(0),
    };
    Ok(records.iter().map(row).collect())
}

/// How far the texts are that are being written. Jobs are for managers, but this much of them is the task's.
fn sizes(env: &Env, project: i64) -> Result<HashMap<i64, i64>> {
    let env = env.sudo();
    let running = env.search("ai.job", json!([["project_id", "=", project], ["state", "=", "started"]]))?;
    let jobs = env.fetch("ai.job", &running, &["task_id", "progress"])?;
    Ok(jobs.iter().filter_map(|job| Some((job.opt("task_id")?, job.int("progress")))).collect())
}

const PIECE: [&str; 12] = [
    "name",
    "artifact_type",
    "version",
    "active",
    "mimetype",
    "content",
    "stage_id",
    "task_id",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "create_date",
];

fn artifacts(env: &Env, domain: Json) -> Result<Vec<Piece>> {
    let env = env.with_context(json!({"active_test": false}));
    let page = Page { order: Some("id".into()), limit: limit(ARTIFACTS), offset: 0 };
    let ids = env.search_with("ai.artifact", domain, &page)?;
    let records = env.fetch("ai.artifact", &ids, &PIECE)?;
    let files = files(&env, &ids)?;
    let piece = |r: &Record| Piece {
        id: r.id,
        name: r.str("name").into(),
        kind: r.str("artifact_type").into(),
        version: r.int("version").max(1),
        active: r.bool("active"),
        mimetype: r.str("mimetype").into(),
        content: r.str("content").into(),
        stage: r.opt("stage_id"),
        task: r.opt("task_id"),
        model: r.str("model").into(),
        tokens: (r.int("prompt_tokens"), r.int("completion_tokens")),
        file: files.get(&r.id).cloned(),
        made: moment(r.datetime("create_date")),
    };
    Ok(records.iter().map(piece).collect())
}

/// The attachments behind content_binary of artifacts that the user may read, without reading their bytes.
fn files(env: &Env, artifacts: &[i64]) -> Result<HashMap<i64, File>> {
    let env = env.sudo();
    let domain = json!([
        ["res_model", "=", "ai.artifact"],
        ["res_field", "=", "content_binary"],
        ["res_id", "in", artifacts]
    ]);
    let ids = env.search("ir.attachment", domain)?;
    let records = env.fetch("ir.attachment", &ids, &["res_id", "mimetype", "file_size"])?;
    let file = |r: &Record| {
        let mimetype = r.str("mimetype").to_owned();
        let image = mimetype.starts_with("image/") && !mimetype.contains("svg");
        (r.int("res_id"), File { mimetype, size: r.int("file_size"), image })
    };
    Ok(records.iter().map(file).collect())
}

fn history(env: &Env, project: i64) -> Result<Vec<Line>> {
    let page = Page { order: Some("id desc".into()), limit: limit(EVENTS), offset: 0 };
    let ids = env.search_with("ai.event", json!([["project_id", "=", project]]), &page)?;
    let records =
        env.fetch("ai.event", &ids, &["kind", "message", "feedback", "user_id", "task_id", "date"])?;
    let users = names(env, "res.users", records.iter().filter_map(|r| r.opt("user_id")))?;
    let tasks = names(env, "project.task", records.iter().filter_map(|r| r.opt("task_id")))?;
    let name = |of: &HashMap<i64, String>, id: Option<i64>| {
        id.and_then(|id| of.get(&id)).cloned().unwrap_or_default()
    };
    let line = |r: &Record| Line {
        kind: r.str("kind").into(),
        message: r.str("message").into(),
        feedback: r.str("feedback").into(),
        user: name(&users, r.opt("user_id")),
        task: name(&tasks, r.opt("task_id")),
        date: moment(r.datetime("date")),
    };
    Ok(records.iter().map(line).collect())
}

/// One artifact with all its versions, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct Shelf {
    /// Its project.
    pub project: Card,
    /// The one asked for.
    pub piece: Piece,
    /// It and the others of the same task and stage.
    pub versions: Vec<Piece>,
    /// Who looks.
    pub viewer: Viewer,
}

/// An artifact of a project. Fails when there is none, or the user may not read it.
pub fn shelf(app: &App, uid: i64, project: i64, artifact: i64) -> Result<Shelf> {
    app.reading(uid, Map::new(), |env| {
        readable(env, project)?;
        let project_card =
            cards(env, &[project])?.pop().ok_or_else(|| Error::missing("There is no such project."))?;
        let mut found = artifacts(env, json!([["id", "=", artifact], ["project_id", "=", project]]))?;
        let piece =
            found.pop().ok_or_else(|| Error::missing("There is no such artifact in this project."))?;
        let falsy = |id: Option<i64>| id.map_or(Json::Bool(false), Json::from);
        let mut versions = match piece.task {
            Some(task) => artifacts(
                env,
                json!([
                    ["project_id", "=", project],
                    ["task_id", "=", task],
                    ["stage_id", "=", falsy(piece.stage)]
                ]),
            )?,
            None => vec![piece.clone()],
        };
        versions.reverse();
        Ok(Shelf { project: project_card, piece, versions, viewer: viewer(env)? })
    })
}

/// What a page was about when somebody decided on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The stage.
    pub stage: i64,
    /// The round.
    pub round: i64,
}

/// Fails unless there is such a project and the user may read it.
pub fn check(app: &App, uid: i64, project: i64) -> Result<()> {
    app.reading(uid, Map::new(), |env| readable(env, project))
}

/// Calls an action of a project, all in one transaction. With `seen`, only if that is still what stands there: nobody
/// shall approve what he has not seen.
pub fn act(app: &App, uid: i64, project: i64, method: &str, kwargs: &Map, seen: Option<Sight>) -> Result<()> {
    app.with_env(uid, Map::new(), |env| {
        if let Some(seen) = seen {
            let r = env.fetch_one("project.project", project, &["stage_id", "ai_round"])?;
            if (r.int("stage_id"), r.int("ai_round")) != (seen.stage, seen.round) {
                return Err(Error::user(
                    "The project has moved on since this page was shown. Look again, then decide.",
                ));
            }
        }
        env.call("project.project", &[project], method, vec![], kwargs.clone()).map(drop)
    })
}
