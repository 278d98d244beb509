//! JSON-2's frame: keys, content types, paths.

use serde_json::json;
use workwarden::service::apikey::{self, Purpose};

use super::wire::{Reply, Site};

const JSON: (&str, &str) = ("content-type", "application/json");

fn keys(reply: &Reply) -> Vec<String> {
    let mut keys: Vec<_> = reply.json().as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

#[test]
fn no_key_no_call() {
    let site = Site::default();
    let zeros = format!("bearer {}", "0".repeat(40));
    for header in ["", "basic abc", "bearer", "bearer admin", zeros.as_str()] {
        let reply =
            site.send("POST", "/json/2/res.users/context_get", &[JSON, ("authorization", header)], "{}");
        assert_eq!(reply.status, 401, "{header}");
        assert_eq!(reply.json()["name"], "werkzeug.exceptions.Unauthorized");
        assert_eq!(keys(&reply), ["arguments", "context", "debug", "message", "name"]);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
}

#[test]
fn paths_that_lead_nowhere_say_so() {
    let site = Site::default();
    assert_eq!(site.get("/json/2/m/search").status, 404);
    assert_eq!(site.send("POST", "/json/2", &[JSON], "{}").status, 404);
    let short = site.send("POST", "/json/2/project.task", &[JSON], json!({}).to_string());
    assert_eq!(short.status, 404);
    assert_eq!(short.json()["message"], "Did you mean POST /json/2/<model>/<method>?");
}

/// What JSON-2 answers to admin, whose key is made below the protocols.
fn keyed() -> (Site, String) {
    let site = Site::default();
    let purpose = Purpose { scope: Some("rpc"), name: "test", expires: None };
    let key = apikey::issue(site.app(), site.admin(), &purpose).unwrap();
    (site, key)
}

#[test]
fn a_call_by_names_with_the_words_of_19() {
    let (site, key) = keyed();
    let admin = site.admin();
    let bearer = format!("Bearer {key}");
    let call = |path: &str, body: serde_json::Value| {
        let reply = site.send(
            "POST",
            &format!("/json/2/{path}"),
            &[JSON, ("authorization", &bearer)],
            body.to_string(),
        );
        (reply.status, reply.json())
    };
    let read = call("res.users/read", json!({"ids": admin, "fields": ["login"]}));
    assert_eq!(read, (200, json!([{"id": admin, "login": "admin"}])));
    let none = call("res.partner/check_access", json!({"ids": [], "operation": "read"}));
    assert_eq!(none, (200, json!(null)));
    let made = call("res.partner/create", json!({"vals_list": {"name": "One"}})).1;
    assert!(made.as_array().is_some_and(|ids| ids.len() == 1), "{made}");
    let refused = |path: &str, body, status: u16, text: &str| {
        let (found, error) = call(path, body);
        assert_eq!(found, status, "{error}");
        assert!(error["message"].as_str().unwrap().contains(text), "{error}");
    };
    refused("no.such/search", json!({}), 404, "the model 'no.such' does not exist");
    refused("res.users/nope", json!({}), 404, "does not exist");
    refused("res.users/_search", json!({}), 403, "Private methods");
    refused(
        "res.users/search",
        json!({"ids": [1], "domain": []}),
        422,
        "cannot call res.users.search with ids",
    );
    refused("res.users/search", json!({}), 422, "missing a required argument: 'domain'");
    refused(
        "res.users/search",
        json!({"domain": [], "no": 1}),
        422,
        "got an unexpected keyword argument 'no'",
    );
    refused(
        "res.users/search",
        json!({"domain": [["no", "=", 1]]}),
        500,
        "Invalid field res.users.no in condition",
    );
    refused(
        "res.users/read",
        json!({"ids": [admin], "fields": ["no"]}),
        500,
        "Invalid field 'no' on 'res.users'",
    );
    refused(
        "res.users/write",
        json!({"ids": [2_000_000_000], "vals": {"name": "x"}}),
        404,
        "does not exist or has been",
    );
    let plain = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    assert_eq!(site.send("POST", "/json/2/res.users/search", &plain, "{}").status, 415);
    let broken = site.send("POST", "/json/2/res.users/search", &[JSON, ("authorization", &bearer)], "{nope");
    assert_eq!(broken.status, 400);
}

#[test]
fn the_models_describe_themselves() {
    let (site, key) = keyed();
    let bearer = format!("bearer {key}");
    let get = |path: &str| site.send("GET", path, &[("authorization", &bearer)], "");
    let users = get("/doc-bearer/res.users.json").json();
    assert_eq!(
        users["methods"]["write"]["parameters"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["vals"]
    );
    assert_eq!(users["methods"]["search"]["api"][0], "model");
    assert!(users["fields"]["login"]["type"] == "char");
    let index = get("/doc-bearer/index.json").json();
    assert!(index["models"].as_array().unwrap().iter().any(|m| m["model"] == "res.users"));
    assert_eq!(get("/doc-bearer/no.such.json").status, 404);
    assert_eq!(site.get("/doc-bearer/res.users.json").status, 401);
}

#[test]
fn a_key_stands_for_a_password_where_no_person_logs_in() {
    let (site, key) = keyed();
    let args = json!(["wire", "admin", key]);
    let login = site.rpc("/jsonrpc", json!({"service": "common", "method": "login", "args": args}), "");
    assert_eq!(login["result"], site.admin());
    let args = json!(["wire", site.admin(), key, "res.users", "search_count", [[]]]);
    let call = site.rpc("/jsonrpc", json!({"service": "object", "method": "execute_kw", "args": args}), "");
    assert!(call["result"].is_i64(), "{call}");
    let session =
        site.rpc("/web/session/authenticate", json!({"db": "wire", "login": "admin", "password": key}), "");
    assert_eq!(session["error"]["data"]["name"], "odoo.exceptions.AccessDenied");
}
