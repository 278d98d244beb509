//! The cases that are known not to agree, from `known_differences.toml`.
//!
//! A key is `area/name`, then `#STEP` when one step alone differs, then `@sqlite`, `@postgres`, `@web` or `@xmlrpc2`
//! when it differs there alone.

use std::collections::BTreeMap;

use super::case::{Protocol, folder};
use super::replay::Failure;
use crate::support::TestApp;
use crate::support::database::Kind;

/// What counts in one run.
pub struct Known {
    /// Per case: its steps, none of them for the whole case.
    cases: BTreeMap<String, Vec<usize>>,
}

impl Known {
    /// Of the database of `app`, over `carrier`.
    pub fn read(app: &TestApp, carrier: Option<Protocol>) -> Known {
        let database = match app.kind() {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
        };
        let protocol = match carrier {
            Some(Protocol::Web) => "web",
            Some(Protocol::Xmlrpc2) => "xmlrpc2",
            _ => "",
        };
        let mut cases: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for key in keys() {
            let (key, place) = key.split_once('@').unwrap_or((&key, database));
            let (case, step) = key.split_once('#').unwrap_or((key, ""));
            if place == database || place == protocol {
                let steps = cases.entry(case.to_owned()).or_default();
                steps.extend(step.parse::<usize>());
            }
        }
        Known { cases }
    }

    /// Whether `case` is listed.
    pub fn names(&self, case: &str) -> bool {
        self.cases.contains_key(case)
    }

    /// What is not as listed: failures that nobody knew of, and known ones that are no more.
    pub fn judge(&self, case: &str, failures: Vec<Failure>) -> Vec<String> {
        let listed = self.cases.get(case);
        if listed.is_some_and(|steps| steps.is_empty() && !failures.is_empty()) {
            return vec![];
        }
        let steps = listed.map_or(&[][..], Vec::as_slice);
        let passing = |step: &&usize| !failures.iter().any(|failure| failure.step == **step);
        let gone = |step: &usize| format!("{case} step {step} passes: take it off known_differences.toml");
        let mut complaints: Vec<String> = steps.iter().filter(passing).map(gone).collect();
        if listed.is_some_and(Vec::is_empty) {
            complaints.push(format!("{case} passes: take it off known_differences.toml"));
        }
        let unknown = failures.iter().filter(|failure| !steps.contains(&failure.step));
        complaints.extend(unknown.map(|failure| format!("{case} step {}: {}", failure.step, failure.why)));
        complaints
    }
}

fn keys() -> Vec<String> {
    let text = std::fs::read_to_string(folder().join("known_differences.toml")).unwrap();
    text.parse::<toml::Table>().unwrap().into_iter().map(|(key, _)| key).collect()
}

/// The cases that the list names.
pub fn cases() -> Vec<String> {
    let name = |key: String| key.split(['#', '@']).next().unwrap_or_default().to_owned();
    keys().into_iter().map(name).collect()
}
