//! One project's run under its row lock: facts looked up, the machine asked, its effects carried out, the result saved.
//!
//! Everything here happens in the caller's transaction, as superuser in the caller's name: whoever calls has checked
//! what the user may do.

use chrono::NaiveDateTime;
use serde_json::json;

use crate::db::{Sql, event, job};
use crate::error::{Error, Result};
use crate::orm::{Env, Record};
use crate::schema::pyexpr;
use crate::value::{Json, Map};
use crate::workflow::condition::{self, Condition};
use crate::workflow::machine::{self, Event, Facts, Mode, Position, State, Wait, Work};
use crate::workflow::plan::{Plan, Stage};
use crate::workflow::{effects, progress, variables, work};

/// What a person gave along with an action; the engine gives nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// Feedback of a request for changes, reason of a rejection.
    pub(crate) words: String,
    /// Chosen tasks; None: all that the action is about.
    pub(crate) tasks: Option<Vec<i64>>,
}

/// A project whose row is locked.
pub(crate) struct Run {
    pub(crate) env: Env,
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) manager: Option<i64>,
    pub(crate) template: Option<i64>,
    pub(crate) provider: Option<i64>,
    pub(crate) params: Json,
    pub(crate) state: State,
    pub(crate) plan: Plan,
    pub(crate) stage: Option<i64>,
    pub(crate) left: Vec<i64>,
    pub(crate) round: i64,
    pub(crate) floor: i64,
    pub(crate) paused_at: Option<NaiveDateTime>,
    /// What was asked for at the gate, for work that has no task to write it on.
    pub(crate) words: String,
    /// Further values to save with the state.
    pub(crate) values: Map,
}

const FIELDS: [&str; 14] = [
    "name",
    "user_id",
    "ai_template_id",
    "ai_provider_id",
    "ai_params",
    "ai_state",
    "ai_position",
    "ai_plan",
    "ai_left",
    "ai_round",
    "ai_progress_floor",
    "ai_paused_at",
    "stage_id",
    "active",
];

/// A run takes at most so many steps in one transaction; more is a defect.
const MOST_STEPS: usize = 1000;

/// The superuser in the caller's name, known as the engine to the models' own checks.
fn engine(env: &Env) -> Env {
    env.sudo().with_context(json!({"ai_engine": true, "active_test": false, "tracking_disable": true}))
}

impl Run {
    /// Locks the project's row and reads it. The lock is a write that changes nothing: a transaction that began before
    /// another one's end is refused by PostgreSQL then, and runs again with fresh eyes.
    pub(crate) fn lock(env: &Env, id: i64) -> Result<Run> {
        let env = engine(env);
        let touch =
            Sql::of("UPDATE project_project SET ai_round = coalesce(ai_round, 0) WHERE id = ").int(id);
        if env.execute(&touch)? == 0 {
            return Err(Error::missing("Record does not exist or has been deleted."));
        }
        let record = env.fetch_one("project.project", id, &FIELDS)?;
        Run::of(env, &record)
    }

    /// The project as it is, not locked: for looking only.
    pub(crate) fn peek(env: &Env, id: i64) -> Result<Run> {
        let env = engine(env);
        let record = env.fetch_one("project.project", id, &FIELDS)?;
        Run::of(env, &record)
    }

    /// [`Run::lock`] of several with one statement each; those that are gone are left out.
    pub(crate) fn lock_many(env: &Env, ids: &[i64]) -> Result<Vec<Run>> {
        let env = engine(env);
        let touch = Sql::of("UPDATE project_project SET ai_round = coalesce(ai_round, 0) WHERE id").ids(ids);
        env.execute(&touch)?;
        Run::read_many(env, ids)
    }

    /// [`Run::peek`] of several with one statement; those that are gone are left out.
    pub(crate) fn peek_many(env: &Env, ids: &[i64]) -> Result<Vec<Run>> {
        Run::read_many(engine(env), ids)
    }

    fn read_many(env: Env, ids: &[i64]) -> Result<Vec<Run>> {
        let there = env.exists("project.project", ids)?;
        let records = env.fetch("project.project", &there, &FIELDS)?;
        records.iter().map(|r| Run::of(env.clone(), r)).collect()
    }

    fn of(env: Env, r: &Record) -> Result<Run> {
        let left = r.json("ai_left").as_array().into_iter().flatten().filter_map(Json::as_i64).collect();
        Ok(Run {
            id: r.id,
            name: r.str("name").into(),
            manager: r.opt("user_id"),
            template: r.opt("ai_template_id"),
            provider: r.opt("ai_provider_id"),
            params: r.json("ai_params").clone(),
            state: State::read(r.str("ai_state"), r.str("ai_position")),
            plan: Plan::read(r.json("ai_plan"))?,
            stage: r.opt("stage_id"),
            left,
            round: r.int("ai_round"),
            floor: r.int("ai_progress_floor"),
            paused_at: r.datetime("ai_paused_at"),
            words: String::new(),
            values: Map::new(),
            env,
        })
    }

