//! Several databases behind one server, and their management over the wire.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use workwarden::db::{Catalog, DatabaseUrl, Dialect};
use workwarden::http::Options;
use workwarden::orm::SUPERUSER;
use workwarden::service::app::Place;
use workwarden::service::manage::{self, Copy, Format};
use workwarden::service::{App, Databases, DatabasesOptions, apikey};

use super::wire::{Reply, Site};
use crate::support::database::{self, Kind, TestDatabase};
use crate::support::{PASSWORD, TestApp, both};

const MASTER: &str = "open sesame";

/// A server with the master password, around the test's own database (called `test`), and the names it may make.
struct House {
    site: Site,
    databases: Databases,
    a: String,
    b: String,
    _app: TestApp,
}

impl House {
    fn new(app: TestApp) -> House {
        let (a, b) = (database::fresh_name(), database::fresh_name());
        House::with(app, a, b, |options| options)
    }

    fn with(
        app: TestApp,
        a: String,
        b: String,
        change: impl FnOnce(DatabasesOptions) -> DatabasesOptions,
    ) -> House {
        let options = DatabasesOptions {
            pool_size: 4,
            admin_passwd: Some(MASTER.into()),
            ..DatabasesOptions::default()
        };
        let catalog = Catalog::new("test", app.db.pool().url().clone());
        let databases = Databases::new(catalog, app.db.shared_registry(), change(options)).unwrap();
        let site = Site::serving(app.shared(), databases.clone(), Options::default());
        House { site, databases, a, b, _app: app }
    }

    fn service(&self, service: &str, method: &str, args: Value) -> Value {
        self.site.rpc("/jsonrpc", json!({"service": service, "method": method, "args": args}), "")
    }

