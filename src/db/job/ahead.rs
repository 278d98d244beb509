//! Reserved jobs: in a worker's hand with their prompts ready, so that a provider with a limit is called again the
//! moment it has answered.
//!
//! A reserved job is leased like any other (`started`, held by its worker) but has no `date_started`, and it does not
//! count for what its provider is doing. Its turn comes when a call of the same worker ends: it takes over that call's
//! place, which still counts then, so that the limit holds across processes at every moment. A pause or a cancellation
//! takes it out of the hand; so its turn is a compare-and-set too.

use chrono::NaiveDateTime;

use super::claim::{calls_left, counted, picked};
use super::held::returned;
use super::{CHANNEL, Job};
use crate::db::connection::Conn;
use crate::db::error::DbResult;
use crate::db::sql::{ColType, Sql};
use crate::value::Value;

/// What a worker wants to have ready.
#[derive(Debug, Clone, Copy)]
pub struct Reserve<'a> {
    /// Who.
    pub worker: &'a str,
    /// The time.
    pub now: NaiveDateTime,
    /// How long the lease lasts.
    pub until: NaiveDateTime,
    /// For which provider.
    pub provider: i32,
    /// So many at most.
    pub most: i64,
}

/// Takes due tasks of one provider into the hand. None where tokens are limited: they are known only once an answer is
/// stored. To be called outside a transaction.
pub fn reserve(conn: &mut Conn, wanted: &Reserve<'_>) -> DbResult<Vec<Job>> {
    let Reserve { worker, now, until, provider, most } = *wanted;
    let at = |sql: Sql, t: NaiveDateTime| sql.bind(ColType::DateTime, Value::DateTime(t));
    let sql = Sql::of("UPDATE ai_job SET state = 'started', progress = 0, date_started = NULL, worker = ");
    let sql = at(sql.text(worker).raw(", lease_until = "), until).raw(" WHERE id IN (WITH load AS (SELECT ");
    let sql = sql.sql(calls_left(now - chrono::Duration::seconds(60))).raw(
        " AS calls FROM ai_provider p WHERE p.max_concurrency > 0 AND coalesce(p.tokens_per_minute, 0) = 0 \
         AND (p.paused_until IS NULL OR p.paused_until <= ",
    );
    let sql = at(sql, now).raw(") AND p.id = ").int(provider.into());
    let sql = sql.raw(
        "), due AS (SELECT j.id, j.priority, j.eta FROM ai_job j WHERE j.kind = 'task' AND j.provider_id = ",
    );
    let sql = at(sql.int(provider.into()).raw(" AND j.state = 'pending' AND j.eta <= "), now);
    let sql = sql.raw(" ORDER BY j.priority, j.eta, j.id LIMIT ").int(most).raw(
        "), ranked AS (SELECT d.id, row_number() OVER (ORDER BY d.priority, d.eta, d.id) AS place FROM due d) \
         SELECT j.id FROM ai_job j WHERE j.id IN (SELECT k.id FROM ranked k CROSS JOIN load l \
         WHERE k.place <= coalesce(l.calls, k.place)) AND j.state = 'pending' AND j.eta <= ",
    );
    let sql = at(sql, now).either(" FOR UPDATE SKIP LOCKED", "").raw(") RETURNING id");
    let ids = counted(conn, &sql)?;
    picked(conn, worker, &ids)
}

/// A reserved job, and the job whose call has ended and whose place it takes.
pub type Turn<'a> = (&'a Job, &'a Job);

/// Begins reserved jobs; says which. Refused is what is not in the hand any more, whose predecessor is not, and
/// whose provider has asked to be left alone.
pub fn launch(conn: &mut Conn, turns: &[Turn<'_>], now: NaiveDateTime) -> DbResult<Vec<i32>> {
    let Some((first, _)) = turns.first() else { return Ok(vec![]) };
    let worker = first.worker.as_deref().unwrap_or_default();
    let rows = turns.iter().map(|(job, before)| {
        serde_json::json!({"of_id": job.id, "of_attempt": job.attempt(), "after_id": before.id,
            "after_attempt": before.attempt()})
    });
    let columns = ["of_id", "of_attempt", "after_id", "after_attempt"].map(|name| (name, ColType::Int));
    let at = |sql: Sql| sql.bind(ColType::DateTime, Value::DateTime(now));
    let sql = at(Sql::of("UPDATE ai_job SET attempt = ai_job.attempt + 1, date_started = "))
        .given(rows.collect(), &columns)
        .sql(in_hand(worker))
        .raw(
            " AND EXISTS (SELECT 1 FROM ai_job b WHERE b.id = given.after_id AND b.attempt = given.after_attempt \
             AND b.state = 'started' AND b.worker = ",
        )
        .text(worker)
        .raw(") AND NOT EXISTS (SELECT 1 FROM ai_provider p WHERE p.id = ai_job.provider_id AND p.paused_until > ");
    returned(conn, &at(sql).raw(") RETURNING id"))
}

/// Puts reserved jobs back into the queue: their turn did not come.
pub fn give_back(conn: &mut Conn, jobs: &[Job]) -> DbResult<usize> {
    let Some(first) = jobs.first() else { return Ok(0) };
    let rows = jobs.iter().map(|job| serde_json::json!({"of_id": job.id, "of_attempt": job.attempt()}));
    let columns = ["of_id", "of_attempt"].map(|name| (name, ColType::Int));
    let sql = Sql::of("UPDATE ai_job SET state = 'pending', worker = NULL, lease_until = NULL")
        .given(rows.collect(), &columns)
        .sql(in_hand(first.worker.as_deref().unwrap_or_default()));
    let count = conn.execute(&sql)?;
    conn.notify(CHANNEL)?;
    Ok(count)
}

/// The condition that a job given by id and attempt is reserved by this worker.
fn in_hand(worker: &str) -> Sql {
    Sql::of(
        " WHERE ai_job.id = given.of_id AND ai_job.attempt = given.of_attempt AND ai_job.state = 'started' \
         AND ai_job.date_started IS NULL AND ai_job.worker = ",
    )
    .text(worker)
}
