//! From the tree to SQL.
//!
//! Follows Odoo 18's `osv/expression.py` in what a leaf means: dotted paths search the comodel with the caller's
//! rights, negative operators also match empty values, archived comodel records count through a many2one but not
//! through an x2many. Unlike there, sub-searches become subqueries of one statement.

use super::link::{Around, Beyond, Entry, Few};
use super::parse::is_negative;
use super::{Domain, Leaf};
use super::{operand, paths};
use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind, Source};
use crate::orm::model::Model;
use crate::orm::{access, columns, name, rule};
use crate::value::{Json, Map, json_is_falsy};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Compiles domains of one statement; hands out table aliases that do not collide.
pub struct Compiler<'e> {
    /// Whose rights and context hold.
    pub env: &'e Env,
    next: Cell<u32>,
    /// What stands around the condition being written.
    pub(super) around: Cell<Around>,
    /// Few rows are looked at, found by their ids.
    pub(super) few: Option<Few>,
    /// What the database would refuse, for who hears of that last; None: it is told at once.
    refused: Option<Rc<RefCell<Option<Error>>>>,
}

impl<'e> Compiler<'e> {
    /// A compiler for one statement.
    pub fn new(env: &'e Env) -> Compiler<'e> {
        Compiler { env, next: Cell::new(0), around: Cell::new(Around::And), few: None, refused: None }
    }

    /// One for a search: what is wrong with fields, operators and rights is told first, as Odoo finds that out before
    /// it sends the statement; [`Compiler::refused`] says what the database would not take.
    pub fn of_search(env: &'e Env) -> Compiler<'e> {
        Compiler { refused: Some(Rc::default()), ..Compiler::new(env) }
    }

    /// What the database would refuse of the conditions written so far.
    pub fn refused(&self) -> Result<()> {
        match self.refused.as_ref().and_then(|r| r.borrow_mut().take()) {
            Some(e) => Err(e),
            None => Ok(()),
        }
    }

    /// The condition, or a stand-in for one that the database would refuse: conditions are written last first, and it
    /// complains of the first.
    fn put_off(&self, cond: Result<Sql>) -> Result<Sql> {
        match (cond, &self.refused) {
            (Err(e), Some(refused)) if e.kind == crate::error::Kind::Db => {
                *refused.borrow_mut() = Some(e);
                Ok(Sql::of("FALSE"))
            }
            (cond, _) => cond,
        }
    }

    /// One for a statement that finds its rows by their ids and only checks the condition on them.
    pub fn of_few(env: &'e Env, few: Few) -> Compiler<'e> {
        Compiler { few: Some(few), ..Compiler::new(env) }
    }

    /// One for another environment within the same statement.
    pub(super) fn inner<'i>(&self, env: &'i Env, few: Option<Few>) -> Compiler<'i> {
        let (next, around) = (Cell::new(self.next.get()), Cell::new(Around::And));
        Compiler { env, next, around, few, refused: self.refused.clone() }
    }

    /// Goes on where `inner` stopped.
    pub(super) fn after(&self, inner: &Compiler<'_>) {
        self.next.set(inner.next.get());
    }

    /// An alias for `model` that nobody else in the statement has.
    pub fn alias(&self, model: &Model) -> String {
        match self.number() {
            0 => model.table.clone(),
            n => format!("{}__{n}", model.table),
        }
    }

    /// A number that nobody else in the statement has.
    pub(super) fn number(&self) -> u32 {
        let n = self.next.get();
        self.next.set(n + 1);
        n
    }

    /// `SELECT <column> FROM <model> WHERE <domain>`, with the caller's rights and, unless switched off in the
    /// context, without archived records.
    pub fn subselect(&self, env: &Env, model: &Model, domain: &Domain, column: &str) -> Result<Sql> {
        let alias = self.alias(model);
        let inner = self.inner(env, None);
        let cond = inner.filtered(model, &alias, domain)?;
        self.after(&inner);
        Ok(Sql::of("SELECT ")
            .col(&alias, column)
            .raw(" FROM ")
            .ident(&model.table)
            .raw(" AS ")
            .ident(&alias)
            .raw(" WHERE ")
            .sql(cond))
    }

    /// The condition of a search: domain, archive filter, record rules.
    pub fn filtered(&self, model: &Model, alias: &str, domain: &Domain) -> Result<Sql> {
        self.entered(alias, &Beyond::new(self.env, model, domain))
    }

    /// The condition for records behind a link, held back as far as the link says.
    pub(super) fn entered(&self, alias: &str, beyond: &Beyond<'_>) -> Result<Sql> {
        let (model, domain) = (beyond.model, beyond.domain);
        if beyond.entry == Entry::Searched {
            access::check_model(self.env, model, 'r')?;
        }
        paths::check(self.env, model, domain)?;
        if beyond.entry == Entry::Joined {
            return self.domain(model, alias, domain);
        }
        let domain = with_active(self.env, model, domain);
        let mut cond = self.domain(model, alias, &domain)?;
        if beyond.entry == Entry::Listed {
            return Ok(cond);
        }
        let rules = rule::domain(self.env, model, 'r')?;
        if rules != Domain::True {
            let sudo = self.env.sudo().with_context(json!({"active_test": true}));
            let inner = self.inner(&sudo, self.few.clone());
            cond = cond.raw(" AND ").sql(inner.domain(model, alias, &rules)?);
            self.after(&inner);
        }
        Ok(cond)
    }

    /// The condition for a domain, as a parenthesised or atomic boolean expression.
    pub fn domain(&self, model: &Model, alias: &str, domain: &Domain) -> Result<Sql> {
        Ok(match domain {
            Domain::True => Sql::of("TRUE"),
            Domain::False => Sql::of("FALSE"),
            Domain::And(v) => self.joined(model, alias, v, " AND ")?,
            Domain::Or(v) => self.within(Around::Or, || self.joined(model, alias, v, " OR "))?,
            Domain::Not(d) => match through_path(model, d) {
                Some(l) => self.put_off(self.leaf(model, alias, &l))?,
                None => {
                    let inner = self.within(Around::Not, || self.domain(model, alias, d))?;
                    self.sure(Sql::of("(NOT ").sql(inner).raw(")"))
                }
            },
            Domain::Leaf(l) => self.sure(self.put_off(self.leaf(model, alias, l))?),
        })
    }

    fn joined(&self, model: &Model, alias: &str, v: &[Domain], sep: &'static str) -> Result<Sql> {
        // Odoo goes from the last to the first, and puts what leads to other records behind: so it refuses
        let mut turn: Vec<usize> = (0..v.len()).collect();
        turn.sort_by_key(|i| paths::turn(model, &v[*i]));
        let mut parts = vec![Sql::new(); v.len()];
        for i in turn.into_iter().rev() {
            parts[i] = self.domain(model, alias, &v[i])?;
        }
        if self.only_sure() {
            let never = |part: &Sql| *part == Sql::of("FALSE");
            let lost = parts.iter().any(never);
            parts.retain(|part| !never(part));
            if parts.is_empty() || (lost && sep == " AND ") {
                return Ok(Sql::of("FALSE"));
            }
        }
        // what looks at other tables last: with luck it need not be asked
        parts.sort_by_cached_key(Sql::looks_further);
        Ok(Sql::of("(").sql(Sql::join(sep, parts)).raw(")"))
    }

    fn leaf(&self, model: &Model, alias: &str, leaf: &Leaf) -> Result<Sql> {
        let (first, rest) = match leaf.path.split_once('.') {
            Some((f, r)) => (f, Some(r)),
            None => (leaf.path.as_str(), None),
        };
        let field = model.fields.get(first).ok_or_else(|| {
            Error::value(format!("Invalid field {}.{first} in leaf {}", model.name, leaf.repr()))
        })?;
        if let Some(rest) = rest
            && let Some(d) = self.path(model, alias, field, rest, leaf)?
        {
            return Ok(d);
        }
        if matches!(leaf.op.as_str(), "any" | "not any") {
            return self.any(model, alias, field, leaf);
        }
        match &field.source {
            Source::Related(path) if !field.store => return self.related(model, alias, field, path, leaf),
            Source::DisplayName => {
                let d = name::search_domain(self.env, model, &leaf.op, &leaf.value)?;
                return self.domain(model, alias, &d);
            }
            Source::Compute(..) if !field.store => return self.computed(model, alias, field, leaf),
            _ => {}
        }
        match field.kind {
            Kind::One2many => self.one2many(model, alias, field, leaf),
            Kind::Many2many => self.many2many(alias, field, leaf),
            Kind::Many2one => self.many2one(model, alias, field, leaf),
            _ if field.name == "id" => self.id(model, alias, leaf),
            _ => self.scalar(model, alias, field, &leaf.op, &leaf.value),
        }
    }

    /// `field.rest op value`. None: the path goes on inside a value (properties, `date.year_number`).
    fn path(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        rest: &str,
        leaf: &Leaf,
    ) -> Result<Option<Sql>> {
        if let (Some(_), Source::Related(path)) = (&field.inherited, &field.source) {
            // the parent's field, as if the parent were joined
            let whole = Leaf { path: format!("{}.{rest}", path.join(".")), ..leaf.clone() };
            return self.leaf(model, alias, &whole).map(Some);
        }
        if !field.kind.is_relational() {
            if matches!(field.kind, Kind::Date | Kind::DateTime) {
                return self.part(model, alias, field, rest, leaf).map(Some);
            }
            if matches!(field.kind, Kind::Properties) {
                return super::super::properties::leaf::leaf(self, model, alias, field, rest, leaf).map(Some);
            }
            return Err(Error::assertion(format!(
                "Invalid field '{}' in domain term {}",
                leaf.path,
                leaf.repr()
            )));
        }
        if let Source::Related(path) = &field.source
            && !field.store
        {
            let whole = Leaf { path: format!("{}.{rest}", path.join(".")), ..leaf.clone() };
            let sudo = if field.related_sudo { self.env.sudo() } else { self.env.clone() };
            return self.with_env(&sudo, |c| c.leaf(model, alias, &whole)).map(Some);
        }
        let sub = Domain::Leaf(Leaf { path: rest.to_owned(), ..leaf.clone() });
        if field.is_computed() && !field.store {
            let comodel = self.env.model(&field.relation)?;
            let env = self.env.with_context(json!({"active_test": false}));
            let ids = super::super::search::search(&env, comodel, &sub, &Default::default())?;
            let l = Leaf { path: field.name.clone(), op: "in".into(), value: Json::from(ids) };
            return self.leaf(model, alias, &l).map(Some);
        }
        self.corecords(model, alias, field, &sub, false).map(Some)
    }

    /// Records one of whose corecords matches `sub`.
    fn corecords(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        sub: &Domain,
        negate: bool,
    ) -> Result<Sql> {
        let comodel = self.env.model(&field.relation)?;
        let context = match field.kind {
            Kind::Many2one => json!({"active_test": false}),
            _ => field.context.clone(),
        };
        let env = self.env.with_context(context);
        match field.kind {
            Kind::Many2one => {
                let entry = if field.auto_join { Entry::Joined } else { Entry::Searched };
                self.many_to_one((model, alias, field), sub, negate, (&env, entry))
            }
            Kind::One2many => {
                let inverse = comodel.field(&field.inverse_name)?;
                let mut sub = sub.clone().and(self.one2many_domain(model, field, comodel)?);
                if inverse.kind != Kind::Many2one {
                    sub = sub.and(Domain::leaf(&field.inverse_name, "!=", json!(0)));
                } else {
                    sub = sub.and(Domain::leaf(&field.inverse_name, "!=", json!(false)));
                }
                let entry = if field.auto_join { Entry::Listed } else { Entry::Searched };
                let lines = Beyond { entry, ..Beyond::new(&env, comodel, &sub) };
                self.linked(Sql::new().col(alias, "id"), negate, &lines, &field.inverse_name)
            }
            _ => self.linked_by(alias, m2m(field)?, negate, |other| {
                self.linked(other, false, &Beyond::new(&env, comodel, sub), "id")
            }),
        }
    }

    /// What a one2many's own domain (and the model, for a reference by id) adds.
    pub fn one2many_domain(&self, model: &Model, field: &Field, comodel: &Model) -> Result<Domain> {
        let mut d = columns::field_domain(field)?;
        let inverse = comodel.field(&field.inverse_name)?;
        if inverse.kind == Kind::Many2oneReference && !inverse.model_field.is_empty() {
            d = d.and(Domain::leaf(&inverse.model_field, "=", json!(model.name)));
        }
        Ok(d)
    }

    fn any(&self, model: &Model, alias: &str, field: &Field, leaf: &Leaf) -> Result<Sql> {
        if let (Kind::Many2oneReference, Json::Object(of)) = (field.kind, &leaf.value) {
            return self.any_of_model(model, alias, field, of, leaf.op == "not any");
        }
        if !field.kind.is_relational() {
            return Err(paths::no_records());
        }
        if !leaf.value.is_array() {
            return Err(super::parse::not_a_domain());
        }
        let sub = super::parse::parse(&leaf.value)?;
        if let Source::Related(path) = &field.source
            && !field.store
        {
            let whole = Leaf { path: path.join("."), ..leaf.clone() };
            let env = if field.inherited.is_some() { self.env.clone() } else { self.env.sudo() };
            return self.with_env(&env, |c| c.leaf(model, alias, &whole));
        }
        if field.is_computed() && !field.store {
            let comodel = self.env.model(&field.relation)?;
            let ids = super::super::search::search(self.env, comodel, &sub, &Default::default())?;
            let op = if leaf.op == "any" { "in" } else { "not in" };
            return self.leaf(
                model,
                alias,
                &Leaf { path: field.name.clone(), op: op.into(), value: Json::from(ids) },
            );
        }
        self.corecords(model, alias, field, &sub, leaf.op == "not any")
    }

    /// `res_id any {"model": m, "domain": d}`: the reference is one of those records of `m`, rights not asked.
    fn any_of_model(&self, model: &Model, alias: &str, field: &Field, of: &Map, negate: bool) -> Result<Sql> {
        let target = self.env.model(of.get("model").and_then(Json::as_str).unwrap_or_default())?;
        let sub = super::parse::parse(of.get("domain").unwrap_or(&Json::Null))?;
        let env = self.env.sudo().with_context(json!({"active_test": false}));
        let col = self.column(model, alias, field)?;
        if negate {
            // an empty reference is neither
            let listed = self.subselect(&env, target, &sub, "id")?;
            return Ok(Sql::of("(").sql(col).raw(" NOT IN (").sql(listed).raw("))"));
        }
        self.linked(col, false, &Beyond::new(&env, target, &sub), "id")
    }

    /// A field that mirrors a path: searched through it, as superuser where the field reads as superuser.
    fn related(
        &self,
        model: &Model,
        alias: &str,
        field: &Field,
        path: &[String],
        leaf: &Leaf,
    ) -> Result<Sql> {
        let has_null = match &leaf.value {
            Json::Array(a) => a.iter().any(|v| matches!(v, Json::Null | Json::Bool(false))),
            v => matches!(v, Json::Null | Json::Bool(false)),
        };
        let can_be_null = is_negative(&leaf.op) != has_null;
        if !self.searchable(model, path)? {
            tracing::error!(model = %model.name, field = %field.name, "non-stored field cannot be searched");
            return Ok(Sql::of("TRUE"));
        }
        if field.inherited.is_some() {
            // the parent's column, as if it were joined
            return self.through(model, alias, path, leaf, can_be_null);
        }
        if let Some(first) =
            path.first().and_then(|f| model.fields.get(f)).filter(|f| f.kind == Kind::One2many)
            && let comodel = self.env.model(&first.relation)?
            && comodel.field(&first.inverse_name)?.kind == Kind::Many2oneReference
        {
            // lines that refer by number are searched once more, by who asks
            access::check_model(self.env, comodel, 'r')?;
        }
        let mut env = self.env.with_context(json!({"active_test": false}));
        if field.related_sudo {
            env = env.sudo();
        }
        self.with_env(&env, |c| c.through(model, alias, path, leaf, can_be_null))
    }

    /// Whether there is a way to search what a path ends in.
    fn searchable(&self, model: &Model, path: &[String]) -> Result<bool> {
        let Some((first, rest)) = path.split_first() else { return Ok(true) };
        let field = model.field(first)?;
        if !rest.is_empty() {
            return self.searchable(self.env.model(&field.relation)?, rest);
        }
        Ok(match &field.source {
            Source::Compute(..) => field.store || field.search.is_some(),
            Source::Related(path) if !field.store => self.searchable(model, path)?,
            _ => true,
        })
    }

    fn through(
        &self,
        model: &Model,
        alias: &str,
        path: &[String],
        leaf: &Leaf,
        can_be_null: bool,
    ) -> Result<Sql> {
        let Some((first, rest)) = path.split_first() else {
            return Err(Error::internal("empty related path"));
        };
        if rest.is_empty() {
            return self.leaf(model, alias, &Leaf { path: first.clone(), ..leaf.clone() });
        }
        let field = model.field(first)?;
        if !field.store || field.kind.is_x2many() {
            let whole = Leaf { path: path.join("."), ..leaf.clone() };
            return self.leaf(model, alias, &whole);
        }
        let comodel = self.env.model(&field.relation)?;
        let sub_alias = self.alias(comodel);
        let inner = self.inner(self.env, self.few.as_ref().map(|_| Few::default()));
        let cond = inner.through(comodel, &sub_alias, rest, leaf, can_be_null)?;
        self.after(&inner);
        let col = self.column(model, alias, field)?;
        if self.around.get() == Around::Not && model.inherits.iter().any(|(_, link)| link == first) {
            // below a NOT it matters whether the condition is false or not known
            return Ok(Sql::of("(SELECT ")
                .sql(cond)
                .raw(" FROM ")
                .ident(&comodel.table)
                .raw(" AS ")
                .ident(&sub_alias)
                .raw(" WHERE ")
                .col(&sub_alias, "id")
                .raw(" = ")
                .sql(col)
                .raw(")"));
        }
        let found = Sql::of("(")
            .sql(col.clone())
            .raw(" IN (SELECT ")
            .col(&sub_alias, "id")
            .raw(" FROM ")
            .ident(&comodel.table)
            .raw(" AS ")
            .ident(&sub_alias)
            .raw(" WHERE ")
            .sql(cond)
            .raw(")");
        Ok(if can_be_null && !field.required {
            found.raw(" OR ").sql(col).raw(" IS NULL)")
        } else {
            found.raw(")")
        })
    }

    /// A computed field: its search function says which stored fields are meant; without one, every record matches
    /// (as in Odoo, which logs it).
    fn computed(&self, model: &Model, alias: &str, field: &Field, leaf: &Leaf) -> Result<Sql> {
        let Some(search) = field.search else {
            tracing::error!(model = %model.name, field = %field.name, "non-stored field cannot be searched");
            return Ok(Sql::of("TRUE"));
        };
        let mut value = leaf.value.clone();
        if field.kind.is_relational() && value.is_string() && leaf.op != "child_of" && leaf.op != "parent_of"
        {
            let comodel = self.env.model(&field.relation)?;
            let positive =
                super::parse::opposite(&leaf.op).filter(|_| is_negative(&leaf.op)).unwrap_or(&leaf.op);
            value = Json::from(name::search_ids(self.env, comodel, positive, &value)?);
            let op = if is_negative(&leaf.op) { "not in" } else { "in" };
            let d = search(self.env, model, &field.name, op, &value)?;
            return self.given(model, alias, &d);
        }
        let d = search(self.env, model, &field.name, &leaf.op, &value)?;
        self.given(model, alias, &d)
    }

    /// The condition for the domain that a field's search gives: every part of it is looked at, whatever it finds.
    fn given(&self, model: &Model, alias: &str, domain: &Json) -> Result<Sql> {
        let domain = super::parse::terms(domain)?;
        paths::check(self.env, model, &domain)?;
        self.domain(model, alias, &domain)
    }

    fn with_env<T>(&self, env: &Env, f: impl FnOnce(&Compiler<'_>) -> Result<T>) -> Result<T> {
        let inner = self.inner(env, self.few.clone());
        inner.around.set(self.around.get());
        let r = f(&inner);
        self.after(&inner);
        r
    }

    fn id(&self, model: &Model, alias: &str, leaf: &Leaf) -> Result<Sql> {
        if let Some(s) = self.hierarchical(self.env, model, leaf, None)? {
            return Ok(Sql::of("(").col(alias, "id").raw(" IN (").sql(s).raw("))"));
        }
        let field = model.field("id")?;
        self.scalar(model, alias, field, &leaf.op, &leaf.value)
    }

    fn many2one(&self, model: &Model, alias: &str, field: &Field, leaf: &Leaf) -> Result<Sql> {
        let comodel = self.env.model(&field.relation)?;
        let env = self.env.with_context(json!({"active_test": false}));
        let col = || self.column(model, alias, field);
        // within one model the field itself is the hierarchy, and the records named belong to it
        let own = comodel.name == model.name;
        if let Some(s) = self.hierarchical(&env, comodel, leaf, own.then_some(field.name.as_str()))? {
            let at = if own { Sql::new().col(alias, "id") } else { col()? };
            return Ok(Sql::of("(").sql(at).raw(" IN (").sql(s).raw("))"));
        }
        let strings = match &leaf.value {
            Json::String(_) => true,
            Json::Array(a) => !a.is_empty() && a.iter().all(Json::is_string),
            _ => false,
        };
        if !strings {
            return self.scalar(model, alias, field, &leaf.op, &leaf.value);
        }
        let negative = is_negative(&leaf.op);
        let op = match leaf.op.as_str() {
            "<" | ">" | "<=" | ">=" => "in",
            op => op,
        };
        let positive = super::parse::opposite(op).filter(|_| negative).unwrap_or(op);
        let value = match &leaf.value {
            v @ Json::String(_) if positive == "in" => json!([v]),
            v => v.clone(),
        };
        let d = name::search_domain(&env, comodel, positive, &value)?;
        self.many_to_one((model, alias, field), &d, negative, (&env, Entry::Searched))
    }

    fn one2many(&self, model: &Model, alias: &str, field: &Field, leaf: &Leaf) -> Result<Sql> {
        let comodel = self.env.model(&field.relation)?;
        let env = self.env.with_context(field.context.clone());
        // what is told by its bare id is read past rights and archives
        let raw = env.with_context(json!({"active_test": false})).sudo();
        let lines = self.one2many_domain(model, field, comodel)?;
        // without a foreign key the lines have to be searched
        let by_number = comodel.field(&field.inverse_name)?.kind != Kind::Many2one && lines != Domain::True;
        let negative = is_negative(&leaf.op);
        let linked = |negate: bool, env: &Env, sub: Domain| {
            let sub = sub.and(Domain::leaf(&field.inverse_name, "!=", json!(false)));
            let lines = Beyond::new(env, comodel, &sub);
            self.linked(Sql::new().col(alias, "id"), negate, &lines, &field.inverse_name)
        };
        if let Some(tree) = self.hierarchical(&env, comodel, leaf, None)? {
            let ids: Vec<i64> = self.env.query(&tree, &[ColType::Int])?.iter().map(|r| r[0].int()).collect();
            return linked(false, &raw, Domain::in_ids("id", &ids));
        }
        match &leaf.value {
            // empty or not
            Json::Bool(false) if by_number => linked(!negative, &env, lines),
            Json::Bool(false) => linked(!negative, &env.sudo(), Domain::True),
            Json::String(_) => linked(negative, &env, lines.and(self.named(leaf))),
            ids if by_number => {
                let ids = listed(ids).into_iter().cloned().collect();
                linked(negative, &env, lines.and(Domain::leaf("id", "in", Json::Array(ids))))
            }
            ids => linked(negative, &raw, Domain::in_ids("id", &operand::ids(listed(ids))?)),
        }
    }

    fn many2many(&self, alias: &str, field: &Field, leaf: &Leaf) -> Result<Sql> {
        let comodel = self.env.model(&field.relation)?;
        let env = self.env.with_context(field.context.clone());
        let m = m2m(field)?;
        let negative = is_negative(&leaf.op);
        if let Some(h) = self.hierarchical(&env, comodel, leaf, None)? {
            return self.linked_by(alias, m, negative, |other| Ok(other.raw(" IN (").sql(h).raw(")")));
        }
        match &leaf.value {
            Json::Bool(false) => self.linked_by(alias, m, !negative, |_| Ok(Sql::of("TRUE"))),
            Json::String(_) => {
                let sub = columns::field_domain(field)?.and(self.named(leaf));
                self.linked_by(alias, m, negative, |other| {
                    self.linked(other, false, &Beyond::new(&env, comodel, &sub), "id")
                })
            }
            ids => {
                let ids = operand::ids(listed(ids).into_iter().filter(|v| !json_is_falsy(v)))?;
                self.linked_by(alias, m, negative, |other| Ok(other.ids(&ids)))
            }
        }
    }

    /// The corecords that a text means: those of that name.
    fn named(&self, leaf: &Leaf) -> Domain {
        let op = super::parse::opposite(&leaf.op).filter(|_| is_negative(&leaf.op)).unwrap_or(&leaf.op);
        Domain::leaf("display_name", op, leaf.value.clone())
    }
}

/// One value, or the values of a list.
fn listed(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(a) => a.iter().collect(),
        one => vec![one],
    }
}

/// A leaf on a path that must not hold: none of the corecords matches, and no corecord at all will do. A path within a
/// value has an operator that is the opposite.
fn through_path(model: &Model, d: &Domain) -> Option<Leaf> {
    let Domain::Leaf(l) = d else { return None };
    let (first, rest) = l.path.split_once('.')?;
    if !model.fields.get(first)?.kind.is_relational() {
        return super::parse::opposite(&l.op).map(|op| Leaf { op: op.into(), ..l.clone() });
    }
    Some(Leaf { path: first.to_owned(), op: "not any".into(), value: json!([[rest, l.op, l.value]]) })
}

fn m2m(field: &Field) -> Result<&crate::orm::field::Relation> {
    field.m2m.as_ref().ok_or_else(|| Error::internal(format!("{} has no relation table", field.name)))
}

/// The domain without archived records, unless the context asks for them or the domain mentions the field.
pub fn with_active(env: &Env, model: &Model, domain: &Domain) -> Domain {
    let extra = model.behaviours.iter().rev().find_map(|b| b.search_filter).and_then(|f| f(env, domain));
    let domain = &match extra {
        Some(more) => domain.clone().and(more),
        None => domain.clone(),
    };
    let Some(active) = model.active_name() else { return domain.clone() };
    let off = match env.ctx("active_test") {
        Json::Null => false,
        v => json_is_falsy(v),
    };
    let mut mentioned = false;
    domain.each_path(&mut |p| mentioned |= p == active);
    if off || mentioned {
        return domain.clone();
    }
    domain.clone().and(Domain::leaf(active, "=", json!(true)))
}
