//! Files in and out of the real binary, as a bureau has them: made by GDAL, in odd datums and encodings, and spoilt on purpose.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::http::{Api, Reply};
use cordon_tests::server::{Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Sends a file; what the server says at once.
fn send(api: &Api, file: &Path, query: &str) -> Reply {
    let name = encoded(file.file_name().unwrap().to_str().unwrap());
    let bytes = std::fs::read(file).unwrap();
    api.send(
        "POST",
        &format!("/api/imports?name={name}&{query}"),
        &[("Content-Type", "application/octet-stream")],
        &bytes,
    )
    .unwrap()
}

/// Imports a file and waits for its end.
fn import(api: &Api, file: &Path, query: &str) -> Value {
    let begun = send(api, file, query).expect(202);
    let path = format!("/api/imports/{}", begun["id"].as_str().unwrap());
    wait::until("the import is over", || Some(api.get(&path).expect(200)).filter(|told| told["state"] != "running"))
}

fn ogr2ogr(arguments: &[&str]) {
    let output = Command::new("ogr2ogr").args(arguments).output().expect("ogr2ogr is missing: ./test installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn read_by_gdal(file: &Path, layer: &[&str]) -> Vec<Value> {
    let output = Command::new("ogr2ogr").args(["-f", "GeoJSON", "/vsistdout/"]).arg(file).args(layer).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["features"].as_array().unwrap().clone()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Three zones, the last of which crosses itself.
fn zones() -> Value {
    let square =
        |west: f64| json!([[[west, 30.0], [west + 0.01, 30.0], [west + 0.01, 30.01], [west, 30.01], [west, 30.0]]]);
    let bow = json!([[[121.5, 30.0], [121.51, 30.01], [121.51, 30.0], [121.5, 30.01], [121.5, 30.0]]]);
    let zone = |name: &str, coordinates: Value| {
        json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": coordinates},
            "properties": {"名称": name, "类别": "hazard", "等级": "red"}})
    };
    json!({"type": "FeatureCollection", "features": [zone("液氯储罐区", square(121.0)), zone("码头", square(121.2)), zone("蝴蝶结", bow)]})
}

/// The zones as a Shapefile in GBK and EPSG:4528 (CGCS2000, three-degree zone 40), as a survey hands it over.
fn survey(folder: &Path) -> PathBuf {
    let source = write(folder, "zones.geojson", &zones().to_string());
    let shapes = folder.join("survey");
    std::fs::create_dir(&shapes).unwrap();
    let shape = shapes.join("风险区.shp");
    ogr2ogr(&[
        "-f",
        "ESRI Shapefile",
        shape.to_str().unwrap(),
        source.to_str().unwrap(),
        "-t_srs",
        "EPSG:4528",
        "-lco",
        "ENCODING=GBK",
    ]);
    let zip = folder.join("风险区.zip");
    zipped(&zip, &shapes);
    zip
}

fn zipped(zip: &Path, folder: &Path) {
    let script = "import sys, zipfile, os\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\nfor f in sorted(os.listdir(sys.argv[2])): z.write(os.path.join(sys.argv[2], f), f)\nz.close()";
    let status = Command::new("python3").args(["-c", script]).arg(zip).arg(folder).status().unwrap();
    assert!(status.success());
}

const MAP: &str = "map=%E5%90%8D%E7%A7%B0%3Dname%2C%E7%B1%BB%E5%88%AB%3Dkind%2C%E7%AD%89%E7%BA%A7%3Dlevel";

#[test]
fn a_survey_in_gbk_and_epsg_4528_becomes_zones_and_is_taken_back() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let file = survey(folder.path());
    let trial = import(&api, &file, &format!("collection=zones&trial=true&{MAP}"));
    assert_eq!((&trial["state"], &trial["report"]["imported"]), (&json!("tried"), &json!(3)), "{trial:#}");
    assert_eq!(trial["report"]["features"].as_array().unwrap().len(), 3);
    let fields = json!([{"name": "名称", "example": "液氯储罐区"}, {"name": "等级", "example": "red"}, {"name": "类别", "example": "hazard"}]);
    assert_eq!(trial["report"]["file_fields"], fields, "as the file has them, whatever they become");
    assert_eq!(api.get("/ogc/collections/zones").expect(200)["itemCount"], 0, "a trial keeps nothing");

    let told = import(&api, &file, &format!("collection=zones&{MAP}"));
    let report = &told["report"];
    assert_eq!(
        (&told["state"], &report["rows"], &report["imported"]),
        (&json!("done"), &json!(3), &json!(3)),
        "{told:#}"
    );
    assert_eq!(
        (&report["encoding"], &report["repaired_count"], &report["refused_count"]),
        (&json!("GB18030"), &json!(1), &json!(0)),
        "{report:#}"
    );
    assert_eq!(report["repaired"][0]["row"], 3, "{report:#}");
    let kept = api.get("/ogc/collections/zones/items").expect(200);
    let first = &kept["features"][0];
    assert_eq!((&first["properties"]["name"], &first["properties"]["level"]), (&json!("液氯储罐区"), &json!("red")));
    let corner = &first["geometry"]["coordinates"][0][0];
    assert!(
        (corner[0].as_f64().unwrap() - 121.0).abs() < 0.011 && (corner[1].as_f64().unwrap() - 30.0).abs() < 0.011,
        "{corner}"
    );
    let west = first["geometry"]["coordinates"][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| at[0].as_f64().unwrap())
        .fold(f64::MAX, f64::min);
    assert!((west - 121.0).abs() < 2e-7, "within two centimetres: {west}");

    let id = told["id"].as_str().unwrap();
    assert_eq!(first["properties"]["import"], id);
    let changed = format!("/ogc/collections/zones/items/{}", kept["features"][1]["id"].as_str().unwrap());
    api.json("PATCH", &changed, &json!({"properties": {"level": "blue"}})).expect(200);
    let undone = api.send("DELETE", &format!("/api/imports/{id}"), &[], &[]).unwrap().expect(200);
    assert_eq!(undone, json!({"deleted": 2, "kept_changed": 1}));
    assert_eq!(api.get("/ogc/collections/zones").expect(200)["itemCount"], 1);
    let last = &api.get("/api/imports").expect(200)["items"][0];
    assert_eq!((&last["id"], &last["by"], &last["report"]["imported"]), (&json!(id), &json!("tests"), &json!(3)));
    assert!(
        last["at"].as_str().is_some_and(|at| at.ends_with('Z')) && last["report"]["repaired"] == json!([]),
        "{last}"
    );
}

