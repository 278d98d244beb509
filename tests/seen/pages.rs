//! The pages of /ai: what stands on them, who sees and does what, and that nobody's text becomes markup.

use serde_json::{Value as Json, json};

use super::{ADMIN, Site, cookie, project, su, until, user};
use crate::support::database::Kind;
use crate::support::{TestApp, both};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}</title><script>alert(2)</script>";

struct Page {
    status: u16,
    location: String,
    policy: String,
    cookies: Vec<String>,
    body: String,
}

/// A browser without JavaScript.
struct Browser<'a> {
    site: &'a Site,
    cookie: String,
}

impl Browser<'_> {
    fn page(&self, response: reqwest::Response) -> Page {
        let header = |name: &str| {
            response.headers().get(name).map_or(String::new(), |v| v.to_str().unwrap().to_owned())
        };
        let cookies = response.headers().get_all("set-cookie");
        Page {
            status: response.status().as_u16(),
            location: header("location"),
            policy: header("content-security-policy"),
            cookies: cookies.iter().map(|c| c.to_str().unwrap().to_owned()).collect(),
            body: self.site.runtime.block_on(response.text()).unwrap(),
        }
    }

    fn get(&self, path: &str) -> Page {
        self.page(self.site.request("GET", path, &[("cookie", &self.cookie)], String::new()))
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers =
            [("cookie", self.cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.page(self.site.request("POST", path, &headers, body))
    }

    /// Presses the button of the form whose action ends so, with further fields.
    fn press(&self, project: i64, action: &str, more: &[(&str, &str)]) -> Page {
        let path = format!("/ai/projects/{project}");
        let page = self.get(&path).body;
        let form = page
            .split("<form ")
            .find(|form| form.contains(&format!("action=\"{path}/{action}\"")))
            .unwrap_or_else(|| panic!("no button {action}: {page}"));
        let value = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            form.split(&mark).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
        };
        let (csrf, stage, round) = (value("csrf_token"), value("stage"), value("round"));
        let fields = [("csrf_token", csrf), ("stage", stage), ("round", round)];
        let fields: Vec<(&str, &str)> = fields.into_iter().chain(more.iter().copied()).collect();
        self.send(&format!("{path}/{action}"), &fields)
    }
}

fn browser(site: &Site, uid: i64) -> Browser<'_> {
    Browser { site, cookie: cookie(&site.app, uid) }
}

/// A project whose AI stage has two tasks, then a gate at a second stage.
fn workflow(app: &TestApp, name: &str) -> i64 {
    let template = su(app, |env| {
        let values = json!({"name": "Echo", "provider_type": "local", "api_base": "echo:", "model": "echo"});
        let provider = env.create("ai.provider", values)?;
        let prompt =
            json!({"name": "P", "code": "p", "user_prompt": "Write {{ task.name }}.\n{{ feedback }}"});
        let prompt = env.create("ai.template", prompt)?;
        let values = json!({"name": "Two steps", "code": "two", "default_provider_id": provider});
        let template = env.create("ai.project.template", values)?;
        let stage = json!({"template_id": template, "name": "Draft texts", "sequence": 1, "execution_mode": "ai",
            "ai_template_id": prompt, "requires_approval": true});
        env.create("ai.project.stage", stage)?;
        let last = json!({"template_id": template, "name": "Sign", "sequence": 2, "execution_mode": "manual",
            "requires_approval": true, "approval_type": "final"});
        env.create("ai.project.stage", last)?;
        Ok(template)
    });
    let id = project(app, name, json!({"ai_template_id": template, "user_id": ADMIN}));
    for task in ["First", "Second"] {
        su(app, |env| env.create("project.task", json!({"name": task, "project_id": id})));
    }
    id
}

fn field(app: &TestApp, project: i64, field: &str) -> String {
    su(app, |env| Ok(env.fetch_one("project.project", project, &[field])?.str(field).to_owned()))
}

fn reaches(app: &TestApp, project: i64, state: &str) {
    until(state, || field(app, project, "ai_state") == state);
}

