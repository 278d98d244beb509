//! The workflow as people see it: event streams, pages, the watcher in a terminal; over the wire.

mod events;
mod limits;
mod order;
mod pages;
mod terminal;

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use workwarden::db::event;
use workwarden::http::{Options, Server, serve};
use workwarden::orm::{Env, SUPERUSER};
use workwarden::service::{App, session};
use workwarden::value::Map;
use workwarden::workflow::{Worker, WorkerHandle, WorkerOptions};

use crate::support::TestApp;

const ADMIN: i64 = 2;
/// What must happen happens within this.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port.
struct Site {
    app: Arc<App>,
    server: Option<Server>,
    worker: Option<WorkerHandle>,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

impl Site {
    fn new(app: &TestApp) -> Site {
        Site::with(app.shared(), Options::default())
    }

    fn with(app: Arc<App>, options: Options) -> Site {
        Site::at(app, options, 0)
    }

    fn at(app: Arc<App>, options: Options, port: u16) -> Site {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let server = serve(app.clone(), listener, Options { workers: 1, calls: 4, ..options }).unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Site { app, server: Some(server), worker: None, runtime, http }
    }

    /// With a worker that runs the jobs.
    fn working(mut self) -> Site {
        let options = WorkerOptions { poll: Duration::from_millis(100), ..WorkerOptions::default() };
        self.worker = Some(Worker::start(self.app.db.clone(), options).unwrap());
        self
    }

    fn address(&self) -> std::net::SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> reqwest::Response {
        let url = format!("http://{}{path}", self.address());
        let mut request = self.http.request(method.parse().unwrap(), url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(request.send()).unwrap()
    }

    fn status(&self, path: &str, headers: &[(&str, &str)]) -> u16 {
        self.request("GET", path, headers, String::new()).status().as_u16()
    }

    /// Begins to listen; the first event is `ready`.
    fn listen(&self, path: &str, headers: &[(&str, &str)]) -> Ear<'_> {
        let response = self.request("GET", path, headers, String::new());
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        let mut ear =
            Ear { site: self, response, text: String::new(), heard: VecDeque::new(), current: false };
        let ready = ear.next().expect("ready");
        assert_eq!(ready.kind, "ready");
        ear.current = ready.data["current"] == true;
        ear
    }

    fn end(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.stop();
        }
        if let Some(server) = self.server.take() {
            server.stop();
            server.wait().unwrap();
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.end();
    }
}

/// One event as a client gets it.
#[derive(Debug, Clone)]
struct Heard {
    id: String,
    kind: String,
    data: Json,
}

impl Heard {
    fn message(&self) -> &str {
        self.data["message"].as_str().unwrap_or_default()
    }
}

/// A client that listens.
struct Ear<'a> {
    site: &'a Site,
    response: reqwest::Response,
    text: String,
    heard: VecDeque<Heard>,
    /// What `ready` said: nothing was missed.
    current: bool,
}

impl Ear<'_> {
    /// The next event; None when the stream has ended.
    fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return Some(heard);
            }
            self.piece()?;
            while let Some(end) = self.text.find("\n\n") {
                let text: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    let start = format!("{name}: ");
                    text.lines().find_map(|l| l.strip_prefix(&start)).unwrap_or_default().to_owned()
                };
                if !field("event").is_empty() {
                    let data = serde_json::from_str(&field("data")).unwrap();
                    self.heard.push_back(Heard { id: field("id"), kind: field("event"), data });
                }
            }
        }
    }

    /// Waits for more bytes.
    fn piece(&mut self) -> Option<()> {
        let chunk = self.site.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("nothing came")
        });
        self.text.push_str(std::str::from_utf8(&chunk.ok()??).unwrap());
        Some(())
    }

    /// The next `n` events of the history.
    fn events(&mut self, n: usize) -> Vec<Heard> {
        let mut out = vec![];
        while out.len() < n {
            match self.next() {
                Some(heard) if heard.kind == "workflow" => out.push(heard),
                Some(heard) if heard.kind == "current" => {}
                other => panic!("{other:?} after {out:?}"),
            }
        }
        out
    }

    fn messages(&mut self, n: usize) -> Vec<String> {
        self.events(n).iter().map(|h| h.message().to_owned()).collect()
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn su<T>(app: &App, f: impl FnMut(&Env) -> workwarden::error::Result<T>) -> T {
    app.with_env(SUPERUSER, Map::new(), f).unwrap()
}

/// A user of these groups.
fn user(app: &App, login: &str, groups: &[&str]) -> i64 {
    su(app, |env| {
        let groups: Vec<i64> = groups.iter().map(|g| env.need_xmlid(g)).collect::<Result<_, _>>()?;
        env.create("res.users", json!({"name": login, "login": login, "groups_id": [[6, 0, groups]]}))
    })
}

/// `session_id=…` of a new session.
fn cookie(app: &App, uid: i64) -> String {
    format!("session_id={}", session::open(app, uid).unwrap())
}

fn project(app: &App, name: &str, more: Json) -> i64 {
    let mut values = json!({"name": name});
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    su(app, |env| env.with_user(ADMIN).create("project.project", values.clone()))
}

/// Writes an event, as the workflow does.
fn happens(app: &App, project: i64, message: &str) -> i64 {
    su(app, |env| {
        let id = env.create("ai.event", event_values(project, message))?;
        env.tx().with_conn(|c| c.tell_later(event::EVENTS));
        Ok(id)
    })
}

fn event_values(project: i64, message: &str) -> Json {
    json!({"project_id": project, "user_id": ADMIN, "kind": "started", "message": message,
        "date": "2026-11-25 00:00:00"})
}
