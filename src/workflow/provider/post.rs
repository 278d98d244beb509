//! One POST that carries news and wants no answer: the webhook's. Failures are told as those of providers are.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;

use crate::workflow::provider::transport::{client, quote, root};
use crate::workflow::provider::{Failure, Trouble};
use crate::workflow::retry;

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// So much of what the receiver says about an error is read.
const LONGEST_REPLY: usize = 64 << 10;

/// What is sent, and where.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Post {
    /// Sends it; any 2xx is well.
    pub(crate) async fn send(&self) -> Result<(), Failure> {
        match tokio::time::timeout(PATIENCE, self.deliver()).await {
            Ok(result) => result,
            Err(_) => {
                let message =
                    format!("The webhook's receiver did not answer within {} seconds.", PATIENCE.as_secs());
                Err(Failure::new(Trouble::Timeout, message))
            }
        }
    }

    async fn deliver(&self) -> Result<(), Failure> {
        let setup = |why: String| Failure::new(Trouble::Setup, format!("The webhook cannot be sent: {why}."));
        let url = url::Url::parse(&self.url).map_err(|e| setup(e.to_string()))?;
        let client = client(&url).map_err(|e| setup(root(&e)))?;
        let mut request = client.post(url).header("content-type", "application/json").body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(|e| {
            let message = format!("The webhook's receiver cannot be reached ({}).", root(&e));
            Failure::new(if e.is_builder() { Trouble::Setup } else { Trouble::Connection }, message)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let header = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
        let retry_after = header.and_then(|h| retry::retry_after(h, now()));
        let mut said = vec![];
        while let Ok(Some(bytes)) = response.chunk().await {
            said.extend_from_slice(&bytes);
            if said.len() > LONGEST_REPLY {
                break;
            }
        }
        let message = format!("The webhook's receiver answered {}: {}", status.as_u16(), quote(&said));
        Err(Failure { trouble: Trouble::Status(status.as_u16()), message, retry_after })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "Retry-After may be a date, which only the present makes a delay"
)]
fn now() -> i64 {
    chrono::Utc::now().timestamp()
}