#[test]
fn every_format_goes_out_and_comes_back() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let gate = |n: u32| {
        json!({"type": "Feature", "id": format!("g{n}"), "geometry": {"type": "Point", "coordinates": [121.0 + f64::from(n) / 100.0, 30.0]},
            "properties": {"name": format!("{n} 号门"), "kind": "hazmat", "lanes": n, "valid_from": "2026-01-01T00:00:00Z"}})
    };
    let features: Vec<Value> = (1..=5).map(gate).collect();
    api.post("/ogc/collections/gates/items", &json!({"type": "FeatureCollection", "features": features})).expect(201);
    for (format, extension) in [
        ("geojson", "geojson"),
        ("gpkg", "gpkg"),
        ("shp", "zip"),
        ("kml", "kml"),
        ("fgb", "fgb"),
        ("csv", "csv"),
        ("xlsx", "xlsx"),
    ] {
        let reply = api.get(&format!("/api/export/gates?f={format}&filter={}", encoded("lanes > 1")));
        assert_eq!((reply.status, reply.header("x-cordon-features")), (200, vec!["4"]), "{format}: {}", reply.text());
        assert!(reply.header("content-disposition")[0].contains(&format!("gates.{extension}")));
        let file = folder.path().join(format!("gates.{extension}"));
        std::fs::write(&file, &reply.body).unwrap();
        if format != "shp" {
            assert_eq!(read_by_gdal(&file, &[]).len(), 4, "{format}");
        }
        // A table does not say its datum.
        let srs = if ["csv", "xlsx"].contains(&format) { "&srs=wgs84" } else { "" };
        let map = if format == "kml" { "&map=Name%3Dname" } else { "" };
        let told = import(&api, &file, &format!("collection=roads&id_field=none{srs}{map}"));
        assert_eq!((&told["state"], &told["report"]["imported"]), (&json!("done"), &json!(4)), "{format}: {told:#}");
        let back = api
            .get(&format!(
                "/ogc/collections/roads/items?filter={}",
                encoded(&format!("import = '{}'", told["id"].as_str().unwrap()))
            ))
            .expect(200);
        let mut places: Vec<f64> = back["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["geometry"]["coordinates"][0].as_f64().unwrap())
            .collect();
        // FlatGeobuf sorts by place.
        places.sort_by(f64::total_cmp);
        assert_eq!(places, [121.02, 121.03, 121.04, 121.05], "{format}: {back:#}");
        if format != "kml" {
            assert!(back.to_string().contains("2 号门"), "{format}: {back:#}");
        }
        api.send("DELETE", &format!("/api/imports/{}", told["id"].as_str().unwrap()), &[], &[]).unwrap().expect(200);
    }
    // As a browser asks: the file comes packed, and whole.
    let packed = api.send("GET", "/api/export/gates?f=csv", &[("Accept-Encoding", "gzip")], &[]).unwrap();
    assert_eq!((packed.status, packed.header("content-encoding")), (200, vec!["gzip"]));
    assert_eq!(packed.body.first_chunk(), Some(&[0x1f, 0x8b]), "begun as gzip is");
    assert_eq!(api.get("/api/export/gates?f=dwg").expect(400)["field"], "f");
    assert_eq!(api.get("/api/export/gates?colour=red").expect(400)["code"], "unknown_parameter");
    assert_eq!(api.get("/api/export/nothing").status, 404);
    for what in ["events", "alarms", "fixes", "tracks"] {
        let reply = api.get(&format!("/api/export/{what}?f=geojson"));
        assert_eq!(reply.expect(200)["type"], "FeatureCollection", "{what}");
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula_and_every_text_comes_back() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let texts = ["=cmd|' /C calc'!A0", "+86 570 555", "-2+3", "@SUM(A1)", "'=already", "北门", "-12.5", "it's"];
    let gate = |(n, text): (usize, &&str)| {
        json!({"type": "Feature", "id": format!("-g{n}"), "geometry": {"type": "Point", "coordinates": [121.0, 30.0]},
            "properties": {"name": text, "lanes": n, "=1+1": -7}})
    };
    let features: Vec<Value> = texts.iter().enumerate().map(gate).collect();
    api.post("/ogc/collections/gates/items", &json!({"type": "FeatureCollection", "features": features})).expect(201);
    for (extension, into) in [("csv", "parks"), ("xlsx", "protection-targets")] {
        let file = folder.path().join(format!("gates.{extension}"));
        std::fs::write(&file, &api.get(&format!("/api/export/gates?f={extension}")).body).unwrap();
        let cells = folder.path().join(format!("{extension}.json"));
        ogr2ogr(&["-f", "GeoJSON", cells.to_str().unwrap(), file.to_str().unwrap(), "-oo", "AUTODETECT_TYPE=NO"]);
        let read: Value = serde_json::from_slice(&std::fs::read(&cells).unwrap()).unwrap();
        for row in read["features"].as_array().unwrap() {
            for (name, cell) in row["properties"].as_object().unwrap() {
                let runs = |text: &str| {
                    text.starts_with(['=', '@']) || text.starts_with(['+', '-']) && text.parse::<f64>().is_err()
                };
                assert!(!runs(name) && !cell.as_str().is_some_and(runs), "{extension}: {name}: {cell}");
            }
        }
        let told = import(&api, &file, &format!("collection={into}&srs=wgs84"));
        assert_eq!(told["report"]["imported"], texts.len() as u64, "{extension}: {told:#}");
        for (n, text) in texts.iter().enumerate() {
            let back = api.get(&format!("/ogc/collections/{into}/items/-g{n}")).expect(200);
            assert_eq!(
                (&back["properties"]["name"], &back["properties"]["lanes"]),
                (&json!(text), &json!(n)),
                "{extension}"
            );
            assert_eq!(back["properties"]["=1+1"], -7, "{extension}: {back}");
        }
    }
}

#[test]
fn drawings_of_cad_receivers_and_google_earth_come_in() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let place = folder.path();
    let path = |name: &str| place.join(name).to_str().unwrap().to_owned();
    let kept = |told: &Value| {
        assert_eq!(told["state"], "done", "{told:#}");
        let id = encoded(&format!("import = '{}'", told["id"].as_str().unwrap()));
        let all = api.get(&format!("/ogc/collections/ground/items?filter={id}")).expect(200);
        all["features"].as_array().unwrap().clone()
    };
    let is_near = |at: &Value, lon: f64, lat: f64| {
        let is = |value: &Value, degrees: f64| value.as_f64().is_some_and(|value| (value - degrees).abs() < 2e-7);
        is(&at[0], lon) && is(&at[1], lat)
    };

    // A drawing office: metres of CGCS2000 / zone 40, which the file does not say.
    let lines = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"Layer": "PIPE"}, "geometry": {"type": "LineString", "coordinates": [[121.0, 30.0], [121.01, 30.0], [121.01, 30.01]]}},
        {"type": "Feature", "properties": {"Layer": "VALVE"}, "geometry": {"type": "Point", "coordinates": [121.005, 30.0]}}]});
    let source = write(place, "lines.geojson", &lines.to_string());
    ogr2ogr(&["-f", "DXF", &path("plan.dxf"), source.to_str().unwrap(), "-t_srs", "EPSG:4528"]);
    let drawing = place.join("plan.dxf");
    assert_eq!(import(&api, &drawing, "collection=ground")["code"], "unknown_datum");
    let told = import(&api, &drawing, "collection=ground&srs=EPSG:4528&map=Layer%3Dkind");
    let found = kept(&told);
    assert_eq!(found.len(), 2, "{told:#}");
    let line = found.iter().find(|one| one["geometry"]["type"] == "LineString").unwrap();
    assert!(is_near(&line["geometry"]["coordinates"][2], 121.01, 30.01), "{line:#}");
    assert_eq!(line["properties"]["kind"], "PIPE");

    // A receiver that somebody carried: a waypoint, a route, a track.
    let point = |kind: &str, n: u32| format!("<{kind} lat=\"30.0{n}\" lon=\"121.0{n}\"></{kind}>");
    let walk: String = (1..5).map(|n| point("trkpt", n)).collect();
    let way: String = (1..4).map(|n| point("rtept", n)).collect();
    let gpx = format!(
        "<?xml version=\"1.0\"?><gpx version=\"1.1\" creator=\"test\" xmlns=\"http://www.topografix.com/GPX/1/1\">\
         <wpt lat=\"30.5\" lon=\"121.5\"><name>消火栓</name></wpt><rte><name>巡线</name>{way}</rte>\
         <trk><name>足迹</name><trkseg>{walk}</trkseg></trk></gpx>"
    );
    let told = import(&api, &write(place, "walk.gpx", &gpx), "collection=ground");
    let mut found: Vec<(String, String)> = kept(&told)
        .iter()
        .map(|one| {
            (
                one["properties"]["name"].as_str().unwrap().to_owned(),
                one["geometry"]["type"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    found.sort();
    let expected = [("巡线", "LineString"), ("消火栓", "Point"), ("足迹", "MultiLineString")];
    assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())), "{told:#}");

    // Google Earth: KML in a zip, called as it likes.
    ogr2ogr(&["-f", "KML", &path("doc.kml"), source.to_str().unwrap(), "-nln", "管线"]);
    let inside = place.join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::rename(place.join("doc.kml"), inside.join("doc.kml")).unwrap();
    zipped(&place.join("管线.kmz"), &inside);
    let found = kept(&import(&api, &place.join("管线.kmz"), "collection=ground"));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|one| is_near(&one["geometry"]["coordinates"], 121.005, 30.0)), "{found:#?}");
}

