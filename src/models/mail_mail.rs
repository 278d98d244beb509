//! mail.mail: outgoing mail. Kept as rows; nothing is sent from here.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};

/// Behaviour of outgoing mail.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.mail").compute("compute_body_content", body)
}

fn body(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.sudo().fetch(&model.name, ids, &["body_html"])? {
        out.set(r.id, "body_content", r.get("body_html").clone());
    }
    Ok(out)
}