    /// `db.method(args…)` that must not fail.
    fn db(&self, method: &str, args: Value) -> Value {
        let answer = self.service("db", method, args);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The error's name and message.
    fn refused(&self, method: &str, args: Value) -> (String, String) {
        let answer = self.service("db", method, args);
        let data = &answer["error"]["data"];
        let text = |key: &str| data[key].as_str().unwrap_or_else(|| panic!("{method}: {answer}")).to_owned();
        (text("name"), text("message"))
    }

    fn login(&self, db: &str, login: &str, password: &str) -> Value {
        self.service("common", "login", json!([db, login, password]))
    }

    fn execute(&self, db: &str, model: &str, method: &str, args: Value) -> Value {
        let uid = self.login(db, "admin", PASSWORD)["result"].clone();
        self.service("object", "execute_kw", json!([db, uid, PASSWORD, model, method, args]))
    }

    fn must(&self, db: &str, model: &str, method: &str, args: Value) -> Value {
        let answer = self.execute(db, model, method, args);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    fn listed(&self, name: &str) -> bool {
        self.db("list", json!([])).as_array().unwrap().contains(&json!(name))
    }

    fn authenticate(&self, db: &str) -> Reply {
        let params = json!({"db": db, "login": "admin", "password": PASSWORD});
        let body = json!({"id": 1, "params": params}).to_string();
        self.site.send("POST", "/web/session/authenticate", &[("content-type", "application/json")], body)
    }

    fn authenticate_at(&self, db: &str, host: &str) -> Reply {
        let body = json!({"params": {"db": db, "login": "admin", "password": PASSWORD}}).to_string();
        let headers = [("content-type", "application/json"), ("host", host)];
        self.site.send("POST", "/web/session/authenticate", &headers, body)
    }

    fn session_info(&self, cookie: &str) -> Value {
        self.site.rpc("/web/session/get_session_info", json!({}), cookie)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        for name in [&self.a, &self.b] {
            if let Err(e) = manage::drop_database(&self.databases, name) {
                eprintln!("{name}: {}", e.message);
            }
        }
        self.databases.close_all();
    }
}

both!(a_database_lives_from_create_to_drop, |app| {
    let house = House::new(app);
    let (a, b) = (house.a.as_str(), house.b.as_str());
    assert!(house.listed("test") && !house.listed(a));
    assert_eq!(house.db("db_exist", json!([a])), false);
    let args = json!([MASTER, a, false, "fr_FR", "s3cret", "boss@example.com", "fr", "+33 1"]);
    assert_eq!(house.db("create_database", args.clone()), true);
    assert!(house.listed(a));
    assert_eq!(house.db("db_exist", json!([a])), true);
    let (name, message) = house.refused("create_database", args);
    assert_eq!(name, "odoo.service.db.DatabaseExists");
    assert_eq!(message, format!("database '{a}' already exists!"));
    // what was said of it is so
    let uid = house.login(a, "boss@example.com", "s3cret")["result"].clone();
    assert!(uid.is_i64(), "{uid}");
    assert_eq!(house.login("test", "boss@example.com", "s3cret")["result"], false);
    let read = json!([a, uid, "s3cret", "res.users", "read", [[uid], ["lang", "email", "company_id"]]]);
    let me = house.service("object", "execute_kw", read)["result"][0].clone();
    assert_eq!((&me["lang"], &me["email"]), (&json!("fr_FR"), &json!("boss@example.com")));
    let read =
        json!([a, uid, "s3cret", "res.company", "read", [[1], ["country_code", "currency_id", "phone"]]]);
    let company = house.service("object", "execute_kw", read)["result"][0].clone();
    assert_eq!((&company["country_code"], &company["phone"]), (&json!("FR"), &json!("+33 1")));
    assert_eq!(company["currency_id"][1], "EUR");

    assert_eq!(house.db("rename", json!([MASTER, a, b])), true);
    assert!(house.listed(b) && !house.listed(a));
    assert!(house.login(b, "boss@example.com", "s3cret")["result"].is_i64());
    assert_eq!(house.db("migrate_databases", json!([MASTER, [b]])), true);
    assert_eq!(house.db("drop", json!([MASTER, b])), true);
    assert_eq!(house.db("drop", json!([MASTER, b])), false);
    assert!(!house.listed(b));
    let gone = house.login(b, "boss@example.com", "s3cret");
    assert_eq!(gone["error"]["data"]["name"], "psycopg2.OperationalError");
    let message = gone["error"]["data"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("database \"{b}\" does not exist")), "{message}");
    // and the name is free again
    assert_eq!(house.db("duplicate_database", json!([MASTER, "test", b])), true);
    assert!(house.login(b, "admin", PASSWORD)["result"].is_i64());
});

#[test]
fn another_database_of_the_same_name_is_not_taken_for_the_old_one() {
    // On SQLite one that another process has open cannot be dropped.
    let Some(app) = TestApp::new(Kind::Postgres) else { return };
    // Two processes: what one of them drops and makes anew, the other has open, with its caches.
    let house = House::new(app);
    let catalog = Catalog::new("test", house._app.db.pool().url().clone());
    let options = DatabasesOptions { pool_size: 4, ..DatabasesOptions::default() };
    let other = Databases::new(catalog, house._app.db.shared_registry(), options).unwrap();
    let a = house.a.as_str();
    let parameter = |value: Option<&str>| {
        let there = other.get(a).unwrap();
        let args = vec![json!("test.mark"), json!(value.unwrap_or("none"))];
        let method = if value.is_some() { "set_param" } else { "get_param" };
        there.with_env(SUPERUSER, serde_json::Map::new(), |env| {
            env.call("ir.config_parameter", &[], method, args.clone(), serde_json::Map::new())
        })
    };
    house.db("create_database", json!([MASTER, a, false, "en_US", "first", "admin"]));
    parameter(Some("old")).unwrap();
    assert_eq!(parameter(None).unwrap(), "old");
    let site = Site::serving(house._app.shared(), other.clone(), Options::default());
    let proof = |password: &str| {
        let args = json!({"service": "common", "method": "login", "args": [a, "admin", password]});
        site.rpc("/jsonrpc", args, "")["result"].is_i64()
    };
    assert!(proof("first"));
    house.db("drop", json!([MASTER, a]));
    house.db("create_database", json!([MASTER, a, false, "en_US", "second", "admin"]));
    // At most half a second late, as with every change of another process; a connection that was cut off says so once.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !parameter(None).is_ok_and(|value| value == "none") {
        assert!(std::time::Instant::now() < end, "{:?}", parameter(None));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(!proof("first"), "the password of the old one");
    assert!(proof("second"));
    drop(site);
    other.close_all();
}

both!(what_cannot_be_made_is_refused_as_odoo_does, |app| {
    let house = House::new(app);
    let a = house.a.as_str();
    let exception = |method: &str, args: Value| {
        let (name, message) = house.refused(method, args);
        assert_eq!(name, "builtins.Exception", "{message}");
        message
    };
    let missing = house.refused("duplicate_database", json!([MASTER, "no_such", a]));
    assert_eq!(missing.0, "psycopg2.errors.InvalidCatalogName");
    let taken = house.refused("duplicate_database", json!([MASTER, "test", "test"]));
    assert_eq!(taken.0, "psycopg2.errors.DuplicateDatabase");
    assert_eq!(house.refused("dump", json!([MASTER, "no_such", "zip"])).0, "psycopg2.OperationalError");
    assert_eq!(
        exception("rename", json!([MASTER, "no_such", a])),
        format!("Couldn't rename database no_such to {a}: database \"no_such\" does not exist\n")
    );
    assert_eq!(exception("restore", json!([MASTER, "test", ""])), "Database already exists");
    assert!(exception("restore", json!([MASTER, a, "AAAA"])).starts_with("Couldn't restore database"));
    assert!(!house.listed(a), "what could not be restored is gone again");
    for name in ["", "a", "../escape", "a b", "-a", "x\"y", &"n".repeat(64)] {
        let (kind, message) = house.refused("create_database", json!([MASTER, name, false, "en_US"]));
        assert_eq!(kind, "odoo.exceptions.UserError", "{name}: {message}");
    }
    let (_, message) = house.refused("create_database", json!([MASTER, a, false, "xx_XX"]));
    assert_eq!(message, "Invalid language code: xx_XX");
    assert!(!house.listed(a), "what failed half-way is gone again");
    let (name, message) = house.refused("drop", json!([MASTER]));
    assert_eq!((&*name, &*message), ("builtins.TypeError", "missing a required argument: 'db_name'"));
    assert_eq!(house.refused("drop", json!([])).0, "builtins.IndexError");
    assert_eq!(house.refused("make_coffee", json!([MASTER])).1, "Method not found: make_coffee");
});

#[test]
fn databases_are_managed_with_the_master_password_only() {
    let app = || TestApp::new(Kind::Sqlite).unwrap();
    let house = House::new(app());
    for (method, args) in [
        ("create_database", json!(["wrong", house.a, false, "en_US"])),
        ("drop", json!(["wrong", "test"])),
        ("drop", json!([false, "test"])),
        ("dump", json!(["", "test", "zip"])),
        ("list_countries", json!(["wrong"])),
    ] {
        let refused = house.refused(method, args);
        assert_eq!(refused, ("odoo.exceptions.AccessDenied".into(), "Access Denied".into()), "{method}");
    }
    assert_eq!(house.refused("drop", json!([1, "test"])).0, "builtins.TypeError");
    let xml = format!(
        "<methodCall><methodName>drop</methodName><params><param><value>wrong</value></param><param><value>{}</value>\
         </param></params></methodCall>",
        "test"
    );
    assert!(house.site.xml("/xmlrpc/2/db", xml.clone()).contains("<int>3</int>"));
    assert!(house.site.xml("/xmlrpc/db", xml).contains("AccessDenied"));
    assert!(house.listed("test"));
    let countries = house.db("list_countries", json!([MASTER]));
    assert!(countries.as_array().unwrap().contains(&json!(["fr", "France"])));

    // none configured: not even the empty one passes
    let none = House::with(app(), "xx".into(), "yy".into(), |o| DatabasesOptions { admin_passwd: None, ..o });
    for password in ["", "admin", MASTER] {
        assert_eq!(none.refused("drop", json!([password, "test"])).1, "Access Denied");
    }
    let shut = House::with(app(), "xx".into(), "yy".into(), |o| DatabasesOptions { list_db: false, ..o });
    assert_eq!(shut.refused("list", json!([])).1, "Access Denied");
    assert_eq!(shut.refused("dump", json!([MASTER, "test", "zip"])).1, "Access Denied");
    let listed = shut.site.rpc("/web/database/list", json!({}), "");
    assert_eq!(listed["error"]["data"]["name"], "odoo.exceptions.AccessDenied");
    assert!(shut.login("test", "admin", PASSWORD)["result"].is_i64(), "who knows the name may come in");
}

#[test]
fn a_changed_master_password_holds_until_the_operator_sets_another() {
    let folder = tempfile::tempdir().unwrap();
    let house = |configured: &str| {
        House::with(TestApp::new(Kind::Sqlite).unwrap(), "xx".into(), "yy".into(), |o| DatabasesOptions {
            admin_passwd: Some(configured.into()),
            data_dir: Some(folder.path().to_owned()),
            ..o
        })
    };
    let fits = |house: &House, password: &str| {
        house.service("db", "list_countries", json!([password])).get("error").is_none()
    };
    let first = house(MASTER);
    assert_eq!(first.db("change_admin_password", json!([MASTER, "another"])), true);
    assert!(fits(&first, "another") && !fits(&first, MASTER));
    let again = house(MASTER);
    assert!(fits(&again, "another") && !fits(&again, MASTER), "a restart does not bring the old one back");
    let other = house("operator's");
    assert!(fits(&other, "operator's") && !fits(&other, "another"));
    let hash = workwarden::crypt::hash("hashed", 1000).unwrap();
    let hashed = house(&hash);
    assert!(fits(&hashed, "hashed") && !fits(&hashed, &hash), "a hash may be configured");
}

both!(a_backup_holds_everything, |app| {
    let house = House::new(app);
    let (a, b) = (house.a.as_str(), house.b.as_str());
    let weird = "a\tb\\c\n\\N 'q\" ünï €";
    let vals = json!({"name": weird, "description": "<p>x</p>", "date_deadline": "2030-01-02 03:04:05"});
    let task = house.must("test", "project.task", "create", json!([vals]));
    let file = json!({"name": "f", "datas": "AAH/gA==", "res_model": "project.task", "res_id": task});
    let attachment = house.must("test", "ir.attachment", "create", json!([file]));
    // ids are not given twice, not even after a restore
    let highest = house.must("test", "project.tags", "create", json!([{"name": "gone"}])).as_i64().unwrap();
    house.must("test", "project.tags", "unlink", json!([[highest]]));
    let uuid = |db: &str| house.must(db, "ir.config_parameter", "get_param", json!(["database.uuid"]));
    let fields =
        json!(["name", "description", "date_deadline", "create_date", "active", "stage_id", "user_ids"]);
    let count = |db: &str| {
        ["res.partner", "ir.model.data", "ir.model.fields", "mail.message"]
            .map(|model| house.must(db, model, "search_count", json!([[]])))
    };
    for (name, format, copy) in [(a, "zip", false), (b, "dump", true)] {
        let dump = house.db("dump", json!([MASTER, "test", format]));
        assert_eq!(house.db("restore", json!([MASTER, name, dump, copy])), true);
        let read = |db: &str| house.must(db, "project.task", "read", json!([[task], fields]));
        assert_eq!(read(name), read("test"));
        assert_eq!(count(name), count("test"));
        let datas = house.must(name, "ir.attachment", "read", json!([[attachment], ["datas"]]));
        assert_eq!(datas[0]["datas"], "AAH/gA==");
        let next = house.must(name, "project.tags", "create", json!([{"name": "next"}]));
        assert!(next.as_i64().unwrap() > highest, "{next}");
        assert_eq!(uuid(name) == uuid("test"), !copy);
    }
    assert_ne!(uuid("test"), json!(false));
    // half an archive restores nothing
    house.db("drop", json!([MASTER, a]));
    let mut text = Cursor::new(vec![]);
    manage::dump(&house.databases, "test", Format::Dump, &mut text).unwrap();
    let mut text = text.into_inner();
    text.truncate(text.len() - "-- end\n".len());
    let e = manage::restore(&house.databases, a, Cursor::new(text), Copy::default()).unwrap_err();
    assert!(e.message.contains("end is missing"), "{}", e.message);
    assert!(!house.listed(a));
});

/// A backup of one kind of database restores on the other.
#[test]
fn a_backup_moves_between_sqlite_and_postgresql() {
    let (Some(sqlite), Some(postgres)) = (TestApp::new(Kind::Sqlite), TestApp::new(Kind::Postgres)) else {
        return;
    };
    for (from, to) in [(&sqlite, Kind::Postgres), (&postgres, Kind::Sqlite)] {
        let task = from
            .with_env(SUPERUSER, Default::default(), |env| {
                env.create("project.task", json!({"name": "moved", "date_deadline": "2030-01-02 03:04:05"}))
            })
            .unwrap();
        let mut dump = vec![];
        from.db.dump(Default::default(), &mut dump).unwrap();
        let target = TestDatabase::empty(to).unwrap();
        let url: DatabaseUrl = target.url.parse().unwrap();
        let place = Place { name: "moved", url: &url, pool_size: 2 };
        let registry = from.db.shared_registry();
        App::bare(&place, registry.clone()).unwrap().db.restore(&mut dump.as_slice()).unwrap();
        let (app, made) = App::open_at(&place, registry, None, &mut |_| {}).unwrap();
        assert_eq!(made, None, "it is not a new one");
        let look = |app: &App| {
            app.reading(SUPERUSER, Default::default(), |env| {
                let task = env.call(
                    "project.task",
                    &[task],
                    "read",
                    vec![json!(["name", "date_deadline", "create_date", "active", "priority"])],
                    Default::default(),
                )?;
                Ok((task, env.count("ir.model.data", json!([]))?, env.count("res.users", json!([]))?))
            })
            .unwrap()
        };
        assert_eq!(look(&app), look(from));
        let mut again = vec![];
        app.db.dump(Default::default(), &mut again).unwrap();
        let names = |dump: &[u8]| {
            let text = String::from_utf8(dump.to_vec()).unwrap();
            text.lines().filter(|l| l.starts_with("COPY ")).map(str::to_owned).collect::<Vec<_>>().len()
        };
        assert_eq!(names(&again), names(&dump), "the same tables");
    }
}

both!(a_copy_is_another_and_may_be_harmless, |app| {
    let house = House::new(app);
    let (a, b) = (house.a.as_str(), house.b.as_str());
    let provider = json!({"name": "p", "provider_type": "local", "api_base": "echo:", "model": "m"});
    let provider = house.must("test", "ai.provider", "create", json!([provider]));
    house.db("duplicate_database", json!([MASTER, "test", a]));
    house.db("duplicate_database", json!([MASTER, "test", b, true]));
    let uuids = ["test", a, b]
        .map(|db| house.must(db, "ir.config_parameter", "get_param", json!(["database.uuid"])).to_string());
    assert!(uuids[0] != uuids[1] && uuids[1] != uuids[2] && uuids[0] != uuids[2]);
    let active = |db: &str| {
        house.must(db, "ai.provider", "read", json!([[provider], ["active"]]))[0]["active"].clone()
    };
    assert_eq!((active("test"), active(a), active(b)), (json!(true), json!(true), json!(false)));
    // what happens in one does not happen in the other
    let tag = house.must(a, "project.tags", "create", json!([{"name": "only here"}]));
    assert_eq!(house.must("test", "project.tags", "search_count", json!([[["name", "=", "only here"]]])), 0);
    assert_eq!(house.must(a, "project.tags", "search", json!([[["name", "=", "only here"]]])), json!([tag]));
});

both!(a_drop_ends_the_calls_that_run, |app| {
    let house = House::new(app);
    let a = house.a.clone();
    house.db("duplicate_database", json!([MASTER, "test", a]));
    let uid = house.login(&a, "admin", PASSWORD)["result"].clone();
    let over = Arc::new(AtomicBool::new(false));
    let (started, ready) = std::sync::mpsc::channel();
    let callers: Vec<_> = (0..2)
        .map(|_| {
            let (over, started, url) = (over.clone(), started.clone(), house.site.url("/jsonrpc"));
            let args = json!([a, uid, PASSWORD, "project.task", "create", [{"name": "t"}]]);
            let params = json!({"service": "object", "method": "execute_kw", "args": args});
            std::thread::spawn(move || {
                let body = json!({"id": 1, "params": params});
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let client = reqwest::Client::new();
                let mut told = vec![];
                while !over.load(Ordering::Relaxed) {
                    let answer = runtime.block_on(async {
                        client.post(&url).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
                    });
                    let _ = started.send(());
                    told.push(answer);
                }
                told
            })
        })
        .collect();
    ready.recv().unwrap();
    assert_eq!(house.db("drop", json!([MASTER, a])), true);
    // one more answer of each, after the drop
    (0..callers.len() * 2).for_each(|_| ready.recv().unwrap());
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        let told = caller.join().unwrap();
        let message =
            |answer: &Value| answer["error"]["data"]["message"].as_str().unwrap_or_default().to_owned();
        let gone = |answer: &Value| message(answer).contains(&format!("database \"{a}\" does not exist"));
        for answer in &told {
            assert!(answer["result"].is_i64() || gone(answer), "{answer}");
        }
        assert!(gone(told.last().unwrap()), "{:?}", told.last());
    }
});

