//! What the worker has in hand: jobs with their slots, and answers that wait to be stored.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;

use super::Shared;
use crate::db::event::Progress;
use crate::db::job::Job;
use crate::metrics;
use crate::workflow::batch::Done;
use crate::workflow::execute::Prepared;
use crate::workflow::provider::Answer;

/// A job in hand.
pub(super) struct Held {
    pub(super) job: Job,
    pub(super) progress: Arc<AtomicI32>,
    /// The provider has answered, and the place of this call was not given to another.
    pub(super) answered: Arc<AtomicBool>,
    /// Ends the job's task.
    pub(super) abort: Option<AbortHandle>,
}

/// A job and its slot. Takes it off the list when it ends, in whatever way.
pub(super) struct InHand {
    pub(super) shared: Arc<Shared>,
    pub(super) job: Job,
    pub(super) progress: Arc<AtomicI32>,
    pub(super) answered: Arc<AtomicBool>,
    pub(super) since: Instant,
    /// How it ended, in a word for the metrics, if not well.
    pub(super) outcome: OnceLock<&'static str>,
    /// None while it is only reserved, and once its provider has answered.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

impl InHand {
    /// Its turn has come: it was begun with this permit.
    pub(super) fn begun(&mut self, permit: Option<OwnedSemaphorePermit>) {
        let now = self.shared.db.now();
        (self.job.attempt, self.job.date_started) = (Some(self.job.attempt() + 1), Some(now));
        (self.since, self.permit) = (Instant::now(), permit);
        let job = self.job.clone();
        self.shared.holding(|all| {
            if let Some(held) = all.get_mut(&job.id) {
                held.job = job;
            }
        });
        self.started();
    }

    /// Tells that it was started.
    pub(super) fn started(&self) {
        tracing::debug!(parent: &span(&self.job), attempt = self.job.attempt(), "job started");
        let waited = self.shared.db.now() - self.job.eta;
        metrics::job_started(&self.job.kind, waited.to_std().unwrap_or_default());
    }

    /// Its call has ended: what is left is to store the answer.
    pub(super) fn set_answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Notes how many bytes there are so far.
    pub(super) fn hears(&self) -> impl Fn(usize) + Send + 'static {
        let progress = self.progress.clone();
        move |bytes| progress.store(i32::try_from(bytes).unwrap_or(i32::MAX), Ordering::Relaxed)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        if !self.job.is_reserved() {
            let outcome = self.outcome.get().unwrap_or(&"done");
            metrics::job_ended(&self.job.kind, outcome, self.since.elapsed());
        }
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
pub(super) struct Finished {
    pub(super) held: InHand,
    pub(super) prepared: Prepared,
    pub(super) answer: Answer,
    pub(super) text: String,
}

impl Finished {
    pub(super) fn done(&self) -> Done<'_> {
        Done { job: &self.held.job, prepared: &self.prepared, answer: &self.answer, text: &self.text }
    }
}

impl Held {
    /// Whether it calls a provider now, or is about to.
    pub(super) fn calls(&self) -> bool {
        self.job.provider_id.is_some() && !self.job.is_reserved() && !self.is_answered()
    }

    /// Whether its call has ended, and only the storing is left.
    pub(super) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// How far its text is, once there is any.
    pub(super) fn progress(&self) -> Option<Progress> {
        let size = self.progress.load(Ordering::Relaxed);
        let (project, task) = (self.job.project_id?, self.job.task_id?);
        (size > 0).then_some(Progress { project, task, size })
    }
}

/// What every log line about a job carries.
pub(super) fn span(job: &Job) -> tracing::Span {
    let (kind, project, task) = (&job.kind, job.project_id, job.task_id);
    tracing::info_span!("job", job = job.id, kind, project, task)
}
