//! What a browser gets on its way in, over the wire.

use std::sync::Arc;

use serde_json::{Value, json};
use workwarden::assets::Assets;
use workwarden::http::Options;

use super::tree;
use crate::protocol::wire::{Reply, Site};
use crate::support::app;

/// A server with the small tree, and a session of admin.
struct Client {
    site: Site,
    cookie: String,
    _cache: tempfile::TempDir,
}

impl Client {
    fn new() -> Client {
        Client::over(Site::new)
    }

    fn over(start: impl FnOnce(Options) -> Site) -> Client {
        let cache = tempfile::tempdir().unwrap();
        let assets = Arc::new(Assets::open(&tree(), cache.path().join("assets"), &[]).unwrap());
        let site = start(Options { assets: Some(assets), ..Options::default() });
        let cookie = log_in(&site);
        Client { site, cookie, _cache: cache }
    }

    fn get(&self, path: &str) -> Reply {
        self.with(path, &[])
    }

    fn with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.site.send("GET", path, &[headers, &[("cookie", &self.cookie)]].concat(), "")
    }

    fn rpc(&self, path: &str, params: Value) -> Value {
        self.site.rpc(path, params, &self.cookie)
    }
}

fn log_in(site: &Site) -> String {
    let params = json!({"db": "wire", "login": "admin", "password": "admin"});
    let body = json!({"id": 1, "params": params}).to_string();
    site.send("POST", "/web/session/authenticate", &[("content-type", "application/json")], body)
        .cookie("session_id")
}

/// The text between two others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from)
        .and_then(|(_, rest)| rest.split_once(to))
        .unwrap_or_else(|| panic!("{from}: {text}"))
        .0
}

#[test]
fn the_boot_page_leads_to_all_that_it_needs() {
    let client = Client::new();
    let page = client.get("/odoo/action-7/new?debug=1").body;
    assert!(page.contains("debug: \"1\"") && page.contains("o_web_client"));
    let style = client.get(between(&page, "media=\"screen\" href=\"", "\""));
    assert_eq!((style.status, style.content_type.as_str()), (200, "text/css"));
    let script = client.get(between(&page, "<script src=\"", "\""));
    assert_eq!((script.status, script.content_type.as_str()), (200, "application/javascript"));
    assert!(script.header("cache-control").contains("immutable"));
    assert!(script.body.starts_with("window.box=function box(){return"), "{}", script.body);
    let menus = client.get(between(&page, "fetch(\"", "\"")).json();
    let first = menus["root"]["children"][0].to_string();
    assert!(menus[&first]["actionID"].is_i64(), "an app has the first action below it: {menus}");
    let info: Value = serde_json::from_str(between(&page, "__session_info__ = ", ";\n")).unwrap();
    assert_eq!(info["view_info"]["form"]["multi_record"], false);
    let words = client.site.get(&format!(
        "/web/webclient/translations/{}?lang=en_US",
        info["cache_hashes"]["translations"].as_str().unwrap()
    ));
    assert_eq!(words.json()["lang_parameters"]["grouping"], "[3,0]");
    assert!(words.header("cache-control").contains("max-age"));
}

#[test]
fn an_address_of_before_leads_to_the_one_of_now() {
    let client = Client::new();
    let moved = client.get("/web/assets/0000000/web.assets_web.min.css");
    assert_eq!(moved.status, 303);
    let style = client.get(moved.header("location"));
    assert_eq!(style.status, 200);
    let tag = style.header("etag").to_owned();
    assert_eq!(client.with(moved.header("location"), &[("if-none-match", &tag)]).status, 304);
    for none in ["/web/assets/1/web.none.min.js", "/web/assets/1/web.assets_web.min.txt"] {
        assert_eq!(client.get(none).status, 404, "{none}");
    }
}

#[test]
fn packed_for_those_who_take_it() {
    let client = Client::new();
    let address = client.get("/web/assets/0/web.assets_web.min.js").header("location").to_owned();
    for coding in ["gzip", "br"] {
        let packed = client.with(&address, &[("accept-encoding", coding)]);
        assert_eq!(packed.header("content-encoding"), coding);
        assert_eq!(packed.header("vary"), "accept-encoding");
    }
    assert_eq!(client.get(&address).header("content-encoding"), "");
}

#[test]
fn debug_assets_are_to_be_read() {
    let client = Client::new();
    let page = client.get("/odoo?debug=assets").body;
    let script = client.get(between(&page, "<script src=\"", "\""));
    assert!(script.body.contains("\n/* /web/static/src/main.js */\n"), "{}", script.body);
    assert_eq!(script.header("cache-control"), "no-cache");
    let hostile = client.get("/odoo?debug=%22%3C/script%3E").body;
    assert!(hostile.contains("debug: \"\\\"\\u003c/script>\""), "{hostile}");
}

#[test]
fn later_bundles_are_named_by_their_parts() {
    let client = Client::new();
    let nodes = client.get("/web/bundle/web.far?lang=en_US").json();
    assert_eq!(nodes.as_array().unwrap().len(), 1);
    assert_eq!(nodes[0]["type"], "script");
    assert!(client.get(nodes[0]["src"].as_str().unwrap()).body.contains("@web/views/far/far"));
    assert_eq!(client.get("/web/bundle/no.such").json(), json!([]));
}

#[test]
fn files_of_the_tree() {
    let client = Client::new();
    let font = client.site.get("/web/static/fonts/f.woff2");
    assert_eq!((font.status, font.content_type.as_str()), (200, "font/woff2"));
    assert!(font.header("cache-control").starts_with("public"));
    let tag = font.header("etag").to_owned();
    assert_eq!(client.with("/web/static/fonts/f.woff2", &[("if-none-match", &tag)]).status, 304);
    assert_eq!(client.with("/web/static/fonts/f.woff2", &[("range", "bytes=0-2")]).body, "not");
    for path in [
        "/web/static/none.js",
        "/web/static/%2e%2e/secret.py",
        "/web/static/..%2fsecret.py",
        "/none/static/a",
    ] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
}

