//! `workwarden worker`: runs the jobs of all databases and serves nobody, until SIGINT or SIGTERM.

use super::{say, start};
use crate::config::{Secret, Settings};
use crate::error::{Error, Result};

/// What `worker` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let config = start::configure(args.settings)?;
    if !config.worker {
        return Err(Error::user(
            "A worker without work: leave out --no-worker (no_worker in the configuration).",
        ));
    }
    let listener = start::ops_listener(&config)?;
    let databases = start::databases(&config)?;
    let password = config.admin_password.as_ref().map(Secret::expose);
    let (_, made) = databases.open_configured(password, &mut |step| tracing::info!("{step}"))?;
    start::tell_password(made.map(Secret::new).as_ref());
    start::employ(&databases, &config)?;
    let ops = listener.map(|listener| start::ops_server(&databases, listener, &config)).transpose()?;
    let signals = start::Signals::catch()?;
    say!("Working on {}", config.database);
    signals.wait();
    tracing::info!("stopping");
    databases.drain();
    databases.close_all();
    ops.map_or(Ok(()), start::end)
}
