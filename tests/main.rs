//! One test binary: only `mod` lines.

mod db;
mod support;
mod tidy;
mod workflow;
