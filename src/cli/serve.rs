//! `workwarden serve`: the server, until SIGINT or SIGTERM.

use super::{say, start};
use crate::config::{Secret, Settings};
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
    let ops = start::ops_listener(&config)?;
    let databases = start::databases(&config)?;
    let assets = start::assets(&config, &databases.registry().addons)?;
    let password = config.admin_password.as_ref().map(Secret::expose);
    let (_, made) = databases.open_configured(password, &mut |step| tracing::info!("{step}"))?;
    start::tell_password(made.map(Secret::new).as_ref());
    if let Some(assets) = &assets {
        assets.prepare()?;
    }
    let server = start::server(databases.clone(), listener, &config, assets)?;
    if config.worker {
        start::employ(&databases, &config)?;
    }
    let ops = ops.map(|listener| start::ops_server(&databases, listener, &config)).transpose()?;
    let signals = start::Signals::catch()?;
    say!("Serving {} at http://{}", config.database, server.address());
    signals.wait();
    tracing::info!("stopping");
    databases.drain();
    server.stop();
    databases.close_all();
    start::end(server)?;
    ops.map_or(Ok(()), start::end)
}
