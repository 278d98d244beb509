//! The queue's own promises: once only, waiting at a provider's limits, Retry-After, progress of what is streamed.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::db::{Mode, job};
use workwarden::workflow::WorkerOptions;

use super::fixture::{Fixture, both, stage};
use super::stub::{Act, Stub};

fn until(what: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(15);
    while !what() {
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn limit(f: &Fixture, values: Json) {
    f.run(|env| {
        let all = env.search("ai.provider", json!([]))?;
        env.write("ai.provider", &all, values.clone())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_word_wins_over_the_back_off() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then([Act::Status(429, "retry-after: 1000\r\n", "{}".into())]);
            let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &["A"]);
            let worker = f.worker();
            f.act(project, "action_start_workflow", json!({})).unwrap();
            let read = || f.rows("ai.job", json!([]), &["state", "error_name", "eta", "attempt"])[0].clone();
            until(|| read()["error_name"] == "http_429");
            worker.stop();
            let job = read();
            assert_eq!(
                (&job["state"], &job["attempt"]),
                (&json!("pending"), &json!(1)),
                "it waits, it does not fail"
            );
            let eta =
                chrono::NaiveDateTime::parse_from_str(job["eta"].as_str().unwrap(), "%Y-%m-%d %H:%M:%S")
                    .unwrap();
            let wait = (eta - f.db.now()).num_seconds();
            assert!((900..=1000).contains(&wait), "{wait}");
            let task = f.rows("project.task", json!([["project_id", "=", project]]), &["ai_state"]);
            assert_eq!(task[0]["ai_state"], "queued");
        });
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_a_minute_make_jobs_wait() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then([Act::Say("Text.".into())]);
            let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &["A", "B", "C"]);
            // An answer of the stub costs 12; with one call at a time the second is the last that finds tokens left.
            limit(f, json!({"tokens_per_minute": 20, "max_concurrency": 1}));
            let before = stub.seen().len();
            let worker = f.worker();
            f.act(project, "action_start_workflow", json!({})).unwrap();
            until(|| stub.seen().len() - before == 2);
            std::thread::sleep(Duration::from_millis(700));
            assert_eq!(stub.seen().len() - before, 2);
            let states = f.rows("ai.job", json!([["state", "=", "pending"]]), &["id"]);
            assert_eq!((states.len(), f.read(project, "ai_state")), (1, json!("running")));
            limit(f, json!({"tokens_per_minute": 0}));
            f.wait(project, "done");
            worker.stop();
        });
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_shows_how_far_it_is() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then([Act::HangMidStream]);
            let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &["A"]);
            let options = WorkerOptions {
                lease: Duration::from_millis(900),
                grace: Duration::from_millis(50),
                ..WorkerOptions::default()
            };
            let worker = f.worker_with(options);
            f.act(project, "action_start_workflow", json!({})).unwrap();
            let read = || f.rows("ai.job", json!([]), &["progress", "state", "attempt"])[0].clone();
            until(|| read()["progress"].as_i64() > Some(0));
            let job = read();
            assert_eq!(
                (&job["progress"], &job["state"]),
                (&json!(6), &json!("started")),
                "two pieces of three"
            );
            std::thread::sleep(Duration::from_millis(1500));
            assert_eq!(read()["attempt"], 1, "the heartbeat keeps the lease");
            worker.stop();
        });
    });
}

#[test]
fn queued_once_however_often_it_is_asked() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &["A", "B"]);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let jobs = || f.rows("ai.job", json!([]), &["identity_key"]);
        let before = jobs();
        assert_eq!(before.len(), 2);
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        // Whatever changes a task makes the run look again.
        f.run(|env| {
            let tasks = env.search("project.task", json!([["project_id", "=", project]]))?;
            env.write("project.task", &tasks, json!({"priority": "1"}))
        });
        assert_eq!(jobs(), before);
        let mut conn = f.db.pool().get().unwrap();
        let new = job::NewJob {
            kind: "task".into(),
            state: "pending".into(),
            project_id: i32::try_from(project).ok(),
            task_id: None,
            stage_id: None,
            provider_id: None,
            priority: 10,
            attempt: 0,
            max_attempts: 1,
            eta: f.db.now(),
            identity_key: before[0]["identity_key"].as_str().unwrap().into(),
            payload: None,
            create_uid: None,
            create_date: f.db.now(),
        };
        conn.begin(Mode::Write).unwrap();
        assert_eq!(job::enqueue(&mut conn, std::slice::from_ref(&new)).unwrap(), 0, "open already");
        let many: Vec<_> =
            (0..250).map(|i| job::NewJob { identity_key: format!("many:{i}"), ..new.clone() }).collect();
        assert_eq!(job::enqueue(&mut conn, &many).unwrap(), 250);
        assert_eq!(job::enqueue(&mut conn, &many).unwrap(), 0);
        conn.rollback().unwrap();
    });
}

