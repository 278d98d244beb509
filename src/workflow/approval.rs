//! The gate: who may open it, who is asked, and what reminds them.

use serde_json::json;

use crate::db::job;
use crate::error::{Error, Result};
use crate::orm::Env;
use crate::value::Json;
use crate::workflow::run::{Entry, Run};

/// What the activity's summary begins with; also how it is found again.
const SUMMARY: &str = "Approval of stage";

/// So many members of an approver group get an activity.
const MOST_ASKED: usize = 20;

/// Whether the calling user may pass judgement at this gate; AccessError when not.
pub(crate) fn check(caller: &Env, run: &Run) -> Result<()> {
    if caller.su() {
        return Ok(());
    }
    let group = run.current()?.approver_group_id;
    let may = match group {
        Some(group) => caller.user()?.groups.contains(&group),
        None => run.manager == Some(caller.uid()) || caller.has_group("project.group_project_manager")?,
    };
    if may {
        return Ok(());
    }
    Err(Error::access(format!(
        "You are not allowed to approve, change or reject the stage \"{}\" of the project \"{}\".",
        run.current()?.name,
        run.name
    )))
}

/// Asks the approvers.
pub(crate) fn ask(run: &Run) -> Result<()> {
    let stage = run.current()?.clone();
    let summary = format!("{SUMMARY} \"{}\"", stage.name);
    activities(run, &summary, &approvers(run)?)?;
    if stage.approval_timeout > 0 {
        run.enqueue_timer("gate_timeout", stage.approval_timeout)?;
    }
    let message = format!("Stage \"{}\" waits for approval.", stage.name);
    run.log(Entry { kind: "approval_requested", message: &message, told: true, ..Entry::default() })
}

/// Withdraws the question.
pub(crate) fn close(run: &Run) -> Result<()> {
    run.env.db(|c| job::cancel(c, run.key(), &["gate_timeout"], run.env.now()))?;
    if !has_activities(run) {
        return Ok(());
    }
    let domain = json!([
        ["res_model", "=", "project.project"],
        ["res_id", "=", run.id],
        ["automated", "=", true],
        ["summary", "=like", format!("{SUMMARY}%")]
    ]);
    let open = run.env.search("mail.activity", domain)?;
    run.env.unlink("mail.activity", &open)
}

/// Time is up: those who were asked, and the project's manager, hear of it once more. Nothing is approved.
pub(crate) fn escalate(run: &Run) -> Result<()> {
    let stage = run.current()?.name.clone();
    let mut people = approvers(run)?;
    people.extend(run.manager);
    people.sort_unstable();
    people.dedup();
    activities(run, &format!("{SUMMARY} \"{stage}\" is overdue"), &people)?;
    let message = format!("Stage \"{stage}\" has been waiting for approval for too long.");
    run.log(Entry { kind: "escalated", message: &message, told: true, ..Entry::default() })
}

/// The members of the approver group, else the project's manager.
fn approvers(run: &Run) -> Result<Vec<i64>> {
    let Some(group) = run.current()?.approver_group_id else { return Ok(run.manager.into_iter().collect()) };
    let domain = json!([["groups_id", "in", [group]], ["active", "=", true], ["share", "=", false]]);
    let mut members = run.env.search("res.users", domain)?;
    members.truncate(MOST_ASKED);
    Ok(members)
}

fn has_activities(run: &Run) -> bool {
    run.env.model("mail.activity").is_ok()
}

fn activities(run: &Run, summary: &str, people: &[i64]) -> Result<()> {
    if !has_activities(run) || people.is_empty() {
        return Ok(());
    }
    let kind = run.env.xmlid("mail.mail_activity_data_todo")?;
    let model = run.env.search("ir.model", json!([["model", "=", "project.project"]]))?;
    let Some(model) = model.first() else { return Ok(()) };
    for user in people {
        let mut values = json!({"res_model_id": model, "res_id": run.id, "user_id": user, "summary": summary,
            "automated": true, "date_deadline": run.env.now().date().to_string()});
        if let Some(kind) = kind {
            values["activity_type_id"] = Json::from(kind);
        }
        run.env.create("mail.activity", values)?;
    }
    Ok(())
}
