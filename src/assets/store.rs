//! What was made is kept: on disk under the digest of what it was made of, packed in the ways browsers take.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A made part, ready to be sent.
#[derive(Debug)]
pub struct Output {
    /// Of what it was made of.
    pub digest: String,
    /// As it is.
    pub plain: Vec<u8>,
    /// For those who take gzip.
    pub gzip: Vec<u8>,
    /// For those who take Brotli.
    pub brotli: Vec<u8>,
}

/// The directory.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
}

impl Store {
    /// Nothing is made before the first [`Store::put`].
    pub fn new(directory: PathBuf) -> Store {
        Store { directory }
    }

    /// What was put under `digest`; None when that is not whole.
    pub fn get(&self, digest: &str, file: &str) -> Option<Output> {
        let folder = self.directory.join(digest);
        let read = |ending: &str| std::fs::read(folder.join(format!("{file}{ending}"))).ok();
        Some(Output { digest: digest.to_owned(), plain: read("")?, gzip: read(".gz")?, brotli: read(".br")? })
    }

    /// Packs and keeps it; older ones of that name go.
    pub fn put(&self, digest: &str, file: &str, plain: Vec<u8>) -> Result<Output> {
        let failed = |e: io::Error| Error::internal(format!("Cannot pack {file}: {e}"));
        let gzip = gzip(&plain).map_err(failed)?;
        let brotli = brotli(&plain).map_err(failed)?;
        let output = Output { digest: digest.to_owned(), plain, gzip, brotli };
        // a full disk makes the next start slower, and nothing else
        if let Err(e) = self.keep(&output, file) {
            let directory = self.directory.display();
            tracing::warn!(target: "workwarden::assets", "cannot keep {file} in {directory}: {e}");
        }
        Ok(output)
    }

    fn keep(&self, output: &Output, file: &str) -> io::Result<()> {
        let folder = self.directory.join(&output.digest);
        std::fs::create_dir_all(&folder)?;
        let parts = [(".br", &output.brotli), (".gz", &output.gzip), ("", &output.plain)];
        for (ending, bytes) in parts {
            let target = folder.join(format!("{file}{ending}"));
            let temporary = folder.join(format!("{file}{ending}.{}", std::process::id()));
            std::fs::write(&temporary, bytes)?;
            std::fs::rename(&temporary, &target)?;
        }
        self.forget_older(&folder, file)
    }

    /// Removes `file` from the other folders, and those that are empty then.
    fn forget_older(&self, current: &Path, file: &str) -> io::Result<()> {
        for folder in std::fs::read_dir(&self.directory)?.flatten().map(|entry| entry.path()) {
            if folder == current || !folder.join(file).is_file() {
                continue;
            }
            for ending in ["", ".gz", ".br"] {
                std::fs::remove_file(folder.join(format!("{file}{ending}")))?;
            }
            // not empty: another bundle has the folder too
            let _ = std::fs::remove_dir(&folder);
        }
        Ok(())
    }
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Level 9: the highest but the very slow ones.
fn brotli(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = vec![];
    let params = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_of_each_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("assets"));
        store.put("one", "a.js", b"aaaa".to_vec()).unwrap();
        store.put("one", "b.js", b"bbbb".to_vec()).unwrap();
        store.put("two", "a.js", b"cccc".to_vec()).unwrap();
        assert!(store.get("one", "a.js").is_none());
        assert_eq!(store.get("one", "b.js").unwrap().plain, b"bbbb");
        let kept = store.get("two", "a.js").unwrap();
        assert_eq!(kept.plain, b"cccc");
        let mut unpacked = String::new();
        io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&kept.gzip[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, "cccc");
    }
}
