//! What filters mean, as a table of filters and whether one feature matches them, in both spellings.

use super::*;
use serde_json::{Value, json};

fn feature() -> Value {
    json!({"type": "Feature", "id": "z-1",
        "geometry": {"type": "Polygon", "coordinates": [[[121.0, 30.0], [121.2, 30.0], [121.2, 30.2], [121.0, 30.2], [121.0, 30.0]]]},
        "properties": {"name": "液氯储罐区 Tank Farm", "kind": "hazard", "level": "red", "limit": 30.5, "open": true, "nothing": null,
            "valid_from": "2026-11-01T00:00:00Z", "valid_to": "2026-11-30T23:59:59.999Z", "checked": "2026-11-15", "o'clock": "x"}})
}

#[track_caller]
fn check(filter: &str, expected: bool) {
    let language = if filter.starts_with('{') { Language::Json } else { Language::Text };
    let parsed = Filter::parse(filter, language, Crs::Crs84).unwrap_or_else(|error| panic!("{filter}: {error}"));
    assert_eq!(parsed.matches(&feature()), expected, "{filter}");
}

#[track_caller]
fn refused(filter: &str, piece: &str) {
    let language = if filter.starts_with('{') { Language::Json } else { Language::Text };
    let error = Filter::parse(filter, language, Crs::Crs84).expect_err(filter);
    assert!(error.what.contains(piece), "{filter}: {error}");
}

