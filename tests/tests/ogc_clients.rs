//! Other people's programs read `/ogc`: GDAL's OAPIF driver, OWSLib, and schemathesis, which tries what the API's own description
//! allows and forbids.

use cordon_data::feature::Collection;
use cordon_tests::server::Server;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output};

const GATES: &str = "/ogc/collections/gates/items";

fn park() -> Server {
    let server = Server::start();
    let gate = |n: u32| {
        json!({"type": "Feature", "id": format!("g{n}"),
            "geometry": {"type": "Point", "coordinates": [121.0 + f64::from(n) / 100.0, 30.0]},
            "properties": {"name": format!("{n} 号门"), "kind": if n.is_multiple_of(2) { "hazmat" } else { "people" }, "lanes": n}})
    };
    let features: Vec<Value> = (1..=25).map(gate).collect();
    server.api().post(GATES, &json!({"type": "FeatureCollection", "features": features})).expect(201);
    server
}

/// A program of GDAL with the server's token.
fn gdal(server: &Server, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env("GDAL_HTTP_HEADERS", format!("Authorization: Bearer {}", server.token))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; ./test installs it"))
}

/// A program of the tests' Python environment.
fn python(program: &str) -> Command {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients/.venv/bin").join(program);
    assert!(path.exists(), "{} is missing: run ./test, which installs it", path.display());
    Command::new(path)
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn gdal_lists_and_reads_every_collection() {
    let server = park();
    let source = format!("OAPIF:http://{}/ogc", server.http);
    let said = succeeded(&gdal(&server, "ogrinfo", &["-ro", "-q", &source]));
    for collection in Collection::ALL {
        assert!(
            said.lines().any(|line| line.split([' ', '(']).any(|word| word == collection.name())),
            "{collection}: {said}"
        );
    }
    assert_eq!(said.lines().count(), Collection::ALL.len(), "{said}");
    let all = succeeded(&gdal(&server, "ogrinfo", &["-ro", "-al", "-so", &source]));
    assert!(all.contains("Feature Count: 25"), "{all}");

    // A page is smaller than the collection: the driver follows `next`.
    let arguments = ["-f", "GeoJSON", "/vsistdout/", &source, "gates", "-oo", "PAGE_SIZE=10"];
    let read: Value = serde_json::from_str(&succeeded(&gdal(&server, "ogr2ogr", &arguments))).unwrap();
    let features = read["features"].as_array().unwrap();
    assert_eq!(features.len(), 25);
    assert_eq!(features[6]["geometry"]["coordinates"], json!([121.07, 30.0]));
    assert_eq!(features[6]["properties"]["name"], "7 号门");
    let arguments = ["-f", "GeoJSON", "/vsistdout/", &source, "gates", "-spat", "121.005", "29", "121.025", "31"];
    let read: Value = serde_json::from_str(&succeeded(&gdal(&server, "ogr2ogr", &arguments))).unwrap();
    assert_eq!(read["features"].as_array().unwrap().len(), 2);
}

#[test]
fn owslib_finds_its_way() {
    let server = park();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients/owslib_reads.py");
    let output =
        python("python").arg(script).args([&format!("http://{}/ogc", server.http), &server.token]).output().unwrap();
    let found: Value = serde_json::from_str(&succeeded(&output)).unwrap();
    assert_eq!(found["collections"].as_array().unwrap().len(), Collection::ALL.len());
    assert!(found["api"].as_str().unwrap().starts_with("3.0"), "{found}");
    assert_eq!((found["first"].as_array().unwrap().len(), &found["matched"]), (10, &json!(25)));
    assert_eq!(
        (&found["box"], &found["filtered"], &found["item"]),
        (&json!(["g1", "g2"]), &json!(["g1", "g2"]), &json!(7))
    );
    assert!(found["queryables"].as_array().unwrap().contains(&json!("lanes")), "{found}");
}

#[test]
fn schemathesis_finds_no_answer_that_the_description_does_not_allow() {
    let server = park();
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    let output = python("st")
        .args(["run", &format!("http://{}/ogc/api", server.http)])
        .args(["--header", &format!("Authorization: Bearer {}", server.token)])
        .args([
            "--checks",
            checks,
            "--max-examples",
            "15",
            "--phases",
            "examples,coverage,fuzzing",
            "--generation-deterministic",
        ])
        .args(["--include-path-regex", "^/ogc(/conformance|/api|/collections(/(gates|zones)(/.*)?)?)?$", "--no-color"])
        .current_dir(server.folder())
        .output()
        .unwrap();
    let said = succeeded(&output);
    assert!(said.contains("No issues found") || said.contains("passed"), "{said}");
}
