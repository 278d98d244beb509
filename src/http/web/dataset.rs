//! `/web/dataset/…`: methods of models for the user of the session.

use crate::error::Result;
use crate::service::{self, CallKw, Resequence, actions, signature};
use crate::value::{Json, Map};

use super::super::exchange::Exchange;

/// `call_kw`; whatever path follows is decoration for access logs.
pub fn call_kw(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = super::user(exchange)?;
    call(exchange, uid, "DataSet.call_kw", params)
}

/// `call_button`: an action to run next, or false.
pub fn call_button(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    // asked once: what the button does may end the session, as a new password does
    let uid = super::user(exchange)?;
    let result = call(exchange, uid, "DataSet.call_button", params)?;
    actions::of_button(exchange.app()?, uid, result).map(Some)
}

fn call(exchange: &Exchange<'_>, uid: i64, function: &str, params: &mut Map) -> Result<Option<Json>> {
    signature::require(function, &["model", "method", "args", "kwargs"], params)?;
    let call = CallKw {
        model: signature::text(params.remove("model")),
        method: signature::text(params.remove("method")),
        args: signature::spread(params.remove("args").unwrap_or_default())?,
        kwargs: signature::keywords("call_kw", params.remove("kwargs").unwrap_or_default())?,
    };
    exchange.note_call(format!("{}.{}", call.model, call.method));
    service::call_kw(exchange.app()?, uid, call)
}

/// `resequence`: numbers the records in the order of `ids`.
pub fn resequence(exchange: &Exchange<'_>, params: &mut Map) -> Result<Option<Json>> {
    let uid = super::user(exchange)?;
    signature::require("DataSet.resequence", &["model", "ids"], params)?;
    let ids = signature::spread(params.remove("ids").unwrap_or_default())?;
    let order = Resequence {
        context: signature::keywords("resequence", params.remove("context").unwrap_or_default())?,
        model: signature::text(params.remove("model")),
        ids: ids.iter().map(signature::int).collect::<Result<_>>()?,
        field: signature::text(Some(params.remove("field").unwrap_or_else(|| "sequence".into()))),
        offset: params.get("offset").map_or(Ok(0), signature::int)?,
    };
    exchange.note_call(format!("{}.resequence", order.model));
    service::resequence(exchange.app()?, uid, &order).map(|done| Some(Json::Bool(done)))
}
