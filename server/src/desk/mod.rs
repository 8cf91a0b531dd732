//! What people and devices can do: edit features, bind terminals, and the catalogue that names things to the outside.
//!
//! Nothing here speaks a wire protocol; the API, `/live` and the gateways come through these doors.

pub mod bindings;
pub mod catalog;
pub mod exporting;
pub mod features;
pub mod file_command;
pub mod finder;
pub mod importing;
pub mod mistaken_datum;
pub mod inventory;
pub mod preview;
pub mod published;
pub mod readers;
mod said;
pub mod terminals;
pub mod trial;
