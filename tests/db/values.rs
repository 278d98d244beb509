//! Values go in and come out the same, on both databases.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;
use workwarden::db::{ColType, Conn, DatabaseUrl, Dialect, IdCount, Sql};
use workwarden::value::Value;

use super::on_each;

const ALL: [ColType; 10] = [
    ColType::Bool,
    ColType::Int,
    ColType::BigInt,
    ColType::Float,
    ColType::Numeric,
    ColType::Text,
    ColType::DateTime,
    ColType::Date,
    ColType::Json,
    ColType::Bytes,
];

fn moment(micros: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_micro_opt(23, 59, 5, micros).unwrap()
}

fn create(conn: &mut Conn) {
    let dialect = conn.dialect();
    let columns: Vec<_> =
        ALL.iter().enumerate().map(|(i, t)| format!("c{i} {}", dialect.column_type(*t))).collect();
    conn.batch(&format!("CREATE TABLE t (id {}, {})", dialect.serial_primary_key(), columns.join(", ")))
        .unwrap();
}

fn insert(rows: &[[Value; 10]]) -> Sql {
    let row = |row: &[Value; 10]| {
        let binds = row.iter().zip(ALL).map(|(v, t)| Sql::new().bind(t, v.clone()));
        Sql::of("(").sql(Sql::join(", ", binds)).raw(")")
    };
    Sql::of("INSERT INTO t (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9) VALUES ")
        .sql(Sql::join(", ", rows.iter().map(row)))
        .raw(" RETURNING id")
}

#[test]
fn every_type_round_trips() {
    let full = |micros| {
        [
            Value::Bool(true),
            Value::Int(i32::MAX.into()),
            Value::Int(i64::MIN),
            Value::Float(0.1),
            Value::Float(12_345.67),
            Value::Text("it's \"Łódź\" \\ % 🦀\n".into()),
            Value::DateTime(moment(micros)),
            Value::Date(moment(0).date()),
            Value::Json(json!({"en_US": "x", "b": [1, 2.5, null, true, "é"], "a": {}})),
            Value::Bytes(vec![0, 255, 1, 0]),
        ]
    };
    on_each(|db| {
        let mut conn = db.conn();
        create(&mut conn);
        let rows = [full(0), full(123_456), full(100_000), std::array::from_fn(|_| Value::Null)];
        let ids = conn.query(&insert(&rows), &[ColType::Int]).unwrap();
        assert_eq!(ids, (1..=4).map(|i| vec![Value::Int(i)]).collect::<Vec<_>>());
        let select = Sql::of("SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM t ORDER BY id");
        for _ in 0..3 {
            // Uncached, cached anew, cached.
            assert_eq!(
                conn.query(&select, &ALL).unwrap(),
                rows.iter().map(|r| r.to_vec()).collect::<Vec<_>>()
            );
        }
        let sorted = conn.query(&Sql::of("SELECT id FROM t ORDER BY c6, id"), &[ColType::Int]).unwrap();
        let sorted: Vec<_> = sorted.iter().map(|r| r[0].int()).filter(|i| *i != 4).collect();
        assert_eq!(sorted, [1, 3, 2], "text of moments sorts as the moments");
    });
}

#[test]
fn binds_take_their_columns_type() {
    on_each(|db| {
        let mut conn = db.conn();
        create(&mut conn);
        conn.query(&insert(&[std::array::from_fn(|_| Value::Null)]), &[ColType::Int]).unwrap();
        let update = Sql::of("UPDATE t SET c4 = ")
            .bind(ColType::Numeric, Value::Int(3))
            .raw(", c3 = ")
            .bind(ColType::Float, Value::Int(1))
            .raw(", c6 = ")
            .bind(ColType::DateTime, Value::Date(moment(0).date()))
            .raw(", c8 = ")
            .bind(ColType::Json, Value::Text("a \"b\"".into()))
            .raw(" WHERE id = ")
            .int(1);
        assert_eq!(conn.execute(&update).unwrap(), 1);
        let select =
            Sql::of("SELECT c4 / 2, c3, c6, c8 FROM t WHERE c4 = ").bind(ColType::Numeric, Value::Float(3.0));
        let types = [ColType::Numeric, ColType::Float, ColType::DateTime, ColType::Json];
        let midnight = moment(0).date().and_hms_opt(0, 0, 0).unwrap();
        let want = vec![
            Value::Float(1.5),
            Value::Float(1.0),
            Value::DateTime(midnight),
            Value::Json(json!("a \"b\"")),
        ];
        assert_eq!(conn.query(&select, &types).unwrap(), [want]);
        // Sums widen on PostgreSQL; the reader does not mind.
        let sums = Sql::of("SELECT sum(c1), sum(c2), sum(c4), avg(id), count(*) FROM t");
        let types = [ColType::Int, ColType::BigInt, ColType::Numeric, ColType::Float, ColType::Int];
        let want = vec![Value::Null, Value::Null, Value::Float(3.0), Value::Float(1.0), Value::Int(1)];
        assert_eq!(conn.query(&sums, &types).unwrap(), [want]);
    });
}

