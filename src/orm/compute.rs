//! Stored computed fields: what a change touches, and computing it anew at the end of the outermost change.

use super::behaviour::Computed;
use super::domain::Domain;
use super::env::{Env, Page};
use super::field::{Field, Kind, Source};
use super::model::Model;
pub(super) use super::settle::Passed;
use super::settle::store;
use crate::error::{Error, Result};
use crate::value::Value;
use indexmap::{IndexMap, IndexSet};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// How many rounds of recomputation may follow from one change before it counts as a circle.
const ROUNDS_MAX: usize = 30;

/// A stored computed field that depends on the field this hangs on, and the way back to its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Model of the computed field.
    pub model: String,
    /// The computed field.
    pub field: String,
    /// Fields that lead from its model to the changed one; empty: the changed record itself.
    pub path: Vec<String>,
}

/// (model, field) → what a change of it touches.
#[derive(Debug, Default)]
pub struct Triggers {
    by_field: HashMap<(String, String), Vec<Trigger>>,
}

impl Triggers {
    /// Follows every `depends` of every stored computed field, through non-stored computed ones too.
    pub fn build(models: &IndexMap<String, Model>) -> Result<Triggers> {
        let mut t = Triggers::default();
        for model in models.values().filter(|m| !m.is_abstract) {
            for field in model.fields.values().filter(|f| f.store && f.is_computed()) {
                for path in &field.depends {
                    let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
                    t.follow(models, (model, field), model, &[], &steps, 0)?;
                }
            }
        }
        Ok(t)
    }

    fn follow(
        &mut self,
        models: &IndexMap<String, Model>,
        target: (&Model, &Field),
        at: &Model,
        prefix: &[String],
        steps: &[String],
        depth: usize,
    ) -> Result<()> {
        let Some((first, rest)) = steps.split_first() else { return Ok(()) };
        if depth > 8 || first == "id" {
            return Ok(());
        }
        let Some(field) = at.fields.get(first) else {
            return Err(Error::internal(format!(
                "{}.{} depends on {}.{first}, which does not exist",
                target.0.name, target.1.name, at.name
            )));
        };
        self.add(at, field, target, prefix);
        if field.is_computed() && !field.store {
            for path in &field.depends {
                let inner: Vec<String> = path.split('.').map(str::to_owned).collect();
                self.follow(models, target, at, prefix, &inner, depth + 1)?;
            }
        }
        // the way back is a search: a relation that cannot be searched leads nowhere
        let searchable = field.store || field.search.is_some() || matches!(field.source, Source::Related(_));
        if !field.kind.is_relational() || !searchable {
            return Ok(());
        }
        let Some(next) = models.get(&field.relation) else { return Ok(()) };
        let mut prefix = prefix.to_vec();
        prefix.push(first.clone());
        // A line that comes or goes changes the inverse, not the x2many.
        if field.kind == Kind::One2many
            && field.store
            && let Some(inverse) = next.fields.get(&field.inverse_name)
        {
            self.add(next, inverse, target, &prefix);
        }
        self.follow(models, target, next, &prefix, rest, depth)
    }

    fn add(&mut self, at: &Model, field: &Field, target: (&Model, &Field), path: &[String]) {
        let trigger =
            Trigger { model: target.0.name.clone(), field: target.1.name.clone(), path: path.to_vec() };
        let v = self.by_field.entry((at.name.clone(), field.name.clone())).or_default();
        let itself = path.is_empty() && at.name == target.0.name && field.name == target.1.name;
        if !itself && !v.contains(&trigger) {
            v.push(trigger);
        }
    }

