//! What a login in a browser leaves behind, as with Odoo: where the server is found, and where the user is.

use serde_json::json;

use super::App;
use crate::error::Result;
use crate::models::ir_config_parameter;
use crate::orm::{Env, SUPERUSER};
use crate::value::Map;

/// The parameter that says where the server is found.
pub const BASE_URL: &str = "web.base.url";
/// Until somebody has come by an address of the server.
pub const NOWHERE_YET: &str = "http://localhost:8069";

/// `uid` has logged in at `origin` (`scheme://host`) with a browser that says it is in the zone `tz`. An
/// administrator's way in becomes `web.base.url`, unless that is frozen; who has no time zone, or is here for the
/// first time, gets the browser's.
pub fn note(app: &App, uid: i64, origin: &str, tz: Option<&str>) -> Result<()> {
    let tz = tz.filter(|tz| tz.parse::<chrono_tz::Tz>().is_ok());
    let (moved, zoned) = app.reading(uid, Map::new(), |env| {
        Ok((leads_here(env, origin)?, if wants_zone(env, tz)? { tz } else { None }))
    })?;
    if !moved && zoned.is_none() {
        return Ok(());
    }
    app.with_env(SUPERUSER, Map::new(), |env| {
        if moved {
            ir_config_parameter::set(env, BASE_URL, origin)?;
        }
        if let Some(tz) = zoned {
            env.write("res.users", &[uid], json!({ "tz": tz }))?;
        }
        Ok(())
    })
}

/// Whether the browser knows better where the user is.
fn wants_zone(env: &Env, tz: Option<&str>) -> Result<bool> {
    let own = env.user()?.tz.clone();
    if tz.is_none() || tz == own.as_deref() {
        return Ok(false);
    }
    // this login is one of those counted
    Ok(own.is_none() || env.sudo().count("res.users.log", json!([["create_uid", "=", env.uid()]]))? <= 1)
}

fn leads_here(env: &Env, origin: &str) -> Result<bool> {
    Ok(env.has_group("base.group_system")?
        && env.param("web.base.url.freeze")?.is_none_or(|frozen| frozen.is_empty())
        && env.param(BASE_URL)?.as_deref() != Some(origin))
}
