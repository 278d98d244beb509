//! The order of the table `ai_event`, as those who watch need it: one number an event (`seq`), in the order of commits.
//!
//! ids are no such order: a transaction takes them before it commits, so a later id may be seen first, and who goes on
//! "after the last id" would never see the earlier one. On PostgreSQL the numbers are given afterwards, to what is
//! committed, by one process at a time; nobody watches, nobody numbers. A number once given stays and none is given
//! twice, so "all above n" is the same in every process and loses nothing. On SQLite the id is such a number.

use super::connection::Conn;
use super::dialect::Dialect;
use super::error::DbResult;
use super::sql::{ColType, Sql};

/// Heard by those who watch when events were written.
pub const EVENTS: &str = "ww_event";
/// Heard by those who watch while tasks are being written; says how far they are.
pub const PROGRESS: &str = "ww_progress";

/// PostgreSQL's advisory lock under which numbers are given. Any number will do, if it is always the same.
const LOCK: i64 = 0x7777_6576_6e74;
/// So many get their numbers by one statement.
const BATCH: i64 = 5000;

/// Numbers all events that were committed and have none. To be called outside a transaction.
pub fn number(conn: &mut Conn) -> DbResult<()> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let none = Sql::of("SELECT id FROM ai_event WHERE seq IS NULL LIMIT 1");
    while !conn.query(&none, &[ColType::Int])?.is_empty() {
        // The lock is the session's, so that the statement gets a snapshot taken after the wait for it.
        conn.query(&Sql::of("SELECT pg_advisory_lock(").int(LOCK).raw(")"), &[])?;
        let given = number_batch(conn);
        conn.query(&Sql::of("SELECT pg_advisory_unlock(").int(LOCK).raw(")"), &[])?;
        if given? == 0 {
            // Somebody else was faster, or they are being deleted.
            break;
        }
    }
    Ok(())
}

fn number_batch(conn: &mut Conn) -> DbResult<usize> {
    // A backup brings numbers that this database has not given.
    let above = "SELECT setval('ai_event_seq', max(seq)) FROM ai_event \
        HAVING max(seq) > (SELECT last_value FROM ai_event_seq)";
    conn.query(&Sql::of(above), &[ColType::BigInt])?;
    let sql = Sql::of(
        "UPDATE ai_event e SET seq = n.seq FROM (SELECT id, nextval('ai_event_seq') AS seq FROM \
         (SELECT id FROM ai_event WHERE seq IS NULL ORDER BY id LIMIT ",
    )
    .int(BATCH)
    .raw(" FOR UPDATE SKIP LOCKED) o) n WHERE e.id = n.id");
    conn.execute(&sql)
}

/// The highest number there is.
pub fn top(conn: &mut Conn) -> DbResult<i64> {
    let rows = conn.query(&Sql::of("SELECT max(seq) FROM ai_event"), &[ColType::BigInt])?;
    Ok(rows.first().and_then(|row| row.first()).map_or(0, crate::value::Value::int))
}

/// An event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number in the order.
    pub seq: i64,
    /// Its id.
    pub id: i64,
    /// Its project.
    pub project: i64,
}

/// The events after `seq`, of one project or all, in order, `most` at most.
pub fn after(conn: &mut Conn, seq: i64, project: Option<i64>, most: i64) -> DbResult<Vec<Place>> {
    let mut sql = Sql::of("SELECT seq, id, project_id FROM ai_event WHERE seq > ").int(seq);
    if let Some(project) = project {
        sql = sql.raw(" AND project_id = ").int(project);
    }
    let sql = sql.raw(" ORDER BY seq LIMIT ").int(most);
    let rows = conn.query(&sql, &[ColType::BigInt, ColType::Int, ColType::Int])?;
    let place = |row: Vec<crate::value::Value>| match row.as_slice() {
        [seq, id, project] => Some(Place { seq: seq.int(), id: id.int(), project: project.int() }),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(place).collect())
}

/// How far a task is that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Its project.
    pub project: i32,
    /// The task.
    pub task: i32,
    /// Bytes of text so far.
    pub size: i32,
}

/// So many fit well into one notice: PostgreSQL takes 8000 bytes.
const A_NOTICE: usize = 150;

impl Progress {
    /// Texts for [`PROGRESS`].
    pub fn write(all: &[Progress]) -> impl Iterator<Item = String> + '_ {
        all.chunks(A_NOTICE).map(|some| {
            let words: Vec<String> =
                some.iter().map(|p| format!("{}:{}:{}", p.project, p.task, p.size)).collect();
            words.join(" ")
        })
    }

    /// What such a text tells; what cannot be read is passed over, as a newer process may have said it.
    pub fn read(text: &str) -> Vec<Progress> {
        let one = |word: &str| {
            let mut numbers = word.split(':').map(|n| n.parse::<i32>().ok());
            let (project, task, size) = (numbers.next()??, numbers.next()??, numbers.next()??);
            Some(Progress { project, task, size })
        };
        text.split(' ').filter_map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_survives_the_wire_and_fits_a_notice() {
        let all: Vec<Progress> =
            (0..400).map(|n| Progress { project: i32::MAX, task: n, size: i32::MAX - n }).collect();
        let texts: Vec<String> = Progress::write(&all).collect();
        assert!(texts.len() > 1 && texts.iter().all(|t| t.len() < 8000));
        assert_eq!(texts.iter().flat_map(|t| Progress::read(t)).collect::<Vec<_>>(), all);
        assert_eq!(Progress::read(""), []);
        assert_eq!(Progress::read("1:2:3 x:2 4:5:6:7").len(), 2);
    }
}
