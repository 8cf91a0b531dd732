//! OGC API Features from outside: the abstract tests of 17-069r4 (Part 1, annex A) under their own names, and those of 18-058r1
//! (Part 2), 19-079r2 (Part 3) and 20-002r1 (Part 4) that ask about what a server does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_tests::http::{Api, Reply};
use cordon_tests::server::Server;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, Weak};

const GATES: &str = "/ogc/collections/gates/items";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const EPSG: &str = "http://www.opengis.net/def/crs/EPSG/0/";

/// One server for all tests that only read; it ends with the last of them.
struct Park {
    server: Server,
}

impl Park {
    fn open() -> Arc<Park> {
        static OPEN: Mutex<Weak<Park>> = Mutex::new(Weak::new());
        let mut open = OPEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(park) = open.upgrade() {
            return park;
        }
        let park = Arc::new(Park { server: Server::start() });
        let features: Vec<Value> = (1..=25).map(gate).collect();
        park.api().post(GATES, &json!({"type": "FeatureCollection", "features": features})).expect(201);
        *open = Arc::downgrade(&park);
        park
    }

    fn api(&self) -> Api {
        self.server.api()
    }

    fn get(&self, path: &str) -> Value {
        self.api().get(path).expect(200)
    }

    fn ids(&self, query: &str) -> Vec<String> {
        ids(&self.get(&format!("{GATES}?{query}")))
    }

    /// A GET by an absolute address of this server.
    fn follow(&self, href: &Value) -> Reply {
        let href = href.as_str().unwrap();
        let path =
            href.strip_prefix(&format!("http://{}", self.server.http)).unwrap_or_else(|| panic!("{href} is foreign"));
        self.api().get(path)
    }
}

/// Gate n stands n hundredths of a degree east of 121 and holds on the n-th morning of January.
fn gate(n: u32) -> Value {
    json!({"type": "Feature", "id": format!("g{n}"),
        "geometry": {"type": "Point", "coordinates": [121.0 + f64::from(n) / 100.0, 30.0]},
        "properties": {"name": format!("{n} 号门 <b>"), "kind": if n.is_multiple_of(2) { "hazmat" } else { "people" }, "lanes": n,
            "valid_from": format!("2026-01-{n:02}T00:00:00Z"), "valid_to": format!("2026-01-{n:02}T12:00:00Z")}})
}

fn ids(page: &Value) -> Vec<String> {
    page["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

/// The links of an answer by relation.
fn link<'a>(body: &'a Value, rel: &str) -> &'a Value {
    body["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|link| link["rel"] == rel)
        .unwrap_or_else(|| panic!("no {rel}: {body:#}"))
}

#[track_caller]
fn is_refused(reply: &Reply, status: u16, code: &str, field: &str) {
    assert_eq!(reply.content_type, "application/problem+json", "{}", reply.text());
    let problem = reply.expect(status);
    assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!(field)), "{problem:#}");
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// `/conf/core/root-op`, `/conf/core/root-success`
#[test]
fn conf_core_root_success() {
    let park = Park::open();
    let root = park.get("/ogc");
    for rel in ["service-desc", "service-doc", "conformance", "data", "self", "alternate"] {
        let reply = park.follow(&link(&root, rel)["href"]);
        assert_eq!(reply.status, 200, "{rel}: {}", reply.text());
        let kind = link(&root, rel)["type"].as_str().unwrap();
        assert!(reply.content_type.replace(' ', "").starts_with(kind), "{rel}: {} is not {kind}", reply.content_type);
    }
}

/// `/conf/core/api-definition-op`, `/conf/core/api-definition-success`, `/conf/oas30/oas-definition-1`,
/// `/conf/oas30/oas-definition-2`
#[test]
fn conf_core_api_definition_success() {
    let park = Park::open();
    let reply = park.api().get("/ogc/api");
    assert_eq!(reply.content_type, "application/vnd.oai.openapi+json;version=3.0");
    let document = reply.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0."));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let page = park.api().get("/ogc/api?f=html");
    assert!(page.text().contains("/ogc/collections/zones/items"), "{}", page.text());
}

