//! `echo:`, the provider for a first try without any model: it answers with an outline of the prompt, and says so.
//!
//! `echo:250` takes a quarter of a second for it.

use std::time::Duration;

use crate::workflow::contract;
use crate::workflow::provider::{Answer, Progress, Request};

/// Said in every answer.
pub(super) const NOTICE: &str =
    "Offline text: no language model was asked. The echo: provider made this outline from the prompt.";

/// Pieces in which a slow echo speaks.
const PIECES: u32 = 5;

/// What stands behind `echo:`.
pub(super) fn address(api_base: &str) -> Option<&str> {
    api_base.trim().strip_prefix("echo:")
}

pub(super) async fn answer(rest: &str, request: &Request, progress: Progress<'_>) -> Answer {
    let text = match &request.schema {
        Some(schema) => contract::sample(schema, "answer").to_string(),
        None => outline(request),
    };
    let millis: u64 = rest.trim_matches('/').parse().unwrap_or(0);
    let pause = Duration::from_millis(millis.min(60_000)) / PIECES;
    for part in 1..=PIECES {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let until = text.len() * part as usize / PIECES as usize;
        progress(&text[..text.floor_char_boundary(until)]);
    }
    Answer {
        prompt_tokens: Some(words(&request.system) + words(&request.user)),
        completion_tokens: Some(words(&text)),
        model: "echo".into(),
        text,
        truncated: false,
    }
}

/// The prompt's lines as a heading and points, each cut short.
fn outline(request: &Request) -> String {
    let mut lines = request.user.lines().map(str::trim).filter(|l| !l.is_empty());
    let mut text = format!("# {}\n\n> {NOTICE}\n\n", short(lines.next().unwrap_or("No prompt")));
    for line in lines.take(12) {
        text.push_str(&format!("- {}\n", short(line.trim_start_matches(['-', '*', '#', ' ']))));
    }
    text
}

fn short(line: &str) -> String {
    const LONGEST: usize = 100;
    if line.chars().count() <= LONGEST {
        return line.to_string();
    }
    format!("{}…", line.chars().take(LONGEST).collect::<String>().trim_end())
}

fn words(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}
