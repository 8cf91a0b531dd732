//! What Cordon remembers, and what comes in and goes out as features and files.
//!
//! [`store`] is the contract; [`sqlite`] keeps it in one embedded file and [`postgis`]
//! in a database. It knows nothing of HTTP, terminals or users'
//! permissions, and never judges a fix.
//!
//! Modules in reading order.

pub mod suggest;
pub mod feature;
pub mod crs;
pub mod filter;
pub mod store;
pub mod selection;
pub mod shipment;
pub mod codec;
mod placed;
mod formula;
mod following;
mod shapes;
pub mod sqlite;
pub mod postgis;
pub mod snapshots;
pub mod geopackage;
pub mod park;
pub mod gdal;
pub mod import;
pub mod export;
pub mod road_class;
pub mod road_file;
