//! The commands that the operator allows cli_loop stages to run, and the running of one: without a shell, in a
//! directory of the project's own, with limits on time and output, its whole process group killed when it is dropped.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::config::CliCommand;
use crate::error::{Error, Result};
use crate::workflow::guard::{self, Guarded};
use crate::workflow::provider::{Failure, Trouble};

/// Where programs are looked for unless the command's own env says it.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What the configuration allows.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    commands: BTreeMap<String, CliCommand>,
    directory: PathBuf,
}

static ALLOWED: RwLock<Option<Arc<Allowed>>> = RwLock::new(None);

/// Allows these commands, to be run in directories under `directory`. Without this, or with none, cli_loop is off.
pub fn install(commands: BTreeMap<String, CliCommand>, directory: PathBuf) {
    let mut allowed = ALLOWED.write().unwrap_or_else(PoisonError::into_inner);
    *allowed = Some(Arc::new(Allowed { commands, directory }));
}

/// The command of that name, or what to do about it.
pub(crate) fn find(name: &str) -> Result<(CliCommand, PathBuf)> {
    let allowed = ALLOWED.read().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
    if allowed.commands.is_empty() {
        return Err(Error::user(
            "it runs a command (cli_loop), which this server does not allow: its configuration lists no command \
             under [cli.commands].",
        ));
    }
    match allowed.commands.get(name.trim()) {
        Some(command) => Ok((command.clone(), allowed.directory.clone())),
        None => {
            let names: Vec<&str> = allowed.commands.keys().map(String::as_str).collect();
            let names = names.join(", ");
            Err(Error::user(format!(
                "this server has no command \"{name}\" for a cli_loop stage. It has: {names}."
            )))
        }
    }
}

/// One execution to come.
#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) name: String,
    pub(crate) command: CliCommand,
    pub(crate) directory: PathBuf,
    /// Beside the command's own.
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) input: String,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Standard output and standard error, in the order they came.
    pub(crate) output: String,
    /// Exit code; None: ended by a signal.
    pub(crate) code: Option<i32>,
    /// Whether it said that it is done, and ended well.
    pub(crate) done: bool,
}

impl Execution {
    /// Runs it. `progress` hears how many bytes it has written.
    pub(crate) async fn run(&self, progress: impl Fn(usize) + Send) -> Result<Outcome, Failure> {
        let fail = |why: std::io::Error| {
            Failure::new(Trouble::Setup, format!("The command \"{}\" cannot be run: {why}.", self.name))
        };
        make_directory(&self.directory).map_err(fail)?;
        let Some((program, arguments)) = self.command.argv.split_first() else {
            return Err(fail(std::io::Error::other("its argv is empty")));
        };
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("PATH", PATH).envs(&self.command.env);
        command.envs(self.env.iter().map(|(name, value)| (*name, value)));
        command.current_dir(&self.directory).process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        guard::ready();
        let mut child = command.spawn().map_err(fail)?;
        let group = Group::new(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw));
        let limit = Duration::from_secs(self.command.timeout);
        let within = tokio::time::timeout(limit, self.follow(&mut child, &group, progress)).await;
        within.unwrap_or_else(|_| {
            let message =
                format!("The command \"{}\" did not end within {} seconds.", self.name, limit.as_secs());
            Err(Failure::new(Trouble::Timeout, message))
        })
    }

    async fn follow(
        &self,
        child: &mut Child,
        group: &Group,
        progress: impl Fn(usize) + Send,
    ) -> Result<Outcome, Failure> {
        let lost = || Failure::new(Trouble::Internal, format!("The command \"{}\" was lost.", self.name));
        let mut stdin = child.stdin.take().ok_or_else(lost)?;
        let (mut out, mut err) =
            (child.stdout.take().ok_or_else(lost)?, child.stderr.take().ok_or_else(lost)?);
        let input = self.input.clone();
        // A command that does not read its input may close it.
        let feeding = async move {
            drop(stdin.write_all(input.as_bytes()).await);
            Ok(())
        };
        let limit = self.command.max_output_kib.saturating_mul(1024);
        let reading = async {
            let (mut all, mut said) = (vec![], vec![]);
            let (mut out_open, mut err_open) = (true, true);
            while out_open || err_open {
                let (mut a, mut b) = ([0; 8192], [0; 8192]);
                tokio::select! {
                    n = piece(&mut out, &mut a), if out_open => {
                        out_open = n > 0;
                        all.extend_from_slice(&a[..n]);
                        said.extend_from_slice(&a[..n]);
                    }
                    n = piece(&mut err, &mut b), if err_open => {
                        err_open = n > 0;
                        all.extend_from_slice(&b[..n]);
                    }
                }
                progress(all.len());
                if all.len() > limit {
                    let message =
                        format!("The command \"{}\" wrote more than {} KiB.", self.name, limit / 1024);
                    return Err(Failure::new(Trouble::Setup, message));
                }
            }
            Ok((all, said))
        };
        let waiting = async {
            let status = child.wait().await.map_err(|_| lost());
            // What it left running would hold the pipes open.
            group.kill();
            status
        };
        let ((), (all, said), status) = tokio::try_join!(feeding, reading, waiting)?;
        let said = String::from_utf8_lossy(&said);
        let done = status.success() && said.lines().any(|line| line.trim() == self.command.done_marker);
        let output = String::from_utf8_lossy(&all).replace('\0', "\u{fffd}");
        Ok(Outcome { output, code: status.code(), done })
    }
}

/// The next bytes; none at the end, or when the pipe breaks.
async fn piece(pipe: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> usize {
    pipe.read(buffer).await.unwrap_or(0)
}

fn make_directory(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A command's process group: itself and all that it started. Killed when dropped, or when the server dies.
struct Group {
    leader: Option<Pid>,
    _guarded: Option<Guarded>,
}

impl Group {
    fn new(leader: Option<Pid>) -> Group {
        Group { leader, _guarded: leader.map(Guarded::new) }
    }

    fn kill(&self) {
        if let Some(leader) = self.leader {
            // An error says that nobody is left.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
