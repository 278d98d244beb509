//! project.collaborator: people from outside who work on the tasks of a project.

use crate::error::Result;
use crate::orm::{Behaviour, Env, Model, Super, fetch};
use crate::value::Map;
use serde_json::json;
use std::collections::HashMap;

/// Behaviour of collaborators.
pub fn behaviour() -> Behaviour {
    Behaviour::new("project.collaborator").create(create).unlink(unlink).display_name(display_name)
}

fn display_name(env: &Env, model: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let root = env.sudo();
    let rows = fetch::fetch_existing(&root, model, ids, &["project_id", "partner_id"])?;
    let of = |m: &str, f: &str| {
        let ids: Vec<i64> = rows.iter().map(|r| r.int(f)).collect();
        root.display_names(m, &ids)
    };
    let (projects, partners) = (of("project.project", "project_id")?, of("res.partner", "partner_id")?);
    Ok(rows
        .iter()
        .map(|r| {
            let name = |m: &HashMap<i64, String>, f: &str| m.get(&r.int(f)).cloned().unwrap_or_default();
            (r.id, format!("{} - {}", name(&projects, "project_id"), name(&partners, "partner_id")))
        })
        .collect())
}

/// With the first collaborator, portal users get the right to work on tasks they may see; it goes with the last.
fn create(env: &Env, sup: Super<'_>, vals_list: Vec<Map>) -> Result<Vec<i64>> {
    let first = env.sudo().count("project.collaborator", json!([]))? == 0;
    let ids = sup.create(env, vals_list)?;
    if first {
        switch(env, true)?;
    }
    Ok(ids)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    sup.unlink(env, ids)?;
    if env.sudo().count("project.collaborator", json!([]))? == 0 {
        switch(env, false)?;
    }
    Ok(())
}

fn switch(env: &Env, on: bool) -> Result<()> {
    let root = env.sudo();
    for (model, xmlid) in [
        ("ir.model.access", "project.access_project_sharing_task_portal"),
        ("ir.rule", "project.project_task_rule_portal_project_sharing"),
    ] {
        if let Some(id) = root.xmlid(xmlid)? {
            root.write(model, &[id], json!({"active": on}))?;
        }
    }
    Ok(())
}
