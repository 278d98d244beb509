//! The search panel: `search_panel_select_range` (categories) and `search_panel_select_multi_range` (filters).

use crate::error::{Error, Result};
use crate::orm::behaviour::{Call, Method};
use crate::orm::cache;
use crate::orm::domain::{combine, parse};
use crate::orm::env::{Env, Page};
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::orm::read;
use crate::orm::read_group::{Ask, read_group};
use crate::value::{Json, Map, json_is_falsy, py_repr};
use indexmap::IndexMap;
use serde_json::json;

/// The methods of this file.
pub fn methods() -> Vec<Method> {
    let web = |m: Method| m.class("Base").readonly();
    vec![
        web(Method::model("search_panel_select_range", "field_name, **kwargs", select_range)),
        web(Method::model("search_panel_select_multi_range", "field_name, **kwargs", select_multi_range)),
    ]
}

/// Values by key (an id or a selection's value), each `{id, display_name, __count?}`.
type Image = IndexMap<String, Map>;

/// What a panel asks, whatever it is.
struct Panel<'a> {
    env: &'a Env,
    model: &'a Model,
    field: &'a Field,
    kwargs: &'a Map,
    /// The search's domain.
    search: Json,
    /// Domains of the other categories and filters.
    extra: Json,
    counters: bool,
    expand: bool,
    limit: Option<i64>,
    comodel_domain: Json,
}

fn panel<'a>(env: &'a Env, call: &'a Call<'_>, kinds: &[Kind], what: &str) -> Result<Panel<'a>> {
    let field = call.model.field(call.text("field_name").unwrap_or_default())?;
    if !kinds.contains(&field.kind) {
        let supported: Vec<&str> = kinds.iter().map(|k| k.name()).collect();
        // of filters Odoo shows the list as it is
        let supported = match what {
            "filter" => py_repr(&json!(supported)),
            _ => supported.join(", "),
        };
        let found = field.kind.name();
        return Err(Error::user(format!(
            "Only types {supported} are supported for {what} (found type {found})"
        )));
    }
    let arg = |name: &str| call.kwargs.get(name).cloned().unwrap_or_else(|| json!([]));
    let flag = |name: &str| call.kwargs.get(name).is_some_and(|v| !json_is_falsy(v));
    Ok(Panel {
        env,
        model: call.model,
        field,
        kwargs: &call.kwargs,
        search: arg("search_domain"),
        extra: combine::and(&[arg("category_domain"), arg("filter_domain")]),
        counters: flag("enable_counters"),
        expand: flag("expand"),
        limit: call.kwargs.get("limit").and_then(Json::as_i64).filter(|l| *l > 0),
        comodel_domain: arg("comodel_domain"),
    })
}

fn too_many() -> Json {
    json!({"error_msg": "Too many items to display."})
}

fn is_true(domain: &Json) -> bool {
    domain.as_array().is_none_or(|a| a.is_empty() || *a == [json!([1, "=", 1])])
}

fn key(id: &Json) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

impl Panel<'_> {
    /// The values that occur among the records of a domain.
    fn occurring(&self, domain: &Json, count: bool, limit: Option<i64>) -> Result<Image> {
        let name = &self.field.name;
        let ask = Ask {
            domain: combine::and(&[domain.clone(), json!([[name, "!=", false]])]),
            groupby: vec![name.clone()],
            limit,
            lazy: true,
            ..Ask::default()
        };
        let choices = cache::choices(self.env, self.model, self.field)?;
        let label = |s: &str| choices.iter().find(|(v, _)| v == s).map_or(s.to_owned(), |(_, l)| l.clone());
        let mut image = Image::new();
        for group in read_group(self.env, self.model, &ask)? {
            let (id, label) = match group.get(name) {
                Some(Json::Array(pair)) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
                Some(Json::String(s)) => (json!(s), json!(label(s))),
                _ => continue,
            };
            let mut values = Map::new();
            values.insert("id".into(), id.clone());
            values.insert("display_name".into(), label);
            if count {
                values.insert(
                    "__count".into(),
                    group.get(&format!("{name}_count")).cloned().unwrap_or(json!(0)),
                );
            }
            image.insert(key(&id), values);
        }
        Ok(image)
    }

    /// The values to show, with the numbers of records that also match what else is chosen.
    fn image(&self, extra: &Json, only_counters: bool, limit: Option<i64>) -> Result<Image> {
        let counted = combine::and(&[self.search.clone(), extra.clone()]);
        if only_counters {
            return self.occurring(&counted, true, None);
        }
        let simple = is_true(extra);
        let mut image = self.occurring(&self.search, self.counters && simple, limit)?;
        if self.counters && !simple {
            let counts = self.occurring(&counted, true, None)?;
            for (id, values) in &mut image {
                let n = counts.get(id).and_then(|v| v.get("__count")).cloned().unwrap_or(json!(0));
                values.insert("__count".into(), n);
            }
        }
        Ok(image)
    }

    fn selection(&self, extra: &Json) -> Result<Vec<Map>> {
        let image =
            if self.counters || !self.expand { self.image(extra, self.expand, None)? } else { Image::new() };
        if !self.expand {
            return Ok(image.into_values().collect());
        }
        Ok(cache::choices(self.env, self.model, self.field)?
            .iter()
            .map(|(value, label)| {
                let mut m =
                    Map::from_iter([("id".to_owned(), json!(value)), ("display_name".into(), json!(label))]);
                if self.counters {
                    m.insert("__count".into(), count_in(&image, &json!(value)));
                }
                m
            })
            .collect())
    }

    /// Corecords of a domain with their names and `more` fields.
    fn corecords(&self, domain: &Json, more: &[&str]) -> Result<Vec<Map>> {
        let env = self.env.with_context(json!({"hierarchical_naming": false}));
        let comodel = env.model(&self.field.relation)?;
        let fields: Vec<String> =
            std::iter::once("display_name").chain(more.iter().copied()).map(str::to_owned).collect();
        let page = Page { limit: self.limit, ..Page::default() };
        read::search_read(&env, comodel, &parse::parse(domain)?, &page, &fields, true)
    }

    fn is_full(&self, n: usize) -> bool {
        self.limit.is_some_and(|l| i64::try_from(n) == Ok(l))
    }
}

