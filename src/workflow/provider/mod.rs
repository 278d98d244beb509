//! Language models: one call in, one text out, whatever the protocol. The only place that names reqwest.
//!
//! A call runs outside any transaction and may take minutes; it knows nothing of jobs. Failures say whether another
//! try can help ([`Failure::retryable`]). The key never leaves [`Secret`] but as a header.

mod anthropic;
mod azure_openai;
mod echo;
mod local;
mod openai;
mod post;
mod sse;
mod transport;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use crate::value::Json;
use crate::workflow::secret::Secret;

pub(crate) use post::Post;
pub use transport::install_crypto;

/// A value of `provider_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// OpenAI chat completions.
    OpenAi,
    /// The same behind an Azure deployment.
    AzureOpenAi,
    /// Anthropic messages.
    Anthropic,
    /// Anything that speaks OpenAI's protocol: llama.cpp, Ollama, vLLM; and `echo:`.
    Local,
}

impl Kind {
    /// Reads `provider_type`.
    pub fn read(text: &str) -> Option<Kind> {
        [Kind::OpenAi, Kind::AzureOpenAi, Kind::Anthropic, Kind::Local].into_iter().find(|k| k.name() == text)
    }

    /// The value of `provider_type`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::OpenAi => "openai",
            Kind::AzureOpenAi => "azure_openai",
            Kind::Anthropic => "anthropic",
            Kind::Local => "local",
        }
    }

    fn protocol(self) -> &'static dyn Protocol {
        match self {
            Kind::OpenAi => &openai::OpenAi,
            Kind::AzureOpenAi => &azure_openai::AzureOpenAi,
            Kind::Anthropic => &anthropic::Anthropic,
            Kind::Local => &local::Local,
        }
    }
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the first byte of the answer, and between two pieces of a streamed one.
    pub first_byte: Duration,
    /// From the start to the end.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { first_byte: Duration::from_secs(120), whole: Duration::from_secs(600) }
    }
}

/// Where to call: an `ai.provider` as plain data.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What people call it; messages name it.
    pub name: String,
    /// Its protocol.
    pub kind: Kind,
    /// Its key; empty for most local servers.
    pub key: Secret,
    /// Model, or Azure deployment.
    pub model: String,
    /// Another address than the protocol's own; empty: that one.
    pub api_base: String,
    /// Azure only; empty: a stable version.
    pub api_version: String,
    /// Calls at one time; 0: no limit. The queue holds it, not the call.
    pub max_concurrency: i64,
    /// Time limits.
    pub patience: Patience,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The system prompt, may be empty.
    pub system: String,
    /// The user prompt.
    pub user: String,
    /// Sampling temperature; None: the model's own.
    pub temperature: Option<f64>,
    /// Length limit of the answer; None: the model's own.
    pub max_tokens: Option<i64>,
    /// JSON Schema that the answer must keep.
    pub schema: Option<Json>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The text.
    pub text: String,
    /// The model that says it wrote it.
    pub model: String,
    /// Tokens read, when told.
    pub prompt_tokens: Option<i64>,
    /// Tokens written, when told.
    pub completion_tokens: Option<i64>,
    /// Whether the length limit cut it off.
    pub truncated: bool,
}

