//! The demo: a small fictional park with its people and vehicles, made afresh at every start.
//!
//! It goes through the same doors as a real site: features through the desk, accounts through the writer, terminals over
//! real sockets. It must never touch a folder that it did not make.

pub mod folder;
pub mod park;
pub mod people;
