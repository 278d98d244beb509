//! The TOML of a model, field by field, as serde reads it. Defaults are those of the file format; what a missing
//! attribute means for a field kind is decided by `orm::registry`.

use crate::value::Json;
use indexmap::IndexMap;
use serde::Deserialize;

/// `models/<name>.toml`: what one addon says of one model.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelDef {
    /// Odoo's dotted name; the file's stem.
    #[serde(skip)]
    pub name: String,
    /// `ir.model.name`.
    pub description: Option<String>,
    /// Table name; default: dots as underscores.
    pub table: Option<String>,
    /// Default order.
    pub order: Option<String>,
    /// The field that names a record.
    pub rec_name: Option<String>,
    /// The many2one that makes the hierarchy.
    pub parent_name: Option<String>,
    /// Whether `parent_path` is kept.
    pub parent_store: Option<bool>,
    /// A mixin: no table.
    #[serde(rename = "abstract")]
    pub is_abstract: Option<bool>,
    /// Abstract models merged in.
    pub mixins: Vec<String>,
    /// Whether create_uid … write_date exist.
    pub log_access: Option<bool>,
    /// Records are temporary.
    pub transient: Option<bool>,
    /// Delegation: model → many2one.
    pub inherits: IndexMap<String, String>,
    /// Columns that no field shows: name → bool, int, text, datetime, bytes, json.
    pub columns: IndexMap<String, String>,
    /// SQL constraints.
    pub constraints: Vec<ConstraintDef>,
    /// The fields, in the file's order.
    pub fields: IndexMap<String, FieldDef>,
}

/// A constraint the database enforces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConstraintDef {
    /// Name in the database.
    pub name: String,
    /// `CHECK (…)`, `UNIQUE (…)` or `UNIQUE INDEX (…)`.
    pub definition: String,
    /// What the user reads when it is violated.
    #[serde(default)]
    pub message: String,
}

/// One field. `None` everywhere means "not said here"; a later addon overrides attribute by attribute.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldDef {
    /// Kind of field.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Label.
    pub string: Option<String>,
    /// Help text.
    pub help: Option<String>,
    /// Comodel.
    pub relation: Option<String>,
    /// Inverse many2one of a one2many.
    pub inverse_name: Option<String>,
    /// Table and two columns of a many2many.
    pub relation_table: Option<Vec<String>>,
    /// Must be set.
    pub required: Option<bool>,
    /// Not editable in forms.
    pub readonly: Option<bool>,
    /// Has a column.
    pub store: Option<bool>,
    /// Most pixels across and down of an image; larger ones are made smaller.
    pub max_side: Option<u32>,
    /// The content is ours to keep: clients are told there is none, as Odoo tells them of a content on its disk.
    pub withheld: Option<bool>,
    /// Has an index.
    pub index: Option<toml::Value>,
    /// Taken along by copy.
    pub copy: Option<bool>,
    /// A value per language.
    pub translate: Option<bool>,
    /// Strip blanks on input.
    pub trim: Option<bool>,
    /// Comma-separated groups that see the field.
    pub groups: Option<String>,
    /// Domain for choices: Python text, or a list.
    pub domain: Option<toml::Value>,
    /// Context for the comodel.
    pub context: Option<toml::Value>,
    /// Order among tracked fields.
    pub tracking: Option<i64>,
    /// Whether user defaults may depend on it.
    pub change_default: Option<bool>,
    /// A value per company.
    pub company_dependent: Option<bool>,
    /// Whether html is cleaned on input.
    pub sanitize: Option<toml::Value>,
    /// Whether cleaning takes attributes (html).
    pub sanitize_attributes: Option<bool>,
    /// Whether cleaning takes styles (html).
    pub sanitize_style: Option<bool>,
    /// Whether an export that can be imported takes it by itself.
    pub default_export_compatible: Option<bool>,
    /// Longest text.
    pub size: Option<i64>,
    /// Precision and scale.
    pub digits: Option<Vec<u32>>,
    /// Aggregate in groups.
    pub aggregator: Option<String>,
    /// The currency of a monetary.
    pub currency_field: Option<String>,
    /// set null, restrict or cascade.
    pub ondelete: Option<String>,
    /// Values and labels.
    pub selection: Option<Vec<(String, String)>>,
    /// Adds to the selection of the field as already declared.
    pub selection_add: Option<Vec<(String, String)>>,
    /// `many2one.field` that holds the definitions of a properties field.
    pub definition: Option<String>,
    /// The char field that names the model of a many2one_reference.
    pub model_field: Option<String>,
    /// Binary kept in ir.attachment.
    pub attachment: Option<bool>,
    /// Rust function that says which groups to show though empty; `choices`: each value of a selection.
    pub group_expand: Option<String>,
    /// Static default.
    pub default: Option<toml::Value>,
    /// Rust function that makes the default.
    pub default_fn: Option<String>,
    /// Path this field mirrors.
    pub related: Option<String>,
    /// Whether a related field is read as superuser (default true).
    pub related_sudo: Option<bool>,
    /// Whether conditions on the records behind it are put past their rights, as Odoo's `auto_join` does.
    pub auto_join: Option<bool>,
    /// Rust function that computes it.
    pub compute: Option<String>,
    /// What it is computed from.
    pub depends: Option<Vec<String>>,
    /// Rust function that stores what a user sets on a computed field.
    pub inverse: Option<String>,
    /// Rust function that rewrites a search on a computed field.
    pub search: Option<String>,
}

impl FieldDef {
    /// Lays `later` over this: what it says wins, what it leaves out stays.
    pub fn extend(&mut self, later: &FieldDef) {
        macro_rules! over { ($($f:ident),*) => { $(if later.$f.is_some() { self.$f = later.$f.clone(); })* } }
        over!(
            kind,
            string,
            help,
            relation,
            inverse_name,
            relation_table,
            required,
            readonly,
            store,
            index,
            copy,
            translate,
            trim,
            groups,
            domain,
            context,
            tracking,
            change_default,
            company_dependent,
            sanitize,
            default_export_compatible,
            sanitize_style,
            sanitize_attributes,
            size,
            digits,
            aggregator,
            currency_field,
            ondelete,
            selection,
            definition,
            model_field,
            attachment,
            withheld,
            max_side,
            group_expand,
            default,
            default_fn,
            related,
            related_sudo,
            auto_join,
            compute,
            depends,
            inverse,
            search
        );
        if let Some(add) = &later.selection_add {
            self.selection.get_or_insert_default().extend(add.iter().cloned());
        }
    }
}

/// A TOML value as JSON; dates as their text.
pub fn toml_json(v: &toml::Value) -> Json {
    match v {
        toml::Value::String(s) => Json::String(s.clone()),
        toml::Value::Integer(i) => Json::from(*i),
        toml::Value::Float(f) => Json::from(*f),
        toml::Value::Boolean(b) => Json::Bool(*b),
        toml::Value::Datetime(d) => Json::String(d.to_string()),
        toml::Value::Array(a) => Json::Array(a.iter().map(toml_json).collect()),
        toml::Value::Table(t) => Json::Object(t.iter().map(|(k, v)| (k.clone(), toml_json(v))).collect()),
    }
}
