//! JSON-2's view of a call: arguments by name, `ids` and `context` beside them.

use crate::error::Result;
use crate::value::{Json, Map};

use super::{App, CallKw, call_kw};

/// One call. INTERIM
pub fn call(app: &App, uid: i64, model: &str, method: &str, mut body: Map) -> Result<Json> {
    let args = body.remove("ids").into_iter().collect();
    let call = CallKw { model: model.into(), method: method.into(), args, kwargs: body };
    Ok(call_kw(app, uid, call)?.unwrap_or_default())
}