/// `/conf/oas30/completeness`, `/conf/oas30/exceptions-codes`, `/conf/oas30/security`
#[test]
fn conf_oas30_completeness() {
    let park = Park::open();
    let document = park.get("/ogc/api");
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in paths {
        let methods = methods.as_object().unwrap();
        for (method, operation) in methods {
            assert!(
                operation["responses"]["400"].is_object() && operation["responses"]["401"].is_object(),
                "{method} {path}"
            );
            for parameter in operation["parameters"].as_array().unwrap() {
                let Some(place) = parameter["$ref"].as_str() else { continue };
                let found = document.pointer(place.trim_start_matches('#'));
                assert!(found.is_some_and(Value::is_object), "{method} {path}: {place}");
            }
        }
        let real = path.replace("{featureId}", "g1");
        let status = park.api().get(&real).status;
        assert!(status == 200 || (status == 404 && path.contains("{featureId}")), "{real}: {status}");
    }
    assert_eq!(paths.len(), 4 + Collection::ALL.len() * 5);
    assert!(document["components"]["securitySchemes"]["token"].is_object());
    assert_eq!(park.server.anonymous().get("/ogc").status, 401);
}

/// `/conf/core/conformance-op`, `/conf/core/conformance-success`
#[test]
fn conf_core_conformance_success() {
    let classes = Park::open().get("/ogc/conformance")["conformsTo"].clone();
    for part in [
        "features-1/1.0/conf/core",
        "features-1/1.0/conf/geojson",
        "features-1/1.0/conf/html",
        "features-1/1.0/conf/oas30",
        "features-2/1.0/conf/crs",
        "features-3/1.0/conf/filter",
        "features-4/1.0/conf/create-replace-delete",
    ] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-{part}");
        assert!(classes.as_array().unwrap().contains(&json!(uri)), "{uri}: {classes:#}");
    }
}

/// `/conf/core/http`
#[test]
fn conf_core_http() {
    let park = Park::open();
    let head = park.api().send("HEAD", "/ogc/collections", &[], &[]).unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    let options = park.api().send("OPTIONS", GATES, &[], &[]).unwrap();
    assert_eq!(options.status, 204);
    let allowed = options.header("allow").join(",");
    assert!(["GET", "HEAD", "POST"].iter().all(|method| allowed.contains(method)), "{allowed}");
    let options = park.api().send("OPTIONS", &format!("{GATES}/g1"), &[], &[]).unwrap();
    let allowed = options.header("allow").join(",");
    assert!(["GET", "PUT", "PATCH", "DELETE"].iter().all(|method| allowed.contains(method)), "{allowed}");
    assert_eq!(park.api().send("POST", "/ogc", &[], &[]).unwrap().status, 405);
    assert_eq!(park.api().get("/ogc/nowhere").status, 404);
}

/// `/conf/core/fc-md-op`, `/conf/core/fc-md-success`, `/conf/core/fc-md-links`, `/conf/core/fc-md-items`,
/// `/conf/core/fc-md-items-links`, `/conf/core/sfc-md-op`, `/conf/core/sfc-md-success`, `/conf/crs/fc-md-crs-list`,
/// `/conf/crs/fc-md-storageCrs`, `/conf/queryables/query-param`
#[test]
fn conf_core_fc_md_success() {
    let park = Park::open();
    let body = park.get("/ogc/collections");
    assert_eq!(link(&body, "self")["href"], format!("http://{}/ogc/collections", park.server.http));
    let all = body["collections"].as_array().unwrap();
    assert_eq!(all.len(), Collection::ALL.len());
    for collection in all {
        for rel in ["items", "describedby", "http://www.opengis.net/def/rel/ogc/1.0/queryables"] {
            assert_eq!(park.follow(&link(collection, rel)["href"]).status, 200, "{rel}: {collection:#}");
        }
        let path = format!("/ogc/collections/{}", collection["id"].as_str().unwrap());
        let alone = park.get(&path);
        for name in ["id", "title", "itemType", "crs", "storageCrs"] {
            assert_eq!(alone[name], collection[name], "{name}");
        }
        assert_eq!(alone["storageCrs"], CRS84);
        let uris: Vec<String> = ["4326", "4490", "3857"].iter().map(|code| format!("{EPSG}{code}")).collect();
        let crs = alone["crs"].as_array().unwrap();
        assert!(crs[0] == CRS84 && uris.iter().all(|uri| crs.contains(&json!(uri))), "{crs:?}");
    }
    assert_eq!(park.api().get("/ogc/collections/nothing").status, 404);
}

