//! What a web client boots with beside its session: the menus, and how its language writes dates and numbers.

use serde_json::json;

use crate::error::Result;
pub use crate::models::ir_ui_menu::Technical;
use crate::models::{ir_ui_menu, res_lang};
use crate::orm::SUPERUSER;
use crate::value::{Json, Map};

use super::App;
use super::actions::in_own_language;

/// The menus the user sees, by id, and their root.
pub fn menus(app: &App, uid: i64, technical: Technical) -> Result<Json> {
    app.reading(uid, Map::new(), |env| {
        Ok(Json::Object(ir_ui_menu::web_menus(&in_own_language(env)?, technical)?))
    })
}

/// A language as the client needs it.
#[derive(Debug)]
pub struct Language {
    /// Its code.
    pub code: String,
    /// Formats.
    pub parameters: Json,
    /// Whether there are others.
    pub several: bool,
    /// Addons whose words may be wanted.
    pub addons: Vec<String>,
}

/// The language `wanted`, or English where that is not switched on. Asked before anybody has logged in.
pub fn language(app: &App, wanted: Option<&str>) -> Result<Language> {
    app.reading(SUPERUSER, Map::new(), |env| {
        let installed = res_lang::installed(env)?;
        let code = wanted.filter(|w| installed.iter().any(|(code, _)| code == w)).unwrap_or("en_US");
        let active_or_not = env.with_context(json!({"active_test": false}));
        let id = active_or_not.search("res.lang", json!([["code", "=", code]]))?;
        let fields = [
            "name",
            "code",
            "direction",
            "date_format",
            "time_format",
            "short_time_format",
            "grouping",
            "decimal_point",
            "thousands_sep",
        ];
        let mut parameters = Map::new();
        for lang in env.fetch("res.lang", &id, &[&fields[..], &["week_start"]].concat())? {
            for field in fields {
                parameters.insert(field.into(), json!(lang.str(field)));
            }
            parameters.insert("week_start".into(), json!(lang.str("week_start").parse::<i64>().unwrap_or(7)));
        }
        Ok(Language {
            code: code.to_owned(),
            parameters: Json::Object(parameters),
            several: installed.len() > 1,
            addons: env.registry().addons.iter().map(|a| a.name().to_owned()).collect(),
        })
    })
}
