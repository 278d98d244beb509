//! The service `db`: which databases there are, and behind the master password their management. The methods, their
//! arguments and the errors that clients know are Odoo's.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::orm::Registry;
use crate::schema::data;
use crate::schema::xml::Record;
use crate::value::{Json, json_is_falsy};

use super::copies::NewDatabase;
use super::manage::{self, Copy, Format};
use super::rpc::Peer;
use super::{Databases, common, signature};

/// A method behind the master password: its required arguments, its optional ones, what it does.
struct Guarded {
    name: &'static str,
    required: &'static [&'static str],
    optional: usize,
    run: fn(&Databases, Args) -> Result<Json>,
}

const fn guarded(
    name: &'static str,
    required: &'static [&'static str],
    optional: usize,
    run: fn(&Databases, Args) -> Result<Json>,
) -> Guarded {
    Guarded { name, required, optional, run }
}

const GUARDED: &[Guarded] = &[
    guarded("create_database", &["db_name", "demo", "lang"], 4, create),
    guarded("duplicate_database", &["db_original_name", "db_name"], 1, duplicate),
    guarded("drop", &["db_name"], 0, drop_database),
    guarded("rename", &["old_name", "new_name"], 0, rename),
    guarded("dump", &["db_name", "format"], 0, dump),
    guarded("restore", &["db_name", "data"], 1, restore),
    guarded("change_admin_password", &["new_password"], 0, change_admin_password),
    guarded("migrate_databases", &["databases"], 0, migrate),
    guarded("list_countries", &[], 0, countries),
];

/// One call.
pub fn dispatch(databases: &Databases, peer: &Peer, method: &str, args: Vec<Json>) -> Result<Option<Json>> {
    let count = |names: &[&str], optional| {
        signature::positional(&format!("exp_{method}"), names, optional, args.len())
    };
    let answer = match method {
        "list" => {
            count(&[], 1)?;
            databases.must_list()?;
            json!(databases.names()?)
        }
        "db_exist" => {
            count(&["db_name"], 0)?;
            let name = args.first().and_then(Json::as_str).unwrap_or_default();
            json!(databases.find(name).is_ok_and(|found| found.is_some()))
        }
        "server_version" => {
            count(&[], 0)?;
            json!(common::SERIES)
        }
        "list_lang" => {
            count(&[], 0)?;
            languages(databases.registry())?
        }
        _ => {
            let Some(found) = GUARDED.iter().find(|g| g.name == method) else {
                return Err(Error::key_error(&format!("Method not found: {method}")));
            };
            let mut args = args.into_iter();
            let password = args.next().ok_or_else(|| Error::new(Kind::Index, "list index out of range"))?;
            databases.master().check(peer, &password)?;
            let args: Vec<Json> = args.collect();
            bound(found, args.len())?;
            databases.must_list()?;
            (found.run)(databases, Args(args.into_iter()))?
        }
    };
    Ok(Some(answer))
}

/// The words of Python's `inspect`, through which Odoo binds these.
fn bound(method: &Guarded, given: usize) -> Result<()> {
    if let Some(missing) = method.required.get(given) {
        return Err(Error::type_error(format!("missing a required argument: '{missing}'")));
    }
    if given > method.required.len() + method.optional {
        return Err(Error::type_error("too many positional arguments"));
    }
    Ok(())
}

/// Arguments in their order.
struct Args(std::vec::IntoIter<Json>);

impl Args {
    /// A text; what Python calls false is an empty one.
    fn text(&mut self) -> String {
        self.text_or("")
    }

    /// A text, or `standard` when it was not given.
    fn text_or(&mut self, standard: &str) -> String {
        match self.0.next() {
            None => standard.to_owned(),
            Some(value) if json_is_falsy(&value) => String::new(),
            given => signature::text(given),
        }
    }

    fn flag(&mut self) -> bool {
        self.0.next().is_some_and(|value| !json_is_falsy(&value))
    }
}

/// There are no demonstration data, so the flag changes nothing.
fn create(databases: &Databases, mut args: Args) -> Result<Json> {
    let name = args.text();
    let _demo = args.flag();
    let new = NewDatabase {
        lang: args.text(),
        password: args.text_or("admin"),
        login: args.text_or("admin"),
        country_code: args.text(),
        phone: args.text(),
    };
    manage::create(databases, &name, &new)?;
    Ok(json!(true))
}

fn duplicate(databases: &Databases, mut args: Args) -> Result<Json> {
    let (from, to) = (args.text(), args.text());
    manage::duplicate(databases, &from, &to, Copy { renewed: true, neutralized: args.flag() })?;
    Ok(json!(true))
}

fn drop_database(databases: &Databases, mut args: Args) -> Result<Json> {
    manage::drop_database(databases, &args.text()).map(Json::from)
}

fn rename(databases: &Databases, mut args: Args) -> Result<Json> {
    manage::rename(databases, &args.text(), &args.text())?;
    Ok(json!(true))
}

/// As in Odoo, any format that is not `zip` is the other one.
fn dump(databases: &Databases, mut args: Args) -> Result<Json> {
    let name = args.text();
    let format = if args.text() == "zip" { Format::Zip } else { Format::Dump };
    let mut out = Cursor::new(Vec::new());
    manage::dump(databases, &name, format, &mut out)?;
    Ok(json!(STANDARD.encode(out.into_inner())))
}

fn restore(databases: &Databases, mut args: Args) -> Result<Json> {
    let (name, mut data) = (args.text(), args.text());
    data.retain(|c| !c.is_ascii_whitespace());
    let bytes = STANDARD.decode(data).map_err(|e| {
        Error::new(Kind::Internal, format!("Couldn't restore database: the data is not base64: {e}"))
            .named("builtins.Exception")
    })?;
    let copy = Copy { renewed: args.flag(), neutralized: false };
    manage::restore(databases, &name, Cursor::new(bytes), copy)?;
    Ok(json!(true))
}

fn change_admin_password(databases: &Databases, mut args: Args) -> Result<Json> {
    databases.master().change(&args.text())?;
    Ok(json!(true))
}

fn migrate(databases: &Databases, mut args: Args) -> Result<Json> {
    let names = signature::spread(args.0.next().unwrap_or_default())?;
    let names: Vec<String> = names.into_iter().map(|name| signature::text(Some(name))).collect();
    manage::migrate(databases, &names)?;
    Ok(json!(true))
}

/// All languages there could be, `[code, name]` by name: the same for every database, and without one.
pub fn languages(registry: &Registry) -> Result<Json> {
    let records = shipped(registry, "res.lang")?;
    let mut found: Vec<(String, String)> =
        records.into_iter().map(|r| (r.text("code"), r.text("name"))).collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(json!(found))
}

/// Countries as `[code, name]` by name; the code in small letters.
fn countries(databases: &Databases, _: Args) -> Result<Json> {
    let records = shipped(databases.registry(), "res.country")?;
    let mut found: Vec<(String, String)> =
        records.into_iter().map(|r| (r.text("code").to_lowercase(), r.text("name"))).collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(json!(found))
}

/// The records of a model that the addon `base` brings in a file of its own.
fn shipped(registry: &Registry, model: &str) -> Result<Vec<Record>> {
    let base = registry.addons.iter().find(|addon| addon.name() == "base");
    let base = base.ok_or_else(|| Error::internal("the addon base is missing"))?;
    data::read(base, &format!("data/{model}.csv"))
}
