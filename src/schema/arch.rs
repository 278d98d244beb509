//! The markup of a view as a tree that can be changed: parsed, walked, written again.

use crate::error::{Error, Result};
use indexmap::IndexMap;
use roxmltree::{Document, Node as Parsed};
use std::fmt::Write as _;

/// What stands in an element.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text between elements.
    Text(String),
}

/// An element with where it was written: the view it came from and the line there.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Name.
    pub tag: String,
    /// Attributes in the order they were written.
    pub attributes: IndexMap<String, String>,
    /// What is inside.
    pub nodes: Vec<Node>,
    /// Line of the view's own text, from 1; 0 for what no file says.
    pub line: u32,
    /// Id of the view it came from; 0 where that is not known.
    pub origin: i64,
}

/// Where a node is: the index of each node on the way down. Empty: the document; `[0]`: the root element.
pub type Place = Vec<usize>;

impl Element {
    /// An element of nothing but attributes.
    pub fn new(tag: &str, attributes: &[(&str, &str)]) -> Element {
        Element {
            tag: tag.to_owned(),
            attributes: attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            nodes: Vec::new(),
            line: 0,
            origin: 0,
        }
    }

    /// Reads markup. `origin` is the id of the view it belongs to. Comments are dropped.
    pub fn parse(text: &str, origin: i64) -> Result<Element> {
        let doc =
            Document::parse(text.trim_start()).map_err(|e| Error::value(format!("Invalid XML: {e}")))?;
        Ok(read(&doc, doc.root_element(), origin))
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: &str) {
        self.attributes.insert(name.to_owned(), value.to_owned());
    }

    /// The elements directly inside.
    pub fn children(&self) -> impl DoubleEndedIterator<Item = &Element> {
        self.nodes.iter().filter_map(|n| match n {
            Node::Element(e) => Some(e),
            Node::Text(_) => None,
        })
    }

    /// [`Element::children`], to be changed.
    pub fn children_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.nodes.iter_mut().filter_map(|n| match n {
            Node::Element(e) => Some(e),
            Node::Text(_) => None,
        })
    }

    /// The text directly inside, trimmed.
    pub fn text(&self) -> String {
        let parts: Vec<&str> = self
            .nodes
            .iter()
            .filter_map(|n| match n {
                Node::Text(t) => Some(t.as_str()),
                Node::Element(_) => None,
            })
            .collect();
        parts.concat().trim().to_owned()
    }

    /// Whether this element or one below it satisfies `f`.
    pub fn any(&self, f: &dyn Fn(&Element) -> bool) -> bool {
        f(self) || self.children().any(|c| c.any(f))
    }

    /// The element at a place below this one, which is the root of its document.
    pub fn at(&self, place: &[usize]) -> Option<&Element> {
        let (first, rest) = place.split_first()?;
        let mut found = (*first == 0).then_some(self)?;
        for i in rest {
            match found.nodes.get(*i)? {
                Node::Element(e) => found = e,
                Node::Text(_) => return None,
            }
        }
        Some(found)
    }

    /// [`Element::at`], to be changed.
    pub fn at_mut(&mut self, place: &[usize]) -> Option<&mut Element> {
        let (first, rest) = place.split_first()?;
        let mut found = (*first == 0).then_some(self)?;
        for i in rest {
            match found.nodes.get_mut(*i)? {
                Node::Element(e) => found = e,
                Node::Text(_) => return None,
            }
        }
        Some(found)
    }

    /// The markup.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.tag);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"");
            escape(value, true, out);
            out.push('"');
        }
        if self.nodes.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for node in &self.nodes {
            match node {
                Node::Element(e) => e.write_to(out),
                Node::Text(t) => escape(t, false, out),
            }
        }
        let _ = write!(out, "</{}>", self.tag);
    }
}

fn escape(text: &str, attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
}

fn read(doc: &Document<'_>, node: Parsed<'_, '_>, origin: i64) -> Element {
    let mut nodes = Vec::new();
    for child in node.children() {
        if child.is_element() {
            nodes.push(Node::Element(read(doc, child, origin)));
        } else if child.is_text()
            && let Some(text) = child.text()
        {
            // indentation is for those who write views
            if text.trim().is_empty() {
                if !text.contains('\n') && !text.is_empty() {
                    nodes.push(Node::Text(" ".into()));
                }
            } else {
                nodes.push(Node::Text(text.to_owned()));
            }
        }
    }
    Element {
        tag: node.tag_name().name().to_owned(),
        attributes: node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect(),
        nodes,
        line: doc.text_pos_at(node.range().start).row,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was_without_what_nobody_reads() {
        let text = concat!(
            "<form a=\"1 &lt; 2 &quot;x&quot;\">\n  <!-- note -->\n",
            "  <p>a &amp; b <b>c</b></p>\n  <field name=\"x\"/>\n</form>"
        );
        let root = Element::parse(text, 7).unwrap();
        assert_eq!(
            root.write(),
            "<form a=\"1 &lt; 2 &quot;x&quot;\"><p>a &amp; b <b>c</b></p><field name=\"x\"/></form>"
        );
        let field = root.at(&[0, 1]).unwrap();
        assert_eq!((field.line, field.origin, field.get("name")), (4, 7, Some("x")));
        assert!(Element::parse("<form>", 0).is_err());
    }
}
