//! What Rust adds to a declared model: computed fields, defaults, constraints, overridden generics, methods.
//!
//! A [`Behaviour`] names a model or a mixin. Several may name the same model; they stack in the order of
//! registration, and [`Super`] calls the one below, as `super()` does in Odoo.

use super::domain::Domain;
use super::env::Env;
use super::model::Model;
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::schema::arch::Element;
use crate::value::{Json, Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Values made by a compute function: field → id → value. Ids it leaves out count as empty.
#[derive(Debug, Default, Clone)]
pub struct Computed {
    values: HashMap<String, HashMap<i64, Value>>,
}

impl Computed {
    /// Nothing computed yet.
    pub fn new() -> Computed {
        Computed::default()
    }

    /// Sets one value.
    pub fn set(&mut self, id: i64, field: &str, value: Value) {
        if let Some(m) = self.values.get_mut(field) {
            m.insert(id, value);
        } else {
            self.values.insert(field.to_owned(), HashMap::from([(id, value)]));
        }
    }

    /// The value, NULL when the function left it out.
    pub fn get(&self, id: i64, field: &str) -> Value {
        self.values.get(field).and_then(|m| m.get(&id)).cloned().unwrap_or_default()
    }

    /// Whether the function said anything about the field of that record.
    pub fn has(&self, id: i64, field: &str) -> bool {
        self.values.get(field).is_some_and(|m| m.contains_key(&id))
    }
}

/// Computes fields of records.
pub type ComputeFn = fn(&Env, &Model, &[i64]) -> Result<Computed>;
/// Rewrites `(field, operator, value)` on a computed field into a domain on stored ones.
pub type SearchFn = fn(&Env, &Model, &str, &str, &Json) -> Result<Json>;
/// What a computed field that has no column is ordered by, over the alias of its table.
pub type OrderFn = fn(&Env, &str) -> Sql;
/// What a computed field that has no column is grouped by, over the alias of its table.
pub type GroupFn = fn(&Env, &Model, &str) -> Result<Grouped>;
/// Stores what was set on a computed field.
pub type InverseFn = fn(&Env, &Model, &[i64], &str, &Json) -> Result<()>;
/// Makes a default.
pub type DefaultFn = fn(&Env, &Model) -> Result<Json>;
/// Checks records after create or write.
pub type ConstrainsFn = fn(&Env, &Model, &[i64]) -> Result<()>;
/// What a change of a field in a form changes besides what is computed (`@api.onchange`).
pub type OnchangeFn = fn(&Env, &Model, &Edited<'_>) -> Result<Onchange>;
/// Groups to show though empty: (ids found, domain) → ids in order.
pub type GroupExpandFn = fn(&Env, &Model, &[i64], &Domain) -> Result<Vec<i64>>;
/// The choices of a selection that no file lists: time zones, languages, models.
pub type SelectionFn = fn(&Env, &Model) -> Result<Vec<(String, String)>>;
/// What a model itself demands of records beyond ir.rule, for an operation letter.
pub type RecordRuleFn = fn(&Env, &Model, char) -> Result<Domain>;
/// What a search leaves out unless its domain asks for it; None adds nothing.
pub type SearchFilterFn = fn(&Env, &Domain) -> Option<Domain>;
/// Override of create.
pub type CreateFn = fn(&Env, Super<'_>, Vec<Map>) -> Result<Vec<i64>>;
/// Override of write.
pub type WriteFn = fn(&Env, Super<'_>, &[i64], Map) -> Result<()>;
/// Override of unlink.
pub type UnlinkFn = fn(&Env, Super<'_>, &[i64]) -> Result<()>;
/// Removes what names deleted records without a foreign key; of every behaviour of a model, before the records go.
pub type ForgetFn = fn(&Env, &Model, &[i64]) -> Result<()>;
/// Override of copy_data: the values of the copies, one map per record.
pub type CopyDataFn = fn(&Env, Super<'_>, &[i64], Map) -> Result<Vec<Map>>;
/// Override of default_get.
pub type DefaultGetFn = fn(&Env, Super<'_>, &[String]) -> Result<Map>;
/// Names of records.
pub type DisplayNameFn = fn(&Env, &Model, &[i64]) -> Result<HashMap<i64, String>>;
/// The domain that finds records by name: (operator, value).
pub type NameDomainFn = fn(&Env, &Model, &str, &Json) -> Result<Json>;
/// What restricts the records of a model beyond ir.rule: (operation) → domain, evaluated as superuser.
pub type RuleFn = fn(&Env, &Model, char) -> Result<Domain>;
/// What to say of records that [`RuleFn`] refuses.
pub type RefusalFn = fn(&Env, &Model, &[i64], char) -> Result<Error>;
/// Refuses an operation on some fields (what a portal user may not see).
pub type GuardFn = fn(&Env, &Model, &[&str], char) -> Result<()>;
/// Changes a view's markup (its root) for the calling user, after his rights have.
pub type ViewFn = fn(&Env, &mut Element) -> Result<()>;
/// A public method.
pub type MethodFn = fn(&Env, &Call<'_>) -> Result<Json>;

/// A record being edited in a form.
pub struct Edited<'a> {
    /// Its id, for the moment.
    pub id: i64,
    /// What the form showed of the stored record, if it is about one.
    pub was: Option<&'a Map>,
}

impl Edited<'_> {
    /// The record a many2one pointed to before.
    pub fn link(&self, field: &str) -> Option<i64> {
        let value = self.was?.get(field)?;
        value.as_i64().or_else(|| value.get("id")?.as_i64())
    }
}

/// What an [`OnchangeFn`] answers.
#[derive(Debug, Default)]
pub struct Onchange {
    /// Values to set.
    pub values: Map,
    /// A warning: title and message.
    pub warning: Option<(&'static str, &'static str)>,
}

/// What a [`GroupFn`] answers.
#[derive(Debug)]
pub struct Grouped {
    /// What the table is joined with.
    pub join: Sql,
    /// The value.
    pub expr: Sql,
    /// Its type.
    pub kind: ColType,
}

/// All that Rust adds to one model or mixin.
#[derive(Default)]
pub struct Behaviour {
    /// Model or mixin.
    pub model: &'static str,
    /// Compute functions by name.
    pub computes: HashMap<&'static str, ComputeFn>,
    /// Search functions by name.
    pub searches: HashMap<&'static str, SearchFn>,
    /// Orders by field.
    pub orders: HashMap<&'static str, OrderFn>,
    /// Groups by field.
    pub groups: HashMap<&'static str, GroupFn>,
    /// Fields that are grouped by another: the other one, by field.
    pub groups_as: HashMap<&'static str, &'static str>,
    /// Inverse functions by name.
    pub inverses: HashMap<&'static str, InverseFn>,
    /// Default functions by name.
    pub defaults: HashMap<&'static str, DefaultFn>,
    /// Group expansions by name.
    pub group_expands: HashMap<&'static str, GroupExpandFn>,
    /// Choices of selections by field.
    pub selections: HashMap<&'static str, SelectionFn>,
    /// The model's own record rule.
    pub record_rule: Option<RecordRuleFn>,
    /// The model's own search filter.
    pub search_filter: Option<SearchFilterFn>,
    /// Constraints: fields that trigger, function.
    pub constrains: Vec<(&'static [&'static str], ConstrainsFn)>,
    /// What follows from a change in a form: fields that trigger, function.
    pub onchanges: Vec<(&'static [&'static str], OnchangeFn)>,
    /// create override.
    pub create: Option<CreateFn>,
    /// write override.
    pub write: Option<WriteFn>,
    /// unlink override.
    pub unlink: Option<UnlinkFn>,
    /// What goes with deleted records.
    pub forget: Option<ForgetFn>,
    /// copy_data override.
    pub copy_data: Option<CopyDataFn>,
    /// default_get override.
    pub default_get: Option<DefaultGetFn>,
    /// display_name.
    pub display_name: Option<DisplayNameFn>,
    /// How a name is searched.
    pub name_domain: Option<NameDomainFn>,
    /// `_rec_names_search`: fields a name search looks at.
    pub name_fields: &'static [&'static str],
    /// Restriction beyond ir.rule.
    pub rule: Option<RuleFn>,
    /// The words of a refusal.
    pub refusal: Option<RefusalFn>,
    /// Refusal of fields.
    pub guard: Option<GuardFn>,
    /// What the user's views are changed by.
    pub view: Option<ViewFn>,
    /// Public methods; they may replace generic ones.
    pub methods: Vec<Method>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $map:ident, $f:ty;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(mut self, name: &'static str, f: $f) -> Self {
            self.$map.insert(name, f);
            self
        })*
    };
}

macro_rules! overrides {
    ($($(#[$doc:meta])* $name:ident: $f:ty;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(mut self, f: $f) -> Self {
            self.$name = Some(f);
            self
        })*
    };
}

impl Behaviour {
    /// An empty behaviour of `model`.
    pub fn new(model: &'static str) -> Behaviour {
        Behaviour { model, ..<Behaviour as Default>::default() }
    }

    setters! {
        /// Registers a compute function under the name the TOML gives.
        compute: computes, ComputeFn;
        /// Registers a search function.
        search: searches, SearchFn;
        /// Registers what the computed field of that name is ordered by.
        order_by: orders, OrderFn;
        /// Registers what the computed field of that name is grouped by.
        group_by: groups, GroupFn;
        /// Registers the field that groups where the computed one of that name is asked for.
        group_as: groups_as, &'static str;
        /// Registers an inverse function.
        inverse: inverses, InverseFn;
        /// Registers a default function.
        default: defaults, DefaultFn;
        /// Registers a group expansion.
        group_expand: group_expands, GroupExpandFn;
        /// Registers the choices of the selection field of that name.
        selection: selections, SelectionFn;
    }

    overrides! {
        /// Adds to the record rules.
        record_rule: RecordRuleFn;
        /// Adds to every search.
        search_filter: SearchFilterFn;
        /// Overrides create.
        create: CreateFn;
        /// Overrides write.
        write: WriteFn;
        /// Overrides unlink.
        unlink: UnlinkFn;
        /// Removes what goes with deleted records; runs as superuser.
        forget: ForgetFn;
        /// Overrides copy_data.
        copy_data: CopyDataFn;
        /// Overrides default_get.
        default_get: DefaultGetFn;
        /// Names records.
        display_name: DisplayNameFn;
        /// Says how a name is searched.
        name_domain: NameDomainFn;
        /// Restricts records beyond ir.rule.
        rule: RuleFn;
        /// Words a refusal.
        refusal: RefusalFn;
        /// Refuses fields.
        guard: GuardFn;
        /// Changes views (`_get_view`); what it does may depend on the user's groups and on nothing else of him.
        view: ViewFn;
    }

    /// Adds a constraint checked after create and after a write that touches `fields`.
    #[must_use]
    pub fn constrains(mut self, fields: &'static [&'static str], f: ConstrainsFn) -> Self {
        self.constrains.push((fields, f));
        self
    }

    /// Adds what follows from a change of `fields` in a form.
    #[must_use]
    pub fn onchange(mut self, fields: &'static [&'static str], f: OnchangeFn) -> Self {
        self.onchanges.push((fields, f));
        self
    }

    /// Fields a name search looks at (`_rec_names_search`).
    #[must_use]
    pub fn name_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.name_fields = fields;
        self
    }

    /// Adds a public method.
    #[must_use]
    pub fn method(mut self, m: Method) -> Self {
        self.methods.push(m);
        self
    }
}

