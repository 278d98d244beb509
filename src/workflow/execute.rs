//! What a worker does with a job it holds, one transaction each: what begins it, and what follows a failure. Tasks
//! begin and end in numbers (`batch`).
//!
//! Whatever is stored is stored only if the job is still held as it was claimed; else its result is somebody else's.

use std::sync::Arc;

use chrono::NaiveDateTime;
use serde_json::json;

use crate::db::job::{self, Again, Fault, Job};
use crate::db::{ColType, Sql};
use crate::error::{Kind, Result};
use crate::orm::Env;
use crate::value::{Json, Map, Value};
use crate::workflow::calls::Shape;
use crate::workflow::cli_loop::Iteration;
use crate::workflow::machine::{Event, State};
use crate::workflow::provider::{Failure, Post, Provider, Request};
use crate::workflow::retry::Backoff;
use crate::workflow::run::{Ask, Entry, Run};
use crate::workflow::{batch, cli_loop, system, webhook};

/// What there is to do outside a transaction.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing: it was done, or is not ours.
    Nothing,
    /// Call a provider.
    Call(Box<Prepared>),
    /// Deliver a webhook.
    Post(Box<Post>),
    /// Run a command once.
    Iterate(Box<Iteration>),
}

/// A provider's call, and what is needed to store its result.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) provider: Arc<Provider>,
    pub(crate) request: Request,
    pub(crate) shape: Shape,
}

/// First transaction of a claimed job.
pub(crate) fn begin(env: &Env, job: &Job) -> Result<Next> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(Next::Nothing) };
    if job.is_poison() {
        let message = "The server was lost again and again while it worked on this.";
        fail(env, project, job, Fault { name: "lost", message })?;
        return Ok(Next::Nothing);
    }
    match job.kind.as_str() {
        "task" => Ok(batch::begin(env, &[job])?.pop().unwrap_or(Next::Nothing)),
        "system" => perform_system(env, project, job).map(|()| Next::Nothing),
        "webhook" => begin_webhook(env, project, job),
        "cli_loop" => cli_loop::begin(env, project, job),
        "delay" => timer(env, project, job, Event::DelayPassed),
        "gate_timeout" => timer(env, project, job, Event::GateTimeout),
        other => {
            let message = format!("This server cannot do jobs of the kind \"{other}\".");
            fail(env, project, job, Fault { name: "unknown_kind", message: &message })?;
            Ok(Next::Nothing)
        }
    }
}

fn timer(env: &Env, project: i64, job: &Job, event: Event) -> Result<Next> {
    let mut run = Run::lock(env, project)?;
    if matches!(run.state, State::Paused(_)) {
        stand_back(&run, job)?;
    } else if env.db(|c| job::finish(c, job, 0, env.now()))? {
        run.act(event, &Ask::default())?;
    }
    Ok(Next::Nothing)
}

/// A job of a paused project goes back as if it had not been claimed.
pub(crate) fn stand_back(run: &Run, job: &Job) -> Result<()> {
    run.env.db(|c| job::release(c, job, true, run.env.now()))?;
    Ok(())
}

/// What the attempt before left behind.
pub(crate) fn payload(job: &Job) -> Json {
    job.payload.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn perform_system(env: &Env, project: i64, job: &Job) -> Result<()> {
    let mut run = Run::lock(env, project)?;
    if matches!(run.state, State::Paused(_)) {
        return stand_back(&run, job);
    }
    if !run.env.db(|c| job::is_held(c, job))? {
        return Ok(());
    }
    let stage = run.current()?.clone();
    let done = run.env.savepoint(|| system::perform(&run, &stage));
    let now = env.now();
    match done {
        Ok(()) => run.env.db(|c| job::finish(c, job, 0, now))?,
        Err(e) if matches!(e.kind, Kind::Retry) => return Err(e),
        Err(e) => run.env.db(|c| job::fail(c, job, Fault { name: "system", message: &e.message }, now))?,
    };
    run.settle()?;
    run.save()
}

fn begin_webhook(env: &Env, project: i64, job: &Job) -> Result<Next> {
    let run = Run::peek(env, project)?;
    if matches!(run.state, State::Paused(_)) {
        stand_back(&run, job)?;
        return Ok(Next::Nothing);
    }
    if !run.env.db(|c| job::is_held(c, job))? {
        return Ok(Next::Nothing);
    }
    match run.current().cloned().and_then(|stage| webhook::prepare(&run, &stage, job)) {
        Ok(post) => Ok(Next::Post(Box::new(post))),
        Err(e) if e.is_of_rules() => {
            fail(env, project, job, Fault { name: "setup", message: &e.message })?;
            Ok(Next::Nothing)
        }
        Err(e) => Err(e),
    }
}

/// Second transaction of a webhook that was delivered; false: the job was not held any more.
pub(crate) fn delivered(env: &Env, job: &Job) -> Result<bool> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(false) };
    let mut run = Run::lock(env, project)?;
    if !run.env.db(|c| job::finish(c, job, 0, env.now()))? {
        return Ok(false);
    }
    go_on(&mut run)?;
    Ok(true)
}

