//! `cordon roads build` on road layers, as a bureau has them: made by GDAL in several forms and datums, some of them no good.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_spatial::datum::Datum;
use cordon_spatial::position::Position;
use cordon_tests::server::binary;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

/// A main road with a side road that ends 40 cm short of it, a bridge over it, and a track of a class that nobody knows.
fn roads() -> Value {
    let line = |places: &[[f64; 2]], properties: Value| json!({"type": "Feature", "geometry": {"type": "LineString", "coordinates": places}, "properties": properties});
    json!({"type": "FeatureCollection", "features": [
        line(&[[121.00, 30.0], [121.01, 30.0], [121.02, 30.0]], json!({"名称": "滨海路", "DJ": "01", "限速": 60})),
        line(&[[121.005, 30.000_003_6], [121.005, 30.01]], json!({"名称": "支路一", "DJ": "02", "限高": 3.5})),
        line(&[[121.01, 29.99], [121.01, 30.0], [121.01, 30.01]], json!({"名称": "高架", "DJ": "01", "桥梁": "是"})),
        line(&[[121.02, 30.0], [121.02, 30.01], [121.005, 30.01]], json!({"名称": "环路", "DJ": "09", "oneway": "B"})),
    ]})
}

const CLASSES: &str = "\"01\" = \"国道\"\n\"02\" = \"支路\"\n";

fn cordon(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(binary()).arg("roads").args(arguments).current_dir(folder).output().unwrap()
}

