//! Stages of mode cli_loop: off unless configured, no shell, limits, every iteration stored, nothing left running.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::config::{Config, Settings};
use workwarden::workflow::{WorkerOptions, allow_commands};

use super::fixture::{Fixture, both, stage};

/// The commands are the process's: one of these tests at a time.
static ONE: Mutex<()> = Mutex::new(());

/// What the operator's file says. Each command is a script given to sh as an argument; no shell is ours.
fn configured(commands: &[(&str, &str)], directory: &str) -> PathBuf {
    let mut text = String::from("data_dir = '/nowhere'\n");
    for (name, script) in commands {
        text.push_str(&format!(
            "[cli.commands.{name}]\nargv = ['/bin/sh', '-c', '{script}']\ntimeout = 2\nmax_output_kib = 64\n\
             env = {{ FLAVOUR = 'plain' }}\n"
        ));
    }
    let settings: Settings = toml::from_str(&text).unwrap();
    let path = std::env::temp_dir().join(format!("ww_test_cli_{}_{directory}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    allow_commands(Config::new(settings).unwrap().commands, path.clone());
    path
}

fn project(f: &Fixture, command: &str, more: Json) -> i64 {
    let mut values = json!({"execution_mode": "cli_loop", "cli_command": command, "max_iterations": 4});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let prompt = f.run(|env| {
        env.create(
            "ai.template",
            json!({"name": "L", "code": "loop",
                "user_prompt": "Mend {{ project.name }}.{% if previous %} Last: {{ previous }}{% endif %}\
                    {% if feedback %} Asked: {{ feedback }}{% endif %}"}),
        )
    });
    values["ai_template_id"] = prompt.into();
    f.project("echo:", &[stage("Loop", 10, values)], &[])
}

/// The project's directory, in the one of its database.
fn own(root: &std::path::Path, project: i64) -> PathBuf {
    let databases: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(databases.len(), 1, "{databases:?}");
    databases[0].join(project.to_string())
}

fn logs(f: &Fixture, project: i64) -> Vec<Json> {
    let domain = json!([["project_id", "=", project], ["artifact_type", "=", "log"]]);
    f.rows("ai.artifact", domain, &["content", "version", "active"])
}

fn locked() -> std::sync::MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn off_unless_configured_and_known_by_name() {
    let _one = locked();
    both(|f| {
        allow_commands(BTreeMap::new(), PathBuf::from("/nowhere"));
        let project = project(f, "count; rm -rf /", json!({}));
        let refused = || f.act(project, "action_start_workflow", json!({})).unwrap_err().message;
        assert!(
            refused().contains("does not allow") && refused().contains("[cli.commands]"),
            "{}",
            refused()
        );
        configured(&[("count", "true")], "known");
        assert!(refused().contains("no command \"count; rm -rf /\"") && refused().contains("It has: count"));
        assert_eq!(f.read(project, "ai_state"), "draft");
    });
}

#[test]
fn runs_until_it_says_that_it_is_done() {
    let _one = locked();
    both(|f| {
        // Its directory is its own and stays between iterations; the prompt comes on standard input.
        let script = "cat; echo; echo x >> seen; echo it=$WORKWARDEN_ITERATION $FLAVOUR home=$HOME \
            $(ls | tr \"\\n\" \" \") >&2; test $(wc -l < seen) = 3 && echo WORKWARDEN_DONE; exit 0";
        let root = configured(&[("count", script)], "until");
        let worker = f.worker();
        let project = project(f, "count", json!({}));
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        let logs = logs(f, project);
        let text = |i: usize| logs[i]["content"].as_str().unwrap().to_string();
        assert_eq!(logs.iter().map(|l| l["version"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(
            text(0).contains("Mend Bakery.\n") && text(0).contains("it=1 plain home= seen"),
            "{}",
            text(0)
        );
        assert!(text(1).contains("Last: Mend Bakery."), "{}", text(1));
        assert!(text(2).contains("WORKWARDEN_DONE"));
        assert!(own(&root, project).join("seen").is_file());
        let events = f.rows("ai.event", json!([["kind", "=", "iteration"]]), &["message"]);
        assert_eq!(events.len(), 3, "{events:?}");
    });
}

#[test]
fn has_limits_of_iterations_time_and_output() {
    let _one = locked();
    both(|f| {
        configured(
            &[
                ("never", "echo WORKWARDEN_DONE no; exit 0"),
                ("wrong", "echo WORKWARDEN_DONE; exit 3"),
                ("slow", "sleep 60"),
                ("loud", "yes"),
                ("bare", "echo WORKWARDEN_DONE"),
            ],
            "limits",
        );
        let worker = f.worker();
        for (command, words, stored) in [
            ("never", "did not say that it is done within 2 iterations", 2),
            ("wrong", "did not say that it is done within 2 iterations", 2),
            ("loud", "wrote more than 64 KiB", 0),
        ] {
            let project = project(f, command, json!({"max_iterations": 2}));
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "failed");
            let error = f.read(project, "ai_error");
            assert!(error.as_str().unwrap().contains(words), "{command}: {error}");
            assert_eq!(logs(f, project).len(), stored, "{command}");
            f.run(|env| {
                let prompts = env.search("ai.template", json!([["code", "in", ["loop", "p"]]]))?;
                for (n, id) in prompts.iter().enumerate() {
                    env.write("ai.template", &[*id], json!({"code": format!("{command}-{n}")}))?;
                }
                let templates = env.search("ai.project.template", json!([["code", "=", "t"]]))?;
                env.write("ai.project.template", &templates, json!({"code": command}))
            });
        }
        // Too slow is tried again later.
        let project = project(f, "slow", json!({}));
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let until = Instant::now() + Duration::from_secs(15);
        let job = loop {
            let jobs =
                f.rows("ai.job", json!([["project_id", "=", project]]), &["state", "error_name", "attempt"]);
            if jobs[0]["error_name"] != json!(false) {
                break jobs[0].clone();
            }
            assert!(Instant::now() < until, "{jobs:?}");
            std::thread::sleep(Duration::from_millis(50));
        };
        assert_eq!((&job["error_name"], &job["attempt"]), (&json!("timeout"), &json!(1)));
        f.act(project, "action_cancel_workflow", json!({})).unwrap();
        worker.stop();
    });
}

/// Whether a process of ours runs `sleep` for so many seconds.
fn sleeps(seconds: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        line == format!("sleep\0{seconds}\0").into_bytes()
    })
}

fn until(what: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(15);
    while !what() {
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_restart_goes_on_and_nothing_is_left_running() {
    let _one = locked();
    both(|f| {
        // The first iteration ends, the second hangs with a child; once a file is there, it ends.
        let pid = std::process::id();
        let nap = format!("97{pid}");
        let script = format!(
            "echo n=$WORKWARDEN_ITERATION; test $WORKWARDEN_ITERATION = 1 && exit 0; \
             test -f go && echo WORKWARDEN_DONE && exit 0; sleep {nap} & sleep {nap}"
        );
        let root = configured(&[("hang", &script.replace("timeout", ""))], "restart");
        let mut commands = BTreeMap::new();
        let settings: Settings = toml::from_str(&format!(
            "data_dir = '/nowhere'\n[cli.commands.hang]\nargv = ['/bin/sh', '-c', '{script}']\ntimeout = 100\n"
        ))
        .unwrap();
        commands.extend(Config::new(settings).unwrap().commands);
        allow_commands(commands, root.clone());
        let options = || WorkerOptions {
            grace: Duration::from_millis(100),
            lease: Duration::from_secs(3),
            ..WorkerOptions::default()
        };
        let worker = f.worker_with(options());
        let project = project(f, "hang", json!({}));
        f.act(project, "action_start_workflow", json!({})).unwrap();
        until(|| sleeps(&nap));
        assert_eq!(logs(f, project).len(), 1, "stored before the next starts");
        worker.stop();
        until(|| !sleeps(&nap));
        assert_eq!(f.rows("ai.job", json!([]), &["state"])[0]["state"], "pending");

        let worker = f.worker_with(options());
        until(|| sleeps(&nap));
        f.act(project, "action_cancel_workflow", json!({})).unwrap();
        until(|| !sleeps(&nap));
        std::fs::write(own(&root, project).join("go"), "").unwrap();
        f.act(project, "action_retry_workflow", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        let logs = logs(f, project);
        let shape: Vec<_> =
            logs.iter().map(|l| (l["version"].as_i64().unwrap(), l["active"].as_bool().unwrap())).collect();
        assert_eq!(
            shape,
            [(1, false), (1, true), (2, true)],
            "a retry is a new job, with its own iterations"
        );
    });
}

#[test]
fn a_pause_ends_after_the_iteration_and_a_gate_may_ask_for_more() {
    let _one = locked();
    both(|f| {
        let script = "cat; test $WORKWARDEN_ITERATION = 2 && echo && echo WORKWARDEN_DONE; sleep 0.3";
        configured(&[("two", script)], "pause");
        let worker = f.worker();
        let project = project(f, "two", json!({"requires_approval": true}));
        f.act(project, "action_start_workflow", json!({})).unwrap();
        until(|| f.rows("ai.job", json!([]), &["state"])[0]["state"] == "started");
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        until(|| f.rows("ai.job", json!([]), &["state"])[0]["state"] == "wait");
        assert!(logs(f, project).len() <= 1);
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        assert_eq!(logs(f, project).len(), 2);
        f.act(project, "action_request_changes", json!({"feedback": "Faster"})).unwrap();
        f.wait(project, "approval_pending");
        let all = logs(f, project);
        assert_eq!(all.len(), 4);
        assert!(all[2]["content"].as_str().unwrap().contains("Asked: Faster"), "{}", all[2]);
        f.act(project, "action_approve_stage", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
    });
}
