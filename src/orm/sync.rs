//! Makes the database follow the models: tables and columns that are missing, and the rows that describe them
//! (ir.model, ir.model.fields, ir.module.module …). Never drops anything.

use super::compute;
use super::ddl;
use super::env::Env;
use super::field::{Field, Kind, OnDelete, Source};
use super::registry::Registry;
use crate::db::{ColType, Conn, DbResult, Dialect, Sql};
use crate::error::Result;
use crate::value::{Json, Value};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Creates missing tables, columns and indexes. Says what it did, one line each.
pub fn tables(conn: &mut Conn, registry: &Registry) -> DbResult<Vec<String>> {
    let dialect = conn.dialect();
    let existing = columns(conn)?;
    let mut log = Vec::new();
    let mut late = Vec::new();
    for t in ddl::tables(registry, dialect) {
        match existing.get(&t.name) {
            None => {
                conn.batch(&ddl::create(&t, dialect))?;
                late.extend(ddl::references(&t, dialect));
                late.extend(t.indexes.iter().cloned());
                log.push(format!("table {}", t.name));
            }
            Some(have) => {
                for c in t.columns.iter().filter(|c| !have.contains(&c.name)) {
                    conn.batch(&ddl::add_column(&t, c, dialect))?;
                    log.push(format!("column {}.{}", t.name, c.name));
                }
            }
        }
    }
    for statement in late {
        conn.batch(&statement)?;
    }
    Ok(log)
}

/// Tables and their columns, as the database has them.
pub fn columns(conn: &mut Conn) -> DbResult<HashMap<String, HashSet<String>>> {
    let sql = match conn.dialect() {
        Dialect::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
        Dialect::Sqlite => {
            "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
        }
    };
    let mut out: HashMap<String, HashSet<String>> = HashMap::new();
    for row in conn.query(&Sql::of(sql), &[ColType::Text, ColType::Text])? {
        out.entry(row[0].str().to_owned()).or_default().insert(row[1].str().to_owned());
    }
    Ok(out)
}

/// The first rows, which all others refer to: a currency, the company and its partner, the superuser and his.
pub fn bootstrap(env: &Env) -> Result<()> {
    let there = env.query(&Sql::of("SELECT id FROM res_users WHERE id = 1"), &[ColType::Int])?;
    if !there.is_empty() {
        return Ok(());
    }
    seed(env, "res.currency", json!({"name": "USD", "symbol": "$", "active": true, "rounding": 0.01}))?;
    seed(env, "res.partner", json!({"name": "My Company", "active": true, "is_company": true}))?;
    seed(
        env,
        "res.company",
        json!({"name": "My Company", "partner_id": 1, "currency_id": 1, "active": true, "sequence": 0,
            "parent_path": "1/"}),
    )?;
    seed(env, "res.partner", json!({"name": "System", "active": false, "company_id": 1}))?;
    seed(
        env,
        "res.users",
        json!({"login": "__system__", "partner_id": 2, "company_id": 1, "active": false}),
    )?;
    env.execute(&Sql::of("INSERT INTO res_company_users_rel (cid, user_id) VALUES (1, 1)"))?;
    for (name, model, id) in FIRST {
        super::loader::remember(env, "base", name, model, id, false)?;
    }
    Ok(())
}

/// What [`bootstrap`] makes.
const FIRST: [(&str, &str, i64); 5] = [
    ("USD", "res.currency", 1),
    ("main_partner", "res.partner", 1),
    ("main_company", "res.company", 1),
    ("partner_root", "res.partner", 2),
    ("user_root", "res.users", 1),
];

/// Computes the stored fields of the first rows, once everything is there that they are computed from.
pub fn compute_first(env: &Env) -> Result<()> {
    for (_, model, id) in FIRST {
        for field in env.model(model)?.fields.values().filter(|f| f.store && f.is_computed()) {
            compute::schedule(env, model, &field.name, &[id]);
        }
    }
    compute::flush(env)
}

