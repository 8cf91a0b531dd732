//! Roads over HTTP on the demo park's own net: a closure holds in every answer from the moment its editor is answered.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_spatial::position::Position;
use cordon_tests::live::Live;
use cordon_tests::roads::{at, await_ready, build, ends, middle, square};
use cordon_tests::server::{Options, Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};

const TUNNEL: &str = "青龙山隧道";
const BRIDGE: &str = "沙浦江大桥";

fn with_roads() -> Server {
    let server = Server::start();
    build(&server);
    server
}

fn route(server: &Server, (from, to): (Position, Position), profile: &str) -> Value {
    let asked = json!({"from": at(from), "to": at(to), "profile": profile});
    let reply = server.api().post("/api/roads/route", &asked);
    let worked_ms = reply.header("server-timing").first().and_then(|timing| timing.strip_prefix("roads;dur="));
    let worked_ms: f64 = worked_ms.and_then(|ms| ms.parse().ok()).expect("an answer says how long it was worked on");
    assert!(worked_ms > 0.0);
    reply.expect(200)
}

/// Draws a closure over the middle of a road.
fn close(server: &Server, id: &str, road: &str, properties: Value) -> Value {
    let feature = json!({"type": "Feature", "geometry": square(middle(ends(road)), 0.0005), "properties": properties});
    server.api().put(&format!("/ogc/collections/closures/items/{id}"), &feature).expect(201)
}

/// The next text frame of a type.
fn told(live: &mut Live, kind: &str) -> Value {
    live.until(kind, |frame| frame["type"] == kind)
}

fn metres(route: &Value) -> f64 {
    route["length_m"].as_f64().unwrap()
}

fn later(seconds: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)).to_string()
}

