//! `workwarden watch PROJECT`: a run in a terminal, as a client over HTTP, until it is done or has failed.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::start;
use crate::config::Secret;
use crate::error::{Error, Kind, Result};
use crate::value::Json;

mod board;
mod link;

use board::{Board, Look, Stage, State};
use link::{Event, Events, Link};

/// What `watch` takes. Ends with 0 when the run is done, 3 when it has failed, 4 when it waits for an approval
/// (--until-gate), 1 when it cannot be watched.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or name of the project
    project: String,
    /// Where the server is [env: WORKWARDEN_URL]
    #[arg(
        long,
        env = "WORKWARDEN_URL",
        hide_env = true,
        default_value = "http://127.0.0.1:8069",
        value_name = "URL"
    )]
    url: String,
    /// Name of the database [env: WORKWARDEN_DATABASE] [default: workwarden; with a key, the only one there is]
    #[arg(long, env = "WORKWARDEN_DATABASE", hide_env = true, value_name = "NAME")]
    db: Option<String>,
    /// Who logs in [env: WORKWARDEN_LOGIN]
    #[arg(long, env = "WORKWARDEN_LOGIN", hide_env = true, default_value = "admin", value_name = "LOGIN")]
    login: String,
    /// His password [env: WORKWARDEN_PASSWORD]
    #[arg(long, env = "WORKWARDEN_PASSWORD", hide_env = true, value_name = "PASSWORD")]
    password: Option<Secret>,
    /// API key, instead of login and password [env: WORKWARDEN_API_KEY]
    #[arg(long, env = "WORKWARDEN_API_KEY", hide_env = true, value_name = "KEY")]
    api_key: Option<Secret>,
    /// One JSON object a line, for scripts
    #[arg(long)]
    json: bool,
    /// End with 4 when the run waits for an approval
    #[arg(long)]
    until_gate: bool,
}

const FAILED: u8 = 3;
const GATE: u8 = 4;

/// Between two tries to reach the server, at first and at most.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(10);

/// Runs it.
pub fn run(args: Args) -> Result<ExitCode> {
    let look = match (args.json, std::io::stdout().is_terminal()) {
        (true, _) => Look::Json,
        (false, true) => Look::Bars,
        (false, false) => Look::Lines,
    };
    let db = args.db.as_deref().unwrap_or("workwarden");
    start::runtime()?.block_on(async {
        let link = match (&args.api_key, &args.password) {
            (Some(key), _) => Link::by_key(&args.url, args.db.clone(), key.clone())?,
            (None, Some(password)) => Link::by_login(&args.url, db, &args.login, password).await?,
            (None, None) => {
                return Err(Error::user(
                    "Give --api-key or --password (WORKWARDEN_API_KEY, WORKWARDEN_PASSWORD).",
                ));
            }
        };
        let project = find(&link, &args.project).await?;
        let mut watch =
            Watch { link, project, board: Board::new(look), last: None, until_gate: args.until_gate };
        let ended = watch.follow().await;
        watch.board.end();
        ended
    })
}

/// The project of that id or name.
async fn find(link: &Link, wanted: &str) -> Result<i64> {
    let domain = match wanted.parse::<i64>() {
        Ok(id) => json!([["id", "=", id]]),
        Err(_) => json!([["name", "=", wanted]]),
    };
    let found = link.rows("project.project", domain, &["name"]).await?;
    match found.as_slice() {
        [one] => Ok(one["id"].as_i64().unwrap_or(0)),
        [] => Err(Error::user(format!("There is no project {wanted:?} that you may read."))),
        several => {
            let ids: Vec<String> = several.iter().map(|row| row["id"].to_string()).collect();
            Err(Error::user(format!(
                "Several projects are called {wanted:?}: give one of the ids {}.",
                ids.join(", ")
            )))
        }
    }
}

/// Worth another try.
fn ended() -> Error {
    Error::new(Kind::Busy, "The server ended the stream.")
}

struct Watch {
    link: Link,
    project: i64,
    board: Board,
    /// The last event's id.
    last: Option<String>,
    until_gate: bool,
}

