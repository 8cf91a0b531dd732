//! The roads at the console in a real Chromium, on the demo park.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_data::park;
use cordon_spatial::position::Position;
use cordon_tests::browser::Browser;
use cordon_tests::roads::{build, ends, middle};
use cordon_tests::server::Server;
use serde_json::{Value, json};

const ADA: [(&str, &str); 2] = [("CORDON_NAME", "ada"), ("CORDON_PASSWORD", "the commander's pass phrase")];

fn text(at: Position) -> String {
    format!("{},{}", at.lon(), at.lat())
}

/// Minutes and seconds such as `4:05 min`.
fn seconds(near: &Value) -> u32 {
    let time = near["time"].as_str().unwrap().split(' ').next().unwrap().to_owned();
    time.split(':').fold(0, |all, part| all * 60 + part.parse::<u32>().unwrap())
}

/// The demo park with its roads, a commander, and where its school is.
fn with_roads() -> (Server, String) {
    let server = Server::start();
    server.add_user("ada", "commander", ADA[1].1);
    let mut school = None;
    for (collection, features) in park::seeds(0) {
        if features.is_empty() {
            continue;
        }
        school = school.or(features.iter().find(|feature| feature["id"] == "school-shapu-primary").cloned());
        if matches!(collection, Collection::Exemptions | Collection::Vehicles) {
            continue;
        }
        let all = json!({"type": "FeatureCollection", "features": features});
        server.api().post(&format!("/ogc/collections/{}/items", collection.name()), &all).expect(201);
    }
    build(&server);
    let at = &school.unwrap()["geometry"]["coordinates"];
    (server, format!("{},{}", at[0], at[1]))
}

#[test]
fn another_way_is_chosen_in_the_list_and_on_the_map() {
    let (server, school) = with_roads();
    let bridge = text(ends("沙浦江大桥").0);
    let stray = json!({"type": "Feature", "id": "stray", "geometry": {"type": "Point", "coordinates": [121.9, 30.9]},
        "properties": {"name": "废卡口", "name_en": "Stray Gate", "kind": "ordinary"}});
    server.api().post("/ogc/collections/gates/items", &stray).expect(201);
    let out = std::env::var("CORDON_SCREENSHOT").unwrap_or_default();
    let variables =
        [ADA[0], ADA[1], ("CORDON_SCHOOL", &school), ("CORDON_BRIDGE", &bridge), ("CORDON_SCREENSHOT", &out)];
    let found = Browser::start("ways.mjs", &server, &variables).found(|_| {});
    let ways = found["ways"].as_array().unwrap();
    assert!(ways.len() > 1 && ways[0].as_str().unwrap().contains("fastest"), "{found:#}");
    assert_eq!(found["figures"][0], found["figures"][2], "the first again: {found:#}");
    assert_ne!(found["figures"][0], found["figures"][1], "{found:#}");
    assert_ne!(found["steps"][0], found["steps"][1], "the other way has its own instructions: {found:#}");
    assert_eq!(found["cards"], 0, "the click chose the way and nothing below it");
    let arrives = found["arrives"].as_str().unwrap();
    assert!(arrives.starts_with("Arrives at: ") && arrives.contains("off upwind"), "{arrives}");
    assert!(found["network"].as_str().unwrap().contains("Stray Gate"), "{found:#}");
    assert_eq!(found["stray"], "Stray Gate", "the gate that does not join is shown");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn the_school_s_nearest_ambulances_turn_when_the_bridge_is_closed_and_a_tanker_is_told_why() {
    let (server, school) = with_roads();
    let (west, east) = ends("青龙山隧道");
    let (west, east, bridge) = (text(west), text(east), text(middle(ends("沙浦江大桥"))));
    let places =
        [("CORDON_SCHOOL", &school), ("CORDON_BRIDGE", &bridge), ("CORDON_WEST", &west), ("CORDON_EAST", &east)];
    let out = std::env::var("CORDON_SCREENSHOT").unwrap_or_default();
    let mut variables: Vec<(&str, &str)> = ADA.to_vec();
    variables.extend(places.iter().map(|(name, value)| (*name, value.as_str())));
    variables.push(("CORDON_SCREENSHOT", &out));
    let found = Browser::start("roads.mjs", &server, &variables).found(|_| {});

    let (before, after) = (found["before"].as_array().unwrap(), found["after"].as_array().unwrap());
    assert_eq!((before.len(), after.len()), (3, 3), "{found:#}");
    assert_eq!(before[0]["id"], "ambulance-shapu-1", "{found:#}");
    assert!(seconds(&before[0]) < seconds(&before[1]) && seconds(&before[1]) < seconds(&before[2]), "{found:#}");
    assert_ne!(before, after, "the bridge is closed");
    assert!(seconds(&after[2]) > seconds(&before[2]), "{found:#}");
    assert!(found["at"].as_str().unwrap().contains("Shapu Primary School"), "{found:#}");
    assert!(found["turned"].as_str().unwrap().contains("worked out anew"), "{found:#}");
    let closures = found["closures"].as_str().unwrap();
    assert!(closures.contains("Bridge closed") && closures.contains("Everybody"), "{closures}");
    assert_eq!(found["tabs"], json!(["Shape", "About", "Times"]), "a closure has no rules");

    let refused = found["refused"].as_str().unwrap();
    assert!(refused.contains("Qinglong Hill Tunnel: no dangerous goods"), "{refused}");
    let km = |name: &str| found[name].as_str().unwrap().split(' ').next().unwrap().parse::<f64>().unwrap();
    assert!(km("tanker") > 1.5 * km("car"), "{found:#}");
    assert!(found["directions"].as_u64().unwrap() > 2);
    assert_ne!(found["dragged"], found["car"]);
    let reach = found["reach"].as_str().unwrap();
    assert!(reach.contains("Within 5 minutes") && reach.contains("Within 15 minutes"), "{reach}");
    assert_eq!(found["open"], 3);
    assert!(found["problem"].as_str().unwrap().contains("no road for this vehicle within a kilometre"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
    // What was drawn is kept as any feature is.
    let kept = server.api().get("/ogc/collections/closures/items").expect(200);
    let reasons: Vec<&Value> =
        kept["features"].as_array().unwrap().iter().map(|feature| &feature["properties"]["reason"]).collect();
    assert_eq!(reasons, ["路面开挖", "Spill"]);
}
