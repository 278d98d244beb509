//! The workflow: the machine's whole table, the providers against a stub that misbehaves, and whole runs.

mod fixture;
mod machine;
mod providers;
mod runs;
mod stub;
mod troubles;
mod ways;
