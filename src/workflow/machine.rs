//! The workflow of one project as a pure function: state × event → new state and effects, or a refusal.
//!
//! Nothing here knows the database, the clock or a provider. The caller (`actions`) looks up the [`Facts`] under the
//! row lock, calls [`step`], and carries out the effects in the same transaction. Every sentence of a refusal is read
//! by a person. The whole table is printed into docs/workflow.md by a test that tries every state against every event.

use std::fmt;

/// Why a running project stands still although no work is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    /// A manual stage: a person does it and calls `action_next_stage`.
    Manual,
    /// The stage is complete and has no auto_advance.
    Hold,
    /// The stage is complete, its transition_condition does not hold yet.
    Condition,
    /// The stage is complete, its transition_delay has not passed yet.
    Delay,
}

/// Where a project that is not stopped stands; what a pause keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// Running, with tasks or a system action in flight.
    Working,
    /// Running, waiting for something that is not work.
    Waiting(Wait),
    /// At a gate.
    Gate,
}

/// State of a project's workflow. `ai_state` shows the outer part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not started.
    Draft,
    /// Running or at a gate.
    At(Position),
    /// Stopped by a person; the position is kept.
    Paused(Position),
    /// The run is over.
    Done,
    /// The run broke, was rejected or cancelled.
    Failed,
}

/// How the work of a stage is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A provider writes the stage's tasks.
    Ai,
    /// A person does it.
    Manual,
    /// An action of the workflow class.
    System,
    /// A configured command, again and again.
    CliLoop,
}

/// How the work of the current stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Something is queued or being worked on.
    InFlight,
    /// All of it is done.
    Complete,
    /// Nothing is in flight any more and something failed.
    Broken,
}

/// What the machine needs to know of a stage that may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// How its work is done.
    pub mode: Mode,
    /// Whether it ends at a gate.
    pub gate: bool,
}

/// What the caller looked up under the lock. For Start, `next` is the first stage; else the one after the current.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The current stage.
    pub stage: Entry,
    /// Whether the current stage goes on by itself when complete.
    pub auto_advance: bool,
    /// Whether changes may be asked for at its gate.
    pub allow_feedback: bool,
    /// Whether its transition_condition holds now (true when it has none).
    pub condition: bool,
    /// Whether it has a transition_delay.
    pub delay: bool,
    /// The stage that follows; None: the run ends here.
    pub next: Option<Entry>,
    /// How the work of the current stage stands.
    pub work: Work,
    /// Approve: whether every task of the gate is approved with this call.
    pub all_approved: bool,
}

/// What happens to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// action_start_workflow.
    Start,
    /// action_next_stage.
    NextStage,
    /// action_approve_stage, of all or of some tasks.
    Approve,
    /// action_request_changes.
    RequestChanges,
    /// action_reject_stage.
    Reject,
    /// action_pause_workflow.
    Pause,
    /// action_resume_workflow.
    Resume,
    /// action_retry_workflow.
    Retry,
    /// action_cancel_workflow.
    Cancel,
    /// action_reset_workflow.
    Reset,
    /// Engine: the last piece of the stage's work ended, well or not (see `Facts::work`).
    WorkEnded,
    /// Engine: the project or a task changed, so look at the condition again.
    Look,
    /// Engine: the transition_delay has passed.
    DelayPassed,
    /// Engine: the approval_timeout has passed.
    GateTimeout,
}

/// What the caller has to do, in this order, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Freeze the stages, clear the last run's error, set ai_started_at.
    BeginRun,
    /// Note the current stage as left behind, and make `Facts::next` the current one.
    EnterNext,
    /// Queue what the current stage still has to do.
    StartWork,
    /// Ask the approvers: an activity, and the approval_timeout's timer.
    AskApproval,
    /// Close the approvers' activity and the timer.
    CloseApproval,
    /// Mark the chosen tasks as approved.
    MarkApproved,
    /// Send the chosen tasks back to their stage with the feedback; a new round.
    Rework,
    /// Store the timer of the transition_delay.
    StartDelay,
    /// Remove the stored timer of the transition_delay.
    StopDelay,
    /// Queued jobs and timers stand still.
    HoldJobs,
    /// Queued jobs and timers go on, timers with the time they had left.
    ReleaseJobs,
    /// Queued jobs are cancelled; the result of a running one will be refused.
    CancelJobs,
    /// Failed and interrupted tasks are pending again; a new round.
    RenewTasks,
    /// Artifacts become old versions, tasks pending; position, dates and error are cleared.
    ClearRun,
    /// The run is over: ai_completed_at, progress 100.
    Complete,
    /// The run broke: ai_error says why.
    Fail,
    /// Tell the approvers once more, and the project's manager.
    Escalate,
}

