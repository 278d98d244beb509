//! What the operator decides: flags, then the environment, then one TOML file, then the defaults below.
//!
//! The only file that reads the environment. Every limit stands here once, with its unit in its name or its help. A
//! flag, its variable and its key in the file are one line of [`settings!`], so `--help` cannot drift from the truth.
//! Names are odoo-bin's wherever the meaning is the same.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use serde::Deserialize;

use crate::error::{Error, Result};

/// A value that must never be printed: its `Debug` is three stars and it has no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself; each caller is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret::new(text)
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    Auto,
    /// For eyes.
    Human,
    /// One object a line.
    Json,
}

/// The file's table `[cli]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cli {
    /// `[cli.commands.NAME]`: what stages of mode cli_loop may run, by the name they store.
    #[serde(default)]
    pub commands: BTreeMap<String, CliCommand>,
}

/// A command that stages of mode cli_loop may run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CliCommand {
    /// Program and arguments; no shell reads them.
    pub argv: Vec<String>,
    /// Its whole environment, beside PATH and what the engine tells it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Seconds for one iteration.
    #[serde(default = "CliCommand::timeout")]
    pub timeout: u64,
    /// Most that one iteration may write, in KiB.
    #[serde(default = "CliCommand::max_output_kib")]
    pub max_output_kib: usize,
    /// The line on standard output that says: it is done.
    #[serde(default = "CliCommand::done_marker")]
    pub done_marker: String,
}

impl CliCommand {
    fn timeout() -> u64 {
        600
    }
    fn max_output_kib() -> usize {
        1024
    }
    fn done_marker() -> String {
        "WORKWARDEN_DONE".into()
    }

    fn check(&self, name: &str) -> Result<()> {
        if self.argv.first().is_none_or(String::is_empty) {
            return Err(Error::user(format!("cli.commands.{name}.argv must name a program.")));
        }
        if self.done_marker.trim() != self.done_marker || self.done_marker.is_empty() {
            return Err(Error::user(format!(
                "cli.commands.{name}.done_marker must be a text without blanks around it."
            )));
        }
        at_least_one(self.timeout, &format!("cli.commands.{name}.timeout"))?;
        at_least_one(self.max_output_kib as u64, &format!("cli.commands.{name}.max_output_kib")).map(drop)
    }
}

/// Declares one setting a line: field, type, environment variable, default as `--help` tells it, help.
macro_rules! settings {
    ($($(#[$meta:meta])* $field:ident: $ty:ty, $env:literal, $default:literal, $help:literal;)*) => {
        /// What was given, by one source; a field nobody gave is None.
        #[derive(Debug, Clone, Default, clap::Args, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Settings {
            /// The TOML file [env: WORKWARDEN_CONFIG] [default: ./workwarden.toml if it exists]
            #[arg(short, long, env = "WORKWARDEN_CONFIG", hide_env = true, global = true)]
            #[arg(value_name = "FILE", help_heading = "Database")]
            #[serde(skip)]
            pub config: Option<PathBuf>,
            /// What stages of mode cli_loop may run; in the file only.
            #[arg(skip)]
            pub cli: Option<Cli>,
            $(
                #[doc = $help]
                // Global, so that a subcommand with subcommands of its own takes them once.
                #[arg(long, env = $env, hide_env = true, global = true)]
                #[arg(help = concat!(
                    $help, " [env: ", $env, "] [toml: ", stringify!($field), "] [default: ", $default, "]"
                ))]
                $(#[$meta])*
                pub $field: Option<$ty>,
            )*
        }

        impl Settings {
            /// These, and where nothing was given, `lower`'s.
            #[must_use]
            pub fn or(self, lower: Settings) -> Settings {
                Settings {
                    config: self.config.or(lower.config),
                    cli: self.cli.or(lower.cli),
                    $($field: self.$field.or(lower.$field),)*
                }
            }
        }
    };
}