/// `/conf/core/fc-op`, `/conf/core/fc-response`, `/conf/core/fc-links`, `/conf/core/fc-rel-type`,
/// `/conf/core/fc-timeStamp`, `/conf/core/fc-numberMatched`, `/conf/core/fc-numberReturned`, `/conf/geojson/content`
#[test]
fn conf_core_fc_response() {
    let park = Park::open();
    let reply = park.api().get(&format!("{GATES}?limit=10"));
    assert_eq!(reply.content_type, "application/geo+json");
    let body = reply.expect(200);
    assert_eq!(
        (&body["type"], &body["numberMatched"], &body["numberReturned"]),
        (&json!("FeatureCollection"), &json!(25), &json!(10))
    );
    assert!(body["timeStamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    for link in body["links"].as_array().unwrap() {
        assert!(link["rel"].is_string() && link["type"].is_string(), "{link}");
        let header = format!("<{}>; rel=\"{}\"", link["href"].as_str().unwrap(), link["rel"].as_str().unwrap());
        assert!(reply.header("link").iter().any(|value| value.starts_with(&header)), "{header}");
    }
    assert_eq!(link(&body, "alternate")["type"], "text/html");
    for feature in body["features"].as_array().unwrap() {
        assert_eq!(feature["type"], "Feature");
        let at = feature["geometry"]["coordinates"].as_array().unwrap();
        assert!(at[0].as_f64().unwrap() > 120.0 && at[1].as_f64().unwrap() == 30.0, "longitude first: {at:?}");
    }
}

/// `/conf/core/fc-limit-definition`, `/conf/core/fc-limit-response-1`, and the whole walk by `next` and `prev`
#[test]
fn conf_core_fc_limit_response() {
    let park = Park::open();
    for filter in ["", "&kind=hazmat", "&bbox=121,29,121.2,31"] {
        let mut forth = Vec::new();
        let mut page = park.get(&format!("{GATES}?limit=4{filter}"));
        loop {
            assert!(ids(&page).len() <= 4);
            forth.push(ids(&page));
            let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").cloned();
            let Some(next) = next else { break };
            page = park.follow(&next["href"]).expect(200);
        }
        assert_eq!(json!(forth.concat().len()), page["numberMatched"], "{filter}");
        let mut back = vec![ids(&page)];
        while let Some(prev) = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "prev").cloned() {
            page = park.follow(&prev["href"]).expect(200);
            back.insert(0, ids(&page));
        }
        assert_eq!(back.concat(), forth.concat(), "{filter}");
    }
    for wrong in ["0", "-1", "10001", "many"] {
        is_refused(&park.api().get(&format!("{GATES}?limit={wrong}")), 400, "bad_value", "limit");
    }
}

/// `/conf/core/fc-bbox-definition`, `/conf/core/fc-bbox-response`
#[test]
fn conf_core_fc_bbox_response() {
    let park = Park::open();
    assert_eq!(park.ids("bbox=121.005,29,121.025,31"), ["g1", "g2"]);
    assert_eq!(park.ids("bbox=121.005,29,-10,121.025,31,10"), ["g1", "g2"]);
    assert!(park.ids("bbox=170,29,-170,31").is_empty(), "over the antimeridian");
    assert_eq!(park.ids("bbox=121.245,29,-170,31"), ["g25"]);
    assert_eq!(park.ids("bbox=-180,-90,180,90").len(), 25);
    for wrong in ["1,2,3", "1,2,3,4,5", "a,b,c,d", "121,31,122,29", "1,2,3,400", "NaN,2,3,4", "inf,0,1,1"] {
        is_refused(&park.api().get(&format!("{GATES}?bbox={wrong}")), 400, "bad_value", "bbox");
    }
}

