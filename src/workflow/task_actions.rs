//! The methods of project.task that people call, and `process_task`.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::{Behaviour, Call, Method};
use crate::orm::{Env, Record, rule};
use crate::value::Json;
use crate::workflow::machine::{Event, Mode, Position, State};
use crate::workflow::run::{Ask, Run};
use crate::workflow::{actions, work};

/// Adds the methods.
pub(crate) fn register(behaviour: Behaviour) -> Behaviour {
    behaviour
        .method(Method::record("process_task", "", process_tasks))
        .method(Method::record("action_regenerate", "feedback=None", regenerate))
        .method(Method::record("action_approve", "", approve))
        .method(Method::record("action_retry", "", retry))
}

/// The tasks, which the caller must be allowed to `op`, each in a project.
fn tasks(env: &Env, call: &Call<'_>, op: char) -> Result<Vec<Record>> {
    rule::check(env, env.model("project.task")?, &call.ids, op)?;
    let tasks =
        env.sudo().fetch("project.task", &call.ids, &["name", "project_id", "ai_state", "ai_stage_id"])?;
    match tasks.iter().find(|t| t.opt("project_id").is_none()) {
        Some(task) => Err(Error::user(format!("The task \"{}\" belongs to no project.", task.str("name")))),
        None => Ok(tasks),
    }
}

fn process_tasks(env: &Env, call: &Call<'_>) -> Result<Json> {
    for task in tasks(env, call, 'w')? {
        process(env, task.int("project_id"), task.id)?;
    }
    Ok(Json::Bool(true))
}

/// Queues one task of a project that is at work.
pub(crate) fn process(env: &Env, project: i64, task: i64) -> Result<()> {
    let mut run = Run::lock(env, project)?;
    let record =
        run.env.fetch_one("project.task", task, &["name", "project_id", "ai_state", "ai_stage_id"])?;
    if record.int("project_id") != project {
        return Err(Error::user(format!("The task \"{}\" belongs to another project.", record.str("name"))));
    }
    if run.state != State::At(Position::Working) {
        return Err(Error::user(
            "A task can only be processed while the workflow of its project is at work.",
        ));
    }
    match record.str("ai_state") {
        "queued" | "processing" => {
            Err(Error::user(format!("The task \"{}\" is already being worked on.", record.str("name"))))
        }
        _ => again(&mut run, &record, None),
    }
}

/// Sends a task back to the stage that makes it.
fn again(run: &mut Run, task: &Record, feedback: Option<&str>) -> Result<()> {
    let stage = task.opt("ai_stage_id").or(run.stage).and_then(|id| run.plan.get(id)).cloned();
    let stage =
        stage.filter(|s| s.mode() == Mode::Ai && (Some(s.id) == run.stage || run.left.contains(&s.id)));
    let Some(stage) = stage else {
        let name = task.str("name");
        return Err(Error::user(format!(
            "The run has not come to the stage that writes the task \"{name}\"."
        )));
    };
    run.round += 1;
    let mut values = json!({"ai_state": "pending", "ai_approved": false});
    if let Some(feedback) = feedback {
        values["ai_feedback"] = feedback.into();
    }
    run.env.write("project.task", &[task.id], values)?;
    work::queue(run, &stage, &[task.id])?;
    run.save()
}

fn regenerate(env: &Env, call: &Call<'_>) -> Result<Json> {
    let feedback = call.text("feedback").unwrap_or_default().trim();
    for task in tasks(env, call, 'r')? {
        let project = task.int("project_id");
        let mut run = Run::lock(env, project)?;
        match run.state {
            State::At(Position::Gate) => {
                let ask = Ask { words: feedback.into(), tasks: Some(vec![task.id]) };
                actions::judge(env, &[project], Event::RequestChanges, &ask)?;
            }
            State::At(Position::Working) if matches!(task.str("ai_state"), "done" | "failed") => {
                rule::check(env, env.model("project.task")?, &[task.id], 'w')?;
                again(&mut run, &task, Some(feedback))?;
            }
            _ => {
                return Err(Error::user(format!(
                    "The task \"{}\" can be written again while it waits for approval, \
                     or once it is done in a stage at work.",
                    task.str("name")
                )));
            }
        }
    }
    Ok(Json::Bool(true))
}

fn approve(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut by_project: Vec<(i64, Vec<i64>)> = vec![];
    for task in tasks(env, call, 'r')? {
        let project = task.int("project_id");
        match by_project.iter_mut().find(|(id, _)| *id == project) {
            Some((_, ids)) => ids.push(task.id),
            None => by_project.push((project, vec![task.id])),
        }
    }
    for (project, ids) in by_project {
        let ask = Ask { tasks: Some(ids), ..Ask::default() };
        actions::judge(env, &[project], Event::Approve, &ask)?;
    }
    Ok(Json::Bool(true))
}

fn retry(env: &Env, call: &Call<'_>) -> Result<Json> {
    for task in tasks(env, call, 'w')? {
        let name = task.str("name");
        if task.str("ai_state") != "failed" {
            return Err(Error::user(format!(
                "The task \"{name}\" has not failed, so there is nothing to retry."
            )));
        }
        let mut run = Run::lock(env, task.int("project_id"))?;
        // An earlier task of this very call may have set the whole project going again.
        let now = run.env.fetch_one("project.task", task.id, &["ai_state"])?;
        match run.state {
            _ if now.str("ai_state") != "failed" => {}
            State::At(Position::Working) => again(&mut run, &task, None)?,
            State::Failed => run.act(Event::Retry, &Ask::default())?,
            _ => {
                return Err(Error::user(format!(
                    "The task \"{name}\" cannot be retried in the state of its project."
                )));
            }
        }
    }
    Ok(Json::Bool(true))
}
