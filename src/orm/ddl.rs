//! The tables that the models want, as SQL. Used to write the migrations that ship and to follow a user's addons.

use super::field::{Field, Kind, OnDelete, Source};
use super::model::Model;
use super::registry::Registry;
use crate::db::Dialect;
use std::collections::BTreeSet;

/// A column as declared.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type and what follows it.
    pub definition: String,
}

/// A table as declared.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Constraints within CREATE TABLE.
    pub constraints: Vec<String>,
    /// Foreign keys: (constraint, column, table, action); on PostgreSQL added when all tables are there.
    pub references: Vec<Reference>,
    /// CREATE INDEX statements.
    pub indexes: Vec<String>,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Constraint name, as Odoo names it.
    pub name: String,
    /// Column.
    pub column: String,
    /// Table referred to.
    pub table: String,
    /// `SET NULL`, `RESTRICT`, `CASCADE`.
    pub action: &'static str,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether the column may not be empty.
fn not_null(f: &Field) -> bool {
    f.required && (matches!(f.source, Source::Stored) || f.default.is_some())
}

/// All tables of the registry: models first, then relation tables.
pub fn tables(registry: &Registry, dialect: Dialect) -> Vec<Table> {
    let mut out: Vec<Table> =
        registry.models().filter(|m| !m.is_abstract).map(|m| table(registry, m, dialect)).collect();
    let mut seen: BTreeSet<String> = out.iter().map(|t| t.name.clone()).collect();
    for model in registry.models().filter(|m| !m.is_abstract) {
        for f in model.fields.values().filter(|f| f.store && f.inherited.is_none()) {
            let Some(m) = &f.m2m else { continue };
            let Some(comodel) = registry.find(&f.relation) else { continue };
            if !seen.insert(m.table.clone()) {
                continue;
            }
            let column = |name: &str| Column {
                name: name.to_owned(),
                definition: format!("{} NOT NULL", dialect.column_type(crate::db::ColType::Int)),
            };
            let reference = |column: &str, table: &str| Reference {
                name: format!("{}_{column}_fkey", m.table),
                column: column.to_owned(),
                table: table.to_owned(),
                action: "CASCADE",
            };
            out.push(Table {
                name: m.table.clone(),
                columns: vec![column(&m.own), column(&m.other)],
                constraints: vec![format!("PRIMARY KEY ({}, {})", quoted(&m.own), quoted(&m.other))],
                references: vec![reference(&m.own, &model.table), reference(&m.other, &comodel.table)],
                indexes: vec![format!(
                    "CREATE INDEX {} ON {} ({}, {})",
                    quoted(&format!("{}_{}_{}_idx", m.table, m.other, m.own)),
                    quoted(&m.table),
                    quoted(&m.other),
                    quoted(&m.own)
                )],
            });
        }
    }
    out
}

fn table(registry: &Registry, model: &Model, dialect: Dialect) -> Table {
    let mut t = Table {
        name: model.table.clone(),
        columns: vec![Column { name: "id".into(), definition: dialect.serial_primary_key().into() }],
        constraints: Vec::new(),
        references: Vec::new(),
        indexes: Vec::new(),
    };
    for f in model.fields.values().filter(|f| f.has_column() && f.name != "id") {
        let null = if not_null(f) { " NOT NULL" } else { "" };
        t.columns.push(Column {
            name: f.name.clone(),
            definition: format!("{}{null}", dialect.column_type(f.column_type())),
        });
        if f.kind == Kind::Many2one
            && let Some(comodel) = registry.find(&f.relation)
            && !comodel.is_abstract
        {
            let action = match f.ondelete {
                OnDelete::SetNull => "SET NULL",
                OnDelete::Restrict => "RESTRICT",
                OnDelete::Cascade => "CASCADE",
            };
            t.references.push(Reference {
                name: format!("{}_{}_fkey", model.table, f.name),
                column: f.name.clone(),
                table: comodel.table.clone(),
                action,
            });
        }
        if f.index || is_inverse(registry, model, f) {
            t.indexes.push(index(&model.table, f));
        }
    }
    for (name, kind) in &model.columns {
        t.columns.push(Column { name: name.clone(), definition: dialect.column_type(*kind).to_owned() });
    }
    for c in &model.constraints {
        let upper = c.definition.trim_start().to_uppercase();
        if let Some(columns) = upper.strip_prefix("TRIGRAM INDEX") {
            let at = c.definition.len() - columns.len();
            t.indexes.extend(trigram(&c.name, &model.table, c.definition[at..].trim(), dialect));
            continue;
        }
        let unique = upper.strip_prefix("UNIQUE INDEX").map(|rest| ("UNIQUE INDEX", rest));
        if let Some((kind, rest)) = unique.or(upper.strip_prefix("INDEX").map(|rest| ("INDEX", rest))) {
            let at = c.definition.len() - rest.len();
            t.indexes.push(format!(
                "CREATE {kind} {} ON {} {}",
                quoted(&c.name),
                quoted(&model.table),
                c.definition[at..].trim()
            ));
        } else {
            t.constraints.push(format!("CONSTRAINT {} {}", quoted(&c.name), c.definition));
        }
    }
    t
}

