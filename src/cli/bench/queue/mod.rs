//! `bench queue`: how fast the engine itself is, measured from inside on a database of one's own (it is filled with
//! projects that nobody wants): tasks a second, latency of a claim, calls in flight, and what waiting costs.

mod stub;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::json;

use super::super::{say, start};
use crate::config::{Config, Settings};
use crate::db::{ColType, Mode, Sql};
use crate::error::{Error, Result};
use crate::orm::{Database, Env, SUPERUSER};
use crate::value::{Json, Map};
use crate::workflow::{Worker, WorkerHandle, WorkerOptions};
use stub::Stub;

/// Longest time that a measurement may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Case {
    /// Tasks a second from queued to done, with a provider that answers at once
    Rate,
    /// From the commit that queues a task to the provider's phone ringing, when nothing else goes on
    Latency,
    /// How many calls a slow provider with a limit has at one time
    Flight,
    /// What many projects at their gates cost
    Waiting,
}

/// On which database, and how much.
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// What to measure; may be given several times
    #[arg(long, value_enum, default_values_t = [Case::Rate, Case::Latency, Case::Flight])]
    case: Vec<Case>,
    /// rate: tasks in all
    #[arg(long, default_value_t = 10_000)]
    tasks: usize,
    /// rate: over so many projects
    #[arg(long, default_value_t = 50)]
    projects: usize,
    /// latency: tasks, one after the other
    #[arg(long, default_value_t = 300)]
    claims: usize,
    /// flight: milliseconds that the provider takes for an answer
    #[arg(long, default_value_t = 200)]
    delay: u64,
    /// flight: calls that the provider allows at one time
    #[arg(long, default_value_t = 32)]
    concurrency: usize,
    /// waiting: projects at gates
    #[arg(long, default_value_t = 10_000)]
    waiting: usize,
    /// waiting: seconds to watch
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// Runs the subcommand.
pub(super) fn run(args: Args) -> Result<()> {
    let config = start::configure(args.settings.clone())?;
    let (app, _) = start::open(&config)?;
    let bench = Bench { db: app.db.clone(), config };
    for case in &args.case {
        match case {
            Case::Rate => bench.rate(&args)?,
            Case::Latency => bench.latency(&args)?,
            Case::Flight => bench.flight(&args)?,
            Case::Waiting => bench.waiting(&args)?,
        }
    }
    Ok(())
}

struct Bench {
    db: Arc<Database>,
    config: Config,
}

impl Bench {
    fn rate(&self, args: &Args) -> Result<()> {
        let each = args.tasks.div_ceil(args.projects.max(1));
        let projects = self.projects("echo:", 0, args.projects, each, json!({}))?;
        let since = Instant::now();
        projects.chunks(10).try_for_each(|some| self.start(some))?;
        let queued = since.elapsed();
        let since = Instant::now();
        let worker = self.worker()?;
        self.wait(&projects, "done")?;
        let seconds = since.elapsed().as_secs_f64();
        worker.stop();
        let made = self.count(
            "SELECT count(*) FROM ai_artifact a JOIN ai_job j ON j.id = a.job_id \
             WHERE a.active AND j.state = 'done' AND a.project_id",
            &projects,
        )?;
        let all = i64::try_from(each * projects.len()).unwrap_or(i64::MAX);
        if made != all {
            return Err(Error::internal(format!("{made} artifacts for {all} tasks")));
        }
        say!(
            "rate      {made} tasks of {} projects, each done with one artifact, in {seconds:.2} s: {:.0} a second \
             ({} jobs side by side; queued before in {:.1} s)",
            projects.len(),
            made as f64 / seconds,
            self.config.worker_jobs,
            queued.as_secs_f64()
        );
        Ok(())
    }

    fn latency(&self, args: &Args) -> Result<()> {
        let stub = Stub::start(Duration::ZERO)?;
        let projects = self.projects(&stub.url, 0, args.claims, 1, json!({}))?;
        let worker = self.worker()?;
        let mut millis = vec![];
        for project in &projects {
            // Until the last one's storing is over and the worker sleeps.
            std::thread::sleep(Duration::from_millis(30));
            let rung = stub.calls();
            self.start(&[*project])?;
            let committed = Instant::now();
            let at = stub.wait_for(rung + 1, PATIENCE)?;
            millis.push(at.saturating_duration_since(committed).as_secs_f64() * 1000.0);
        }
        self.wait(&projects, "done")?;
        worker.stop();
        millis.sort_by(f64::total_cmp);
        let percentile = |p: usize| millis.get((millis.len() * p / 100).min(millis.len() - 1)).copied();
        say!(
            "latency   {} tasks, from commit to the provider's connection: p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
            millis.len(),
            percentile(50).unwrap_or_default(),
            percentile(99).unwrap_or_default(),
            percentile(100).unwrap_or_default()
        );
        Ok(())
    }

