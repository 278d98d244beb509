//! SQLite has one writer at a time: writers of this process queue here, in order, instead of spinning on `busy`.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::DbError;

/// The queue of one database file.
#[derive(Debug, Default)]
pub(super) struct Gate {
    queue: Mutex<Queue>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    next: u64,
    /// The first holds the gate; the others wait in order.
    tickets: VecDeque<u64>,
}

/// Held from the first write to its commit or rollback.
#[derive(Debug)]
pub(super) struct Turn {
    gate: Arc<Gate>,
    ticket: u64,
}

impl Gate {
    /// Waits for its turn, so long at most.
    pub(super) fn enter(self: &Arc<Self>, patience: Duration) -> Result<Turn, DbError> {
        let deadline = Instant::now() + patience;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = queue.next;
        queue.next += 1;
        queue.tickets.push_back(ticket);
        while queue.tickets.front() != Some(&ticket) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                queue.tickets.retain(|t| *t != ticket);
                return Err(DbError::Busy {
                    message: "database is locked: other writers took too long".into(),
                });
            }
            queue = self.moved.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(Turn { gate: Arc::clone(self), ticket })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queue = self.gate.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.tickets.retain(|t| *t != self.ticket);
        self.gate.moved.notify_all();
    }
}