/// Whether a method wants ids first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `ids` come first.
    Record,
    /// No ids.
    Model,
    /// A dict, or a list of dicts, and answers accordingly.
    Create,
}

/// One parameter of a method's signature.
#[derive(Debug, Clone)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Default as JSON; None: must be given.
    pub default: Option<Json>,
}

/// A public method.
#[derive(Clone)]
pub struct Method {
    /// Name.
    pub name: &'static str,
    /// Ids or not.
    pub api: Api,
    /// Parameters in order.
    pub params: Arc<Vec<Param>>,
    /// `**kwargs` are taken.
    pub variadic: bool,
    /// Never writes: may run outside a transaction.
    pub readonly: bool,
    /// The Python class that messages name (`BaseModel`); None: the model's own.
    pub class: Option<&'static str>,
    /// The function.
    pub run: MethodFn,
}

impl Method {
    fn new(name: &'static str, api: Api, signature: &str, run: MethodFn) -> Method {
        let mut params = Vec::new();
        let mut variadic = false;
        for part in parts(signature) {
            if part.starts_with("**") {
                variadic = true;
                continue;
            }
            let (name, default) = match part.split_once('=') {
                Some((n, d)) => (n.trim(), Some(crate::schema::pyexpr::literal(d).unwrap_or_default())),
                None => (part, None),
            };
            params.push(Param { name: name.to_owned(), default });
        }
        Method { name, api, params: Arc::new(params), variadic, readonly: false, class: None, run }
    }

