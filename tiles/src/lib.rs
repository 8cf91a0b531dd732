//! Pictures of the map.