#[test]
fn without_a_tree_the_page_says_what_to_do() {
    let site = Site::default();
    let cookie = log_in(&site);
    let page = site.send("GET", "/odoo", &[("cookie", &cookie)], "").body;
    assert!(page.contains("--odoo-source"), "{page}");
    assert_eq!(site.get("/web/static/fonts/f.woff2").status, 404);
}

#[test]
fn pages_of_nobody_lead_to_the_login_and_back() {
    let site = Site::default();
    for path in ["/odoo/tasks/3?debug=1", "/web/webclient/load_menus/x", "/web/content/1"] {
        let reply = site.get(path);
        let quoted: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, format!("/web/login?redirect={quoted}").as_str())
        );
    }
}

#[test]
fn actions_by_id_path_and_external_id() {
    let client = Client::new();
    let load =
        |id: Value| client.rpc("/web/action/load", json!({"action_id": id, "context": {"lang": "en_US"}}));
    let users = load(json!("base.action_res_users"))["result"].clone();
    assert_eq!(users["res_model"], "res.users");
    assert_eq!(users["views"], json!([[false, "list"], [false, "form"]]));
    assert!(users.get("create_uid").is_none() && users.get("view_ids").is_none(), "{users}");
    assert_eq!(load(users["id"].clone())["result"]["xml_id"], "base.action_res_users");
    assert_eq!(load(json!(users["id"].to_string()))["result"]["id"], users["id"]);
    for none in [json!(999_999), json!("no-such-path"), json!("no.such")] {
        let name = load(none)["error"]["data"]["name"].clone();
        assert_eq!(name, "odoo.addons.web.controllers.action.MissingActionError");
    }
}

#[test]
fn breadcrumbs_are_named_in_order() {
    let client = Client::new();
    let admin = client.site.admin();
    let steps = json!([
        {"action": "base.action_res_users"},
        {"action": "base.action_res_users", "resId": admin},
        {"action": "base.action_res_users", "resId": "new"},
        {"action": "none"},
        {"model": "res.users", "resId": 999_999},
        {"model": "res.users", "resId": admin},
    ]);
    let names = client.rpc("/web/action/load_breadcrumbs", json!({"actions": steps}))["result"].clone();
    assert_eq!(names[0], json!({"display_name": "Users"}));
    assert_eq!(names[1], names[5]);
    assert_eq!(names[2], json!({"display_name": "New"}));
    assert!(names[3]["error"].is_string() && names[4]["error"].is_string(), "{names}");
    assert_eq!(names.as_array().unwrap().len(), 6);
}

#[test]
fn a_button_answers_an_action_or_false() {
    let client = Client::new();
    let admin = client.site.admin();
    let press = |model: &str, method: &str, ids: Value| {
        let params = json!({"model": model, "method": method, "args": [ids], "kwargs": {"context": {}}});
        client.rpc(&format!("/web/dataset/call_button/{model}/{method}"), params)["result"].clone()
    };
    assert_eq!(press("res.users", "action_archive", json!([])), false);
    let next = press("res.users", "preference_save", json!([admin]));
    assert!(next == false || next["type"].is_string(), "{next}");
    let task = client.site.execute("project.task", "create", json!([{"name": "alone"}]))["result"].clone();
    let next = press("project.task", "action_recurring_tasks", json!([task]));
    let kinds: Vec<&str> =
        next["views"].as_array().unwrap().iter().map(|view| view[1].as_str().unwrap()).collect();
    let known = ["list", "form", "kanban", "calendar", "pivot", "graph"];
    assert_eq!(kinds, known, "no kind of view that this client has no code for");
}

#[test]
fn a_server_action_is_run() {
    let client = Client::new();
    let model = client.site.execute("ir.model", "search", json!([[["model", "=", "res.partner"]]]))["result"]
        [0]
    .clone();
    let vals = json!({"name": "Say Hello", "model_id": model, "state": "object_write", "update_path": "comment",
        "value": "Hello", "evaluation_type": "value"});
    let action = client.site.execute("ir.actions.server", "create", json!([vals]))["result"].clone();
    let partner =
        client.site.execute("res.partner", "create", json!([{"name": "Greeted"}]))["result"].clone();
    let context = json!({"active_model": "res.partner", "active_id": partner, "active_ids": [partner]});
    let answer = client.rpc("/web/action/run", json!({"action_id": action, "context": context}));
    assert_eq!(answer["result"], false, "{answer}");
    let read = client.site.execute("res.partner", "read", json!([[partner], ["comment"]]));
    assert_eq!(read["result"][0]["comment"], "<p>Hello</p>", "{read}");
}

#[test]
fn words_of_another_language_come_from_the_tree() {
    let client = Client::over(|options| Site::on(Arc::new(app("wire")), options));
    let french = json!([[["code", "=", "fr_FR"], ["active", "in", [true, false]]]]);
    let lang = client.site.execute("res.lang", "search", french)["result"].clone();
    client.site.execute("res.lang", "write", json!([lang, {"active": true}]));
    let words = client.site.get("/web/webclient/translations/x?lang=fr_FR").json();
    assert_eq!(words["lang"], "fr_FR", "{words}");
    assert_eq!(words["modules"]["web"]["messages"], json!([{"id": "Open", "string": "Ouvrir"}]));
    assert_eq!(words["multi_lang"], true);
    assert_eq!(client.site.get("/web/webclient/translations/x?lang=../../x").json()["lang"], "en_US");
}
