//! The real engine on a database: actions of who may and who may not, a worker that comes and goes, workers that are
//! lost with what they hold, a provider that fails at times, a clock that jumps.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::db::job;
use workwarden::value::Map;
use workwarden::workflow::{WorkerHandle, WorkerOptions};

use super::super::fixture::{ADMIN, Fixture, both, stage};
use super::super::stub::{Act, Stub};
use super::{Chance, seeds};

/// What a look at the database saw, all in one transaction.
struct Seen {
    state: String,
    position: String,
    progress: i64,
    tasks: Vec<Json>,
    jobs: Vec<Json>,
    artifacts: Vec<Json>,
    events: Vec<Json>,
}

struct Story<'f> {
    f: &'f Fixture,
    stub: &'f Stub,
    project: i64,
    stranger: i64,
    chance: Chance,
    worker: Option<WorkerHandle>,
    /// Progress shown before, unless it may go back.
    shown: i64,
    tasks: usize,
    /// Calls seen when the pause had come to rest.
    rest: Option<usize>,
    told: Vec<String>,
}

impl Story<'_> {
    fn look(&self) -> Seen {
        self.f.run(|env| {
            let env = env.with_context(json!({"active_test": false}));
            let read = |model: &str, domain: Json, fields: &[&str]| {
                let kwargs = json!({"domain": domain, "fields": fields, "order": "id"});
                let rows =
                    env.call(model, &[], "search_read", vec![], kwargs.as_object().unwrap().clone())?;
                Ok::<_, workwarden::error::Error>(rows.as_array().unwrap().clone())
            };
            let own = json!([["project_id", "=", self.project]]);
            let fields = ["ai_state", "ai_position", "ai_progress"];
            let project = read("project.project", json!([["id", "=", self.project]]), &fields)?.remove(0);
            Ok(Seen {
                state: project["ai_state"].as_str().unwrap().into(),
                position: project["ai_position"].as_str().unwrap_or_default().into(),
                progress: project["ai_progress"].as_i64().unwrap(),
                tasks: read("project.task", own.clone(), &["ai_state", "active"])?,
                jobs: read("ai.job", own.clone(), &["kind", "state", "task_id"])?,
                artifacts: read(
                    "ai.artifact",
                    own.clone(),
                    &["task_id", "stage_id", "version", "active", "job_id"],
                )?,
                events: read("ai.event", own, &["kind", "user_id"])?,
            })
        })
    }

    fn check(&mut self) {
        let seen = self.look();
        let at = || format!("{} {} after {:#?}", seen.state, seen.position, self.told);
        let open: Vec<&Json> =
            seen.jobs.iter().filter(|j| job::OPEN.contains(&j["state"].as_str().unwrap())).collect();
        if matches!(seen.state.as_str(), "draft" | "done" | "failed") {
            assert!(open.is_empty(), "open jobs: {open:?} {}", at());
        }
        if seen.state == "paused" {
            assert!(open.iter().all(|j| j["state"] != "pending"), "not held: {open:?} {}", at());
            let calls = self.stub.seen().len();
            match self.rest {
                Some(before) => assert_eq!(calls, before, "a pause started something {}", at()),
                None if open.iter().all(|j| j["state"] != "started") => self.rest = Some(calls),
                None => {}
            }
        } else {
            self.rest = None;
        }
        assert!(seen.tasks.len() >= self.tasks, "a task was lost {}", at());
        for task in &seen.tasks {
            let has_job = open.iter().any(|j| j["task_id"][0] == task["id"]);
            let busy = matches!(task["ai_state"].as_str().unwrap(), "queued" | "processing");
            assert_eq!(busy, has_job, "task {task} and its job {open:?} {}", at());
            if seen.state == "done" {
                assert_eq!(task["ai_state"], "done", "{}", at());
            }
        }
        let mut versions: BTreeMap<(String, String), Vec<(i64, bool)>> = BTreeMap::new();
        let mut jobs: Vec<&Json> = vec![];
        for a in &seen.artifacts {
            let key = (a["task_id"][0].to_string(), a["stage_id"][0].to_string());
            versions.entry(key).or_default().push((a["version"].as_i64().unwrap(), a["active"] == true));
            assert!(!jobs.contains(&&a["job_id"][0]), "two artifacts of one job {}", at());
            jobs.push(&a["job_id"][0]);
        }
        for (key, all) in &versions {
            let numbers: Vec<i64> = all.iter().map(|v| v.0).collect();
            let counted: Vec<i64> = (1..=i64::try_from(all.len()).unwrap()).collect();
            assert_eq!(numbers, counted, "{key:?} {}", at());
            assert!(all.iter().filter(|v| v.1).count() <= 1, "two current versions {key:?} {}", at());
        }
        self.check_gates(&seen);
        assert!(
            (0..=100).contains(&seen.progress) && (seen.progress == 100) == (seen.state == "done"),
            "{}",
            at()
        );
        assert!(
            seen.progress >= self.shown || seen.state == "draft",
            "{} → {} {}",
            self.shown,
            seen.progress,
            at()
        );
        // What follows a run that is done may be below 100.
        self.shown = if seen.state == "done" { 0 } else { seen.progress };
    }

    /// Between the question and what comes after the gate stands an approval, by somebody who may.
    fn check_gates(&self, seen: &Seen) {
        let (mut gate, mut approved) = (false, false);
        for event in &seen.events {
            match event["kind"].as_str().unwrap() {
                "approval_requested" => (gate, approved) = (true, false),
                "approved" => {
                    assert_eq!(event["user_id"][0], ADMIN, "approved by {event}");
                    approved = true;
                }
                "stage_entered" | "done" => {
                    assert!(!gate || approved, "a gate was passed: {:#?}", seen.events);
                    gate = false;
                }
                "started" | "reset" => gate = false,
                _ => {}
            }
        }
    }

    fn act(&mut self, method: &str, kwargs: Json) {
        let done = self.f.act(self.project, method, kwargs);
        self.told.push(format!("{method}: {}", done.as_ref().err().map_or("ok", |e| e.message.as_str())));
        if let Err(e) = &done {
            assert!(e.message.ends_with('.') && e.detail.is_none(), "{e:?}");
        }
        let back = ["action_request_changes", "action_reset_workflow", "action_start_workflow"];
        if done.is_ok() && back.contains(&method) {
            self.shown = 0;
        }
    }

    fn step(&mut self) {
        match self.chance.below(20) {
            0 => self.act("action_start_workflow", json!({})),
            1 => self.act("action_next_stage", json!({})),
            2 | 3 => self.act("action_approve_stage", json!({})),
            4 => {
                let seen = self.look();
                if !seen.tasks.is_empty() {
                    let some = self.chance.one_of(&seen.tasks)["id"].clone();
                    self.act("action_approve_stage", json!({"task_ids": [some]}));
                }
            }
            5 => self.act("action_request_changes", json!({"feedback": "Again"})),
            6 if self.chance.once_in(3) => self.act("action_reject_stage", json!({"reason": "No"})),
            7 => self.act("action_pause_workflow", json!({})),
            8 | 9 => self.act("action_resume_workflow", json!({})),
            10 => self.act("action_retry_workflow", json!({})),
            11 if self.chance.once_in(4) => self.act("action_cancel_workflow", json!({})),
            12 if self.chance.once_in(6) => self.act("action_reset_workflow", json!({})),
            13 => {
                let jump = self.chance.below(90_000) as i64;
                self.told.push(format!("clock {jump}"));
                self.f.ahead.fetch_add(jump, Ordering::Relaxed);
            }
            14 => self.lose_jobs(),
            15 => match self.worker.take() {
                Some(worker) => worker.stop(),
                None => self.start_worker(),
            },
            16 => {
                let ready = self.chance.once_in(2);
                let values = json!({"ai_params": {"ready": ready}});
                self.f.run(|env| env.write("project.project", &[self.project], values.clone()));
            }
            17 => {
                let method = *self.chance.one_of(&[
                    "action_approve_stage",
                    "action_next_stage",
                    "action_start_workflow",
                ]);
                let e = self.f.run_as(self.stranger, |env| {
                    env.call("project.project", &[self.project], method, vec![], Map::new())
                });
                assert!(e.is_err(), "{method} by a stranger");
            }
            18 => {
                let acts = [
                    Act::Say("Text.".into()),
                    Act::Status(500, "retry-after: 0\r\n", "{}".into()),
                    Act::CloseMidStream,
                    Act::Status(400, "", "{}".into()),
                    Act::Slow(Duration::from_millis(60), "Slow.".into()),
                ];
                let some: Vec<Act> = (0..3).map(|_| self.chance.one_of(&acts).clone()).collect();
                self.stub.then(some.into_iter().chain([Act::Say("Text.".into())]));
            }
            _ => std::thread::sleep(Duration::from_millis(30)),
        }
    }

    /// A worker that takes jobs and is never heard of again.
    fn lose_jobs(&mut self) {
        self.told.push("jobs lost".into());
        let now = self.f.db.now();
        let until = now + chrono::Duration::seconds(20);
        let wanted = job::Claim { worker: "lost", now, until, most: 2, calls: true, answered: &[] };
        job::claim(&mut self.f.db.pool().get().unwrap(), &wanted).unwrap();
    }

    fn start_worker(&mut self) {
        let options = WorkerOptions {
            lease: Duration::from_secs(30),
            grace: Duration::from_millis(self.chance.below(100) as u64),
            ..WorkerOptions::default()
        };
        self.worker = Some(self.f.worker_with(options));
    }

    /// From wherever it is, it comes to its end.
    fn finish(&mut self) {
        self.stub.then([Act::Say("Text.".into())]);
        if self.worker.is_none() {
            self.start_worker();
        }
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let seen = self.look();
            match (seen.state.as_str(), seen.position.as_str()) {
                ("done", _) => break,
                ("draft", _) => self.act("action_start_workflow", json!({})),
                ("paused", _) => self.act("action_resume_workflow", json!({})),
                ("failed", _) => self.act("action_retry_workflow", json!({})),
                ("approval_pending", _) => self.act("action_approve_stage", json!({})),
                (_, "hold" | "manual" | "condition") => self.act("action_next_stage", json!({})),
                _ => {
                    self.f.ahead.fetch_add(10_000, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(30));
                }
            }
            self.check();
            assert!(Instant::now() < end, "it does not come to its end: {:#?} {:#?}", self.told, seen.jobs);
        }
        self.check();
    }
}

