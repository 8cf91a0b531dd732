//! What a person expects of the console, in a real Chromium: found by whatever they call it, reached by keyboard, read by
//! everybody, kept over a restart, and asking nobody but its own server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::browser::Browser;
use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use serde_json::{Value, json};

const ADA: [(&str, &str); 2] = [("CORDON_NAME", "ada"), ("CORDON_PASSWORD", "the administrator's pass")];

/// A server that the administrator Ada may use.
fn with_ada(options: Options) -> Server {
    let server = Server::with(options);
    server.add_user("ada", "admin", ADA[1].1);
    server
}

/// A tank farm, and a truck that has just driven into it: one alarm.
fn with_an_alarm() -> Server {
    let server = with_ada(Options::default());
    let api = server.api();
    let rules = json!([{"id": "no-entry", "when": "enter", "priority": 1}]);
    let farm = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.7, 29.9]}, "properties":
        {"name": "液氨罐区 Tank farm", "kind": "hazard", "level": "red", "radius_m": 300, "rules": rules}});
    api.put("/ogc/collections/zones/items/tank", &farm).expect(201);
    let truck = json!({"type": "Feature", "geometry": null,
        "properties": {"plate": "浙L·07001", "class": "hazmat", "company": "海湾运输"}});
    api.put("/ogc/collections/vehicles/items/truck-07", &truck).expect(201);
    // From 1 km west of it to its middle at 59 km/h.
    let now_s = Lane::hours_ago(0);
    let fixes: Vec<_> = (0..60)
        .map(|second: i64| {
            let fixed_at = jiff::Timestamp::from_second(now_s - 60 + second).unwrap().to_string();
            let lon = 121.69 + 0.000_17 * second as f64;
            json!({"vehicle": "truck-07", "fixed_at": fixed_at, "lon": lon, "lat": 29.9, "speed_kph": 59, "heading_deg": 90})
        })
        .collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    wait::until("the truck's alarm", || (server.api().items("/api/alarms").len() == 1).then_some(()));
    server
}

#[track_caller]
fn text<'a>(found: &'a Value, name: &str) -> &'a str {
    found[name].as_str().unwrap_or_else(|| panic!("no {name} in {found:#}"))
}

#[test]
fn things_are_found_measured_and_linked_to() {
    let found = Browser::start("find.mjs", &with_an_alarm(), &ADA).found(|_| {});
    assert_eq!(text(&found, "linkCard"), "液氨罐区 Tank farm", "a link leads to its zone through the sign-in");
    assert!(text(&found, "linkCentre").starts_with("121.700"), "{found:#}");
    assert_eq!(text(&found, "marked"), "浙L·0", "the part that was typed is marked");
    assert_eq!(text(&found, "vehicle"), "浙L·07001");
    assert!(text(&found, "vehicleAddress").contains("on=vehicles/truck-07"), "{found:#}");
    assert_eq!(text(&found, "zone"), "液氨罐区 Tank farm", "found by the initials of its name");
    assert!(text(&found, "readAs").contains("GCJ-02") && text(&found, "readAs").contains("121.050000, 30.600000"));
    assert!(text(&found, "foundAddress").contains("at=121.05,30.6,"), "{found:#}");
    assert_eq!(text(&found, "copied"), "121.050000, 30.600000");
    // BD-09 of 121.05, 30.6 is 121.0609718, 30.6038558.
    assert_eq!(text(&found, "bd09"), "30°36′13.9″N 121°03′39.5″E");
    // A hundredth of a degree of longitude at 30.6 N is 959 m (96,486 m a degree at 30 N, times the cosines); the datum
    // stretches it by a few metres.
    let length_m: f64 = text(&found, "bd09Length").split(' ').next().unwrap().parse().unwrap();
    assert!((length_m - 959.0).abs() < 5.0, "{found:#}");
    // 958.9 m by 1,108.6 m.
    assert!(text(&found, "area").contains("1.06"), "{found:#}");
    assert_eq!(found["legs"], 1, "a double click adds one point and follows the pointer no more");
    assert!(text(&found, "link").contains("#/map?") && text(&found, "link").contains("at="), "{found:#}");
    assert_eq!(found["views"], 1, "a view survives its deletion being undone, and a reload");
}

