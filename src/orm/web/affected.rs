//! Which fields of a form a change reaches: those that depend on a changed one, as far as that goes.
//!
//! Odoo computes again what depends on a change and nothing else: what a field shows that only the database knows (how
//! many tasks a project has) stays as it was while a form is filled in.

use crate::orm::env::Env;
use crate::orm::field::{Field, Source};
use crate::orm::model::Model;
use crate::value::Json;
use std::collections::HashSet;

/// (model, field).
type Reached<'a> = HashSet<(&'a str, &'a str)>;

/// The fields of `model` that a change of `changed` reaches, those among them.
pub(super) fn affected<'a>(
    env: &'a Env,
    model: &'a Model,
    changed: &[(&'a str, Option<&Json>)],
) -> HashSet<&'a str> {
    let reached = reach(env, model, changed);
    reached.into_iter().filter(|(m, _)| *m == model.name).map(|(_, f)| f).collect()
}

/// The fields of `model` that are computed anew when those of `changed` have changed.
pub(super) fn computed_anew<'a>(env: &'a Env, model: &'a Model, changed: &[&'a str]) -> HashSet<&'a str> {
    let changed: Vec<_> = changed.iter().map(|name| (*name, None)).collect();
    let reached = reach(env, model, &changed);
    model.fields.values().filter(|f| depends(env, model, f, &reached)).map(|f| f.name.as_str()).collect()
}

fn reach<'a>(env: &'a Env, model: &'a Model, changed: &[(&'a str, Option<&Json>)]) -> Reached<'a> {
    let mut reached: Reached<'a> = HashSet::new();
    let mut models = vec![model];
    for (parent, _) in &model.inherits {
        models.extend(env.registry().find(parent));
    }
    for (name, value) in changed {
        reached.insert((&model.name, name));
        let Some(field) = model.fields.get(*name) else { continue };
        if let (Some(_), Source::Related(path)) = (&field.inherited, &field.source) {
            let parent = model.fields.get(&path[0]).map(|link| link.relation.as_str());
            reached.extend(parent.map(|p| (p, path[1].as_str())));
        }
        if !field.kind.is_x2many() {
            continue;
        }
        // lines that come, go or change do so with all they hold
        let Some(comodel) = env.registry().find(&field.relation) else { continue };
        let made = |c: &Json| matches!(c.get(0).and_then(Json::as_i64), Some(0 | 1));
        if value.and_then(Json::as_array).is_some_and(|a| a.iter().any(made)) {
            reached.extend(comodel.fields.keys().map(|f| (comodel.name.as_str(), f.as_str())));
        } else if !field.inverse_name.is_empty() {
            reached.insert((&comodel.name, &field.inverse_name));
        }
    }
    loop {
        let unreached = |m: &&'a Model| {
            let (m, reached) = (*m, &reached);
            m.fields
                .values()
                .filter(move |f| !reached.contains(&(m.name.as_str(), f.name.as_str())))
                .filter(move |f| depends(env, m, f, reached))
                .map(move |f| (m.name.as_str(), f.name.as_str()))
        };
        let new: Vec<_> = models.iter().flat_map(unreached).collect();
        if new.is_empty() {
            break;
        }
        reached.extend(new);
    }
    reached
}

fn depends(env: &Env, model: &Model, field: &Field, reached: &Reached<'_>) -> bool {
    if matches!(field.source, Source::DisplayName) {
        let own = model.behaviours.iter().any(|b| b.display_name.is_some());
        return own
            || model.rec_name.as_ref().is_some_and(|n| reached.contains(&(model.name.as_str(), n.as_str())));
    }
    field.depends.iter().any(|path| {
        let mut at = Some(model);
        path.split('.').any(|step| {
            let Some(m) = at else { return false };
            at = m.fields.get(step).and_then(|f| env.registry().find(&f.relation));
            reached.contains(&(m.name.as_str(), step))
        })
    })
}
