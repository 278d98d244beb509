//! The worker: takes jobs under a lease, calls providers outside any transaction, stores results if still the holder.
//!
//! One loop on a thread of its own: look for due jobs, claim as many as there are free slots. Tasks that were claimed
//! together begin in one transaction, and answers that came in while others were stored are stored in one; every call
//! runs on its own. Timers and what the system does run one by one.
//!
//! Waking is by the database's notices and by a slot that becomes free; the time of the next due job and a slow poll
//! are the fallback. Interest in a wake-up is registered before looking, so that none is lost.
//!
//! Long: the parts of the loop (claim, begin, call, store, beat, tidy, wind down) share one state and its order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::AbortHandle;
use tracing::Instrument as _;

use crate::db::event::{self, Progress};
use crate::db::job::{self, Job};
use crate::db::{DbError, Mode, upkeep};
use crate::error::{Error, Kind, Result};
use crate::metrics;
use crate::orm::{Database, Env, SUPERUSER};
use crate::value::Map;
use crate::workflow::batch::{self, Done};
use crate::workflow::execute::{self, Next, Prepared, Setback};
use crate::workflow::provider::{Answer, Failure, Trouble};
use crate::workflow::pulse::Pulse;
use crate::workflow::{calls, cli_loop, fault};

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Jobs at one time.
    pub slots: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// How often to look without being woken.
    pub poll: Duration,
    /// How long a stop waits for running jobs.
    pub grace: Duration,
    /// How many days jobs are kept once they are over; 0: for ever.
    pub retention: u32,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        WorkerOptions {
            slots: 64,
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(5),
            grace: Duration::from_secs(20),
            retention: 0,
        }
    }
}

/// Jobs without a call to a provider that find room when all slots are taken: timers and system actions are quick.
const QUICK: usize = 2;

/// Transactions of the worker at one time: the server's own calls need connections too.
const TRANSACTIONS: usize = 3;

/// So many answers are stored in one transaction at most.
const TOGETHER: usize = 128;

/// A transaction that loses its race is tried so often; side by side tasks of one project end at the same time.
const TRIES: u32 = 40;

/// Progress of running calls is stored at least so often.
const BEAT: Duration = Duration::from_secs(5);

/// How long a transaction is tried again that lost its connection: a database takes its time to restart. The job is
/// still ours if nobody took it over meanwhile.
const OUTAGE: Duration = Duration::from_secs(300);

/// Pause between two tries of such a transaction.
const RECONNECT: Duration = Duration::from_millis(200);

/// At its end the worker waits this long for statements that hang on a lost database.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// How often old jobs are looked for.
const TIDY: Duration = Duration::from_secs(3600);
/// How often progress is told to those who watch.
const TELL: Duration = Duration::from_millis(300);

/// Pause when jobs are due but their providers are at a limit, and after an error.
const LIMITED: Duration = Duration::from_millis(250);

/// Starts workers.
#[derive(Debug)]
pub struct Worker;

/// A running worker; stops when dropped.
#[derive(Debug)]
pub struct WorkerHandle {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    name: String,
    grace: Arc<AtomicU64>,
    pulse: Arc<Pulse>,
}

impl Worker {
    /// Starts a worker on a thread of its own.
    pub fn start(db: Arc<Database>, options: WorkerOptions) -> Result<WorkerHandle> {
        let name = format!("{}-{}", std::process::id(), crate::crypt::token::<6>()?);
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(TRANSACTIONS + 2)
            .thread_name("worker")
            .enable_all()
            .build()
            .map_err(|e| Error::internal("The worker cannot be started.").detail(e.to_string()))?;
        let grace = u64::try_from(options.grace.as_millis()).unwrap_or(u64::MAX);
        let grace = Arc::new(AtomicU64::new(grace));
        let (finished, finishing) = mpsc::unbounded_channel();
        let pulse = Arc::new(Pulse::new(options.poll));
        let shared = Arc::new(Shared {
            db,
            grace: Arc::clone(&grace),
            name: name.clone(),
            slots: Arc::new(Semaphore::new(options.slots + QUICK)),
            transactions: Semaphore::new(TRANSACTIONS),
            wake: Arc::new(Notify::new()),
            held: Mutex::default(),
            finished,
            ending: AtomicBool::new(false),
            pulse: pulse.clone(),
            options,
        });
        let thread = std::thread::Builder::new()
            .name("worker".into())
            .spawn(move || {
                runtime.block_on(shared.run(stopped, finishing));
                runtime.shutdown_timeout(LAST_WAIT);
            })
            .map_err(|e| Error::internal("The worker cannot be started.").detail(e.to_string()))?;
        Ok(WorkerHandle { stop, thread: Some(thread), name, grace, pulse })
    }
}

