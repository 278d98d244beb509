//! The composition root: the only place that sees every floor. Puts the models' Rust and the workflow's together.

use crate::models;
use crate::orm::Behaviour;
use crate::workflow;

/// All behaviours, those below first.
pub fn behaviours() -> Vec<Behaviour> {
    let mut all = models::all();
    all.extend(workflow::behaviours());
    all
}
