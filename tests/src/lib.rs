//! Proof from outside: what a test needs to start the real `cordon` binary and to meet it as the world does.
//!
//! Terminals, HTTP and the live socket are spoken from their descriptions, never with the server's own code: a mistake
//! that both sides shared would stay unseen. Nothing here knows how Cordon works inside.
//!
//! Modules in reading order.

pub mod wait;
pub mod roads;
pub mod server;
pub mod http;
pub mod jt808;
pub mod live;
pub mod database;
pub mod drive;
pub mod postgres;
pub mod browser;
pub mod random;
