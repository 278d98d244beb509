//! Runs that do not go well: failing providers, bad answers, lost workers, pauses, cancellations, refusals.

use std::time::Duration;

use serde_json::{Value as Json, json};
use workwarden::db::{Mode, job};
use workwarden::workflow::WorkerOptions;

use super::fixture::{Fixture, both, stage};
use super::stub::{Act, Stub};

/// Runs the body on both databases with a stub that acts so.
async fn with_stub(acts: Vec<Act>, body: impl Fn(&Fixture, &Stub)) {
    let stub = Stub::start(acts.clone()).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then(acts.clone());
            body(f, &stub);
        });
    });
}

fn status(code: u16) -> Act {
    Act::Status(code, "retry-after: 0\r\n", "{\"error\": {\"message\": \"no\"}}".into())
}

fn one(f: &Fixture, stub: &Stub, more: Json) -> i64 {
    let project = f.project(&stub.url, &[stage("Write", 10, more)], &["Page"]);
    f.act(project, "action_start_workflow", json!({})).unwrap();
    project
}

fn task(f: &Fixture, project: i64) -> Json {
    let fields = ["name", "ai_state", "ai_error", "ai_attempts", "ai_content"];
    f.rows("project.task", json!([["project_id", "=", project]]), &fields)[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_again_and_succeeds() {
    with_stub(vec![status(429), status(500), Act::Say("At last.".into())], |f, stub| {
        let worker = f.worker();
        let project = one(f, stub, json!({}));
        f.wait(project, "done");
        worker.stop();
        let task = task(f, project);
        assert_eq!(
            (&task["ai_attempts"], &task["ai_error"], &task["ai_content"]),
            (&json!(3), &json!(false), &json!("At last."))
        );
        assert_eq!(f.rows("ai.artifact", json!([]), &["id"]).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fails_for_good_and_is_retried() {
    with_stub(
        vec![Act::Status(401, "", "{\"error\": \"bad key sk-secret-of-the-test\"}".into())],
        |f, stub| {
            let worker = f.worker();
            let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &["Page", "Other"]);
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "failed");
            let error = f.read(project, "ai_error").as_str().unwrap().to_string();
            assert!(
                error.contains("\"Page\"") && error.contains("\"Other\"") && error.contains("401"),
                "{error}"
            );
            assert!(!error.contains("secret-of"), "{error}");
            assert_eq!(task(f, project)["ai_attempts"], 1, "final errors are not tried again");
            stub.then([Act::Say("Fine.".into())]);
            f.act(project, "action_retry_workflow", json!({})).unwrap();
            f.wait(project, "done");
            worker.stop();
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_up_after_its_attempts() {
    with_stub(vec![status(503)], |f, stub| {
        let worker = f.worker();
        let project = one(f, stub, json!({}));
        f.wait(project, "failed");
        worker.stop();
        assert_eq!(task(f, project)["ai_attempts"], 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_the_model_what_was_wrong() {
    with_stub(vec![Act::Say("no list, sorry".into()), Act::Say("```json\n[\"a\"]\n```".into())], |f, stub| {
        let worker = f.worker();
        let project = f.run(|env| {
            let prompt = json!({"name": "List", "code": "list", "user_prompt": "List.", "output_format": "json",
                "output_schema": {"type": "array", "items": {"type": "string"}}, "artifact_type": "data"});
            env.create("ai.template", prompt)
        });
        let stages = [stage("List", 10, json!({"ai_template_id": project}))];
        let project = f.project(&stub.url, &stages, &["Page"]);
        // Back-off is seconds; the queue is told to hurry.
        f.act(project, "action_start_workflow", json!({})).unwrap();
        hurry(f);
        f.wait(project, "done");
        worker.stop();
        let second = stub.seen().last().unwrap().body["messages"][0]["content"].as_str().unwrap().to_string();
        assert!(second.contains("could not be used") && second.contains("not JSON"), "{second}");
        assert_eq!(task(f, project)["ai_content"], "[\n  \"a\"\n]");
    })
    .await;
}

/// Waits for the first failed attempt and makes the next one due.
fn hurry(f: &Fixture) {
    for _ in 0..200 {
        let touched = f.run(|env| {
            let sql = workwarden::db::Sql::of(
                "UPDATE ai_job SET eta = date_started WHERE state = 'pending' AND error IS NOT NULL",
            );
            env.execute(&sql)
        });
        if touched > 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_lets_finish_and_starts_nothing() {
    with_stub(vec![Act::Slow(Duration::from_millis(700), "Slow.".into())], |f, stub| {
        let worker = f.worker();
        let stages = [stage("Write", 10, json!({})), stage("Next", 20, json!({}))];
        let project = f.project(&stub.url, &stages, &["Page"]);
        let before = stub.seen().len();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        while stub.seen().len() == before {
            std::thread::sleep(Duration::from_millis(10));
        }
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(task(f, project)["ai_state"], "done", "work in flight is stored");
        assert_eq!((f.read(project, "ai_state"), stub.seen().len()), (json!("paused"), before + 1));
        let e = f.act(project, "action_next_stage", json!({})).unwrap_err();
        assert!(e.message.contains("paused"), "{e}");
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        assert_eq!(stub.seen().len(), before + 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_refuses_what_comes_late_and_reset_begins_anew() {
    with_stub(vec![Act::Slow(Duration::from_millis(500), "Late.".into())], |f, stub| {
        let worker = f.worker();
        let before = stub.seen().len();
        let project = one(f, stub, json!({}));
        while stub.seen().len() == before {
            std::thread::sleep(Duration::from_millis(10));
        }
        f.act(project, "action_cancel_workflow", json!({})).unwrap();
        assert_eq!(f.read(project, "ai_error"), "cancelled");
        std::thread::sleep(Duration::from_millis(1000));
        assert!(f.rows("ai.artifact", json!([]), &["id"]).is_empty());
        f.act(project, "action_retry_workflow", json!({})).unwrap();
        f.wait(project, "done");
        f.act(project, "action_reset_workflow", json!({})).unwrap();
        assert_eq!(
            (f.read(project, "ai_state"), f.read(project, "stage_id")),
            (json!("draft"), json!(false))
        );
        assert_eq!(f.rows("ai.artifact", json!([]), &["active"]), [json!({"id": 1, "active": false})]);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "done");
        assert_eq!(f.rows("ai.artifact", json!([]), &["version"])[1]["version"], 2);
        worker.stop();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_workers_job_is_taken_over_and_its_late_result_refused() {
    with_stub(vec![Act::Say("Taken over.".into())], |f, stub| {
        let project = one(f, stub, json!({}));
        let now = f.db.now();
        let mut conn = f.db.pool().get().unwrap();
        let until = now + chrono::Duration::milliseconds(300);
        let lost = job::Claim { worker: "lost", now, until, most: 5, calls: true, answered: &[] };
        assert!(job::claim(&mut conn, &job::Claim { calls: false, ..lost }).unwrap().is_empty(), "not quick");
        let claimed = job::claim(&mut conn, &lost).unwrap();
        assert_eq!(claimed.len(), 1);
        assert!(job::claim(&mut conn, &job::Claim { worker: "other", ..lost }).unwrap().is_empty(), "held");
        let worker =
            f.worker_with(WorkerOptions { lease: Duration::from_secs(2), ..WorkerOptions::default() });
        f.wait(project, "done");
        worker.stop();
        conn.begin(Mode::Write).unwrap();
        assert!(!job::finish(&mut conn, &claimed[0], 0, f.db.now()).unwrap(), "the late result");
        conn.commit().unwrap();
        let jobs = f.rows("ai.job", json!([["kind", "=", "task"]]), &["attempt", "lost", "state"]);
        assert_eq!(jobs, [json!({"id": jobs[0]["id"], "attempt": 2, "lost": 1, "state": "done"})]);
        assert_eq!(f.rows("ai.artifact", json!([]), &["id"]).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_max_concurrency_and_stops_gracefully() {
    with_stub(vec![Act::Slow(Duration::from_millis(150), "Text.".into())], |f, stub| {
        let names: Vec<String> = (0..10).map(|i| format!("Task {i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &names);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "done");
        assert!((2..=4).contains(&stub.most_running()), "{}", stub.most_running());
        worker.stop();

        stub.then([Act::Hang]);
        f.act(project, "action_reset_workflow", json!({})).unwrap();
        let before = stub.seen().len();
        let worker =
            f.worker_with(WorkerOptions { grace: Duration::from_millis(200), ..WorkerOptions::default() });
        f.act(project, "action_start_workflow", json!({})).unwrap();
        while stub.seen().len() < before + 4 {
            std::thread::sleep(Duration::from_millis(10));
        }
        worker.stop();
        let started = f.rows("ai.job", json!([["state", "=", "started"]]), &["id"]);
        assert!(started.is_empty(), "released: {started:?}");
        stub.then([Act::Say("Text.".into())]);
        let worker = f.worker();
        f.wait(project, "done");
        worker.stop();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_a_minute_make_jobs_wait() {
    with_stub(vec![Act::Say("Text.".into())], |f, stub| {
        let project = f.project(&stub.url, &[stage("Write", 10, json!({}))], &["A", "B", "C", "D"]);
        f.run(|env| {
            let all = env.search("ai.provider", json!([]))?;
            env.write("ai.provider", &all, json!({"requests_per_minute": 2}))
        });
        let before = stub.seen().len();
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(stub.seen().len() - before, 2);
        assert_eq!(f.read(project, "ai_state"), "running");
        f.run(|env| {
            let all = env.search("ai.provider", json!([]))?;
            env.write("ai.provider", &all, json!({"requests_per_minute": 0}))
        });
        f.wait(project, "done");
        worker.stop();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_asks_people_and_asks_again() {
    with_stub(vec![Act::Say("Text.".into())], |f, stub| {
        let worker = f.worker();
        let project = one(f, stub, json!({"requires_approval": true, "approval_timeout": 1}));
        f.wait(project, "approval_pending");
        let asked = || {
            f.rows("mail.activity", json!([["res_model", "=", "project.project"]]), &["summary", "user_id"])
        };
        assert_eq!(asked().len(), 1, "{:?}", asked());
        assert_eq!(asked()[0]["user_id"][0], 2);
        std::thread::sleep(Duration::from_millis(2500));
        let escalated = f.rows("ai.event", json!([["kind", "=", "escalated"]]), &["message"]);
        assert_eq!((escalated.len(), asked().len()), (1, 2));
        assert_eq!(f.read(project, "ai_state"), "approval_pending", "time never approves");
        f.act(project, "action_approve_stage", json!({})).unwrap();
        assert_eq!((f.read(project, "ai_state"), asked().len()), (json!("done"), 0));
        worker.stop();
    })
    .await;
}
