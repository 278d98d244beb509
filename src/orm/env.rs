//! Who calls, in what context, inside which transaction. The only road to a record.

use super::behaviour::{Api, Call, Method, Super};
use super::cache::{Caches, UserInfo};
use super::domain::{Domain, IntoDomain};
use super::model::Model;
use super::record::Record;
use super::registry::Registry;
use crate::db::{ColType, Conn, DbResult, Dialect, Sql};
use crate::error::{Error, Result};
use crate::value::{Json, Map, Value, json_is_falsy};
use chrono::NaiveDateTime;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// Id of the superuser, who is above all rights.
pub const SUPERUSER: i64 = 1;

/// Runs when the transaction has been committed.
pub type AfterCommit = Box<dyn FnOnce() + Send>;

/// Runs at the end of the outermost create, write, unlink or call.
pub type BeforeEnd = Box<dyn FnOnce(&Env) -> Result<()>>;

/// One transaction and what it holds while it runs.
pub struct Tx {
    conn: RefCell<Conn>,
    /// Models and behaviours.
    pub registry: Arc<Registry>,
    now: NaiveDateTime,
    pub(super) caches: RefCell<Arc<Caches>>,
    /// Whether this transaction changed something the shared caches hold.
    dirty: Cell<bool>,
    after: RefCell<Vec<AfterCommit>>,
    /// (model, field, id) whose computed value was given by hand in the running create or write.
    pub(super) protected: RefCell<HashSet<(String, String, i64)>>,
    /// Nesting of create/write, so that recomputation happens once, at the outside.
    pub(super) pending: RefCell<super::compute::Pending>,
    /// What runs before the outermost change ends, with the Env of that change.
    before_end: RefCell<Vec<BeforeEnd>>,
    /// Notes that behaviours keep through a transaction, one of a type.
    slots: RefCell<HashMap<TypeId, Box<dyn Any>>>,
    writable: bool,
    /// What is done now will be undone: constraints are not asked.
    rehearsal: Cell<bool>,
    /// How often the time was asked for.
    clock: Cell<u64>,
}

impl Tx {
    /// Wraps a connection on which a transaction has begun.
    pub fn new(
        conn: Conn,
        registry: Arc<Registry>,
        caches: Arc<Caches>,
        now: NaiveDateTime,
        writable: bool,
    ) -> Rc<Tx> {
        Rc::new(Tx {
            conn: RefCell::new(conn),
            registry,
            now,
            caches: RefCell::new(caches),
            dirty: Cell::new(false),
            after: RefCell::default(),
            protected: RefCell::default(),
            pending: RefCell::default(),
            before_end: RefCell::default(),
            slots: RefCell::default(),
            writable,
            rehearsal: Cell::new(false),
            clock: Cell::new(0),
        })
    }

    /// Whether what is done now will be undone ([`Env::rehearse`]).
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal.get()
    }

    /// How often the database and the clock were asked so far: what was made without asking either will be the same the
    /// next time.
    pub(super) fn witnessed(&self) -> u64 {
        self.with_conn(|c| c.statements()) + self.clock.get()
    }

    /// Whether the shared caches must be thrown away after commit.
    pub fn is_dirty(&self) -> bool {
        self.dirty.get()
    }

    /// What waits for the commit.
    pub fn take_after(&self) -> Vec<AfterCommit> {
        self.after.take()
    }

    /// Takes what waits for the end of the outermost change.
    pub(super) fn take_before_end(&self) -> Vec<BeforeEnd> {
        self.before_end.take()
    }

    /// Runs `f` on the note of type `T`, empty at first. `f` must not come back here.
    pub fn with_slot<T: Default + 'static, R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        match slot.downcast_mut::<T>() {
            Some(t) => f(t),
            None => f(&mut T::default()),
        }
    }

    /// Runs `f` on the connection.
    pub fn with_conn<T>(&self, f: impl FnOnce(&mut Conn) -> T) -> T {
        f(&mut self.conn.borrow_mut())
    }
}

/// Who, in what context, in which transaction. Cheap to clone; never leaves its thread.
#[derive(Clone)]
pub struct Env {
    tx: Rc<Tx>,
    uid: i64,
    su: bool,
    context: Rc<Map>,
}

