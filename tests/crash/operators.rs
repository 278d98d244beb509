//! The operators' view of the real binary: health, readiness, metrics and who may read them, the queue at the shell.

use std::process::Command;

use serde_json::json;

use super::kills::{HASTY, Plan, setup, text};
use super::node::until;
use super::world::{World, both};
use crate::workflow::stub::Act;

/// `workwarden job …` to its end; whether it went well, and what it said.
fn job(world: &World, args: &[&str]) -> (bool, String) {
    let data = world.home().join("data").display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_workwarden"));
    command.env_clear().env("HOME", world.home()).current_dir(world.home()).arg("job").args(args);
    let output = command
        .args(["--database-url", &world.url, "--data-dir", &data, "--log-level", "warn"])
        .output()
        .unwrap();
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn metrics_are_for_this_machine_or_for_the_token() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 2, kills: 0, bad: 0 };
        world.provider(|seen| Act::Say(text(seen)));
        let projects = setup(&world, &plan);
        let (node, client) = world.serve(&["--ops-port", "0"]);
        let server = client.base.trim_start_matches("http://").to_owned();
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        until("the end", || (super::kills::state(&world, &client, projects[0]) == "done").then_some(()));
        assert_eq!(world.get(&server, "/healthz", &[]).0, 200);
        let (status, ready) = world.get(&server, "/readyz", &[]);
        assert_eq!(status, 200, "{ready}");
        assert!(ready.contains("\"worker\":\"ok\"") && ready.contains("\"migrations\":\"ok\""), "{ready}");
        let (status, text) = world.get(&server, "/metrics", &[]);
        assert_eq!(status, 200);
        for line in [
            "workwarden_job_run_seconds_count{kind=\"task\",outcome=\"done\"} 2",
            "workwarden_job_wait_seconds_count{kind=\"task\"} 2",
            "workwarden_provider_call_seconds_count{type=\"local\",outcome=\"ok\"} 2",
            "workwarden_provider_tokens_total{type=\"local\",direction=\"prompt\"} 14",
            "workwarden_rpc_seconds_count{protocol=\"jsonrpc\",kind=\"action\"} 1",
            "workwarden_jobs{database=\"test\",state=\"pending\"} 0",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert_eq!(
            world.get(&server, "/metrics", &[("x-forwarded-for", "10.0.0.1")]).0,
            403,
            "not by a proxy"
        );
        node.stop();
        let (node, client) = world.serve(&["--metrics-token", "open-sesame"]);
        let server = client.base.trim_start_matches("http://");
        assert_eq!(world.get(server, "/metrics", &[]).0, 401);
        assert_eq!(world.get(server, "/metrics", &[("authorization", "Bearer open-says-me")]).0, 401);
        assert_eq!(world.get(server, "/metrics", &[("authorization", "Bearer open-sesame")]).0, 200);
        node.stop();
    });
}

#[test]
fn a_worker_has_a_port_for_its_operators_alone() {
    both(|world| {
        let node = world.node("worker", &["--ops-port", "0"], None);
        let address = node.address("Health and metrics").unwrap();
        node.says("Working on test").unwrap();
        assert_eq!(world.get(&address, "/healthz", &[]).0, 200);
        assert!(world.get(&address, "/readyz", &[]).1.contains("\"worker\":\"ok\""));
        assert_eq!(world.get(&address, "/metrics", &[]).0, 200);
        assert_eq!(world.get(&address, "/web/login", &[]).0, 404);
        node.stop();
    });
}

#[test]
fn jobs_at_the_shell() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 2, kills: 0, bad: 0 };
        world.provider(|_| Act::Status(401, "", "{\"error\": \"bad key\"}".into()));
        let projects = setup(&world, &plan);
        let (node, client) = world.serve(&HASTY);
        let state = || super::kills::state(&world, &client, projects[0]);
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        until("the failure", || (state() == "failed").then_some(()));
        let log = node.logged();
        let project = format!("\"project\":{}", projects[0]);
        assert!(
            log.lines().any(|l| l.contains("job failed") && l.contains(&project) && l.contains("\"job\":")),
            "{log}"
        );
        assert!(!log.contains("sk-secret"), "{log}");

        let (well, list) = job(&world, &["list", "--json", "--state", "failed"]);
        assert!(well && list.contains("401"), "{list}");
        let ids: Vec<String> = list
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 2, "{list}");
        assert!(job(&world, &["list"]).1.ends_with("2 jobs\n"));
        let (well, said) = job(&world, &["cancel", &ids[0]]);
        assert!(!well && said.contains("over already"), "{said}");
        let (well, said) = job(&world, &["retry", "999999"]);
        assert!(!well && said.contains("999999"), "{said}");

        // Both at once: the first takes the project's workflow up again, which the second is part of.
        world.provider(|seen| Act::Say(text(seen)));
        let (well, said) = job(&world, &["retry", &ids[0], &ids[1]]);
        assert!(well && said.contains("2 jobs queued again"), "{said}");
        until("the end", || (state() == "done").then_some(()));
        node.stop();
    });
}

#[test]
fn a_job_is_cancelled_at_the_shell() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 1, kills: 0, bad: 0 };
        let projects = setup(&world, &plan);
        let (node, client) = world.serve(&["--no-worker"]);
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        let id = world.rows("SELECT CAST(id AS TEXT) FROM ai_job WHERE state = 'pending'", 1)[0][0].clone();
        assert!(job(&world, &["cancel", &id]).0);
        world.until("SELECT state FROM ai_job", "cancelled");
        assert_eq!(super::kills::state(&world, &client, projects[0]), "failed");
        node.stop();
    });
}