fn count_in(image: &Image, id: &Json) -> Json {
    image.get(&key(id)).and_then(|v| v.get("__count")).cloned().unwrap_or(json!(0))
}

fn image_ids(image: &Image) -> Vec<Json> {
    image.values().filter_map(|v| v.get("id").cloned()).collect()
}

fn select_range(env: &Env, call: &Call<'_>) -> Result<Json> {
    let p = panel(env, call, &[Kind::Many2one, Kind::Selection], "category")?;
    if p.field.kind == Kind::Selection {
        return Ok(json!({"parent_field": false, "values": p.selection(&p.extra)?}));
    }
    let comodel = env.model(&p.field.relation)?;
    let wanted = p.kwargs.get("hierarchize").is_none_or(|h| !json_is_falsy(h));
    let parent = comodel.hierarchy().filter(|_| wanted);
    let parent_field = parent.map_or(json!(false), |n| json!(n));
    let plain = !p.expand && parent.is_none() && is_true(&p.comodel_domain);
    let mut image = Image::new();
    if p.counters || !p.expand {
        image = p.image(&p.extra, p.expand, p.limit.filter(|_| plain))?;
    }
    if plain {
        if p.is_full(image.len()) {
            return Ok(too_many());
        }
        return Ok(json!({"parent_field": parent_field, "values": image.into_values().collect::<Vec<_>>()}));
    }
    let mut domain = p.comodel_domain.clone();
    if !p.expand {
        let op = if parent.is_some() { "parent_of" } else { "in" };
        domain = combine::and(&[domain, json!([["id", op, image_ids(&image)]])]);
    }
    let mut records = p.corecords(&domain, parent.as_slice())?;
    if let Some(parent) = parent {
        let roots = if p.expand {
            records.iter().filter_map(|r| r.get("id").cloned()).collect()
        } else {
            image_ids(&image)
        };
        records = with_ancestors(records, parent, &roots);
    }
    if p.is_full(records.len()) {
        return Ok(too_many());
    }
    let mut values = Image::new();
    for r in records {
        let id = r.get("id").cloned().unwrap_or_default();
        let mut m = Map::from_iter([("id".to_owned(), id.clone())]);
        m.insert("display_name".into(), r.get("display_name").cloned().unwrap_or_default());
        if let Some(parent) = parent {
            m.insert(parent.to_owned(), parent_of(&r, parent));
        }
        if p.counters {
            m.insert("__count".into(), count_in(&image, &id));
        }
        values.insert(key(&id), m);
    }
    if let (Some(parent), true) = (parent, p.counters) {
        add_up(&mut values, parent);
    }
    Ok(json!({"parent_field": parent_field, "values": values.into_values().collect::<Vec<_>>()}))
}

/// The parent's id of a record read classically, or false.
fn parent_of(record: &Map, parent: &str) -> Json {
    record.get(parent).and_then(|p| p.get(0)).cloned().unwrap_or(json!(false))
}

/// The records whose line of ancestors is complete, for those asked for and their ancestors.
fn with_ancestors(records: Vec<Map>, parent: &str, wanted: &[Json]) -> Vec<Map> {
    let above: IndexMap<String, Json> =
        records.iter().map(|r| (r.get("id").map_or(String::new(), key), parent_of(r, parent))).collect();
    let mut keep: IndexMap<String, bool> = IndexMap::new();
    for id in wanted {
        let mut chain = Vec::new();
        let mut at = id.clone();
        let complete = loop {
            if json_is_falsy(&at) {
                break true;
            }
            let k = key(&at);
            if let Some(known) = keep.get(&k) {
                break *known;
            }
            let Some(next) = above.get(&k).filter(|_| !chain.contains(&k)) else { break false };
            chain.push(k);
            at = next.clone();
        };
        keep.extend(chain.into_iter().map(|k| (k, complete)));
    }
    let kept = |r: &Map| r.get("id").is_some_and(|id| keep.get(&key(id)).copied().unwrap_or(false));
    records.into_iter().filter(|r| kept(r)).collect()
}

