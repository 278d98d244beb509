//! The binary as a shell sees it: exit codes, what it says, start and stop.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn workwarden(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workwarden"));
    // Nothing of the developer's own environment.
    command.env_clear().current_dir(home).env("HOME", home);
    command
}

/// Runs to the end, or for as long as a test has patience.
fn run(home: &Path, args: &[&str]) -> Output {
    let mut command = workwarden(home);
    let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if !ends(&mut child) {
        child.kill().unwrap();
    }
    child.wait_with_output().unwrap()
}

fn ends(child: &mut Child) -> bool {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server that is killed when the test fails before it stops it.
struct Serving {
    child: Child,
    lines: Vec<String>,
}

impl Serving {
    /// Starts it on a free port and reads until it says where it serves.
    fn start(home: &Path, args: &[&str]) -> Serving {
        let mut command = workwarden(home);
        command.arg("serve").args(["--http-port", "0"]).args(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = vec![];
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().unwrap().starts_with("Serving ") {
                break;
            }
        }
        Serving { child, lines }
    }

    fn address(&self) -> &str {
        self.lines.last().and_then(|line| line.split("http://").nth(1)).unwrap()
    }

    /// SIGTERM; whether it ended well, in time.
    fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        ends(&mut self.child) && self.child.wait().unwrap().success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn wrong_use_is_2_and_help_is_0() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["serve", "--no-such-flag"]).status.code(), Some(2));
    let help = run(home.path(), &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(said(&help).contains("serve") && said(&help).contains("demo"));
}

#[test]
fn an_unknown_database_is_refused_without_its_password() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["serve", "--http-port", "0", "--database-url", "mysql://u:hunter2@h/d"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("mysql") && said(&output).contains("postgres://"), "{}", said(&output));
    assert!(!said(&output).contains("hunter2"), "{}", said(&output));
}

#[test]
fn a_wrong_file_is_named_with_its_line_and_no_secret() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("workwarden.toml"), "admin_passwd = 'hunter2'\nhttp_prt = 1\n").unwrap();
    let output = run(home.path(), &["serve"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(
        text.contains("workwarden.toml") && text.contains("line 2") && text.contains("http_prt"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_taken_port_is_said() {
    let home = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(home.path(), &["serve", "--http-port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&port) && said(&output).contains("--http-port"), "{}", said(&output));
}

#[test]
fn serve_prints_the_password_once_keeps_the_data_and_stops_on_sigterm() {
    let home = tempfile::tempdir().unwrap();
    let first = Serving::start(home.path(), &["--data-dir", "data", "--database", "acme"]);
    assert!(first.lines.iter().any(|line| line.contains("password")), "{:?}", first.lines);
    assert!(first.address().starts_with("127.0.0.1:"));
    assert!(first.stop());
    assert!(home.path().join("data/acme.db").is_file());
    let second = Serving::start(home.path(), &["--data-dir", "data", "--database", "acme"]);
    assert!(!second.lines.iter().any(|line| line.contains("password")), "{:?}", second.lines);
    assert!(second.stop());
}

#[test]
fn init_user_and_doctor_go_together() {
    let home = tempfile::tempdir().unwrap();
    let ok = |args: &[&str]| {
        let output = run(home.path(), &[args, &["--data-dir", "data", "--http-port", "0"]].concat());
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let before = run(home.path(), &["doctor", "--data-dir", "data"]);
    assert!(!before.status.success() && said(&before).contains("workwarden init"), "{}", said(&before));
    assert!(!home.path().join("data/workwarden.db").exists(), "the doctor makes nothing");
    assert!(ok(&["init"]).contains("password"));
    assert!(ok(&["init"]).contains("up to date"));
    assert!(ok(&["user", "add", "bob"]).contains("Password"));
    assert!(!run(home.path(), &["user", "add", "bob", "--data-dir", "data"]).status.success());
    assert!(ok(&["user", "passwd", "bob"]).contains("Password"));
    let key = ok(&["user", "apikey", "bob"]);
    assert_eq!(key.trim().len(), 40);
    assert!(ok(&["doctor"]).lines().all(|line| line.starts_with("ok ")));
    let nobody = run(home.path(), &["user", "passwd", "nobody", "--data-dir", "data"]);
    assert!(said(&nobody).contains("nobody"), "{}", said(&nobody));
}

#[test]
fn databases_are_kept_from_the_command_line() {
    let home = tempfile::tempdir().unwrap();
    let output = |args: &[&str]| run(home.path(), &[&["db"], args, &["--data-dir", "data"]].concat());
    let ok = |args: &[&str]| {
        let output = output(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(ok(&["list"]), "");
    assert!(ok(&["create", "acme"]).contains("Password"));
    assert_eq!(ok(&["list"]), "acme\n");
    let twice = output(&["create", "acme"]);
    assert!(!twice.status.success() && said(&twice).contains("already exists"), "{}", said(&twice));
    ok(&["dump", "acme", "acme.zip"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(home.path().join("acme.zip")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "a backup is its owner's alone");
    ok(&["restore", "again", "acme.zip"]);
    ok(&["duplicate", "acme", "copy", "--neutralize"]);
    ok(&["rename", "copy", "archive"]);
    assert_eq!(ok(&["list"]), "acme\nagain\narchive\n");
    ok(&["drop", "again"]);
    assert!(said(&output(&["drop", "again"])).contains("no database"));
    // an open database is not pulled from under its server
    let serving = Serving::start(home.path(), &["--data-dir", "data", "--database", "acme"]);
    let busy = output(&["drop", "acme"]);
    assert!(!busy.status.success() && said(&busy).contains("locked"), "{}", said(&busy));
    ok(&["dump", "acme", "while-it-runs.zip"]);
    assert!(serving.stop());
    ok(&["drop", "acme"]);
    assert_eq!(ok(&["list"]), "archive\n");
}
