//! The workflow: the machine's whole table, the providers against a stub that misbehaves, and whole runs.

mod actions;
mod chance;
mod commands;
mod fixture;
mod limits;
mod machine;
mod pauses;
mod providers;
mod retention;
mod runs;
mod stages;
pub mod stub;
mod troubles;
mod ways;
mod webhooks;
