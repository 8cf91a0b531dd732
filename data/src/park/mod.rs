//! The demo park: a fictional chemical park on a bay that no map shows, with the district around it. Nothing in it is real.
//!
//! A pure function of nothing: the same features, roads and vehicles at every call and on every machine. It is written in
//! metres on a drawing board (`plane`), so that one can read where things are; every feature of it passes the same checks
//! as an edit. It must never know a clock or a server: what moves in it is driven elsewhere.
//!
//! A feature has its Chinese name in `name` and its English one in `name_en`.

mod plane;
pub mod roads;
mod plants;
mod works;
mod ground;
mod zones;
mod gates;
mod substances;
mod hazards;
mod enterprises;
mod people;
mod datasets;
mod surroundings;
pub mod fleet;
mod road_features;
pub mod osm;

pub use plane::Spot;

use crate::feature::Collection;
use plane::{feature, polygon, spot};
use roads::Roads;
use serde_json::{Value, json};

/// A collection and what the park holds of it.
pub type Seed = (Collection, Vec<Value>);

/// Everything that the park holds before its vehicles drive, in an order in which what refers to another comes after it;
/// with `vehicles` vehicles. Costs some tens of milliseconds.
pub fn seeds(vehicles: u32) -> Vec<Seed> {
    let roads = Roads::of_the_park();
    let mut ground = ground::features();
    ground.extend(works::features());
    vec![
        (Collection::Parks, vec![boundary()]),
        (Collection::Enterprises, enterprises::features()),
        (Collection::Plants, plants::features()),
        (Collection::Ground, ground),
        (Collection::Roads, road_features::features(&roads)),
        (Collection::ClosedAreas, gates::closed_areas()),
        (Collection::Gates, gates::features(&roads)),
        (Collection::Routes, gates::routes(&roads)),
        (Collection::Substances, substances::features()),
        (Collection::HazardSources, hazards::features()),
        (Collection::Equipment, enterprises::equipment()),
        (Collection::Points, enterprises::points()),
        (Collection::Population, people::population()),
        (Collection::ProtectionTargets, surroundings::protection_targets()),
        (Collection::Resources, surroundings::resources()),
        (Collection::Zones, zones::features(&roads)),
        (Collection::Closures, zones::closures()),
        (Collection::Vehicles, fleet::features(vehicles)),
        (Collection::Drivers, people::drivers()),
        (Collection::Exemptions, fleet::exemptions(vehicles)),
        (Collection::Datasets, datasets::features()),
    ]
}

/// The fence around the park; its north side is the quay of the bay.
fn boundary() -> Value {
    let shape = [
        spot(-1_600.0, -1_000.0),
        spot(1_600.0, -1_000.0),
        spot(1_600.0, 820.0),
        spot(1_500.0, 895.0),
        spot(-1_500.0, 895.0),
        spot(-1_600.0, 820.0),
    ];
    let properties = json!({"name": "东沙湾化工园区", "name_en": "Dongsha Bay Chemical Park", "kind": "park"});
    feature("dongsha", polygon(&shape), properties)
}

#[cfg(test)]
mod tests;
