//! What this process counts for its operators, in Prometheus' text format.
//!
//! Every label has a small, fixed set of values: kinds, protocols, outcomes, never names that users give. What only the
//! database knows (jobs by state) is asked at the moment of a scrape and passed in.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Content type of [`render`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Seconds; calls are milliseconds, jobs may take minutes.
const CALL_BUCKETS: [f64; 12] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 30.0];
const JOB_BUCKETS: [f64; 13] = [0.005, 0.02, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0];

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Times<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

struct Metrics {
    registry: Mutex<Registry>,
    rpc: Times<2>,
    errors: Family<Labels<1>, Counter>,
    job_wait: Times<1>,
    job_run: Times<2>,
    calls: Times<2>,
    tokens: Family<Labels<2>, Counter>,
    jobs: Family<[(&'static str, String); 2], Gauge>,
    overdue: Family<[(&'static str, String); 1], Gauge>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

impl Metrics {
    fn new() -> Metrics {
        let call_times: fn() -> Histogram = || Histogram::new(CALL_BUCKETS);
        let job_times: fn() -> Histogram = || Histogram::new(JOB_BUCKETS);
        let metrics = Metrics {
            registry: Mutex::new(Registry::with_prefix("workwarden")),
            rpc: Family::new_with_constructor(call_times),
            errors: Family::default(),
            job_wait: Family::new_with_constructor(job_times),
            job_run: Family::new_with_constructor(job_times),
            calls: Family::new_with_constructor(job_times),
            tokens: Family::default(),
            jobs: Family::default(),
            overdue: Family::default(),
        };
        let mut registry = metrics.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let r = &mut *registry;
        r.register("rpc_seconds", "Calls answered, by protocol and kind of method", metrics.rpc.clone());
        r.register("errors", "Errors told to callers, by kind", metrics.errors.clone());
        r.register("job_wait_seconds", "From when a job was due to its start", metrics.job_wait.clone());
        r.register("job_run_seconds", "From a job's start to its end, by outcome", metrics.job_run.clone());
        r.register("provider_call_seconds", "Calls to providers, by type and outcome", metrics.calls.clone());
        r.register("provider_tokens", "Tokens read and written by providers", metrics.tokens.clone());
        r.register("jobs", "Jobs in the queue that are not done, by state", metrics.jobs.clone());
        r.register("job_overdue_seconds", "How long the oldest due job waits", metrics.overdue.clone());
        drop(registry);
        metrics
    }
}

/// A call was answered.
pub fn rpc(protocol: &'static str, kind: &'static str, took: Duration) {
    let labels = [("protocol", protocol), ("kind", kind)];
    METRICS.rpc.get_or_create(&labels).observe(took.as_secs_f64());
}

/// A caller was told of an error.
pub fn error(kind: &'static str) {
    METRICS.errors.get_or_create(&[("kind", kind)]).inc();
}

/// A job was started so long after it was due.
pub fn job_started(kind: &str, waited: Duration) {
    METRICS.job_wait.get_or_create(&[("kind", job_kind(kind))]).observe(waited.as_secs_f64());
}

/// An execution of a job ended.
pub fn job_ended(kind: &str, outcome: &'static str, ran: Duration) {
    let labels = [("kind", job_kind(kind)), ("outcome", outcome)];
    METRICS.job_run.get_or_create(&labels).observe(ran.as_secs_f64());
}

/// A provider of this type answered, or did not.
pub fn provider_call(provider: &'static str, outcome: &'static str, took: Duration) {
    let labels = [("type", provider), ("outcome", outcome)];
    METRICS.calls.get_or_create(&labels).observe(took.as_secs_f64());
}

/// A provider of this type says it read and wrote so much.
pub fn provider_tokens(provider: &'static str, prompt: i64, completion: i64) {
    for (direction, count) in [("prompt", prompt), ("completion", completion)] {
        let labels = [("type", provider), ("direction", direction)];
        METRICS.tokens.get_or_create(&labels).inc_by(u64::try_from(count).unwrap_or(0));
    }
}

/// The queue of one database at the moment of a scrape.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The database's name.
    pub database: String,
    /// Jobs by state.
    pub jobs: Vec<(String, i64)>,
    /// Seconds since the oldest pending job was due.
    pub overdue: i64,
}

/// Everything, as Prometheus reads it.
pub fn render(queues: &[Queue]) -> String {
    let registry = METRICS.registry.lock().unwrap_or_else(PoisonError::into_inner);
    METRICS.jobs.clear();
    METRICS.overdue.clear();
    for queue in queues {
        for (state, count) in &queue.jobs {
            let labels = [("database", queue.database.clone()), ("state", state.clone())];
            METRICS.jobs.get_or_create(&labels).set(*count);
        }
        METRICS.overdue.get_or_create(&[("database", queue.database.clone())]).set(queue.overdue);
    }
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = prometheus_text::encode(&mut text, &registry);
    text
}

/// Kinds of jobs are a selection field's; what came from elsewhere is not given a label of its own.
fn job_kind(kind: &str) -> &'static str {
    let known = ["task", "system", "cli_loop", "delay", "gate_timeout", "webhook"];
    known.into_iter().find(|k| *k == kind).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_what_was_counted() {
        rpc("jsonrpc", "read", Duration::from_millis(3));
        job_started("task", Duration::ZERO);
        job_ended("no such kind", "done", Duration::from_secs(1));
        provider_call("local", "ok", Duration::from_secs(2));
        provider_tokens("local", 7, 5);
        error("User");
        let jobs = vec![("pending".to_owned(), 3)];
        let text = render(&[Queue { database: "acme".into(), jobs, overdue: 9 }]);
        for line in [
            "# TYPE workwarden_rpc_seconds histogram",
            "workwarden_job_run_seconds_count{kind=\"other\",outcome=\"done\"} 1",
            "workwarden_jobs{database=\"acme\",state=\"pending\"} 3",
            "workwarden_job_overdue_seconds{database=\"acme\"} 9",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(text.contains("workwarden_provider_tokens_total{type=\"local\",direction=\"completion\"}"));
    }
}
