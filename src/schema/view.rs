//! Which fields a view's markup names.

use crate::error::{Error, Result};
use roxmltree::{Document, Node};

/// A field that a view names, and what the markup within it names of the model it leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Field.
    pub name: String,
    /// Fields of its comodel.
    pub inside: Vec<Named>,
}

/// Attributes of other elements whose value is the name of a field.
const NAMING: [&str; 8] = [
    "date_start",
    "date_stop",
    "date_delay",
    "all_day",
    "color",
    "highlight_color",
    "create_name_field",
    "default_group_by",
];

/// The fields of the view in the order they come, some perhaps more than once.
pub fn fields(arch: &str) -> Result<Vec<Named>> {
    let doc = Document::parse(arch).map_err(|e| Error::value(format!("Invalid XML: {e}")))?;
    let mut out = Vec::new();
    walk(doc.root_element(), &mut out);
    Ok(out)
}

fn walk(node: Node<'_, '_>, out: &mut Vec<Named>) {
    let tag = node.tag_name().name();
    let name = node.attribute("name").unwrap_or_default();
    if matches!(tag, "field" | "groupby") && !name.is_empty() {
        let mut inside = Vec::new();
        node.children().filter(Node::is_element).for_each(|child| walk(child, &mut inside));
        out.push(Named { name: name.to_owned(), inside });
        return;
    }
    let mut attributes: Vec<&str> = NAMING.iter().filter_map(|a| node.attribute(*a)).collect();
    if tag == "progressbar" {
        attributes.extend(node.attribute("field"));
    }
    let plain = |value: &&str| value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    out.extend(
        attributes.into_iter().filter(plain).map(|name| Named { name: name.to_owned(), inside: vec![] }),
    );
    node.children().filter(Node::is_element).for_each(|child| walk(child, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_fields_of_the_model_from_those_of_its_lines() {
        let arch = r#"<form><h1><field name="a"/></h1><field name="b"><list><field name="c"/></list></field></form>"#;
        let plain = |name: &str| Named { name: name.to_owned(), inside: vec![] };
        let lines = Named { name: "b".to_owned(), inside: vec![plain("c")] };
        assert_eq!(fields(arch).unwrap(), [plain("a"), lines]);
        let arch = r#"<calendar date_start="d" color="e"><field name="f"/></calendar>"#;
        assert_eq!(fields(arch).unwrap(), [plain("d"), plain("e"), plain("f")]);
        assert!(fields("<form>").is_err());
    }
}
