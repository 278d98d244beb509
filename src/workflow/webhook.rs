//! The system action `webhook`: the project as JSON, POSTed to the stage's webhook_url and signed with its secret.
//!
//! ```text
//! X-Workwarden-Signature: t=<Unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>" under the secret>
//! X-Workwarden-Delivery:  <the same for each try of one delivery>
//! ```
//!
//! The receiver checks the signature over the bytes it got and that `t` is recent; it may see a delivery twice, since
//! a server may be lost between the receiver's answer and its own commit.

use serde_json::json;

use crate::crypt;
use crate::db::job::Job;
use crate::error::{Error, Result};
use crate::orm::Env;
use crate::value::{DATETIME_FORMAT, Json};
use crate::workflow::plan::Stage;
use crate::workflow::provider::Post;
use crate::workflow::run::Run;
use crate::workflow::{secret, work};

/// A delivery is tried so often.
pub(crate) const ATTEMPTS: i32 = 6;

/// What binds a sealed secret to its row.
pub(crate) fn purpose(stage: i64) -> String {
    format!("ai.project.stage,{stage},webhook_secret")
}

/// Refuses a stage whose webhook cannot work.
pub(crate) fn check(env: &Env, stage: &Stage) -> Result<()> {
    if stage.webhook_url.trim().is_empty() {
        return Err(Error::user("its webhook has no address. Set webhook_url."));
    }
    check_url(&stage.webhook_url)?;
    key(env, stage.id).map(drop)
}

/// Refuses what is no address to POST to.
pub(crate) fn check_url(text: &str) -> Result<()> {
    match url::Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(Error::validation(format!("webhook_url: \"{text}\" is no http:// or https:// address."))),
    }
}

/// The secret is not frozen with the stage: what a run keeps can be read.
fn key(env: &Env, stage: i64) -> Result<secret::Secret> {
    let record = env.sudo().fetch_one("ai.project.stage", stage, &["webhook_secret_sealed"])?;
    match record.str("webhook_secret_sealed") {
        "" => Err(Error::user("its webhook has no secret to sign with. Set webhook_secret.")),
        sealed => Ok(secret::Secret::new(secret::vault()?.open(sealed, &purpose(stage))?)),
    }
}

/// What is to be sent now.
pub(crate) fn prepare(run: &Run, stage: &Stage, job: &Job) -> Result<Post> {
    let key = key(&run.env, stage.id)?;
    let body = document(run, stage)?.to_string();
    let at = run.env.now().and_utc().timestamp();
    let signature = crypt::hmac_sha256(key.reveal().as_bytes(), format!("{at}.{body}").as_bytes());
    Ok(Post {
        url: stage.webhook_url.trim().to_string(),
        headers: vec![
            ("x-workwarden-signature", format!("t={at},v1={}", hex::encode(signature))),
            ("x-workwarden-delivery", job.identity_key.clone()),
        ],
        body,
    })
}

/// The project with its tasks and the newest artifacts.
fn document(run: &Run, stage: &Stage) -> Result<Json> {
    let tasks: Vec<i64> = work::tasks(run)?.iter().map(|t| t.id).collect();
    let fields = ["name", "ai_state", "ai_content", "ai_approved", "ai_stage_id"];
    let tasks = run.env.fetch("project.task", &tasks, &fields)?;
    let domain = json!([["project_id", "=", run.id], ["active", "=", true]]);
    let artifacts = run.env.search("ai.artifact", domain)?;
    let fields = ["name", "artifact_type", "content", "mimetype", "version", "task_id", "stage_id"];
    let artifacts = run.env.fetch("ai.artifact", &artifacts, &fields)?;
    Ok(json!({
        "event": "ai.project.stage.webhook",
        "date": run.env.now().format(DATETIME_FORMAT).to_string(),
        "stage": {"id": stage.id, "name": stage.name},
        "project": {
            "id": run.id, "name": run.name, "ai_state": run.state.selection(), "ai_params": run.merged_params()?,
            "ai_template_id": run.template, "ai_progress": run.percent()?,
        },
        "tasks": tasks.iter().map(|t| json!({
            "id": t.id, "name": t.str("name"), "ai_state": t.str("ai_state"), "ai_content": t.str("ai_content"),
            "ai_approved": t.bool("ai_approved"), "ai_stage_id": t.opt("ai_stage_id"),
        })).collect::<Vec<_>>(),
        "artifacts": artifacts.iter().map(|a| json!({
            "id": a.id, "name": a.str("name"), "artifact_type": a.str("artifact_type"), "content": a.str("content"),
            "mimetype": a.str("mimetype"), "version": a.int("version"), "task_id": a.opt("task_id"),
            "stage_id": a.opt("stage_id"),
        })).collect::<Vec<_>>(),
    }))
}
