//! `workwarden demo`: a server of its own on a free loopback port and, as its client over HTTP, a website workflow.

use std::path::PathBuf;

use super::client::Client;
use super::{say, start};
use crate::config::{self, Config, Secret, Settings};
use crate::error::{Error, Result};
use crate::service::Databases;

mod board;
mod drive;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Decide at the gates yourself
    #[arg(long)]
    interactive: bool,
    /// End when the workflow is done, instead of staying up
    #[arg(long)]
    exit: bool,
    /// Base of an OpenAI-compatible API, such as http://127.0.0.1:8099/v1; echo: answers offline, without a model
    #[arg(long, default_value = "echo:", value_name = "URL")]
    api_base: String,
    /// Model to ask for there
    #[arg(long, default_value = "echo", value_name = "NAME")]
    model: String,
    /// Key of that API [env: WORKWARDEN_DEMO_API_KEY]
    #[arg(long, env = "WORKWARDEN_DEMO_API_KEY", hide_env = true, value_name = "KEY")]
    api_key: Option<Secret>,
    /// SQLite file to use and keep, instead of a temporary one
    #[arg(long, value_name = "FILE", conflicts_with = "database_url")]
    sqlite: Option<PathBuf>,
    /// Database to use and keep: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL")]
    database_url: Option<Secret>,
    /// Password of admin, if that database exists already
    #[arg(long, value_name = "PASSWORD")]
    admin_password: Option<Secret>,
    /// Level of the log on stderr
    #[arg(long, default_value = "warn", value_name = "LEVEL")]
    log_level: String,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let scratch = Scratch::new()?;
    let config = configure(&args, &scratch)?;
    let listener = start::listen(&config.http_interface, 0)?;
    let (app, first) = start::open(&config)?;
    let password = first.or_else(|| config.admin_password.clone()).ok_or_else(|| {
        Error::user("This database exists already: give the password of admin by --admin-password.")
    })?;
    let databases = Databases::from(app);
    let server = start::server(databases.clone(), listener, &config, None)?;
    databases.employ(start::worker_options(&config))?;
    let url = format!("http://{}", server.address());
    say!("Workwarden demo at {url}, database {}\n", config.database);
    let plan = drive::Plan {
        api_base: args.api_base,
        model: args.model,
        api_key: args.api_key,
        interactive: args.interactive,
    };
    let driven = start::runtime()?.block_on(async {
        let client = Client::login(&url, &config.database, "admin", password.expose()).await?;
        drive::website(&client, &plan).await
    });
    if driven.is_ok() {
        say!("\nURL {url}  database {}  login admin  password {}", config.database, password.expose());
        if !args.exit {
            let signals = start::Signals::catch()?;
            say!("Up until Ctrl-C.");
            signals.wait();
        }
    }
    server.stop();
    databases.close_all();
    start::end(server)?;
    driven
}

fn configure(args: &Args, scratch: &Scratch) -> Result<Config> {
    let database_url = match (&args.database_url, &args.sqlite) {
        (Some(url), _) => url.clone(),
        (None, Some(file)) => Secret::new(format!("sqlite:{}", file.display())),
        (None, None) => Secret::new(format!("sqlite:{}", scratch.0.join("demo.db").display())),
    };
    let temporary = args.database_url.is_none() && args.sqlite.is_none();
    start::configure(Settings {
        database: Some("demo".into()),
        database_url: Some(database_url),
        // A database that stays keeps its key (start::KEY_FILE) where the next start looks for it.
        data_dir: temporary.then(|| scratch.0.clone()),
        admin_password: args.admin_password.clone(),
        log_level: Some(args.log_level.clone()),
        // Neither the user's file nor his other variables: a demo is the same everywhere.
        config: Some(PathBuf::new()),
        ..Settings::default()
    })
}

/// A directory that goes when the demo does.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch> {
        let path = config::scratch_dir("demo");
        start::make_directory(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind it is only a temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
