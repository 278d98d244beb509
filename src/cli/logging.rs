//! Log lines go to stderr: for eyes on a terminal, one JSON object a line otherwise.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};
use crate::error::{Error, Result};

/// Starts logging as `settings` say; to be called once.
pub fn start(settings: &Settings) -> Result<()> {
    let level = settings.log_level.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(directives(level))
        .map_err(|e| Error::user(format!("--log-level {level:?}: {e}")))?;
    let human = match settings.log_format.unwrap_or(LogFormat::Auto) {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (tests in one process) keeps the first.
    let _ = if human {
        lines.with_target(false).compact().try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(false).try_init()
    };
    Ok(())
}

/// odoo-bin's names of levels are taken too. A bare level is ours; the crates below us stay at warn.
fn directives(level: &str) -> String {
    let bare = match level {
        "warning" => "warn",
        "critical" => "error",
        "debug_rpc" | "debug_sql" | "debug_rpc_answer" => "debug",
        "notset" => "trace",
        other => other,
    };
    match bare {
        "error" | "off" => bare.to_owned(),
        "warn" | "info" | "debug" | "trace" => format!("warn,workwarden={bare}"),
        directives => directives.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::directives;

    #[test]
    fn levels_of_both_worlds() {
        assert_eq!(directives("warning"), "warn,workwarden=warn");
        assert_eq!(directives("workwarden::http=trace"), "workwarden::http=trace");
    }
}
