//! The demo park: what somebody sees who starts Cordon for the first time.

use cordon_tests::drive::Lane;
use cordon_tests::server::{Options, Server, cordon, free_address};
use cordon_tests::wait;
use serde_json::{Value, json};

#[test]
fn fifty_vehicles_drive_in_a_park_and_every_printed_login_works() {
    let mut server = Server::unready(Options { demo: true, ..Options::default() });
    server.await_ready();
    server.token = wait::until("the demo park is set up", || {
        server.output().contains("Ctrl-C").then(|| server.add_token("tests", "admin"))
    });
    let api = server.api();
    let features = |collection: &str| -> Vec<Value> {
        let path = format!("/ogc/collections/{collection}/items?limit=1000");
        api.get(&path).expect(200)["features"].as_array().unwrap().clone()
    };
    assert_eq!(features("parks").len(), 1);
    assert!(features("zones").len() >= 4);
    assert!(!features("roads").is_empty());

    let online = || -> Vec<Value> {
        api.items("/api/vehicles").into_iter().filter(|v| v["online"] == true && !v["last"].is_null()).collect()
    };
    let first = wait::until("fifty vehicles report", || Some(online()).filter(|v| v.len() >= 50));
    wait::until("most of them moved", || {
        let now = online();
        let moved = first.iter().filter(|old| {
            let new = now.iter().find(|v| v["id"] == old["id"]);
            new.is_some_and(|n| (&n["last"]["lon"], &n["last"]["lat"]) != (&old["last"]["lon"], &old["last"]["lat"]))
        });
        (moved.count() >= 25).then_some(())
    });
    wait::until("something happens on its own", || (!api.items("/api/events").is_empty()).then_some(()));

    let said = server.output();
    let mut tried = 0;
    for role in ["commander", "monitor", "guard", "supervisor", "admin"] {
        let line = said.lines().find(|l| l.split_whitespace().next() == Some(role)).unwrap();
        let password = line.split_whitespace().nth(1).unwrap();
        let reply = server.anonymous().post("/api/session", &json!({"name": role, "password": password}));
        assert!(matches!(reply.status, 200 | 201), "{role}: {}", reply.text());
        tried += 1;
    }
    assert_eq!(tried, 5);
    assert!(server.stop().success());
}

#[test]
fn the_demo_refuses_the_folder_of_a_real_site() {
    let mut server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) };
    lane.put_zone(&server.api());
    assert!(server.stop().success());
    let folder = server.folder().to_str().unwrap().to_owned();
    let (http, jt808) = (free_address().to_string(), free_address().to_string());
    let output = cordon(&["demo", "--data", &folder, "--http", &http, "--jt808", &jt808], "");
    assert!(!output.status.success(), "the demo started over a real site");
    assert!(!output.stderr.is_empty());
    server.restart();
    let kept = server.api().get(&format!("/ogc/collections/zones/items/{}", lane.zone()));
    assert_eq!(kept.status, 200, "the site is as it was");
}
