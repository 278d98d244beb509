//! One user at the server, over any of the protocols.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::case::Protocol;
use super::marshal::{self, Answer};
use crate::protocol::wire::{Reply, Site};

/// What a call came to. Err beside it means: the case cannot go on.
#[derive(Debug)]
pub enum Outcome {
    Result(Json),
    Error(Json),
}

/// What came, or why the case cannot go on.
pub type Went = Result<Outcome, String>;

/// A user, who logs in when first needed.
pub struct Session<'s> {
    site: &'s Site,
    db: String,
    login: Json,
    password: Json,
    cookies: BTreeMap<String, String>,
    uid: Option<Json>,
    /// Logged in on /web.
    entered: bool,
    calls: u64,
}

impl<'s> Session<'s> {
    pub fn new(site: &'s Site, db: &str, login: Json, password: Json) -> Session<'s> {
        let db = db.to_owned();
        Session { site, db, login, password, cookies: BTreeMap::new(), uid: None, entered: false, calls: 0 }
    }

    /// The user's id, by `common.login`.
    pub fn uid(&mut self) -> Result<Json, String> {
        if let Some(uid) = &self.uid {
            return Ok(uid.clone());
        }
        let args = json!([self.db, self.login, self.password]);
        match self.service(Protocol::Jsonrpc, "common", "login", args)? {
            Outcome::Result(uid) if uid.is_i64() => {
                self.uid = Some(uid.clone());
                Ok(uid)
            }
            other => Err(format!("cannot log in as {}: {other:?}", self.login)),
        }
    }

    /// A filled `call` of a step.
    pub fn call(&mut self, protocol: Protocol, call: &Json) -> Went {
        let text = |key: &str| call[key].as_str().unwrap_or_default();
        let args = call.get("args").cloned().unwrap_or_else(|| json!([]));
        let some = |key: &str| call.get(key).cloned().unwrap_or_else(|| json!({}));
        match call {
            _ if call.get("model").is_some() => {
                self.model(protocol, text("model"), text("method"), args, some("kwargs"))
            }
            _ if call.get("service").is_some() => {
                self.service(protocol, text("service"), text("method"), args)
            }
            _ if call.get("route").is_some() => self.json(text("route"), some("params")),
            _ if call.get("http").is_some() => Ok(Outcome::Result(self.http(&call["http"]))),
            _ => Err(format!("no such call: {call}")),
        }
    }

    /// `model.method(*args, **kwargs)`.
    pub fn model(&mut self, protocol: Protocol, model: &str, method: &str, args: Json, kwargs: Json) -> Went {
        if protocol != Protocol::Web {
            let args = json!([self.db, self.uid()?, self.password, model, method, args, kwargs]);
            return self.service(protocol, "object", "execute_kw", args);
        }
        if !self.entered {
            let params = json!({"db": self.db, "login": self.login, "password": self.password});
            if let Outcome::Error(error) = self.json("/web/session/authenticate", params)? {
                return Err(format!("cannot log in on /web as {}: {error}", self.login));
            }
            self.entered = true;
        }
        let params = json!({"model": model, "method": method, "args": args, "kwargs": kwargs});
        self.json(&format!("/web/dataset/call_kw/{model}/{method}"), params)
    }

    fn service(&mut self, protocol: Protocol, service: &str, method: &str, args: Json) -> Went {
        let path = match protocol {
            Protocol::Jsonrpc | Protocol::Web => {
                return self.json("/jsonrpc", json!({"service": service, "method": method, "args": args}));
            }
            Protocol::Xmlrpc1 => format!("/xmlrpc/{service}"),
            Protocol::Xmlrpc2 => format!("/xmlrpc/2/{service}"),
        };
        let body = marshal::call(method, args.as_array().map_or(&[], Vec::as_slice))?;
        let reply = self.site.send("POST", &path, &[("content-type", "text/xml")], body);
        if reply.status != 200 || !reply.content_type.contains("xml") {
            return Err(refused(&path, &reply));
        }
        Ok(match marshal::answer(&reply.body)? {
            Answer::Value(value) => Outcome::Result(value),
            Answer::Fault(fault) => Outcome::Error(cut(&fault)),
        })
    }

    /// A JSON route; the session's cookie goes to /web only.
    fn json(&mut self, path: &str, params: Json) -> Went {
        self.calls += 1;
        let cookie = if path.starts_with("/web") { self.cookie() } else { String::new() };
        let mut headers = vec![("content-type", "application/json")];
        if !cookie.is_empty() {
            headers.push(("cookie", &cookie));
        }
        let body = json!({"jsonrpc": "2.0", "method": "call", "id": self.calls, "params": params});
        let reply = self.site.send("POST", path, &headers, body.to_string());
        self.keep(&reply);
        if reply.status != 200 || reply.content_type != "application/json" {
            return Err(refused(path, &reply));
        }
        let answer: Json = serde_json::from_str(&reply.body).map_err(|e| e.to_string())?;
        // Odoo forgets the id of the call when the session has ended.
        let id = if answer["error"]["code"] == json!(100) { Json::Null } else { json!(self.calls) };
        if answer["jsonrpc"] != json!("2.0") || answer["id"] != id {
            return Err(format!("{path}: jsonrpc or id not echoed: {}", reply.body));
        }
        Ok(match answer.get("error") {
            None => Outcome::Result(answer["result"].clone()),
            Some(error) => {
                let data: Map<String, Json> = ["name", "message", "arguments", "context"]
                    .into_iter()
                    .map(|key| (key.to_owned(), error["data"][key].clone()))
                    .collect();
                Outcome::Error(json!({"code": error["code"], "message": error["message"], "data": data}))
            }
        })
    }

    /// Any request, and what is told of its answer.
    fn http(&mut self, spec: &Json) -> Json {
        let cookie = self.cookie();
        let given = spec["headers"].as_object().into_iter().flatten();
        let mut headers: Vec<(&str, &str)> =
            given.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
        if !cookie.is_empty() && spec["cookies"] != json!(false) {
            headers.push(("cookie", &cookie));
        }
        let body = spec["body"].as_str().unwrap_or_default().to_owned();
        let path = spec["path"].as_str().unwrap_or_default();
        let reply = self.site.send(spec["method"].as_str().unwrap_or("POST"), path, &headers, body);
        self.keep(&reply);
        let mut body = serde_json::from_str(&reply.body).unwrap_or_else(|_| Json::from(reply.body.as_str()));
        if let Some(data) = body.pointer_mut("/error/data").and_then(Json::as_object_mut) {
            data.remove("debug");
        }
        let location = reply.headers.contains_key("location").then(|| reply.header("location"));
        json!({"status": reply.status, "type": reply.content_type, "location": location, "body": body})
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, reply: &Reply) {
        for set in reply.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

fn refused(path: &str, reply: &Reply) -> String {
    format!("HTTP {} {} from {path}: {}", reply.status, reply.content_type, reply.body)
}

/// A fault; of a traceback the first line and, apart, the last.
fn cut(fault: &Json) -> Json {
    let whole = fault["faultString"].as_str().unwrap_or_default();
    let mut lines = whole.trim_end_matches('\n').split('\n');
    let (first, last) = (lines.next().unwrap_or_default(), lines.next_back());
    match last {
        Some(last) if first.starts_with("Traceback") => {
            json!({"faultCode": fault["faultCode"], "faultString": first, "lastLine": last})
        }
        // Without a traceback the text is the message, line by line.
        Some(_) => json!({"faultCode": fault["faultCode"], "faultString": whole}),
        None => json!({"faultCode": fault["faultCode"], "faultString": first}),
    }
}
