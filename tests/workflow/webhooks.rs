//! The system action webhook: signed, tried again, its secret kept.

use serde_json::{Value as Json, json};
use workwarden::crypt;

use super::fixture::{both, stage};
use super::stub::{Act, Stub};

fn status(code: u16) -> Act {
    Act::Status(code, "retry-after: 0\r\n", "{\"error\": \"not now\"}".into())
}

fn hook(url: &str) -> Json {
    json!({"name": "Tell", "sequence": 20, "execution_mode": "system", "system_action": "webhook",
        "webhook_url": url, "webhook_secret": "whsec-of-the-test", "ai_template_id": false})
}

/// `t=…,v1=…` of the request's headers.
fn signature(head: &str) -> (String, String) {
    let lower = head.to_lowercase();
    let line =
        lower.lines().find_map(|l| l.strip_prefix("x-workwarden-signature: ")).unwrap().trim().to_string();
    let (t, v) = line.split_once(',').unwrap();
    (t.strip_prefix("t=").unwrap().into(), v.strip_prefix("v1=").unwrap().into())
}

#[tokio::test(flavor = "multi_thread")]
async fn is_signed_and_tried_again() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then([status(500), status(429), Act::SayWhole("ok".into())]);
            let before = stub.seen().len();
            let stages = [stage("Write", 10, json!({})), hook(&format!("{}/hook?x=1", stub.url))];
            let project = f.project("echo:", &stages, &["Page"]);
            let worker = f.worker();
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "done");
            worker.stop();
            let seen = &stub.seen()[before..];
            assert_eq!(seen.len(), 3);
            for one in seen {
                assert_eq!(one.path, "/hook?x=1");
                let (at, given) = signature(&one.head);
                let signed = format!("{at}.{}", one.body);
                let right = hex::encode(crypt::hmac_sha256(b"whsec-of-the-test", signed.as_bytes()));
                assert_eq!(given, right);
                let age = f.db.now().and_utc().timestamp() - at.parse::<i64>().unwrap();
                assert!((0..60).contains(&age), "{age}");
                assert!(!one.head.contains("whsec") && !one.body.to_string().contains("whsec"));
            }
            let delivery = |i: usize| {
                let head = seen[i].head.to_lowercase();
                head.lines().find(|l| l.starts_with("x-workwarden-delivery")).unwrap().to_string()
            };
            assert_eq!(delivery(0), delivery(2), "the receiver knows a second try by it");
            let body = &seen[2].body;
            assert_eq!(
                (&body["project"]["id"], &body["project"]["name"]),
                (&json!(project), &json!("Bakery"))
            );
            assert_eq!(
                (&body["tasks"][0]["name"], &body["tasks"][0]["ai_state"]),
                (&json!("Page"), &json!("done"))
            );
            assert!(body["artifacts"][0]["content"].as_str().unwrap().contains("Write Page of Bakery"));
            let jobs = f.rows("ai.job", json!([["kind", "=", "webhook"]]), &["attempt", "state"]);
            assert_eq!((&jobs[0]["attempt"], &jobs[0]["state"]), (&json!(3), &json!("done")));
        });
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn fails_for_good_and_needs_address_and_secret() {
    let stub = Stub::start([]).await;
    tokio::task::block_in_place(|| {
        both(|f| {
            stub.then([Act::Status(410, "", "{\"message\": \"gone\"}".into())]);
            let project = f.project("echo:", &[hook(&stub.url)], &[]);
            let stages = f.rows(
                "ai.project.stage",
                json!([["name", "=", "Tell"]]),
                &["webhook_secret", "has_webhook_secret"],
            );
            assert_eq!(
                (&stages[0]["webhook_secret"], &stages[0]["has_webhook_secret"]),
                (&json!(false), &json!(true)),
                "goes in and never comes out"
            );
            let id = stages[0]["id"].as_i64().unwrap();
            let write =
                |values: Json| f.run_as(2, |env| env.write("ai.project.stage", &[id], values.clone()));
            let refused = || f.act(project, "action_start_workflow", json!({})).unwrap_err().message;
            write(json!({"webhook_secret": false})).unwrap();
            assert!(refused().contains("Set webhook_secret"), "{}", refused());
            write(json!({"webhook_secret": "another", "webhook_url": false})).unwrap();
            assert!(refused().contains("Set webhook_url"), "{}", refused());
            let e = write(json!({"webhook_url": "ftp://x/"})).unwrap_err();
            assert!(e.message.contains("webhook_url"), "{e}");
            write(json!({"webhook_url": stub.url})).unwrap();
            let worker = f.worker();
            let before = stub.seen().len();
            f.act(project, "action_start_workflow", json!({})).unwrap();
            f.wait(project, "failed");
            assert_eq!(stub.seen().len() - before, 1, "410 is final");
            let error = f.read(project, "ai_error").to_string();
            assert!(error.contains("410: gone") && !error.contains("another"), "{error}");
            stub.then([Act::SayWhole("ok".into())]);
            f.act(project, "action_retry_workflow", json!({})).unwrap();
            f.wait(project, "done");
            worker.stop();
        });
    });
}
