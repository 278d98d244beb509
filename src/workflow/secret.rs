//! A text that must never be shown: it prints as dots, and scrubs itself out of what others wrote.

use std::fmt;
use std::sync::OnceLock;

use crate::crypt::SecretBox;
use crate::error::{Error, Result};

/// A key or password. Debug and Display show dots only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

/// What stands in the place of a secret.
pub const REDACTED: &str = "•••";

impl Secret {
    /// Wraps a secret text; blanks around it are an accident of copying.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into().trim().to_string())
    }

    /// The text itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The given text without the secret in it: some servers echo the key they refuse, or its end.
    pub fn scrub(&self, text: &str) -> String {
        if self.0.len() < 4 {
            return text.to_string();
        }
        let mut out = text.replace(&self.0, REDACTED);
        if self.0.len() >= 12
            && let Some(tail) = self.0.get(self.0.len() - 8..)
        {
            out = out.replace(tail, REDACTED);
        }
        out
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(•••)" })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

static VAULT: OnceLock<SecretBox> = OnceLock::new();

/// Gives the process the box that provider keys rest in. The first one stays.
pub fn install_vault(vault: SecretBox) {
    drop(VAULT.set(vault));
}

/// The box that provider keys rest in.
pub(crate) fn vault() -> Result<&'static SecretBox> {
    VAULT
        .get()
        .ok_or_else(|| Error::user("This server has no key file, so it can neither store nor use API keys."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows() {
        let key = Secret::new(" sk-abcdef0123456789\n");
        assert!(!format!("{key:?} {key}").contains("0123"));
        assert_eq!(key.scrub("bad key sk-abcdef0123456789!"), "bad key •••!");
        assert_eq!(key.scrub("bad key sk-****23456789"), "bad key sk-****•••");
    }
}