    /// A method of records. `signature` is Python's: `"feedback, task_ids=None"`.
    pub fn record(name: &'static str, signature: &str, run: MethodFn) -> Method {
        Method::new(name, Api::Record, signature, run)
    }

    /// A method of the model (`@api.model`).
    pub fn model(name: &'static str, signature: &str, run: MethodFn) -> Method {
        Method::new(name, Api::Model, signature, run)
    }

    /// A method like create (`@api.model_create_multi`).
    pub fn creator(name: &'static str, signature: &str, run: MethodFn) -> Method {
        Method::new(name, Api::Create, signature, run)
    }

    /// The same method, named after this Python class in messages.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Method {
        self.class = Some(class);
        self
    }

    /// The same method, known never to write.
    #[must_use]
    pub fn readonly(mut self) -> Method {
        self.readonly = true;
        self
    }
}

/// The parameters of a signature; commas inside of brackets and quotes do not divide.
fn parts(signature: &str) -> Vec<&str> {
    let (mut out, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0, false);
    for (i, c) in signature.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '[' | '(' | '{' if !quoted => depth += 1,
            ']' | ')' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                out.push(signature[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(signature[start..].trim());
    out.retain(|p| !p.is_empty());
    out
}

/// A call on its way into a method: the model, the ids, the bound arguments.
pub struct Call<'a> {
    /// The model called.
    pub model: &'a Model,
    /// Ids, empty for a model method.
    pub ids: Vec<i64>,
    /// Bound parameters, every one of the signature.
    pub args: Args<'a>,
    /// Keyword arguments beyond the signature (`**kwargs`).
    pub kwargs: Map,
}

/// The bound parameters of a method.
pub struct Args<'a> {
    /// The signature.
    pub params: &'a [Param],
    /// A value each.
    pub values: Vec<Json>,
}

