//! What consoles see at once: positions as binary frames, events and alarms as text, over one WebSocket each.
//!
//! A console never holds the pipeline or another console up: positions are coalesced to the latest per vehicle, and one
//! that cannot follow the events and alarms is cut and resumes. Nothing is shown before its commit.

pub mod cells;
pub mod client;
pub mod codec;
pub mod frames;
pub mod hub;
pub mod positions;
pub mod sorts;
