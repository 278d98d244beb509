//! A field at run time: everything the files and the Rust functions say of it, resolved once at start.

pub mod convert;

use super::behaviour::{ComputeFn, DefaultFn, GroupExpandFn, InverseFn, SearchFn, SelectionFn};
use crate::db::ColType;
use crate::value::Json;

/// The kinds of field Odoo knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are Odoo's own")]
pub enum Kind {
    Boolean,
    Integer,
    Float,
    Monetary,
    Char,
    Text,
    Html,
    Date,
    DateTime,
    Selection,
    Binary,
    Image,
    Many2one,
    One2many,
    Many2many,
    Reference,
    Many2oneReference,
    Json,
    Properties,
    PropertiesDefinition,
}

impl Kind {
    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Some(match name {
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "float" => Kind::Float,
            "monetary" => Kind::Monetary,
            "char" => Kind::Char,
            "text" => Kind::Text,
            "html" => Kind::Html,
            "date" => Kind::Date,
            "datetime" => Kind::DateTime,
            "selection" => Kind::Selection,
            "binary" => Kind::Binary,
            "image" => Kind::Image,
            "many2one" => Kind::Many2one,
            "one2many" => Kind::One2many,
            "many2many" => Kind::Many2many,
            "reference" => Kind::Reference,
            "many2one_reference" => Kind::Many2oneReference,
            "json" => Kind::Json,
            "properties" => Kind::Properties,
            "properties_definition" => Kind::PropertiesDefinition,
            _ => return None,
        })
    }

    /// What `fields_get` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Monetary => "monetary",
            Kind::Char => "char",
            Kind::Text => "text",
            Kind::Html => "html",
            Kind::Date => "date",
            Kind::DateTime => "datetime",
            Kind::Selection => "selection",
            Kind::Binary | Kind::Image => "binary",
            Kind::Many2one => "many2one",
            Kind::One2many => "one2many",
            Kind::Many2many => "many2many",
            Kind::Reference => "reference",
            Kind::Many2oneReference => "many2one_reference",
            Kind::Json => "json",
            Kind::Properties => "properties",
            Kind::PropertiesDefinition => "properties_definition",
        }
    }

    /// One2many or many2many.
    pub fn is_x2many(self) -> bool {
        matches!(self, Kind::One2many | Kind::Many2many)
    }

    /// Points to records of a comodel.
    pub fn is_relational(self) -> bool {
        self == Kind::Many2one || self.is_x2many()
    }

    /// Holds text.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Char | Kind::Text | Kind::Html)
    }

    /// A number that can be summed.
    pub fn is_numeric(self) -> bool {
        matches!(self, Kind::Integer | Kind::Float | Kind::Monetary)
    }
}

/// What happens to a many2one when its target goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "SQL's own words")]
pub enum OnDelete {
    SetNull,
    Restrict,
    Cascade,
}

/// The relation table of a many2many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Table.
    pub table: String,
    /// Column of this model.
    pub own: String,
    /// Column of the comodel.
    pub other: String,
}

/// Where the values of a computed field come from.
#[derive(Clone)]
pub enum Source {
    /// A column, a relation table, or the inverse of a many2one.
    Stored,
    /// The field at the end of a path, read through it.
    Related(Vec<String>),
    /// A Rust function, by name.
    Compute(String, ComputeFn),
    /// `display_name`: the model decides.
    DisplayName,
}

/// Which groups a grouped read shows though no record is in them.
#[derive(Debug, Clone, Copy)]
pub enum Expand {
    /// Each value of a selection (Odoo's `group_expand=True`).
    Choices,
    /// Those records that a function names.
    By(GroupExpandFn),
}

