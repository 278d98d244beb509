//! What goes on beside the jobs: heartbeats, the removal of old jobs, the telling of progress; and the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::Shared;
use super::hand::Held;
use crate::db::event::{self, Progress};
use crate::db::job::{self, Job};
use crate::db::upkeep;
use crate::workflow::execute;

/// Progress of running calls is stored at least so often.
const BEAT: Duration = Duration::from_secs(5);

/// How often old jobs are looked for.
const TIDY: Duration = Duration::from_secs(3600);

/// How often progress is told to those who watch.
const TELL: Duration = Duration::from_millis(300);

impl Shared {
    /// Renews the leases while there are jobs in hand; a job that is held no more is dropped.
    pub(super) async fn beat(self: Arc<Self>) {
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
                    let lost = list.iter().filter(|(id, ..)| !kept.contains(id));
                    lost.for_each(|(id, attempt, _)| self.lose(*id, *attempt));
                }
                Err(e) => tracing::warn!(error = %e.message, "a heartbeat failed"),
            }
        }
    }

    /// Removes old jobs, now and then.
    pub(super) async fn tidy(self: Arc<Self>) {
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
    pub(super) async fn tell(self: Arc<Self>) {
        let mut told: Vec<Progress> = vec![];
        loop {
            tokio::time::sleep(TELL).await;
            let now: Vec<Progress> = self.holding(|all| all.values().filter_map(Held::progress).collect());
            let news: Vec<Progress> = now.iter().filter(|p| !told.contains(p)).copied().collect();
            Progress::write(&news).for_each(|text| self.db.pool().ring(event::PROGRESS, &text));
            told = now;
        }
    }

    /// A job was cancelled, or taken over: what we do for it is in vain. It may also just have ended by itself; or, if
    /// it was in reserve, its turn has come meanwhile, which is another attempt than the one that is lost.
    pub(super) fn lose(&self, id: i32, attempt: i32) {
        let abort = self
            .holding(|all| all.get(&id).filter(|h| h.job.attempt() == attempt).and_then(|h| h.abort.clone()));
        if let Some(abort) = abort {
            tracing::info!(job = id, "job is not held any more");
            abort.abort();
        }
    }

    /// The grace period, then the release of what still runs.
    pub(super) async fn wind_down(self: &Arc<Self>) {
        self.stopping.store(true, Ordering::Relaxed);
        self.give_all_back().await;
        // Each job that ends rings, and nobody else waits for that any more.
        let idle = async {
            while !self.holding(|all| all.is_empty()) {
                self.wake.notified().await;
            }
        };
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
}
