//! `workwarden job list|retry|cancel`: the queue at the shell, for operators. What may be done is what `ai.job` allows.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{say, start};
use crate::config::Settings;
use crate::db::job;
use crate::error::Result;
use crate::orm::{Env, SUPERUSER};
use crate::value::{Json, Map};

/// What `job` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List jobs, newest first; without --state, those that are not over and those that failed
    List {
        /// Only jobs in this state; may be repeated
        #[arg(long = "state", value_enum, value_name = "STATE")]
        states: Vec<State>,
        /// Only jobs of the project with this id
        #[arg(long, value_name = "ID")]
        project: Option<i64>,
        /// So many at most
        #[arg(long, default_value_t = 50, value_name = "COUNT")]
        limit: u32,
        /// One JSON object a line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Queue jobs again that failed or were cancelled; where a project failed with them, its whole stage goes on
    Retry {
        /// Ids of jobs
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Cancel jobs that are not over; their tasks count as failed
    Cancel {
        /// Ids of jobs
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// A value of `ai.job.state`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    Wait,
    Pending,
    Started,
    Done,
    Failed,
    Cancelled,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let settings = args.settings;
    match args.command {
        Command::List { states, project, limit, json } => {
            let mut domain = vec![json!(["state", "in", names(&states)])];
            domain.extend(project.map(|id| json!(["project_id", "=", id])));
            list(settings, &Json::Array(domain), limit, json)
        }
        Command::Retry { ids } => act(settings, &ids, "queued again", retry),
        Command::Cancel { ids } => act(settings, &ids, "cancelled", |env, id| call(env, id, "action_cancel")),
    }
}

fn names(states: &[State]) -> Vec<String> {
    if states.is_empty() {
        return ["wait", "pending", "started", "failed"].map(String::from).into();
    }
    let name = |state: &State| state.to_possible_value().map(|v| v.get_name().to_owned());
    states.iter().filter_map(name).collect()
}

const FIELDS: [&str; 11] = [
    "id",
    "state",
    "kind",
    "project_id",
    "task_id",
    "attempt",
    "max_attempts",
    "eta",
    "lease_until",
    "worker",
    "error",
];

fn list(settings: Settings, domain: &Json, limit: u32, json: bool) -> Result<()> {
    let config = start::configure(settings)?;
    let (app, _) = start::open(&config)?;
    let kwargs = json!({"domain": domain, "fields": FIELDS, "order": "id desc", "limit": limit});
    let kwargs = kwargs.as_object().cloned().unwrap_or_default();
    let rows = app.reading(SUPERUSER, Map::new(), |env| {
        env.call("ai.job", &[], "search_read", vec![], kwargs.clone())
    })?;
    let rows = rows.as_array().cloned().unwrap_or_default();
    if json {
        rows.iter().for_each(|row| say!("{row}"));
        return Ok(());
    }
    say!(
        "{:>8} {:9} {:12} {:>8} {:>8} {:>7} {:19} error",
        "id",
        "state",
        "kind",
        "project",
        "task",
        "attempt",
        "due"
    );
    for row in &rows {
        let id = |field: &str| row[field][0].as_i64().map_or("-".into(), |id| id.to_string());
        let text = |field: &str| row[field].as_str().unwrap_or("").to_owned();
        let attempt = format!("{}/{}", row["attempt"], row["max_attempts"]);
        let error: String = text("error").lines().next().unwrap_or("").chars().take(100).collect();
        say!(
            "{:>8} {:9} {:12} {:>8} {:>8} {attempt:>7} {:19} {error}",
            row["id"],
            text("state"),
            text("kind"),
            id("project_id"),
            id("task_id"),
            text("eta")
        );
    }
    say!("{} jobs", rows.len());
    Ok(())
}

/// Does it to each job, or to none.
fn act(settings: Settings, ids: &[i64], done: &str, f: impl Fn(&Env, i64) -> Result<()>) -> Result<()> {
    let config = start::configure(settings)?;
    let (app, _) = start::open(&config)?;
    app.with_env(SUPERUSER, Map::new(), |env| ids.iter().try_for_each(|&id| f(env, id)))?;
    say!("{} jobs {done}.", ids.len());
    Ok(())
}

fn call(env: &Env, id: i64, method: &str) -> Result<()> {
    env.call("ai.job", &[id], method, vec![], Map::new()).map(drop)
}

/// A job alone while its project is at work; else the project's workflow, which takes up all that failed in it.
fn retry(env: &Env, id: i64) -> Result<()> {
    let record = env.fetch_one("ai.job", id, &["state", "project_id", "task_id"])?;
    let (task, project) = (record.opt("task_id"), record.opt("project_id"));
    if !matches!(record.str("state"), "failed" | "cancelled") || project.is_none() {
        return call(env, id, "action_requeue");
    }
    let project = project.unwrap_or_default();
    if env.fetch_one("project.project", project, &["ai_state"])?.str("ai_state") == "failed" {
        return env
            .call("project.project", &[project], "action_retry_workflow", vec![], Map::new())
            .map(drop);
    }
    // Several failed jobs of one project: the first one's retry has taken up the others.
    let task = task.map_or(Json::Bool(false), Json::from);
    let again = json!([
        ["project_id", "=", project],
        ["task_id", "=", task],
        ["id", ">", id],
        ["state", "in", job::OPEN]
    ]);
    if env.count("ai.job", again)? > 0 {
        return Ok(());
    }
    call(env, id, "action_requeue")
}
