//! `ai.artifact`: people may correct one; its versions are the engine's.

use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model};

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.artifact").constrains(&["task_id", "project_id"], belongs)
}

fn belongs(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let env = env.sudo();
    let records = env.fetch(&model.name, ids, &["name", "task_id", "project_id"])?;
    let tasks: Vec<i64> = records.iter().filter_map(|r| r.opt("task_id")).collect();
    let tasks = env.fetch("project.task", &tasks, &["project_id"])?;
    let wrong = records.iter().find(|r| {
        let task = tasks.iter().find(|t| Some(t.id) == r.opt("task_id"));
        task.is_some_and(|t| t.opt("project_id") != r.opt("project_id"))
    });
    match wrong {
        Some(r) => Err(Error::validation(format!(
            "The task of the artifact \"{}\" is of another project.",
            r.str("name")
        ))),
        None => Ok(()),
    }
}
