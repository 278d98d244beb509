//! What any client may ask before it logs in: the version, the health, where the front door is.

use serde_json::json;

use crate::error::Result;
use crate::service::common;
use crate::value::{Json, Map};

use super::super::exchange::{Answer, Exchange};

/// The version, as `common.version` tells it.
pub fn version_info(_: &Exchange<'_>, _: &mut Map) -> Result<Option<Json>> {
    Ok(Some(common::version()))
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
