//! copy and copy_data.

use super::behaviour::Super;
use super::env::Env;
use super::field::Kind;
use super::model::Model;
use crate::error::Result;
use crate::value::{Json, Map};
use serde_json::json;

/// The values of copies of records: every copied field as create takes it; one2many lines are copied in depth.
pub fn copy_data(env: &Env, model: &Model, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let blocked = |name: &str| matches!(name, "id" | "parent_path") || model.fields[name].automatic;
    let fields: Vec<&super::field::Field> = model
        .fields
        .values()
        .filter(|f| {
            f.copy && f.store && f.inherited.is_none() && !blocked(&f.name) && !default.contains_key(&f.name)
        })
        .collect();
    // what is delegated to is copied along, unless the copy is told to share it
    let inherited: Vec<&super::field::Field> = model
        .fields
        .values()
        .filter(|f| f.copy && !default.contains_key(&f.name))
        .filter(|f| f.inherited.as_ref().is_some_and(|link| !default.contains_key(link)))
        .collect();
    let links: Vec<&str> = model.inherits.iter().map(|(_, l)| l.as_str()).collect();
    let all: Vec<&super::field::Field> =
        fields.into_iter().filter(|f| !links.contains(&f.name.as_str())).chain(inherited).collect();
    let names: Vec<&str> = all.iter().map(|f| f.name.as_str()).collect();
    let records = env.fetch(&model.name, ids, &names)?;
    let mut out = Vec::with_capacity(ids.len());
    for r in &records {
        let mut vals = default.clone();
        for f in &all {
            let value = match f.kind {
                Kind::One2many => lines(env, f, r.ids(&f.name))?,
                Kind::Many2many => json!([[6, 0, r.ids(&f.name)]]),
                Kind::Many2one => r.opt(&f.name).map_or(json!(false), |i| json!(i)),
                _ => super::field::convert::to_write(f, r.get(&f.name)),
            };
            vals.insert(f.name.clone(), value);
        }
        out.push(vals);
    }
    Ok(out)
}

fn lines(env: &Env, field: &super::field::Field, ids: &[i64]) -> Result<Json> {
    let comodel = env.model(&field.relation)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    // the copies name the old owner, as Odoo's; what creates them puts the new one in its place
    let copies = Super::top(comodel).copy_data(env, &ids, Map::new())?;
    Ok(copies.into_iter().map(|vals| json!([0, 0, vals])).collect())
}

/// Copies records; the new ids in order.
pub fn copy(env: &Env, model: &Model, ids: &[i64], default: Map) -> Result<Vec<i64>> {
    // what is put away is linked to all the same, and copied with the rest
    let all = env.with_context(json!({"active_test": false}));
    let vals = Super::top(model).copy_data(&all, ids, default)?;
    let ids_new = env.create_many(&model.name, vals)?;
    translations(env, model, ids, &ids_new)?;
    Ok(ids_new)
}

/// Copies carry all languages of what they took over unchanged. One statement, however many.
fn translations(env: &Env, model: &Model, old: &[i64], new: &[i64]) -> Result<()> {
    use crate::db::Sql;
    let dialect = env.dialect();
    let taken = model.fields.values().filter(|f| f.translate && f.has_column() && f.copy).map(|f| {
        let (theirs, ours) = (Sql::new().col("o", &f.name), Sql::new().col(&model.table, &f.name));
        Sql::new()
            .ident(&f.name)
            .raw(" = CASE WHEN ")
            .sql(dialect.json_text(theirs.clone(), "en_US"))
            .raw(" = ")
            .sql(dialect.json_text(ours.clone(), "en_US"))
            .raw(" THEN ")
            .sql(theirs)
            .raw(" ELSE ")
            .sql(ours)
            .raw(" END")
    });
    let taken = Sql::join(", ", taken);
    if taken.is_empty() || old.is_empty() {
        return Ok(());
    }
    let sql = Sql::of("UPDATE ")
        .ident(&model.table)
        .raw(" SET ")
        .sql(taken)
        .raw(" FROM ")
        .ident(&model.table)
        .raw(" AS o JOIN ")
        .id_rows(old)
        .raw(" AS a ON o.id = a.value JOIN ")
        .id_rows(new)
        .raw(" AS b ON b.place = a.place WHERE ")
        .col(&model.table, "id")
        .raw(" = b.value");
    env.execute(&sql)?;
    Ok(())
}
