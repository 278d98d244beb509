//! JSON → an XML-RPC answer, byte for byte as Odoo's marshaller writes it.
//!
//! None and integers beyond 32 bits cannot be said in XML-RPC; Odoo answers a fault for them, after the work is done.
//! Control characters have no place in XML 1.0 and are dropped.

use crate::value::{Json, py_float};

/// What XML-RPC has no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmarshallable {
    /// A null anywhere in the answer.
    None,
    /// An integer that does not fit 32 bits.
    BigInt,
}

/// A `faultCode`: a number on `/xmlrpc/2`, a text on `/xmlrpc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultCode {
    /// `/xmlrpc/2`.
    Int(i32),
    /// `/xmlrpc`.
    Text(String),
}

const HEAD: &str = "<?xml version=\"1.0\"?>\n<methodResponse>\n";
const TAIL: &str = "\n</methodResponse>\n";

/// The answer that holds `result`.
pub fn answer(result: &Json) -> Result<String, Unmarshallable> {
    let mut out = String::with_capacity(256);
    out.push_str(HEAD);
    out.push_str("<params>\n<param>\n");
    value(result, &mut out)?;
    out.push_str("</param>\n</params>\n");
    out.push_str(TAIL);
    Ok(out)
}

/// The answer that is a fault.
pub fn fault(code: &FaultCode, text: &str) -> String {
    let mut out = String::with_capacity(256 + text.len());
    out.push_str(HEAD);
    out.push_str("<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n");
    match code {
        FaultCode::Int(code) => integer(i64::from(*code), &mut out),
        FaultCode::Text(code) => string(code, &mut out),
    }
    out.push_str("</member>\n<member>\n<name>faultString</name>\n");
    string(text, &mut out);
    out.push_str("</member>\n</struct></value>\n</fault>\n");
    out.push_str(TAIL);
    out
}

fn value(json: &Json, out: &mut String) -> Result<(), Unmarshallable> {
    match json {
        Json::Null => return Err(Unmarshallable::None),
        Json::Bool(b) => {
            out.push_str(if *b {
                "<value><boolean>1</boolean></value>\n"
            } else {
                "<value><boolean>0</boolean></value>\n"
            });
        }
        Json::Number(n) => match n.as_i64() {
            Some(i) if i32::try_from(i).is_ok() => integer(i, out),
            Some(_) => return Err(Unmarshallable::BigInt),
            None if n.is_u64() => return Err(Unmarshallable::BigInt),
            None => {
                out.push_str("<value><double>");
                out.push_str(&py_float(n.as_f64().unwrap_or_default()));
                out.push_str("</double></value>\n");
            }
        },
        Json::String(s) => string(s, out),
        Json::Array(items) => {
            out.push_str("<value><array><data>\n");
            for item in items {
                value(item, out)?;
            }
            out.push_str("</data></array></value>\n");
        }
        Json::Object(members) => {
            out.push_str("<value><struct>\n");
            for (key, member) in members {
                out.push_str("<member>\n<name>");
                escape(key, out);
                out.push_str("</name>\n");
                value(member, out)?;
                out.push_str("</member>\n");
            }
            out.push_str("</struct></value>\n");
        }
    }
    Ok(())
}

fn integer(i: i64, out: &mut String) {
    out.push_str("<value><int>");
    out.push_str(&i.to_string());
    out.push_str("</int></value>\n");
}

fn string(s: &str, out: &mut String) {
    out.push_str("<value><string>");
    escape(s, out);
    out.push_str("</string></value>\n");
}

fn escape(s: &str, out: &mut String) {
    for c in s.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if (c as u32) < 32 && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
}
