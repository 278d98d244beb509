//! The worker: takes jobs under a lease, calls providers outside any transaction, stores results if still the holder.
//!
//! One loop on a thread of its own: look for due jobs, claim as many as there are free slots. Tasks that were claimed
//! together begin in one transaction, and answers that came in while others were stored are stored in one; every call
//! runs on its own. Timers and what the system does run one by one.
//!
//! Waking is by the database's notices and by a slot that becomes free; the time of the next due job and a slow poll
//! are the fallback. Interest in a wake-up is registered before looking, so that none is lost.
//!
//! The parts of the loop share one state, which is here: `claim` looks and begins, `ahead` has jobs ready, `call`
//! calls, `store` stores, `chores` beats, tidies and winds down, `hand` is what is in hand, `transact` the way to the
//! database.

mod ahead;
mod call;
mod chores;
mod claim;
mod hand;
mod store;
mod transact;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc, watch};

use crate::db::job;
use crate::error::{Error, Result};
use crate::orm::Database;
use crate::workflow::pulse::Pulse;
use ahead::Ahead;
use hand::{Finished, Held};

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

/// At its end the worker waits this long for statements that hang on a lost database.
const LAST_WAIT: Duration = Duration::from_secs(5);

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
            .max_blocking_threads(TRANSACTIONS + 3)
            .thread_name("worker")
            .enable_all()
            .build()
            .map_err(|e| Error::internal("The worker cannot be started.").detail(e.to_string()))?;
        let grace = u64::try_from(options.grace.as_millis()).unwrap_or(u64::MAX);
        let grace = Arc::new(AtomicU64::new(grace));
        let (finished, finishing) = mpsc::unbounded_channel();
        let (freed, freeing) = mpsc::unbounded_channel();
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
            freed,
            ahead: Mutex::default(),
            stopping: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            pulse: pulse.clone(),
            options,
        });
        let thread = std::thread::Builder::new()
            .name("worker".into())
            .spawn(move || {
                runtime.block_on(shared.run(stopped, finishing, freeing));
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
    /// Calls of providers with a limit that have ended, for their places to be given on.
    freed: mpsc::UnboundedSender<Finished>,
    ahead: Mutex<Ahead>,
    /// Nothing new begins.
    stopping: AtomicBool,
    /// The grace is over: nothing waits for a lost database any more.
    ending: AtomicBool,
    pulse: Arc<Pulse>,
}

impl Shared {
    async fn run(
        self: Arc<Self>,
        mut stopped: watch::Receiver<bool>,
        finishing: mpsc::UnboundedReceiver<Finished>,
        freeing: mpsc::UnboundedReceiver<Finished>,
    ) {
        let wake = self.wake.clone();
        let listening = self.db.pool().listen(&[job::CHANNEL], move |_| wake.notify_one());
        if let Err(e) = &listening {
            tracing::warn!(error = %e.message(), "the worker is not woken, it polls");
        }
        tracing::info!(worker = %self.name, slots = self.options.slots, "worker started");
        let beating = tokio::spawn(self.clone().beat());
        let storing = tokio::spawn(self.clone().keep(finishing));
        let handing = tokio::spawn(self.clone().hand_over(freeing));
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
        handing.abort();
        tidying.abort();
        telling.abort();
        tracing::info!(worker = %self.name, "worker stopped");
    }

    fn holding<T>(&self, f: impl FnOnce(&mut HashMap<i32, Held>) -> T) -> T {
        f(&mut locked(&self.held))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
