//! System actions: what the engine itself does as a stage's work, in one transaction.

use base64::Engine as _;
use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::Record;
use crate::value::{Json, Map};
use crate::workflow::contract;
use crate::workflow::definition::{Action, Definition};
use crate::workflow::machine::Mode;
use crate::workflow::plan::Stage;
use crate::workflow::run::Run;
use crate::workflow::work;

/// Longest name of a made task.
const LONGEST_NAME: usize = 200;

/// The action of a stage.
pub(crate) fn action(run: &Run, stage: &Stage) -> Result<Action> {
    definition(run)?.action(&stage.system_action)
}

/// Does the action of the current stage; what is not done within a transaction is not done here.
pub(crate) fn perform(run: &Run, stage: &Stage) -> Result<()> {
    let definition = definition(run)?;
    match definition.action(&stage.system_action)? {
        Action::CreateTasks => create_tasks(run, stage, definition),
        Action::Assemble => assemble(run, stage, definition).map(drop),
        Action::Publish => publish(run, stage, definition),
        Action::Webhook => Err(Error::internal("A webhook is a job of its own kind.")),
    }
}

fn definition(run: &Run) -> Result<&'static Definition> {
    let template = run.template.ok_or_else(|| Error::user("The project has no AI template."))?;
    let record = run.env.fetch_one("ai.project.template", template, &["workflow_class"])?;
    Definition::find(record.str("workflow_class"))
}

/// One task per item, for the next AI stage. Tasks of that stage with the same name are used again.
fn create_tasks(run: &Run, stage: &Stage, definition: &Definition) -> Result<()> {
    let target = target(run, stage)?;
    let items = items(run, stage, definition)?;
    if items.len() > definition.most_parts {
        return Err(Error::user(format!(
            "{} tasks were asked for; a {} has {} at most.",
            items.len(),
            definition.name,
            definition.most_parts
        )));
    }
    let all = work::tasks(run)?;
    let mut old: Vec<&Record> = all.iter().filter(|t| t.opt("ai_stage_id") == Some(target.id)).collect();
    let mut fresh = vec![];
    for (place, (name, description)) in items.iter().enumerate() {
        let sequence = i64::try_from(place + 1).unwrap_or(0) * 10;
        match old.iter().position(|t| t.str("name") == name) {
            Some(at) => {
                let task = old.remove(at);
                run.env.write(
                    "project.task",
                    &[task.id],
                    json!({"sequence": sequence, "ai_state": "pending"}),
                )?;
            }
            None => {
                let mut values = work::new_task(run, name, target.id, sequence);
                if !description.is_empty() {
                    values["description"] =
                        format!("<p>{}</p>", html_escape::encode_text(description)).into();
                }
                fresh.push(values.as_object().cloned().unwrap_or_default());
            }
        }
    }
    let gone: Vec<i64> = old.iter().map(|t| t.id).collect();
    if !gone.is_empty() {
        run.env.write("project.task", &gone, json!({"active": false}))?;
    }
    if !fresh.is_empty() {
        run.env.create_many("project.task", fresh)?;
    }
    Ok(())
}

/// The stage that the tasks are for: the named one, or the next AI stage of the run.
fn target<'r>(run: &'r Run, stage: &Stage) -> Result<&'r Stage> {
    if let Some(named) = named_stage(run, stage, "for_stage")? {
        return Ok(named);
    }
    let mut at = stage.id;
    for _ in 0..run.plan.stages.len() {
        match run.plan.after(at) {
            Some(next) if next.mode() == Mode::Ai => return Ok(next),
            Some(next) => at = next.id,
            None => break,
        }
    }
    Err(Error::user(format!(
        "No AI stage follows \"{}\", so there is nothing to create tasks for.",
        stage.name
    )))
}

/// A stage that the system_params name, by id or name.
fn named_stage<'r>(run: &'r Run, stage: &Stage, key: &str) -> Result<Option<&'r Stage>> {
    let found = match &stage.system_params[key] {
        Json::Null | Json::Bool(false) => return Ok(None),
        Json::Number(n) => n.as_i64().and_then(|id| run.plan.get(id)),
        Json::String(name) => run.plan.stages.iter().find(|s| s.name == *name),
        _ => None,
    };
    let missing = || Error::user(format!("The parameter \"{key}\" names no stage of this run."));
    found.map(Some).ok_or_else(missing)
}

