//! Old jobs go, by the worker's own clock; what a run still stands on stays.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use workwarden::workflow::WorkerOptions;

use super::fixture::{Fixture, both, stage};
use super::stub::{Act, Stub};

const DAY: i64 = 24 * 3600 * 1000;

fn jobs(f: &Fixture, project: i64) -> usize {
    f.rows("ai.job", json!([["project_id", "=", project]]), &["state"]).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_go_after_their_days_but_not_those_of_a_gate() {
    let stub = Stub::start([Act::Say("A text.".into())]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            let stages = [
                stage("First", 10, json!({})),
                stage("Second", 20, json!({"requires_approval": true, "is_final": true})),
            ];
            let project = f.project(&format!("{}/v1", stub.url), &stages, &["One"]);
            let kept = WorkerOptions { retention: 30, ..WorkerOptions::default() };
            let worker = f.worker_with(kept.clone());
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "approval_pending");
            worker.stop();
            let all = jobs(f, project);
            assert_eq!(all, 2, "one for each stage");

            f.ahead.store(29 * DAY, Ordering::Relaxed);
            f.worker_with(kept.clone()).stop();
            assert_eq!(jobs(f, project), all, "not before their time");

            f.ahead.store(31 * DAY, Ordering::Relaxed);
            let worker = f.worker_with(kept.clone());
            until(|| jobs(f, project) < all);
            assert_eq!(jobs(f, project), 1, "the gate's own stage is read from its jobs");
            f.act(project, "action_approve_stage", json!({})).unwrap();
            f.wait(project, "done");
            worker.stop();

            f.ahead.store(62 * DAY, Ordering::Relaxed);
            let forever = f.worker_with(WorkerOptions { retention: 0, ..kept.clone() });
            forever.stop();
            assert_eq!(jobs(f, project), 1, "0 keeps them");
            let worker = f.worker_with(kept);
            until(|| jobs(f, project) == 0);
            worker.stop();
        });
    });
}

fn until(mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < end, "it did not happen");
        std::thread::yield_now();
    }
}
