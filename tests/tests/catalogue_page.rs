//! The console's page of the data catalogue, in a real Chromium.

use cordon_tests::browser::Browser;
use cordon_tests::server::Server;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the supervisor's pass phrase")];
const CARD: &str = "/ogc/collections/datasets/items/gates";

#[test]
fn the_catalogue_says_what_is_overdue_and_wanting_and_its_cards_are_kept_with_care() {
    let server = Server::start();
    server.add_user("eva", "supervisor", EVA[1].1);
    let api = server.api();
    let gate = |id: &str, lon: f64, properties: Value| json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [lon, 30.0]}, "properties": properties});
    let gates = [
        gate("south", 121.0, json!({"name": "南门"})),
        gate("north", 121.02, json!({"lanes": 2})),
        gate("east", 121.01, json!({"name": "东门"})),
    ];
    api.post("/ogc/collections/gates/items", &json!({"type": "FeatureCollection", "features": gates})).expect(201);
    let said = json!({"source": "Survey 2026", "owner": "Park office", "datum": "EPSG:4490", "as_of": "2026-01-31",
        "update_cycle_days": 30});
    api.put(CARD, &json!({"type": "Feature", "geometry": null, "properties": said})).expect(201);

    let out = std::env::var("CORDON_SCREENSHOT").unwrap_or_default();
    let variables = [EVA.as_slice(), &[("CORDON_SCREENSHOT", &out)]].concat();
    let found = Browser::start("catalogue.mjs", &server, &variables).found(|word| {
        assert_eq!(word, "against");
        api.json("PATCH", CARD, &json!({"properties": {"owner": "Their office"}})).expect(200);
    });
    let text = |name: &str| found[name].as_str().unwrap_or_else(|| panic!("no {name} in {found:#}"));
    let has = |name: &str, parts: &[&str]| {
        assert!(parts.iter().all(|part| text(name).contains(part)), "{name}: {found:#}");
    };
    has("gates", &["3", "Survey 2026", "Park office", "EPSG:4490", "overdue by", "no name 1"]);
    has("roads", &["not said", "holds nothing"]);
    assert_eq!(found["wanting"], json!(["catalogue-gates"]));
    assert_eq!(found["nameless"], json!(["north"]));
    assert!(text("place").starts_with("/map?at=121.01,30,"), "{found:#}");
    assert_eq!(found["badCycle"], true);
    has("theirs", &["Their office"]);
    assert_eq!(text("typed"), "Gate office", "what was typed is not lost");
    has("history", &["eva", "Their office", "Gate office"]);
    has("csv", &["Gates", "Their office", "no name 1"]);
    assert_eq!(found["complaints"], json!([]), "no error in the page");
    let kept = api.get(CARD).expect(200);
    let properties = &kept["properties"];
    assert_eq!((&properties["owner"], &properties["update_cycle_days"]), (&json!("Their office"), &json!(30)));
}
