//! `/web/database/…`: which databases there are, and the forms that manage them, which backup scripts post to. Each
//! asks for the master password.

use std::io::Cursor;

use serde_json::json;

use crate::error::{Error, Kind, Result};
use crate::service::copies::NewDatabase;
use crate::service::manage::{self, Copy, Format};
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange};
use super::super::fault;
use super::super::multipart::Form;
use super::session;

/// The names of the databases.
pub fn list(exchange: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    exchange.databases.must_list()?;
    Ok(Some(json!(exchange.databases.names_for(exchange.request.host())?)))
}

/// The databases to log in to.
pub fn selector(exchange: &Exchange<'_>) -> Result<Answer> {
    let page = include_str!("selector.html").replace("{links}", &links(exchange)?);
    Ok(Answer::html(200, page))
}

/// The forms.
pub fn manager(exchange: &Exchange<'_>) -> Result<Answer> {
    let page = include_str!("manager.html").replace("{links}", &links(exchange)?);
    Ok(Answer::html(200, page).header("x-frame-options", "DENY"))
}

fn links(exchange: &Exchange<'_>) -> Result<String> {
    exchange.databases.must_list()?;
    let mut links = String::new();
    for name in exchange.databases.names_for(exchange.request.host())? {
        let value: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let shown = html_escape::encode_text(&name);
        links.push_str(&format!("<p><a href=\"/web/login?db={value}\">{shown}</a></p>\n"));
    }
    Ok(links)
}

/// `/web/database/backup`: the backup as a file.
pub fn backup(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Database backup error", |form| {
        let (name, kind) = (form.text("name"), form.text("backup_format"));
        let (format, kind) = if kind == "dump" { (Format::Dump, "dump") } else { (Format::Zip, "zip") };
        let mut out = Cursor::new(Vec::new());
        manage::dump(exchange.databases, &name, format, &mut out)?;
        let at = exchange.databases.get(&name)?.db.now().format("%Y-%m-%d_%H-%M-%S");
        // the database exists, so its name is a plain one
        Ok(Answer::new(200, "application/octet-stream; charset=binary", out.into_inner())
            .header("content-disposition", format!("attachment; filename*=UTF-8''{name}_{at}.{kind}")))
    })
}

/// `/web/database/restore`.
pub fn restore(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Database restore error", |form| {
        let file = form.bytes("backup_file").unwrap_or_default();
        let copy = Copy { renewed: form.flag("copy"), neutralized: form.flag("neutralize_database") };
        manage::restore(exchange.databases, &form.text("name"), Cursor::new(file), copy)?;
        Ok(Answer::redirect("/web/database/manager"))
    })
}

/// `/web/database/create`: makes it, and logs in to it.
pub fn create(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Database creation error", |form| {
        let (name, country) = (form.text("name"), form.text("country_code"));
        let new = NewDatabase {
            lang: form.text("lang"),
            password: form.text("password"),
            login: form.text("login"),
            // as Odoo's own page sends it
            country_code: if country == "False" { String::new() } else { country },
            phone: form.text("phone"),
        };
        manage::create(exchange.databases, &name, &new)?;
        exchange.enter(&name)?;
        let login = if new.login.is_empty() { "admin" } else { &new.login };
        session::begin(exchange, login, &new.password)?;
        Ok(Answer::redirect("/odoo"))
    })
}

/// `/web/database/duplicate`.
pub fn duplicate(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Database duplication error", |form| {
        let copy = Copy { renewed: true, neutralized: form.flag("neutralize_database") };
        manage::duplicate(exchange.databases, &form.text("name"), &form.text("new_name"), copy)?;
        Ok(Answer::redirect("/web/database/manager"))
    })
}

/// `/web/database/drop`.
pub fn drop_database(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Database deletion error", |form| {
        manage::drop_database(exchange.databases, &form.text("name"))?;
        Ok(Answer::redirect("/web/database/manager"))
    })
}

/// `/web/database/change_password`.
pub fn change_password(exchange: &Exchange<'_>) -> Result<Answer> {
    managed(exchange, "Master password update error", |form| {
        exchange.databases.master().change(&form.text("master_pwd_new"))?;
        Ok(Answer::redirect("/web/database/manager"))
    })
}

/// A posted form behind the master password. What goes wrong is said under `what`, with a status that scripts see.
fn managed(exchange: &Exchange<'_>, what: &str, run: impl FnOnce(&Form) -> Result<Answer>) -> Result<Answer> {
    if exchange.request.method != "POST" {
        return Err(fault::method_not_allowed());
    }
    let form = Form::read(exchange.request)?;
    let checked = exchange
        .databases
        .master()
        .check(&exchange.request.peer(), &json!(form.text("master_pwd")))
        .and_then(|()| exchange.databases.must_list());
    checked.and_then(|()| run(&form)).map_err(|e| match e.kind {
        Kind::Busy => e,
        _ => Error { message: format!("{what}: {}", e.message), ..e },
    })
}
