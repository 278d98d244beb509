//! The machine alone, with a model of what its effects do: stages, tasks and jobs as plain numbers.

use workwarden::workflow::machine::{Effect, Entry, Event, Facts, Mode, Position, State, Wait, Work, step};
use workwarden::workflow::progress::{self, percent};

use super::{Chance, seeds};

#[derive(Debug, Clone, Copy)]
struct Stage {
    entry: Entry,
    auto: bool,
    feedback: bool,
    delay: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Task {
    Pending,
    /// Queued or being worked on; whether its job stands still.
    Open {
        held: bool,
    },
    Done,
    Failed,
}

#[derive(Debug)]
struct Model {
    stages: Vec<Stage>,
    /// By stage; a stage without tasks of its own has one that stands for its job.
    tasks: Vec<Vec<Task>>,
    state: State,
    at: Option<usize>,
    condition: bool,
    timer: bool,
    /// The gate of the current stage was opened.
    opened: bool,
    floor: i64,
    log: Vec<String>,
}

impl Model {
    fn new(chance: &mut Chance) -> Model {
        let modes = [Mode::Ai, Mode::Manual, Mode::System, Mode::CliLoop];
        let stages: Vec<Stage> = (0..1 + chance.below(5))
            .map(|_| Stage {
                entry: Entry { mode: *chance.one_of(&modes), gate: chance.once_in(3) },
                auto: !chance.once_in(4),
                feedback: !chance.once_in(4),
                delay: chance.once_in(4),
            })
            .collect();
        let count = |s: &Stage, chance: &mut Chance| match s.entry.mode {
            Mode::Ai => 1 + chance.below(3),
            Mode::Manual => 0,
            _ => 1,
        };
        let tasks = stages.iter().map(|s| vec![Task::Pending; count(s, chance)]).collect();
        Model {
            stages,
            tasks,
            state: State::Draft,
            at: None,
            condition: true,
            timer: false,
            opened: false,
            floor: 0,
            log: vec![],
        }
    }

    fn own(&self) -> &[Task] {
        self.at.map_or(&[], |at| &self.tasks[at])
    }

    fn open(&self) -> usize {
        self.tasks.iter().flatten().filter(|t| matches!(t, Task::Open { .. })).count()
    }

    fn work(&self) -> Work {
        if self.open() > 0 || self.own().contains(&Task::Pending) {
            return Work::InFlight;
        }
        let broken = self.tasks.iter().take(self.at.map_or(0, |at| at + 1)).flatten();
        if broken.into_iter().any(|t| *t == Task::Failed) { Work::Broken } else { Work::Complete }
    }

    fn facts(&self, all_approved: bool) -> Facts {
        let stage = self.stages[self.at.unwrap_or(0)];
        let next = match self.at {
            None => self.stages.first(),
            Some(at) => self.stages.get(at + 1),
        };
        Facts {
            stage: stage.entry,
            auto_advance: stage.auto,
            allow_feedback: stage.feedback,
            condition: self.condition,
            delay: stage.delay,
            next: next.map(|s| s.entry),
            work: if self.state == State::Draft { Work::Complete } else { self.work() },
            all_approved,
        }
    }

    fn progress(&mut self) -> i64 {
        let own = self.own();
        let (tasks, done) = (own.len(), own.iter().filter(|t| **t == Task::Done).count());
        let left = self.at.unwrap_or(0);
        let run = progress::Run { stages: self.stages.len(), left, tasks, done, floor: self.floor };
        let now = percent(self.state, &run);
        assert!((0..=100).contains(&now), "{now} {self:?}");
        assert_eq!(now == 100, self.state == State::Done, "{now} {self:?}");
        let again = matches!(self.state, State::Draft | State::Done);
        assert!(again || now >= self.floor, "backwards: {now} {self:?}");
        self.floor = if self.state == State::Done { self.floor } else { now };
        now
    }

    /// One event and all that follows by itself, as the engine does it.
    fn act(&mut self, event: Event, all_approved: bool) -> bool {
        let Ok((state, effects)) = step(self.state, event, &self.facts(all_approved)) else {
            assert!(event.is_action(), "the engine is never refused: {self:?}");
            return false;
        };
        self.carry_out(event, state, &effects, all_approved);
        for _ in 0..1000 {
            let event = match self.state {
                State::At(Position::Working) => {
                    self.start_work();
                    Event::WorkEnded
                }
                State::At(Position::Waiting(Wait::Condition)) => Event::Look,
                _ => break,
            };
            let (state, effects) = step(self.state, event, &self.facts(false)).expect("never refused");
            if state == self.state && effects.is_empty() {
                break;
            }
            self.carry_out(event, state, &effects, false);
        }
        true
    }

    fn start_work(&mut self) {
        if let Some(at) = self.at {
            let pending = self.tasks[at].iter_mut().filter(|t| **t == Task::Pending);
            pending.for_each(|t| *t = Task::Open { held: false });
        }
    }