both!(a_session_belongs_to_one_database, |app| {
    let house = House::new(app);
    let a = house.a.as_str();
    house.db("duplicate_database", json!([MASTER, "test", a]));
    let (here, there) =
        (house.authenticate("test").cookie("session_id"), house.authenticate(a).cookie("session_id"));
    assert_eq!(house.session_info(&here)["result"]["db"], "test");
    assert_eq!(house.session_info(&there)["result"]["db"], a);
    let unknown = house.authenticate("no_such").json();
    assert_eq!(unknown["error"]["data"]["message"], "Database not found.");
    house.db("drop", json!([MASTER, a]));
    assert_eq!(house.session_info(&there)["error"]["code"], 100);
    assert_eq!(house.session_info(&here)["result"]["db"], "test");
    // another database of that name does not know the old session, nor does a copy know its original's
    house.db("duplicate_database", json!([MASTER, "test", a]));
    assert_eq!(house.session_info(&there)["error"]["code"], 100);
    let logout = house.site.send("GET", "/web/session/logout", &[("cookie", &there)], "");
    assert_eq!(logout.status, 303);
});

both!(a_request_says_which_database_it_means, |app| {
    let house = House::new(app);
    let a = house.a.as_str();
    house.db("duplicate_database", json!([MASTER, "test", a]));
    let purpose = apikey::Purpose { scope: Some("rpc"), name: "k", expires: None };
    let other = house.databases.get(a).unwrap();
    let key =
        apikey::issue(&other, house.login("test", "admin", PASSWORD)["result"].as_i64().unwrap(), &purpose)
            .unwrap();
    let bearer = format!("Bearer {key}");
    let json2 = |db: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("x-odoo-database", db),
        ];
        house.site.send("POST", "/json/2/res.users/context_get", &headers, "{}").status
    };
    assert_eq!((json2(a), json2("test"), json2("no_such")), (200, 401, 404));
    // the login form of a database, and the session that leads to it
    let chosen = house.site.get(&format!("/web/login?db={a}"));
    assert_eq!((chosen.status, chosen.header("location")), (303, &*format!("/web/login?db={a}")));
    let cookie = chosen.cookie("session_id");
    let form = house.site.send("GET", &format!("/web/login?db={a}"), &[("cookie", &cookie)], "");
    assert_eq!(form.status, 200);
    let token = form.body.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("login=admin&password={PASSWORD}&csrf_token={token}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie.as_str())];
    let entered = house.site.send("POST", "/web/login", &headers, body);
    assert_eq!(entered.status, 303, "{}", entered.body);
    assert_eq!(house.session_info(&entered.cookie("session_id"))["result"]["db"], a);
    // two to choose from: the page to choose on
    let lost = house.site.get("/web/login");
    assert_eq!((lost.status, lost.header("location")), (303, "/web/database/selector"));
    assert!(house.site.get("/web/database/selector").body.contains(&format!("/web/login?db={a}")));
    assert_eq!(house.session_info("")["error"]["code"], 100);
});

