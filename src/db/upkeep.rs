//! The queue as its operators see it: how many jobs stand where, and the removal of old ones.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::connection::{Conn, on_conn};
use super::error::DbResult;
use super::job::ai_job;
use super::sql::{ColType, Sql};
use crate::value::Value;

/// So many jobs are removed in one statement: nobody shall wait long for the locks.
const BATCH: i64 = 1000;

/// States of a job that somebody may still have to look at.
const TOLD: [&str; 4] = ["wait", "pending", "started", "failed"];

/// Jobs by state, but for those that ended well or were cancelled.
pub fn count_by_state(conn: &mut Conn) -> DbResult<Vec<(String, i64)>> {
    let found: Vec<(String, i64)> = on_conn!(conn, |c| ai_job::table
        .filter(ai_job::state.eq_any(TOLD))
        .group_by(ai_job::state)
        .select((ai_job::state, diesel::dsl::count_star()))
        .load(c))?;
    let count = |state: &str| found.iter().find(|(s, _)| s == state).map_or(0, |(_, n)| *n);
    Ok(TOLD.map(|state| (state.to_owned(), count(state))).into())
}

/// When the pending job that is due longest was due.
pub fn oldest_due(conn: &mut Conn, now: NaiveDateTime) -> DbResult<Option<NaiveDateTime>> {
    on_conn!(conn, |c| ai_job::table
        .filter(ai_job::state.eq("pending"))
        .filter(ai_job::eta.le(now))
        .select(diesel::dsl::min(ai_job::eta))
        .first(c))
}

/// Removes jobs that were over before `before`, some at a time; how many. What a project's current stage was made of
/// stays: whether its work is complete is read from there. So do failed jobs, which somebody may want to retry.
pub fn sweep(conn: &mut Conn, before: NaiveDateTime) -> DbResult<usize> {
    let sql = Sql::of(
        "DELETE FROM ai_job WHERE id IN (SELECT j.id FROM ai_job j WHERE j.state IN ('done', 'cancelled') \
         AND coalesce(j.date_done, j.write_date, j.create_date) < ",
    )
    .bind(ColType::DateTime, Value::DateTime(before))
    .raw(
        " AND NOT EXISTS (SELECT 1 FROM project_project p WHERE p.id = j.project_id AND p.stage_id = j.stage_id \
         AND p.ai_state NOT IN ('done', 'draft')) ORDER BY j.id LIMIT ",
    )
    .int(BATCH)
    .raw(")");
    let mut removed = 0;
    loop {
        let some = conn.execute(&sql)?;
        removed += some;
        if i64::try_from(some).unwrap_or(0) < BATCH {
            return Ok(removed);
        }
    }
}
