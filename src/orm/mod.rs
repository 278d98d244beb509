//! The ORM: models at run time, environments, domains, rights, and the generic methods every model answers.
//!
//! Knows nothing of HTTP or of the workflow. Everything is set-based: a call issues a number of statements that
//! depends on the fields asked for, never on the number of records.

pub mod access;
pub mod behaviour;
pub mod cache;
pub mod columns;
pub mod commands;
pub mod compute;
pub mod copy;
pub mod create;
pub mod database;
pub mod dberror;
pub mod ddl;
pub mod default_get;
pub mod domain;
pub mod env;
pub mod expr;
pub mod fetch;
pub mod field;
pub mod fields_get;
pub mod loader;
pub mod method;
pub mod methods;
pub mod model;
pub mod name;
pub mod order;
pub mod plan;
pub mod properties;
pub mod read;
pub mod read_group;
pub mod record;
pub mod registry;
pub mod rule;
pub mod search;
mod settle;
pub mod sync;
pub mod transfer;
pub mod translations;
pub mod unlink;
pub mod web;
pub mod write;

pub use behaviour::{Behaviour, Call, Computed, Edited, Method, Onchange, Super};
pub use database::Database;
pub use domain::Domain;
pub use env::{Env, Page, SUPERUSER};
pub use model::Model;
pub use record::Record;
pub use registry::Registry;