#[test]
fn a_filter_shows_each_host_its_own() {
    let a = database::fresh_name();
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let house = House::with(app, a.clone(), "yy".into(), |options| DatabasesOptions {
        dbfilter: Some("^%d$".into()),
        ..options
    });
    house.db("duplicate_database", json!([MASTER, "test", a]));
    let list = |host: &str| {
        let headers = [("content-type", "application/json"), ("host", host)];
        house.site.send("POST", "/web/database/list", &headers, "{}").json()["result"].clone()
    };
    assert_eq!(list("test.example.com"), json!(["test"]));
    assert_eq!(list(&format!("www.{a}.example.com:80")), json!([a]));
    assert_eq!(list("other.example.com"), json!([]));
    let login = |host: &str| house.site.send("GET", "/web/login", &[("host", host)], "").status;
    assert_eq!((login("test.example.com"), login("other.example.com")), (200, 303));
    // a session of a database that the host does not show is none
    let (cookie, host) =
        (house.authenticate_at("test", "test.example.com").cookie("session_id"), "other.example.com");
    let headers = [("content-type", "application/json"), ("cookie", cookie.as_str()), ("host", host)];
    let answer = house.site.send("POST", "/web/session/get_session_info", &headers, "{}").json();
    assert_eq!(answer["error"]["code"], 100);
}