#[test]
fn a_person_without_a_mouse_reaches_and_acknowledges_an_alarm() {
    let server = with_an_alarm();
    let found = Browser::start("keyboard.mjs", &server, &ADA).found(|_| {});
    let expected = json!({
        "first": "signin-name", "skip": "skip", "skipped": "alarms", "addressKept": true, "selected": "alarm-body",
        "acknowledged": "acknowledged", "help": "help", "chapters": 4, "afterHelp": "alarm-body", "find": "find-input",
        "typed": "aman?", "helpWhileTyping": 0, "afterFind": "tool-find", "dialog": "old-password",
        "measureBehindDialog": 0, "afterDialog": "user", "charactersOff": 0,
    });
    assert_eq!(found, expected);
    assert_eq!(server.api().items("/api/alarms")[0]["acknowledged_by"], "ada");
}

#[test]
fn no_screen_has_a_serious_finding_of_axe() {
    let found = Browser::start("accessible.mjs", &with_an_alarm(), &ADA).found(|_| {});
    assert!(found["screens"].as_u64().unwrap() >= 30, "{} screens were seen", found["screens"]);
    assert_eq!(found["findings"], json!([]));
}

#[test]
fn the_whole_console_asks_nobody_but_its_own_server() {
    let server = with_an_alarm();
    let found = Browser::start("own-server.mjs", &server, &ADA).found(|_| {});
    assert_eq!(found["refused"], json!([]), "a request left the server");
    assert_eq!(found["complaints"], json!([]));
    assert!(found["opened"].as_array().unwrap().len() >= 13, "{:#}", found["opened"]);
    let own = [format!("http://{}/", server.http), format!("ws://{}/", server.http)];
    for request in found["requests"].as_array().unwrap() {
        let request = request.as_str().unwrap();
        let inside =
            own.iter().any(|o| request.starts_with(o)) || request.starts_with("blob:") || request.starts_with("data:");
        assert!(inside, "a request left the server: {request}");
    }
}

/// A millimetre is 72 / 25.4 points.
#[test]
fn the_map_is_printed_on_one_sheet_with_all_that_a_map_needs() {
    let found = Browser::start("print.mjs", &with_an_alarm(), &ADA).found(|_| {});
    let opened = found["byKey"].as_object().unwrap();
    assert!(opened.len() == 3 && opened.values().all(|title| title == &opened["button"]), "{found:#}");
    assert_eq!(found["printed"], 1);
    for (paper, width_mm, height_mm) in [("a4", 297.0, 210.0), ("a3", 420.0, 297.0)] {
        let sheet = &found["papers"][paper];
        assert_eq!(sheet["pages"], 1, "{paper}: {found:#}");
        let points: Vec<f64> = sheet["box"].as_array().unwrap().iter().map(|side| side.as_f64().unwrap()).collect();
        let mm = |side: usize| points[side] * 25.4 / 72.0;
        assert!((mm(2) - width_mm).abs() < 1.0 && (mm(3) - height_mm).abs() < 1.0, "{paper}: {points:?}");
        assert_eq!((&sheet["missing"], &sheet["cut"]), (&json!([]), &json!([])), "{paper}: {found:#}");
        assert!(sheet["picture"].as_u64().unwrap() > 800 && sheet["legend"].as_u64().unwrap() >= 3, "{found:#}");
        let said = text(sheet, "text");
        for needed in ["Printed at 2", "Data of 2", "CGCS2000", "Mercator", "Printed by ada", "Legend", " m"] {
            assert!(said.contains(needed), "“{needed}” is not on {paper}: {said}");
        }
    }
    assert_eq!(found["unsavedBefore"], 0);
    assert!(text(&found, "unsaved").contains("not saved: it is not in force"), "{found:#}");
    assert_eq!(found["complaints"], json!([]));
    assert_eq!(found["besideMap"], 0, "beside the map no dialog opens that nobody sees");
}

