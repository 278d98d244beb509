//! Nothing is lost and nothing comes twice, however transactions overlap and clients come and go.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::json;
use workwarden::db::{Mode, Sql, event};

use super::{ADMIN, Site, cookie, event_values, happens, project, su};
use crate::support::database::Kind;
use crate::support::{TestApp, both};

#[test]
fn an_earlier_id_that_is_committed_later_is_not_lost() {
    let Some(app) = TestApp::new(Kind::Postgres) else { return };
    let site = Site::new(&app);
    let (slow, quick) = (project(&app, "Slow", json!({})), project(&app, "Quick", json!({})));
    let admin = cookie(&app, ADMIN);
    let mut ear = site.listen("/ai/events", &[("cookie", &admin)]);
    let mut conn = app.db.pool().get().unwrap();
    conn.begin(Mode::Write).unwrap();
    let insert = Sql::of("INSERT INTO ai_event (project_id, kind, message, date) VALUES (")
        .int(slow)
        .raw(", 'started', 'the earlier id', now())");
    conn.execute(&insert).unwrap();
    conn.tell_later(event::EVENTS);
    let later = happens(&app, quick, "the later id");
    let first = ear.events(1).remove(0);
    assert_eq!((first.message(), &first.data["id"]), ("the later id", &json!(later)));
    conn.commit().unwrap();
    drop(conn);
    let second = ear.events(1).remove(0);
    assert_eq!(second.message(), "the earlier id");
    assert!(second.data["id"].as_i64() < Some(later), "the ids are the other way round");
    assert!(second.id.parse::<i64>().unwrap() > first.id.parse::<i64>().unwrap());
    let mut again = site.listen("/ai/events", &[("cookie", &admin), ("last-event-id", &first.id)]);
    assert_eq!(again.messages(1), ["the earlier id"], "who was away meanwhile gets it too");
}

#[test]
fn numbers_that_a_backup_brought_are_below_the_new_ones() {
    let Some(app) = TestApp::new(Kind::Postgres) else { return };
    let site = Site::new(&app);
    let bakery = project(&app, "Bakery", json!({}));
    happens(&app, bakery, "old");
    let admin = cookie(&app, ADMIN);
    drop(site.listen("/ai/events", &[("cookie", &admin)]));
    let brought = Sql::of("UPDATE ai_event SET seq = id + 1000");
    app.db.pool().get().unwrap().execute(&brought).unwrap();
    let mut ear = site.listen("/ai/events", &[("cookie", &admin)]);
    happens(&app, bakery, "new");
    let new = ear.events(1).remove(0);
    assert!(new.id.parse::<i64>().unwrap() > 1000, "{new:?}");
}

const WRITERS: usize = 4;
const EACH: usize = 40;

both!(all_events_of_overlapping_transactions_come_once, |app| {
    let site = Site::new(&app);
    let projects: Vec<i64> = (0..WRITERS).map(|n| project(&app, &format!("P{n}"), json!({}))).collect();
    let admin = cookie(&app, ADMIN);
    let mut last = site.app.watch.join(&app, ADMIN, None, unlimited()).unwrap().top.to_string();
    let rolled_back = AtomicUsize::new(0);
    let heard = thread::scope(|scope| {
        for &project in &projects {
            let (app, rolled_back) = (&app, &rolled_back);
            scope.spawn(move || (0..EACH).for_each(|n| write_some(app, project, n, rolled_back)));
        }
        let mut heard = vec![];
        // A client that goes away after every few events and comes back with the last id he has.
        while heard.len() < WRITERS * EACH * 2 {
            let mut ear = site.listen("/ai/events", &[("cookie", &admin), ("last-event-id", &last)]);
            let some = 23.min(WRITERS * EACH * 2 - heard.len());
            let events = ear.events(some);
            last.clone_from(&events[some - 1].id);
            heard.extend(events);
        }
        heard
    });
    assert!(rolled_back.into_inner() > 0);
    let numbers: Vec<i64> = heard.iter().map(|h| h.id.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "in the order of their numbers");
    for (at, &project) in projects.iter().enumerate() {
        let own: Vec<&str> =
            heard.iter().filter(|h| h.data["project_id"] == project).map(|h| h.message()).collect();
        let wanted: Vec<String> = (0..EACH).flat_map(|n| [format!("{n} a"), format!("{n} b")]).collect();
        assert_eq!(own, wanted, "project {at}: each once, in order");
    }
});

fn unlimited() -> workwarden::service::watch::Limits {
    workwarden::service::watch::Limits { all: 9, user: 9 }
}

/// Two events in one transaction, which stays open for a moment; every third try is taken back first.
fn write_some(app: &TestApp, project: i64, n: usize, rolled_back: &AtomicUsize) {
    if n.is_multiple_of(3) {
        let mut conn = app.db.pool().get().unwrap();
        conn.begin(Mode::Write).unwrap();
        let insert = Sql::of("INSERT INTO ai_event (project_id, kind, message, date) VALUES (")
            .int(project)
            .raw(", 'started', 'taken back', '2026-11-25 00:00:00')");
        conn.execute(&insert).unwrap();
        conn.rollback().unwrap();
        rolled_back.fetch_add(1, Ordering::Relaxed);
    }
    su(app, |env| {
        env.create("ai.event", event_values(project, &format!("{n} a")))?;
        thread::yield_now();
        env.create("ai.event", event_values(project, &format!("{n} b")))?;
        env.tx().with_conn(|c| c.tell_later(event::EVENTS));
        Ok(())
    });
}
