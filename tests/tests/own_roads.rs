//! The park's own roads and gates on the network: an edit turns routes within a second or so, what is there already is not there
//! twice, and what does not join is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::{Collection, StoredFeature, own_feature_of};
use cordon_data::park;
use cordon_data::park::roads::Roads;
use cordon_data::road_file::RoadFile;
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision};
use cordon_spatial::position::Position;
use cordon_spatial::road::{Own, join};
use cordon_spatial::units::{Millimetres, UnixMs};
use cordon_tests::http::Reply;
use cordon_tests::roads::{at, build, ends};
use cordon_tests::server::{Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};

/// The demo's own roads and gates, as they are kept, joined to the network of its extract.
#[test]
fn the_demo_s_own_roads_are_on_its_network_already_and_change_nothing() {
    let extract = park::osm::road_net(&Roads::of_the_park());
    let file = RoadFile::build("park.osm.pbf", "fictional", &extract).unwrap();
    let before = file.network;
    let (mut roads, mut gates, mut key) = (Vec::new(), Vec::new(), 0);
    for (collection, features) in park::seeds(20) {
        for feature in features.into_iter().filter(|_| matches!(collection, Collection::Roads | Collection::Gates)) {
            key += 1;
            let read = own_feature_of(&StoredFeature {
                key: FeatureKey(key),
                collection,
                id: FeatureId::new(feature["id"].as_str().unwrap()).unwrap(),
                revision: Revision(1),
                at: UnixMs(0),
                who: String::new(),
                body: Some(feature.to_string()),
                derived: None,
            });
            let Some(read) = read else {
                assert_eq!(feature["properties"]["kind"], "people");
                continue;
            };
            assert!(read.unread.is_empty(), "{feature}: {:?}", read.unread);
            roads.extend(read.roads);
            gates.extend(read.gate);
        }
    }
    let own = Own { roads, gates, snap: Millimetres(5_000) };
    let joined = join((&before, &file.grid), &file.skeleton.order(), &own).unwrap();
    let report = &joined.report;
    assert_eq!((report.roads, report.added_m), (report.roads_along, 0), "{report:?}");
    assert_eq!(report.findings, []);
    assert_eq!((report.gates, report.gates_on_roads), (7, 7));
    assert_eq!(joined.network.edge_count(), before.edge_count());
    for edge in before.edges().filter(|edge| before.edge(*edge).length_mm > 0) {
        assert_eq!(joined.network.kind(edge), before.kind(edge), "{:?}", before.name(edge));
    }
}

/// A place so far north of another.
fn north(of: Position, e7: i32) -> Position {
    Position { lat_e7: of.lat_e7 + e7, ..of }
}

fn point(at: Position) -> Value {
    json!({"type": "Point", "coordinates": [at.lon(), at.lat()]})
}

struct Jetty {
    server: Server,
    /// Where the network's road ends, and an own road begins.
    begin: Position,
    /// Where the own road ends, 300 m out.
    end: Position,
}

impl Jetty {
    /// The park's network, with an own road that goes on from the jetty, and a gate where it begins.
    fn new(gate: Value) -> Jetty {
        let server = Server::start();
        build(&server);
        let begin = ends("码头引桥").1;
        let end = north(begin, 27_000);
        let line = json!([[begin.lon(), begin.lat()], [end.lon(), end.lat()]]);
        let geometry = json!({"type": "LineString", "coordinates": line});
        let jetty = Jetty { server, begin, end };
        jetty.put("roads", "pier", json!({"type": "Feature", "geometry": geometry, "properties": {"name": "新码头"}}));
        jetty.gate(gate);
        jetty
    }

    fn put(&self, collection: &str, id: &str, feature: Value) {
        let reply = self.server.api().put(&format!("/ogc/collections/{collection}/items/{id}"), &feature);
        assert!(reply.status < 300, "{}", reply.text());
    }

    fn delete(&self, collection: &str, id: &str) {
        let path = format!("/ogc/collections/{collection}/items/{id}");
        self.server.api().send("DELETE", &path, &[], b"").unwrap().expect(204);
    }

