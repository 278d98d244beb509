//! What the machine wants done, one function an effect. All in the transaction that holds the project's lock.

use serde_json::json;

use crate::db::job;
use crate::error::{Error, Result};
use crate::value::{DATETIME_FORMAT, Json, Map};
use crate::workflow::machine::{Effect, Event, Mode};
use crate::workflow::run::{Ask, Entry, Run};
use crate::workflow::{approval, work};

/// Every kind of job there is.
const ALL_KINDS: [&str; 6] = ["task", "system", "cli_loop", "delay", "gate_timeout", "webhook"];

/// Carries the effects out in order.
pub(crate) fn carry_out(run: &mut Run, event: Event, effects: &[Effect], ask: &Ask) -> Result<()> {
    for effect in effects {
        match effect {
            Effect::BeginRun => begin(run)?,
            Effect::EnterNext => enter_next(run)?,
            // `Run::settle` starts work wherever the run stands at work.
            Effect::StartWork => {}
            Effect::AskApproval => approval::ask(run)?,
            Effect::CloseApproval => approval::close(run)?,
            Effect::MarkApproved => mark_approved(run, ask)?,
            Effect::Rework => rework(run, ask)?,
            Effect::StartDelay => {
                let seconds = run.current()?.transition_delay;
                run.enqueue_timer("delay", seconds)?;
            }
            Effect::StopDelay => cancel(run, &["delay"])?,
            Effect::HoldJobs => hold(run)?,
            Effect::ReleaseJobs => release(run)?,
            Effect::CancelJobs => cancel_work(run)?,
            Effect::RenewTasks => renew(run)?,
            Effect::ClearRun => clear(run)?,
            Effect::Complete => complete(run)?,
            Effect::Fail => fail(run, event, ask)?,
            Effect::Escalate => approval::escalate(run)?,
        }
    }
    Ok(())
}

fn stamp(run: &Run) -> Json {
    run.env.now().format(DATETIME_FORMAT).to_string().into()
}

fn begin(run: &mut Run) -> Result<()> {
    run.left.clear();
    run.stage = None;
    run.floor = 0;
    let now = stamp(run);
    let plan = run.plan.stored();
    run.values.extend([
        ("ai_plan".to_string(), plan),
        ("ai_started_at".to_string(), now),
        ("ai_completed_at".to_string(), Json::Bool(false)),
        ("ai_error".to_string(), Json::Bool(false)),
        ("ai_paused_at".to_string(), Json::Bool(false)),
    ]);
    run.log(Entry { kind: "started", message: "The workflow was started.", told: true, ..Entry::default() })
}

fn enter_next(run: &mut Run) -> Result<()> {
    let next = match run.stage {
        None => run.plan.first(),
        Some(id) => run.plan.after(id),
    };
    let next = next.cloned().ok_or_else(|| Error::internal("There is no next stage."))?;
    leave(run);
    run.stage = Some(next.id);
    run.round += 1;
    if let Some(again) = run.left.iter().position(|id| *id == next.id) {
        // A way back over a gate: what the stage made is made anew.
        run.left.remove(again);
        let own: Vec<i64> = work::tasks(run)?
            .iter()
            .filter(|t| t.opt("ai_stage_id") == Some(next.id))
            .map(|t| t.id)
            .collect();
        if !own.is_empty() {
            run.env.write("project.task", &own, json!({"ai_state": "pending", "ai_approved": false}))?;
        }
    }
    let message = format!("Stage \"{}\" was entered.", next.name);
    run.log(Entry { kind: "stage_entered", message: &message, ..Entry::default() })
}

fn leave(run: &mut Run) {
    if let Some(id) = run.stage
        && !run.left.contains(&id)
    {
        run.left.push(id);
    }
}

fn mark_approved(run: &Run, ask: &Ask) -> Result<()> {
    let tasks = work::chosen(run, ask)?;
    let ids: Vec<i64> = tasks.iter().map(|t| t.id).collect();
    if !ids.is_empty() {
        run.env.write("project.task", &ids, json!({"ai_approved": true}))?;
    }
    let stage = &run.current()?.name;
    if ask.tasks.is_none() {
        let message = format!("Stage \"{stage}\" was approved.");
        return run.log(Entry { kind: "approved", message: &message, told: true, ..Entry::default() });
    }
    let messages: Vec<(i64, String)> =
        tasks.iter().map(|t| (t.id, format!("Task \"{}\" was approved.", t.str("name")))).collect();
    let entries: Vec<_> = messages
        .iter()
        .map(|(id, m)| Entry {
            kind: "approved",
            message: m,
            task: Some(*id),
            told: true,
            ..Entry::default()
        })
        .collect();
    run.log_many(&entries)
}

fn rework(run: &mut Run, ask: &Ask) -> Result<()> {
    let mut tasks = work::chosen(run, ask)?;
    if ask.tasks.is_none() {
        tasks.retain(|t| !t.bool("ai_approved"));
    }
    if tasks.is_empty() && ask.tasks.is_none() && run.current()?.mode() == Mode::CliLoop {
        return rework_command(run, ask);
    }
    if tasks.is_empty() {
        return Err(Error::user(
            "There is nothing here that could be written again: choose tasks, approve or reject.",
        ));
    }
    let ids: Vec<i64> = tasks.iter().map(|t| t.id).collect();
    run.round += 1;
    run.floor = 0;
    let values = json!({"ai_state": "pending", "ai_approved": false, "ai_feedback": ask.words});
    run.env.write("project.task", &ids, values)?;
    let names: Vec<_> = tasks.iter().map(|t| format!("\"{}\"", t.str("name"))).collect();
    let message = format!("Changes were requested: {}.", names.join(", "));
    let entry = Entry {
        kind: "changes_requested",
        message: &message,
        feedback: &ask.words,
        told: true,
        ..Entry::default()
    };
    run.log(entry)?;
    requeue(run, &tasks.iter().map(|t| (t.id, t.opt("ai_stage_id"))).collect::<Vec<_>>())
}

