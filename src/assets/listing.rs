//! Which files a bundle is made of, in which order: the operations of all manifests, applied.
//!
//! A file stands in a list once, where it was put first. `web/static/src/**/*.js` means what Python's recursive glob
//! means by it; hidden files are never meant.

use std::collections::HashSet;
use std::path::Path;

use glob::{MatchOptions, Pattern};
use indexmap::IndexMap;

use crate::error::{Error, Result};

use super::manifest::{self, Assets, Operation};
use super::source::Source;

const EXTENSIONS: &[&str] = &["js", "css", "scss", "sass", "less", "xml"];

/// What the manifests declare: by bundle, the operations of all addons in their order.
#[derive(Debug, Default)]
pub struct Declared {
    bundles: IndexMap<String, Vec<Operation>>,
    addons: Vec<String>,
}

impl Declared {
    /// Reads the manifests of the tree's `addons`, each of which may build on those before it, then what this
    /// server's own add.
    pub fn read(source: &Source, addons: &[&str]) -> Result<Declared> {
        let mut declared = Declared::default();
        for addon in addons {
            let Some(folder) = source.addon(addon) else { continue };
            let path = folder.join("__manifest__.py");
            let text = std::fs::read_to_string(&path)
                .map_err(|e| Error::user(format!("Cannot read {}: {e}", path.display())))?;
            let assets = manifest::assets(&text).map_err(|e| {
                Error::user(format!("{}: no manifest that can be read.", path.display())).detail(e.message)
            })?;
            declared.add(assets);
            declared.addons.push((*addon).to_owned());
        }
        for own in source.contributing() {
            declared.add(manifest::of_own(own)?);
            declared.addons.push(own.name.clone());
        }
        Ok(declared)
    }

    fn add(&mut self, assets: Assets) {
        for (bundle, operations) in assets {
            self.bundles.entry(bundle).or_default().extend(operations);
        }
    }

    /// Whether there is a bundle of that name.
    pub fn has(&self, bundle: &str) -> bool {
        self.bundles.contains_key(bundle)
    }

    /// The addresses (`/web/static/…`) of a bundle's files; None: no such bundle.
    pub fn files(&self, source: &Source, bundle: &str) -> Result<Option<Vec<String>>> {
        if !self.has(bundle) {
            return Ok(None);
        }
        let mut list = List { declared: self, source, urls: vec![], known: HashSet::new() };
        list.fill(bundle, &mut vec![])?;
        Ok(Some(list.urls))
    }
}

/// A list in the making.
struct List<'a> {
    declared: &'a Declared,
    source: &'a Source,
    urls: Vec<String>,
    known: HashSet<String>,
}

impl<'a> List<'a> {
    fn fill(&mut self, bundle: &'a str, within: &mut Vec<&'a str>) -> Result<()> {
        if within.contains(&bundle) {
            return Err(Error::user(format!(
                "Bundles include each other: {} > {bundle}",
                within.join(" > ")
            )));
        }
        within.push(bundle);
        let start = self.urls.len();
        for operation in self.declared.bundles.get(bundle).into_iter().flatten() {
            match operation {
                Operation::Append(path) => self.insert(self.urls.len(), self.matching(path)?),
                Operation::Prepend(path) => self.insert(start, self.matching(path)?),
                Operation::Include(other) => self.fill(other, within)?,
                Operation::Remove(path) => self.remove(&self.matching(path)?),
                Operation::Before(target, path) => {
                    let at = self.position(target)?;
                    self.insert(at, self.matching(path)?);
                }
                Operation::After(target, path) => {
                    let at = self.position(target)?;
                    self.insert(at + 1, self.matching(path)?);
                }
                Operation::Replace(target, path) => {
                    let at = self.position(target)?;
                    self.insert(at, self.matching(path)?);
                    self.remove(&self.matching(target)?);
                }
            }
        }
        within.pop();
        Ok(())
    }

    fn insert(&mut self, at: usize, urls: Vec<String>) {
        let fresh: Vec<String> = urls.into_iter().filter(|url| self.known.insert(url.clone())).collect();
        self.urls.splice(at..at, fresh);
    }

    fn remove(&mut self, urls: &[String]) {
        let gone: HashSet<&String> = urls.iter().collect();
        self.urls.retain(|url| !gone.contains(url));
        self.known.retain(|url| !gone.contains(url));
    }

    /// Where the first file of `target` stands.
    fn position(&self, target: &str) -> Result<usize> {
        let first = self.matching(target)?.into_iter().next();
        first.and_then(|url| self.urls.iter().position(|u| *u == url)).ok_or_else(|| {
            Error::user(format!(
                "An operation on assets is placed by {target:?}, which the bundle does not have."
            ))
        })
    }

    /// The files a glob means, sorted. Only those of `static/` of the addons that take part.
    fn matching(&self, path: &str) -> Result<Vec<String>> {
        let path = path.trim_start_matches('/');
        let (addon, rest) = path.split_once('/').unwrap_or((path, ""));
        let Some(below) = rest.strip_prefix("static/") else { return Ok(vec![]) };
        if !self.declared.addons.iter().any(|a| a == addon) {
            return Ok(vec![]);
        }
        let mut found = vec![];
        let own = self.source.contributing().find(|own| own.name == addon);
        if below.contains(['*', '?', '[']) {
            let pattern = Pattern::new(below)
                .map_err(|e| Error::user(format!("{path:?} in a manifest is no pattern: {e}")))?;
            if let Some(own) = own {
                let fits = |path: &&String| pattern.matches_with(path, OPTIONS);
                found.extend(own.files.keys().filter(fits).cloned());
            } else if let Some(folder) = self.source.static_dir(addon) {
                let fixed = below.split(['*', '?', '[']).next().unwrap_or_default();
                let start = fixed.rsplit_once('/').map_or("", |(dir, _)| dir);
                walk(&folder, start, &pattern, &mut found);
            }
            found.sort_unstable();
        } else if self.source.place(addon, below).is_some() {
            found.push(below.to_owned());
        }
        found.retain(|f| f.rsplit_once('.').is_some_and(|(_, e)| EXTENSIONS.contains(&e)));
        Ok(found.into_iter().map(|f| format!("/{addon}/static/{f}")).collect())
    }
}

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Files below `folder/at` whose path from `folder` fits. A folder that cannot be read has none.
fn walk(folder: &Path, at: &str, pattern: &Pattern, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder.join(at)) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = if at.is_empty() { name } else { format!("{at}/{name}") };
        // follows links, as Python does
        if entry.path().is_dir() {
            walk(folder, &path, pattern, found);
        } else if pattern.matches_with(&path, OPTIONS) {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_pythons() {
        let fits = |pattern: &str, path: &str| Pattern::new(pattern).unwrap().matches_with(path, OPTIONS);
        assert!(fits("src/**/*", "src/a.js") && fits("src/**/*", "src/x/y/a.js"));
        assert!(fits("src/**", "src/a.js") && fits("src/**", "src/x/a.js"));
        assert!(fits("src/*.js", "src/a.js") && !fits("src/*.js", "src/x/a.js"));
        assert!(fits("src/**/*.dark.scss", "src/x/a.dark.scss") && !fits("src/**/*.dark.scss", "src/a.scss"));
        assert!(fits("lib/[ab].js", "lib/a.js") && !fits("lib/?.js", "lib/ab.js"));
    }
}
