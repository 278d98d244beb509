//! The command line: one file a subcommand. Above everything; nothing imports it but the binary and the tests.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Result;
use crate::workflow;

mod bench;
pub mod client;
pub mod database;
pub mod demo;
pub mod doctor;
pub mod init;
pub mod job;
pub mod logging;
pub mod serve;
mod start;
pub mod user;
pub mod watch;
pub mod worker;

/// Prints a line for the user. A reader that went away is no fault of ours.
macro_rules! say {
    ($($arg:tt)*) => {
        $crate::cli::line(format_args!($($arg)*))
    };
}
pub(crate) use say;

/// AI project workflows behind Odoo's own protocols: one binary, SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the protocols and run the jobs, until Ctrl-C
    Serve(serve::Args),
    /// Run the jobs and serve nobody, until Ctrl-C: beside one or more `serve --no-worker`
    Worker(worker::Args),
    /// Make the database ready or bring it up to date, and end
    Init(init::Args),
    /// Make users, set passwords, make API keys
    User(user::Args),
    /// List, make, copy, drop, back up and restore databases
    Db(database::Args),
    /// List jobs, queue them again, cancel them
    Job(job::Args),
    /// Look at everything the server needs, and say what to do
    Doctor(doctor::Args),
    /// Run a website workflow from start to end, as a client of a server started for it
    Demo(demo::Args),
    /// Watch a project's run in the terminal, as a client of a running server, until it is over
    Watch(watch::Args),
    /// Measure how fast a running server answers
    Bench(bench::Args),
    /// Ends the commands of a server that was killed; started by the server itself
    #[command(name = workflow::guard::ARGUMENT, hide = true)]
    Guard,
}

/// What the binary does: 0 when it worked, 1 with a sentence on stderr when not (clap's own 2 for wrong usage).
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            let detail = error.detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "workwarden: {}{detail}", error.message);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let done = match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Worker(args) => worker::run(args),
        Command::Init(args) => init::run(args),
        Command::User(args) => user::run(args),
        Command::Db(args) => database::run(args),
        Command::Job(args) => job::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Guard => {
            workflow::guard::run(std::io::stdin().lock());
            Ok(())
        }
        // it knows more ends than well and badly
        Command::Watch(args) => return watch::run(args),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// [`say!`] without the formatting.
fn line(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn help_tells_variable_key_and_default_of_each_setting() {
        let mut command = super::Cli::command();
        let serve = command.find_subcommand_mut("serve").unwrap();
        let help = serve.render_long_help().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let settings = serve.get_arguments().filter(|arg| arg.get_env().is_some()).count();
        assert_eq!(help.matches("[env: ").count(), settings);
        assert!(settings > 15 && help.matches("[toml: ").count() == settings - 1);
    }
}
