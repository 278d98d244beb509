//! What the tests stand on: databases, installed applications, a server with a client.

pub mod database;

use std::net::TcpListener;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use workwarden::cli::client::Client;
use workwarden::crypt::{self, SecretBox};
use workwarden::error::Result;
use workwarden::http::{Options, Server, serve};
use workwarden::service::{App, AppOptions};
use workwarden::workflow::{Worker, WorkerHandle, WorkerOptions, secret};

use database::{Kind, TestDatabase};

/// Password of admin in every test database.
pub const PASSWORD: &str = "admin";

/// `both!(name, |app: TestApp| { … })`: two tests, on SQLite always, on PostgreSQL when TEST_DATABASE_URL names one.
macro_rules! both {
    ($name:ident, |$app:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from outside")]
            use super::*;

            fn body($app: $crate::support::TestApp) $body

            #[test]
            fn sqlite() {
                body($crate::support::TestApp::new($crate::support::database::Kind::Sqlite).unwrap());
            }

            #[test]
            fn postgres() {
                if let Some(app) = $crate::support::TestApp::new($crate::support::database::Kind::Postgres) {
                    body(app);
                }
            }
        }
    };
}
pub(crate) use both;

/// An installed application on a database of its own.
pub struct TestApp {
    app: Arc<App>,
    kind: Kind,
    // After the application: its connections must be gone first.
    _database: TestDatabase,
}

impl TestApp {
    /// None: PostgreSQL is wanted and there is none.
    pub fn new(kind: Kind) -> Option<TestApp> {
        let database = installed(kind)?;
        Some(TestApp { app: Arc::new(open(&database.url, "test")), kind, _database: database })
    }

    /// For a server of one's own.
    pub fn shared(&self) -> Arc<App> {
        self.app.clone()
    }

    /// Which database it is on.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A server with a worker, and admin as its client.
    pub fn site(&self) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server =
            serve(self.app.clone(), listener, Options { workers: 1, calls: 4, ..Options::default() })
                .unwrap();
        let worker = Worker::start(self.app.db.clone(), WorkerOptions::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("http://{}", server.address());
        let client = runtime.block_on(Client::login(&url, "test", "admin", PASSWORD)).unwrap();
        Site { server: Some(server), worker: Some(worker), runtime, client }
    }
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// A running server and who talks to it; both end with it.
pub struct Site {
    server: Option<Server>,
    worker: Option<WorkerHandle>,
    runtime: tokio::runtime::Runtime,
    client: Client,
}

impl Site {
    /// `model.method(*args, **kwargs)` as admin, over HTTP.
    pub fn call(&self, model: &str, method: &str, args: Json, kwargs: Json) -> Result<Json> {
        self.runtime.block_on(self.client.call(model, method, args, kwargs))
    }

    /// What it must not refuse.
    pub fn must(&self, model: &str, method: &str, args: Json) -> Json {
        self.call(model, method, args, json!({})).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.stop();
        }
        if let Some(server) = self.server.take() {
            server.stop();
            let _ = server.wait();
        }
    }
}

/// A database with everything installed, copied from this run's template.
pub fn installed(kind: Kind) -> Option<TestDatabase> {
    secret::install_vault(SecretBox::new([7; 32]));
    crypt::lower_password_rounds(1000);
    TestDatabase::copy(kind, |url| drop(open(url, "template")))
}

/// An application on an SQLite file of its own, which is swept by a later run.
pub fn app(name: &str) -> App {
    let database = installed(Kind::Sqlite).unwrap();
    let app = open(&database.url, name);
    std::mem::forget(database);
    app
}

/// An application on the database at `url`; several may stand on one.
pub fn open(url: &str, name: &str) -> App {
    let options = AppOptions {
        database_url: url.to_owned(),
        db_name: name.to_owned(),
        pool_size: 6,
        admin_password: Some(PASSWORD.into()),
        ..AppOptions::default()
    };
    App::open(options, workwarden::app::behaviours(), &mut |_| {}).unwrap().0
}
