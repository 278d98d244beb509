//! `/odoo` and all below it, `/web`: the page behind the login. It boots the client of the operator's Odoo tree, which
//! finds its own way by the address. Without a tree it says what to do, and still carries what programs that drive a
//! browser's session read from it: the form token and the session's facts.

use serde_json::json;

use crate::assets::{self, Assets, Form, Part};
use crate::error::{Error, Result};
use crate::value::Json;

use super::super::exchange::{Answer, Exchange};
use super::{login, session, user};

/// The page, or the way to the login.
pub fn home(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = user(exchange)?;
    let id = exchange.session_id().ok_or_else(Error::session_expired)?;
    let info = session::facts(exchange, uid)?;
    let token = login::token(exchange, id)?;
    let internal = info["is_internal_user"] == true;
    let page = match exchange.options.assets.as_deref().filter(|_| internal) {
        Some(assets) => boot(assets, exchange, &token, &info)?,
        None => {
            let what = if internal { WITHOUT_TREE } else { NOT_INTERNAL };
            include_str!("home.html")
                .replace("{token}", &token)
                .replace("{info}", &in_script(&info))
                .replace("{what}", what)
        }
    };
    Ok(Answer::html(200, page).header("x-frame-options", "DENY").header("cache-control", "no-store"))
}

/// `/web/become` ("Become Superuser" of the debug menu). Odoo's administrators work on as its superuser.
pub fn r#become(exchange: &Exchange<'_>) -> Result<Answer> {
    user(exchange)?;
    Err(Error::access("Nobody works above the rights on this server. Ask for the groups that you need."))
}

const WITHOUT_TREE: &str = "To work in Odoo's web client here, start the server with \
    <code>--odoo-source</code> (or <code>ODOO_SOURCE</code>) naming your own Odoo 18 source tree.";
const NOT_INTERNAL: &str = "Your account has no access to the web client.";

/// The page that loads the client.
fn boot(assets: &Assets, exchange: &Exchange<'_>, token: &str, info: &Json) -> Result<String> {
    let debug = exchange.request.query_value("debug").filter(|d| d != "0").unwrap_or_default();
    let form = super::assets::form(&debug);
    let mut links = String::new();
    for (part, url) in assets.links(assets::BOOT, form)? {
        links.push_str(&match part {
            Part::Style => format!("<link rel=\"stylesheet\" media=\"screen\" href=\"{url}\">\n"),
            Part::Script => format!("<script src=\"{url}\" defer></script>\n"),
        });
    }
    if form == Form::Minified
        && let Some(digest) = assets.digest(assets::PRINT, Part::Style, form)?
    {
        let url = assets::address(assets::PRINT, Part::Style, form, &digest);
        links.push_str(&format!("<link rel=\"stylesheet\" media=\"print\" href=\"{url}\">\n"));
    }
    let hash = info["cache_hashes"]["load_menus"].as_str().unwrap_or_default();
    let mut menus = format!("/web/webclient/load_menus/{hash}");
    if !debug.is_empty() {
        menus.push_str("?debug=1");
    }
    Ok(include_str!("boot.html")
        .replace("{token}", token)
        .replace("{debug}", &in_script(&json!(debug)))
        .replace("{menus}", &in_script(&json!(menus)))
        .replace("{links}", &links)
        .replace("{info}", &in_script(info)))
}

/// JSON that cannot end the script it stands in.
fn in_script(json: &Json) -> String {
    json.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
