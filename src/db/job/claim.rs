//! Out of the queue: what is due, under a lease, within the limits of the providers across all processes.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Job, ai_job};
use crate::db::connection::{Conn, on_conn};
use crate::db::dialect::Dialect;
use crate::db::error::DbResult;
use crate::db::sql::{ColType, Sql};
use crate::value::Value;

/// PostgreSQL's advisory lock under which claims count what runs. Any number will do, if it is always the same.
const CLAIM_LOCK: i64 = 0x7777_6a6f_6200;

/// So many due jobs are looked at in one claim, or twice as many as are wanted.
const WINDOW: i64 = 200;

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
    let ids = counted(conn, &sql)?;
    picked(conn, wanted.worker, &ids)
}

/// Runs a statement that counts what others do, and gives the ids of what it took: one at a time on all processes.
pub(super) fn counted(conn: &mut Conn, sql: &Sql) -> DbResult<Vec<i32>> {
    let rows = match conn.dialect() {
        Dialect::Sqlite => conn.query(sql, &[ColType::Int])?,
        Dialect::Postgres => {
            // READ COMMITTED: the counting statement gets a snapshot taken after the wait for the lock. A process
            // that is stopped just here must not keep the lock from all others.
            let begun = conn.batch(&format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '10s'; \
                 SELECT pg_advisory_xact_lock({CLAIM_LOCK})"
            ));
            let rows = begun.and_then(|()| conn.query(sql, &[ColType::Int]));
            conn.batch(if rows.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            rows?
        }
    };
    Ok(rows.iter().filter_map(|r| i32::try_from(r.first()?.int()).ok()).collect())
}

/// These jobs as their worker holds them now.
pub(super) fn picked(conn: &mut Conn, worker: &str, ids: &[i32]) -> DbResult<Vec<Job>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    on_conn!(conn, |c| ai_job::table
        .filter(ai_job::id.eq_any(ids))
        .filter(ai_job::worker.eq(worker))
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
         lost = coalesce(lost, 0) + CASE WHEN state = 'started' AND date_started IS NOT NULL THEN 1 ELSE 0 END, \
         worker = ",
    );
    sql = at(sql.text(worker).raw(", lease_until = "), until);
    sql = at(sql.raw(", date_started = "), now);
    // What each provider has left; nothing while it has asked to be left alone. Where there is no limit, nothing is
    // counted.
    sql = at(sql.raw(" WHERE id IN (WITH load AS (SELECT p.id AS provider_id, CASE WHEN p.paused_until > "), now).raw(
        " THEN 0 WHEN p.max_concurrency > 0 THEN \
         p.max_concurrency - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.state = 'started' \
         AND r.date_started IS NOT NULL AND r.lease_until >= ",
    );
    // Tokens are known once the answer is stored: until then it counts where they are limited.
    sql = at(sql, now).raw(" AND (p.tokens_per_minute > 0 OR r.id").not_ids(answered);
    sql = sql.raw(")) END AS free, ").sql(calls_left(minute_ago)).raw(
        " AS calls, CASE WHEN p.tokens_per_minute > 0 THEN p.tokens_per_minute \
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

/// Calls that a provider has left in this minute: what is reserved will be called. `p` is the provider.
pub(super) fn calls_left(minute_ago: NaiveDateTime) -> Sql {
    Sql::of(
        "CASE WHEN p.requests_per_minute > 0 THEN p.requests_per_minute \
         - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.state = 'started' \
         AND r.date_started IS NULL) - (SELECT count(*) FROM ai_job r WHERE r.provider_id = p.id AND r.date_started > ",
    )
    .bind(ColType::DateTime, Value::DateTime(minute_ago))
    .raw(") END")
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
