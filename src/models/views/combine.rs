//! Which stored view answers, and that view with everything that extends it.

use crate::error::{Error, Result};
use crate::orm::env::Page;
use crate::orm::{Env, Model, Record};
use crate::schema::arch::Element;
use crate::schema::inherit::{self, Misfit};
use serde_json::json;
use std::collections::{HashMap, VecDeque};

/// What is read of a view to combine it.
const FIELDS: [&str; 6] = ["name", "model", "mode", "inherit_id", "arch_db", "priority"];

/// The stored view of a kind: the one the context names (`form_view_ref`), else the first by priority.
pub fn default_id(root: &Env, model: &Model, kind: &str) -> Result<Option<i64>> {
    if let Some(named) = root.ctx(&format!("{kind}_view_ref")).as_str().filter(|n| n.contains('.'))
        && let Some(id) = root.xmlid(named)?
    {
        return Ok(Some(id));
    }
    let domain = json!([["model", "=", model.name], ["type", "=", kind], ["mode", "=", "primary"]]);
    let page = Page { order: Some("priority, id".into()), limit: Some(1), offset: 0 };
    Ok(root.search_with("ir.ui.view", domain, &page)?.first().copied())
}

/// The view `id` with its ancestors and all extensions, by priority then age, as Odoo applies them: those of a view
/// before the primary views made from it, each followed by its own.
pub fn combined(root: &Env, id: i64) -> Result<Element> {
    match attempt(root, id)? {
        Ok(arch) => Ok(arch),
        Err(m) => {
            let of = root.fetch_one("ir.ui.view", m.origin, &["name"])?;
            Err(Error::validation(format!("{}, line {}: {}", of.str("name"), m.line, m.message)))
        }
    }
}

/// [`combined`]; an extension that does not fit is told apart from what the database refuses.
pub fn attempt(root: &Env, id: i64) -> Result<std::result::Result<Element, Misfit>> {
    let chain = chain(root, id)?;
    let mut children: HashMap<i64, Vec<Record>> = HashMap::new();
    let first = chain.last().map_or(id, |v| v.id);
    let members: Vec<i64> = chain.iter().map(|v| v.id).collect();
    let mut frontier = members.clone();
    for v in chain.iter().filter(|v| v.id != first) {
        children.entry(v.int("inherit_id")).or_default().push(v.clone());
    }
    while !frontier.is_empty() {
        let found = extensions(root, &frontier, &members)?;
        frontier = found.iter().map(|v| v.id).collect();
        for v in found {
            children.entry(v.int("inherit_id")).or_default().push(v);
        }
    }
    children.values_mut().for_each(|list| list.sort_by_key(|v| (v.int("priority"), v.id)));
    let base = chain.last().ok_or_else(|| Error::missing("Record does not exist or has been deleted."))?;
    let mut arch = parse(base)?;
    let mut queue: VecDeque<Record> = children.remove(&base.id).unwrap_or_default().into();
    queue.make_contiguous().sort_by_key(|v| v.str("mode") == "primary");
    while let Some(view) = queue.pop_front() {
        arch = match inherit::apply(arch, &parse(&view)?) {
            Ok(arch) => arch,
            Err(misfit) => return Ok(Err(misfit)),
        };
        for child in children.remove(&view.id).unwrap_or_default().into_iter().rev() {
            if child.str("mode") == "primary" {
                queue.push_back(child);
            } else {
                queue.push_front(child);
            }
        }
    }
    Ok(Ok(arch))
}

fn parse(view: &Record) -> Result<Element> {
    match view.str("arch_db") {
        "" => Element::parse("<data/>", view.id),
        text => Element::parse(text, view.id),
    }
}

/// The view and what it inherits, itself first.
fn chain(root: &Env, id: i64) -> Result<Vec<Record>> {
    let mut out = vec![root.fetch_one("ir.ui.view", id, &FIELDS)?];
    while let Some(above) = out.last().and_then(|v| v.opt("inherit_id")) {
        if out.iter().any(|v| v.id == above) {
            return Err(Error::validation("You cannot create recursive inherited views."));
        }
        out.push(root.fetch_one("ir.ui.view", above, &FIELDS)?);
    }
    Ok(out)
}

/// The views that extend those of `ids` on the same model, but for `known` ones.
fn extensions(root: &Env, ids: &[i64], known: &[i64]) -> Result<Vec<Record>> {
    let domain = json!([["inherit_id", "in", ids], ["mode", "=", "extension"], ["id", "not in", known]]);
    let found = root.search("ir.ui.view", domain)?;
    let above: HashMap<i64, String> = if found.is_empty() {
        HashMap::new()
    } else {
        let parents = root.fetch("ir.ui.view", ids, &["model"])?;
        parents.iter().map(|v| (v.id, v.str("model").to_owned())).collect()
    };
    let mut views = root.fetch("ir.ui.view", &found, &FIELDS)?;
    views.retain(|v| above.get(&v.int("inherit_id")).is_some_and(|m| m == v.str("model")));
    Ok(views)
}
