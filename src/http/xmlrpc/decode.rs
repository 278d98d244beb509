//! An XML-RPC call as bytes → method name and JSON parameters.
//!
//! ```text
//! call   = <methodCall> <methodName>text</methodName> [ <params> { <param> value </param> } </params> ] </methodCall>
//! value  = <value> ( text | scalar | array | struct ) </value>
//! scalar = <string> | <int> | <i1> | <i2> | <i4> | <i8> | <long> | <ex:i8> | <boolean> | <double> | <float>
//!        | <dateTime.iso8601> | <base64> | <nil/> | <ex:nil/>
//! array  = <array><data> { value } </data></array>
//! struct = <struct> { <member> <name>text</name> value </member> } </struct>
//! ```
//!
//! No DTD, so no entities but the five and the numeric ones; nesting ends at [`MAX_DEPTH`]. Who calls has bounded the
//! size of the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use crate::value::{DATETIME_FORMAT, Json, Map};

/// Arrays and structs may nest this deep.
pub const MAX_DEPTH: usize = 64;

/// Why the bytes are no call; a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

type Parsed<T> = Result<T, Malformed>;

/// Reads one call.
pub fn call(body: &[u8]) -> Parsed<(String, Vec<Json>)> {
    let text = text_of(body)?;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    Parser { reader, peeked: None }.call()
}

/// XML is UTF-8 unless it declares Latin-1, as old PHP and Delphi clients do.
fn text_of(body: &[u8]) -> Parsed<std::borrow::Cow<'_, str>> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').into()),
        Err(e) => {
            let head = String::from_utf8_lossy(&body[..body.len().min(100)]).to_ascii_lowercase();
            if head.starts_with("<?xml") && (head.contains("iso-8859-1") || head.contains("latin")) {
                return Ok(body.iter().map(|b| char::from(*b)).collect::<String>().into());
            }
            Err(malformed(format!("not well-formed (invalid token): byte {}", e.valid_up_to())))
        }
    }
}

fn malformed(why: impl Into<String>) -> Malformed {
    Malformed(why.into())
}

