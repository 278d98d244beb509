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
