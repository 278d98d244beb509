//! `bench`: how fast a running server answers, from outside, over keep-alive connections; and how fast the engine is.
//!
//! To a server it speaks HTTP itself over plain TCP (a request that is always the same text, an answer measured by its
//! Content-Length), so that on a small machine the load generator takes as little as possible from what is measured.

mod cases;
mod grow;
mod queue;
mod seed;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};

use super::client::Client;
use super::{say, start};
use crate::error::{Error, Result};
use cases::Case;

/// Where and as whom.
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Parser)]
struct Server {
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:8069")]
    url: String,
    /// The database's name
    #[arg(long, short = 'd', default_value = "workwarden")]
    database: String,
    /// Login
    #[arg(long, default_value = "admin")]
    login: String,
    /// Password
    #[arg(long, env = "WORKWARDEN_BENCH_PASSWORD", hide_env_values = true)]
    password: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Served(Served),
    /// Copy what `seed` made until there are so many tasks, within the database itself
    Grow {
        /// sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
        #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
        database_url: String,
        /// Tasks in all
        #[arg(long, default_value_t = 1_000_000)]
        tasks: i64,
    },
    /// Measure the engine itself, on a database of its own
    Queue(Box<queue::Args>),
}

/// What is measured on a running server.
#[derive(Debug, Subcommand)]
enum Served {
    /// Create projects and tasks to measure on
    Seed {
        #[command(flatten)]
        server: Server,
        /// Projects
        #[arg(long, default_value_t = 200)]
        projects: usize,
        /// Tasks in all
        #[arg(long, default_value_t = 100_000)]
        tasks: usize,
    },
    /// Measure the calls of the old protocols
    Rpc {
        #[command(flatten)]
        server: Server,
        /// Connections at once; may be given several times
        #[arg(long, default_values_t = [8usize, 64])]
        connections: Vec<usize>,
        /// Seconds a measurement
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Only cases whose name contains this
        #[arg(long)]
        only: Option<String>,
    },
}

/// Runs the subcommand.
pub(super) fn run(args: Args) -> Result<()> {
    let command = match args.command {
        Command::Queue(args) => return queue::run(*args),
        Command::Grow { database_url, tasks } => return grow::grow(&database_url, tasks),
        Command::Served(command) => command,
    };
    start::runtime()?.block_on(async {
        match command {
            Served::Seed { server, projects, tasks } => {
                seed::seed(&server.client().await?, projects, tasks).await
            }
            Served::Rpc { server, connections, seconds, only } => {
                let client = server.client().await?;
                let cases = cases::all(&client, &server.password).await?;
                let wanted = |c: &&Case| only.as_ref().is_none_or(|o| c.name.contains(o.as_str()));
                say!(
                    "{:<28} {:>6} {:>10} {:>9} {:>9} {:>9}",
                    "call",
                    "conns",
                    "req/s",
                    "p50 ms",
                    "p99 ms",
                    "bytes"
                );
                for case in cases.iter().filter(wanted) {
                    for n in &connections {
                        let r = measure(&server.url, case, *n, Duration::from_secs(seconds)).await?;
                        say!(
                            "{:<28} {n:>6} {:>10.0} {:>9.2} {:>9.2} {:>9}",
                            case.name,
                            r.rate,
                            r.percentile(50),
                            r.percentile(99),
                            r.bytes
                        );
                    }
                }
                Ok(())
            }
        }
    })
}

impl Server {
    async fn client(&self) -> Result<Client> {
        Client::login(&self.url, &self.database, &self.login, &self.password).await
    }
}

/// What came out.
struct Outcome {
    rate: f64,
    bytes: usize,
    /// Sorted.
    micros: Vec<u32>,
}

impl Outcome {
    /// Milliseconds.
    fn percentile(&self, p: usize) -> f64 {
        let i = (self.micros.len() * p / 100).min(self.micros.len().saturating_sub(1));
        self.micros.get(i).map_or(0.0, |m| f64::from(*m) / 1000.0)
    }
}

/// Between the records of one request and the next, so that they are spread over the table.
const STRIDE: usize = 7919;

/// Requests written out beforehand, which every connection goes through again and again, each from another place: what
/// the load generator does not compute while it measures, the server has.
const WRITTEN: usize = 4096;

/// Runs one case on `n` connections for `time`; the first answers warm up and do not count.
async fn measure(url: &str, case: &Case, n: usize, time: Duration) -> Result<Outcome> {
    let first = wire::Wire::open(url, &case.path).await?;
    let requests: Arc<Vec<Vec<u8>>> =
        Arc::new((0..WRITTEN).map(|k| first.request(&(case.body)(k * STRIDE))).collect());
    let mut tasks = Vec::new();
    for i in 0..n {
        let mut wire = wire::Wire::open(url, &case.path).await?;
        let requests = requests.clone();
        tasks.push(tokio::spawn(async move {
            let mut micros = Vec::new();
            let mut turn = requests.iter().cycle().skip(i * WRITTEN / n);
            for request in turn.by_ref().take(3) {
                wire.send(request).await?;
            }
            let begin = Instant::now();
            let mut at = begin;
            for request in turn {
                wire.send(request).await?;
                let now = Instant::now();
                micros.push(u32::try_from((now - at).as_micros()).unwrap_or(u32::MAX));
                at = now;
                if now - begin >= time {
                    break;
                }
            }
            Ok::<_, Error>((micros, begin.elapsed(), wire.last_bytes))
        }));
    }
    let (mut all, mut rate, mut bytes) = (Vec::new(), 0.0, 0);
    for t in tasks {
        let (micros, elapsed, last) = t.await.map_err(|e| Error::internal(e.to_string()))??;
        rate += micros.len() as f64 / elapsed.as_secs_f64();
        bytes = last;
        all.extend(micros);
    }
    all.sort_unstable();
    Ok(Outcome { rate, bytes, micros: all })
}
