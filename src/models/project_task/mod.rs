//! project.task: the work to be done.

mod actions;
mod compute;
mod constraint;
mod copy;
mod counters;
mod create;
mod elapsed;
mod follow;
mod form;
pub mod messages;
mod personal;
mod portal;
mod quick;
mod recurrence;
mod stage;
mod write;

use crate::error::Result;
use crate::orm::{Behaviour, Env, Method};
use crate::schema::arch::Element;

pub use copy::copy_tasks;
pub use follow::of_tasks as subtypes_of_tasks;
pub use personal::move_to_first as leave_personal_stages;
pub use stage::of_projects as stages_of_projects;

/// States in which nothing is left to do.
pub const CLOSED: [&str; 2] = ["1_done", "1_canceled"];

/// The other states.
pub const OPEN: [&str; 4] = ["01_in_progress", "02_changes_requested", "03_approved", "04_waiting_normal"];

/// Whether a state is one of [`CLOSED`].
pub fn is_closed(state: &str) -> bool {
    CLOSED.contains(&state)
}

/// Behaviour of tasks.
pub fn behaviour() -> Behaviour {
    let b = Behaviour::new("project.task")
        .create(create::create)
        .write(write::write)
        .unlink(write::unlink)
        .copy_data(copy::copy_data)
        .method(Method::record("copy", "default=None", copy::copy))
        .guard(portal::guard);
    let b = compute::register(b);
    let b = constraint::register(b);
    let b = counters::register(b);
    let b = personal::register(b);
    let b = stage::register(b);
    let b = follow::register(b);
    let b = form::register(b);
    let b = recurrence::register(b);
    actions::register(b).view(columns_of_managers).compute("compute_elapsed", elapsed::compute)
}

/// The columns of a board are everybody's: those who are no managers see no way to make, change or delete one. Rights
/// alone say less, because everybody may have stages of his own.
fn columns_of_managers(env: &Env, root: &mut Element) -> Result<()> {
    if root.tag == "kanban"
        && root.get("default_group_by") == Some("stage_id")
        && !env.has_group("project.group_project_manager")?
    {
        for attribute in ["group_create", "group_edit", "group_delete", "groups_draggable"] {
            root.set(attribute, "False");
        }
    }
    Ok(())
}
