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

/// So many due jobs are looked at in one claim, or twice as many as are wanted.
const WINDOW: i64 = 200;

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
    /// Jobs of this worker whose calls have ended: they count for their providers no more.
    pub answered: &'a [i64],
}

/// Takes due jobs under a lease, those of lost workers among them; the limits of the providers hold across all
/// processes. To be called outside a transaction.
pub fn claim(conn: &mut Conn, wanted: &Claim<'_>) -> DbResult<Vec<Job>> {
    let sql = claim_sql(wanted);
    let rows = match conn.dialect() {
        Dialect::Sqlite => conn.query(&sql, &[ColType::Int])?,
        Dialect::Postgres => {
            // READ COMMITTED: the counting statement gets a snapshot taken after the wait for the lock. A process
            // that is stopped just here must not keep the lock from all others.
            let begun = conn.batch(&format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '10s'; \
                 SELECT pg_advisory_xact_lock({CLAIM_LOCK})"
            ));
            let rows = begun.and_then(|()| conn.query(&sql, &[ColType::Int]));
            conn.batch(if rows.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
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
    let Claim { worker, now, until, most, calls, answered } = *wanted;
    let at = |sql: Sql, t: NaiveDateTime| sql.bind(ColType::DateTime, Value::DateTime(t));
    let minute_ago = now - chrono::Duration::seconds(60);
    let mut sql = Sql::of(
        "UPDATE ai_job SET state = 'started', progress = 0, attempt = coalesce(attempt, 0) + 1, \
         lost = coalesce(lost, 0) + CASE WHEN state = 'started' THEN 1 ELSE 0 END, worker = ",
    );
    sql = at(sql.text(worker).raw(", lease_until = "), until);
    sql = at(sql.raw(", date_started = "), now);
    // What each provider has left. Where it has no limit, nothing is counted.
    sql = sql.raw(
        " WHERE id IN (WITH load AS (SELECT p.id AS provider_id, CASE WHEN p.max_concurrency > 0 THEN \
         p.max_concurrency - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.state = 'started' \
         AND r.lease_until >= ",
    );
    // Tokens are known once the answer is stored: until then it counts where they are limited.
    sql = at(sql, now).raw(" AND (p.tokens_per_minute > 0 OR r.id").not_ids(answered);
    sql = sql.raw(
        ")) END AS free, CASE WHEN p.requests_per_minute > 0 THEN p.requests_per_minute \
         - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.date_started > ",
    );
    sql = at(sql, minute_ago).raw(
        ") END AS calls, CASE WHEN p.tokens_per_minute > 0 THEN p.tokens_per_minute \
         - (SELECT coalesce(sum(r.tokens), 0) FROM ai_job r WHERE r.provider_id = p.id AND r.date_done > ",
    );
    // The first due jobs among those that may run at all, numbered within their provider; lost ones first.
    sql = at(sql, minute_ago).raw(") END AS tokens FROM ai_provider p), due AS (");
    sql = sql.sql(due(wanted, "j.state = 'started' AND j.lease_until < ", calls));
    sql = sql.raw(" UNION ALL ").sql(due(wanted, "j.state = 'pending' AND j.eta <= ", calls));
    sql = sql.raw(
        "), ranked AS (SELECT d.id, d.priority, d.eta, d.provider_id, row_number() OVER \
         (PARTITION BY d.provider_id ORDER BY d.priority, d.eta, d.id) AS place FROM due d), \
         chosen AS (SELECT k.id FROM ranked k LEFT JOIN load l ON l.provider_id = k.provider_id \
         WHERE k.place <= coalesce(l.free, k.place) AND k.place <= coalesce(l.calls, k.place) \
         ORDER BY k.priority, k.eta, k.id LIMIT ",
    );
    sql = at(
        sql.int(most).raw(
            ") SELECT j.id FROM ai_job j WHERE j.id IN (SELECT id FROM chosen) \
             AND ((j.state = 'pending' AND j.eta <= ",
        ),
        now,
    );
    sql = at(sql.raw(") OR (j.state = 'started' AND j.lease_until < "), now).raw("))");
    sql.either(" FOR UPDATE SKIP LOCKED", "").raw(") RETURNING id")
}

/// Due jobs in one state, in order, so that an index of that state gives the first of them.
fn due(wanted: &Claim<'_>, condition: &'static str, calls: bool) -> Sql {
    Sql::of(
        "SELECT * FROM (SELECT j.id, j.priority, j.eta, j.provider_id FROM ai_job j \
         LEFT JOIN load l ON l.provider_id = j.provider_id WHERE ",
    )
    .raw(condition)
    .bind(ColType::DateTime, Value::DateTime(wanted.now))
    .raw(if calls { "" } else { " AND j.provider_id IS NULL" })
    .raw(
        " AND coalesce(l.free, 1) > 0 AND coalesce(l.calls, 1) > 0 AND coalesce(l.tokens, 1) > 0 \
         ORDER BY j.priority, j.eta, j.id LIMIT ",
    )
    .int(WINDOW.max(wanted.most.saturating_mul(2)))
    .raw(") AS listed")
}

/// A held job in a heartbeat: id, attempt, how far it is.
pub type Beat = (i32, i32, i32);

/// Renews the leases of held jobs and stores how far they are; says which are still held.
pub fn beat(conn: &mut Conn, worker: &str, held: &[Beat], until: NaiveDateTime) -> DbResult<Vec<i32>> {
    let rows = held.iter().map(
        |(id, attempt, progress)| serde_json::json!({"of_id": id, "of_attempt": attempt, "far": progress}),
    );
    let columns = [("of_id", ColType::Int), ("of_attempt", ColType::Int), ("far", ColType::Int)];
    let sql = Sql::of("UPDATE ai_job SET lease_until = ")
        .bind(ColType::DateTime, Value::DateTime(until))
        .raw(", progress = given.far")
        .given(rows.collect(), &columns)
        .sql(held_by(worker));
    returned(conn, &sql)
}

/// The condition that a job given by id and attempt is still held by this worker.
fn held_by(worker: &str) -> Sql {
    Sql::of(
        " WHERE ai_job.id = given.of_id AND ai_job.attempt = given.of_attempt AND ai_job.state = 'started' \
         AND ai_job.worker = ",
    )
    .text(worker)
    .raw(" RETURNING id")
}

fn returned(conn: &mut Conn, sql: &Sql) -> DbResult<Vec<i32>> {
    let rows = conn.query(sql, &[ColType::Int])?;
    Ok(rows.iter().filter_map(|r| i32::try_from(r.first()?.int()).ok()).collect())
}

/// Ends several held jobs well, each with its tokens; gives id and attempt of each. Those that are not held any more
/// are left out of the answer, and nothing of their results may be stored. A job may be among them twice: one
/// execution that lost it, and the one that has it now.
pub fn finish_all(conn: &mut Conn, done: &[(&Job, i64)], now: NaiveDateTime) -> DbResult<Vec<(i32, i32)>> {
    let Some((first, _)) = done.first() else { return Ok(vec![]) };
    let rows = done.iter().map(
        |(job, tokens)| serde_json::json!({"of_id": job.id, "of_attempt": job.attempt(), "used": tokens}),
    );
    let columns = [("of_id", ColType::Int), ("of_attempt", ColType::Int), ("used", ColType::Int)];
    let at = |sql: Sql| sql.bind(ColType::DateTime, Value::DateTime(now));
    let sql = at(Sql::of("UPDATE ai_job SET state = 'done', error = NULL, error_name = NULL, date_done = "));
    let sql = at(sql.raw(", lease_until = NULL, tokens = given.used, write_date = "))
        .given(rows.collect(), &columns)
        .sql(held_by(first.worker.as_deref().unwrap_or_default()))
        .raw(", attempt");
    let rows = conn.query(&sql, &[ColType::Int, ColType::Int])?;
    let narrow = |v: &Value| i32::try_from(v.int()).unwrap_or_default();
    Ok(rows.iter().map(|row| (narrow(&row[0]), narrow(&row[1]))).collect())
}

/// Which of these are held as they were claimed.
pub fn held(conn: &mut Conn, jobs: &[&Job]) -> DbResult<Vec<i32>> {
    let ids: Vec<i32> = jobs.iter().map(|j| j.id).collect();
    let found: Vec<(i32, Option<String>, Option<i32>)> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::id.eq_any(&ids))
        .filter(ai_job::state.eq("started"))
        .select((ai_job::id, ai_job::worker, ai_job::attempt))
        .load(c))?;
    let same = |j: &&&Job| found.iter().any(|(id, w, a)| *id == j.id && *w == j.worker && *a == j.attempt);
    Ok(jobs.iter().filter(same).map(|j| j.id).collect())
}

