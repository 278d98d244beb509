//! mail.alias.domain: the domain of our addresses, and the addresses mail that went astray comes back to.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model};
use crate::value::Value;

/// Behaviour of alias domains.
pub fn behaviour() -> Behaviour {
    Behaviour::new("mail.alias.domain").compute("compute_emails", emails)
}

fn emails(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    let fields = ["name", "bounce_alias", "catchall_alias", "default_from"];
    for r in env.sudo().fetch(&model.name, ids, &fields)? {
        let at = |local: &str| match local {
            "" => String::new(),
            l if l.contains('@') => l.to_owned(),
            l => format!("{l}@{}", r.str("name")),
        };
        out.set(r.id, "bounce_email", Value::Text(at(r.str("bounce_alias"))));
        out.set(r.id, "catchall_email", Value::Text(at(r.str("catchall_alias"))));
        out.set(r.id, "default_from_email", Value::Text(at(r.str("default_from"))));
    }
    Ok(out)
}
