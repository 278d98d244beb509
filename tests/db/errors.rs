//! What a database refuses is told in the same words.

use workwarden::db::{ColType, Conn, DbError, Dialect, Mode, Pool, Sql, Wait};
use workwarden::error::{Error, Kind};
use workwarden::value::Value;

use super::{Database, on_each};

fn refused(conn: &mut Conn, text: &'static str) -> DbError {
    conn.execute(&Sql::of(text)).unwrap_err()
}

#[test]
fn constraints() {
    on_each(|db| {
        let mut conn = db.conn();
        let postgres = db.dialect() == Dialect::Postgres;
        conn.batch(
            "CREATE TABLE p (id int PRIMARY KEY);
             CREATE TABLE t (id int PRIMARY KEY, a int, b varchar NOT NULL, p int,
                CONSTRAINT t_a_positive CHECK (a > 0), CONSTRAINT t_a_b_uniq UNIQUE (a, b),
                CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES p (id) ON DELETE RESTRICT);
             CREATE UNIQUE INDEX t_lower ON t (lower(b), p);
             INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1, 'x', 1)",
        )
        .unwrap();
        let some = |s: &str| Some(s.to_owned());
        match refused(&mut conn, "INSERT INTO t VALUES (2, 1, 'x', NULL)") {
            DbError::Unique { constraint, table, columns, .. } => {
                assert_eq!((table, columns), (some("t"), vec!["a".into(), "b".into()]));
                assert_eq!(constraint, postgres.then(|| "t_a_b_uniq".into()));
            }
            e => panic!("{e:?}"),
        }
        match refused(&mut conn, "INSERT INTO t VALUES (2, 2, 'X', 1)") {
            DbError::Unique { constraint, .. } => assert_eq!(constraint, some("t_lower")),
            e => panic!("{e:?}"),
        }
        match refused(&mut conn, "INSERT INTO t VALUES (2, 2, NULL, 1)") {
            DbError::NotNull { table, column, .. } => assert_eq!((&*table, &*column), ("t", "b")),
            e => panic!("{e:?}"),
        }
        match refused(&mut conn, "INSERT INTO t VALUES (2, 0, 'y', 1)") {
            DbError::Check { constraint, .. } => assert_eq!(constraint, some("t_a_positive")),
            e => panic!("{e:?}"),
        }
        for text in ["INSERT INTO t VALUES (2, 2, 'y', 9)", "DELETE FROM p"] {
            match refused(&mut conn, text) {
                DbError::ForeignKey { constraint, table, .. } => {
                    assert_eq!(
                        (constraint, table),
                        if postgres { (some("t_p_fkey"), some("t")) } else { (None, None) }
                    );
                }
                e => panic!("{e:?}"),
            }
        }
        let e = refused(&mut conn, "INSERT INTO nowhere VALUES (1)");
        assert!(e.message().contains("nowhere"), "{e:?}");
        let e = Error::from(refused(&mut conn, "INSERT INTO t VALUES (2, 2, NULL, 1)"));
        assert_eq!((e.kind, e.name()), (Kind::Db, "psycopg2.errors.NotNullViolation"));
        assert!(!e.message.contains('\n') && e.message.contains("constraint"));
    });
}

#[test]
fn reading_cannot_write() {
    on_each(|db| {
        let mut conn = db.conn();
        conn.batch("CREATE TABLE t (id int)").unwrap();
        conn.begin(Mode::Read).unwrap();
        for sql in [
            Sql::of("INSERT INTO t VALUES (1)"),
            Sql::of(" update t SET id = 1"),
            Sql::of("SELECT id FROM t").for_update(Wait::Block),
        ] {
            let e = conn.query(&sql, &[]).unwrap_err();
            assert!(matches!(e, DbError::ReadOnly { .. }), "{e:?}");
            assert_eq!(Error::from(e).kind, Kind::ReadOnly);
        }
        assert!(matches!(conn.execute(&Sql::of("SELECT 1")).unwrap_err(), DbError::ReadOnly { .. }));
        assert_eq!(conn.statements(), 0);
        conn.query(&Sql::of("SELECT id FROM t"), &[ColType::Int]).unwrap();
        assert_eq!(conn.statements(), 1);
        conn.commit().unwrap();
    });
}

