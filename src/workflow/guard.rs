//! The guard: a small process beside the server that outlives it by a moment, to kill the commands that ran for it when
//! it was killed itself (SIGKILL, out of memory) and could not end them any more.
//!
//! It is this very program, started with the first command. It reads process groups from its standard input, `+GROUP`
//! when one begins and `-GROUP` when it is over. The end of that input is the end of the server, however it came: then
//! what is left is killed.

use std::collections::BTreeSet;
use std::io::{BufRead, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// The argument that makes this program a guard.
pub const ARGUMENT: &str = "guard-commands";

static GUARD: Mutex<State> = Mutex::new(State { program: None, child: None, groups: BTreeSet::new() });

struct State {
    /// What is started as a guard; None: nobody guards.
    program: Option<PathBuf>,
    child: Option<Child>,
    /// What runs now.
    groups: BTreeSet<i32>,
}

fn state() -> MutexGuard<'static, State> {
    GUARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets `program` be started as a guard (with [`ARGUMENT`]) once there is something to guard.
pub fn install(program: PathBuf) {
    state().program = Some(program);
}

/// Sees to it that a guard is there, before a command begins: starting one takes so long that the server could be
/// killed meanwhile.
pub(super) fn ready() {
    let mut state = state();
    if state.child.is_none() {
        state.start();
    }
}

/// A command that is guarded until this is dropped.
#[derive(Debug)]
pub(super) struct Guarded(i32);

impl Guarded {
    /// A process group, given by its leader.
    pub(super) fn new(leader: Pid) -> Guarded {
        let group = leader.as_raw_nonzero().get();
        let mut state = state();
        state.groups.insert(group);
        state.tell(&format!("+{group}\n"));
        Guarded(group)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let mut state = state();
        state.groups.remove(&self.0);
        state.tell(&format!("-{}\n", self.0));
    }
}

impl State {
    /// Tells the guard; one that is not there, or not any more, is started and told all there is.
    fn tell(&mut self, line: &str) {
        if self.child.as_mut().is_some_and(|child| say(child, line)) {
            return;
        }
        if let Some(mut gone) = self.child.take() {
            drop(gone.stdin.take());
            // It is dead, or dies now that its input has ended.
            let _ = gone.wait();
        }
        if !self.groups.is_empty() {
            self.start();
        }
    }

    fn start(&mut self) {
        let Some(program) = &self.program else { return };
        let started = Command::new(program)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C at the server's terminal is not for the guard.
            .process_group(0)
            .spawn();
        match started {
            Ok(mut child) => {
                let all: String = self.groups.iter().map(|group| format!("+{group}\n")).collect();
                if say(&mut child, &all) {
                    self.child = Some(child);
                }
            }
            Err(e) => tracing::warn!(error = %e, "nobody would end commands if this server were killed"),
        }
    }
}

fn say(child: &mut Child, text: &str) -> bool {
    child.stdin.as_mut().is_some_and(|input| input.write_all(text.as_bytes()).is_ok())
}

/// The guard's whole life.
pub fn run(input: impl BufRead) {
    let mut groups = BTreeSet::new();
    for line in input.lines().map_while(Result::ok) {
        let (sign, group) = line.split_at(line.len().min(1));
        match (sign, group.parse::<i32>()) {
            ("+", Ok(group)) => drop(groups.insert(group)),
            ("-", Ok(group)) => drop(groups.remove(&group)),
            _ => {}
        }
    }
    for group in groups.into_iter().filter(|group| *group > 1).filter_map(Pid::from_raw) {
        // An error says that nobody is left.
        let _ = kill_process_group(group, Signal::KILL);
    }
}
