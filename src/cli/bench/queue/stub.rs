//! A provider on a loopback port that answers every call with the same short text after a while, and counts.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::error::{Error, Result};

const BODY: &str =
    r#"{"model": "bench", "choices": [{"message": {"content": "Done."}, "finish_reason": "stop"}]}"#;

/// Runs until it is dropped.
pub(super) struct Stub {
    pub(super) url: String,
    seen: Arc<Seen>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct Seen {
    counts: Mutex<Counts>,
    rung: Condvar,
}

/// A moment of the measurement.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    at: Instant,
    /// Calls in flight, summed over the seconds so far.
    area: f64,
}

struct Counts {
    calls: u64,
    running: u64,
    most: u64,
    /// When the last call came in.
    last: Instant,
    moment: Moment,
}

impl Default for Counts {
    fn default() -> Self {
        let now = Instant::now();
        Counts { calls: 0, running: 0, most: 0, last: now, moment: Moment { at: now, area: 0.0 } }
    }
}

impl Counts {
    fn advance(&mut self) -> Moment {
        let now = Instant::now();
        let area = self.moment.area + self.running as f64 * (now - self.moment.at).as_secs_f64();
        self.moment = Moment { at: now, area };
        self.moment
    }
}

impl Seen {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stub {
    pub(super) fn start(delay: Duration) -> Result<Stub> {
        let fail =
            |e: std::io::Error| Error::internal(format!("The bench's provider cannot be started: {e}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(fail)?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).map_err(fail)?;
        let url = format!("http://{}/v1", listener.local_addr().map_err(fail)?);
        let seen = Arc::new(Seen::default());
        let shared = seen.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone(), delay));
            }
        });
        Ok(Stub { url, seen, _runtime: runtime })
    }

    pub(super) fn calls(&self) -> u64 {
        self.seen.counts().calls
    }

    pub(super) fn most(&self) -> u64 {
        self.seen.counts().most
    }

    /// Waits until so many calls have come in; when the last one did.
    pub(super) fn wait_for(&self, calls: u64, patience: Duration) -> Result<Instant> {
        let mut counts = self.seen.counts();
        while counts.calls < calls {
            let (guard, waited) =
                self.seen.rung.wait_timeout(counts, patience).unwrap_or_else(PoisonError::into_inner);
            counts = guard;
            if waited.timed_out() {
                return Err(Error::internal("the provider was not called"));
            }
        }
        Ok(counts.last)
    }

    pub(super) fn measure(&self) -> Moment {
        self.seen.counts().advance()
    }

    /// Calls in flight since then, on average over time.
    pub(super) fn average_since(&self, from: Moment) -> f64 {
        let now = self.measure();
        (now.area - from.area) / (now.at - from.at).as_secs_f64().max(f64::EPSILON)
    }
}

/// One connection, which is kept for many calls.
async fn serve(mut stream: TcpStream, seen: Arc<Seen>, delay: Duration) {
    stream.set_nodelay(true).ok();
    while receive(&mut stream).await.is_some() {
        {
            let mut counts = seen.counts();
            counts.advance();
            counts.calls += 1;
            counts.running += 1;
            counts.most = counts.most.max(counts.running);
            counts.last = Instant::now();
            seen.rung.notify_all();
        }
        tokio::time::sleep(delay).await;
        {
            let mut counts = seen.counts();
            counts.advance();
            counts.running -= 1;
        }
        let length = BODY.len();
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{BODY}"
        );
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one request and forgets it.
async fn receive(stream: &mut TcpStream) -> Option<()> {
    let (mut bytes, mut piece) = (vec![], [0; 4096]);
    let end = loop {
        let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&piece[..n]);
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(bytes.get(..end)?).to_lowercase();
    let length: usize = head.lines().find_map(|l| l.strip_prefix("content-length:"))?.trim().parse().ok()?;
    let mut left = (end + length).saturating_sub(bytes.len());
    while left > 0 {
        let n = stream.read(&mut piece).await.ok().filter(|n| *n > 0)?;
        left = left.saturating_sub(n);
    }
    Some(())
}
