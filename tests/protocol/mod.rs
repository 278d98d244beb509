//! The protocols over real sockets, and their codecs.

mod codec;
mod databases;
mod envelope;
mod export;
mod hostile;
mod json2;
mod login;
mod pictures;
mod proofs;
mod shared;
pub mod wire;
mod xml;
