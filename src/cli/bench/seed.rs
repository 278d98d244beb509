//! Something to measure on, made through the front door: projects with three stages, tasks spread over them.

use std::time::Instant;

use serde_json::json;

use crate::cli::client::Client;
use crate::cli::say;
use crate::error::Result;
use crate::value::Json;

/// Tasks a call.
const BATCH: usize = 500;

/// Makes `projects` projects and `tasks` tasks.
pub(super) async fn seed(client: &Client, projects: usize, tasks: usize) -> Result<()> {
    let quiet = json!({"context": {
        "tracking_disable": true, "mail_create_nosubscribe": true, "mail_create_nolog": true}});
    let names: Vec<Json> = (0..projects).map(|i| json!({"name": format!("bench {i}")})).collect();
    let made = client.call("project.project", "create", json!([names]), quiet.clone()).await?;
    let stages: Vec<Json> = ["New", "Doing", "Done"]
        .iter()
        .enumerate()
        .map(|(i, n)| json!({"name": n, "sequence": i, "project_ids": [[6, 0, made]]}))
        .collect();
    let stages = client.call("project.task.type", "create", json!([stages]), quiet.clone()).await?;
    let tags = json!([[{"name": format!("bench a {}", made[0])}, {"name": format!("bench b {}", made[0])}]]);
    let tags = client.call("project.tags", "create", tags, json!({})).await?;
    let bar = indicatif::ProgressBar::new(tasks as u64);
    let begin = Instant::now();
    for from in (0..tasks).step_by(BATCH) {
        let rows: Vec<Json> = (from..tasks.min(from + BATCH))
            .map(|i| {
                json!({"name": format!("task {i}"), "project_id": made[i % projects], "stage_id": stages[i % 3],
                    "sequence": i % 100, "color": i % 11, "priority": if i % 7 == 0 { "1" } else { "0" },
                    "tag_ids": [[6, 0, [tags[i % 2]]]]})
            })
            .collect();
        client.call("project.task", "create", json!([rows]), quiet.clone()).await?;
        bar.inc(BATCH as u64);
    }
    bar.finish_and_clear();
    let seconds = begin.elapsed().as_secs_f64();
    say!(
        "{projects} projects, {tasks} tasks in {seconds:.1} s: {:.0} tasks a second",
        tasks as f64 / seconds
    );
    Ok(())
}
