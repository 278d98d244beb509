//! The real binary, killed, stopped, cut off from its database, fed by a provider that misbehaves: what must hold then.
//!
//! Every test starts processes of its own on a database of its own and a stub provider on loopback. Nothing sleeps for
//! a while and hopes: each wait has a condition and a deadline.

mod cluster;
mod kills;
mod node;
mod operators;
mod outage;
mod processes;
mod verdict;
mod world;
