//! The demo: a fictional park with its people and vehicles, made afresh at every start. The park itself is `cordon_data::park`.
//!
//! It goes through the same doors as a real site: features through the desk, accounts through the writer, terminals over
//! real sockets. It must never touch a folder that it did not make.

pub mod folder;
pub mod people;
