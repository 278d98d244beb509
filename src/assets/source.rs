//! An Odoo tree as users have it: where its addons are, and the files below `static/` of one; with it what addons of
//! this server bring themselves.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fmt, fs, io};

use indexmap::IndexMap;

use crate::error::{Error, Result};
use crate::schema::Addon;

/// Where addons are found below the folder a user names: itself, a checkout's two, an installed package's, and what a
/// Debian package or a container has further up.
const PLACES: &[&str] = &[
    "",
    "addons",
    "odoo/addons",
    "dist-packages/odoo/addons",
    "site-packages/odoo/addons",
    "usr/lib/python3/dist-packages/odoo/addons",
];

/// What the client cannot be without.
const NEEDED: &[&str] = &["base", "web"];

/// A tree, and the addons beside it.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    roots: Vec<PathBuf>,
    own: Vec<Own>,
}

/// What an addon of this server has for the client.
#[derive(Debug, Clone)]
pub struct Own {
    /// Technical name.
    pub name: String,
    /// Of its manifest.
    pub assets: IndexMap<String, serde_json::Value>,
    /// Path below `static/` → bytes.
    pub files: IndexMap<String, Vec<u8>>,
}

impl From<&Addon> for Own {
    fn from(addon: &Addon) -> Own {
        let below = |(path, bytes): (&String, &Vec<u8>)| {
            path.strip_prefix("static/").map(|path| (path.to_owned(), bytes.clone()))
        };
        let files = addon.files.iter().filter_map(below).collect();
        Own { name: addon.name().to_owned(), assets: addon.manifest.assets.clone(), files }
    }
}

/// Where a file is.
#[derive(Debug)]
pub enum Place<'a> {
    /// In the tree.
    Tree(PathBuf),
    /// In an addon of this server.
    Own(&'a [u8]),
}

impl Place<'_> {
    /// What is in it.
    pub fn read(&self) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Place::Tree(path) => fs::read(path).map(Cow::Owned),
            Place::Own(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }

    /// Since when it is as it is, where that is known.
    pub fn modified(&self) -> Option<SystemTime> {
        match self {
            Place::Tree(path) => path.metadata().and_then(|m| m.modified()).ok(),
            Place::Own(_) => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

impl Source {
    /// Looks for the addons below `path`; an error says what was looked for, and where.
    pub fn find(path: &Path) -> Result<Source> {
        let roots: Vec<PathBuf> = PLACES
            .iter()
            .map(|place| path.join(place))
            .filter(|root| NEEDED.iter().any(|addon| is_addon(root, addon)))
            .collect();
        let source = Source { path: path.to_owned(), roots, own: vec![] };
        let missing: Vec<String> = NEEDED
            .iter()
            .filter(|addon| source.addon(addon).is_none())
            .map(|addon| format!("{addon}/__manifest__.py"))
            .collect();
        if missing.is_empty() {
            return Ok(source);
        }
        let places: Vec<String> = PLACES.iter().map(|p| path.join(p).display().to_string()).collect();
        Err(Error::user(format!(
            "--odoo-source {}: no Odoo 18 source tree here. Looked for {} in {}. Name the folder of a checkout (with \
             addons/ and odoo/addons/) or of an installed package (…/dist-packages/odoo).",
            path.display(),
            missing.join(" and "),
            places.join(", ")
        )))
    }

    /// The same tree with addons of this server beside it.
    pub fn with(mut self, addons: &[Addon]) -> Source {
        self.own = addons.iter().map(Own::from).collect();
        self
    }

    /// The addons of this server that bring something to bundles, in their order.
    pub fn contributing(&self) -> impl Iterator<Item = &Own> {
        self.own.iter().filter(|own| !own.assets.is_empty())
    }

    /// The folder of an addon.
    pub fn addon(&self, name: &str) -> Option<PathBuf> {
        self.roots.iter().find(|root| is_addon(root, name)).map(|root| root.join(name))
    }

    /// The `static` folder of an addon.
    pub fn static_dir(&self, addon: &str) -> Option<PathBuf> {
        plain(addon).then(|| self.addon(addon)).flatten().map(|dir| dir.join("static"))
    }

    /// The file that `/<addon>/static/<path>` means, if there is one: an addon of this server's own before the tree's.
    pub fn place(&self, addon: &str, path: &str) -> Option<Place<'_>> {
        let own = self.own.iter().find(|own| own.name == addon).and_then(|own| own.files.get(path));
        own.map(|bytes| Place::Own(bytes)).or_else(|| self.file(addon, path).map(Place::Tree))
    }

    /// The same in the tree. No step leads out of `static/`.
    fn file(&self, addon: &str, path: &str) -> Option<PathBuf> {
        let safe = |step: &str| !step.is_empty() && !step.starts_with('.') && !step.contains(['\\', '\0']);
        let file = path.split('/').all(safe).then(|| self.static_dir(addon)).flatten()?.join(path);
        file.is_file().then_some(file)
    }
}

fn plain(addon: &str) -> bool {
    !addon.is_empty() && addon.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_addon(root: &Path, name: &str) -> bool {
    root.join(name).join("__manifest__.py").is_file()
}
