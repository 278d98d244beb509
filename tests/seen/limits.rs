//! So many and no more; who does not read is let go; who waits hears a beat; the end comes at once.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use workwarden::http::{Options, Watching};
use workwarden::service::session;
use workwarden::service::watch::Limits;

use super::{ADMIN, Site, cookie, happens, project, su, until, user};
use crate::support::database::Kind;
use crate::support::{TestApp, both};

fn options(watch: Watching) -> Options {
    Options { watch, ..Options::default() }
}

#[test]
fn seats_are_limited_and_given_back() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let bob = user(&app, "bob", &["project.group_project_user"]);
    let limits = Limits { all: 3, user: 2 };
    // that a client has gone shows when something is sent to him
    let heartbeat = Duration::from_millis(50);
    let site = Site::with(app.shared(), options(Watching { limits, heartbeat, ..Watching::default() }));
    let (admin, bobs) = (cookie(&app, ADMIN), cookie(&app, bob));
    let first = site.listen("/ai/events", &[("cookie", &admin)]);
    let _second = site.listen("/ai/events", &[("cookie", &admin)]);
    assert_eq!(site.status("/ai/events", &[("cookie", &admin)]), 503, "two of one user");
    let _third = site.listen("/ai/events", &[("cookie", &bobs)]);
    assert_eq!(site.status("/ai/events", &[("cookie", &bobs)]), 503, "three in all");
    drop(first);
    until("the seat is given back", || {
        // the client closes its connection only while it does something
        site.status("/web/health", &[]) == 200 && app.watch.count() == 2
    });
    site.listen("/ai/events", &[("cookie", &admin)]);
}

both!(who_does_not_read_is_let_go, |app| {
    let watch = Watching { patience: Duration::from_millis(200), ..Watching::default() };
    let site = Site::with(app.shared(), options(watch));
    let bakery = project(&app, "Bakery", json!({}));
    let admin = cookie(&app, ADMIN);
    let mut lazy = TcpStream::connect(site.address()).unwrap();
    write!(lazy, "GET /ai/events HTTP/1.1\r\nhost: x\r\ncookie: {admin}\r\n\r\n").unwrap();
    until("he listens", || app.watch.count() == 1);
    let long = "x".repeat(500_000);
    until("he is let go", || {
        happens(&app, bakery, &long);
        app.watch.count() == 0
    });
});

#[test]
fn a_silent_stream_beats() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let watch = Watching { heartbeat: Duration::from_millis(30), ..Watching::default() };
    let site = Site::with(app.shared(), options(watch));
    let mut ear = site.listen("/ai/events", &[("cookie", &cookie(&app, ADMIN))]);
    for _ in 0..3 {
        ear.piece().unwrap();
        assert!(ear.text.lines().all(|line| line.is_empty() || line == ":"), "{}", ear.text);
    }
}

both!(an_idle_stream_ends_with_the_right_to_listen, |app| {
    let watch = Watching { heartbeat: Duration::from_millis(50), ..Watching::default() };
    let site = Site::with(app.shared(), options(watch));
    let member = |login: &str| user(&app, login, &["project.group_project_user"]);
    let (bob, eve, ann) = (member("bob"), member("eve"), member("ann"));
    let bobs = session::open(&app, bob).unwrap();
    let cookies = [format!("session_id={bobs}"), cookie(&app, eve), cookie(&app, ann)];
    let mut ears = cookies.each_ref().map(|cookie| site.listen("/ai/events", &[("cookie", cookie)]));
    assert_eq!(app.watch.count(), 3);
    // A logout, another password, a user who is no more; nothing happens that they could hear of.
    session::close(&app, Some(&bobs)).unwrap();
    app.set_password("eve", "another password").unwrap();
    su(&app, |env| env.write("res.users", &[ann], json!({"active": false})));
    for ear in &mut ears {
        assert!(ear.next().is_none(), "{}", ear.text);
    }
    until("their seats are free", || app.watch.count() == 0);
});

#[test]
fn the_servers_end_does_not_wait_for_listeners() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let mut site = Site::new(&app);
    let admin = cookie(&app, ADMIN);
    let mut socket = TcpStream::connect(site.address()).unwrap();
    write!(socket, "GET /ai/events HTTP/1.1\r\nhost: x\r\ncookie: {admin}\r\n\r\n").unwrap();
    until("he listens", || app.watch.count() == 1);
    let begun = Instant::now();
    site.end();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?} of a grace of 20 s", begun.elapsed());
    until("his seat is free", || app.watch.count() == 0);
}
