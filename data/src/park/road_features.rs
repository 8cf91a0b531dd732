//! The roads as map features: one for each way, with what the screen shows of it.

use super::plane::{feature, line};
use super::roads::{Admits, Roads, Structure, Way};
use serde_json::{Value, json};

/// The roads of the network.
pub(super) fn features(roads: &Roads) -> Vec<Value> {
    roads.ways.iter().map(|way| feature(&way.id, line(&roads.spots(way)), properties(way))).collect()
}

fn properties(way: &Way) -> Value {
    let mut properties = json!({"kind": "road", "class": way.class.word(), "limit_kph": way.max_kph});
    if !way.name.is_empty() {
        properties["name"] = way.name.into();
        properties["name_en"] = way.name_en.into();
    }
    if way.oneway {
        properties["oneway"] = true.into();
    }
    match way.structure {
        Structure::Ground => {}
        Structure::Bridge { max_weight_t } => {
            properties["structure"] = "bridge".into();
            properties["max_weight_t"] = json!(max_weight_t);
        }
        Structure::Tunnel { category, max_height_m } => {
            properties["structure"] = "tunnel".into();
            properties["tunnel_category"] = category.to_string().into();
            properties["max_height_m"] = max_height_m.into();
        }
    }
    let admits = match way.admits {
        Admits::All => return properties,
        Admits::NoHazmat => "no_hazmat",
        Admits::HazmatOnly => "hazmat_only",
        Admits::EmergencyOnly => "emergency_only",
        Admits::Works => "works",
    };
    properties["admits"] = admits.into();
    properties
}