/// Open jobs of these kinds, by project; a project without any is not in the list.
pub fn open_counts(conn: &mut Conn, projects: &[i64], kinds: &[&str]) -> DbResult<Vec<(i64, i64)>> {
    let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
    let sql = Sql::of(
        "SELECT project_id, count(*) FROM ai_job WHERE state IN ('wait', 'pending', 'started') AND project_id",
    )
    .ids(projects)
    .raw(" AND kind")
    .texts(&kinds)
    .raw(" GROUP BY project_id");
    let rows = conn.query(&sql, &[ColType::Int, ColType::BigInt])?;
    Ok(rows.iter().map(|r| (r[0].int(), r[1].int())).collect())
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

/// When a worker should look again: the next time a job is due or a lease runs out. One statement.
pub fn next_time(conn: &mut Conn) -> DbResult<Option<NaiveDateTime>> {
    let sql = Sql::of(
        "SELECT (SELECT min(eta) FROM ai_job WHERE state = 'pending'), \
         (SELECT min(lease_until) FROM ai_job WHERE state = 'started')",
    );
    let rows = conn.query(&sql, &[ColType::DateTime, ColType::DateTime])?;
    let times = rows.iter().flatten().filter_map(|v| match v {
        Value::DateTime(t) => Some(*t),
        _ => None,
    });
    Ok(times.min())
}
