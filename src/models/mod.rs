//! What Rust adds to the models of base, web, mail and project: one file a model.

use crate::orm::Behaviour;

/// All behaviours, those below first.
pub fn all() -> Vec<Behaviour> {
    let mut all = base_models();
    all.extend(project_models());
    all
}

fn base_models() -> Vec<Behaviour> {
    vec![]
}

fn project_models() -> Vec<Behaviour> {
    vec![]
}
