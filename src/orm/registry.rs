//! All models, resolved once at start from what the addons declare and what Rust adds.
//!
//! Anything that does not fit (an unknown comodel, a compute function nobody wrote, a circle of mixins) is an error
//! here, at start, never a surprise in a call.

use super::behaviour::{Behaviour, ComputeFn, DefaultFn, InverseFn, Method, SearchFn};
use super::compute::Triggers;
use super::field::{Expand, Field, Kind, OnDelete, Relation, Source};
use super::model::{Constraint, Model};
use crate::error::{Error, Result};
use crate::schema::model::toml_json;
use crate::schema::{Addon, FieldDef, ModelDef};
use crate::value::Json;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::sync::Arc;

/// Every model by name, and what recomputes what.
pub struct Registry {
    models: IndexMap<String, Model>,
    /// Which stored computed fields a change of a field touches.
    pub(super) triggers: Triggers,
    /// The addons, dependencies first.
    pub addons: Vec<Addon>,
}

impl Registry {
    /// The model, or the error Odoo's RPC layer gives for an unknown one.
    pub fn model(&self, name: &str) -> Result<&Model> {
        self.models.get(name).ok_or_else(|| Error::user(format!("Object {name} doesn't exist")))
    }
    /// The model, if there is one.
    pub fn find(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }
    /// All models in the order of their declaration.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }
    /// The model of a table.
    pub fn by_table(&self, table: &str) -> Option<&Model> {
        self.models.values().find(|m| m.table == table)
    }

    /// Resolves everything.
    pub fn build(addons: Vec<Addon>, behaviours: Vec<Behaviour>) -> Result<Registry> {
        let mut decls = merge(&addons)?;
        apply_mixins(&mut decls)?;
        let behaviours: Vec<Arc<Behaviour>> = behaviours.into_iter().map(Arc::new).collect();
        for b in &behaviours {
            if !decls.contains_key(b.model) {
                return Err(Error::internal(format!(
                    "behaviour of {}: no addon declares that model",
                    b.model
                )));
            }
        }
        let names: Vec<String> = decls.keys().cloned().collect();
        let mut models = IndexMap::new();
        for (name, decl) in decls {
            let model = resolve(&name, decl, &behaviours)?;
            models.insert(name, model);
        }
        inherit_fields(&mut models)?;
        for m in models.values_mut().filter(|m| m.rec_name.is_none() && m.has("name")) {
            m.rec_name = Some("name".into());
        }
        resolve_related(&mut models)?;
        check(&models, &names)?;
        let triggers = Triggers::build(&models)?;
        Ok(Registry { models, triggers, addons })
    }
}

/// A model as all addons together declare it.
struct Decl {
    def: ModelDef,
    modules: Vec<String>,
    field_modules: HashMap<String, Vec<String>>,
}

fn merge(addons: &[Addon]) -> Result<IndexMap<String, Decl>> {
    let mut decls: IndexMap<String, Decl> = IndexMap::new();
    for addon in addons {
        for def in &addon.models {
            let decl = decls.entry(def.name.clone()).or_insert_with(|| Decl {
                def: ModelDef { name: def.name.clone(), ..ModelDef::default() },
                modules: Vec::new(),
                field_modules: HashMap::new(),
            });
            decl.modules.push(addon.name().to_owned());
            let d = &mut decl.def;
            macro_rules! over { ($($f:ident),*) => { $(if def.$f.is_some() { d.$f = def.$f.clone(); })* } }
            over!(
                description,
                table,
                order,
                rec_name,
                parent_name,
                parent_store,
                is_abstract,
                log_access,
                transient
            );
            for m in &def.mixins {
                if !d.mixins.contains(m) {
                    d.mixins.push(m.clone());
                }
            }
            d.inherits.extend(def.inherits.clone());
            d.constraints.extend(def.constraints.clone());
            d.columns.extend(def.columns.clone());
            for (name, field) in &def.fields {
                d.fields.entry(name.clone()).or_default().extend(field);
                decl.field_modules.entry(name.clone()).or_default().push(addon.name().to_owned());
            }
        }
    }
    Ok(decls)
}

