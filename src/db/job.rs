//! The table `ai_job`, typed: the durable queue's statements on both databases.
//!
//! A job is claimed by compare-and-set with a lease, and finished only by who holds it: worker, attempt and state must
//! still be what they were at the claim. The functions run in the caller's transaction, but for [`claim`] and [`beat`],
//! which are whole by themselves.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::connection::{Conn, on_conn};
use super::dialect::Dialect;
use super::error::DbResult;
use super::sql::{ColType, Sql};
use crate::value::Value;

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

/// PostgreSQL's advisory lock under which claims count what runs. Any number will do, if it is always the same.
const CLAIM_LOCK: i64 = 0x7777_6a6f_6200;

/// So many due jobs are looked at in one claim.
const WINDOW: i64 = 200;

/// A job that was lost with its server more often than this is not tried again.
const MOST_LOST: i32 = 10;

/// States of a job that is not over.
pub const OPEN: [&str; 3] = ["wait", "pending", "started"];

/// A job to put into the queue.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = ai_job)]
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
    /// Who holds it.
    pub worker: Option<String>,
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

/// How a held job goes on.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = ai_job)]
struct Outcome<'a> {
    state: &'a str,
    eta: Option<NaiveDateTime>,
    attempt: Option<i32>,
    payload: Option<&'a str>,
    tokens: Option<i32>,
    error_name: Option<Option<&'a str>>,
    error: Option<Option<&'a str>>,
    date_done: Option<NaiveDateTime>,
    lease_until: Option<Option<NaiveDateTime>>,
    write_date: NaiveDateTime,
}

/// Why an execution failed.
#[derive(Debug, Clone, Copy)]
pub struct Fault<'a> {
    /// Short name.
    pub name: &'a str,
    /// Sentence.
    pub message: &'a str,
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
    let mut added = 0;
    for job in jobs.iter().filter(|j| !open.contains(&j.identity_key)) {
        added += on_conn!(conn, |c| diesel::insert_into(ai_job::table).values(job).execute(c))?;
    }
    conn.notify(CHANNEL)?;
    Ok(added)
}

/// What a worker wants to claim.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who claims.
    pub worker: &'a str,
    /// The time.
    pub now: NaiveDateTime,
    /// How long the lease lasts.
    pub until: NaiveDateTime,
    /// So many at most.
    pub most: i64,
    /// Whether calls to providers are wanted, or only what is quickly done.
    pub calls: bool,
}

/// Takes due jobs under a lease, those of lost workers among them; the limits of the providers hold across all
/// processes. To be called outside a transaction.
pub fn claim(conn: &mut Conn, wanted: &Claim<'_>) -> DbResult<Vec<Job>> {
    let sql = claim_sql(wanted);
    let rows = match conn.dialect() {
        Dialect::Sqlite => conn.query(&sql, &[ColType::Int])?,
        Dialect::Postgres => {
            // The lock is the session's, so that the counting statement gets a snapshot taken after the wait for it.
            conn.query(&Sql::of("SELECT pg_advisory_lock(").int(CLAIM_LOCK).raw(")"), &[])?;
            let rows = conn.query(&sql, &[ColType::Int]);
            conn.query(&Sql::of("SELECT pg_advisory_unlock(").int(CLAIM_LOCK).raw(")"), &[])?;
            rows?
        }
    };
    let ids: Vec<i32> = rows.iter().filter_map(|r| i32::try_from(r.first()?.int()).ok()).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    on_conn!(conn, |c| ai_job::table
        .filter(ai_job::id.eq_any(&ids))
        .filter(ai_job::worker.eq(wanted.worker))
        .order((ai_job::priority, ai_job::id))
        .select(Job::as_select())
        .load(c))
}