/// Which part of a search's result to give, and in what order.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Order; None: the model's.
    pub order: Option<String>,
    /// At most so many.
    pub limit: Option<i64>,
    /// Skip so many.
    pub offset: i64,
}

impl Env {
    /// The environment a call starts with.
    pub fn new(tx: Rc<Tx>, uid: i64, context: Map) -> Env {
        Env { tx, uid, su: uid == SUPERUSER, context: Rc::new(context) }
    }

    /// The transaction.
    pub fn tx(&self) -> &Tx {
        &self.tx
    }
    /// Models and behaviours.
    pub fn registry(&self) -> &Registry {
        &self.tx.registry
    }
    /// The model, or Odoo's error for an unknown one.
    pub fn model(&self, name: &str) -> Result<&Model> {
        self.tx.registry.model(name)
    }
    /// The calling user's id.
    pub fn uid(&self) -> i64 {
        self.uid
    }
    /// Whether rights are not asked.
    pub fn su(&self) -> bool {
        self.su
    }
    /// When the transaction began, UTC, whole microseconds.
    pub fn now(&self) -> NaiveDateTime {
        self.tx.clock.set(self.tx.clock.get() + 1);
        self.tx.now
    }
    /// The context.
    pub fn context(&self) -> &Map {
        &self.context
    }
    /// One key of the context, null when absent.
    pub fn ctx(&self, key: &str) -> &Json {
        static NULL: Json = Json::Null;
        self.context.get(key).unwrap_or(&NULL)
    }
    /// Whether a key of the context is true as Python sees it.
    pub fn flag(&self, key: &str) -> bool {
        !json_is_falsy(self.ctx(key))
    }
    /// Which database speaks.
    pub fn dialect(&self) -> Dialect {
        self.tx.with_conn(|c| c.dialect())
    }

    /// The same user without rights checks.
    pub fn sudo(&self) -> Env {
        Env { su: true, ..self.clone() }
    }
    /// Another user (with his rights, unless he is the superuser).
    pub fn with_user(&self, uid: i64) -> Env {
        Env { uid, su: uid == SUPERUSER, ..self.clone() }
    }
    /// The same with more keys in the context.
    pub fn with_context(&self, more: Json) -> Env {
        let mut context = (*self.context).clone();
        if let Json::Object(m) = more {
            context.extend(m);
        }
        Env { context: Rc::new(context), ..self.clone() }
    }
    /// The same without a key of the context.
    pub fn without(&self, key: &str) -> Env {
        if !self.context.contains_key(key) {
            return self.clone();
        }
        let mut context = (*self.context).clone();
        context.shift_remove(key);
        self.with_only_context(context)
    }
    /// The same with exactly this context.
    pub fn with_only_context(&self, context: Map) -> Env {
        Env { context: Rc::new(context), ..self.clone() }
    }

    /// Language for translated values: the context's if installed, else en_US.
    pub fn lang(&self) -> &str {
        self.ctx("lang").as_str().filter(|s| !s.is_empty()).unwrap_or("en_US")
    }
    /// Time zone of the context, else of the user, else none (UTC).
    pub fn tz(&self) -> Option<String> {
        match self.ctx("tz").as_str().filter(|s| !s.is_empty()) {
            Some(tz) => Some(tz.to_owned()),
            None => self.user().ok().and_then(|u| u.tz.clone()),
        }
    }
    /// The calling user.
    pub fn user(&self) -> Result<Arc<UserInfo>> {
        super::cache::user(self, self.uid)
    }
    /// The current company: the first of the context's allowed ones, else the user's.
    pub fn company_id(&self) -> Result<i64> {
        match self.ctx("allowed_company_ids") {
            Json::Array(wanted) if !wanted.is_empty() => {
                Ok(self.company_ids()?.first().copied().unwrap_or(0))
            }
            _ => Ok(self.user()?.company_id),
        }
    }
    /// The companies that are switched on: `allowed_company_ids`, else all of the user's, his main one first.
    pub fn company_ids(&self) -> Result<Vec<i64>> {
        let user = self.user()?;
        let wanted: Vec<i64> = match self.ctx("allowed_company_ids") {
            Json::Array(wanted) => wanted.iter().filter_map(Json::as_i64).collect(),
            _ => Vec::new(),
        };
        if wanted.is_empty() {
            let mut all = user.company_ids.clone();
            all.retain(|c| *c != user.company_id);
            all.insert(0, user.company_id);
            return Ok(all);
        }
        if !self.su && wanted.iter().any(|c| !user.company_ids.contains(c)) {
            return Err(Error::access("Access to unauthorized or invalid companies."));
        }
        Ok(wanted)
    }
    /// Whether the user has the group (an external id).
    pub fn has_group(&self, xmlid: &str) -> Result<bool> {
        let Some(group) = self.xmlid(xmlid)? else { return Ok(false) };
        Ok(self.user()?.groups.contains(&group))
    }
    /// Id behind an external id.
    pub fn xmlid(&self, xmlid: &str) -> Result<Option<i64>> {
        super::cache::xmlid(self, xmlid)
    }
    /// Id behind an external id that must exist.
    pub fn need_xmlid(&self, xmlid: &str) -> Result<i64> {
        self.xmlid(xmlid)?
            .ok_or_else(|| Error::value(format!("External ID not found in the system: {xmlid}")))
    }
    /// A value of ir.config_parameter.
    pub fn param(&self, key: &str) -> Result<Option<String>> {
        super::cache::param(self, key)
    }

