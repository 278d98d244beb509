//! What an Odoo 18 answered, asked again: every case of `tests/golden/<area>/` over real sockets, on both databases.
//!
//! `tests/golden/README.md` says how a case is written. What does not agree yet stands in `known_differences.toml`:
//! a case that fails without standing there fails the test, and so does one that stands there and passes.

mod case;
mod compare;
mod fill;
mod known;
mod marshal;
mod replay;
mod session;

use std::collections::BTreeSet;

use serde_json::json;

use crate::protocol::wire::{Site, never_shut};
use crate::support::{TestApp, both};
use case::{Protocol, folder, load};
use known::Known;
use replay::Replay;
use workwarden::http::Options;
use workwarden::orm::SUPERUSER;
use workwarden::value::Map;

/// Areas whose cases are also replayed over a protocol that they were not recorded for.
const CARRIED: &[&str] =
    &["access", "constraints", "create", "names", "read", "unlink", "web_save", "write", "x2many"];

/// A test per area and database, and the list of areas.
macro_rules! areas {
    ($($area:ident)*) => {
        const AREAS: &[&str] = &[$(stringify!($area)),*];
        $(both!($area, |app| { check(&app, &[stringify!($area)], None) });)*
    };
}

areas! {
    access archive auth constraints context copy create defaults errors export fields_get load mail models names
    onchange order panel project protocol read read_group search types unlink web_read web_read_group web_save
    web_search_read write x2many
}

both!(over_web, |app| { check(&app, CARRIED, Some(Protocol::Web)) });
both!(over_xmlrpc, |app| { check(&app, CARRIED, Some(Protocol::Xmlrpc2)) });

/// Replays `areas` against one server on `app`, over `carrier` where they were recorded for JSON-RPC.
fn check(app: &TestApp, areas: &[&str], carrier: Option<Protocol>) {
    never_shut(app);
    let known = Known::read(app, carrier);
    let site = Site::on(app.shared(), Options::default());
    let mut replay = Replay::new(&site, &app.db_name, carrier);
    // the name that one of the errors looks for is found by a tag that an earlier area left behind
    app.with_env(SUPERUSER, Map::new(), |env| env.create("project.tags", json!({"name": "taxes"}))).unwrap();
    let mut complaints = vec![];
    for case in areas.iter().flat_map(|area| load(area)) {
        if carrier.is_none_or(|carrier| case.can_travel(carrier) && !known.names(&case.key())) {
            complaints.extend(known.judge(&case.key(), replay.run(&case)));
        }
    }
    assert!(complaints.is_empty(), "{} complaints:\n{}\n", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_area_has_a_test() {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let areas = entries.filter(|entry| entry.path().is_dir());
    let areas: BTreeSet<String> =
        areas.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(areas, AREAS.iter().map(|area| (*area).to_owned()).collect());
}

#[test]
fn known_differences_name_cases() {
    let cases: BTreeSet<String> = AREAS.iter().flat_map(|area| load(area)).map(|case| case.key()).collect();
    let lost: Vec<String> = known::cases().into_iter().filter(|key| !cases.contains(key)).collect();
    assert!(lost.is_empty(), "known_differences.toml names no case by {lost:?}");
}
