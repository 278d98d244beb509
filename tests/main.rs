//! One test binary: only `mod` lines.

mod support;
mod tidy;
mod workflow;