#[test]
fn the_command_line_says_that_it_knows_nothing_of_what_the_one_map_closes() {
    let server = with_roads();
    close(&server, "tunnel", TUNNEL, json!({}));
    let (from, to) = ends(TUNNEL);
    let text = |place: Position| format!("{},{}", place.lon(), place.lat());
    let folder = server.folder().to_str().unwrap();
    let asked = ["roads", "route", "--from", &text(from), "--to", &text(to), "--data", folder];
    let output = cordon(&asked, "");
    let (answer, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(metres(&answer) < metres(&route(&server, ends(TUNNEL), "car")), "through what is closed: {answer}");
    assert!(said.contains("What the one-map closes") && said.contains("running server"), "{said}");
}

#[test]
fn without_a_network_it_is_said_what_to_do_and_a_new_one_is_taken_without_a_restart() {
    let server = Server::start();
    let api = server.api();
    let state = || api.get("/api/health").expect(200)["roads"].clone();
    wait::until("it is known that there is none", || (state()["state"] == "none").then_some(()));
    let asked = json!({"from": at(ends(TUNNEL).0), "to": at(ends(TUNNEL).1), "profile": "car"});
    let refused = api.post("/api/roads/route", &asked).expect(503);
    assert_eq!(refused["code"], "no_road_network");
    assert!(refused["detail"].as_str().unwrap().contains("cordon roads build FILE.osm.pbf"), "{refused}");
    assert_eq!(api.get("/api/roads/closures").expect(503)["code"], "no_road_network");
    // What was drawn before there was a network holds on it.
    close(&server, "tunnel", TUNNEL, json!({}));
    build(&server);
    assert_eq!(state()["source"], "park.osm.pbf");
    let first = route(&server, ends(TUNNEL), "car");
    assert_eq!(first["refused"][0]["closures"][0]["id"], "tunnel", "{first}");
    // One that is no good leaves the one before.
    let file = server.folder().join("roads.cordon");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let error = wait::until("the damage is seen", || state()["error"].as_str().map(str::to_owned));
    assert!(error.contains("cut short"), "{error}");
    assert_eq!(metres(&route(&server, ends(TUNNEL), "car")), metres(&first));
}

#[test]
fn a_tanker_goes_round_the_tunnel_and_is_told_why_in_both_languages() {
    let server = with_roads();
    let (car, tanker) = (route(&server, ends(TUNNEL), "car"), route(&server, ends(TUNNEL), "hazmat_truck"));
    assert_eq!(car["refused"], json!([]));
    assert!(metres(&tanker) > 1.5 * metres(&car), "{tanker}");
    let refused = &tanker["refused"][0];
    assert_eq!((&refused["road"], &refused["reason"]), (&json!(TUNNEL), &json!("hazmat")), "{tanker}");
    assert_eq!(refused["text"]["zh"], "青龙山隧道：禁止危险货物运输车辆通行");
    assert_eq!(refused["text"]["en"], "Qinglong Hill Tunnel: no dangerous goods");
    assert_eq!(refused["geometry"]["type"], "MultiLineString");
    let instructions = tanker["instructions"].as_array().unwrap();
    assert!(instructions.len() > 2, "{instructions:?}");
    assert_eq!(instructions.last().unwrap()["text"], json!({"zh": "到达终点", "en": "Arrive"}));
    // Over a place on the way: two legs that add up, and no end in between but the place.
    let ((from, to), via) = (ends(TUNNEL), ends(BRIDGE).0);
    let asked = json!({"from": at(from), "via": [at(via)], "to": at(to), "profile": "car", "metric": "shortest"});
    let two = server.api().post("/api/roads/route", &asked).expect(200);
    let legs: f64 = two["legs"].as_array().unwrap().iter().map(|leg| leg["length_m"].as_f64().unwrap()).sum();
    assert_eq!(two["legs"].as_array().unwrap().len(), 2);
    assert!((legs - metres(&two)).abs() < 0.01, "{legs} {two}");
    let arrivals = two["instructions"].as_array().unwrap().iter().filter(|i| i["manoeuvre"] == "arrive").count();
    assert_eq!(arrivals, 2);
    // Other ways are given where they are asked for: past the tunnel a car has none, to the school there are two streets.
    let asked = json!({"from": at(from), "to": at(to), "profile": "car", "alternatives": 2});
    assert_eq!(server.api().post("/api/roads/route", &asked).expect(200)["alternatives"], json!([]));
    let school = json!({"lon": 121.0985535, "lat": 30.5663826});
    let across = json!({"from": at(ends(BRIDGE).0), "to": school, "profile": "car", "alternatives": 2});
    let town = server.api().post("/api/roads/route", &across).expect(200);
    let other = &town["alternatives"][0];
    assert!(other["duration_s"].as_f64() >= town["duration_s"].as_f64(), "{town}");
    assert!(metres(other) <= 1.5 * metres(&town) && other["instructions"].as_array().unwrap().len() > 1, "{town}");
    // What a question avoids is avoided for it alone.
    let avoid =
        json!({"from": at(from), "to": at(to), "profile": "car", "avoid": [square(middle((from, to)), 0.0005)]});
    let round = server.api().post("/api/roads/route", &avoid).expect(200);
    assert_eq!(round["refused"][0]["closures"], json!([{"avoid": 0}]), "{round}");
    assert_eq!(round["closure_epoch"], car["closure_epoch"]);
    assert_eq!(metres(&route(&server, (from, to), "car")), metres(&car));
}

#[test]
fn a_closure_holds_in_every_answer_at_once_over_edits_restarts_and_kills() {
    let mut server = with_roads();
    let api = server.api();
    let open = route(&server, ends(BRIDGE), "car");
    let mut live = Live::connect(server.http, &server.token);
    told(&mut live, "hello");
    let name = json!({"name": "大桥封闭", "name_en": "Bridge closed", "reason": "泄漏", "audience": "non_emergency"});
    let kept = close(&server, "bridge", BRIDGE, name);
    assert_eq!(kept["geometry"]["type"], "Polygon", "{kept}");
    let closed = route(&server, ends(BRIDGE), "car");
    assert!(metres(&closed) > 1.5 * metres(&open), "{closed}");
    assert!(closed["closure_epoch"].as_u64() > open["closure_epoch"].as_u64());
    assert_eq!(closed["refused"][0]["text"]["zh"], "沙浦江大桥：已封闭：大桥封闭（泄漏）");
    assert_eq!(metres(&route(&server, ends(BRIDGE), "ambulance")), metres(&open), "who comes to help passes");
    let told = told(&mut live, "closures");
    assert_eq!(told["epoch"], closed["closure_epoch"]);

    let listed = api.get("/api/roads/closures").expect(200);
    let item = &listed["items"][0];
    assert_eq!(listed["closure_epoch"], closed["closure_epoch"]);
    assert_eq!((&item["feature"]["id"], &item["in_force"]), (&json!("bridge"), &json!(true)), "{listed}");
    assert_eq!(item["audience"], json!(["car", "hazmat_truck", "foot"]));
    assert!(item["edges"].as_u64().unwrap() >= 1 && item["since"].is_string(), "{item}");
    assert_eq!(item["geometry"]["type"], "MultiLineString");

    // Edited like any feature: the revision that was seen, history, and back.
    let path = "/ogc/collections/closures/items/bridge";
    let patch = json!({"properties": {"audience": ["hazmat_truck"]}}).to_string();
    let send = |tag: &str| {
        let headers = [("Content-Type", "application/merge-patch+json"), ("If-Match", tag)];
        api.send("PATCH", path, &headers, patch.as_bytes()).unwrap()
    };
    let etag = api.get(path).etag;
    assert_eq!(send("\"9\"").status, 412);
    send(&etag).expect(200);
    assert_eq!(metres(&route(&server, ends(BRIDGE), "car")), metres(&open));
    assert!(metres(&route(&server, ends(BRIDGE), "hazmat_truck")) > 1.5 * metres(&open));
    assert_eq!(api.get(&format!("{path}/history")).expect(200)["items"].as_array().unwrap().len(), 2);
    assert_eq!(api.send("DELETE", path, &[], b"").unwrap().status, 204);
    assert_eq!(api.get("/api/roads/closures").expect(200)["items"], json!([]));
    assert_eq!(
        api.send("POST", &format!("{path}/restore"), &[("Content-Type", "application/json")], b"{}").unwrap().status,
        200
    );
    let restored = route(&server, ends(BRIDGE), "hazmat_truck");
    assert!(metres(&restored) > 1.5 * metres(&open));

    server.kill();
    server.restart();
    await_ready(&server);
    let again = route(&server, ends(BRIDGE), "hazmat_truck");
    assert_eq!(metres(&again), metres(&restored));
    assert!(again["closure_epoch"].as_u64() > restored["closure_epoch"].as_u64(), "an epoch is never told twice");
}

#[test]
fn a_closure_for_a_time_begins_and_ends_by_itself() {
    let server = with_roads();
    let open = route(&server, ends(BRIDGE), "car");
    let mut live = Live::connect(server.http, &server.token);
    told(&mut live, "hello");
    close(&server, "soon", BRIDGE, json!({"valid_from": later(3_600), "valid_to": later(7_200)}));
    told(&mut live, "closures");
    assert_eq!(metres(&route(&server, ends(BRIDGE), "car")), metres(&open), "it has not begun");
    let asked = |at_s: i64| {
        let (from, to) = ends(BRIDGE);
        let asked = json!({"from": at(from), "to": at(to), "profile": "car", "depart_at": later(at_s)});
        metres(&server.api().post("/api/roads/route", &asked).expect(200))
    };
    assert!(asked(4_000) > 1.5 * metres(&open), "who departs then goes round");
    assert_eq!(asked(8_000), metres(&open));
    let listed = server.api().get("/api/roads/closures").expect(200);
    assert_eq!((&listed["items"][0]["in_force"], listed["items"][0]["next"].is_string()), (&json!(false), true));
    let patch = json!({"properties": {"valid_from": later(2), "valid_to": later(5)}}).to_string();
    let headers = [("Content-Type", "application/merge-patch+json")];
    let path = "/ogc/collections/closures/items/soon";
    server.api().send("PATCH", path, &headers, patch.as_bytes()).unwrap().expect(200);
    // Without a look at any clock but the server's: it closes, and opens again; each is told.
    let epochs: Vec<Value> = (0..3).map(|_| told(&mut live, "closures")["epoch"].clone()).collect();
    assert!(epochs[0].as_u64() < epochs[1].as_u64() && epochs[1].as_u64() < epochs[2].as_u64(), "{epochs:?}");
    assert_eq!(metres(&route(&server, ends(BRIDGE), "car")), metres(&open));
    assert_eq!(server.api().get("/api/roads/closures").expect(200)["items"], json!([]));
}

#[test]
fn zones_and_closed_areas_close_roads_as_the_site_and_they_themselves_say() {
    let setting = ("CORDON_ROADS_CLOSED_BY", "closed, hazard/red=non_emergency".to_owned());
    let server = Server::with(Options { settings: vec![setting], ..Options::default() });
    build(&server);
    let open = metres(&route(&server, ends(BRIDGE), "car"));
    let closes = |collection: &str, properties: Value| {
        let feature =
            json!({"type": "Feature", "geometry": square(middle(ends(BRIDGE)), 0.0005), "properties": properties});
        let path = format!("/ogc/collections/{collection}/items/here");
        let status = server.api().put(&path, &feature).status;
        assert!(matches!(status, 200 | 201), "{properties}: {status}");
        ["car", "fire_engine", "hazmat_truck"]
            .map(|profile| metres(&route(&server, ends(BRIDGE), profile)) > 1.5 * open)
    };
    assert_eq!(closes("zones", json!({"kind": "hazard", "level": "orange"})), [false, false, false]);
    assert_eq!(closes("zones", json!({"kind": "hazard", "level": "red"})), [true, false, true]);
    assert_eq!(closes("zones", json!({"kind": "closed"})), [true, true, true]);
    assert_eq!(closes("zones", json!({"kind": "closed", "closes_roads_for": "none"})), [false, false, false]);
    assert_eq!(closes("zones", json!({"kind": "speed", "closes_roads_for": ["hazmat_truck"]})), [false, false, true]);
    assert_eq!(server.api().send("DELETE", "/ogc/collections/zones/items/here", &[], b"").unwrap().status, 204);
    assert_eq!(closes("closed-areas", json!({"kind": "core"})), [false, false, false]);
    assert_eq!(closes("closed-areas", json!({"kind": "core", "closes_roads_for": "all"})), [true, true, true]);
}

#[test]
fn what_is_no_closure_is_refused_by_field() {
    let server = with_roads();
    let refused = |properties: Value, geometry: Value| {
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
        let reply = server.api().put("/ogc/collections/closures/items/bad", &feature);
        let answer = reply.expect(422);
        (answer["field"].as_str().unwrap().to_owned(), answer["code"].as_str().unwrap().to_owned())
    };
    let area = || square(middle(ends(BRIDGE)), 0.0005);
    let pair = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(refused(json!({}), Value::Null), pair("geometry", "missing"));
    assert_eq!(refused(json!({"audience": "everybody"}), area()), pair("properties.audience", "value"));
    assert_eq!(refused(json!({"audience": "none"}), area()), pair("properties.audience", "value"));
    assert_eq!(refused(json!({"audience": ["car", "lorry"]}), area()), pair("properties.audience[1]", "value"));
    assert_eq!(refused(json!({"vaild_to": later(9)}), area()).1, "unknown_member");
    let upside_down = json!({"valid_from": later(9), "valid_to": later(3)});
    assert_eq!(refused(upside_down, area()), pair("properties.valid_to", "order"));
    let line = json!({"type": "LineString", "coordinates": [[121.8, 30.0], [121.9, 30.0]]});
    assert_eq!(refused(json!({}), line.clone()), pair("properties.width_m", "missing"));
    let zone =
        json!({"type": "Feature", "geometry": area(), "properties": {"kind": "closed", "closes_roads_for": "cars"}});
    let answer = server.api().put("/ogc/collections/zones/items/bad", &zone).expect(422);
    assert_eq!(answer["field"], "properties.closes_roads_for");
    // A line with a width is a closure of a road.
    let wide = json!({"type": "Feature", "geometry": line, "properties": {"width_m": 20}});
    let kept = server.api().put("/ogc/collections/closures/items/wide", &wide).expect(201);
    assert_eq!(kept["geometry"]["type"], "Polygon");
    let item = server.api().get("/api/roads/closures").expect(200)["items"][0].clone();
    assert_eq!(item["feature"]["id"], "wide");
}

#[test]
fn the_nearest_of_a_kind_come_first_and_what_there_is_not_is_said() {
    let server = with_roads();
    let api = server.api();
    let (west, east) = ends(BRIDGE);
    let put = |id: &str, kind: &str, place: Position| {
        let geometry = json!({"type": "Point", "coordinates": [place.lon(), place.lat()]});
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": {"name": id, "kind": kind}});
        api.put(&format!("/ogc/collections/resources/items/{id}"), &feature).expect(201);
    };
    put("near", "ambulance", east);
    put("over-the-bridge", "ambulance", west);
    put("far", "ambulance", ends(TUNNEL).0);
    put("engine", "fire_station", east);
    put("at-sea", "ambulance", Position::from_degrees(124.0, 31.0).unwrap());
    let ask = |asked: Value| api.post("/api/roads/nearest", &asked);
    let ambulances = |count: u32| {
        ask(json!({"to": at(east), "profile": "ambulance", "kinds": ["ambulance"], "count": count})).expect(200)
    };
    let ids = |found: &Value| {
        found["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let three = ambulances(3);
    assert_eq!(ids(&three), ["near", "over-the-bridge", "far"]);
    assert_eq!(three["reachable"], "enough");
    let seconds = |found: &Value, index: usize| found["items"][index]["duration_s"].as_f64().unwrap();
    // By their times, which are those of their routes.
    let way = route(&server, (west, east), "ambulance");
    assert!((seconds(&three, 1) - way["duration_s"].as_f64().unwrap()).abs() < 0.5, "{three} {way}");
    let ten = ambulances(10);
    assert_eq!((ids(&ten).len(), &ten["reachable"], &ten["of"]), (3, &json!("fewer"), &json!(4)));
    assert_eq!((&ten["left_out"][0]["id"], &ten["left_out"][0]["why"]), (&json!("at-sea"), &json!("no_road")));
    close(&server, "bridge", BRIDGE, json!({}));
    let after =
        ask(json!({"to": at(ends("东城路").0), "profile": "ambulance", "kinds": ["ambulance"], "routes": true}))
            .expect(200);
    let left: Vec<&str> = after["left_out"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(after["closure_epoch"], api.get("/api/roads/closures").expect(200)["closure_epoch"]);
    assert!(left.contains(&"at-sea"), "{after}");
    assert!(after["items"][0]["route"]["geometry"]["coordinates"].as_array().unwrap().len() > 1, "{after}");
    let given =
        ask(json!({"to": at(west), "profile": "car", "of": [at(ends(TUNNEL).0), at(west)], "count": 1})).expect(200);
    assert_eq!((&given["items"][0]["index"], &given["items"][0]["duration_s"]), (&json!(1), &json!(0.0)));
    assert_eq!(ask(json!({"to": at(west), "profile": "car", "kinds": ["dragon"]})).expect(200)["items"], json!([]));
}

#[test]
fn who_is_nearest_is_the_same_by_time_and_by_length_however_often_and_in_whatever_order_one_asks() {
    let server = with_roads();
    let api = server.api();
    let (west, east) = ends(BRIDGE);
    let places = [west, east, ends(TUNNEL).0, middle(ends(BRIDGE)), middle(ends("东城路"))];
    for (index, place) in places.iter().enumerate() {
        let geometry = json!({"type": "Point", "coordinates": [place.lon(), place.lat()]});
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": {"name": index.to_string()}});
        api.put(&format!("/ogc/collections/resources/items/r{index}"), &feature).expect(201);
    }
    let ask = |to: Position, metric: &str, of: Value| {
        let mut asked = json!({"to": at(to), "profile": "car", "metric": metric, "count": 3});
        asked.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        let found = api.post("/api/roads/nearest", &asked).expect(200);
        let cost = if metric == "fastest" { "duration_s" } else { "length_m" };
        found["items"].as_array().unwrap().iter().map(|item| item[cost].as_f64().unwrap()).collect::<Vec<_>>()
    };
    let given = json!({"of": places.map(at)});
    let goals = [middle(ends(TUNNEL)), ends("东城路").0, middle(ends(BRIDGE))];
    // Places that are given are gathered for each question alone; resources are kept gathered, and put into buckets on the way.
    let alone = goals.map(|to| ["fastest", "shortest"].map(|metric| ask(to, metric, given.clone())));
    for round in 0..60 {
        for (to, alone) in goals.iter().zip(&alone) {
            for (metric, alone) in ["fastest", "shortest"].into_iter().zip(alone) {
                assert_eq!(&ask(*to, metric, json!({})), alone, "round {round}, {metric}, {to:?}");
            }
        }
    }
}

/// An approach to the middle of the bridge.
fn to_bridge(wind_from_deg: f64) -> Value {
    json!({"centre": at(middle(ends(BRIDGE))), "radius_m": 100, "wind_from_deg": wind_from_deg})
}

#[test]
fn who_arrives_from_upwind_goes_round_the_circle_and_where_nobody_can_the_next_best_is_named() {
    let server = with_roads();
    let api = server.api();
    let (west, east) = ends(BRIDGE);
    let ask = |from: Position, wind: f64| {
        let asked = json!({"from": at(from), "approach": to_bridge(wind), "profile": "fire_engine"});
        api.post("/api/roads/route", &asked)
    };
    let (near, round) = (ask(west, 270.0).expect(200), ask(east, 270.0).expect(200));
    let place = &near["approach"]["place"];
    assert_eq!((&place["side"], &place["road"]), (&json!("upwind"), &json!(BRIDGE)), "{near}");
    assert!(place["lon"].as_f64().unwrap() < middle((west, east)).lon(), "on the west side: {place}");
    assert_eq!(round["approach"]["place"]["lon"], place["lon"]);
    assert!(
        metres(&round) > 3.0 * metres(&route(&server, (east, west), "fire_engine")),
        "not over the bridge: {round}"
    );
    let line = round["geometry"]["coordinates"].as_array().unwrap();
    assert_eq!(line.last().unwrap(), &json!([place["lon"], place["lat"]]));
    let other = &near["approach"]["others"][0];
    assert_eq!((&other["why"], &near["approach"]["other_count"]), (&json!("downwind"), &json!(1)), "{near}");
    assert!(other["text"]["zh"].as_str().unwrap().starts_with("沙浦江大桥：下风方向，偏离上风 "), "{other}");
    assert!(other["text"]["en"].as_str().unwrap().contains("downwind, "), "{other}");
    // Across the wind there is a place, and it is not taken for one upwind.
    let refused = ask(west, 0.0).expect(422);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("no_upwind_road"), &json!("approach")));
    let next = &refused["next_best"];
    assert_eq!(next["side"], "crosswind", "{refused}");
    assert!(next["off_wind_deg"].as_f64().unwrap() > 60.0 && next["duration_s"].is_number(), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("next best is crosswind at "), "{refused}");
    // A closed road is no way there, and it is said.
    let closure = close(&server, "west", BRIDGE, json!({"name": "桥西封闭"}));
    assert_eq!(closure["id"], "west");
    let refused = ask(west, 270.0).expect(422);
    assert_eq!((&refused["others"][0]["why"], &refused["next_best"]), (&json!("closed"), &Value::Null), "{refused}");
    assert_eq!(refused["others"][0]["closures"][0]["id"], "west");
    assert_eq!(api.send("DELETE", "/ogc/collections/closures/items/west", &[], b"").unwrap().status, 204);
    // Who stands in the circle does not set off in it.
    let refused = ask(middle((west, east)), 270.0).expect(422);
    assert_eq!((&refused["code"], &refused["closures"]), (&json!("place_closed"), &json!([{"circle_m": 100.0}])));

    let nearest = |wind: f64| {
        let of = [at(east), at(west), at(middle((west, east)))];
        let asked = json!({"approach": to_bridge(wind), "of": of, "profile": "fire_engine", "routes": true});
        api.post("/api/roads/nearest", &asked)
    };
    let found = nearest(270.0).expect(200);
    let order: Vec<u64> = found["items"].as_array().unwrap().iter().map(|i| i["index"].as_u64().unwrap()).collect();
    assert_eq!(order, [1, 0], "{found}");
    assert_eq!(found["items"][1]["arrives"]["lon"], place["lon"]);
    assert_eq!(found["items"][1]["duration_s"], round["duration_s"]);
    assert_eq!(found["items"][1]["route"]["length_m"], round["length_m"]);
    assert_eq!((&found["left_out"][0]["index"], &found["left_out"][0]["why"]), (&json!(2), &json!("closed")));
    assert_eq!(nearest(0.0).expect(422)["next_best"]["side"], "crosswind");

    let bad = |change: Value| {
        let mut asked = json!({"from": at(west), "approach": to_bridge(0.0), "profile": "car"});
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        api.post("/api/roads/route", &asked).expect(400)["field"].as_str().unwrap().to_owned()
    };
    assert_eq!(bad(json!({"to": at(east)})), "approach");
    assert_eq!(bad(json!({"via": [at(east)]})), "via");
    assert_eq!(bad(json!({"alternatives": 1})), "alternatives");
    let neither = api.post("/api/roads/route", &json!({"from": at(west), "profile": "car"})).expect(400);
    assert_eq!(neither["field"], "to");
}

#[test]
fn a_table_is_that_of_the_routes_and_a_huge_one_is_refused() {
    let server = with_roads();
    let api = server.api();
    let places = [ends(BRIDGE).0, ends(BRIDGE).1, ends(TUNNEL).0];
    let sea = Position::from_degrees(124.0, 31.0).unwrap();
    let all: Vec<Value> = places.into_iter().chain([sea]).map(at).collect();
    let asked = json!({"from": all, "to": all, "profile": "car"});
    let check = || {
        let table = api.post("/api/roads/matrix", &asked).expect(200);
        for (row, from) in places.into_iter().enumerate() {
            for (column, to) in places.into_iter().enumerate() {
                let told = table["durations_s"][row][column].as_f64().unwrap();
                let of_route = route(&server, (from, to), "car")["duration_s"].as_f64().unwrap();
                assert!((told - of_route).abs() < 0.5, "{row} {column}: {told} {of_route}");
            }
            assert_eq!((&table["durations_s"][row][3], &table["durations_s"][3][row]), (&Value::Null, &Value::Null));
        }
        assert_eq!(table["left_out"][0], json!({"place": "from[3]", "why": "no_road", "closures": []}));
        assert_eq!((&table["from"][3], table["to"][0]["off_m"].is_number()), (&Value::Null, true));
    };
    check();
    let bridge =
        json!({"type": "Feature", "properties": {"audience": "car"}, "geometry": square(middle(ends(BRIDGE)), 0.0005)});
    api.put("/ogc/collections/closures/items/bridge", &bridge).expect(201);
    check();
    let many = vec![at(places[0]); 10_000];
    let refused = api.post("/api/roads/matrix", &json!({"from": many, "to": many, "profile": "car"})).expect(422);
    assert_eq!((&refused["code"], &refused["limit"]), (&json!("too_many"), &json!("at most 1000000 cells")));
    assert_eq!(refused["value"], "10000 x 10000 = 100000000");
    let thousand = vec![at(places[0]); 1_000];
    let large = api.post("/api/roads/matrix", &json!({"from": thousand, "to": thousand, "profile": "car"})).expect(200);
    assert_eq!(large["durations_s"][999].as_array().unwrap().len(), 1_000);
    check();
}

#[test]
fn a_thousand_closures_hold_and_what_closes_nothing_is_no_harm() {
    let server = with_roads();
    let api = server.api();
    let (from, to) = ends(BRIDGE);
    let open = route(&server, (from, to), "car");
    let north_of =
        |index: i32| Position { lon_e7: from.lon_e7 + index * 997, lat_e7: from.lat_e7 + 300_000 + index * 431 };
    let mut features: Vec<Value> = (0..1_000)
        .map(|index| json!({"type": "Feature", "geometry": square(north_of(index), 0.0001), "properties": {"name": "One"}}))
        .collect();
    features[0]["geometry"] = square(middle((from, to)), 0.0005);
    features[1]["geometry"] = square(Position::from_degrees(124.0, 31.0).unwrap(), 0.01);
    let all = json!({"type": "FeatureCollection", "features": features});
    api.post("/ogc/collections/closures/items", &all).expect(201);
    let listed = api.get("/api/roads/closures").expect(200);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1_000);
    assert!(items[1]["edges"] == 0 && items[0]["edges"].as_u64() > Some(0), "{} {}", items[0], items[1]);
    let round = route(&server, (from, to), "car");
    assert!(metres(&round) > 1.5 * metres(&open), "{round}");
    // One edit among a thousand holds as soon as it is answered.
    let id = items[0]["feature"]["id"].as_str().unwrap();
    assert_eq!(api.send("DELETE", &format!("/ogc/collections/closures/items/{id}"), &[], b"").unwrap().status, 204);
    assert_eq!(metres(&route(&server, (from, to), "car")), metres(&open));
}

#[test]
fn an_isochrone_grows_with_its_limit_and_ends_at_what_is_closed() {
    let server = with_roads();
    let api = server.api();
    let from = ends(BRIDGE).0;
    let asked = json!({"from": [at(from)], "limits_s": [60, 300], "profile": "ambulance", "show": "both"});
    let reached = |asked: &Value| api.post("/api/roads/isochrone", asked).expect(200);
    let open = reached(&asked);
    let metres = |answer: &Value, index: usize| answer["items"][index]["length_m"].as_f64().unwrap();
    assert!(metres(&open, 0) > 500.0 && metres(&open, 1) > 4.0 * metres(&open, 0), "{}", metres(&open, 1));
    assert_eq!(open["items"][0]["limit_s"], 60);
    assert_eq!(open["items"][1]["area"]["type"], "MultiPolygon");
    assert_eq!(open["items"][1]["lines"]["type"], "MultiLineString");
    close(&server, "bridge", BRIDGE, json!({}));
    let closed = reached(&asked);
    assert!(metres(&closed, 1) < metres(&open, 1) - 500.0, "{} {}", metres(&closed, 1), metres(&open, 1));
    assert!(closed["closure_epoch"].as_u64() > open["closure_epoch"].as_u64());
}

#[test]
fn wrong_questions_are_refused_by_field_and_places_are_never_silently_moved() {
    let server = with_roads();
    let api = server.api();
    let (from, to) = (at(ends(BRIDGE).0), at(ends(BRIDGE).1));
    let refused = |path: &str, status: u16, asked: Value| {
        let answer = api.post(&format!("/api/roads/{path}"), &asked).expect(status);
        (answer["code"].as_str().unwrap().to_owned(), answer["field"].as_str().unwrap_or_default().to_owned())
    };
    let pair = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    let with = |more: Value| {
        let mut asked = json!({"from": from, "to": to, "profile": "car"});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    assert_eq!(refused("route", 400, with(json!({"profil": "car"}))).0, "bad_json");
    assert_eq!(refused("route", 400, with(json!({"profile": "lorry"}))), pair("bad_value", "profile"));
    assert_eq!(refused("route", 400, with(json!({"metric": "cheapest"}))), pair("bad_value", "metric"));
    assert_eq!(refused("route", 400, with(json!({"depart_at": later(-3_600)}))), pair("bad_value", "depart_at"));
    assert_eq!(refused("route", 400, with(json!({"to": {"lon": 200, "lat": 30}}))), pair("bad_value", "to"));
    assert_eq!(refused("route", 422, with(json!({"to": {"lon": 124, "lat": 31}}))), pair("no_road", "to"));
    assert_eq!(refused("route", 400, with(json!({"alternatives": 4}))), pair("bad_value", "alternatives"));
    let via = json!({"via": vec![json!({"lon": 121.8, "lat": 30.0}); 51]});
    assert_eq!(refused("route", 422, with(via)), pair("too_many", "via"));
    assert_eq!(refused("nearest", 400, json!({"to": to, "profile": "car", "count": 0})), pair("bad_value", "count"));
    let no_limit = json!({"from": [from], "limits_s": [], "profile": "car"});
    assert_eq!(refused("isochrone", 400, no_limit), pair("bad_value", "limits_s"));
    let none = json!({"from": [], "limits_s": [60], "profile": "car"});
    assert_eq!(refused("isochrone", 400, none), pair("bad_value", "from"));
    // A start in what is closed is an error that names the closure, for every kind of question.
    let feature =
        json!({"type": "Feature", "geometry": square(ends(BRIDGE).0, 0.0005), "properties": {"name": "Here"}});
    api.put("/ogc/collections/closures/items/here", &feature).expect(201);
    let answer = api.post("/api/roads/route", &with(json!({}))).expect(422);
    assert_eq!((&answer["code"], &answer["field"]), (&json!("place_closed"), &json!("from")));
    assert_eq!(answer["closures"][0]["id"], "here", "{answer}");
    assert_eq!(refused("nearest", 422, json!({"to": from, "profile": "car"})), pair("place_closed", "to"));
    let here = json!({"from": [from], "limits_s": [60], "profile": "car"});
    assert_eq!(refused("isochrone", 422, here), pair("place_closed", "from[0]"));
    // Everything closed: nobody can stand anywhere; nothing is left to route on.
    let all = json!({"type": "Feature", "geometry": square(ends(BRIDGE).0, 1.0), "properties": {}});
    api.put("/ogc/collections/closures/items/all", &all).expect(201);
    assert_eq!(refused("route", 422, with(json!({}))).0, "place_closed");

    let device = server.add_token("beacon", "device");
    let beacon = cordon_tests::http::Api::new(server.http, Some(device));
    assert_eq!(beacon.post("/api/roads/route", &with(json!({}))).status, 403);
    assert_eq!(server.anonymous().post("/api/roads/route", &with(json!({}))).status, 401);
    let guard = server.add_token("gate", "guard");
    let guard = cordon_tests::http::Api::new(server.http, Some(guard));
    assert_eq!(guard.post("/api/roads/route", &with(json!({}))).status, 422);
}