/// Merges the fields of abstract models into those that name them; a model's own attributes win.
fn apply_mixins(decls: &mut IndexMap<String, Decl>) -> Result<()> {
    fn closure(decls: &IndexMap<String, Decl>, name: &str, out: &mut Vec<String>, depth: u32) -> Result<()> {
        let decl = decls.get(name).ok_or_else(|| Error::internal(format!("mixin {name} is not declared")))?;
        if depth > 16 {
            return Err(Error::internal(format!("mixins of {name} go in a circle")));
        }
        for m in &decl.def.mixins {
            closure(decls, m, out, depth + 1)?;
            if !out.contains(m) {
                out.push(m.clone());
            }
        }
        Ok(())
    }
    let names: Vec<String> = decls.keys().cloned().collect();
    for name in names {
        let mut mixins = Vec::new();
        closure(decls, &name, &mut mixins, 0)?;
        let mut fields: IndexMap<String, FieldDef> = IndexMap::new();
        let mut modules: HashMap<String, Vec<String>> = HashMap::new();
        for m in &mixins {
            let mixin = &decls[m];
            for (f, def) in &mixin.def.fields {
                fields.entry(f.clone()).or_default().extend(def);
                modules.entry(f.clone()).or_default().extend(mixin.field_modules[f].iter().cloned());
            }
        }
        let decl = &mut decls[&name];
        for (f, def) in &decl.def.fields {
            fields.entry(f.clone()).or_default().extend(def);
        }
        for (f, m) in modules {
            decl.field_modules.entry(f).or_insert(m);
        }
        decl.def.fields = fields;
        decl.def.mixins = mixins;
    }
    Ok(())
}

fn resolve(name: &str, decl: Decl, all: &[Arc<Behaviour>]) -> Result<Model> {
    let def = decl.def;
    let is_abstract = def.is_abstract.unwrap_or(false);
    let mixins = def.mixins.clone();
    // Mixins lie below the model's own behaviours, as they do in Python's method resolution.
    let mut behaviours: Vec<Arc<Behaviour>> = all.iter().filter(|b| b.model == "base").cloned().collect();
    for m in &mixins {
        behaviours.extend(all.iter().filter(|b| b.model == m).cloned());
    }
    behaviours.extend(all.iter().filter(|b| b.model == name && name != "base").cloned());
    let functions = Functions { behaviours: &behaviours, model: name };
    let mut fields = IndexMap::new();
    let log_access = def.log_access.unwrap_or(true) && !is_abstract;
    for f in automatic(log_access) {
        fields.insert(f.name.clone(), f);
    }
    for (fname, fdef) in &def.fields {
        let modules = decl.field_modules.get(fname).cloned().unwrap_or_default();
        let mut field = functions.field(fname, fdef, modules)?;
        if let Some(auto) = fields.get(fname) {
            let auto: &Field = auto;
            field = Field {
                automatic: true,
                readonly: fdef.readonly.unwrap_or(auto.readonly),
                source: auto.source.clone(),
                store: auto.store,
                copy: auto.copy,
                ..field
            };
        }
        fields.insert(fname.clone(), field);
    }
    let has = |f: &str| fields.contains_key(f);
    let rec_name =
        def.rec_name.clone().or_else(|| ["name", "x_name"].into_iter().find(|f| has(f)).map(str::to_owned));
    let parent_name = def.parent_name.clone().unwrap_or_else(|| "parent_id".into());
    let parent_store = def.parent_store.unwrap_or(false);
    if parent_store && !fields.contains_key("parent_path") {
        let f = Field { index: true, copy: false, ..plain("parent_path", Kind::Char, "Parent Path") };
        fields.insert("parent_path".into(), f);
    }
    let mut methods: HashMap<String, Method> = HashMap::new();
    for m in super::methods::generic() {
        methods.insert(m.name.to_owned(), m);
    }
    for m in behaviours.iter().flat_map(|b| &b.methods) {
        methods.insert(m.name.to_owned(), m.clone());
    }
    Ok(Model {
        description: def.description.unwrap_or_else(|| name.to_owned()),
        table: if is_abstract { String::new() } else { def.table.unwrap_or_else(|| name.replace('.', "_")) },
        order: def.order.unwrap_or_else(|| "id".into()),
        rec_name,
        parent_name: Some(parent_name).filter(|p| fields.contains_key(p)),
        parent_store,
        is_abstract,
        transient: def.transient.unwrap_or(false),
        log_access,
        mixins,
        inherits: def.inherits.into_iter().collect(),
        columns: def
            .columns
            .iter()
            .map(|(n, t)| Ok((n.clone(), hidden_type(name, t)?)))
            .collect::<Result<_>>()?,
        constraints: def
            .constraints
            .into_iter()
            .map(|c| Constraint { name: c.name, definition: c.definition, message: c.message })
            .collect(),
        fields,
        behaviours,
        methods,
        modules: decl.modules,
        name: name.to_owned(),
    })
}

