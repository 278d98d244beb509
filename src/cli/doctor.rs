//! `workwarden doctor`: looks at everything the server needs, changes nothing, and says what to do.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::{say, start};
use crate::app::behaviours;
use crate::config::{Config, Settings};
use crate::crypt;
use crate::db::{DatabaseUrl, Pool, migrate};
use crate::error::{Error, Result};
use crate::orm::{Env, Registry, SUPERUSER};
use crate::schema::load_addons;
use crate::service::App;
use crate::value::Map;

/// What `doctor` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs it.
pub fn run(args: Args) -> Result<()> {
    let config = start::configure(args.settings)?;
    let mut findings = Findings::default();
    findings.files(&config);
    if findings.database(&config) {
        match start::open(&config) {
            Ok((app, _)) => findings.inside(&app),
            Err(e) => findings.bad("database", &e, "see the sentence above"),
        }
    }
    match start::listen(&config.http_interface, config.http_port) {
        Ok(_) => findings.good("port", format!("{}:{} is free", config.http_interface, config.http_port)),
        Err(_) => findings.good("port", format!("{} is taken: by a running server?", config.http_port)),
    }
    match findings.0 {
        0 => Ok(()),
        n => Err(Error::user(format!("{n} of these need you."))),
    }
}

/// How many were bad.
#[derive(Default)]
struct Findings(usize);

impl Findings {
    fn good(&self, what: &str, how: impl Display) {
        say!("ok   {what}: {how}");
    }

    fn bad(&mut self, what: &str, why: impl Display, advice: &str) {
        self.0 += 1;
        say!("BAD  {what}: {why}\n     -> {advice}");
    }

    fn files(&mut self, config: &Config) {
        let dir = &config.data_dir;
        match writable(dir) {
            Ok(()) => self.good("data directory", dir.display()),
            Err(e) => {
                self.bad("data directory", format!("{}: {e}", dir.display()), "choose another --data-dir")
            }
        }
        let key = dir.join(start::KEY_FILE);
        if !key.exists() {
            self.good("key file", "made on the first start");
            return;
        }
        match crypt::load_key(&key) {
            Ok(_) => self.good("key file", format!("{} (back it up with the database)", key.display())),
            Err(e) => self.bad("key file", format!("{}: {e}", key.display()), "restore it from a backup"),
        }
    }

    /// Whether the database is there and up to date.
    fn database(&mut self, config: &Config) -> bool {
        let opened = config.database_url.expose().parse::<DatabaseUrl>().and_then(|url| {
            let fresh = matches!(&url, DatabaseUrl::Sqlite(path) if !path.exists());
            // Opening makes the file: not a doctor's business.
            Ok((url.to_string(), if fresh { None } else { Some(Pool::open(&url, 2)?) }))
        });
        let pool = match opened {
            Ok((url, Some(pool))) => {
                self.good("database", format!("{} at {url}", config.database));
                pool
            }
            Ok((url, None)) => {
                self.bad(
                    "database",
                    format!("{url} does not exist"),
                    "`workwarden init` or `serve` makes it",
                );
                return false;
            }
            Err(e) => {
                self.bad("database", Error::from(e), "check --database-url, and that the server runs");
                return false;
            }
        };
        let pending = pool.get().and_then(|mut conn| {
            let all = migrate::embedded(conn.dialect())?;
            migrate::pending(&mut conn, &all)
        });
        match pending {
            Ok(pending) if pending.is_empty() => self.good("migrations", "all applied"),
            Ok(pending) => {
                let names: Vec<&str> = pending.iter().map(|m| m.name.as_str()).collect();
                self.bad(
                    "migrations",
                    format!("pending: {}", names.join(", ")),
                    "`workwarden init` applies them",
                );
                return false;
            }
            Err(e) => {
                self.bad("migrations", Error::from(e), "is this a database of Workwarden's?");
                return false;
            }
        }
        match load_addons(&config.addons_path).and_then(|a| Registry::build(a, behaviours())) {
            Ok(registry) => self.good("addons", format!("{} load", registry.addons.len())),
            Err(e) => {
                self.bad("addons", e, "mend the addon, or leave its directory out of --addons-path");
                return false;
            }
        }
        true
    }

    fn inside(&mut self, app: &Arc<App>) {
        let providers = app.reading(SUPERUSER, Map::new(), |env| {
            let ids = env.search("ai.provider", json!([]))?;
            env.display_names("ai.provider", &ids)
        });
        match providers {
            Ok(providers) if providers.is_empty() => self.good("providers", "none yet"),
            Ok(providers) => {
                for (id, name) in providers {
                    self.provider(app, id, &name);
                }
            }
            Err(e) => self.bad("providers", e, "`workwarden init`"),
        }
        match app.reading(SUPERUSER, Map::new(), |env| env.count("ai.job", json!([["state", "=", "failed"]])))
        {
            Ok(0) => self.good("jobs", "none failed"),
            Ok(n) => {
                self.bad("jobs", format!("{n} failed"), "read error on ai.job; action_requeue tries again")
            }
            Err(e) => self.bad("jobs", e, "`workwarden init`"),
        }
    }

    fn provider(&mut self, app: &App, id: i64, name: &str) {
        let test = |env: &Env| env.call("ai.provider", &[id], "action_test_connection", vec![], Map::new());
        let what = format!("provider {name}");
        match app.reading(SUPERUSER, Map::new(), test) {
            Ok(_) => self.good(&what, "answers"),
            Err(e) => self.bad(&what, e, "check its api_base, api_key and model, or archive it"),
        }
    }
}

fn writable(dir: &Path) -> Result<()> {
    start::make_directory(dir)?;
    let probe = dir.join(format!(".doctor-{}", std::process::id()));
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| Error::user(format!("not writable: {e}")))
}
