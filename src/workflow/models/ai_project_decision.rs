//! `ai.project.decision`: the dialog in which somebody says why he asks for changes, rejects, or wants a task anew.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::{Behaviour, Env};
use crate::value::{Json, Map};

pub(crate) fn behaviour() -> Behaviour {
    Behaviour::new("ai.project.decision").method(Method::record("action_confirm", "", confirm))
}

/// Does what was decided, with the rights of who decided it, and closes the dialog.
fn confirm(env: &Env, call: &Call<'_>) -> Result<Json> {
    let fields = ["project_id", "task_id", "decision", "feedback", "task_ids"];
    for decision in env.fetch("ai.project.decision", &call.ids, &fields)? {
        let feedback = json!(decision.str("feedback"));
        let (model, id, method, mut args) = match decision.str("decision") {
            "reject" => {
                ("project.project", decision.opt("project_id"), "action_reject_stage", vec![feedback])
            }
            "rewrite" => ("project.task", decision.opt("task_id"), "action_regenerate", vec![feedback]),
            _ => ("project.project", decision.opt("project_id"), "action_request_changes", vec![feedback]),
        };
        if method == "action_request_changes" && !decision.ids("task_ids").is_empty() {
            args.push(json!(decision.ids("task_ids")));
        }
        let id = id.ok_or_else(|| Error::user("The dialog does not say what it is about. Open it again."))?;
        env.call(model, &[id], method, args, Map::new())?;
    }
    Ok(json!({"type": "ir.actions.act_window_close"}))
}
