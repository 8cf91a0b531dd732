//! Features of a view of the map: found by where they are, counted, and listed page by page.

use cordon_tests::server::Server;
use serde_json::{Value, json};

fn zone(n: u32) -> Value {
    let (west, south) = (121.0 + f64::from(n % 100) / 100.0, 30.0 + f64::from(n / 100) / 100.0);
    let (east, north) = (west + 0.004, south + 0.004);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    json!({"type": "Feature", "id": format!("z{n}"), "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": format!("Z{n}"), "kind": "restricted"}})
}

#[test]
fn a_view_gets_what_touches_it_and_how_many_that_are() {
    let server = Server::start();
    let api = server.api();
    let count = || api.get("/ogc/collections/zones").expect(200)["itemCount"].clone();
    assert_eq!(count(), 0);
    let features: Vec<Value> = (0..500).map(zone).collect();
    api.post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": features})).expect(201);
    assert_eq!(count(), 500);
    let collections = api.get("/ogc/collections").expect(200)["collections"].clone();
    let gates = collections.as_array().unwrap().iter().find(|collection| collection["id"] == "gates").unwrap().clone();
    assert_eq!(gates["itemCount"], 0);

    let view = |query: &str| api.get(&format!("/ogc/collections/zones/items?{query}")).expect(200);
    let ids = |page: &Value| -> Vec<String> {
        page["features"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect()
    };
    let corner = view("bbox=120.9,29.9,121.0101,30.0101");
    assert_eq!(
        (ids(&corner), &corner["numberMatched"]),
        (vec!["z0".into(), "z1".into(), "z100".into(), "z101".into()], &json!(4))
    );
    let sea = view("bbox=100,10,101,11");
    assert_eq!((ids(&sea).len(), &sea["numberMatched"]), (0, &json!(0)));
    let page = view("bbox=121,30,122,31&limit=200");
    assert_eq!((ids(&page).len(), &page["numberMatched"], &page["numberReturned"]), (200, &json!(500), &json!(200)));
    let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").unwrap()["href"].clone();
    let second = api.get(next.as_str().unwrap()).expect(200);
    assert_eq!((ids(&second).len(), &second["numberMatched"]), (200, &json!(500)));

    api.send("DELETE", "/ogc/collections/zones/items/z0", &[], &[]).unwrap().expect(204);
    api.json("PATCH", "/ogc/collections/zones/items/z1", &json!({"geometry": zone(450)["geometry"]})).expect(200);
    let corner = view("bbox=120.9,29.9,121.0101,30.0101");
    assert_eq!((ids(&corner), &corner["numberMatched"]), (vec!["z100".into(), "z101".into()], &json!(2)));
    assert_eq!(count(), 499);
}

#[test]
fn vehicles_of_a_view_are_counted_by_where_they_are_now() {
    let server = Server::start();
    let api = server.api();
    for (id, lon) in [("a", 121.0), ("b", 121.1), ("c", 125.0)] {
        let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": "goods"}});
        api.put(&format!("/ogc/collections/vehicles/items/{id}"), &vehicle).expect(201);
        let at = jiff::Timestamp::now().to_string();
        api.post("/api/fixes", &json!([{"vehicle": id, "fixed_at": at, "lon": lon, "lat": 30.0}])).expect(200);
    }
    let page = api.get("/ogc/collections/vehicles/items?bbox=120,29,122,31&limit=1").expect(200);
    assert_eq!((&page["numberMatched"], &page["numberReturned"]), (&json!(2), &json!(1)));
    assert_eq!(page["features"][0]["id"], "a");
}
