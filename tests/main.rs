//! One test binary: only `mod` lines.

mod assets;
mod cli;
mod crash;
mod db;
mod golden;
mod job;
mod models;
mod orm;
mod protocol;
mod schema;
mod seen;
mod support;
mod tidy;
mod workflow;
