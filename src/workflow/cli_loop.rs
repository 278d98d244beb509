//! A stage of mode cli_loop: one job that runs a configured command again and again, until it says that it is done.
//!
//! Each iteration is an artifact of type log, stored before the next starts and known by the job that made it; so a job
//! that is taken up again, by whomever, goes on after the last stored one.

use serde_json::json;

use crate::db::job::{self, Fault, Job};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::Env;
use crate::workflow::calls::Prompt;
use crate::workflow::command::{self, Execution, Outcome};
use crate::workflow::execute::{self, Next};
use crate::workflow::machine::State;
use crate::workflow::plan::Stage;
use crate::workflow::run::{Entry, Run};
use crate::workflow::{prompt, variables};

/// Refuses a stage that cannot work.
pub(crate) fn check(env: &Env, stage: &Stage) -> Result<()> {
    command::find(&stage.cli_command)?;
    let Some(template) = stage.ai_template_id else {
        return Err(Error::user("it runs a command and has no prompt for it. Choose one."));
    };
    let texts = env.fetch_one("ai.template", template, &["user_prompt"])?;
    prompt::check(texts.str("user_prompt"))
}

/// An iteration to come.
#[derive(Debug)]
pub(crate) struct Iteration {
    pub(crate) number: i64,
    pub(crate) execution: Execution,
}

/// First transaction of a claimed job: what to run.
pub(crate) fn begin(env: &Env, project: i64, job: &Job) -> Result<Next> {
    let run = Run::lock(env, project)?;
    if !run.env.db(|c| job::is_held(c, job))? {
        return Ok(Next::Nothing);
    }
    supersede(&run, job)?;
    go_on(run, job)
}

/// What to do now: the next iteration, nothing while the project is paused, or the end because there were too many.
fn go_on(mut run: Run, job: &Job) -> Result<Next> {
    if matches!(run.state, State::Paused(_)) {
        execute::stand_back(&run, job)?;
        return Ok(Next::Nothing);
    }
    let stage = run.current()?.clone();
    let (made, last) = made(&run, job)?;
    if made >= stage.max_iterations.max(1) {
        let message = format!(
            "The command \"{}\" did not say that it is done within {made} iterations.",
            stage.cli_command
        );
        run.env.db(|c| job::fail(c, job, Fault { name: "iterations", message: &message }, run.env.now()))?;
        run.settle()?;
        run.save()?;
        return Ok(Next::Nothing);
    }
    match prepare(&run, &stage, job, made + 1, last) {
        Ok(iteration) => Ok(Next::Iterate(Box::new(iteration))),
        Err(e) if e.is_of_rules() => {
            execute::fail(&run.env, run.id, job, Fault { name: "prompt", message: &e.message })?;
            Ok(Next::Nothing)
        }
        Err(e) => Err(e),
    }
}

fn prepare(run: &Run, stage: &Stage, job: &Job, number: i64, last: String) -> Result<Iteration> {
    let (command, root) = command::find(&stage.cli_command)?;
    let template = stage.ai_template_id.ok_or_else(|| Error::user("The stage has no prompt."))?;
    let mut vars = variables::of_project(run)?;
    vars["feedback"] = execute::payload(job)["feedback"].as_str().unwrap_or_default().into();
    vars["previous"] = last.into();
    let input = Prompt::read(&run.env, template)?.request(&vars, None)?.user;
    Ok(Iteration {
        number,
        execution: Execution {
            name: stage.cli_command.clone(),
            command,
            directory: root.join(database(&run.env)?).join(run.id.to_string()),
            env: vec![
                ("WORKWARDEN_PROJECT", run.id.to_string()),
                ("WORKWARDEN_ITERATION", number.to_string()),
            ],
            input,
        },
    })
}

/// Name of the database, which a server may have several of, as one part of a path.
fn database(env: &Env) -> Result<String> {
    let sql = Sql::new().either(
        "SELECT current_database()::text",
        "SELECT file FROM pragma_database_list WHERE name = 'main'",
    );
    let rows = env.query(&sql, &[ColType::Text])?;
    let name = rows.first().map_or("", |row| row[0].str()).rsplit('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
    Ok(name.chars().map(plain).collect())
}

/// How many iterations of this job are stored, and what the last one wrote.
fn made(run: &Run, job: &Job) -> Result<(i64, String)> {
    let sql = Sql::of("SELECT version, content FROM ai_artifact WHERE artifact_type = 'log' AND job_id = ")
        .int(job.id.into())
        .raw(" ORDER BY version DESC LIMIT 1");
    let rows = run.env.query(&sql, &[ColType::Int, ColType::Text])?;
    Ok(rows.first().map_or((0, String::new()), |row| (row[0].int(), row[1].str().to_string())))
}

/// The iterations of earlier jobs of this stage are old versions.
fn supersede(run: &Run, job: &Job) -> Result<()> {
    let domain = json!([
        ["project_id", "=", run.id],
        ["stage_id", "=", job.stage_id],
        ["artifact_type", "=", "log"],
        ["active", "=", true],
        ["job_id", "!=", job.id]
    ]);
    let old = run.env.search("ai.artifact", domain)?;
    if !old.is_empty() {
        run.env.write("ai.artifact", &old, json!({"active": false}))?;
    }
    Ok(())
}

/// Stores an iteration and says what is next. Nothing is stored if the job is not held any more.
pub(crate) fn store(env: &Env, job: &Job, number: i64, outcome: &Outcome) -> Result<Next> {
    let Some(project) = job.project_id.map(i64::from) else { return Ok(Next::Nothing) };
    let mut run = Run::lock(env, project)?;
    if !run.env.db(|c| job::is_held(c, job))? {
        return Ok(Next::Nothing);
    }
    let stage = job.stage_id.and_then(|id| run.plan.get(id.into())).cloned();
    let stage = stage.ok_or_else(|| Error::user("The stage of this job is not part of the run."))?;
    let values = json!({
        "name": format!("{} {number}", stage.name), "artifact_type": "log", "content": outcome.output,
        "project_id": run.id, "stage_id": stage.id, "version": number, "mimetype": "text/plain", "job_id": job.id,
    });
    run.env.create("ai.artifact", values)?;
    let ended = match (outcome.done, outcome.code) {
        (true, _) => "it is done".to_string(),
        (false, Some(code)) => format!("exit code {code}"),
        (false, None) => "ended by a signal".to_string(),
    };
    let message = format!("Iteration {number} of the command \"{}\": {ended}.", stage.cli_command);
    run.log(Entry { kind: "iteration", message: &message, version: number, ..Entry::default() })?;
    if !outcome.done {
        return go_on(run, job);
    }
    run.env.db(|c| job::finish(c, job, 0, env.now()))?;
    run.settle()?;
    run.save()?;
    Ok(Next::Nothing)
}

/// What the job takes along: `feedback` is what was asked for at its gate.
pub(crate) fn payload(feedback: &str) -> Option<String> {
    (!feedback.is_empty()).then(|| json!({"feedback": feedback}).to_string())
}
