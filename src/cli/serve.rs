//! `workwarden serve`: the server, until SIGINT or SIGTERM.

use super::{say, start};
use crate::config::Settings;
use crate::error::Result;

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
    let assets = start::assets(&config)?;
    let (app, made) = start::open(&config)?;
    start::tell_password(made.as_ref());
    if let Some(assets) = &assets {
        assets.prepare()?;
    }
    let server = start::server(&app, listener, &config, assets)?;
    let worker = start::worker(&app, &config)?;
    let signals = start::Signals::catch()?;
    say!("Serving {} at http://{}", config.database, server.address());
    signals.wait();
    tracing::info!("stopping");
    start::stop(server, worker)
}
