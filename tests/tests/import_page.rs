//! Files that come in by the console's page "Data", in a real Chromium.

use cordon_tests::browser::Browser;
use cordon_tests::server::Server;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the supervisor's pass phrase")];

/// Gates as a bureau keeps them: a datum that nobody names, a column that nobody could guess, one row swapped and one nowhere.
const TABLE: &str =
    "编号,名称,经度,纬度,几道\ng1,东门,121.10,30.60,2\ng2,西门,121.11,30.61,3\ng3,反了,30.60,121.10,1\ng4,没有,,,1\n";

#[test]
fn a_table_is_tried_mapped_imported_and_taken_back() {
    let mut server = Server::start();
    server.add_user("eva", "supervisor", EVA[1].1);
    let api = server.api();
    let variables = [EVA[0], EVA[1], ("CORDON_FILE", TABLE)];
    let out = std::env::var("CORDON_SCREENSHOT").unwrap_or_default();
    let variables = [variables.as_slice(), &[("CORDON_SCREENSHOT", &out)]].concat();
    let browser = Browser::start("import-page.mjs", &server, &variables);
    let found = browser.found(|word| match word {
        "imported" => {
            let east = api.get("/ogc/collections/gates/items/g1").expect(200);
            assert_eq!((&east["properties"]["name"], &east["properties"]["lanes"]), (&json!("东门"), &json!(2)));
            let change = json!({"properties": {"lanes": 4}});
            api.json("PATCH", "/ogc/collections/gates/items/g2", &change).expect(200);
        }
        "away" => {
            let left = api.get("/ogc/collections/gates/items").expect(200);
            let ids: Vec<&Value> = left["features"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
            assert_eq!(ids, ["g2"], "what was changed since stays");
            server.stop();
        }
        other => panic!("an unknown word of the scene: {other}"),
    });
    let text = |name: &str| found[name].as_str().unwrap_or_else(|| panic!("no {name} in {found:#}"));
    let has = |name: &str, parts: &[&str]| {
        assert!(parts.iter().all(|part| text(name).contains(part)), "{name}: {found:#}");
    };
    has("empty", &["No file is chosen", "Nothing was imported since"]);
    assert_eq!((text("into"), text("asks")), ("gates", "true"));
    has("shape", &["one zip", ".dbf"]);
    has("noDatum", &["does not say its coordinate system"]);
    assert_eq!((&found["notYet"], &found["stale"]), (&json!(true), &json!(true)), "only what was tried is imported");
    assert_eq!(text("would"), "2");
    has("refused", &["swapped", "No place"]);
    assert_eq!((text("guessed"), text("id")), ("name", "#id"));
    has("first", &["东门", "西门"]);
    assert_eq!(found["points"], 2);
    has("csv", &["Refused", "swapped", "missing"]);
    has("done", &["Imported into “Gates”: 2"]);
    assert_eq!(text("remembered"), "lanes");
    has("past", &["eva", "gates.csv", "Imported 2, refused 2"]);
    has("asked", &["Gates", "2"]);
    has("undone", &["Deleted: 1", "changed since: 1"]);
    assert_eq!(found["offline"], true);
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}
