//! A database with everything installed, a stub provider, and words for what the tests do with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::db::{DatabaseUrl, Mode, Pool};
use workwarden::error::Result;
use workwarden::orm::{Database, Env, Registry};
use workwarden::schema::load_addons;
use workwarden::value::Map;
use workwarden::workflow::{Worker, WorkerHandle, WorkerOptions};

use crate::support::database::{Kind, TestDatabase};
use crate::support::installed;

/// The administrator.
pub const ADMIN: i64 = 2;

/// One database of its own.
pub struct Fixture {
    pub db: Arc<Database>,
    /// Milliseconds that its clock is ahead of the world's.
    pub ahead: Arc<AtomicI64>,
    _test: TestDatabase,
}

#[expect(clippy::disallowed_methods, reason = "workers run in real time")]
fn database(url: &str, ahead: Arc<AtomicI64>) -> Database {
    let pool = Pool::open(&url.parse::<DatabaseUrl>().unwrap(), 6).unwrap();
    let registry = Registry::build(load_addons(&[]).unwrap(), workwarden::app::behaviours()).unwrap();
    let clock = move || {
        chrono::Utc::now().naive_utc() + chrono::Duration::milliseconds(ahead.load(Ordering::Relaxed))
    };
    Database::new(pool, registry, Arc::new(clock))
}

/// Runs a test's body on SQLite, and on PostgreSQL where there is one.
pub fn both(body: impl Fn(&Fixture)) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(test) = installed(kind) else { continue };
        let ahead = Arc::new(AtomicI64::new(0));
        let db = Arc::new(database(&test.url, ahead.clone()));
        body(&Fixture { db, ahead, _test: test });
    }
}

/// A stage of mode ai with the usual prompt; more values win.
pub fn stage(name: &str, sequence: i64, more: Json) -> Json {
    let mut values = json!({"name": name, "sequence": sequence, "execution_mode": "ai"});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    values
}

impl Fixture {
    /// Runs as a user.
    pub fn run_as<T>(&self, uid: i64, f: impl FnMut(&Env) -> Result<T>) -> Result<T> {
        self.db.with_env(uid, Map::new(), Mode::Write, f)
    }

    /// Runs as administrator; must not fail.
    pub fn run<T>(&self, f: impl FnMut(&Env) -> Result<T>) -> T {
        self.run_as(ADMIN, f).unwrap()
    }

    /// Calls a method of a project as administrator.
    pub fn act(&self, project: i64, method: &str, kwargs: Json) -> Result<Json> {
        let kwargs = kwargs.as_object().unwrap().clone();
        self.run_as(ADMIN, |env| env.call("project.project", &[project], method, vec![], kwargs.clone()))
    }

    /// A local provider at `base`, a prompt, a template with these stages, a project with these tasks.
    pub fn project(&self, base: &str, stages: &[Json], tasks: &[&str]) -> i64 {
        self.run(|env| {
            let provider = env.create(
                "ai.provider",
                json!({"name": "Stub", "provider_type": "local", "api_base": base, "model": "m", "max_attempts": 3,
                    "max_concurrency": 4, "api_key": "sk-secret-of-the-test"}),
            )?;
            let prompt = env.create(
                "ai.template",
                json!({"name": "Prompt", "code": "p",
                    "user_prompt": "Write {{ task.name }} of {{ project.name }}.\
                        {% if feedback %} Change: {{ feedback }} Was: {{ previous }}{% endif %}"}),
            )?;
            let values = json!({"name": "T", "code": "t", "default_provider_id": provider});
            let template = env.create("ai.project.template", values)?;
            for stage in stages {
                let mut values = stage.clone();
                values["template_id"] = template.into();
                if values["execution_mode"] == "ai" && values.get("ai_template_id").is_none() {
                    values["ai_template_id"] = prompt.into();
                }
                env.create("ai.project.stage", values)?;
            }
            let model = env.sudo().search("ir.model", json!([["model", "=", "project.task"]]))?;
            let alias = env.sudo().create("mail.alias", json!({"alias_model_id": model[0]}))?;
            let values = json!({"name": "Bakery", "ai_template_id": template, "alias_id": alias});
            let project = env.create("project.project", values)?;
            for task in tasks {
                env.create("project.task", json!({"name": task, "project_id": project}))?;
            }
            Ok(project)
        })
    }

    /// A worker with short times.
    pub fn worker(&self) -> WorkerHandle {
        self.worker_with(WorkerOptions::default())
    }

    /// A worker with these times, polling fast.
    pub fn worker_with(&self, options: WorkerOptions) -> WorkerHandle {
        let options = WorkerOptions { poll: Duration::from_millis(100), ..options };
        Worker::start(self.db.clone(), options).unwrap()
    }

    /// Fields of a project.
    pub fn read(&self, project: i64, field: &str) -> Json {
        let rows =
            self.run(|env| env.call("project.project", &[project], "read", vec![json!([field])], Map::new()));
        rows[0][field].clone()
    }

    /// Rows of a model.
    pub fn rows(&self, model: &str, domain: Json, fields: &[&str]) -> Vec<Json> {
        let kwargs = json!({"domain": domain, "fields": fields, "order": "id", "context": {}});
        let mut kwargs = kwargs.as_object().unwrap().clone();
        kwargs.shift_remove("context");
        let rows = self.run(|env| {
            let env = env.with_context(json!({"active_test": false}));
            env.call(model, &[], "search_read", vec![], kwargs.clone())
        });
        rows.as_array().unwrap().clone()
    }

    /// Waits until the project is in a state.
    pub fn wait(&self, project: i64, state: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let now = self.read(project, "ai_state");
            if now == state {
                return;
            }
            let stuck = || {
                let error = self.read(project, "ai_error");
                let jobs =
                    self.rows("ai.job", json!([]), &["kind", "state", "attempt", "error", "identity_key"]);
                format!("waiting for {state}, it is {now}: {error} {jobs:#?}")
            };
            assert!(Instant::now() < until, "{}", stuck());
            assert!(now != "failed" || state == "failed", "{}", stuck());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
