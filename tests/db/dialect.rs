//! What differs between the databases comes out equal.

use serde_json::json;
use workwarden::db::{ColType, Dialect, Granularity, Moment, Part, Sql};
use workwarden::value::Value;

use super::{Database, on_each};

fn one(db: &Database, expr: Sql, kind: ColType) -> Value {
    db.conn().query(&Sql::of("SELECT ").sql(expr), &[kind]).unwrap().remove(0).remove(0)
}

fn show(value: &Value) -> String {
    match value {
        Value::DateTime(t) => t.to_string(),
        Value::Date(d) => d.to_string(),
        Value::Int(i) => i.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn like_and_ilike() {
    let cases = [
        ("abc", "a%", true, true),
        ("abc", "A_C", false, true),
        ("100%", r"100\%", true, true),
        ("100x", r"100\%", false, false),
        ("a_b", r"%\_%", true, true),
        ("axb", r"%\_%", false, false),
        (r"a\b", r"a\\b", true, true),
        ("ÉTÉ à Liège", "%été À LI%", false, true),
        ("Straße", "STRA_E", false, true),
        ("ΟΔΟΣ", "οδοσ", false, true),
        ("line\nbreak", "line%break", true, true),
        ("", "%", true, true),
        ("it's", "%'%", true, true),
    ];
    on_each(|db| {
        let d = db.dialect();
        for (text, pattern, like, ilike) in cases {
            let got = one(db, d.like(Sql::new().text(text), Sql::new().text(pattern)), ColType::Bool);
            assert_eq!(got, Value::Bool(like), "{d:?} {text:?} LIKE {pattern:?}");
            let got = one(db, d.ilike(Sql::new().text(text), Sql::new().text(pattern)), ColType::Bool);
            assert_eq!(got, Value::Bool(ilike), "{d:?} {text:?} ILIKE {pattern:?}");
        }
        let null = d.like(Sql::new().bind(ColType::Text, Value::Null), Sql::new().text("%"));
        assert_eq!(one(db, null, ColType::Bool), Value::Null);
        assert_eq!(one(db, d.lower(Sql::new().text("ÀÉ X")), ColType::Text), Value::Text("àé x".into()));
    });
}

/// Around both changes of the clock in Brussels, the turn of the year, and a week that begins on Sunday.
const MOMENTS: [&str; 8] = [
    "2024-03-31 00:59:59",
    "2024-03-31 01:00:00",
    "2024-10-26 22:30:00",
    "2024-10-27 00:30:00",
    "2024-10-27 01:30:00",
    "2023-12-31 23:15:42.600000",
    "2021-01-03 10:00:00",
    "1999-06-30 22:00:00",
];

fn calendar(db: &Database) -> Vec<String> {
    let d = db.dialect();
    let mut conn = db.conn();
    let (datetime, date) = (d.column_type(ColType::DateTime), d.column_type(ColType::Date));
    conn.batch(&format!("CREATE TABLE m (id int, t {datetime}, d {date})")).unwrap();
    for (i, text) in MOMENTS.iter().enumerate() {
        conn.batch(&format!("INSERT INTO m VALUES ({i}, '{text}', '{}')", &text[..10])).unwrap();
    }
    let mut out = Vec::new();
    let mut ask = |label: String, expr: Sql, kind: ColType| {
        // Grouping by the same expression must be possible.
        let sql = Sql::of("SELECT min(id), ")
            .sql(expr.clone())
            .raw(" FROM m GROUP BY ")
            .sql(expr)
            .raw(" ORDER BY 1");
        for row in conn.query(&sql, &[ColType::Int, kind]).unwrap() {
            out.push(format!("{label} {} {}", row[0].int(), show(&row[1])));
        }
    };
    for zone in [None, Some("Europe/Brussels"), Some("Asia/Kolkata"), Some("no/zone")] {
        for week_start in [1, 7, 6] {
            let t = || Moment::datetime(Sql::new().ident("t")).in_zone(zone).week_from(week_start);
            let day = || Moment::date(Sql::new().ident("d")).in_zone(zone).week_from(week_start);
            for name in ["hour", "day", "week", "month", "quarter", "year"] {
                let to = Granularity::parse(name).unwrap();
                ask(format!("{name} {zone:?} {week_start} t"), d.date_trunc(to, t()), ColType::DateTime);
                ask(format!("{name} {zone:?} {week_start} d"), d.date_trunc(to, day()), ColType::Date);
            }
            for name in [
                "year_number",
                "quarter_number",
                "month_number",
                "iso_week_number",
                "day_of_year",
                "day_of_month",
                "day_of_week",
                "hour_number",
                "minute_number",
                "second_number",
            ] {
                let part = Part::parse(name).unwrap();
                ask(format!("{name} {zone:?} {week_start} t"), d.date_part(part, t()), ColType::Int);
                if !matches!(part, Part::Hour | Part::Minute | Part::Second) {
                    ask(format!("{name} {zone:?} {week_start} d"), d.date_part(part, day()), ColType::Int);
                }
            }
        }
    }
    out
}

#[test]
fn calendars_agree() {
    let sqlite = calendar(&Database::sqlite());
    for line in [
        r#"hour Some("Europe/Brussels") 1 t 0 2024-03-31 01:00:00"#,
        r#"hour Some("Europe/Brussels") 1 t 1 2024-03-31 03:00:00"#,
        r#"day Some("Europe/Brussels") 1 t 2 2024-10-27 00:00:00"#,
        r#"year Some("Europe/Brussels") 1 t 0 2024-01-01 00:00:00"#,
        r#"week Some("Europe/Brussels") 7 t 2 2024-10-27 00:00:00"#,
        r#"week Some("Europe/Brussels") 1 d 2 2024-10-21"#,
        r#"day_of_week None 1 t 0 6"#,
        r#"day_of_week None 7 t 0 0"#,
        r#"second_number None 1 t 5 43"#,
        r#"iso_week_number None 1 t 6 53"#,
    ] {
        let alike: Vec<_> = sqlite.iter().filter(|l| l.split(' ').next() == line.split(' ').next()).collect();
        assert!(sqlite.iter().any(|l| l == line), "{line}\nnot among\n{alike:#?}");
    }
    if let Some(db) = Database::postgres() {
        let postgres = calendar(&db);
        for (a, b) in sqlite.iter().zip(&postgres) {
            assert_eq!(a, b, "SQLite, PostgreSQL");
        }
        assert_eq!(sqlite.len(), postgres.len());
    }
}

#[test]
fn json_keys() {
    on_each(|db| {
        let d = db.dialect();
        let key = |key: &str| {
            let doc = json!({"en_US": "Hello", "it's \"so\"": "x", "5": "five", "n": null});
            let doc = Sql::new().bind(ColType::Json, Value::Json(doc));
            one(db, d.json_text(doc, key), ColType::Text)
        };
        assert_eq!(key("en_US"), Value::Text("Hello".into()));
        assert_eq!(key("it's \"so\""), Value::Text("x".into()));
        assert_eq!(key("5"), Value::Text("five".into()));
        assert_eq!(key("n"), Value::Null);
        assert_eq!(key("fr_FR"), Value::Null);
    });
}

#[test]
fn aggregates_and_order() {
    on_each(|db| {
        let d: Dialect = db.dialect();
        let mut conn = db.conn();
        conn.batch(&format!("CREATE TABLE t (id int, x int, b {})", d.column_type(ColType::Bool))).unwrap();
        conn.batch("INSERT INTO t VALUES (1, 10, TRUE), (2, NULL, NULL), (3, 2, FALSE), (4, 10, NULL)")
            .unwrap();
        let x = || Sql::new().ident("x");
        let b = || Sql::new().ident("b");
        let sql = Sql::of("SELECT ")
            .sql(d.agg_ids(x()))
            .raw(", ")
            .sql(d.agg_json(x(), Sql::of("id DESC")))
            .raw(", ")
            .sql(d.bool_and(b()))
            .raw(", ")
            .sql(d.bool_or(b()))
            .raw(", ")
            .sql(d.agg_ids(Sql::of("nullif(x, x)")))
            .raw(" FROM t");
        let types = [ColType::Json, ColType::Json, ColType::Bool, ColType::Bool, ColType::Json];
        let row = conn.query(&sql, &types).unwrap().remove(0);
        let want = [
            Value::Json(json!([2, 10])),
            Value::Json(json!([10, 2, null, 10])),
            Value::Bool(false),
            Value::Bool(true),
            Value::Json(json!([])),
        ];
        assert_eq!(row, want);
        let mut order = |direction: &'static str| -> Vec<i64> {
            let sql = Sql::of("SELECT id FROM t ORDER BY x").raw(direction).raw(", id");
            conn.query(&sql, &[ColType::Int]).unwrap().iter().map(|r| r[0].int()).collect()
        };
        assert_eq!(order(d.ascending()), [3, 1, 4, 2]);
        assert_eq!(order(d.descending()), [2, 1, 4, 3]);
        let half = d.cast(Sql::new().text("12"), ColType::Int);
        assert_eq!(one(db, half, ColType::Int), Value::Int(12));
        assert!(matches!(one(db, d.now(), ColType::DateTime), Value::DateTime(_)));
        assert_eq!(one(db, Sql::new().raw(d.bool_literal(true)), ColType::Bool), Value::Bool(true));
    });
}
