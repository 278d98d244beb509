//! `/doc/<model>.json` and `/doc-bearer/<model>.json`: what a model can do, for those who generate code.

use crate::error::Result;
use crate::service::doc;

use super::exchange::{Answer, Exchange};
use super::{json2, web};

/// By session.
pub fn by_session(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = web::user(exchange)?;
    describe(exchange, uid)
}

/// By API key.
pub fn by_key(exchange: &Exchange<'_>) -> Result<Answer> {
    let uid = json2::bearer(exchange)?;
    describe(exchange, uid)
}

fn describe(exchange: &Exchange<'_>, uid: i64) -> Result<Answer> {
    let model = exchange.request.segment("model");
    exchange.note_call(format!("doc {model}"));
    let described = match model {
        "index" => doc::index(exchange.app()?, uid)?,
        model => doc::model(exchange.app()?, uid, model)?,
    };
    Ok(Answer::json(200, &described).header("cache-control", "private, no-cache"))
}
