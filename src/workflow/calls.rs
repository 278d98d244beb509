//! From records to a provider's call and back: provider and key, rendered prompt, shape of the answer.

use std::time::Duration;

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::Call;
use crate::orm::{Env, Record, rule};
use crate::value::Json;
use crate::workflow::contract::{self, Contract};
use crate::workflow::provider::{Failure, Kind, Patience, Provider, Request, Trouble};
use crate::workflow::run::Run;
use crate::workflow::secret::{self, Secret};
use crate::workflow::{plan, prompt, variables, work};

const PROVIDER: [&str; 9] = [
    "name",
    "provider_type",
    "api_key_sealed",
    "model",
    "api_base",
    "api_version",
    "timeout",
    "first_byte_timeout",
    "max_concurrency",
];

/// What binds a sealed key to its row.
pub(crate) fn purpose(provider: i64) -> String {
    format!("ai.provider,{provider},api_key")
}

/// An ai.provider as plain data, its key opened.
pub(crate) fn provider(env: &Env, id: i64) -> Result<Provider> {
    let r = env.sudo().with_context(json!({"active_test": false})).fetch_one("ai.provider", id, &PROVIDER)?;
    let sealed = r.str("api_key_sealed");
    let key = if sealed.is_empty() { String::new() } else { secret::vault()?.open(sealed, &purpose(id))? };
    let seconds = |field: &str, default: Duration| match u64::try_from(r.int(field)) {
        Ok(n) if n > 0 => Duration::from_secs(n),
        _ => default,
    };
    let default = Patience::default();
    let whole = seconds("timeout", default.whole);
    Ok(Provider {
        name: r.str("name").into(),
        kind: Kind::read(r.str("provider_type")).unwrap_or(Kind::Local),
        key: Secret::new(key),
        model: r.str("model").into(),
        api_base: r.str("api_base").into(),
        api_version: r.str("api_version").into(),
        max_concurrency: r.int("max_concurrency"),
        patience: Patience {
            whole,
            first_byte: seconds("first_byte_timeout", default.first_byte).min(whole),
        },
    })
}

/// What an ai.template asks of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) format: String,
    pub(crate) artifact_type: String,
    schema: Json,
}

/// Fields of ai.template that a call needs.
const TEMPLATE: [&str; 7] = [
    "system_prompt",
    "user_prompt",
    "output_format",
    "output_schema",
    "artifact_type",
    "temperature",
    "max_tokens",
];

/// An ai.template as plain data.
#[derive(Debug)]
pub(crate) struct Prompt {
    system: String,
    user: String,
    temperature: f64,
    max_tokens: Option<i64>,
    pub(crate) shape: Shape,
    /// Whether it looks at `artifacts`, which are many and long.
    pub(crate) wants_artifacts: bool,
}

impl Prompt {
    pub(crate) fn read(env: &Env, template: i64) -> Result<Prompt> {
        let env = env.sudo().with_context(json!({"active_test": false}));
        let r = env.fetch_one("ai.template", template, &TEMPLATE)?;
        let (system, user) = (r.str("system_prompt").to_string(), r.str("user_prompt").to_string());
        Ok(Prompt {
            wants_artifacts: [&system, &user].iter().any(|text| text.contains("artifacts")),
            system,
            user,
            temperature: r.float("temperature"),
            max_tokens: Some(r.int("max_tokens")).filter(|n| *n > 0),
            shape: Shape {
                format: r.str("output_format").into(),
                artifact_type: r.str("artifact_type").into(),
                schema: schema(&r)?,
            },
        })
    }

    /// The prompt rendered, ready to send. `fault` is what was wrong with the answer before.
    pub(crate) fn request(&self, vars: &Json, fault: Option<&str>) -> Result<Request> {
        let schema = &self.shape.schema;
        let mut user = prompt::render(&self.user, vars)?;
        if user.is_empty() {
            return Err(Error::user("The prompt is empty once it is filled in."));
        }
        if !schema.is_null() {
            user.push_str(&format!("\n\nAnswer with JSON only, and keep to this schema:\n{schema}"));
        } else if self.shape.format == "json" {
            user.push_str("\n\nAnswer with JSON only.");
        }
        if let Some(fault) = fault {
            user.push_str(&format!(
                "\n\nYour last answer could not be used: {fault}. Answer again, without this fault."
            ));
        }
        Ok(Request {
            system: prompt::render(&self.system, vars)?,
            user,
            temperature: Some(self.temperature),
            max_tokens: self.max_tokens,
            schema: (!schema.is_null()).then(|| schema.clone()),
        })
    }
}

