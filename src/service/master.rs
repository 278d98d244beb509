//! The master password: what opens the management of databases. Without one it stays shut.
//!
//! It may be configured in clear or as a hash (`$pbkdf2-sha512$…`, as odoo-bin writes it). A client may change it; the
//! changed one is kept as a hash in the data directory, with a hash of the configured one it took the place of: who
//! configures another one afterwards is obeyed.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use crate::config::Secret;
use crate::crypt;
use crate::error::{Error, Result};
use crate::orm::field::convert::py_type;
use crate::value::{Json, json_is_falsy};

use super::rpc::Peer;
use super::throttle::{Cooldown, Throttle};

/// The file in the data directory.
const FILE: &str = "admin_passwd";

/// Who may manage databases.
#[derive(Debug)]
pub struct Master {
    configured: Option<Secret>,
    changed: RwLock<Option<String>>,
    file: Option<PathBuf>,
    throttle: Throttle,
}

impl Master {
    /// The configured password (or its hash), and where a changed one is kept.
    pub fn new(configured: Option<Secret>, data_dir: Option<&Path>) -> Master {
        let configured = configured.filter(|password| !password.expose().is_empty());
        let file = data_dir.map(|dir| dir.join(FILE));
        let changed = configured.as_ref().zip(file.as_ref()).and_then(|(password, file)| {
            let kept = fs::read_to_string(file).ok()?;
            let (replaced, hash) = kept.trim_end().split_once('\n')?;
            crypt::verify(password.expose(), replaced).then(|| hash.to_owned())
        });
        Master { configured, changed: RwLock::new(changed), file, throttle: Throttle::default() }
    }

    /// Whether there is one at all.
    pub fn is_set(&self) -> bool {
        self.configured.is_some()
    }

    /// Fails unless `given` is the master password.
    pub fn check(&self, peer: &Peer, given: &Json) -> Result<()> {
        if json_is_falsy(given) {
            return Err(Error::access_denied());
        }
        let Some(given) = given.as_str() else {
            let kind = py_type(given);
            return Err(Error::type_error(format!("secret must be unicode or bytes, not {kind}")));
        };
        let Some(configured) = &self.configured else {
            tracing::warn!(
                target: "workwarden::auth",
                "database management refused: no master password is set (--admin-passwd, admin_passwd)"
            );
            return Err(Error::access_denied());
        };
        let cooldown = || Ok::<_, Error>(Cooldown::default());
        if self.throttle.is_shut(FILE, &peer.ip, Instant::now(), cooldown)? {
            tracing::warn!(target: "workwarden::auth", ip = %peer.ip, "master password refused: too many failures");
            return Err(Error::access_denied());
        }
        let changed = self.changed.read().unwrap_or_else(PoisonError::into_inner).clone();
        let expected = changed.as_deref().unwrap_or_else(|| configured.expose());
        let fits = match crypt::is_hash(expected) {
            true => crypt::verify(given, expected),
            false => crypt::equal(expected.as_bytes(), given.as_bytes()),
        };
        if fits {
            self.throttle.succeeded(FILE, &peer.ip);
            return Ok(());
        }
        self.throttle.failed(FILE, &peer.ip, Instant::now());
        tracing::warn!(target: "workwarden::auth", ip = %peer.ip, "wrong master password");
        Err(Error::access_denied())
    }

    /// Sets another one. Who calls has proved that he knows the one before.
    pub fn change(&self, new: &str) -> Result<()> {
        let (Some(file), Some(configured)) = (&self.file, &self.configured) else {
            return Err(Error::user(
                "There is no data directory to keep the master password in: set --data-dir.",
            ));
        };
        if new.is_empty() {
            return Err(Error::user("The master password must not be empty."));
        }
        let rounds = crypt::password_rounds();
        let hash = crypt::hash(new, rounds)?;
        let text = format!("{}\n{hash}\n", crypt::hash(configured.expose(), rounds)?);
        let written = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(file)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|e| Error::user(format!("Cannot write {}: {e}", file.display())))?;
        *self.changed.write().unwrap_or_else(PoisonError::into_inner) = Some(hash);
        Ok(())
    }
}
