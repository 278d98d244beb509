//! The methods, sentence by sentence: all or none, under the lock, told to history and chatter, each refusal in words.

use serde_json::{Value as Json, json};
use workwarden::error::{Kind, Result};
use workwarden::value::Map;

use super::fixture::{ADMIN, Fixture, both, stage};

fn gate(more: Json) -> Json {
    let mut values = json!({"requires_approval": true});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    stage("Write", 10, values)
}

fn on_task(f: &Fixture, uid: i64, task: &Json, method: &str, kwargs: Json) -> Result<Json> {
    let kwargs = kwargs.as_object().unwrap().clone();
    let id = task["id"].as_i64().unwrap();
    f.run_as(uid, |env| env.call("project.task", &[id], method, vec![], kwargs.clone()))
}

fn tasks(f: &Fixture, project: i64) -> Vec<Json> {
    let fields =
        ["name", "ai_state", "ai_content", "ai_feedback", "ai_approved", "ai_attempts", "ai_stage_id"];
    f.rows("project.task", json!([["project_id", "=", project]]), &fields)
}

fn user(f: &Fixture, login: &str, group: &str) -> i64 {
    f.run(|env| {
        let group = env.need_xmlid(group)?;
        let values = json!({"name": login, "login": login, "company_id": 1, "company_ids": [[6, 0, [1]]],
            "groups_id": [[6, 0, [group]]]});
        env.sudo().create("res.users", values)
    })
}

#[test]
fn on_many_all_or_none() {
    both(|f| {
        let one = f.project("echo:", &[stage("Write", 10, json!({}))], &["A"]);
        let two = f.run(|env| {
            let template = env.search("ai.project.template", json!([["code", "=", "t"]]))?;
            let model = env.sudo().search("ir.model", json!([["model", "=", "project.task"]]))?;
            let alias = env.sudo().create("mail.alias", json!({"alias_model_id": model[0]}))?;
            env.create(
                "project.project",
                json!({"name": "Two", "ai_template_id": template[0], "alias_id": alias}),
            )
        });
        let both_of = |method: &str, ids: &[i64]| {
            f.run_as(ADMIN, |env| env.call("project.project", ids, method, vec![], Map::new()))
        };
        f.act(two, "action_start_workflow", json!({})).unwrap();
        let e = both_of("action_start_workflow", &[one, two]).unwrap_err();
        assert!(e.kind == Kind::User && e.message.contains("already been started"), "{e}");
        assert_eq!(f.read(one, "ai_state"), "draft", "none of them");
        assert!(f.rows("ai.event", json!([["project_id", "=", one]]), &["kind"]).is_empty());
        f.act(one, "action_start_workflow", json!({})).unwrap();
        both_of("action_pause_workflow", &[one, two]).unwrap();
        assert_eq!((f.read(one, "ai_state"), f.read(two, "ai_state")), (json!("paused"), json!("paused")));
    });
}