/// `/conf/core/fc-time-definition`, `/conf/core/fc-time-response`
#[test]
fn conf_core_fc_time_response() {
    let park = Park::open();
    assert_eq!(park.ids("datetime=2026-01-03T06:00:00Z"), ["g3"]);
    assert_eq!(park.ids("datetime=2026-01-03"), ["g3"]);
    assert!(park.ids("datetime=2026-01-03T18:00:00Z").is_empty());
    assert_eq!(park.ids("datetime=2026-01-03T18:00:00Z/2026-01-05T00:00:00Z"), ["g4", "g5"]);
    assert_eq!(park.ids("datetime=../2026-01-02"), ["g1", "g2"]);
    assert_eq!(park.ids("datetime=2026-01-25/.."), ["g25"]);
    for wrong in ["yesterday", "2026-01-05/2026-01-04", "2026-13-01", "2026-01-03T06:00:00"] {
        is_refused(&park.api().get(&format!("{GATES}?datetime={wrong}")), 400, "bad_value", "datetime");
    }
}

/// `/conf/core/query-param-unknown`, `/conf/core/query-param-invalid`
#[test]
fn conf_core_query_param_unknown() {
    let park = Park::open();
    is_refused(&park.api().get(&format!("{GATES}?colour=red")), 400, "unknown_parameter", "colour");
    is_refused(&park.api().get(&format!("{GATES}?rules=1")), 400, "unknown_parameter", "rules");
    for path in
        ["/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/gates", "/ogc/collections/gates/items/g1"]
    {
        is_refused(&park.api().get(&format!("{path}?colour=red")), 400, "unknown_parameter", "colour");
        is_refused(&park.api().get(&format!("{path}?f=gml")), 400, "bad_value", "f");
    }
}

/// `/conf/core/f-op`, `/conf/core/f-success`, `/conf/core/f-links`
#[test]
fn conf_core_f_success() {
    let park = Park::open();
    let reply = park.api().get(&format!("{GATES}/g1"));
    assert_eq!(reply.content_type, "application/geo+json");
    let body = reply.expect(200);
    assert_eq!((&body["type"], &body["id"]), (&json!("Feature"), &json!("g1")));
    for rel in ["self", "alternate", "collection"] {
        assert_eq!(park.follow(&link(&body, rel)["href"]).status, 200, "{rel}");
    }
    assert_eq!(park.api().get(&format!("{GATES}/none")).status, 404);
}

/// `/conf/html/definition`, `/conf/html/content`
#[test]
fn conf_html_content() {
    let park = Park::open();
    let browser = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for path in [
        "/ogc",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/gates",
        "/ogc/collections/gates/queryables",
        "/ogc/collections/gates/schema",
        "/ogc/collections/gates/items",
        "/ogc/collections/gates/items/g1",
    ] {
        let page = park.api().send("GET", path, &browser, &[]).unwrap();
        assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=utf-8"), "{path}");
        let text = page.text();
        assert!(text.starts_with("<!DOCTYPE html>") && text.contains("lang=\"zh-CN\""), "{path}");
        assert!(!text.contains("<script") && !text.contains("<b>") && !text.contains("style="), "{path}: {text}");
        for part in text.split("src=\"").skip(1).chain(text.split("<link rel=\"stylesheet\" href=\"").skip(1)) {
            assert!(part.starts_with('/'), "{path} asks another host: {part}");
        }
        assert_eq!(park.api().get(&format!("{path}?f=html")).status, 200);
        let json = park.api().send("GET", &format!("{path}?f=json"), &browser, &[]).unwrap();
        assert!(json.content_type.contains("json"), "{}", json.content_type);
    }
    let items = park.api().get(&format!("{GATES}?f=html&limit=2")).text();
    assert!(items.contains("1 号门 &lt;b&gt;") && items.contains("下一页 Next"), "{items}");
    assert_eq!(park.api().get("/ogc/style.css").content_type, "text/css; charset=utf-8");
}

