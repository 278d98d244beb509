//! Jobs that wait ready in the hand for the moment when a call of a provider with a limit ends (`db::job::ahead`).
//!
//! Only where answers come quickly: what waits long in the hand could not see that its prompt, its task or its provider
//! was changed meanwhile, and between long calls the few milliseconds of a claim are nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::hand::{Finished, InHand};
use super::store::TOGETHER;
use super::{Shared, locked};
use crate::db::job::{self, Job, Turn};
use crate::error::Result;
use crate::orm::Env;
use crate::workflow::execute::{Next, Prepared};
use crate::workflow::{batch, fault};

/// A provider whose last call took longer is not reserved for.
const QUICK_ANSWER: Duration = Duration::from_secs(1);

/// What waits longer in the hand goes back into the queue.
const STALE: Duration = Duration::from_secs(1);

/// So many are reserved for one provider at most.
const MOST: usize = 64;

/// A reserved job with its prompt.
pub(super) struct Ready {
    held: InHand,
    prepared: Prepared,
    since: Instant,
}

/// What is known of the providers with a limit, and what is ready for them.
#[derive(Default)]
pub(super) struct Ahead {
    providers: HashMap<i32, Lane>,
}

#[derive(Default)]
struct Lane {
    /// Calls at one time; 0: nothing is to be reserved for it.
    limit: usize,
    ready: VecDeque<Ready>,
}

impl Ahead {
    pub(super) fn is_empty(&self) -> bool {
        self.providers.values().all(|lane| lane.ready.is_empty())
    }

    fn next(&mut self, provider: i32) -> Option<Ready> {
        self.providers.get_mut(&provider)?.ready.pop_front()
    }

    /// Takes out what `wanted` says.
    fn drain(&mut self, wanted: impl Fn(&Ready) -> bool) -> Vec<Ready> {
        let mut out = vec![];
        for lane in self.providers.values_mut() {
            let (gone, kept): (Vec<_>, Vec<_>) = lane.ready.drain(..).partition(&wanted);
            out.extend(gone);
            lane.ready = kept.into();
        }
        out
    }
}

impl Shared {
    /// Remembers whether it is worth while to have jobs ready for this provider.
    pub(super) fn note_pace(&self, held: &InHand, prepared: &Prepared, took: Duration) {
        let Some(provider) = held.job.provider_id else { return };
        let limit = usize::try_from(prepared.provider.max_concurrency).unwrap_or(0).min(MOST);
        let limit = if took < QUICK_ANSWER { limit } else { 0 };
        locked(&self.ahead).providers.entry(provider).or_default().limit = limit;
    }

    /// How many jobs are to be reserved, by provider: as many as it is called for now by this worker, once half of
    /// them are used up.
    pub(super) fn wanted(&self) -> Vec<(i32, i64)> {
        let (mut calling, mut reserved) = (HashMap::<i32, usize>::new(), HashMap::<i32, usize>::new());
        self.holding(|all| {
            for held in all.values() {
                let Some(provider) = held.job.provider_id else { continue };
                match held.job.is_reserved() {
                    true => *reserved.entry(provider).or_default() += 1,
                    false if held.calls() => *calling.entry(provider).or_default() += 1,
                    false => {}
                }
            }
        });
        let ahead = locked(&self.ahead);
        let short = |(provider, calling): (&i32, &usize)| {
            let wanted = ahead.providers.get(provider)?.limit.min(*calling);
            let there = reserved.get(provider).copied().unwrap_or(0);
            let missing = wanted.saturating_sub(there);
            (missing > 0 && there * 2 <= wanted).then(|| (*provider, i64::try_from(missing).unwrap_or(0)))
        };
        calling.iter().filter_map(short).collect()
    }