#[test]
fn what_happened_goes_out_too() {
    let server = Server::start();
    let api = server.api();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "A", "class": "hazmat"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let ring = json!([[[121.0, 30.0], [121.01, 30.0], [121.01, 30.01], [121.0, 30.01], [121.0, 30.0]]]);
    let zone = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": ring},
        "properties": {"name": "Z", "kind": "hazard", "rules": [{"when": "enter", "priority": 1}]}});
    api.put("/ogc/collections/zones/items/z", &zone).expect(201);
    let now = jiff::Timestamp::now().as_second();
    let fixes: Vec<Value> = (0..60)
        .map(|n| json!({"vehicle": "truck", "fixed_at": jiff::Timestamp::from_second(now - 60 + n).unwrap().to_string(), "lon": 120.996 + n as f64 * 0.0002, "lat": 30.005}))
        .collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    let out = |what: &str| api.get(&format!("/api/export/{what}")).expect(200)["features"].as_array().unwrap().clone();
    let (events, alarms, tracks) = (out("events"), out("alarms"), out("tracks"));
    assert!(
        events.iter().any(|event| event["properties"]["kind"] == "enter" && event["geometry"]["type"] == "Point"),
        "{events:#?}"
    );
    assert_eq!(
        (alarms.len(), &alarms[0]["properties"]["subject_id"], &alarms[0]["geometry"]["type"]),
        (1, &json!("truck"), &json!("Point")),
        "{alarms:#?}"
    );
    assert_eq!((tracks.len(), tracks[0]["geometry"]["coordinates"].as_array().unwrap().len()), (1, 60));
    assert_eq!(out("fixes?vehicle=truck").len(), 60);
    let vehicles = out("vehicles?bbox=120,29,122,31");
    assert_eq!(vehicles[0]["geometry"]["type"], "Point", "{vehicles:#?}");
    assert_eq!(api.get("/api/export/tracks?vehicle=nobody").expect(400)["field"], "vehicle");
}