settings! {
    #[arg(short, help_heading = "Database", alias = "db_name", value_name = "NAME")]
    #[serde(alias = "db_name")]
    database: String, "WORKWARDEN_DATABASE", "workwarden", "Name of the database, as clients give it";
    #[arg(help_heading = "Database", value_name = "URL")]
    database_url: Secret, "DATABASE_URL", "sqlite:<data_dir>/<database>.db",
        "Where the database is: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME";
    #[arg(help_heading = "Database", alias = "db_maxconn", value_name = "COUNT")]
    db_maxconn: u32, "WORKWARDEN_DB_MAXCONN", "16", "Connections to the database, at most";
    #[arg(short = 'D', help_heading = "Database", value_name = "DIR")]
    data_dir: PathBuf, "WORKWARDEN_DATA_DIR", "$XDG_DATA_HOME/workwarden or ~/.local/share/workwarden",
        "Directory for the SQLite file and for the key that providers' secrets are sealed under";
    #[arg(help_heading = "Database", value_name = "DIRS")]
    addons_path: String, "WORKWARDEN_ADDONS_PATH", "none", "Comma-separated directories with addons of your own";
    #[arg(help_heading = "Server", value_name = "DIR")]
    odoo_source: PathBuf, "ODOO_SOURCE", "none: no web client",
        "Your own Odoo 18 source tree: its web client is served at /odoo";
    #[arg(help_heading = "Database", value_name = "PASSWORD")]
    admin_password: Secret, "WORKWARDEN_ADMIN_PASSWORD", "generated and printed once",
        "Password of the user admin; used on the first start only";
    #[arg(help_heading = "Server", value_name = "ADDRESS")]
    http_interface: String, "WORKWARDEN_HTTP_INTERFACE", "127.0.0.1", "Address to listen on (0.0.0.0: all)";
    #[arg(short = 'p', help_heading = "Server", value_name = "PORT")]
    http_port: u16, "WORKWARDEN_HTTP_PORT", "8069", "Port to listen on (0: any free one)";
    #[arg(help_heading = "Server", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new(), hide_possible_values = true, value_name = "BOOL")]
    proxy_mode: bool, "WORKWARDEN_PROXY_MODE", "false", "Trust X-Forwarded-* headers: only behind a reverse proxy";
    #[arg(help_heading = "Server", value_name = "THREADS")]
    workers: usize, "WORKWARDEN_WORKERS", "0", "Threads that serve HTTP (0: one a processor)";
    #[arg(help_heading = "Server", value_name = "MIB")]
    max_body_mib: usize, "WORKWARDEN_MAX_BODY_MIB", "128", "Largest request body taken, in MiB";
    #[arg(help_heading = "Server", alias = "admin_passwd", value_name = "PASSWORD")]
    admin_passwd: Secret, "WORKWARDEN_ADMIN_PASSWD", "none: databases are not managed by clients",
        "Master password, behind which clients make, copy, drop, dump and restore databases; or its hash";
    #[arg(help_heading = "Server", alias = "list_db", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new(), hide_possible_values = true,
        value_name = "BOOL")]
    list_db: bool, "WORKWARDEN_LIST_DB", "true", "Tell clients the names of the databases, and let them be managed";
    #[arg(help_heading = "Server", alias = "db-filter", value_name = "REGEX")]
    dbfilter: String, "WORKWARDEN_DBFILTER", "none",
        "Pattern of the databases that web sessions to a host may use (%h: the host, %d: its first part)";
    #[arg(help_heading = "Workflow", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new(), hide_possible_values = true, value_name = "BOOL")]
    no_worker: bool, "WORKWARDEN_NO_WORKER", "false", "Serve only; another process runs the jobs";
    #[arg(help_heading = "Workflow", value_name = "COUNT")]
    worker_jobs: usize, "WORKWARDEN_WORKER_JOBS", "64", "Jobs that this process runs side by side, at most";
    #[arg(help_heading = "Workflow", value_name = "SECONDS")]
    worker_lease: u64, "WORKWARDEN_WORKER_LEASE", "60",
        "Seconds without a sign of life after which another worker takes a job over";
    #[arg(help_heading = "Workflow", value_name = "SECONDS")]
    worker_grace: u64, "WORKWARDEN_WORKER_GRACE", "20", "Seconds that running jobs get when the server stops";
    #[arg(help_heading = "Workflow", value_name = "SECONDS")]
    worker_poll: u64, "WORKWARDEN_WORKER_POLL", "5", "Seconds after which a worker looks for jobs without being woken";
    #[arg(help_heading = "Workflow", value_name = "DAYS")]
    job_retention: u32, "WORKWARDEN_JOB_RETENTION", "30",
        "Days until a job that is done or was cancelled is removed (0: kept for ever)";
    #[arg(help_heading = "Operation", value_name = "COUNT")]
    event_streams: usize, "WORKWARDEN_EVENT_STREAMS", "512", "Event streams (/ai/events) of this process, at most";
    #[arg(help_heading = "Operation", value_name = "COUNT")]
    event_streams_per_user: usize, "WORKWARDEN_EVENT_STREAMS_PER_USER", "32", "Event streams of one user, at most";
    #[arg(help_heading = "Operation", value_name = "SECONDS")]
    event_heartbeat: u64, "WORKWARDEN_EVENT_HEARTBEAT", "15",
        "Seconds of silence after which a stream gets a sign of life, and it is looked whether its user may stay";
    #[arg(help_heading = "Operation", value_name = "SECONDS")]
    event_patience: u64, "WORKWARDEN_EVENT_PATIENCE", "30",
        "Seconds after which a stream is ended whose client takes nothing";
    #[arg(help_heading = "Operation", value_name = "PIECES")]
    event_buffer: usize, "WORKWARDEN_EVENT_BUFFER", "4",
        "Pieces of up to 200 events that wait for the client of a stream; while they do, no more is read for him";
    #[arg(help_heading = "Operation", value_name = "PORT")]
    ops_port: u16, "WORKWARDEN_OPS_PORT", "none",
        "A port of its own, on http_interface, for /healthz, /readyz and /metrics and nothing else";
    #[arg(help_heading = "Operation", value_name = "TOKEN")]
    metrics_token: Secret, "WORKWARDEN_METRICS_TOKEN", "none: /metrics answers this machine only",
        "Bearer token that /metrics then asks of everybody";
    #[arg(help_heading = "Log", value_name = "LEVEL")]
    log_level: String, "WORKWARDEN_LOG_LEVEL", "info",
        "error, warn, info, debug, trace, or directives such as warn,workwarden::workflow=debug";
    #[arg(help_heading = "Log", value_enum, value_name = "FORMAT")]
    log_format: LogFormat, "WORKWARDEN_LOG_FORMAT", "auto",
        "Lines for eyes or JSON; auto: by whether stderr is a terminal";
}