    /// Looks up what the calls of reserved jobs need, and writes nothing.
    pub(super) async fn get_ready(self: Arc<Self>, held: Vec<InHand>) {
        let jobs: Vec<Job> = held.iter().map(|h| h.job.clone()).collect();
        let since = Instant::now();
        let begin = move |env: &Env| batch::begin(env, &jobs.iter().collect::<Vec<_>>());
        let Ok(begun) = self.transact(begin).await else { return self.give_back(held).await };
        for (held, next) in held.into_iter().zip(begun) {
            // What is no call was settled at once, or is not ours.
            if let (Next::Call(prepared), Some(provider)) = (next, held.job.provider_id) {
                let ready = Ready { held, prepared: *prepared, since };
                locked(&self.ahead).providers.entry(provider).or_default().ready.push_back(ready);
            }
        }
        if self.stopping.load(Ordering::Relaxed) {
            self.give_all_back().await;
        }
    }

    /// Gives the places of calls that have ended to jobs that are ready, then hands the answers in.
    pub(super) async fn hand_over(self: Arc<Self>, mut freed: mpsc::UnboundedReceiver<Finished>) {
        loop {
            let mut some = Vec::new();
            if freed.recv_many(&mut some, TOGETHER).await == 0 {
                return;
            }
            let (mut pairs, mut others) = (vec![], vec![]);
            for finished in some {
                let provider = finished.held.job.provider_id.unwrap_or_default();
                match locked(&self.ahead).next(provider) {
                    Some(ready) if ready.since.elapsed() < STALE => pairs.push((ready, finished)),
                    Some(ready) => {
                        tokio::spawn(self.clone().give_back(vec![ready.held]));
                        others.push(finished);
                    }
                    None => others.push(finished),
                }
            }
            if !pairs.is_empty() {
                self.relay(pairs).await;
            }
            others.into_iter().for_each(|finished| self.hand_in(finished));
        }
    }

    async fn relay(self: &Arc<Self>, pairs: Vec<(Ready, Finished)>) {
        let jobs: Vec<(Job, Job)> =
            pairs.iter().map(|(next, before)| (next.held.job.clone(), before.held.job.clone())).collect();
        let launch = move |env: &Env| {
            let launched = batch::launch(env, &jobs.iter().map(|(a, b)| (a, b)).collect::<Vec<Turn<'_>>>())?;
            fault::point("begun");
            Ok(launched)
        };
        let launched = self.transact_at_once(launch).await.unwrap_or_else(|e| {
            tracing::warn!(error = %e.message, "reserved jobs could not be begun");
            vec![]
        });
        let mut back = vec![];
        for (mut ready, mut finished) in pairs {
            if launched.contains(&ready.held.job.id) {
                ready.held.begun(finished.held.permit.take());
                let prepared = ready.prepared;
                self.set_off(ready.held, |this, held| async move { this.ask(held, prepared).await });
            } else {
                back.push(ready.held);
            }
            self.hand_in(finished);
        }
        if !back.is_empty() {
            self.clone().give_back(back).await;
        }
    }

    /// What has waited too long in the hand goes back into the queue.
    pub(super) async fn lapse(self: &Arc<Self>) {
        let stale = locked(&self.ahead).drain(|ready| ready.since.elapsed() >= STALE);
        if !stale.is_empty() {
            self.clone().give_back(stale.into_iter().map(|ready| ready.held).collect()).await;
        }
    }

    /// At the end: others may have them at once.
    pub(super) async fn give_all_back(self: &Arc<Self>) {
        let all = locked(&self.ahead).drain(|_| true);
        self.clone().give_back(all.into_iter().map(|ready| ready.held).collect()).await;
    }

    async fn give_back(self: Arc<Self>, held: Vec<InHand>) {
        // Out of the hand first: once it is in the queue again it may come back at once.
        let jobs = held.into_iter().map(|h| h.job.clone()).collect();
        self.put_back(jobs).await;
    }

    /// Puts reserved jobs back into the queue.
    pub(super) async fn put_back(self: Arc<Self>, jobs: Vec<Job>) {
        let done: Result<usize> =
            self.blocking(move |db| Ok(job::give_back(&mut db.pool().get()?, &jobs)?)).await;
        if let Err(e) = done {
            // Their leases run out, as they are not in the hand any more.
            tracing::warn!(error = %e.message, "reserved jobs could not be given back");
        }
    }
}
