//! One test binary: only `mod` lines.
