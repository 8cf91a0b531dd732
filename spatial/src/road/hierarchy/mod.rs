//! The fast layer: a customizable contraction hierarchy (Dibbelt, Strasser & Wagner, ACM JEA 21, 2016).
//!
//! Made in three steps that change ever more often: an order of the nodes and the skeleton of shortcuts that follows from it
//! ([`Skeleton`], once per network), what the shortcuts cost one profile ([`Shortcuts`], once per table of profiles), and what
//! of that a closure changes ([`Shortcuts::follow`], some milliseconds). It must never answer for an epoch that it does not obey.

mod dissect;
mod flow;
mod order;
mod peel;
mod skeleton;
mod shortcuts;
mod follow;
mod sweep;
mod table;
mod buckets;

pub use buckets::Buckets;
pub use order::order;
pub use shortcuts::Shortcuts;
pub use skeleton::{Skeleton, SkeletonError};
pub use sweep::Sweep;
pub use table::{Lanes, Selection};
