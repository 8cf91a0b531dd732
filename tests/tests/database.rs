//! The database beside the data folder: everything kept arrives in PostGIS, in order, once, whatever is killed meanwhile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_tests::database::{SCHEMA, assert_same, await_caught_up, url};
use cordon_tests::http::Api;
use cordon_tests::postgres::Postgres;
use cordon_tests::server::{Options, Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn options(postgres: &Postgres, folder: &Path) -> Options {
    let settings = vec![("CORDON_DATABASE", url(postgres))];
    Options { folder: Some(folder.to_owned()), settings, ..Options::default() }
}

/// A zone, a gate and a vehicle that the fixes drive into.
fn furnish(api: &Api) {
    let ring = [[121.0, 29.9], [121.1, 29.9], [121.1, 30.1], [121.0, 30.1], [121.0, 29.9]];
    let zone = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties":
        {"name": "北罐区", "kind": "closed", "level": "red", "rules": [{"id": "in", "when": "enter", "priority": 1}]}});
    api.put("/ogc/collections/zones/items/tanks", &zone).expect(201);
    let gate = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.05, 30.0]},
        "properties": {"name": "一号门", "kind": "main"}});
    api.put("/ogc/collections/gates/items/gate-1", &gate).expect(201);
    let truck = json!({"type": "Feature", "geometry": null, "properties":
        {"plate": "浙B12345", "class": "hazmat", "device_id": "a-secret-id"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
}

/// Reports of some seconds, `ago` seconds before now; into the zone when it is left of it.
fn drive(api: &Api, ago: i64, count: i64) -> u64 {
    let now = jiff::Timestamp::now().as_second();
    let fix = |n: i64| {
        let at = jiff::Timestamp::from_second(now - ago + n).unwrap().to_string();
        json!({"vehicle": "truck", "fixed_at": at, "lon": 120.999 + n as f64 * 0.000_3, "lat": 30.0})
    };
    let fixes: Vec<Value> = (0..count).map(fix).collect();
    api.post("/api/fixes", &json!(fixes)).expect(200)["accepted"].as_u64().unwrap()
}

fn database_alarm(api: &Api) -> Option<Value> {
    let alarms = api.get("/api/alarms?limit=1000").expect(200);
    let all = alarms["items"].as_array().unwrap().clone();
    all.into_iter().find(|alarm| alarm["kind"] == "database_lost")
}

#[test]
fn what_is_kept_is_in_postgis_at_once_and_read_there_by_others() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let mut server = Server::with(options(&postgres, folder.path()));
    furnish(&server.api());
    assert_eq!(drive(&server.api(), 20, 15), 15);
    await_caught_up(&server.api());
    let rows = |sql: &str| postgres.run(&format!("SET search_path = {SCHEMA}, public;\n{sql};\n")).trim().to_owned();
    let inside = "SELECT z.name, g.name FROM zones z JOIN gates g ON ST_Covers(z.geom, g.geom)";
    assert_eq!(rows(inside), "北罐区|一号门");
    assert_eq!(rows("SELECT count(*) FROM fixes_on_map WHERE vehicle = 'truck'"), "15");
    assert_eq!(rows("SELECT kind, vehicle, zone FROM events_on_map"), "enter|truck|tanks");
    assert_eq!(rows("SELECT state, priority, kind FROM alarms_on_map"), "unacknowledged|1|enter");
    assert_eq!(rows("SELECT id, round(ST_X(geom)::numeric, 4) FROM vehicles_last"), "truck|121.0032");

    let source = format!("PG:host={} user=postgres dbname=postgres schemas={SCHEMA}", postgres.folder().display());
    let seen = Command::new("ogrinfo").args(["-ro", "-al", "-so", &source, "zones", "gates"]).output().unwrap();
    let seen = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert!(seen.contains("Layer name: zones") && seen.contains("Layer name: gates"), "{seen}");
    assert_eq!(seen.matches("Feature Count: 1").count(), 2, "{seen}");
    assert!(seen.contains("WGS 84"), "{seen}");

    let listed = Command::new("ogrinfo").args(["-ro", "-q", &source]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for collection in Collection::ALL {
        let table = collection.table();
        assert!(listed.lines().any(|line| line.split([' ', '(']).any(|word| word == table)), "{table}: {listed}");
    }
    let spied = "SELECT count(*) FROM vehicles WHERE properties ? 'device_id' UNION ALL SELECT count(*) FROM vehicles";
    assert_eq!(rows(spied), "0\n1", "what opens a door is in no view");

    assert!(server.stop().success());
    assert_same(&postgres, folder.path());
}

#[test]
fn a_lost_database_holds_nothing_up_is_an_alarm_and_catches_up() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let mut server = Server::with(options(&postgres, folder.path()));
    furnish(&server.api());
    drive(&server.api(), 400, 10);
    await_caught_up(&server.api());
    postgres.crash();
    assert_eq!(drive(&server.api(), 380, 300), 300, "what comes in is kept all the same");
    let alarm = wait::until("the loss is an alarm", || database_alarm(&server.api()));
    assert_eq!((&alarm["state"], &alarm["priority"]), (&json!("unacknowledged"), &json!(3)));
    let health = server.api().get("/api/health").expect(200);
    assert_eq!(health["warnings"], json!(["database_lost"]));
    assert_eq!((&health["ready"], &health["database"]["connected"]), (&json!(true), &json!(false)));
    assert!(health["database"]["behind"].as_u64() >= Some(300), "{health}");
    assert!(!health["database"]["error"].as_str().unwrap().is_empty());
    assert!(!server.api().get("/api/vehicles/truck/track").expect(200)["geometry"].is_null(), "and reads go on");

    server.kill();
    server.start_again();
    server.await_ready();
    drive(&server.api(), 60, 5);
    assert_eq!(
        server.api().get("/api/health").expect(200)["database"]["connected"],
        false,
        "a start needs no database"
    );
    postgres.start_again();
    await_caught_up(&server.api());
    let returned = wait::until("the alarm returns", || {
        database_alarm(&server.api()).filter(|alarm| !alarm["returned_at"].is_null())
    });
    assert_eq!(returned["id"], alarm["id"], "over the restart it was one loss");
    assert!(server.stop().success());
    assert_same(&postgres, folder.path());
}

#[test]
fn nothing_is_lost_or_doubled_in_the_database_when_either_is_killed() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let mut server = Server::with(options(&postgres, folder.path()));
    furnish(&server.api());
    let mut sent = 0;
    for round in 0..6 {
        sent += drive(&server.api(), 3_000 - round * 400, 350);
        match round % 3 {
            0 => server.kill(),
            1 => postgres.crash(),
            _ => {
                postgres.crash();
                server.kill();
            }
        }
        if round % 3 != 0 {
            postgres.start_again();
        }
        if round % 3 != 1 {
            server.start_again();
            server.await_ready();
        }
    }
    await_caught_up(&server.api());
    let count = format!("SELECT count(*), count(DISTINCT position) FROM {SCHEMA}.fixes;\n");
    assert_eq!(postgres.run(&count).trim(), format!("{sent}|{sent}"));
    assert!(server.stop().success());
    assert_same(&postgres, folder.path());
}