both!(a_run_from_start_to_done_by_forms_alone, |app| {
    let site = Site::new(&app).working();
    let id = workflow(&app, "Bakery");
    let admin = browser(&site, ADMIN);
    let path = format!("/ai/projects/{id}");
    let first = admin.get(&path);
    assert_eq!(first.status, 200);
    assert!(
        first.policy.starts_with("default-src 'none'") && !first.policy.contains("unsafe"),
        "{}",
        first.policy
    );
    for word in ["<h1>Bakery</h1>", "Draft texts", "Sign", ">Draft</span>", ">Start</button>"] {
        assert!(first.body.contains(word), "{word}");
    }
    let started = admin.press(id, "start", &[]);
    assert_eq!((started.status, started.location.as_str()), (303, path.as_str()));
    reaches(&app, id, "approval_pending");
    let gate = admin.get(&path).body;
    for word in [
        "Content approval: Draft texts",
        "Approve all",
        "Request changes",
        "Reject",
        "Offline text",
        ">Pause<",
    ] {
        assert!(gate.contains(word), "{word}");
    }
    // One task alone, then changes to the other.
    let task = |name: &str| {
        let found =
            su(&app, |env| env.search("project.task", json!([["project_id", "=", id], ["name", "=", name]])));
        found[0].to_string()
    };
    admin.press(id, "approve", &[("task_ids", &task("First"))]);
    let stale = admin.get(&path);
    assert!(stale.body.contains(">Approved</span>") && field(&app, id, "ai_state") == "approval_pending");
    admin.press(id, "changes", &[("feedback", "Mention the <b>oven</b>"), ("task_ids", &task("Second"))]);
    until("the second version", || admin.get(&path).body.contains("v2"));
    reaches(&app, id, "approval_pending");
    let again = admin.get(&path).body;
    assert!(again.contains("<blockquote class=\"words\">Mention the &lt;b&gt;oven&lt;"), "escaped");
    let artifact =
        again.split(&format!("href=\"{path}/artifacts/")).nth(2).unwrap().split('"').next().unwrap();
    let shelf = admin.get(&format!("{path}/artifacts/{artifact}")).body;
    assert!(
        shelf.contains("aria-label=\"Versions\"") && shelf.contains(">v1</a>") && shelf.contains(">v2</a>")
    );
    admin.press(id, "approve", &[]);
    until("the last gate", || admin.get(&path).body.contains("Final approval: Sign"));
    admin.press(id, "approve", &[]);
    reaches(&app, id, "done");
    let done = admin.get(&path).body;
    assert!(
        done.contains(">Done</span>") && done.contains("The workflow is done.") && done.contains("100 %")
    );
    assert!(admin.get("/ai/projects").body.contains("Bakery"));
});

both!(rights_decide_what_is_shown_and_done, |app| {
    let site = Site::new(&app).working();
    let id = workflow(&app, "Bakery");
    let bob = user(&app, "bob", &["project.group_project_user"]);
    let (admin, bobs) = (browser(&site, ADMIN), browser(&site, bob));
    admin.press(id, "start", &[]);
    reaches(&app, id, "approval_pending");
    let path = format!("/ai/projects/{id}");
    let seen = bobs.get(&path);
    assert_eq!(seen.status, 200);
    assert!(seen.body.contains("Waiting for") && !seen.body.contains("<form"), "he only looks");
    let token = seen.body.contains("csrf_token");
    assert!(!token);
    // He makes the form up, with a token of his own session, and is refused by the workflow itself.
    let csrf =
        site.app.guard.verifier.sign(&[b"form", bobs.cookie.trim_start_matches("session_id=").as_bytes()]);
    let sight: Vec<(&str, String)> = su(&app, |env| {
        let r = env.fetch_one("project.project", id, &["stage_id", "ai_round"])?;
        Ok(vec![("stage", r.int("stage_id").to_string()), ("round", r.int("ai_round").to_string())])
    });
    let fields: Vec<(&str, &str)> =
        sight.iter().map(|(n, v)| (*n, v.as_str())).chain([("csrf_token", csrf.as_str())]).collect();
    for action in ["approve", "pause"] {
        let refused = bobs.send(&format!("{path}/{action}"), &fields);
        assert_eq!(refused.status, 303, "{}", refused.body);
        let notice = refused.cookies.iter().find(|c| c.starts_with("ai_notice=bad=")).expect("a notice");
        let notice = notice.split(';').next().unwrap().to_owned();
        let told = Browser { site: &site, cookie: format!("{}; {notice}", bobs.cookie) }.get(&path);
        assert!(told.body.contains("role=\"alert\""), "the sentence is shown");
        assert!(told.cookies.iter().any(|c| c.starts_with("ai_notice=;") && c.contains("Max-Age=0")), "once");
        assert_eq!(field(&app, id, "ai_state"), "approval_pending");
    }
    su(&app, |env| env.write("project.project", &[id], json!({"privacy_visibility": "followers"})));
    let forbidden = bobs.get(&path);
    assert_eq!(forbidden.status, 403);
    assert!(forbidden.body.contains("Not for you") && !forbidden.body.contains("Bakery"));
    assert_eq!(bobs.send(&format!("{path}/approve"), &fields).status, 403);
    assert!(!bobs.get("/ai/projects").body.contains("Bakery"));
    assert_eq!(admin.get("/ai/projects/999999").status, 404);
    assert_eq!(admin.get("/ai/projects/x").status, 404);
    assert_eq!(admin.get(&format!("{path}/artifacts/999999")).status, 404);
    assert_eq!(admin.get(&format!("{path}/start")).status, 405);
    assert_eq!(admin.get(&format!("{path}/nonsense")).status, 404);
});

#[test]
fn strangers_are_sent_to_the_login_and_back() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let site = Site::new(&app);
    let nobody = Browser { site: &site, cookie: String::new() };
    let location = |page: Page| (page.status, page.location);
    let to = |path: &str| (303, format!("/web/login?redirect={path}"));
    assert_eq!(location(nobody.get("/ai/projects/7")), to("%2Fai%2Fprojects%2F7"));
    assert_eq!(location(nobody.get("/ai/projects?state=done")), to("%2Fai%2Fprojects%3Fstate%3Ddone"));
    assert_eq!(location(nobody.send("/ai/projects/7/approve", &[])), to("%2Fai%2Fprojects%2F7"));
}

