//! Tasks begin and end in numbers: one transaction for all that a worker claimed together, and one for all whose
//! answers came in meanwhile, with the same few statements however many there are.
//!
//! The invariants are those of one job: a result is stored only if its job is still held as it was claimed, and each
//! project is locked before. Where a task's row is written here below the ORM, these are columns that only the engine
//! writes and that nothing stored is computed from.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::json;

use crate::db::job::{self, Fault, Job, Turn};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::{Env, Record};
use crate::value::{Json, Map, Value};
use crate::workflow::calls::{self, Prompt};
use crate::workflow::execute::{self, Next, Prepared};
use crate::workflow::machine::{Position, State};
use crate::workflow::plan::Stage;
use crate::workflow::provider::{Answer, Provider};
use crate::workflow::run::{self, Run};
use crate::workflow::{variables, work};

/// What is looked up once for all the tasks of a batch.
struct Common<'r> {
    env: &'r Env,
    tasks: HashMap<i64, Record>,
    prompts: HashMap<i64, Rc<Prompt>>,
    providers: HashMap<i64, Arc<Provider>>,
    /// By project: what every prompt of it sees.
    shared: HashMap<i64, Map>,
    /// By project and stage.
    artifacts: HashMap<(i64, i64), Json>,
}

/// First transaction of claimed tasks; the answers are in the order of the jobs.
pub(crate) fn begin(env: &Env, jobs: &[&Job]) -> Result<Vec<Next>> {
    let runs = peek(env, jobs)?;
    let held: HashSet<i32> = env.db(|c| job::held(c, jobs))?.into_iter().collect();
    let ids: BTreeSet<i64> = jobs.iter().filter_map(|j| j.task_id.map(i64::from)).collect();
    let mut common = Common::of(env, &ids.into_iter().collect::<Vec<_>>())?;
    let mut out: Vec<Next> = vec![];
    let mut begun = vec![];
    for job in jobs {
        let project = job.project_id.map_or(0, i64::from);
        let next = match runs.get(&project) {
            Some(run) if held.contains(&job.id) => begin_one(&mut common, run, job)?,
            _ => Next::Nothing,
        };
        // What is only reserved begins when its turn comes.
        if matches!(next, Next::Call(_)) && !job.is_reserved() {
            begun.extend(job.task_id.map(i64::from));
        }
        out.push(next);
    }
    process(env, &begun)?;
    Ok(out)
}

/// Tasks that are worked on from now on.
fn process(env: &Env, tasks: &[i64]) -> Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let sql = Sql::of(
        "UPDATE project_task SET ai_state = 'processing', ai_attempts = coalesce(ai_attempts, 0) + 1",
    )
    .sql(stamp(env))
    .raw(" WHERE id")
    .ids(tasks);
    env.execute(&sql)?;
    Ok(())
}

