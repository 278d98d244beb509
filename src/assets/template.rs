//! Templates: one module that registers those of a bundle with the client, which applies the inheritance itself.
//!
//! A template is cut out of its file as written, without comments, and told to keep its white space.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use roxmltree::{Document, Node};

use crate::error::{Error, Result};

use super::script::quoted;

/// The module of the templates of `files` (address, text); empty when there are none.
pub fn module<'a>(bundle: &str, files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<String> {
    let mut registry = Registry::default();
    for (url, text) in files {
        registry.add(url, text)?;
    }
    if registry.calls.is_empty() {
        return Ok(String::new());
    }
    let missing: Vec<&String> = registry.parents.iter().filter(|p| !registry.names.contains(*p)).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(registry.calls, "checkPrimaryTemplateParents([{}]);", names.join(", "));
    }
    let name = quoted(&format!("{bundle}.bundle.xml"));
    Ok(format!(
        "odoo.define({name}, [\"@web/core/templates\"], function (require) {{\"use strict\";\n\
         const {{ checkPrimaryTemplateParents, registerTemplate, registerTemplateExtension }} = \
         require(\"@web/core/templates\");\n{}}});\n",
        registry.calls
    ))
}

/// What was registered so far.
#[derive(Default)]
struct Registry {
    calls: String,
    names: HashSet<String>,
    /// Primary parents, in the order they are named.
    parents: indexmap::IndexSet<String>,
}

impl Registry {
    fn add(&mut self, url: &str, text: &str) -> Result<()> {
        let text = text.trim_start_matches('\u{feff}');
        let document = Document::parse(text).map_err(|e| Error::user(format!("{url}: {e}")))?;
        let root = document.root_element();
        let alone = !matches!(root.tag_name().name(), "templates" | "template" | "odoo");
        let elements: Vec<Node<'_, '_>> =
            if alone { vec![root] } else { root.children().filter(Node::is_element).collect() };
        for element in elements {
            self.element(url, text, element)?;
        }
        Ok(())
    }

    fn element(&mut self, url: &str, text: &str, element: Node<'_, '_>) -> Result<()> {
        let place = quoted(url);
        let xml = literal(&cut(text, element));
        let parent = element.attribute("t-inherit");
        let mode = element.attribute("t-inherit-mode").unwrap_or("primary");
        if let (Some(parent), "extension") = (parent, mode) {
            let _ = writeln!(self.calls, "registerTemplateExtension({}, {place}, {xml});", quoted(parent));
            return Ok(());
        }
        let Some(name) = element.attribute("t-name") else {
            return Err(Error::user(format!("{url}: a template without t-name.")));
        };
        self.parents.extend(parent.map(str::to_owned));
        self.names.insert(name.to_owned());
        let _ = writeln!(self.calls, "registerTemplate({}, {place}, {xml});", quoted(name));
        Ok(())
    }
}

/// The markup of an element as it stands in `text`, without comments, its white space to be kept.
fn cut(text: &str, element: Node<'_, '_>) -> String {
    let Range { start, end } = element.range();
    let tag = text[start..].find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(0);
    let mut out = text[start..start + tag].to_owned();
    if !element.attributes().any(|a| a.name() == "space") {
        out.push_str(" xml:space=\"preserve\"");
    }
    let mut at = start + tag;
    for comment in element.descendants().filter(Node::is_comment) {
        let Range { start, end } = comment.range();
        out.push_str(&text[at..start]);
        at = end;
    }
    out.push_str(&text[at..end]);
    out
}

/// A text between backticks, which keeps its line breaks.
fn literal(text: &str) -> String {
    format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_each_kind() {
        let file = r#"<?xml version="1.0"?>
<templates xml:space="preserve">
  <!-- x -->
  <t t-name="a.B"><!-- y --><b>${`1`}\</b></t>
  <t t-name="a.C" t-inherit="far.D" t-inherit-mode="primary"/>
  <t t-inherit="a.B" t-inherit-mode="extension"><xpath expr="//b"/></t></templates>"#;
        let made = module("a.b", [("/a/static/src/b.xml", file)].into_iter()).unwrap();
        let calls: Vec<&str> = made.lines().skip(2).map(|l| l.trim_end_matches(";")).collect();
        let place = r#""/a/static/src/b.xml""#;
        let space = r#"xml:space="preserve""#;
        let kept = r"<b>\${\`1\`}\\</b>";
        let c = r#"t-name="a.C" t-inherit="far.D" t-inherit-mode="primary""#;
        let extension = r#"t-inherit="a.B" t-inherit-mode="extension""#;
        assert_eq!(
            calls[0],
            format!(r#"registerTemplate("a.B", {place}, `<t {space} t-name="a.B">{kept}</t>`)"#)
        );
        assert_eq!(calls[1], format!(r#"registerTemplate("a.C", {place}, `<t {space} {c}/>`)"#));
        let xpath = r#"<xpath expr="//b"/>"#;
        assert_eq!(
            calls[2],
            format!(r#"registerTemplateExtension("a.B", {place}, `<t {space} {extension}>{xpath}</t>`)"#)
        );
        assert_eq!(calls[3..], [r#"checkPrimaryTemplateParents(["far.D"])"#, "})"]);
        assert_eq!(module("a.b", std::iter::empty()).unwrap(), "");
    }
}
