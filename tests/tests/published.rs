//! The published GeoPackage: what Cordon knows, opened by other programs without Cordon.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// The features of a layer as GDAL reads them; none while the layer or the file is not there.
fn layer(file: &Path, name: &str) -> Vec<Value> {
    let output = Command::new("ogr2ogr")
        .args(["-f", "GeoJSON", "/vsistdout/"])
        .args([file.to_str().unwrap(), name])
        .output()
        .expect("ogr2ogr is missing: ./test installs it");
    let collection: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    collection["features"].as_array().cloned().unwrap_or_default()
}

#[test]
fn gdal_opens_zones_vehicles_last_and_alarms_seconds_after_they_changed() {
    let server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let file = server.folder().join("cordon.gpkg");
    let soon = std::time::Duration::from_secs(20);

    let zones =
        wait::within(soon, || Some(layer(&file, "zones")).filter(|l| l.len() == 1)).expect("the zone is published");
    assert_eq!(zones[0]["geometry"]["type"].as_str().unwrap().trim_start_matches("Multi"), "Polygon");
    assert!(zones[0]["properties"].to_string().contains("Lane 1"), "{}", zones[0]);

    let position = lane.report(50);
    wait::within(soon, || {
        layer(&file, "vehicles_last").into_iter().find(|p| {
            let at = &p["geometry"]["coordinates"];
            (at[0].as_f64().unwrap_or_default() * 1e6).round() as i32 == position.lon_e6
                && (at[1].as_f64().unwrap_or_default() * 1e6).round() as i32 == position.lat_e6
        })
    })
    .unwrap_or_else(|| panic!("the last position is not published: {:#?}", layer(&file, "vehicles_last")));

    let alarm = server.api().items("/api/alarms")[0]["id"].as_str().unwrap().to_owned();
    wait::within(soon, || layer(&file, "alarms").into_iter().find(|a| a.to_string().contains(&alarm)))
        .unwrap_or_else(|| panic!("the alarm is not published: {:#?}", layer(&file, "alarms")));

    let said = Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("using driver `GPKG' successful"), "{said}");
    for collection in Collection::ALL {
        let is_there = said.contains(&format!("Layer name: {}\n", collection.table()));
        assert_eq!(is_there, *collection != Collection::Drivers, "{collection}: {said}");
    }
    let gate = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.0, 30.0]},
        "properties": {"name": "一号门", "lanes": 2}});
    server.api().put("/ogc/collections/gates/items/g1", &gate).expect(201);
    let gates =
        wait::within(soon, || Some(layer(&file, "gates")).filter(|l| l.len() == 1)).expect("the gate is published");
    assert_eq!((&gates[0]["properties"]["name"], &gates[0]["properties"]["lanes"]), (&json!("一号门"), &json!(2)));
    assert!(said.contains("4326") || said.contains("WGS 84"), "{said}");
}

#[test]
fn a_stranger_who_writes_into_it_harms_nothing() {
    let server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let file = server.folder().join("cordon.gpkg");
    wait::until("it is published", || Some(layer(&file, "zones")).filter(|l| l.len() == 1));
    let stranger = rusqlite::Connection::open(&file).unwrap();
    stranger.execute_batch("BEGIN IMMEDIATE").unwrap();
    let other = Lane { number: 2, begin_s: lane.begin_s };
    other.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    assert_eq!(terminal.report(&lane.report(0)).unwrap(), 0);
    drop(stranger);
    wait::until("the next change is published", || Some(layer(&file, "zones")).filter(|l| l.len() == 2));
}