    /// The stage the run stands in.
    pub(crate) fn current(&self) -> Result<&Stage> {
        self.stage.and_then(|id| self.plan.get(id)).ok_or_else(|| {
            Error::user(format!("The project \"{}\" stands in no stage of its run.", self.name))
        })
    }

    /// Project's id as the queue's typed table has it.
    pub(crate) fn key(&self) -> i32 {
        i32::try_from(self.id).unwrap_or_default()
    }

    /// An action of a person, or a notice of the engine: one step, then all that follows by itself; then saved.
    pub(crate) fn act(&mut self, event: Event, ask: &Ask) -> Result<()> {
        let facts = self.facts(event, ask)?;
        let (state, list) = machine::step(self.state, event, &facts)?;
        self.state = state;
        effects::carry_out(self, event, &list, ask)?;
        self.settle()?;
        self.save()
    }

    /// Lets the run go on until it waits for something.
    pub(crate) fn settle(&mut self) -> Result<()> {
        for _ in 0..MOST_STEPS {
            let event = match self.state {
                State::At(Position::Working) => {
                    work::start(self)?;
                    Event::WorkEnded
                }
                State::At(Position::Waiting(Wait::Condition)) => Event::Look,
                _ => return Ok(()),
            };
            let facts = self.facts(event, &Ask::default())?;
            let (state, list) = machine::step(self.state, event, &facts)?;
            if state == self.state && list.is_empty() {
                return Ok(());
            }
            self.state = state;
            effects::carry_out(self, event, &list, &Ask::default())?;
        }
        Err(Error::internal("The workflow does not come to rest."))
    }

    /// What the machine has to know.
    fn facts(&self, event: Event, ask: &Ask) -> Result<Facts> {
        let none = Stage::default();
        let stage = self.stage.and_then(|id| self.plan.get(id)).unwrap_or(&none);
        let next = match self.state {
            State::Draft => self.plan.first(),
            _ => self.plan.after(stage.id),
        };
        let work = match self.state {
            State::Draft | State::Done => Work::Complete,
            _ => work::status(self)?,
        };
        Ok(Facts {
            stage: stage.entry(),
            auto_advance: stage.auto_advance,
            allow_feedback: stage.allow_feedback,
            condition: self.condition_holds(stage)?,
            delay: stage.transition_delay > 0,
            next: next.map(Stage::entry),
            work,
            all_approved: event == Event::Approve && work::all_approved(self, ask)?,
        })
    }

    fn condition_holds(&self, stage: &Stage) -> Result<bool> {
        match Condition::read(&stage.transition_condition)? {
            Condition::Always => Ok(true),
            Condition::Domain(text) => {
                let mut domain = vec![json!(["id", "=", self.id])];
                domain.extend(pyexpr::literal(&text)?.as_array().cloned().unwrap_or_default());
                Ok(!self.env.search("project.project", Json::Array(domain))?.is_empty())
            }
            Condition::Expression(text) => {
                let variables = variables::of_condition(self, stage)?;
                condition::holds(&text, &variables)
            }
        }
    }

    /// Progress as it would be shown now.
    pub(crate) fn percent(&self) -> Result<i64> {
        Ok(Run::percents(&self.env, &[self])?.first().copied().unwrap_or(0))
    }

    /// [`Run::percent`] of several with one query.
    pub(crate) fn percents(env: &Env, runs: &[&Run]) -> Result<Vec<i64>> {
        let current = |run: &Run| run.stage.filter(|stage| !run.left.contains(stage));
        let pairs: Vec<(i64, i64)> = runs.iter().filter_map(|run| Some((run.id, current(run)?))).collect();
        let shares = if pairs.is_empty() { Default::default() } else { work::share(env, &pairs)? };
        let percent = |run: &&Run| {
            let (tasks, done) = shares.get(&run.id).copied().unwrap_or_default();
            let (stages, left) = (run.plan.stages.len(), run.left.len());
            progress::percent(run.state, &progress::Run { stages, left, tasks, done, floor: run.floor })
        };
        Ok(runs.iter().map(percent).collect())
    }

    /// Writes the position down.
    pub(crate) fn save(&mut self) -> Result<()> {
        self.floor = self.percent()?;
        let mut values = std::mem::take(&mut self.values);
        let stage = self.stage.map_or(Json::Bool(false), Json::from);
        values.insert("ai_state".into(), self.state.selection().into());
        values.insert("ai_position".into(), self.state.position().into());
        values.insert("stage_id".into(), stage);
        values.insert("ai_left".into(), json!(self.left));
        values.insert("ai_round".into(), self.round.into());
        values.insert("ai_progress_floor".into(), self.floor.into());
        self.env.write("project.project", &[self.id], Json::Object(values))
    }

