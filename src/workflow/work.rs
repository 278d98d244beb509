//! The work of a stage: its tasks and jobs, who provides, what is queued, how it stands.

use std::collections::HashMap;

use serde_json::json;

use crate::db::{ColType, Sql, job};
use crate::error::{Error, Result};
use crate::orm::{Env, Record};
use crate::value::{Json, Map, Value};
use crate::workflow::definition::Action;
use crate::workflow::machine::{Mode, Work};
use crate::workflow::plan::Stage;
use crate::workflow::run::{Ask, Entry, Run, has_tasks};
use crate::workflow::{cli_loop, system, webhook};

/// Kinds of jobs that are a stage's work; timers are not.
pub(crate) const WORK: [&str; 4] = ["task", "system", "webhook", "cli_loop"];

const TASK_FIELDS: [&str; 6] = ["name", "ai_state", "ai_stage_id", "ai_approved", "ai_error", "sequence"];

/// The project's tasks, in their order.
pub(crate) fn tasks(run: &Run) -> Result<Vec<Record>> {
    let env = run.env.with_context(json!({"active_test": true}));
    let ids = env.search("project.task", json!([["project_id", "=", run.id]]))?;
    let mut tasks = env.fetch("project.task", &ids, &TASK_FIELDS)?;
    tasks.sort_by_key(|t| (t.int("sequence"), t.id));
    Ok(tasks)
}

/// Queues what the current stage still has to do. Calling it again adds nothing.
pub(crate) fn start(run: &mut Run) -> Result<()> {
    let stage = run.current()?.clone();
    match stage.mode() {
        Mode::Manual => Ok(()),
        Mode::Ai => start_tasks(run, &stage),
        Mode::System | Mode::CliLoop => start_one(run, &stage),
    }
}

fn start_tasks(run: &mut Run, stage: &Stage) -> Result<()> {
    let all = tasks(run)?;
    let mut pending: Vec<i64> =
        all.iter().filter(|t| is_own(stage, t) && is_pending(t)).map(|t| t.id).collect();
    let has_own = all.iter().any(|t| t.opt("ai_stage_id") == Some(stage.id));
    if pending.is_empty() && !has_own {
        pending.push(run.env.create("project.task", new_task(run, &stage.name, stage.id, 10))?);
    }
    queue(run, stage, &pending)
}

/// Values of a task that the engine makes.
pub(crate) fn new_task(run: &Run, name: &str, stage: i64, sequence: i64) -> Json {
    json!({"name": name, "project_id": run.id, "ai_stage_id": stage, "sequence": sequence, "user_ids": []})
}

fn is_pending(task: &Record) -> bool {
    matches!(task.str("ai_state"), "pending" | "")
}

/// Puts tasks of a stage into the queue.
pub(crate) fn queue(run: &Run, stage: &Stage, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let provider = resolve(&run.env, stage, run.provider, run.template)?;
    let limits = run.env.fetch_one("ai.provider", provider, &["max_attempts"])?;
    let narrow = |id: i64| i32::try_from(id).ok();
    let jobs: Vec<_> = ids
        .iter()
        .map(|&task| job::NewJob {
            kind: "task".into(),
            task_id: narrow(task),
            stage_id: narrow(stage.id),
            provider_id: narrow(provider),
            max_attempts: narrow(limits.int("max_attempts").max(1)).unwrap_or(1),
            identity_key: format!("task:{}:{}:{task}:{}", run.id, stage.id, run.round),
            ..run.new_job()
        })
        .collect();
    run.env.db(|c| job::enqueue(c, &jobs))?;
    let values = json!({"ai_state": "queued", "ai_stage_id": stage.id, "ai_error": false});
    run.env.write("project.task", ids, values)?;
    let queued =
        |&task| Entry { kind: "task_queued", message: "Queued.", task: Some(task), ..Entry::default() };
    run.log_many(&ids.iter().map(queued).collect::<Vec<_>>())
}

