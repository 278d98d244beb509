//! Jobs that are not over, whoever holds them: counted, cancelled, queued again, stopped and set free by a pause.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{CHANNEL, OPEN, ai_job};
use crate::db::connection::{Conn, on_conn};
use crate::db::error::DbResult;
use crate::db::sql::{ColType, Sql};

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

/// A pause: pending jobs of the project stand still, and those that a worker has only reserved.
pub fn hold(conn: &mut Conn, project: i32) -> DbResult<usize> {
    let reserved = on_conn!(conn, |c| diesel::update(
        ai_job::table
            .filter(ai_job::project_id.eq(project))
            .filter(ai_job::state.eq("started"))
            .filter(ai_job::date_started.is_null())
    )
    .set((
        ai_job::state.eq("wait"),
        ai_job::worker.eq(None::<String>),
        ai_job::lease_until.eq(None::<NaiveDateTime>)
    ))
    .execute(c))?;
    let pending = on_conn!(conn, |c| diesel::update(
        ai_job::table.filter(ai_job::project_id.eq(project)).filter(ai_job::state.eq("pending"))
    )
    .set(ai_job::state.eq("wait"))
    .execute(c))?;
    Ok(reserved + pending)
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