/// 18-058r1: `/conf/crs/crs-uri`, `/conf/crs/fc-crs-valid-value`, `/conf/crs/fc-crs-default-value`,
/// `/conf/crs/ogc-crs-header`, `/conf/crs/fc-bbox-crs-valid-value`, `/conf/crs/fc-bbox-crs-action`, `/conf/crs/geojson`
#[test]
fn conf_crs_each_system_has_its_order_of_axes() {
    let park = Park::open();
    let asked = |crs: &str| {
        let crs = if crs == CRS84 { crs.to_owned() } else { format!("{EPSG}{crs}") };
        let items = park.api().get(&format!("{GATES}?limit=1&crs={}", encoded(&crs)));
        let item = park.api().get(&format!("{GATES}/g1?crs={}", encoded(&crs)));
        assert_eq!(items.header("content-crs"), [format!("<{crs}>")]);
        assert_eq!(item.header("content-crs"), [format!("<{crs}>")]);
        let at = items.json()["features"][0]["geometry"]["coordinates"].clone();
        assert_eq!(item.json()["geometry"]["coordinates"], at);
        at
    };
    assert_eq!(asked(CRS84), json!([121.01, 30.0]));
    assert_eq!(asked("4326"), json!([30.0, 121.01]));
    assert_eq!(asked("4490"), json!([30.0, 121.01]));
    // PROJ: 13470771.585 3503549.844.
    let at = asked("3857");
    assert!(
        (at[0].as_f64().unwrap() - 13_470_771.585).abs() < 0.01
            && (at[1].as_f64().unwrap() - 3_503_549.844).abs() < 0.01,
        "{at}"
    );
    assert_eq!(park.api().get(GATES).header("content-crs"), [format!("<{CRS84}>")]);
    is_refused(
        &park.api().get(&format!("{GATES}?crs={}", encoded("http://www.opengis.net/def/crs/EPSG/0/4528"))),
        400,
        "bad_value",
        "crs",
    );
    is_refused(&park.api().get(&format!("{GATES}?bbox-crs=none")), 400, "bad_value", "bbox-crs");
    for (crs, bbox) in [
        ("4326", "29,121.005,31,121.025"),
        ("4490", "29,121.005,31,121.025"),
        ("3857", "13470214,3503000,13472000,3504000"),
    ] {
        assert_eq!(
            park.ids(&format!("bbox={bbox}&bbox-crs={}", encoded(&format!("{EPSG}{crs}")))),
            ["g1", "g2"],
            "{crs}"
        );
    }
}

/// 19-079r2: `/conf/queryables/get-op`, `/conf/queryables/get-success`, `/conf/queryables-query-parameters/…`,
/// `/conf/filter/filter-param`, `/conf/filter/filter-lang-param`, `/conf/filter/filter-crs-param`
#[test]
fn conf_filter_finds_what_it_says() {
    let park = Park::open();
    let queryables = park.api().get("/ogc/collections/gates/queryables");
    assert_eq!(queryables.content_type, "application/schema+json");
    let schema = queryables.expect(200);
    assert_eq!((&schema["type"], &schema["properties"]["lanes"]["type"]), (&json!("object"), &json!("integer")));
    assert!(schema["$id"].as_str().unwrap().ends_with("/ogc/collections/gates/queryables"));
    assert_eq!(park.ids("lanes=7"), ["g7"]);
    assert_eq!(park.ids("kind=hazmat&lanes=4"), ["g4"]);
    let by_text = |filter: &str| park.ids(&format!("filter={}", encoded(filter)));
    assert_eq!(by_text("kind = 'hazmat' AND lanes BETWEEN 3 AND 6"), ["g4", "g6"]);
    assert_eq!(by_text("name LIKE '7 号门%' OR id IN ('g1', 'g2')"), ["g1", "g2", "g7"]);
    assert_eq!(
        by_text("S_INTERSECTS(geometry, POLYGON((121.005 29, 121.025 29, 121.025 31, 121.005 31, 121.005 29)))"),
        ["g1", "g2"]
    );
    assert_eq!(by_text("T_AFTER(valid_from, DATE('2026-01-23'))"), ["g24", "g25"]);
    assert_eq!(by_text("nowhere IS NULL AND NOT lanes > 1"), ["g1"]);
    let json_filter = json!({"op": "and", "args": [{"op": "<", "args": [{"property": "lanes"}, 3]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [121.015, 29, 122, 31]}]}]});
    assert_eq!(park.ids(&format!("filter-lang=cql2-json&filter={}", encoded(&json_filter.to_string()))), ["g2"]);
    let swapped = format!(
        "filter-crs={}&filter={}",
        encoded(&format!("{EPSG}4326")),
        encoded("S_INTERSECTS(geometry, POINT(30 121.03))")
    );
    assert_eq!(park.ids(&swapped), ["g3"]);
    for wrong in ["kind = ", "1; DROP TABLE features", "kind = 'a' UNION SELECT", &"NOT ".repeat(500), "version() = 1"]
    {
        is_refused(&park.api().get(&format!("{GATES}?filter={}", encoded(wrong))), 400, "bad_filter", "filter");
    }
    assert!(by_text("kind = ''' OR 1=1 --'").is_empty());
    is_refused(&park.api().get(&format!("{GATES}?filter=TRUE&filter-lang=sql")), 400, "bad_value", "filter-lang");
}

