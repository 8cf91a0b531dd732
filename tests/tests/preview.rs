//! Whom a drawn zone would concern now: who is in it, who should be, and whom an exemption leaves alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// A square of about ten kilometres.
fn zone(rules: Value) -> Value {
    let ring = [[121.0, 30.0], [121.1, 30.0], [121.1, 30.1], [121.0, 30.1], [121.0, 30.0]];
    json!({"type": "Feature", "id": "tanks", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "Tanks", "kind": "restricted", "valid_from": "2020-01-01T00:00:00Z", "rules": rules}})
}

fn put_vehicle(api: &Api, id: &str, class: &str, lon: Option<f64>) {
    let feature = json!({"type": "Feature", "geometry": null,
        "properties": {"plate": format!("P-{id}"), "class": class, "company": "Sinochem"}});
    api.put(&format!("/ogc/collections/vehicles/items/{id}"), &feature).expect(201);
    if let Some(lon) = lon {
        let fix = json!({"vehicle": id, "fixed_at": jiff::Timestamp::now().to_string(), "lon": lon, "lat": 30.05});
        api.post("/api/fixes", &json!([fix])).expect(200);
    }
}

fn seen(preview: &Value) -> Vec<(String, String)> {
    let items = preview["items"].as_array().unwrap().iter();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    items.map(|item| (text(item, "vehicle"), text(item, "place"))).collect()
}

fn expected(vehicles: &[(&str, &str)]) -> Vec<(String, String)> {
    vehicles.iter().map(|(vehicle, place)| ((*vehicle).to_owned(), (*place).to_owned())).collect()
}

#[test]
fn a_drawn_zone_tells_who_is_in_it_who_should_be_and_who_is_exempt() {
    let server = Server::start();
    let api = server.api();
    // The boundary is 1e-4 degrees, about 10 m, from the second one.
    for (id, class, lon) in
        [("far", "hazmat", Some(122.0)), ("edge", "goods", Some(121.1001)), ("in", "hazmat", Some(121.05))]
    {
        put_vehicle(&api, id, class, lon);
    }
    put_vehicle(&api, "guest", "hazmat", Some(121.06));
    put_vehicle(&api, "elsewhere", "goods", Some(122.0));
    put_vehicle(&api, "mute", "hazmat", None);
    let now = jiff::Timestamp::now().as_second();
    let time = |s: i64| jiff::Timestamp::from_second(now + s).unwrap().to_string();
    let pass = json!({"type": "Feature", "geometry": null, "properties":
        {"kind": "pass", "subject": {"kind": "vehicle", "id": "guest"}, "from": time(-60), "to": time(3_600)}});
    api.put("/ogc/collections/exemptions/items/p1", &pass).expect(201);

    let rules = json!([
        {"id": "no-hazmat", "when": "enter", "priority": 1, "subjects": {"classes": ["hazmat"]}, "exempt": ["pass"]},
        {"id": "at-home", "when": "must_be_inside", "priority": 2, "subjects": {"classes": ["hazmat"]}},
    ]);
    let preview = api.post("/api/rules/preview", &json!({"zone": zone(rules)})).expect(200);
    let places = [("in", "inside"), ("guest", "inside"), ("edge", "uncertain"), ("far", "outside")];
    assert_eq!(seen(&preview), expected(&places));
    assert_eq!(preview["counts"], json!({"vehicles": 4, "inside": 2, "concerned": 3}));
    assert_eq!((&preview["cut"], &preview["in_force"]), (&json!(false), &json!(true)));
    let rules = |index: usize| preview["items"][index]["rules"].clone();
    let on = |rule: &str, concerned: bool| json!({"rule": rule, "concerned": concerned});
    assert_eq!(rules(0), json!([on("no-hazmat", true), on("at-home", true)]));
    let exempt = json!({"rule": "no-hazmat", "concerned": true, "exempt": "pass"});
    assert_eq!(rules(1), json!([exempt, on("at-home", true)]));
    assert_eq!(rules(2), json!([on("no-hazmat", false), on("at-home", false)]));
    assert_eq!(rules(3), json!([on("no-hazmat", false), on("at-home", true)]));
    let first = &preview["items"][0];
    assert_eq!([&first["plate"], &first["class"], &first["company"]], ["P-in", "hazmat", "Sinochem"]);
    assert_eq!((&first["lon"], &first["lat"]), (&json!(121.05), &json!(30.05)));
    assert_eq!(api.get("/ogc/collections/zones/items/tanks").status, 404, "nothing is kept");
    assert!(api.items("/api/events").is_empty(), "nobody is told");
}

#[test]
fn a_zone_that_could_not_be_kept_cannot_be_looked_at_either() {
    let server = Server::start();
    let api = server.api();
    let mut bad = zone(json!([{"id": "r", "when": "enter", "priority": 9}]));
    let asked = |zone: &Value| json!({"zone": zone});
    let kept = api.put("/ogc/collections/zones/items/tanks", &bad).expect(422);
    let looked_at = api.post("/api/rules/preview", &asked(&bad)).expect(422);
    let said = |problem: &Value| ["code", "field", "value", "limit"].map(|name| problem[name].clone());
    assert_eq!(said(&looked_at), said(&kept), "it is checked by the same code");
    bad["geometry"] = json!(null);
    assert_eq!(api.post("/api/rules/preview", &asked(&bad)).status, 422);
    assert_eq!(api.post("/api/rules/preview", &json!({"zone": "tanks"})).expect(400)["field"], "zone");
    let guard = Api::new(server.http, Some(server.add_token("guard-1", "guard")));
    assert_eq!(guard.post("/api/rules/preview", &asked(&zone(json!([])))).expect(403)["code"], "forbidden");
}

#[test]
fn at_most_a_thousand_are_listed_and_all_are_counted() {
    let server = Server::start();
    let api = server.api();
    let feature = |n: u32| json!({"type": "Feature", "id": format!("v{n}"), "geometry": null, "properties": {"plate": format!("{n}"), "class": "goods"}});
    let features: Vec<Value> = (0..1_100).map(feature).collect();
    api.post("/ogc/collections/vehicles/items", &json!({"type": "FeatureCollection", "features": features}))
        .expect(201);
    let at = jiff::Timestamp::now().to_string();
    let lon = |n: u32| if n < 50 { 122.0 } else { 121.01 + f64::from(n) / 1e5 };
    let fix = |n: u32| json!({"vehicle": format!("v{n}"), "fixed_at": at, "lon": lon(n), "lat": 30.05});
    api.post("/api/fixes", &json!((0..1_100).map(fix).collect::<Vec<_>>())).expect(200);
    let rules = json!([{"id": "home", "when": "must_be_inside", "priority": 2}]);
    let preview = api.post("/api/rules/preview", &json!({"zone": zone(rules)})).expect(200);
    assert_eq!(preview["counts"], json!({"vehicles": 1_100, "inside": 1_050, "concerned": 1_100}));
    assert_eq!((preview["items"].as_array().unwrap().len(), &preview["cut"]), (1_000, &json!(true)));
    assert!(seen(&preview).iter().all(|(_, place)| place == "inside"), "those inside come first");
}
