//! The methods of project.project that people call. Each checks what the caller may do, locks, acts, all or nothing.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::{Behaviour, Call, Method};
use crate::orm::{Env, rule};
use crate::value::Json;
use crate::workflow::condition::Condition;
use crate::workflow::definition::{Action, Definition};
use crate::workflow::machine::{Event, Mode, State};
use crate::workflow::plan::{Plan, Stage};
use crate::workflow::run::{Ask, Run};
use crate::workflow::{approval, calls, cli_loop, prompt, webhook, work};

/// Adds the methods.
pub(crate) fn register(behaviour: Behaviour) -> Behaviour {
    behaviour
        .method(Method::record("action_start_workflow", "", start))
        .method(Method::record("action_next_stage", "", next_stage))
        .method(Method::record("action_approve_stage", "task_ids=None", approve))
        .method(Method::record("action_request_changes", "feedback, task_ids=None", request_changes))
        .method(Method::record("action_reject_stage", "reason", reject))
        .method(Method::record("action_pause_workflow", "", |env, call| manage(env, call, Event::Pause)))
        .method(Method::record("action_resume_workflow", "", |env, call| manage(env, call, Event::Resume)))
        .method(Method::record("action_retry_workflow", "", |env, call| manage(env, call, Event::Retry)))
        .method(Method::record("action_cancel_workflow", "", |env, call| manage(env, call, Event::Cancel)))
        .method(Method::record("action_reset_workflow", "", |env, call| manage(env, call, Event::Reset)))
        .method(Method::record("process_task", "task", process_task))
        .method(
            Method::record("generate_content", "template, context=None", calls::generate_content).readonly(),
        )
}

/// Refuses who may not write the projects.
pub(crate) fn check_write(env: &Env, ids: &[i64]) -> Result<()> {
    rule::check(env, env.model("project.project")?, ids, 'w')
}

fn manage(env: &Env, call: &Call<'_>, event: Event) -> Result<Json> {
    check_write(env, &call.ids)?;
    for &id in &call.ids {
        Run::lock(env, id)?.act(event, &Ask::default())?;
    }
    Ok(Json::Bool(true))
}

fn start(env: &Env, call: &Call<'_>) -> Result<Json> {
    check_write(env, &call.ids)?;
    for &id in &call.ids {
        let mut run = Run::lock(env, id)?;
        if run.state == State::Draft {
            run.plan = startable(&run)?;
        }
        run.act(Event::Start, &Ask::default())?;
    }
    Ok(Json::Bool(true))
}

/// The template's stages, if a run with them can work at all.
fn startable(run: &Run) -> Result<Plan> {
    let Some(template) = run.template else {
        return Err(Error::user(format!(
            "The project \"{}\" has no AI template. Choose one first.",
            run.name
        )));
    };
    let record = run.env.fetch_one("ai.project.template", template, &["name", "workflow_class"])?;
    let definition = Definition::find(record.str("workflow_class"))?;
    let plan = Plan::of_template(&run.env, template)?;
    if plan.stages.is_empty() {
        return Err(Error::user(format!("The template \"{}\" has no stages.", record.str("name"))));
    }
    if let Some(names) = plan.endless_cycle() {
        return Err(Error::user(format!(
            "The stages {} follow each other without end or gate.",
            names.join(" → ")
        )));
    }
    definition.check_params(&run.merged_params()?)?;
    plan.stages.iter().try_for_each(|stage| check_stage(run, stage, definition))?;
    Ok(plan)
}

