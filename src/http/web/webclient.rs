//! What any client may ask before it logs in: the version, the health, where the front door is.

use serde_json::json;

use crate::assets::words;
use crate::error::Result;
use crate::service::{common, webclient};
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange};
use super::user;

/// The menus of the user. The address has the digest of what they depend on: the browser may keep them.
pub fn load_menus(exchange: &Exchange<'_>) -> Result<Answer> {
    let debugs = exchange.request.query_value("debug").is_some_and(|d| !d.is_empty() && d != "0");
    let technical = if debugs { webclient::Technical::Shown } else { webclient::Technical::Hidden };
    let menus = webclient::menus(exchange.app()?, user(exchange)?, technical)?;
    Ok(Answer::json(200, &menus).header("cache-control", kept(exchange, "private")))
}

/// How a language writes things, and the client's words in it; asked before anybody has logged in, too.
pub fn translations(exchange: &Exchange<'_>) -> Result<Answer> {
    let wanted = exchange.request.query_value("lang");
    let language = webclient::language(exchange.app()?, wanted.as_deref())?;
    let modules = match exchange.options.assets.as_deref() {
        Some(assets) if language.code != "en_US" => {
            words::translations(assets, &language.addons, &language.code)
        }
        _ => language.addons.iter().map(|addon| (addon.clone(), json!({"messages": []}))).collect(),
    };
    let answer = json!({
        "lang": language.code,
        "lang_parameters": language.parameters,
        "modules": modules,
        "multi_lang": language.several,
    });
    Ok(Answer::json(200, &answer).header("cache-control", kept(exchange, "public")))
}

/// How long a browser keeps an answer: for ever under an address with a digest.
fn kept(exchange: &Exchange<'_>, whose: &str) -> String {
    match exchange.request.segment("hash") {
        "" => "no-cache".to_owned(),
        _ => format!("{whose}, max-age=31536000"),
    }
}

/// What a browser needs to know to install the client as an application.
pub fn manifest(_: &Exchange<'_>) -> Result<Answer> {
    let manifest = json!({
        "name": "Workwarden",
        "scope": "/odoo",
        "start_url": "/odoo",
        "display": "standalone",
        "background_color": "#2f5d8a",
        "theme_color": "#2f5d8a",
        "icons": [],
    });
    Ok(Answer::new(200, "application/manifest+json", manifest.to_string())
        .header("cache-control", "no-cache"))
}

/// The version, as `common.version` tells it.
pub fn version_info(_: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    Ok(Some(common::version()))
}

/// The icon of every page.
pub fn icon(_: &Exchange<'_>) -> Result<Answer> {
    let icon = Answer::new(200, "image/svg+xml", include_str!("icon.svg"));
    Ok(icon.header("cache-control", "public, max-age=604800"))
}

/// The client registers one. Ours keeps nothing and catches nothing, and takes the place of one that did.
pub fn service_worker(_: &Exchange<'_>) -> Result<Answer> {
    let script = "self.addEventListener(\"install\", () => self.skipWaiting());\n";
    Ok(Answer::new(200, "text/javascript", script)
        .header("service-worker-allowed", "/odoo")
        .header("cache-control", "no-cache"))
}

/// The version as newer clients ask for it.
pub fn version(_: &Exchange<'_>) -> Result<Answer> {
    Ok(Answer::json(200, &json!({"version": common::SERIES, "version_info": common::version_info()})))
}

/// For load balancers: this process answers.
pub fn health(_: &Exchange<'_>) -> Result<Answer> {
    Ok(Answer::json(200, &json!({"status": "pass"})).header("cache-control", "no-store"))
}

/// The front door.
pub fn root(_: &Exchange<'_>) -> Result<Answer> {
    Ok(Answer::redirect("/odoo"))
}
