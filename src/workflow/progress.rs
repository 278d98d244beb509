//! `ai_progress`: how much of a run is behind, 0 to 100.
//!
//! Pure. The caller keeps the highest value shown so far as the floor and lowers it only when changes are asked for.

use crate::workflow::machine::State;

/// What the run looks like now.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Stages of the run.
    pub stages: usize,
    /// How many different ones are left behind.
    pub left: usize,
    /// Tasks of the current stage.
    pub tasks: usize,
    /// How many of these are done.
    pub done: usize,
    /// The highest value shown before.
    pub floor: i64,
}

/// Share of the stages left behind, plus the share of finished tasks in the current one.
/// Below 100 while the run is not done, whatever the tasks say.
pub fn percent(state: State, run: &Run) -> i64 {
    match state {
        State::Draft => 0,
        State::Done => 100,
        _ => {
            let (stages, left) = (run.stages.max(1), run.left.min(run.stages));
            let within = if run.tasks == 0 || left == stages {
                0.0
            } else {
                run.done.min(run.tasks) as f64 / run.tasks as f64
            };
            let now = (left as f64 + within) * 100.0 / stages as f64;
            (now as i64).max(run.floor).clamp(0, 99)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::machine::{Position, State};

    #[test]
    fn counts_stages_and_tasks() {
        let at = State::At(Position::Working);
        let run = Run { stages: 4, left: 1, tasks: 2, done: 1, floor: 0 };
        assert_eq!(percent(at, &run), 37);
        assert_eq!(percent(at, &Run { floor: 50, ..run }), 50);
        assert_eq!(percent(State::Draft, &run), 0);
        assert_eq!(percent(State::Done, &run), 100);
        assert_eq!(percent(at, &Run { left: 4, ..run }), 99, "100 is for a run that is done");
        assert_eq!(percent(at, &Run { stages: 0, left: 0, tasks: 0, done: 0, floor: 0 }), 0);
    }
}
