//! The `assets` of a `__manifest__.py`, or of a `manifest.toml`: operations on the file lists of bundles, by bundle, in
//! order.

use indexmap::IndexMap;

use crate::error::{Error, Result};
use crate::schema::pyexpr;
use crate::value::Json;

use super::source::Own;

/// One operation. Paths are globs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Files at the end.
    Append(String),
    /// Files where this bundle began.
    Prepend(String),
    /// All of another bundle here.
    Include(String),
    /// No such files.
    Remove(String),
    /// The files of the second before the first of the first.
    Before(String, String),
    /// … after it.
    After(String, String),
    /// … instead of it.
    Replace(String, String),
}

/// What a manifest does, by bundle.
pub type Assets = IndexMap<String, Vec<Operation>>;

/// Reads the text of a manifest.
pub fn assets(text: &str) -> Result<Assets> {
    let manifest = pyexpr::literal(text)?;
    operations(manifest.get("assets").and_then(Json::as_object).into_iter().flatten())
}

/// What an addon of this server does.
pub fn of_own(addon: &Own) -> Result<Assets> {
    operations(&addon.assets)
        .map_err(|e| Error::user(format!("addon {}: manifest.toml: {}", addon.name, e.message)))
}

fn operations<'a>(bundles: impl IntoIterator<Item = (&'a String, &'a Json)>) -> Result<Assets> {
    let read = |(name, list): (&String, &Json)| {
        let list = list.as_array().ok_or_else(|| Error::value(format!("assets of {name}: not a list")))?;
        Ok((name.clone(), list.iter().map(operation).collect::<Result<_>>()?))
    };
    bundles.into_iter().map(read).collect()
}

fn operation(json: &Json) -> Result<Operation> {
    if let Some(path) = json.as_str() {
        return Ok(Operation::Append(path.to_owned()));
    }
    let words: Vec<&str> = json.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let own = |text: &str| text.to_owned();
    Ok(match words[..] {
        ["append", path] => Operation::Append(own(path)),
        ["prepend", path] => Operation::Prepend(own(path)),
        ["include", bundle] => Operation::Include(own(bundle)),
        ["remove", path] => Operation::Remove(own(path)),
        ["before", target, path] => Operation::Before(own(target), own(path)),
        ["after", target, path] => Operation::After(own(target), own(path)),
        ["replace", target, path] => Operation::Replace(own(target), own(path)),
        _ => return Err(Error::value(format!("no operation on assets: {json}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_operation() {
        let text = r#"
# a comment
{
    'name': "One 'addon'",
    'description': """
Several "lines" (with brackets],
""",
    'depends': ['base'],
    'assets': {
        'a.b': [
            'x/static/src/*.js',
            ('prepend', 'p'), ('include', 'c.d'), ('remove', 'r'),
            ('before', 't', 'b'), ('after', 't', 'a'), ('replace', 't', 'r'),
        ],
    },
}
"#;
        let bundles = assets(text).unwrap();
        assert_eq!(bundles["a.b"].len(), 7);
        assert_eq!(bundles["a.b"][0], Operation::Append("x/static/src/*.js".into()));
        assert_eq!(bundles["a.b"][6], Operation::Replace("t".into(), "r".into()));
        assert!(assets("{'assets': {'a.b': [('rename', 'x')]}}").is_err());
    }
}
