//! project.task.recurrence: how often a task comes again.

use super::clock;
use super::project_task;
use crate::error::{Error, Result};
use crate::orm::{Behaviour, Env, Model, Super, fetch};
use crate::value::{DATETIME_FORMAT, Map};
use chrono::{Days, Months, NaiveDateTime};
use serde_json::json;

/// Behaviour of recurrences.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.task.recurrence")
        .constrains(&["repeat_unit", "repeat_interval"], interval)
        .constrains(&["repeat_type", "repeat_until"], until)
}

fn interval(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    if fetch::column(env, model, ids, "repeat_interval")?.values().any(|v| v.int() <= 0) {
        return Err(Error::validation("The interval should be greater than 0"));
    }
    Ok(())
}

fn until(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let today = clock::today(env);
    let rows = fetch::fetch_existing(env, model, ids, &["repeat_type", "repeat_until"])?;
    if rows
        .iter()
        .any(|r| r.str("repeat_type") == "until" && r.date("repeat_until").is_some_and(|d| d < today))
    {
        return Err(Error::validation("The end date should be in the future"));
    }
    Ok(())
}

/// A moment so many units later.
pub fn later(at: NaiveDateTime, unit: &str, n: u32) -> Option<NaiveDateTime> {
    match unit {
        "day" => at.checked_add_days(Days::new(n.into())),
        "week" => at.checked_add_days(Days::new(u64::from(n) * 7)),
        "month" => at.checked_add_months(Months::new(n)),
        _ => at.checked_add_months(Months::new(n.saturating_mul(12))),
    }
}

/// Values a task's next occurrence takes over.
const TAKEN: [&str; 15] = [
    "company_id",
    "description",
    "displayed_image_id",
    "email_cc",
    "name",
    "parent_id",
    "partner_id",
    "allocated_hours",
    "project_id",
    "recurrence_id",
    "recurring_task",
    "sequence",
    "tag_ids",
    "user_ids",
    "milestone_id",
];

/// Makes the occurrence after `last`, unless the recurrence has run out.
pub fn next(env: &Env, recurrence: i64, last: i64) -> Result<()> {
    let fields = ["repeat_interval", "repeat_unit", "repeat_type", "repeat_until"];
    let r = env.fetch_one("project.task.recurrence", recurrence, &fields)?;
    if r.str("repeat_type") == "until" && r.date("repeat_until").is_some_and(|d| clock::today(env) > d) {
        return Ok(());
    }
    let model = env.model("project.task")?;
    let quiet = env.with_context(json!({"copy_project": true}));
    let mut default = Map::new();
    default.insert("recurrence_id".into(), json!(recurrence));
    let data = Super::of(model).copy_data(&quiet, &[last], default)?.pop().unwrap_or_default();
    let mut vals: Map = data
        .iter()
        .filter(|(k, _)| TAKEN.contains(&k.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let task = env.fetch_one("project.task", last, &["date_deadline", "project_id", "stage_id"])?;
    let n = u32::try_from(r.int("repeat_interval")).unwrap_or(1);
    if let Some(to) = task.datetime("date_deadline").and_then(|d| later(d, r.str("repeat_unit"), n)) {
        vals.insert("date_deadline".into(), json!(to.format(DATETIME_FORMAT).to_string()));
    }
    vals.insert("priority".into(), json!("0"));
    if let Some(project) = task.opt("project_id") {
        let stages = project_task::stages_of_projects(env, &[project])?;
        let first = stages.get(&project).and_then(|s| s.iter().find(|s| s.active)).map(|s| s.id);
        vals.insert("stage_id".into(), first.map_or(json!(false), |s| json!(s)));
    }
    if let Some(lines) = data.get("child_ids") {
        vals.insert("child_ids".into(), lines.clone());
    }
    env.create_many("project.task", vec![vals])?;
    Ok(())
}
