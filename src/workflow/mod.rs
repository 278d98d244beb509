//! The workflow of a project: stages run by a language model, by people, by the system, with gates between.
//!
//! `machine` is the pure centre; `progress`, `condition`, `prompt`, `contract`, `retry` and `definition` are pure too.
//! `provider` speaks to the language models and is the only place that knows HTTP clients.

mod actions;
mod approval;
mod batch;
mod calls;
mod cli_loop;
mod command;
pub mod condition;
pub mod contract;
pub mod definition;
mod effects;
mod execute;
mod fault;
pub mod guard;
mod look;
pub mod machine;
pub mod models;
pub mod outline;
mod plan;
pub mod progress;
pub mod prompt;
pub mod provider;
mod pulse;
pub mod retry;
mod run;
pub mod secret;
mod system;
mod task_actions;
mod variables;
mod webhook;
mod work;

pub mod worker;

pub use command::install as allow_commands;
pub use models::all as behaviours;
pub use pulse::Pulse;
pub use worker::{Worker, WorkerHandle, WorkerOptions};
