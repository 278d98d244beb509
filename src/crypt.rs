//! Secrets: password hashes as passlib writes them, tokens, a box for values at rest, signatures.
//!
//! Pure but for the random source and [`load_key`]. Nothing here logs, and nothing that holds a secret prints itself.
//!
//! Formats, which are for ever:
//!
//! ```text
//! hash   = "$pbkdf2-sha512$" rounds "$" ab64(salt) "$" ab64(digest)     passlib's, so that databases move both ways
//! boxed  = "ww1:" base64(nonce[24] ciphertext tag[16])                  XChaCha20-Poly1305, bound to a purpose
//! ```

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use pbkdf2::{Algorithm, Params, pbkdf2_hmac_with_params};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};

/// Rounds of a password's hash; Odoo 18's own.
pub const PASSWORD_ROUNDS: u32 = 600_000;
/// What this process uses instead, when it was told to.
static OWN_ROUNDS: OnceLock<u32> = OnceLock::new();
/// Rounds of an API key's hash: a key is random, so slowness buys nothing.
pub const API_KEY_ROUNDS: u32 = 6_000;
/// A stored hash that asks for more rounds is refused: it would hold a thread for minutes.
const MAX_ROUNDS: u32 = 10_000_000;

const HASH_PREFIX: &str = "$pbkdf2-sha512$";
const BOX_PREFIX: &str = "ww1:";
const NONCE: usize = 24;

/// passlib's "ab64": base64 with `.` for `+` and no padding.
fn ab64() -> Result<GeneralPurpose> {
    let alphabet = Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./")
        .map_err(|e| Error::internal(e.to_string()))?;
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    Ok(GeneralPurpose::new(&alphabet, config))
}

/// Rounds of the passwords that this process stores.
pub fn password_rounds() -> u32 {
    OWN_ROUNDS.get().copied().unwrap_or(PASSWORD_ROUNDS)
}

/// Sets them, once. For tests alone: hundreds of users with passwords would take minutes.
pub fn lower_password_rounds(rounds: u32) {
    let _ = OWN_ROUNDS.set(rounds);
}

/// The hash of `secret` under a fresh salt, as passlib's `pbkdf2_sha512` writes it. Takes half a second of CPU
/// with [`PASSWORD_ROUNDS`].
pub fn hash(secret: &str, rounds: u32) -> Result<String> {
    hash_with_salt(secret, rounds, &random::<16>()?)
}

/// [`hash`] with a salt of the caller's.
pub fn hash_with_salt(secret: &str, rounds: u32, salt: &[u8]) -> Result<String> {
    let digest = derive(secret, salt, rounds);
    let b64 = ab64()?;
    Ok(format!("{HASH_PREFIX}{rounds}${}${}", b64.encode(salt), b64.encode(digest)))
}

/// PBKDF2-HMAC-SHA512.
fn derive(secret: &str, salt: &[u8], rounds: u32) -> [u8; 64] {
    let mut digest = [0u8; 64];
    match Params::new(rounds) {
        Ok(params) => {
            pbkdf2_hmac_with_params(secret.as_bytes(), salt, Algorithm::Pbkdf2Sha512, params, &mut digest)
        }
        // fewer rounds than the crate thinks wise, as old databases have them
        Err(_) => pbkdf2::pbkdf2_hmac::<Sha512>(secret.as_bytes(), salt, rounds, &mut digest),
    }
    digest
}

/// A stored hash taken apart.
struct Stored {
    rounds: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

fn parse_hash(stored: &str) -> Option<Stored> {
    let mut parts = stored.strip_prefix(HASH_PREFIX)?.split('$');
    let rounds: u32 = parts.next()?.parse().ok()?;
    let b64 = ab64().ok()?;
    let salt = b64.decode(parts.next()?).ok()?;
    let digest = b64.decode(parts.next()?).ok()?;
    let sound = parts.next().is_none() && (1..=MAX_ROUNDS).contains(&rounds) && digest.len() == 64;
    sound.then_some(Stored { rounds, salt, digest })
}

/// Whether `stored` is a hash this module can check; a plain text never is.
pub fn is_hash(stored: &str) -> bool {
    parse_hash(stored).is_some()
}

/// Whether `secret` is what `stored` was made of. Anything that is not a hash of ours fits nothing.
pub fn verify(secret: &str, stored: &str) -> bool {
    let Some(stored) = parse_hash(stored) else { return false };
    equal(&derive(secret, &stored.salt, stored.rounds), &stored.digest)
}

/// Comparison whose time says nothing but the lengths.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// `N` bytes of the system's random source.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal("no random source").detail(e.to_string()))?;
    Ok(bytes)
}

/// A random token of 2 `N` hexadecimal digits.
pub fn token<const N: usize>() -> Result<String> {
    Ok(hex::encode(random::<N>()?))
}