/// Why an event is not possible in a state: a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl From<Refusal> for crate::error::Error {
    fn from(refusal: Refusal) -> Self {
        crate::error::Error::user(refusal.0)
    }
}

/// New state and what to do about it.
pub type Step = (State, Vec<Effect>);

/// The whole workflow.
pub fn step(state: State, event: Event, facts: &Facts) -> Result<Step, Refusal> {
    match event {
        Event::Start => start(state, facts),
        Event::NextStage => next_stage(state, facts),
        Event::Approve => approve(state, facts),
        Event::RequestChanges => request_changes(state, facts),
        Event::Reject => reject(state),
        Event::Pause => pause(state),
        Event::Resume => resume(state, facts),
        Event::Retry => retry(state, facts),
        Event::Cancel => cancel(state),
        Event::Reset => reset(state),
        Event::WorkEnded | Event::Look | Event::DelayPassed | Event::GateTimeout => {
            Ok(notice(state, event, facts))
        }
    }
}

fn start(state: State, facts: &Facts) -> Result<Step, Refusal> {
    match state {
        State::Draft => {}
        State::Done => {
            return Err(Refusal("The workflow of this project is done. Reset it to run it once more."));
        }
        State::Failed => {
            return Err(Refusal(
                "The workflow of this project has failed. Retry it, or reset it to start anew.",
            ));
        }
        State::Paused(_) => {
            return Err(Refusal("The workflow of this project is paused. Resume it instead."));
        }
        State::At(_) => return Err(Refusal("The workflow of this project has already been started.")),
    }
    let first = facts.next.ok_or(Refusal("The template has no stage to start with."))?;
    let (state, effects) = enter(first);
    Ok((state, [vec![Effect::BeginRun], effects].concat()))
}

fn next_stage(state: State, facts: &Facts) -> Result<Step, Refusal> {
    match state {
        State::At(Position::Waiting(wait)) => {
            let (state, mut effects) = leave(facts);
            if wait == Wait::Delay {
                effects.insert(0, Effect::StopDelay);
            }
            Ok((state, effects))
        }
        State::At(Position::Working) => {
            Err(Refusal("The current stage is still being worked on. Wait until it is complete."))
        }
        State::At(Position::Gate) => {
            Err(Refusal("The current stage waits for approval. Approve it, ask for changes or reject it."))
        }
        other => Err(not_running(other)),
    }
}

fn approve(state: State, facts: &Facts) -> Result<Step, Refusal> {
    at_gate(state)?;
    if !facts.all_approved {
        return Ok((state, vec![Effect::MarkApproved]));
    }
    // The approval is the go of a person, so auto_advance is not asked; condition and delay are not about people.
    let (state, effects) = advance(facts);
    Ok((state, [vec![Effect::MarkApproved, Effect::CloseApproval], effects].concat()))
}

fn request_changes(state: State, facts: &Facts) -> Result<Step, Refusal> {
    at_gate(state)?;
    if !facts.allow_feedback {
        return Err(Refusal("The current stage takes no feedback: approve it or reject it."));
    }
    let effects = vec![Effect::CloseApproval, Effect::Rework, Effect::StartWork];
    Ok((State::At(Position::Working), effects))
}

fn reject(state: State) -> Result<Step, Refusal> {
    at_gate(state)?;
    Ok((State::Failed, vec![Effect::CloseApproval, Effect::CancelJobs, Effect::Fail]))
}

fn pause(state: State) -> Result<Step, Refusal> {
    match state {
        State::At(position) => Ok((State::Paused(position), vec![Effect::HoldJobs])),
        State::Paused(_) => Err(Refusal("The workflow of this project is already paused.")),
        other => Err(not_running(other)),
    }
}