impl WorkerHandle {
    /// The name under which it holds jobs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its sign of life.
    pub fn pulse(&self) -> Arc<Pulse> {
        self.pulse.clone()
    }

    /// Takes no new job, gives the running ones the grace period, releases the rest. Waits for all this.
    pub fn stop(mut self) {
        self.end();
    }

    /// [`WorkerHandle::stop`] with a grace period of the caller's.
    pub fn stop_within(mut self, grace: Duration) {
        self.grace.store(u64::try_from(grace.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.end();
    }

    fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.end();
    }
}

/// A job in hand.
struct Held {
    job: Job,
    progress: Arc<AtomicI32>,
    /// The provider has answered, so that it may be called for another job.
    answered: Arc<AtomicBool>,
    /// Ends the job's task.
    abort: Option<AbortHandle>,
}

/// A job and its slot. Takes it off the list when it ends, in whatever way.
struct InHand {
    shared: Arc<Shared>,
    job: Job,
    progress: Arc<AtomicI32>,
    answered: Arc<AtomicBool>,
    since: Instant,
    /// How it ended, in a word for the metrics, if not well.
    outcome: OnceLock<&'static str>,
    _permit: OwnedSemaphorePermit,
}

impl InHand {
    /// Notes how many bytes there are so far.
    fn hears(&self) -> impl Fn(usize) + Send + 'static {
        let progress = self.progress.clone();
        move |bytes| progress.store(i32::try_from(bytes).unwrap_or(i32::MAX), Ordering::Relaxed)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let outcome = self.outcome.get().unwrap_or(&"done");
        metrics::job_ended(&self.job.kind, outcome, self.since.elapsed());
        // A job whose lease ran out may have been claimed anew by this very worker.
        let own = |held: &Held| held.job.attempt() == self.job.attempt();
        self.shared.holding(|all| match all.get(&self.job.id) {
            Some(held) if own(held) => drop(all.remove(&self.job.id)),
            _ => {}
        });
        self.shared.wake.notify_one();
    }
}

/// An answer that waits to be stored.
struct Finished {
    held: InHand,
    prepared: Prepared,
    answer: Answer,
    text: String,
}

impl Finished {
    fn done(&self) -> Done<'_> {
        Done { job: &self.held.job, prepared: &self.prepared, answer: &self.answer, text: &self.text }
    }
}

impl Held {
    /// How far its text is, once there is any.
    fn progress(&self) -> Option<Progress> {
        let size = self.progress.load(Ordering::Relaxed);
        let (project, task) = (self.job.project_id?, self.job.task_id?);
        (size > 0).then_some(Progress { project, task, size })
    }
}

struct Shared {
    db: Arc<Database>,
    /// Milliseconds that running jobs get in the end.
    grace: Arc<AtomicU64>,
    name: String,
    options: WorkerOptions,
    slots: Arc<Semaphore>,
    transactions: Semaphore,
    wake: Arc<Notify>,
    held: Mutex<HashMap<i32, Held>>,
    finished: mpsc::UnboundedSender<Finished>,
    /// The grace is over: nothing waits for a lost database any more.
    ending: AtomicBool,
    pulse: Arc<Pulse>,
}