#[test]
fn files_that_are_wrong_are_refused_with_the_reason() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let place = folder.path();
    let failed = |file: &Path, query: &str, reason: &str| {
        let told = import(&api, file, query);
        let error = told["error"].as_str().unwrap_or_default();
        assert!(told["state"] == "failed" && error.contains(reason), "{}: {told:#}", file.display());
        assert!(!error.contains("/tmp"), "{error}");
    };
    let zip = |name: &str, files: &[(&str, &str)]| {
        let path = place.join(name);
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\nfor n, c in zip(sys.argv[2::2], sys.argv[3::2]): z.writestr(n, '0' * int(c[1:]) if c.startswith('*') else c)\nz.close()";
        let words = files.iter().flat_map(|(name, content)| [*name, *content]);
        assert!(Command::new("python3").args(["-c", script]).arg(&path).args(words).status().unwrap().success());
        path
    };
    let gates = "collection=gates";
    failed(&zip("climbs.zip", &[("../../evil.shp", "x")]), gates, "outside");
    failed(&zip("bomb.zip", &[("a.shp", "*100000000")]), gates, "grow over");
    failed(&zip("vrt.zip", &[("a.vrt", "<OGRVRTDataSource/>")]), gates, "it holds 0");
    failed(&zip("bad.xlsx", &[("../x", "y")]), gates, "outside");
    let vrt = "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";
    failed(&write(place, "trick.vrt", vrt), gates, "told apart");
    failed(&write(place, "trick.geojson", vrt), gates, "its content is no geojson");
    failed(&write(place, "trick.csv", vrt), gates, "its content is no csv");
    failed(&write(place, "trick.kml", vrt), gates, "");
    failed(
        &write(place, "xxe.kml", "<!DOCTYPE k [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml>&x;</kml>"),
        gates,
        "DOCTYPE",
    );
    failed(&write(place, "empty.csv", ""), gates, "empty");
    failed(&write(place, "nodatum.csv", "name,lon,lat\nA,121,30\n"), gates, "datum");
    assert_eq!(api.get("/api/imports").expect(200)["items"][0]["code"], "unknown_datum");
    failed(
        &write(place, "a.csv", "name,lon,lat\nA,121,30\n"),
        "collection=gates&srs=EPSG:999999",
        "cannot be brought to WGS 84",
    );
    failed(&write(place, "b.csv", "name,lon,lat\nA,121,30\n"), "collection=gates&srs=wgs84&layer=nope", "no layer");
    failed(
        &write(place, "c.csv", "name,lon,lat\nA,121,30\n"),
        "collection=gates&srs=wgs84&encoding=klingon",
        "encoding",
    );
    let csv = write(place, "d.csv", "name,lon,lat\nA,121,30\n");
    for (query, field) in [
        ("collection=gates&srs=mars", "srs"),
        ("collection=gates&map=x", "map"),
        ("srs=wgs84", "collection"),
        ("collection=gates&trial=perhaps", "trial"),
    ] {
        assert_eq!(send(&api, &csv, query).expect(400)["field"], field, "{query}");
    }
    assert_eq!(send(&api, &csv, "collection=bananas").status, 404);

    let table = "id,name,lon,lat,lanes\ng1,门,121,30,2\ng2,swapped,30,121,2\ng1,twice,121,30,2\ng3,nowhere,,,2\ng 4,bad id,121,30,2\n";
    let rows = write(place, "rows.csv", table);
    let tried = import(&api, &rows, "collection=gates&srs=wgs84&trial=true");
    let told = import(&api, &rows, "collection=gates&srs=wgs84");
    let report = &told["report"];
    for what in ["imported", "refused_count", "refused"] {
        assert_eq!(tried["report"][what], report[what], "a trial says beforehand what will be refused");
    }
    assert_eq!((&report["imported"], &report["refused_count"]), (&json!(1), &json!(4)), "{report:#}");
    let codes: Vec<(u64, &str)> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["row"].as_u64().unwrap(), r["code"].as_str().unwrap()))
        .collect();
    assert_eq!(report["refused"][1]["limit"], "a place for every row", "{report:#}");
    assert_eq!(codes, [(2, "swapped"), (4, "missing"), (5, "id"), (3, "taken")], "{report:#}");
    assert_eq!(api.get("/ogc/collections/gates").expect(200)["itemCount"], 1);
    let again = import(&api, &rows, "collection=gates&srs=wgs84&trial=true");
    assert_eq!(again["report"]["imported"], 0, "what came in is taken: {again:#}");
    let all = again["report"]["refused"].as_array().unwrap();
    assert_eq!(all.iter().filter(|row| row["code"] == "taken").count(), 2, "{again:#}");
    let left = std::fs::read_dir(server.folder().join("incoming")).unwrap().count();
    assert_eq!(left, 0, "nothing is left of what was read");
    let guard = Api::new(server.http, Some(server.add_token("gate", "guard")));
    assert_eq!(send(&guard, &csv, gates).status, 403);
}

