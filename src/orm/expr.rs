//! A field as an expression of a statement: its own column, or the one at the end of a related path, which is joined.
//!
//! One way for conditions, orders, group-bys and aggregates, as `_field_to_sql` is in Odoo.

use super::env::Env;
use super::field::{Field, Kind, Source};
use super::model::Model;
use super::{access, columns};
use crate::db::{ColType, Dialect, IdCount, Sql};
use crate::error::{Error, Result};
use crate::value::py_str;

/// Where a field's value is found.
pub struct Place<'e> {
    /// The model whose column it is.
    pub model: &'e Model,
    /// The field with the column.
    pub field: &'e Field,
    /// The table's alias.
    pub alias: String,
    /// Rights on fields are not asked: the path is followed as superuser.
    su: bool,
}

impl Place<'_> {
    /// The column's value.
    pub fn read(&self, env: &Env) -> Result<Sql> {
        if !self.field.has_column() {
            return Err(no_column(self.model, self.field));
        }
        if !self.su {
            access::guard(env, self.model, &[self.field.name.as_str()], 'r')?;
            access::check_field(env, self.model, self.field, 'r')?;
        }
        columns::read(env, self.model, &self.alias, self.field)
    }

    /// The type of [`Place::read`].
    pub fn kind(&self) -> ColType {
        columns::read_type(self.field)
    }
}

/// A statement's joins, each of them once.
pub type Joins = Vec<Sql>;

/// Adds a join unless it is there.
pub fn add_join(joins: &mut Joins, join: Sql) {
    if !joins.contains(&join) {
        joins.push(join);
    }
}

/// [`left_join`], unless it is there.
pub fn join_record(joins: &mut Joins, model: &Model, joined: &str, link: Sql) {
    add_join(joins, left_join(model, joined, link));
}

/// `LEFT JOIN model AS joined ON link = joined.id`.
fn left_join(model: &Model, joined: &str, link: Sql) -> Sql {
    let on = Sql::of(" LEFT JOIN ").ident(&model.table).raw(" AS ").ident(joined).raw(" ON ");
    on.sql(link).raw(" = ").col(joined, "id")
}

/// [`left_join`] to a handful of rows, each by its key. PostgreSQL would read all of a table of some hundred records
/// into a hash for them, which takes it several times as long; nothing is moved across an OFFSET.
fn look_up(model: &Model, joined: &str, link: Sql) -> Sql {
    let at =
        Sql::of(" LEFT JOIN LATERAL (SELECT * FROM ").ident(&model.table).raw(" AS there WHERE there.id = ");
    at.sql(link).raw(" OFFSET 0) AS ").ident(joined).raw(" ON TRUE")
}

/// The join that serves a read of so many records by id best; None: of any number.
pub fn join_for(env: &Env, count: Option<IdCount>, model: &Model, joined: &str, link: Sql) -> Sql {
    match (count, env.dialect()) {
        (Some(IdCount::Few), Dialect::Postgres) => look_up(model, joined, link),
        _ => left_join(model, joined, link),
    }
}

/// The field of that name, or Odoo's ValueError.
pub fn known<'e>(model: &'e Model, name: &str) -> Result<&'e Field> {
    model.fields.get(name).ok_or_else(|| {
        Error::value(format!("Invalid field {} on model {}", py_str(name), py_str(&model.name)))
    })
}

/// The expression of `field` at `alias`.
pub fn of<'e>(
    env: &'e Env,
    model: &'e Model,
    alias: &str,
    field: &'e Field,
    joins: &mut Joins,
) -> Result<(Sql, ColType)> {
    let place = find(env, model, alias, field, joins)?;
    Ok((place.read(env)?, place.kind()))
}

/// Follows a related field to its column; any other field stands where it is.
pub fn find<'e>(
    env: &'e Env,
    model: &'e Model,
    alias: &str,
    field: &'e Field,
    joins: &mut Joins,
) -> Result<Place<'e>> {
    follow(env, Place { model, field, alias: alias.to_owned(), su: env.su() }, joins)
}

fn follow<'e>(env: &'e Env, from: Place<'e>, joins: &mut Joins) -> Result<Place<'e>> {
    let Source::Related(path) = &from.field.source else { return Ok(from) };
    if from.field.store {
        return Ok(from);
    }
    let (start, related) = (from.model, from.field);
    if !(from.su || related.related_sudo || related.inherited.is_some()) {
        return Err(Error::value(format!(
            "Cannot convert {}.{} to SQL because it is not a sudoed related or inherited field",
            start.name, related.name
        )));
    }
    let su = from.su || related.related_sudo;
    let (mut model, mut alias) = (from.model, from.alias);
    let Some((last, steps)) = path.split_last() else { return Err(no_column(start, related)) };
    for step in steps {
        let link = model.field(step)?;
        if link.kind != Kind::Many2one {
            return Err(Error::value(format!(
                "Cannot convert {}.{} (related={}) to SQL because {step} is not a Many2one",
                start.name,
                related.name,
                path.join(".")
            )));
        }
        let comodel = env.model(&link.relation)?;
        let joined = format!("{alias}__{step}");
        let at = follow(env, Place { model, field: link, alias, su }, joins)?;
        join_record(joins, comodel, &joined, at.read(env)?);
        (model, alias) = (comodel, joined);
    }
    follow(env, Place { model, field: model.field(last)?, alias, su }, joins)
}

fn no_column(model: &Model, field: &Field) -> Error {
    Error::value(format!("Cannot convert {}.{} to SQL because it is not stored", model.name, field.name))
}