fn check_stage(run: &Run, stage: &Stage, definition: &Definition) -> Result<()> {
    let blame = |e: Error| Error::user(format!("Stage \"{}\": {}", stage.name, e.message));
    Condition::read(&stage.transition_condition).map_err(blame)?;
    match stage.mode() {
        Mode::Manual => Ok(()),
        Mode::CliLoop => cli_loop::check(&run.env, stage).map_err(blame),
        Mode::System => match definition.action(&stage.system_action).map_err(blame)? {
            Action::Webhook => webhook::check(&run.env, stage).map_err(blame),
            Action::CreateTasks | Action::Assemble | Action::Publish => Ok(()),
        },
        Mode::Ai => {
            let Some(template) = stage.ai_template_id else {
                return Err(blame(Error::user("it is an AI stage and has no prompt. Choose one.")));
            };
            let texts = run.env.fetch_one("ai.template", template, &["system_prompt", "user_prompt"])?;
            prompt::check(texts.str("system_prompt")).map_err(blame)?;
            prompt::check(texts.str("user_prompt")).map_err(blame)?;
            let provider = work::resolve(&run.env, stage, run.provider, run.template).map_err(blame)?;
            Ok(calls::provider(&run.env, provider)?.check().map_err(Error::from).map_err(blame)?)
        }
    }
}

fn next_stage(env: &Env, call: &Call<'_>) -> Result<Json> {
    check_write(env, &call.ids)?;
    let mut stages = vec![];
    for &id in &call.ids {
        let mut run = Run::lock(env, id)?;
        run.act(Event::NextStage, &Ask::default())?;
        stages.extend(run.stage);
    }
    Ok(json!(stages))
}

fn approve(env: &Env, call: &Call<'_>) -> Result<Json> {
    judge(env, &call.ids, Event::Approve, &Ask { tasks: task_ids(call)?, ..Ask::default() })
}

fn request_changes(env: &Env, call: &Call<'_>) -> Result<Json> {
    let words = words(call, "feedback", "Say what should be changed: the feedback is empty.")?;
    judge(env, &call.ids, Event::RequestChanges, &Ask { words, tasks: task_ids(call)? })
}

fn reject(env: &Env, call: &Call<'_>) -> Result<Json> {
    let words = words(call, "reason", "Say why the stage is rejected: the reason is empty.")?;
    judge(env, &call.ids, Event::Reject, &Ask { words, tasks: None })
}

/// What is done at a gate: by those who may read the project and are asked for their approval.
pub(crate) fn judge(env: &Env, ids: &[i64], event: Event, ask: &Ask) -> Result<Json> {
    rule::check(env, env.model("project.project")?, ids, 'r')?;
    for &id in ids {
        let mut run = Run::lock(env, id)?;
        if run.state.selection() == "approval_pending" {
            approval::check(env, &run)?;
        }
        run.act(event, ask)?;
    }
    Ok(Json::Bool(true))
}

fn words(call: &Call<'_>, name: &str, complaint: &str) -> Result<String> {
    match call.arg(name) {
        Json::String(text) if !text.trim().is_empty() => Ok(text.trim().to_string()),
        Json::String(_) | Json::Null | Json::Bool(false) => Err(Error::user(complaint)),
        other => Err(Error::type_error(format!("{name}: expected a text, got {other}"))),
    }
}

fn task_ids(call: &Call<'_>) -> Result<Option<Vec<i64>>> {
    let bad = |j: &Json| Error::type_error(format!("task_ids: expected ids of tasks, got {j}"));
    match call.arg("task_ids") {
        Json::Null | Json::Bool(false) => Ok(None),
        Json::Number(n) => Ok(Some(vec![n.as_i64().ok_or_else(|| bad(call.arg("task_ids")))?])),
        Json::Array(ids) => {
            let ids: Result<Vec<i64>> = ids.iter().map(|j| j.as_i64().ok_or_else(|| bad(j))).collect();
            Ok(Some(ids?))
        }
        other => Err(bad(other)),
    }
}

/// `project.process_task(task)`: queues one of the project's tasks now.
fn process_task(env: &Env, call: &Call<'_>) -> Result<Json> {
    check_write(env, &call.ids)?;
    let task = match call.arg("task") {
        Json::Number(n) => n.as_i64(),
        Json::Array(ids) if ids.len() == 1 => ids[0].as_i64(),
        _ => None,
    };
    let task = task.ok_or_else(|| Error::type_error("process_task: expected the id of a task"))?;
    for &id in &call.ids {
        super::task_actions::process(env, id, task)?;
    }
    Ok(Json::Bool(true))
}