/// A field, resolved.
#[derive(Clone)]
pub struct Field {
    /// Technical name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Label in en_US.
    pub string: String,
    /// Help text.
    pub help: Option<String>,
    /// Comodel name, empty when none.
    pub relation: String,
    /// The many2one of a one2many's comodel, empty when none.
    pub inverse_name: String,
    /// Relation table of a many2many.
    pub m2m: Option<Relation>,
    /// Must be set.
    pub required: bool,
    /// Shown read-only.
    pub readonly: bool,
    /// Values are kept in the database.
    pub store: bool,
    /// Has an index.
    pub index: bool,
    /// Taken along by copy.
    pub copy: bool,
    /// A value per language (stored as JSON).
    pub translate: bool,
    /// A value per company (stored as JSON).
    pub company_dependent: bool,
    /// Strip blanks.
    pub trim: bool,
    /// Only these groups (any of) see it; external ids, `!` negates.
    pub groups: Vec<String>,
    /// Domain for choices.
    pub domain: Json,
    /// Context for the comodel.
    pub context: Json,
    /// Order among tracked fields.
    pub tracking: Option<i64>,
    /// change_default.
    pub change_default: bool,
    /// Clean html on input.
    pub sanitize: bool,
    /// Whether an export that can be imported takes it by itself.
    pub default_export_compatible: bool,
    /// Whether cleaning takes styles (html).
    pub sanitize_style: bool,
    /// Whether cleaning takes attributes (html).
    pub sanitize_attributes: bool,
    /// Longest text.
    pub size: Option<i64>,
    /// Precision and scale of a float.
    pub digits: Option<(u32, u32)>,
    /// Aggregate in groups.
    pub aggregator: Option<String>,
    /// Field with the currency of a monetary.
    pub currency_field: String,
    /// When the target goes.
    pub ondelete: OnDelete,
    /// Values and labels in order.
    pub selection: Vec<(String, String)>,
    /// Makes the choices when no file lists them.
    pub selection_fn: Option<SelectionFn>,
    /// Properties: (many2one, definition field of its comodel).
    pub definition: Option<(String, String)>,
    /// many2one_reference: the field that names the model.
    pub model_field: String,
    /// Binary kept in ir.attachment.
    pub attachment: bool,
    /// Most pixels across and down of an image; 0: any.
    pub max_side: u32,
    /// Reads as empty for clients, whatever the column holds.
    pub withheld: bool,
    /// Which empty groups are shown.
    pub group_expand: Option<Expand>,
    /// Static default.
    pub default: Option<Json>,
    /// Dynamic default.
    pub default_fn: Option<DefaultFn>,
    /// Where values come from.
    pub source: Source,
    /// Related fields are read as superuser.
    pub related_sudo: bool,
    /// Conditions on the records behind it are put past their rights.
    pub auto_join: bool,
    /// What a computed field is made from.
    pub depends: Vec<String>,
    /// Stores what is set on a computed field.
    pub inverse: Option<InverseFn>,
    /// Rewrites a search on a computed field.
    pub search: Option<SearchFn>,
    /// Set when the field comes from a model of `inherits`: that many2one.
    pub inherited: Option<String>,
    /// Addons that declare it, first one first.
    pub modules: Vec<String>,
    /// id, create_uid …: kept by the ORM.
    pub automatic: bool,
}

impl Field {
    /// Whether the field has a column in its model's table.
    pub fn has_column(&self) -> bool {
        self.store && !self.kind.is_x2many() && !self.attachment
    }

    /// Whether its values are computed (related included).
    pub fn is_computed(&self) -> bool {
        !matches!(self.source, Source::Stored)
    }

    /// Type of the column.
    pub fn column_type(&self) -> ColType {
        if self.translate || self.company_dependent { ColType::Json } else { self.value_type() }
    }

    /// Type of the value as rows give it once language and company are chosen.
    pub fn value_type(&self) -> ColType {
        match self.kind {
            Kind::Boolean => ColType::Bool,
            Kind::Integer | Kind::Many2one | Kind::Many2oneReference => ColType::Int,
            Kind::Float if self.digits.is_none() => ColType::Float,
            Kind::Float | Kind::Monetary => ColType::Numeric,
            Kind::Char | Kind::Text | Kind::Html | Kind::Selection | Kind::Reference => ColType::Text,
            Kind::Date => ColType::Date,
            Kind::DateTime => ColType::DateTime,
            Kind::Binary | Kind::Image => ColType::Bytes,
            Kind::Json | Kind::Properties | Kind::PropertiesDefinition => ColType::Json,
            Kind::One2many | Kind::Many2many => ColType::Json,
        }
    }

    /// Label of a selection value.
    pub fn label(&self, value: &str) -> Option<&str> {
        self.selection.iter().find(|(v, _)| v == value).map(|(_, l)| l.as_str())
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.kind.name())
    }
}
