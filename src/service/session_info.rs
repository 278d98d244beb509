//! What a web client is told of its session.
// INTERIM

use serde_json::json;

use crate::error::Result;
use crate::value::Json;

use super::{App, common};

/// The answer of `/web/session/authenticate` and `get_session_info`.
pub fn session_info(app: &App, uid: i64) -> Result<Json> {
    Ok(json!({"uid": uid, "db": app.db_name, "server_version": common::SERIES}))
}
