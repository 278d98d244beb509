//! An Odoo tree as users have it: where its addons are, and the files below `static/` of one.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

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

/// A tree.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    roots: Vec<PathBuf>,
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
        let source = Source { path: path.to_owned(), roots };
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

    /// The folder of an addon.
    pub fn addon(&self, name: &str) -> Option<PathBuf> {
        self.roots.iter().find(|root| is_addon(root, name)).map(|root| root.join(name))
    }

    /// The `static` folder of an addon.
    pub fn static_dir(&self, addon: &str) -> Option<PathBuf> {
        plain(addon).then(|| self.addon(addon)).flatten().map(|dir| dir.join("static"))
    }

    /// The file that `/<addon>/static/<path>` means, if there is one. No step leads out of `static/`.
    pub fn file(&self, addon: &str, path: &str) -> Option<PathBuf> {
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
