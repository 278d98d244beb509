//! A stub of every provider's API on a loopback port; it answers by a script and misbehaves on demand.
//!
//! Own HTTP on a TcpListener, because the point is to break it: half answers, hangs, closed streams.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the stub does with one request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Streams this text, or sends it whole if the request asks for no stream.
    Say(String),
    /// Sends it whole, whatever the request asks.
    SayWhole(String),
    /// This status, with these extra header lines and this body.
    Status(u16, &'static str, String),
    /// 200 and half of a JSON object.
    HalfJson,
    /// A stream that ends before it is complete.
    CloseMidStream,
    /// Never answers.
    Hang,
    /// Streams one piece, then never again.
    HangMidStream,
    /// Closes at once.
    Close,
    /// Waits, then says.
    Slow(Duration, String),
    /// Says once it is told to go on.
    When(watch::Receiver<bool>, String),
}

type Choose = Box<dyn FnMut(&Seen) -> Act + Send>;

/// One request as the stub saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Path and query.
    pub path: String,
    /// Header lines in lower case.
    pub head: String,
    /// The JSON sent.
    pub body: Json,
}

#[derive(Default)]
struct Script {
    acts: Vec<Act>,
    choose: Option<Choose>,
    seen: Vec<Seen>,
    running: usize,
    most_running: usize,
}

/// A stub that runs until it is dropped.
pub struct Stub {
    script: Arc<Mutex<Script>>,
    pub url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Stub {
    /// Starts; the acts are used one a request, the last one for ever.
    pub async fn start(acts: impl IntoIterator<Item = Act>) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script { acts: acts.into_iter().collect(), ..Script::default() }));
        let shared = script.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Stub { script, url, task }
    }

    /// What it saw so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }

    /// The most requests it had at one time.
    pub fn most_running(&self) -> usize {
        self.script.lock().unwrap().most_running
    }

    /// Asks `choose` what to do with each request, from now on.
    pub fn choose(&self, choose: impl FnMut(&Seen) -> Act + Send + 'static) {
        self.script.lock().unwrap().choose = Some(Box::new(choose));
    }

    /// Replaces what is left of the script.
    pub fn then(&self, acts: impl IntoIterator<Item = Act>) {
        let mut script = self.script.lock().unwrap();
        script.acts = acts.into_iter().collect();
        script.most_running = script.running;
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(seen) = receive(&mut stream).await else { return };
    let act = {
        let mut script = script.lock().unwrap();
        script.seen.push(seen.clone());
        script.running += 1;
        script.most_running = script.most_running.max(script.running);
        let Script { acts, choose, .. } = &mut *script;
        match (choose, acts.len()) {
            (Some(choose), _) => choose(&seen),
            (None, 0) => Act::Say("stub".into()),
            (None, 1) => acts[0].clone(),
            (None, _) => acts.remove(0),
        }
    };
    // Over before its last word is sent: with that the caller is free to call again.
    let over = || script.lock().unwrap().running -= 1;
    answer(&mut stream, &seen, act, over).await;
}

async fn receive(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = vec![];
    let (head, rest) = loop {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&piece[..n]);
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break (String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes[end + 4..].to_vec());
        }
    };
    let path = head.split_whitespace().nth(1)?.to_string();
    let lower = head.to_lowercase();
    let length: usize = lower.lines().find_map(|l| l.strip_prefix("content-length:"))?.trim().parse().ok()?;
    let mut body = rest;
    while body.len() < length {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        body.extend_from_slice(&piece[..n]);
    }
    Some(Seen { path, head, body: serde_json::from_slice(&body).ok()? })
}

async fn answer(stream: &mut TcpStream, seen: &Seen, act: Act, over: impl FnOnce()) {
    let anthropic = seen.path.ends_with("/messages");
    let streamed = seen.body["stream"] == true;
    match &act {
        Act::Slow(wait, _) => tokio::time::sleep(*wait).await,
        Act::When(told, _) if told.clone().wait_for(|go| *go).await.is_err() => return over(),
        Act::HangMidStream => send_stream(stream, &events(anthropic, "half a"), Some(2)).await,
        _ => {}
    }
    if matches!(act, Act::Hang | Act::HangMidStream) {
        hang(stream).await;
        return over();
    }
    over();
    match act {
        Act::Say(text) if !streamed => send(stream, 200, "", &whole(anthropic, &text).to_string()).await,
        Act::SayWhole(text) => send(stream, 200, "", &whole(anthropic, &text).to_string()).await,
        Act::Say(text) | Act::Slow(_, text) | Act::When(_, text) => {
            send_stream(stream, &events(anthropic, &text), None).await;
        }
        Act::Status(status, headers, body) => send(stream, status, headers, &body).await,
        Act::HalfJson => send(stream, 200, "", "{\"choices\": [{\"message\": {\"conte").await,
        Act::CloseMidStream => send_stream(stream, &events(anthropic, "half a"), Some(2)).await,
        Act::Hang | Act::HangMidStream | Act::Close => {}
    }
}

/// Says nothing until the caller gives up.
async fn hang(stream: &mut TcpStream) {
    let mut piece = [0; 64];
    while stream.read(&mut piece).await.is_ok_and(|n| n > 0) {}
}

async fn send(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let text = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

async fn send_stream(stream: &mut TcpStream, events: &[String], only: Option<usize>) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.ok();
    for event in events.iter().take(only.unwrap_or(usize::MAX)) {
        stream.write_all(event.as_bytes()).await.ok();
        stream.flush().await.ok();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    if only.is_none() {
        stream.shutdown().await.ok();
    }
}

/// The text in pieces of three characters, as the API streams it.
fn events(anthropic: bool, text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let pieces = chars.chunks(3).map(|c| c.iter().collect::<String>());
    if anthropic {
        let event = |data: Json| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap());
        let start = json!({"type": "message_start",
            "message": {"model": "stub-1", "usage": {"input_tokens": 7, "output_tokens": 1}}});
        let end = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}});
        let mut all = vec![event(start), event(json!({"type": "ping"}))];
        all.extend(pieces.map(|p| {
            event(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": p}}))
        }));
        all.extend([event(end), event(json!({"type": "message_stop"}))]);
        return all;
    }
    let event = |data: Json| format!("data: {data}\n\n");
    let mut all: Vec<String> =
        pieces.map(|p| event(json!({"model": "stub-1", "choices": [{"delta": {"content": p}}]}))).collect();
    all.push(event(json!({"choices": [{"delta": {}, "finish_reason": "stop"}]})));
    all.push(event(json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}})));
    all.push("data: [DONE]\n\n".into());
    all
}

fn whole(anthropic: bool, text: &str) -> Json {
    if anthropic {
        return json!({"model": "stub-1", "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 7, "output_tokens": 5}});
    }
    json!({"model": "stub-1", "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 5}})
}
