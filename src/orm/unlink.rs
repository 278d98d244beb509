//! unlink: rights, then what points to the records, then the records.

use super::compute;
use super::env::Env;
use super::field::{Kind, OnDelete};
use super::model::Model;
use super::{dberror, rule, write};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};

/// The bottom of every unlink.
pub fn unlink(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    rule::check(env, model, ids, 'u')?;
    let root = env.sudo();
    let stored: Vec<&str> = model.fields.values().filter(|f| f.store).map(|f| f.name.as_str()).collect();
    compute::modified(env, model, ids, &stored)?;
    touch_referrers(&root, model, ids)?;
    forget_links(&root, model, ids)?;
    let sql = Sql::of("DELETE FROM ").ident(&model.table).raw(" WHERE id").ids(ids);
    env.execute(&sql).map_err(|e| explain(&root, model, ids, e))?;
    compute::flush(env)?;
    write::forget(env, model, &stored);
    Ok(())
}

/// Notes what the database's cascades will change, so that computed fields follow.
fn touch_referrers(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    for m in env.registry().models().filter(|m| !m.is_abstract) {
        for f in m.fields.values().filter(|f| f.kind == Kind::Many2one && f.store && f.relation == model.name)
        {
            if f.ondelete == OnDelete::Restrict || f.automatic {
                continue;
            }
            let sql = Sql::of("SELECT id FROM ").ident(&m.table).raw(" WHERE ").ident(&f.name).ids(ids);
            let hit: Vec<i64> = env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
            if !hit.is_empty() {
                compute::modified(env, m, &hit, &[&f.name])?;
            }
        }
    }
    Ok(())
}

/// External ids, attachments, and what behaviours keep that names the record without a foreign key.
fn forget_links(env: &Env, model: &Model, ids: &[i64]) -> Result<()> {
    let mut sql =
        Sql::of("DELETE FROM ir_model_data WHERE model = ").text(&model.name).raw(" AND res_id").ids(ids);
    if env.execute(&sql)? > 0 {
        env.invalidate();
    }
    if model.name != "ir.attachment" {
        sql = Sql::of("DELETE FROM ir_attachment WHERE res_model = ")
            .text(&model.name)
            .raw(" AND res_id")
            .ids(ids);
        env.execute(&sql)?;
    }
    for forget in model.behaviours.iter().filter_map(|b| b.forget) {
        forget(env, model, ids)?;
    }
    Ok(())
}

/// SQLite does not say who still points here: looks for it.
fn explain(env: &Env, model: &Model, ids: &[i64], e: Error) -> Error {
    if !super::dberror::is_anonymous_reference(&e) {
        return e;
    }
    for m in env.registry().models().filter(|m| !m.is_abstract) {
        for f in m.fields.values().filter(|f| f.kind == Kind::Many2one && f.store && f.relation == model.name)
        {
            if f.ondelete != OnDelete::Restrict {
                continue;
            }
            let sql = Sql::of("SELECT id FROM ")
                .ident(&m.table)
                .raw(" WHERE ")
                .ident(&f.name)
                .ids(ids)
                .raw(" LIMIT 1");
            if env.query(&sql, &[ColType::Int]).is_ok_and(|rows| !rows.is_empty()) {
                let constraint = format!("{}_{}_fkey", m.table, f.name);
                return dberror::foreign_key(Some((&m.description, &m.name)), Some(&constraint));
            }
        }
    }
    e
}
