//! What a change in the form of a contact, or of a user, changes beside it.

use crate::error::Result;
use crate::models::email;
use crate::orm::{Behaviour, Edited, Env, Model, Onchange, Record};
use crate::value::{Json, Map, Value};
use serde_json::json;

/// Fields a contact takes from its company with the address.
const ADDRESS: [&str; 6] = ["street", "street2", "zip", "city", "state_id", "country_id"];

const MOVED: &str = "Changing the company of a contact should only be done if it was never correctly set. \
                     If an existing contact starts working for a new company then a new contact should be created \
                     under that new company. You can use the \"Discard\" button to abandon this change.";

/// Adds what follows from changes in a contact's form.
pub fn register(b: Behaviour) -> Behaviour {
    b.onchange(&["parent_id"], address_of_parent)
        .onchange(&["parent_id"], language_of_parent)
        .onchange(&["country_id"], state_of_country)
        .onchange(&["state_id"], country_of_state)
        .onchange(&["parent_id", "company_id"], company_of_parent)
        .onchange(&["company_type"], |env, model, r| {
            let company =
                env.fetch_one(&model.name, r.id, &["company_type"])?.str("company_type") == "company";
            Ok(set("is_company", json!(company)))
        })
}

/// Adds what follows from changes in a user's form.
pub fn register_user(b: Behaviour) -> Behaviour {
    b.onchange(&["parent_id"], address_of_parent).onchange(&["login"], |env, model, r| {
        let user = env.fetch_one(&model.name, r.id, &["login"])?;
        let address =
            email::normalize(user.str("login")).is_some_and(|a| a == user.str("login").to_lowercase());
        Ok(if address { set("email", json!(user.str("login"))) } else { Onchange::default() })
    })
}

fn set(field: &str, value: Json) -> Onchange {
    Onchange { values: Map::from_iter([(field.to_owned(), value)]), warning: None }
}

/// The record's parent, if it has one.
fn parent(env: &Env, model: &Model, id: i64, fields: &[&str]) -> Result<Option<Record>> {
    match env.fetch_one(&model.name, id, &["parent_id"])?.opt("parent_id") {
        Some(p) => env.fetch_one("res.partner", p, fields).map(Some),
        None => Ok(None),
    }
}

/// A contact has the address of its company, where that has one.
fn address_of_parent(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let Some(parent) = parent(env, model, edited.id, &ADDRESS)? else { return Ok(Onchange::default()) };
    let mut out = Onchange::default();
    if edited.link("parent_id").is_some_and(|was| was != parent.id) {
        out.warning = Some(("Warning", MOVED));
    }
    let kind = env.fetch_one(&model.name, edited.id, &["type"])?;
    let was_contact = edited.was.and_then(|w| w.get("type")).is_some_and(|t| t == "contact");
    let contact = was_contact || kind.str("type") == "contact";
    if contact && ADDRESS.iter().any(|f| !parent.get(f).is_falsy()) {
        for f in ADDRESS {
            let value = match parent.get(f) {
                Value::Int(id) => json!(id),
                Value::Text(t) => json!(t),
                _ => json!(false),
            };
            out.values.insert(f.to_owned(), value);
        }
    }
    Ok(out)
}

fn language_of_parent(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let Some(parent) = parent(env, model, edited.id, &["lang"])? else { return Ok(Onchange::default()) };
    let lang = match parent.str("lang") {
        "" => env.ctx("default_lang").as_str().unwrap_or(env.lang()).to_owned(),
        own => own.to_owned(),
    };
    Ok(set("lang", json!(lang)))
}

fn company_of_parent(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let Some(parent) = parent(env, model, edited.id, &["company_id"])? else {
        return Ok(Onchange::default());
    };
    Ok(set("company_id", parent.opt("company_id").map_or(json!(false), |c| json!(c))))
}

/// The country of the record's state.
fn of_state(env: &Env, state: Option<i64>) -> Result<Option<i64>> {
    match state {
        Some(s) => Ok(env.fetch_one("res.country.state", s, &["country_id"])?.opt("country_id")),
        None => Ok(None),
    }
}

fn state_of_country(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let r = env.fetch_one(&model.name, edited.id, &["country_id", "state_id"])?;
    let country = r.opt("country_id");
    let other = country.is_some() && country != of_state(env, r.opt("state_id"))?;
    Ok(if other { set("state_id", json!(false)) } else { Onchange::default() })
}

fn country_of_state(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let r = env.fetch_one(&model.name, edited.id, &["country_id", "state_id"])?;
    let of_state = of_state(env, r.opt("state_id"))?;
    let other = of_state.is_some() && of_state != r.opt("country_id");
    Ok(if other { set("country_id", json!(of_state)) } else { Onchange::default() })
}