#[test]
fn shifted_datums_are_brought_back() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    // GCJ-02 and BD-09 of 121.05, 30.6, by the formula that open projects agree on.
    let at = cordon_spatial::position::Position::from_degrees(121.05, 30.6).unwrap();
    for (srs, datum) in [("gcj02", cordon_spatial::datum::Datum::Gcj02), ("bd09", cordon_spatial::datum::Datum::Bd09)] {
        let (lon, lat) = datum.from_wgs84(at);
        assert!((lon - 121.05).abs() > 0.003, "the shift is some hundred metres");
        let table = write(folder.path(), "a.csv", &format!("名称,经度,纬度\n门,{lon:.8},{lat:.8}\n"));
        let told = import(&api, &table, &format!("collection=gates&srs={srs}"));
        let item = api
            .get(&format!(
                "/ogc/collections/gates/items?filter={}",
                encoded(&format!("import = '{}'", told["id"].as_str().unwrap()))
            ))
            .expect(200);
        let found = &item["features"][0]["geometry"]["coordinates"];
        assert!(
            (found[0].as_f64().unwrap() - 121.05).abs() < 1e-6 && (found[1].as_f64().unwrap() - 30.6).abs() < 1e-6,
            "{srs}: {found}"
        );
    }
}

#[test]
fn a_datum_that_was_mistaken_is_told_and_nothing_is_moved() {
    let server = Server::start();
    let (api, folder) = (server.api(), tempfile::tempdir().unwrap());
    let roads: Vec<Value> = cordon_data::park::seeds(20)
        .into_iter()
        .find(|(collection, _)| *collection == cordon_data::feature::Collection::Roads)
        .unwrap()
        .1;
    api.post("/ogc/collections/roads/items", &json!({"type": "FeatureCollection", "features": roads})).expect(201);
    // Signs beside the roads, as somebody took them from a web map.
    let place = |road: &Value| {
        let at = &road["geometry"]["coordinates"][0];
        cordon_spatial::position::Position::from_degrees(at[0].as_f64()? + 0.000_05, at[1].as_f64()?).ok()
    };
    let places: Vec<_> = roads.iter().filter_map(place).take(40).collect();
    let table = |datum: cordon_spatial::datum::Datum| {
        let row = |place: &cordon_spatial::position::Position| {
            let (lon, lat) = datum.from_wgs84(*place);
            format!("{lon:.7},{lat:.7}\n")
        };
        write(folder.path(), "signs.csv", &format!("lon,lat\n{}", places.iter().map(row).collect::<String>()))
    };
    use cordon_spatial::datum::Datum::{Bd09, Gcj02, Wgs84};
    for (datum, name, srs) in [(Gcj02, "gcj02", "wgs84"), (Bd09, "bd09", "EPSG:4490"), (Wgs84, "wgs84", "gcj02")] {
        let told = import(&api, &table(datum), &format!("collection=ground&srs={srs}&trial=true"));
        let suspected = &told["report"]["suspected_datum"];
        assert_eq!((&suspected["datum"], &suspected["reference"]), (&json!(name), &json!("roads")), "{srs}: {told:#}");
        let metres = |what: &str| suspected[what].as_f64().unwrap();
        assert!(
            metres("median_shift_m") > 300.0 && metres("fits_m") < 10.0 && metres("without_m") > 30.0,
            "{suspected}"
        );
    }
    for (datum, srs) in [(Wgs84, "wgs84"), (Gcj02, "gcj02")] {
        let told = import(&api, &table(datum), &format!("collection=ground&srs={srs}&trial=true"));
        assert_eq!(told["report"]["suspected_datum"], Value::Null, "{srs}: {told:#}");
    }
    let told = import(&api, &table(Gcj02), "collection=ground&srs=wgs84");
    assert_eq!(told["report"]["suspected_datum"]["datum"], "gcj02", "an import says it too: {told:#}");
    let kept = api.get("/ogc/collections/ground/items?limit=1").expect(200);
    let (lon, _) = Gcj02.from_wgs84(places[0]);
    let found = kept["features"][0]["geometry"]["coordinates"][0].as_f64().unwrap();
    assert!((found - lon).abs() < 2e-7, "nothing is moved in silence: {found}, {lon}");
}