    fn carry_out(&mut self, event: Event, state: State, effects: &[Effect], all_approved: bool) {
        self.log.push(format!("{event:?} {:?} → {state:?} {effects:?}", self.state));
        for effect in effects {
            match effect {
                Effect::BeginRun => self.floor = 0,
                Effect::EnterNext => {
                    if let Some(at) = self.at {
                        self.check_gate(at);
                    }
                    self.at = Some(self.at.map_or(0, |at| at + 1));
                    self.opened = false;
                }
                Effect::StartWork => assert!(!matches!(state, State::Paused(_)), "a pause starts: {self:?}"),
                Effect::AskApproval => self.opened = false,
                Effect::MarkApproved => self.opened |= all_approved && event == Event::Approve,
                Effect::Rework => {
                    self.floor = 0;
                    self.opened = false;
                    let back = self.at.map_or(0, |at| at + 1);
                    let own = self.tasks.iter_mut().take(back).rev().find(|own| !own.is_empty());
                    own.into_iter().flatten().for_each(|t| *t = Task::Open { held: false });
                }
                Effect::StartDelay => {
                    assert!(!matches!(state, State::Paused(_)), "a pause starts a timer: {self:?}");
                    self.timer = true;
                }
                Effect::StopDelay => self.timer = false,
                Effect::HoldJobs => self.hold(true),
                Effect::ReleaseJobs => self.hold(false),
                Effect::CancelJobs => {
                    self.timer = false;
                    let open = self.tasks.iter_mut().flatten().filter(|t| matches!(t, Task::Open { .. }));
                    open.for_each(|t| *t = Task::Failed);
                }
                Effect::RenewTasks => {
                    let at = self.at;
                    for (i, own) in self.tasks.iter_mut().enumerate() {
                        let failed = own.iter_mut().filter(|t| **t == Task::Failed);
                        let earlier = at.is_some_and(|at| i < at);
                        failed.for_each(|t| {
                            *t = if earlier { Task::Open { held: false } } else { Task::Pending }
                        });
                    }
                }
                Effect::ClearRun => {
                    self.at = None;
                    self.floor = 0;
                    self.tasks.iter_mut().flatten().for_each(|t| *t = Task::Pending);
                }
                Effect::Complete => self.check_gate(self.at.unwrap_or(0)),
                Effect::CloseApproval | Effect::Fail | Effect::Escalate => {}
            }
        }
        if event == Event::DelayPassed {
            self.timer = false;
        }
        self.state = state;
    }

    fn check_gate(&self, at: usize) {
        assert!(!self.stages[at].entry.gate || self.opened, "a gate was passed: {self:#?}");
    }

    fn hold(&mut self, held: bool) {
        for task in self.tasks.iter_mut().flatten() {
            if let Task::Open { held: now } = task {
                *now = held;
            }
        }
    }

    fn check(&mut self, tasks: usize) {
        assert_eq!(self.tasks.iter().flatten().count(), tasks, "a task was lost");
        if matches!(self.state, State::Done | State::Failed | State::Draft) {
            assert!(self.open() == 0 && !self.timer, "open work in a run that is over: {self:#?}");
        }
        if self.state == State::Done {
            let all = self.tasks.iter().flatten().all(|t| *t == Task::Done);
            assert!(all, "done, but not all tasks: {self:#?}");
        }
        if self.state == State::At(Position::Working) {
            assert!(self.open() > 0, "at work without work: {self:#?}");
        }
        self.progress();
    }

    /// A job in flight ends: well, or for good.
    fn end_one(&mut self, chance: &mut Chance) {
        let paused = matches!(self.state, State::Paused(_));
        let open: Vec<&mut Task> =
            self.tasks.iter_mut().flatten().filter(|t| matches!(t, Task::Open { .. })).collect();
        if open.is_empty() {
            return;
        }
        let at = chance.below(open.len());
        for (i, task) in open.into_iter().enumerate() {
            if i == at {
                *task = if chance.once_in(6) { Task::Failed } else { Task::Done };
            }
        }
        if !paused {
            self.act(Event::WorkEnded, false);
        }
    }
}

#[test]
fn whatever_happens_to_the_machine() {
    let mut reached_done = 0;
    for seed in seeds(3000) {
        let mut chance = Chance::new(seed);
        let mut model = Model::new(&mut chance);
        let tasks = model.tasks.iter().flatten().count();
        for _ in 0..120 {
            match chance.below(10) {
                0..=4 => model.end_one(&mut chance),
                5 => {
                    model.condition = !chance.once_in(3);
                    if !matches!(model.state, State::Paused(_)) {
                        model.act(Event::Look, false);
                    }
                }
                6 if model.timer && !matches!(model.state, State::Paused(_)) => {
                    model.act(Event::DelayPassed, false);
                }
                _ => {
                    let event = *chance.one_of(&Event::ALL);
                    let timed = event == Event::DelayPassed && !model.timer;
                    let rare = matches!(event, Event::Cancel | Event::Reset | Event::Reject);
                    // Requests for changes need something that can be written again.
                    let idle = event == Event::RequestChanges && model.tasks.iter().flatten().count() == 0;
                    if !timed && !idle && (!rare || chance.once_in(5)) {
                        let approved = chance.once_in(2);
                        model.act(event, approved);
                    }
                }
            }
            model.check(tasks);
        }
        reached_done += usize::from(model.log.iter().any(|l| l.contains("→ Done")));
    }
    assert!(reached_done > 300, "the sequences come somewhere: {reached_done}");
}
