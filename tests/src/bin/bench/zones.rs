//! Zones of a bench: put over the box of the fleet by the API, as a person's import would.

use crate::fleet::{SOUTH, WEST};
use cordon_tests::random::Random;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// Puts zones of 12 corners with an enter and an exit rule over the box; their radii are 100 to 1,500 m times `size`.
pub fn put(server: &Server, count: u32, size: f64) {
    let mut random = Random::seeded("bench zones");
    let mut features: Vec<Value> = Vec::new();
    for number in 0..count {
        let mut part = || random.below(1_000_000) as f64 / 1e6;
        let (lon, lat, radius) = (WEST + part(), SOUTH + part(), size * (0.001 + 0.014 * part()));
        let mut ring: Vec<[f64; 2]> = (0..12)
            .map(|corner| {
                let angle = std::f64::consts::TAU * f64::from(corner) / 12.0;
                let reach = radius * (0.7 + 0.3 * part());
                [lon + reach * angle.cos(), lat + reach * angle.sin()]
            })
            .collect();
        ring.push(ring[0]);
        features.push(json!({
            "type": "Feature",
            "id": format!("bench-{number}"),
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {
                "name": format!("zone {number}"),
                "kind": "restricted",
                "level": "yellow",
                "rules": [{"id": "in", "when": "enter", "priority": 3}, {"id": "out", "when": "exit", "priority": 4}],
            },
        }));
    }
    for part in features.chunks(250) {
        let collection = json!({"type": "FeatureCollection", "features": part});
        let reply = server.api().post("/ogc/collections/zones/items", &collection);
        assert!(reply.status < 300, "the zones were not taken: {}", reply.text());
    }
}
