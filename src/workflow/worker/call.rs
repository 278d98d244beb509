//! One job from its claim to its answer, or to its failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;

use tokio::task::AbortHandle;

use super::Shared;
use super::hand::{Finished, InHand, span};
use super::transact::random;
use crate::metrics;
use crate::orm::Env;
use crate::workflow::execute::{self, Next, Prepared, Setback};
use crate::workflow::provider::{Answer, Failure, Trouble};
use crate::workflow::{calls, cli_loop, fault};

/// More answers that wait to be stored keep their slots: the database is slower than the providers.
const UNSTORED: usize = 256;

impl Shared {
    /// One job from its claim on.
    pub(super) async fn work(self: Arc<Self>, held: InHand) {
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
    pub(super) async fn ask(self: &Arc<Self>, held: InHand, prepared: Prepared) {
        fault::point("call");
        let since = Instant::now();
        let outcome = call(&prepared, held.progress.clone()).await;
        fault::point("answered");
        match outcome {
            Ok((answer, text)) => {
                self.note_pace(&held, &prepared, since.elapsed());
                let limited = prepared.provider.max_concurrency > 0;
                let finished = Finished { held, prepared, answer, text };
                // A worker that stores no more is one that has released all its jobs.
                match limited {
                    true => drop(self.freed.send(finished)),
                    false => self.hand_in(finished),
                }
            }
            Err(failure) => self.set_back(&held, failure).await,
        }
    }

    /// Over to be stored; the slot is free for the next job unless too much waits for that already.
    pub(super) fn hand_in(&self, mut finished: Finished) {
        finished.held.set_answered();
        if self.holding(|all| all.values().filter(|h| h.is_answered()).count()) <= UNSTORED {
            finished.held.permit = None;
        }
        self.wake.notify_one();
        drop(self.finished.send(finished));
    }

    pub(super) async fn set_back(self: &Arc<Self>, held: &InHand, failure: Failure) {
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
