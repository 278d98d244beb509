//! The web client of the user's own Odoo 18 tree: what its addons declare as assets, made into the bundles a browser
//! loads. Nothing of it is ours, and nothing of it is kept but in the data directory. Addons of this server add what
//! their manifests declare, in the same words and after the tree's.
//!
//! manifest → [`listing`] (which files, in which order) → [`bundle`] (modules wrapped by [`script`], templates by
//! [`template`], SCSS by [`style`]) → [`store`] (on disk by content, packed) → [`Assets`], which the wire floor asks.

mod bundle;
mod listing;
mod manifest;
mod script;
mod source;
mod store;
mod style;
mod template;
pub mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::schema::Addon;

pub use bundle::Part;
use bundle::Snapshot;
use listing::Declared;
pub use source::{Place, Source};
pub use store::Output;
use store::Store;

/// The addons whose assets the client is made of. Others of the tree would need models that are not here.
const ADDONS: &[&str] = &["base", "web", "base_import"];

/// What the client boots with, then what it loads when a view needs it.
const AHEAD: &[&str] = &[
    BOOT,
    PRINT,
    "web.assets_backend_lazy",
    "web.chartjs_lib",
    "web.fullcalendar_lib",
    "web.assets_emoji",
    "web.ace_lib",
];

/// The bundle of the boot page.
pub const BOOT: &str = "web.assets_web";

/// Its style sheet, for paper.
pub const PRINT: &str = "web.assets_web_print";

/// How a bundle is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// For use.
    Minified,
    /// For reading: `?debug=assets`. Files are looked at anew each time.
    Readable,
}

type Key = (String, Part, Form);
/// Held while the bundle is made.
type Slot = Arc<Mutex<Option<Arc<Output>>>>;

/// The bundles of one tree.
#[derive(Debug)]
pub struct Assets {
    source: Source,
    declared: Declared,
    store: Store,
    digests: Mutex<HashMap<(String, Part), Option<String>>>,
    slots: Mutex<HashMap<Key, Slot>>,
}

impl Assets {
    /// The assets of the tree below `path`, with those of this server's `addons`; what was made before is kept in
    /// `cache`.
    pub fn open(path: &Path, cache: PathBuf, addons: &[Addon]) -> Result<Assets> {
        let source = Source::find(path)?.with(addons);
        let declared = Declared::read(&source, ADDONS)?;
        Ok(Assets {
            source,
            declared,
            store: Store::new(cache),
            digests: Mutex::default(),
            slots: Mutex::default(),
        })
    }

    /// The tree.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Makes the bundles that will be asked for, on a thread of its own, and tells the log.
    pub fn prepare(self: &Arc<Assets>) -> Result<()> {
        let assets = self.clone();
        let work = move || {
            let started = Instant::now();
            for (at, name) in AHEAD.iter().enumerate() {
                for part in [Part::Style, Part::Script] {
                    if let Err(e) = assets.output(name, part, Form::Minified) {
                        let why = e.detail.as_deref().unwrap_or_default();
                        tracing::error!(target: "workwarden::assets", bundle = name, "{} {why}", e.message);
                    }
                }
                if at == 0 {
                    let ms = started.elapsed().as_millis();
                    tracing::info!(target: "workwarden::assets", ms, "the web client is ready");
                }
            }
            let (count, ms) = (AHEAD.len(), started.elapsed().as_millis());
            tracing::info!(target: "workwarden::assets", ms, "all {count} bundles are ready");
        };
        tracing::info!(target: "workwarden::assets", source = %self.source, "preparing the web client");
        std::thread::Builder::new().name("assets".into()).spawn(work).map(drop).map_err(|e| {
            Error::internal(format!("Cannot start the thread that prepares the web client: {e}"))
        })
    }

    /// The parts a bundle has, each with the address that changes when its content does.
    pub fn links(&self, name: &str, form: Form) -> Result<Vec<(Part, String)>> {
        let mut links = vec![];
        for part in [Part::Style, Part::Script] {
            if let Some(digest) = self.digest(name, part, form)? {
                links.push((part, address(name, part, form, &digest)));
            }
        }
        Ok(links)
    }

