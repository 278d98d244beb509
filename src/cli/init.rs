//! `workwarden init`: makes the database ready, or brings it up to date, and ends. `serve` does the same at its start.

use super::{say, start};
use crate::config::Settings;
use crate::error::Result;

/// What `init` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let config = start::configure(args.settings)?;
    let mut steps = 0;
    let (_, made) = start::open_with(&config, &mut |step| {
        steps += 1;
        say!("{step}");
    })?;
    if steps == 0 {
        say!("{} is up to date.", config.database);
    }
    start::tell_password(made.as_ref());
    Ok(())
}
