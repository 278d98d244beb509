//! One view changed by another: each element of the extension finds a place in the view and does something there.
//!
//! `<xpath expr="…" position="…">`, `<field name="…" position="…">` or any other element with some of its attributes
//! names the place; `position` is `inside` (the default), `before`, `after`, `replace` (`mode="inner"` keeps the
//! element itself; `$0` stands for what was there), `attributes`, and, within one of these, `move`. The meaning of each
//! is Odoo's.

use super::arch::{Element, Node, Place};
use super::xpath;

/// Attributes that hold Python expressions; they are joined by `and` and `or`.
const PYTHON: [&str; 6] = ["readonly", "required", "invisible", "column_invisible", "t-if", "t-elif"];

/// An extension that does not fit: what is wrong, and with which of its elements.
#[derive(Debug)]
pub struct Misfit {
    /// In words.
    pub message: String,
    /// Line of the element in its own view.
    pub line: u32,
    /// The view it is written in.
    pub origin: i64,
}

type Outcome<T> = std::result::Result<T, Misfit>;

fn misfit(spec: &Element, message: impl Into<String>) -> Misfit {
    Misfit { message: message.into(), line: spec.line, origin: spec.origin }
}

/// The view with all changes of one extension made.
pub fn apply(mut source: Element, extension: &Element) -> Outcome<Element> {
    if extension.tag == "data" {
        for spec in extension.children() {
            source = apply(source, spec)?;
        }
        return Ok(source);
    }
    let spec = extension;
    let place = locate(&source, spec)?;
    match spec.get("position").unwrap_or("inside") {
        "attributes" => {
            let node = source.at_mut(&place).ok_or_else(|| misfit(spec, "nothing is there"))?;
            spec.children().filter(|c| c.tag == "attribute").try_for_each(|c| attribute(node, c))?;
            Ok(source)
        }
        "replace" => replace(source, spec, &place),
        "inside" => {
            let (content, place) = content(&mut source, spec, place)?;
            let node = source.at_mut(&place).ok_or_else(|| misfit(spec, "nothing is there"))?;
            node.nodes.extend(content);
            Ok(source)
        }
        side @ ("before" | "after") => {
            let (content, place) = content(&mut source, spec, place)?;
            let (own, above) = place.split_last().ok_or_else(|| misfit(spec, "nothing is there"))?;
            let Some(parent) = source.at_mut(above) else {
                return Err(misfit(spec, "nothing can stand beside the root of a view"));
            };
            let at = own + usize::from(side == "after");
            parent.nodes.splice(at..at, content);
            Ok(source)
        }
        "move" => Err(misfit(spec, "position=\"move\" stands within an element that says where to")),
        other => Err(misfit(spec, format!("Invalid position attribute: '{other}'"))),
    }
}

/// How an element is shown in a message.
fn shown(spec: &Element) -> String {
    let bare = Element { nodes: Vec::new(), ..spec.clone() };
    bare.write()
}

fn locate(source: &Element, spec: &Element) -> Outcome<Place> {
    let missing =
        || misfit(spec, format!("Element \u{201c}{}\u{201d} cannot be located in parent view", shown(spec)));
    if spec.tag == "xpath" {
        let expr = spec.get("expr").ok_or_else(|| misfit(spec, "<xpath> without expr"))?;
        let found = xpath::find(source, expr).map_err(|e| misfit(spec, e.message))?;
        return found.into_iter().next().ok_or_else(missing);
    }
    let fits = |e: &Element| {
        if spec.tag == "field" {
            return e.tag == "field" && e.get("name") == spec.get("name");
        }
        let told = spec.attributes.iter().filter(|(k, _)| *k != "position");
        e.tag == spec.tag && told.into_iter().all(|(k, v)| e.get(k) == Some(v))
    };
    first(source, &vec![0], &fits).ok_or_else(missing)
}

fn first(e: &Element, place: &Place, fits: &dyn Fn(&Element) -> bool) -> Option<Place> {
    if fits(e) {
        return Some(place.clone());
    }
    e.nodes.iter().enumerate().find_map(|(i, n)| match n {
        Node::Element(c) => {
            let mut p = place.clone();
            p.push(i);
            first(c, &p, fits)
        }
        Node::Text(_) => None,
    })
}

