//! One test binary: only `mod` lines.

mod tidy;
mod workflow;