    fn flight(&self, args: &Args) -> Result<()> {
        let stub = Stub::start(Duration::from_millis(args.delay))?;
        let projects = self.projects(&stub.url, args.concurrency, 4, args.concurrency * 10, json!({}))?;
        self.start(&projects)?;
        let all = u64::try_from(args.concurrency * 40).unwrap_or(u64::MAX);
        let worker = self.worker()?;
        let limit = u64::try_from(args.concurrency).unwrap_or(u64::MAX);
        // Between the first wave and the last there is always enough to do.
        stub.wait_for(limit, PATIENCE)?;
        let from = stub.measure();
        stub.wait_for(all - limit, PATIENCE)?;
        let average = stub.average_since(from);
        self.wait(&projects, "done")?;
        worker.stop();
        say!(
            "flight    {all} calls of {} ms, {} allowed at one time: {average:.2} in flight on average, {} at most",
            args.delay,
            args.concurrency,
            stub.most()
        );
        Ok(())
    }

    fn waiting(&self, args: &Args) -> Result<()> {
        let gate = json!({"execution_mode": "manual", "ai_template_id": false, "requires_approval": true});
        let projects = self.projects("echo:", 0, args.waiting, 0, gate)?;
        projects.chunks(100).try_for_each(|some| self.start(some))?;
        self.wait(&projects, "approval_pending")?;
        let worker = self.worker()?;
        std::thread::sleep(Duration::from_secs(2));
        let (statements, memory) = (self.db.pool().statements(), resident());
        std::thread::sleep(Duration::from_secs(args.seconds));
        let per_minute = (self.db.pool().statements() - statements) * 60 / args.seconds.max(1);
        say!(
            "waiting   {} projects at their gates: {per_minute} statements a minute, memory {memory} KiB before and \
             {} KiB after {} s",
            projects.len(),
            resident(),
            args.seconds
        );
        worker.stop();
        Ok(())
    }

    fn worker(&self) -> Result<WorkerHandle> {
        let options = WorkerOptions { slots: self.config.worker_jobs, ..WorkerOptions::default() };
        Worker::start(self.db.clone(), options)
    }

    fn write<T>(&self, f: impl FnMut(&Env) -> Result<T>) -> Result<T> {
        let context =
            json!({"tracking_disable": true, "mail_create_nosubscribe": true, "mail_create_nolog": true});
        let context = context.as_object().cloned().unwrap_or_default();
        self.db.with_env(SUPERUSER, context, Mode::Write, f)
    }

    /// Projects of one stage that work for a provider at `base`.
    fn projects(&self, base: &str, limit: usize, count: usize, each: usize, more: Json) -> Result<Vec<i64>> {
        let code = format!("bench-{}", crate::crypt::token::<6>()?);
        let template = self.write(|env| {
            let provider = env.create(
                "ai.provider",
                json!({"name": code, "provider_type": "local", "api_base": base, "model": "bench",
                    "max_concurrency": limit}),
            )?;
            let prompt =
                json!({"name": code, "code": code, "user_prompt": "{{ task.name }} of {{ project.name }}"});
            let prompt = env.create("ai.template", prompt)?;
            let values = json!({"name": code, "code": code, "default_provider_id": provider});
            let template = env.create("ai.project.template", values)?;
            let mut stage = json!({"name": "Write", "template_id": template, "execution_mode": "ai",
                "ai_template_id": prompt});
            if let (Some(stage), Some(more)) = (stage.as_object_mut(), more.as_object()) {
                stage.extend(more.clone());
            }
            env.create("ai.project.stage", stage)?;
            Ok(template)
        })?;
        let mut made = vec![];
        for from in (0..count).step_by(100) {
            made.extend(self.write(|env| {
                let rows = (from..count.min(from + 100))
                    .map(|i| values(json!({"name": format!("{code} {i}"), "ai_template_id": template})));
                env.create_many("project.project", rows.collect())
            })?);
        }
        for &project in &made {
            self.write(|env| {
                let rows =
                    (0..each).map(|i| values(json!({"name": format!("Task {i}"), "project_id": project})));
                env.create_many("project.task", rows.collect())
            })?;
        }
        Ok(made)
    }

    fn start(&self, projects: &[i64]) -> Result<()> {
        let start =
            |env: &Env| env.call("project.project", projects, "action_start_workflow", vec![], Map::new());
        self.write(start).map(drop)
    }

    fn count(&self, sql: &'static str, projects: &[i64]) -> Result<i64> {
        let sql = Sql::of(sql).ids(projects);
        let rows = self.db.pool().get()?.query(&sql, &[ColType::BigInt])?;
        Ok(rows.first().map_or(0, |row| row[0].int()))
    }

    /// Until all are in that state.
    fn wait(&self, projects: &[i64], state: &'static str) -> Result<()> {
        let since = Instant::now();
        let sql = match state {
            "done" => "SELECT count(*) FROM project_project WHERE ai_state = 'done' AND id",
            _ => "SELECT count(*) FROM project_project WHERE ai_state = 'approval_pending' AND id",
        };
        while since.elapsed() < PATIENCE {
            if self.count(sql, projects)? == i64::try_from(projects.len()).unwrap_or(i64::MAX) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(Error::internal(format!("the projects did not become {state} within {} s", PATIENCE.as_secs())))
    }
}

fn values(values: Json) -> Map {
    values.as_object().cloned().unwrap_or_default()
}

/// Memory of this process in KiB; 0 where there is no /proc.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