fn hidden_type(model: &str, name: &str) -> Result<crate::db::ColType> {
    use crate::db::ColType;
    Ok(match name {
        "bool" => ColType::Bool,
        "int" => ColType::Int,
        "text" => ColType::Text,
        "datetime" => ColType::DateTime,
        "bytes" => ColType::Bytes,
        "json" => ColType::Json,
        other => return Err(Error::internal(format!("{model}: column type {other} is not known"))),
    })
}

/// A stored field with nothing said of it.
pub(super) fn plain(name: &str, kind: Kind, string: &str) -> Field {
    Field {
        name: name.into(),
        kind,
        string: string.into(),
        help: None,
        relation: String::new(),
        inverse_name: String::new(),
        m2m: None,
        required: false,
        readonly: false,
        store: true,
        index: false,
        copy: true,
        translate: false,
        company_dependent: false,
        trim: kind == Kind::Char,
        groups: Vec::new(),
        domain: Json::Array(Vec::new()),
        context: Json::Object(Default::default()),
        tracking: None,
        change_default: false,
        sanitize: kind == Kind::Html,
        default_export_compatible: false,
        sanitize_style: false,
        sanitize_attributes: true,
        size: None,
        digits: None,
        aggregator: None,
        currency_field: String::new(),
        ondelete: OnDelete::SetNull,
        selection: Vec::new(),
        selection_fn: None,
        definition: None,
        model_field: String::new(),
        attachment: false,
        max_side: 0,
        withheld: false,
        group_expand: None,
        default: None,
        default_fn: None,
        source: Source::Stored,
        related_sudo: true,
        auto_join: false,
        depends: Vec::new(),
        inverse: None,
        search: None,
        inherited: None,
        modules: vec!["base".into()],
        automatic: false,
    }
}

/// The fields every model has without saying so.
fn automatic(log_access: bool) -> Vec<Field> {
    let auto = |f: Field| Field { automatic: true, readonly: true, ..f };
    let mut v = vec![
        auto(Field { required: false, ..plain("id", Kind::Integer, "ID") }),
        Field {
            store: false,
            readonly: true,
            automatic: true,
            source: Source::DisplayName,
            copy: false,
            ..plain("display_name", Kind::Char, "Display Name")
        },
    ];
    if log_access {
        let user = |name, string| Field {
            relation: "res.users".into(),
            ..auto(plain(name, Kind::Many2one, string))
        };
        v.push(user("create_uid", "Created by"));
        v.push(auto(plain("create_date", Kind::DateTime, "Created on")));
        v.push(user("write_uid", "Last Updated by"));
        v.push(auto(plain("write_date", Kind::DateTime, "Last Updated on")));
    }
    v
}

/// Finds the Rust functions that the files name.
struct Functions<'a> {
    behaviours: &'a [Arc<Behaviour>],
    model: &'a str,
}

