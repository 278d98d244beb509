//! The database floor: one meaning on both databases.

mod dialect;
mod errors;
mod inspect;
mod listen;
mod migrate;
mod transactions;
mod values;

use workwarden::db::{Conn, DatabaseUrl, Dialect, Pool};

use crate::support::database::{Kind, TestDatabase};

/// An empty database and its pool.
struct Database {
    pool: Pool,
    url: DatabaseUrl,
    _file: TestDatabase,
}

impl Database {
    fn sqlite() -> Database {
        Database::of(TestDatabase::empty(Kind::Sqlite).unwrap())
    }

    /// None where no server is named.
    fn postgres() -> Option<Database> {
        TestDatabase::empty(Kind::Postgres).map(Database::of)
    }

    fn of(file: TestDatabase) -> Database {
        let url: DatabaseUrl = file.url.parse().unwrap();
        Database { pool: Pool::open(&url, 8).unwrap(), url, _file: file }
    }

    fn conn(&self) -> Conn {
        self.pool.get().unwrap()
    }

    fn dialect(&self) -> Dialect {
        self.pool.dialect()
    }
}

/// Runs a test on a fresh database of each kind there is.
fn on_each(test: impl Fn(&Database)) {
    test(&Database::sqlite());
    if let Some(database) = Database::postgres() {
        test(&database);
    }
}
