//! The pure core of Cordon: where things are, which zones they are in, and what follows from it.
//!
//! It must never do I/O, read a clock, start a thread, draw a random number, log, or know a wire format: `now` is
//! an argument and iteration order is defined, because a replay of the journal must give the same events to the byte.
//! Its types derive serde for engine snapshots and the store's rows only.
//!
//! Modules in reading order.

pub mod units;
pub mod ids;
pub mod position;
pub mod calendar;
pub mod datum;
pub mod geodesy;
pub mod shape;
pub mod index;
pub mod fix;
pub mod vehicle;
pub mod exemption;
pub mod zone;
mod shelf;
mod sieve;
pub mod onemap;
pub mod contact;
pub mod figures;
pub mod event;
pub mod alarm;
pub mod record;
pub mod watch;
pub mod road;
