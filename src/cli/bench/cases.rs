//! The calls that are measured, each over the whole range of what `seed` made.

use std::sync::Arc;

use serde_json::json;

use crate::cli::client::Client;
use crate::error::{Error, Result};
use crate::value::Json;

/// One call: where it goes, and its body for the k-th request.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) body: Arc<dyn Fn(usize) -> String + Send + Sync>,
}

/// What the cases draw from.
#[derive(Clone)]
struct Stock {
    tasks: Arc<Vec<i64>>,
    projects: Arc<Vec<i64>>,
}

fn ids(json: &Json) -> Vec<i64> {
    json.as_array().map_or(Vec::new(), |a| a.iter().filter_map(Json::as_i64).collect())
}

/// All cases, on the tasks that are there.
pub(super) async fn all(client: &Client, password: &str) -> Result<Vec<Case>> {
    let kw = json!({"limit": 100_000, "order": "id"});
    let tasks = ids(&client
        .call("project.task", "search", json!([[["project_id.name", "like", "bench"]]]), kw.clone())
        .await?);
    let projects =
        ids(&client.call("project.project", "search", json!([[["name", "like", "bench"]]]), kw).await?);
    if tasks.is_empty() || projects.is_empty() {
        return Err(Error::user("nothing to measure on: run `workwarden bench seed` first"));
    }
    let stock = Stock { tasks: Arc::new(tasks), projects: Arc::new(projects) };
    let login = json!([client.db(), client.uid, password]);
    let case = |name, model: &'static str, method: &'static str, make: fn(&Stock, usize) -> (Json, Json)| {
        let (stock, login) = (stock.clone(), login.clone());
        let body = move |k: usize| {
            let (args, kwargs) = make(&stock, k);
            json!({"jsonrpc": "2.0", "method": "call", "id": k, "params": {"service": "object", "method": "execute_kw",
                "args": [login[0], login[1], login[2], model, method, args, kwargs]}})
            .to_string()
        };
        Case { name, path: "/jsonrpc".into(), body: Arc::new(body) }
    };
    Ok(vec![
        case("read one, 5 fields", "project.task", "read", |s, k| {
            (
                json!([
                    [s.tasks[k % s.tasks.len()]],
                    ["name", "sequence", "priority", "state", "project_id"]
                ]),
                json!({}),
            )
        }),
        case("search_read 80 x 10, join", "project.task", "search_read", |s, k| {
            let p = s.projects[k % s.projects.len()];
            (
                json!([["&", ["project_id", "=", p], ["stage_id.name", "!=", "Nowhere"]]]),
                json!({"fields": ["name", "project_id", "stage_id", "state", "priority", "sequence", "date_deadline",
                    "create_date", "color", "partner_id"], "limit": 80}),
            )
        }),
        case("web_search_read nested", "project.task", "web_search_read", |s, k| {
            let p = s.projects[k % s.projects.len()];
            (
                json!([[["project_id", "=", p]]]),
                json!({"specification": {"name": {}, "stage_id": {"fields": {"display_name": {}}}, "priority": {},
                    "project_id": {"fields": {"name": {}, "partner_id": {"fields": {"display_name": {}}}}},
                    "user_ids": {"fields": {"display_name": {}}}, "tag_ids": {"fields": {"name": {}, "color": {}}}},
                    "limit": 40}),
            )
        }),
        case("read_group by stage", "project.task", "read_group", |s, k| {
            let p = s.projects[k % s.projects.len()];
            (json!([[["project_id", "=", p]], ["sequence:sum"], ["stage_id"]]), json!({}))
        }),
        case("name_search", "project.task", "name_search", |_, k| {
            (json!([]), json!({"name": format!("task {}", k % 1000), "limit": 8}))
        }),
        case("create one task", "project.task", "create", |s, k| {
            (
                json!([{"name": format!("made {k}"), "project_id": s.projects[k % s.projects.len()]}]),
                json!({}),
            )
        }),
        case("write one task", "project.task", "write", |s, k| {
            (json!([[s.tasks[k % s.tasks.len()]], {"color": k % 11}]), json!({}))
        }),
    ])
}
