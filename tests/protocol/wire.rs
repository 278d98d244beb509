//! A server on a free port and a client that talks to it.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use workwarden::http::{Options, Server, serve};
use workwarden::orm::{Env, SUPERUSER};
use workwarden::service::{App, Databases};

use crate::support::app;

/// A running server, stopped when dropped.
pub struct Site {
    app: Arc<App>,
    server: Option<Server>,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

/// One application for all tests of the protocols, that never shuts an account; installing takes its time.
fn shared() -> Arc<App> {
    static APP: OnceLock<Arc<App>> = OnceLock::new();
    let open = || {
        let app = app("wire");
        never_shut(&app);
        Arc::new(app)
    };
    APP.get_or_init(open).clone()
}

/// Wrong passwords never shut an account.
pub fn never_shut(app: &App) {
    let set = |env: &Env| {
        let ids = env.search("ir.config_parameter", json!([["key", "=", "base.login_cooldown_after"]]))?;
        env.write("ir.config_parameter", &ids, json!({"value": "0"}))?;
        env.invalidate();
        Ok(())
    };
    app.with_env(SUPERUSER, Default::default(), set).unwrap();
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The cookie of that name that was set last, without its attributes.
    pub fn cookie(&self, name: &str) -> String {
        let all = self.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap());
        let mut mine = all.filter(|c| c.starts_with(&format!("{name}=")));
        mine.next_back().and_then(|c| c.split(';').next()).unwrap_or_default().to_owned()
    }
}

impl Site {
    /// A server of its own on the database that all these tests share.
    pub fn new(options: Options) -> Site {
        Site::on(shared(), options)
    }

    /// A server on `app`.
    pub fn on(app: Arc<App>, options: Options) -> Site {
        Site::serving(app.clone(), app, options)
    }

    /// A server on several databases, of which `app` is the one that the helpers speak to.
    pub fn serving(app: Arc<App>, databases: impl Into<Databases>, options: Options) -> Site {
        // a second test of this process finds one installed, which is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = serve(databases, listener, Options { workers: 1, calls: 4, ..options }).unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Site { app, server: Some(server), runtime, client }
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.as_ref().unwrap().address())
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request = self.client.request(method.parse().unwrap(), self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let headers = response.headers().clone();
            let content_type = headers.get("content-type").map_or("", |v| v.to_str().unwrap());
            let (status, content_type) =
                (response.status().as_u16(), content_type.split(';').next().unwrap_or_default().to_owned());
            let bytes = response.bytes().await.unwrap().to_vec();
            Reply { status, content_type, body: String::from_utf8_lossy(&bytes).into_owned(), bytes, headers }
        })
    }

    /// A POST of bytes of that type.
    pub fn post_bytes(&self, path: &str, content_type: &str, body: Vec<u8>) -> Reply {
        self.send("POST", path, &[("content-type", content_type)], body)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    /// A JSON-RPC call; the whole answer.
    pub fn rpc(&self, path: &str, params: Value, cookie: &str) -> Value {
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": 5, "params": params}).to_string();
        let reply =
            self.send("POST", path, &[("content-type", "application/json"), ("cookie", cookie)], body);
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "application/json"), "{}", reply.body);
        reply.json()
    }

    /// The id of admin.
    pub fn admin(&self) -> i64 {
        let args = json!(["wire", "admin", "admin"]);
        let answer = self.rpc("/jsonrpc", json!({"service": "common", "method": "login", "args": args}), "");
        answer["result"].as_i64().unwrap_or_else(|| panic!("{answer}"))
    }

    /// `object.execute_kw` as admin.
    pub fn execute(&self, model: &str, method: &str, args: Value) -> Value {
        let args = json!(["wire", self.admin(), "admin", model, method, args]);
        self.rpc("/jsonrpc", json!({"service": "object", "method": "execute_kw", "args": args}), "")
    }

    /// An XML-RPC call's body.
    pub fn xml(&self, path: &str, body: impl Into<reqwest::Body>) -> String {
        let reply = self.send("POST", path, &[("content-type", "text/xml")], body);
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "text/xml"), "{}", reply.body);
        reply.body
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
            server.wait().unwrap();
        }
    }
}

impl Default for Site {
    fn default() -> Site {
        Site::new(Options::default())
    }
}
