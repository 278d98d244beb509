//! addons_schema, migrations and the database say the same.

use std::collections::BTreeSet;

use workwarden::db::{ColType, Conn, DatabaseUrl, Dialect, Pool, Sql, migrate};
use workwarden::orm::{Registry, ddl};
use workwarden::schema::load_addons;

use crate::support::database::{Kind, TestDatabase};

fn registry() -> Registry {
    Registry::build(load_addons(&[]).unwrap(), workwarden::app::behaviours()).unwrap()
}

/// What ships is a history, so it is not compared as text: all of it, run on an empty database, must give the
/// columns and indexes that the declarations give. A column that was added later may be null where a new table's
/// would not be, as both databases want it.
#[test]
fn the_migrations_together_make_what_the_addons_declare() {
    let registry = registry();
    for (kind, dialect) in [(Kind::Sqlite, Dialect::Sqlite), (Kind::Postgres, Dialect::Postgres)] {
        let (Some(migrated), Some(declared)) = (TestDatabase::empty(kind), TestDatabase::empty(kind)) else {
            continue;
        };
        let tables: BTreeSet<String> = ddl::tables(&registry, dialect).into_iter().map(|t| t.name).collect();
        let shape = |database: &TestDatabase, make: &dyn Fn(&mut Conn)| {
            let mut conn =
                Pool::open(&database.url.parse::<DatabaseUrl>().unwrap(), 1).unwrap().get().unwrap();
            make(&mut conn);
            shape(&mut conn, &tables)
        };
        let migrated = shape(&migrated, &|conn| {
            let all = migrate::embedded(dialect).unwrap();
            migrate::run(conn, &all).unwrap();
        });
        let declared = shape(&declared, &|conn| conn.batch(&ddl::script(&registry, dialect)).unwrap());
        let missing: Vec<_> = declared.difference(&migrated).collect();
        let strange: Vec<_> = migrated.difference(&declared).filter(|shape| !is_engines(shape)).collect();
        assert!(
            missing.is_empty() && strange.is_empty(),
            "{dialect:?}: declared, not migrated: {missing:#?}\nmigrated, not declared: {strange:#?}\n\
             Add a migration to both folders (ALTER TABLE … ADD COLUMN, CREATE INDEX)."
        );
    }
}

/// `ai_event.seq`, its index and that of events without it: the engine's own, no field that a client could read or
/// write (`db::event`).
fn is_engines(shape: &str) -> bool {
    shape.starts_with("ai_event: seq ")
        || shape.contains("ai_event_seq_index")
        || shape.contains("ai_event_unnumbered")
}

/// Columns with their types, and indexes with their definitions, of these tables.
fn shape(conn: &mut Conn, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let sql = match conn.dialect() {
        Dialect::Postgres => {
            "SELECT table_name::text, column_name || ' ' || data_type FROM information_schema.columns \
             WHERE table_schema = current_schema() \
             UNION ALL SELECT tablename::text, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        }
        Dialect::Sqlite => {
            "SELECT m.name, p.name || ' ' || p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' \
             UNION ALL SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        }
    };
    let rows = conn.query(&Sql::of(sql), &[ColType::Text, ColType::Text]).unwrap();
    let own = rows.iter().filter(|row| tables.contains(row[0].str()));
    own.map(|row| format!("{}: {}", row[0].str(), row[1].str())).collect()
}

/// The six models of the mission.
const TYPED: [&str; 6] = [
    "project.project",
    "project.task",
    "ai.project.template",
    "ai.project.stage",
    "ai.provider",
    "ai.artifact",
];

#[test]
fn diesel_tables_are_what_the_addons_declare() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs");
    let wanted = ddl::diesel_tables(&registry(), &TYPED);
    if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == wanted,
        "stale: run UPDATE_MIGRATIONS=1 cargo test schema::"
    );
}