fn resume(state: State, facts: &Facts) -> Result<Step, Refusal> {
    let State::Paused(position) = state else {
        return Err(Refusal("The workflow of this project is not paused."));
    };
    // What was in flight may have ended meanwhile, and a condition may have come true.
    let back = State::At(position);
    let (state, effects) = match position {
        Position::Working if facts.work == Work::InFlight => (back, vec![Effect::StartWork]),
        Position::Working => notice(back, Event::WorkEnded, facts),
        Position::Waiting(Wait::Condition) => notice(back, Event::Look, facts),
        _ => (back, vec![]),
    };
    Ok((state, [vec![Effect::ReleaseJobs], effects].concat()))
}

fn retry(state: State, facts: &Facts) -> Result<Step, Refusal> {
    if state != State::Failed {
        return Err(Refusal("Only a workflow that has failed can be retried."));
    }
    // A manual gate has no work of its own, but tasks of earlier stages may have failed while they were revised at it.
    let (state, effects) = match facts.work {
        Work::Complete => begin(facts.stage),
        _ => (State::At(Position::Working), vec![Effect::StartWork]),
    };
    Ok((state, [vec![Effect::RenewTasks], effects].concat()))
}

fn cancel(state: State) -> Result<Step, Refusal> {
    let effects = match state {
        State::Draft => return Err(not_running(state)),
        State::At(Position::Gate) | State::Paused(Position::Gate) => {
            vec![Effect::CloseApproval, Effect::CancelJobs, Effect::Fail]
        }
        _ => vec![Effect::CancelJobs, Effect::Fail],
    };
    Ok((State::Failed, effects))
}

fn reset(state: State) -> Result<Step, Refusal> {
    let effects = match state {
        State::Draft => {
            return Err(Refusal(
                "The workflow of this project has not been started: there is nothing to reset.",
            ));
        }
        State::At(Position::Gate) | State::Paused(Position::Gate) => {
            vec![Effect::CloseApproval, Effect::CancelJobs, Effect::ClearRun]
        }
        _ => vec![Effect::CancelJobs, Effect::ClearRun],
    };
    Ok((State::Draft, effects))
}

/// Something the engine noticed. It may come late, so one that does not fit the state changes nothing.
fn notice(state: State, event: Event, facts: &Facts) -> Step {
    match (state, event) {
        (State::At(Position::Working), Event::WorkEnded) => match facts.work {
            Work::InFlight => (state, vec![]),
            Work::Broken => (State::Failed, vec![Effect::Fail]),
            Work::Complete if facts.stage.gate => gate(),
            Work::Complete if !facts.auto_advance => (State::At(Position::Waiting(Wait::Hold)), vec![]),
            Work::Complete => advance(facts),
        },
        (State::At(Position::Waiting(Wait::Condition)), Event::Look) if facts.condition => advance(facts),
        (State::At(Position::Waiting(Wait::Delay)), Event::DelayPassed) => leave(facts),
        (State::At(Position::Gate), Event::GateTimeout) => (state, vec![Effect::Escalate]),
        _ => (state, vec![]),
    }
}

/// From a complete stage that may go on: condition, delay, then the next stage.
fn advance(facts: &Facts) -> Step {
    if !facts.condition {
        return (State::At(Position::Waiting(Wait::Condition)), vec![]);
    }
    if facts.delay {
        return (State::At(Position::Waiting(Wait::Delay)), vec![Effect::StartDelay]);
    }
    leave(facts)
}

fn leave(facts: &Facts) -> Step {
    match facts.next {
        Some(next) => enter(next),
        None => (State::Done, vec![Effect::Complete]),
    }
}

fn enter(next: Entry) -> Step {
    let (state, effects) = begin(next);
    (state, [vec![Effect::EnterNext], effects].concat())
}

/// How a stage begins. A manual stage with a gate stands at it at once: the person's work is the approval.
fn begin(stage: Entry) -> Step {
    match (stage.mode, stage.gate) {
        (Mode::Manual, true) => gate(),
        (Mode::Manual, false) => (State::At(Position::Waiting(Wait::Manual)), vec![]),
        _ => (State::At(Position::Working), vec![Effect::StartWork]),
    }
}