/// The turn of reserved jobs has come: which of them begin.
pub(crate) fn launch(env: &Env, turns: &[Turn<'_>]) -> Result<Vec<i32>> {
    let launched = env.db(|c| job::launch(c, turns, env.now()))?;
    let tasks = turns.iter().filter(|(job, _)| launched.contains(&job.id));
    process(env, &tasks.filter_map(|(job, _)| job.task_id.map(i64::from)).collect::<Vec<_>>())?;
    Ok(launched)
}

/// `, write_uid = …, write_date = …`.
fn stamp(env: &Env) -> Sql {
    Sql::of(", write_uid = ")
        .int(env.uid())
        .raw(", write_date = ")
        .bind(ColType::DateTime, Value::DateTime(env.now()))
}

fn peek(env: &Env, jobs: &[&Job]) -> Result<HashMap<i64, Run>> {
    let ids: BTreeSet<i64> = jobs.iter().filter_map(|j| j.project_id.map(i64::from)).collect();
    let runs = Run::peek_many(env, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(runs.into_iter().map(|run| (run.id, run)).collect())
}

fn begin_one(common: &mut Common<'_>, run: &Run, job: &Job) -> Result<Next> {
    match run.state {
        State::At(Position::Working) => {}
        State::Paused(_) => {
            execute::stand_back(run, job)?;
            return Ok(Next::Nothing);
        }
        _ => {
            let fault = Fault { name: "stale", message: "The project has gone on without this job." };
            run.env.db(|c| job::fail(c, job, fault, run.env.now()))?;
            return Ok(Next::Nothing);
        }
    }
    match prepare(common, run, job) {
        Ok(prepared) => Ok(Next::Call(Box::new(prepared))),
        // What the machine's own trouble is may pass; what the prompt or the settings say will not.
        Err(e) if !e.is_of_rules() => Err(e),
        Err(e) => {
            execute::fail(common.env, run.id, job, Fault { name: "prompt", message: &e.message })?;
            Ok(Next::Nothing)
        }
    }
}

fn prepare(common: &mut Common<'_>, run: &Run, job: &Job) -> Result<Prepared> {
    let (stage, task) = subject(run, job)?;
    let template = stage.ai_template_id.ok_or_else(|| Error::user("The stage has no prompt."))?;
    let prompt = common.prompt(template)?;
    let vars = common.variables(run, stage, task, &prompt)?;
    let fault = execute::payload(job)["fault"].as_str().map(str::to_string);
    let request = prompt.request(&vars, fault.as_deref())?;
    let provider = job.provider_id.ok_or_else(|| Error::user("The job has no provider."))?;
    let provider = common.provider(i64::from(provider))?;
    Ok(Prepared { provider, request, shape: prompt.shape.clone() })
}

/// The stage and the task that a job is about.
fn subject<'r>(run: &'r Run, job: &Job) -> Result<(&'r Stage, i64)> {
    let stage = job.stage_id.and_then(|id| run.plan.get(i64::from(id)));
    let stage = stage.ok_or_else(|| Error::user("The stage of this job is not part of the run."))?;
    let task = job.task_id.map(i64::from).ok_or_else(|| Error::user("The task of this job is gone."))?;
    Ok((stage, task))
}

impl<'r> Common<'r> {
    fn of(env: &'r Env, tasks: &[i64]) -> Result<Common<'r>> {
        let records = variables::tasks(env, tasks)?;
        Ok(Common {
            env,
            tasks: records.into_iter().map(|t| (t.id, t)).collect(),
            prompts: HashMap::new(),
            providers: HashMap::new(),
            shared: HashMap::new(),
            artifacts: HashMap::new(),
        })
    }

    fn prompt(&mut self, id: i64) -> Result<Rc<Prompt>> {
        if !self.prompts.contains_key(&id) {
            self.prompts.insert(id, Rc::new(Prompt::read(self.env, id)?));
        }
        Ok(self.prompts[&id].clone())
    }

    fn provider(&mut self, id: i64) -> Result<Arc<Provider>> {
        if !self.providers.contains_key(&id) {
            let provider = calls::provider(self.env, id)?;
            provider.check()?;
            self.providers.insert(id, Arc::new(provider));
        }
        Ok(self.providers[&id].clone())
    }

    /// The variables of one task's prompt; what the prompt does not ask for is not fetched.
    fn variables(&mut self, run: &Run, stage: &Stage, task: i64, prompt: &Prompt) -> Result<Json> {
        if let Entry::Vacant(place) = self.shared.entry(run.id) {
            place.insert(variables::shared(run)?);
        }
        let key = (run.id, stage.id);
        if prompt.wants_artifacts && !self.artifacts.contains_key(&key) {
            self.artifacts.insert(key, variables::artifacts(run, stage.id)?);
        }
        let none = || Json::Array(vec![]);
        let artifacts = if prompt.wants_artifacts { self.artifacts[&key].clone() } else { none() };
        let task = self.tasks.get(&task).ok_or_else(|| Error::user("The task of this job is gone."))?;
        Ok(variables::of_prompt(&self.shared[&run.id], stage, task, artifacts))
    }
}

/// An answer that waits to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done<'a> {
    pub(crate) job: &'a Job,
    pub(crate) prepared: &'a Prepared,
    pub(crate) answer: &'a Answer,
    /// The answer in the shape that was asked for.
    pub(crate) text: &'a str,
}

impl Done<'_> {
    /// The job and which execution of it this was.
    fn held(&self) -> (i32, i32) {
        (self.job.id, self.job.attempt())
    }
    fn project(&self) -> i64 {
        self.job.project_id.map_or(0, i64::from)
    }
    fn task(&self) -> i64 {
        self.job.task_id.map_or(0, i64::from)
    }
    fn stage(&self) -> i64 {
        self.job.stage_id.map_or(0, i64::from)
    }
    fn tokens(&self) -> i64 {
        self.answer.prompt_tokens.unwrap_or(0) + self.answer.completion_tokens.unwrap_or(0)
    }
}