impl Args<'_> {
    /// The parameter's value, null if there is no such parameter.
    pub fn get(&self, name: &str) -> &Json {
        static NULL: Json = Json::Null;
        self.params.iter().position(|p| p.name == name).and_then(|i| self.values.get(i)).unwrap_or(&NULL)
    }
}

impl Call<'_> {
    /// The argument (null when it was not given and has no default).
    pub fn arg(&self, name: &str) -> &Json {
        self.args.get(name)
    }

    /// The one record of the call.
    pub fn one(&self) -> Result<i64> {
        let [id] = self.ids[..] else {
            let ids: Vec<String> = self.ids.iter().map(i64::to_string).collect();
            return Err(Error::value(format!("Expected singleton: {}({})", self.model.name, ids.join(", "))));
        };
        Ok(id)
    }

    /// The argument as a list of strings; null and false are the empty list.
    pub fn strings(&self, name: &str) -> Result<Vec<String>> {
        match self.arg(name) {
            Json::Null | Json::Bool(false) => Ok(Vec::new()),
            Json::Array(a) => a
                .iter()
                .map(|j| {
                    j.as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| Error::value(format!("{name}: expected names")))
                })
                .collect(),
            // Python takes a text for a list of letters
            Json::String(s) => Ok(s.chars().map(String::from).collect()),
            other => {
                let kind = super::field::convert::py_type(other);
                Err(Error::type_error(format!("'{kind}' object is not iterable")))
            }
        }
    }

    /// The argument as a positive number; null, false and 0 mean none.
    pub fn limit(&self, name: &str) -> Result<Option<i64>> {
        match self.arg(name) {
            Json::Null | Json::Bool(false) => Ok(None),
            Json::Number(n) => Ok(n.as_i64().or(n.as_f64().map(|f| f.round() as i64)).filter(|n| *n != 0)),
            Json::String(s) if s.is_empty() => Ok(None),
            Json::String(s) => s.trim().parse().map(Some).map_err(|_| {
                Error::new(crate::error::Kind::Db, format!("invalid input syntax for type bigint: \"{s}\"\n"))
                    .named("psycopg2.errors.InvalidTextRepresentation")
            }),
            Json::Array(a) if a.is_empty() => Ok(None),
            Json::Object(o) if o.is_empty() => Ok(None),
            Json::Array(_) | Json::Bool(true) => {
                let what = if self.arg(name).is_array() { "integer[]" } else { "boolean" };
                let name = name.to_uppercase();
                let text = format!("argument of {name} must be type bigint, not type {what}\n");
                Err(Error::new(crate::error::Kind::Db, text).named("psycopg2.errors.DatatypeMismatch"))
            }
            Json::Object(_) => Err(Error::new(crate::error::Kind::Db, "can't adapt type 'dict'")
                .named("psycopg2.ProgrammingError")),
        }
    }

    /// The argument as text; null and false are none.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arg(name).as_str().filter(|s| !s.is_empty())
    }
}

