//! A run as an onlooker sees it: its stages in order, where it stands, the gate, and what he may do about it.
//!
//! Only reads. The caller has checked that the user may read the project.

use serde::Serialize;

use crate::error::{Error, Kind, Result};
use crate::orm::{Env, rule};
use crate::workflow::machine::{Position, State, Wait};
use crate::workflow::plan::{Plan, Stage};
use crate::workflow::run::Run;
use crate::workflow::{approval, work};

/// The whole of it.
#[derive(Debug, Clone, Serialize)]
pub struct Outline {
    /// A value of project.project.ai_state.
    pub state: String,
    /// Why it stands still while it runs: manual, hold, condition, delay; empty otherwise.
    pub waits: &'static str,
    /// Counts what makes work anew; with the stage, what a page was about.
    pub round: i64,
    /// The stage it stands in.
    pub stage: Option<i64>,
    /// In the order of the run, or of the template before it begins.
    pub stages: Vec<Step>,
    /// The gate it stands at.
    pub gate: Option<Gate>,
    /// Whether the user may start, pause, resume …
    pub may_manage: bool,
}

/// A stage.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// ai, manual, system, cli_loop.
    pub mode: String,
    /// Whether it ends at a gate.
    pub gate: bool,
    /// done, current, ahead.
    pub place: &'static str,
}

/// A gate that waits for somebody.
#[derive(Debug, Clone, Serialize)]
pub struct Gate {
    /// design, content, final.
    pub kind: String,
    /// Whether changes may be asked for.
    pub allow_feedback: bool,
    /// Whether the user may pass judgement.
    pub may_judge: bool,
    /// Who else may, in words.
    pub approvers: String,
    /// The tasks it is about.
    pub tasks: Vec<i64>,
}

/// Looks at a project's run.
pub fn look_at(env: &Env, project: i64) -> Result<Outline> {
    let mut run = Run::peek(env, project)?;
    if run.plan.stages.is_empty()
        && let Some(template) = run.template
    {
        run.plan = Plan::of_template(&run.env, template)?;
    }
    let writable = rule::check(env, env.model("project.project")?, &[project], 'w');
    let stages = run.plan.stages.iter().map(|stage| step(&run, stage)).collect();
    let gate = match run.state {
        State::At(Position::Gate) => Some(gate(env, &run)?),
        _ => None,
    };
    Ok(Outline {
        state: run.state.selection().into(),
        waits: match run.state {
            State::At(Position::Waiting(Wait::Manual)) => "manual",
            State::At(Position::Waiting(Wait::Hold)) => "hold",
            State::At(Position::Waiting(Wait::Condition)) => "condition",
            State::At(Position::Waiting(Wait::Delay)) => "delay",
            _ => "",
        },
        round: run.round,
        stage: run.stage,
        stages,
        gate,
        may_manage: granted(writable)?,
    })
}

fn step(run: &Run, stage: &Stage) -> Step {
    let place = match run.state {
        State::Draft => "ahead",
        _ if run.left.contains(&stage.id) => "done",
        _ if run.stage == Some(stage.id) => "current",
        _ => "ahead",
    };
    Step {
        id: stage.id,
        name: stage.name.clone(),
        mode: stage.mode.clone(),
        gate: stage.requires_approval,
        place,
    }
}

fn gate(env: &Env, run: &Run) -> Result<Gate> {
    let stage = run.current()?;
    let name = |model: &str, id: i64| -> Result<String> {
        Ok(run.env.display_names(model, &[id])?.remove(&id).unwrap_or_default())
    };
    let approvers = match (stage.approver_group_id, run.manager) {
        (Some(group), _) => format!("the group {}", name("res.groups", group)?),
        (None, Some(manager)) => format!("{} or a project manager", name("res.users", manager)?),
        (None, None) => "a project manager".into(),
    };
    Ok(Gate {
        kind: stage.approval_type.clone(),
        allow_feedback: stage.allow_feedback,
        may_judge: granted(approval::check(env, run))?,
        approvers,
        tasks: work::gate_tasks(run)?.iter().map(|task| task.id).collect(),
    })
}

/// A refusal is an answer here; other errors are errors.
pub(crate) fn granted(checked: Result<(), Error>) -> Result<bool> {
    match checked {
        Ok(()) => Ok(true),
        Err(e) if e.kind == Kind::Access => Ok(false),
        Err(e) => Err(e),
    }
}