#[test]
fn a_new_folder_is_filled_from_the_database_and_a_strange_one_is_refused() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let (first, second, third) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    let mut server = Server::with(options(&postgres, &first));
    furnish(&server.api());
    drive(&server.api(), 20, 15);
    await_caught_up(&server.api());
    assert!(server.stop().success());

    let mut moved = Server::unready(options(&postgres, &second));
    moved.await_ready();
    moved.token.clone_from(&server.token);
    let zones = moved.api().get("/ogc/collections/zones/items").expect(200);
    assert_eq!(zones["features"][0]["properties"]["name"], "北罐区");
    assert_eq!(
        moved.api().get("/api/vehicles/truck/track").expect(200)["properties"]["fixes"].as_array().unwrap().len(),
        15
    );
    let alarms = moved.api().get("/api/alarms").expect(200);
    assert_eq!(alarms["items"][0]["kind"], "enter");
    drive(&moved.api(), 2, 2);
    assert!(moved.stop().success());
    assert_same(&postgres, &second);

    let mut older = Server::unready(options(&postgres, &first));
    assert!(!older.await_exit().success(), "the first folder lacks what came since");
    assert!(older.output().contains("older than the database"), "{}", older.output());

    let mut other = Server::with(Options { folder: Some(third.clone()), ..Options::default() });
    furnish(&other.api());
    for n in 0..40 {
        drive(&other.api(), 4_000 - n * 100, 50);
    }
    assert!(other.stop().success());
    let mut strange = Server::unready(options(&postgres, &third));
    assert!(!strange.await_exit().success());
    assert!(strange.output().contains("another site"), "{}", strange.output());
}

