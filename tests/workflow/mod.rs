//! The workflow: the machine's whole table, the providers against a stub that misbehaves, and whole runs.

mod machine;
mod providers;
mod stub;