/// What kind of failure, for statistics and for deciding about another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// The address cannot be reached.
    Connection,
    /// Too slow.
    Timeout,
    /// The server refused, with this HTTP status.
    Status(u16),
    /// The answer cannot be read, broke off, or is empty.
    Output,
    /// The provider's own settings cannot work.
    Setup,
    /// A defect or a loss on our side.
    Internal,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind.
    pub trouble: Trouble,
    /// A sentence without secrets.
    pub message: String,
    /// How long the server asks us to wait.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure without Retry-After.
    pub fn new(trouble: Trouble, message: impl Into<String>) -> Failure {
        Failure { trouble, message: message.into(), retry_after: None }
    }

    /// Whether another try can help: connection errors, time-outs, 408, 409, 429, 5xx, invalid output.
    pub fn retryable(&self) -> bool {
        match self.trouble {
            Trouble::Connection | Trouble::Timeout | Trouble::Output | Trouble::Internal => true,
            Trouble::Status(status) => matches!(status, 408 | 409 | 429 | 500..),
            Trouble::Setup => false,
        }
    }

    /// One of a few words, for statistics.
    pub fn class(&self) -> &'static str {
        match self.trouble {
            Trouble::Connection => "connection",
            Trouble::Timeout => "timeout",
            Trouble::Status(429) => "http_429",
            Trouble::Status(400..500) => "http_4xx",
            Trouble::Status(500..600) => "http_5xx",
            Trouble::Status(_) => "http_other",
            Trouble::Output => "invalid_output",
            Trouble::Setup => "setup",
            Trouble::Internal => "internal",
        }
    }

    /// A short name for `ai.job.error_name`.
    pub fn name(&self) -> String {
        match self.trouble {
            Trouble::Connection => "connection".into(),
            Trouble::Timeout => "timeout".into(),
            Trouble::Status(status) => format!("http_{status}"),
            Trouble::Output => "invalid_output".into(),
            Trouble::Setup => "setup".into(),
            Trouble::Internal => "internal".into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Failure> for crate::error::Error {
    fn from(failure: Failure) -> Self {
        crate::error::Error::provider(failure.message)
    }
}

/// Hears of a streamed answer: the text so far.
pub type Progress<'a> = &'a mut (dyn FnMut(&str) + Send);

impl Provider {
    /// Asks, and waits for the whole answer.
    pub async fn complete(&self, request: &Request, progress: Progress<'_>) -> Result<Answer, Failure> {
        if let Some(rest) = echo::address(&self.api_base) {
            if self.kind != Kind::Local {
                return Err(self.setup("has the api_base \"echo:\", which only works with the type local"));
            }
            return Ok(echo::answer(rest, request, progress).await);
        }
        self.check()?;
        let answer = transport::call(self, self.kind.protocol(), request, progress);
        let answer = match tokio::time::timeout(self.patience.whole, answer).await {
            Ok(answer) => answer?,
            Err(_) => return Err(self.slow("did not finish its answer", self.patience.whole)),
        };
        if answer.text.trim().is_empty() {
            return Err(self.output("answered with an empty text"));
        }
        Ok(answer)
    }

    /// Refuses settings that cannot work, before anything is sent.
    pub fn check(&self) -> Result<(), Failure> {
        if echo::address(&self.api_base).is_some() && self.kind == Kind::Local {
            return Ok(());
        }
        if self.key.is_empty() && self.kind != Kind::Local {
            return Err(self.setup("has no API key"));
        }
        if !self.key.reveal().chars().all(|c| c.is_ascii_graphic()) {
            return Err(self.setup("has an API key with characters that cannot be sent"));
        }
        if self.model.trim().is_empty() && self.kind != Kind::Local {
            return Err(self.setup("has no model"));
        }
        self.kind.protocol().url(self).map(drop)
    }

    /// A small question, to see whether the provider answers. An empty answer is good enough here.
    pub async fn test(&self) -> Result<Answer, Failure> {
        let request =
            Request { user: "Answer with the word OK.".into(), max_tokens: Some(16), ..Request::default() };
        match self.complete(&request, &mut |_| ()).await {
            Err(f) if f.message.ends_with("with an empty text.") => Ok(Answer::default()),
            other => other,
        }
    }

    /// [`Provider::complete`] for callers that are not asynchronous; the calling thread waits.
    pub fn complete_blocking(self, request: Request) -> Result<Answer, Failure> {
        wait_for(async move { self.complete(&request, &mut |_| ()).await })
    }

    /// [`Provider::test`] for callers that are not asynchronous.
    pub fn test_blocking(self) -> Result<Answer, Failure> {
        wait_for(async move { self.test().await })
    }

    fn setup(&self, what: &str) -> Failure {
        Failure::new(Trouble::Setup, format!("The provider \"{}\" {what}.", self.name))
    }

    fn output(&self, what: &str) -> Failure {
        let message = format!("The provider \"{}\" {what}.", self.name);
        Failure::new(Trouble::Output, self.key.scrub(&message))
    }

    fn slow(&self, what: &str, after: Duration) -> Failure {
        let seconds = after.as_secs_f64();
        Failure::new(
            Trouble::Timeout,
            format!("The provider \"{}\" {what} within {seconds} seconds.", self.name),
        )
    }
}

/// The one runtime on which providers are called: connections are kept between calls, whoever calls.
fn runtime() -> Result<&'static tokio::runtime::Runtime, Failure> {
    static RUNTIME: OnceLock<Option<tokio::runtime::Runtime>> = OnceLock::new();
    let build = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("providers").enable_all().build().ok()
    };
    let none = || Failure::new(Trouble::Setup, "This server cannot start a thread for calls to providers.");
    RUNTIME.get_or_init(build).as_ref().ok_or_else(none)
}

fn wait_for<T: Send + 'static>(
    call: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    runtime()?.spawn(async move { drop(sender.send(call.await)) });
    receiver
        .recv()
        .unwrap_or_else(|_| Err(Failure::new(Trouble::Output, "The call to the provider was lost.")))
}

/// What differs between the protocols; `transport` does the rest.
trait Protocol: Sync {
    /// Where to POST.
    fn url(&self, provider: &Provider) -> Result<url::Url, Failure>;
    /// Headers beside Content-Type.
    fn headers(&self, provider: &Provider) -> Vec<(&'static str, String)>;
    /// The JSON to send, asking for a stream.
    fn body(&self, provider: &Provider, request: &Request) -> Json;
    /// Takes one event of a stream; says whether it was the last that counts.
    fn event(&self, data: &Json, draft: &mut Answer) -> Result<bool, String>;
    /// Reads an answer that came in one piece.
    fn whole(&self, data: &Json) -> Option<Answer>;
}

/// The base address: the given one or the protocol's own, as a URL without a slash at its end.
fn base(provider: &Provider, own: &str) -> Result<url::Url, Failure> {
    let given = provider.api_base.trim();
    let text = if given.is_empty() { own } else { given };
    if text.is_empty() {
        return Err(provider.setup("has no api_base"));
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(provider.setup("has an api_base that is no http:// or https:// address")),
    }
}

/// `base` with `tail` after its path; `root` comes between when the base has no path of its own.
fn join(mut base: url::Url, root: &str, tail: &str) -> url::Url {
    let path = base.path().trim_end_matches('/').to_string();
    if !path.ends_with(tail) {
        let root = if path.is_empty() { root } else { "" };
        base.set_path(&format!("{path}{root}{tail}"));
    }
    base
}