#[test]
fn two_at_once_are_one_after_the_other() {
    both(|f| {
        let project =
            f.project("echo:", &[gate(json!({})), stage("Next", 20, json!({"is_final": true}))], &["A"]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        let results: Vec<Result<Json>> = std::thread::scope(|scope| {
            let act = || f.act(project, "action_approve_stage", json!({}));
            let all: Vec<_> = (0..4).map(|_| scope.spawn(act)).collect();
            all.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
        let refusals = results.iter().filter_map(|r| r.as_ref().err());
        refusals.for_each(|e| assert!(e.message.contains("does not wait for approval"), "{e}"));
        let domain = json!([["project_id", "=", project], ["kind", "=", "approved"]]);
        assert_eq!(f.rows("ai.event", domain, &["kind"]).len(), 1);
    });
}

#[test]
fn each_is_told_with_who_did_it() {
    both(|f| {
        let ann = user(f, "ann", "project.group_project_manager");
        let project = f.project("echo:", &[gate(json!({})), stage("Next", 20, json!({}))], &["A"]);
        let worker = f.worker();
        let act = |method: &str, kwargs: Json| {
            let kwargs = kwargs.as_object().unwrap().clone();
            f.run_as(ann, |env| env.call("project.project", &[project], method, vec![], kwargs.clone()))
                .unwrap()
        };
        act("action_start_workflow", json!({}));
        f.wait(project, "approval_pending");
        act("action_pause_workflow", json!({}));
        act("action_resume_workflow", json!({}));
        act("action_request_changes", json!({"feedback": "More <b>salt</b>"}));
        f.wait(project, "approval_pending");
        act("action_reject_stage", json!({"reason": "Stale"}));
        let error = f.read(project, "ai_error");
        assert!(error.as_str().unwrap().contains("rejected by ann: Stale"), "{error}");
        act("action_retry_workflow", json!({}));
        f.wait(project, "approval_pending");
        act("action_approve_stage", json!({}));
        f.wait(project, "done");
        act("action_cancel_workflow", json!({}));
        act("action_reset_workflow", json!({}));
        worker.stop();
        let events =
            f.rows("ai.event", json!([["project_id", "=", project]]), &["kind", "user_id", "feedback"]);
        let of = |kind: &str| events.iter().find(|e| e["kind"] == kind).unwrap_or_else(|| panic!("{kind}"));
        for kind in [
            "started",
            "paused",
            "resumed",
            "changes_requested",
            "rejected",
            "retried",
            "approved",
            "cancelled",
            "reset",
        ] {
            assert_eq!(of(kind)["user_id"][0], ann, "{kind}");
        }
        assert_eq!(of("changes_requested")["feedback"], "More <b>salt</b>");
        let domain = json!([["model", "=", "project.project"], ["res_id", "=", project]]);
        let posts = f.rows("mail.message", domain, &["body", "author_id"]);
        let author =
            f.rows("res.users", json!([["id", "=", ann]]), &["partner_id"])[0]["partner_id"][0].clone();
        for words in [
            "was started",
            "was paused",
            "was resumed",
            "More &lt;b&gt;salt",
            "rejected by ann",
            "tried again",
            "was approved",
            "cancelled",
            "was reset",
        ] {
            let post = posts.iter().find(|p| p["body"].as_str().unwrap().contains(words));
            let post = post.unwrap_or_else(|| panic!("{words}: {posts:#?}"));
            assert_eq!(post["author_id"][0], author, "{words}");
        }
    });
}

#[test]
fn changes_are_for_those_not_yet_approved() {
    both(|f| {
        let project = f.project("echo:", &[gate(json!({}))], &["A", "B", "C"]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        let first = tasks(f, project)[0]["id"].clone();
        f.act(project, "action_approve_stage", json!({"task_ids": [first]})).unwrap();
        f.act(project, "action_request_changes", json!({"feedback": "Shorter"})).unwrap();
        f.wait(project, "approval_pending");
        let all = tasks(f, project);
        assert_eq!(all.iter().map(|t| t["ai_attempts"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 2]);
        assert_eq!(all.iter().map(|t| t["ai_approved"] == true).collect::<Vec<_>>(), [true, false, false]);
        let stage = f.rows("ai.artifact", json!([["version", "=", 2]]), &["active", "task_id"]);
        assert_eq!(stage.len(), 2, "{stage:?}");
        f.act(project, "action_approve_stage", json!({})).unwrap();
        assert_eq!(f.read(project, "ai_state"), "done");
        worker.stop();

        for (method, kwargs) in [
            ("action_approve_stage", json!({})),
            ("action_request_changes", json!({"feedback": "x"})),
            ("action_reject_stage", json!({"reason": "x"})),
            ("action_pause_workflow", json!({})),
            ("action_resume_workflow", json!({})),
            ("action_retry_workflow", json!({})),
            ("action_next_stage", json!({})),
            ("action_start_workflow", json!({})),
        ] {
            let e = f.act(project, method, kwargs).unwrap_err();
            assert!(
                e.kind == Kind::User && e.message.ends_with('.') && e.message.len() > 25,
                "{method}: {e}"
            );
        }
        f.act(project, "action_reset_workflow", json!({})).unwrap();
        for method in ["action_cancel_workflow", "action_reset_workflow"] {
            let e = f.act(project, method, json!({})).unwrap_err();
            assert!(e.message.contains("has not been started"), "{method}: {e}");
        }
    });
}

#[test]
fn a_gate_may_take_no_feedback() {
    both(|f| {
        let project = f.project("echo:", &[gate(json!({"allow_feedback": false}))], &["A"]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        let e = f.act(project, "action_request_changes", json!({"feedback": "x"})).unwrap_err();
        assert!(e.message.contains("takes no feedback"), "{e}");
        let e = f.act(project, "action_reject_stage", json!({"reason": ""})).unwrap_err();
        assert!(e.message.contains("reason is empty"), "{e}");
    });
}

#[test]
fn an_approver_group_alone_may_judge() {
    both(|f| {
        let (ann, bob) =
            (user(f, "ann", "project.group_project_user"), user(f, "bob", "project.group_project_manager"));
        let group = f
            .run(|env| env.sudo().create("res.groups", json!({"name": "Editors", "users": [[6, 0, [ann]]]})));
        let project = f.project("echo:", &[gate(json!({"approver_group_id": group}))], &["A"]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        let asked = f.rows("mail.activity", json!([["res_id", "=", project]]), &["user_id"]);
        assert_eq!((asked.len(), &asked[0]["user_id"][0]), (1, &json!(ann)), "the group is asked");
        let task = tasks(f, project)[0].clone();
        let id = task["id"].as_i64().unwrap();
        for (who, judges, manages) in [(ann, true, false), (bob, false, true)] {
            f.run_as(who, |env| {
                let may = env.fetch_one("project.project", project, &["ai_may_judge", "ai_may_manage"])?;
                assert_eq!((may.bool("ai_may_judge"), may.bool("ai_may_manage")), (judges, manages));
                let may = env.fetch_one("project.task", id, &["ai_may_judge"])?;
                assert_eq!(may.bool("ai_may_judge"), judges);
                Ok(())
            })
            .unwrap();
        }
        for (who, method, kwargs) in [
            (bob, "action_approve_stage", json!({})),
            (ADMIN, "action_request_changes", json!({"feedback": "x"})),
            (bob, "action_reject_stage", json!({"reason": "x"})),
        ] {
            let kwargs = kwargs.as_object().unwrap().clone();
            let e = f
                .run_as(who, |env| env.call("project.project", &[project], method, vec![], kwargs.clone()))
                .unwrap_err();
            assert_eq!(e.kind, Kind::Access, "{method}: {e}");
        }
        assert_eq!(on_task(f, bob, &task, "action_approve", json!({})).unwrap_err().kind, Kind::Access);
        assert_eq!(
            on_task(f, bob, &task, "action_regenerate", json!({"feedback": "x"})).unwrap_err().kind,
            Kind::Access
        );
        f.run_as(ann, |env| {
            env.call("project.project", &[project], "action_approve_stage", vec![], Map::new())
        })
        .unwrap();
        assert_eq!(f.read(project, "ai_state"), "done");
        let may = f.run_as(ann, |env| env.fetch_one("project.project", project, &["ai_may_judge"]));
        assert!(!may.unwrap().bool("ai_may_judge"), "no gate waits any more");
    });
}

#[test]
fn tasks_have_their_own_methods() {
    both(|f| {
        let project = f.project("echo:", &[gate(json!({}))], &["A", "B"]);
        let worker = f.worker();
        let run =
            |i: usize, method: &str, kwargs: Json| on_task(f, ADMIN, &tasks(f, project)[i], method, kwargs);
        let e = run(0, "process_task", json!({})).unwrap_err();
        assert!(e.message.contains("is at work"), "{e}");
        assert!(run(0, "action_retry", json!({})).unwrap_err().message.contains("has not failed"));
        assert!(run(0, "action_approve", json!({})).unwrap_err().message.contains("not been started"));
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        run(1, "action_regenerate", json!({})).unwrap();
        f.wait(project, "approval_pending");
        run(0, "action_regenerate", json!({"feedback": "Bolder"})).unwrap();
        f.wait(project, "approval_pending");
        assert_eq!(tasks(f, project)[0]["ai_attempts"], 2);
        assert_eq!(tasks(f, project)[1]["ai_attempts"], 2, "without feedback it is simply another try");
        let asked = tasks(f, project)[0]["ai_content"].as_str().unwrap().to_string();
        assert!(asked.contains("Change: Bolder Was: # Write A"), "{asked}");
        run(0, "action_approve", json!({})).unwrap();
        assert_eq!(f.read(project, "ai_state"), "approval_pending");
        run(1, "action_approve", json!({})).unwrap();
        assert_eq!(f.read(project, "ai_state"), "done");
        worker.stop();
    });
}

#[test]
fn process_task_queues_one_more_while_the_stage_is_at_work() {
    both(|f| {
        let project =
            f.project("echo:", &[stage("Write", 10, json!({})), stage("Later", 20, json!({}))], &["A"]);
        f.act(project, "action_start_workflow", json!({})).unwrap();
        let late = f.run(|env| {
            let stages = env.search("ai.project.stage", json!([["name", "=", "Later"]]))?;
            env.create(
                "project.task",
                json!({"name": "Late", "project_id": project, "ai_stage_id": stages[0]}),
            )
        });
        let call = |task: i64| f.act(project, "process_task", json!({"task": task}));
        let e = call(late).unwrap_err();
        assert!(e.message.contains("has not come to the stage"), "{e}");
        let first = tasks(f, project)[0]["id"].as_i64().unwrap();
        let e = call(first).unwrap_err();
        assert!(e.message.contains("already being worked on"), "{e}");
        let e = call(first + 1000).unwrap_err();
        assert_eq!(e.kind, Kind::Missing, "{e}");
        // A task made while its stage is at work is taken up by itself.
        f.run(|env| env.create("project.task", json!({"name": "New", "project_id": project})));
        let worker = f.worker();
        f.wait(project, "done");
        worker.stop();
        let all = tasks(f, project);
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|t| t["ai_state"] == "done"), "{all:#?}");
    });
}

#[test]
fn history_and_queue_are_the_engines() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &["A"]);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "done");
        worker.stop();
        let ann = user(f, "ann", "project.group_project_user");
        for (model, values) in
            [("ai.event", json!({"message": "x"})), ("ai.job", json!({"state": "pending"}))]
        {
            let id = f.rows(model, json!([]), &["id"])[0]["id"].as_i64().unwrap();
            let write = f.run_as(ADMIN, |env| env.write(model, &[id], values.clone()));
            assert_eq!(write.unwrap_err().kind, Kind::Access, "{model}");
            let unlink = f.run_as(ADMIN, |env| env.unlink(model, &[id]));
            assert_eq!(unlink.unwrap_err().kind, Kind::Access, "{model}");
        }
        let read = f.run_as(ann, |env| env.call("ai.job", &[1], "read", vec![], Map::new()));
        assert_eq!(read.unwrap_err().kind, Kind::Access, "managers only");
    });
}

#[test]
fn a_binary_artifact_is_an_attachment() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &["A"]);
        let task = tasks(f, project)[0]["id"].clone();
        f.run(|env| {
            env.create(
                "ai.artifact",
                json!({"name": "logo.png", "artifact_type": "image", "content_binary": "iVBORw0KGgo=",
                    "project_id": project, "task_id": task}),
            )
        });
        let domain = json!([["project_id", "=", project]]);
        let made = f.rows("ai.artifact", domain, &["content_binary", "version", "active"]);
        assert_eq!(made[0]["content_binary"], "iVBORw0KGgo=");
        let domain = json!([["res_model", "=", "ai.artifact"], ["res_field", "=", "content_binary"]]);
        let files = f.rows("ir.attachment", domain, &["res_id", "file_size"]);
        assert_eq!((&files[0]["res_id"], &files[0]["file_size"]), (&made[0]["id"], &json!(8)));
    });
}
