//! The data model as somebody meets it who brings a park in: what may come in which order, what is refused, what stays whole.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::http::Api;
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

const PLANTS: &str = "/ogc/collections/plants/items";

fn plant(id: &str, parent: Option<&str>) -> Value {
    json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [121.0, 30.0]},
        "properties": {"name": id, "parent": parent}})
}

fn all(features: &[Value]) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}

fn undrawn(properties: Value) -> Value {
    json!({"type": "Feature", "geometry": null, "properties": properties})
}

fn count(api: &Api, collection: &str) -> u64 {
    api.get(&format!("/ogc/collections/{collection}")).expect(200)["itemCount"].as_u64().unwrap()
}

/// Imports a table and waits for its end.
fn import(api: &Api, collection: &str, table: &str) -> Value {
    let path = format!("/api/imports?collection={collection}&name=a.csv&srs=wgs84");
    let begun = api.send("POST", &path, &[("Content-Type", "text/csv")], table.as_bytes()).unwrap().expect(202);
    let path = format!("/api/imports/{}", begun["id"].as_str().unwrap());
    wait::until("the import is over", || Some(api.get(&path).expect(200)).filter(|told| told["state"] != "running"))
}

#[test]
fn what_belongs_together_comes_in_any_order() {
    let server = Server::start();
    let api = server.api();
    let upside_down = [plant("pump", Some("unit")), plant("unit", Some("works")), plant("works", None)];
    api.post(PLANTS, &all(&upside_down)).expect(201);
    assert_eq!(count(&api, "plants"), 3);
    let lost = [plant("a", None), plant("b", Some("nowhere"))];
    let refused = api.post(PLANTS, &all(&lost)).expect(422);
    assert_eq!(
        (&refused["code"], &refused["field"], &refused["value"]),
        (&json!("unknown_reference"), &json!("features[1].properties.parent"), &json!("nowhere")),
        "{refused}"
    );
    assert_eq!(count(&api, "plants"), 3, "all or nothing");

    let table = "id,name,lon,lat,plant,parent\nc,三,121,30,unit,b\nb,二,121,30,unit,a\nd,四,121,30,unit,z\na,一,121,30,works,\ne,五,121,30,nope,\n";
    let report = &import(&api, "equipment", table)["report"];
    assert_eq!((&report["imported"], &report["refused_count"]), (&json!(3), &json!(2)), "{report:#}");
    let refused: Vec<(&Value, &Value)> =
        report["refused"].as_array().unwrap().iter().map(|row| (&row["row"], &row["field"])).collect();
    assert_eq!(
        refused,
        [(&json!(3), &json!("properties.parent")), (&json!(5), &json!("properties.plant"))],
        "{report:#}"
    );
}

#[test]
fn nothing_becomes_part_of_itself_by_whatever_way() {
    let server = Server::start();
    let api = server.api();
    let circle = |code: &Value, field: &Value| {
        assert_eq!((code, field.as_str().unwrap().ends_with("properties.parent")), (&json!("circular"), true))
    };
    let ring = [plant("a", Some("c")), plant("b", Some("a")), plant("c", Some("b"))];
    let refused = api.post(PLANTS, &all(&ring)).expect(422);
    circle(&refused["code"], &refused["field"]);
    let chain = [plant("a", None), plant("b", Some("a")), plant("c", Some("b"))];
    api.post(PLANTS, &all(&chain)).expect(201);
    let refused = api.json("PATCH", &format!("{PLANTS}/a"), &json!({"properties": {"parent": "c"}})).expect(422);
    circle(&refused["code"], &refused["field"]);
    api.json("PATCH", &format!("{PLANTS}/c"), &json!({"properties": {"parent": "a"}})).expect(200);
    api.json("PATCH", &format!("{PLANTS}/a"), &json!({"properties": {"parent": "b"}})).expect(422);
    api.json("PATCH", &format!("{PLANTS}/b"), &json!({"properties": {"parent": "c"}})).expect(200);
    let table = "id,name,lon,lat,parent\nx,一,121,30,y\ny,二,121,30,x\n";
    let report = &import(&api, "plants", table)["report"];
    assert_eq!((&report["imported"], &report["refused_count"]), (&json!(0), &json!(2)), "{report:#}");
}

#[test]
fn what_is_named_may_be_deleted_and_is_told_as_wanting() {
    let server = Server::start();
    let api = server.api();
    api.post(PLANTS, &all(&[plant("works", None), plant("unit", Some("works"))])).expect(201);
    api.send("DELETE", &format!("{PLANTS}/works"), &[], &[]).unwrap().expect(204);
    let catalogue = api.get("/api/catalogue").expect(200);
    let items = catalogue["items"].as_array().unwrap();
    let plants = items.iter().find(|item| item["collection"] == "plants").unwrap();
    let dangling = json!({"check": "dangling_reference", "count": 1, "examples": ["unit"]});
    assert!(plants["quality"].as_array().unwrap().contains(&dangling), "{plants:#}");
    // Another edit of it is not held up by that, and naming nothing anew is.
    api.json("PATCH", &format!("{PLANTS}/unit"), &json!({"properties": {"name": "二号装置"}})).expect(200);
    api.json("PATCH", &format!("{PLANTS}/unit"), &json!({"properties": {"parent": "gone"}})).expect(422);
}

#[test]
fn codes_are_checked_and_a_driver_is_not_for_everybody() {
    let server = Server::start();
    let api = server.api();
    let put = |collection: &str, id: &str, properties: Value| {
        api.put(&format!("/ogc/collections/{collection}/items/{id}"), &undrawn(properties))
    };
    put("substances", "nh3", json!({"name": "液氨", "cas": "7664-41-7", "un": "1005"})).expect(201);
    assert_eq!(put("substances", "x", json!({"cas": "7664-41-8"})).expect(422)["field"], "properties.cas");
    assert_eq!(put("substances", "x", json!({"un": "UN1005"})).expect(422)["field"], "properties.un");
    let tanks = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.0, 30.0]},
        "properties": {"name": "罐区", "substances": [{"substance": "nh3", "quantity_t": 40, "un": "UN1005"}]}});
    let refused = api.put("/ogc/collections/hazard-sources/items/hs", &tanks).expect(422);
    assert_eq!(refused["field"], "properties.substances[0].un");
    let table = "id,name,cas,un\ncl2,液氯,7782-50-5,UN 1017\n";
    assert_eq!(import(&api, "substances", table)["report"]["imported"], 1, "a table may say UN before it");
    assert_eq!(api.get("/ogc/collections/substances/items/cl2").expect(200)["properties"]["un"], "1017");

    put(
        "drivers",
        "d1",
        json!({"name": "赵海平", "phone": "13900009001", "licence": "9900", "licence_to": "2031-04-30"}),
    )
    .expect(201);
    for (role, knows) in [("guard", false), ("monitor", true), ("commander", true)] {
        let of = Api::new(server.http, Some(server.add_token(role, role)));
        let seen = of.get("/ogc/collections/drivers/items/d1").expect(200)["properties"].clone();
        assert_eq!((seen["phone"].is_string(), seen["licence"].is_string()), (knows, knows), "{role}: {seen}");
        assert_eq!(seen["licence_to"], "2031-04-30", "{role}");
        // Nor can it be asked for.
        let asked = of.get("/ogc/collections/drivers/items?filter=phone%3D'13900009001'").expect(200);
        assert_eq!(asked["features"].as_array().unwrap().len(), usize::from(knows), "{role}");
    }
}
