//! `workwarden serve`: the server, until SIGINT or SIGTERM.

use super::{say, start};
use crate::config::Settings;
use crate::error::{Error, Result};

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let config = start::configure(args.settings)?;
    // Before the database: a taken port is found in no time.
    let listener = start::listen(&config.http_interface, config.http_port)?;
    let (app, first) = start::open(&config)?;
    if let Some(password) = first.filter(|_| config.admin_password.is_none()) {
        say!("First start: log in as admin with the password {} (shown once).", password.expose());
    }
    let server = start::server(&app, listener, &config)?;
    say!("Serving {} at http://{}", config.database, server.address());
    start::until_signal()?;
    tracing::info!("stopping");
    server.stop();
    server.wait().map_err(|e| Error::internal(format!("The server ended badly: {e}")))
}