impl Watch {
    /// Until the run is over; comes back when the connection is lost.
    async fn follow(&mut self) -> Result<ExitCode> {
        let mut retry = FIRST_RETRY;
        loop {
            let lost = match self.link.events(self.project, self.last.as_deref()).await {
                Ok(events) => {
                    retry = FIRST_RETRY;
                    match self.listen(events).await {
                        Ok(Some(code)) => return Ok(code),
                        Ok(None) => ended(),
                        Err(e) => e,
                    }
                }
                Err(e) => e,
            };
            if lost.kind != Kind::Busy {
                return Err(lost);
            }
            self.board.note(&format!("{} Trying again.", lost.message));
            tokio::time::sleep(retry).await;
            retry = (retry * 2).min(LAST_RETRY);
        }
    }

    /// Some code: it is over. None: the stream is.
    async fn listen(&mut self, mut events: Events) -> Result<Option<ExitCode>> {
        while let Some(event) = events.next().await? {
            self.show(&event);
            if event.kind == "progress" {
                self.board.progress(&event.data);
            } else if !events.has_more() {
                let state = self.read().await?;
                if let Some(code) = self.end(&state) {
                    // A user may be allowed one stream only.
                    drop(events);
                    self.catch_up().await?;
                    self.board.show(&state);
                    if state.state == "failed" {
                        self.board.note(&format!("The run has failed: {}", state.error));
                    }
                    return Ok(Some(code));
                }
                self.board.show(&state);
            }
        }
        Ok(None)
    }

    /// Some code when the run need not be watched any longer.
    fn end(&self, state: &State) -> Option<ExitCode> {
        match state.state.as_str() {
            "done" => Some(ExitCode::SUCCESS),
            "failed" => Some(ExitCode::from(FAILED)),
            "approval_pending" if self.until_gate => Some(ExitCode::from(GATE)),
            _ => None,
        }
    }

    fn show(&mut self, event: &Event) {
        if event.id.is_some() {
            self.last.clone_from(&event.id);
        }
        self.board.event(event);
    }

    /// Shows what led to a state that was read: the stream may be a moment behind it.
    async fn catch_up(&mut self) -> Result<()> {
        let mut events = self.link.events(self.project, self.last.as_deref()).await?;
        while let Some(event) = events.next().await? {
            match event.kind.as_str() {
                "ready" if event.data["current"] == false => {}
                "ready" | "current" => return Ok(()),
                _ => self.show(&event),
            }
        }
        Err(ended())
    }

    /// Where the project stands.
    async fn read(&mut self) -> Result<State> {
        let fields = [
            "name",
            "ai_state",
            "ai_progress",
            "stage_id",
            "ai_error",
            "ai_plan",
            "ai_left",
            "ai_template_id",
        ];
        let mut rows = self.link.rows("project.project", json!([["id", "=", self.project]]), &fields).await?;
        let row =
            rows.pop().ok_or_else(|| Error::user("The project is gone, or no longer yours to read."))?;
        let stages = self.stages(&row).await?;
        self.board.stages(stages);
        let domain = json!([["project_id", "=", self.project]]);
        let tasks = self.link.rows("project.task", domain, &["name", "ai_state"]).await?;
        let text = |row: &Json, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        Ok(State {
            name: text(&row, "name"),
            state: text(&row, "ai_state"),
            progress: row["ai_progress"].as_f64().unwrap_or(0.0) as i64,
            stage: row["stage_id"][0].as_i64().unwrap_or(0),
            left: row["ai_left"].as_array().into_iter().flatten().filter_map(Json::as_i64).collect(),
            error: text(&row, "ai_error"),
            tasks: tasks
                .iter()
                .map(|t| (t["id"].as_i64().unwrap_or(0), text(t, "name"), text(t, "ai_state")))
                .collect(),
        })
    }

    /// The run's own stages once it has begun, the template's before.
    async fn stages(&self, row: &Json) -> Result<Vec<Stage>> {
        let stage = |s: &Json| Stage {
            id: s["id"].as_i64().unwrap_or(0),
            name: s["name"].as_str().unwrap_or_default().to_owned(),
            gate: s["requires_approval"] == true,
        };
        if let Some(plan) = row["ai_plan"].as_array().filter(|plan| !plan.is_empty()) {
            return Ok(plan.iter().map(stage).collect());
        }
        let Some(template) = row["ai_template_id"][0].as_i64() else { return Ok(vec![]) };
        let fields = ["name", "requires_approval", "sequence"];
        let mut rows =
            self.link.rows("ai.project.stage", json!([["template_id", "=", template]]), &fields).await?;
        rows.sort_by_key(|s| s["sequence"].as_i64());
        Ok(rows.iter().map(stage).collect())
    }
}
