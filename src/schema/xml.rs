//! Odoo's XML data format, read into plain records.
//!
//! `<odoo noupdate="1"><record id="x" model="m"><field name="f" …/></record><delete …/></odoo>`, with `<data>`
//! wrappers allowed. Field values stay as written; `orm::loader` gives them meaning.

use crate::error::{Error, Result};
use roxmltree::{Document, Node};

/// One `<record>`.
#[derive(Debug, Clone)]
pub struct Record {
    /// External id, with or without the addon's prefix.
    pub id: String,
    /// Model.
    pub model: String,
    /// Fields in order.
    pub fields: Vec<(String, FieldText)>,
    /// Whether a later load leaves an existing record as it is.
    pub noupdate: bool,
    /// Line where its markup (a view's) begins in the file, 0 without any.
    pub line: usize,
}

impl Record {
    /// A field's text content, empty where there is none.
    pub fn text(&self, field: &str) -> String {
        let found = self.fields.iter().find(|(name, _)| name == field);
        match found {
            Some((_, FieldText::Text(text))) => text.clone(),
            _ => String::new(),
        }
    }
}

/// How the value of a field is written.
#[derive(Debug, Clone)]
pub enum FieldText {
    /// Text content.
    Text(String),
    /// `ref="addon.id"`.
    Ref(String),
    /// `eval="…"`.
    Eval(String),
    /// `type="xml"` or `type="html"`: the inner markup.
    Markup(String),
    /// `search="[…]"` with the model given by the field.
    Search(String),
}

/// Name of the root element of some markup; an error when it cannot be parsed.
pub fn root_name(text: &str) -> Result<String> {
    let doc = Document::parse(text).map_err(|e| Error::value(format!("Invalid XML: {e}")))?;
    Ok(doc.root_element().tag_name().name().to_owned())
}

/// Reads a data file.
pub fn records(path: &str, text: &str) -> Result<Vec<Record>> {
    let doc = Document::parse(text).map_err(|e| Error::user(format!("{path}: {e}")))?;
    let root = doc.root_element();
    if root.tag_name().name() != "odoo" {
        return Err(Error::user(format!("{path}: the root element must be <odoo>")));
    }
    let mut out = Vec::new();
    walk(path, text, root, flag(root, false), &mut out)?;
    Ok(out)
}

fn flag(node: Node<'_, '_>, inherited: bool) -> bool {
    node.attribute("noupdate").map_or(inherited, |v| matches!(v, "1" | "True" | "true"))
}

fn walk(path: &str, text: &str, node: Node<'_, '_>, noupdate: bool, out: &mut Vec<Record>) -> Result<()> {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "data" => walk(path, text, child, flag(child, noupdate), out)?,
            "record" => out.push(record(path, text, child, noupdate)?),
            "menuitem" => out.push(menuitem(path, child, noupdate)?),
            other => {
                let at = text[..child.range().start].matches('\n').count() + 1;
                return Err(Error::user(format!("{path}:{at}: <{other}> is not supported")));
            }
        }
    }
    Ok(())
}

fn need<'a>(path: &str, node: Node<'a, '_>, name: &str) -> Result<&'a str> {
    node.attribute(name)
        .ok_or_else(|| Error::user(format!("{path}: <{}> without {name}", node.tag_name().name())))
}

fn record(path: &str, text: &str, node: Node<'_, '_>, noupdate: bool) -> Result<Record> {
    let (mut fields, mut line) = (Vec::new(), 0);
    for f in node.children().filter(Node::is_element) {
        let name = need(path, f, "name")?.to_owned();
        let value = if let Some(r) = f.attribute("ref") {
            FieldText::Ref(r.to_owned())
        } else if let Some(e) = f.attribute("eval") {
            FieldText::Eval(e.to_owned())
        } else if let Some(s) = f.attribute("search") {
            FieldText::Search(s.to_owned())
        } else if matches!(f.attribute("type"), Some("xml" | "html")) {
            let start = f.children().find(Node::is_element).map_or(f.range().start, |c| c.range().start);
            line = text[..start].matches('\n').count() + 1;
            FieldText::Markup(inner(text, f))
        } else {
            FieldText::Text(f.text().unwrap_or_default().to_owned())
        };
        fields.push((name, value));
    }
    let (id, model) = (need(path, node, "id")?.to_owned(), need(path, node, "model")?.to_owned());
    Ok(Record { id, model, fields, noupdate: flag(node, noupdate), line })
}

/// `<menuitem id name parent action sequence groups/>`, short for a record of ir.ui.menu.
fn menuitem(path: &str, node: Node<'_, '_>, noupdate: bool) -> Result<Record> {
    let mut fields = Vec::new();
    for (attribute, field) in [("name", "name"), ("sequence", "sequence"), ("web_icon", "web_icon")] {
        if let Some(v) = node.attribute(attribute) {
            fields.push((field.to_owned(), FieldText::Text(v.to_owned())));
        }
    }
    if let Some(p) = node.attribute("parent") {
        fields.push(("parent_id".into(), FieldText::Ref(p.to_owned())));
    }
    if let Some(a) = node.attribute("action") {
        fields.push(("action".into(), FieldText::Ref(a.to_owned())));
    }
    if let Some(g) = node.attribute("groups") {
        let refs: Vec<_> = g.split(',').map(|g| format!("(4, ref('{}'))", g.trim())).collect();
        fields.push(("groups_id".into(), FieldText::Eval(format!("[{}]", refs.join(", ")))));
    }
    let id = need(path, node, "id")?.to_owned();
    Ok(Record { id, model: "ir.ui.menu".into(), fields, noupdate: flag(node, noupdate), line: 0 })
}

fn inner(text: &str, node: Node<'_, '_>) -> String {
    let (first, last) = (node.first_child(), node.last_child());
    first.zip(last).map_or(String::new(), |(a, b)| text[a.range().start..b.range().end].trim().to_owned())
}
