//! A held job: kept, and ended in one way or another, by who holds it and nobody else.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{CHANNEL, Job, ai_job};
use crate::db::connection::{Conn, on_conn};
use crate::db::error::DbResult;
use crate::db::sql::{ColType, Sql};
use crate::value::Value;

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

pub(super) fn returned(conn: &mut Conn, sql: &Sql) -> DbResult<Vec<i32>> {
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
    // What was only reserved has not been executed.
    let attempt = Some(job.attempt() - i32::from(!job.is_reserved()));
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
