//! The stages of a run, frozen when it begins (`ai_plan`), and which follows which.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::{Env, Record};
use crate::value::Json;
use crate::workflow::machine::{Entry, Mode};

/// Fields of ai.project.stage that a run keeps.
pub(crate) const FIELDS: [&str; 20] = [
    "name",
    "sequence",
    "execution_mode",
    "ai_template_id",
    "provider_id",
    "system_action",
    "system_params",
    "webhook_url",
    "cli_command",
    "max_iterations",
    "requires_approval",
    "approval_type",
    "allow_feedback",
    "approver_group_id",
    "approval_timeout",
    "auto_advance",
    "transition_condition",
    "transition_delay",
    "next_stage_id",
    "is_final",
];

/// One stage as it was when the run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Stage {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) sequence: i64,
    pub(crate) mode: String,
    pub(crate) ai_template_id: Option<i64>,
    pub(crate) provider_id: Option<i64>,
    pub(crate) system_action: String,
    pub(crate) system_params: Json,
    pub(crate) webhook_url: String,
    pub(crate) cli_command: String,
    pub(crate) max_iterations: i64,
    pub(crate) requires_approval: bool,
    pub(crate) approval_type: String,
    pub(crate) allow_feedback: bool,
    pub(crate) approver_group_id: Option<i64>,
    pub(crate) approval_timeout: i64,
    pub(crate) auto_advance: bool,
    pub(crate) transition_condition: String,
    pub(crate) transition_delay: i64,
    pub(crate) next_stage_id: Option<i64>,
    pub(crate) is_final: bool,
}

impl Default for Stage {
    fn default() -> Self {
        Stage {
            id: 0,
            name: String::new(),
            sequence: 10,
            mode: "ai".into(),
            ai_template_id: None,
            provider_id: None,
            system_action: String::new(),
            system_params: json!({}),
            webhook_url: String::new(),
            cli_command: String::new(),
            max_iterations: 10,
            requires_approval: false,
            approval_type: "content".into(),
            allow_feedback: true,
            approver_group_id: None,
            approval_timeout: 0,
            auto_advance: true,
            transition_condition: String::new(),
            transition_delay: 0,
            next_stage_id: None,
            is_final: false,
        }
    }
}

impl Stage {
    pub(crate) fn mode(&self) -> Mode {
        Mode::read(&self.mode).unwrap_or(Mode::Ai)
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry { mode: self.mode(), gate: self.requires_approval }
    }

    fn of(r: &Record) -> Stage {
        Stage {
            id: r.id,
            name: r.str("name").into(),
            sequence: r.int("sequence"),
            mode: r.str("execution_mode").into(),
            ai_template_id: r.opt("ai_template_id"),
            provider_id: r.opt("provider_id"),
            system_action: r.str("system_action").into(),
            system_params: r.json("system_params").clone(),
            webhook_url: r.str("webhook_url").into(),
            cli_command: r.str("cli_command").into(),
            max_iterations: r.int("max_iterations"),
            requires_approval: r.bool("requires_approval"),
            approval_type: r.str("approval_type").into(),
            allow_feedback: r.bool("allow_feedback"),
            approver_group_id: r.opt("approver_group_id"),
            approval_timeout: r.int("approval_timeout"),
            auto_advance: r.bool("auto_advance"),
            transition_condition: r.str("transition_condition").into(),
            transition_delay: r.int("transition_delay"),
            next_stage_id: r.opt("next_stage_id"),
            is_final: r.bool("is_final"),
        }
    }
}

/// The stages of a run in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plan {
    pub(crate) stages: Vec<Stage>,
}

impl Plan {
    /// The template's stages as they are now, by sequence and id.
    pub(crate) fn of_template(env: &Env, template: i64) -> Result<Plan> {
        let env = env.sudo();
        let ids = env.search("ai.project.stage", json!([["template_id", "=", template]]))?;
        let mut stages: Vec<Stage> =
            env.fetch("ai.project.stage", &ids, &FIELDS)?.iter().map(Stage::of).collect();
        stages.sort_by_key(|s| (s.sequence, s.id));
        Ok(Plan { stages })
    }

    /// The stored form read back.
    pub(crate) fn read(stored: &Json) -> Result<Plan> {
        if stored.is_null() {
            return Ok(Plan::default());
        }
        let stages = serde_json::from_value(stored.clone())
            .map_err(|e| Error::internal("The stages of this run cannot be read.").detail(e.to_string()))?;
        Ok(Plan { stages })
    }

    /// The form that is stored.
    pub(crate) fn stored(&self) -> Json {
        serde_json::to_value(&self.stages).unwrap_or_default()
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Stage> {
        self.stages.iter().find(|s| s.id == id)
    }

    pub(crate) fn first(&self) -> Option<&Stage> {
        self.stages.first()
    }

    /// The stage after `id`: next_stage_id if it has one, else the next in order; none after a final one.
    pub(crate) fn after(&self, id: i64) -> Option<&Stage> {
        let at = self.stages.iter().position(|s| s.id == id)?;
        let stage = &self.stages[at];
        if stage.is_final {
            return None;
        }
        match stage.next_stage_id.and_then(|next| self.get(next)) {
            Some(next) => Some(next),
            None => self.stages.get(at + 1),
        }
    }

    /// Names of the stages of a cycle that no gate stands in: such a run would never end nor ask.
    pub(crate) fn endless_cycle(&self) -> Option<Vec<&str>> {
        for start in &self.stages {
            let mut seen = vec![start];
            let mut at = start;
            while let Some(next) = self.after(at.id) {
                if next.id == start.id {
                    if seen.iter().all(|s| !s.requires_approval) {
                        return Some(seen.iter().map(|s| s.name.as_str()).collect());
                    }
                    break;
                }
                if seen.iter().any(|s| s.id == next.id) {
                    break;
                }
                seen.push(next);
                at = next;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(id: i64, next: Option<i64>) -> Stage {
        Stage { id, name: format!("S{id}"), sequence: id * 10, next_stage_id: next, ..Stage::default() }
    }

    #[test]
    fn follows_the_order_and_the_pointers() {
        let mut plan =
            Plan { stages: vec![stage(1, Some(3)), stage(2, None), stage(3, None), stage(4, None)] };
        assert_eq!(plan.after(1).unwrap().id, 3);
        assert_eq!(plan.after(2).unwrap().id, 3);
        assert!(plan.after(4).is_none());
        plan.stages[2].is_final = true;
        assert!(plan.after(3).is_none());
        assert_eq!(Plan::read(&plan.stored()).unwrap(), plan);
    }

    #[test]
    fn finds_cycles_without_a_gate() {
        let mut plan = Plan { stages: vec![stage(1, None), stage(2, None), stage(3, Some(2))] };
        assert_eq!(plan.endless_cycle().unwrap(), ["S2", "S3"]);
        plan.stages[1].requires_approval = true;
        assert!(plan.endless_cycle().is_none());
        assert!(Plan { stages: vec![stage(1, Some(1))] }.endless_cycle().is_some());
    }
}