/// SHA-256, in hexadecimal: the form under which a random token is stored.
pub fn sha256_hex(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}

/// HMAC-SHA256 of the parts, each preceded by its length so that two lists never meet in one text.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA256 of plain `data`, as others compute it (webhook signatures).
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(data);
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let mut block = [0u8; 64];
    // RFC 2104: a long key is hashed first, a short one padded with zeroes
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    Hmac::new(&block.into())
}

/// Seals values that rest in the database (provider keys) under one key that does not.
#[derive(Clone)]
pub struct SecretBox {
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for SecretBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBox(***)")
    }
}

impl SecretBox {
    /// A box under `key`.
    pub fn new(key: [u8; 32]) -> SecretBox {
        SecretBox { cipher: XChaCha20Poly1305::new(&key.into()) }
    }

    /// `plain` as text for a column. `purpose` (`"ai.provider,7,api_key"`) must be given again to open it, so that a
    /// value copied to another row or column stays shut.
    pub fn seal(&self, plain: &str, purpose: &str) -> Result<String> {
        let nonce = random::<NONCE>()?;
        let payload = Payload { msg: plain.as_bytes(), aad: purpose.as_bytes() };
        let sealed =
            self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("cannot seal"))?;
        Ok(format!("{BOX_PREFIX}{}", STANDARD.encode([&nonce[..], &sealed[..]].concat())))
    }

    /// What [`SecretBox::seal`] was given.
    pub fn open(&self, sealed: &str, purpose: &str) -> Result<String> {
        self.try_open(sealed, purpose)
            .ok_or_else(|| Error::internal("a sealed value does not open: another key or purpose"))
    }

    fn try_open(&self, sealed: &str, purpose: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed.strip_prefix(BOX_PREFIX)?).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        String::from_utf8(self.cipher.decrypt(&XNonce::from(nonce), payload).ok()?).ok()
    }

    /// Whether `text` looks sealed.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(BOX_PREFIX)
    }
}

/// The 32 bytes in `path`, made there (readable by the owner alone) when the file is not yet.
pub fn load_key(path: &Path) -> io::Result<[u8; 32]> {
    match std::fs::File::open(path) {
        Ok(file) => return read_key(file),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(e),
    }
    let key = random::<32>().map_err(io::Error::other)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(hex::encode(key).as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        // another process was first: its key counts
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => read_key(std::fs::File::open(path)?),
        Err(e) => Err(e),
    }
}

fn read_key(mut file: std::fs::File) -> io::Result<[u8; 32]> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut key = [0u8; 32];
    hex::decode_to_slice(text.trim(), &mut key).map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, "the key file does not hold 64 hexadecimal digits")
    })?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_passlib() {
        // passlib.hash.pbkdf2_sha512.using(rounds=1000, salt=b"0123456789abcdef").hash("é pass")
        let ours = hash_with_salt("é pass", 1000, b"0123456789abcdef").unwrap();
        let theirs = concat!(
            "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$1YrxT0vaW2UtxTOcfL1dx/9FZuFhbnI7jZF/n",
            "6AIxTa3d7g4O7nyuAN0vt3ohFNn7ufV4WMCMFtYQX/OZptEiA",
        );
        assert_eq!(ours, theirs);
        assert!(verify("é pass", &ours) && !verify("e pass", &ours));
        assert!(is_hash(&ours) && !is_hash("admin"));
        let endless = "$pbkdf2-sha512$99999999999$MDEy$AAAA";
        for broken in ["", "admin", "$pbkdf2-sha512$", "$pbkdf2-sha512$0$MDEy$AAAA", endless, "$1$x"] {
            assert!(!verify("admin", broken), "{broken}");
        }
    }

    #[test]
    fn a_box_opens_only_under_its_key_and_purpose() {
        let boxed = SecretBox::new([7; 32]);
        let sealed = boxed.seal("sk-secret", "a").unwrap();
        assert!(SecretBox::is_sealed(&sealed) && !sealed.contains("secret"));
        assert_ne!(sealed, boxed.seal("sk-secret", "a").unwrap());
        assert_eq!(boxed.open(&sealed, "a").unwrap(), "sk-secret");
        assert!(boxed.open(&sealed, "b").is_err());
        assert!(SecretBox::new([8; 32]).open(&sealed, "a").is_err());
        assert!(boxed.open("ww1:AAAA", "a").is_err() && boxed.open("plain", "a").is_err());
    }

    #[test]
    fn macs_follow_rfc_4231_and_keep_parts_apart() {
        let m = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex::encode(m), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_ne!(mac(b"k", &[b"ab", b"c"]), mac(b"k", &[b"a", b"bc"]));
    }

    #[test]
    fn a_key_file_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let key = load_key(&path).unwrap();
        assert_eq!(key, load_key(&path).unwrap());
        std::fs::write(&path, "short").unwrap();
        assert!(load_key(&path).is_err());
    }
}
