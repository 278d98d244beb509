//! What the processes work in: a database, a home with the key, a stub provider, and a client that does not give up.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use workwarden::cli::client::Client;
use workwarden::db::{ColType, DatabaseUrl, Pool, Sql};
use workwarden::error::Result;
use workwarden::value::Value;

use super::node::{Fault, Node, until};
use crate::support::database::{Kind, TestDatabase};
use crate::support::{PASSWORD, installed};
use crate::workflow::stub::{Act, Seen, Stub};

/// Runs a test's body on SQLite, and on PostgreSQL where there is one.
pub fn both(body: impl Fn(World)) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if let Some(database) = installed(kind) {
            let url = database.url.clone();
            body(World::new(&url, Some(database)));
        }
    }
}

pub struct World {
    pub url: String,
    pub home: tempfile::TempDir,
    pub stub: Stub,
    runtime: Runtime,
    nodes: AtomicU32,
    // Last: its connections must be gone first.
    _database: Option<TestDatabase>,
}

impl World {
    pub fn new(url: &str, database: Option<TestDatabase>) -> World {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let stub = runtime.block_on(Stub::start([Act::Say("stub".into())]));
        let home = tempfile::tempdir().unwrap();
        World { url: url.into(), home, stub, runtime, nodes: AtomicU32::new(0), _database: database }
    }

    /// The stub asks `choose` what to do with each request.
    pub fn provider(&self, choose: impl FnMut(&Seen) -> Act + Send + 'static) {
        self.stub.choose(choose);
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// A process: `workwarden COMMAND` on this database, with these further arguments.
    pub fn node(&self, command: &str, args: &[&str], fault: Option<&Fault>) -> Node {
        let number = self.nodes.fetch_add(1, Ordering::Relaxed);
        let data = self.home().join("data").display().to_string();
        let common =
            ["--database", "test", "--database-url", &self.url, "--data-dir", &data, "--log-format", "json"];
        let log = ["--log-level", "workwarden=info,workwarden::workflow=debug"];
        let all: Vec<&str> =
            [command].into_iter().chain(common).chain(log).chain(args.iter().copied()).collect();
        Node::start(self.home(), &format!("{command}-{number}"), &all, fault)
    }

    /// A server on any free port, ready.
    pub fn serve(&self, args: &[&str]) -> (Node, Client) {
        let node = self.node("serve", &[&["--http-port", "0"], args].concat(), None);
        let Some(address) = node.address("Serving ") else { panic!("no server: {}", node.logged()) };
        let client = self.client(&address).unwrap();
        (node, client)
    }

    pub fn client(&self, address: &str) -> Result<Client> {
        self.wait(Client::login(&format!("http://{address}"), "test", "admin", PASSWORD))
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn call(&self, client: &Client, model: &str, method: &str, args: Json) -> Result<Json> {
        self.wait(client.call(model, method, args, json!({})))
    }

    /// GET of a page; status and body.
    pub fn get(&self, address: &str, path: &str, headers: &[(&'static str, &str)]) -> (u16, String) {
        let http = workwarden::cli::client::http().unwrap();
        self.wait(async {
            let mut request = http.get(format!("http://{address}{path}"));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }

    /// A provider at the stub, a prompt, a template (`Write` by the model, `Whole` by the system); `more` is of the
    /// provider.
    pub fn template(&self, client: &Client, more: &Json) -> i64 {
        let mut provider = json!({"name": "Stub", "provider_type": "local", "api_base": self.stub.url, "model": "m",
            "api_key": "sk-secret-of-the-test", "max_attempts": 15, "max_concurrency": 8});
        provider.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let create = |model: &str, values: Json| {
            self.call(client, model, "create", json!([values])).unwrap().as_i64().unwrap()
        };
        let provider = create("ai.provider", provider);
        let prompt = create(
            "ai.template",
            json!({"name": "P", "code": "p", "user_prompt": "{{ task.name }} of {{ project.name }}"}),
        );
        let template = json!({"name": "T", "code": "t", "default_provider_id": provider, "stage_ids": [
            [0, 0, {"name": "Write", "sequence": 10, "execution_mode": "ai", "ai_template_id": prompt}],
            [0, 0, {"name": "Whole", "sequence": 20, "execution_mode": "system", "system_action": "assemble",
                "is_final": true}],
        ]});
        create("ai.project.template", template)
    }

    /// Projects of that template with so many tasks each.
    pub fn projects(&self, client: &Client, template: i64, count: usize, tasks: usize) -> Vec<i64> {
        let tasks: Vec<Json> =
            (0..tasks).map(|n| json!([0, 0, {"name": format!("Task {n}"), "sequence": n + 1}])).collect();
        let project =
            |n| json!({"name": format!("Project {n}"), "ai_template_id": template, "task_ids": tasks});
        let all: Vec<Json> = (0..count).map(project).collect();
        let ids = self.call(client, "project.project", "create", json!([all])).unwrap();
        ids.as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect()
    }

    /// What a query of ours gives, as texts, without any server's help; empty while the database cannot be reached.
    pub fn rows(&self, sql: &'static str, columns: usize) -> Vec<Vec<String>> {
        let Ok(mut conn) =
            Pool::open(&self.url.parse::<DatabaseUrl>().unwrap(), 1).and_then(|pool| pool.get())
        else {
            return vec![];
        };
        let text = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            Value::Null => String::new(),
            other => panic!("select texts, not {other:?}"),
        };
        match conn.query(&Sql::of(sql), &vec![ColType::Text; columns]) {
            Ok(rows) => rows.iter().map(|row| row.iter().map(text).collect()).collect(),
            Err(_) => vec![],
        }
    }

    /// Waits until the query gives this one text.
    pub fn until(&self, sql: &'static str, expected: &str) {
        until(&format!("{sql} = {expected}"), || {
            let rows = self.rows(sql, 1);
            (rows.len() == 1 && rows[0][0] == expected).then_some(())
        });
    }
}
