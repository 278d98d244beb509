//! Stores answers, as many in one transaction as there are.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Shared;
use super::hand::{Finished, span};
use crate::error::Result;
use crate::orm::Env;
use crate::workflow::provider::{Failure, Trouble};
use crate::workflow::{batch, fault};

/// So many answers are stored in one transaction at most.
pub(super) const TOGETHER: usize = 128;

impl Shared {
    /// Stores answers, as many at once as there are.
    pub(super) async fn keep(self: Arc<Self>, mut finishing: mpsc::UnboundedReceiver<Finished>) {
        loop {
            let mut some = Vec::new();
            if finishing.recv_many(&mut some, TOGETHER).await == 0 {
                return;
            }
            self.store(some).await;
        }
    }

    pub(super) async fn store(self: &Arc<Self>, some: Vec<Finished>) {
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

    pub(super) async fn stored(self: &Arc<Self>, some: Arc<Vec<Finished>>) -> Result<()> {
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
}
