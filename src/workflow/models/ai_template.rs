//! `ai.template`: a prompt that cannot be read is not saved.

use crate::error::Result;
use crate::orm::{Behaviour, Env, Model};
use crate::value::json_is_falsy;
use crate::workflow::contract::Contract;
use crate::workflow::models::json_text;
use crate::workflow::prompt;

pub(crate) fn behaviour() -> Behaviour {
    json_text::register(Behaviour::new("ai.template"))
        .copy_data(super::ai_project_template::copy_data)
        .constrains(&["system_prompt", "user_prompt"], prompts)
        .constrains(&["output_schema"], schema)
}

fn prompts(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["system_prompt", "user_prompt"])? {
        prompt::check_syntax(record.str("system_prompt"))?;
        prompt::check_syntax(record.str("user_prompt"))?;
    }
    Ok(())
}

fn schema(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for record in env.fetch(&model.name, ids, &["output_schema"])? {
        if !json_is_falsy(record.json("output_schema")) {
            Contract::new(record.json("output_schema"))?;
        }
    }
    Ok(())
}
