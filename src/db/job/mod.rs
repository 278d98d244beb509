//! The table `ai_job`, typed: the durable queue's statements on both databases.
//!
//! A job is claimed by compare-and-set with a lease, and finished only by who holds it: worker, attempt and state must
//! still be what they were at the claim. The functions run in the caller's transaction, but for [`claim`] and [`beat`],
//! which are whole by themselves.
//!
//! Here what a job is and how it comes into the queue; `claim` takes it out, `ahead` reserves it, `held` ends it,
//! `open` is about those that are not over, whoever holds them.

mod ahead;
mod claim;
mod held;
mod open;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::connection::{Conn, on_conn};
use super::error::DbResult;
use super::sql::{ColType, Sql};
use crate::value::Value;

pub use ahead::{Reserve, Turn, give_back, launch, reserve};
pub use claim::{Claim, claim, next_time};
pub use held::{Again, Beat, Fault, again, beat, fail, finish, finish_all, held, is_held, release};
pub use open::{cancel, cancel_ids, hold, last_state, open_count, open_counts, requeue_ids, unhold};

diesel::table! {
    /// The queue, as addons_schema declares it.
    ai_job (id) {
        id -> Integer,
        kind -> Text,
        state -> Text,
        project_id -> Nullable<Integer>,
        task_id -> Nullable<Integer>,
        stage_id -> Nullable<Integer>,
        provider_id -> Nullable<Integer>,
        priority -> Nullable<Integer>,
        attempt -> Nullable<Integer>,
        lost -> Nullable<Integer>,
        max_attempts -> Nullable<Integer>,
        eta -> Timestamp,
        lease_until -> Nullable<Timestamp>,
        worker -> Nullable<Text>,
        identity_key -> Text,
        payload -> Nullable<Text>,
        progress -> Nullable<Integer>,
        tokens -> Nullable<Integer>,
        error_name -> Nullable<Text>,
        error -> Nullable<Text>,
        date_started -> Nullable<Timestamp>,
        date_done -> Nullable<Timestamp>,
        create_uid -> Nullable<Integer>,
        create_date -> Nullable<Timestamp>,
        write_uid -> Nullable<Integer>,
        write_date -> Nullable<Timestamp>,
    }
}

/// Heard by the workers when there may be work.
pub const CHANNEL: &str = "ww_job";

/// Rows of one INSERT.
const ROWS: usize = 100;

/// A job that was lost with its server more often than this is not tried again.
const MOST_LOST: i32 = 10;

/// States of a job that is not over.
pub const OPEN: [&str; 3] = ["wait", "pending", "started"];

/// A job to put into the queue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it is.
    pub kind: String,
    /// Always "pending", or "wait" while its project is paused.
    pub state: String,
    /// Its project.
    pub project_id: Option<i32>,
    /// Its task, if it is about one.
    pub task_id: Option<i32>,
    /// The stage it works for.
    pub stage_id: Option<i32>,
    /// The provider it will call.
    pub provider_id: Option<i32>,
    /// The lowest goes first.
    pub priority: i32,
    /// Executions so far.
    pub attempt: i32,
    /// Executions at most.
    pub max_attempts: i32,
    /// Not before.
    pub eta: NaiveDateTime,
    /// Unique among open jobs.
    pub identity_key: String,
    /// JSON.
    pub payload: Option<String>,
    /// Who asked for it.
    pub create_uid: Option<i32>,
    /// When.
    pub create_date: NaiveDateTime,
}

/// A job as a worker holds it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = ai_job)]
pub struct Job {
    /// Id.
    pub id: i32,
    /// What it is.
    pub kind: String,
    /// State.
    pub state: String,
    /// Its project.
    pub project_id: Option<i32>,
    /// Its task.
    pub task_id: Option<i32>,
    /// Its stage.
    pub stage_id: Option<i32>,
    /// Its provider.
    pub provider_id: Option<i32>,
    /// Which execution this is, from 1.
    pub attempt: Option<i32>,
    /// Executions that were lost with their server.
    pub lost: Option<i32>,
    /// Failed executions at most.
    pub max_attempts: Option<i32>,
    /// When it was due.
    pub eta: NaiveDateTime,
    /// Who holds it.
    pub worker: Option<String>,
    /// When this execution began; None: it is only reserved.
    pub date_started: Option<NaiveDateTime>,
    /// What it is about, as one text.
    pub identity_key: String,
    /// JSON from the attempt before.
    pub payload: Option<String>,
    /// Who asked for it.
    pub create_uid: Option<i32>,
}