fn stages(chance: &mut Chance) -> Vec<Json> {
    let mut all = vec![];
    for n in 0..2 + chance.below(3) {
        let mut more = json!({"requires_approval": chance.once_in(2), "auto_advance": !chance.once_in(5)});
        if chance.once_in(4) {
            more["transition_delay"] = 20.into();
        }
        if chance.once_in(4) {
            more["transition_condition"] = "params.ready".into();
        }
        if chance.once_in(3) {
            more["approval_timeout"] = 30.into();
        }
        let name = format!("S{n}");
        all.push(match chance.below(5) {
            0 => {
                more["execution_mode"] = "manual".into();
                stage(&name, n as i64 * 10, more)
            }
            _ => stage(&name, n as i64 * 10, more),
        });
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_the_engine() {
    let stub = Stub::start([Act::Say("Text.".into())]).await;
    tokio::task::block_in_place(|| {
        for seed in seeds(4) {
            both(|f| {
                let mut chance = Chance::new(seed + 77);
                let sets: [&[&str]; 3] = [&["A", "B", "C"], &["A"], &[]];
                let tasks = *chance.one_of(&sets);
                let project = f.project(&stub.url, &stages(&mut chance), tasks);
                let stranger = f.run(|env| {
                    let group = env.need_xmlid("project.group_project_user")?;
                    let values = json!({"name": "Eve", "login": "eve", "company_id": 1, "company_ids": [[6, 0, [1]]],
                        "groups_id": [[6, 0, [group]]]});
                    env.sudo().create("res.users", values)
                });
                stub.then([Act::Say("Text.".into())]);
                let told = vec![format!("seed {seed}")];
                let (worker, shown, rest) = (None, 0, None);
                let mut story = Story {
                    f,
                    stub: &stub,
                    project,
                    stranger,
                    chance,
                    worker,
                    shown,
                    tasks: tasks.len(),
                    rest,
                    told,
                };
                story.start_worker();
                story.act("action_start_workflow", json!({}));
                for _ in 0..60 {
                    story.step();
                    story.check();
                }
                story.finish();
            });
        }
    });
}
