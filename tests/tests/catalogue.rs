//! The data catalogue as a data steward meets it: what is said of each collection, what it holds, what is wanting in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::http::Api;
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

fn of(api: &Api, collection: &str) -> Value {
    let catalogue = api.get("/api/catalogue").expect(200);
    let items = catalogue["items"].as_array().unwrap();
    items.iter().find(|item| item["collection"] == collection).unwrap_or_else(|| panic!("{collection}")).clone()
}

fn gate(id: &str, lon: f64, properties: Value) -> Value {
    json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [lon, 30.0]}, "properties": properties})
}

fn dataset(properties: Value) -> Value {
    json!({"type": "Feature", "geometry": null, "properties": properties})
}

#[test]
fn a_collection_is_told_with_its_steward_its_figures_and_what_is_wanting() {
    let mut server = Server::start();
    let api = server.api();
    let empty = of(&api, "gates");
    assert_eq!((&empty["count"], &empty["quality"], &empty["overdue"]), (&json!(0), &json!([]), &json!(false)));
    assert_eq!((&empty["title"]["en"], &empty["geometry"]), (&json!("Gates"), &json!([])));
    assert!(empty.get("dataset").is_none() && empty.get("bbox").is_none() && empty.get("last_import").is_none());

    let gates = [
        gate("south", 121.0, json!({"name": "南门", "source": "图纸"})),
        gate("north", 121.5, json!({"source": "图纸"})),
        gate("old", 121.2, json!({"name": "旧门", "valid_to": "2020-01-01T00:00:00Z"})),
    ];
    api.post("/ogc/collections/gates/items", &json!({"type": "FeatureCollection", "features": gates})).expect(201);
    let told = of(&api, "gates");
    assert_eq!((&told["count"], &told["geometry"]), (&json!(3), &json!(["Point"])));
    assert_eq!((&told["bbox"], &told["changed_by"]), (&json!([121.0, 30.0, 121.5, 30.0]), &json!("tests")));
    let wanting = json!([
        {"check": "no_name", "count": 1, "examples": ["north"]},
        {"check": "no_source", "count": 1, "examples": ["old"]},
        {"check": "expired", "count": 1, "examples": ["old"]},
    ]);
    assert_eq!(told["quality"], wanting);

    let place = "/ogc/collections/datasets/items/gates";
    let said = json!({"source": "园区测绘 2026", "owner": "园区管委会", "datum": "EPSG:4490", "as_of": "2026-01-31", "update_cycle_days": 30});
    let put = api.json("PUT", place, &dataset(said));
    assert_eq!(put.status, 201, "{}", put.text());
    let told = of(&api, "gates");
    assert_eq!(
        told["dataset"],
        json!({"revision": 1, "source": "园区测绘 2026", "owner": "园区管委会", "datum": "EPSG:4490", "as_of": "2026-01-31",
            "update_cycle_days": 30})
    );
    assert_eq!(told["overdue"], true);
    assert!(!told["quality"].to_string().contains("no_source"), "the dataset says it for all: {told:#}");
    let patch = json!({"properties": {"as_of": "2199-01-01T00:00:00+08:00", "reviewed_by": "赵工"}});
    let patched = api
        .send(
            "PATCH",
            place,
            &[("If-Match", &put.etag), ("Content-Type", "application/json")],
            patch.to_string().as_bytes(),
        )
        .unwrap();
    assert_eq!(patched.status, 200, "{}", patched.text());
    let told = of(&api, "gates");
    assert_eq!(
        (&told["overdue"], &told["dataset"]["reviewed_by"], &told["dataset"]["revision"]),
        (&json!(false), &json!("赵工"), &json!(2))
    );

    let csv = "name,longitude,latitude\n东门,121.1,30.0\n坏门,,\n";
    let begun = api
        .send(
            "POST",
            "/api/imports?collection=gates&name=gates.csv&srs=wgs84",
            &[("Content-Type", "text/csv")],
            csv.as_bytes(),
        )
        .unwrap()
        .expect(202);
    let path = format!("/api/imports/{}", begun["id"].as_str().unwrap());
    wait::until("the import is over", || Some(api.get(&path).expect(200)).filter(|told| told["state"] != "running"));
    let last = of(&api, "gates")["last_import"].clone();
    let expected = json!({"at": last["at"], "by": "tests", "file": "gates.csv", "rows": 2, "refused": 1});
    assert_eq!(last, expected);

    server.stop();
    server.start_again();
    server.await_ready();
    let told = of(&server.api(), "gates");
    assert_eq!((&told["last_import"], &told["count"]), (&expected, &json!(4)), "a restart forgets nothing");
    assert_eq!((&told["dataset"]["revision"], &told["bbox"]), (&json!(2), &json!([121.0, 30.0, 121.5, 30.0])));
}

#[test]
fn everybody_reads_it_and_who_edits_features_edits_it() {
    let server = Server::start();
    let all = server.api().get("/api/catalogue").expect(200);
    let names: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|item| item["collection"].as_str().unwrap()).collect();
    let known: Vec<&str> = cordon_data::feature::Collection::ALL.iter().map(|collection| collection.name()).collect();
    assert_eq!(names, known);
    let place = "/ogc/collections/datasets/items/zones";
    for (role, status) in [("commander", 201), ("supervisor", 200), ("guard", 403), ("monitor", 403)] {
        let api = Api::new(server.http, Some(server.add_token(role, role)));
        api.get("/api/catalogue").expect(200);
        api.json("PUT", place, &dataset(json!({"owner": role}))).expect(status);
    }
    let api = server.api();
    let wrong = api.json("PUT", "/ogc/collections/datasets/items/zone", &dataset(json!({}))).expect(422);
    assert_eq!(wrong["field"], "id", "{wrong}");
    let drawn = gate("zones", 121.0, json!({}));
    assert_eq!(api.json("PUT", place, &drawn).expect(422)["field"], "geometry");
    assert_eq!(Api::new(server.http, None).get("/api/catalogue").status, 401);
}
