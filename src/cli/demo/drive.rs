//! The demo's own part: what a person with an Odoo client does to a website workflow, call by call.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use serde_json::json;

use super::board::Board;
use crate::cli::client::Client;
use crate::cli::say;
use crate::error::{Error, Result};
use crate::value::Json;

/// Between two looks at the project.
const GLANCE: Duration = Duration::from_millis(150);
/// A run that shows nothing new for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(600);
/// What the demo asks for when it asks for a change.
const FEEDBACK: &str = "Shorter, please, and mention the opening hours.";

/// A stage of the run.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) mode: String,
    auto_advance: bool,
    gate: bool,
}

/// Where the project stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Project {
    pub(super) state: String,
    pub(super) progress: f64,
    pub(super) stage_id: i64,
    error: String,
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    id: i64,
    name: String,
    pub(super) state: String,
    pub(super) stage_id: i64,
}

/// What to run and how.
#[derive(Debug)]
pub(super) struct Plan {
    /// `echo:` or the base of an OpenAI-compatible API.
    pub(super) api_base: String,
    /// The model's name there.
    pub(super) model: String,
    /// Its key, if it wants one.
    pub(super) api_key: Option<crate::config::Secret>,
    /// Whether a person decides at the gates.
    pub(super) interactive: bool,
}

/// Makes provider and project, starts the workflow, watches it, decides at its gates, lists what came out.
pub(super) async fn website(client: &Client, plan: &Plan) -> Result<()> {
    let template = find_template(client).await?;
    let provider = create_provider(client, plan).await?;
    let project = create_project(client, template, provider).await?;
    let stages = stages_of(client, template).await?;
    let gates = stages.iter().filter(|s| s.gate).count();
    say!(
        "Project {project}: {} stages, {gates} gates, three pages, written by {}.\n",
        stages.len(),
        plan.api_base
    );
    client.call("project.project", "action_start_workflow", json!([[project]]), json!({})).await?;
    let run = Run { client, plan, project, board: Board::new(&stages), stages };
    run.watch().await?;
    run.list_artifacts().await
}

async fn find_template(client: &Client) -> Result<i64> {
    let found =
        client.search_read("ai.project.template", json!([["code", "=", "website"]]), &["name"]).await?;
    found
        .first()
        .map(|row| int(row, "id"))
        .ok_or_else(|| Error::user("This database has no website template."))
}

async fn create_provider(client: &Client, plan: &Plan) -> Result<i64> {
    let mut values =
        json!({"name": "Demo", "provider_type": "local", "model": plan.model, "api_base": plan.api_base});
    if let Some(key) = &plan.api_key {
        values["api_key"] = key.expose().into();
    }
    client.create("ai.provider", values).await
}

async fn create_project(client: &Client, template: i64, provider: i64) -> Result<i64> {
    let params = json!({
        "company_name": "Crumb & Crust", "industry": "bakery", "website_type": "company", "page_count": 3,
        "target_audience": "people of the quarter", "theme_style": "warm",
        "description": "A family bakery that bakes sourdough bread every night and sells it in the morning.",
    });
    let values = json!({
        "name": "Website of Crumb & Crust", "ai_template_id": template, "ai_provider_id": provider,
        "ai_params": params,
    });
    client.create("project.project", values).await
}

async fn stages_of(client: &Client, template: i64) -> Result<Vec<Stage>> {
    let fields = ["name", "execution_mode", "auto_advance", "requires_approval"];
    let kwargs = json!({"fields": fields, "order": "sequence, id"});
    let rows = client
        .call("ai.project.stage", "search_read", json!([[["template_id", "=", template]]]), kwargs)
        .await?;
    let stage = |row: &Json| Stage {
        id: int(row, "id"),
        name: text(row, "name"),
        mode: text(row, "execution_mode"),
        auto_advance: row["auto_advance"] == true,
        gate: row["requires_approval"] == true,
    };
    Ok(rows.as_array().into_iter().flatten().map(stage).collect())
}

struct Run<'a> {
    client: &'a Client,
    plan: &'a Plan,
    project: i64,
    board: Board,
    stages: Vec<Stage>,
}

