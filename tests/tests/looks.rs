//! What the screens look like, beside pictures that a person has looked at and approved (`tests/browser/shots`).
//!
//! After a change that is meant to be seen: `CORDON_SHOTS=approve cargo test -p cordon-tests --test looks`, then look at
//! the pictures before committing them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_tests::browser::Browser;
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the commander's pass phrase")];

/// Share of pixels that may differ: another version of Chromium smooths edges otherwise. A panel that moved by a line of
/// text differs by several times as much.
const TOLERANCE: f64 = 0.01;

/// The mean of a polygon's corners, longitude and latitude: inside, for the nearly rectangular areas of the park.
fn middle(zone: &Value) -> (f64, f64) {
    let ring = zone["geometry"]["coordinates"][0].as_array().unwrap();
    let mean =
        |i: usize| ring[1..].iter().map(|corner| corner[i].as_f64().unwrap()).sum::<f64>() / (ring.len() - 1) as f64;
    (mean(0), mean(1))
}

#[test]
fn the_screens_look_as_they_were_approved() {
    let server = Server::start();
    server.add_user(EVA[0].1, "commander", EVA[1].1);
    let api = server.api();
    let seeds = cordon_data::park::seeds(24);
    for (collection, features) in &seeds {
        let features = json!({"type": "FeatureCollection", "features": features});
        api.post(&format!("/ogc/collections/{}/items", collection.name()), &features).expect(201);
    }
    let of = |wanted: Collection| &seeds.iter().find(|(collection, _)| *collection == wanted).unwrap().1;
    let zones = of(Collection::Zones);
    let farm = zones.iter().find(|zone| zone["id"] == "ammonia-tank-farm").expect("the park has an ammonia tank farm");
    let (farm_lon, farm_lat) = middle(farm);
    let (park_lon, park_lat) = middle(&of(Collection::Parks)[0]);
    let van =
        of(Collection::Vehicles).iter().find(|v| v["properties"]["class"] == "ordinary").expect("a van")["id"].clone();
    let fixed_at = jiff::Timestamp::now().to_string();
    let fix = |vehicle: &Value, lon: f64, lat: f64| json!({"vehicle": vehicle, "fixed_at": fixed_at, "lon": lon, "lat": lat, "speed_kph": 20, "heading_deg": 90, "accuracy_m": 2});
    let mut fixes = vec![fix(&van, farm_lon, farm_lat)];
    let others = of(Collection::Vehicles).iter().filter(|vehicle| vehicle["id"] != van);
    fixes.extend(others.take(8).enumerate().map(|(nth, vehicle)| {
        fix(&vehicle["id"], park_lon + 0.002 * nth as f64 - 0.008, park_lat - 0.0005 * nth as f64)
    }));
    api.post("/api/fixes", &json!(fixes)).expect(200);
    wait::until("the van's alarm", || (!api.items("/api/alarms").is_empty()).then_some(()));

    let out = format!("{}/looks", env!("CARGO_TARGET_TMPDIR"));
    let variables = [EVA[0], EVA[1], ("CORDON_SHOTS_OUT", out.as_str())];
    let found = Browser::start("shots.mjs", &server, &variables).found(|_| {});
    let found = found.as_object().unwrap();
    assert_eq!(found.len(), 5, "{found:?}");
    for (screen, differs) in found {
        let differs = differs.as_f64().unwrap();
        assert!(differs <= TOLERANCE, "{screen} differs by {:.1} %: compare {out}/{screen}.png", differs * 100.0);
    }
}