fn gate() -> Step {
    (State::At(Position::Gate), vec![Effect::AskApproval])
}

fn at_gate(state: State) -> Result<(), Refusal> {
    match state {
        State::At(Position::Gate) => Ok(()),
        State::At(_) => Err(Refusal("The current stage does not wait for approval.")),
        other => Err(not_running(other)),
    }
}

fn not_running(state: State) -> Refusal {
    Refusal(match state {
        State::Draft => "The workflow of this project has not been started yet.",
        State::At(_) => "The workflow of this project is running.",
        State::Paused(_) => "The workflow of this project is paused. Resume it first.",
        State::Done => "The workflow of this project is done.",
        State::Failed => "The workflow of this project has failed. Retry or reset it.",
    })
}

impl State {
    /// The value of `ai_state`.
    pub fn selection(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::At(Position::Gate) => "approval_pending",
            State::At(_) => "running",
            State::Paused(_) => "paused",
            State::Done => "done",
            State::Failed => "failed",
        }
    }

    /// The value of `ai_position`: what `ai_state` leaves open. Empty outside a run.
    pub fn position(self) -> &'static str {
        match self {
            State::At(p) | State::Paused(p) => p.name(),
            State::Draft | State::Done | State::Failed => "",
        }
    }

    /// Both stored values, read back. A project written by hand to "running" without a position is at work.
    pub fn read(selection: &str, position: &str) -> State {
        let position = Position::ALL.into_iter().find(|p| p.name() == position);
        match selection {
            "running" => State::At(position.unwrap_or(Position::Working)),
            "approval_pending" => State::At(Position::Gate),
            "paused" => State::Paused(position.unwrap_or(Position::Working)),
            "done" => State::Done,
            "failed" => State::Failed,
            _ => State::Draft,
        }
    }

    /// Every state there is.
    pub fn all() -> Vec<State> {
        let mut all = vec![State::Draft];
        all.extend(Position::ALL.map(State::At));
        all.extend(Position::ALL.map(State::Paused));
        all.extend([State::Done, State::Failed]);
        all
    }
}

impl Position {
    /// Every position there is.
    pub const ALL: [Position; 6] = [
        Position::Working,
        Position::Waiting(Wait::Manual),
        Position::Waiting(Wait::Hold),
        Position::Waiting(Wait::Condition),
        Position::Waiting(Wait::Delay),
        Position::Gate,
    ];

    fn name(self) -> &'static str {
        match self {
            Position::Working => "working",
            Position::Waiting(Wait::Manual) => "manual",
            Position::Waiting(Wait::Hold) => "hold",
            Position::Waiting(Wait::Condition) => "condition",
            Position::Waiting(Wait::Delay) => "delay",
            Position::Gate => "gate",
        }
    }
}

impl Mode {
    /// A value of `execution_mode`, or one of its input aliases.
    pub fn read(text: &str) -> Option<Mode> {
        match text {
            "ai" | "template" => Some(Mode::Ai),
            "manual" => Some(Mode::Manual),
            "system" | "auto" => Some(Mode::System),
            "cli_loop" => Some(Mode::CliLoop),
            _ => None,
        }
    }

    /// The value of `execution_mode`.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Ai => "ai",
            Mode::Manual => "manual",
            Mode::System => "system",
            Mode::CliLoop => "cli_loop",
        }
    }
}

impl Event {
    /// Every event there is, actions of people first.
    pub const ALL: [Event; 14] = [
        Event::Start,
        Event::NextStage,
        Event::Approve,
        Event::RequestChanges,
        Event::Reject,
        Event::Pause,
        Event::Resume,
        Event::Retry,
        Event::Cancel,
        Event::Reset,
        Event::WorkEnded,
        Event::Look,
        Event::DelayPassed,
        Event::GateTimeout,
    ];

    /// Whether a person does it; such an event may be refused, one of the engine is only passed over.
    pub fn is_action(self) -> bool {
        !matches!(self, Event::WorkEnded | Event::Look | Event::DelayPassed | Event::GateTimeout)
    }
}
