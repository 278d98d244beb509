//! Who hears what, in what order, and goes on where he stopped.

use serde_json::json;
use workwarden::db::event::{self, Progress};
use workwarden::service::apikey::{self, Purpose};
use workwarden::service::{App, AppOptions, session};

use super::{ADMIN, Site, cookie, happens, project, su, user};
use crate::support::database::Kind;
use crate::support::{TestApp, both};

both!(events_come_in_order_and_go_on_where_they_stopped, |app| {
    let site = Site::new(&app);
    let (bakery, other) = (project(&app, "Bakery", json!({})), project(&app, "Other", json!({})));
    let admin = cookie(&app, ADMIN);
    let path = format!("/ai/events?project={bakery}");
    happens(&app, bakery, "before");
    let mut ear = site.listen(&path, &[("cookie", &admin)]);
    for message in ["one", "two"] {
        happens(&app, bakery, message);
        happens(&app, other, "elsewhere");
    }
    let heard = ear.events(2);
    assert_eq!(heard.iter().map(|h| h.message()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(heard[0].data["project_id"], bakery);
    assert_eq!(heard[0].data["kind"], "started");
    let ear_was_current = ear.current;
    drop(ear);
    happens(&app, bakery, "three");
    happens(&app, bakery, "four");
    let mut again = site.listen(&path, &[("cookie", &admin), ("last-event-id", &heard[0].id)]);
    assert_eq!(again.messages(3), ["two", "three", "four"]);
    assert_eq!(again.next().unwrap().kind, "current");
    assert!(ear_was_current && !again.current, "who comes back hears when he has all");
    let mut all = site.listen(&format!("/ai/events?after={}", heard[0].id), &[("cookie", &admin)]);
    assert_eq!(all.messages(5), ["elsewhere", "two", "elsewhere", "three", "four"]);
    happens(&app, other, "new");
    assert_eq!(all.messages(1), ["new"]);
});

both!(who_may_not_listen_is_told_so, |app| {
    let site = Site::new(&app);
    let hidden = project(&app, "Hidden", json!({"privacy_visibility": "followers"}));
    let (bob, clerk) =
        (user(&app, "bob", &["project.group_project_user"]), user(&app, "clerk", &["base.group_user"]));
    let status = |path: &str, uid: i64| site.status(path, &[("cookie", &cookie(&app, uid))]);
    assert_eq!(site.status("/ai/events", &[]), 401);
    assert_eq!(site.status("/ai/events", &[("authorization", "Bearer 0123")]), 401);
    assert_eq!(status("/ai/events", clerk), 403, "he reads no events at all");
    assert_eq!(status(&format!("/ai/events?project={hidden}"), bob), 403);
    assert_eq!(status("/ai/events?project=999999", bob), 404);
    assert_eq!(status("/ai/events?project=x", bob), 400);
    let post = site.request("POST", "/ai/events", &[("cookie", &cookie(&app, bob))], String::new());
    assert_eq!(post.status(), 405);
    assert_eq!(app.watch.count(), 0);
});

both!(an_api_key_listens, |app| {
    let site = Site::new(&app);
    let bakery = project(&app, "Bakery", json!({}));
    let purpose = Purpose { scope: Some("rpc"), name: "watch", expires: None };
    let key = format!("Bearer {}", apikey::issue(&app, ADMIN, &purpose).unwrap());
    let mut ear = site.listen("/ai/events", &[("authorization", &key)]);
    happens(&app, bakery, "heard");
    assert_eq!(ear.messages(1), ["heard"]);
});

both!(rights_are_looked_at_each_time, |app| {
    let site = Site::new(&app);
    let bob = user(&app, "bob", &["project.group_project_user"]);
    let (open, hidden) = (
        project(&app, "Open", json!({})),
        project(&app, "Hidden", json!({"privacy_visibility": "followers"})),
    );
    let bobs = cookie(&app, bob);
    let mut all = site.listen("/ai/events", &[("cookie", &bobs)]);
    let mut one = site.listen(&format!("/ai/events?project={open}"), &[("cookie", &bobs)]);
    happens(&app, hidden, "secret");
    happens(&app, open, "public");
    assert_eq!(one.messages(1), ["public"]);
    let first = all.next().unwrap();
    assert_eq!(first.message(), "public", "nothing of the hidden one");
    app.db.pool().ring(event::PROGRESS, &progress(hidden, 5));
    app.db.pool().ring(event::PROGRESS, &progress(open, 6));
    let told = all.next().unwrap();
    assert_eq!((told.kind.as_str(), told.data["size"].as_i64()), ("progress", Some(6)));
    // He is shut out: the next event of the project ends the stream, and is not in it.
    su(&app, |env| env.write("project.project", &[open], json!({"privacy_visibility": "followers"})));
    happens(&app, open, "no longer public");
    while let Some(heard) = one.next() {
        assert_eq!(heard.kind, "progress", "{heard:?}");
    }
    let public = project(&app, "Public", json!({}));
    happens(&app, public, "still public");
    assert_eq!(all.messages(1), ["still public"], "the other stream goes on with what he may read");
});

both!(a_session_that_is_over_hears_nothing_more, |app| {
    let site = Site::new(&app);
    let bakery = project(&app, "Bakery", json!({}));
    let id = session::open(&app, ADMIN).unwrap();
    let mut ear = site.listen("/ai/events", &[("cookie", &format!("session_id={id}"))]);
    session::close(&app, Some(&id)).unwrap();
    happens(&app, bakery, "after the logout");
    assert!(ear.next().is_none());
});

fn progress(project: i64, size: i32) -> String {
    let project = i32::try_from(project).unwrap();
    Progress::write(&[Progress { project, task: 1, size }]).collect()
}

#[test]
fn two_processes_on_one_postgres_hear_each_other() {
    let Some(app) = TestApp::new(Kind::Postgres) else { return };
    let workwarden::db::DatabaseUrl::Postgres(url) = app.db.pool().url() else { panic!() };
    let options = AppOptions {
        database_url: url.clone(),
        db_name: "test".into(),
        pool_size: 4,
        ..AppOptions::default()
    };
    let second = App::open(options, workwarden::app::behaviours(), &mut |_| {}).unwrap().0;
    let second = std::sync::Arc::new(second);
    let (here, there) = (Site::new(&app), Site::with(second.clone(), Default::default()));
    let bakery = project(&app, "Bakery", json!({}));
    let admin = cookie(&app, ADMIN);
    let mut ear = here.listen("/ai/events", &[("cookie", &admin)]);
    happens(&second, bakery, "one");
    happens(&app, bakery, "two");
    let heard = ear.events(2);
    assert_eq!(heard.iter().map(|h| h.message()).collect::<Vec<_>>(), ["one", "two"]);
    second.db.pool().ring(event::PROGRESS, &progress(bakery, 7));
    assert_eq!(ear.next().unwrap().data["size"], 7);
    happens(&second, bakery, "three");
    let mut other = there.listen("/ai/events", &[("cookie", &admin), ("last-event-id", &heard[0].id)]);
    let same = other.events(2);
    assert_eq!((same[0].message(), &same[0].id), ("two", &heard[1].id), "the same number in both processes");
    assert_eq!(same[1].message(), "three");
}
