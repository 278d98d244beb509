//! How stages follow each other: frozen plans, pointers, cycles over gates, failures that leave others running,
//! providers in their order, timers that survive a restart.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::fixture::{Fixture, both, stage};
use super::stub::{Act, Stub};

fn entered(f: &Fixture, project: i64) -> Vec<String> {
    let events = f.rows(
        "ai.event",
        json!([["project_id", "=", project], ["kind", "=", "stage_entered"]]),
        &["message"],
    );
    let name = |e: &Json| e["message"].as_str().unwrap().split('"').nth(1).unwrap().to_string();
    events.iter().map(name).collect()
}

fn stage_id(f: &Fixture, name: &str) -> i64 {
    f.rows("ai.project.stage", json!([["name", "=", name]]), &["id"])[0]["id"].as_i64().unwrap()
}

/// Makes one stage the next of another.
fn point(f: &Fixture, from: &str, to: &str) {
    let (from, to) = (stage_id(f, from), stage_id(f, to));
    f.run(|env| env.write("ai.project.stage", &[from], json!({"next_stage_id": to})));
}

#[test]
fn a_run_keeps_the_stages_it_began_with() {
    both(|f| {
        let project = f.project("echo:100", &[stage("One", 10, json!({})), stage("Two", 20, json!({}))], &[]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.run(|env| {
            let two = env.search("ai.project.stage", json!([["name", "=", "Two"]]))?;
            env.write("ai.project.stage", &two, json!({"requires_approval": true, "name": "Changed"}))?;
            let template = env.search("ai.project.template", json!([["code", "=", "t"]]))?;
            let values = json!({"name": "Three", "sequence": 30, "execution_mode": "manual"});
            let mut values = values.as_object().unwrap().clone();
            values.insert("template_id".into(), template[0].into());
            env.create("ai.project.stage", Json::Object(values))
        });
        let changed = stage_id(f, "Changed");
        let e = f.run_as(2, |env| env.unlink("ai.project.stage", &[changed])).unwrap_err();
        assert!(e.message.contains("belongs to the current run"), "{e}");
        f.wait(project, "done");
        assert_eq!(entered(f, project), ["One", "Two"]);
        // A stage without tasks makes one named after it.
        let tasks = f.rows("project.task", json!([["project_id", "=", project]]), &["name"]);
        assert_eq!(tasks.iter().map(|t| t["name"].as_str().unwrap()).collect::<Vec<_>>(), ["One", "Two"]);
        f.act(project, "action_reset_workflow", json!({})).unwrap();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        assert_eq!(entered(f, project)[2..], ["One", "Changed"]);
    });
}

#[test]
fn pointers_finals_and_equal_sequences() {
    both(|f| {
        let stages = [
            stage("A", 10, json!({})),
            stage("Skipped", 20, json!({})),
            stage("Gate", 30, json!({"requires_approval": true})),
            stage("Twin", 30, json!({})),
            stage("End", 40, json!({"is_final": true})),
            stage("Never", 50, json!({})),
        ];
        let project = f.project("echo:", &stages, &[]);
        point(f, "A", "Gate");
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        assert_eq!(entered(f, project), ["A", "Gate"], "a second stage of the same sequence is no way round");
        f.act(project, "action_approve_stage", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        assert_eq!(entered(f, project), ["A", "Gate", "Twin", "End"]);
        assert_eq!(f.read(project, "ai_progress"), 100);
    });
}

#[test]
fn a_cycle_over_a_gate_goes_round() {
    both(|f| {
        let stages = [
            stage("Draft", 10, json!({})),
            stage(
                "Judge",
                20,
                json!({"requires_approval": true, "transition_condition": "not params.enough"}),
            ),
        ];
        let project = f.project("echo:", &stages, &[]);
        point(f, "Judge", "Draft");
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        f.act(project, "action_approve_stage", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        assert_eq!(entered(f, project), ["Draft", "Judge", "Draft", "Judge"]);
        let drafts = f.rows("ai.artifact", json!([["name", "=", "Draft"]]), &["version", "active"]);
        assert_eq!(drafts.len(), 2, "what the stage made is made anew: {drafts:?}");
        let progress = f.read(project, "ai_progress").as_i64().unwrap();
        assert!((0..100).contains(&progress), "{progress}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failed_task_leaves_the_others_running() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            let refusal = Act::Status(400, "", "{\"error\": \"no\"}".into());
            let slow = Act::Slow(Duration::from_millis(300), "Text.".into());
            stub.then([refusal, slow]);
            let stages = [stage("Write", 10, json!({})), stage("Next", 20, json!({}))];
            let project = f.project(&stub.url, &stages, &["A", "B", "C"]);
            let worker = f.worker();
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "failed");
            let states = || {
                let domain = json!([["project_id", "=", project], ["name", "in", ["A", "B", "C"]]]);
                let tasks = f.rows("project.task", domain, &["name", "ai_state", "ai_attempts"]);
                tasks.iter().map(|t| t["ai_state"].as_str().unwrap().to_string()).collect::<Vec<_>>()
            };
            assert_eq!(states().iter().filter(|s| *s == "done").count(), 2, "{:?}", states());
            let error = f.read(project, "ai_error").as_str().unwrap().to_string();
            assert_eq!(error.matches("Task \"").count(), 1, "names the failed one: {error}");
            let progress = f.read(project, "ai_progress").as_i64().unwrap();
            f.act(project, "action_retry_workflow", json!({})).unwrap();
            f.wait(project, "done");
            worker.stop();
            assert!(states().iter().all(|s| s == "done") && progress == 33, "{progress}");
            let versions = f.rows("ai.artifact", json!([["name", "in", ["A", "B", "C"]]]), &["version"]);
            assert_eq!(versions.len(), 3, "what was done is not made again");
        });
    });
}

#[test]
fn a_delay_survives_the_end_of_the_worker() {
    both(|f| {
        let stages = [stage("One", 10, json!({"transition_delay": 2})), stage("Two", 20, json!({}))];
        let project = f.project("echo:", &stages, &[]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        while f.read(project, "ai_position") != "delay" {
            std::thread::sleep(Duration::from_millis(20));
        }
        worker.stop();
        let timer = f.rows("ai.job", json!([["kind", "=", "delay"]]), &["state", "eta"]);
        assert_eq!((timer.len(), &timer[0]["state"]), (1, &json!("pending")));
        let worker = f.worker();
        f.wait(project, "done");
        worker.stop();
        let job = f.rows("ai.job", json!([["kind", "=", "delay"]]), &["state", "eta", "date_started"]);
        assert_eq!(job[0]["state"], "done");
        assert!(job[0]["date_started"].as_str() >= job[0]["eta"].as_str(), "not before: {job:?}");
    });
}

#[test]
fn next_stage_leaves_a_delay_and_its_timer_behind() {
    both(|f| {
        let stages = [stage("One", 10, json!({"transition_delay": 3600})), stage("Two", 20, json!({}))];
        let project = f.project("echo:", &stages, &[]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        while f.read(project, "ai_position") != "delay" {
            std::thread::sleep(Duration::from_millis(20));
        }
        f.act(project, "action_next_stage", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        assert_eq!(f.rows("ai.job", json!([["kind", "=", "delay"]]), &["state"])[0]["state"], "cancelled");
    });
}

#[test]
fn providers_in_their_order() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &["A"]);
        let provider = |name: &str, sequence: i64| {
            f.run(|env| {
                let values = json!({"name": name, "provider_type": "local", "api_base": "echo:", "sequence": sequence});
                env.create("ai.provider", values)
            })
        };
        let (of_stage, of_project, first) =
            (provider("Stage", 50), provider("Project", 40), provider("First", 1));
        let stage = stage_id(f, "Write");
        let template = f.rows("ai.project.template", json!([["code", "=", "t"]]), &["id"])[0]["id"].clone();
        let template = template.as_i64().unwrap();
        let write = |model: &str, id: i64, values: Json| f.run(|env| env.write(model, &[id], values.clone()));
        write("ai.project.stage", stage, json!({"provider_id": of_stage}));
        write("project.project", project, json!({"ai_provider_id": of_project}));
        let worker = f.worker();
        let used = || {
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "done");
            let last = f.rows("ai.job", json!([["kind", "=", "task"]]), &["provider_id"]);
            f.act(project, "action_reset_workflow", json!({})).unwrap();
            last.last().unwrap()["provider_id"][1].as_str().unwrap().to_string()
        };
        assert_eq!(used(), "Stage");
        write("ai.project.stage", stage, json!({"provider_id": false}));
        assert_eq!(used(), "Project");
        write("project.project", project, json!({"ai_provider_id": false}));
        assert_eq!(used(), "Stub", "the template's default");
        write("ai.project.template", template, json!({"default_provider_id": false}));
        assert_eq!(used(), "First", "lowest sequence");
        write("ai.provider", first, json!({"active": false}));
        assert_ne!(used(), "First", "an inactive one is skipped here");
        write("project.project", project, json!({"ai_provider_id": first}));
        let e = f.act(project, "action_start_workflow", json!({})).unwrap_err();
        assert!(e.message.contains("\"First\" is not active"), "elsewhere it is an error that names it: {e}");
        worker.stop();
    });
}
