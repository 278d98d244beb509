//! Passwords, sessions, cookies, the login form.

use std::sync::Arc;

use serde_json::{Value, json};
use workwarden::http::Options;

use super::wire::{Reply, Site};
use crate::support::app;

fn authenticate(site: &Site, login: &str, password: &str) -> Reply {
    let params = json!({"db": "wire", "login": login, "password": password});
    let body = json!({"id": 1, "params": params}).to_string();
    site.send("POST", "/web/session/authenticate", &[("content-type", "application/json")], body)
}

#[test]
fn login_is_an_id_or_false() {
    let site = Site::default();
    let login = |login: &str, password: Value| {
        let args = json!(["wire", login, password]);
        site.rpc("/jsonrpc", json!({"service": "common", "method": "login", "args": args}), "")["result"]
            .clone()
    };
    assert_eq!(login("admin", json!("admin")), site.admin());
    assert_eq!(login("admin", json!("wrong")), false);
    assert_eq!(login("Admin", json!("admin")), false);
    assert_eq!(login("", json!("")), false);
    assert_eq!(login("admin", json!(null)), false);
}

#[test]
fn who_calls_must_prove_himself_every_time() {
    let site = Site::default();
    let admin = site.admin();
    let call = |db: &str, uid: Value, password: Value| {
        let args = json!([db, uid, password, "res.users", "search_count", [[]]]);
        let answer =
            site.rpc("/jsonrpc", json!({"service": "object", "method": "execute_kw", "args": args}), "");
        answer["error"]["data"]["name"].as_str().unwrap_or("fine").to_owned()
    };
    assert_eq!(call("wire", json!(admin), json!("admin")), "fine");
    assert_eq!(call("wire", json!(admin), json!("admin")), "fine");
    assert_eq!(call("wire", json!(admin), json!("wrong")), "odoo.exceptions.AccessDenied");
    assert_eq!(call("wire", json!(admin), json!("")), "odoo.exceptions.AccessDenied");
    assert_eq!(call("wire", json!(false), json!("")), "odoo.exceptions.AccessDenied");
    assert_eq!(call("wire", json!(999_999_999), json!("admin")), "odoo.exceptions.MissingError");
    assert_eq!(call("wire", json!("abc"), json!("admin")), "builtins.ValueError");
    assert_eq!(call("wire", json!(null), json!("admin")), "builtins.TypeError");
    assert_eq!(call("other", json!(admin), json!("admin")), "psycopg2.OperationalError");
}

#[test]
fn a_browser_tells_where_the_server_and_the_user_are() {
    let site = Site::default();
    let ask = |method: &str, args: Value| {
        let args = json!(["wire", site.admin(), "admin", "ir.config_parameter", method, args]);
        let params = json!({"service": "object", "method": "execute_kw", "args": args});
        site.rpc("/jsonrpc", params, "")["result"].clone()
    };
    let login = |host: &str, tz: &str| {
        let cookie = format!("tz={tz}");
        let headers = [("content-type", "application/json"), ("cookie", cookie.as_str()), ("host", host)];
        let body = json!({"params": {"db": "wire", "login": "admin", "password": "admin"}}).to_string();
        site.send("POST", "/web/session/authenticate", &headers, body).json()["result"]["user_context"]["tz"]
            .clone()
    };
    assert_eq!(login("erp.example.com", "Nowhere/Land"), false, "no such zone");
    assert_eq!(login("erp.example.com", "Europe/Brussels"), "Europe/Brussels");
    assert_eq!(login("erp.example.com", "Asia/Tokyo"), "Europe/Brussels", "he has one already");
    assert_eq!(ask("get_param", json!(["web.base.url"])), "http://erp.example.com");
    ask("set_param", json!(["web.base.url.freeze", "True"]));
    login("other.example.com", "");
    assert_eq!(ask("get_param", json!(["web.base.url"])), "http://erp.example.com");
}

