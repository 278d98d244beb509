//! What the watcher shows: bars on a terminal, plain lines elsewhere, JSON lines for scripts.

use std::collections::HashMap;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::link::Event;
use crate::cli::say;
use crate::value::Json;

/// How it shows things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Bars that move.
    Bars,
    /// A line a thing.
    Lines,
    /// A JSON object a line.
    Json,
}

/// A stage of the run.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) gate: bool,
}

/// Where the project stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) progress: i64,
    pub(super) stage: i64,
    pub(super) left: Vec<i64>,
    pub(super) error: String,
    /// Id, name, state.
    pub(super) tasks: Vec<(i64, String, String)>,
}

impl State {
    /// In words.
    fn words(&self) -> &str {
        match self.state.as_str() {
            "approval_pending" => "waits for approval",
            other => other,
        }
    }
}

/// The board.
pub(super) struct Board {
    look: Look,
    all: MultiProgress,
    whole: ProgressBar,
    stages: Vec<(Stage, ProgressBar)>,
    tasks: HashMap<i64, ProgressBar>,
    last: State,
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸ ")
}

impl Board {
    pub(super) fn new(look: Look) -> Board {
        let target =
            if look == Look::Bars { ProgressDrawTarget::stdout() } else { ProgressDrawTarget::hidden() };
        let all = MultiProgress::with_draw_target(target);
        let whole =
            all.add(ProgressBar::new(100).with_style(style("{prefix}  {bar:30.cyan} {percent:>3} %  {msg}")));
        Board { look, all, whole, stages: vec![], tasks: HashMap::new(), last: State::default() }
    }

    /// Something that the watcher itself has to say.
    pub(super) fn note(&self, text: &str) {
        match self.look {
            Look::Json => say!("{}", json!({"event": "note", "message": text})),
            Look::Lines => say!("{text}"),
            Look::Bars => self.line(text),
        }
    }

    fn line(&self, text: &str) {
        // A terminal that went away is no fault of ours.
        let _ = self.all.println(text);
    }

    /// The stages, when they are known or others than before.
    pub(super) fn stages(&mut self, stages: Vec<Stage>) {
        if self.stages.iter().map(|(s, _)| s.id).eq(stages.iter().map(|s| s.id)) {
            return;
        }
        self.stages.drain(..).for_each(|(_, bar)| self.all.remove(&bar));
        for (at, stage) in stages.into_iter().enumerate() {
            let bar = ProgressBar::new_spinner().with_style(style("{msg}"));
            let bar = self.all.insert(at + 1, bar);
            self.stages.push((stage, bar));
        }
    }

    /// Shows an event.
    pub(super) fn event(&self, event: &Event) {
        let text = |field: &str| event.data[field].as_str().unwrap_or_default();
        match self.look {
            Look::Json => {
                let mut line = event.data.clone();
                line["event"] = event.kind.as_str().into();
                if let Some(seq) = &event.id {
                    line["seq"] = seq.as_str().into();
                }
                say!("{line}");
            }
            _ if event.kind != "workflow" || text("kind") == "task_queued" => {}
            look => {
                let feedback = match text("feedback") {
                    "" => String::new(),
                    words => format!(" «{}»", words.replace('\n', " ")),
                };
                let message = text("message").replace('\n', "; ");
                let line = format!("{}  {message}{feedback}", text("date").get(11..).unwrap_or_default());
                if look == Look::Lines { say!("{line}") } else { self.line(&line) }
            }
        }
    }

    /// How far a text is that is being written.
    pub(super) fn progress(&mut self, data: &Json) {
        let (task, size) = (data["task_id"].as_i64().unwrap_or(0), data["size"].as_i64().unwrap_or(0));
        if self.look != Look::Bars {
            return;
        }
        let Some((_, name, _)) = self.last.tasks.iter().find(|(id, ..)| *id == task) else { return };
        let all = &self.all;
        let bar = self.tasks.entry(task).or_insert_with(|| {
            let bar = ProgressBar::new_spinner().with_style(style("    {spinner} {prefix}  {msg}"));
            let bar = all.add(bar.with_prefix(name.clone()));
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            bar
        });
        bar.set_message(format!("{size} bytes written"));
    }

    /// Shows where the project stands now.
    pub(super) fn show(&mut self, state: &State) {
        let changed = *state != self.last;
        match self.look {
            Look::Json if changed => {
                let stage = self.stages.iter().find(|(s, _)| s.id == state.stage).map(|(s, _)| &s.name);
                say!(
                    "{}",
                    json!({"event": "state", "state": state.state, "progress": state.progress, "stage": stage,
                        "error": state.error})
                );
            }
            Look::Lines
                if (&self.last.state, self.last.progress, self.last.stage)
                    != (&state.state, state.progress, state.stage) =>
            {
                let stage = self.stages.iter().find(|(s, _)| s.id == state.stage);
                let stage = stage.map_or(String::new(), |(s, _)| format!(", {}", s.name));
                say!("{:3} %  {}: {}{stage}", state.progress, state.name, state.words());
            }
            Look::Bars => self.draw(state),
            _ => {}
        }
        self.last.clone_from(state);
    }

    fn draw(&mut self, state: &State) {
        self.whole.set_prefix(state.name.clone());
        self.whole.set_position(u64::try_from(state.progress).unwrap_or(0));
        self.whole.set_message(state.words().to_owned());
        for (stage, bar) in &self.stages {
            let gate = if stage.gate { "  (approval)" } else { "" };
            let (mark, words) = match state.state.as_str() {
                _ if state.left.contains(&stage.id) => ("✓", ""),
                "draft" => ("·", ""),
                _ if stage.id == state.stage => ("▸", state.words()),
                _ => ("·", ""),
            };
            bar.set_message(format!("  {mark} {}{gate}  {words}", stage.name));
        }
        let writing: Vec<i64> =
            state.tasks.iter().filter(|(.., state)| state == "processing").map(|(id, ..)| *id).collect();
        let over: Vec<i64> = self.tasks.keys().copied().filter(|id| !writing.contains(id)).collect();
        for bar in over.iter().filter_map(|id| self.tasks.remove(id)) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }

    /// The last word.
    pub(super) fn end(&self) {
        for bar in self.tasks.values() {
            bar.finish_and_clear();
        }
        self.stages.iter().for_each(|(_, bar)| bar.abandon());
        self.whole.abandon();
    }
}