/// Second transaction after good answers: which were stored. The others' jobs were not held any more.
pub(crate) fn store(env: &Env, all: &[Done<'_>]) -> Result<Vec<bool>> {
    let projects: BTreeSet<i64> = all.iter().map(Done::project).collect();
    let mut runs: BTreeMap<i64, Run> = Run::lock_many(env, &projects.into_iter().collect::<Vec<_>>())?
        .into_iter()
        .map(|run| (run.id, run))
        .collect();
    let ours: Vec<(&Job, i64)> =
        all.iter().filter(|d| runs.contains_key(&d.project())).map(|d| (d.job, d.tokens())).collect();
    let kept: HashSet<(i32, i32)> = env.db(|c| job::finish_all(c, &ours, env.now()))?.into_iter().collect();
    let held: Vec<Done<'_>> = all.iter().filter(|d| kept.contains(&d.held())).copied().collect();
    if let Some(run) = runs.values().next().filter(|_| !held.is_empty()) {
        write(&run.env, &runs, &held)?;
        go_on(&mut runs)?;
    }
    Ok(all.iter().map(|d| kept.contains(&d.held())).collect())
}

/// Artifacts, tasks and history.
fn write(env: &Env, runs: &BTreeMap<i64, Run>, held: &[Done<'_>]) -> Result<()> {
    let tasks: Vec<i64> = held.iter().map(Done::task).collect();
    let names: HashMap<i64, String> = env
        .fetch("project.task", &tasks, &["name"])?
        .into_iter()
        .map(|t| (t.id, t.str("name").to_string()))
        .collect();
    let name = |task: i64| names.get(&task).map_or("", String::as_str);
    let versions = supersede(env, held)?;
    let version = |d: &Done<'_>| versions.get(&(d.task(), d.stage())).copied().unwrap_or(0) + 1;
    let artifacts = held.iter().map(|d| {
        let (shape, answer) = (&d.prepared.shape, d.answer);
        let model = if answer.model.is_empty() { &d.prepared.provider.model } else { &answer.model };
        let values = json!({
            "name": name(d.task()), "artifact_type": shape.artifact_type, "content": d.text,
            "project_id": d.project(), "task_id": d.task(), "stage_id": d.stage(), "version": version(d),
            "mimetype": shape.mimetype(), "provider_id": d.job.provider_id, "model": model,
            "prompt_tokens": answer.prompt_tokens.unwrap_or(0),
            "completion_tokens": answer.completion_tokens.unwrap_or(0), "job_id": d.job.id,
        });
        values.as_object().cloned().unwrap_or_default()
    });
    env.create_many("ai.artifact", artifacts.collect())?;
    let rows = held.iter().map(|d| json!({"of_id": d.task(), "text": d.text}));
    let sql = Sql::of(
        "UPDATE project_task SET ai_state = 'done', ai_error = NULL, ai_feedback = NULL, ai_content = given.text",
    )
    .sql(stamp(env))
    .given(rows.collect(), &[("of_id", ColType::Int), ("text", ColType::Text)])
    .raw(" WHERE project_task.id = given.of_id");
    env.execute(&sql)?;
    let messages: Vec<String> =
        held.iter().map(|d| format!("Task \"{}\" was written.", name(d.task()))).collect();
    let entries = held.iter().zip(&messages).filter_map(|(d, message)| {
        let entry = run::Entry {
            kind: "task_done",
            message,
            task: Some(d.task()),
            version: version(d),
            ..run::Entry::default()
        };
        Some((runs.get(&d.project())?, entry))
    });
    Run::log_all(env, &entries.collect::<Vec<_>>())
}

/// Makes the tasks' earlier artifacts of their stages inactive; gives the highest versions so far.
fn supersede(env: &Env, held: &[Done<'_>]) -> Result<HashMap<(i64, i64), i64>> {
    let tasks: Vec<i64> = held.iter().map(Done::task).collect();
    let sql =
        Sql::of("SELECT id, task_id, stage_id, version, active FROM ai_artifact WHERE stage_id IS NOT NULL AND task_id")
            .ids(&tasks);
    let types = [ColType::Int, ColType::Int, ColType::Int, ColType::Int, ColType::Bool];
    let pairs: HashSet<(i64, i64)> = held.iter().map(|d| (d.task(), d.stage())).collect();
    let (mut versions, mut old) = (HashMap::new(), vec![]);
    for row in env.query(&sql, &types)? {
        let key = (row[1].int(), row[2].int());
        if !pairs.contains(&key) {
            continue;
        }
        let highest = versions.entry(key).or_insert(0);
        *highest = row[3].int().max(*highest);
        if !row[4].is_falsy() {
            old.push(row[0].int());
        }
    }
    if !old.is_empty() {
        env.write("ai.artifact", &old, json!({"active": false}))?;
    }
    Ok(versions)
}

/// Runs whose last open job this was go on; the others' progress is written down where it has grown.
fn go_on(runs: &mut BTreeMap<i64, Run>) -> Result<()> {
    let Some(env) = runs.values().next().map(|run| run.env.clone()) else { return Ok(()) };
    let ids: Vec<i64> = runs.keys().copied().collect();
    let open: HashSet<i64> =
        env.db(|c| job::open_counts(c, &ids, &work::WORK))?.into_iter().map(|(id, _)| id).collect();
    let busy: Vec<&Run> = runs.values().filter(|run| open.contains(&run.id)).collect();
    let grown: Vec<Json> = Run::percents(&env, &busy)?
        .into_iter()
        .zip(&busy)
        .filter(|(percent, run)| *percent > run.floor)
        .map(|(percent, run)| json!({"of_id": run.id, "floor": percent}))
        .collect();
    if !grown.is_empty() {
        let sql = Sql::of("UPDATE project_project SET ai_progress_floor = given.floor")
            .given(grown.into(), &[("of_id", ColType::Int), ("floor", ColType::Int)])
            .raw(" WHERE project_project.id = given.of_id");
        env.execute(&sql)?;
    }
    for run in runs.values_mut().filter(|run| !open.contains(&run.id)) {
        run.settle()?;
        run.save()?;
    }
    Ok(())
}
