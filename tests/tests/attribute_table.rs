//! The table of a collection's attributes, in a real Chromium: what a person finds, changes and takes along there, and what is
//! kept of it when somebody else writes at the same time.

use cordon_tests::browser::Browser;
use cordon_tests::server::Server;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the commander's pass phrase")];

fn resource(id: &str, nth: usize, properties: &Value) -> Value {
    let place = [121.0 + 0.0001 * nth as f64, 30.6];
    json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": place}, "properties": properties})
}

#[track_caller]
fn text<'a>(found: &'a Value, name: &str) -> &'a str {
    found[name].as_str().unwrap_or_else(|| panic!("no {name} in {found:#}"))
}

#[test]
fn a_collection_is_a_table_that_is_sifted_changed_and_taken_along() {
    let server = Server::start();
    server.add_user(EVA[0].1, "commander", EVA[1].1);
    let api = server.api();
    let hospitals = (1..=3).map(|nth| {
        let properties =
            json!({"name": format!("Hospital {nth}"), "kind": "hospital", "beds": 10 * nth, "phone": "0573-1"});
        resource(&format!("hospital-{nth}"), nth, &properties)
    });
    let water = (0..3_000).map(|nth| {
        resource(&format!("water-{nth:04}"), 10 + nth, &json!({"name": format!("Hydrant {nth}"), "kind": "hydrant"}))
    });
    let features: Vec<Value> = hospitals.chain(water).collect();
    let all = json!({"type": "FeatureCollection", "features": features});
    api.post("/ogc/collections/resources/items", &all).expect(201);

    let second = "/ogc/collections/resources/items/hospital-2";
    let found = Browser::start("table.mjs", &server, &EVA).found(|word| {
        let write = |properties: Value| {
            api.json("PATCH", second, &json!({"properties": properties})).expect(200);
        };
        match word {
            "changed" => {
                let first = api.get("/ogc/collections/resources/items/hospital-3").expect(200);
                assert_eq!(first["properties"]["beds"], 77, "a figure is kept as one");
            }
            "beside" => write(json!({"phone": "0573-2"})),
            "against" => write(json!({"beds": 40})),
            "deleted" => {
                let gone = api.send("DELETE", "/ogc/collections/resources/items/hospital-3", &[], &[]).unwrap();
                assert_eq!(gone.status, 204);
            }
            other => panic!("an unknown word of the scene: {other}"),
        }
    });
    let text = |name: &str| text(&found, name);
    let few = |name: &str| found[name].as_u64().unwrap() < 80;
    assert!(few("drawn") && few("drawnAtEnd"), "only rows in sight are drawn: {found:#}");
    assert!(text("collections").contains("3003"), "{found:#}");
    assert_eq!(found["sorted"], json!(["hospital-3", "hospital-2"]));
    assert_eq!(text("bad"), "true", "what is not understood is marked, and leaves nothing out");
    assert!(text("noNumber").contains("a lot"), "{found:#}");
    assert_eq!((&found["changed"], text("undone")), (&json!(["hospital-3", "77"]), "30"));
    assert_eq!(text("focusBack"), "beds", "the keys go on from the cell");
    assert!(text("beside").contains("Both changes stand"), "{found:#}");
    let conflict = text("conflict");
    assert!(["Hospital 2", "40", "32"].iter().all(|part| conflict.contains(part)), "{conflict}");
    assert_eq!(text("theirs"), "40", "theirs stands until a person decides");
    assert!(
        text("refused").contains("Not saved. Name is too long; at most 200 characters") && found["typedKept"] == 5_000,
        "what was typed is not lost: {found:#}"
    );
    let history = text("history");
    assert!(["eva", "32", "40", "0573-2"].iter().all(|part| history.contains(part)), "{history}");
    assert_eq!(found["csv"]["name"], "cordon-resources-TIME.csv");
    assert_eq!(found["csv"]["lines"], 2, "{found:#}");
    assert_eq!(found["geojson"]["ids"], json!(["hospital-1", "hospital-2"]));
    assert_eq!(found["geojson"]["geometry"], json!({"type": "Point", "coordinates": [121.0001, 30.6]}));
    assert_eq!(found["which"], true);
    assert_eq!(found["made"], json!({"name": "cordon-resources-TIME.csv", "ids": ["hospital-1", "hospital-2"]}));
    assert!(text("said").contains("Exported: 2"), "{found:#}");
    assert!(text("address").contains("on=resources/hospital-2"), "{found:#}");
    assert!(text("none").contains("No row"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
    let kept = api.get(second).expect(200);
    assert_eq!((&kept["properties"]["beds"], &kept["properties"]["phone"]), (&json!(32), &json!("0573-2")));
}

#[test]
fn every_collection_has_its_name_in_both_languages() {
    let words = include_str!("../../web/src/i18n/words/data.ts");
    for collection in cordon_data::feature::Collection::ALL {
        let named = words.matches(&format!("'data.of.{collection}': '")).count();
        assert_eq!(named, 2, "{collection} in web/src/i18n/words/data.ts");
    }
}
