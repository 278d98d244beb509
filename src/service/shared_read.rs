//! Reads by id that several callers ask for in the same words, so that one call of the model answers them all.
//!
//! Group commit, for reads: what costs is the way to the database and back, not the rows. Only what is told apart by
//! nothing but its ids is put together (database, user, model, fields, context), and only the ORM's own `read`, in
//! which no record's values depend on the others asked for. Whatever is not as expected (an id that is gone, a
//! refusal, changed rights) is no answer here: each caller then goes the ordinary way and hears his own error.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::Result;
use crate::value::{Json, Map};

use super::rpc::{self, Peer};
use super::{App, CallKw, Databases, auth, call_kw};

/// Who asks for more records than these in one call fills a statement by himself.
const IDS_MAX: usize = 8;

/// What the callers have in common.
pub struct SharedRead {
    app: Arc<App>,
    uid: i64,
    /// Of the database's users and rights, when the callers proved who they are.
    generation: i64,
    model: String,
    /// All but the ids.
    args: Vec<Json>,
    kwargs: Map,
}

impl PartialEq for SharedRead {
    fn eq(&self, other: &SharedRead) -> bool {
        Arc::ptr_eq(&self.app, &other.app)
            && (self.uid, self.generation) == (other.uid, other.generation)
            && self.model == other.model
            && self.args == other.args
            && self.kwargs == other.kwargs
    }
}

impl SharedRead {
    /// What a call of a service shares with others, and its own ids; None: nothing, or it cannot be said without a
    /// look at the database whether the caller is who he says. Never waits.
    pub fn of(
        databases: &Databases,
        peer: &Peer,
        service: &str,
        method: &str,
        args: Vec<Json>,
    ) -> Option<(SharedRead, Vec<i64>)> {
        if service != "object" || args.len() < 5 {
            return None;
        }
        let app = databases.opened_app(args[0].as_str()?)?;
        let uid = args[1].as_i64()?;
        let generation = auth::proved(&app, peer, uid, args[2].as_str()?)?;
        let CallKw { model, method, mut args, kwargs } =
            rpc::bind(method, args.into_iter().skip(3).collect()).ok()?;
        if method != "read" || args.is_empty() || !reads_plainly(&app, &model) {
            return None;
        }
        let ids = ids_of(&args.remove(0))?;
        Some((SharedRead { app, uid, generation, model, args, kwargs }, ids))
    }

    /// `model.read`, for the log.
    pub fn describe(&self) -> String {
        format!("{}.read", self.model)
    }

    /// Who asks.
    pub fn uid(&self) -> i64 {
        self.uid
    }

    /// The records of all callers by id; None: those who asked shall each go the ordinary way.
    pub fn read(&self, ids: &[i64]) -> Result<Option<HashMap<i64, Arc<Json>>>> {
        if self.app.db.generation()? != self.generation {
            return Ok(None);
        }
        let args = std::iter::once(ids.into()).chain(self.args.iter().cloned()).collect();
        let call =
            CallKw { model: self.model.clone(), method: "read".into(), args, kwargs: self.kwargs.clone() };
        let Some(Json::Array(records)) = call_kw(&self.app, self.uid, call)? else { return Ok(None) };
        Ok(Some(records.into_iter().filter_map(|r| Some((r["id"].as_i64()?, Arc::new(r)))).collect()))
    }
}

/// Whether `read` of a model is the ORM's own.
fn reads_plainly(app: &App, model: &str) -> bool {
    let model = app.db.registry().find(model);
    model.and_then(|m| m.methods.get("read")).is_some_and(|read| read.class == Some("BaseModel"))
}

/// Ids as nearly everybody writes them; None: some other way, or too many.
fn ids_of(json: &Json) -> Option<Vec<i64>> {
    let real = |id: &Json| id.as_i64().filter(|id| *id > 0);
    match json {
        Json::Array(ids) if (1..=IDS_MAX).contains(&ids.len()) => ids.iter().map(real).collect(),
        id => real(id).map(|id| vec![id]),
    }
}