/// Adds what is counted below a value to it.
fn add_up(values: &mut Image, parent: &str) {
    let own: Vec<(String, i64)> = values
        .iter()
        .map(|(k, v)| (k.clone(), v.get("__count").and_then(Json::as_i64).unwrap_or(0)))
        .collect();
    for (k, n) in own.into_iter().filter(|(_, n)| *n != 0) {
        let mut at = values.get(&k).and_then(|v| v.get(parent)).cloned().unwrap_or_default();
        while let Some(v) = values.get_mut(&key(&at)).filter(|_| !json_is_falsy(&at)) {
            let sum = v.get("__count").and_then(Json::as_i64).unwrap_or(0) + n;
            v.insert("__count".into(), json!(sum));
            at = v.get(parent).cloned().unwrap_or_default();
        }
    }
}

fn select_multi_range(env: &Env, call: &Call<'_>) -> Result<Json> {
    let p = panel(env, call, &[Kind::Many2one, Kind::Many2many, Kind::Selection], "filter")?;
    let group_domain = p.kwargs.get("group_domain").cloned().unwrap_or_else(|| json!([]));
    if p.field.kind == Kind::Selection {
        return Ok(json!({"values": p.selection(&combine::and(&[p.extra.clone(), group_domain]))?}));
    }
    let group_by = p.kwargs.get("group_by").and_then(Json::as_str).filter(|g| !g.is_empty());
    let comodel = env.model(&p.field.relation)?;
    let group_field = group_by.map(|g| comodel.field(g)).transpose()?;
    let many = p.field.kind == Kind::Many2many;
    let mut image = Image::new();
    let plain = !p.expand && group_by.is_none() && is_true(&p.comodel_domain) && !many;
    if many {
        if !p.expand {
            image = p.occurring(&p.search, false, p.limit)?;
        }
    } else if p.counters || !p.expand {
        let extra = combine::and(&[p.extra.clone(), group_domain.clone()]);
        image = p.image(&extra, p.expand, p.limit.filter(|_| plain))?;
    }
    if plain {
        if p.is_full(image.len()) {
            return Ok(too_many());
        }
        return Ok(json!({"values": image.into_values().collect::<Vec<_>>()}));
    }
    let mut domain = p.comodel_domain.clone();
    if !p.expand {
        domain = combine::and(&[domain, json!([["id", "in", image_ids(&image)]])]);
    }
    let records = p.corecords(&domain, group_by.as_slice())?;
    if p.is_full(records.len()) {
        return Ok(too_many());
    }
    let groups: Vec<(Json, Json)> =
        records.iter().map(|r| group_field.map_or((json!(null), json!(null)), |f| group_of(f, r))).collect();
    let counts = if many && p.counters { many_counts(&p, &groups, &group_domain)? } else { IndexMap::new() };
    let mut values = Vec::with_capacity(records.len());
    for (r, (group_id, group_name)) in records.iter().zip(groups) {
        let id = r.get("id").cloned().unwrap_or_default();
        let mut m = Map::from_iter([("id".to_owned(), id.clone())]);
        m.insert("display_name".into(), r.get("display_name").cloned().unwrap_or_default());
        if p.counters {
            let image = if many { counts.get(&group_id.to_string()) } else { Some(&image) };
            m.insert("__count".into(), image.map_or(json!(0), |i| count_in(i, &id)));
        }
        if group_by.is_some() {
            m.insert("group_id".into(), group_id);
            m.insert("group_name".into(), group_name);
        }
        values.push(m);
    }
    Ok(json!({"values": values}))
}

/// Id and name of the group a corecord is shown under.
fn group_of(field: &Field, record: &Map) -> (Json, Json) {
    let value = record.get(&field.name).cloned().unwrap_or(json!(false));
    let unset = || (json!(false), json!("Not Set"));
    match (field.kind, value) {
        (Kind::Many2one, Json::Array(pair)) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
        (Kind::Selection, Json::String(s)) => (json!(s), json!(field.label(&s).unwrap_or(&s))),
        (_, v) if json_is_falsy(&v) => unset(),
        (_, v) => (v.clone(), v),
    }
}

/// Counts of a many2many's values, one statement a group of the panel that has a domain of its own.
fn many_counts(p: &Panel<'_>, groups: &[(Json, Json)], by_group: &Json) -> Result<IndexMap<String, Image>> {
    let mut out: IndexMap<String, Image> = IndexMap::new();
    for (id, _) in groups {
        let k = id.to_string();
        if out.contains_key(&k) {
            continue;
        }
        let own = by_group.as_object().and_then(|m| m.get(&k)).cloned().unwrap_or_else(|| json!([]));
        let domain = combine::and(&[p.search.clone(), p.extra.clone(), own]);
        let image = p.occurring(&domain, true, None)?;
        out.insert(k, image);
    }
    Ok(out)
}
