//! The Cordon server: the only room with sockets, HTTP, JSON, terminal protocols, the time of day and users.
//!
//! Modules in reading order.

pub mod decode;
pub mod gateway;
pub mod ingest;