/// The settings of all sources, resolved.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name that clients give as `db`.
    pub database: String,
    /// Where it is; may hold a password.
    pub database_url: Secret,
    /// Pool size.
    pub db_maxconn: u32,
    /// Directory for files.
    pub data_dir: PathBuf,
    /// Addons beside those in the binary.
    pub addons_path: Vec<PathBuf>,
    /// The Odoo tree whose web client is served.
    pub odoo_source: Option<PathBuf>,
    /// Password of admin on the first start.
    pub admin_password: Option<Secret>,
    /// Address to listen on.
    pub http_interface: String,
    /// Port to listen on.
    pub http_port: u16,
    /// Whether X-Forwarded-* is believed.
    pub proxy_mode: bool,
    /// HTTP threads; 0: one a processor.
    pub workers: usize,
    /// Largest request body.
    pub max_body_bytes: usize,
    /// Master password of the db service.
    pub admin_passwd: Option<Secret>,
    /// Whether the names of databases are told.
    pub list_db: bool,
    /// Pattern of the names that a host shows.
    pub dbfilter: Option<String>,
    /// Whether this process runs jobs.
    pub worker: bool,
    /// Jobs side by side.
    pub worker_jobs: usize,
    /// Seconds until a silent worker loses its job.
    pub worker_lease: u64,
    /// Seconds that running jobs get on stop.
    pub worker_grace: u64,
    /// What stages of mode cli_loop may run; empty: nothing.
    pub commands: BTreeMap<String, CliCommand>,
    /// Seconds between two looks that nobody asked for.
    pub worker_poll: u64,
    /// Days that jobs are kept once they are over; 0: for ever.
    pub job_retention: u32,
    /// Event streams in all.
    pub event_streams: usize,
    /// Event streams of one user.
    pub event_streams_per_user: usize,
    /// Seconds between signs of life.
    pub event_heartbeat: u64,
    /// Seconds that a client may take nothing.
    pub event_patience: u64,
    /// Pieces that may wait for a client.
    pub event_buffer: usize,
    /// Port for health and metrics alone.
    pub ops_port: Option<u16>,
    /// What /metrics asks for.
    pub metrics_token: Option<Secret>,
}

