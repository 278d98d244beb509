//! What the watcher of a run sees: a bar a stage on a terminal, a line a finished stage otherwise.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::drive::{Project, Stage, Task};
use crate::cli::say;

/// Ticks of a full bar.
const FULL: u64 = 100;

/// One bar a stage, in the order of the run.
pub(super) struct Board {
    all: MultiProgress,
    bars: Vec<(Stage, ProgressBar)>,
}

impl Board {
    pub(super) fn new(stages: &[Stage]) -> Board {
        let all = MultiProgress::new();
        let width = stages.iter().map(|s| s.name.chars().count()).max().unwrap_or(0);
        let template = format!("  {{prefix:{width}}} [{{bar:30}}] {{percent:>3}}% {{msg}}");
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bars = stages
            .iter()
            .map(|stage| {
                let bar = all.add(ProgressBar::new(FULL).with_style(style.clone()));
                bar.set_prefix(stage.name.clone());
                bar.tick();
                (stage.clone(), bar)
            })
            .collect();
        Board { all, bars }
    }

    /// A line above the bars.
    pub(super) fn say(&self, text: &str) {
        self.all.suspend(|| say!("{text}"));
    }

    /// Shows where `project` stands.
    pub(super) fn show(&self, project: &Project, tasks: &[Task]) {
        let current = self.bars.iter().position(|(stage, _)| stage.id == project.stage_id);
        let done = project.state == "done";
        for (at, (stage, bar)) in self.bars.iter().enumerate() {
            let behind = done || current.is_some_and(|current| at < current);
            if behind && !bar.is_finished() {
                bar.set_position(FULL);
                bar.finish_with_message("done");
                if self.all.is_hidden() {
                    say!("  {:3.0} %  {}: done", project.progress, stage.name);
                }
            }
            if !done && current == Some(at) {
                let own: Vec<&Task> = tasks.iter().filter(|task| task.stage_id == stage.id).collect();
                let finished = own.iter().filter(|task| task.state == "done").count();
                bar.set_position(FULL * finished as u64 / own.len().max(1) as u64);
                bar.set_message(match project.state.as_str() {
                    "approval_pending" => "waits for approval".to_owned(),
                    _ if own.is_empty() => stage.mode.clone(),
                    _ => format!("{finished} of {} tasks", own.len()),
                });
            }
        }
    }
}
