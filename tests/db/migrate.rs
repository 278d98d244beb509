//! The history runs once, in order, on both databases.

use std::collections::BTreeSet;
use std::thread;

use workwarden::db::migrate::{self, Migration};
use workwarden::db::{Dialect, Sql};

use super::on_each;

fn migration(name: &str, up: &str, down: &str) -> Migration {
    Migration { name: name.into(), up: up.into(), down: down.into() }
}

fn history() -> Vec<Migration> {
    vec![
        migration(
            "2026-01-01-000000_first",
            "CREATE TABLE a (id int); CREATE TABLE b (id int)",
            "DROP TABLE a; DROP TABLE b",
        ),
        migration("2026-01-02-000000_second", "INSERT INTO a VALUES (1)", "DELETE FROM a"),
    ]
}

#[test]
fn both_folders_have_the_same_names() {
    let names = |dialect| {
        let all = migrate::embedded(dialect).unwrap();
        let names: BTreeSet<_> = all.iter().map(|m| m.name.clone()).collect();
        let versions: BTreeSet<_> = all.iter().map(Migration::version).collect();
        assert_eq!(versions.len(), all.len(), "versions are told apart before the first _");
        names
    };
    assert_eq!(names(Dialect::Postgres), names(Dialect::Sqlite));
}

#[test]
fn each_runs_once() {
    on_each(|db| {
        let mut conn = db.conn();
        let all = history();
        assert_eq!(migrate::pending(&mut conn, &all).unwrap(), all);
        assert_eq!(migrate::run(&mut conn, &all[..1]).unwrap(), ["2026-01-01-000000_first"]);
        assert_eq!(migrate::pending(&mut conn, &all).unwrap(), all[1..]);
        assert_eq!(migrate::run(&mut conn, &all).unwrap(), ["2026-01-02-000000_second"]);
        assert!(migrate::run(&mut conn, &all).unwrap().is_empty());
        assert_eq!(migrate::revert_last(&mut conn, &all).unwrap().unwrap(), "2026-01-02-000000_second");
        assert_eq!(migrate::revert_last(&mut conn, &all).unwrap().unwrap(), "2026-01-01-000000_first");
        assert_eq!(migrate::revert_last(&mut conn, &all).unwrap(), None);
        assert!(conn.query(&Sql::of("SELECT id FROM a"), &[]).is_err());
    });
}

#[test]
fn a_failure_leaves_nothing_behind() {
    on_each(|db| {
        let mut conn = db.conn();
        let bad = [migration("2026-01-01-000000_bad", "CREATE TABLE a (id int); CREATE nonsense", "")];
        let e = migrate::run(&mut conn, &bad).unwrap_err().to_string();
        assert!(e.contains("2026-01-01-000000_bad/up.sql"), "{e}");
        assert!(conn.query(&Sql::of("SELECT id FROM a"), &[]).is_err());
        assert_eq!(migrate::run(&mut conn, &history()).unwrap().len(), 2);
    });
}

#[test]
fn many_at_once_do_not_race() {
    on_each(|db| {
        let ran: usize = thread::scope(|scope| {
            let one = || migrate::run(&mut db.conn(), &history()).unwrap().len();
            let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(ran, 2);
    });
}
