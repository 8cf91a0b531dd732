//! A place on the ground in WGS 84 (equal to CGCS2000 at the accuracy of a vehicle), snapped once to 1e-7 degree.
//!
//! Everything that judges a position does so on these integers (1.1 cm), so that results are exact and repeatable.

use serde::{Deserialize, Serialize};

/// Units of a [`Position`] in one degree.
pub const UNITS_PER_DEGREE: f64 = 1e7;

/// Longitude and latitude in 1e-7 degree, WGS 84. Longitude -180 to 180, latitude -90 to 90.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Longitude in 1e-7 degree, east positive.
    pub lon_e7: i32,
    /// Latitude in 1e-7 degree, north positive.
    pub lat_e7: i32,
}

/// Why a pair of numbers is no position.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PositionError {
    /// Not finite, or outside -180 to 180.
    #[error("longitude {0} is outside -180 to 180")]
    Longitude(f64),
    /// Not finite, or outside -90 to 90.
    #[error("latitude {0} is outside -90 to 90")]
    Latitude(f64),
}

impl Position {
    /// Snaps degrees to the grid of 1e-7 degree, halves away from zero.
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Position, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude(lat));
        }
        Ok(Position {
            lon_e7: (lon * UNITS_PER_DEGREE).round() as i32,
            lat_e7: (lat * UNITS_PER_DEGREE).round() as i32,
        })
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / UNITS_PER_DEGREE
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / UNITS_PER_DEGREE
    }
}