both!(a_form_without_the_token_or_out_of_date_does_nothing, |app| {
    let site = Site::new(&app).working();
    let id = workflow(&app, "Bakery");
    let admin = browser(&site, ADMIN);
    let path = format!("/ai/projects/{id}");
    for csrf in ["", "0123"] {
        assert_eq!(admin.send(&format!("{path}/start"), &[("csrf_token", csrf)]).status, 400);
    }
    let other = browser(&site, ADMIN).get(&path).body;
    let foreign = other.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(
        admin.send(&format!("{path}/start"), &[("csrf_token", foreign)]).status,
        400,
        "another session's"
    );
    assert_eq!(field(&app, id, "ai_state"), "draft");
    admin.press(id, "start", &[]);
    reaches(&app, id, "approval_pending");
    let stale = admin.press(id, "approve", &[("round", "0")]);
    assert_eq!(stale.status, 303);
    // The first of two fields of a name counts, so the stale one is sent alone.
    let page = admin.get(&path).body;
    let csrf = page.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    until("the last gate", || admin.get(&path).body.contains("Final approval"));
    let late =
        admin.send(&format!("{path}/approve"), &[("csrf_token", csrf), ("stage", "1"), ("round", "1")]);
    assert!(late.cookies.iter().any(|c| c.contains("moved+on")), "{:?}", late.cookies);
    assert_eq!(field(&app, id, "ai_state"), "approval_pending", "nobody approves what he has not seen");
    let empty = admin.press(id, "reject", &[("reason", "  ")]);
    assert!(empty.cookies.iter().any(|c| c.contains("reason+is+empty")), "{:?}", empty.cookies);
    admin.press(id, "reject", &[("reason", "Not <i>good</i>")]);
    assert_eq!(field(&app, id, "ai_state"), "failed");
    let failed = admin.get(&path).body;
    assert!(
        failed.contains("The workflow has failed.")
            && failed.contains("Not &lt;i&gt;good")
            && failed.contains(">Retry<")
    );
});

both!(nobodys_text_becomes_markup, |app| {
    let site = Site::new(&app);
    let id = workflow(&app, HOSTILE);
    let admin = browser(&site, ADMIN);
    let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let artifacts: Vec<Json> = vec![
        json!({"name": HOSTILE, "content": HOSTILE, "mimetype": "text/html", "artifact_type": "page"}),
        json!({"name": HOSTILE, "content": HOSTILE, "mimetype": "text/markdown"}),
        json!({"name": HOSTILE, "content": HOSTILE, "mimetype": "text/x-other", "artifact_type": "code"}),
        json!({"name": "Picture", "content_binary": picture, "artifact_type": "image"}),
        json!({"name": "Long", "content": "long ".repeat(20_000)}),
    ];
    for mut values in artifacts {
        values["project_id"] = id.into();
        su(&app, |env| env.create("ai.artifact", values.clone()));
    }
    su(&app, |env| {
        env.create("project.task", json!({"name": HOSTILE, "project_id": id}))?;
        let event = json!({"project_id": id, "kind": "failed", "message": HOSTILE, "feedback": HOSTILE,
            "date": "2026-11-25 00:00:00"});
        env.create("ai.event", event)
    });
    for path in [format!("/ai/projects/{id}"), "/ai/projects".into()] {
        let body = admin.get(&path).body;
        assert!(body.contains("&lt;script&gt;alert(2)"), "it is there, as text");
        assert!(
            !body.contains("<script>")
                && !body.contains("onerror=alert(1)>\"")
                && !body.contains("<img src=x")
        );
        assert!(body.contains("{{ 7*7 }}"), "and no template of ours");
        assert_eq!(body.matches("<script").count(), 1, "ours alone");
    }
    let page = admin.get(&format!("/ai/projects/{id}")).body;
    let picture = page.split("<img src=\"").nth(1).expect("a picture").split('"').next().unwrap();
    assert_eq!(admin.get(picture).status, 200);
    assert!(page.contains("Open this long text") && page.len() < 120_000, "{}", page.len());
    let download = page.split("href=\"/web/content").nth(1).unwrap().split('"').next().unwrap();
    let file = admin.get(&format!("/web/content{download}"));
    assert_eq!((file.status, file.policy.as_str()), (200, "default-src 'none'"));
});

#[test]
fn files_of_the_pages_come_from_here_and_are_kept() {
    let app = TestApp::new(Kind::Sqlite).unwrap();
    let site = Site::new(&app);
    for (name, kind) in
        [("page.css", "text/css; charset=utf-8"), ("page.js", "text/javascript; charset=utf-8")]
    {
        let file = site.request("GET", &format!("/ai/static/{name}"), &[], String::new());
        assert_eq!((file.status().as_u16(), file.headers()["content-type"].to_str().unwrap()), (200, kind));
        assert!(file.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
    assert_eq!(site.status("/ai/static/page.html", &[]), 404);
}