fn claim_sql(wanted: &Claim<'_>) -> Sql {
    let Claim { worker, now, until, most, calls } = *wanted;
    let at = |sql: Sql, t: NaiveDateTime| sql.bind(ColType::DateTime, Value::DateTime(t));
    let minute_ago = now - chrono::Duration::seconds(60);
    let due = |sql: Sql| {
        let sql = at(sql.raw("((j.state = 'pending' AND j.eta <= "), now);
        at(sql.raw(") OR (j.state = 'started' AND j.lease_until < "), now).raw("))")
    };
    let mut sql = Sql::of(
        "UPDATE ai_job SET state = 'started', progress = 0, attempt = coalesce(attempt, 0) + 1, \
         lost = coalesce(lost, 0) + CASE WHEN state = 'started' THEN 1 ELSE 0 END, worker = ",
    );
    sql = at(sql.text(worker).raw(", lease_until = "), until);
    sql = at(sql.raw(", date_started = "), now);
    // What each provider is doing, and has done in the last minute.
    sql = sql.raw(
        " WHERE id IN (WITH load AS (SELECT p.id AS provider_id, NULLIF(p.max_concurrency, 0) \
         - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.state = 'started' AND r.lease_until >= ",
    );
    sql = at(sql, now).raw(
        ") AS free, NULLIF(p.requests_per_minute, 0) \
         - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.date_started > ",
    );
    sql = at(sql, minute_ago).raw(
        ") AS calls, NULLIF(p.tokens_per_minute, 0) \
         - (SELECT coalesce(sum(r.tokens), 0) FROM ai_job r WHERE r.provider_id = p.id AND r.date_done > ",
    );
    // The first due jobs among those that may run at all, numbered within their provider.
    sql = at(sql, minute_ago).raw(
        ") AS tokens FROM ai_provider p), \
         due AS (SELECT j.id, j.priority, j.eta, j.provider_id FROM ai_job j \
         LEFT JOIN load l ON l.provider_id = j.provider_id WHERE ",
    );
    sql = due(sql).raw(if calls { "" } else { " AND j.provider_id IS NULL" }).raw(
        " AND coalesce(l.free, 1) > 0 AND coalesce(l.calls, 1) > 0 AND coalesce(l.tokens, 1) > 0 \
         ORDER BY j.priority, j.eta, j.id LIMIT ",
    );
    sql = sql.int(WINDOW).raw(
        "), ranked AS (SELECT d.id, d.priority, d.eta, d.provider_id, row_number() OVER \
         (PARTITION BY d.provider_id ORDER BY d.priority, d.eta, d.id) AS place FROM due d), \
         chosen AS (SELECT k.id FROM ranked k LEFT JOIN load l ON l.provider_id = k.provider_id \
         WHERE k.place <= coalesce(l.free, k.place) AND k.place <= coalesce(l.calls, k.place) \
         ORDER BY k.priority, k.eta, k.id LIMIT ",
    );
    sql = sql.int(most).raw(") SELECT j.id FROM ai_job j WHERE j.id IN (SELECT id FROM chosen) AND ");
    due(sql).either(" FOR UPDATE SKIP LOCKED", "").raw(") RETURNING id")
}

/// Renews the leases of held jobs and stores how far they are; says which are still held.
pub fn beat(
    conn: &mut Conn,
    worker: &str,
    held: &[(i32, i32, i32)],
    until: NaiveDateTime,
) -> DbResult<Vec<i32>> {
    let mut kept = vec![];
    for &(id, attempt, progress) in held {
        let touched = on_conn!(conn, |c| diesel::update(
            ai_job::table
                .filter(ai_job::id.eq(id))
                .filter(ai_job::worker.eq(worker))
                .filter(ai_job::attempt.eq(attempt))
                .filter(ai_job::state.eq("started"))
        )
        .set((ai_job::lease_until.eq(until), ai_job::progress.eq(progress)))
        .execute(c))?;
        if touched == 1 {
            kept.push(id);
        }
    }
    Ok(kept)
}

fn settle(conn: &mut Conn, job: &Job, outcome: &Outcome<'_>) -> DbResult<bool> {
    let touched = on_conn!(conn, |c| diesel::update(
        ai_job::table
            .filter(ai_job::id.eq(job.id))
            .filter(ai_job::worker.eq(job.worker.as_deref().unwrap_or_default()))
            .filter(ai_job::attempt.eq(job.attempt()))
            .filter(ai_job::state.eq("started"))
    )
    .set(outcome)
    .execute(c))?;
    Ok(touched == 1)
}

fn outcome(state: &str, now: NaiveDateTime) -> Outcome<'_> {
    Outcome {
        state,
        eta: None,
        attempt: None,
        payload: None,
        tokens: None,
        error_name: None,
        error: None,
        date_done: None,
        lease_until: Some(None),
        write_date: now,
    }
}

/// Ends a held job well; false: it is not held any more, and nothing of its result may be stored.
pub fn finish(conn: &mut Conn, job: &Job, tokens: i64, now: NaiveDateTime) -> DbResult<bool> {
    let tokens = i32::try_from(tokens).ok();
    let done = Outcome {
        date_done: Some(now),
        tokens,
        error: Some(None),
        error_name: Some(None),
        ..outcome("done", now)
    };
    settle(conn, job, &done)
}

/// Ends a held job for good; false: it is not held any more.
pub fn fail(conn: &mut Conn, job: &Job, fault: Fault<'_>, now: NaiveDateTime) -> DbResult<bool> {
    let (error_name, error) = (Some(Some(fault.name)), Some(Some(fault.message)));
    settle(conn, job, &Outcome { date_done: Some(now), error_name, error, ..outcome("failed", now) })
}

/// What a job that will be tried again takes along.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// Not before.
    pub eta: NaiveDateTime,
    /// JSON for the next attempt.
    pub payload: Option<&'a str>,
    /// Whether its project is paused meanwhile.
    pub held: bool,
}

/// Puts a held job back for another try; false: it is not held any more.
pub fn again(
    conn: &mut Conn,
    job: &Job,
    fault: Fault<'_>,
    next: Again<'_>,
    now: NaiveDateTime,
) -> DbResult<bool> {
    let (error_name, error) = (Some(Some(fault.name)), Some(Some(fault.message)));
    let state = if next.held { "wait" } else { "pending" };
    let back =
        Outcome { eta: Some(next.eta), payload: next.payload, error_name, error, ..outcome(state, now) };
    settle(conn, job, &back)
}

