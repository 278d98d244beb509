//! One test binary: only `mod` lines.

mod db;
mod protocol;
mod support;
mod tidy;
mod workflow;