    /// ai_params over the template's default_params.
    pub(crate) fn merged_params(&self) -> Result<Map> {
        let mut merged = Map::new();
        if let Some(template) = self.template {
            let record = self.env.fetch_one("ai.project.template", template, &["default_params"])?;
            merged.extend(record.json("default_params").as_object().cloned().unwrap_or_default());
        }
        merged.extend(self.params.as_object().cloned().unwrap_or_default());
        Ok(merged)
    }

    /// Puts one event into the history, and into the chatter when people should read it.
    pub(crate) fn log(&self, entry: Entry<'_>) -> Result<()> {
        self.log_many(&[entry])
    }

    /// [`Run::log`] of several with one statement.
    pub(crate) fn log_many(&self, entries: &[Entry<'_>]) -> Result<()> {
        Run::log_all(&self.env, &entries.iter().map(|entry| (self, *entry)).collect::<Vec<_>>())
    }

    /// [`Run::log`] of several projects with one statement.
    pub(crate) fn log_all(env: &Env, entries: &[(&Run, Entry<'_>)]) -> Result<()> {
        let now = env.now().format(crate::value::DATETIME_FORMAT).to_string();
        let falsy = |id: Option<i64>| id.map_or(Json::Bool(false), Json::from);
        let rows = entries.iter().map(|(run, e)| {
            let values = json!({
                "project_id": run.id, "task_id": falsy(e.task), "stage_id": falsy(run.stage),
                "user_id": env.uid(), "kind": e.kind, "message": e.message,
                "feedback": e.feedback, "version": e.version, "date": now,
            });
            values.as_object().cloned().unwrap_or_default()
        });
        env.create_many("ai.event", rows.collect())?;
        env.tx().with_conn(|c| c.tell_later(event::EVENTS));
        for (run, entry) in entries.iter().filter(|(_, e)| e.told) {
            run.tell(entry)?;
        }
        Ok(())
    }

    fn tell(&self, entry: &Entry<'_>) -> Result<()> {
        if !self.env.model("project.project")?.methods.contains_key("message_post") {
            return Ok(());
        }
        let escape = |text: &str| html_escape::encode_text(text).replace('\n', "<br/>");
        let mut body = format!("<p>{}</p>", escape(entry.message));
        if !entry.feedback.is_empty() {
            body.push_str(&format!("<blockquote>{}</blockquote>", escape(entry.feedback)));
        }
        let kwargs = json!({"body": body, "body_is_html": true, "message_type": "notification"});
        let kwargs = kwargs.as_object().cloned().unwrap_or_default();
        self.env.call("project.project", &[self.id], "message_post", vec![], kwargs)?;
        Ok(())
    }

    /// How long the pause that ends now has lasted.
    pub(crate) fn paused_for(&self) -> chrono::Duration {
        self.paused_at.map_or_else(chrono::Duration::zero, |since| self.env.now() - since)
    }

    /// Queues a timer for this project.
    pub(crate) fn enqueue_timer(&self, kind: &str, seconds: i64) -> Result<()> {
        let new = job::NewJob {
            kind: kind.into(),
            stage_id: self.stage.and_then(|s| i32::try_from(s).ok()),
            eta: self.env.now() + chrono::Duration::seconds(seconds),
            identity_key: format!("{kind}:{}:{}", self.id, self.round),
            ..self.new_job()
        };
        self.env.db(|c| job::enqueue(c, &[new]))?;
        Ok(())
    }

    /// A job of this project with nothing special about it.
    pub(crate) fn new_job(&self) -> job::NewJob {
        job::NewJob {
            kind: String::new(),
            state: "pending".into(),
            project_id: Some(self.key()),
            task_id: None,
            stage_id: None,
            provider_id: None,
            priority: 10,
            attempt: 0,
            max_attempts: 3,
            eta: self.env.now(),
            identity_key: String::new(),
            payload: None,
            create_uid: i32::try_from(self.env.uid()).ok(),
            create_date: self.env.now(),
        }
    }
}

/// One line of the history.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry<'a> {
    /// A value of ai.event.kind.
    pub(crate) kind: &'a str,
    /// A sentence.
    pub(crate) message: &'a str,
    /// What a person wrote.
    pub(crate) feedback: &'a str,
    /// Its task.
    pub(crate) task: Option<i64>,
    /// Version of the content it is about.
    pub(crate) version: i64,
    /// Whether the chatter gets it too.
    pub(crate) told: bool,
}

/// Whether a stage of this mode has tasks of its own.
pub(crate) fn has_tasks(stage: &Stage) -> bool {
    stage.mode() == Mode::Ai
}