/// What an extension brings, elements that move taken from where they are. Taking one away may shift `place`.
fn content(source: &mut Element, spec: &Element, mut place: Place) -> Outcome<(Vec<Node>, Place)> {
    let mut out = Vec::new();
    for node in &spec.nodes {
        match node {
            Node::Element(e) if e.get("position") == Some("move") => {
                if e.children().next().is_some() {
                    let what = shown(e);
                    return Err(misfit(
                        e,
                        format!("Invalid specification for moved nodes: \u{201c}{what}\u{201d}"),
                    ));
                }
                let from = locate(source, e)?;
                if place.starts_with(&from) {
                    return Err(misfit(e, "an element cannot move into itself"));
                }
                out.push(take(source, &from).ok_or_else(|| misfit(e, "the root of a view cannot move"))?);
                shift(&mut place, &from);
            }
            other => out.push(other.clone()),
        }
    }
    Ok((out, place))
}

/// Takes a node out of the tree.
fn take(source: &mut Element, place: &[usize]) -> Option<Node> {
    let (own, above) = place.split_last()?;
    let parent = source.at_mut(above)?;
    (*own < parent.nodes.len()).then(|| parent.nodes.remove(*own))
}

/// Where `place` is once the node at `gone` is taken away.
fn shift(place: &mut Place, gone: &[usize]) {
    let Some((own, above)) = gone.split_last() else { return };
    let depth = above.len();
    if place.len() > depth && place.starts_with(above) && place[depth] > *own {
        place[depth] -= 1;
    }
}

fn replace(mut source: Element, spec: &Element, place: &Place) -> Outcome<Element> {
    let there = source.at(place).cloned().ok_or_else(|| misfit(spec, "nothing is there"))?;
    match spec.get("mode").unwrap_or("outer") {
        "inner" => {
            if let Some(node) = source.at_mut(place) {
                node.nodes.clone_from(&spec.nodes);
            }
            Ok(source)
        }
        "outer" => {
            let (mut content, place) = content(&mut source, spec, place.clone())?;
            for node in &mut content {
                if let Node::Element(e) = node {
                    put_back(e, &there);
                }
            }
            let (own, above) = place.split_last().ok_or_else(|| misfit(spec, "nothing is there"))?;
            if above.is_empty() {
                let new = content.into_iter().find_map(|n| match n {
                    Node::Element(e) => Some(e),
                    Node::Text(_) => None,
                });
                return new.ok_or_else(|| misfit(spec, "the root of a view cannot be taken away"));
            }
            if let Some(parent) = source.at_mut(above) {
                parent.nodes.splice(*own..=*own, content);
            }
            Ok(source)
        }
        other => Err(misfit(spec, format!("Invalid mode attribute: '{other}'"))),
    }
}

/// `$0` becomes what was replaced.
fn put_back(e: &mut Element, there: &Element) {
    if e.text() == "$0" {
        e.nodes = vec![Node::Element(there.clone())];
        return;
    }
    e.children_mut().for_each(|c| put_back(c, there));
}

fn attribute(node: &mut Element, spec: &Element) -> Outcome<()> {
    let name = spec.get("name").ok_or_else(|| misfit(spec, "<attribute> without name"))?;
    let known = ["name", "add", "remove", "separator"];
    if let Some(unknown) = spec.attributes.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(misfit(spec, format!("Invalid attributes '{unknown}' in element <attribute>")));
    }
    let (add, remove) = (spec.get("add").unwrap_or_default(), spec.get("remove").unwrap_or_default());
    let value = if add.is_empty() && remove.is_empty() {
        spec.text()
    } else {
        let old = node.get(name).unwrap_or_default();
        let separator = spec.get("separator");
        if PYTHON.contains(&name) || name.starts_with("decoration-") {
            let by = separator.unwrap_or_default().trim();
            if !["and", "or"].contains(&by) {
                return Err(misfit(spec, format!("The separator of '{name}' must be 'and' or 'or'")));
            }
            joined_condition(old, add, remove, by)
        } else {
            joined(old, add, remove, separator.unwrap_or(","))
        }
    };
    if value.is_empty() {
        node.attributes.shift_remove(name);
    } else {
        node.set(name, &value);
    }
    Ok(())
}

fn joined(old: &str, add: &str, remove: &str, separator: &str) -> String {
    let split = |text: &str| -> Vec<String> {
        let parts: Vec<&str> = if separator == " " {
            text.split_whitespace().collect()
        } else {
            text.split(separator).map(str::trim).collect()
        };
        parts.into_iter().filter(|p| !p.is_empty()).map(str::to_owned).collect()
    };
    let gone = split(remove);
    let mut values = split(old);
    values.retain(|v| !gone.contains(v));
    values.extend(split(add));
    values.join(separator)
}