both!(what_is_not_ours_is_neither_listed_nor_served, |app| {
    // the databases of other tests lie beside this one, unmarked
    let stranger = TestApp::new(app.kind()).unwrap();
    let house = House::new(app);
    let name = match stranger.db.pool().dialect() {
        Dialect::Sqlite => {
            let DatabaseUrl::Sqlite(path) = stranger.db.pool().url().clone() else { unreachable!() };
            let beside = path.with_file_name(format!("{}.db", house.b));
            std::fs::copy(&path, &beside).unwrap();
            house.b.clone()
        }
        Dialect::Postgres => stranger.db.pool().url().to_string().rsplit('/').next().unwrap().to_owned(),
    };
    assert!(!house.listed(&name));
    assert_eq!(house.db("db_exist", json!([name])), false);
    assert_eq!(house.db("drop", json!([MASTER, name])), false);
    assert_eq!(house.login(&name, "admin", PASSWORD)["error"]["data"]["name"], "psycopg2.OperationalError");
    for name in ["postgres", "template1", "../test"] {
        assert_eq!(
            house.login(name, "admin", PASSWORD)["error"]["data"]["name"],
            "psycopg2.OperationalError"
        );
        assert_eq!(house.db("drop", json!([MASTER, name])), false);
    }
    let taken = house.refused("duplicate_database", json!([MASTER, "test", name]));
    assert_eq!(taken.0, "psycopg2.errors.DuplicateDatabase");
});

