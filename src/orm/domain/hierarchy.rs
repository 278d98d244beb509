//! `child_of` and `parent_of`: the records that are meant, and all below or above them.

use super::compile::Compiler;
use super::{Leaf, operand};
use crate::db::Sql;
use crate::error::{Error, Result};
use crate::orm::env::Env;
use crate::orm::field::convert;
use crate::orm::model::Model;
use crate::orm::{cache, name};
use crate::value::{Json, json_is_falsy};

impl Compiler<'_> {
    /// The ids that the value of `child_of` or `parent_of` means: ids as they are, names looked up.
    fn roots(&self, env: &Env, comodel: &Model, value: &Json) -> Result<Vec<i64>> {
        let named = |name: &Json| name::search_ids(env, comodel, "ilike", name);
        let endless = |kind: &str| Error::type_error(format!("'{kind}' object is not iterable"));
        match value {
            Json::String(_) => named(value),
            Json::Array(a) if !a.is_empty() && a.iter().all(Json::is_string) => {
                let found = a.iter().map(named).collect::<Result<Vec<_>>>()?;
                Ok(found.into_iter().flatten().collect())
            }
            Json::Array(a) => operand::ids(a.iter().filter(|v| !json_is_falsy(v))),
            Json::Null => Err(endless("NoneType")),
            Json::Number(n) if n.is_f64() => Err(endless("float")),
            Json::Object(o) => o.keys().next().map_or(Ok(Vec::new()), |k| Err(convert::not_an_integer(k))),
            v if json_is_falsy(v) => Ok(Vec::new()),
            v => Ok(vec![convert::int(v)?]),
        }
    }

    /// All records below (or above) `ids`, themselves included, as a subquery giving ids.
    fn hierarchy(&self, comodel: &Model, ids: &[i64], up: bool, parent: Option<&str>) -> Result<Sql> {
        let Some(parent) = parent.or(comodel.parent_name.as_deref()) else {
            // a parent that is only inherited (users have that of their contact) cannot be followed
            let Some(inherited) = comodel.fields.get("parent_id") else {
                return Err(Error::key_error("parent_id"));
            };
            return Err(match up {
                false => Error::value(format!("Invalid parent field: {}.parent_id", comodel.name)),
                true => {
                    let ids = Json::from(ids).to_string();
                    let ids = ids.trim_matches(['[', ']']);
                    let all = if ids.contains(',') { ids.replace(',', ", ") } else { format!("{ids},") };
                    let (of, to) = (&inherited.relation, &comodel.name);
                    Error::type_error(format!("inconsistent models in: {of}() - {to}({all})"))
                }
            });
        };
        if (up || comodel.parent_store) && comodel.fields.values().any(|f| f.translate && f.has_column()) {
            // Odoo reads the records named, with all that is translated of them
            cache::check_lang(self.env)?;
        }
        let t = &comodel.table;
        let (from, to) = if up { ("id", parent) } else { (parent, "id") };
        // up: next = the parent of what we have; down: next = those whose parent we have
        Ok(Sql::of("WITH RECURSIVE h(id) AS (SELECT id FROM ")
            .ident(t)
            .raw(" WHERE id")
            .ids(ids)
            .raw(" UNION SELECT c.")
            .ident(to)
            .raw(" FROM ")
            .ident(t)
            .raw(" c JOIN h ON c.")
            .ident(from)
            .raw(" = h.id) SELECT id FROM h WHERE id IS NOT NULL"))
    }

    /// The records of `comodel` that a leaf on its hierarchy means, as a subquery giving ids; None: it is no such leaf.
    pub(super) fn hierarchical(
        &self,
        env: &Env,
        comodel: &Model,
        leaf: &Leaf,
        parent: Option<&str>,
    ) -> Result<Option<Sql>> {
        if !matches!(leaf.op.as_str(), "child_of" | "parent_of") {
            return Ok(None);
        }
        let ids = self.roots(env, comodel, &leaf.value)?;
        if ids.is_empty() {
            return Ok(Some(Sql::of("SELECT id FROM ").ident(&comodel.table).raw(" WHERE FALSE")));
        }
        self.hierarchy(comodel, &ids, leaf.op == "parent_of", parent).map(Some)
    }
}
