//! What the one who imports has decided about values that fit nothing, as the client's import dialog asks it.

use super::convert::Place;
use crate::error::{Kind as ErrorKind, Result};
use crate::orm::env::Env;
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;

/// Decisions, each for fields given by their paths (`partner_id/country_id`).
#[derive(Debug, Default)]
pub struct Remedies {
    /// Whether a client's import asks, which shows where the trouble is.
    pub of_file: bool,
    /// Records are made by the name alone.
    create: Vec<String>,
    /// The field stays empty.
    empty: Vec<String>,
    /// The whole record is left out.
    skip: Vec<String>,
    /// Made by their names: (model, name) → id.
    made: RefCell<HashMap<(String, String), i64>>,
}

impl Remedies {
    /// Those of the context.
    pub fn of(env: &Env) -> Remedies {
        let of_file = env.flag("import_file");
        let list = |key: &str| -> Vec<String> {
            let paths = env.ctx(key).as_array().filter(|_| of_file).into_iter().flatten();
            paths.filter_map(Json::as_str).map(str::to_owned).collect()
        };
        let create = env.ctx("name_create_enabled_fields").as_object().into_iter().flatten();
        Remedies {
            of_file,
            create: create.filter(|(_, on)| !json_is_falsy(on)).map(|(path, _)| path.clone()).collect(),
            empty: list("import_set_empty_fields"),
            skip: list("import_skip_records"),
            made: RefCell::default(),
        }
    }

    /// What stands for a value that fits nothing: null, when the record is to be left out; none: it is an error.
    pub(super) fn instead(&self, place: &Place<'_>) -> Option<Json> {
        if place.is_in(&self.skip) {
            return Some(Json::Null);
        }
        place.is_in(&self.empty).then_some(Json::Bool(false))
    }

    /// Whether records that do not exist are made by their names.
    pub(super) fn makes(&self, place: &Place<'_>) -> bool {
        place.is_in(&self.create)
    }

    /// Whether the record with these values is to be left out.
    pub fn leaves_out(&self, vals: &Map) -> bool {
        self.skip.iter().any(|path| vals.get(path).is_some_and(Json::is_null))
    }

    /// A record made by its name, once however often it is named; None where a name is not enough.
    pub(super) fn made_by_name(&self, env: &Env, model: &str, name: &str) -> Result<Option<i64>> {
        let key = (model.to_owned(), name.to_owned());
        if let Some(id) = self.made.borrow().get(&key) {
            return Ok(Some(*id));
        }
        let make = || env.call(model, &[], "name_create", vec![json!(name)], Map::new());
        let id = match env.savepoint(make) {
            Ok(pair) => pair.get(0).and_then(Json::as_i64),
            Err(e) if matches!(e.kind, ErrorKind::Retry | ErrorKind::ReadOnly | ErrorKind::Internal) => {
                return Err(e);
            }
            Err(_) => None,
        };
        self.made.borrow_mut().extend(id.map(|id| (key, id)));
        Ok(id)
    }
}
