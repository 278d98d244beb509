//! What stands still in a pause, and what is looked at when it ends.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;

use super::fixture::{Fixture, both, stage};

fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(15);
    while !holds() {
        assert!(Instant::now() < end, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn later(f: &Fixture, seconds: i64) {
    f.ahead.fetch_add(seconds * 1000, Ordering::Relaxed);
}

#[test]
fn a_gates_time_stands_still() {
    both(|f| {
        let gate = json!({"name": "Sign", "sequence": 10, "execution_mode": "manual", "requires_approval": true,
            "approval_timeout": 60});
        let project = f.project("echo:", &[gate], &[]);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let worker = f.worker();
        later(f, 50);
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        let timer = || f.rows("ai.job", json!([["kind", "=", "gate_timeout"]]), &["state", "eta"])[0].clone();
        assert_eq!(timer()["state"], "wait");
        later(f, 600);
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        let eta = timer()["eta"].as_str().unwrap().to_owned();
        let eta = chrono::NaiveDateTime::parse_from_str(&eta, "%Y-%m-%d %H:%M:%S").unwrap();
        let left = (eta - f.db.now()).num_seconds();
        assert!((5..=10).contains(&left), "ten seconds were left, not {left}");
        let escalated = || f.rows("ai.event", json!([["kind", "=", "escalated"]]), &["id"]).len();
        assert_eq!(escalated(), 0);
        later(f, 11);
        until("the escalation", || escalated() == 1);
        assert_eq!(f.read(project, "ai_state"), "approval_pending", "time never approves");
        worker.stop();
    });
}

#[test]
fn a_condition_is_looked_at_when_the_pause_ends() {
    both(|f| {
        let stages = [stage("Checked", 10, json!({"transition_condition": "params.ready"}))];
        let project = f.project("echo:", &stages, &[]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        until("the wait for the condition", || f.read(project, "ai_position") == "condition");
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        f.run(|env| env.write("project.project", &[project], json!({"ai_params": {"ready": true}})));
        assert_eq!(f.read(project, "ai_state"), "paused", "a change does not end a pause");
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        assert_eq!(f.read(project, "ai_state"), "done");
        worker.stop();
    });
}
