//! Exemptions over HTTP: made, refused, changed, kept over a crash, deleted.

use cordon_tests::http::without_links;
use cordon_tests::server::Server;
use serde_json::{Value, json};

const ITEMS: &str = "/ogc/collections/exemptions/items";

fn pass(subject: &str) -> Value {
    json!({"type": "Feature", "geometry": null, "properties": {"kind": "pass", "subject": subject, "zone": "tanks",
        "from": "2026-11-23T08:00:00+08:00", "to": "2026-11-24T08:00:00+08:00", "number": "P-17"}})
}

#[test]
fn an_exemption_is_made_refused_changed_and_kept_over_a_crash() {
    let mut server = Server::start();
    let api = server.api();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "浙B12345", "class": "hazmat"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let ring = [[121.6, 30.0], [121.61, 30.0], [121.61, 30.01], [121.6, 30.01], [121.6, 30.0]];
    let tanks = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "closed", "rules": [{"when": "enter"}]}});
    api.put("/ogc/collections/zones/items/tanks", &tanks).expect(201);

    let made = api.put(&format!("{ITEMS}/p-1"), &pass("truck")).expect(201);
    let mut expected = pass("truck");
    expected["id"] = json!("p-1");
    assert_eq!(made, expected);

    let both = json!({"type": "FeatureCollection", "features": [pass("truck"), pass("lorry")]});
    let problem = api.post(ITEMS, &both).expect(422);
    assert_eq!(
        (&problem["code"], &problem["field"]),
        (&json!("unknown_vehicle"), &json!("features[1].properties.subject"))
    );
    assert_eq!(problem["value"], "lorry");
    assert_eq!(api.get(ITEMS).expect(200)["numberMatched"], 1, "all or none");

    let patch = json!({"properties": {"to": "2026-11-23T12:00:00+08:00"}}).to_string();
    let path = format!("{ITEMS}/p-1");
    let headers = [("Content-Type", "application/merge-patch+json"), ("If-Match", "\"1\"")];
    let changed = api.send("PATCH", &path, &headers, patch.as_bytes()).unwrap().expect(200);
    assert_eq!(changed["properties"]["to"], "2026-11-23T12:00:00+08:00");
    assert_eq!(api.send("PATCH", &path, &headers, patch.as_bytes()).unwrap().status, 412, "it was not seen as it is");

    // After a deletion nobody new is exempt by it; an exemption that named it before can still be shortened.
    assert_eq!(api.send("DELETE", "/ogc/collections/vehicles/items/truck", &[], b"").unwrap().status, 204);
    assert_eq!(api.post(ITEMS, &pass("truck")).expect(422)["code"], "unknown_vehicle");
    let shorter = json!({"properties": {"to": "2026-11-23T10:00:00+08:00"}}).to_string();
    let headers = [("Content-Type", "application/merge-patch+json")];
    let shortened = api.send("PATCH", &path, &headers, shorter.as_bytes()).unwrap().expect(200);

    server.kill();
    server.restart();
    let api = server.api();
    assert_eq!(without_links(api.get(&path).expect(200)), shortened);
    assert_eq!(api.send("DELETE", &path, &[], b"").unwrap().status, 204);
    assert_eq!(api.get(&path).status, 404);
    assert_eq!(api.put(&path, &pass("truck")).expect(409)["code"], "id_used");

    server.kill();
    server.restart();
    assert_eq!(server.api().get(ITEMS).expect(200)["numberMatched"], 0);
}