impl Shared {
    async fn run(
        self: Arc<Self>,
        mut stopped: watch::Receiver<bool>,
        finishing: mpsc::UnboundedReceiver<Finished>,
    ) {
        let wake = self.wake.clone();
        let listening = self.db.pool().listen(&[job::CHANNEL], move |_| wake.notify_one());
        if let Err(e) = &listening {
            tracing::warn!(error = %e.message(), "the worker is not woken, it polls");
        }
        tracing::info!(worker = %self.name, slots = self.options.slots, "worker started");
        let beating = tokio::spawn(self.clone().beat());
        let storing = tokio::spawn(self.clone().keep(finishing));
        let tidying = tokio::spawn(self.clone().tidy());
        let telling = tokio::spawn(self.clone().tell());
        while !*stopped.borrow() {
            self.pulse.beat();
            let wake = self.wake.notified();
            tokio::pin!(wake);
            wake.as_mut().enable();
            let pause = match self.look().await {
                Ok(pause) => pause,
                Err(e) => {
                    tracing::error!(error = %e.message, detail = e.detail, "the worker cannot look for jobs");
                    self.options.poll.max(LIMITED)
                }
            };
            tokio::select! {
                () = &mut wake => {}
                () = tokio::time::sleep(pause) => {}
                _ = stopped.changed() => {}
            }
        }
        drop(listening);
        self.wind_down().await;
        beating.abort();
        storing.abort();
        tidying.abort();
        telling.abort();
        tracing::info!(worker = %self.name, "worker stopped");
    }

    /// Claims what is due and starts it; says how long to sleep at most.
    async fn look(self: &Arc<Self>) -> Result<Duration> {
        let free = self.slots.available_permits();
        if free == 0 {
            return Ok(self.options.poll);
        }
        let calling = self.holding(|all| all.values().filter(|h| h.job.provider_id.is_some()).count());
        let room = self.options.slots.saturating_sub(calling);
        let (most, calls) = if room > 0 { (room.min(free), true) } else { (free, false) };
        let (name, lease) = (self.name.clone(), self.options.lease);
        let answered: Vec<i64> = self.holding(|all| {
            let ended = all.values().filter(|h| h.answered.load(Ordering::Relaxed));
            ended.map(|h| h.job.id.into()).collect()
        });
        let (jobs, next) = self
            .blocking(move |db| {
                let now = db.now();
                let mut conn = db.pool().get()?;
                // A look that only reads comes first: on SQLite a claim, even an empty one, keeps writers waiting.
                match job::next_time(&mut conn)? {
                    Some(due) if due <= now => {}
                    next => return Ok((vec![], next.map(|t| t - now))),
                }
                let until = now + chrono::Duration::from_std(lease).unwrap_or_default();
                let most = i64::try_from(most).unwrap_or(1);
                let wanted = job::Claim { worker: &name, now, until, most, calls, answered: &answered };
                fault::point("claim");
                let jobs = job::claim(&mut conn, &wanted)?;
                fault::point("claimed");
                Ok((jobs, Some(chrono::Duration::zero())))
            })
            .await?;
        let found = jobs.len();
        self.launch(jobs);
        if found > 0 {
            // There may be more.
            self.wake.notify_one();
        }
        let due = next.and_then(|d| d.to_std().ok()).map(|d| d.max(LIMITED));
        Ok(due.unwrap_or(self.options.poll).min(self.options.poll))
    }

