//! Plays cases one after the other against a server.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::case::{Case, Protocol, Step};
use super::compare::{Compared, compare, short};
use super::fill::{Variables, fill, walk};
use super::session::{Outcome, Session, Went};
use crate::protocol::wire::Site;
use crate::support::PASSWORD;

/// A step that failed: 0 stands for the setup.
pub struct Failure {
    pub step: usize,
    pub why: String,
}

/// A server, the users at it, and what may be named in a case.
pub struct Replay<'s> {
    site: &'s Site,
    db: String,
    /// Takes what was recorded for JSON-RPC.
    carrier: Option<Protocol>,
    sessions: HashMap<String, Session<'s>>,
    common: Variables,
    cases: u32,
}

impl<'s> Replay<'s> {
    pub fn new(site: &'s Site, db: &str, carrier: Option<Protocol>) -> Replay<'s> {
        let admin = Session::new(site, db, json!("admin"), json!(PASSWORD));
        let sessions = HashMap::from([(String::new(), admin)]);
        let mut replay =
            Replay { site, db: db.to_owned(), carrier, sessions, common: Variables::new(), cases: 0 };
        replay.learn().unwrap();
        replay
    }

    /// The facts that every database has and no two share.
    fn learn(&mut self) -> Result<(), String> {
        let uid = self.session("")?.uid()?;
        let me = self.read("res.users", &uid, json!(["partner_id", "company_id", "name"]))?;
        let company =
            self.read("res.company", &me["company_id"][0], json!(["name", "currency_id", "partner_id"]))?;
        let facts = json!({
            "db": self.db, "user": "admin", "password": PASSWORD, "uid": uid, "user_name": me["name"],
            "partner": me["partner_id"][0], "partner_name": me["partner_id"][1],
            "company": company["id"], "company_name": company["name"], "company_partner": company["partner_id"][0],
            "currency": company["currency_id"][0], "currency_name": company["currency_id"][1],
        });
        self.common.extend(facts.as_object().cloned().into_iter().flatten());
        Ok(())
    }

    fn read(&mut self, model: &str, id: &Json, fields: Json) -> Result<Json, String> {
        match self.session("")?.model(Protocol::Jsonrpc, model, "read", json!([[id], fields]), json!({}))? {
            Outcome::Result(rows) => Ok(rows[0].clone()),
            Outcome::Error(error) => Err(error.to_string()),
        }
    }

    fn session(&mut self, name: &str) -> Result<&mut Session<'s>, String> {
        self.sessions.get_mut(name).ok_or_else(|| format!("session {name:?} was not opened"))
    }

    /// The steps of `case` that went wrong.
    pub fn run(&mut self, case: &Case) -> Vec<Failure> {
        self.sessions.retain(|name, _| name.is_empty());
        self.cases += 1;
        let mut variables = self.common.clone();
        variables.insert("u".into(), prefix(self.cases).into());
        for (at, step) in case.setup.iter().enumerate() {
            let why = match self.step(case, step, &mut variables) {
                Ok(Outcome::Result(_)) => continue,
                Ok(Outcome::Error(error)) => short(&error),
                Err(stop) => stop,
            };
            return vec![Failure { step: 0, why: format!("setup {}: {why}", at + 1) }];
        }
        let mut failures = vec![];
        for (at, step) in case.steps.iter().enumerate() {
            let went = self.step(case, step, &mut variables);
            let stop = went.is_err();
            if let Err(why) = went.and_then(|outcome| self.judge(case, step, &variables, outcome)) {
                failures.push(Failure { step: at + 1, why });
            }
            if stop {
                break;
            }
        }
        failures
    }