fn joined_condition(old: &str, add: &str, remove: &str, by: &str) -> String {
    let mut value = old.to_owned();
    if !remove.is_empty() {
        if value.trim_matches(['(', ')']) == remove {
            value.clear();
        }
        let forms = [
            format!("({remove}) {by} "),
            format!(" {by} ({remove})"),
            format!("{remove} {by} "),
            format!(" {by} {remove}"),
        ];
        if let Some(form) = forms.iter().find(|f| value.contains(f.as_str())) {
            value = value.replacen(form.as_str(), "", 1);
        }
    }
    match (add.is_empty(), value.is_empty()) {
        (true, _) => value,
        (false, true) => add.to_owned(),
        (false, false) => format!("({value}) {by} ({add})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(view: &str, by: &str) -> std::result::Result<String, String> {
        let source = Element::parse(view, 1).unwrap();
        let extension = Element::parse(by, 2).unwrap();
        apply(source, &extension).map(|e| e.write()).map_err(|m| format!("{}: {}", m.line, m.message))
    }

    const VIEW: &str = r#"<form><field name="a"/><group><field name="b" class="x y"/></group></form>"#;

    #[test]
    fn every_position_does_what_its_name_says() {
        for (by, becomes) in [
            (
                r#"<field name="a" position="after"><field name="c"/></field>"#,
                r#"<form><field name="a"/><field name="c"/><group><field name="b" class="x y"/></group></form>"#,
            ),
            (
                r#"<xpath expr="//group" position="before"><p/></xpath>"#,
                r#"<form><field name="a"/><p/><group><field name="b" class="x y"/></group></form>"#,
            ),
            (
                r#"<group position="inside"><p/></group>"#,
                r#"<form><field name="a"/><group><field name="b" class="x y"/><p/></group></form>"#,
            ),
            (
                r#"<group><p/></group>"#,
                r#"<form><field name="a"/><group><field name="b" class="x y"/><p/></group></form>"#,
            ),
            (r#"<field name="b" position="replace"/>"#, r#"<form><field name="a"/><group/></form>"#),
            (
                r#"<field name="b" position="replace"><div>$0</div><p/></field>"#,
                r#"<form><field name="a"/><group><div><field name="b" class="x y"/></div><p/></group></form>"#,
            ),
            (
                r#"<xpath expr="//group" position="replace" mode="inner"><p/></xpath>"#,
                r#"<form><field name="a"/><group><p/></group></form>"#,
            ),
            (r#"<xpath expr="/form" position="replace"><list/></xpath>"#, r#"<list/>"#),
            (
                r#"<field name="a" position="attributes"><attribute name="invisible">b</attribute></field>"#,
                r#"<form><field name="a" invisible="b"/><group><field name="b" class="x y"/></group></form>"#,
            ),
            (
                concat!(
                    r#"<field name="b" position="attributes">"#,
                    r#"<attribute name="class" add="z" remove="x" separator=" "/></field>"#
                ),
                r#"<form><field name="a"/><group><field name="b" class="y z"/></group></form>"#,
            ),
            (
                r#"<group position="inside"><field name="a" position="move"/></group>"#,
                r#"<form><group><field name="b" class="x y"/><field name="a"/></group></form>"#,
            ),
            (
                r#"<data><field name="a" position="replace"/><field name="b" position="before"><p/></field></data>"#,
                r#"<form><group><p/><field name="b" class="x y"/></group></form>"#,
            ),
        ] {
            assert_eq!(changed(VIEW, by).unwrap(), becomes, "{by}");
        }
    }

    #[test]
    fn conditions_are_joined_by_words() {
        let view = r#"<form><field name="a" invisible="x == 1"/></form>"#;
        let add = concat!(
            r#"<field name="a" position="attributes">"#,
            r#"<attribute name="invisible" add="y" separator="or"/></field>"#
        );
        let both = r#"<form><field name="a" invisible="(x == 1) or (y)"/></form>"#;
        assert_eq!(changed(view, add).unwrap(), both);
        let remove = add.replace("add=", "remove=");
        assert_eq!(changed(both, &remove).unwrap(), r#"<form><field name="a" invisible="(x == 1)"/></form>"#);
        let bare = add.replace(r#" separator="or""#, "");
        assert!(changed(view, &bare).unwrap_err().contains("separator"));
    }

    #[test]
    fn a_place_that_is_not_there_is_named_with_its_line() {
        let by = "<data>\n<xpath expr=\"//page\" position=\"after\"/>\n</data>";
        let says = changed(VIEW, by).unwrap_err();
        assert!(says.starts_with("2: ") && says.contains("//page"), "{says}");
        let by = r#"<field name="a" position="beside"/>"#;
        assert!(changed(VIEW, by).unwrap_err().contains("Invalid position attribute: 'beside'"));
    }
}