impl Functions<'_> {
    fn find<F>(&self, kind: &str, name: &str, pick: impl Fn(&Behaviour) -> Option<F>) -> Result<F> {
        self.behaviours
            .iter()
            .rev()
            .find_map(|b| pick(b))
            .ok_or_else(|| Error::internal(format!("{}: no Rust {kind} function {name}", self.model)))
    }

    fn field(&self, name: &str, def: &FieldDef, modules: Vec<String>) -> Result<Field> {
        let wrong = |what: &str| Error::internal(format!("{}.{name}: {what}", self.model));
        let kind = def.kind.as_deref().ok_or_else(|| wrong("no type"))?;
        let kind = Kind::parse(kind).ok_or_else(|| wrong(&format!("unknown type {kind}")))?;
        let source = match (&def.related, &def.compute) {
            (Some(path), _) => Source::Related(path.split('.').map(str::to_owned).collect()),
            (None, Some(f)) => {
                let run: ComputeFn = self.find("compute", f, |b| b.computes.get(f.as_str()).copied())?;
                Source::Compute(f.clone(), run)
            }
            _ => Source::Stored,
        };
        let computed = !matches!(source, Source::Stored);
        let store = def.store.unwrap_or(!computed);
        let required = def.required.unwrap_or(false);
        let attachment =
            def.attachment.unwrap_or(true) && matches!(kind, Kind::Binary | Kind::Image) && store;
        let search: Option<SearchFn> = match &def.search {
            Some(n) => Some(self.find("search", n, |b| b.searches.get(n.as_str()).copied())?),
            None => None,
        };
        let inverse: Option<InverseFn> = match &def.inverse {
            Some(n) => Some(self.find("inverse", n, |b| b.inverses.get(n.as_str()).copied())?),
            None => None,
        };
        let default_fn: Option<DefaultFn> = match &def.default_fn {
            Some(n) => Some(self.find("default", n, |b| b.defaults.get(n.as_str()).copied())?),
            None => None,
        };
        let group_expand: Option<Expand> = match &def.group_expand {
            Some(n) if n == "choices" => Some(Expand::Choices),
            Some(n) => {
                let found = self.find("group_expand", n, |b| b.group_expands.get(n.as_str()).copied())?;
                Some(Expand::By(found))
            }
            None => None,
        };
        let truthy = |v: &Option<toml::Value>, default: bool| match v {
            None => default,
            Some(toml::Value::Boolean(b)) => *b,
            Some(_) => true,
        };
        let related = matches!(source, Source::Related(_));
        Ok(Field {
            string: def.string.clone().unwrap_or_else(|| label(name)),
            help: def.help.clone(),
            relation: def.relation.clone().unwrap_or_default(),
            inverse_name: def.inverse_name.clone().unwrap_or_default(),
            m2m: match def.relation_table.as_deref() {
                Some([table, own, other]) => {
                    Some(Relation { table: table.clone(), own: own.clone(), other: other.clone() })
                }
                Some(_) => return Err(wrong("relation_table wants a table and two columns")),
                None if kind == Kind::Many2many && store => {
                    Some(default_relation(self.model, def.relation.as_deref()))
                }
                None => None,
            },
            required,
            readonly: def
                .readonly
                .unwrap_or(computed && (store || def.inverse.is_none()) || related && def.inverse.is_none()),
            store,
            index: truthy(&def.index, false),
            copy: def
                .copy
                .unwrap_or(store && kind != Kind::One2many && (!computed || def.readonly == Some(false))),
            translate: def.translate.unwrap_or(false),
            company_dependent: def.company_dependent.unwrap_or(false),
            trim: def.trim.unwrap_or(kind == Kind::Char),
            groups: def
                .groups
                .as_deref()
                .map_or(Vec::new(), |g| g.split(',').map(|g| g.trim().to_owned()).collect()),
            domain: def.domain.as_ref().map_or(Json::Array(Vec::new()), toml_json),
            context: def.context.as_ref().map_or(Json::Object(Default::default()), toml_json),
            tracking: def.tracking,
            change_default: def.change_default.unwrap_or(false),
            sanitize: truthy(&def.sanitize, true),
            default_export_compatible: def.default_export_compatible.unwrap_or(false),
            sanitize_style: def.sanitize_style.unwrap_or(false),
            sanitize_attributes: def.sanitize_attributes.unwrap_or(true),
            size: def.size,
            digits: def.digits.as_deref().and_then(|d| Some((*d.first()?, *d.get(1)?))),
            aggregator: def.aggregator.clone(),
            currency_field: def.currency_field.clone().unwrap_or_else(|| "currency_id".into()),
            ondelete: match def.ondelete.as_deref() {
                Some("cascade") => OnDelete::Cascade,
                Some("restrict") => OnDelete::Restrict,
                Some("set null") => OnDelete::SetNull,
                Some(other) => return Err(wrong(&format!("unknown ondelete {other}"))),
                None if required => OnDelete::Restrict,
                None => OnDelete::SetNull,
            },
            selection: def.selection.clone().unwrap_or_default(),
            selection_fn: match kind {
                Kind::Selection | Kind::Reference if def.selection.as_ref().is_none_or(Vec::is_empty) => {
                    self.behaviours.iter().rev().find_map(|b| b.selections.get(name).copied())
                }
                _ => None,
            },
            definition: def
                .definition
                .as_deref()
                .and_then(|d| d.split_once('.'))
                .map(|(a, b)| (a.to_owned(), b.to_owned())),
            model_field: def.model_field.clone().unwrap_or_default(),
            attachment,
            max_side: def.max_side.unwrap_or(0),
            withheld: def.withheld.unwrap_or(false),
            group_expand,
            default: def.default.as_ref().map(toml_json),
            default_fn,
            related_sudo: def.related_sudo.unwrap_or(true),
            auto_join: def.auto_join.unwrap_or(false),
            depends: match &source {
                Source::Related(p) => vec![p.join(".")],
                _ => def.depends.clone().unwrap_or_default(),
            },
            inverse,
            search,
            modules,
            source,
            ..plain(name, kind, "")
        })
    }
}