impl Config {
    /// What `s` says, and the defaults where it says nothing.
    pub fn new(s: Settings) -> Result<Config> {
        let database = s.database.unwrap_or_else(|| "workwarden".into());
        if database.is_empty() || !database.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
            return Err(Error::user(format!(
                "--database {database:?}: use letters, digits, '_', '-' and '.'."
            )));
        }
        let data_dir = match s.data_dir {
            Some(dir) => dir,
            None => default_data_dir()?,
        };
        let database_url = s.database_url.unwrap_or_else(|| {
            Secret::new(format!("sqlite:{}", data_dir.join(format!("{database}.db")).display()))
        });
        let addons_path = s.addons_path.unwrap_or_default();
        let commands = s.cli.unwrap_or_default().commands;
        commands.iter().try_for_each(|(name, command)| command.check(name))?;
        Ok(Config {
            database,
            database_url,
            db_maxconn: at_least_one(s.db_maxconn.unwrap_or(16), "db_maxconn")?,
            data_dir,
            addons_path: addons_path
                .split(',')
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .map(PathBuf::from)
                .collect(),
            odoo_source: s.odoo_source.filter(|path| !path.as_os_str().is_empty()),
            admin_password: s.admin_password,
            http_interface: s.http_interface.unwrap_or_else(|| "127.0.0.1".into()),
            http_port: s.http_port.unwrap_or(8069),
            proxy_mode: s.proxy_mode.unwrap_or(false),
            workers: s.workers.unwrap_or(0),
            max_body_bytes: at_least_one(s.max_body_mib.unwrap_or(128), "max_body_mib")? * 1024 * 1024,
            admin_passwd: s.admin_passwd,
            list_db: s.list_db.unwrap_or(true),
            dbfilter: s.dbfilter.filter(|pattern| !pattern.is_empty()),
            worker: !s.no_worker.unwrap_or(false),
            worker_jobs: at_least_one(s.worker_jobs.unwrap_or(64), "worker_jobs")?,
            worker_lease: at_least_one(s.worker_lease.unwrap_or(60), "worker_lease")?,
            worker_grace: s.worker_grace.unwrap_or(20),
            commands,
            worker_poll: at_least_one(s.worker_poll.unwrap_or(5), "worker_poll")?,
            job_retention: s.job_retention.unwrap_or(30),
            event_streams: s.event_streams.unwrap_or(512),
            event_streams_per_user: s.event_streams_per_user.unwrap_or(32),
            event_heartbeat: heartbeat(s.event_heartbeat.unwrap_or(15))?,
            event_patience: at_least_one(s.event_patience.unwrap_or(30), "event_patience")?,
            event_buffer: at_least_one(s.event_buffer.unwrap_or(4), "event_buffer")?,
            ops_port: s.ops_port,
            metrics_token: s.metrics_token.filter(|token| !token.expose().is_empty()),
        })
    }
}

