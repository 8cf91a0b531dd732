//! What roads are called by those who keep them, and the class that each name means.
//!
//! The names are those of OpenStreetMap's `highway`, of the one-map, and of road layers as they are usual in China (JTG B01-2014:
//! expressway and grades I to IV; administrative: national, provincial, county, township, village). Which class of ours a Chinese
//! name means is our own choice, by the traffic that such a road carries.

use cordon_spatial::road::RoadClass;

/// Names, the class that they mean, and whether they mean a slip road of it.
pub const NAMES: &[(&str, RoadClass, bool)] = &[
    ("motorway", RoadClass::Motorway, false),
    ("trunk", RoadClass::Trunk, false),
    ("primary", RoadClass::Primary, false),
    ("secondary", RoadClass::Secondary, false),
    ("tertiary", RoadClass::Tertiary, false),
    ("unclassified", RoadClass::Unclassified, false),
    ("residential", RoadClass::Residential, false),
    ("living_street", RoadClass::LivingStreet, false),
    ("service", RoadClass::Service, false),
    ("track", RoadClass::Track, false),
    ("pedestrian", RoadClass::Pedestrian, false),
    ("cycleway", RoadClass::Cycleway, false),
    ("footway", RoadClass::Footway, false),
    ("path", RoadClass::Footway, false),
    ("steps", RoadClass::Steps, false),
    ("motorway_link", RoadClass::Motorway, true),
    ("trunk_link", RoadClass::Trunk, true),
    ("primary_link", RoadClass::Primary, true),
    ("secondary_link", RoadClass::Secondary, true),
    ("tertiary_link", RoadClass::Tertiary, true),
    ("expressway", RoadClass::Motorway, false),
    ("ramp", RoadClass::Motorway, true),
    ("national", RoadClass::Trunk, false),
    ("avenue", RoadClass::Primary, false),
    ("county", RoadClass::Secondary, false),
    ("rural", RoadClass::Tertiary, false),
    ("park_main", RoadClass::Tertiary, false),
    ("park_road", RoadClass::Unclassified, false),
    ("street", RoadClass::Residential, false),
    ("高速公路", RoadClass::Motorway, false),
    ("高速", RoadClass::Motorway, false),
    ("匝道", RoadClass::Motorway, true),
    ("快速路", RoadClass::Trunk, false),
    ("国道", RoadClass::Trunk, false),
    ("一级公路", RoadClass::Trunk, false),
    ("省道", RoadClass::Primary, false),
    ("主干路", RoadClass::Primary, false),
    ("主干道", RoadClass::Primary, false),
    ("二级公路", RoadClass::Primary, false),
    ("县道", RoadClass::Secondary, false),
    ("次干路", RoadClass::Secondary, false),
    ("次干道", RoadClass::Secondary, false),
    ("三级公路", RoadClass::Secondary, false),
    ("乡道", RoadClass::Tertiary, false),
    ("支路", RoadClass::Tertiary, false),
    ("四级公路", RoadClass::Tertiary, false),
    ("村道", RoadClass::Unclassified, false),
    ("园区道路", RoadClass::Unclassified, false),
    ("街道", RoadClass::Residential, false),
    ("小区道路", RoadClass::Residential, false),
    ("内部道路", RoadClass::Service, false),
    ("厂区道路", RoadClass::Service, false),
    ("人行道", RoadClass::Footway, false),
];

/// The class that a name means and whether it is a slip road; `None` of a name that nobody knows.
pub fn class_of(name: &str) -> Option<(RoadClass, bool)> {
    let name = name.trim();
    let known = |known: &&(&str, RoadClass, bool)| known.0.eq_ignore_ascii_case(name);
    NAMES.iter().find(known).map(|(_, class, is_link)| (*class, *is_link))
}