/// Inserts a row below the ORM, with the static defaults of its columns.
fn seed(env: &Env, model: &str, vals: Json) -> Result<()> {
    let model = env.model(model)?;
    let mut names = Vec::new();
    let mut cells = Vec::new();
    for f in model.fields.values().filter(|f| f.has_column() && !f.automatic) {
        if let Some(json) = vals.get(&f.name).or(f.default.as_ref()) {
            names.push(Sql::new().ident(&f.name));
            cells.push(Sql::new().bind(f.column_type(), super::create::column_value(env, model, f, json)?));
        }
    }
    if model.log_access {
        for name in ["create_date", "write_date"] {
            names.push(Sql::new().ident(name));
            cells.push(Sql::new().bind(ColType::DateTime, Value::DateTime(env.now())));
        }
    }
    let sql = Sql::of("INSERT INTO ")
        .ident(&model.table)
        .raw(" (")
        .sql(Sql::join(", ", names))
        .raw(") VALUES (")
        .sql(Sql::join(", ", cells))
        .raw(")");
    env.execute(&sql)?;
    Ok(())
}

/// Rows of ir.model, ir.model.fields, their selections, ir.module.module, and external ids of all of these.
pub fn reflect(env: &Env) -> Result<()> {
    let models: Vec<Row> = env
        .registry()
        .models()
        .map(|m| Row {
            key: m.name.clone(),
            xmlid: (
                m.modules.first().cloned().unwrap_or_default(),
                format!("model_{}", m.name.replace('.', "_")),
            ),
            values: vec![
                ("model", text(&m.name)),
                ("name", translated(&m.description)),
                ("order", text(&m.order)),
                ("state", text("base")),
                ("transient", (ColType::Bool, Value::Bool(m.transient))),
                ("is_mail_thread", (ColType::Bool, Value::Bool(m.is_a("mail.thread")))),
                ("is_mail_activity", (ColType::Bool, Value::Bool(m.is_a("mail.activity.mixin")))),
            ],
        })
        .collect();
    let model_ids = upsert(env, "ir.model", "ir_model", &["model"], models)?;
    let mut fields = Vec::new();
    for m in env.registry().models() {
        for f in m.fields.values() {
            let module = f.modules.first().or(m.modules.first()).cloned().unwrap_or_default();
            fields.push(Row {
                key: format!("{}\u{1f}{}", m.name, f.name),
                xmlid: (module, format!("field_{}__{}", m.name.replace('.', "_"), f.name)),
                values: vec![
                    ("model", text(&m.name)),
                    ("name", text(&f.name)),
                    (
                        "model_id",
                        (ColType::Int, model_ids.get(&m.name).map_or(Value::Null, |i| Value::Int(*i))),
                    ),
                    ("field_description", translated(&f.string)),
                    ("ttype", text(f.kind.name())),
                    (
                        "relation",
                        if f.relation.is_empty() { (ColType::Text, Value::Null) } else { text(&f.relation) },
                    ),
                    (
                        "relation_field",
                        optional(Some(f.inverse_name.as_str()).filter(|_| f.kind == Kind::One2many)),
                    ),
                    ("relation_table", optional(f.m2m.as_ref().map(|m| m.table.as_str()))),
                    ("column1", optional(f.m2m.as_ref().map(|m| m.own.as_str()))),
                    ("column2", optional(f.m2m.as_ref().map(|m| m.other.as_str()))),
                    (
                        "on_delete",
                        optional(Some(on_delete(f)).filter(|_| f.kind == Kind::Many2one && f.store)),
                    ),
                    ("related", optional(related(f).as_deref())),
                    ("state", text("base")),
                    ("store", (ColType::Bool, Value::Bool(f.store))),
                    ("required", (ColType::Bool, Value::Bool(f.required))),
                    ("readonly", (ColType::Bool, Value::Bool(f.readonly))),
                    ("index", (ColType::Bool, Value::Bool(f.index))),
                    ("copied", (ColType::Bool, Value::Bool(f.copy))),
                    ("translate", (ColType::Bool, Value::Bool(f.translate))),
                ],
            });
        }
    }
    let field_ids = upsert(env, "ir.model.fields", "ir_model_fields", &["model", "name"], fields)?;
    let mut selections = Vec::new();
    for m in env.registry().models() {
        for f in m.fields.values().filter(|f| f.kind == Kind::Selection && f.inherited.is_none()) {
            let Some(field) = field_ids.get(&format!("{}\u{1f}{}", m.name, f.name)) else { continue };
            for (n, (value, label)) in f.selection.iter().enumerate() {
                let slug: String = value
                    .chars()
                    .map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                    .collect();
                selections.push(Row {
                    key: format!("{field}\u{1f}{value}"),
                    xmlid: (
                        f.modules.first().cloned().unwrap_or_default(),
                        format!("selection__{}__{}__{slug}", m.name.replace('.', "_"), f.name),
                    ),
                    values: vec![
                        ("field_id", (ColType::Int, Value::Int(*field))),
                        ("value", text(value)),
                        ("name", translated(label)),
                        ("sequence", (ColType::Int, Value::Int(n as i64))),
                    ],
                });
            }
        }
    }
    upsert(
        env,
        "ir.model.fields.selection",
        "ir_model_fields_selection",
        &["field_id", "value"],
        selections,
    )?;
    let modules = env
        .registry()
        .addons
        .iter()
        .map(|a| Row {
            key: a.name().to_owned(),
            xmlid: ("base".into(), format!("module_{}", a.name())),
            values: vec![
                ("name", text(a.name())),
                ("shortdesc", translated(&a.manifest.title)),
                ("summary", translated(&a.manifest.summary)),
                ("latest_version", text(&a.manifest.version)),
                ("state", text("installed")),
                ("application", (ColType::Bool, Value::Bool(a.manifest.application))),
                ("license", text("LGPL-3")),
            ],
        })
        .collect();
    upsert(env, "ir.module.module", "ir_module_module", &["name"], modules)?;
    env.invalidate();
    Ok(())
}