    fn launch(self: &Arc<Self>, jobs: Vec<Job>) {
        let (tasks, others): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|j| j.kind == "task");
        for held in others.into_iter().filter_map(|job| self.take(job)) {
            self.set_off(held, |this, held| async move { this.work(held).await });
        }
        let tasks: Vec<InHand> = tasks.into_iter().filter_map(|job| self.take(job)).collect();
        if !tasks.is_empty() {
            tokio::spawn(self.clone().begin(tasks));
        }
    }

    fn take(self: &Arc<Self>, job: Job) -> Option<InHand> {
        let permit = self.slots.clone().try_acquire_owned().ok()?;
        tracing::debug!(parent: &span(&job), attempt = job.attempt(), "job started");
        metrics::job_started(&job.kind, (self.db.now() - job.eta).to_std().unwrap_or_default());
        let (progress, answered) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(false)));
        let held =
            Held { job: job.clone(), progress: progress.clone(), answered: answered.clone(), abort: None };
        self.holding(|all| all.insert(job.id, held));
        let (since, outcome) = (Instant::now(), OnceLock::new());
        Some(InHand { shared: self.clone(), job, progress, answered, since, outcome, _permit: permit })
    }

    /// Lets a job go its own way, from where it can be called back.
    fn set_off<F: Future<Output = ()> + Send + 'static>(
        self: &Arc<Self>,
        held: InHand,
        way: impl FnOnce(Arc<Self>, InHand) -> F,
    ) {
        let id = held.job.id;
        let span = span(&held.job);
        let task = tokio::spawn(way(self.clone(), held).instrument(span));
        self.holding(|all| all.get_mut(&id).map(|h| h.abort = Some(task.abort_handle())));
    }

    /// Tasks that were claimed together begin together. If that fails, each for itself, as one may be to blame.
    async fn begin(self: Arc<Self>, held: Vec<InHand>) {
        let jobs: Vec<Job> = held.iter().map(|h| h.job.clone()).collect();
        let begun = match held.len() {
            1 => None,
            _ => {
                let begin = move |env: &Env| {
                    let begun = batch::begin(env, &jobs.iter().collect::<Vec<_>>())?;
                    fault::point("begun");
                    Ok(begun)
                };
                self.transact(begin).await.ok()
            }
        };
        let Some(begun) = begun else {
            for one in held {
                self.set_off(one, |this, held| async move { this.work(held).await });
            }
            return;
        };
        for (one, next) in held.into_iter().zip(begun) {
            // Tasks are calls, or were settled at once.
            if let Next::Call(prepared) = next {
                self.set_off(one, |this, held| async move { this.ask(held, *prepared).await });
            }
        }
    }

    /// One job from its claim on.
    async fn work(self: Arc<Self>, held: InHand) {
        let job = held.job.clone();
        let begin = move |env: &Env| {
            let next = execute::begin(env, &job)?;
            fault::point("begun");
            Ok(next)
        };
        let mut next = self.transact(begin).await;
        loop {
            let job = held.job.clone();
            let failure = match next {
                Ok(Next::Nothing) => return,
                Ok(Next::Call(prepared)) => return self.ask(held, *prepared).await,
                Ok(Next::Post(post)) => match post.send().await {
                    Ok(()) => {
                        next = self
                            .transact(move |env| execute::delivered(env, &job).map(|_| Next::Nothing))
                            .await;
                        continue;
                    }
                    Err(failure) => failure,
                },
                Ok(Next::Iterate(one)) => match one.execution.run(held.hears()).await {
                    Ok(outcome) => {
                        let number = one.number;
                        next = self.transact(move |env| cli_loop::store(env, &job, number, &outcome)).await;
                        continue;
                    }
                    Err(failure) => failure,
                },
                Err(e) => Failure::new(Trouble::Internal, e.message),
            };
            return self.set_back(&held, failure).await;
        }
    }

    /// The call; its answer is handed over to be stored.
    async fn ask(self: &Arc<Self>, held: InHand, prepared: Prepared) {
        fault::point("call");
        let outcome = call(&prepared, held.progress.clone()).await;
        fault::point("answered");
        match outcome {
            Ok((answer, text)) => {
                held.answered.store(true, Ordering::Relaxed);
                if prepared.provider.max_concurrency > 0 {
                    self.wake.notify_one();
                }
                // A worker that stores no more is one that has released all its jobs.
                drop(self.finished.send(Finished { held, prepared, answer, text }));
            }
            Err(failure) => self.set_back(&held, failure).await,
        }
    }

    /// Stores answers, as many at once as there are.
    async fn keep(self: Arc<Self>, mut finishing: mpsc::UnboundedReceiver<Finished>) {
        loop {
            let mut some = Vec::new();
            if finishing.recv_many(&mut some, TOGETHER).await == 0 {
                return;
            }
            self.store(some).await;
        }
    }

    async fn store(self: &Arc<Self>, some: Vec<Finished>) {
        let some = Arc::new(some);
        let error = match self.stored(some.clone()).await {
            Ok(()) => return,
            Err(e) => e,
        };
        let all = Arc::try_unwrap(some).unwrap_or_default();
        if let [one] = all.as_slice() {
            let message = format!("The result could not be stored: {}", error.message);
            return self.set_back(&one.held, Failure::new(Trouble::Internal, message)).await;
        }
        // One of several may be to blame for all.
        for one in all {
            Box::pin(self.store(vec![one])).await;
        }
    }

    async fn stored(self: &Arc<Self>, some: Arc<Vec<Finished>>) -> Result<()> {
        let given = some.clone();
        let store = move |env: &Env| {
            fault::point("store");
            let kept = batch::store(env, &given.iter().map(Finished::done).collect::<Vec<_>>())?;
            fault::point("before_commit");
            Ok(kept)
        };
        let kept = self.transact(store).await;
        fault::point("after_commit");
        let kept = kept?;
        for (one, kept) in some.iter().zip(kept) {
            match kept {
                true => tracing::debug!(parent: &span(&one.held.job), "job done"),
                false => {
                    one.held.outcome.get_or_init(|| "refused");
                    tracing::warn!(parent: &span(&one.held.job), "the result came too late and was refused");
                }
            }
        }
        Ok(())
    }

    async fn set_back(self: &Arc<Self>, held: &InHand, failure: Failure) {
        held.outcome.get_or_init(|| "failed");
        let job = &held.job;
        tracing::warn!(parent: &span(job), attempt = job.attempt(), error = %failure, "job failed");
        let own = job.clone();
        let random = random();
        let done = self
            .transact(move |env| execute::set_back(env, &own, &Setback { failure: &failure, random }))
            .await;
        if let Err(e) = done {
            // Nothing more can be done here: the lease runs out and somebody tries again.
            tracing::error!(parent: &span(job), error = %e.message, detail = e.detail, "a failure could not be stored");
        }
    }

    /// Renews the leases while there are jobs in hand; a job that is held no more is dropped.
    async fn beat(self: Arc<Self>) {
        let every = (self.options.lease / 3).min(BEAT);
        loop {
            tokio::time::sleep(every).await;
            let list: Vec<(i32, i32, i32)> = self.holding(|all| {
                all.values()
                    .map(|h| (h.job.id, h.job.attempt(), h.progress.load(Ordering::Relaxed)))
                    .collect()
            });
            if list.is_empty() {
                continue;
            }
            let (name, lease, held) = (self.name.clone(), self.options.lease, list.clone());
            let kept = self.blocking(move |db| {
                let until = db.now() + chrono::Duration::from_std(lease).unwrap_or_default();
                // One statement by itself: in a transaction it would lose races against those that end.
                Ok(job::beat(&mut db.pool().get()?, &name, &held, until)?)
            });
            match kept.await {
                Ok(kept) => {
                    list.iter().filter(|(id, ..)| !kept.contains(id)).for_each(|(id, ..)| self.lose(*id))
                }
                Err(e) => tracing::warn!(error = %e.message, "a heartbeat failed"),
            }
        }
    }

    /// Removes old jobs, now and then.
    async fn tidy(self: Arc<Self>) {
        let kept = chrono::Duration::days(self.options.retention.into());
        while !kept.is_zero() {
            let swept = self.blocking(move |db| {
                let before = db.now() - kept;
                let mut conn = db.pool().get()?;
                Ok(upkeep::sweep(&mut conn, before)?)
            });
            match swept.await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "old jobs removed"),
                Err(e) => tracing::warn!(error = %e.message, "old jobs could not be removed"),
            }
            tokio::time::sleep(TIDY).await;
        }
    }

    /// Tells those who watch how far the texts are that are being written.
    async fn tell(self: Arc<Self>) {
        let mut told: Vec<Progress> = vec![];
        loop {
            tokio::time::sleep(TELL).await;
            let now: Vec<Progress> = self.holding(|all| all.values().filter_map(Held::progress).collect());
            let news: Vec<Progress> = now.iter().filter(|p| !told.contains(p)).copied().collect();
            Progress::write(&news).for_each(|text| self.db.pool().ring(event::PROGRESS, &text));
            told = now;
        }
    }

    /// A job was cancelled, or taken over: what we do for it is in vain. It may also just have ended by itself.
    fn lose(&self, id: i32) {
        let abort = self.holding(|all| all.get(&id).and_then(|h| h.abort.clone()));
        if let Some(abort) = abort {
            tracing::info!(job = id, "job is not held any more");
            abort.abort();
        }
    }

    /// The grace period, then the release of what still runs.
    async fn wind_down(self: &Arc<Self>) {
        let all = u32::try_from(self.options.slots + QUICK).unwrap_or(u32::MAX);
        let idle = self.slots.acquire_many(all);
        let grace = Duration::from_millis(self.grace.load(Ordering::Relaxed));
        if tokio::time::timeout(grace, idle).await.is_ok() {
            return;
        }
        self.ending.store(true, Ordering::Relaxed);
        let rest: Vec<(Job, Option<AbortHandle>)> =
            self.holding(|all| all.values().map(|h| (h.job.clone(), h.abort.clone())).collect());
        for (job, abort) in rest {
            abort.iter().for_each(AbortHandle::abort);
            let id = job.id;
            match self.transact(move |env| execute::release(env, &job)).await {
                Ok(()) => tracing::info!(job = id, "job released"),
                Err(e) => tracing::warn!(job = id, error = %e.message, "a job could not be released"),
            }
        }
    }

    /// A transaction as superuser, tried again as long as it only loses races, or its connection. One that was lost in
    /// a commit may have been done: what runs here says so itself then, since the job is not held any more.
    async fn transact<T: Send + 'static>(
        self: &Arc<Self>,
        f: impl FnMut(&Env) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut f = f;
        let this = self.clone();
        self.blocking(move |db| {
            let mut tries = 0;
            let begun = Instant::now();
            loop {
                match db.with_env(SUPERUSER, Map::new(), Mode::Write, &mut f) {
                    Err(e) if DbError::is_loss(&e) && this.waits_for_database(begun) => {
                        std::thread::sleep(RECONNECT);
                    }
                    Err(e) if e.kind == Kind::Retry && tries < TRIES => {
                        tries += 1;
                        std::thread::sleep(
                            Duration::from_millis(5).mul_f64(f64::from(tries.min(10)) * random()),
                        );
                    }
                    other => return other,
                }
            }
        })
        .await
    }

    fn waits_for_database(&self, since: Instant) -> bool {
        since.elapsed() < OUTAGE && !self.ending.load(Ordering::Relaxed)
    }

    /// Runs something that waits for the database off the loop; a panic becomes an error.
    async fn blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Database) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _permit = self.transactions.acquire().await;
        let db = self.db.clone();
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(|| f(&db))).await {
            Ok(result) => result,
            Err(e) => Err(Error::internal("The work on this job broke down.").detail(e.to_string())),
        }
    }

    fn holding<T>(&self, f: impl FnOnce(&mut HashMap<i32, Held>) -> T) -> T {
        f(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What every log line about a job carries.
fn span(job: &Job) -> tracing::Span {
    let (kind, project, task) = (&job.kind, job.project_id, job.task_id);
    tracing::info_span!("job", job = job.id, kind, project, task)
}

/// The provider's call, and the answer in the shape that was asked for. A panic is a failed attempt.
async fn call(prepared: &Prepared, progress: Arc<AtomicI32>) -> Result<(Answer, String), Failure> {
    let (provider, request) = (prepared.provider.clone(), prepared.request.clone());
    let task = tokio::spawn(async move {
        let mut heard =
            |text: &str| progress.store(i32::try_from(text.len()).unwrap_or(i32::MAX), Ordering::Relaxed);
        provider.complete(&request, &mut heard).await
    });
    let _ending = AbortOnDrop(task.abort_handle());
    let since = Instant::now();
    let answer = task
        .await
        .unwrap_or_else(|_| Err(Failure::new(Trouble::Internal, "The call to the provider broke down.")));
    let kind = prepared.provider.kind.name();
    metrics::provider_call(kind, answer.as_ref().map_or_else(Failure::class, |_| "ok"), since.elapsed());
    let answer = answer?;
    metrics::provider_tokens(kind, answer.prompt_tokens.unwrap_or(0), answer.completion_tokens.unwrap_or(0));
    let name = &prepared.provider.name;
    let text = prepared.shape.fit(&answer.text).map_err(|fault| calls::misfit(name, &fault))?;
    Ok((answer, text))
}

/// A spawned call ends with the job that wants it.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Uniform in [0, 1).
fn random() -> f64 {
    let bytes = crate::crypt::random::<4>().unwrap_or([128, 0, 0, 0]);
    f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
