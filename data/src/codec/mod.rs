//! How batches and tracks become bytes: compact, checksummed, versioned. Both stores keep the same bytes.
//!
//! Nothing here may panic on bytes that it did not write: what cannot be read is [`Unreadable`], with the reason.
//! A new layout gets a new version number; an old one stays readable.

pub mod batch;
pub mod checkpoint;
pub mod derived;
pub mod fixes;
pub mod frame;
mod varint;

/// Why bytes cannot be read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    fn because(reason: impl Into<String>) -> Unreadable {
        Unreadable(reason.into())
    }
}
