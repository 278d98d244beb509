//! The ways through a run that need no provider trouble: waiting, conditions, delays, system actions, rights, refusals.

use std::time::Duration;

use serde_json::{Value as Json, json};
use workwarden::error::{Kind, Result};
use workwarden::value::Map;

use super::fixture::{both, stage};

fn text(result: Result<Json>) -> String {
    result.unwrap_err().message
}

#[test]
fn waits_for_people_conditions_and_delays() {
    both(|f| {
        let stages = [
            stage("Idea", 10, json!({"auto_advance": false})),
            json!({"name": "Talk", "sequence": 20, "execution_mode": "manual"}),
            stage("Checked", 30, json!({"transition_condition": "params.ready"})),
            stage("Rest", 40, json!({"transition_delay": 1})),
            stage(
                "Domain",
                50,
                json!({"transition_condition": "[('ai_params', '!=', False), ('name', '=', 'Ready')]"}),
            ),
            json!({"name": "Sign", "sequence": 60, "execution_mode": "manual", "requires_approval": true}),
        ];
        let project = f.project("echo:", &stages, &[]);
        let worker = f.worker();
        let at = |state: &str, position: &str| {
            for _ in 0..400 {
                if f.read(project, "ai_state") == state && f.read(project, "ai_position") == position {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            panic!(
                "not {state} {position}: {} {} {}",
                f.read(project, "ai_state"),
                f.read(project, "ai_position"),
                f.read(project, "ai_error")
            );
        };
        f.act(project, "action_start_workflow", json!({})).unwrap();
        at("running", "hold");
        let next = f.act(project, "action_next_stage", json!({})).unwrap();
        assert_eq!(next, json!([f.read(project, "stage_id")[0]]));
        at("running", "manual");
        f.act(project, "action_next_stage", json!({})).unwrap();
        at("running", "condition");
        let before = f.read(project, "ai_progress").as_i64().unwrap();
        f.run(|env| env.write("project.project", &[project], json!({"ai_params": {"ready": true}})));
        at("running", "delay");
        f.act(project, "action_pause_workflow", json!({})).unwrap();
        std::thread::sleep(Duration::from_millis(1300));
        at("paused", "delay");
        f.act(project, "action_resume_workflow", json!({})).unwrap();
        at("running", "condition");
        assert!(f.read(project, "ai_progress").as_i64().unwrap() > before);
        f.run(|env| env.write("project.project", &[project], json!({"name": "Ready"})));
        at("approval_pending", "gate");
        assert!(text(f.act(project, "action_next_stage", json!({}))).contains("waits for approval"));
        assert!(
            text(f.act(project, "action_request_changes", json!({"feedback": "x", "task_ids": [999]})))
                .contains("999")
        );
        f.act(project, "action_reject_stage", json!({"reason": "Too long"})).unwrap();
        assert!(f.read(project, "ai_error").as_str().unwrap().contains("Too long"));
        f.act(project, "action_retry_workflow", json!({})).unwrap();
        at("approval_pending", "gate");
        f.act(project, "action_approve_stage", json!({})).unwrap();
        at("done", "");
        worker.stop();
    });
}

#[test]
fn the_built_in_workflows_run() {
    both(|f| {
        let worker = f.worker();
        for code in ["website", "ebook", "course", "survey", "video"] {
            let project = f.run(|env| {
                let provider = json!({"name": "Echo", "provider_type": "local", "api_base": "echo:"});
                if env.search("ai.provider", json!([]))?.is_empty() {
                    env.create("ai.provider", provider)?;
                }
                let template = env.search("ai.project.template", json!([["code", "=", code]]))?;
                let model = env.sudo().search("ir.model", json!([["model", "=", "project.task"]]))?;
                let alias = env.sudo().create("mail.alias", json!({"alias_model_id": model[0]}))?;
                env.create(
                    "project.project",
                    json!({"name": "Corner Bakery", "ai_template_id": template[0], "alias_id": alias}),
                )
            });
            f.act(project, "action_start_workflow", json!({})).unwrap();
            let mut gates = 0;
            for _ in 0..1000 {
                match f.read(project, "ai_state").as_str().unwrap() {
                    "approval_pending" => {
                        gates += 1;
                        if gates == 1 {
                            f.act(project, "action_request_changes", json!({"feedback": "Warmer."})).unwrap();
                            f.wait(project, "approval_pending");
                        }
                        f.act(project, "action_approve_stage", json!({})).unwrap();
                    }
                    "done" => break,
                    "failed" => panic!("{code}: {}", f.read(project, "ai_error")),
                    _ => std::thread::sleep(Duration::from_millis(10)),
                }
            }
            assert_eq!(f.read(project, "ai_state"), "done", "{code}");
            let artifacts = f.rows(
                "ai.artifact",
                json!([["project_id", "=", project], ["active", "=", true]]),
                &["name", "artifact_type", "content", "content_binary"],
            );
            assert!(artifacts.len() > 4, "{code}: {}", artifacts.len());
            let file = artifacts.last().unwrap();
            assert!(
                file["name"].as_str().unwrap().ends_with("corner-bakery.md")
                    && file["content_binary"].is_string(),
                "{file}"
            );
        }
        worker.stop();
    });
}

#[test]
fn refuses_starts_that_cannot_work() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &[]);
        let (template, prompt, provider) = (1, 1, 1);
        let template = f.rows("ai.project.template", json!([["code", "=", "t"]]), &["id"])[0]["id"]
            .as_i64()
            .unwrap_or(template);
        let prompt =
            f.rows("ai.template", json!([["code", "=", "p"]]), &["id"])[0]["id"].as_i64().unwrap_or(prompt);
        let provider = f.rows("ai.provider", json!([["name", "=", "Stub"]]), &["id"])[0]["id"]
            .as_i64()
            .unwrap_or(provider);
        let write =
            |model: &str, id: i64, vals: Json| f.run_as(2, |env| env.write(model, &[id], vals.clone()));
        let refused = |model: &str, id: i64, bad: Json, good: Json, word: &str| {
            write(model, id, bad).unwrap();
            let e = f.act(project, "action_start_workflow", json!({})).unwrap_err();
            assert!(e.kind == Kind::User || e.kind == Kind::Provider, "{e:?}");
            assert!(e.message.contains(word), "{e} lacks {word}");
            assert_eq!(f.read(project, "ai_state"), "draft");
            write(model, id, good).unwrap();
        };
        let class = |name: &str| json!({"workflow_class": name});
        refused("ai.project.template", template, class("a.b.Podcast"), class("generic"), "generic, website");
        refused(
            "ai.provider",
            provider,
            json!({"active": false}),
            json!({"active": true}),
            "\"Stub\" is not active",
        );
        refused(
            "ai.provider",
            provider,
            json!({"api_base": false, "provider_type": "openai", "api_key": false}),
            json!({"api_base": "echo:", "provider_type": "local"}),
            "no API key",
        );
        let stage = f.rows("ai.project.stage", json!([["template_id", "=", template]]), &["id"])[0]["id"]
            .as_i64()
            .unwrap();
        refused(
            "ai.project.stage",
            stage,
            json!({"ai_template_id": false}),
            json!({"ai_template_id": prompt}),
            "no prompt",
        );
        refused(
            "ai.project.stage",
            stage,
            json!({"execution_mode": "cli_loop"}),
            json!({"execution_mode": "template"}),
            "cli_loop",
        );
        refused(
            "ai.project.stage",
            stage,
            json!({"execution_mode": "auto", "system_action": "dance"}),
            json!({"execution_mode": "ai"}),
            "create_tasks",
        );
        refused(
            "project.project",
            project,
            json!({"ai_template_id": false}),
            json!({"ai_template_id": template}),
            "no AI template",
        );

        let bad =
            |model: &str, vals: Json| f.run_as(2, |env| env.create(model, vals.clone())).unwrap_err().message;
        assert!(
            bad("ai.template", json!({"name": "x", "code": "x", "user_prompt": "{% if %}"}))
                .contains("cannot be read")
        );
        refused(
            "ai.template",
            prompt,
            json!({"user_prompt": "{{ nobody.x }}"}),
            json!({"user_prompt": "x"}),
            "\"nobody\"",
        );
        assert!(
            bad(
                "ai.template",
                json!({"name": "x", "code": "x", "user_prompt": "x", "output_schema": {"type": "nonsense"}})
            )
            .contains("schema")
        );
        let s = |more: Json| {
            super::fixture::stage("S", 20, {
                let mut m = more;
                m["template_id"] = template.into();
                m
            })
        };
        assert!(
            bad("ai.project.stage", s(json!({"transition_condition": "params ="})))
                .contains("cannot be read")
        );
        assert!(
            bad("ai.project.stage", s(json!({"transition_condition": "[('nope', '=', 1)]"})))
                .contains("cannot be read")
        );
        assert!(bad("ai.project.stage", s(json!({"next_stage_id": stage}))).contains("for ever"));
        assert!(
            bad("ai.provider", json!({"name": "x", "provider_type": "openai", "api_base": "echo:"}))
                .contains("echo:")
        );
        assert!(bad("ai.project.template", json!({"name": "x", "code": "t"})).contains("unique"));

        // A prompt that needs what is not there fails its task by name, and no call is made.
        write("ai.template", prompt, json!({"user_prompt": "About {{ params.topic }}"})).unwrap();
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "failed");
        assert!(f.read(project, "ai_error").as_str().unwrap().contains("\"params.topic\""));
        worker.stop();
    });
}

