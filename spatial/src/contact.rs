//! Signs of life of a terminal that say nothing of where it is.

use crate::ids::VehicleKey;
use serde::{Deserialize, Serialize};

/// A terminal was in touch, or ceased to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Whose terminal.
    pub vehicle: VehicleKey,
    /// How.
    pub kind: ContactKind,
}

/// How a terminal was in touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContactKind {
    /// It showed its code on a connection of its own.
    Connected,
    /// It said that it is there. Not every heartbeat is journalled (ARCHITECTURE.md, "Silence").
    Heartbeat,
    /// Its connection ended.
    Disconnected,
}
