//! project.share.wizard: giving people from outside access to a project.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, fetch};
use crate::value::Value;

/// Behaviour of the wizard.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.share.wizard").compute("compute_share_link", link)
}

fn link(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let base = env.param("web.base.url")?.unwrap_or_default();
    let mut out = Computed::new();
    for w in fetch::fetch_existing(&env.sudo(), model, ids, &["res_model", "res_id"])? {
        let path = if w.str("res_model") == "project.project" { "projects" } else { "tasks" };
        out.set(w.id, "share_link", Value::Text(format!("{base}/my/{path}/{}", w.int("res_id"))));
    }
    Ok(out)
}