    fn gate(&self, properties: Value) {
        self.put(
            "gates",
            "pier-gate",
            json!({"type": "Feature", "geometry": point(self.begin), "properties": properties}),
        );
    }

    /// What the roads are when the latest edit is joined.
    fn own(&self) -> Value {
        wait::until("the own roads are joined", || {
            let own = self.server.api().get("/api/roads/network").expect(200)["own"].clone();
            (own["is_joining"] == false).then_some(own)
        })
    }

    /// A route from inside the park to the end of the own road.
    fn route(&self, profile: &str) -> Reply {
        self.own();
        let asked = json!({"from": at(ends("南联路").0), "to": at(self.end), "profile": profile});
        self.server.api().post("/api/roads/route", &asked)
    }

    /// Whether a profile gets to the end of the own road itself.
    fn gets_there(&self, profile: &str) -> bool {
        let reply = self.route(profile);
        if reply.status != 200 {
            assert_eq!(reply.json()["code"], "no_way");
            return false;
        }
        let route = reply.expect(200);
        assert!(route["closure_epoch"].as_u64().unwrap() > 0);
        route["to"]["off_m"].as_f64().unwrap() < 1.0
    }
}

#[test]
fn an_edit_of_a_gate_decides_who_gets_to_an_own_road() {
    let jetty = Jetty::new(json!({"kind": "emergency", "state": "closed", "name": "码头应急门"}));
    assert_eq!((jetty.gets_there("fire_engine"), jetty.gets_there("car")), (true, false));
    jetty.gate(json!({"kind": "ordinary", "state": "open"}));
    assert_eq!((jetty.gets_there("car"), jetty.gets_there("hazmat_truck")), (true, false));
    jetty.gate(json!({"kind": "hazmat", "state": "open"}));
    assert_eq!((jetty.gets_there("car"), jetty.gets_there("hazmat_truck")), (false, true));
    jetty.gate(json!({"kind": "hazmat", "state": "closed"}));
    assert_eq!((jetty.gets_there("hazmat_truck"), jetty.gets_there("fire_engine")), (false, false));
}

#[test]
fn a_gate_that_has_a_time_begins_and_ends_by_itself() {
    let later = |seconds: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    let jetty = Jetty::new(json!({"kind": "ordinary", "state": "open", "valid_from": later(3_600)}));
    assert!(!jetty.gets_there("car"), "it has not begun");
    assert_eq!(jetty.own()["findings"][1]["kind"], "end_without_gate");
    jetty.gate(json!({"kind": "ordinary", "state": "open", "valid_from": later(2)}));
    wait::until("the gate begins", || jetty.gets_there("car").then_some(()));
    jetty.gate(json!({"kind": "ordinary", "state": "open", "valid_to": later(2)}));
    wait::until("the gate ends", || (!jetty.gets_there("car")).then_some(()));
}

#[test]
fn what_does_not_join_is_told_over_http_and_on_the_command_line() {
    let jetty = Jetty::new(json!({"kind": "secret", "state": "open"}));
    let own = jetty.own();
    assert_eq!((&own["roads"], &own["gates_on_roads"]), (&json!(1), &json!(1)), "{own}");
    assert_eq!(own["findings"][0]["kind"], "value_unread");
    assert_eq!(own["findings"][0]["property"], "kind");
    assert!(jetty.gets_there("ambulance") && !jetty.gets_there("car"), "an unknown kind is for who comes to help");
    jetty.delete("gates", "pier-gate");
    let own = jetty.own();
    let kinds: Vec<&str> = own["findings"].as_array().unwrap().iter().filter_map(|f| f["kind"].as_str()).collect();
    assert_eq!(kinds, ["road_alone", "end_without_gate"], "{own}");
    assert_eq!(own["findings"][1]["id"], "pier");
    assert!(!jetty.gets_there("fire_engine"));
    let output = cordon(&["roads", "check", "--data", jetty.server.folder().to_str().unwrap()], "");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("roads pier") && said.contains("未连通 ends at a public road"), "{said}");
    // Without the road there is nothing to tell.
    jetty.delete("roads", "pier");
    assert_eq!(jetty.own()["findings"], json!([]));
}
