//! What Cordon remembers, and what comes in and goes out as features and files.
//!
//! [`store`] is the contract; [`sqlite`] keeps it in one embedded file. It knows nothing of HTTP, terminals or users'
//! permissions, and never judges a fix.
//!
//! Modules in reading order.

pub mod suggest;
pub mod feature;
pub mod store;
pub mod codec;
pub mod sqlite;
pub mod snapshots;
pub mod geopackage;
pub mod park;
