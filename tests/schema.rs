//! addons_schema, migrations and the database say the same. `UPDATE_MIGRATIONS=1` writes the models' migration anew.

use workwarden::db::Dialect;
use workwarden::orm::{Registry, ddl};
use workwarden::schema::load_addons;

const MODELS: &str = "20261122000002_models";

fn registry() -> Registry {
    Registry::build(load_addons(&[]).unwrap(), workwarden::app::behaviours()).unwrap()
}

#[test]
fn the_models_migration_is_what_the_addons_declare() {
    let registry = registry();
    for (folder, dialect) in [("postgres", Dialect::Postgres), ("sqlite", Dialect::Sqlite)] {
        let up = format!("{}/migrations/{folder}/{MODELS}/up.sql", env!("CARGO_MANIFEST_DIR"));
        let down = up.replace("up.sql", "down.sql");
        let wanted = ddl::script(&registry, dialect);
        if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
            std::fs::write(&up, &wanted).unwrap();
            std::fs::write(&down, ddl::drop_script(&registry, dialect)).unwrap();
        }
        assert!(
            std::fs::read_to_string(&up).unwrap() == wanted,
            "{up} is stale: run UPDATE_MIGRATIONS=1 cargo test the_models_migration"
        );
    }
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