/// The one job that is the whole work of a stage without tasks.
fn start_one(run: &Run, stage: &Stage) -> Result<()> {
    let identity = whole_identity(run, stage);
    // After changes to tasks of earlier stages, it waits for them and runs once more.
    let (open, last) =
        run.env.db(|c| Ok((job::open_count(c, run.key(), &WORK)?, job::last_state(c, &identity)?)))?;
    if open > 0 || last.is_some() {
        return Ok(());
    }
    let mut new =
        job::NewJob { stage_id: i32::try_from(stage.id).ok(), identity_key: identity, ..run.new_job() };
    if stage.mode() == Mode::CliLoop {
        new.kind = "cli_loop".into();
        new.payload = cli_loop::payload(&run.words);
    } else if system::action(run, stage)? == Action::Webhook {
        new.kind = "webhook".into();
        new.max_attempts = webhook::ATTEMPTS;
    } else {
        new.kind = "system".into();
    }
    run.env.db(|c| job::enqueue(c, &[new]))?;
    Ok(())
}

fn whole_identity(run: &Run, stage: &Stage) -> String {
    format!("{}:{}:{}:{}", stage.mode, run.id, stage.id, run.round)
}

/// How the work of the current stage stands.
pub(crate) fn status(run: &Run) -> Result<Work> {
    if run.env.db(|c| job::open_count(c, run.key(), &WORK))? > 0 {
        return Ok(Work::InFlight);
    }
    let Some(stage) = run.stage.and_then(|id| run.plan.get(id)) else { return Ok(Work::Complete) };
    let tasks = tasks(run)?;
    if tasks.iter().any(|t| is_broken(run, stage, t)) {
        return Ok(Work::Broken);
    }
    if has_tasks(stage) && tasks.iter().any(|t| is_own(stage, t) && is_pending(t)) {
        return Ok(Work::InFlight);
    }
    if matches!(stage.mode(), Mode::System | Mode::CliLoop) {
        let last = run.env.db(|c| job::last_state(c, &whole_identity(run, stage)))?;
        return Ok(if last.is_some_and(|(state, _)| state == "done") {
            Work::Complete
        } else {
            Work::Broken
        });
    }
    Ok(Work::Complete)
}

/// Whether a task that this run has come to has failed, or was interrupted: nobody works on it (any more).
fn is_broken(run: &Run, stage: &Stage, task: &Record) -> bool {
    let reached = has_tasks(stage) && is_own(stage, task)
        || task.opt("ai_stage_id").is_some_and(|id| run.left.contains(&id));
    reached && matches!(task.str("ai_state"), "failed" | "queued" | "processing")
}

fn is_own(stage: &Stage, task: &Record) -> bool {
    task.opt("ai_stage_id").is_none_or(|id| id == stage.id)
}

/// Why the work is broken: the failed tasks with their errors, or the system action's error.
pub(crate) fn complaint(run: &Run) -> Result<String> {
    let mut lines = vec![];
    for task in tasks(run)?.iter().filter(|t| t.str("ai_state") == "failed") {
        lines.push(format!("Task \"{}\" failed: {}", task.str("name"), task.str("ai_error")));
    }
    if let (true, Some(stage)) = (lines.is_empty(), run.stage.and_then(|id| run.plan.get(id))) {
        let last = run.env.db(|c| job::last_state(c, &whole_identity(run, stage)))?;
        let error = last.and_then(|(_, error)| error).unwrap_or_else(|| "its work was not completed.".into());
        lines.push(format!("Stage \"{}\" failed: {error}", stage.name));
    }
    Ok(lines.join("\n"))
}

/// The tasks a gate is about: those of its own stage, or else all that are done and not approved yet.
pub(crate) fn gate_tasks(run: &Run) -> Result<Vec<Record>> {
    let stage = run.current()?.id;
    let mut all = tasks(run)?;
    all.retain(|t| t.str("ai_state") == "done");
    if all.iter().any(|t| t.opt("ai_stage_id") == Some(stage)) {
        all.retain(|t| t.opt("ai_stage_id") == Some(stage));
    } else {
        let known = |id: i64| run.plan.get(id).is_some();
        all.retain(|t| !t.bool("ai_approved") && t.opt("ai_stage_id").is_some_and(known));
    }
    Ok(all)
}

