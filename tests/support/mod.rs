//! What the tests stand on.

pub mod database;

#[test]
fn a_database_a_test() {
    use database::{Kind, TestDatabase};
    use workwarden::db::{ColType, DatabaseUrl, Pool, Sql};

    for kind in [Kind::Sqlite, Kind::Postgres] {
        let make = |url: &str| {
            let pool = Pool::open(&url.parse::<DatabaseUrl>().unwrap(), 1).unwrap();
            pool.get().unwrap().batch("CREATE TABLE mark (id integer)").unwrap();
        };
        let Some(one) = TestDatabase::copy(kind, make) else { continue };
        let pool = Pool::open(&one.url.parse::<DatabaseUrl>().unwrap(), 1).unwrap();
        let rows = pool
            .get()
            .unwrap()
            .query(&Sql::new().raw("SELECT count(*) FROM mark"), &[ColType::BigInt])
            .unwrap();
        assert_eq!(rows.len(), 1);
        assert!(TestDatabase::empty(kind).is_some());
    }
}

/// An application on an SQLite file of its own, admin's password `admin`. (The file goes with the machine's temp.)
pub fn app(name: &str) -> workwarden::service::App {
    use workwarden::service::{App, AppOptions};
    let dir = tempfile::tempdir().unwrap().keep();
    let options = AppOptions {
        database_url: format!("sqlite:{}", dir.join("test.db").display()),
        db_name: name.to_owned(),
        pool_size: 4,
        admin_password: Some("admin".into()),
        ..AppOptions::default()
    };
    App::open(options, workwarden::app::behaviours(), &mut |_| {}).unwrap().0
}
