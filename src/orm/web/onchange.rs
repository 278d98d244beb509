//! `onchange`: what a form shows at first, and what a change of a field changes.
//!
//! Odoo computes on records that live in memory only. Here the record is made (or changed) for real under a savepoint,
//! past overrides and constraints, read by the form's specification before and after, and undone; the answer is the
//! difference. So compute functions see one kind of record only.

use super::snapshot::{self, Snapshot};
use super::{affected, read};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::orm::behaviour::{Call, Edited, Method, Super};
use crate::orm::commands::{self, Command};
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind, Source};
use crate::orm::model::Model;
use crate::orm::{access, compute, create, rule, write};
use crate::value::{Json, Map, Value};
use indexmap::IndexSet;
use serde_json::json;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    vec![Method::record("onchange", "values, field_names, fields_spec", onchange).class("Base")]
}

/// What a form sends.
struct Form<'a> {
    model: &'a Model,
    id: Option<i64>,
    /// All values the form knows, the changed ones too.
    values: Map,
    changed: Vec<String>,
    spec: &'a Map,
}

fn onchange(env: &Env, call: &Call<'_>) -> Result<Json> {
    let model = call.model;
    let (Json::Object(values), Json::Object(spec)) = (call.arg("values"), call.arg("fields_spec")) else {
        return Err(Error::type_error("onchange: values and fields_spec must be dicts"));
    };
    let changed = call.strings("field_names")?;
    if changed.iter().any(|n| !model.has(n)) {
        return Ok(json!({}));
    }
    if !call.ids.is_empty() {
        // who may not read a field hears of that before he hears of the record
        access::check_fields(
            env,
            model,
            &spec.keys().filter_map(|n| model.fields.get(n)).collect::<Vec<_>>(),
            'r',
        )?;
    }
    check_rights(env, model, &call.ids)?;
    let mut values = values.clone();
    values.shift_remove("id");
    parents_by_id(model, &mut values);
    let mut form = Form { model, id: call.ids.first().copied(), values, changed, spec };
    let first = form.changed.is_empty();
    if first {
        with_defaults(env, &mut form)?;
    }
    if let Some(unknown) = spec.keys().find(|n| !model.has(n)) {
        return Err(Error::key_error(unknown));
    }
    if let Some(missing) = form.changed.iter().find(|n| !form.values.contains_key(*n)) {
        return Err(Error::key_error(missing));
    }
    for name in spec.keys().chain(form.values.keys()) {
        let field = model
            .fields
            .get(name)
            .ok_or_else(|| Error::value(format!("Invalid field '{name}' on model '{}'", model.name)))?;
        if form.id.is_some() {
            access::check_field(env, model, field, 'r')?;
        }
    }
    let bare = |(name, v): (&String, &Json)| {
        let lines = model.fields.get(name).is_some_and(|f| f.kind.is_x2many());
        lines && v.as_array().is_some_and(|a| a.iter().any(Json::is_number))
    };
    if !first && form.values.iter().any(bare) {
        return Err(Error::type_error("'int' object is not subscriptable"));
    }
    let mut warnings = Warnings::default();
    let tried = env.rehearse(|| try_out(env, &form, first, &mut warnings));
    let value = match tried {
        Ok((before, after)) => {
            snapshot::difference(env, model, spec, before.as_ref(), &after, &form.values, &form.changed)?
        }
        // the database would refuse these values; the form says so when it is saved, not while it is filled in
        Err(e) if matches!(e.kind, ErrorKind::Validation | ErrorKind::Db | ErrorKind::User) && !first => {
            Map::new()
        }
        Err(e) if matches!(e.kind, ErrorKind::Validation | ErrorKind::Db) => {
            tracing::debug!(model = %model.name, error = %e.message, "first onchange falls back to bare defaults");
            bare_defaults(env, &form)?
        }
        Err(e) => return Err(e),
    };
    let mut value = value;
    if form.id.is_some() {
        // trying out is no change
        value.retain(|name, _| name != "write_date" && name != "write_uid");
    }
    unmade(env, &form, &mut value)?;
    snapshot::tell_records(env, model, spec, &mut value)?;
    if form.id.is_none() {
        for name in ["create_uid", "create_date", "write_uid", "write_date"] {
            // the record was there for a moment only
            if let Some(v) = value.get_mut(name) {
                *v = json!(false);
            }
        }
    }
    let mut out = json!({ "value": value });
    if let Some(warning) = said(&warnings) {
        out["warning"] = warning;
    }
    Ok(out)
}

