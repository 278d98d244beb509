//! OpenAI's protocol behind an Azure deployment: the deployment is in the URL, the key in a header of its own.

use crate::value::Json;
use crate::workflow::provider::{Answer, Failure, Protocol, Provider, Request, base, join, openai};

/// Taken when the provider names none.
const API_VERSION: &str = "2024-10-21";

pub(super) struct AzureOpenAi;

impl Protocol for AzureOpenAi {
    fn url(&self, provider: &Provider) -> Result<url::Url, Failure> {
        let base = base(provider, "")?;
        let path = base.path().trim_end_matches('/').to_string();
        let mut url = if path.contains("/deployments/") {
            join(base, "", "/chat/completions")
        } else {
            let root = if path.ends_with("/openai") { "" } else { "/openai" };
            let mut url = base;
            url.set_path(&path);
            // Through path segments, so that an odd deployment name cannot leave its place.
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty();
                if !root.is_empty() {
                    segments.push("openai");
                }
                segments.extend(["deployments", provider.model.trim(), "chat", "completions"]);
            }
            url
        };
        let version = provider.api_version.trim();
        if !version.is_empty() || !url.query().is_some_and(|q| q.contains("api-version=")) {
            let version = if version.is_empty() { API_VERSION } else { version };
            url.query_pairs_mut().clear().append_pair("api-version", version);
        }
        Ok(url)
    }

    fn headers(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        vec![("api-key", provider.key.reveal().to_string())]
    }

    fn body(&self, provider: &Provider, request: &Request) -> Json {
        openai::chat(&provider.model, request)
    }

    fn event(&self, data: &Json, draft: &mut Answer) -> Result<bool, String> {
        openai::piece(data, draft)
    }

    fn whole(&self, data: &Json) -> Option<Answer> {
        openai::complete(data)
    }
}
