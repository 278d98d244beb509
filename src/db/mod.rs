//! Floor 1: the database. The only floor that names Diesel; it knows nothing of models.
//!
//! `Sql` is the one way dynamic SQL is written, `Conn` the one way it is run, on PostgreSQL and SQLite alike; `Dialect`
//! holds what differs between the two.

mod adapt;
mod backend;
mod bell;
mod bind;
mod calendar;
mod catalog;
pub mod census;
mod connection;
mod dialect;
pub mod dump;
mod error;
pub mod event;
mod functions;
mod gate;
pub mod inspect;
pub mod job;
mod like;
mod listen;
pub mod migrate;
mod pool;
pub mod restore;
mod row;
pub mod schema;
mod shapes;
mod sql;
mod timetext;
pub mod upkeep;
mod url;

pub use calendar::{Granularity, Part};
pub use catalog::{Catalog, is_name};
pub(crate) use connection::Raw;
pub use connection::{Conn, Mode};
pub use dialect::{Dialect, Moment, Wait};
pub use error::{DbError, DbResult};
pub use listen::Listener;
pub use pool::Pool;
pub use sql::{ColType, IdCount, Sql};
pub use url::DatabaseUrl;
