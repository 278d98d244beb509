//! Renders prompts: minijinja templates over `project`, `task`, `params`, `stage`, `feedback`, `previous`, `artifacts`.
//!
//! Undefined is strict: a missing key is an error that names it, before any call is paid for. `x is defined` and
//! `x | default('…')` work as ever.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value as Jinja};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

use crate::error::{Error, Result};
use crate::value::Json;

/// The variables of a prompt.
pub const NAMES: [&str; 7] = ["project", "task", "params", "stage", "feedback", "previous", "artifacts"];

/// A rendered prompt may be at most this long; what is longer is an accident.
pub const LONGEST: usize = 400_000;

/// Refuses a template that does not parse. For saving: `generate_content` may bring variables of its own.
pub fn check_syntax(source: &str) -> Result<()> {
    environment().template_from_named_str("prompt", source).map(drop).map_err(|e| unreadable(&e))
}

/// Refuses a template that does not parse or names a variable that does not exist. For the start of a run.
pub fn check(source: &str) -> Result<()> {
    let env = environment();
    let template = env.template_from_named_str("prompt", source).map_err(|e| unreadable(&e))?;
    let mut strange: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    strange.retain(|name| !NAMES.contains(&name.as_str()) && !env.globals().any(|(g, _)| g == name.as_str()));
    strange.sort();
    match strange.first() {
        None => Ok(()),
        Some(name) => Err(Error::validation(format!(
            "The prompt uses \"{name}\", which does not exist. There are: {}.",
            NAMES.join(", ")
        ))),
    }
}

/// Renders a prompt over the variables (an object with the keys of [`NAMES`]).
pub fn render(source: &str, variables: &Json) -> Result<String> {
    let env = environment();
    let template = env.template_from_named_str("prompt", source).map_err(|e| unreadable(&e))?;
    let text = template.render(context(variables)).map_err(|e| {
        if e.kind() == ErrorKind::UndefinedError {
            let nested = template.undeclared_variables(true);
            let line = e.line().map_or_else(String::new, |l| format!(" (line {l})"));
            Error::user(format!(
                "The prompt needs {}, which is missing{line}.",
                missing(&e, nested, source, variables)
            ))
        } else {
            unreadable(&e)
        }
    })?;
    if text.len() > LONGEST {
        return Err(Error::user(format!(
            "The prompt became too long: {} bytes, {LONGEST} at most.",
            text.len()
        )));
    }
    Ok(text.trim().to_string())
}

/// The variables as the templates see them.
fn context(variables: &Json) -> Jinja {
    let Some(object) = variables.as_object() else { return Jinja::from(Serde(variables)) };
    let value = |(name, json): (&String, &Json)| match json {
        Json::Array(list) if name == "artifacts" => {
            (name.clone(), Jinja::from_object(Artifacts(list.clone())))
        }
        _ => (name.clone(), Jinja::from(Serde(json))),
    };
    object.iter().map(value).collect::<BTreeMap<String, Jinja>>().into()
}

/// `artifacts`: a list to loop over, and by a stage's name the text that stage made last.
#[derive(Debug)]
struct Artifacts(Vec<Json>);