/// The tasks an action at the gate is about: the chosen ones, which must belong to the gate, or all.
pub(crate) fn chosen(run: &Run, ask: &Ask) -> Result<Vec<Record>> {
    let mut all = gate_tasks(run)?;
    let Some(wanted) = &ask.tasks else { return Ok(all) };
    if wanted.is_empty() {
        return Err(Error::user("No task was chosen."));
    }
    if let Some(strange) = wanted.iter().find(|id| !all.iter().any(|t| t.id == **id)) {
        return Err(Error::user(format!("The task {strange} is not among those that wait for approval.")));
    }
    all.retain(|t| wanted.contains(&t.id));
    Ok(all)
}

/// Whether every task of the gate is approved once the chosen ones are.
pub(crate) fn all_approved(run: &Run, ask: &Ask) -> Result<bool> {
    if ask.tasks.is_none() || run.state.selection() != "approval_pending" {
        return Ok(true);
    }
    let now: Vec<i64> = chosen(run, ask)?.iter().map(|t| t.id).collect();
    Ok(gate_tasks(run)?.iter().all(|t| t.bool("ai_approved") || now.contains(&t.id)))
}

/// (tasks, done ones) of one stage of each project, in one query.
pub(crate) fn share(env: &Env, pairs: &[(i64, i64)]) -> Result<HashMap<i64, (usize, usize)>> {
    let projects: Vec<i64> = pairs.iter().map(|p| p.0).collect();
    let sql = Sql::of(
        "SELECT project_id, ai_stage_id, count(*), count(CASE WHEN ai_state = 'done' THEN 1 END) \
         FROM project_task WHERE active AND ai_stage_id IS NOT NULL AND project_id",
    )
    .ids(&projects)
    .raw(" GROUP BY project_id, ai_stage_id");
    let rows = env.query(&sql, &[ColType::Int, ColType::Int, ColType::BigInt, ColType::BigInt])?;
    let number = |v: &Value| usize::try_from(v.int()).unwrap_or(0);
    let mut out = HashMap::new();
    for row in &rows {
        if let [project, stage, all, done] = row.as_slice()
            && pairs.contains(&(project.int(), stage.int()))
        {
            out.insert(project.int(), (number(all), number(done)));
        }
    }
    Ok(out)
}

/// Who provides for a stage: its own provider, the project's, the template's, then the first active one.
pub(crate) fn resolve(env: &Env, stage: &Stage, project: Option<i64>, template: Option<i64>) -> Result<i64> {
    let env = env.sudo().with_context(json!({"active_test": false}));
    let default = match template {
        Some(id) => {
            env.fetch_one("ai.project.template", id, &["default_provider_id"])?.opt("default_provider_id")
        }
        None => None,
    };
    if let Some(id) = stage.provider_id.or(project).or(default) {
        let provider = env.fetch_one("ai.provider", id, &["name", "active"])?;
        if !provider.bool("active") {
            let name = provider.str("name");
            return Err(Error::user(format!(
                "The provider \"{name}\" is not active. Activate it or choose another."
            )));
        }
        return Ok(id);
    }
    first_active(&env)
}

/// The active provider of lowest sequence.
pub(crate) fn first_active(env: &Env) -> Result<i64> {
    let found = env.search("ai.provider", json!([["active", "=", true]]))?;
    found.first().copied().ok_or_else(|| Error::user("There is no active AI provider. Create one first."))
}

/// Tasks that are in the way of a new start go back to the beginning.
pub(crate) fn renew(run: &Run, states: &[&str], more: Map) -> Result<Vec<i64>> {
    let ids: Vec<i64> =
        tasks(run)?.iter().filter(|t| states.contains(&t.str("ai_state"))).map(|t| t.id).collect();
    if !ids.is_empty() {
        let mut values = Map::new();
        values.insert("ai_state".into(), "pending".into());
        values.extend(more);
        run.env.write("project.task", &ids, Json::Object(values))?;
    }
    Ok(ids)
}
