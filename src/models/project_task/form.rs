//! What a change in the form of a task changes beside it.

use crate::error::Result;
use crate::orm::{Behaviour, Edited, Env, Model, Onchange};
use crate::value::{Json, Map};
use serde_json::json;

pub(super) fn register(b: Behaviour) -> Behaviour {
    b.onchange(&["parent_id"], project_of_parent)
        .onchange(&["project_id"], begin_again)
        .onchange(&["company_id"], project_of_company)
}

fn set(field: &str, value: Json) -> Onchange {
    Onchange { values: Map::from_iter([(field.to_owned(), value)]), warning: None }
}

/// A sub-task that is not shown in a project of its own is in that of its parent.
fn project_of_parent(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let fields = ["display_in_project", "parent_id", "project_id"];
    let task = env.fetch_one(&model.name, edited.id, &fields)?;
    if task.bool("display_in_project") {
        return Ok(Onchange::default());
    }
    let Some(parent) = task.opt("parent_id") else { return Ok(set("display_in_project", json!(true))) };
    let project = env.fetch_one(&model.name, parent, &["project_id"])?.opt("project_id");
    Ok(match project == task.opt("project_id") {
        true => Onchange::default(),
        false => set("project_id", project.map_or(json!(false), |p| json!(p))),
    })
}

/// In another project, what does not wait is in progress.
fn begin_again(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let waits = env.fetch_one(&model.name, edited.id, &["state"])?.str("state") == "04_waiting_normal";
    Ok(if waits { Onchange::default() } else { set("state", json!("01_in_progress")) })
}

/// A project of another company is not the task's any more.
fn project_of_company(env: &Env, model: &Model, edited: &Edited<'_>) -> Result<Onchange> {
    let task = env.fetch_one(&model.name, edited.id, &["company_id", "project_id"])?;
    let Some(project) = task.opt("project_id") else { return Ok(Onchange::default()) };
    let of = env.fetch_one("project.project", project, &["company_id"])?.opt("company_id");
    let other = of.is_some() && of != task.opt("company_id");
    Ok(if other { set("project_id", json!(false)) } else { Onchange::default() })
}
