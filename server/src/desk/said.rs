//! What a body says of its feature, read once for all that keep figures and texts of it in memory.

use cordon_data::feature::{Derived, Extent, StoredFeature, bbox_of_ground};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Its properties and how far it reaches.
#[derive(Debug, Default)]
pub struct Said {
    /// Its properties.
    pub properties: Map<String, Value>,
    /// Type and box of its geometry; of a zone, those of the ground that is judged.
    pub extent: Extent,
}

/// Of a body whose outline is read as well.
#[derive(Deserialize)]
struct Drawn {
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    geometry: Extent,
}

/// Of a body whose outline is kept beside it, which is skipped there.
#[derive(Deserialize)]
struct Undrawn {
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

impl Said {
    /// Reads a revision; `None` of one that deletes. What cannot be read says nothing.
    pub fn of(feature: &StoredFeature) -> Option<Said> {
        let body = feature.body.as_deref()?;
        let (properties, extent) = match &feature.derived {
            Some(Derived::Zone(zone)) => {
                let kind = if zone.ground.parts.len() == 1 { "Polygon" } else { "MultiPolygon" };
                let properties = serde_json::from_str(body).map_or(None, |read: Undrawn| read.properties);
                (properties, Extent { kind: Some(kind), bbox: bbox_of_ground(&zone.ground) })
            }
            _ => {
                let read =
                    serde_json::from_str(body).unwrap_or(Drawn { properties: None, geometry: Extent::default() });
                (read.properties, read.geometry)
            }
        };
        Some(Said { properties: properties.unwrap_or_default(), extent })
    }
}