#[test]
fn a_button_that_ends_the_session_is_answered() {
    let site = Site::default();
    let values = json!({"name": "Forgetful", "login": "forgetful", "password": "one"});
    let uid = site.execute("res.users", "create", json!([values]))["result"].clone();
    let cookie = authenticate(&site, "forgetful", "one").cookie("session_id");
    let call = |path: &str, model: &str, method: &str, args: Value| {
        let params = json!({"model": model, "method": method, "args": args, "kwargs": {}});
        let headers = [("content-type", "application/json"), ("cookie", cookie.as_str())];
        site.send("POST", path, &headers, json!({"id": 1, "params": params}).to_string()).json()
    };
    let button = |model: &str, id: &Value, method: &str| {
        call("/web/dataset/call_button", model, method, json!([[id]]))["result"].clone()
    };
    let (own, identity) = ("change.password.own", "res.users.identitycheck");
    let told = json!([{"new_password": "another", "confirm_password": "another"}]);
    let wizard = call("/web/dataset/call_kw", own, "create", told)["result"].clone();
    let check = button(own, &wizard, "change_password")["res_id"].clone();
    call("/web/dataset/call_kw", identity, "write", json!([[check], {"password": "one"}]));
    assert_eq!(button(identity, &check, "run_check")["tag"], "reload");
    let after = call("/web/dataset/call_kw", own, "search_count", json!([[]]));
    assert_eq!(after["error"]["code"], 100);
    assert_eq!(authenticate(&site, "forgetful", "another").json()["result"]["uid"], uid);
}

#[test]
fn a_session_lives_from_login_to_logout() {
    let site = Site::default();
    let reply = authenticate(&site, "admin", "admin");
    let admin = reply.json()["result"]["uid"].clone();
    assert_eq!(admin, site.admin());
    let cookie = reply.cookie("session_id");
    let attributes = reply.header("set-cookie");
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
    assert!(!attributes.contains("Secure"), "not over plain HTTP");
    let call = |cookie: &str| {
        let domain = json!([["login", "=", "admin"]]);
        let params = json!({"model": "res.users", "method": "search", "args": [domain], "kwargs": {}});
        site.rpc("/web/dataset/call_kw/any/thing", params, cookie)
    };
    assert_eq!(call(&cookie)["result"], json!([admin]));
    let expired = json!({"code": 100, "message": "Odoo Session Expired"});
    for nobody in ["", "session_id=short", &format!("session_id={}", "0".repeat(84))] {
        let answer = call(nobody);
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &expired["code"]));
        assert_eq!(answer["error"]["data"]["name"], "odoo.http.SessionExpiredException");
    }
    let again = site.send("GET", "/web/session/logout", &[("cookie", &cookie)], "");
    assert_eq!((again.status, again.header("location")), (303, "/odoo"));
    assert_ne!(again.cookie("session_id"), cookie);
    assert_eq!(call(&cookie)["error"]["message"], expired["message"]);
}

#[test]
fn a_login_changes_the_session_id() {
    let site = Site::default();
    let first = authenticate(&site, "admin", "admin").cookie("session_id");
    let params = json!({"db": "wire", "login": "admin", "password": "admin"});
    let body = json!({"params": params}).to_string();
    let headers = [("content-type", "application/json"), ("cookie", first.as_str())];
    let second = site.send("POST", "/web/session/authenticate", &headers, body).cookie("session_id");
    assert_ne!(first, second);
    assert_eq!(site.rpc("/web/session/check", json!({}), &first)["error"]["code"], 100);
    assert_eq!(site.rpc("/web/session/check", json!({}), &second), json!({"jsonrpc": "2.0", "id": 5}));
}

#[test]
fn wrong_logins_are_refused_in_words() {
    let site = Site::default();
    let error = |reply: Reply| reply.json()["error"]["data"]["name"].clone();
    assert_eq!(error(authenticate(&site, "admin", "x")), "odoo.exceptions.AccessDenied");
    assert_eq!(error(authenticate(&site, "nobody", "x")), "odoo.exceptions.AccessDenied");
    let other = site.rpc("/web/session/authenticate", json!({"db": "no", "login": "a", "password": "b"}), "");
    assert_eq!(other["error"]["data"]["message"], "Database not found.");
    let missing = site.rpc("/web/session/authenticate", json!({"db": "wire", "login": "a"}), "");
    assert_eq!(
        missing["error"]["data"]["message"],
        "Session.authenticate() missing 1 required positional argument: 'password'"
    );
}