#[test]
fn the_command_line_works_with_and_without_a_server() {
    let mut server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = survey(folder.path());
    let site = server.folder().to_str().unwrap().to_owned();
    let map = "名称=name,类别=kind,等级=level";
    let run = |arguments: &[&str]| {
        let output = cordon(&[arguments, &["--data", &site]].concat(), "");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (ok, said, error) = run(&["import", file.to_str().unwrap(), "--into", "zones", "--map", map]);
    assert!(ok && said.contains("3 rows, 3 imported into zones, 1 repaired, 0 refused"), "{said}{error}");
    assert_eq!(server.api().get("/ogc/collections/zones").expect(200)["itemCount"], 3, "at once");
    server.stop();

    let out = folder.path().join("out.gpkg");
    let (ok, said, error) = run(&["export", "zones", out.to_str().unwrap(), "--filter", "level = 'red'"]);
    assert!(ok && said.contains("3 features"), "{said}{error}");
    assert_eq!(read_by_gdal(&out, &["zones"]).len(), 3);
    let table = write(folder.path(), "gates.csv", "name,lon,lat\nA,121,30\nB,,\n");
    let (ok, said, error) = run(&["import", table.to_str().unwrap(), "--into", "gates", "--srs", "wgs84"]);
    assert!(
        !ok && said.contains("1 imported") && said.contains("row 2: refused") && error.contains("1 of 2 rows"),
        "{said}{error}"
    );
    let id = said.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    let (ok, said, error) = run(&["import", "--undo", &id]);
    assert!(ok && said.contains("1 features deleted"), "{said}{error}");
    let (ok, _, error) = run(&["import", "/nowhere.csv", "--into", "gates"]);
    assert!(!ok && error.contains("/nowhere.csv"), "{error}");
    let (ok, _, error) = run(&["export", "gates", folder.path().join("a.xyz").to_str().unwrap()]);
    assert!(!ok && error.contains("does not say its format"), "{error}");
    server.start_again();
    server.await_ready();
    assert_eq!(server.api().get("/ogc/collections/zones").expect(200)["itemCount"], 3);
}

/// The child that GDAL runs in cannot reach the network, take more memory than it was given, or be another program.
#[test]
fn the_child_is_limited() {
    let limited = |arguments: &[&str]| {
        let output = cordon(&[&["run-limited", "--"], arguments].concat(), "");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (ok, error) = limited(&["2048", "60", "100", "sh", "-c", "true"]);
    assert!(!ok && error.contains("allowed: ogr2ogr, ogrinfo"), "{error}");
    let (ok, error) = limited(&["2048", "60", "100", "ogrinfo", "--version"]);
    assert!(ok, "{error}");
    let (ok, _) = limited(&["8", "60", "100", "ogrinfo", "--version"]);
    assert!(!ok, "eight MiB are too few for it");
    let server = Server::start();
    let (ok, error) = limited(&["2048", "60", "100", "ogrinfo", "-ro", &format!("OAPIF:http://{}/ogc", server.http)]);
    assert!(!ok, "the server beside it cannot be reached: {error}");
}
