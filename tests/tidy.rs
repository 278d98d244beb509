//! The house rules that a test can hold: who may import whom, what a file opens with, what may not be written.
//!
//! Reads the source as text. A rule that gets in the way is changed here and in ARCHITECTURE.md, together.

use std::path::{Path, PathBuf};

/// The floors, lowest first. A module imports from its own line's left and from lines above it; never a sibling.
const FLOORS: &[&[&str]] = &[
    &["value"],
    &["error"],
    &["crypt", "html", "picture", "metrics"],
    &["config"],
    &["db"],
    &["schema"],
    &["orm", "assets"],
    &["models", "workflow"],
    &["service"],
    &["http"],
    &["app"],
    &["cli"],
];

/// Crates that only these paths may name.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("diesel", &["src/db/"]),
    ("actix_web", &["src/http/"]),
    ("actix_rt", &["src/http/"]),
    ("actix_http", &["src/http/"]),
    ("reqwest", &["src/workflow/provider", "src/cli/client.rs", "src/cli/watch/link.rs"]),
    ("quick_xml", &["src/http/xmlrpc"]),
    ("rust_xlsxwriter", &["src/service/export/"]),
    ("multer", &["src/http/multipart.rs"]),
    ("roxmltree", &["src/schema/", "src/assets/template.rs"]),
    ("oxc_parser", &["src/assets/script.rs"]),
    ("grass", &["src/assets/style.rs"]),
    ("prometheus_client", &["src/metrics.rs"]),
    ("std::env", &["src/config.rs"]),
];

/// What no file under src/ says outside its tests, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("todo!(", "finish it, or return an Error that says what is missing"),
    ("unimplemented!(", "return an Error that says what is missing"),
    ("dbg!(", "use tracing"),
    ("println!(", "cli prints with say!, the rest logs with tracing"),
    ("#[allow(", "#[expect(.., reason = \"..\")]"),
    (".unwrap()", "use ?"),
    (".expect(\"", "use ?, or Error::internal"),
];

/// Columns of a line. rustfmt keeps code within 110; comments and texts may use a little more.
const WIDEST: usize = 120;

struct Source {
    /// Relative to the project, with slashes.
    path: String,
    text: String,
}

impl Source {
    /// Lines of the part that is not tests, numbered, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let own = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        own.enumerate()
            .map(|(at, line)| (at + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// `orm` of `src/orm/field/char.rs` and of `src/orm.rs`.
    fn floor(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or_default();
        inner.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", "node_modules", "__pycache__"].contains(&name.as_str()) {
                walk(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

fn files(under: &[&str]) -> Vec<Source> {
    let mut paths = vec![];
    for dir in under {
        walk(&root().join(dir), &mut paths);
    }
    paths.sort();
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let read = |path: PathBuf| {
        std::fs::read_to_string(&path).ok().map(|text| Source { path: relative(&path), text })
    };
    paths.into_iter().filter_map(read).collect()
}

fn rust(under: &[&str]) -> Vec<Source> {
    files(under).into_iter().filter(|source| source.path.ends_with(".rs")).collect()
}

fn rank(floor: &str) -> Option<usize> {
    FLOORS.iter().position(|floors| floors.contains(&floor))
}

/// Fails with all findings at once.
fn none(findings: Vec<String>, rule: &str) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

/// The modules that follow `crate::` in `line`: one, or several in braces.
fn imported(line: &str) -> Vec<&str> {
    let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut found = vec![];
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                for part in list.split(',') {
                    if depth == 0 {
                        let part = part.trim();
                        found.push(&part[..word(part)]);
                    }
                    depth += part.matches('{').count() as i32 - part.matches('}').count() as i32;
                    if depth < 0 {
                        break;
                    }
                }
            }
            None => found.push(&rest[..word(rest)]),
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let mut findings = vec![];
    for source in rust(&["src"]) {
        let floor = source.floor();
        let Some(own) = rank(floor) else { continue };
        for (number, line) in source.code() {
            for other in imported(line).into_iter().filter(|other| *other != floor) {
                if rank(other).is_some_and(|other| other >= own) {
                    findings.push(format!("{}:{number} {floor} imports {other}", source.path));
                }
            }
        }
    }
    none(findings, "a floor imports only lower floors");
}

#[test]
fn every_module_has_a_floor() {
    let modules = rust(&["src"]).into_iter().map(|source| source.floor().to_owned());
    let unknown = modules.filter(|floor| rank(floor).is_none() && floor != "lib" && floor != "main");
    none(unknown.collect(), "not in FLOORS");
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut findings = vec![];
    for source in rust(&["src"]) {
        for (number, line) in source.code() {
            for (name, rooms) in KEPT_IN {
                let path = format!("{name}::");
                let quoted = line.contains(&format!("\"{path}")) || line.contains(&format!("\\n{path}"));
                let named = (line.contains(&path) && !quoted) || line.contains(&format!("use {name};"));
                if named && !rooms.iter().any(|room| source.path.starts_with(room)) {
                    findings
                        .push(format!("{}:{number} names {name}, which belongs to {rooms:?}", source.path));
                }
            }
        }
    }
    none(findings, "only these floors may know these crates");
}

#[test]
fn files_open_with_what_they_are() {
    let bare =
        rust(&["src", "tests", "benches"]).into_iter().filter(|source| !source.text.starts_with("//! "));
    none(bare.map(|source| source.path).collect(), "a file opens with //! and says what it is");
}

#[test]
fn lines_fit() {
    let mut findings = vec![];
    for source in rust(&["src", "tests", "benches"]) {
        for (number, line) in source.text.lines().enumerate() {
            let width = line.chars().count();
            if width > WIDEST {
                findings.push(format!("{}:{} is {width} wide", source.path, number + 1));
            }
        }
    }
    none(findings, "at most 120 columns");
}

#[test]
fn nothing_forbidden() {
    let mut findings = vec![];
    for source in rust(&["src"]) {
        for (number, line) in source.code() {
            for (word, instead) in FORBIDDEN {
                if line.contains(word) {
                    findings.push(format!("{}:{number} {word}: {instead}", source.path));
                }
            }
        }
    }
    none(findings, "not in this house");
}

#[test]
fn the_map_names_every_module() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let modules = FLOORS.iter().copied().flatten();
    let missing = modules.filter(|module| !map.contains(&format!("`{module}`")));
    none(missing.map(|module| (*module).to_owned()).collect(), "ARCHITECTURE.md does not name");
}

#[test]
fn both_histories_have_the_same_names() {
    let names = |database: &str| {
        let mut names: Vec<String> = files(&[&format!("migrations/{database}")])
            .into_iter()
            .map(|source| source.path.trim_start_matches(&format!("migrations/{database}/")).to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn nothing_points_outside() {
    // Spelled in two halves, so that this file passes.
    let word = concat!("work/sha", "red");
    let relative = concat!("../sha", "red/");
    let pointing = files(&["."]).into_iter().filter(|s| s.text.contains(word) || s.text.contains(relative));
    none(pointing.map(|source| source.path).collect(), "names a folder outside the project");
}

#[test]
fn imports_are_read_right() {
    assert_eq!(imported("use crate::orm::{Env, field};"), ["orm"]);
    assert_eq!(imported("use crate::{error::{Error, Kind}, value::Json};"), ["error", "value"]);
    assert!(imported("let crate_name = 1;").is_empty());
}
