//! Failed logins are counted by who tried which account; after too many the account stays shut to him for a while.
//!
//! Odoo's two parameters decide: `base.login_cooldown_after` failures (0: never), `base.login_cooldown_duration`
//! seconds. Counts live in this process and are forgotten with it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More pairs than this are not remembered; the stalest go.
const MAX_ENTRIES: usize = 10_000;

/// What the two parameters say.
#[derive(Debug, Clone, Copy)]
pub struct Cooldown {
    /// Failures that shut the account; 0 is never.
    pub after: u32,
    /// How long.
    pub duration: Duration,
}

impl Default for Cooldown {
    fn default() -> Cooldown {
        Cooldown { after: 10, duration: Duration::from_secs(60) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

/// The counts.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<(String, String), Failures>>,
}

impl Throttle {
    /// Whether `account` is shut to `ip`. `cooldown` is only asked when there were failures at all.
    pub fn is_shut<E>(
        &self,
        account: &str,
        ip: &str,
        now: Instant,
        cooldown: impl FnOnce() -> Result<Cooldown, E>,
    ) -> Result<bool, E> {
        let Some(failures) = self.lock().get(&key(account, ip)).copied() else { return Ok(false) };
        let cooldown = cooldown()?;
        Ok(cooldown.after > 0
            && failures.count >= cooldown.after
            && now.saturating_duration_since(failures.last) < cooldown.duration)
    }

    /// Counts a failure.
    pub fn failed(&self, account: &str, ip: &str, now: Instant) {
        let mut map = self.lock();
        if map.len() >= MAX_ENTRIES && !map.contains_key(&key(account, ip)) {
            let mut ages: Vec<Instant> = map.values().map(|f| f.last).collect();
            ages.sort_unstable();
            let middle = ages[ages.len() / 2];
            map.retain(|_, f| f.last > middle);
        }
        let entry = map.entry(key(account, ip)).or_insert(Failures { count: 0, last: now });
        entry.count = entry.count.saturating_add(1);
        entry.last = now;
    }

    /// Forgets the failures: he knew the password. Cheap while nobody failed, as it is asked at every call.
    pub fn succeeded(&self, account: &str, ip: &str) {
        let mut map = self.lock();
        if !map.is_empty() {
            map.remove(&key(account, ip));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(account: &str, ip: &str) -> (String, String) {
    (account.to_owned(), ip.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuts_after_so_many_failures_and_opens_again() {
        let throttle = Throttle::default();
        let start = Instant::now();
        let cooldown = Cooldown { after: 3, duration: Duration::from_secs(60) };
        let shut = |ip: &str, at: Instant, c: Cooldown| {
            throttle.is_shut("admin", ip, at, || Ok::<_, ()>(c)).unwrap()
        };
        for _ in 0..3 {
            assert!(!shut("1.1.1.1", start, cooldown));
            throttle.failed("admin", "1.1.1.1", start);
        }
        assert!(shut("1.1.1.1", start + Duration::from_secs(59), cooldown));
        assert!(!shut("1.1.1.1", start + Duration::from_secs(60), cooldown));
        assert!(!shut("2.2.2.2", start, cooldown), "another address is not shut out");
        assert!(!shut("1.1.1.1", start, Cooldown { after: 0, ..cooldown }), "0 switches it off");
        throttle.succeeded("admin", "1.1.1.1");
        assert!(!shut("1.1.1.1", start, cooldown));
    }

    #[test]
    fn remembers_a_bounded_number_of_pairs() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for i in 0..=MAX_ENTRIES {
            throttle.failed(&i.to_string(), "ip", start + Duration::from_millis(i as u64));
        }
        assert!(throttle.lock().len() <= MAX_ENTRIES);
    }
}
