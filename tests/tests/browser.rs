//! The console in a real Chromium: a terminal drives into a zone, the alarm appears, is acknowledged, and is still so
//! after a reload; and no request leaves the server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::browser::Browser;
use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the monitor's pass phrase")];

/// A server that the monitor Eva may use.
fn with_eva() -> Server {
    let server = Server::start();
    server.add_user("eva", "monitor", EVA[1].1);
    server
}

#[test]
fn the_alarm_appears_is_acknowledged_and_still_so_after_a_reload() {
    let server = with_eva();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    let found = Browser::start("alarm.mjs", &server, &EVA).found(|line| {
        assert_eq!(line, "live");
        for second in 0..=50 {
            assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
        }
    });

    let alarms = server.api().items("/api/alarms");
    assert_eq!(alarms.len(), 1);
    assert_eq!(found["alarm"], alarms[0]["id"]);
    assert_eq!(found["alarmsBefore"], 0);
    assert_eq!(found["stateAtFirst"], "unacknowledged");
    assert_eq!(found["stateAfterReload"], "acknowledged");
    assert_eq!(found["itemsAfterReload"], 1);
    assert_eq!(alarms[0]["acknowledged_by"], "eva");
    assert!(found["text"].as_str().unwrap().contains(&lane.plate()), "the card names the vehicle: {found:#}");
    let why = found["why"].as_str().unwrap();
    assert!(why.contains(&lane.plate()) && why.contains("驶入限制区『Lane 1』"), "the alarm says why: {found:#}");
    assert!(found["vehicles"].as_str().unwrap().contains('1'), "one vehicle is counted: {found:#}");
    let mut languages: Vec<_> = (0..2).map(|i| found["languages"][i]["language"].as_str().unwrap()).collect();
    languages.sort_unstable();
    assert!(languages[0].starts_with("en") && languages[1].starts_with("zh"), "{languages:?}");
    assert_ne!(found["languages"][0]["text"], found["languages"][1]["text"], "one press changes the words");
    assert_eq!(found["complaints"], serde_json::json!([]), "no error in the page");
    let requests = found["requests"].as_array().unwrap();
    assert!(requests.len() > 3, "{requests:?}");
    for request in requests {
        let request = request.as_str().unwrap();
        let own = ["http", "ws"].map(|scheme| format!("{scheme}://{}/", server.http));
        let inside =
            own.iter().any(|o| request.starts_with(o)) || ["blob:", "data:"].iter().any(|s| request.starts_with(s));
        assert!(inside, "a request left the server: {request}");
    }
}

/// Whether the views that the page told the server hold this place: at first, zoomed in, and after a reload as it was left.
#[track_caller]
fn looks_at(server: &Server, lon: f64, lat: f64, least_zoom: f64) {
    let found = Browser::start("first-view.mjs", server, &EVA).found(|_| {});
    let [first, zoomed, again] = found.as_array().unwrap()[..].to_vec().try_into().unwrap();
    let zoom = |view: &Value| view["zoom"].as_f64().unwrap();
    let side = |view: &Value, i: usize| view["bbox"][i].as_f64().unwrap();
    assert!(zoom(&first) >= least_zoom, "the first view is too far away: {first}");
    assert!((side(&first, 0)..=side(&first, 2)).contains(&lon), "{first}");
    assert!((side(&first, 1)..=side(&first, 3)).contains(&lat), "{first}");
    assert!(zoom(&zoomed) > zoom(&first) + 0.9, "{first} {zoomed}");
    // A banner that comes or goes makes the map lower or higher around its middle.
    let middle = |view: &Value, i: usize| (side(view, i) + side(view, i + 2)) / 2.0;
    for i in 0..2 {
        assert!((middle(&again, i) - middle(&zoomed, i)).abs() < 1e-4, "not where it was left: {zoomed} {again}");
    }
    assert!((zoom(&again) - zoom(&zoomed)).abs() < 0.01, "not as near as it was left: {zoomed} {again}");
}

#[test]
fn without_a_park_the_first_look_is_at_the_zones_and_the_next_where_it_was_left() {
    let server = with_eva();
    let zone = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.2, 30.3]},
        "properties": {"kind": "hazard", "radius_m": 500}});
    server.api().put("/ogc/collections/zones/items/tank", &zone).expect(201);
    looks_at(&server, 120.2, 30.3, 13.0);
}

#[test]
fn without_anything_drawn_the_first_look_is_at_the_vehicles() {
    let server = with_eva();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "truck"}});
    server.api().put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let fixed_at = jiff::Timestamp::now().to_string();
    let fix = json!([{"vehicle": "truck", "fixed_at": fixed_at, "lon": 117.1, "lat": 36.6}]);
    server.api().post("/api/fixes", &fix).expect(200);
    looks_at(&server, 117.1, 36.6, 13.0);
}

#[test]
fn an_empty_site_says_what_to_do_next() {
    let server = with_eva();
    let variables = [EVA[0], EVA[1], ("CORDON_EMPTY", "yes")];
    let text = Browser::start("first-view.mjs", &server, &variables).found(|_| {});
    let text = text.as_str().unwrap();
    assert!(text.contains("127.0.0.1") && text.contains("/ogc/collections"), "{text}");
}

