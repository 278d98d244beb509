//! The web client's way in: a small Odoo tree of our own, its bundles, the boot page, menus and actions.

mod boot;
mod bundles;
mod real;

use std::path::{Path, PathBuf};

/// The small tree.
fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assets/tree")
}