fn schema(r: &Record) -> Result<Json> {
    match r.json("output_schema") {
        Json::Null | Json::Bool(false) => Ok(Json::Null),
        Json::Object(o) if o.is_empty() => Ok(Json::Null),
        schema => Contract::new(schema).map(|_| schema.clone()),
    }
}

impl Shape {
    /// The answer as it is stored, or what is wrong with it.
    pub(crate) fn fit(&self, answer: &str) -> Result<String, String> {
        if !self.schema.is_null() {
            let contract = Contract::new(&self.schema).map_err(|e| e.message)?;
            return contract.check(answer).map(|json| pretty(&json));
        }
        if self.format == "json" {
            return contract::extract(answer).map(|json| pretty(&json));
        }
        Ok(unfenced(answer).to_string())
    }

    /// MIME type of what is stored.
    pub(crate) fn mimetype(&self) -> &'static str {
        match self.format.as_str() {
            "html" => "text/html",
            "json" => "application/json",
            "text" => "text/plain",
            _ => "text/markdown",
        }
    }
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// Models like to wrap a whole answer in a fence.
fn unfenced(answer: &str) -> &str {
    let text = answer.trim();
    let inner = text.strip_prefix("```").and_then(|t| t.strip_suffix("```")).and_then(|t| t.split_once('\n'));
    match inner {
        Some((word, body)) if !body.contains("```") && word.trim().chars().all(char::is_alphanumeric) => {
            body.trim()
        }
        _ => text,
    }
}

/// The failure that an answer without the wanted shape is.
pub(crate) fn misfit(provider: &str, fault: &str) -> Failure {
    Failure::new(
        Trouble::Output,
        format!("The answer of the provider \"{provider}\" could not be used: {fault}"),
    )
}

/// `generate_content(template, context=None)`: renders the prompt and calls the provider now; stores nothing.
pub(crate) fn generate_content(env: &Env, call: &Call<'_>) -> Result<Json> {
    rule::check(env, env.model("project.project")?, &call.ids, 'r')?;
    let [id] = call.ids.as_slice() else {
        return Err(Error::value("generate_content: expected one project"));
    };
    let template = find_template(env, call.arg("template"))?;
    let run = Run::peek(env, *id)?;
    let mut vars = variables::of_project(&run)?;
    match call.arg("context") {
        Json::Object(more) => vars.as_object_mut().into_iter().for_each(|v| v.extend(more.clone())),
        Json::Null | Json::Bool(false) => {}
        other => return Err(Error::type_error(format!("context: expected an object, got {other}"))),
    }
    let none = plan::Stage::default();
    let stage = run.stage.and_then(|id| run.plan.get(id)).unwrap_or(&none);
    let provider = provider(env, work::resolve(env, stage, run.provider, run.template)?)?;
    let prompt = Prompt::read(env, template)?;
    let request = prompt.request(&vars, None)?;
    let name = provider.name.clone();
    let answer = provider.complete_blocking(request)?;
    let text = prompt.shape.fit(&answer.text).map_err(|fault| misfit(&name, &fault))?;
    Ok(Json::String(text))
}

/// A prompt by id or code.
fn find_template(env: &Env, given: &Json) -> Result<i64> {
    let domain = match given {
        Json::Number(_) => json!([["id", "=", given]]),
        Json::Array(ids) if ids.len() == 1 => json!([["id", "=", ids[0]]]),
        Json::String(code) => json!([["code", "=", code]]),
        other => return Err(Error::type_error(format!("template: expected an id or a code, got {other}"))),
    };
    let found = env.search("ai.template", domain)?;
    found.first().copied().ok_or_else(|| Error::user(format!("There is no prompt {given}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwraps_a_fence_around_all() {
        assert_eq!(unfenced("```markdown\n# A\n\ntext\n```"), "# A\n\ntext");
        assert_eq!(unfenced("```\na\n```\nand\n```\nb\n```"), "```\na\n```\nand\n```\nb\n```");
        assert_eq!(unfenced(" plain "), "plain");
    }
}