/// What to say of an event that may not stand where it stands.
fn unexpected<T>(event: &Event<'_>, wanted: &str) -> Parsed<T> {
    let found = match event {
        Event::Eof => "the end of the document".to_owned(),
        Event::Start(tag) => format!("<{}>", tag.name().as_ref()),
        Event::End(tag) => format!("</{}>", tag.name().as_ref()),
        _ => "text".to_owned(),
    };
    Err(malformed(format!("syntax error: expected {wanted}, found {found}")))
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    peeked: Option<Event<'a>>,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Parsed<Event<'a>> {
        if let Some(event) = self.peeked.take() {
            return Ok(event);
        }
        loop {
            match self.reader.read_event().map_err(|e| malformed(format!("not well-formed: {e}")))? {
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::DocType(_) => return Err(malformed("a document type declaration is not allowed")),
                event => return Ok(event),
            }
        }
    }

    /// The next event that is not white space.
    fn tag(&mut self) -> Parsed<Event<'a>> {
        loop {
            match self.next()? {
                Event::Text(t) if is_blank(&t.xml_content(XmlVersion::Explicit1_0)) => {}
                event => return Ok(event),
            }
        }
    }

    fn open(&mut self, name: &str) -> Parsed<()> {
        match self.tag()? {
            Event::Start(tag) if tag.name().as_ref() == name => Ok(()),
            event => unexpected(&event, &format!("<{name}>")),
        }
    }

    fn close(&mut self, name: &str) -> Parsed<()> {
        match self.tag()? {
            Event::End(tag) if tag.name().as_ref() == name => Ok(()),
            event => unexpected(&event, &format!("</{name}>")),
        }
    }

    /// After `<parent>`: true at `<child>`, false at `</parent>`.
    fn more(&mut self, child: &str, parent: &str) -> Parsed<bool> {
        match self.tag()? {
            Event::Start(tag) if tag.name().as_ref() == child => Ok(true),
            Event::End(tag) if tag.name().as_ref() == parent => Ok(false),
            event => unexpected(&event, &format!("<{child}>")),
        }
    }

    fn call(mut self) -> Parsed<(String, Vec<Json>)> {
        self.open("methodCall")?;
        self.open("methodName")?;
        let method = self.text("methodName")?.trim().to_owned();
        let mut params = Vec::new();
        if self.more("params", "methodCall")? {
            while self.more("param", "params")? {
                self.open("value")?;
                params.push(self.value(0)?);
                self.close("param")?;
            }
            self.close("methodCall")?;
        }
        Ok((method, params))
    }

    /// Text up to `</name>`.
    fn text(&mut self, name: &str) -> Parsed<String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Event::Text(t) => text.push_str(&t.xml_content(XmlVersion::Explicit1_0)),
                Event::CData(t) => text.push_str(&t.xml_content(XmlVersion::Explicit1_0)),
                Event::GeneralRef(r) => match r.resolve_char_ref() {
                    Ok(Some(c)) => text.push(c),
                    Ok(None) => text.push(entity(r.as_ref())?),
                    Err(e) => return Err(malformed(format!("reference to invalid character number: {e}"))),
                },
                Event::End(tag) if tag.name().as_ref() == name => return Ok(text),
                event => return unexpected(&event, &format!("</{name}>")),
            }
        }
    }

    /// After `<value>`, to the end of `</value>`. White space before a type's tag is none of the value; white space
    /// alone is a string.
    fn value(&mut self, depth: usize) -> Parsed<Json> {
        if depth > MAX_DEPTH {
            return Err(malformed("values nest too deeply"));
        }
        let mut blank = String::new();
        loop {
            match self.next()? {
                Event::Start(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let value = self.typed(&name, depth)?;
                    self.close("value")?;
                    return Ok(value);
                }
                Event::End(tag) if tag.name().as_ref() == "value" => return Ok(Json::String(blank)),
                Event::Text(t) if is_blank(&t.xml_content(XmlVersion::Explicit1_0)) => {
                    blank.push_str(&t.xml_content(XmlVersion::Explicit1_0));
                }
                event @ (Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                    self.peeked = Some(event);
                    let rest = self.text("value")?;
                    return Ok(Json::String(blank + &rest));
                }
                event => return unexpected(&event, "a value"),
            }
        }
    }

    /// After `<name>` inside a value.
    fn typed(&mut self, name: &str, depth: usize) -> Parsed<Json> {
        match name {
            "array" => self.array(depth),
            "struct" => self.structure(depth),
            "nil" | "ex:nil" => self.close(name).map(|()| Json::Null),
            "string" => self.text(name).map(Json::String),
            _ => {
                let text = self.text(name)?;
                scalar(name, text.trim())
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Json> {
        self.open("data")?;
        let mut items = Vec::new();
        while self.more("value", "data")? {
            items.push(self.value(depth + 1)?);
        }
        self.close("array")?;
        Ok(Json::Array(items))
    }

    fn structure(&mut self, depth: usize) -> Parsed<Json> {
        let mut members = Map::new();
        while self.more("member", "struct")? {
            self.open("name")?;
            let key = self.text("name")?;
            self.open("value")?;
            let value = self.value(depth + 1)?;
            self.close("member")?;
            members.insert(key, value);
        }
        Ok(Json::Object(members))
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_whitespace())
}

fn entity(name: &str) -> Parsed<char> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(malformed("undefined entity")),
    }
}

fn scalar(name: &str, text: &str) -> Parsed<Json> {
    let bad = |kind: &str| malformed(format!("bad {kind} value: {text:?}"));
    match name {
        "int" | "i1" | "i2" | "i4" | "i8" | "long" | "ex:i8" => {
            text.parse::<i64>().map(Json::from).map_err(|_| bad("int"))
        }
        "boolean" => match text {
            "1" | "true" => Ok(Json::Bool(true)),
            "0" | "false" => Ok(Json::Bool(false)),
            _ => Err(bad("boolean")),
        },
        "double" | "float" => {
            let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map(Json::Number).ok_or_else(|| bad("double"))
        }
        "dateTime.iso8601" => datetime(text).ok_or_else(|| bad("dateTime")),
        // Binary fields take base64 text, so the text itself is what the ORM wants; decoding only checks it.
        "base64" => {
            let joined: String = text.split_ascii_whitespace().collect();
            STANDARD.decode(&joined).map_err(|_| bad("base64"))?;
            Ok(Json::String(joined))
        }
        _ => Err(malformed(format!("unknown type <{name}>"))),
    }
}

/// A datetime in the form the ORM reads. The specification's own form has no dashes; some clients write them.
fn datetime(text: &str) -> Option<Json> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    ["%Y%m%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| Json::String(at.format(DATETIME_FORMAT).to_string()))
}