/// Two zones around one place, and a truck that drove into the smaller one just now, which is an alarm.
fn with_a_truck_in_alarm() -> Server {
    let server = with_eva();
    let api = server.api();
    let zone = |name: &str, level: &str, radius_m: u32, rules: Value| {
        json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [120.2, 30.3]},
            "properties": {"name": name, "kind": "hazard", "level": level, "radius_m": radius_m, "rules": rules}})
    };
    api.put("/ogc/collections/zones/items/farm", &zone("Farm", "red", 500, json!([]))).expect(201);
    let rules = json!([{"id": "in", "when": "enter", "priority": 2}]);
    api.put("/ogc/collections/zones/items/yard", &zone("Yard", "blue", 200, rules)).expect(201);
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "浙A00001", "class": "hazmat"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let now = jiff::Timestamp::now();
    // From 800 m east of the middle to 100 m east of it, and on towards it.
    let fixes: Vec<Value> = [(60, 800.0), (40, 450.0), (20, 100.0), (10, 80.0), (0, 70.0)]
        .into_iter()
        .map(|(ago_s, east_m)| {
            let fixed_at = (now - jiff::SignedDuration::from_secs(ago_s)).to_string();
            json!({"vehicle": "truck", "fixed_at": fixed_at, "lon": 120.2 + east_m / 96_200.0, "lat": 30.3, "speed_kph": 60,
                "heading_deg": 270})
        })
        .collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    server
}

#[test]
fn the_chosen_lies_on_top_the_old_are_hollow_and_what_is_switched_off_is_gone() {
    let server = with_a_truck_in_alarm();
    let api = server.api();
    let now = jiff::Timestamp::now();
    let fixes: Vec<Value> = [("bus", "hazmat", 0, 0.0), ("van", "ordinary", 0, 0.0), ("old", "ordinary", 200, -300.0)]
        .into_iter()
        .map(|(id, class, ago_s, east_m)| {
            let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": class}});
            api.put(&format!("/ogc/collections/vehicles/items/{id}"), &vehicle).expect(201);
            let fixed_at = (now - jiff::SignedDuration::from_secs(ago_s)).to_string();
            json!({"vehicle": id, "fixed_at": fixed_at, "lon": 120.2 + east_m / 96_200.0, "lat": 30.3 + 250.0 / 111_195.0,
                "speed_kph": 60, "heading_deg": 270})
        })
        .collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    let found = Browser::start("vehicles.mjs", &server, &EVA).found(|_| {});
    let pixels = |whose: &str, colour: &str| found[whose][colour].as_u64().unwrap();
    for (chosen, own, other) in [("bus", "dark", "grey"), ("van", "grey", "dark")] {
        assert!(pixels(chosen, "chosen") > 50, "the chosen has a ring: {found:#}");
        assert!(pixels(chosen, own) > 2 * pixels(chosen, other), "the {chosen} lies on top: {found:#}");
    }
    assert_eq!(pixels("plain", "chosen"), 0, "{found:#}");
    assert!(pixels("plain", "grey") + pixels("plain", "dark") > 20, "{found:#}");
    assert_eq!(found["old"]["middle"]["grey"], 0, "a ring is hollow: {found:#}");
    assert!(found["old"]["all"]["grey"].as_u64().unwrap() > 20, "{found:#}");
    assert_eq!(pixels("off", "grey") + pixels("off", "dark"), 0, "{found:#}");
    assert!(pixels("truck", "alarm") > 100, "a vehicle in alarm is shown whatever is off: {found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn layers_are_switched_and_said_and_what_lies_under_the_cross_is_chosen_by_keyboard() {
    let server = with_a_truck_in_alarm();
    let found = Browser::start("layers.mjs", &server, &EVA).found(|_| {});
    let text = |name: &str| found[name].as_str().unwrap().to_owned();
    assert!(text("hidden").contains("风险分区"), "{found:#}");
    assert!(text("address").contains("layers=-zones"), "{found:#}");
    assert!(text("alarmWhileOff").contains("浙A00001"), "a vehicle in alarm is shown whatever is off: {found:#}");
    assert!(text("addressAfterReload").contains("vehicles"), "{found:#}");
    assert_eq!(found["group"], "some");
    assert_eq!((&found["zonesInView"], &found["track"]), (&json!(2), &json!([["LineString", 5]])), "{found:#}");
    assert!(text("noVehicle").contains("没有这辆车") && found["makesThen"] == false, "{found:#}");
    assert!(found["choices"].as_u64().unwrap() >= 2, "{found:#}");
    assert_eq!(found["chosen"], json!(["Yard", "Farm"]), "the smaller zone comes first");
    assert!(text("wall").contains("浙A00001"), "{found:#}");
    assert_eq!(found["toolsOnTheWall"], 0);
    assert_eq!(found["themes"], json!(["light", "dark"]));
    assert!(text("sheet").contains("图例") && text("sheet").contains("eva"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}
