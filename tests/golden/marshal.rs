//! XML-RPC as a client writes and reads it, with JSON for the values.

use roxmltree::{Document, Node};
use serde_json::{Map, Value as Json, json};

/// A call's body. Err: XML-RPC has no word for a value.
pub fn call(method: &str, args: &[Json]) -> Result<String, String> {
    let mut xml = format!("<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>");
    for arg in args {
        xml.push_str("<param>");
        write(arg, &mut xml)?;
        xml.push_str("</param>");
    }
    Ok(xml + "</params></methodCall>")
}

fn write(value: &Json, xml: &mut String) -> Result<(), String> {
    xml.push_str("<value>");
    match value {
        Json::Null => xml.push_str("<nil/>"),
        Json::Bool(yes) => xml.push_str(&format!("<boolean>{}</boolean>", i32::from(*yes))),
        Json::Number(number) if number.is_f64() => xml.push_str(&format!("<double>{number}</double>")),
        Json::Number(number) => {
            let small = number.as_i64().and_then(|n| i32::try_from(n).ok());
            xml.push_str(&format!("<int>{}</int>", small.ok_or("int exceeds XML-RPC limits")?));
        }
        Json::String(text) => xml.push_str(&format!("<string>{}</string>", escape(text))),
        Json::Array(items) => {
            xml.push_str("<array><data>");
            items.iter().try_for_each(|item| write(item, xml))?;
            xml.push_str("</data></array>");
        }
        Json::Object(map) => {
            xml.push_str("<struct>");
            for (name, value) in map {
                xml.push_str(&format!("<member><name>{}</name>", escape(name)));
                write(value, xml)?;
                xml.push_str("</member>");
            }
            xml.push_str("</struct>");
        }
    }
    xml.push_str("</value>");
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What came back.
pub enum Answer {
    Value(Json),
    Fault(Json),
}

/// Reads an answer. Err: it is none.
pub fn answer(body: &str) -> Result<Answer, String> {
    let document = Document::parse(body).map_err(|e| e.to_string())?;
    let response = document.root_element();
    let value = response.descendants().find(|node| node.has_tag_name("value"));
    let value = read(value.ok_or_else(|| format!("no value in {body}"))?)?;
    Ok(if response.first_element_child().is_some_and(|node| node.has_tag_name("fault")) {
        Answer::Fault(value)
    } else {
        Answer::Value(value)
    })
}

fn read(value: Node<'_, '_>) -> Result<Json, String> {
    let Some(kind) = value.first_element_child() else { return Ok(text(value).into()) };
    let text = || text(kind);
    let number = |e: &dyn std::fmt::Display| format!("{e}: {}", kind.tag_name().name());
    Ok(match kind.tag_name().name() {
        "string" => text().into(),
        "int" | "i4" | "i8" => text().parse::<i64>().map_err(|e| number(&e))?.into(),
        "double" => text().parse::<f64>().map_err(|e| number(&e))?.into(),
        "boolean" => json!(text() == "1"),
        "nil" => Json::Null,
        "array" => elements(kind, "data")
            .flat_map(|data| elements(data, "value"))
            .map(read)
            .collect::<Result<_, _>>()?,
        "struct" => elements(kind, "member").map(member).collect::<Result<Map<_, _>, String>>()?.into(),
        // Odoo answers neither; a case would say so.
        other => format!("<{other}>{}", text()).into(),
    })
}

fn member(node: Node<'_, '_>) -> Result<(String, Json), String> {
    let name = elements(node, "name").next().map(text).unwrap_or_default();
    let value = elements(node, "value").next().ok_or("a member without a value")?;
    Ok((name, read(value)?))
}

fn elements<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name(name))
}

fn text(node: Node<'_, '_>) -> String {
    node.text().unwrap_or_default().to_owned()
}

#[test]
fn what_is_written_is_read() {
    let value = json!({"a <&>": [1, -2.5, true, null, "x\n", {}, []]});
    let xml = call("m", std::slice::from_ref(&value)).unwrap();
    let Ok(Answer::Value(read)) = answer(&xml) else { panic!("{xml}") };
    assert_eq!(read, value);
}