    fn of(&self, model: &str, field: &str) -> &[Trigger] {
        self.by_field.get(&(model.to_owned(), field.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// What waits to be computed: (model, compute function or field) → ids.
#[derive(Debug, Default)]
pub struct Pending {
    depth: usize,
    todo: IndexMap<(String, String), IndexSet<i64>>,
}

/// What waits while something else is tried.
pub(super) type Waiting = IndexMap<(String, String), IndexSet<i64>>;

impl Pending {
    /// Takes out what waits.
    pub(super) fn set_aside(&mut self) -> Waiting {
        std::mem::take(&mut self.todo)
    }
    /// Puts it back, instead of what came to wait meanwhile.
    pub(super) fn put_back(&mut self, waiting: Waiting) {
        self.todo = waiting;
    }
    /// Forgets everything (the change was undone).
    pub fn clear(&mut self) {
        self.todo.clear();
    }
}

/// Runs a change; at the end of the outermost one, computes what it touched.
pub fn batch<T>(env: &Env, f: impl FnOnce() -> Result<T>) -> Result<T> {
    env.tx().pending.borrow_mut().depth += 1;
    let result = f();
    let outermost = {
        let mut p = env.tx().pending.borrow_mut();
        p.depth -= 1;
        p.depth == 0
    };
    let done = match result {
        Ok(v) if outermost => flush(env).and_then(|()| finish(env)).map(|()| v),
        other => other,
    };
    if outermost {
        drop(env.tx().take_before_end());
        env.tx().protected.borrow_mut().clear();
        env.tx().pending.borrow_mut().clear();
    }
    done
}

/// Runs what waits for the end of the outermost change, and what that makes wait in turn.
fn finish(env: &Env) -> Result<()> {
    loop {
        let hooks = env.tx().take_before_end();
        if hooks.is_empty() {
            return Ok(());
        }
        env.tx().pending.borrow_mut().depth += 1;
        let done = hooks.into_iter().try_for_each(|f| f(env)).and_then(|()| flush(env));
        env.tx().pending.borrow_mut().depth -= 1;
        done?;
    }
}

/// Notes that `fields` of records have changed (or are about to: call it before and after).
pub fn modified(env: &Env, model: &Model, ids: &[i64], fields: &[&str]) -> Result<()> {
    let mut by_path: IndexMap<(String, Vec<String>), Vec<String>> = IndexMap::new();
    for f in fields {
        for t in env.registry().triggers.of(&model.name, f) {
            by_path.entry((t.model.clone(), t.path.clone())).or_default().push(t.field.clone());
        }
    }
    let root = env.sudo().with_context(json!({"active_test": false}));
    for ((target, path), fields) in by_path {
        let affected = if path.is_empty() {
            ids.to_vec()
        } else {
            let d = Domain::in_ids(&path.join("."), ids);
            super::search::search(
                &root,
                env.model(&target)?,
                &d,
                &Page { order: Some("id".into()), ..Page::default() },
            )?
        };
        for f in fields {
            schedule(env, &target, &f, &affected);
        }
    }
    Ok(())
}

/// Notes that a field of records is to be computed.
pub fn schedule(env: &Env, model: &str, field: &str, ids: &[i64]) {
    let protected = env.tx().protected.borrow();
    let mut p = env.tx().pending.borrow_mut();
    let set = p.todo.entry((model.to_owned(), field.to_owned())).or_default();
    set.extend(
        ids.iter().copied().filter(|i| !protected.contains(&(model.to_owned(), field.to_owned(), *i))),
    );
}

/// Keeps values given by hand from being computed over in the running change.
pub fn protect(env: &Env, model: &Model, ids: &[i64], field: &str) {
    let mut p = env.tx().protected.borrow_mut();
    p.extend(ids.iter().map(|i| (model.name.clone(), field.to_owned(), *i)));
}

/// Computes everything that waits, and what that touches in turn.
pub fn flush(env: &Env) -> Result<()> {
    for _ in 0..ROUNDS_MAX {
        let todo = std::mem::take(&mut env.tx().pending.borrow_mut().todo);
        if todo.values().all(IndexSet::is_empty) {
            return Ok(());
        }
        env.tx().pending.borrow_mut().depth += 1;
        let r = round(env, todo);
        env.tx().pending.borrow_mut().depth -= 1;
        r?;
    }
    Err(Error::internal("computed fields depend on each other in a circle"))
}

fn round(env: &Env, todo: IndexMap<(String, String), IndexSet<i64>>) -> Result<()> {
    let root = env.sudo();
    let mut done: HashSet<(String, String, Vec<i64>)> = HashSet::new();
    let mut existing: HashMap<(&str, Vec<i64>), Vec<i64>> = HashMap::new();
    for ((model, field), ids) in &todo {
        let model = env.model(model)?;
        let f = model.field(field)?;
        let ids: Vec<i64> = ids.iter().copied().collect();
        // what is computed deletes nothing
        let ids = match existing.get(&(model.name.as_str(), ids.clone())) {
            Some(there) => there.clone(),
            None => {
                let there = super::search::exists(&root, model, &ids)?;
                existing.insert((model.name.as_str(), ids), there.clone());
                there
            }
        };
        if ids.is_empty() {
            continue;
        }
        match &f.source {
            Source::Compute(name, run) => {
                if !done.insert((model.name.clone(), name.clone(), ids.clone())) {
                    continue;
                }
                let fields: Vec<&Field> = model
                    .fields
                    .values()
                    .filter(|g| g.store && matches!(&g.source, Source::Compute(n, _) if n == name))
                    .filter(|g| todo.contains_key(&(model.name.clone(), g.name.clone())))
                    .collect();
                let values = run(&root, model, &ids)?;
                store(&root, model, &ids, &fields, &values)?;
            }
            Source::Related(path) => {
                let mut values = Computed::new();
                for (id, v) in related(&root, model, &ids, f, path)? {
                    values.set(id, &f.name, v);
                }
                store(&root, model, &ids, &[f], &values)?;
            }
            Source::Stored | Source::DisplayName => {}
        }
    }
    Ok(())
}

/// Values at the end of a path, by record.
pub fn related(
    env: &Env,
    model: &Model,
    ids: &[i64],
    field: &Field,
    path: &[String],
) -> Result<HashMap<i64, Value>> {
    let env = if field.related_sudo { env.sudo() } else { env.clone() };
    let mut at = model;
    // record → the corecord reached so far
    let mut here: Vec<(i64, i64)> = ids.iter().map(|i| (*i, *i)).collect();
    for (n, step) in path.iter().enumerate() {
        let f = at.field(step)?;
        let mut targets: Vec<i64> = here.iter().map(|(_, t)| *t).collect();
        targets.sort_unstable();
        targets.dedup();
        let records = super::fetch::fetch_existing(&env, at, &targets, &[step])?;
        let by_id: HashMap<i64, &super::Record> = records.iter().map(|r| (r.id, r)).collect();
        if n + 1 == path.len() {
            return Ok(here
                .iter()
                .filter_map(|(id, t)| by_id.get(t).map(|r| (*id, r.get(step).clone())))
                .collect());
        }
        here = here
            .into_iter()
            .filter_map(|(id, t)| {
                let r = by_id.get(&t)?;
                let next = r.opt(step).or_else(|| r.ids(step).first().copied())?;
                Some((id, next))
            })
            .collect();
        at = env.registry().model(&f.relation)?;
    }
    Ok(HashMap::new())
}