#[test]
fn what_a_column_cannot_take() {
    let text = |s: &str| Value::Text(s.into());
    let cases = [
        (ColType::Date, text("x"), "InvalidDatetimeFormat", "invalid input syntax for type date: \"x\""),
        (ColType::Date, Value::Int(5), "InvalidDatetimeFormat", "invalid input syntax for type date: \"5\""),
        (
            ColType::DateTime,
            text(""),
            "InvalidDatetimeFormat",
            "invalid input syntax for type timestamp: \"\"",
        ),
        (
            ColType::Date,
            text("31/01/2026"),
            "DatetimeFieldOverflow",
            "date/time field value out of range: \"31/01/2026\"",
        ),
        (
            ColType::Int,
            text("x"),
            "InvalidTextRepresentation",
            "invalid input syntax for type integer: \"x\"",
        ),
        (ColType::Int, Value::Int(1 << 31), "NumericValueOutOfRange", "integer out of range"),
        (
            ColType::Json,
            Value::Json(serde_json::json!({"en_US": ["a\0"]})),
            "UntranslatableCharacter",
            "unsupported Unicode escape sequence",
        ),
        (
            ColType::Text,
            text("a\0"),
            "builtins.ValueError",
            "A string literal cannot contain NUL (0x00) characters.",
        ),
    ];
    on_each(|db| {
        let d = db.dialect();
        let mut conn = db.conn();
        conn.begin(Mode::Write).unwrap();
        for (column, value, name, message) in &cases {
            let table = format!("t_{column:?}");
            conn.batch(&format!("CREATE TABLE IF NOT EXISTS {table} (x {})", d.column_type(*column)))
                .unwrap();
            let sql = Sql::of(format!("INSERT INTO {table} VALUES (")).store(*column, value.clone()).raw(")");
            let e = Error::from(conn.execute(&sql).unwrap_err());
            assert_eq!(
                e.name(),
                name.strip_prefix("builtins.").map_or(format!("psycopg2.errors.{name}"), |_| (*name).into())
            );
            assert_eq!(e.message, *message);
        }
        let page = |limit, offset| Sql::of("SELECT x FROM t_Int ORDER BY x").page(limit, offset);
        for x in 1..=5 {
            conn.execute(&Sql::of("INSERT INTO t_Int VALUES (").store(ColType::Int, Value::Int(x)).raw(")"))
                .unwrap();
        }
        for (limit, offset, want) in [
            (None, 0, vec![1, 2, 3, 4, 5]),
            (None, 3, vec![4, 5]),
            (Some(2), 1, vec![2, 3]),
            (Some(0), 0, vec![]),
        ] {
            let rows = conn.query(&page(limit, offset), &[ColType::Int]).unwrap();
            assert_eq!(rows.iter().map(|r| r[0].int()).collect::<Vec<_>>(), want);
        }
        let e = conn.query(&page(Some(-1), 0), &[ColType::Int]).unwrap_err();
        assert_eq!(e.python_name(), "psycopg2.errors.InvalidRowCountInLimitClause");
        let e = conn.query(&page(None, -1), &[ColType::Int]).unwrap_err();
        assert_eq!(e.python_name(), "psycopg2.errors.InvalidRowCountInResultOffsetClause");
        conn.commit().unwrap();
    });
}

/// PostgreSQL only: lost races, locks, lost connections.
#[test]
fn postgres_races() {
    let Some(db) = Database::postgres() else { return };
    let (mut a, mut b) = (db.conn(), db.conn());
    a.batch("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0)").unwrap();
    let read = Sql::of("SELECT n FROM t");
    let add = Sql::of("UPDATE t SET n = n + 1");
    a.begin(Mode::Write).unwrap();
    b.begin(Mode::Write).unwrap();
    a.query(&read, &[ColType::Int]).unwrap();
    b.query(&read, &[ColType::Int]).unwrap();
    a.execute(&add).unwrap();
    let e = b.query(&read.clone().for_update(Wait::Fail), &[ColType::Int]).unwrap_err();
    assert!(matches!(e, DbError::Busy { .. }) && e.is_transient(), "{e:?}");
    b.rollback().unwrap();
    b.begin(Mode::Write).unwrap();
    b.query(&read, &[ColType::Int]).unwrap();
    assert!(b.query(&read.clone().for_update(Wait::Skip), &[ColType::Int]).unwrap().is_empty());
    a.commit().unwrap();
    let e = b.execute(&add).unwrap_err();
    assert!(matches!(e, DbError::Serialization { .. }), "{e:?}");
    assert_eq!(Error::from(e).kind, Kind::Retry);
    b.rollback().unwrap();
    let kill = Sql::of(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE pid <> pg_backend_pid() AND datname = current_database()",
    );
    a.query(&kill, &[ColType::Bool]).unwrap();
    let e = b.execute(&add).unwrap_err();
    assert!(matches!(e, DbError::Closed { .. }), "{e:?}");
    drop((a, b));
    for _ in 0..3 {
        // The broken one is not handed out again.
        let (mut a, mut b) = (db.conn(), db.conn());
        a.query(&read, &[ColType::Int]).unwrap();
        b.query(&read, &[ColType::Int]).unwrap();
    }
}

#[test]
fn what_cannot_be_opened_is_said_at_once() {
    let start = std::time::Instant::now();
    for url in ["postgres://nobody@127.0.0.1:1/none", "sqlite:/proc/no/such/file.db"] {
        assert!(Pool::open(&url.parse().unwrap(), 2).is_err(), "{url}");
    }
    assert!(start.elapsed().as_secs() < 5);
}