/// Puts a held job back as if it had not been claimed: the server stops, or its project is paused (`held`).
pub fn release(conn: &mut Conn, job: &Job, held: bool, now: NaiveDateTime) -> DbResult<bool> {
    let attempt = Some(job.attempt() - 1);
    let state = if held { "wait" } else { "pending" };
    let released = settle(conn, job, &Outcome { attempt, eta: Some(now), ..outcome(state, now) })?;
    conn.notify(CHANNEL)?;
    Ok(released)
}

/// Whether the job is held as it was claimed.
pub fn is_held(conn: &mut Conn, job: &Job) -> DbResult<bool> {
    let found: i64 = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::id.eq(job.id))
        .filter(ai_job::worker.eq(job.worker.as_deref().unwrap_or_default()))
        .filter(ai_job::attempt.eq(job.attempt()))
        .filter(ai_job::state.eq("started"))
        .count()
        .get_result(c))?;
    Ok(found == 1)
}

/// Open jobs of a project of these kinds.
pub fn open_count(conn: &mut Conn, project: i32, kinds: &[&str]) -> DbResult<i64> {
    on_conn!(conn, |c| ai_job::table
        .filter(ai_job::project_id.eq(project))
        .filter(ai_job::kind.eq_any(kinds))
        .filter(ai_job::state.eq_any(OPEN))
        .count()
        .get_result(c))
}

/// State of the newest job with this identity.
pub fn last_state(conn: &mut Conn, identity: &str) -> DbResult<Option<(String, Option<String>)>> {
    on_conn!(conn, |c| ai_job::table
        .filter(ai_job::identity_key.eq(identity))
        .order(ai_job::id.desc())
        .select((ai_job::state, ai_job::error))
        .first(c)
        .optional())
}

/// Cancels the open jobs of a project of these kinds; a running one's result will be refused.
pub fn cancel(conn: &mut Conn, project: i32, kinds: &[&str], now: NaiveDateTime) -> DbResult<usize> {
    on_conn!(conn, |c| diesel::update(
        ai_job::table
            .filter(ai_job::project_id.eq(project))
            .filter(ai_job::kind.eq_any(kinds))
            .filter(ai_job::state.eq_any(OPEN))
    )
    .set((ai_job::state.eq("cancelled"), ai_job::date_done.eq(now), ai_job::write_date.eq(now)))
    .execute(c))
}

/// Cancels open jobs by id; returns how many were open.
pub fn cancel_ids(conn: &mut Conn, ids: &[i32], now: NaiveDateTime) -> DbResult<usize> {
    on_conn!(conn, |c| diesel::update(
        ai_job::table.filter(ai_job::id.eq_any(ids)).filter(ai_job::state.eq_any(OPEN))
    )
    .set((ai_job::state.eq("cancelled"), ai_job::date_done.eq(now), ai_job::write_date.eq(now)))
    .execute(c))
}

/// Failed or cancelled jobs go back into the queue with all their attempts; returns how many.
pub fn requeue_ids(conn: &mut Conn, ids: &[i32], now: NaiveDateTime) -> DbResult<usize> {
    let count = on_conn!(conn, |c| diesel::update(
        ai_job::table.filter(ai_job::id.eq_any(ids)).filter(ai_job::state.eq_any(["failed", "cancelled"]))
    )
    .set((
        ai_job::state.eq("pending"),
        ai_job::attempt.eq(0),
        ai_job::lost.eq(0),
        ai_job::eta.eq(now),
        ai_job::write_date.eq(now)
    ))
    .execute(c))?;
    conn.notify(CHANNEL)?;
    Ok(count)
}

/// A pause: pending jobs of the project stand still.
pub fn hold(conn: &mut Conn, project: i32) -> DbResult<usize> {
    on_conn!(conn, |c| diesel::update(
        ai_job::table.filter(ai_job::project_id.eq(project)).filter(ai_job::state.eq("pending"))
    )
    .set(ai_job::state.eq("wait"))
    .execute(c))
}

/// The end of a pause: they go on, each with the time it had left.
pub fn unhold(conn: &mut Conn, project: i32, paused: chrono::Duration) -> DbResult<usize> {
    let waiting: Vec<(i32, NaiveDateTime)> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::project_id.eq(project))
        .filter(ai_job::state.eq("wait"))
        .select((ai_job::id, ai_job::eta))
        .load(c))?;
    for (id, eta) in &waiting {
        on_conn!(conn, |c| diesel::update(ai_job::table.filter(ai_job::id.eq(id)))
            .set((ai_job::state.eq("pending"), ai_job::eta.eq(*eta + paused)))
            .execute(c))?;
    }
    conn.notify(CHANNEL)?;
    Ok(waiting.len())
}

/// When a worker should look again: the next time a job is due or a lease runs out.
pub fn next_time(conn: &mut Conn) -> DbResult<Option<NaiveDateTime>> {
    let eta: Option<NaiveDateTime> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::state.eq("pending"))
        .select(diesel::dsl::min(ai_job::eta))
        .first(c))?;
    let lease: Option<NaiveDateTime> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::state.eq("started"))
        .select(diesel::dsl::min(ai_job::lease_until))
        .first(c))?;
    Ok(match (eta, lease) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    })
}
