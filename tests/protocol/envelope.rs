//! JSON-RPC envelopes: what is echoed, what is refused, what a None looks like.

use serde_json::{Value, json};

use super::wire::Site;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[test]
fn the_id_comes_back_whatever_it_is() {
    let site = Site::default();
    for id in [json!(7), json!("abc"), json!(null), json!(3.5), json!([1]), json!({"a": 1})] {
        let body =
            json!({"id": id, "method": "x", "params": {"service": "common", "method": "about", "args": []}});
        let reply = site.send("POST", "/jsonrpc", JSON, body.to_string()).json();
        assert_eq!(reply, json!({"jsonrpc": "2.0", "id": id, "result": "See http://openerp.com"}));
    }
    let body = json!({"params": {"service": "common", "method": "about", "args": [], "more": 1}}).to_string();
    assert_eq!(site.send("POST", "/jsonrpc", JSON, body).json()["id"], Value::Null);
}

#[test]
fn none_leaves_the_result_out() {
    let site = Site::default();
    assert_eq!(
        site.execute("res.partner", "check_access", json!([[], "read"])),
        json!({"jsonrpc": "2.0", "id": 5})
    );
}

#[test]
fn errors_have_odoos_form() {
    let site = Site::default();
    let answer = site.execute("no.such.model", "read", json!([[1]]));
    let error = &answer["error"];
    assert_eq!((&error["code"], &error["message"]), (&json!(200), &json!("Odoo Server Error")));
    assert_eq!(error["data"]["name"], "odoo.exceptions.UserError");
    assert_eq!(error["data"]["arguments"], json!(["Object no.such.model doesn't exist"]));
    assert_eq!(error["data"]["context"], json!({}));
    let debug = error["data"]["debug"].as_str().unwrap();
    assert!(debug.starts_with("Traceback (most recent call last):\n"), "{debug}");
    assert!(debug.ends_with("odoo.exceptions.UserError: Object no.such.model doesn't exist\n"), "{debug}");
}

#[test]
fn an_unreadable_envelope_is_a_page() {
    let site = Site::default();
    for body in ["{not json", "", "[]", "\"text\"", "1e999", "\u{feff}{}"] {
        let reply = site.send("POST", "/jsonrpc", JSON, body);
        assert_eq!((reply.status, reply.content_type.as_str()), (400, "text/html"), "{body}");
    }
    assert_eq!(site.get("/jsonrpc").status, 400);
    let call = json!({"params": {"service": "common", "method": "about", "args": []}}).to_string();
    let kind = |t| site.send("POST", "/jsonrpc", &[("content-type", t)], call.clone()).status;
    assert_eq!((kind("text/plain"), kind("application/x-www-form-urlencoded")), (400, 400));
    assert_eq!((kind("application/json; charset=utf-8"), kind("application/json-rpc")), (200, 200));
}

#[test]
fn missing_parameters_are_named() {
    let site = Site::default();
    let message = |params: Value| site.rpc("/jsonrpc", params, "")["error"]["data"]["message"].clone();
    assert_eq!(
        message(json!({"service": "common"})),
        "RPC.jsonrpc() missing 2 required positional arguments: 'method' and 'args'"
    );
    assert_eq!(
        message(json!({})),
        "RPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'"
    );
    for params in [json!(null), json!([1]), json!(5), json!("x")] {
        assert_eq!(site.rpc("/jsonrpc", params, "")["error"]["data"]["name"], "builtins.TypeError");
    }
}

#[test]
fn services_and_their_methods() {
    let site = Site::default();
    let call = |service: &str, method: &str, args: Value| {
        let answer = site.rpc("/jsonrpc", json!({"service": service, "method": method, "args": args}), "");
        match answer.get("error") {
            Some(e) => json!([e["data"]["name"], e["data"]["message"]]),
            None => answer["result"].clone(),
        }
    };
    assert_eq!(
        call("common", "version", json!([]))["server_version_info"],
        json!([18, 0, 0, "final", 0, ""])
    );
    assert_eq!(call("common", "about", json!([true])), json!(["See http://openerp.com", "18.0"]));
    assert_eq!(call("nosuch", "version", json!([])), json!(["builtins.KeyError", "nosuch"]));
    assert_eq!(
        call("common", "nosuch", json!([])),
        json!(["builtins.Exception", "Method not found: nosuch"])
    );
    assert_eq!(call("db", "nosuch", json!([])), json!(["builtins.KeyError", "Method not found: nosuch"]));
    let admin = site.admin();
    let call_object = |method, args| call("object", method, args);
    assert_eq!(
        call_object("execute", json!(["wire", admin])),
        json!(["builtins.IndexError", "list index out of range"])
    );
    assert_eq!(
        call_object("nosuch", json!(["wire", admin, "admin"])),
        json!(["builtins.NameError", "Method not available nosuch"])
    );
    assert_eq!(
        call_object("execute_kw", json!(["wire", admin, "admin"])),
        json!([
            "builtins.TypeError",
            "execute_kw() missing 3 required positional arguments: 'obj', 'method', and 'args'"
        ])
    );
    assert_eq!(
        call_object("execute_kw", json!(["wire", admin, "admin", "res.users", "read", 5])),
        json!(["builtins.TypeError", "Value after * must be an iterable, not int"])
    );
    assert_eq!(call("db", "list", json!([])), json!(["wire"]));
    assert_eq!(call("db", "db_exist", json!(["other"])), json!(false));
    assert_eq!(
        call("db", "drop", json!(["admin", "wire"])),
        json!(["odoo.exceptions.AccessDenied", "Access Denied"])
    );
}

#[test]
fn execute_takes_arguments_flat_and_execute_kw_as_list_and_dict() {
    let site = Site::default();
    let admin = site.admin();
    let call = |method: &str, mut args: Vec<Value>| {
        // the id as text is as good
        let mut all = vec![json!("wire"), json!(admin.to_string()), json!("admin"), json!("res.users")];
        all.append(&mut args);
        let answer = site.rpc("/jsonrpc", json!({"service": "object", "method": method, "args": all}), "");
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    };
    let read = json!([{"id": admin, "login": "admin"}]);
    assert_eq!(call("execute", vec![json!("read"), json!([admin]), json!(["login"])]), read);
    let fields = json!({"fields": ["login"]});
    assert_eq!(call("execute_kw", vec![json!("read"), json!([[admin]]), fields]), read);
    for nothing in [json!(null), json!(""), json!([]), json!({}), json!(false)] {
        assert_eq!(call("execute_kw", vec![json!("read"), json!([[admin], ["login"]]), nothing]), read);
    }
}
