//! One part of a bundle: the files it is made of as they are now, and what becomes of them.

use std::path::Path;

use crate::crypt;
use crate::error::{Error, Result};

use super::style::Sheet;
use super::{Form, Source, script, style, template};

/// Changes whenever the same files would be compiled to something else.
const MAKER: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

/// A bundle is a script and a style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// JavaScript, with the templates.
    Script,
    /// CSS.
    Style,
}

impl Part {
    fn takes(self, url: &str) -> bool {
        let kind = url.rsplit_once('.').map_or("", |(_, kind)| kind);
        match self {
            Part::Script => matches!(kind, "js" | "xml"),
            Part::Style => matches!(kind, "css" | "scss" | "sass" | "less"),
        }
    }
}

/// One file as it was read.
#[derive(Debug)]
pub struct File {
    /// Its address.
    pub url: String,
    /// Its content.
    pub text: String,
}

/// The files of a part, read.
#[derive(Debug)]
pub struct Snapshot {
    bundle: String,
    part: Part,
    /// In order.
    pub files: Vec<File>,
    /// Of names and contents.
    pub digest: String,
}

impl Snapshot {
    /// Reads those of `urls` that belong to `part`; None when there are none.
    pub fn take(source: &Source, bundle: &str, part: Part, urls: &[String]) -> Result<Option<Snapshot>> {
        let mut files = vec![];
        for url in urls.iter().filter(|url| part.takes(url)) {
            files.push(File { url: url.clone(), text: read(source, url)? });
        }
        if files.is_empty() || (part == Part::Script && !files.iter().any(|f| f.url.ends_with(".js"))) {
            return Ok(None);
        }
        let mut all = format!("{MAKER}\0{bundle}\0").into_bytes();
        for file in &files {
            for text in [&file.url, &file.text] {
                all.extend_from_slice(&(text.len() as u64).to_le_bytes());
                all.extend_from_slice(text.as_bytes());
            }
        }
        let digest = crypt::sha256_hex(&all)[..16].to_owned();
        Ok(Some(Snapshot { bundle: bundle.to_owned(), part, files, digest }))
    }

    /// What the browser loads.
    pub fn compile(self, form: Form, load_path: Option<&Path>) -> Result<String> {
        let small = form == Form::Minified;
        match self.part {
            Part::Script => self.script(small),
            Part::Style => {
                let sheets: Vec<Sheet<'_>> =
                    self.files.iter().map(|f| Sheet { url: &f.url, text: &f.text }).collect();
                style::compile(&sheets, load_path, small)
            }
        }
    }

    fn script(&self, small: bool) -> Result<String> {
        let mut out = String::new();
        let mut add = |url: &str, text: &str| -> Result<()> {
            if small {
                let text = script::minified(url, text)?;
                out.push_str(text.trim_end().trim_end_matches(';'));
                out.push_str(";\n");
            } else {
                out.push_str(&format!("\n/* {url} */\n{text};\n"));
            }
            Ok(())
        };
        for file in self.files.iter().filter(|f| f.url.ends_with(".js")) {
            add(&file.url, &script::classic(&file.url, &file.text)?)?;
        }
        let xml = self.files.iter().filter(|f| f.url.ends_with(".xml"));
        let templates = template::module(&self.bundle, xml.map(|f| (f.url.as_str(), f.text.as_str())))?;
        if !templates.is_empty() {
            add(&format!("{}.bundle.xml", self.bundle), &templates)?;
        }
        Ok(out)
    }
}

fn read(source: &Source, url: &str) -> Result<String> {
    let (addon, path) = url.trim_start_matches('/').split_once("/static/").unwrap_or((url, ""));
    let missing = || Error::not_found(format!("{url}: there is no such file."));
    let place = source.place(addon, path).ok_or_else(missing)?;
    let bytes = place.read().map_err(|e| Error::user(format!("Cannot read {url}: {e}")))?;
    String::from_utf8(bytes.into_owned()).map_err(|_| Error::user(format!("{url} is not UTF-8.")))
}