    fn step(&mut self, case: &Case, step: &Step, variables: &mut Variables) -> Went {
        if let Some(open) = &step.open {
            return self.open(&fill(open, variables)?);
        }
        let call = fill(step.call.as_ref().ok_or("a step without a call")?, variables)?;
        let mut protocol = step.protocol.unwrap_or(case.protocol);
        if let Some(carrier) =
            self.carrier.filter(|_| protocol == Protocol::Jsonrpc && call.get("model").is_some())
        {
            protocol = carrier;
        }
        let mut outcome = self.session(&step.session)?.call(protocol, &call)?;
        if self.carrier == Some(Protocol::Xmlrpc2) && step.expect.is_none() && is_none(&outcome) {
            outcome = Outcome::Result(Json::Null);
        }
        for (name, path) in &step.save {
            let (value, path) = match &outcome {
                Outcome::Result(value) => (value, path.strip_prefix("result").unwrap_or_default()),
                Outcome::Error(error) if path == "error" => (error, ""),
                Outcome::Error(error) => return Err(format!("cannot save {name}: {}", short(error))),
            };
            let found =
                walk(value, path).ok_or_else(|| format!("cannot save {name} from {}", short(value)))?;
            variables.insert(name.clone(), found);
        }
        Ok(outcome)
    }

    fn open(&mut self, open: &Json) -> Went {
        let name = open["session"].as_str().unwrap_or_default().to_owned();
        let db = open["db"].as_str().unwrap_or(&self.db);
        let mut session = Session::new(self.site, db, open["login"].clone(), open["password"].clone());
        let uid = if open["login"].is_null() { Json::Null } else { session.uid()? };
        self.sessions.insert(name, session);
        Ok(Outcome::Result(uid))
    }

    fn judge(&self, case: &Case, step: &Step, variables: &Variables, outcome: Outcome) -> Compared {
        let Some(expect) = &step.expect else {
            return match outcome {
                Outcome::Result(_) => Ok(()),
                Outcome::Error(error) => Err(format!("unexpected error {}", short(&error))),
            };
        };
        let want = fill(expect, variables)?;
        let error = want.get("error").filter(|_| want.as_object().is_some_and(|map| map.len() == 1));
        let recorded = step.protocol.unwrap_or(case.protocol) == Protocol::Jsonrpc;
        let of_model = step.call.as_ref().is_some_and(|call| call.get("model").is_some());
        match (error, outcome) {
            (Some(want), Outcome::Error(got))
                if self.carrier == Some(Protocol::Xmlrpc2) && recorded && of_model =>
            {
                compare(&as_fault(want), &got, "$error")
            }
            (Some(want), Outcome::Error(got)) => compare(want, &got, "$error"),
            (Some(want), Outcome::Result(got)) => {
                Err(format!("expected error {}, got {}", short(want), short(&got)))
            }
            (None, Outcome::Error(got)) => Err(format!("got error {}", short(&got))),
            (None, Outcome::Result(got)) => compare(&want, &got, "$"),
        }
    }
}

/// Whether XML-RPC had no word for the answer of a call that was done.
fn is_none(outcome: &Outcome) -> bool {
    let Outcome::Error(error) = outcome else { return false };
    error["lastLine"].as_str().is_some_and(|line| line.contains("cannot marshal None"))
}

/// A recorded JSON-RPC error as /xmlrpc/2 tells it.
fn as_fault(error: &Json) -> Json {
    let code = match error["data"]["name"].as_str().unwrap_or_default() {
        "odoo.exceptions.AccessDenied" => 3,
        "odoo.exceptions.AccessError" => 4,
        "odoo.exceptions.RedirectWarning" => return json!({"faultCode": 2, "faultString": "<str>"}),
        name if name.starts_with("odoo.exceptions.") => 2,
        _ => {
            return json!({"faultCode": 1, "faultString": "Traceback (most recent call last):", "lastLine": "<str>"});
        }
    };
    json!({"faultCode": code, "faultString": error["data"]["message"]})
}

/// The prefix of all that a case makes: a word of letters that no text of ours holds, another one for each case.
fn prefix(number: u32) -> String {
    const LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxyz";
    let mut rest = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let mut word = String::from("z");
    for _ in 0..7 {
        word.push(char::from(LETTERS[(rest % LETTERS.len() as u64) as usize]));
        rest /= LETTERS.len() as u64;
    }
    word
}
