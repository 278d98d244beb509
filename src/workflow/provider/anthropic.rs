//! Anthropic's messages.

use serde_json::json;

use crate::value::Json;
use crate::workflow::provider::{Answer, Failure, Protocol, Provider, Request, base, join};

/// The protocol's own version.
const VERSION: &str = "2023-06-01";

/// The API insists on a limit.
const MAX_TOKENS: i64 = 4096;

pub(super) struct Anthropic;

impl Protocol for Anthropic {
    fn url(&self, provider: &Provider) -> Result<url::Url, Failure> {
        Ok(join(base(provider, "https://api.anthropic.com/v1")?, "/v1", "/messages"))
    }

    fn headers(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        vec![("x-api-key", provider.key.reveal().to_string()), ("anthropic-version", VERSION.to_string())]
    }

    fn body(&self, provider: &Provider, request: &Request) -> Json {
        let mut body = json!({"model": provider.model, "stream": true,
            "max_tokens": request.max_tokens.unwrap_or(MAX_TOKENS),
            "messages": [{"role": "user", "content": request.user}]});
        if !request.system.is_empty() {
            body["system"] = request.system.as_str().into();
        }
        if let Some(t) = request.temperature {
            body["temperature"] = t.clamp(0.0, 1.0).into();
        }
        body
    }

    fn event(&self, data: &Json, draft: &mut Answer) -> Result<bool, String> {
        match data["type"].as_str().unwrap_or_default() {
            "error" => {
                let error = &data["error"];
                return Err(error["message"].as_str().map_or_else(|| error.to_string(), str::to_string));
            }
            "message_start" => note(&data["message"], draft),
            "content_block_delta" => {
                draft.text.push_str(data["delta"]["text"].as_str().unwrap_or_default());
            }
            "message_delta" => {
                note(data, draft);
                draft.truncated = data["delta"]["stop_reason"] == "max_tokens";
            }
            "message_stop" => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn whole(&self, data: &Json) -> Option<Answer> {
        let parts = data["content"].as_array()?;
        let mut answer = Answer::default();
        note(data, &mut answer);
        answer.text = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        answer.truncated = data["stop_reason"] == "max_tokens";
        Some(answer)
    }
}

fn note(data: &Json, draft: &mut Answer) {
    if let Some(model) = data["model"].as_str() {
        draft.model = model.to_string();
    }
    draft.prompt_tokens = data["usage"]["input_tokens"].as_i64().or(draft.prompt_tokens);
    draft.completion_tokens = data["usage"]["output_tokens"].as_i64().or(draft.completion_tokens);
}
