//! What a worker does with a job it holds: before the provider's call, and after it. One transaction each.
//!
//! Whatever is stored is stored only if the job is still held as it was claimed; else its result is somebody else's.

use chrono::NaiveDateTime;
use serde_json::json;

use crate::db::job::{self, Again, Fault, Job};
use crate::error::{Error, Kind, Result};
use crate::orm::Env;
use crate::value::{Json, Map};
use crate::workflow::calls::{self, Shape};
use crate::workflow::machine::{Event, Position, State};
use crate::workflow::plan::Stage;
use crate::workflow::provider::{Answer, Failure, Provider, Request};
use crate::workflow::retry::Backoff;
use crate::workflow::run::{Ask, Entry, Run};
use crate::workflow::{system, variables};

/// What there is to do outside a transaction.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing: it was done, or is not ours.
    Nothing,
    /// Call a provider.
    Call(Box<Prepared>),
}

/// A provider's call, and what is needed to store its result.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) provider: Provider,
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
        "task" => begin_task(env, project, job),
        "system" => perform_system(env, project, job).map(|()| Next::Nothing),
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
fn stand_back(run: &Run, job: &Job) -> Result<()> {
    run.env.db(|c| job::release(c, job, true, run.env.now()))?;
    Ok(())
}

fn begin_task(env: &Env, project: i64, job: &Job) -> Result<Next> {
    let run = Run::peek(env, project)?;
    match run.state {
        State::At(Position::Working) => {}
        State::Paused(_) => {
            stand_back(&run, job)?;
            return Ok(Next::Nothing);
        }
        _ => {
            let fault = Fault { name: "stale", message: "The project has gone on without this job." };
            run.env.db(|c| job::fail(c, job, fault, env.now()))?;
            return Ok(Next::Nothing);
        }
    }
    if !run.env.db(|c| job::is_held(c, job))? {
        return Ok(Next::Nothing);
    }
    let prepared = run.env.savepoint(|| prepare(&run, job));
    match prepared {
        Ok(prepared) => Ok(Next::Call(Box::new(prepared))),
        // What the machine's own trouble is may pass; what the prompt or the settings say will not.
        Err(e) if matches!(e.kind, Kind::Retry | Kind::ReadOnly) => Err(e),
        Err(e) => {
            fail(env, project, job, Fault { name: "prompt", message: &e.message })?;
            Ok(Next::Nothing)
        }
    }
}

fn prepare(run: &Run, job: &Job) -> Result<Prepared> {
    let (stage, task) = subject(run, job)?;
    let template = stage.ai_template_id.ok_or_else(|| Error::user("The stage has no prompt."))?;
    let attempts = run.env.fetch_one("project.task", task, &["ai_attempts"])?.int("ai_attempts");
    run.env.write("project.task", &[task], json!({"ai_state": "processing", "ai_attempts": attempts + 1}))?;
    let vars = variables::of_prompt(run, stage, task)?;
    let fault = payload(job)["fault"].as_str().map(str::to_string);
    let (request, shape) = calls::request(&run.env, template, &vars, fault.as_deref())?;
    let provider = job.provider_id.ok_or_else(|| Error::user("The job has no provider."))?;
    let provider = calls::provider(&run.env, i64::from(provider))?;
    provider.check()?;
    Ok(Prepared { provider, request, shape })
}

fn payload(job: &Job) -> Json {
    job.payload.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The stage and the task that a job is about.
fn subject<'r>(run: &'r Run, job: &Job) -> Result<(&'r Stage, i64)> {
    let stage = job.stage_id.and_then(|id| run.plan.get(i64::from(id)));
    let stage = stage.ok_or_else(|| Error::user("The stage of this job is not part of the run."))?;
    let task = job.task_id.map(i64::from).ok_or_else(|| Error::user("The task of this job is gone."))?;
    Ok((stage, task))
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

/// Second transaction after a good answer; false: the job was not held any more and nothing was stored.
pub(crate) fn store(env: &Env, job: &Job, prepared: &Prepared, answer: &Answer, text: &str) -> Result<bool> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(false) };
    let mut run = Run::lock(env, project)?;
    let tokens = answer.prompt_tokens.unwrap_or(0) + answer.completion_tokens.unwrap_or(0);
    if !run.env.db(|c| job::finish(c, job, tokens, env.now()))? {
        return Ok(false);
    }
    let (stage, task) = subject(&run, job)?;
    let record = run.env.fetch_one("project.task", task, &["name"])?;
    let version = supersede(&run, stage.id, task)?;
    let model = if answer.model.is_empty() { &prepared.provider.model } else { &answer.model };
    let values = json!({
        "name": record.str("name"), "artifact_type": prepared.shape.artifact_type, "content": text,
        "project_id": run.id, "task_id": task, "stage_id": stage.id, "version": version,
        "mimetype": prepared.shape.mimetype(), "provider_id": job.provider_id, "model": model,
        "prompt_tokens": answer.prompt_tokens.unwrap_or(0),
        "completion_tokens": answer.completion_tokens.unwrap_or(0), "job_id": job.id,
    });
    run.env.create("ai.artifact", values)?;
    let values = json!({"ai_state": "done", "ai_content": text, "ai_error": false, "ai_feedback": false});
    run.env.write("project.task", &[task], values)?;
    let message = format!("Task \"{}\" was written.", record.str("name"));
    run.log(Entry { kind: "task_done", message: &message, task: Some(task), version, ..Entry::default() })?;
    go_on(&mut run)?;
    Ok(true)
}

/// Makes a task's earlier artifacts of the stage inactive; gives the next version's number.
fn supersede(run: &Run, stage: i64, task: i64) -> Result<i64> {
    let ids = run.env.search("ai.artifact", json!([["task_id", "=", task], ["stage_id", "=", stage]]))?;
    let old = run.env.fetch("ai.artifact", &ids, &["version", "active"])?;
    let active: Vec<i64> = old.iter().filter(|a| a.bool("active")).map(|a| a.id).collect();
    if !active.is_empty() {
        run.env.write("ai.artifact", &active, json!({"active": false}))?;
    }
    Ok(old.iter().map(|a| a.int("version")).max().unwrap_or(0) + 1)
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
    let attempt = u32::try_from(job.attempt()).unwrap_or(1);
    let wait = Backoff::default().wait(attempt, failure.retry_after, setback.random);
    let eta: NaiveDateTime = env.now() + chrono::Duration::from_std(wait).unwrap_or_default();
    let mut next = Map::new();
    if name == "invalid_output" {
        next.insert("fault".into(), failure.message.as_str().into());
    }
    let next = Json::Object(next).to_string();
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

/// The end of a job that will not succeed: its task has failed, the others go on.
fn fail(env: &Env, project: i64, job: &Job, fault: Fault<'_>) -> Result<()> {
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
