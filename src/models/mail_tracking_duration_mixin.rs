//! mail.tracking.duration.mixin: how long a record has been in each of its stages.

use super::mail_thread;
use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::{Json, Value};

/// Behaviour of models whose time per stage is counted.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.tracking.duration.mixin").compute("compute_duration_tracking", duration)
}

fn duration(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    if !model.has("stage_id") {
        return Ok(out);
    }
    let root = env.sudo();
    let records = root.fetch(&model.name, ids, &["stage_id", "create_date"])?;
    for (id, spent) in mail_thread::durations(&root, model, &records, "stage_id")? {
        out.set(id, "duration_tracking", Value::Json(Json::Object(spent)));
    }
    Ok(out)
}