/// What finds a text within texts, where the database has such: PostgreSQL with its extension pg_trgm. A role that may
/// not create the extension, or a server without it, reads the table instead.
fn trigram(name: &str, table: &str, columns: &str, dialect: Dialect) -> Option<String> {
    let columns =
        columns.trim_matches(['(', ')']).split(',').map(|c| format!("{} gin_trgm_ops", quoted(c.trim())));
    (dialect == Dialect::Postgres).then(|| {
        format!(
            "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX {} ON {} USING gin ({}); \
             EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN \
             RAISE NOTICE 'no index {name}: %', SQLERRM; END $$",
            quoted(name),
            quoted(table),
            columns.collect::<Vec<_>>().join(", ")
        )
    })
}

/// Whether some one2many reads its lines by this field.
fn is_inverse(registry: &Registry, model: &Model, field: &Field) -> bool {
    registry.models().flat_map(|m| m.fields.values()).any(|f| {
        f.kind == Kind::One2many && f.store && f.relation == model.name && f.inverse_name == field.name
    })
}

fn index(table: &str, f: &Field) -> String {
    let name = quoted(&format!("{table}__{}_index", f.name));
    format!("CREATE INDEX {name} ON {} ({})", quoted(table), quoted(&f.name))
}

/// CREATE TABLE. SQLite takes references to tables that come later; PostgreSQL gets them by [`references`].
pub fn create(t: &Table, dialect: Dialect) -> String {
    let mut lines: Vec<String> = t
        .columns
        .iter()
        .map(|c| match (dialect, t.references.iter().find(|r| r.column == c.name)) {
            (Dialect::Sqlite, Some(r)) => format!("{} {}{}", quoted(&c.name), c.definition, inline(r)),
            _ => format!("{} {}", quoted(&c.name), c.definition),
        })
        .collect();
    lines.extend(t.constraints.iter().cloned());
    format!("CREATE TABLE {} (\n  {}\n)", quoted(&t.name), lines.join(",\n  "))
}

fn inline(r: &Reference) -> String {
    format!(" CONSTRAINT {} REFERENCES {} (id) ON DELETE {}", quoted(&r.name), quoted(&r.table), r.action)
}

/// ALTER TABLE … ADD COLUMN.
pub fn add_column(t: &Table, c: &Column, dialect: Dialect) -> String {
    // an existing row has no value to give
    let definition = c.definition.replace(" NOT NULL", "");
    let reference = match (dialect, t.references.iter().find(|r| r.column == c.name)) {
        (_, Some(r)) => inline(r),
        _ => String::new(),
    };
    format!("ALTER TABLE {} ADD COLUMN {} {definition}{reference}", quoted(&t.name), quoted(&c.name))
}

/// ALTER TABLE … ADD FOREIGN KEY, one for each reference; none on SQLite.
pub fn references(t: &Table, dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Sqlite => Vec::new(),
        Dialect::Postgres => t
            .references
            .iter()
            .map(|r| {
                format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} (id) ON DELETE {}",
                    quoted(&t.name),
                    quoted(&r.name),
                    quoted(&r.column),
                    quoted(&r.table),
                    r.action
                )
            })
            .collect(),
    }
}

/// Everything as one script: the text of the first migration.
pub fn script(registry: &Registry, dialect: Dialect) -> String {
    let tables = tables(registry, dialect);
    let mut parts: Vec<String> = tables.iter().map(|t| create(t, dialect)).collect();
    parts.extend(tables.iter().flat_map(|t| references(t, dialect)));
    parts.extend(tables.iter().flat_map(|t| t.indexes.iter().cloned()));
    parts.iter().map(|p| format!("{p};\n")).collect()
}

/// The way back: drops every table.
pub fn drop_script(registry: &Registry, dialect: Dialect) -> String {
    let cascade = match dialect {
        Dialect::Postgres => " CASCADE",
        Dialect::Sqlite => "",
    };
    let mut out = String::new();
    if dialect == Dialect::Sqlite {
        out.push_str("PRAGMA defer_foreign_keys = ON;\n");
    }
    for t in tables(registry, dialect).iter().rev() {
        out.push_str(&format!("DROP TABLE {}{cascade};\n", quoted(&t.name)));
    }
    out
}

/// Diesel's `table!` of models, in the types both databases share; JSON columns (jsonb here, text there) stay out.
pub fn diesel_tables(registry: &Registry, models: &[&str]) -> String {
    let mut out = String::from(
        "//! Diesel's view of the models that the engine reads with typed queries. Written by the test\n\
         //! `schema::diesel_tables_are_what_the_addons_declare` (UPDATE_MIGRATIONS=1), not by hand. \
         Columns whose type\n\
         //! differs between the databases (jsonb, text) are left out.\n",
    );
    for model in models.iter().filter_map(|m| registry.find(m)) {
        out.push_str(&format!("\ndiesel::table! {{\n    {} (id) {{\n", model.table));
        for f in model.fields.values().filter(|f| f.has_column()) {
            use crate::db::ColType;
            let kind = match f.column_type() {
                ColType::Bool => "Bool",
                ColType::Int => "Integer",
                ColType::BigInt => "BigInt",
                ColType::Float => "Double",
                ColType::Text => "Text",
                ColType::DateTime => "Timestamp",
                ColType::Date => "Date",
                ColType::Bytes => "Binary",
                ColType::Json | ColType::Numeric => continue,
            };
            let kind =
                if f.name == "id" || not_null(f) { kind.to_owned() } else { format!("Nullable<{kind}>") };
            out.push_str(&format!("        {} -> {kind},\n", f.name));
        }
        out.push_str("    }\n}\n");
    }
    out
}
