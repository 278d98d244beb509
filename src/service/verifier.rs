//! Is this the secret behind that stored hash? The slow answer is computed once, then remembered as a keyed digest.
//!
//! A client of the old protocols sends its password with every call, and one PBKDF2 takes half a second of CPU. So a
//! secret that once fitted is remembered: `HMAC(process key, secret)` beside `HMAC(process key, stored hash)`.
//! Neither secret nor hash stands in memory longer than the call.
//!
//! And what was proved under one generation of the database's users and keys ([`Database::generation`]) needs no look
//! at the database while the generation lasts: a changed password, an archived user, a deleted key begin a new one, in
//! every process. Keys expire by the clock, so a proof is good for [`PROOF_AGE_MAX`] only.
//!
//! [`Database::generation`]: crate::orm::Database::generation
//!
//! At most [`SLOW_AT_ONCE`] slow hashes run; who comes later gets `Kind::Busy`, and the http floor waits without
//! holding a thread.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::crypt;
use crate::error::{Error, Kind, Result};

/// Slow hashes computed side by side.
const SLOW_AT_ONCE: usize = 2;
/// Secrets remembered a user: a password and some API keys.
const SECRETS_PER_USER: usize = 8;
/// Users remembered.
const MAX_USERS: usize = 10_000;

/// A pair that fitted.
#[derive(Clone, Copy)]
struct Fit {
    secret: [u8; 32],
    stored: [u8; 32],
}

/// How long a proof holds without a look at the database.
const PROOF_AGE_MAX: Duration = Duration::from_secs(60);

/// That a secret was a user's, and under which generation.
struct Proof {
    secret: [u8; 32],
    login: Arc<str>,
    generation: i64,
    at: Instant,
}

/// The memory of fits and the gate before the slow way.
pub struct Verifier {
    key: [u8; 32],
    fits: Mutex<HashMap<i64, Vec<Fit>>>,
    proofs: Mutex<HashMap<i64, Proof>>,
    slow: AtomicUsize,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(***)")
    }
}

impl Verifier {
    /// A verifier under a key of its own.
    pub fn new() -> Result<Verifier> {
        Ok(Verifier {
            key: crypt::random()?,
            fits: Mutex::default(),
            proofs: Mutex::default(),
            slow: AtomicUsize::new(0),
        })
    }

    /// The user's login if `secret` was proved to be his under this very generation, not long ago.
    pub fn proved(&self, uid: i64, secret: &str, generation: i64) -> Option<Arc<str>> {
        let digest = self.digest(uid, secret);
        let proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let proof = proofs.get(&uid).filter(|p| {
            p.generation == generation && p.at.elapsed() < PROOF_AGE_MAX && crypt::equal(&p.secret, &digest)
        })?;
        Some(Arc::clone(&proof.login))
    }

    /// Remembers that `secret` has just been proved to be that of the user with that login.
    pub fn prove(&self, uid: i64, login: &str, secret: &str, generation: i64) {
        let proof =
            Proof { secret: self.digest(uid, secret), login: login.into(), generation, at: Instant::now() };
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        if proofs.len() >= MAX_USERS {
            proofs.clear();
        }
        proofs.insert(uid, proof);
    }

    fn digest(&self, uid: i64, secret: &str) -> [u8; 32] {
        crypt::mac(&self.key, &[b"secret", &uid.to_be_bytes(), secret.as_bytes()])
    }

    /// Whether `secret` is already known to fit `stored`.
    pub fn knows(&self, uid: i64, secret: &str, stored: &str) -> bool {
        let wanted = self.fit(uid, secret, stored);
        self.lock().get(&uid).is_some_and(|fits| {
            fits.iter()
                .any(|f| crypt::equal(&f.secret, &wanted.secret) && crypt::equal(&f.stored, &wanted.stored))
        })
    }

    /// Whether `secret` fits `stored`, by the slow way if need be. `Kind::Busy`: not now.
    pub fn fits(&self, uid: i64, secret: &str, stored: &str) -> Result<bool> {
        if self.knows(uid, secret, stored) {
            return Ok(true);
        }
        let _permit = self.permit()?;
        let fits = crypt::verify(secret, stored);
        if fits {
            self.remember(uid, self.fit(uid, secret, stored));
        }
        Ok(fits)
    }

    /// The signature of `parts` under the process's key, for what lives no longer than the process (form tokens).
    pub fn sign(&self, parts: &[&[u8]]) -> String {
        hex::encode(crypt::mac(&self.key, parts))
    }

    fn fit(&self, uid: i64, secret: &str, stored: &str) -> Fit {
        Fit {
            secret: self.digest(uid, secret),
            stored: crypt::mac(&self.key, &[b"stored", &uid.to_be_bytes(), stored.as_bytes()]),
        }
    }

    fn remember(&self, uid: i64, fit: Fit) {
        let mut map = self.lock();
        if map.len() >= MAX_USERS && !map.contains_key(&uid) {
            map.clear();
        }
        let fits = map.entry(uid).or_default();
        // the same secret under an older hash is of no use any more
        fits.retain(|f| f.secret != fit.secret);
        if fits.len() >= SECRETS_PER_USER {
            fits.remove(0);
        }
        fits.push(fit);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Vec<Fit>>> {
        self.fits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn permit(&self) -> Result<Permit<'_>> {
        let free = |n: usize| (n < SLOW_AT_ONCE).then_some(n + 1);
        match self.slow.fetch_update(Ordering::AcqRel, Ordering::Acquire, free) {
            Ok(_) => Ok(Permit(&self.slow)),
            Err(_) => {
                Err(Error::new(Kind::Busy, "Too many passwords are being checked. Try again in a moment."))
            }
        }
    }
}

/// A place at the slow way, given back when dropped.
struct Permit<'a>(&'a AtomicUsize);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_a_fit_until_the_stored_hash_changes() {
        let verifier = Verifier::new().unwrap();
        let stored = crypt::hash("secret", 10).unwrap();
        assert!(!verifier.knows(2, "secret", &stored));
        assert!(verifier.fits(2, "secret", &stored).unwrap());
        assert!(verifier.knows(2, "secret", &stored));
        assert!(!verifier.knows(3, "secret", &stored), "another user's fit is not his");
        assert!(!verifier.fits(2, "other", &stored).unwrap() && !verifier.knows(2, "other", &stored));
        let changed = crypt::hash("secret", 10).unwrap();
        assert!(!verifier.knows(2, "secret", &changed), "a new hash asks for a new proof");
    }

    #[test]
    fn lets_only_so_many_pass_the_slow_gate() {
        let verifier = Verifier::new().unwrap();
        let held: Vec<_> = (0..SLOW_AT_ONCE).map(|_| verifier.permit().unwrap()).collect();
        let stored = crypt::hash("secret", 10).unwrap();
        assert_eq!(verifier.fits(2, "secret", &stored).unwrap_err().kind, Kind::Busy);
        drop(held);
        assert!(verifier.fits(2, "secret", &stored).unwrap());
    }
}
