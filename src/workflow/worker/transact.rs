//! Transactions of the worker: off the loop, few at one time, tried again when they lose a race or their connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Shared;
use crate::db::{DbError, Mode};
use crate::error::{Error, Kind, Result};
use crate::orm::{Database, Env, SUPERUSER};
use crate::value::Map;

/// A transaction that loses its race is tried so often; side by side tasks of one project end at the same time.
const TRIES: u32 = 40;

/// How long a transaction is tried again that lost its connection: a database takes its time to restart. The job is
/// still ours if nobody took it over meanwhile.
const OUTAGE: Duration = Duration::from_secs(300);

/// Pause between two tries of such a transaction.
const RECONNECT: Duration = Duration::from_millis(200);

impl Shared {
    /// A transaction as superuser, tried again as long as it only loses races, or its connection. One that was lost in
    /// a commit may have been done: what runs here says so itself then, since the job is not held any more.
    pub(super) async fn transact<T: Send + 'static>(
        self: &Arc<Self>,
        f: impl FnMut(&Env) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _permit = self.transactions.acquire().await;
        self.transact_at_once(f).await
    }

    /// [`Shared::transact`] for what is short and waited for: it does not wait for the others.
    pub(super) async fn transact_at_once<T: Send + 'static>(
        self: &Arc<Self>,
        mut f: impl FnMut(&Env) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let this = self.clone();
        self.off(move |db| {
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

    pub(super) fn waits_for_database(&self, since: Instant) -> bool {
        since.elapsed() < OUTAGE && !self.ending.load(Ordering::Relaxed)
    }

    /// Runs something that waits for the database off the loop; a panic becomes an error.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Database) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _permit = self.transactions.acquire().await;
        self.off(f).await
    }

    async fn off<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Database) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = self.db.clone();
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(|| f(&db))).await {
            Ok(result) => result,
            Err(e) => Err(Error::internal("The work on this job broke down.").detail(e.to_string())),
        }
    }
}

/// Uniform in [0, 1).
pub(super) fn random() -> f64 {
    let bytes = crate::crypt::random::<4>().unwrap_or([128, 0, 0, 0]);
    f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