/// The behaviours below the running one: `super()`.
#[derive(Clone, Copy)]
pub struct Super<'a> {
    /// The model of the call.
    pub model: &'a Model,
    /// How many behaviours are still below.
    pub(super) level: usize,
}

impl<'a> Super<'a> {
    /// The whole stack of a model: what a call from outside goes through.
    pub fn of(model: &'a Model) -> Super<'a> {
        Super::top(model)
    }

    /// The top of the stack.
    pub(super) fn top(model: &'a Model) -> Super<'a> {
        Super { model, level: model.behaviours.len() }
    }

    /// The next behaviour below that has `pick`, and what is below it.
    fn next<F: Copy>(self, pick: impl Fn(&Behaviour) -> Option<F>) -> Option<(F, Super<'a>)> {
        (0..self.level)
            .rev()
            .find_map(|i| pick(&self.model.behaviours[i]).map(|f| (f, Super { model: self.model, level: i })))
    }

    /// create below.
    pub fn create(self, env: &Env, vals: Vec<Map>) -> Result<Vec<i64>> {
        match self.next(|b| b.create) {
            Some((f, below)) => f(env, below, vals),
            None => super::create::create(env, self.model, vals),
        }
    }

    /// write below.
    pub fn write(self, env: &Env, ids: &[i64], vals: Map) -> Result<()> {
        match self.next(|b| b.write) {
            Some((f, below)) => f(env, below, ids, vals),
            None => super::write::write(env, self.model, ids, vals),
        }
    }

    /// unlink below.
    pub fn unlink(self, env: &Env, ids: &[i64]) -> Result<()> {
        match self.next(|b| b.unlink) {
            Some((f, below)) => f(env, below, ids),
            None => super::unlink::unlink(env, self.model, ids),
        }
    }

    /// copy_data below.
    pub fn copy_data(self, env: &Env, ids: &[i64], default: Map) -> Result<Vec<Map>> {
        match self.next(|b| b.copy_data) {
            Some((f, below)) => f(env, below, ids, default),
            None => super::copy::copy_data(env, self.model, ids, default),
        }
    }

    /// default_get below.
    pub fn default_get(self, env: &Env, fields: &[String]) -> Result<Map> {
        match self.next(|b| b.default_get) {
            Some((f, below)) => f(env, below, fields),
            None => super::default_get::default_get(env, self.model, fields),
        }
    }
}