impl Job {
    /// Which execution this is.
    pub fn attempt(&self) -> i32 {
        self.attempt.unwrap_or(0)
    }

    /// Whether it is only reserved: it waits in its worker's hand for its turn, and nothing of it has begun.
    pub fn is_reserved(&self) -> bool {
        self.date_started.is_none()
    }

    /// Whether so many executions were lost with their servers that the job itself may be why.
    pub fn is_poison(&self) -> bool {
        self.lost.unwrap_or(0) > MOST_LOST
    }

    /// Whether a failure of this execution is the last one. A restart of the server is no fault of the job, so
    /// executions lost that way do not use up its attempts.
    pub fn is_last(&self) -> bool {
        self.attempt() - self.lost.unwrap_or(0) >= self.max_attempts.unwrap_or(1)
    }
}

/// Puts jobs into the queue; one whose identity is already open is passed over. Wakes the workers at commit.
pub fn enqueue(conn: &mut Conn, jobs: &[NewJob]) -> DbResult<usize> {
    if jobs.is_empty() {
        return Ok(0);
    }
    let keys: Vec<&str> = jobs.iter().map(|j| j.identity_key.as_str()).collect();
    let open: Vec<String> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::identity_key.eq_any(&keys))
        .filter(ai_job::state.eq_any(OPEN))
        .select(ai_job::identity_key)
        .load(c))?;
    let fresh: Vec<&NewJob> = jobs.iter().filter(|j| !open.contains(&j.identity_key)).collect();
    let mut added = 0;
    for some in fresh.chunks(ROWS) {
        added += insert(conn, some)?;
    }
    conn.notify(CHANNEL)?;
    Ok(added)
}

/// One statement for all: Diesel's own insert of many rows is a loop on SQLite.
fn insert(conn: &mut Conn, jobs: &[&NewJob]) -> DbResult<usize> {
    let id = |id: Option<i32>| id.map_or(Value::Null, |id| Value::Int(id.into()));
    let text = |text: &str| Value::Text(text.to_owned());
    let rows = jobs.iter().map(|j| {
        let cells = [
            (ColType::Text, text(&j.kind)),
            (ColType::Text, text(&j.state)),
            (ColType::Int, id(j.project_id)),
            (ColType::Int, id(j.task_id)),
            (ColType::Int, id(j.stage_id)),
            (ColType::Int, id(j.provider_id)),
            (ColType::Int, id(Some(j.priority))),
            (ColType::Int, id(Some(j.attempt))),
            (ColType::Int, id(Some(j.max_attempts))),
            (ColType::DateTime, Value::DateTime(j.eta)),
            (ColType::Text, text(&j.identity_key)),
            (ColType::Text, j.payload.as_deref().map_or(Value::Null, text)),
            (ColType::Int, id(j.create_uid)),
            (ColType::DateTime, Value::DateTime(j.create_date)),
        ];
        let cells = cells.into_iter().map(|(kind, value)| Sql::new().bind(kind, value));
        Sql::of("(").sql(Sql::join(", ", cells)).raw(")")
    });
    let sql = Sql::of(
        "INSERT INTO ai_job (kind, state, project_id, task_id, stage_id, provider_id, priority, attempt, \
         max_attempts, eta, identity_key, payload, create_uid, create_date) VALUES ",
    );
    // Only a full chunk's text comes again.
    let sql = sql.sql(Sql::join(", ", rows));
    conn.execute(&if jobs.len() == ROWS || jobs.len() == 1 { sql } else { sql.uncached() })
}
