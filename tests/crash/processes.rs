//! Several processes on one queue: serving without working, working without serving, one stopped past its lease.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::sync::watch;
use workwarden::cli::client::Client;

use super::kills::{HASTY, Plan, finish, setup, text};
use super::node::{Fault, Node, until, within};
use super::verdict;
use super::world::{World, both};
use crate::workflow::stub::Act;

/// On PostgreSQL the workers hear of work by NOTIFY: they look by themselves once in ten minutes only. On SQLite they
/// have to look.
fn worker_args(world: &World) -> [&'static str; 4] {
    let poll = if world.is_postgres() { "600" } else { "1" };
    ["--worker-jobs", "2", "--worker-poll", poll]
}

#[test]
fn one_serves_two_work_and_the_limit_holds_for_both() {
    both(|world| {
        world.provider(|seen| Act::Slow(Duration::from_millis(120), text(seen)));
        let (server, client) = world.serve(&["--no-worker"]);
        let workers = [(); 2].map(|()| world.node("worker", &worker_args(&world), None));
        workers.iter().for_each(|worker| drop(worker.says("Working on test").unwrap()));
        let template = world.template(&client, &json!({"max_concurrency": 3}));
        let plan = Plan { projects: 2, tasks: 8, kills: 0, bad: 0 };
        let projects = world.projects(&client, template, plan.projects, plan.tasks);
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        finish(&world, &plan, &server);
        // Each worker has two places: three at one time are of both, and a fourth would have found room.
        assert_eq!(world.stub.most_running(), 3);
        let who = world.rows("SELECT DISTINCT worker FROM ai_job WHERE kind = 'task'", 1);
        assert_eq!(who.len(), 2, "{who:?}");
        workers.into_iter().for_each(|worker| worker.stop());
        server.stop();
        verdict::all_is_well(&world, plan.projects, plan.tasks);
    });
}

/// Two workers on one provider with these limits; `calls` are made of 12 that are wanted, and no more.
fn held_back(world: &World, limits: &Json, calls: usize) -> (Vec<Node>, Client) {
    let (server, client) = world.serve(&["--no-worker"]);
    let mut nodes = Vec::from([(); 2].map(|()| world.node("worker", &worker_args(world), None)));
    nodes.iter().for_each(|worker| drop(worker.says("Working on test").unwrap()));
    let template = world.template(&client, limits);
    let projects = world.projects(&client, template, 2, 6);
    world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
    until("the calls that are allowed", || (world.stub.seen().len() >= calls).then_some(()));
    let more = within(Duration::from_millis(1500), || (world.stub.seen().len() > calls).then_some(()));
    assert!(more.is_none(), "{} calls, not {calls}", world.stub.seen().len());
    nodes.push(server);
    (nodes, client)
}

#[test]
fn calls_a_minute_are_counted_across_processes() {
    both(|world| {
        world.provider(|seen| Act::Say(text(seen)));
        let (nodes, _) = held_back(&world, &json!({"requests_per_minute": 5}), 5);
        nodes.into_iter().for_each(Node::stop);
    });
}

#[test]
fn tokens_a_minute_are_counted_across_processes() {
    both(|world| {
        world.provider(|seen| Act::Say(text(seen)));
        // An answer costs 12: the third is the last that finds tokens left.
        let limits = json!({"tokens_per_minute": 30, "max_concurrency": 1});
        let (nodes, _) = held_back(&world, &limits, 3);
        nodes.into_iter().for_each(Node::stop);
    });
}

#[test]
fn a_provider_that_asks_for_a_pause_gets_it_from_all() {
    both(|world| {
        let mut calls = 0;
        world.provider(move |seen| {
            calls += 1;
            match calls {
                1 => Act::Status(429, "retry-after: 3000\r\n", "{}".into()),
                _ => Act::Say(text(seen)),
            }
        });
        let (nodes, client) = held_back(&world, &json!({"max_concurrency": 1}), 1);
        let paused = world.rows("SELECT CAST(paused_until AS TEXT) FROM ai_provider WHERE name = 'Stub'", 1);
        assert!(!paused[0][0].is_empty());
        // Somebody knows better: all but the one that was refused go on.
        let stubs = world.call(&client, "ai.provider", "search", json!([[["name", "=", "Stub"]]])).unwrap();
        world.call(&client, "ai.provider", "write", json!([stubs, {"paused_until": false}])).unwrap();
        let done = "SELECT CAST(count(*) AS TEXT) FROM ai_job WHERE kind = 'task' AND state = 'done'";
        until("the others", || (world.rows(done, 1)[0][0] == "11").then_some(()));
        nodes.into_iter().for_each(Node::stop);
    });
}

#[test]
fn commands_end_with_a_server_that_is_killed() {
    both(|world| {
        let nap = format!("96{}{}", std::process::id(), u8::from(world.is_postgres()));
        let file = world.home().join("with-commands.toml");
        let command = format!(
            "[cli.commands.nap]\nargv = ['/bin/sh', '-c', 'sleep {nap} & sleep {nap}']\ntimeout = 300\n"
        );
        std::fs::write(&file, command).unwrap();
        let (node, client) = world.serve(&["--config", &file.display().to_string()]);
        let create = |model: &str, values: Json| {
            world.call(&client, model, "create", json!([values])).unwrap().as_i64().unwrap()
        };
        let prompt = create("ai.template", json!({"name": "P", "code": "p", "user_prompt": "Go on."}));
        let stage = json!([0, 0, {"name": "Nap", "execution_mode": "cli_loop", "cli_command": "nap",
            "ai_template_id": prompt}]);
        let template = create("ai.project.template", json!({"name": "T", "code": "t", "stage_ids": [stage]}));
        let project = create("project.project", json!({"name": "Nap", "ai_template_id": template}));
        world.call(&client, "project.project", "action_start_workflow", json!([[project]])).unwrap();
        let line = format!("sleep\0{nap}\0").into_bytes();
        let naps = || {
            let all = std::fs::read_dir("/proc").unwrap().flatten();
            all.filter(|p| std::fs::read(p.path().join("cmdline")).unwrap_or_default() == line).count()
        };
        until("two that sleep", || (naps() == 2).then_some(()));
        node.kill();
        until("nobody who sleeps", || (naps() == 0).then_some(()));
    });
}

