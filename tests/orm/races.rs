//! Changes at the same time that have nothing in common do not lose against each other.

use serde_json::json;
use std::cell::Cell;
use std::thread;

use crate::support::both;
use crate::support::database::Kind;
use workwarden::orm::SUPERUSER;
use workwarden::value::Map;

both!(users_made_at_once_do_not_wait_for_each_other, |app| {
    let make = |login: String, before: &dyn Fn()| {
        app.with_env(SUPERUSER, Map::new(), |env| {
            let id = env.create("res.users", json!({"name": login, "login": login}))?;
            before();
            Ok(id)
        })
    };
    // SQLite lets one write at a time
    if app.kind() == Kind::Postgres {
        let runs = Cell::new(0);
        let slow = make("slow".into(), &|| {
            runs.set(runs.get() + 1);
            make(format!("quick{}", runs.get()), &|| ()).unwrap();
        });
        assert!(slow.is_ok() && runs.get() == 1, "{slow:?} after {} runs", runs.get());
    }
    thread::scope(|scope| {
        let app = &app;
        for n in 0..2 {
            scope.spawn(move || {
                for i in 0..8 {
                    app.with_env(SUPERUSER, Map::new(), |env| {
                        env.create("res.users", json!({"name": "x", "login": format!("u{n}-{i}")}))
                    })
                    .unwrap();
                }
            });
        }
    });
});
