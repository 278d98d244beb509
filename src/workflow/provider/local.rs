//! Servers of one's own that speak OpenAI's protocol: llama.cpp, Ollama, vLLM.

use serde_json::json;

use crate::value::Json;
use crate::workflow::provider::{Answer, Failure, Protocol, Provider, Request, base, join, openai};

pub(super) struct Local;

impl Protocol for Local {
    fn url(&self, provider: &Provider) -> Result<url::Url, Failure> {
        Ok(join(base(provider, "http://127.0.0.1:8080/v1")?, "/v1", "/chat/completions"))
    }

    fn headers(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        if provider.key.is_empty() {
            return vec![];
        }
        vec![("authorization", format!("Bearer {}", provider.key.reveal()))]
    }

    fn body(&self, provider: &Provider, request: &Request) -> Json {
        let model = provider.model.trim();
        let mut body = openai::chat(if model.is_empty() { "default" } else { model }, request);
        // All three servers can hold a small model to a schema; without it such a model rarely keeps one.
        if let Some(schema) = &request.schema {
            body["response_format"] =
                json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
        }
        body
    }

    fn event(&self, data: &Json, draft: &mut Answer) -> Result<bool, String> {
        openai::piece(data, draft)
    }

    fn whole(&self, data: &Json) -> Option<Answer> {
        openai::complete(data)
    }
}
