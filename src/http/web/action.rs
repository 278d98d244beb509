//! `/web/action/…`: what a menu, an address or a button leads to.

use crate::error::Result;
use crate::service::{actions, signature};
use crate::value::{Json, Map};

use super::super::exchange::Exchange;
use super::user;

/// The action of an id, a path or an external id.
pub fn load(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Action.load", &["action_id"], params)?;
    let wanted = params.remove("action_id").unwrap_or_default();
    exchange.note_call(format!("load {wanted}"));
    actions::load(exchange.app()?, uid, context(params)?, &wanted).map(Some)
}

/// Runs a server action.
pub fn run(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Action.run", &["action_id"], params)?;
    let id = signature::int(&params.remove("action_id").unwrap_or_default())?;
    exchange.note_call(format!("run {id}"));
    actions::run(exchange.app()?, uid, context(params)?, id).map(Some)
}

/// Names for the path that an address describes.
pub fn load_breadcrumbs(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = user(exchange)?;
    signature::require("Action.load_breadcrumbs", &["actions"], params)?;
    let steps = signature::spread(params.remove("actions").unwrap_or_default())?;
    actions::breadcrumbs(exchange.app()?, uid, &steps).map(Some)
}

fn context(params: &mut Map) -> Result<Map> {
    match params.remove("context") {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(context) => signature::keywords("context", context),
    }
}
