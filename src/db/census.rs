//! How much there is of the six models of the mission: typed Diesel queries, the same text for both databases.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::connection::on_conn;
use super::schema::{
    ai_artifact, ai_project_stage, ai_project_template, ai_provider, project_project, project_task,
};
use super::{Conn, DbResult};

/// Records of each model, archived ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// project.project
    pub projects: i64,
    /// project.task
    pub tasks: i64,
    /// ai.project.template
    pub templates: i64,
    /// ai.project.stage
    pub stages: i64,
    /// ai.provider
    pub providers: i64,
    /// ai.artifact
    pub artifacts: i64,
}

/// Counts them.
pub fn census(conn: &mut Conn) -> DbResult<Census> {
    on_conn!(conn, |c| {
        (|| {
            Ok(Census {
                projects: project_project::table.select(count_star()).first(c)?,
                tasks: project_task::table.select(count_star()).first(c)?,
                templates: ai_project_template::table.select(count_star()).first(c)?,
                stages: ai_project_stage::table.select(count_star()).first(c)?,
                providers: ai_provider::table.select(count_star()).first(c)?,
                artifacts: ai_artifact::table.select(count_star()).first(c)?,
            })
        })()
    })
}

/// Projects by `ai_state`.
pub fn projects_by_state(conn: &mut Conn) -> DbResult<Vec<(Option<String>, i64)>> {
    let state = project_project::ai_state;
    on_conn!(conn, |c| {
        project_project::table.group_by(state).select((state, count_star())).order(state).load(c)
    })
}
