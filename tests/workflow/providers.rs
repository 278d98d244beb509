//! Each provider against the stub: right calls, streams and wholes, every misbehaviour classified, the key never seen.

use std::time::Duration;

use workwarden::workflow::provider::{Failure, Kind, Patience, Provider, Request, Trouble};
use workwarden::workflow::secret::Secret;

use super::stub::{Act, Stub};

const KEY: &str = "sk-very-secret-0123456789";

fn provider(kind: Kind, base: &str) -> Provider {
    Provider {
        name: "Stub".into(),
        kind,
        key: Secret::new(KEY),
        model: "model-x".into(),
        api_base: base.into(),
        api_version: String::new(),
        max_concurrency: 0,
        patience: Patience { first_byte: Duration::from_millis(300), whole: Duration::from_secs(5) },
    }
}

fn request() -> Request {
    Request {
        system: "Be brief.".into(),
        user: "Write.".into(),
        temperature: Some(0.5),
        max_tokens: Some(60),
        schema: None,
    }
}

const ALL: [Kind; 4] = [Kind::OpenAi, Kind::AzureOpenAi, Kind::Anthropic, Kind::Local];

async fn fail(kind: Kind, act: Act) -> Failure {
    let stub = Stub::start([act]).await;
    let failure = provider(kind, &stub.url).complete(&request(), &mut |_| ()).await.unwrap_err();
    let shown = format!("{failure} {failure:?} {:?}", provider(kind, &stub.url));
    assert!(!shown.contains("very-secret") && !shown.contains("23456789"), "{shown}");
    failure
}

#[tokio::test]
async fn streams_from_each() {
    for kind in ALL {
        let stub = Stub::start([Act::Say("Grüße aus dem Wald".into())]).await;
        let mut heard: Vec<String> = vec![];
        let answer =
            provider(kind, &stub.url).complete(&request(), &mut |t| heard.push(t.to_string())).await.unwrap();
        assert_eq!(answer.text, "Grüße aus dem Wald", "{kind:?}");
        assert_eq!((answer.prompt_tokens, answer.completion_tokens), (Some(7), Some(5)), "{kind:?}");
        assert_eq!(answer.model, "stub-1");
        assert!(heard.len() > 2 && heard.windows(2).all(|w| w[1].starts_with(&w[0])), "{kind:?} {heard:?}");
    }
}

#[tokio::test]
async fn calls_each_the_right_way() {
    for (kind, path, header) in [
        (Kind::OpenAi, "/v1/chat/completions", "authorization: Bearer sk-"),
        (Kind::Local, "/v1/chat/completions", "authorization: Bearer sk-"),
        (
            Kind::AzureOpenAi,
            "/openai/deployments/model-x/chat/completions?api-version=2024-10-21",
            "api-key: sk-",
        ),
        (Kind::Anthropic, "/v1/messages", "x-api-key: sk-"),
    ] {
        let stub = Stub::start([Act::SayWhole("ok".into())]).await;
        let answer = provider(kind, &stub.url).complete(&request(), &mut |_| ()).await.unwrap();
        assert_eq!(answer.text, "ok", "an answer in one piece is fine too");
        let seen = &stub.seen()[0];
        assert_eq!(seen.path, path);
        assert!(seen.head.contains(header), "{}", seen.head);
        assert_eq!(seen.body["max_tokens"], 60);
        let system =
            if kind == Kind::Anthropic { &seen.body["system"] } else { &seen.body["messages"][0]["content"] };
        assert_eq!(system, "Be brief.");
    }
    let stub = Stub::start([Act::Say("ok".into())]).await;
    for base in ["/v1", "/v1/", "/v1/chat/completions"] {
        let p = provider(Kind::OpenAi, &format!("{}{base}", stub.url));
        p.complete(&request(), &mut |_| ()).await.unwrap();
    }
    assert!(stub.seen().iter().all(|s| s.path == "/v1/chat/completions"));
}

