//! fields_get: what a model's fields are, as clients and the web client ask for it.

use super::env::Env;
use super::field::{Field, Kind, Source};
use super::model::Model;
use super::{access, cache};
use crate::error::Result;
use crate::value::{Json, Map};
use serde_json::json;

/// Descriptions by field; `attributes` empty: all of them.
pub fn fields_get(env: &Env, model: &Model, names: &[String], attributes: &[String]) -> Result<Map> {
    let labels = translations(env, model)?;
    let mut out = Map::new();
    for field in model.fields.values() {
        if (!names.is_empty() && !names.contains(&field.name)) || !access::sees(env, field)? {
            continue;
        }
        let mut d = describe(env, model, field)?;
        if let Some(label) = labels.get(&field.name) {
            d.insert("string".into(), label.clone());
        }
        if !attributes.is_empty() {
            d.retain(|k, _| attributes.contains(k));
        }
        out.insert(field.name.clone(), Json::Object(d));
    }
    Ok(out)
}

/// Labels in the context's language, where they are translated.
fn translations(env: &Env, model: &Model) -> Result<Map> {
    cache::check_lang(env)?;
    let lang = env.lang();
    if lang == "en_US" || !cache::langs(env)?.contains(lang) {
        return Ok(Map::new());
    }
    use crate::db::{ColType, Sql};
    let text = env.dialect().json_text(Sql::of("field_description"), lang);
    let sql =
        Sql::of("SELECT name, ").sql(text).raw(" FROM ir_model_fields WHERE model = ").text(&model.name);
    let rows = env.query(&sql, &[ColType::Text, ColType::Text])?;
    Ok(rows
        .iter()
        .filter(|r| !r[1].str().is_empty())
        .map(|r| (r[0].str().to_owned(), json!(r[1].str())))
        .collect())
}

/// Whether ORDER BY can use it.
fn sortable(env: &Env, model: &Model, f: &Field) -> bool {
    if (f.has_column() && !f.attachment) || model.order_of(&f.name).is_some() {
        return true;
    }
    through(env, model, f).is_some_and(|(m, g)| sortable(env, m, g))
}

/// Whether read_group can group by it.
fn groupable(env: &Env, model: &Model, f: &Field) -> bool {
    model.group_of(&f.name).is_some() || groups(env, model, f)
}

fn groups(env: &Env, model: &Model, f: &Field) -> bool {
    if f.kind == Kind::Many2many && f.store {
        return true;
    }
    if f.has_column() {
        return !matches!(f.kind, Kind::Binary | Kind::Image);
    }
    through(env, model, f).is_some_and(|(m, g)| groups(env, m, g))
}

/// Whether read_group can put a related field's values together.
fn aggregable(env: &Env, model: &Model, f: &Field) -> bool {
    f.has_column() || through(env, model, f).is_some_and(|(m, g)| aggregable(env, m, g))
}

/// Whether a domain may name it: a related field as long as each step of its path may be named.
fn searchable(env: &Env, model: &Model, f: &Field) -> bool {
    let Source::Related(path) = &f.source else {
        return f.store || f.search.is_some() || matches!(f.source, Source::DisplayName);
    };
    let mut at = Some(model);
    f.store
        || path.iter().all(|step| {
            let Some((model, g)) = at.and_then(|m| Some((m, m.fields.get(step)?))) else { return false };
            at = env.registry().find(&g.relation);
            searchable(env, model, g)
        })
}

/// The stored field behind a related one whose path runs over stored many2ones only.
fn through<'e>(env: &'e Env, model: &'e Model, f: &Field) -> Option<(&'e Model, &'e Field)> {
    let Source::Related(path) = &f.source else { return None };
    let mut at = model;
    for (i, step) in path.iter().enumerate() {
        let g = at.fields.get(step)?;
        if i + 1 == path.len() {
            return Some((at, g));
        }
        if g.kind != Kind::Many2one {
            return None;
        }
        at = env.registry().find(&g.relation)?;
    }
    None
}

fn describe(env: &Env, model: &Model, f: &Field) -> Result<Map> {
    let mut d = Map::new();
    let mut put = |k: &str, v: Json| {
        d.insert(k.to_owned(), v);
    };
    put("type", json!(f.kind.name()));
    if let Some((first, _)) = f.depends.split_first() {
        let _ = first;
        put("depends", json!(f.depends));
    } else if matches!(f.source, Source::DisplayName) {
        put("depends", json!(model.rec_name.iter().collect::<Vec<_>>()));
    } else {
        put("depends", json!([]));
    }
    put("change_default", json!(f.change_default));
    put("company_dependent", json!(f.company_dependent));
    put("default_export_compatible", json!(f.default_export_compatible && f.inherited.is_none()));
    put("exportable", json!(true));
    if let Some((a, b)) = &f.definition {
        put("definition_record", json!(a));
        put("definition_record_field", json!(b));
    }
    if !f.groups.is_empty() {
        put("groups", json!(f.groups.join(",")));
    }
    if let Some(h) = &f.help {
        put("help", json!(h));
    }
    put("manual", json!(false));
    let refused = access::guard(env, model, &[f.name.as_str()], 'w').is_err();
    put("readonly", json!(f.readonly || refused));
    if let Source::Related(path) = &f.source {
        put("related", json!(path.join(".")));
    }
    // a field of a delegate is required where it is there
    let delegate = f.inherited.is_some().then(|| through(env, model, f)).flatten();
    put("required", json!(f.required || delegate.is_some_and(|(_, g)| g.required)));
    put("searchable", json!(searchable(env, model, f)));
    put("sortable", json!(sortable(env, model, f)));
    put("store", json!(f.store));
    put("string", json!(f.string));
    put("groupable", json!(groupable(env, model, f)));
    put("name", json!(f.name));
    if let Some(a) = f.aggregator.as_ref().filter(|_| f.store || aggregable(env, model, f)) {
        put("aggregator", json!(a));
    }
    match f.kind {
        Kind::Char => {
            put("trim", json!(f.trim));
            put("translate", json!(f.translate));
            if let Some(s) = f.size {
                put("size", json!(s));
            }
        }
        Kind::Text => put("translate", json!(f.translate)),
        Kind::Html => {
            put("translate", json!(f.translate));
            put("sanitize", json!(f.sanitize));
            put("sanitize_tags", json!(true));
            put("sanitize_attributes", json!(f.sanitize_attributes));
            put("sanitize_style", json!(f.sanitize_style));
            put("strip_style", json!(false));
            put("strip_classes", json!(false));
        }
        Kind::Float => {
            if let Some((p, s)) = f.digits {
                put("digits", json!([p, s]));
            }
        }
        Kind::Monetary => put("currency_field", json!(f.currency_field)),
        Kind::Selection | Kind::Reference => put("selection", json!(*cache::choices(env, model, f)?)),
        Kind::Binary | Kind::Image => put("attachment", json!(f.attachment)),
        Kind::Many2one | Kind::One2many | Kind::Many2many => {
            put("relation", json!(f.relation));
            put("context", f.context.clone());
            put("domain", f.domain.clone());
            let related = matches!(f.source, Source::Related(_));
            if f.kind == Kind::One2many && !f.inverse_name.is_empty() && !related {
                put("relation_field", json!(f.inverse_name));
            }
            let hierarchy = env.registry().find(&f.relation).and_then(Model::hierarchy);
            put("allow_hierachy_operators", json!(hierarchy.is_some()));
        }
        Kind::Many2oneReference => {
            put("model_field", json!(f.model_field));
        }
        _ => {}
    }
    Ok(d)
}