#[test]
fn keeps_secrets_and_rights() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({"requires_approval": true}))], &["A"]);
        let provider = f.rows("ai.provider", json!([]), &["api_key", "has_api_key"]);
        assert_eq!((&provider[0]["api_key"], &provider[0]["has_api_key"]), (&json!(false), &json!(true)));
        let sealed = f.run_as(2, |env| {
            env.call("ai.provider", &[1], "read", vec![json!(["api_key_sealed"])], Map::new())
        });
        assert!(sealed.is_err(), "{sealed:?}");
        let shown = f.run(|env| env.call("ai.provider", &[1], "read", vec![], Map::new())).to_string();
        assert!(!shown.contains("secret-of"), "{shown}");

        for field in ["ai_state", "stage_id", "ai_error"] {
            let e = f
                .run_as(2, |env| env.write("project.project", &[project], json!({field: "done"})))
                .unwrap_err();
            assert!(e.message.contains("written by the workflow"), "{e}");
        }
        let e = f
            .run_as(2, |env| env.create("ai.job", json!({"kind": "task", "identity_key": "x"})))
            .unwrap_err();
        assert_eq!(e.kind, Kind::Access, "{e}");

        let user = |login: &str, group: &str| {
            f.run(|env| {
                let group = env.need_xmlid(group)?;
                let values = json!({"name": login, "login": login, "company_id": 1, "company_ids": [[6, 0, [1]]],
                    "groups_id": [[6, 0, [group]]]});
                env.sudo().create("res.users", values)
            })
        };
        let (worker_user, plain) =
            (user("ann", "project.group_project_user"), user("bob", "base.group_user"));
        let act = |uid: i64, method: &str| {
            f.run_as(uid, |env| env.call("project.project", &[project], method, vec![], Map::new()))
        };
        assert_eq!(act(worker_user, "action_start_workflow").unwrap_err().kind, Kind::Access);
        let worker = f.worker();
        f.act(project, "action_start_workflow", json!({})).unwrap();
        f.wait(project, "approval_pending");
        worker.stop();
        for uid in [worker_user, plain] {
            assert_eq!(act(uid, "action_approve_stage").unwrap_err().kind, Kind::Access);
        }
        f.run(|env| env.write("project.project", &[project], json!({"user_id": worker_user})));
        act(worker_user, "action_approve_stage").unwrap();
        assert_eq!(f.read(project, "ai_state"), "done");
    });
}

#[test]
fn generates_at_once_and_tests_connections() {
    both(|f| {
        let project = f.project("echo:", &[stage("Write", 10, json!({}))], &["A"]);
        f.run(|env| {
            env.create("ai.template", json!({"name": "Q", "code": "q", "user_prompt": "Say {{ word }}"}))
        });
        let text = f
            .act(project, "generate_content", json!({"template": "q", "context": {"word": "hello"}}))
            .unwrap();
        assert!(text.as_str().unwrap().contains("# Say hello"), "{text}");
        let e = f.act(project, "generate_content", json!({"template": "q"})).unwrap_err();
        assert!(e.message.contains("\"word\""), "{e}");
        let done = f.run(|env| env.call("ai.provider", &[1], "action_test_connection", vec![], Map::new()));
        assert_eq!(done["tag"], "display_notification");
        f.run(|env| env.write("ai.provider", &[1], json!({"api_base": "http://127.0.0.1:9/v1"})));
        let e = f
            .run_as(2, |env| env.call("ai.provider", &[1], "action_test_connection", vec![], Map::new()))
            .unwrap_err();
        assert!(e.message.contains("cannot be reached"), "{e}");
    });
}