#[tokio::test]
async fn classifies_statuses() {
    for (status, retryable) in [
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (408, true),
        (409, true),
        (422, false),
        (429, true),
        (500, true),
        (503, true),
        (529, true),
        (302, false),
    ] {
        let body = format!("{{\"error\": {{\"message\": \"no: {KEY}\"}}}}");
        let f = fail(Kind::OpenAi, Act::Status(status, "", body)).await;
        assert_eq!((f.trouble, f.retryable()), (Trouble::Status(status), retryable));
        assert!(f.message.contains(&format!("answered {status}")) && f.message.contains("no: •••"), "{f}");
    }
    let f = fail(Kind::Anthropic, Act::Status(429, "retry-after: 7\r\n", String::new())).await;
    assert_eq!(f.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn classifies_misbehaviour() {
    for kind in ALL {
        for (act, trouble) in [
            (Act::HalfJson, Trouble::Output),
            (Act::CloseMidStream, Trouble::Output),
            (Act::Hang, Trouble::Timeout),
            (Act::HangMidStream, Trouble::Timeout),
            (Act::Close, Trouble::Connection),
            (Act::Say("  ".into()), Trouble::Output),
        ] {
            let f = fail(kind, act.clone()).await;
            assert_eq!((f.trouble, f.retryable()), (trouble, true), "{kind:?} {act:?}: {f}");
        }
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_not_waited_for() {
    // A door with no room before it: once two wait there, the third knocks in vain.
    let door = tokio::net::TcpSocket::new_v4().unwrap();
    door.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = door.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = vec![];
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(300), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let mut p = provider(Kind::Local, &format!("http://{address}"));
    p.patience.first_byte = Duration::from_secs(60);
    p.patience.whole = Duration::from_secs(60);
    let f = p.complete(&request(), &mut |_| ()).await.unwrap_err();
    assert_eq!((f.trouble, f.retryable()), (Trouble::Timeout, true), "{f}");
    assert!(f.message.contains("could not be reached within"), "{f}");
}

#[tokio::test]
async fn the_whole_has_a_limit_too() {
    let stub = Stub::start([Act::Say("x".repeat(3000))]).await;
    let mut p = provider(Kind::Local, &stub.url);
    p.patience.whole = Duration::from_millis(200);
    assert_eq!(p.complete(&request(), &mut |_| ()).await.unwrap_err().trouble, Trouble::Timeout);
}

#[tokio::test]
async fn refuses_bad_settings_before_calling() {
    for (kind, base, key, word) in [
        (Kind::OpenAi, "", "", "no API key"),
        (Kind::AzureOpenAi, "", KEY, "no api_base"),
        (Kind::Local, "ftp://x", KEY, "no http"),
        (Kind::Local, "nonsense", KEY, "no http"),
        (Kind::OpenAi, "echo:", KEY, "only works with the type local"),
        (Kind::Anthropic, "", "a b\u{e9}", "cannot be sent"),
    ] {
        let mut p = provider(kind, base);
        p.key = Secret::new(key);
        let f = p.complete(&request(), &mut |_| ()).await.unwrap_err();
        assert_eq!((f.trouble, f.retryable()), (Trouble::Setup, false));
        assert!(f.message.contains(word), "{f}");
    }
    let f = provider(Kind::Local, "http://user:hush@127.0.0.1:9")
        .complete(&request(), &mut |_| ())
        .await
        .unwrap_err();
    assert_eq!(f.trouble, Trouble::Connection);
    assert!(!f.message.contains("hush"), "{f}");
}

#[tokio::test]
async fn echo_works_offline() {
    let p = provider(Kind::Local, "echo:5");
    let mut pieces = 0;
    let mut r = request();
    r.user = "Write the page Home.\nIndustry: baking\nAudience: neighbours".into();
    let answer = p.complete(&r, &mut |_| pieces += 1).await.unwrap();
    assert!(answer.text.contains("Offline") && answer.text.contains("- Industry: baking"), "{}", answer.text);
    assert!(pieces > 1 && answer.completion_tokens.unwrap() > 5);
    r.schema = Some(serde_json::json!({"type": "array", "items": {"type": "string"}, "minItems": 2}));
    let answer = p.complete(&r, &mut |_| ()).await.unwrap();
    assert_eq!(serde_json::from_str::<Vec<String>>(&answer.text).unwrap().len(), 2);
}