/// What was made along with a new record is not there any more: a link to it is empty.
fn unmade(env: &Env, form: &Form<'_>, value: &mut Map) -> Result<()> {
    if form.id.is_some() {
        return Ok(());
    }
    for (name, v) in value {
        let field = form.model.field(name)?;
        let id = v.as_i64().or_else(|| v.get("id").and_then(Json::as_i64));
        let Some(id) = id.filter(|i| field.kind == Kind::Many2one && *i != 0) else { continue };
        if env.exists(&field.relation, &[id])?.is_empty() {
            let parent = form.model.inherits.iter().any(|(_, link)| link == name);
            *v = if parent { Json::Null } else { json!(false) };
        }
    }
    Ok(())
}

/// Titles and messages.
type Warnings = IndexSet<(&'static str, &'static str)>;

/// One warning as it is, several as one.
fn said(warnings: &Warnings) -> Option<Json> {
    let (title, message) = match warnings.len() {
        0 => return None,
        1 => (warnings[0].0.to_owned(), warnings[0].1.to_owned()),
        _ => {
            let all: Vec<String> = warnings.iter().map(|(t, m)| format!("{t}\n\n{m}")).collect();
            ("Warnings".to_owned(), all.join("\n\n"))
        }
    };
    Some(json!({"title": title, "message": message, "type": "dialog"}))
}

/// A line of a form within a form tells its parent by the parent's values: here it is known by its id, or not yet.
fn parents_by_id(model: &Model, values: &mut Map) {
    for (name, value) in values {
        let many2one = model.fields.get(name).is_some_and(|f| f.kind == Kind::Many2one);
        if let (true, Json::Object(parent)) = (many2one, &*value) {
            *value = parent.get("id").filter(|id| id.is_i64()).cloned().unwrap_or(json!(false));
        }
    }
}

/// The defaults as they are, for a record that the database would not take with nothing but them.
fn bare_defaults(env: &Env, form: &Form<'_>) -> Result<Map> {
    let mut out = Map::new();
    for (name, spec) in form.spec.iter().filter(|(n, _)| *n != "id") {
        let field = form.model.field(name)?;
        let value = form.values.get(name);
        if field.kind.is_x2many() {
            let lines = bare_lines(env, form.model, field, value, spec)?;
            if !lines.is_empty() {
                out.insert(name.clone(), json!(lines));
            }
            continue;
        }
        out.insert(
            name.clone(),
            value.filter(|v| **v != json!(false)).cloned().unwrap_or(nothing(field.kind)),
        );
    }
    Ok(out)
}

/// Lines by default as a form takes them: it knows a record that is linked only by what comes with it.
fn bare_lines(
    env: &Env,
    model: &Model,
    field: &Field,
    value: Option<&Json>,
    spec: &Json,
) -> Result<Vec<Json>> {
    let comodel = env.model(&field.relation)?;
    let none = Map::new();
    let fields = spec.get("fields").and_then(Json::as_object).unwrap_or(&none);
    let linked = |ids: &[i64]| -> Result<Vec<Json>> {
        let rows = read::web_read(env, comodel, ids, fields)?;
        Ok(ids.iter().zip(rows).map(|(id, row)| json!([4, id, row])).collect())
    };
    let mut lines = Vec::new();
    for command in commands::parse(model, field, value.unwrap_or(&Json::Null))? {
        match command {
            Command::Create(values) => lines.push(json!([0, 0, values])),
            Command::Link(id) => lines.extend(linked(&[id])?),
            Command::Set(ids) => lines.extend(linked(&ids)?),
            // there is nothing yet that these could change
            Command::Clear | Command::Update(..) | Command::Delete(_) | Command::Unlink(_) => {}
        }
    }
    Ok(lines)
}

fn check_rights(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    match ids {
        // a form may be filled in by who may not save it
        [] => Ok(()),
        // users change their own preferences without a right to write users
        _ if model.name == "res.users" => Ok(()),
        ids => rule::check(env, model, ids, 'r'),
    }
}

