//! `workwarden demo`: a server of its own on a free loopback port and, as its client over HTTP, a website workflow.

use crate::config::{Secret, Settings};
use crate::error::Result;

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
    /// Key of that API
    #[arg(long, env = "WORKWARDEN_DEMO_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<Secret>,
    /// SQLite file to use and keep, instead of a temporary one
    #[arg(long, value_name = "FILE")]
    sqlite: Option<std::path::PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    crate::cli::logging::start(&args.settings)?;
    Err(crate::error::Error::user("The demo waits for the server."))
}
