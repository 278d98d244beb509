//! OpenAI's chat completions; Azure and the local servers share most of it.

use serde_json::json;

use crate::value::Json;
use crate::workflow::provider::{Answer, Failure, Protocol, Provider, Request, base, join};

pub(super) struct OpenAi;

impl Protocol for OpenAi {
    fn url(&self, provider: &Provider) -> Result<url::Url, Failure> {
        Ok(join(base(provider, "https://api.openai.com/v1")?, "/v1", "/chat/completions"))
    }

    fn headers(&self, provider: &Provider) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {}", provider.key.reveal()))]
    }

    fn body(&self, provider: &Provider, request: &Request) -> Json {
        let mut body = chat(&provider.model, request);
        // The reasoning models refuse the older name of the limit, and any temperature but their own.
        let reasons = ["o1", "o3", "o4", "gpt-5"].iter().any(|p| provider.model.starts_with(p));
        if let (true, Some(object)) = (reasons, body.as_object_mut()) {
            object.remove("temperature");
            if let Some(limit) = object.remove("max_tokens") {
                object.insert("max_completion_tokens".into(), limit);
            }
        }
        body
    }

    fn event(&self, data: &Json, draft: &mut Answer) -> Result<bool, String> {
        piece(data, draft)
    }

    fn whole(&self, data: &Json) -> Option<Answer> {
        complete(data)
    }
}

/// The body of a chat completion.
pub(super) fn chat(model: &str, request: &Request) -> Json {
    let mut messages = vec![];
    if !request.system.is_empty() {
        messages.push(json!({"role": "system", "content": request.system}));
    }
    messages.push(json!({"role": "user", "content": request.user}));
    let mut body = json!({"model": model, "messages": messages, "stream": true,
        "stream_options": {"include_usage": true}});
    if let Some(t) = request.temperature {
        body["temperature"] = t.into();
    }
    if let Some(n) = request.max_tokens {
        body["max_tokens"] = n.into();
    }
    body
}

/// One event of a stream. The finish_reason is not its end: the use of tokens comes after it, then `[DONE]`.
pub(super) fn piece(data: &Json, draft: &mut Answer) -> Result<bool, String> {
    if let Some(error) = data.get("error").filter(|e| !e.is_null()) {
        return Err(error["message"].as_str().map_or_else(|| error.to_string(), str::to_string));
    }
    note(data, draft);
    let choice = &data["choices"][0];
    draft.text.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
    match choice["finish_reason"].as_str() {
        Some(reason) => {
            draft.truncated = reason == "length";
            Ok(true)
        }
        None => Ok(false),
    }
}

/// An answer in one piece.
pub(super) fn complete(data: &Json) -> Option<Answer> {
    let choice = data["choices"].get(0)?;
    let mut answer = Answer::default();
    note(data, &mut answer);
    answer.text = content(&choice["message"]["content"])?;
    answer.truncated = choice["finish_reason"] == "length";
    Some(answer)
}

/// Content is a text, or a list of parts with texts.
fn content(content: &Json) -> Option<String> {
    match content {
        Json::String(text) => Some(text.clone()),
        Json::Array(parts) => Some(parts.iter().filter_map(|p| p["text"].as_str()).collect()),
        Json::Null => Some(String::new()),
        _ => None,
    }
}

fn note(data: &Json, draft: &mut Answer) {
    if let Some(model) = data["model"].as_str().filter(|m| !m.is_empty()) {
        draft.model = model.to_string();
    }
    draft.prompt_tokens = data["usage"]["prompt_tokens"].as_i64().or(draft.prompt_tokens);
    draft.completion_tokens = data["usage"]["completion_tokens"].as_i64().or(draft.completion_tokens);
}
