//! Pictures of the map. Knows features and zoom levels, nothing of incidents or vehicles: those are pushed, never tiled.
//!
//! Today it holds the tile grid alone.

pub mod grid;