fn build(folder: &Path, file: &str, more: &[&str]) -> Output {
    let said = ["--map", "DJ=class", "--classes", "classes.toml", "--data", "site"];
    cordon(folder, &[&["build", file], said.as_slice(), more].concat())
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with the layer in a form of GDAL's.
fn folder(driver: &str, name: &str, more: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("classes.toml"), CLASSES).unwrap();
    std::fs::write(folder.path().join("source.geojson"), roads().to_string()).unwrap();
    let made = Command::new("ogr2ogr")
        .args(["-f", driver])
        .args(more)
        .args([name, "source.geojson"])
        .current_dir(folder.path())
        .output()
        .expect("ogr2ogr is missing: ./test installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

/// The route between two places and what a profile was kept from.
fn route(folder: &Path, from: &str, to: &str, profile: &str) -> Value {
    let output = cordon(folder, &["route", "--from", from, "--to", to, "--profile", profile, "--data", "site"]);
    assert!(output.status.success(), "{}", words(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn metres(route: &Value) -> f64 {
    route["length_m"].as_f64().unwrap()
}

#[test]
fn a_layer_of_every_form_becomes_the_same_network() {
    let projected = ["-t_srs", "EPSG:4528", "-lco", "ENCODING=GBK"];
    let forms: [(&str, &str, &[&str]); 4] = [
        ("GPKG", "roads.gpkg", &[]),
        ("FlatGeobuf", "roads.fgb", &[]),
        ("GeoJSON", "roads.geojson", &[]),
        ("ESRI Shapefile", "roads.shp", &projected),
    ];
    for (driver, name, more) in forms {
        let folder = folder(driver, name, more);
        let output = build(folder.path(), name, &[]);
        let said = words(&output);
        assert!(output.status.success(), "{name}: {said}");
        // The bridge meets nothing where it crosses, though both lines have a vertex there.
        assert!(said.contains("2 part(s)") && said.contains("1 ends moved onto a road within 1 m"), "{name}: {said}");
        assert!(said.contains("class `09` is not known: 1 roads"), "{name}: {said}");
        let car = route(folder.path(), "121.001,30.0", "121.005,30.005", "car");
        assert!((metres(&car) - 940.0).abs() < 10.0, "{name}: {car}");
        assert_eq!(car["instructions"][0]["road"], "滨海路", "{name}: {car}");
        // A tanker is too high for the side road and goes the other way round.
        let tanker = route(folder.path(), "121.001,30.0", "121.015,30.01", "hazmat_truck");
        assert_eq!(tanker["refused"][0]["reason"], "height", "{name}: {tanker}");
        assert!((metres(&tanker) - 3_425.0).abs() < 20.0, "{name}: {tanker}");
    }
}

#[test]
fn a_layer_without_a_datum_is_refused_and_a_shifted_one_is_brought_back() {
    let folder = folder("ESRI Shapefile", "roads.shp", &["-lco", "ENCODING=UTF-8"]);
    std::fs::remove_file(folder.path().join("roads.prj")).unwrap();
    let refused = build(folder.path(), "roads.shp", &[]);
    let said = words(&refused);
    assert!(!refused.status.success() && said.contains("does not say in which datum"), "{said}");
    assert!(!folder.path().join("site/roads.cordon").exists());
    let output = build(folder.path(), "roads.shp", &["--srs", "gcj02"]);
    assert!(output.status.success(), "{}", words(&output));
    // GCJ-02 is some hundred metres beside the true place there.
    let car = route(folder.path(), "121.001,30.0", "121.015,30.0", "car");
    assert!(car["from"]["off_m"].as_f64().unwrap() > 100.0, "{car}");
}

#[test]
fn roads_that_lie_shifted_beside_those_of_the_one_map_are_told() {
    let folder = folder("GeoJSON", "roads.geojson", &[]);
    let path = folder.path();
    let mut shifted = roads();
    for feature in shifted["features"].as_array_mut().unwrap() {
        feature["properties"]["oneway"] = Value::Null;
        for place in feature["geometry"]["coordinates"].as_array_mut().unwrap() {
            let at = Position::from_degrees(place[0].as_f64().unwrap(), place[1].as_f64().unwrap()).unwrap();
            let (lon, lat) = Datum::Gcj02.from_wgs84(at);
            *place = json!([lon, lat]);
        }
    }
    std::fs::write(path.join("shifted.geojson"), shifted.to_string()).unwrap();
    let told = |file: &str, more: &[&str]| {
        let output = build(path, file, more);
        assert!(output.status.success(), "{}", words(&output));
        words(&output)
    };
    assert!(!told("shifted.geojson", &[]).contains("may be"), "there is nothing to compare with yet");
    let import = ["import", "roads.geojson", "--into", "roads", "--map", "oneway=", "--data", "site"];
    let output = Command::new(binary()).args(import).current_dir(path).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let said = told("shifted.geojson", &[]);
    assert!(
        said.contains("the coordinates may be gcj02: beside roads") && said.contains("nothing was moved"),
        "{said}"
    );
    assert!(!told("shifted.geojson", &["--srs", "gcj02"]).contains("may be"));
    assert!(!told("roads.geojson", &[]).contains("may be"));
}

#[test]
fn what_is_said_wrongly_is_told_with_what_may_be_said() {
    let folder = folder("GeoJSON", "roads.geojson", &[]);
    for (more, expected) in [
        (["--srs", "mars"], "`--srs` is `mars`, but must be EPSG:<code>"),
        (["--snap-m", "300"], "`--snap-m` is `300`, but must be a number of metres from 0 to 20"),
        (["--layer", "rivers"], "there is no layer rivers; the file has"),
        (["--encoding", "klingon"], "the encoding klingon is not known"),
    ] {
        let output = build(folder.path(), "roads.geojson", &more);
        assert!(!output.status.success() && words(&output).contains(expected), "{}", words(&output));
    }
    let wrong = cordon(folder.path(), &["build", "roads.geojson", "--map", "DJ=klass", "--data", "site"]);
    assert!(words(&wrong).contains("`klass` is no property of a road; known: name"), "{}", words(&wrong));
    std::fs::write(
        folder.path().join("points.geojson"),
        json!({"type": "Point", "coordinates": [121, 30]}).to_string(),
    )
    .unwrap();
    let none = build(folder.path(), "points.geojson", &[]);
    assert!(!none.status.success() && words(&none).contains("no road in it"), "{}", words(&none));
}