type Item = (String, String);

/// The list: a parameter, the newest artifact of a stage, or the workflow's usual parts.
fn items(run: &Run, stage: &Stage, definition: &Definition) -> Result<Vec<Item>> {
    let params = run.merged_params()?;
    if let Some(name) = stage.system_params["param"].as_str() {
        let given = params.get(name).and_then(Json::as_array);
        let list = given.ok_or_else(|| Error::user(format!("The parameter \"{name}\" must be a list.")))?;
        return read_items(list);
    }
    if let Some(from) = named_stage(run, stage, "from_stage")? {
        let list = artifact_list(run, Some(from.id))?;
        let none =
            || Error::user(format!("The newest artifact of the stage \"{}\" is no JSON list.", from.name));
        return read_items(&list.ok_or_else(none)?);
    }
    if let Some(list) = [definition.list_param, "items"].iter().find_map(|key| params.get(*key)?.as_array()) {
        return read_items(list);
    }
    if let Some(list) = artifact_list(run, None)? {
        return read_items(&list);
    }
    usual_parts(definition, &params)
}

fn usual_parts(definition: &Definition, params: &Map) -> Result<Vec<Item>> {
    if definition.parts.is_empty() {
        return Err(Error::user(format!(
            "There is no list to create tasks from: give the parameter \"{}\", or let a stage before it write \
             a JSON list.",
            definition.list_param
        )));
    }
    let count = definition.count(params)?.unwrap_or(definition.parts.len());
    let part = |i: usize| match definition.parts.get(i) {
        Some(name) => ((*name).to_string(), String::new()),
        None => (format!("Part {}", i + 1), String::new()),
    };
    Ok((0..count).map(part).collect())
}

fn read_items(list: &[Json]) -> Result<Vec<Item>> {
    let text = |j: &Json, keys: &[&str]| {
        keys.iter().find_map(|k| j[*k].as_str()).map(|s| s.trim().to_string()).unwrap_or_default()
    };
    let mut items = vec![];
    for item in list {
        let (name, description) = match item {
            Json::String(name) => (name.trim().to_string(), String::new()),
            Json::Object(_) => (
                text(item, &["name", "title", "page", "chapter"]),
                text(item, &["description", "summary", "content"]),
            ),
            other => (other.to_string(), String::new()),
        };
        if name.is_empty() {
            return Err(Error::user(format!("An item of the list has no name: {item}")));
        }
        items.push((name.chars().take(LONGEST_NAME).collect(), description));
    }
    if items.is_empty() {
        return Err(Error::user("The list to create tasks from is empty."));
    }
    Ok(items)
}

/// The list in the newest artifact (of a stage): a JSON list, or an object with one.
fn artifact_list(run: &Run, stage: Option<i64>) -> Result<Option<Vec<Json>>> {
    let mut domain = vec![json!(["project_id", "=", run.id]), json!(["active", "=", true])];
    // Without a stage named, only what was asked for as JSON counts: any text may hold a bracket.
    domain
        .push(stage.map_or(json!(["mimetype", "=", "application/json"]), |id| json!(["stage_id", "=", id])));
    let page = crate::orm::Page { order: Some("id desc".into()), limit: Some(1), offset: 0 };
    let ids = run.env.search_with("ai.artifact", Json::Array(domain), &page)?;
    let records = run.env.fetch("ai.artifact", &ids, &["content"])?;
    let Some(json) = records.first().and_then(|r| contract::extract(r.str("content")).ok()) else {
        return Ok(None);
    };
    Ok(match json {
        Json::Array(list) => Some(list),
        Json::Object(map) => map.into_iter().find_map(|(_, v)| v.as_array().cloned()),
        _ => None,
    })
}

