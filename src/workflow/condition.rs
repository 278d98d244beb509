//! `transition_condition` of a stage: an Odoo domain on the project, or a minijinja expression. Never code.
//!
//! ```text
//! condition  = "" | domain | expression
//! domain     = "[" … "]"            Odoo's domain text, searched on project.project by the caller
//! expression = minijinja's          over project, tasks, params, stage
//! ```

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::error::{Error, Result};
use crate::value::Json;

/// A condition that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// There is none: it always holds.
    Always,
    /// Text of an Odoo domain on project.project.
    Domain(String),
    /// Text of an expression that compiles.
    Expression(String),
}

/// Names an expression may use.
pub const NAMES: [&str; 4] = ["project", "tasks", "params", "stage"];

impl Condition {
    /// Reads the text as it is saved; refused with a reason when it cannot be read. A domain's terms are checked by
    /// the caller, who knows the model's fields.
    pub fn read(text: &str) -> Result<Condition> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Condition::Always);
        }
        if text.starts_with('[') {
            if !text.ends_with(']') {
                return Err(refused(text, "the list of the domain is not closed"));
            }
            return Ok(Condition::Domain(text.to_string()));
        }
        let env = environment();
        let compiled = env.compile_expression(text).map_err(|e| refused(text, &detail(&e)))?;
        let mut strange: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
        let known = |name: &String| {
            NAMES.contains(&name.as_str()) || env.globals().any(|(global, _)| global == name.as_str())
        };
        strange.retain(|name| !known(name));
        strange.sort();
        if let Some(name) = strange.first() {
            let reason = format!("there is no \"{name}\" here, only {}", NAMES.join(", "));
            return Err(refused(text, &reason));
        }
        Ok(Condition::Expression(text.to_string()))
    }
}

/// Whether an expression holds over the variables. What is missing counts as false, as nothing can be asked of it yet.
pub fn holds(expression: &str, variables: &Json) -> Result<bool> {
    let env = environment();
    let compiled = env.compile_expression(expression).map_err(|e| refused(expression, &detail(&e)))?;
    let value = compiled.eval(Serde(variables)).map_err(|e| {
        Error::user(format!("The transition condition \"{expression}\" failed: {}.", detail(&e)))
    })?;
    Ok(value.is_true())
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env
}

fn refused(text: &str, reason: &str) -> Error {
    Error::validation(format!("The transition condition \"{text}\" cannot be read: {reason}."))
}

fn detail(e: &minijinja::Error) -> String {
    e.detail().map_or_else(|| e.kind().to_string(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_both_kinds() {
        assert_eq!(Condition::read(" ").unwrap(), Condition::Always);
        assert!(matches!(Condition::read("[('active', '=', True)]").unwrap(), Condition::Domain(_)));
        assert!(matches!(
            Condition::read("params.ok and tasks | length > 2").unwrap(),
            Condition::Expression(_)
        ));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for bad in ["[('a', '=', 1)", "params.ok and", "1 +", "__import__('os')", "nobody.there"] {
            let e = Condition::read(bad).unwrap_err().to_string();
            assert!(e.starts_with("The transition condition"), "{bad}: {e}");
        }
    }

    #[test]
    fn evaluates() {
        let vars =
            json!({"project": {"name": "x"}, "params": {"ready": true, "n": 3}, "tasks": [], "stage": {}});
        assert!(holds("params.ready and params.n >= 3", &vars).unwrap());
        assert!(!holds("params.other.deep", &vars).unwrap(), "missing is false");
        assert!(holds("tasks | length == 0", &vars).unwrap());
    }
}