/// 500 kB gzip is what the issue allows; the map library is counted apart.
#[test]
fn the_first_useful_paint_is_light() {
    let found = Browser::start("first-paint.mjs", &with_an_alarm(), &ADA).found(|_| {});
    let [without, library] = ["gzipWithoutLibrary", "gzipLibrary"].map(|name| found[name].as_u64().unwrap());
    assert!(library > 200_000, "the map library was not seen: {found:#}");
    assert!(without < 500_000, "{without} B gzip without the map library: {found:#}");
    let displays = found["fontDisplays"].as_array().unwrap();
    assert!(displays.iter().all(|display| display == "swap"), "text waits for a font: {found:#}");
}

#[test]
fn an_open_console_survives_a_restart_and_its_address_a_lost_session() {
    let mut server = with_ada(Options::default());
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    const NEXT: &str = "another long pass phrase";
    let variables = [ADA[0], ADA[1], ("CORDON_NEXT_PASSWORD", NEXT)];
    let browser = Browser::start("restart.mjs", &server, &variables);
    let found = browser.found(|line| match line {
        "live" => server.kill(),
        "lost" => {
            server.restart();
            let phone = lane.phone();
            let (mut terminal, _) = Terminal::sign_on(server.jt808, &phone, &lane.plate_gbk(), Version::V2013).unwrap();
            for second in 0..=50 {
                assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
            }
        }
        "missed" => {
            server.api().json("PATCH", "/api/users/ada", &json!({"password": NEXT})).expect(200);
        }
        _ => {}
    });
    assert_eq!((&found["alarmsBefore"], &found["alarmsAfter"]), (&json!(0), &json!(1)), "{found:#}");
    assert_eq!(text(&found, "state"), "lost");
    assert!(text(&found, "banner").contains("重连") || text(&found, "banner").contains("reconnect"), "{found:#}");
    let later = text(&found, "later");
    assert!(later.contains("没有应答") || later.contains("does not answer"), "{found:#}");
    let apart_ms = found["apartMs"].as_u64().unwrap();
    assert!((400..9_000).contains(&apart_ms), "attempts {apart_ms} ms apart");
    assert_eq!(found["reloaded"], false, "it came back by itself");
    let address = text(&found, "address");
    assert!(address.contains("at=121.61,29.98,14"), "{address}");
    assert_eq!(text(&found, "addressAtDoor"), address, "the address stays behind the door");
    assert!(text(&found, "centre").starts_with("121.61"), "{found:#}");
}

#[test]
fn an_administrator_manages_people_tokens_and_terminals() {
    let arguments = ["--jt808-registration", "approved"].map(str::to_owned).to_vec();
    let server = with_ada(Options { arguments, ..Options::default() });
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) };
    let refused = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013);
    assert!(refused.is_err(), "a terminal that nobody approved is let in");
    let mut secret = None;
    let found = Browser::start("accounts.mjs", &server, &ADA).found(|line| {
        let token = line.strip_prefix("token ").unwrap().to_owned();
        secret = Some(token);
    });
    assert!(!text(&found, "weak").is_empty() && !text(&found, "lastAdmin").is_empty(), "{found:#}");
    assert!(!text(&found, "wrongOld").is_empty(), "{found:#}");
    assert_eq!(text(&found, "secret"), secret.unwrap());
    assert_eq!(found["secretGone"], true, "a token is shown once");
    assert_eq!(found["accountsOffered"], 0, "who does not administer is not offered it");
    let names: Vec<_> = server.api().items("/api/users").iter().map(|user| user["name"].clone()).collect();
    assert_eq!(names, ["ada"]);
    let tokens: Vec<_> = server.api().items("/api/tokens").iter().map(|token| token["name"].clone()).collect();
    assert_eq!(tokens, ["tests"]);
    let approved = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013);
    assert!(approved.is_ok(), "the terminal that was approved is refused");
}
