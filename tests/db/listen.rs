//! Who listens is woken when the writer commits, and not before.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use workwarden::db::{Listener, Mode, Sql};

use super::{Database, on_each};

fn listen(db: &Database, channels: &[&str]) -> (Listener, Receiver<String>) {
    let (send, heard) = channel();
    let listener = db.pool.listen(channels, move |c| drop(send.send(c.to_owned()))).unwrap();
    for channel in channels {
        assert_eq!(heard.recv_timeout(Duration::from_secs(5)).unwrap(), *channel, "woken once at the start");
    }
    (listener, heard)
}

#[test]
fn woken_by_the_commit() {
    on_each(|db| {
        let (listener, heard) = listen(db, &["jobs", "cache"]);
        let wait = |ms| heard.recv_timeout(Duration::from_millis(ms)).ok();
        let mut conn = db.conn();
        conn.begin(Mode::Write).unwrap();
        conn.notify("jobs").unwrap();
        conn.notify("jobs").unwrap();
        conn.notify("others").unwrap();
        assert_eq!(wait(200), None);
        conn.commit().unwrap();
        assert_eq!(wait(5000).as_deref(), Some("jobs"));
        assert_eq!(wait(200), None);
        conn.begin(Mode::Write).unwrap();
        conn.notify("jobs").unwrap();
        conn.rollback().unwrap();
        assert_eq!(wait(200), None);
        conn.notify("cache").unwrap();
        assert_eq!(wait(5000).as_deref(), Some("cache"));
        drop(listener);
        conn.notify("cache").unwrap();
        assert_eq!(wait(200), None);
    });
}

#[test]
fn a_lost_connection_is_made_again() {
    let Some(db) = Database::postgres() else { return };
    let (_listener, heard) = listen(&db, &["jobs"]);
    let mut conn = db.conn();
    let kill = Sql::of(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE query LIKE 'LISTEN%' AND datname = current_database()",
    );
    assert_eq!(conn.query(&kill, &[]).unwrap().len(), 1);
    let again = heard.recv_timeout(Duration::from_secs(5));
    assert_eq!(again.as_deref(), Ok("jobs"), "woken when it listens again");
}