/// On the first call every value given and every default counts as a change.
fn with_defaults(env: &Env, form: &mut Form<'_>) -> Result<()> {
    form.changed = form.values.keys().cloned().collect();
    let missing: Vec<String> = form.spec.keys().filter(|n| !form.values.contains_key(*n)).cloned().collect();
    let defaults = Super::top(form.model).default_get(env, &missing)?;
    for (name, value) in defaults {
        if missing.contains(&name) {
            form.changed.push(name.clone());
            form.values.insert(name, value);
        }
    }
    Ok(())
}

/// Makes the record as it was, reads it, changes it, reads it again.
fn try_out(
    env: &Env,
    form: &Form<'_>,
    first: bool,
    warnings: &mut Warnings,
) -> Result<(Option<Snapshot>, Snapshot)> {
    let quiet = env.with_context(json!({"tracking_disable": true, "mail_create_nolog": true,
        "mail_create_nosubscribe": true, "mail_notrack": true, "mail_auto_subscribe_no_notify": true}));
    let root = quiet.sudo();
    make_room(&root, form)?;
    let (changed, known): (Map, Map) =
        form.values.clone().into_iter().partition_map(|n| form.changed.contains(n));
    let model = form.model;
    // a new record has no rules yet, so who may not read the model sees it all the same
    let may = |op| access::allowed(env, model, op);
    let reader = if form.id.is_none() && !(may('c')? && may('r')?) { &root } else { env };
    if first {
        let (id, mut blank) = create::rehearse(&root, model, form.values.clone())?;
        blank.retain(|n| form.values.get(n).is_none_or(|v| matches!(v, Json::Bool(false) | Json::Null)));
        follow_up(&root, form, &Edited { id, was: None }, warnings, |_| Ok(Vec::new()))?;
        let mut seen = snapshot::take(reader, model, id, form.spec, &blank)?;
        without_stand_ins(env, form, &blank, &mut seen);
        // a default of a field that is not kept is nowhere but in the form
        for (name, value) in &form.values {
            if value.is_null() || !seen.contains_key(name) {
                continue;
            }
            let field = model.field(name)?;
            let plain = matches!(field.kind, Kind::Selection | Kind::Integer | Kind::Date)
                || field.kind == Kind::Many2one && form.spec[name].get("fields").is_none();
            if plain && field.is_computed() && !field.store && field.inherited.is_none() {
                seen.insert(name.clone(), value.clone());
            }
        }
        not_computed(env, form, &mut seen);
        return Ok((None, seen));
    }
    let (id, blank) = match form.id {
        Some(id) => {
            apply(&root, model, id, known)?;
            (id, Vec::new())
        }
        None => {
            let mut initial = known;
            for name in changed.keys() {
                initial.insert(name.clone(), json!(false));
            }
            // what makes the record's parents is never emptied
            model.inherits.iter().for_each(|(_, link)| {
                initial.shift_remove(link);
            });
            create::rehearse(&root, model, initial)?
        }
    };
    let before = snapshot::take(reader, model, id, form.spec, &blank)?;
    let mut left: Vec<String> = blank.into_iter().filter(|n| !changed.contains_key(n)).collect();
    let mut changed = changed;
    // what must not be empty may be so while the form is filled in
    for (name, value) in changed.iter_mut().filter(|(_, v)| matches!(v, Json::Null | Json::Bool(false))) {
        let field = model.field(name)?;
        if field.required && field.has_column() && matches!(field.kind, Kind::Char | Kind::Text | Kind::Html)
        {
            *value = json!("");
            left.push(name.clone());
        }
    }
    apply(&root, model, id, changed)?;
    let edited = Edited { id, was: form.id.and(Some(&before)) };
    follow_up(&root, form, &edited, warnings, |done| {
        let now = snapshot::take(reader, model, id, form.spec, &left)?;
        let new = now.iter().filter(|(n, v)| !done.contains(*n) && before.get(*n) != Some(*v));
        Ok(new.map(|(n, _)| n.clone()).collect())
    })?;
    Ok((Some(before), snapshot::take(reader, model, id, form.spec, &left)?))
}

/// What is computed from nothing that the form shows has not been computed yet when the form opens.
fn not_computed(env: &Env, form: &Form<'_>, seen: &mut Snapshot) {
    let start: Vec<&str> = form.spec.keys().chain(&form.changed).map(String::as_str).collect();
    let anew = affected::computed_anew(env, form.model, &start);
    for (name, value) in seen {
        let Some(field) = form.model.fields.get(name) else { continue };
        let made = field.is_computed() || matches!(field.source, Source::DisplayName);
        if !made || field.kind.is_x2many() || form.values.contains_key(name) || anew.contains(name.as_str()) {
            continue;
        }
        *value = nothing(field.kind);
    }
}