/// Joins the artifacts of the tasks, in task order, into one document. Returns its id, text and type.
fn assemble(run: &Run, stage: &Stage, definition: &Definition) -> Result<(i64, String, String)> {
    let parts = parts(run, stage, definition)?;
    let mimetype = parts.first().map_or("text/markdown", |p| p.str("mimetype")).to_string();
    let text = parts.iter().map(|p| p.str("content").trim()).collect::<Vec<_>>().join("\n\n");
    let version = supersede(run, stage)?;
    let id = run.env.create(
        "ai.artifact",
        json!({"name": run.name, "artifact_type": "document", "content": text, "mimetype": mimetype,
            "project_id": run.id, "stage_id": stage.id, "version": version}),
    )?;
    Ok((id, text, mimetype))
}

/// What is joined: the newest artifacts of approved tasks, or of all when none had to be approved; those of the
/// workflow's own kind (the pages of a website) when there are any.
fn parts(run: &Run, stage: &Stage, definition: &Definition) -> Result<Vec<Record>> {
    let mut tasks = work::tasks(run)?;
    tasks.retain(|t| t.str("ai_state") == "done");
    if tasks.iter().any(|t| t.bool("ai_approved")) {
        tasks.retain(|t| t.bool("ai_approved"));
    }
    let from = named_stage(run, stage, "from_stage")?.map(|s| s.id);
    let place = |id: Option<i64>| run.plan.stages.iter().position(|s| Some(s.id) == id);
    tasks.sort_by_key(|t| (place(t.opt("ai_stage_id")), t.int("sequence"), t.id));
    let order: Vec<i64> = tasks.iter().map(|t| t.id).collect();
    let domain = json!([
        ["project_id", "=", run.id],
        ["active", "=", true],
        ["task_id", "in", order],
        ["artifact_type", "!=", "log"]
    ]);
    let ids = run.env.search("ai.artifact", domain)?;
    let fields = ["name", "content", "mimetype", "task_id", "artifact_type", "stage_id"];
    let mut parts = run.env.fetch("ai.artifact", &ids, &fields)?;
    match from {
        Some(stage) => parts.retain(|p| p.opt("stage_id") == Some(stage)),
        None if !definition.parts.is_empty() => {
            let own = |p: &Record| p.str("artifact_type") == definition.artifact_type;
            if parts.iter().any(own) {
                parts.retain(own);
            }
        }
        None => {}
    }
    parts.sort_by_key(|p| (order.iter().position(|t| Some(*t) == p.opt("task_id")), p.id));
    if parts.is_empty() {
        return Err(Error::user("There is nothing to assemble: no task has an artifact yet."));
    }
    Ok(parts)
}

/// Makes the stage's earlier documents old versions; gives the next version's number.
fn supersede(run: &Run, stage: &Stage) -> Result<i64> {
    let domain = json!([["project_id", "=", run.id], ["stage_id", "=", stage.id], ["task_id", "=", false]]);
    let ids = run.env.search("ai.artifact", domain)?;
    let old = run.env.fetch("ai.artifact", &ids, &["version", "active"])?;
    let active: Vec<i64> = old.iter().filter(|a| a.bool("active")).map(|a| a.id).collect();
    if !active.is_empty() {
        run.env.write("ai.artifact", &active, json!({"active": false}))?;
    }
    Ok(old.iter().map(|a| a.int("version")).max().unwrap_or(0) + 1)
}

/// Assembles, and attaches the document as a file to the artifact and to the project.
fn publish(run: &Run, stage: &Stage, definition: &Definition) -> Result<()> {
    let (artifact, text, mimetype) = assemble(run, stage, definition)?;
    let extension = match mimetype.as_str() {
        "text/html" => "html",
        "application/json" => "json",
        "text/plain" => "txt",
        _ => "md",
    };
    let name = format!("{}.{extension}", file_name(&run.name));
    let data = base64::engine::general_purpose::STANDARD.encode(text.as_bytes());
    run.env.write("ai.artifact", &[artifact], json!({"content_binary": data, "name": name}))?;
    let file = json!({"name": name, "datas": data, "mimetype": mimetype, "res_model": "project.project",
        "res_id": run.id});
    run.env.create("ir.attachment", file)?;
    Ok(())
}

fn file_name(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let clean = clean.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-").to_lowercase();
    if clean.is_empty() { "project".into() } else { clean.chars().take(80).collect() }
}