    /// Rows of a query.
    pub fn query(&self, sql: &Sql, types: &[ColType]) -> Result<Vec<Vec<Value>>> {
        self.db(|c| c.query(sql, types))
    }
    /// Runs a statement; says how many rows it touched.
    pub fn execute(&self, sql: &Sql) -> Result<usize> {
        if !self.tx.writable {
            return Err(Error::new(crate::error::Kind::ReadOnly, "cannot write in a read-only call"));
        }
        self.db(|c| c.execute(sql))
    }
    /// Like [`Env::execute`], with RETURNING rows.
    pub fn execute_returning(&self, sql: &Sql, types: &[ColType]) -> Result<Vec<Vec<Value>>> {
        if !self.tx.writable {
            return Err(Error::new(crate::error::Kind::ReadOnly, "cannot write in a read-only call"));
        }
        self.db(|c| c.query(sql, types))
    }
    /// Runs `f` on the connection; a refusal of the database becomes what Odoo would say of it.
    pub fn db<T>(&self, f: impl FnOnce(&mut Conn) -> DbResult<T>) -> Result<T> {
        self.tx.with_conn(f).map_err(|e| super::dberror::translate(self.registry(), e))
    }
    /// Runs `f` under a savepoint: an error undoes what it did and nothing else.
    pub fn savepoint<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T> {
        self.db(Conn::savepoint)?;
        match f() {
            Ok(v) => {
                self.db(Conn::release)?;
                Ok(v)
            }
            Err(e) => {
                self.tx.pending.borrow_mut().clear();
                self.db(Conn::rollback_to)?;
                Err(e)
            }
        }
    }
    /// Runs `f` and undoes all it did: to the database, to caches, to what waits for the end or the commit. What it
    /// returns stays. Constraints in Rust are not asked meanwhile.
    pub fn rehearse<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T> {
        let tx = &self.tx;
        let caches = tx.caches.borrow().clone();
        let (dirty, before_end, slots) = (tx.dirty.get(), tx.before_end.take(), tx.slots.take());
        let (after, protected) = (tx.after.take(), tx.protected.take());
        let waiting = tx.pending.borrow_mut().set_aside();
        let nested = tx.rehearsal.replace(true);
        let done = self.db(Conn::savepoint).and_then(|()| {
            let r = f();
            self.db(Conn::rollback_to).and(r)
        });
        tx.rehearsal.set(nested);
        tx.dirty.set(dirty);
        *tx.caches.borrow_mut() = caches;
        *tx.before_end.borrow_mut() = before_end;
        *tx.slots.borrow_mut() = slots;
        *tx.after.borrow_mut() = after;
        *tx.protected.borrow_mut() = protected;
        tx.pending.borrow_mut().put_back(waiting);
        done
    }
    /// Runs `f` once the transaction has been committed.
    pub fn after_commit(&self, f: AfterCommit) {
        self.tx.after.borrow_mut().push(f);
    }
    /// Runs `f` at the end of the outermost change (once computed fields are up to date), or never if that fails.
    pub fn before_end(&self, f: BeforeEnd) {
        self.tx.before_end.borrow_mut().push(f);
    }
    /// Forgets what is cached of users, rights, external ids and parameters, here now and everywhere after commit.
    pub fn invalidate(&self) {
        self.tx.dirty.set(true);
        *self.tx.caches.borrow_mut() = Arc::new(Caches::default());
    }

