//! The demo park: what somebody sees who starts Cordon for the first time.

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::server::{Options, Server, cordon, free_address};
use cordon_tests::wait;
use serde_json::{Value, json};

#[test]
fn the_park_is_alive_tells_its_story_and_every_printed_login_works() {
    let mut server = Server::unready(Options { demo: true, ..Options::default() });
    server.await_ready();
    server.token = wait::until("the demo park is set up", || {
        server.output().contains("Ctrl-C").then(|| server.add_token("tests", "admin"))
    });
    let api = server.api();
    let count = |collection: &str| {
        let path = format!("/ogc/collections/{collection}/items?limit=1000");
        api.get(&path).expect(200)["features"].as_array().unwrap().len()
    };
    assert_eq!((count("parks"), count("vehicles")), (1, 240));
    for (collection, least) in [
        ("ground", 400),
        ("roads", 100),
        ("zones", 20),
        ("plants", 15),
        ("gates", 8),
        ("closed-areas", 5),
        ("routes", 3),
        ("hazard-sources", 12),
        ("protection-targets", 8),
        ("resources", 15),
        ("exemptions", 5),
        ("closures", 1),
    ] {
        assert!(count(collection) >= least, "{collection}: {}", count(collection));
    }
    // Its roads are there without a command, with what the park closes.
    let closed = wait::until("the park's roads are loaded", || {
        let reply = api.get("/api/roads/closures");
        (reply.status == 200).then(|| reply.json())
    });
    let of = |id: &str| closed["items"].as_array().unwrap().iter().any(|item| item["feature"]["id"] == id);
    assert!(of("riverside-drain") && of("aromatics-road-works") && of("shapu-town"), "{closed}");
    assert!(server.folder().join("park.osm.pbf").metadata().unwrap().len() > 10_000);

    let online = || -> Vec<Value> {
        api.items("/api/vehicles").into_iter().filter(|v| v["online"] == true && !v["last"].is_null()).collect()
    };
    let first = wait::until("all vehicles report", || Some(online()).filter(|v| v.len() >= 240));
    wait::until("many of them moved", || {
        let now = online();
        let moved = first.iter().filter(|old| {
            let new = now.iter().find(|v| v["id"] == old["id"]);
            new.is_some_and(|n| (&n["last"]["lon"], &n["last"]["lat"]) != (&old["last"]["lon"], &old["last"]["lat"]))
        });
        (moved.count() >= 120).then_some(())
    });
    // What traffic drove before it began is there to be played back, and nobody is told of it.
    let now = jiff::Timestamp::now().as_second();
    let with_a_past = || {
        let past = |vehicle: &&Value| {
            let (id, from, to) = (vehicle["id"].as_str().unwrap(), rfc3339(now - 3_600), rfc3339(now - 600));
            let track = api.get(&format!("/api/vehicles/{id}/track?from={from}&to={to}")).expect(200);
            let fixes = track["properties"]["fixes"].as_array().unwrap();
            // One that sleeps reports twice a minute.
            fixes.len() >= 60
        };
        first.iter().filter(|vehicle| vehicle["class"] == "hazmat").step_by(8).filter(past).count()
    };
    wait::until("most of the traffic has a past", || (with_a_past() >= 20).then_some(()));
    // The first scene is over a minute from the start at the latest.
    let urgent = wait::within(3 * wait::PATIENCE, || {
        api.items("/api/alarms?priority=1").into_iter().find(|alarm| alarm["zone"] == "ammonia-tank-farm")
    });
    let urgent = urgent.expect("the van drives through the tank farm");
    assert_eq!((&urgent["subject"]["id"], &urgent["kind"]), (&json!("van-001"), &json!("enter")));
    assert_eq!(api.items("/api/alarms?priority=1").len(), 1, "nothing else is urgent so early");
    let early = api.items("/api/alarms");
    assert!(early.len() <= 3, "only the story is told: {early:#?}");

    let said = server.output();
    assert!(said.contains("ammonia tank farm") && said.contains("park.osm.pbf"), "{said}");
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