#[test]
fn a_site_moves_from_a_folder_to_a_database_and_back_and_both_are_proven_equal() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let (here, back) = (folder.path().join("here"), folder.path().join("back"));
    let mut server = Server::with(Options { folder: Some(here.clone()), ..Options::default() });
    furnish(&server.api());
    drive(&server.api(), 20, 15);
    let (here, back, there) = (here.display().to_string(), back.display().to_string(), url(&postgres));
    let busy = cordon(&["migrate-store", "--from", &here, "--to", &there], "");
    assert!(!busy.status.success(), "not while it is served");
    assert!(String::from_utf8_lossy(&busy.stderr).contains("in use"), "{busy:?}");
    assert!(server.stop().success());
    for (from, to) in [(&here, &there), (&there, &back)] {
        let moved = cordon(&["migrate-store", "--from", from, "--to", to], "");
        let said = String::from_utf8_lossy(&moved.stdout).into_owned();
        assert!(moved.status.success(), "{said} {}", String::from_utf8_lossy(&moved.stderr));
        assert!(said.contains("counts and sums are equal"), "{said}");
        assert!(said.lines().any(|line| line.starts_with("fixes") && line.contains(" 15 ")), "{said}");
    }
    let again = cordon(&["migrate-store", "--from", &here, "--to", &there], "");
    assert!(String::from_utf8_lossy(&again.stderr).contains("exists already"), "{again:?}");
    let nothing = cordon(&["migrate-store", "--from", "nowhere", "--to", &back], "");
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("no site in it"), "{nothing:?}");
    assert_same(&postgres, Path::new(&back));
    let mut moved = Server::unready(Options { folder: Some(Path::new(&back).to_owned()), ..Options::default() });
    moved.await_ready();
    moved.token.clone_from(&server.token);
    assert_eq!(moved.api().get("/api/alarms").expect(200)["items"][0]["kind"], "enter");
}

#[test]
fn the_demo_begins_afresh_in_a_schema_of_its_own() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    postgres.run("CREATE SCHEMA other;\nCREATE TABLE other.theirs (a int);\n");
    let demo = Options {
        demo: true,
        arguments: vec!["--vehicles".to_owned(), "5".to_owned()],
        ..options(&postgres, folder.path())
    };
    let rows = |sql: &str| postgres.run(&format!("SET search_path = cordon_demo, public;\n{sql};\n")).trim().to_owned();
    let zones = || rows("SELECT count(*) FROM zones").parse::<u32>().unwrap();
    let mut first = Server::unready(demo.clone());
    first.await_ready();
    wait::until("the park is in the database", || {
        let there = rows("SELECT to_regclass('zones') IS NOT NULL") == "t";
        (there && zones() > 10 && rows("SELECT count(*) > 5 FROM fixes_on_map") == "t").then_some(())
    });
    first.kill();
    let its_terminals = first.jt808.to_string();
    wait::until("the terminals end with the demo that was killed", || (!is_an_argument(&its_terminals)).then_some(()));
    let count = zones();
    let mut again = Server::unready(demo);
    again.await_ready();
    wait::until("the park is there again, once", || (zones() == count).then_some(()));
    assert_eq!(postgres.run("SELECT count(*) FROM other.theirs;\n").trim(), "0", "nothing else was touched");
}

/// Whether a process of this machine was started with this argument.
fn is_an_argument(text: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let mut arguments = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    arguments.any(|all| all.split(|byte| *byte == 0).any(|one| one == text.as_bytes()))
}