/// `date_deadline` → `Date Deadline`, as Odoo labels a field that has no label.
fn label(name: &str) -> String {
    let name = name.strip_suffix("_ids").or_else(|| name.strip_suffix("_id")).unwrap_or(name);
    let words = name.split('_').map(|w| {
        let mut c = w.chars();
        c.next().map_or(String::new(), |f| f.to_uppercase().chain(c).collect())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Odoo's name of a many2many table nobody named: both tables in order, `_rel`; columns `<table>_id`.
fn default_relation(model: &str, relation: Option<&str>) -> Relation {
    let (a, b) = (model.replace('.', "_"), relation.unwrap_or_default().replace('.', "_"));
    let (first, second) = if a < b { (&a, &b) } else { (&b, &a) };
    Relation { table: format!("{first}_{second}_rel"), own: format!("{a}_id"), other: format!("{b}_id") }
}

/// Gives models the fields of those they delegate to, as related fields.
fn inherit_fields(models: &mut IndexMap<String, Model>) -> Result<()> {
    let plans: Vec<(String, Vec<(String, String)>)> = models
        .values()
        .filter(|m| !m.inherits.is_empty())
        .map(|m| (m.name.clone(), m.inherits.clone()))
        .collect();
    for (name, inherits) in plans {
        for (parent, link) in inherits {
            let parent_model = models
                .get(&parent)
                .ok_or_else(|| Error::internal(format!("{name} inherits unknown {parent}")))?;
            let copies: Vec<Field> = parent_model.fields.values().filter(|f| !f.automatic).cloned().collect();
            let model = &mut models[&name];
            for f in copies {
                if model.fields.contains_key(&f.name) {
                    continue;
                }
                let path = vec![link.clone(), f.name.clone()];
                let related = Field {
                    depends: vec![path.join(".")],
                    source: Source::Related(path),
                    store: false,
                    copy: f.copy && (f.store || f.inherited.is_some()) && f.kind != Kind::One2many,
                    attachment: false,
                    m2m: None,
                    inverse: None,
                    search: None,
                    default_fn: None,
                    default: None,
                    inherited: Some(link.clone()),
                    related_sudo: false,
                    index: false,
                    required: false,
                    ..f.clone()
                };
                model.fields.insert(f.name.clone(), related);
            }
            // users are called by the name of their partner
            if model.rec_name.is_none() && model.fields.contains_key("name") {
                model.rec_name = Some("name".into());
            }
        }
    }
    Ok(())
}

/// Takes from the field at the end of each related path what the related field leaves open.
fn resolve_related(models: &mut IndexMap<String, Model>) -> Result<()> {
    for _ in 0..3 {
        let mut patches = Vec::new();
        for model in models.values() {
            for field in model.fields.values() {
                let Source::Related(path) = &field.source else { continue };
                let mut at = model;
                let mut target: Option<&Field> = None;
                for (i, step) in path.iter().enumerate() {
                    let f = at.fields.get(step).ok_or_else(|| {
                        Error::internal(format!(
                            "{}.{}: no {step} on {} in its path",
                            model.name, field.name, at.name
                        ))
                    })?;
                    target = Some(f);
                    if i + 1 < path.len() {
                        at = models.get(&f.relation).ok_or_else(|| {
                            Error::internal(format!("{}.{}: {step} leads nowhere", model.name, field.name))
                        })?;
                    }
                }
                if let Some(t) = target {
                    patches.push((model.name.clone(), field.name.clone(), t.clone()));
                }
            }
        }
        for (model, field, t) in patches {
            let f = &mut models[&model].fields[&field];
            f.translate = t.translate;
            f.sanitize = t.sanitize;
            f.sanitize_attributes = t.sanitize_attributes;
            f.sanitize_style = t.sanitize_style;
            f.aggregator = f.aggregator.take().or(t.aggregator);
            f.size = f.size.or(t.size);
            f.digits = f.digits.or(t.digits);
            if f.selection.is_empty() {
                f.selection_fn = f.selection_fn.or(t.selection_fn);
                f.selection = t.selection;
            }
            if f.relation.is_empty() {
                f.relation = t.relation;
            }
            if f.kind == Kind::One2many && f.inverse_name.is_empty() {
                f.inverse_name = t.inverse_name;
            }
        }
    }
    Ok(())
}

/// Says what does not fit.
fn check(models: &IndexMap<String, Model>, names: &[String]) -> Result<()> {
    let mut faults = Vec::new();
    for m in models.values() {
        for f in m.fields.values() {
            if f.kind.is_relational() && !names.contains(&f.relation) {
                faults.push(format!("{}.{}: unknown comodel {:?}", m.name, f.name, f.relation));
                continue;
            }
            if f.kind == Kind::One2many
                && f.store
                && !m.is_abstract
                && !models[&f.relation].has(&f.inverse_name)
            {
                faults.push(format!("{}.{}: no {} on {}", m.name, f.name, f.inverse_name, f.relation));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::internal(faults.join("; "))) }
}
