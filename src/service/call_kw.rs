//! The one door to the models: every protocol ends here.

use super::App;
use crate::db::Mode;
use crate::error::{Error, Kind, Result};
use crate::orm::behaviour::{Api, Call};
use crate::orm::field::convert;
use crate::orm::read::NEW;
use crate::orm::{cache, method};
use crate::value::{Json, Map, json_is_falsy};

/// One call of a model's method.
#[derive(Debug, Clone)]
pub struct CallKw {
    /// Model.
    pub model: String,
    /// Method.
    pub method: String,
    /// Positional arguments; ids first where the method is one of records.
    pub args: Vec<Json>,
    /// Keyword arguments, the context among them.
    pub kwargs: Map,
}

/// Methods that are no business of clients though Odoo has them under a public name.
const PRIVATE: &[&str] = &["init", "browse_internal"];

/// Calls a method as `uid`, in one transaction. None is Python's None.
pub fn call_kw(app: &App, uid: i64, call: CallKw) -> Result<Option<Json>> {
    let CallKw { model, method, args, mut kwargs } = call;
    if method.starts_with('_') || PRIVATE.contains(&method.as_str()) {
        return Err(Error::access(format!("Private methods (such as {method}) cannot be called remotely.")));
    }
    let m = app.db.registry().model(&model)?;
    let found = m.methods.get(&method).ok_or_else(|| {
        Error::attribute(format!("The method '{method}' does not exist on the model '{model}'"))
    })?;
    let context = match kwargs.shift_remove("context") {
        Some(Json::Object(c)) => c,
        Some(Json::String(s)) if !s.is_empty() => {
            let text = "dictionary update sequence element #0 has length 1; 2 is required";
            return Err(Error::value(text));
        }
        Some(other) if other == Json::Bool(true) || other.is_number() && !json_is_falsy(&other) => {
            return Err(Error::type_error(format!(
                "argument of type '{}' is not iterable",
                convert::py_type(&other)
            )));
        }
        _ => Map::new(),
    };
    let mut args = args.into_iter();
    let first = match found.api {
        Api::Record => Some(args.next().ok_or_else(missing_first)?),
        // Odoo looks at the first positional argument before it binds any
        Api::Create if args.len() == 0 && kwargs.contains_key("vals_list") => return Err(missing_first()),
        Api::Create if args.len() == 0 => {
            let text = format!("{method}() missing 1 required positional argument: 'vals_list'");
            return Err(Error::type_error(text));
        }
        Api::Create | Api::Model => None,
    };
    let args: Vec<Json> = args.collect();
    // of texts that are read Odoo finds the rows, but not the records
    let texts = |id: &Json| matches!(id, Json::String(s) if s.trim().parse::<i64>().is_ok());
    let first = first.map(|ids| match ids {
        Json::Array(all) if matches!(method.as_str(), "read" | "web_read") => {
            Json::Array(all.into_iter().filter(|id| !texts(id)).collect())
        }
        ids => ids,
    });
    let ids = match first.map_or(Ok(Vec::new()), ids_of) {
        Ok(ids) => ids,
        // what was taken for ids may be an argument: Python complains of the missing one first
        Err(e) => {
            method::bind(m, found, args, kwargs)?;
            return Err(e);
        }
    };
    let mode = if found.readonly { Mode::Read } else { Mode::Write };
    let bound = method::bind(m, found, args, kwargs);
    let call = bound.map(|(args, kwargs)| Call { model: m, ids, args, kwargs });
    let result = app.db.with_env(uid, context, mode, |env| {
        // who only reads hears of a language when something is read in it
        if !found.readonly {
            cache::check_lang(env)?;
        }
        env.run(found, call.as_ref().map_err(Clone::clone)?)
    })?;
    Ok(Some(result).filter(|r| !r.is_null()))
}

fn missing_first() -> Error {
    Error::new(Kind::Index, "tuple index out of range")
}

/// Ids as clients send them: a list, a bare id, or nothing. False among ids is a record that is not there yet.
fn ids_of(json: Json) -> Result<Vec<i64>> {
    let one = |j: &Json| match j {
        Json::Number(n) => Ok(n.as_i64().unwrap_or(0)),
        Json::String(s) => s.trim().parse().map_err(|_| convert::not_an_integer(s)),
        Json::Bool(false) | Json::Null => Ok(NEW),
        other => Err(Error::type_error(format!("{other} is no id"))),
    };
    match &json {
        Json::Null | Json::Bool(false) => Ok(Vec::new()),
        Json::Array(a) => a.iter().map(one).collect(),
        other => Ok(vec![one(other)?]),
    }
}