#[test]
fn after_ten_failures_the_account_is_shut_to_that_address() {
    let app = Arc::new(app("wire"));
    let site = Site::on(app, Options { proxy_mode: true, ..Options::default() });
    let login = |ip: &str, password: &str| {
        let args = json!(["wire", "admin", password]);
        let body = json!({"params": {"service": "common", "method": "login", "args": args}}).to_string();
        let headers = [("content-type", "application/json"), ("x-forwarded-for", ip)];
        site.send("POST", "/jsonrpc", &headers, body).json()["result"].clone()
    };
    for _ in 0..10 {
        assert_eq!(login("6.6.6.6", "wrong"), false);
    }
    assert_eq!(login("6.6.6.6", "admin"), false, "shut, even to the right password");
    assert_eq!(login("forged, 7.7.7.7", "admin"), site.admin(), "another address is not");
}

#[test]
fn the_form_logs_in_and_only_a_page_of_ours_can_send_it() {
    let site = Site::default();
    let page = site.get("/web/login?redirect=/odoo/tasks");
    let cookie = page.cookie("session_id");
    let token =
        page.body.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let post = |cookie: &str, token: &str, password: &str, redirect: &str| {
        let body = format!("csrf_token={token}&login=admin&password={password}&redirect={redirect}");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)];
        site.send("POST", "/web/login", &headers, body)
    };
    assert_eq!(post(&cookie, "", "admin", "").status, 400);
    assert_eq!(post("", &token, "admin", "").status, 400);
    let wrong = post(&cookie, &token, "wrong", "%2Fodoo%2Ftasks");
    assert_eq!(wrong.status, 200);
    assert!(wrong.body.contains("Wrong login/password") && wrong.body.contains("value=\"admin\""));
    let right = post(&cookie, &token, "admin", "%2Fodoo%2Ftasks");
    assert_eq!((right.status, right.header("location")), (303, "/odoo/tasks"));
    assert_ne!(right.cookie("session_id"), cookie);
    for elsewhere in ["https%3A%2F%2Fevil", "%2F%2Fevil", "%2F%5Cevil"] {
        assert_eq!(post(&cookie, &token, "admin", elsewhere).header("location"), "/odoo");
    }
    let quoted = site.get("/web/login?redirect=/%22%3E%3Cscript%3E").body;
    assert!(!quoted.contains("\"><script>"), "{quoted}");
}

#[test]
fn the_home_page_asks_for_a_login_and_tells_the_session() {
    let site = Site::default();
    let reply = site.get("/odoo/tasks?debug=1");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/web/login?redirect=%2Fodoo%2Ftasks%3Fdebug%3D1")
    );
    let cookie = authenticate(&site, "admin", "admin").cookie("session_id");
    let page = site.send("GET", "/odoo", &[("cookie", &cookie)], "").body;
    let info = page.split("odoo.__session_info__ = ").nth(1).unwrap().split(";\n").next().unwrap();
    assert_eq!(serde_json::from_str::<Value>(info).unwrap()["uid"], site.admin());
    assert!(page.contains("csrf_token: \""));
}

#[test]
fn cookies_are_secure_behind_a_tls_proxy() {
    let site = Site::new(Options { proxy_mode: true, ..Options::default() });
    let reply = site.send("GET", "/web/login", &[("x-forwarded-proto", "https")], "");
    assert!(reply.header("set-cookie").contains("Secure"));
    let site = Site::default();
    let reply = site.send("GET", "/web/login", &[("x-forwarded-proto", "https")], "");
    assert!(!reply.header("set-cookie").contains("Secure"), "a header nobody vouches for counts for nothing");
}

#[test]
fn doors_that_clients_look_at() {
    let site = Site::default();
    for path in ["/web/login", "/web/database/selector"] {
        assert_eq!(site.send("HEAD", path, &[], "").status, 200, "{path}");
    }
    assert_eq!(site.send("HEAD", "/", &[], "").status, 303);
    assert_eq!(site.get("/web/health").json(), json!({"status": "pass"}));
    assert_eq!(site.get("/web/version").json()["version"], "18.0");
    assert_eq!(site.rpc("/web/webclient/version_info", json!({}), "")["result"]["protocol_version"], 1);
    assert_eq!(site.rpc("/web/database/list", json!({}), "")["result"], json!(["wire"]));
    let missing = site.rpc("/web/no/such/route", json!({}), "");
    assert_eq!(
        (&missing["error"]["code"], &missing["error"]["message"]),
        (&json!(404), &json!("404: Not Found"))
    );
    assert_eq!((site.get("/no").status, site.get("/no").content_type.as_str()), (404, "text/html"));
}
