//! The client's own words in other languages: those terms of an addon's `i18n/<lang>.po` that its JavaScript uses.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use serde_json::json;

use crate::value::Json;

use super::Assets;

/// `{addon: {messages: [{id, string}]}}` for a language.
pub fn translations(assets: &Assets, addons: &[String], lang: &str) -> Json {
    let mut modules = serde_json::Map::new();
    for addon in addons {
        let messages: Vec<Json> = texts(assets, addon, lang).iter().flat_map(|text| messages(text)).collect();
        modules.insert(addon.clone(), json!({"messages": messages}));
    }
    Json::Object(modules)
}

/// Changes when one of the files of the client's own words does.
pub fn version(assets: &Assets, lang: &str) -> String {
    let seconds = |path: &PathBuf| {
        let modified = path.metadata().and_then(|m| m.modified()).ok();
        modified.and_then(|m| m.duration_since(UNIX_EPOCH).ok()).map(|d| d.as_secs())
    };
    let newest =
        super::ADDONS.iter().flat_map(|addon| files(assets, addon, lang)).filter_map(|p| seconds(&p)).max();
    newest.map(|s| format!("{s:x}")).unwrap_or_default()
}

/// The texts of the files for `lang`.
fn texts(assets: &Assets, addon: &str, lang: &str) -> Vec<String> {
    files(assets, addon, lang).iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

/// The files for `lang`, whether they are there or not: that of the language without its country first.
fn files(assets: &Assets, addon: &str, lang: &str) -> Vec<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
    let folder = match assets.source().static_dir(addon).and_then(|dir| dir.parent().map(|p| p.join("i18n")))
    {
        Some(folder) if !lang.is_empty() && lang.chars().all(plain) => folder,
        _ => return vec![],
    };
    let general = lang.split(['_', '@']).next().unwrap_or(lang);
    let mut names = vec![general];
    if general != lang {
        names.push(lang);
    }
    names.iter().map(|name| folder.join(format!("{name}.po"))).collect()
}

/// One entry of a file.
#[derive(Default)]
struct Entry {
    client: bool,
    fuzzy: bool,
    id: String,
    string: String,
}

/// The client's terms in a `.po` file.
fn messages(text: &str) -> Vec<Json> {
    let (mut found, mut entry, mut in_string) = (vec![], Entry::default(), false);
    let mut take = |entry: Entry| {
        if entry.client && !entry.fuzzy && !entry.id.is_empty() && !entry.string.is_empty() {
            found.push(json!({"id": entry.id, "string": entry.string}));
        }
    };
    for line in text.lines().map(str::trim).chain([""]) {
        if line.is_empty() {
            take(std::mem::take(&mut entry));
            in_string = false;
        } else if let Some(comment) = line.strip_prefix("#.") {
            entry.client |= comment.contains("odoo-javascript");
        } else if let Some(flags) = line.strip_prefix("#,") {
            entry.fuzzy |= flags.contains("fuzzy");
        } else if let Some(rest) = line.strip_prefix("msgid ") {
            entry.id = unquoted(rest);
        } else if let Some(rest) = line.strip_prefix("msgstr ") {
            in_string = true;
            entry.string = unquoted(rest);
        } else if line.starts_with('"') {
            let target = if in_string { &mut entry.string } else { &mut entry.id };
            target.push_str(&unquoted(line));
        }
    }
    found
}

/// A quoted line, with what its backslashes mean.
fn unquoted(line: &str) -> String {
    let inner = line.trim().strip_prefix('"').and_then(|l| l.strip_suffix('"')).unwrap_or_default();
    let (mut out, mut chars) = (String::with_capacity(inner.len()), inner.chars());
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => out.push('\n'),
            (_, Some('t')) => out.push('\t'),
            (_, Some('r')) => out.push('\r'),
            (_, Some(other)) => out.push(other),
            (c, None) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_clients_terms() {
        let po = "msgid \"\"\nmsgstr \"\"\n\"Content-Type: x\\n\"\n\n#. module: web\n#. odoo-javascript\n\
            #: code:a.js:0\nmsgid \"\"\n\"Say \\\"yes\\\"\\n\"\n\"now\"\nmsgstr \"Sag \\\"ja\\\"\\n\"\n\"jetzt\"\n\n\
            #. odoo-python\nmsgid \"No\"\nmsgstr \"Nein\"\n\n#. odoo-javascript\nmsgid \"Empty\"\nmsgstr \"\"\n\n\
            #. odoo-javascript\n#, fuzzy\nmsgid \"Guess\"\nmsgstr \"Vermutung\"\n";
        assert_eq!(messages(po), [json!({"id": "Say \"yes\"\nnow", "string": "Sag \"ja\"\njetzt"})]);
    }
}
