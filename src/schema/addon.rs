//! Finding addons, reading them, and ordering them by their dependencies.

use super::model::ModelDef;
use crate::error::{Error, Result};
use include_dir::{Dir, include_dir};
use indexmap::IndexMap;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/addons_schema");

/// `manifest.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// Technical name; the folder's.
    pub name: String,
    /// Title shown in the list of modules.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Odoo-style version.
    pub version: String,
    /// Addons that must come before.
    pub depends: Vec<String>,
    /// Shown as an application.
    pub application: bool,
    /// Data files in load order, relative to the addon.
    pub data: Vec<String>,
    /// By bundle of the web client, what the addon does to its files: Odoo's operations, in TOML's arrays.
    pub assets: IndexMap<String, serde_json::Value>,
}

/// An addon as read: manifest, models, and the text of every file.
#[derive(Debug, Clone, Default)]
pub struct Addon {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its models in the order of their file names.
    pub models: Vec<ModelDef>,
    /// Relative path → bytes.
    pub files: IndexMap<String, Vec<u8>>,
}

impl Addon {
    /// Technical name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// SHA-256 over all files: tells whether an installed addon has changed.
    pub fn fingerprint(&self) -> String {
        let mut h = Sha256::new();
        for (path, bytes) in &self.files {
            h.update(path.as_bytes());
            h.update((bytes.len() as u64).to_le_bytes());
            h.update(bytes);
        }
        hex::encode(h.finalize())
    }

    fn parse(name: &str, mut files: IndexMap<String, Vec<u8>>) -> Result<Addon> {
        files.sort_keys();
        let text = |path: &str, bytes: &[u8]| {
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Error::user(format!("addon {name}: {path} is not UTF-8")))
        };
        let bad = |path: &str, e: toml::de::Error| Error::user(format!("addon {name}: {path}: {e}"));
        let raw = files
            .get("manifest.toml")
            .ok_or_else(|| Error::user(format!("addon {name}: no manifest.toml")))?;
        let mut manifest: Manifest =
            toml::from_str(&text("manifest.toml", raw)?).map_err(|e| bad("manifest.toml", e))?;
        manifest.name = name.to_owned();
        let mut models = Vec::new();
        for (path, bytes) in &files {
            let Some(stem) = path.strip_prefix("models/").and_then(|p| p.strip_suffix(".toml")) else {
                continue;
            };
            let mut def: ModelDef = toml::from_str(&text(path, bytes)?).map_err(|e| bad(path, e))?;
            def.name = stem.to_owned();
            models.push(def);
        }
        Ok(Addon { manifest, models, files })
    }
}

/// The shipped addons and those found in `paths`, dependencies first. A name in `paths` that ships already is refused.
pub fn load_addons(paths: &[PathBuf]) -> Result<Vec<Addon>> {
    let mut found = IndexMap::new();
    for dir in SHIPPED.dirs() {
        let name = dir.path().to_string_lossy().into_owned();
        let mut files = IndexMap::new();
        collect_embedded(dir, &name, &mut files);
        found.insert(name.clone(), Addon::parse(&name, files)?);
    }
    for path in paths {
        for addon in read_folder(path)? {
            if found.contains_key(addon.name()) {
                return Err(Error::user(format!(
                    "addon {} exists twice: rename the one in {}",
                    addon.name(),
                    path.display()
                )));
            }
            found.insert(addon.name().to_owned(), addon);
        }
    }
    sort(found)
}

fn collect_embedded(dir: &Dir<'_>, root: &str, files: &mut IndexMap<String, Vec<u8>>) {
    for f in dir.files() {
        if let Ok(rel) = f.path().strip_prefix(root) {
            files.insert(rel.to_string_lossy().into_owned(), f.contents().to_vec());
        }
    }
    for d in dir.dirs() {
        collect_embedded(d, root, files);
    }
}

fn read_folder(path: &Path) -> Result<Vec<Addon>> {
    let io = |e: std::io::Error| Error::user(format!("addons path {}: {e}", path.display()));
    let mut addons = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let dir = entry.map_err(io)?.path();
        if dir.join("manifest.toml").is_file() {
            let mut files = IndexMap::new();
            collect_disk(&dir, &dir, &mut files).map_err(io)?;
            let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
            addons.push(Addon::parse(&name, files)?);
        }
    }
    addons.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(addons)
}

fn collect_disk(root: &Path, dir: &Path, files: &mut IndexMap<String, Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_disk(root, &path, files)?;
        } else if let Ok(rel) = path.strip_prefix(root) {
            files.insert(rel.to_string_lossy().into_owned(), std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// Dependencies first, otherwise by name.
fn sort(mut found: IndexMap<String, Addon>) -> Result<Vec<Addon>> {
    found.sort_keys();
    let mut done: Vec<Addon> = Vec::new();
    while !found.is_empty() {
        let ready = found
            .values()
            .position(|a| a.manifest.depends.iter().all(|d| done.iter().any(|x| x.name() == d)));
        let Some((_, addon)) = ready.and_then(|i| found.shift_remove_index(i)) else {
            let (name, a) =
                found.first().map(|(n, a)| (n.clone(), a.manifest.depends.join(", "))).unwrap_or_default();
            return Err(Error::user(format!("addon {name} depends on {a}: missing, or a circle")));
        };
        done.push(addon);
    }
    Ok(done)
}
