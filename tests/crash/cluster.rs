//! A PostgreSQL of one's own, to be stopped and started: made where its programs are installed, gone with the test.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::node::until;

pub struct Cluster {
    programs: PathBuf,
    place: tempfile::TempDir,
    port: u16,
}

impl Cluster {
    /// None, and loudly, where no PostgreSQL is to be tested on. Where one is, its programs must be there too.
    pub fn new() -> Option<Cluster> {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
        let given = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let skipped = match (given("TEST_DATABASE_URL"), given("WW_NO_CLUSTER")) {
            (false, _) => Some("TEST_DATABASE_URL is not set"),
            (true, true) => Some("WW_NO_CLUSTER is set"),
            (true, false) => None,
        };
        if let Some(why) = skipped {
            // Not by a macro: those are heard only of tests that fail.
            let line = format!("SKIPPED: PostgreSQL stopped and started again, as {why}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return None;
        }
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut programs: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
        programs.retain(|dir| dir.join("initdb").exists());
        programs.sort();
        assert!(
            !programs.is_empty(),
            "no initdb in /usr/lib/postgresql/*/bin: install PostgreSQL's server here too, or set WW_NO_CLUSTER=1"
        );
        // Not in the test's own directory, which belongs to root only.
        let place = tempfile::Builder::new().prefix("ww-pg-").tempdir_in("/tmp").unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let cluster = Cluster { programs: programs.pop()?, place, port };
        cluster.own();
        let data = cluster.data();
        let made = cluster
            .run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        assert!(made.status.success(), "{made:?}");
        cluster.start();
        let url = cluster.url("postgres");
        let created = cluster.run(
            "psql",
            &[
                "-d",
                &url,
                "-c",
                "CREATE DATABASE test TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
            ],
        );
        assert!(created.status.success(), "{created:?}");
        Some(cluster)
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> String {
        self.place.path().join("data").display().to_string()
    }

    /// PostgreSQL refuses to run as root: then it runs as nobody, who must own the place.
    fn own(&self) {
        if is_root() {
            let done = Command::new("chown").arg("nobody").arg(self.place.path()).status().unwrap();
            assert!(done.success());
        }
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "nobody", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.args(args).current_dir("/").output().unwrap()
    }

    /// Starts it, and waits until it answers.
    pub fn start(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off",
            self.port,
            self.place.path().display()
        );
        let log = self.place.path().join("log").display().to_string();
        // Its output must not be ours: whoever waits for the end of ours would wait for the server's.
        until("the start of PostgreSQL", || {
            let started =
                self.run("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
            started.status.success().then_some(())
        });
    }

    /// Stops it: "fast" ends the sessions in good order, "immediate" is a crash.
    pub fn stop(&self, mode: &str) {
        let stopped = self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", mode, "stop"]);
        assert!(stopped.status.success(), "{stopped:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").or_else(|_| std::fs::metadata(Path::new("/"))).is_ok_and(|m| m.uid() == 0)
        && Path::new("/usr/sbin/runuser").exists()
}
