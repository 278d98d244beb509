//! JSON-2's frame: keys, content types, paths.

use serde_json::json;

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
