//! The workflow of a project: stages run by a language model, by people, by the system, with gates between.
//!
//! `machine` is the pure centre; `progress`, `condition`, `prompt`, `contract`, `retry` and `definition` are pure too.
//! `provider` speaks to the language models and is the only place that knows HTTP clients.

pub mod condition;
pub mod contract;
pub mod definition;
pub mod machine;
pub mod progress;
pub mod prompt;
pub mod provider;
pub mod retry;
pub mod secret;

/// What the workflow adds to the models.
pub fn behaviours() -> Vec<crate::orm::Behaviour> {
    Vec::new()
}
