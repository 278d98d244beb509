//! When a failed attempt is tried again: exponential back-off with full jitter, capped; the server's word wins.
//!
//! Pure: the random number is an argument.

use std::time::Duration;

/// How attempts are spaced.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The longest wait after the first failure.
    pub base: Duration,
    /// The longest wait ever.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(300) }
    }
}

/// A server may ask for at most this much patience.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

impl Backoff {
    /// The wait after failed attempt number `attempt` (from 1). `random` is uniform in [0, 1).
    pub fn wait(&self, attempt: u32, retry_after: Option<Duration>, random: f64) -> Duration {
        if let Some(asked) = retry_after {
            return asked.min(LONGEST_RETRY_AFTER);
        }
        let doublings = attempt.saturating_sub(1).min(30);
        let ceiling = self.base.saturating_mul(1 << doublings).min(self.cap);
        ceiling.mul_f64(random.clamp(0.0, 1.0))
    }
}

/// Reads a Retry-After header: seconds, or an HTTP date measured against `now` (Unix seconds).
pub fn retry_after(header: &str, now: i64) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0)
            .then(|| Duration::from_secs_f64(seconds.min(LONGEST_RETRY_AFTER.as_secs_f64())));
    }
    let date = chrono::DateTime::parse_from_rfc2822(header).ok()?.timestamp();
    Some(Duration::from_secs(u64::try_from(date - now).unwrap_or(0)).min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_is_jittered_and_capped() {
        let b = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(10) };
        assert_eq!(b.wait(1, None, 1.0), Duration::from_secs(1));
        assert_eq!(b.wait(3, None, 0.5), Duration::from_secs(2));
        assert_eq!(b.wait(9, None, 1.0), Duration::from_secs(10));
        assert_eq!(b.wait(u32::MAX, None, 0.0), Duration::ZERO);
        assert_eq!(b.wait(1, Some(Duration::from_secs(7)), 0.0), Duration::from_secs(7), "Retry-After wins");
    }

    #[test]
    fn reads_retry_after() {
        assert_eq!(retry_after(" 2 ", 0), Some(Duration::from_secs(2)));
        assert_eq!(retry_after("0.5", 0), Some(Duration::from_millis(500)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 20), Some(Duration::from_secs(40)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT", 20), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", 0), None);
        assert_eq!(retry_after("-1", 0), None);
        assert_eq!(retry_after("999999999", 0), Some(LONGEST_RETRY_AFTER));
    }
}