/// `given` over what the file says. On its own, because logging starts before the rest is resolved.
pub fn with_file(given: Settings) -> Result<Settings> {
    let standard = Path::new("workwarden.toml");
    let path = match &given.config {
        // An empty name is "no file at all".
        Some(path) if path.as_os_str().is_empty() => return Ok(given),
        Some(path) => path.clone(),
        None if standard.is_file() => standard.to_owned(),
        None => return Ok(given),
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|e| Error::user(format!("Cannot read the configuration {}: {e}", path.display())))?;
    // `message` and not Display: the latter quotes the line, which may hold a password.
    let file: Settings = toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Error::user(format!(
            "The configuration {} is wrong near line {line}: {}",
            path.display(),
            e.message()
        ))
    })?;
    Ok(given.or(file))
}

/// A directory for this process alone, not made yet, under the system's temporary one.
pub fn scratch_dir(purpose: &str) -> PathBuf {
    std::env::temp_dir().join(format!("workwarden-{purpose}-{}", std::process::id()))
}

/// Builds with debug assertions only: where a test wants this process to stand still, as `workflow::fault` reads it.
#[cfg(debug_assertions)]
pub fn fault() -> Option<String> {
    std::env::var_os("WORKWARDEN_FAULT").and_then(|value| value.into_string().ok())
}

/// XDG's place for a program's data.
fn default_data_dir() -> Result<PathBuf> {
    let non_empty = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    non_empty("XDG_DATA_HOME")
        .or_else(|| non_empty("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("workwarden"))
        .ok_or_else(|| Error::user("Neither --data-dir nor $HOME says where the data should live."))
}

/// Proxies and watchers give up on a stream that is silent for a minute.
fn heartbeat(seconds: u64) -> Result<u64> {
    if seconds > 30 {
        return Err(Error::user("event_heartbeat must be at most 30."));
    }
    at_least_one(seconds, "event_heartbeat")
}

fn at_least_one<T: PartialOrd + From<u8>>(value: T, key: &str) -> Result<T> {
    if value < T::from(1) {
        return Err(Error::user(format!("{key} must be at least 1.")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Settings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let flags = Settings { http_port: Some(1), ..Settings::default() };
        let file = parse("http_port = 2\ndatabase = 'x'\ndata_dir = '/d'\n");
        let config = Config::new(flags.or(file)).unwrap();
        assert_eq!((config.http_port, config.database.as_str()), (1, "x"));
        assert_eq!(config.database_url.expose(), "sqlite:/d/x.db");
        assert_eq!(config.max_body_bytes, 128 << 20);
    }

    #[test]
    fn unknown_keys_and_zero_limits_are_refused() {
        assert!(toml::from_str::<Settings>("htp_port = 2").is_err());
        let zero = parse("data_dir = '/d'\nworker_jobs = 0");
        assert!(Config::new(zero).unwrap_err().message.contains("worker_jobs"));
    }

    #[test]
    fn commands_are_read_from_the_file_and_checked() {
        let file =
            parse("data_dir = '/d'\n[cli.commands.agent]\nargv = ['agent', '--yes']\nenv = { A = 'b' }\n");
        let command = Config::new(file).unwrap().commands["agent"].clone();
        assert_eq!((command.timeout, command.max_output_kib, command.argv.len()), (600, 1024, 2));
        assert_eq!(command.done_marker, "WORKWARDEN_DONE");
        for (bad, word) in [("argv = []", "argv"), ("argv = ['a']\ntimeout = 0", "timeout")] {
            let file = parse(&format!("data_dir = '/d'\n[cli.commands.agent]\n{bad}"));
            assert!(Config::new(file).unwrap_err().message.contains(word), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let file =
            parse("admin_passwd = 'hunter2'\ndatabase_url = 'postgres://u:hunter2@h/d'\ndata_dir = '/d'");
        let config = Config::new(file).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.admin_passwd.unwrap().expose(), "hunter2");
    }
}
