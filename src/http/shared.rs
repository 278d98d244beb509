//! Calls that wait for the same answer of the database ride together: see [`SharedRead`].
//!
//! All of this happens on the thread that speaks HTTP, each worker for its own connections: the first call sets off
//! with those whose requests have come in by then, and whoever comes while it is away takes the next ride. So a lone
//! call waits for nobody, and the busier the server, the fewer statements, threads and system calls a call costs.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use actix_web::{rt, web};
use tokio::sync::oneshot;

use crate::service::shared_read::SharedRead;
use crate::value::Json;

use super::exchange::{Answer, Exchange};

/// So many calls a ride, at most: PostgreSQL and the caller's patience are better served by several.
const RIDERS_MAX: usize = 128;

/// Records in the order of a caller's ids; others may have asked for the same.
pub type Records = Vec<Arc<Json>>;

/// A request that only asks to read records by id.
pub struct Glance {
    /// What it shares with others.
    pub read: SharedRead,
    /// The ids.
    pub ids: Vec<i64>,
    /// Makes the answer of the records, in the order of the ids; None: the ordinary way tells what is wrong.
    pub finish: Box<dyn FnOnce(Records) -> Option<Answer>>,
}

/// Looks whether a request is one: quickly, and never waits.
pub type Look = fn(&Exchange<'_>) -> Option<Glance>;

/// Calls of one kind.
struct Group {
    read: Arc<SharedRead>,
    waiting: Vec<Rider>,
}

struct Rider {
    ids: Vec<i64>,
    back: oneshot::Sender<Option<Records>>,
}

thread_local! {
    /// Those of this worker that are under way.
    static GROUPS: RefCell<Vec<Group>> = const { RefCell::new(Vec::new()) };
}

/// The answer; None: the call has to go the ordinary way.
pub async fn ride(glance: Glance) -> Option<Answer> {
    let (back, records) = oneshot::channel();
    let rider = Rider { ids: glance.ids, back };
    let first = GROUPS.with_borrow_mut(|groups| {
        if let Some(group) = groups.iter_mut().find(|group| *group.read == glance.read) {
            group.waiting.push(rider);
            return None;
        }
        let read = Arc::new(glance.read);
        groups.push(Group { read: read.clone(), waiting: vec![rider] });
        Some(read)
    });
    if let Some(read) = first {
        rt::spawn(go(read));
    }
    (glance.finish)(records.await.ok()??)
}

/// Ride after ride, until nobody waits.
async fn go(read: Arc<SharedRead>) {
    loop {
        // requests that lie in the sockets already come along
        tokio::task::yield_now().await;
        let riders = GROUPS.with_borrow_mut(|groups| {
            let at = groups.iter().position(|group| Arc::ptr_eq(&group.read, &read))?;
            let waiting = &mut groups[at].waiting;
            let riders: Vec<Rider> = waiting.drain(..waiting.len().min(RIDERS_MAX)).collect();
            if riders.is_empty() {
                groups.swap_remove(at);
            }
            Some(riders)
        });
        let Some(riders) = riders.filter(|riders| !riders.is_empty()) else { return };
        let wanted: BTreeSet<i64> = riders.iter().flat_map(|rider| &rider.ids).copied().collect();
        let (shared, wanted) = (read.clone(), Vec::from_iter(wanted));
        // an error, a panic too, is told by the ordinary way
        let found = web::block(move || shared.read(&wanted)).await.ok().and_then(Result::ok).flatten();
        for Rider { ids, back } in riders {
            // who has hung up meanwhile needs nothing
            let _ = back.send(found.as_ref().and_then(|found| own(found, &ids)));
        }
    }
}

/// A caller's records, if all of them are there.
fn own(found: &HashMap<i64, Arc<Json>>, ids: &[i64]) -> Option<Records> {
    ids.iter().map(|id| found.get(id).cloned()).collect()
}
