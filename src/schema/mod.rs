//! Reads `addons_schema` into plain structs. No database, no Rust behaviour: what is declared, as declared.
//!
//! An addon is a folder with a `manifest.toml`, `models/*.toml`, and data files in Odoo's own formats (XML, CSV).
//! The shipped addons are embedded in the binary; further ones come from directories (`--addons-path`).

pub mod addon;
pub mod arch;
pub mod data;
pub mod inherit;
pub mod model;
pub mod pyexpr;
pub mod xml;
pub mod xpath;

pub use addon::{Addon, load_addons};
pub use model::{FieldDef, ModelDef};
