//! What the park promises: it is accepted whole, its ids and plates are unique, every road can be reached.

use super::fleet::{Part, StoryPart};
use super::*;
use crate::feature::{Draft, no_wholes, prepare};
use cordon_spatial::ids::{FeatureId, FeatureKey};
use std::collections::BTreeSet;

/// The default of `cordon demo`.
const VEHICLES: u32 = 240;

fn of(collection: Collection) -> Vec<Value> {
    let found = seeds(VEHICLES).into_iter().find(|(held, _)| *held == collection);
    found.unwrap_or_else(|| panic!("the park holds no {collection}")).1
}

#[test]
fn every_feature_of_the_park_is_accepted_as_an_edit_is() {
    for (collection, features) in seeds(VEHICLES) {
        assert!(!features.is_empty(), "{collection}");
        for feature in &features {
            let id = FeatureId::new(feature["id"].as_str().unwrap_or_default()).expect("a good id");
            let find = |of: Collection, id: &FeatureId| {
                let known = seeds(VEHICLES).into_iter().filter(|(held, _)| *held == of).flat_map(|(_, all)| all);
                known.into_iter().any(|feature| feature["id"] == id.as_str()).then_some(FeatureKey(1))
            };
            let draft = Draft { collection, id: &id, feature, previous: None, find: &find, wholes: &no_wholes };
            let prepared = prepare(&draft);
            assert!(prepared.is_ok(), "{collection} {id}: {prepared:?}");
        }
    }
}

#[test]
fn every_collection_is_there_and_ids_are_unique_in_it() {
    let seeds = seeds(VEHICLES);
    for collection in Collection::ALL {
        let features = &seeds.iter().find(|(held, _)| held == collection).unwrap_or_else(|| panic!("{collection}")).1;
        let ids: BTreeSet<&str> = features.iter().filter_map(|feature| feature["id"].as_str()).collect();
        assert_eq!(ids.len(), features.len(), "{collection}");
    }
}

#[test]
fn what_has_a_name_has_it_in_both_languages() {
    for (collection, features) in seeds(VEHICLES) {
        for feature in features {
            let properties = &feature["properties"];
            let is_tank = collection == Collection::Ground && properties["kind"] == "tank";
            assert_eq!(
                properties["name"].is_string() && !is_tank,
                properties["name_en"].is_string(),
                "{collection} {feature}"
            );
            let chinese = properties["name"].as_str().is_none_or(|name| !name.is_ascii() || is_tank);
            assert!(chinese, "{feature}");
        }
    }
}

#[test]
fn zones_have_all_kinds_and_levels_and_every_kind_of_rule() {
    let zones = of(Collection::Zones);
    let said = |name: &str| -> BTreeSet<String> {
        zones.iter().filter_map(|zone| zone["properties"][name].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(said("level"), ["blue", "orange", "red", "yellow"].map(str::to_owned).into());
    let kinds = ["closed", "evacuation", "hazard", "no_stop", "parking", "restricted", "speed", "staging"];
    assert_eq!(said("kind"), kinds.map(str::to_owned).into());
    let rules: Vec<&Value> = zones.iter().filter_map(|zone| zone["properties"]["rules"].as_array()).flatten().collect();
    let watched: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["when"].as_str()).collect();
    assert_eq!(watched, ["count", "cross", "dwell", "enter", "exit", "must_be_inside", "speed"].into());
    for member in ["window", "exempt", "subjects", "except", "on_delay_s", "off_delay_s"] {
        assert!(rules.iter().any(|rule| !rule[member].is_null()), "no rule has {member}");
    }
    assert!(zones.iter().any(|zone| !zone["properties"]["schedule"].is_null()));
}

#[test]
fn two_hundred_vehicles_carry_dangerous_goods_and_every_part_is_cast() {
    let vehicles = of(Collection::Vehicles);
    let hazmat = vehicles.iter().filter(|vehicle| vehicle["properties"]["class"] == "hazmat").count();
    assert_eq!(hazmat, 200);
    let parts: Vec<Part> = (0..VEHICLES).map(fleet::part).collect();
    for part in [Part::Story(StoryPart::Crowd(3)), Part::OnDuty, Part::Patrol, Part::Impounded, Part::Goods, Part::Car]
    {
        assert!(parts.contains(&part), "nobody is {part:?}");
    }
    for name in ["plate", "terminal_phone"] {
        let names: BTreeSet<&str> =
            vehicles.iter().filter_map(|vehicle| vehicle["properties"][name].as_str()).collect();
        assert_eq!(names.len(), VEHICLES as usize, "{name}");
    }
}

/// From every node to every other, by ways in their direction.
#[test]
fn every_road_can_be_reached_and_left() {
    let roads = Roads::of_the_park();
    let mut forth = vec![Vec::new(); roads.nodes.len()];
    let mut back = forth.clone();
    for way in &roads.ways {
        assert!(way.nodes.len() >= 2, "{}", way.id);
        for ends in way.nodes.windows(2) {
            let both = if way.oneway { &[(0, 1)][..] } else { &[(0, 1), (1, 0)][..] };
            for &(from, to) in both {
                forth[ends[from]].push(ends[to]);
                back[ends[to]].push(ends[from]);
            }
        }
    }
    for graph in [forth, back] {
        let (mut seen, mut open) = (vec![false; graph.len()], vec![0]);
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(&graph[node]);
            }
        }
        let lost: Vec<_> = seen.iter().zip(&roads.nodes).filter(|(seen, _)| !**seen).map(|(_, at)| at).collect();
        assert!(lost.is_empty(), "{} of {}: {:?}", lost.len(), graph.len(), &lost[..lost.len().min(5)]);
    }
}

#[test]
fn bridges_and_the_tunnel_meet_other_roads_at_their_ends_alone() {
    let roads = Roads::of_the_park();
    for bridge in roads.ways.iter().filter(|way| way.structure != roads::Structure::Ground) {
        for inner in &bridge.nodes[1..bridge.nodes.len() - 1] {
            let others = roads.ways.iter().filter(|way| way.id != bridge.id && way.nodes.contains(inner));
            assert_eq!(others.count(), 0, "{}", bridge.id);
        }
    }
}

#[test]
fn the_park_is_the_same_every_time() {
    assert_eq!(seeds(30), seeds(30));
    let roads = Roads::of_the_park();
    assert_eq!(osm::road_net(&roads), osm::road_net(&Roads::of_the_park()));
}