fn text(s: &str) -> (ColType, Value) {
    (ColType::Text, Value::Text(s.to_owned()))
}

fn optional(s: Option<&str>) -> (ColType, Value) {
    (ColType::Text, s.map_or(Value::Null, |s| Value::Text(s.to_owned())))
}

fn on_delete(f: &Field) -> &'static str {
    match f.ondelete {
        OnDelete::SetNull => "set null",
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
    }
}

fn related(f: &Field) -> Option<String> {
    match &f.source {
        Source::Related(path) => Some(path.join(".")),
        _ => None,
    }
}

fn translated(s: &str) -> (ColType, Value) {
    (ColType::Json, Value::Json(json!({ "en_US": s })))
}

/// A row that describes something declared.
struct Row {
    /// Values of the key columns, joined by U+001F.
    key: String,
    xmlid: (String, String),
    values: Vec<(&'static str, (ColType, Value))>,
}

/// Inserts rows that are missing, updates those whose values differ; key → id.
fn upsert(
    env: &Env,
    model: &str,
    table: &str,
    keys: &[&str],
    rows: Vec<Row>,
) -> Result<HashMap<String, i64>> {
    let mut out = HashMap::new();
    let Some(m) = env.registry().find(model) else { return Ok(out) };
    let key_types: Vec<ColType> =
        keys.iter().map(|k| if k.ends_with("_id") { ColType::Int } else { ColType::Text }).collect();
    let known = |name: &str| m.fields.get(name).is_some_and(|f| f.has_column());
    let names: Vec<&str> =
        rows.first().map_or(Vec::new(), |r| r.values.iter().map(|(n, _)| *n).filter(|n| known(n)).collect());
    let mut sql = Sql::of("SELECT id");
    for k in keys {
        sql = sql.raw(", ").ident(k);
    }
    let mut types = vec![ColType::Int];
    types.extend(&key_types);
    for n in &names {
        sql = sql.raw(", ").ident(n);
        let declared = m.field(n)?.column_type();
        types.push(declared);
    }
    sql = sql.raw(" FROM ").ident(table);
    let mut have: HashMap<String, (i64, Vec<Value>)> = HashMap::new();
    for row in env.query(&sql, &types)? {
        let key: Vec<String> = row[1..=keys.len()]
            .iter()
            .map(|v| match v {
                Value::Int(i) => i.to_string(),
                v => v.str().to_owned(),
            })
            .collect();
        have.insert(key.join("\u{1f}"), (row[0].int(), row[keys.len() + 1..].to_vec()));
    }
    let mut missing = Vec::new();
    for row in &rows {
        let values: Vec<(&'static str, (ColType, Value))> = row
            .values
            .iter()
            .filter(|(n, _)| known(n))
            .map(|(n, (t, v))| {
                let declared = m.fields.get(*n).map_or(*t, |f| f.column_type());
                let v = match (declared, v) {
                    (ColType::Json, Value::Text(s)) => Value::Json(json!({ "en_US": s })),
                    (ColType::Text, Value::Json(j)) => {
                        Value::Text(j["en_US"].as_str().unwrap_or_default().to_owned())
                    }
                    (ColType::Text, Value::Bool(b)) => Value::Text(if *b { "standard" } else { "" }.into()),
                    (_, v) => v.clone(),
                };
                (*n, (declared, v))
            })
            .collect();
        match have.get(&row.key) {
            Some((id, old)) => {
                out.insert(row.key.clone(), *id);
                if !values.iter().zip(old).all(|((_, (_, v)), o)| same(v, o)) {
                    let sets =
                        values.iter().map(|(n, (t, v))| Sql::new().ident(n).raw(" = ").bind(*t, v.clone()));
                    let sql = Sql::of("UPDATE ")
                        .ident(table)
                        .raw(" SET ")
                        .sql(Sql::join(", ", sets))
                        .raw(" WHERE id = ")
                        .int(*id);
                    env.execute(&sql)?;
                }
            }
            None => missing.push((row, values)),
        }
    }
    for chunk in missing.chunks(200) {
        let columns = chunk[0].1.iter().map(|(n, _)| Sql::new().ident(n));
        let mut sql =
            Sql::of("INSERT INTO ").ident(table).raw(" (").sql(Sql::join(", ", columns)).raw(") VALUES ");
        let tuples = chunk.iter().map(|(_, values)| {
            let cells = values.iter().map(|(_, (t, v))| Sql::new().bind(*t, v.clone()));
            Sql::of("(").sql(Sql::join(", ", cells)).raw(")")
        });
        sql = sql.sql(Sql::join(", ", tuples)).raw(" RETURNING id").uncached();
        let mut ids: Vec<i64> =
            env.execute_returning(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
        ids.sort_unstable();
        for ((row, _), id) in chunk.iter().zip(ids) {
            out.insert(row.key.clone(), id);
        }
    }
    let xmlids: Vec<(String, String, i64)> = missing
        .iter()
        .filter_map(|(row, _)| Some((row.xmlid.0.clone(), row.xmlid.1.clone(), *out.get(&row.key)?)))
        .collect();
    super::loader::remember_many(env, model, &xmlids)?;
    Ok(out)
}

fn same(new: &Value, old: &Value) -> bool {
    match (new, old) {
        // translations may have been added to a label
        (Value::Json(n), Value::Json(o)) => n["en_US"] == o["en_US"],
        (Value::Bool(false), Value::Null) => true,
        (Value::Text(s), Value::Null) => s.is_empty(),
        (n, o) => n == o,
    }
}

/// A JSON value of the whole registry that changes when any addon does.
pub fn fingerprint(registry: &Registry) -> String {
    use sha2::{Digest, Sha256};
    let mut h = Sha256::new();
    for a in &registry.addons {
        h.update(a.name());
        h.update(a.fingerprint());
    }
    hex::encode(h.finalize())
}

/// What is kept about an installation, in ir.config_parameter.
pub const FINGERPRINT_KEY: &str = "workwarden.addons_fingerprint";

/// Whether the addons in the database are those of the binary.
pub fn is_current(env: &Env) -> Result<bool> {
    Ok(env.param(FINGERPRINT_KEY)?.is_some_and(|f| f == fingerprint(env.registry())))
}

/// Notes that they are.
pub fn mark_current(env: &Env) -> Result<()> {
    let value = Json::String(fingerprint(env.registry()));
    let there = env.search("ir.config_parameter", json!([["key", "=", FINGERPRINT_KEY]]))?;
    if there.is_empty() {
        env.create("ir.config_parameter", json!({"key": FINGERPRINT_KEY, "value": value}))?;
    } else {
        env.write("ir.config_parameter", &there, json!({ "value": value }))?;
    }
    Ok(())
}
