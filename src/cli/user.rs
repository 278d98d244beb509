//! `workwarden user add|passwd|apikey`: users without a client, for scripts and for who locked himself out.

use std::io::BufRead as _;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::Subcommand;
use serde_json::json;

use super::{say, start};
use crate::config::{Secret, Settings};
use crate::crypt;
use crate::error::{Error, Result};
use crate::orm::{Env, SUPERUSER};
use crate::service::{App, apikey};
use crate::value::{Json, Map};

/// What `user` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a user; prints the password if it made one
    Add {
        /// What the user logs in with
        login: String,
        /// What the user is called [default: the login]
        #[arg(long)]
        name: Option<String>,
        /// External id of a group, such as project.group_project_manager; may be repeated
        #[arg(long = "group", value_name = "XMLID", default_value = "project.group_project_user")]
        groups: Vec<String>,
        #[command(flatten)]
        password: Password,
    },
    /// Set a user's password; prints it if it made one
    Passwd {
        /// Whose
        login: String,
        #[command(flatten)]
        password: Password,
    },
    /// Make an API key for a user and print it
    Apikey {
        /// Whose
        login: String,
        /// What the key is for
        #[arg(long, default_value = "made by workwarden user apikey")]
        name: String,
        /// Days until it ends (0: never)
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
}

/// How a password is given.
#[derive(Debug, clap::Args)]
pub(super) struct Password {
    /// Read the password from the first line of standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let settings = args.settings;
    match args.command {
        Command::Add { login, name, groups, password } => {
            let app = open(settings)?;
            let (password, made) = password.get()?;
            let name = name.unwrap_or_else(|| login.clone());
            let id = app.with_env(SUPERUSER, Map::new(), |env| add(env, &login, &name, &groups))?;
            app.set_password(&login, password.expose())?;
            say!("User {login} has the id {id}.");
            tell(&password, made);
        }
        Command::Passwd { login, password } => {
            let app = open(settings)?;
            let (password, made) = password.get()?;
            app.set_password(&login, password.expose())?;
            say!("The password of {login} is changed.");
            tell(&password, made);
        }
        Command::Apikey { login, name, days } => {
            let app = open(settings)?;
            let uid = app.with_env(SUPERUSER, Map::new(), |env| find(env, &login))?;
            let expires = (days > 0).then(|| app.db.now() + TimeDelta::days(days.into()));
            let purpose = apikey::Purpose { scope: Some("rpc"), name: &name, expires };
            // Nothing but the key: scripts take it as it comes.
            say!("{}", apikey::issue(&app, uid, &purpose)?);
        }
    }
    Ok(())
}

impl Password {
    /// The password, and whether it was made here.
    pub(super) fn get(&self) -> Result<(Secret, bool)> {
        if !self.password_stdin {
            return Ok((Secret::new(crypt::token::<12>()?), true));
        }
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|e| Error::user(format!("Cannot read the password: {e}")))?;
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            return Err(Error::user("The password on standard input is empty."));
        }
        Ok((Secret::new(line), false))
    }
}

/// Prints a password that was made here.
pub(super) fn tell(password: &Secret, made: bool) {
    if made {
        say!("Password (shown once): {}", password.expose());
    }
}

fn open(settings: Settings) -> Result<Arc<App>> {
    let config = start::configure(settings)?;
    let (app, made) = start::open(&config)?;
    start::tell_password(made.as_ref());
    Ok(app)
}

fn add(env: &Env, login: &str, name: &str, groups: &[String]) -> Result<i64> {
    let mut commands: Vec<Json> = vec![];
    for group in groups {
        let id = env.xmlid(group)?.ok_or_else(|| Error::user(format!("There is no group {group:?}.")))?;
        commands.push(json!([4, id]));
    }
    env.create("res.users", json!({"login": login, "name": name, "groups_id": commands}))
}

fn find(env: &Env, login: &str) -> Result<i64> {
    let found = env.search("res.users", json!([["login", "=", login]]))?;
    found.first().copied().ok_or_else(|| Error::user(format!("There is no user {login:?}.")))
}
