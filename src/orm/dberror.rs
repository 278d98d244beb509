//! What the database refused, in the words Odoo gives it.

use super::model::Model;
use super::registry::Registry;
use crate::db::DbError;
use crate::error::{Breach, Error, Kind};

/// The error a client sees. Sources: the messages recorded in tests/golden/constraints.
pub fn translate(registry: &Registry, e: DbError) -> Error {
    let detail = e.message().to_owned();
    let python = e.python_name();
    match &e {
        DbError::Unique { constraint, table, columns, detail: values, .. } => {
            let model = table.as_deref().and_then(|t| registry.by_table(t));
            let known = find(registry, constraint.as_deref()).or_else(|| {
                let model = model?;
                let wanted = format!("UNIQUE({})", columns.join(","));
                model.constraints.iter().find(|c| squeezed(&c.definition).eq_ignore_ascii_case(&wanted))
            });
            let told = match known {
                Some(c) if !c.message.is_empty() => operation(&c.message),
                _ => match values {
                    Some(values) => operation(&format!("{detail}\nDETAIL:  {values}\n")),
                    None => operation(&detail),
                },
            };
            let breach = known
                .zip(model)
                .map(|(_, model)| Breach::Unique { table: model.table.clone(), columns: columns.clone() });
            told.detail(detail).breach(breach)
        }
        DbError::Check { constraint, .. } => match find(registry, constraint.as_deref()) {
            Some(c) if !c.message.is_empty() => {
                operation(&c.message).detail(detail).breach(Some(Breach::Check(c.name.clone())))
            }
            _ => operation(&detail).detail(detail.clone()),
        },
        DbError::NotNull { table, column, .. } => match registry.by_table(table) {
            Some(m) => mandatory(m, column).detail(detail),
            None => mandatory_text(&format!("Model: {table}\n"), column, column).detail(detail),
        },
        DbError::ForeignKey { constraint, table, .. } => {
            let model = table.as_deref().map(|t| {
                let known = registry.by_table(t);
                // tables of many2many links belong to no model; Odoo says so
                known.map_or(("Unknown", "unknown"), |m| (m.description.as_str(), m.name.as_str()))
            });
            foreign_key(model, constraint.as_deref()).detail(detail)
        }
        DbError::Serialization { .. } | DbError::Busy { .. } | DbError::Closed { .. } => {
            Error::new(Kind::Retry, detail).named(python)
        }
        DbError::Data { name, message } => Error::new(Kind::Db, message.clone()).named(*name),
        DbError::ReadOnly { .. } => Error::new(Kind::ReadOnly, detail),
        DbError::LostInCommit { .. } | DbError::Other { .. } => {
            Error::new(Kind::Db, format!("{detail}\n")).named(python).detail(format!("{e:?}"))
        }
    }
}

/// The refusal to leave a required field empty.
pub fn mandatory(model: &Model, column: &str) -> Error {
    let label = model.fields.get(column).map_or(column, |f| f.string.as_str());
    let breach = Breach::Required { table: model.table.clone(), column: column.to_owned() };
    mandatory_text(&format!("Model: {} ({})\n", model.description, model.name), label, column)
        .breach(Some(breach))
}

fn mandatory_text(model: &str, label: &str, column: &str) -> Error {
    Error::validation(format!(
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model \
         requires the record being deleted. If possible, archive it instead.\n\n{model}Field: {label} ({column})\n"
    ))
}

fn operation(message: &str) -> Error {
    Error::validation(format!("The operation cannot be completed: {message}"))
}

/// The refusal to break a reference.
pub fn foreign_key(model: Option<(&str, &str)>, constraint: Option<&str>) -> Error {
    let mut text = String::from(
        "The operation cannot be completed: another model requires the record being deleted. If possible, archive it \
         instead.\n\n",
    );
    let (description, name) = model.unwrap_or(("Unknown", "unknown"));
    text.push_str(&format!("Model: {description} ({name})\n"));
    if let Some(c) = constraint {
        text.push_str(&format!("Constraint: {c}\n"));
    }
    Error::validation(text)
}

/// Whether the error is a broken reference that the database did not name.
pub fn is_anonymous_reference(e: &Error) -> bool {
    e.message.contains("another model requires")
        && !e.message.contains("Constraint:")
        && !e.message.contains("Field:")
}

/// The same error, naming the constraint where the database did not.
pub fn with_constraint(e: Error, constraint: &str) -> Error {
    if is_anonymous_reference(&e) { foreign_key(None, Some(constraint)) } else { e }
}

fn find<'r>(registry: &'r Registry, name: Option<&str>) -> Option<&'r super::model::Constraint> {
    let name = name?;
    registry.models().flat_map(|m| &m.constraints).find(|c| c.name == name)
}

fn squeezed(definition: &str) -> String {
    definition.chars().filter(|c| !c.is_whitespace()).collect()
}
