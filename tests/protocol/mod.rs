//! The protocols over real sockets, and their codecs.

mod codec;
mod envelope;
mod hostile;
mod json2;
mod login;
mod wire;
mod xml;