impl Object for Artifacts {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        match key.as_str() {
            Some(stage) => {
                let made = self.0.iter().rev().find(|a| a["stage"] == stage)?;
                Some(Jinja::from(made["content"].as_str().unwrap_or_default()))
            }
            None => self.0.get(key.as_usize()?).map(|a| Jinja::from(Serde(a))),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// `text | truncate(900)`: at most so many characters, cut at a word.
fn truncate(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(char::is_whitespace).filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or_default().trim_end())
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.add_filter("truncate", truncate);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_debug(true);
    env.set_recursion_limit(64);
    env
}

fn unreadable(e: &minijinja::Error) -> Error {
    let line = e.line().map_or_else(String::new, |l| format!(" in line {l}"));
    let what = e.detail().map_or_else(|| e.kind().to_string(), str::to_string);
    Error::user(format!("The prompt cannot be read{line}: {what}."))
}

/// The name of what is missing: among the names that the template uses, those that are not there and stand at the
/// place of the error, or else in the same tag; else the text at that place.
fn missing(
    e: &minijinja::Error,
    nested: impl IntoIterator<Item = String>,
    source: &str,
    variables: &Json,
) -> String {
    let range = e.range().unwrap_or_default();
    let place = source.get(range.clone()).unwrap_or_default();
    let mut names: Vec<String> = nested.into_iter().filter(|n| absent(n, variables)).collect();
    names.sort();
    for part in [place, tag(source, range.start)] {
        let here: Vec<_> =
            names.iter().filter(|n| part.contains(n.as_str())).map(|n| format!("\"{n}\"")).collect();
        if !here.is_empty() {
            return here.join(", ");
        }
    }
    format!("\"{place}\"")
}

/// The tag around a place in the source.
fn tag(source: &str, at: usize) -> &str {
    let (before, after) = (source.get(..at).unwrap_or_default(), source.get(at..).unwrap_or_default());
    let start = before.rfind("{{").max(before.rfind("{%")).unwrap_or(0);
    let end = ["}}", "%}"].iter().filter_map(|close| after.find(close)).min().unwrap_or(after.len());
    source.get(start..at + end).unwrap_or_default()
}

fn absent(path: &str, variables: &Json) -> bool {
    let mut at = variables;
    for part in path.split('.') {
        match at.get(part) {
            Some(next) => at = next,
            // A method or an index of what is no object is not ours to judge.
            None => return at.is_object(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn vars() -> Json {
        json!({"project": {"name": "Bakery"}, "task": {"name": "Home"}, "params": {"industry": "food"},
               "stage": {"name": "Write"}, "feedback": "", "previous": "",
               "artifacts": [{"name": "p1", "stage": "Plan", "content": "one"},
                             {"name": "p2", "stage": "Plan", "content": "two"}]})
    }

    #[test]
    fn renders() {
        let text = render(
            "Page {{ task.name }} for {{ params.industry | upper }}{% if feedback %}!{% endif %}",
            &vars(),
        );
        assert_eq!(text.unwrap(), "Page Home for FOOD");
        assert_eq!(render("{{ params.tone | default('calm') }}", &vars()).unwrap(), "calm");
        assert_eq!(render("{{ 'one two three four' | truncate(9) }}", &vars()).unwrap(), "one two…");
        let text = "{% for a in artifacts %}{{ a.name }} {% endfor %}{{ artifacts['Plan'] }}{{ artifacts | length }}";
        assert_eq!(render(text, &vars()).unwrap(), "p1 p2 two2");
    }

    #[test]
    fn names_what_is_missing() {
        for (source, name) in [
            ("a {{ params.audience }} b", "\"params.audience\""),
            ("{{ params.industry }} {{ params.tone | upper }}", "\"params.tone\""),
            ("{% for p in params.pages %}{{ p }}{% endfor %}", "\"params.pages\""),
            ("{% if params.loud %}x{% endif %}", "\"params.loud\""),
            ("{{ params.deep.er }}", "\"params.deep"),
            ("{{ params['odd key'] }}", "odd key"),
        ] {
            let e = render(source, &vars()).unwrap_err().to_string();
            assert!(e.contains(name), "{source}: {e}");
        }
    }

    #[test]
    fn checks_at_save() {
        assert!(
            check("{{ project.name }} {{ params.any.thing }} {% for i in range(3) %}{% endfor %}").is_ok()
        );
        assert!(check("{{ projct.name }}").unwrap_err().to_string().contains("\"projct\""));
        assert!(check("{% if %}").is_err() && check_syntax("{% if %}").is_err());
        assert!(check_syntax("{{ word }}").is_ok());
        assert!(
            check("{% include 'x' %}").is_ok() && render("{% include '/etc/passwd' %}", &vars()).is_err()
        );
    }
}
