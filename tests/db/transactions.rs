//! All or nothing, nested, one writer at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use workwarden::db::{ColType, Conn, Dialect, Mode, Sql};

use super::{Database, on_each};

fn insert(conn: &mut Conn, n: i64) {
    conn.execute(&Sql::of("INSERT INTO t VALUES (").int(n).raw(")")).unwrap();
}

fn all(conn: &mut Conn) -> Vec<i64> {
    let rows = conn.query(&Sql::of("SELECT n FROM t ORDER BY n"), &[ColType::Int]).unwrap();
    rows.iter().map(|r| r[0].int()).collect()
}

fn create(db: &Database) -> Conn {
    let mut conn = db.conn();
    conn.batch("CREATE TABLE t (n int PRIMARY KEY)").unwrap();
    conn
}

#[test]
fn commit_rollback_and_drop() {
    on_each(|db| {
        let mut conn = create(db);
        conn.begin(Mode::Write).unwrap();
        insert(&mut conn, 1);
        conn.commit().unwrap();
        conn.begin(Mode::Write).unwrap();
        insert(&mut conn, 2);
        assert_eq!(all(&mut db.conn()), [1], "others see nothing before the commit");
        assert_eq!(conn.statements(), 1);
        conn.rollback().unwrap();
        conn.begin(Mode::Write).unwrap();
        assert!(conn.begin(Mode::Read).is_err());
        insert(&mut conn, 3);
        drop(conn);
        for _ in 0..8 {
            let mut conn = db.conn();
            assert_eq!(all(&mut conn), [1], "dropped is rolled back");
            conn.begin(Mode::Write).unwrap();
            conn.rollback().unwrap();
        }
    });
}

#[test]
fn savepoints_nest() {
    on_each(|db| {
        let mut conn = create(db);
        conn.begin(Mode::Write).unwrap();
        insert(&mut conn, 1);
        conn.savepoint().unwrap();
        insert(&mut conn, 2);
        conn.savepoint().unwrap();
        insert(&mut conn, 3);
        assert!(conn.execute(&Sql::of("INSERT INTO t VALUES (1)")).is_err());
        conn.rollback_to().unwrap();
        insert(&mut conn, 4);
        conn.release().unwrap();
        conn.savepoint().unwrap();
        insert(&mut conn, 5);
        conn.rollback_to().unwrap();
        assert!(conn.release().is_err());
        conn.commit().unwrap();
        assert_eq!(all(&mut conn), [1, 2, 4]);
    });
}

#[test]
fn a_failed_transaction_does_not_pretend_to_commit() {
    let Some(db) = Database::postgres() else { return };
    let mut conn = create(&db);
    conn.begin(Mode::Write).unwrap();
    insert(&mut conn, 1);
    assert!(conn.execute(&Sql::of("SELECT nonsense")).is_err());
    assert!(conn.commit().is_err());
    assert_eq!(all(&mut conn), [] as [i64; 0]);
}

#[test]
fn writers_queue() {
    on_each(|db| {
        drop(create(db));
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for worker in 0..6 {
                let inside = &inside;
                scope.spawn(move || {
                    for n in 0..15 {
                        let mut conn = db.conn();
                        conn.begin(Mode::Write).unwrap();
                        let with_me = inside.fetch_add(1, Ordering::SeqCst);
                        assert!(db.dialect() == Dialect::Postgres || with_me == 0, "one writer at a time");
                        all(&mut conn);
                        insert(&mut conn, worker * 100 + n);
                        thread::sleep(Duration::from_millis(1));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        conn.commit().unwrap();
                        // A write outside a transaction queues too; a reader waits for nobody.
                        conn.execute(&Sql::of("DELETE FROM t WHERE n = ").int(worker * 100 + n)).unwrap();
                        all(&mut db.conn());
                    }
                });
            }
        });
        assert!(all(&mut db.conn()).is_empty());
    });
}
