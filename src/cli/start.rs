//! What the subcommands share: configuration and logging, the opened application, a server, a worker, the end.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::say;
use crate::app::behaviours;
use crate::assets::Assets;
use crate::config::{self, Config, Secret, Settings};
use crate::crypt::{self, SecretBox};
use crate::db::Catalog;
use crate::error::{Error, Result};
use crate::http;
use crate::orm::Registry;
use crate::schema::{Addon, load_addons};
use crate::service::watch::Limits;
use crate::service::{App, Databases, DatabasesOptions};
use crate::workflow::{self, WorkerOptions};

/// In the data directory: what the keys of providers are sealed under. Without it they are lost, and only they.
pub(super) const KEY_FILE: &str = "secret.key";

/// Reads the file, starts logging, fills in the defaults.
pub(super) fn configure(given: Settings) -> Result<Config> {
    let settings = config::with_file(given)?;
    super::logging::start(&settings)?;
    Config::new(settings)
}

/// The application on its database; with the password of admin if this start made one.
pub(super) fn open(config: &Config) -> Result<(Arc<App>, Option<Secret>)> {
    open_with(config, &mut |step| tracing::info!("{step}"))
}

/// [`open`], telling each step of an installation.
pub(super) fn open_with(config: &Config, report: &mut dyn FnMut(&str)) -> Result<(Arc<App>, Option<Secret>)> {
    let password = config.admin_password.as_ref().map(Secret::expose);
    let (app, made) = databases(config)?.open_configured(password, report)?;
    Ok((app, made.map(Secret::new)))
}

/// The databases around the configured one, none of them opened yet.
pub(super) fn databases(config: &Config) -> Result<Databases> {
    make_directory(&config.data_dir)?;
    let path = config.data_dir.join(KEY_FILE);
    let key = crypt::load_key(&path)
        .map_err(|e| Error::user(format!("Cannot read or make {}: {e}", path.display())))?;
    workflow::secret::install_vault(SecretBox::new(key));
    // Under this name it can be started even when its file was replaced meanwhile.
    workflow::guard::install("/proc/self/exe".into());
    workflow::allow_commands(config.commands.clone(), config.data_dir.join("cli"));
    let options = DatabasesOptions {
        pool_size: config.db_maxconn,
        admin_passwd: config.admin_passwd.clone(),
        list_db: config.list_db,
        dbfilter: config.dbfilter.clone(),
        data_dir: Some(config.data_dir.clone()),
    };
    let catalog = Catalog::new(&config.database, config.database_url.expose().parse()?);
    let registry = Registry::build(load_addons(&config.addons_path)?, behaviours())?;
    Databases::new(catalog, Arc::new(registry), options)
}

/// Prints the password that a first start made; it cannot be read again.
pub(super) fn tell_password(made: Option<&Secret>) {
    if let Some(password) = made {
        say!("First start: log in as admin with the password {} (shown once).", password.expose());
    }
}

/// Makes a directory that only its owner may enter, unless it is there.
pub(super) fn make_directory(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| Error::user(format!("Cannot make the directory {}: {e}", path.display())))
}

/// A listener at `interface:port`, or why not, with what to do.
pub(super) fn listen(interface: &str, port: u16) -> Result<TcpListener> {
    TcpListener::bind((interface, port)).map_err(|e| {
        Error::user(format!(
            "Cannot listen on {interface}:{port}: {e}. Another --http-port, or 0 for any free one?"
        ))
    })
}

/// A listener for the operators' pages alone, if they shall have one.
pub(super) fn ops_listener(config: &Config) -> Result<Option<TcpListener>> {
    config.ops_port.map(|port| listen(&config.http_interface, port)).transpose()
}

/// A server on `listener`; it stops when told to, not by signals.
pub(super) fn server(
    databases: impl Into<Databases>,
    listener: TcpListener,
    config: &Config,
    assets: Option<Arc<Assets>>,
) -> Result<http::Server> {
    let options = http::Options {
        workers: config.workers,
        calls: config.db_maxconn as usize,
        body_limit: config.max_body_bytes,
        proxy_mode: config.proxy_mode,
        grace: Duration::from_secs(config.worker_grace),
        assets,
        ops: Arc::new(http::Ops::new(config.metrics_token.clone())),
        watch: http::Watching {
            limits: Limits { all: config.event_streams, user: config.event_streams_per_user },
            heartbeat: Duration::from_secs(config.event_heartbeat),
            patience: Duration::from_secs(config.event_patience),
            buffer: config.event_buffer,
        },
        ..http::Options::default()
    };
    serve(databases.into(), listener, options)
}

/// A small server for the operators' pages alone.
pub(super) fn ops_server(
    databases: &Databases,
    listener: TcpListener,
    config: &Config,
) -> Result<http::Server> {
    let ops = Arc::new(http::Ops::new(config.metrics_token.clone()));
    let options = http::Options { workers: 1, calls: 1, ops, ops_only: true, ..http::Options::default() };
    let server = serve(databases.clone(), listener, options)?;
    say!("Health and metrics at http://{}", server.address());
    Ok(server)
}

fn serve(databases: Databases, listener: TcpListener, options: http::Options) -> Result<http::Server> {
    http::serve(databases, listener, options)
        .map_err(|e| Error::internal(format!("The server did not start: {e}")))
}

/// Workers for the jobs of all databases; those that nobody calls are opened for it, by and by.
pub(super) fn employ(databases: &Databases, config: &Config) -> Result<()> {
    databases.employ(worker_options(config))?;
    let all = databases.clone();
    std::thread::Builder::new()
        .name("open".into())
        .spawn(move || all.open_all())
        .map(drop)
        .map_err(|e| Error::internal(format!("Cannot start a thread: {e}")))
}

/// The web client of the tree that was named, if one was.
pub(super) fn assets(config: &Config, addons: &[Addon]) -> Result<Option<Arc<Assets>>> {
    let open = |path| Assets::open(path, config.data_dir.join("assets"), addons).map(Arc::new);
    config.odoo_source.as_deref().map(open).transpose()
}

/// How the configuration wants the jobs run.
pub(super) fn worker_options(config: &Config) -> WorkerOptions {
    WorkerOptions {
        slots: config.worker_jobs,
        lease: Duration::from_secs(config.worker_lease),
        poll: Duration::from_secs(config.worker_poll),
        grace: Duration::from_secs(config.worker_grace),
        retention: config.job_retention,
    }
}

/// Ends a server and waits for it.
pub(super) fn end(server: http::Server) -> Result<()> {
    server.stop();
    server.wait().map_err(|e| Error::internal(format!("The server ended badly: {e}")))
}

/// SIGINT (Ctrl-C) and SIGTERM, caught from the moment this is made.
pub(super) struct Signals {
    runtime: Runtime,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// To be made before anybody is told that the server is up: from then on a signal is an orderly end.
    pub(super) fn catch() -> Result<Signals> {
        let runtime = runtime()?;
        let catch = |kind: SignalKind| {
            let _in = runtime.enter();
            signal(kind).map_err(|e| Error::internal(format!("Cannot catch signals: {e}")))
        };
        let (interrupt, terminate) = (catch(SignalKind::interrupt())?, catch(SignalKind::terminate())?);
        Ok(Signals { runtime, interrupt, terminate })
    }

    /// Until one of them comes.
    pub(super) fn wait(mut self) {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        });
    }
}

/// A small runtime for what is asynchronous up here: signals and the demo's client.
pub(super) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::internal(format!("Cannot start a runtime: {e}")))
}
