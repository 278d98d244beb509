//! `workwarden watch` as a script sees it: lines, exit codes, a server that goes away and comes back.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};
use workwarden::service::apikey::{self, Purpose};

use super::{ADMIN, Site, happens, project, su};
use crate::support::database::Kind;
use crate::support::{TestApp, both};

/// `workwarden watch` with these arguments; nothing of the developer's environment.
fn watch(site: &Site, args: &[&str]) -> Child {
    let url = format!("http://{}", site.address());
    let mut command = Command::new(env!("CARGO_BIN_EXE_workwarden"));
    command.env_clear().args(["watch", "--url", &url, "--db", "test"]).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> (Option<i32>, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A website of two pages, written by the offline provider.
fn website(app: &TestApp) -> i64 {
    let (template, provider) = su(app, |env| {
        let template = env.search("ai.project.template", json!([["code", "=", "website"]]))?[0];
        let values = json!({"name": "Echo", "provider_type": "local", "api_base": "echo:", "model": "echo"});
        Ok((template, env.create("ai.provider", values)?))
    });
    let params = json!({"page_count": 2, "company_name": "Crumb", "industry": "bakery"});
    project(app, "Site", json!({"ai_template_id": template, "ai_provider_id": provider, "ai_params": params}))
}

fn act(app: &TestApp, project: i64, method: &str, kwargs: Json) {
    let kwargs = kwargs.as_object().unwrap().clone();
    su(app, |env| env.with_user(ADMIN).call("project.project", &[project], method, vec![], kwargs.clone()));
}

both!(the_run_is_followed_to_each_of_its_ends, |app| {
    let site = Site::new(&app).working();
    let id = website(&app).to_string();
    let number: i64 = id.parse().unwrap();
    let mut first = watch(&site, &[&id, "--password", "admin", "--until-gate"]);
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    assert_eq!(lines.next().unwrap(), "  0 %  Site: draft");
    act(&app, number, "action_start_workflow", json!({}));
    let out = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(first.wait().unwrap().code(), Some(4), "{out}");
    assert!(out.contains("Design Review\" waits for approval") && out.contains("22 %"), "{out}");
    act(&app, number, "action_approve_stage", json!({}));
    let (code, out, err) = ended(watch(&site, &["Site", "--password", "admin", "--until-gate", "--json"]));
    assert_eq!(code, Some(4), "{out}{err}");
    let second = watch(&site, &["Site", "--password", "admin", "--json"]);
    act(&app, number, "action_approve_stage", json!({}));
    let (code, out, err) = ended(second);
    assert_eq!(code, Some(0), "{out}{err}");
    let lines: Vec<Json> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.iter().rfind(|line| line["event"] == "state").unwrap();
    assert_eq!((&last["state"], &last["progress"]), (&json!("done"), &json!(100)));
    assert_eq!(lines[0]["event"], "ready");
    // A run that is over is told and ends at once.
    act(&app, number, "action_cancel_workflow", json!({}));
    let (code, out, _) = ended(watch(&site, &["Site", "--password", "admin"]));
    assert_eq!(code, Some(3));
    assert!(out.contains("The run has failed: cancelled"), "{out}");
});

#[test]
fn what_cannot_be_watched_is_said_with_1() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let site = Site::new(&app);
    project(&app, "Twin", json!({}));
    project(&app, "Twin", json!({}));
    for (args, word) in [
        (&["7"][..], "--api-key or --password"),
        (&["7", "--password", "wrong"], "Access Denied"),
        (&["7", "--api-key", "0123"], "Invalid apikey"),
        (&["Nothing", "--password", "admin"], "There is no project"),
        (&["Twin", "--password", "admin"], "Several projects"),
    ] {
        let (code, out, err) = ended(watch(&site, args));
        assert_eq!(code, Some(1), "{out}{err}");
        assert!(err.contains(word), "{word}: {err}");
        assert!(!err.contains("wrong\""), "no secret: {err}");
    }
}

#[test]
fn a_server_that_comes_back_is_followed_without_a_gap() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let mut site = Site::new(&app);
    let id = website(&app);
    let purpose = Purpose { scope: Some("rpc"), name: "watch", expires: None };
    let key = apikey::issue(&app, ADMIN, &purpose).unwrap();
    let mut child = watch(&site, &[&id.to_string(), "--api-key", &key, "--json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    let mut seen = String::new();
    let mut wait_for = |word: &str| {
        while !seen.lines().last().unwrap_or_default().contains(word) {
            seen.push_str(&lines.next().unwrap_or_else(|| panic!("no {word} in {seen}")));
            seen.push('\n');
        }
        seen.clone()
    };
    wait_for("\"ready\"");
    happens(&app, id, "before the break");
    wait_for("before the break");
    let port = site.address().port();
    site.end();
    happens(&app, id, "during the break");
    wait_for("\"note\"");
    let again = Site::at(app.shared(), workwarden::http::Options::default(), port).working();
    wait_for("during the break");
    act(&app, id, "action_start_workflow", json!({}));
    act(&app, id, "action_cancel_workflow", json!({}));
    let text = wait_for("The run has failed");
    for once in ["before the break", "during the break"] {
        assert_eq!(text.matches(once).count(), 1, "{once}: {text}");
    }
    assert_eq!(child.wait().unwrap().code(), Some(3));
    drop(again);
}