    /// Names the content of a part; None when the bundle has no such part.
    pub fn digest(&self, name: &str, part: Part, form: Form) -> Result<Option<String>> {
        // anybody may ask for any name: nothing is remembered of those that are none
        if !self.declared.has(name) {
            return Ok(None);
        }
        let key = (name.to_owned(), part);
        if form == Form::Minified
            && let Some(known) = lock(&self.digests).get(&key)
        {
            return Ok(known.clone());
        }
        let digest = self.snapshot(name, part)?.map(|s| s.digest);
        lock(&self.digests).insert(key, digest.clone());
        Ok(digest)
    }

    /// A part of a bundle, made now if it has to be. [`Kind::Busy`] while somebody else makes it.
    pub fn output(&self, name: &str, part: Part, form: Form) -> Result<Option<Arc<Output>>> {
        if !self.declared.has(name) {
            return Ok(None);
        }
        let slot = lock(&self.slots).entry((name.to_owned(), part, form)).or_default().clone();
        let mut held = match slot.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(p)) => p.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(Kind::Busy, "The web client is being prepared; please wait."));
            }
        };
        if form == Form::Minified
            && let Some(output) = &*held
        {
            return Ok(Some(output.clone()));
        }
        let Some(snapshot) = self.snapshot(name, part)? else { return Ok(None) };
        if let Some(output) = held.as_ref().filter(|o| o.digest == snapshot.digest) {
            return Ok(Some(output.clone()));
        }
        lock(&self.digests).insert((name.to_owned(), part), Some(snapshot.digest.clone()));
        let output = Arc::new(self.make(name, part, form, snapshot)?);
        *held = Some(output.clone());
        Ok(Some(output))
    }

    fn snapshot(&self, name: &str, part: Part) -> Result<Option<Snapshot>> {
        let Some(urls) = self.declared.files(&self.source, name)? else { return Ok(None) };
        Snapshot::take(&self.source, name, part, &urls)
    }

    fn make(&self, name: &str, part: Part, form: Form, snapshot: Snapshot) -> Result<Output> {
        let file = format!("{name}{}", ending(part, form));
        if let Some(kept) = self.store.get(&snapshot.digest, &file) {
            return Ok(kept);
        }
        let started = Instant::now();
        let digest = snapshot.digest.clone();
        let count = snapshot.files.len();
        let load_path = self.source.static_dir("web").map(|dir| dir.join("lib/bootstrap/scss"));
        let text = on_a_deep_stack(move || snapshot.compile(form, load_path.as_deref()))??;
        let output = self.store.put(&digest, &file, text.into_bytes())?;
        let (ms, bytes) = (started.elapsed().as_millis(), output.plain.len());
        tracing::info!(target: "workwarden::assets", file, files = count, bytes, ms, "made");
        Ok(output)
    }
}

/// The compilers recurse as deep as what they read is nested.
fn on_a_deep_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    std::thread::Builder::new()
        .name("assets".into())
        .stack_size(64 << 20)
        .spawn(work)
        .map_err(|e| Error::internal(format!("Cannot start a thread: {e}")))?
        .join()
        .map_err(|_| Error::internal("The compiler of the web client's bundles panicked."))
}

fn ending(part: Part, form: Form) -> &'static str {
    match (part, form) {
        (Part::Script, Form::Minified) => ".min.js",
        (Part::Style, Form::Minified) => ".min.css",
        (Part::Script, Form::Readable) => ".js",
        (Part::Style, Form::Readable) => ".css",
    }
}

/// Where a part is found.
pub fn address(name: &str, part: Part, form: Form, digest: &str) -> String {
    let version = if form == Form::Minified { digest } else { "debug" };
    format!("/web/assets/{version}/{name}{}", ending(part, form))
}

/// What a file name of an address means.
pub fn parse_name(file: &str) -> Option<(&str, Part, Form)> {
    [
        (Part::Script, Form::Minified),
        (Part::Style, Form::Minified),
        (Part::Script, Form::Readable),
        (Part::Style, Form::Readable),
    ]
    .into_iter()
    .find_map(|(part, form)| Some((file.strip_suffix(ending(part, form))?, part, form)))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