/// A command has no tasks: it is run again, with the feedback in its prompt.
fn rework_command(run: &mut Run, ask: &Ask) -> Result<()> {
    run.round += 1;
    run.floor = 0;
    run.words = ask.words.clone();
    let message = format!("Changes were requested: \"{}\".", run.current()?.name);
    run.log(Entry {
        kind: "changes_requested",
        message: &message,
        feedback: &ask.words,
        told: true,
        ..Entry::default()
    })
}

/// Queues tasks for the stages that made them.
fn requeue(run: &Run, tasks: &[(i64, Option<i64>)]) -> Result<()> {
    for stage in &run.plan.stages {
        let ids: Vec<i64> = tasks.iter().filter(|(_, s)| *s == Some(stage.id)).map(|(id, _)| *id).collect();
        work::queue(run, stage, &ids)?;
    }
    Ok(())
}

fn hold(run: &mut Run) -> Result<()> {
    run.env.db(|c| job::hold(c, run.key()))?;
    let now = stamp(run);
    run.values.insert("ai_paused_at".into(), now);
    run.log(Entry { kind: "paused", message: "The workflow was paused.", told: true, ..Entry::default() })
}

fn release(run: &mut Run) -> Result<()> {
    let paused = run.paused_for();
    run.env.db(|c| job::unhold(c, run.key(), paused))?;
    run.values.insert("ai_paused_at".into(), Json::Bool(false));
    run.log(Entry { kind: "resumed", message: "The workflow was resumed.", told: true, ..Entry::default() })
}

fn cancel(run: &Run, kinds: &[&str]) -> Result<()> {
    run.env.db(|c| job::cancel(c, run.key(), kinds, run.env.now()))?;
    Ok(())
}

fn cancel_work(run: &Run) -> Result<()> {
    cancel(run, &ALL_KINDS)?;
    // They count as failed, so that a retry knows what it has to do.
    let interrupted: Vec<i64> = work::tasks(run)?
        .iter()
        .filter(|t| matches!(t.str("ai_state"), "queued" | "processing"))
        .map(|t| t.id)
        .collect();
    if interrupted.is_empty() {
        return Ok(());
    }
    run.env.write("project.task", &interrupted, json!({"ai_state": "failed", "ai_error": "cancelled"}))
}

fn renew(run: &mut Run) -> Result<()> {
    run.round += 1;
    let mut more = Map::new();
    more.insert("ai_error".into(), Json::Bool(false));
    work::renew(run, &["failed", "queued", "processing"], more)?;
    run.values.insert("ai_error".into(), Json::Bool(false));
    run.log(Entry {
        kind: "retried",
        message: "The workflow was tried again.",
        told: true,
        ..Entry::default()
    })?;
    // Tasks of earlier stages that were being revised at a gate are nobody's to start but ours.
    let left = &run.left;
    let waiting: Vec<_> = work::tasks(run)?
        .iter()
        .filter(|t| t.str("ai_state") == "pending" && t.opt("ai_stage_id").is_some_and(|s| left.contains(&s)))
        .map(|t| (t.id, t.opt("ai_stage_id")))
        .collect();
    requeue(run, &waiting)
}

fn clear(run: &mut Run) -> Result<()> {
    let env = &run.env;
    let artifacts = env.search("ai.artifact", json!([["project_id", "=", run.id], ["active", "=", true]]))?;
    if !artifacts.is_empty() {
        env.write("ai.artifact", &artifacts, json!({"active": false}))?;
    }
    let tasks: Vec<i64> = work::tasks(run)?.iter().map(|t| t.id).collect();
    if !tasks.is_empty() {
        let values = json!({"ai_state": "pending", "ai_content": false, "ai_error": false, "ai_attempts": 0,
            "ai_feedback": false, "ai_approved": false});
        env.write("project.task", &tasks, values)?;
    }
    run.log(Entry {
        kind: "reset",
        message: "The workflow was reset to draft.",
        told: true,
        ..Entry::default()
    })?;
    run.left.clear();
    run.stage = None;
    run.floor = 0;
    for field in ["ai_plan", "ai_started_at", "ai_completed_at", "ai_error", "ai_paused_at"] {
        run.values.insert(field.into(), Json::Bool(false));
    }
    Ok(())
}

fn complete(run: &mut Run) -> Result<()> {
    leave(run);
    let now = stamp(run);
    run.values.insert("ai_completed_at".into(), now);
    run.log(Entry { kind: "done", message: "The workflow is done.", told: true, ..Entry::default() })
}

fn fail(run: &mut Run, event: Event, ask: &Ask) -> Result<()> {
    let (kind, message) = match event {
        Event::Reject => {
            let names = run.env.display_names("res.users", &[run.env.uid()])?;
            let who = names.get(&run.env.uid()).map_or("", String::as_str);
            ("rejected", format!("Stage \"{}\" was rejected by {who}: {}", run.current()?.name, ask.words))
        }
        Event::Cancel => ("cancelled", "cancelled".to_string()),
        _ => ("failed", work::complaint(run)?),
    };
    run.values.insert("ai_error".into(), message.as_str().into());
    run.values.insert("ai_paused_at".into(), Json::Bool(false));
    run.log(Entry { kind, message: &message, told: true, ..Entry::default() })
}
