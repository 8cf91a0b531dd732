//! What comes in as files of other programs. Each kind of file has a room that reads it and says what it could not read.

pub mod files;
pub mod datum_fit;
pub mod osm;
pub mod road_layer;