impl Run<'_> {
    /// Until the project is done.
    async fn watch(&self) -> Result<()> {
        let mut last = None;
        let mut moved = Instant::now();
        let mut asked = false;
        loop {
            let (project, tasks) = (self.look().await?, self.tasks().await?);
            self.board.show(&project, &tasks);
            match project.state.as_str() {
                "done" => return Ok(()),
                "failed" => return Err(Error::user(format!("The workflow failed: {}", project.error))),
                "approval_pending" => self.decide(&project, &tasks, &mut asked).await?,
                "running" => self.push(&project, &tasks).await?,
                _ => {}
            }
            let now = Some((project, tasks));
            if now != last {
                (last, moved) = (now, Instant::now());
            } else if moved.elapsed() > PATIENCE {
                return Err(Error::user("The workflow has not moved for ten minutes."));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn look(&self) -> Result<Project> {
        let fields = ["ai_state", "ai_progress", "stage_id", "ai_error"];
        let row = self.client.read("project.project", self.project, &fields).await?;
        Ok(Project {
            state: text(&row, "ai_state"),
            progress: row["ai_progress"].as_f64().unwrap_or(0.0),
            stage_id: many2one(&row, "stage_id"),
            error: text(&row, "ai_error"),
        })
    }

    async fn tasks(&self) -> Result<Vec<Task>> {
        let domain = json!([["project_id", "=", self.project]]);
        let rows =
            self.client.search_read("project.task", domain, &["name", "ai_state", "ai_stage_id"]).await?;
        let task = |row: &Json| Task {
            id: int(row, "id"),
            name: text(row, "name"),
            state: text(row, "ai_state"),
            stage_id: many2one(row, "ai_stage_id"),
        };
        Ok(rows.iter().map(task).collect())
    }

    /// A person's part outside gates: a manual stage, or one that does not go on by itself.
    async fn push(&self, project: &Project, tasks: &[Task]) -> Result<()> {
        let Some(stage) = self.stages.iter().find(|stage| stage.id == project.stage_id) else {
            return Ok(());
        };
        let idle = !tasks.iter().any(|task| task.stage_id == stage.id && task.state != "done");
        let ours = stage.mode == "manual" || (!stage.auto_advance && idle);
        if ours && !stage.gate {
            self.board.say(&format!("> {}: done by hand, on to the next stage", stage.name));
            self.project_call("action_next_stage", json!({})).await?;
        }
        Ok(())
    }

    /// Shows what stands at the gate and approves it, but at the last gate asks for one change first.
    async fn decide(&self, project: &Project, tasks: &[Task], asked: &mut bool) -> Result<()> {
        let at = self.stages.iter().position(|stage| stage.id == project.stage_id).unwrap_or(0);
        let last = !self.stages.iter().skip(at + 1).any(|stage| stage.gate);
        self.board.say(&format!("\n| Gate: {}", self.stages.get(at).map_or("", |stage| &stage.name)));
        let artifacts = self.artifacts().await?;
        for artifact in artifacts.iter().rev().take(4).rev() {
            self.board.say(&format!("|   {}", summary(artifact)));
        }
        let pages: Vec<&Json> =
            artifacts.iter().filter(|artifact| artifact["artifact_type"] == "page").collect();
        let scripted = if last && !*asked { Decision::Change(FEEDBACK.into()) } else { Decision::Approve };
        let decision = if self.plan.interactive { self.ask().await? } else { scripted };
        match decision {
            Decision::Approve => {
                self.board.say("> approved\n");
                self.project_call("action_approve_stage", json!({})).await
            }
            Decision::Change(feedback) => {
                *asked = true;
                // The script wants one page changed, a person what stands at the gate.
                let page = pages.first().filter(|_| !self.plan.interactive);
                let chosen =
                    page.and_then(|page| tasks.iter().find(|task| task.id == many2one(page, "task_id")));
                let whose = chosen.map_or("everything here", |task| task.name.as_str());
                self.board.say(&format!("> changes requested for {whose}: {feedback}\n"));
                let mut kwargs = json!({"feedback": feedback});
                if let Some(task) = chosen {
                    kwargs["task_ids"] = json!([task.id]);
                }
                self.project_call("action_request_changes", kwargs).await
            }
            Decision::Reject(reason) => {
                self.project_call("action_reject_stage", json!({"reason": reason})).await
            }
        }
    }

    /// Asks the person at the terminal, off the runtime's threads.
    async fn ask(&self) -> Result<Decision> {
        tokio::task::spawn_blocking(ask_on_terminal)
            .await
            .map_err(|e| Error::internal(format!("the question failed: {e}")))?
    }

    async fn project_call(&self, method: &str, kwargs: Json) -> Result<()> {
        self.client.call("project.project", method, json!([[self.project]]), kwargs).await.map(drop)
    }

    async fn artifacts(&self) -> Result<Vec<Json>> {
        let fields = ["name", "artifact_type", "version", "content", "task_id"];
        self.client.search_read("ai.artifact", json!([["project_id", "=", self.project]]), &fields).await
    }

    async fn list_artifacts(&self) -> Result<()> {
        let artifacts = self.artifacts().await?;
        say!("\n{} artifacts:", artifacts.len());
        for artifact in &artifacts {
            say!("  {}", summary(artifact));
        }
        Ok(())
    }
}

/// What a person may decide at a gate.
enum Decision {
    Approve,
    Change(String),
    Reject(String),
}

fn ask_on_terminal() -> Result<Decision> {
    let failed = |e: std::io::Error| Error::user(format!("Cannot read the answer: {e}"));
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let mut out = std::io::stdout();
        write!(out, "? Enter approves, text asks for that change, !text rejects: ").map_err(failed)?;
        out.flush().map_err(failed)?;
        let answer =
            lines.next().ok_or_else(|| Error::user("No answer: the input ended."))?.map_err(failed)?;
        match answer.trim() {
            "" => return Ok(Decision::Approve),
            "!" => say!("  a rejection needs a reason"),
            text if text.starts_with('!') => return Ok(Decision::Reject(text[1..].trim().to_owned())),
            text => return Ok(Decision::Change(text.to_owned())),
        }
    }
}

/// One line about an artifact: type, name, version, size, its first words.
fn summary(artifact: &Json) -> String {
    let content = text(artifact, "content");
    let words: String = content.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
    let (kind, name) = (text(artifact, "artifact_type"), text(artifact, "name"));
    let version = int(artifact, "version").max(1);
    format!("{kind:8} {name} v{version}, {} characters: {words}", content.chars().count())
}

fn int(row: &Json, field: &str) -> i64 {
    row[field].as_i64().unwrap_or(0)
}

/// Odoo sends false for an empty text.
fn text(row: &Json, field: &str) -> String {
    row[field].as_str().unwrap_or_default().to_owned()
}

/// `[id, name]` or false.
fn many2one(row: &Json, field: &str) -> i64 {
    row[field][0].as_i64().unwrap_or(0)
}
