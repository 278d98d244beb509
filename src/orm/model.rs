//! A model at run time.

use super::behaviour::{Behaviour, Method};
use super::field::Field;
use crate::error::{Error, Result};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::sync::Arc;

/// A constraint the database enforces, and what to say when it does.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Name in the database.
    pub name: String,
    /// `CHECK (…)`, `UNIQUE (…)`, `UNIQUE INDEX (…)`.
    pub definition: String,
    /// The user's sentence; empty: the database's own.
    pub message: String,
}

/// A model, resolved.
pub struct Model {
    /// Odoo's dotted name.
    pub name: String,
    /// `ir.model.name`.
    pub description: String,
    /// Table; empty for abstract models.
    pub table: String,
    /// Default order.
    pub order: String,
    /// The field that names a record, if any.
    pub rec_name: Option<String>,
    /// The hierarchy's many2one, if it exists.
    pub parent_name: Option<String>,
    /// Whether parent_path is kept.
    pub parent_store: bool,
    /// A mixin.
    pub is_abstract: bool,
    /// Temporary records.
    pub transient: bool,
    /// create_uid … exist.
    pub log_access: bool,
    /// Abstract models merged in, and theirs.
    pub mixins: Vec<String>,
    /// Delegation: (comodel, many2one).
    pub inherits: Vec<(String, String)>,
    /// Columns that no field shows.
    pub columns: Vec<(String, crate::db::ColType)>,
    /// SQL constraints.
    pub constraints: Vec<Constraint>,
    /// All fields, automatic and inherited ones too.
    pub fields: IndexMap<String, Field>,
    /// Behaviours that apply: mixins' first, then the model's own in the order of registration.
    pub behaviours: Vec<Arc<Behaviour>>,
    /// Public methods, generic ones included.
    pub methods: HashMap<String, Method>,
    /// Addons that declare it.
    pub modules: Vec<String>,
}

impl Model {
    /// The field, or Odoo's ValueError.
    pub fn field(&self, name: &str) -> Result<&Field> {
        self.fields
            .get(name)
            .ok_or_else(|| Error::value(format!("Invalid field '{name}' on model '{}'", self.name)))
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether the mixin is merged in (or is the model itself).
    pub fn is_a(&self, mixin: &str) -> bool {
        self.name == mixin || self.mixins.iter().any(|m| m == mixin)
    }

    /// What a field without a column is ordered by.
    pub fn order_of(&self, name: &str) -> Option<super::behaviour::OrderFn> {
        self.behaviours.iter().rev().find_map(|b| b.orders.get(name).copied())
    }

    /// What a field without a column is grouped by.
    pub fn group_of(&self, name: &str) -> Option<super::behaviour::GroupFn> {
        self.behaviours.iter().rev().find_map(|b| b.groups.get(name).copied())
    }

    /// The field that groups where this one is asked for.
    pub fn grouped_as(&self, name: &str) -> Option<&'static str> {
        self.behaviours.iter().rev().find_map(|b| b.groups_as.get(name).copied())
    }

    /// The many2one that makes a hierarchy of it, be it inherited.
    pub fn hierarchy(&self) -> Option<&str> {
        self.parent_name.as_deref().or_else(|| self.has("parent_id").then_some("parent_id"))
    }

    /// The boolean that archives a record: `active`, else `x_active`.
    pub fn active_name(&self) -> Option<&str> {
        ["active", "x_active"].into_iter().find(|n| self.fields.get(*n).is_some_and(|f| f.store))
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.name)
    }
}
