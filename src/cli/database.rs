//! `workwarden db …`: databases without a client, for scripts and backups. Whoever may run it may do what the master
//! password is asked for over the wire.

use std::fs::File;
use std::io::{self, Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{say, start, user};
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::service::Databases;
use crate::service::copies::NewDatabase;
use crate::service::manage::{self, Copy, Format};

/// What `db` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the names of the databases
    List,
    /// Make a database; prints the password of admin if it made one
    Create {
        /// The new database
        name: String,
        /// Language of admin, such as fr_FR
        #[arg(long, default_value = "en_US")]
        lang: String,
        /// Country of the company, two letters
        #[arg(long, value_name = "CODE", default_value = "")]
        country: String,
        /// What admin logs in with
        #[arg(long, default_value = "admin")]
        login: String,
        #[command(flatten)]
        password: user::Password,
    },
    /// Copy a database
    Duplicate {
        /// The database
        from: String,
        /// The copy
        to: String,
        /// In the copy nothing runs by itself: no timers, no providers, no jobs
        #[arg(long)]
        neutralize: bool,
    },
    /// Give a database another name
    Rename {
        /// The database
        from: String,
        /// Its new name
        to: String,
    },
    /// Drop a database with all that is in it
    Drop {
        /// The database
        name: String,
    },
    /// Write a backup of a database
    Dump {
        /// The database
        name: String,
        /// Where to; `-` is standard output
        file: PathBuf,
        /// `zip`, or `dump` for the text alone
        #[arg(long, default_value = "zip", value_parser = ["zip", "dump"])]
        format: String,
    },
    /// Make a database from a backup
    Restore {
        /// The new database
        name: String,
        /// The backup; `-` is standard input
        file: PathBuf,
        /// The original goes on elsewhere: give this one an identity of its own
        #[arg(long)]
        copy: bool,
        /// Nothing runs by itself: no timers, no providers, no jobs
        #[arg(long)]
        neutralize: bool,
    },
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let settings = args.settings;
    match args.command {
        Command::List => {
            for name in open(settings)?.names()? {
                say!("{name}");
            }
        }
        Command::Create { name, lang, country, login, password } => {
            let databases = open(settings)?;
            let (password, made) = password.get()?;
            let new = NewDatabase {
                lang,
                password: password.expose().to_owned(),
                login,
                country_code: country,
                phone: String::new(),
            };
            manage::create(&databases, &name, &new)?;
            say!("Database {name} is made.");
            user::tell(&password, made);
        }
        Command::Duplicate { from, to, neutralize } => {
            let copy = Copy { renewed: true, neutralized: neutralize };
            manage::duplicate(&open(settings)?, &from, &to, copy)?;
            say!("Database {to} is a copy of {from}.");
        }
        Command::Rename { from, to } => {
            manage::rename(&open(settings)?, &from, &to)?;
            say!("Database {from} is now {to}.");
        }
        Command::Drop { name } => {
            if !manage::drop_database(&open(settings)?, &name)? {
                return Err(Error::user(format!("There is no database {name:?}.")));
            }
            say!("Database {name} is dropped.");
        }
        Command::Dump { name, file, format } => {
            let format = if format == "zip" { Format::Zip } else { Format::Dump };
            dump(&open(settings)?, &name, &file, format)?;
        }
        Command::Restore { name, file, copy, neutralize } => {
            restore(&open(settings)?, &name, &file, Copy { renewed: copy, neutralized: neutralize })?;
            say!("Database {name} is restored.");
        }
    }
    Ok(())
}

fn open(settings: Settings) -> Result<Databases> {
    start::databases(&start::configure(settings)?)
}

/// To a file beside the wanted one, which takes its place when it is whole.
fn dump(databases: &Databases, name: &str, file: &Path, format: Format) -> Result<()> {
    let failed = |e: io::Error| Error::user(format!("Cannot write {}: {e}", file.display()));
    if file == Path::new("-") {
        let mut whole = Cursor::new(Vec::new());
        manage::dump(databases, name, format, &mut whole)?;
        return io::stdout().lock().write_all(whole.get_ref()).map_err(failed);
    }
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let mut out = private_file(Path::new(&partial)).map_err(failed)?;
    let written = manage::dump(databases, name, format, &mut out);
    let kept =
        written.and_then(|()| out.sync_all().and_then(|()| std::fs::rename(&partial, file)).map_err(failed));
    if kept.is_err() {
        // what is left of it helps nobody
        let _ = std::fs::remove_file(&partial);
    }
    kept
}

/// A backup holds what the database holds: it is its owner's alone.
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn restore(databases: &Databases, name: &str, file: &Path, copy: Copy) -> Result<()> {
    let failed = |e: io::Error| Error::user(format!("Cannot read {}: {e}", file.display()));
    if file == Path::new("-") {
        let mut whole = Vec::new();
        io::stdin().lock().read_to_end(&mut whole).map_err(failed)?;
        return manage::restore(databases, name, Cursor::new(whole), copy);
    }
    manage::restore(databases, name, File::open(file).map_err(failed)?, copy)
}
