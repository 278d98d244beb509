//! Who has proved himself passes without a slow hash, and without a look at the database; until something changes, in
//! whatever process.

use std::time::{Duration, Instant};

use serde_json::json;
use workwarden::orm::SUPERUSER;
use workwarden::service::App;
use workwarden::service::apikey::{self, Purpose};
use workwarden::service::auth;
use workwarden::service::rpc::Peer;

use crate::support::database::Kind;
use crate::support::{installed, open};

/// One user, and two processes that serve him.
struct Pair {
    here: App,
    there: App,
    uid: i64,
}

fn on_each(test: impl Fn(&Pair)) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(database) = installed(kind) else { continue };
        let (here, there) = (open(&database.url, "pair"), open(&database.url, "pair"));
        let uid = here
            .with_env(SUPERUSER, Default::default(), |env| {
                env.create("res.users", json!({"name": "W", "login": "w", "password": "first"}))
            })
            .unwrap();
        test(&Pair { here, there, uid });
    }
}

fn passes(app: &App, uid: i64, secret: &str) -> bool {
    auth::check(app, &Peer::default(), uid, &json!(secret)).is_ok()
}

/// Whether the secret passes without a look at hashes.
fn remembered(app: &App, uid: i64, secret: &str) -> bool {
    app.guard.verifier.proved(uid, secret, app.db.generation().unwrap()).is_some()
}

/// A change made elsewhere is known here after half a second at most.
fn soon(mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        if condition() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[test]
fn a_proof_is_remembered_and_no_other_secret_or_user_with_it() {
    on_each(|pair| {
        assert!(!remembered(&pair.here, pair.uid, "first"));
        assert!(passes(&pair.here, pair.uid, "first"));
        assert!(remembered(&pair.here, pair.uid, "first"));
        assert!(!remembered(&pair.here, pair.uid, "second") && !remembered(&pair.here, 2, "first"));
        assert!(!remembered(&pair.there, pair.uid, "first"), "each process asks for itself");
    });
}

#[test]
fn a_changed_password_ends_proofs_in_every_process() {
    on_each(|pair| {
        assert!(passes(&pair.here, pair.uid, "first") && passes(&pair.there, pair.uid, "first"));
        pair.here.set_password("w", "second").unwrap();
        assert!(!passes(&pair.here, pair.uid, "first") && passes(&pair.here, pair.uid, "second"));
        assert!(soon(|| !remembered(&pair.there, pair.uid, "first")));
        assert!(!passes(&pair.there, pair.uid, "first") && passes(&pair.there, pair.uid, "second"));
        // through the ORM as well
        let write =
            |env: &workwarden::orm::Env| env.write("res.users", &[pair.uid], json!({"password": "third"}));
        pair.there.with_env(SUPERUSER, Default::default(), write).unwrap();
        assert!(!passes(&pair.there, pair.uid, "second") && passes(&pair.there, pair.uid, "third"));
        assert!(soon(|| !remembered(&pair.here, pair.uid, "second")));
        assert!(!passes(&pair.here, pair.uid, "second"));
    });
}

#[test]
fn an_archived_user_is_out_in_every_process() {
    on_each(|pair| {
        assert!(passes(&pair.here, pair.uid, "first") && passes(&pair.there, pair.uid, "first"));
        let archive =
            |env: &workwarden::orm::Env| env.write("res.users", &[pair.uid], json!({"active": false}));
        pair.here.with_env(SUPERUSER, Default::default(), archive).unwrap();
        assert!(!passes(&pair.here, pair.uid, "first"));
        assert!(soon(|| !passes(&pair.there, pair.uid, "first")));
    });
}

#[test]
fn a_dropped_key_opens_nothing_any_more() {
    on_each(|pair| {
        let purpose = Purpose { scope: Some("rpc"), name: "script", expires: None };
        let key = apikey::issue(&pair.here, pair.uid, &purpose).unwrap();
        assert!(passes(&pair.here, pair.uid, &key) && passes(&pair.there, pair.uid, &key));
        let drop = |env: &workwarden::orm::Env| {
            let keys = env.search("res.users.apikeys", json!([["user_id", "=", pair.uid]]))?;
            env.call("res.users.apikeys", &keys, "remove", Vec::new(), Default::default())
        };
        pair.here.with_env(SUPERUSER, Default::default(), drop).unwrap();
        assert!(!passes(&pair.here, pair.uid, &key) && passes(&pair.here, pair.uid, "first"));
        assert!(soon(|| !passes(&pair.there, pair.uid, &key)));
    });
}
