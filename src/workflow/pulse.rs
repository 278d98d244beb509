//! Whether a worker is alive: it says so each time round its loop, and whoever is asked looks how long ago that was.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A worker's loop may hang on a slow database for this long, beside its pauses.
const PATIENCE: Duration = Duration::from_secs(30);

/// A worker's sign of life.
#[derive(Debug)]
pub struct Pulse {
    since: Instant,
    limit: Duration,
    /// Milliseconds after `since`.
    last: AtomicU64,
}

impl Pulse {
    /// Of a worker that comes round at least every `poll`.
    pub fn new(poll: Duration) -> Pulse {
        Pulse { since: Instant::now(), limit: poll * 2 + PATIENCE, last: AtomicU64::new(0) }
    }

    /// Says that it lives.
    pub fn beat(&self) {
        self.last.store(self.elapsed(), Ordering::Relaxed);
    }

    /// Whether it has said so lately.
    pub fn is_alive(&self) -> bool {
        let silent = self.elapsed().saturating_sub(self.last.load(Ordering::Relaxed));
        Duration::from_millis(silent) <= self.limit
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