/// After a job ended: the run goes on if it is at work, else its place is only written down.
fn go_on(run: &mut Run) -> Result<()> {
    run.settle()?;
    run.save()
}

/// A failed call: another try later, or the end of the task.
pub(crate) struct Setback<'a> {
    pub(crate) failure: &'a Failure,
    /// Uniform in [0, 1).
    pub(crate) random: f64,
}

/// Second transaction after a failure.
pub(crate) fn set_back(env: &Env, job: &Job, setback: &Setback<'_>) -> Result<()> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(()) };
    let failure = setback.failure;
    let name = failure.name();
    let fault = Fault { name: &name, message: &failure.message };
    if !failure.retryable() || job.is_last() {
        return fail(env, project, job, fault);
    }
    let run = Run::lock(env, project)?;
    let attempt = u32::try_from(job.attempt() - job.lost.unwrap_or(0)).unwrap_or(1);
    let wait = Backoff::default().wait(attempt, failure.retry_after, setback.random);
    let eta: NaiveDateTime = env.now() + chrono::Duration::from_std(wait).unwrap_or_default();
    let mut next = Map::new();
    if name == "invalid_output" {
        next.insert("fault".into(), failure.message.as_str().into());
    }
    let next = Json::Object(next).to_string();
    if let (Some(provider), Some(_)) = (job.provider_id, failure.retry_after) {
        leave_alone(env, i64::from(provider), eta)?;
    }
    let held = matches!(run.state, State::Paused(_));
    let again = Again { eta, payload: Some(&next), held };
    if run.env.db(|c| job::again(c, job, fault, again, env.now()))?
        && let Some(task) = job.task_id
    {
        let values = json!({"ai_state": "queued", "ai_error": failure.message});
        run.env.write("project.task", &[i64::from(task)], values)?;
    }
    Ok(())
}

/// A provider that asks for a pause is not called before, by no job and no process.
fn leave_alone(env: &Env, provider: i64, until: NaiveDateTime) -> Result<()> {
    let at = |sql: Sql| sql.bind(ColType::DateTime, Value::DateTime(until));
    let sql = at(Sql::of("UPDATE ai_provider SET paused_until = ")).raw(" WHERE id = ").int(provider);
    env.execute(&at(sql.raw(" AND (paused_until IS NULL OR paused_until < ")).raw(")"))?;
    Ok(())
}

/// The end of a job that will not succeed: its task has failed, the others go on.
pub(crate) fn fail(env: &Env, project: i64, job: &Job, fault: Fault<'_>) -> Result<()> {
    let mut run = Run::lock(env, project)?;
    if !run.env.db(|c| job::fail(c, job, fault, env.now()))? {
        return Ok(());
    }
    if let Some(task) = job.task_id.map(i64::from) {
        let values = json!({"ai_state": "failed", "ai_error": fault.message});
        run.env.write("project.task", &[task], values)?;
        let entry =
            Entry { kind: "task_failed", message: fault.message, task: Some(task), ..Entry::default() };
        run.log(entry)?;
    }
    go_on(&mut run)
}

/// The server stops: the job is free for others, as if it had not been claimed.
pub(crate) fn release(env: &Env, job: &Job) -> Result<()> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(()) };
    let run = Run::lock(env, project)?;
    let held = matches!(run.state, State::Paused(_));
    if run.env.db(|c| job::release(c, job, held, env.now()))?
        && let Some(task) = job.task_id
    {
        run.env.write("project.task", &[i64::from(task)], json!({"ai_state": "queued"}))?;
    }
    Ok(())
}
