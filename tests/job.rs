//! The main job as a client sees it: over HTTP, with the offline provider, on both databases.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{Site, both};

fn project(site: &Site) -> i64 {
    let provider = site.must(
        "ai.provider",
        "create",
        json!([{"name": "Echo", "provider_type": "local", "api_base": "echo:", "model": "echo"}]),
    );
    let prompt = site.must(
        "ai.template",
        "create",
        json!([{"name": "Page", "code": "page", "user_prompt": "The page {{ task.name }}. {{ feedback }}"}]),
    );
    let template = site.must(
        "ai.project.template",
        "create",
        json!([{"name": "Small", "code": "small", "default_provider_id": provider, "stage_ids": [
            [0, 0, {"name": "Pages", "sequence": 10, "execution_mode": "ai", "ai_template_id": prompt,
                "requires_approval": true}],
            [0, 0, {"name": "Whole", "sequence": 20, "execution_mode": "system", "system_action": "assemble",
                "is_final": true}],
        ]}]),
    );
    let tasks = json!([[0, 0, {"name": "Home"}], [0, 0, {"name": "Contact"}]]);
    let project = json!({"name": "Bakery", "ai_template_id": template, "task_ids": tasks});
    site.must("project.project", "create", json!([project])).as_i64().unwrap()
}

fn read(site: &Site, project: i64, field: &str) -> Json {
    site.must("project.project", "read", json!([[project], [field]]))[0][field].clone()
}

fn until(site: &Site, project: i64, state: &str) {
    let end = Instant::now() + Duration::from_secs(30);
    while read(site, project, "ai_state") != state {
        let error = read(site, project, "ai_error");
        assert!(Instant::now() < end, "{} and not {state}: {error}", read(site, project, "ai_state"));
        std::thread::sleep(Duration::from_millis(30));
    }
}

both!(a_client_runs_the_whole_job, |app| {
    let site = app.site();
    let project = project(&site);
    assert_eq!(site.must("project.project", "action_start_workflow", json!([[project]])), true);
    until(&site, project, "approval_pending");
    let tasks = read(&site, project, "task_ids");
    let asked = json!({"feedback": "Shorter.", "task_ids": [tasks[0]]});
    site.call("project.project", "action_request_changes", json!([[project]]), asked).unwrap();
    until(&site, project, "approval_pending");
    site.must("project.project", "action_approve_stage", json!([[project]]));
    until(&site, project, "done");
    assert_eq!(read(&site, project, "ai_progress"), 100.0);
    let domain = json!([[["project_id", "=", project]]]);
    assert_eq!(site.must("ai.artifact", "search_count", domain), 3);
});