/// What was computed from a record that only stands in for one to come says nothing about that one: texts and links.
/// Of selections the usual value is right as often as not.
fn without_stand_ins(env: &Env, form: &Form<'_>, blank: &[String], seen: &mut Snapshot) {
    let link = |name: &&str| form.model.fields.get(*name).is_some_and(|f| f.kind == Kind::Many2one);
    let links: Vec<&str> = blank.iter().map(String::as_str).filter(link).collect();
    for name in affected::computed_anew(env, form.model, &links) {
        let given = form.values.get(name).is_some_and(|v| !v.is_null());
        let telling = |f: &&Field| !given && !f.kind.is_x2many() && f.kind != Kind::Selection;
        let Some(field) = form.model.fields.get(name).filter(telling) else { continue };
        if let Some(value) = seen.get_mut(name).filter(|_| !links.contains(&name)) {
            *value = nothing(field.kind);
        }
    }
}

/// What a field without a value shows.
fn nothing(kind: Kind) -> Json {
    match kind {
        Kind::Integer => json!(0),
        Kind::Float | Kind::Monetary => json!(0.0),
        _ => json!(false),
    }
}

/// A form is filled in with a text that another record has alone: only saving it is refused. That record stands aside
/// while the change is tried out.
fn make_room(env: &Env, form: &Form<'_>) -> Result<()> {
    let model = form.model;
    let wide = env.with_context(json!({"active_test": false}));
    for c in &model.constraints {
        let upper = c.definition.to_uppercase();
        let Some(open) = upper.find('(').filter(|_| upper.trim_start().starts_with("UNIQUE")) else {
            continue;
        };
        let name = c.definition[open + 1..].trim_end().trim_end_matches(')').trim();
        let Some(field) = model.fields.get(name).filter(|f| f.kind == Kind::Char && f.has_column()) else {
            continue;
        };
        let Some(text) = form.values.get(name).and_then(Json::as_str) else { continue };
        let domain = json!([[name, "=", text], ["id", "!=", form.id.unwrap_or(0)]]);
        let others = wide.search(&model.name, domain)?;
        if !others.is_empty() {
            let aside = Value::Text(format!("\u{1}{}", others[0]));
            write::set_column(env, model, &others, field, &aside)?;
        }
    }
    Ok(())
}

/// Does what the model's behaviours want done after a change, and after what that changes in turn: `next` says which
/// fields have changed beside those it is given.
fn follow_up(
    env: &Env,
    form: &Form<'_>,
    edited: &Edited<'_>,
    warnings: &mut Warnings,
    next: impl Fn(&IndexSet<String>) -> Result<Vec<String>>,
) -> Result<()> {
    let handlers: Vec<_> = form.model.behaviours.iter().flat_map(|b| &b.onchanges).collect();
    if handlers.is_empty() {
        return Ok(());
    }
    let mut done = IndexSet::new();
    let mut todo = form.changed.clone();
    while !todo.is_empty() {
        for name in &todo {
            for (_, run) in handlers.iter().filter(|(fields, _)| fields.contains(&name.as_str())) {
                let effect = run(env, form.model, edited)?;
                warnings.extend(effect.warning);
                apply(env, form.model, edited.id, effect.values)?;
            }
        }
        done.extend(todo);
        todo = next(&done)?;
    }
    Ok(())
}

/// Sets values past overrides; what is computed from them follows, even where it had been given by hand before.
fn apply(env: &Env, model: &Model, id: i64, values: Map) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    env.tx().with_slot(|p: &mut compute::Passed| p.clear());
    write::raw(env, model, &[id], values)?;
    env.tx().protected.borrow_mut().clear();
    Ok(())
}

/// Splits a map by its keys.
trait PartitionMap {
    /// Those for which `f` holds, and the others.
    fn partition_map(self, f: impl Fn(&String) -> bool) -> (Map, Map);
}

impl<I: Iterator<Item = (String, Json)>> PartitionMap for I {
    fn partition_map(self, f: impl Fn(&String) -> bool) -> (Map, Map) {
        let (mut yes, mut no) = (Map::new(), Map::new());
        for (k, v) in self {
            if f(&k) {
                yes.insert(k, v)
            } else {
                no.insert(k, v)
            };
        }
        (yes, no)
    }
}
