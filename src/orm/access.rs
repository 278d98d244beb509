//! Rights of groups on models and fields, with Odoo's sentences of refusal.

use super::cache;
use super::env::Env;
use super::field::Field;
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};

/// The long name of an operation letter.
pub fn operation(op: char) -> &'static str {
    match op {
        'w' => "write",
        'c' => "create",
        'u' => "unlink",
        _ => "read",
    }
}

/// The letter of an operation's name; an unknown one is Odoo's AssertionError.
pub fn letter(operation: &str) -> Result<char> {
    match operation {
        "read" => Ok('r'),
        "write" => Ok('w'),
        "create" => Ok('c'),
        "unlink" => Ok('u'),
        _ => Err(Error::assertion("Invalid access mode")),
    }
}

/// Whether the user may do `op` to records of the model at all.
pub fn allowed(env: &Env, model: &Model, op: char) -> Result<bool> {
    if env.su() {
        return Ok(true);
    }
    let user = env.user()?;
    let rows = cache::access(env)?;
    let Some(rows) = rows.get(&model.name) else { return Ok(false) };
    Ok(rows.iter().any(|(group, perms)| perms.contains(op) && (*group == 0 || user.groups.contains(group))))
}

/// [`allowed`], or an AccessError that lists the groups that are.
pub fn check_model(env: &Env, model: &Model, op: char) -> Result<()> {
    if allowed(env, model, op)? {
        return Ok(());
    }
    // the refusal would be told in the context's language
    cache::check_lang(env)?;
    let verb = match op {
        'w' => "modify",
        'c' => "create",
        'u' => "delete",
        _ => "access",
    };
    let groups = allowed_groups(env, model, op)?;
    let who = if groups.is_empty() {
        "No group currently allows this operation.".to_owned()
    } else {
        let lines: Vec<_> = groups.iter().map(|g| format!("\t- {g}")).collect();
        format!("This operation is allowed for the following groups:\n{}", lines.join("\n"))
    };
    Err(Error::access(format!(
        "You are not allowed to {verb} '{}' ({}) records.\n\n{who}\n\n\
         Contact your administrator to request access if necessary.",
        model.description, model.name
    )))
}

/// `Category/Group` of the groups that may, in the order of these texts.
fn allowed_groups(env: &Env, model: &Model, op: char) -> Result<Vec<String>> {
    let rows = cache::access(env)?;
    let ids: Vec<i64> = rows
        .get(&model.name)
        .map(|r| r.iter().filter(|(g, p)| *g != 0 && p.contains(op)).map(|(g, _)| *g).collect())
        .unwrap_or_default();
    let d = env.dialect();
    let sql = Sql::of("SELECT ")
        .sql(d.json_text(Sql::of("c.name"), "en_US"))
        .raw(", ")
        .sql(d.json_text(Sql::of("g.name"), "en_US"))
        .raw(" FROM res_groups g LEFT JOIN ir_module_category c ON c.id = g.category_id WHERE g.id")
        .ids(&ids);
    let mut names: Vec<String> = env
        .query(&sql, &[ColType::Text, ColType::Text])?
        .iter()
        .map(|r| match (r[0].str(), r[1].str()) {
            ("", g) => g.to_owned(),
            (c, g) => format!("{c}/{g}"),
        })
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Whether the user is in one of the groups that see the field.
pub fn sees(env: &Env, field: &Field) -> Result<bool> {
    if env.su() || field.groups.is_empty() {
        return Ok(true);
    }
    let (mut wanted, mut any) = (false, false);
    for g in &field.groups {
        if let Some(not) = g.strip_prefix('!') {
            if env.has_group(not)? {
                return Ok(false);
            }
        } else {
            wanted = true;
            any |= g != "." && env.has_group(g)?;
        }
    }
    Ok(any || !wanted)
}

/// What the model's behaviours say of an operation on fields (nothing, to the superuser).
pub fn guard(env: &Env, model: &Model, fields: &[&str], op: char) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    model.behaviours.iter().filter_map(|b| b.guard).try_for_each(|f| f(env, model, fields, op))
}

/// [`sees`], or Odoo's AccessError about one field.
pub fn check_field(env: &Env, model: &Model, field: &Field, op: char) -> Result<()> {
    check_fields(env, model, &[field], op)
}

/// [`sees`] of each, or Odoo's AccessError about all that are not seen.
pub fn check_fields(env: &Env, model: &Model, fields: &[&Field], op: char) -> Result<()> {
    let mut refused = Vec::new();
    for field in fields {
        if !sees(env, field)? {
            refused.push(*field);
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = refused.iter().map(|f| f.name.as_str()).collect();
    let head = format!(
        "You do not have enough rights to access the fields \"{}\" on {} ({}). Please contact your system \
         administrator.\n\n",
        names.join(","),
        model.description,
        model.name
    );
    // the groups are told to those who see technical things
    if !env.has_group("base.group_no_one")? {
        return Err(Error::access(format!("{head}Operation: {}", operation(op))));
    }
    let lines = refused.iter().map(|f| Ok(format!("\n- {} ({})", f.name, who_sees(env, f)?)));
    Err(Error::access(format!(
        "{head}(Operation: {})\nUser: {}\nFields: {}",
        operation(op),
        env.user()?.id,
        lines.collect::<Result<String>>()?
    )))
}

fn who_sees(env: &Env, field: &Field) -> Result<String> {
    if matches!(field.groups.as_slice(), [one] if one == ".") {
        return Ok("always forbidden".to_owned());
    }
    let mut groups = Vec::new();
    for g in &field.groups {
        groups.push(match env.xmlid(g.trim_start_matches('!'))? {
            Some(id) => {
                let name = env.sudo().display_names("res.groups", &[id])?.remove(&id);
                format!("'{}'", name.unwrap_or_default())
            }
            None => format!("'{g}'"),
        });
    }
    Ok(format!("allowed for groups {}", groups.join(", ")))
}