both!(the_forms_of_backup_scripts_work, |app| {
    let house = House::new(app);
    let a = house.a.as_str();
    let post = |path: &str, kind: &str, body: Vec<u8>| {
        house.site.post_bytes(&format!("/web/database/{path}"), kind, body)
    };
    let urlencoded = "application/x-www-form-urlencoded";
    let form = |path: &str, fields: &str| post(path, urlencoded, fields.into());
    let refused = form("backup", "master_pwd=wrong&name=test");
    assert_eq!((refused.status, refused.content_type.as_str()), (403, "text/html"));
    assert!(String::from_utf8_lossy(&refused.bytes).contains("Database backup error: Access Denied"));
    let master = MASTER.replace(' ', "+");
    let backup = form("backup", &format!("master_pwd={master}&name=test&backup_format=zip"));
    assert_eq!((backup.status, backup.content_type.as_str()), (200, "application/octet-stream"));
    assert!(backup.bytes.starts_with(b"PK"));
    let mut body = vec![];
    for (name, value) in
        [("master_pwd", MASTER.as_bytes()), ("name", a.as_bytes()), ("backup_file", &backup.bytes)]
    {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let restored = post("restore", "multipart/form-data; boundary=b", body.clone());
    assert_eq!(restored.status, 303, "{}", String::from_utf8_lossy(&restored.bytes));
    assert!(house.login(a, "admin", PASSWORD)["result"].is_i64());
    let again = post("restore", "multipart/form-data; boundary=b", body);
    assert!(again.status >= 400 && String::from_utf8_lossy(&again.bytes).contains("already exists"));
    assert_eq!(form("drop", &format!("master_pwd={master}&name={a}")).status, 303);
    let fields =
        format!("master_pwd={master}&name={a}&login=admin&password=secret&lang=en_US&country_code=False");
    let made = form("create", &fields);
    assert_eq!((made.status, made.header("location")), (303, "/odoo"));
    assert_eq!(house.session_info(&made.cookie("session_id"))["result"]["db"], a);
    assert_eq!(house.site.get("/web/database/drop").status, 405);
    assert!(house.site.get("/web/database/manager").body.contains("/web/database/backup"));
});
