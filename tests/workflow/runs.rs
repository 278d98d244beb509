//! Whole runs, on both databases, with the stub as provider.

use serde_json::json;

use super::fixture::{both, stage};
use super::stub::{Act, Stub};

#[tokio::test(flavor = "multi_thread")]
async fn from_start_over_a_gate_to_done() {
    let stub = Stub::start([Act::Say("A text.".into())]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            let stages = [
                stage("Draft", 10, json!({"requires_approval": true})),
                stage("Polish", 20, json!({"is_final": true})),
            ];
            let project = f.project(&format!("{}/v1", stub.url), &stages, &["One", "Two"]);
            assert_eq!(f.read(project, "ai_progress"), 0);
            let worker = f.worker();
            assert_eq!(f.act(project, "action_start_workflow", json!({})).unwrap(), true);
            f.wait(project, "approval_pending");
            assert_eq!(f.read(project, "ai_progress"), 50);
            let tasks = f.rows(
                "project.task",
                json!([["project_id", "=", project]]),
                &["name", "ai_state", "ai_content", "ai_attempts", "ai_approved"],
            );
            assert_eq!(tasks.len(), 2);
            assert!(
                tasks.iter().all(|t| t["ai_state"] == "done"
                    && t["ai_content"] == "A text."
                    && t["ai_attempts"] == 1)
            );

            let e = f.act(project, "action_request_changes", json!({"feedback": "  "})).unwrap_err();
            assert!(e.message.contains("feedback is empty"), "{e}");
            let first = tasks[0]["id"].clone();
            f.act(project, "action_request_changes", json!({"feedback": "Shorter!", "task_ids": [first]}))
                .unwrap();
            f.wait(project, "approval_pending");
            let asked =
                stub.seen().last().unwrap().body["messages"][0]["content"].as_str().unwrap().to_string();
            assert!(asked.contains("Change: Shorter! Was: A text."), "{asked}");
            let artifacts = f.rows("ai.artifact", json!([["task_id", "=", first]]), &["version", "active"]);
            assert_eq!(artifacts.len(), 2);
            assert_eq!((&artifacts[0]["active"], &artifacts[1]["active"]), (&json!(false), &json!(true)));
            assert_eq!(artifacts[1]["version"], 2);

            f.act(project, "action_approve_stage", json!({"task_ids": [first]})).unwrap();
            assert_eq!(f.read(project, "ai_state"), "approval_pending", "one task is not approved yet");
            f.act(project, "action_approve_stage", json!({})).unwrap();
            f.wait(project, "done");
            assert_eq!(f.read(project, "ai_progress"), 100);
            assert!(f.read(project, "ai_completed_at").is_string());
            worker.stop();

            let kinds: Vec<_> = f
                .rows("ai.event", json!([["project_id", "=", project]]), &["kind"])
                .iter()
                .map(|e| e["kind"].as_str().unwrap().to_string())
                .collect();
            for kind in [
                "started",
                "stage_entered",
                "task_queued",
                "task_done",
                "approval_requested",
                "changes_requested",
                "approved",
                "done",
            ] {
                assert!(kinds.iter().any(|k| k == kind), "{kind} in {kinds:?}");
            }
            let open = f.rows("ai.job", json!([["state", "in", ["wait", "pending", "started"]]]), &["kind"]);
            assert!(open.is_empty(), "{open:?}");
            let e = f.act(project, "action_start_workflow", json!({})).unwrap_err();
            assert!(e.message.contains("is done"), "{e}");
        });
    });
}
