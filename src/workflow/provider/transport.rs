//! One HTTP call to a provider: send, classify, read the stream or the whole, without ever showing the key.

use std::sync::{Once, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};

use crate::value::Json;
use crate::workflow::provider::sse::Events;
use crate::workflow::provider::{Answer, Failure, Progress, Protocol, Provider, Request, Trouble};
use crate::workflow::retry;

const CONNECT: Duration = Duration::from_secs(10);

/// An answer longer than this is an accident or an attack.
const LONGEST_ANSWER: usize = 16 << 20;

/// So much of what a server says about an error is passed on.
const LONGEST_QUOTE: usize = 300;

/// Makes ring the TLS provider of the process; reqwest is built without one.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error here means that somebody was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

pub(super) async fn call(
    provider: &Provider,
    protocol: &dyn Protocol,
    request: &Request,
    progress: Progress<'_>,
) -> Result<Answer, Failure> {
    let url = protocol.url(provider)?;
    let client = client(&url).map_err(|e| provider.setup(&format!("cannot be called ({})", root(&e))))?;
    let mut builder = client.post(url).json(&protocol.body(provider, request));
    for (name, value) in protocol.headers(provider) {
        let mut value = reqwest::header::HeaderValue::from_str(&value)
            .map_err(|_| provider.setup("has an API key with characters that cannot be sent"))?;
        value.set_sensitive(true);
        builder = builder.header(name, value);
    }
    let response = within(provider, builder.send()).await?;
    if !response.status().is_success() {
        return Err(refused(provider, response).await);
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/event-stream") {
        stream(provider, protocol, response, progress).await
    } else {
        whole(provider, protocol, response, progress).await
    }
}

/// One client for the world, one for this machine: a proxy of the environment must not see the latter's calls.
pub(super) fn client(url: &url::Url) -> Result<Client, reqwest::Error> {
    static WORLD: OnceLock<Client> = OnceLock::new();
    static HERE: OnceLock<Client> = OnceLock::new();
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let cell = if here { &HERE } else { &WORLD };
    if let Some(client) = cell.get() {
        return Ok(client.clone());
    }
    install_crypto();
    // A redirect would carry the key to where nobody meant it to go.
    let mut builder = Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("workwarden/", env!("CARGO_PKG_VERSION")));
    if here {
        builder = builder.no_proxy();
    }
    let client = builder.build()?;
    Ok(cell.get_or_init(|| client).clone())
}

/// Waits for something of the server, for as long as a first byte may take.
async fn within<T>(
    provider: &Provider,
    future: impl Future<Output = Result<T, reqwest::Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(provider.patience.first_byte, future).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(broken(provider, &e)),
        Err(_) => Err(provider.slow("did not answer", provider.patience.first_byte)),
    }
}

fn broken(provider: &Provider, e: &reqwest::Error) -> Failure {
    let name = &provider.name;
    let (trouble, message) = if e.is_builder() {
        (Trouble::Setup, format!("The provider \"{name}\" cannot be called ({}).", root(e)))
    } else if e.is_timeout() && e.is_connect() {
        (
            Trouble::Timeout,
            format!("The provider \"{name}\" could not be reached within {} seconds.", CONNECT.as_secs()),
        )
    } else if e.is_timeout() {
        (Trouble::Timeout, format!("The provider \"{name}\" took too long."))
    } else if e.is_connect() {
        (Trouble::Connection, format!("The provider \"{name}\" cannot be reached ({}).", root(e)))
    } else {
        (Trouble::Connection, format!("The connection to the provider \"{name}\" broke off ({}).", root(e)))
    };
    Failure::new(trouble, provider.key.scrub(&message))
}

/// The innermost cause: the outer ones repeat the URL, which may hold a password.
pub(super) fn root(e: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = e;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::addr_eq(cause, e) { "no reason given".into() } else { cause.to_string() }
}

#[expect(
    clippy::disallowed_methods,
    reason = "Retry-After may be a date, which only the present makes a delay"
)]
async fn refused(provider: &Provider, response: Response) -> Failure {
    let status = response.status();
    let header = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
    let retry_after = header.and_then(|h| retry::retry_after(h, chrono::Utc::now().timestamp()));
    let body = read(provider, response).await.unwrap_or_default();
    let said = quote(&body);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut message = format!("The provider \"{}\" answered {} {reason}", provider.name, status.as_u16());
    message =
        format!("{}{}", message.trim_end(), if said.is_empty() { ".".into() } else { format!(": {said}") });
    if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
        message.push_str(" Check its API key.");
    }
    Failure { trouble: Trouble::Status(status.as_u16()), message: provider.key.scrub(&message), retry_after }
}

/// What a server says about an error: the message inside its JSON, else the beginning of its text.
pub(super) fn quote(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Json>(body) {
        Ok(json) => [&json["error"]["message"], &json["error"], &json["message"], &json["detail"]]
            .into_iter()
            .find_map(Json::as_str)
            .map_or_else(|| json.to_string(), str::to_string),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST_QUOTE {
        return format!("{}…", line.chars().take(LONGEST_QUOTE).collect::<String>());
    }
    line
}

async fn read(provider: &Provider, mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = vec![];
    while let Some(bytes) = within(provider, response.chunk()).await? {
        body.extend_from_slice(&bytes);
        if body.len() > LONGEST_ANSWER {
            return Err(provider.output("sent an answer that is too long"));
        }
    }
    Ok(body)
}

async fn whole(
    provider: &Provider,
    protocol: &dyn Protocol,
    response: Response,
    progress: Progress<'_>,
) -> Result<Answer, Failure> {
    let body = read(provider, response).await?;
    let json: Json = serde_json::from_slice(&body)
        .map_err(|e| provider.output(&format!("sent an answer that is not JSON ({e})")))?;
    let answer = protocol
        .whole(&json)
        .ok_or_else(|| provider.output(&format!("sent an answer without a text: {}", quote(&body))))?;
    progress(&answer.text);
    Ok(answer)
}

async fn stream(
    provider: &Provider,
    protocol: &dyn Protocol,
    mut response: Response,
    progress: Progress<'_>,
) -> Result<Answer, Failure> {
    let mut events = Events::default();
    let mut draft = Answer::default();
    let mut finished = false;
    while let Some(bytes) = match within(provider, response.chunk()).await {
        // All that counts has come: the end of the connection may be as rude as it likes.
        Err(_) if finished => None,
        other => other?,
    } {
        for data in events.feed(&bytes) {
            if data.trim() == "[DONE]" {
                return Ok(draft);
            }
            let json: Json = serde_json::from_str(&data)
                .map_err(|e| provider.output(&format!("sent a piece that is not JSON ({e})")))?;
            let last = protocol.event(&json, &mut draft).map_err(|said| {
                provider.output(&format!("gave up in the middle: {}", quote(said.as_bytes())))
            })?;
            finished |= last;
        }
        if events.pending() + draft.text.len() > LONGEST_ANSWER {
            return Err(provider.output("sent an answer that is too long"));
        }
        progress(&draft.text);
    }
    if finished { Ok(draft) } else { Err(provider.output("broke off in the middle of its answer")) }
}