#[test]
fn lists_are_one_bind() {
    on_each(|db| {
        let mut conn = db.conn();
        conn.batch("CREATE TABLE t (id int PRIMARY KEY, name varchar)").unwrap();
        conn.batch("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'it''s'), (4, NULL)").unwrap();
        let mut ids = |condition: Sql| -> Vec<i64> {
            let sql = Sql::of("SELECT id FROM t WHERE ").sql(condition).raw(" ORDER BY id");
            conn.query(&sql, &[ColType::Int]).unwrap().iter().map(|r| r[0].int()).collect()
        };
        let (id, name) = (|| Sql::new().ident("id"), || Sql::new().col("t", "name"));
        assert_eq!(ids(id().ids(&[3, 1, 99])), [1, 3]);
        assert_eq!(ids(id().ids(&[])), [] as [i64; 0]);
        assert_eq!(ids(id().not_ids(&[3, 1])), [2, 4]);
        assert_eq!(ids(id().not_ids(&[])), [1, 2, 3, 4]);
        assert_eq!(ids(name().texts(&["it's".into(), "a".into()])), [1, 3]);
        assert_eq!(ids(name().not_texts(&["it's".into()])), [1, 2]);
        let sql = Sql::of("SELECT l.value, l.place, t.name FROM ")
            .id_rows(&[3, 9, 1])
            .raw(" AS l LEFT JOIN t ON t.id = l.value ORDER BY l.place");
        let rows = conn.query(&sql, &[ColType::Int, ColType::Int, ColType::Text]).unwrap();
        let text = |s: &str| Value::Text(s.into());
        let want = [(3, 1, text("it's")), (9, 2, Value::Null), (1, 3, text("a"))];
        assert_eq!(rows, want.map(|(v, p, n)| vec![Value::Int(v), Value::Int(p), n]));
    });
}

#[test]
fn as_many_binds_as_promised() {
    on_each(|db| {
        let mut conn = db.conn();
        conn.batch("CREATE TABLE t (id int)").unwrap();
        let rows =
            (0..Sql::MAX_BINDS).map(|i| Sql::of("(").store(ColType::Int, Value::Int(i as i64)).raw(")"));
        let sql = Sql::of("INSERT INTO t VALUES ").sql(Sql::join(", ", rows));
        assert_eq!(sql.binds(), Sql::MAX_BINDS);
        assert_eq!(conn.execute(&sql).unwrap(), Sql::MAX_BINDS);
    });
}

#[test]
fn a_tape_shows_types_not_values() {
    let sql =
        Sql::of("SELECT ").col("a\"b", "c").raw(" WHERE x = ").text("secret").raw(" AND id").ids(&[7, 8]);
    assert_eq!(sql.to_string(), "SELECT \"a\"\"b\".\"c\" WHERE x = <text> AND id = ANY(<ids>)");
    assert_eq!(
        sql.display(Dialect::Sqlite),
        "SELECT \"a\"\"b\".\"c\" WHERE x = <text> AND id IN (SELECT value FROM json_each(<ids>))"
    );
    assert_eq!(Sql::of("SELECT id").ids(&[7]).to_string(), "SELECT id = <int>", "one is no list");
}

#[test]
fn ids_may_come_when_the_statement_runs() {
    on_each(|db| {
        for (count, ids) in [(IdCount::One, &[2][..]), (IdCount::Many, &[1, 3]), (IdCount::Many, &[])] {
            let sql =
                Sql::of("SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3) AS t WHERE x")
                    .ids_later(count)
                    .raw(" ORDER BY x")
                    .sealed();
            // the third time it is prepared and kept
            for _ in 0..3 {
                let rows = db.conn().query_ids(&sql, ids, &[ColType::Int]).unwrap();
                assert_eq!(rows.iter().map(|row| row[0].int()).collect::<Vec<_>>(), ids);
            }
            assert!(db.conn().query(&sql, &[ColType::Int]).is_err(), "without the ids it cannot run");
        }
        let one = Sql::of("SELECT 1 WHERE 1").ids_later(IdCount::One);
        assert!(db.conn().query_ids(&one, &[1, 2], &[ColType::Int]).is_err());
    });
}

#[test]
fn a_missing_column_is_an_error() {
    on_each(|db| {
        let error = db.conn().query(&Sql::of("SELECT 1"), &[ColType::Int, ColType::Int]).unwrap_err();
        assert!(error.to_string().contains("fewer columns"), "{error}");
    });
}

#[test]
fn urls() {
    let parse = |text: &str| text.parse::<DatabaseUrl>();
    for (text, path) in
        [("sqlite:a.db", "a.db"), ("sqlite://a.db", "a.db"), ("sqlite:///tmp/a.db", "/tmp/a.db")]
    {
        assert_eq!(parse(text).unwrap(), DatabaseUrl::Sqlite(path.into()));
    }
    let url = parse("postgresql://me:se@cret@host:5432/db?password=x").unwrap();
    assert_eq!(url.to_string(), "postgresql://me:***@host:5432/db?…");
    let error = parse("mysql://root:pw@host/db").unwrap_err().to_string();
    assert!(error.contains("'mysql'") && error.contains("sqlite:PATH") && !error.contains("pw"), "{error}");
    assert!(parse("sqlite:").is_err());
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let db = super::Database::sqlite();
    let DatabaseUrl::Sqlite(path) = &db.url else { panic!("SQLite") };
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}