#[test]
fn comparisons_and_logic() {
    check("kind = 'hazard'", true);
    check("kind <> 'hazard'", false);
    check("level IN ('red', 'orange')", true);
    check("level NOT IN ('red', 'orange')", false);
    check("limit > 30 AND limit <= 30.5", true);
    check("limit BETWEEN 30.5 AND 31", true);
    check("limit NOT BETWEEN -1 AND 3e1", true);
    check("open = TRUE", true);
    check("NOT (kind = 'speed' OR kind = 'hazard')", false);
    check("kind = 'hazard' OR nowhere = 1 AND FALSE", true);
    check("id = 'z-1'", true);
    check("\"o'clock\" = 'x'", true);
    check("name = '液氯储罐区 Tank Farm'", true);
    check("TRUE", true);
    check(
        r#"{"op":"and","args":[{"op":"=","args":[{"property":"kind"},"hazard"]},{"op":">","args":[{"property":"limit"},30]}]}"#,
        true,
    );
    check(
        r#"{"op":"or","args":[{"op":"in","args":[{"property":"level"},["blue"]]},{"op":"between","args":[{"property":"limit"},1,2]}]}"#,
        false,
    );
    check(r#"{"op":"not","args":[{"op":"like","args":[{"property":"name"},"%Farm"]}]}"#, false);
}

#[test]
fn what_is_not_there_is_neither_true_nor_false() {
    check("nowhere = 1", false);
    check("NOT nowhere = 1", false);
    check("nowhere <> 1", false);
    check("nowhere IS NULL", true);
    check("nothing IS NULL AND kind IS NOT NULL", true);
    check("limit = 'thirty'", false);
    check("NOT limit = 'thirty'", false);
    check("kind = 'hazard' OR nowhere = 1", true);
    check(r#"{"op":"isNull","args":[{"property":"nowhere"}]}"#, true);
}

#[test]
fn patterns() {
    check("name LIKE '液氯%'", true);
    check("name LIKE '%tank%'", false);
    check("CASEI(name) LIKE CASEI('%TANK f_rm')", true);
    check("kind LIKE 'h_z_rd'", true);
    check("kind LIKE 'hazard%'", true);
    check("kind NOT LIKE 'h%d%'", false);
    check(r"kind LIKE 'h\%'", false);
    let slow = format!("name LIKE '{}'", "%a".repeat(200));
    check(&slow, false);
}

#[test]
fn places() {
    check("S_INTERSECTS(geometry, POINT(121.1 30.1))", true);
    check("S_INTERSECTS(geometry, BBOX(121.19, 30.19, 122, 31))", true);
    check("S_INTERSECTS(geometry, BBOX(121.3, 30, 122, 31))", false);
    check("S_DISJOINT(geometry, LINESTRING(0 0, 1 1))", true);
    check("S_WITHIN(geometry, POLYGON((120 29, 122 29, 122 31, 120 31, 120 29)))", true);
    check("S_CONTAINS(geometry, MULTIPOINT((121.1 30.1), 121.05 30.05))", true);
    check("S_CROSSES(LINESTRING(120 30.1, 122 30.1), geometry)", true);
    check("S_TOUCHES(geometry, POINT(121 30))", true);
    check("S_OVERLAPS(geometry, POLYGON((121.1 30.1, 122 30.1, 122 31, 121.1 31, 121.1 30.1)))", true);
    check("S_EQUALS(geometry, POLYGON((121 30, 121.2 30, 121.2 30.2, 121 30.2, 121 30)))", true);
    check("s_intersects(geom, GEOMETRYCOLLECTION(POINT Z (121.1 30.1 5), LINESTRING(0 0, 1 1)))", true);
    check("S_INTERSECTS(geometry, BBOX(170, -10, -170, 10))", false);
    check(
        r#"{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[121.1,30.1]}]}"#,
        true,
    );
    check(r#"{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[122,30,123,31]}]}"#, false);
    let swapped = Filter::parse("S_INTERSECTS(geometry, POINT(30.1 121.1))", Language::Text, Crs::Epsg4326);
    assert!(swapped.expect("latitude comes first there").matches(&feature()));
}

#[test]
fn times() {
    check("valid_from < TIMESTAMP('2026-11-02T00:00:00Z')", true);
    check("checked = DATE('2026-11-15')", true);
    check("checked > DATE('2026-11-15')", false);
    check("T_AFTER(checked, DATE('2026-11-14'))", true);
    check("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2026-11-30', '..'))", true);
    check("T_DISJOINT(INTERVAL(valid_from, valid_to), DATE('2026-12-01'))", true);
    check("T_DURING(checked, INTERVAL('2026-11-01', '2026-11-30'))", true);
    check("T_CONTAINS(INTERVAL(valid_from, nowhere), checked)", true);
    check("T_STARTS(INTERVAL(valid_from, checked), INTERVAL('2026-11-01', '2026-11-30'))", true);
    check(r#"{"op":"t_before","args":[{"property":"checked"},{"date":"2026-11-16"}]}"#, true);
    check(
        r#"{"op":"t_intersects","args":[{"interval":[{"property":"valid_from"},{"property":"valid_to"}]},{"timestamp":"2027-01-01T00:00:00Z"}]}"#,
        false,
    );
}

#[test]
fn what_is_wrong_is_said() {
    refused("kind = ", "ends where");
    refused("kind == 'a'", "in place of =");
    refused("kind = 'a' kind", "nothing is expected before kind");
    refused("kind = 'a", "no closing '");
    refused("kind; DROP TABLE features", "means nothing here");
    refused("kind = 'a'; --", "means nothing here");
    refused("lower(kind) = 'a'", "no function");
    refused("S_INTERSECTS(name, POINT(1 1))", "no geometry");
    refused("S_INTERSECTS(geometry, POINT(1))", "a number is expected");
    refused("S_INTERSECTS(geometry, POINT(121 95))", "is no place");
    refused("checked = DATE('yesterday')", "is expected in place of");
    refused("limit = 1e999", "finite");
    refused(r#"{"op":"xor","args":[]}"#, "no operator");
    refused(r#"{"op":"=","args":[1]}"#, "takes two arguments");
    refused(r#"{"op":"#, "no JSON");
    refused(&format!("{}TRUE", "NOT ".repeat(100)), "nested at most");
    refused(&format!("{}TRUE{}", "(".repeat(100), ")".repeat(100)), "nested at most");
    refused(&format!("id IN ({}1)", "1,".repeat(2_000)), "at most 1000");
    refused(&format!("name = '{}'", "x".repeat(MAX_BYTES)), "bytes");
    let nested = format!("{}true{}", r#"{"op":"not","args":["#.repeat(40), "]}".repeat(40));
    refused(&nested, "nested at most");
}

#[test]
fn a_text_that_looks_like_a_statement_is_a_text() {
    check("name = ''' OR 1=1 --'", false);
    check("kind = 'hazard'' OR TRUE'", false);
    let filter = Filter::parse("a = 1 AND T_BEFORE(b, c) OR d IS NULL OR e IN (f)", Language::Text, Crs::Crs84);
    assert_eq!(filter.expect("it is one").properties(), ["a", "b", "c", "d", "e", "f"]);
}
