//! Styles: all SCSS of a bundle as one source, compiled once, with the plain CSS behind it.
//!
//! Two things that libsass, which Odoo compiles with, lets pass and Sass does not are mended in the text before.

use std::path::Path;
use std::sync::LazyLock;

use grass::{Options, OutputStyle};
use regex::{Captures, Regex};

use crate::error::{Error, Result};

/// One style sheet.
pub struct Sheet<'a> {
    /// Its address.
    pub url: &'a str,
    /// As written.
    pub text: &'a str,
}

/// Compiles the SCSS among `sheets` and adds the rest. `load_path` is where Bootstrap's own imports are found.
pub fn compile(sheets: &[Sheet<'_>], load_path: Option<&Path>, small: bool) -> Result<String> {
    let (mut source, mut plain) = (String::new(), String::new());
    for sheet in sheets {
        match sheet.url.rsplit_once('.').map(|(_, kind)| kind) {
            Some("scss") => {
                source.push_str(&absolute(sheet));
                source.push('\n');
            }
            Some("css") => {
                plain.push_str(&absolute(sheet));
                plain.push('\n');
            }
            _ => return Err(Error::user(format!("{}: only SCSS and CSS can be compiled here.", sheet.url))),
        }
    }
    let style = if small { OutputStyle::Compressed } else { OutputStyle::Expanded };
    let mut options = Options::default().style(style).quiet(true).allows_charset(false);
    if let Some(path) = load_path {
        options = options.load_path(path);
    }
    let compiled = grass::from_string(mended(&own_imports(&source)), &options)
        .map_err(|e| Error::user("The styles of the web client do not compile.").detail(e.to_string()))?;
    Ok(imports_first(&compiled, &if small { squeezed(&plain) } else { plain }))
}

/// A pattern that is known to be one.
macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(URL, r#"url\s*\(\s*(['"]?)([^'")\s][^'")]*)"#);
pattern!(CHARSET, r#"@charset "[^"]+";"#);
pattern!(IMPORT, r#"@import\s?['"]([^'"]+)['"](;?)"#);
pattern!(CSS_IMPORT, r"@import[^;{]+;?");
pattern!(TRAILING_COMMA, r",\s*\)\s*\{");
pattern!(COMMENT, r"(?s)/\*.*?\*/");
pattern!(SPACE, r"\s+");
pattern!(BRACES, r" *([{};]) *");
pattern!(SOURCE_MAP, r"/\*# sourceMappingURL=.*");

fn replaced(
    pattern: &LazyLock<Option<Regex>>,
    text: &str,
    with: impl FnMut(&Captures<'_>) -> String,
) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, with).into_owned(),
        None => text.to_owned(),
    }
}

/// Addresses that are relative to the sheet, made absolute: the bundle is served from elsewhere.
fn absolute(sheet: &Sheet<'_>) -> String {
    let folder = sheet.url.rsplit_once('/').map_or("", |(folder, _)| folder);
    let text = replaced(&CHARSET, sheet.text.trim_start_matches('\u{feff}'), |_| String::new());
    replaced(&URL, &text, |found| {
        let (quote, path) = (&found[1], &found[2]);
        let elsewhere = ["/", "data:", "http:", "https:", "#"].iter().any(|start| path.starts_with(start));
        if elsewhere || path.contains("#{") || path.starts_with('$') {
            found[0].to_owned()
        } else {
            format!("url({quote}{folder}/{path}")
        }
    })
}

/// Keeps imports of Bootstrap's parts, each once; files are in a bundle by its list, not by imports.
fn own_imports(source: &str) -> String {
    let mut seen = std::collections::HashSet::new();
    replaced(&IMPORT, source, |found| {
        let name = &found[1];
        let allowed = !name.contains('.') && !name.starts_with(['/', '~']);
        if allowed && seen.insert(name.to_owned()) {
            format!("@import \"{name}\"{}", &found[2])
        } else {
            String::new()
        }
    })
}

/// `@include x(…)` at the end of a line needs its semicolon before the next at-rule; a list of selectors no last comma.
fn mended(source: &str) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::with_capacity(source.len() + 64);
    for (at, line) in lines.iter().enumerate() {
        out.push_str(line);
        let call = line.trim();
        if call.starts_with("@include ")
            && call.ends_with(')')
            && call.matches('(').count() == call.matches(')').count()
        {
            let next = lines[at + 1..].iter().map(|l| l.trim()).find(|l| !l.is_empty());
            if next.is_some_and(|next| next.starts_with('@')) {
                out.push(';');
            }
        }
        out.push('\n');
    }
    replaced(&TRAILING_COMMA, &out, |_| ") {".to_owned())
}

/// Plain CSS without comments and needless white space.
fn squeezed(css: &str) -> String {
    let text = replaced(&SOURCE_MAP, css, |_| String::new());
    let text = replaced(&COMMENT, &text, |_| String::new());
    let text = replaced(&SPACE, &text, |_| " ".to_owned());
    replaced(&BRACES, &text, |found| found[1].to_owned())
}

/// CSS wants its imports before all rules.
fn imports_first(compiled: &str, plain: &str) -> String {
    let mut imports = String::new();
    let rules = replaced(&CSS_IMPORT, &format!("{compiled}\n{plain}"), |found| {
        imports.push_str(found[0].trim_end_matches(';'));
        imports.push_str(";\n");
        String::new()
    });
    imports + &rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(sheets: &[(&str, &str)]) -> String {
        let sheets: Vec<Sheet<'_>> = sheets.iter().map(|(url, text)| Sheet { url, text }).collect();
        compile(&sheets, None, true).unwrap()
    }

    #[test]
    fn one_source_in_order() {
        let css = made(&[
            ("/a/static/src/v.scss", "@charset \"utf-8\";\n$c: red;\n@mixin m($x) { color: $x; }"),
            ("/a/static/src/p.css", "@import url(/x.css);\n/* gone */ i { background: url('i/p.png') }"),
            (
                "/a/static/src/r.scss",
                ".r {\n  @include m($c)\n\n  @media print { color: blue; }\n}\n.u { background: url(../u.svg) }",
            ),
        ]);
        assert!(css.starts_with("@import url(/x.css);\n.r{color:red}@media print{.r{color:blue}}"), "{css}");
        assert!(
            css.contains("url(/a/static/src/../u.svg)") && css.contains("url('/a/static/src/i/p.png')"),
            "{css}"
        );
        assert!(!css.contains("gone"));
    }

    #[test]
    fn addresses_that_are_absolute_stay() {
        let css = "a { b: url(/x.png) url(\"data:image/png;base64,AA==\") url('https://h/x') url(#{$x}/y) url(#z) }";
        assert_eq!(absolute(&Sheet { url: "/a/static/src/x.scss", text: css }), css);
    }

    #[test]
    fn laxness_of_libsass() {
        assert_eq!(
            made(&[("/a/static/src/x.scss", "a { &:not(.b, .c,) { d: e; } }")]),
            "a:not(.b,.c){d:e}\n"
        );
    }

    #[test]
    fn only_parts_are_imported_once() {
        let text =
            own_imports("@import \"mixins\";\n@import 'mixins';\n@import \"./x.scss\";\n@import \"~y\";");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), "@import \"mixins\";");
    }

    #[test]
    fn errors_tell_where() {
        let sheet = Sheet { url: "/a/static/src/x.scss", text: "a { b: $none; }" };
        assert!(compile(&[sheet], None, true).unwrap_err().detail.unwrap().contains("none"));
    }
}
