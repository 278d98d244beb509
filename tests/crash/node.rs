//! One process of the real binary: started, listened to, signalled, killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long anything may take that must happen. Generous: other tests, and other people, use the machine too.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Waits until `condition` gives something; `what` says what was waited for.
pub fn until<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    within(DEADLINE, condition).unwrap_or_else(|| panic!("{what} did not happen within {DEADLINE:?}"))
}

/// Waits so long at most until `condition` gives something.
pub fn within<T>(limit: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(found) = condition() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(32));
    }
}

/// A process; killed when dropped.
pub struct Node {
    child: Child,
    lines: Receiver<String>,
    log: PathBuf,
}

impl Node {
    /// `workwarden ARGS`, in `home`, with nothing of the developer's environment; its log goes to a file there.
    pub fn start(home: &Path, name: &str, args: &[&str], fault: Option<&Fault>) -> Node {
        let log = home.join(format!("{name}.log"));
        let stderr = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_workwarden"));
        command.env_clear().current_dir(home).env("HOME", home).args(args);
        if let Some(fault) = fault {
            command.env("WORKWARDEN_FAULT", fault.setting());
        }
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Node { child, lines, log }
    }

    /// Waits until it prints a line with `text`; None: it ended before.
    pub fn says(&self, text: &str) -> Option<String> {
        let end = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return Some(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("it did not say {text:?}: {}", self.logged()),
            }
        }
    }

    /// The address at the end of the line that says where it serves; None: it ended before it served.
    pub fn address(&self, text: &str) -> Option<String> {
        self.says(text).map(|line| line.split("http://").nth(1).unwrap().to_owned())
    }

    /// Where its log is.
    pub fn log_name(&self) -> String {
        self.log.display().to_string()
    }

    /// All it has logged.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill -NAME`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGTERM, and a good end.
    pub fn stop(mut self) {
        self.signal("TERM");
        let status = until("the end after SIGTERM", || self.ended());
        assert!(status.success(), "{status}: {}", self.logged());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A point at which a process shall stand still (see `workflow::fault`).
pub struct Fault {
    point: String,
    passage: u32,
    file: PathBuf,
}

impl Fault {
    /// The `passage`-th passage of `point`.
    pub fn at(home: &Path, point: &str, passage: u32) -> Fault {
        let file = home.join(format!("fault-{point}"));
        let _ = std::fs::remove_file(&file);
        Fault { point: point.to_owned(), passage, file }
    }

    fn setting(&self) -> String {
        format!("{}:{}:{}", self.point, self.passage, self.file.display())
    }

    /// Whether the process stands there now.
    pub fn is_reached(&self) -> bool {
        self.file.exists()
    }

    /// Lets it go on.
    pub fn release(&self) {
        std::fs::remove_file(&self.file).unwrap();
    }
}