/// 20-002r1: `/conf/create-replace-delete/*`, `/conf/update/*`, `/conf/optimistic-locking-etags/*`, `/conf/features/*`
#[test]
fn conf_create_replace_update_delete() {
    let server = Server::start();
    let api = server.api();
    let made =
        api.send("POST", GATES, &[("Content-Type", "application/geo+json")], gate(1).to_string().as_bytes()).unwrap();
    assert_eq!((made.status, made.header("location")), (201, vec!["/ogc/collections/gates/items/g1"]));
    let item = format!("{GATES}/g1");
    let etag = api.get(&item).etag;
    let put = |etag: &str, body: &Value| {
        let headers = [("Content-Type", "application/geo+json"), ("If-Match", etag)];
        api.send("PUT", &item, &headers, body.to_string().as_bytes()).unwrap()
    };
    assert_eq!(put(&etag, &gate(1)).status, 200);
    assert_eq!(put(&etag, &gate(1)).status, 412, "the revision was seen before");
    let patch = [("Content-Type", "application/merge-patch+json")];
    let patched = api.send("PATCH", &item, &patch, json!({"properties": {"lanes": 9}}).to_string().as_bytes()).unwrap();
    assert_eq!(patched.expect(200)["properties"]["lanes"], 9);

    let mut swapped = gate(2);
    swapped["geometry"]["coordinates"] = json!([30.0, 121.02]);
    let crs = format!("<{EPSG}4490>");
    let headers = [("Content-Type", "application/geo+json"), ("Content-Crs", crs.as_str())];
    let kept = api.send("POST", GATES, &headers, swapped.to_string().as_bytes()).unwrap().expect(201);
    assert_eq!(kept["geometry"]["coordinates"], json!([121.02, 30.0]), "kept with longitude first");
    let unknown =
        [("Content-Type", "application/geo+json"), ("Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/4528>")];
    is_refused(
        &api.send("POST", GATES, &unknown, gate(3).to_string().as_bytes()).unwrap(),
        400,
        "bad_value",
        "Content-Crs",
    );
    is_refused(
        &api.send("POST", GATES, &headers, gate(3).to_string().as_bytes()).unwrap(),
        400,
        "bad_value",
        "geometry",
    );

    assert_eq!(api.send("DELETE", &item, &[], &[]).unwrap().status, 204);
    assert_eq!(api.get(&item).status, 404);
    assert_eq!(api.send("DELETE", &item, &[], &[]).unwrap().status, 404);
    assert_eq!(ids(&api.get(GATES).expect(200)), ["g2"]);
}

/// What is hidden from somebody cannot be asked for by them.
#[test]
fn a_filter_does_not_tell_what_is_hidden() {
    let server = Server::start();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "A", "class": "goods", "device_id": "secret-1"}});
    server.api().put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let guard = Api::new(server.http, Some(server.add_token("gate", "guard")));
    for query in ["device_id=secret-1".to_owned(), format!("filter={}", encoded("device_id LIKE 's%'"))] {
        let path = format!("/ogc/collections/vehicles/items?{query}");
        assert_eq!(ids(&server.api().get(&path).expect(200)), ["truck"], "{query}");
        assert!(ids(&guard.get(&path).expect(200)).is_empty(), "{query}");
    }
}