#[test]
fn what_is_reserved_takes_the_place_of_what_has_ended_and_no_other() {
    both(|f| {
        let names: Vec<String> = (0..12).map(|i| format!("T{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &names);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let now = f.db.now() + chrono::Duration::seconds(1);
        let until = now + chrono::Duration::seconds(60);
        let claim = job::Claim { worker: "a", now, until, most: 100, calls: true, answered: &[] };
        let mut conn = f.db.pool().get().unwrap();
        let held = job::claim(&mut conn, &claim).unwrap();
        assert_eq!(held.len(), 4, "max_concurrency");
        let provider = held[0].provider_id.unwrap();
        let reserve = job::Reserve { worker: "a", now, until, provider, most: 3 };
        let ready = job::reserve(&mut conn, &reserve).unwrap();
        assert_eq!(ready.iter().map(|j| (j.is_reserved(), j.attempt())).collect::<Vec<_>>(), [(true, 0); 3]);
        let other = job::Claim { worker: "b", ..claim };
        assert!(job::claim(&mut conn, &other).unwrap().is_empty(), "no room");
        let first = job::launch(&mut conn, &[(&ready[0], &held[0])], now).unwrap();
        assert_eq!(first, [ready[0].id]);
        assert!(job::launch(&mut conn, &[(&ready[0], &held[0])], now).unwrap().is_empty(), "once only");
        let ended = [i64::from(held[0].id)];
        let mine = job::Claim { answered: &ended, ..claim };
        assert!(job::claim(&mut conn, &mine).unwrap().is_empty(), "its place was given on");
        conn.begin(Mode::Write).unwrap();
        assert!(held[..2].iter().all(|ended| job::finish(&mut conn, ended, 0, now).unwrap()));
        conn.commit().unwrap();
        let late = job::launch(&mut conn, &[(&ready[1], &held[1])], now).unwrap();
        assert!(late.is_empty(), "that place is anybody's now");
        assert_eq!(job::claim(&mut conn, &other).unwrap().len(), 1, "and somebody takes it");
        let pause = |until: Json| limit(f, json!({"paused_until": until}));
        pause(json!("2999-01-01 00:00:00"));
        assert!(job::launch(&mut conn, &[(&ready[1], &held[2])], now).unwrap().is_empty(), "left alone");
        assert!(job::reserve(&mut conn, &reserve).unwrap().is_empty());
        pause(json!(false));
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        assert!(job::launch(&mut conn, &[(&ready[1], &held[2])], now).unwrap().is_empty(), "a pause");
        let states = f.rows("ai.job", json!([["id", "=", ready[1].id]]), &["state", "attempt"]);
        assert_eq!((&states[0]["state"], &states[0]["attempt"]), (&json!("wait"), &json!(0)));
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        let again =
            job::reserve(&mut conn, &job::Reserve { now: now + chrono::Duration::seconds(9), ..reserve });
        let again = again.unwrap();
        assert_eq!(again.len(), 3);
        assert_eq!(job::give_back(&mut conn, &again).unwrap(), 3);
        let pending = f.rows("ai.job", json!([["state", "=", "pending"], ["attempt", "=", 0]]), &["id"]);
        assert_eq!(pending.len(), 12 - 4 - 1 - 1);
    });
}

#[test]
fn claims_hold_the_limits_of_each_provider() {
    both(|f| {
        let names: Vec<String> = (0..40).map(|i| format!("T{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &names);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let now = f.db.now() + chrono::Duration::seconds(1);
        let wanted = job::Claim {
            worker: "a",
            now,
            until: now + chrono::Duration::seconds(60),
            most: 100,
            calls: true,
            answered: &[],
        };
        let mut conn = f.db.pool().get().unwrap();
        let held = job::claim(&mut conn, &wanted).unwrap();
        assert_eq!(held.len(), 4, "max_concurrency");
        let other = job::Claim { worker: "b", ..wanted };
        assert!(job::claim(&mut conn, &other).unwrap().is_empty(), "it counts for all workers");
        let ended = [i64::from(held[0].id), i64::from(held[1].id)];
        let more = job::claim(&mut conn, &job::Claim { answered: &ended, ..wanted }).unwrap();
        assert_eq!(more.len(), 2, "calls that have ended make room");
        let later = now + chrono::Duration::seconds(61);
        let late = job::Claim { now: later, until: later + chrono::Duration::seconds(60), ..other };
        let taken = job::claim(&mut conn, &late).unwrap();
        assert_eq!(taken.len(), 4, "leases that ran out are free, and count no more");
        assert!(
            taken.iter().all(|j| j.attempt == Some(2) && j.lost == Some(1)),
            "lost ones first: {taken:?}"
        );
        limit(f, json!({"max_concurrency": 0}));
        let rest = job::claim(&mut conn, &job::Claim { worker: "c", ..late }).unwrap();
        assert_eq!(rest.len(), 36, "no limit, all of it");
        let beats: Vec<_> = taken.iter().map(|j| (j.id, j.attempt(), 7)).collect();
        assert_eq!(job::beat(&mut conn, "a", &beats, later).unwrap(), [] as [i32; 0], "not theirs");
        assert_eq!(job::beat(&mut conn, "b", &beats, later).unwrap().len(), 4);
    });
}
