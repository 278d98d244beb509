//! Which fields of a view the server wants to hear of while they are edited: those that a computed field of the same
//! view is made from. They get `on_change="1"`.

use crate::orm::field::{Field, Source};
use crate::orm::{Model, Registry};
use crate::schema::arch::Element;
use std::collections::HashSet;

/// (model, field).
type Named = (String, String);

/// Marks the fields of a form, list or kanban.
pub fn mark(registry: &Registry, root: &mut Element, model: &Model) {
    if !["form", "list", "kanban"].contains(&root.tag.as_str()) {
        return;
    }
    let mut there = HashSet::new();
    collect(registry, root, model, &mut there);
    let mut sources = HashSet::new();
    for (model, field) in &there {
        if let Some(model) = registry.find(model)
            && let Some(field) = model.fields.get(field)
        {
            let mut own = HashSet::new();
            made_from(registry, model, field, &mut own);
            own.remove(&(model.name.clone(), field.name.clone()));
            sources.extend(own);
        }
    }
    set(registry, root, model, &sources);
}

fn collect(registry: &Registry, e: &Element, model: &Model, there: &mut HashSet<Named>) {
    let mut inner = model;
    if e.tag == "field"
        && let Some(field) = e.get("name").and_then(|n| model.fields.get(n))
    {
        there.insert((model.name.clone(), field.name.clone()));
        inner = registry.find(&field.relation).unwrap_or(model);
    }
    e.children().for_each(|c| collect(registry, c, inner, there));
}

fn set(registry: &Registry, e: &mut Element, model: &Model, sources: &HashSet<Named>) {
    let mut inner = model;
    if e.tag == "field"
        && let Some(field) = e.get("name").and_then(|n| model.fields.get(n))
    {
        inner = registry.find(&field.relation).unwrap_or(model);
        if sources.contains(&(model.name.clone(), field.name.clone())) && e.get("on_change").is_none() {
            e.set("on_change", "1");
        }
    }
    e.children_mut().for_each(|c| set(registry, c, inner, sources));
}

/// All that the value of a computed field comes from, step by step.
fn made_from(registry: &Registry, model: &Model, field: &Field, out: &mut HashSet<Named>) {
    let paths: Vec<Vec<&str>> = match &field.source {
        Source::Stored => return,
        Source::Related(path) => vec![path.iter().map(String::as_str).collect()],
        Source::DisplayName => vec![model.rec_name.iter().map(String::as_str).collect()],
        Source::Compute(..) => field.depends.iter().map(|p| p.split('.').collect()).collect(),
    };
    for path in paths {
        let mut at = model;
        for step in path {
            let Some(source) = at.fields.get(step) else { break };
            if out.insert((at.name.clone(), source.name.clone())) {
                made_from(registry, at, source, out);
            }
            match registry.find(&source.relation) {
                Some(next) => at = next,
                None => break,
            }
        }
    }
}
