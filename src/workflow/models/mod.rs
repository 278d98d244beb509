//! The behaviours of the workflow's own models, and what it adds to projects and tasks.

mod ai_artifact;
mod ai_job;
mod ai_project_decision;
mod ai_project_stage;
mod ai_project_template;
mod ai_provider;
mod ai_template;
mod json_text;
mod may;
mod project_project;
mod project_task;
mod sealed;

use crate::orm::Behaviour;

/// All of them, to be registered after those of the models they extend.
pub fn all() -> Vec<Behaviour> {
    vec![
        ai_project_template::behaviour(),
        ai_project_stage::behaviour(),
        ai_template::behaviour(),
        ai_provider::behaviour(),
        ai_artifact::behaviour(),
        ai_job::behaviour(),
        ai_project_decision::behaviour(),
        project_project::behaviour(),
        project_task::behaviour(),
    ]
}