    /// Ids that match, in the model's order, archived ones left out unless the context says `active_test: False`.
    pub fn search(&self, model: &str, domain: impl IntoDomain) -> Result<Vec<i64>> {
        self.search_with(model, domain, &Page::default())
    }
    /// [`Env::search`] with order, limit and offset.
    pub fn search_with(&self, model: &str, domain: impl IntoDomain, page: &Page) -> Result<Vec<i64>> {
        super::search::search(self, self.model(model)?, &domain.into_domain()?, page)
    }
    /// How many match.
    pub fn count(&self, model: &str, domain: impl IntoDomain) -> Result<i64> {
        let domain: Domain = domain.into_domain()?;
        super::search::count(self, self.model(model)?, &domain, None)
    }
    /// Which of the ids exist.
    pub fn exists(&self, model: &str, ids: &[i64]) -> Result<Vec<i64>> {
        super::search::exists(self, self.model(model)?, ids)
    }
    /// Values of records, in the order of `ids`; a missing one is a MissingError. Rights are checked unless sudo.
    pub fn fetch(&self, model: &str, ids: &[i64], fields: &[&str]) -> Result<Vec<Record>> {
        super::fetch::fetch(self, self.model(model)?, ids, fields)
    }
    /// [`Env::fetch`] of one record.
    pub fn fetch_one(&self, model: &str, id: i64, fields: &[&str]) -> Result<Record> {
        let mut v = self.fetch(model, &[id], fields)?;
        v.pop().ok_or_else(|| Error::missing("Record does not exist or has been deleted."))
    }
    /// Names of records.
    pub fn display_names(&self, model: &str, ids: &[i64]) -> Result<HashMap<i64, String>> {
        super::name::display_names(self, self.model(model)?, ids)
    }
    /// Creates one record.
    pub fn create(&self, model: &str, vals: Json) -> Result<i64> {
        let Json::Object(vals) = vals else {
            return Err(Error::type_error("create: values must be an object"));
        };
        let ids = self.create_many(model, vec![vals])?;
        ids.first().copied().ok_or_else(|| Error::internal("create made no record"))
    }
    /// Creates records, in order, with one statement a table.
    pub fn create_many(&self, model: &str, vals: Vec<Map>) -> Result<Vec<i64>> {
        let model = self.model(model)?;
        super::compute::batch(self, || Super::top(model).create(self, vals))
    }
    /// Writes the same values to records.
    pub fn write(&self, model: &str, ids: &[i64], vals: Json) -> Result<()> {
        let Json::Object(vals) = vals else {
            return Err(Error::type_error("write: values must be an object"));
        };
        let model = self.model(model)?;
        if ids.is_empty() {
            return Ok(());
        }
        super::compute::batch(self, || Super::top(model).write(self, ids, vals))
    }
    /// Deletes records.
    pub fn unlink(&self, model: &str, ids: &[i64]) -> Result<()> {
        let model = self.model(model)?;
        if ids.is_empty() {
            return Ok(());
        }
        super::compute::batch(self, || Super::top(model).unlink(self, ids))
    }
    /// Calls any registered method by name, arguments as a client gives them (ids not among them).
    pub fn call(&self, model: &str, ids: &[i64], method: &str, args: Vec<Json>, kwargs: Map) -> Result<Json> {
        let model = self.model(model)?;
        let m = model.methods.get(method).ok_or_else(|| {
            Error::attribute(format!("The method '{}.{method}' does not exist", model.name))
        })?;
        let (args, kwargs) = super::method::bind(model, m, args, kwargs)?;
        let ids = if m.api == Api::Record { ids.to_vec() } else { Vec::new() };
        self.run(m, &Call { model, ids, args, kwargs })
    }
    /// Runs a method with arguments bound to it.
    pub fn run(&self, m: &Method, call: &Call<'_>) -> Result<Json> {
        super::compute::batch(self, || (m.run)(self, call))
    }
}
