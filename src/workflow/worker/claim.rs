//! Looks for due jobs, claims as many as there are free slots, and begins them.

use std::sync::atomic::{AtomicBool, AtomicI32};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tracing::Instrument as _;

use super::hand::{Held, InHand, span};
use super::{LIMITED, Shared, locked};
use crate::db::job::{self, Job};
use crate::error::Result;
use crate::orm::Env;
use crate::workflow::execute::Next;
use crate::workflow::{batch, fault};

impl Shared {
    /// Claims what is due and starts it; says how long to sleep at most.
    pub(super) async fn look(self: &Arc<Self>) -> Result<Duration> {
        self.lapse().await;
        let free = self.slots.available_permits();
        if free == 0 {
            return Ok(self.options.poll);
        }
        let calling = self.holding(|all| all.values().filter(|h| h.calls()).count());
        let wanted = self.wanted();
        let room = self.options.slots.saturating_sub(calling);
        let (most, calls) = if room > 0 { (room.min(free), true) } else { (free, false) };
        let (name, lease) = (self.name.clone(), self.options.lease);
        let answered: Vec<i64> = self.holding(|all| {
            let ended = all.values().filter(|h| h.is_answered());
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
                let claim = job::Claim { worker: &name, now, until, most, calls, answered: &answered };
                fault::point("claim");
                let mut jobs = job::claim(&mut conn, &claim)?;
                for (provider, most) in wanted {
                    let reserve = job::Reserve { worker: &name, now, until, provider, most };
                    jobs.extend(job::reserve(&mut conn, &reserve)?);
                }
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
        let ready = if locked(&self.ahead).is_empty() { self.options.poll } else { LIMITED };
        Ok(due.unwrap_or(self.options.poll).min(self.options.poll).min(ready))
    }

    pub(super) fn launch(self: &Arc<Self>, jobs: Vec<Job>) {
        let (tasks, others): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|j| j.kind == "task");
        for held in others.into_iter().filter_map(|job| self.take(job)) {
            self.set_off(held, |this, held| async move { this.work(held).await });
        }
        // A pause has put it back while it was ready here, and now it came again: not before the first time is over.
        let (again, tasks): (Vec<Job>, Vec<Job>) = tasks
            .into_iter()
            .partition(|job| job.is_reserved() && self.holding(|all| all.contains_key(&job.id)));
        if !again.is_empty() {
            tokio::spawn(self.clone().put_back(again));
        }
        let tasks: Vec<InHand> = tasks.into_iter().filter_map(|job| self.take(job)).collect();
        let (reserved, tasks): (Vec<InHand>, Vec<InHand>) =
            tasks.into_iter().partition(|held| held.job.is_reserved());
        if !tasks.is_empty() {
            tokio::spawn(self.clone().begin(tasks));
        }
        if !reserved.is_empty() {
            tokio::spawn(self.clone().get_ready(reserved));
        }
    }

    pub(super) fn take(self: &Arc<Self>, job: Job) -> Option<InHand> {
        let permit = match job.is_reserved() {
            true => None,
            false => Some(self.slots.clone().try_acquire_owned().ok()?),
        };
        let (progress, answered) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(false)));
        let held =
            Held { job: job.clone(), progress: progress.clone(), answered: answered.clone(), abort: None };
        self.holding(|all| all.insert(job.id, held));
        let (since, outcome) = (Instant::now(), OnceLock::new());
        let held = InHand { shared: self.clone(), job, progress, answered, since, outcome, permit };
        if !held.job.is_reserved() {
            held.started();
        }
        Some(held)
    }

    /// Lets a job go its own way, from where it can be called back.
    pub(super) fn set_off<F: Future<Output = ()> + Send + 'static>(
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
    pub(super) async fn begin(self: Arc<Self>, held: Vec<InHand>) {
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
}