#[test]
fn who_was_stopped_past_its_lease_comes_too_late() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 1, kills: 0, bad: 0 };
        let mut calls = 0;
        world.provider(move |seen| {
            calls += 1;
            Act::Say(format!("{}, call {calls}", text(seen)))
        });
        let projects = setup(&world, &plan);
        // It has its answer and is about to store it. On SQLite before it begins to write, or nobody else could.
        let point = if world.is_postgres() { "store" } else { "answered" };
        let fault = Fault::at(world.home(), point, 1);
        let slow = world.node("serve", &[&HASTY[..], &["--http-port", "0"]].concat(), Some(&fault));
        let address = slow.address("Serving ").unwrap();
        let client = world.client(&address).unwrap();
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        until("the answer at the first server", || fault.is_reached().then_some(()));
        slow.signal("STOP");
        let (other, _) = world.serve(&HASTY);
        finish(&world, &plan, &other);
        fault.release();
        slow.signal("CONT");
        let refused = ["the result came too late and was refused", "job is not held any more"];
        // On PostgreSQL it is in the middle of storing: its heartbeat may notice too, but the result is refused.
        let sure = if world.is_postgres() { &refused[..1] } else { &refused[..] };
        until("the refusal", || {
            let log = slow.logged();
            sure.iter().any(|line| log.contains(line)).then_some(())
        });
        slow.stop();
        other.stop();
        verdict::all_is_well(&world, 1, 1);
        world.until(
            "SELECT content FROM ai_artifact WHERE task_id IS NOT NULL",
            "Text: Task 0 of Project 0, call 2",
        );
        world.until("SELECT CAST(lost AS TEXT) FROM ai_job WHERE kind = 'task'", "1");
    });
}

#[test]
fn sigterm_lets_a_call_end_and_takes_nobody_new() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 2, kills: 0, bad: 0 };
        let (go, told) = watch::channel(false);
        world.provider(move |seen| Act::When(told.clone(), text(seen)));
        let projects = setup(&world, &plan);
        let args = ["--http-port", "0", "--ops-port", "0", "--worker-jobs", "1", "--worker-grace", "60"];
        let mut node = world.node("serve", &args, None);
        let ops = node.address("Health and metrics at ").unwrap();
        let client = world.client(&node.address("Serving ").unwrap()).unwrap();
        assert_eq!(world.get(&ops, "/readyz", &[]).0, 200);
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        until("the call", || (!world.stub.seen().is_empty()).then_some(()));
        node.signal("TERM");
        let address = client.base.trim_start_matches("http://").to_owned();
        until("a closed door", || std::net::TcpStream::connect(&address).is_err().then_some(()));
        assert!(node.ended().is_none(), "it waits for the call");
        let (status, body) = world.get(&ops, "/readyz", &[]);
        assert!(status == 503 && body.contains("draining"), "{status} {body}");
        assert_eq!(world.get(&ops, "/healthz", &[]).0, 200);
        go.send_replace(true);
        let status = until("the end", || node.ended());
        assert!(status.success(), "{status}: {}", node.logged());
        // What was in hand is stored, what was not is not begun.
        world.until("SELECT CAST(count(*) AS TEXT) FROM ai_artifact", "1");
        world.until("SELECT CAST(count(*) AS TEXT) FROM ai_job WHERE state = 'pending' AND attempt = 0", "1");
        assert_eq!(world.stub.seen().len(), 1);
        let (node, _) = world.serve(&HASTY);
        finish(&world, &plan, &node);
        node.stop();
        verdict::all_is_well(&world, 1, 2);
    });
}

#[test]
fn what_does_not_end_within_the_grace_is_released() {
    both(|world| {
        let plan = Plan { projects: 1, tasks: 1, kills: 0, bad: 0 };
        world.provider(|_| Act::Hang);
        let projects = setup(&world, &plan);
        let (node, client) = world.serve(&["--worker-lease", "600", "--worker-grace", "1"]);
        let all = json!([[], {"timeout": 600, "first_byte_timeout": 600}]);
        let providers = world.call(&client, "ai.provider", "search", json!([[]])).unwrap();
        world.call(&client, "ai.provider", "write", json!([providers, all[1]])).unwrap();
        world.call(&client, "project.project", "action_start_workflow", json!([projects])).unwrap();
        until("the call", || (!world.stub.seen().is_empty()).then_some(()));
        node.stop();
        // With such a lease nobody could have taken it over: it was given back, and cost no attempt.
        world.until("SELECT state || ' ' || CAST(attempt AS TEXT) FROM ai_job", "pending 0");
        world.until("SELECT ai_state FROM project_task WHERE project_id IS NOT NULL", "queued");
        world.provider(|seen| Act::Say(text(seen)));
        let (node, _) = world.serve(&HASTY);
        finish(&world, &plan, &node);
        node.stop();
        verdict::all_is_well(&world, 1, 1);
    });
}
