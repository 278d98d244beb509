//! What people from outside see and change of a task: little.

use crate::error::{Error, Result};
use crate::orm::{Env, Model};

const READABLE: &[&str] = &[
    "id",
    "active",
    "priority",
    "project_id",
    "display_in_project",
    "color",
    "allow_task_dependencies",
    "subtask_count",
    "email_from",
    "create_date",
    "write_date",
    "company_id",
    "displayed_image_id",
    "display_name",
    "portal_user_names",
    "user_ids",
    "display_parent_task_button",
    "current_user_same_company_partner",
    "allow_milestones",
    "milestone_id",
    "has_late_and_unreached_milestone",
    "date_assign",
    "dependent_ids",
    "message_is_follower",
    "recurring_task",
    "closed_subtask_count",
    "dependent_tasks_count",
    "depend_on_ids",
    "depend_on_count",
    "repeat_interval",
    "repeat_unit",
    "repeat_type",
    "repeat_until",
    "recurrence_id",
    "recurring_count",
    "duration_tracking",
    "display_follow_button",
];

const WRITABLE: &[&str] = &[
    "name",
    "description",
    "partner_id",
    "date_deadline",
    "date_last_stage_update",
    "tag_ids",
    "sequence",
    "stage_id",
    "child_ids",
    "parent_id",
    "priority",
    "state",
    "is_closed",
];

/// Whether who is not of the project sees a field.
pub(super) fn readable(name: &str) -> bool {
    WRITABLE.contains(&name) || READABLE.contains(&name)
}

/// Refuses fields to portal users.
pub(super) fn guard(env: &Env, _: &Model, fields: &[&str], op: char) -> Result<()> {
    if !env.user()?.share || !env.has_group("base.group_portal")? {
        return Ok(());
    }
    let allowed = |f: &str| if op == 'r' { readable(f) } else { WRITABLE.contains(&f) };
    let refused: Vec<&str> = fields.iter().copied().filter(|f| !allowed(f)).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let verb = if op == 'r' { "read" } else { "write on" };
    Err(Error::access(format!(
        "You cannot {verb} the following fields on tasks: {}",
        crate::value::listed(&refused)
    )))
}
