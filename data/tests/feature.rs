//! What a person may send as a map feature, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use cordon_data::feature::{
    Collection, Draft, FieldError, Prepared, StoredFeature, deletion, edited, exemption_of, no_wholes, prepare,
    vehicle_of, zone_of,
};
use cordon_spatial::exemption::ExemptionSubject;
use cordon_spatial::ids::{ExemptionKey, FeatureId, FeatureKey, Revision, VehicleKey, ZoneKey};
use cordon_spatial::record::Edited;
use cordon_spatial::units::{DeciKph, UnixMs};
use cordon_spatial::vehicle::VehicleClass;
use cordon_spatial::zone::{RuleWhen, Zone};
use proptest::prelude::*;
use serde_json::{Value, json};

fn enter(collection: Collection, feature: &Value, previous: Option<&StoredFeature>) -> Result<Prepared, FieldError> {
    let find = |collection, id: &FeatureId| match (collection, id.as_str()) {
        (Collection::Vehicles, "truck") => Some(FeatureKey(101)),
        (Collection::Vehicles, "van") => Some(FeatureKey(102)),
        (Collection::Zones, "tanks") => Some(FeatureKey(201)),
        _ => None,
    };
    prepare(&Draft {
        collection,
        id: &FeatureId::new("f-1").unwrap(),
        feature,
        previous,
        find: &find,
        wholes: &no_wholes,
    })
}

fn keep(collection: Collection, feature: &Value, previous: Option<&StoredFeature>) -> StoredFeature {
    let (kept, now) = enter(collection, feature, previous).unwrap().under(FeatureKey(9), "anna");
    assert_eq!(edited(&kept).unwrap(), now, "what is read back is what was entered");
    kept
}

fn body(feature: &StoredFeature) -> Value {
    serde_json::from_str(feature.body.as_ref().unwrap()).unwrap()
}

/// A zone with this geometry and these properties beside its kind.
fn zone(geometry: Value, more: Value) -> Value {
    let mut properties = json!({"kind": "hazard"});
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn square() -> Value {
    json!({"type": "Polygon", "coordinates": [[[121.0, 31.0], [121.01, 31.0], [121.01, 31.01], [121.0, 31.01], [121.0, 31.0]]]})
}

fn moved_square() -> Value {
    json!({"type": "Polygon", "coordinates": [[[121.5, 31.0], [121.51, 31.0], [121.51, 31.01], [121.5, 31.01], [121.5, 31.0]]]})
}

fn circle(more: Value) -> Value {
    zone(json!({"type": "Point", "coordinates": [121.0, 31.0]}), more)
}

fn entered(feature: &Value) -> Zone {
    zone_of(&keep(Collection::Zones, feature, None)).unwrap()
}

/// The refusal names code, field, value and limit.
#[track_caller]
fn refused(collection: Collection, feature: &Value, code: &str, field: &str) -> FieldError {
    let error = enter(collection, feature, None).map(|_| ()).unwrap_err();
    assert_eq!((error.code, error.field.as_str()), (code, field), "{error}");
    assert!(error.message.contains(field) && !error.limit.is_empty(), "{error:?}");
    error
}

#[track_caller]
fn rule_refused(rule: Value, code: &str, field: &str) -> FieldError {
    refused(Collection::Zones, &zone(square(), json!({"rules": [rule]})), code, &format!("properties.rules[0]{field}"))
}

#[test]
fn a_zone_is_read_whole() {
    let zone = entered(&zone(
        square(),
        json!({
            "name": "储罐区", "level": "orange", "valid_from": "2026-11-23T08:00:00+08:00", "valid_to": "2026-11-24T00:00:00Z",
            "colour": {"theirs": [1, 2]},
            "rules": [
                {"when": "enter", "subjects": {"classes": ["hazmat", "goods"], "goods": ["3"]}, "except": {"tags": ["escort"]}},
                {"id": "slow", "when": "speed", "limit_kph": 30.5, "priority": 1},
                {"when": "dwell", "limit_s": 600, "subjects": null, "on_delay_s": 0, "exempt": []}
            ]
        }),
    ));
    assert_eq!(zone.revision, Revision(1));
    assert_eq!((zone.valid_from, zone.valid_to), (Some(UnixMs(1_795_392_000_000)), Some(UnixMs(1_795_478_400_000))));
    let rules: Vec<_> = zone.rules.iter().map(|rule| (rule.id.as_str(), rule.when, rule.priority)).collect();
    let speed = RuleWhen::Speed { limit: DeciKph(305) };
    let expected = [("r1", RuleWhen::Enter, 3), ("slow", speed, 1), ("r3", RuleWhen::Dwell { limit_s: 600 }, 3)];
    assert_eq!(rules, expected);
    assert_eq!(zone.rules[0].subjects.classes, [VehicleClass::Hazmat, VehicleClass::Goods]);
    assert_eq!(zone.rules[0].except.tags, ["escort"]);
}

#[test]
fn what_is_not_known_is_kept_as_it_is() {
    let kept = keep(Collection::Zones, &zone(square(), json!({"colour": {"theirs": [1, "二"]}})), None);
    assert_eq!(body(&kept)["properties"]["colour"], json!({"theirs": [1, "二"]}));
    assert_eq!(body(&kept)["id"], "f-1");
    let gate = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.0, 31.0, 4.5]}, "properties": {"x": 1}});
    assert_eq!(body(&keep(Collection::Gates, &gate, None))["geometry"], gate["geometry"]);
}

/// The refusal of a property that is nearly a known one names that one.
fn meant(collection: Collection, feature: &Value, name: &str, meant: &str) {
    let error = refused(collection, feature, "unknown_member", &format!("properties.{name}"));
    assert!(error.message.contains(meant), "{}", error.message);
}

#[test]
fn a_misspelt_property_is_refused_with_the_one_that_was_meant_and_free_ones_are_kept() {
    for (name, known) in [
        ("vaild_from", "valid_from"),
        ("validTo", "valid_to"),
        ("rule", "rules"),
        ("Rules", "rules"),
        ("radius", "radius_m"),
        ("width", "width_m"),
        ("levle", "level"),
        ("schedules", "schedule"),
        ("limit_kph", "rules[0].limit_kph"),
        ("subjects", "rules[0].subjects"),
        ("priority", "rules[0].priority"),
    ] {
        meant(Collection::Zones, &zone(square(), json!({ name: "x" })), name, &format!("properties.{known}"));
    }
    for (name, known) in
        [("terminal-phone", "terminal_phone"), ("plate_color", "plate_colour"), ("Class", "class"), ("tag", "tags")]
    {
        let vehicle = json!({"type": "Feature", "geometry": null, "properties": {name: "x"}});
        meant(Collection::Vehicles, &vehicle, name, &format!("properties.{known}"));
    }
    let free =
        json!({"note": "south gate", "owner": "Li", "fill": "#f00", "id": 7, "描述": "甲醇罐区", "vaild_from": null});
    let kept = body(&keep(Collection::Zones, &zone(square(), free.clone()), None));
    for (name, value) in free.as_object().unwrap() {
        assert_eq!(&kept["properties"][name], value, "{name}");
    }
    let vehicle =
        json!({"type": "Feature", "geometry": null, "properties": {"driver": "Li", "phone": "138", "vin": 1}});
    assert_eq!(body(&keep(Collection::Vehicles, &vehicle, None))["properties"]["phone"], "138");
}

#[test]
fn a_zone_that_was_kept_with_a_misspelt_property_is_still_read() {
    let mut kept = keep(Collection::Zones, &zone(square(), json!({"note": "x"})), None);
    kept.body = kept.body.map(|body| body.replace("\"note\"", "\"rule\""));
    assert!(zone_of(&kept).is_ok());
}

#[test]
fn a_circle_and_a_corridor_become_their_polygon_and_keep_their_drawing() {
    let kept = keep(Collection::Zones, &circle(json!({"radius_m": 100})), None);
    let shown = body(&kept);
    assert_eq!(shown["geometry"]["type"], "Polygon");
    assert_eq!(shown["properties"]["radius_m"], 100);
    assert_eq!(shown["properties"]["drawn"], json!({"type": "Point", "coordinates": [121.0, 31.0]}));
    let line = json!({"type": "LineString", "coordinates": [[121.0, 31.0], [121.01, 31.0]]});
    let kept = keep(Collection::Zones, &zone(line.clone(), json!({"width_m": 20})), None);
    assert_eq!(body(&kept)["properties"]["drawn"], line);
    assert_eq!(body(&kept)["geometry"]["type"], "Polygon");
}

#[test]
fn a_circle_that_comes_back_is_the_same_circle() {
    let first = keep(Collection::Zones, &circle(json!({"radius_m": 100, "rules": [{"when": "enter"}]})), None);
    let mut sent = body(&first);
    sent["properties"]["name"] = json!("renamed");
    let second = keep(Collection::Zones, &sent, Some(&first));
    assert_eq!(second.derived, first.derived, "neither the ground nor a rule's revision moves");
    assert_eq!(body(&second)["properties"]["drawn"], body(&first)["properties"]["drawn"]);
    assert_eq!(body(&second)["geometry"], body(&first)["geometry"]);
    // The same body at another site, which never saw the first one.
    let elsewhere = keep(Collection::Zones, &sent, None);
    assert_eq!(body(&elsewhere)["properties"]["drawn"], body(&first)["properties"]["drawn"]);

    let mut resized = body(&second);
    resized["properties"]["radius_m"] = json!(50);
    let third = keep(Collection::Zones, &resized, Some(&second));
    assert_eq!(zone_of(&third).unwrap().ground, entered(&circle(json!({"radius_m": 50}))).ground);
    assert_eq!(zone_of(&third).unwrap().rules[0].revision, Revision(3));

    let mut redrawn = body(&third);
    redrawn["geometry"] = square();
    let fourth = keep(Collection::Zones, &redrawn, Some(&third));
    assert_eq!(zone_of(&fourth).unwrap().ground, entered(&zone(square(), json!({}))).ground);
    assert!(
        body(&fourth)["properties"].get("drawn").is_none() && body(&fourth)["properties"].get("radius_m").is_none()
    );
}

#[test]
fn a_rule_has_a_new_revision_only_when_it_or_its_ground_or_validity_changed() {
    let with = |geometry, more| zone(geometry, more);
    let rules = json!([{"id": "a", "when": "enter"}, {"id": "b", "when": "dwell", "limit_s": 60}]);
    let first = keep(Collection::Zones, &with(square(), json!({"name": "x", "rules": rules.clone()})), None);
    let revisions = |feature: &StoredFeature| {
        let zone = zone_of(feature).unwrap();
        zone.rules.iter().map(|rule| format!("{}{}", rule.id, rule.revision.0)).collect::<Vec<_>>().join(" ")
    };
    let after = |geometry, more| revisions(&keep(Collection::Zones, &with(geometry, more), Some(&first)));
    let changed = json!([{"id": "b", "when": "dwell", "limit_s": 90}, {"id": "a", "when": "enter"}, {"when": "exit"}]);
    assert_eq!(revisions(&first), "a1 b1");
    assert_eq!(after(square(), json!({"name": "y", "level": "red", "rules": rules.clone()})), "a1 b1");
    assert_eq!(after(square(), json!({"rules": changed})), "b2 a1 r32");
    assert_eq!(after(moved_square(), json!({"rules": rules.clone()})), "a2 b2");
    assert_eq!(after(square(), json!({"valid_to": "2030-01-01T00:00:00Z", "rules": rules})), "a2 b2");
}

#[test]
fn a_rule_that_would_not_be_watched_is_refused() {
    rule_refused(json!({}), "missing", ".when");
    rule_refused(json!({"when": "enters"}), "value", ".when");
    rule_refused(json!({"when": "enter", "excepts": {}}), "unknown_member", ".excepts");
    rule_refused(json!({"when": "enter", "except": {"class": ["hazmat"]}}), "unknown_member", ".except.class");
    rule_refused(json!({"when": "enter", "subjects": {"classes": ["tank"]}}), "value", ".subjects.classes[0]");
    rule_refused(json!({"when": "enter", "limit_s": 5}), "value", ".limit_s");
    rule_refused(json!({"when": "dwell"}), "missing", ".limit_s");
    rule_refused(json!({"when": "dwell", "limit_s": 0}), "range", ".limit_s");
    rule_refused(json!({"when": "dwell", "limit_s": 1.5}), "type", ".limit_s");
    rule_refused(json!({"when": "speed", "limit_kph": -1}), "range", ".limit_kph");
    rule_refused(json!({"when": "enter", "id": "a b"}), "id", ".id");
    let error = rule_refused(json!({"when": "enter", "priority": 7}), "range", ".priority");
    assert_eq!(error.message, "properties.rules[0].priority is 7; allowed: a whole number from 1 to 4");
    let twice = json!({"rules": [{"id": "r2", "when": "enter"}, {"when": "exit"}]});
    refused(Collection::Zones, &zone(square(), twice), "duplicate", "properties.rules[1].id");
    let many: Vec<_> = (0..51).map(|_| json!({"when": "enter"})).collect();
    refused(Collection::Zones, &zone(square(), json!({"rules": many})), "too_many", "properties.rules");
}

#[test]
fn delays_of_a_rule_are_taken_up_to_a_day_and_where_they_mean_something() {
    let rules = json!([{"when": "enter", "on_delay_s": 5, "off_delay_s": 86_400}, {"when": "exit", "off_delay_s": 60}]);
    let kept = keep(Collection::Zones, &zone(square(), json!({"rules": rules})), None);
    let zone = zone_of(&kept).unwrap();
    let delays: Vec<_> = zone.rules.iter().map(|rule| (rule.on_delay_s, rule.off_delay_s)).collect();
    assert_eq!(delays, [(5, 86_400), (0, 60)]);
    rule_refused(json!({"when": "enter", "off_delay_s": 86_401}), "range", ".off_delay_s");
    let error = rule_refused(json!({"when": "exit", "on_delay_s": 5}), "range", ".on_delay_s");
    assert!(error.message.contains("never raise an alarm"), "{}", error.message);
}

#[test]
fn schedules_windows_and_exemptions_of_a_rule_are_taken() {
    let window = json!({"days": [1], "from": "08:00", "to": "18:00"});
    let rule = json!({"when": "enter", "window": window, "exempt": ["pass"]});
    let kept = keep(Collection::Zones, &zone(square(), json!({"schedule": [window], "rules": [rule]})), None);
    assert_eq!(body(&kept)["properties"]["schedule"], json!([window]));
    assert_eq!(body(&kept)["properties"]["rules"][0]["exempt"], json!(["pass"]));
}

fn pass(more: Value) -> Value {
    let mut properties = json!({"kind": "pass", "subject": "truck", "zone": "tanks",
        "from": "2026-11-23T08:00:00+08:00", "to": "2026-11-24T00:00:00Z"});
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"type": "Feature", "geometry": null, "properties": properties})
}

#[test]
fn an_exemption_is_read_whole_and_keeps_every_member() {
    let kept = keep(Collection::Exemptions, &pass(json!({"number": "P-17", "issued_by": {"desk": 3}})), None);
    let read = exemption_of(&kept).unwrap();
    assert_eq!((read.key, read.revision, read.kind.as_str()), (ExemptionKey(9), Revision(1), "pass"));
    assert_eq!((read.subject, read.zone), (ExemptionSubject::Vehicle(VehicleKey(101)), Some(ZoneKey(201))));
    assert_eq!((read.from, read.to), (UnixMs(1_795_392_000_000), UnixMs(1_795_478_400_000)));
    let mut expected = pass(json!({"number": "P-17", "issued_by": {"desk": 3}}));
    expected["id"] = json!("f-1");
    assert_eq!(body(&kept), expected);

    let everywhere = keep(Collection::Exemptions, &pass(json!({"zone": null})), None);
    assert_eq!(exemption_of(&everywhere).unwrap().zone, None);
    let spelt = keep(Collection::Exemptions, &pass(json!({"subject": {"kind": "vehicle", "id": "van"}})), None);
    assert_eq!(exemption_of(&spelt).unwrap().subject, ExemptionSubject::Vehicle(VehicleKey(102)));
    let person = keep(Collection::Exemptions, &pass(json!({"subject": {"kind": "person", "id": "truck"}})), None);
    let person = exemption_of(&person).unwrap().subject;
    assert_eq!(person, ExemptionSubject::Person(FeatureId::new("truck").unwrap()), "a person is no vehicle");
}

#[test]
fn a_wrong_exemption_is_refused_with_its_field() {
    let bad =
        |more, code, field: &str| refused(Collection::Exemptions, &pass(more), code, &format!("properties.{field}"));
    bad(json!({"kind": null}), "missing", "kind");
    bad(json!({"kind": "Day pass"}), "value", "kind");
    bad(json!({"kind": 3}), "type", "kind");
    bad(json!({"subject": null}), "missing", "subject");
    bad(json!({"subject": 17}), "type", "subject");
    bad(json!({"subject": "a b"}), "id", "subject");
    bad(json!({"subject": {"id": "truck"}}), "missing", "subject.kind");
    bad(json!({"subject": {"kind": "vehicle"}}), "missing", "subject.id");
    bad(json!({"subject": {"kind": "ship", "id": "truck"}}), "value", "subject.kind");
    bad(json!({"subject": {"kind": "vehicle", "id": "truck", "plate": "x"}}), "unknown_member", "subject.plate");
    let error = bad(json!({"subject": "lorry"}), "unknown_vehicle", "subject");
    assert_eq!(error.message, "properties.subject is lorry; allowed: the id of a vehicle that exists");
    bad(json!({"zone": "lake"}), "unknown_zone", "zone");
    bad(json!({"zone": "truck"}), "unknown_zone", "zone");
    bad(json!({"from": null}), "missing", "from");
    bad(json!({"to": "tomorrow"}), "time", "to");
    bad(json!({"to": "2026-11-23T00:00:00Z"}), "order", "to");
    let mut placed = pass(json!({}));
    placed["geometry"] = json!({"type": "Point", "coordinates": [121, 31]});
    refused(Collection::Exemptions, &placed, "geometry", "geometry");
}

#[test]
fn an_exemption_of_what_is_gone_can_still_be_changed() {
    let first = keep(Collection::Exemptions, &pass(json!({})), None);
    // Whom and where it meant is kept with it: here nothing is found any more.
    let again = |feature: Value| {
        let id = FeatureId::new("f-1").unwrap();
        let find = |_, _: &FeatureId| None;
        prepare(&Draft {
            collection: Collection::Exemptions,
            id: &id,
            feature: &feature,
            previous: Some(&first),
            find: &find,
            wholes: &no_wholes,
        })
    };
    let (shortened, _) = again(pass(json!({"to": "2026-11-23T12:00:00+08:00"}))).unwrap().under(FeatureKey(9), "anna");
    assert_eq!(shortened.derived, first.derived);
    assert_eq!(exemption_of(&shortened).unwrap().to, UnixMs(1_795_406_400_000));
    assert_eq!(again(pass(json!({"subject": "van"}))).unwrap_err().code, "unknown_vehicle");
    assert_eq!(again(pass(json!({"zone": "other"}))).unwrap_err().code, "unknown_zone");
}

#[test]
fn a_deleted_exemption_says_so() {
    let kept = keep(Collection::Exemptions, &pass(json!({})), None);
    let (gone, now) = deletion(&kept, "anna");
    assert_eq!(now, Edited::ExemptionDeleted(ExemptionKey(9)));
    assert_eq!(edited(&gone).unwrap(), now);
}

#[test]
fn a_wrong_zone_is_refused_with_its_field() {
    let zones = Collection::Zones;
    refused(zones, &json!({"type": "Feature", "geometry": square(), "properties": {}}), "missing", "properties.kind");
    refused(zones, &zone(square(), json!({"level": "purple"})), "value", "properties.level");
    refused(zones, &zone(square(), json!({"name": "气".repeat(201)})), "too_long", "properties.name");
    refused(zones, &zone(square(), json!({"valid_from": "2026-11-23 08:00"})), "time", "properties.valid_from");
    let order = json!({"valid_from": "2026-11-23T08:00:00+08:00", "valid_to": "2026-11-23T00:00:00Z"});
    refused(zones, &zone(square(), order), "order", "properties.valid_to");
    refused(zones, &zone(Value::Null, json!({})), "missing", "geometry");
    refused(zones, &circle(json!({})), "missing", "properties.radius_m");
    refused(zones, &circle(json!({"radius_m": "100"})), "type", "properties.radius_m");
    refused(zones, &circle(json!({"radius_m": 1e9})), "range", "properties.radius_m");
    refused(
        zones,
        &zone(json!({"type": "MultiPoint", "coordinates": [[121, 31]]}), json!({})),
        "geometry",
        "geometry.type",
    );
    refused(zones, &json!([1]), "type", "the feature");
    refused(zones, &json!({"type": "Polygon"}), "type", "type");
    let mut other_id = zone(square(), json!({}));
    other_id["id"] = json!("f-2");
    refused(zones, &other_id, "id", "id");
    let mut mercator = zone(square(), json!({}));
    mercator["crs"] = json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}});
    refused(zones, &mercator, "crs", "crs");
}

#[test]
fn a_wrong_coordinate_is_named() {
    let polygon = |ring: Value| zone(json!({"type": "Polygon", "coordinates": [ring]}), json!({}));
    let zones = Collection::Zones;
    refused(
        zones,
        &polygon(json!([[121.0, 31.0], [121.1, 31.0], [500.0, 31.1], [121.0, 31.0]])),
        "coordinate",
        "geometry.coordinates[0][2]",
    );
    refused(zones, &polygon(json!([[121.0, "31"], [121.1, 31.0]])), "coordinate", "geometry.coordinates[0][0][1]");
    refused(zones, &polygon(json!([[121.0, null]])), "coordinate", "geometry.coordinates[0][0][1]");
    refused(zones, &polygon(json!([[121.0]])), "coordinate", "geometry.coordinates[0][0]");
    let error = refused(
        zones,
        &polygon(json!([[31.0, 121.0], [31.0, 121.1], [31.1, 121.0], [31.0, 121.0]])),
        "swapped",
        "geometry.coordinates[0][0]",
    );
    assert!(error.message.contains("longitude comes first"), "{error}");
    refused(
        zones,
        &polygon(json!([[121.0, 31.0], [121.1, 31.0], [121.1, 31.1], [121.0, 31.1]])),
        "unclosed",
        "geometry",
    );
    let bow_tie = json!([[121.0, 31.0], [121.1, 31.1], [121.1, 31.0], [121.0, 31.1], [121.0, 31.0]]);
    refused(zones, &polygon(bow_tie), "self_intersection", "geometry");
    refused(
        zones,
        &polygon(json!([[121.0, 31.0], [121.1, 31.0], [121.0, 31.0], [121.0, 31.0]])),
        "too_few_vertices",
        "geometry",
    );
}

#[test]
fn more_than_200k_vertices_are_refused() {
    let ring: Vec<Value> = (0..200_001).map(|n| json!([121.0 + f64::from(n) * 1e-6, 31.0])).collect();
    let line = json!({"type": "LineString", "coordinates": ring});
    let feature = json!({"type": "Feature", "geometry": line, "properties": {}});
    refused(Collection::Roads, &feature, "too_many_vertices", "geometry.coordinates[200000]");
}

#[test]
fn any_other_feature_is_bounded() {
    let gate =
        |geometry: Value, properties: Value| json!({"type": "Feature", "geometry": geometry, "properties": properties});
    let gates = Collection::Gates;
    let inner = json!({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [121, 31]}]});
    keep(gates, &gate(inner.clone(), json!({})), None);
    let nested = json!({"type": "GeometryCollection", "geometries": [inner]});
    refused(gates, &gate(nested, json!({})), "geometry", "geometry.geometries[0]");
    refused(gates, &gate(json!({"type": "Circle"}), json!({})), "geometry", "geometry.type");
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let error = enter(gates, &gate(Value::Null, json!({"x": deep})), None).unwrap_err();
    assert_eq!(error.code, "too_deep");
    refused(gates, &gate(Value::Null, json!({"x": "气".repeat(10_001)})), "too_long", "properties.x");
    let many: serde_json::Map<_, _> = (0..201).map(|n| (format!("p{n}"), json!(n))).collect();
    refused(gates, &gate(Value::Null, Value::Object(many)), "too_many", "properties");
    refused(gates, &gate(Value::Null, json!([1])), "type", "properties");
}

#[test]
fn a_vehicle_is_read_whole_and_its_position_is_not_taken() {
    let vehicle = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121, 31]}, "properties": {
        "plate": "浙B12345", "plate_colour": 2, "company": "Acme", "goods_class": "2.3", "terminal_phone": "013912345678",
        "device_id": "s3cret", "tags": ["tank", "tank", "adr"], "owner": "kept"}});
    let kept = keep(Collection::Vehicles, &vehicle, None);
    let read = vehicle_of(&kept).unwrap();
    assert_eq!(read.vehicle.class, VehicleClass::Ordinary);
    assert_eq!(read.vehicle.tags, ["tank", "adr"]);
    assert_eq!(read.terminal_phone.as_deref(), Some("13912345678"));
    assert_eq!(read.plate_colour.as_deref(), Some("2"));
    assert_eq!(body(&kept)["geometry"], Value::Null);
    assert_eq!(body(&kept)["properties"]["terminal_phone"], "13912345678");
    assert_eq!(body(&kept)["properties"]["owner"], "kept");
    assert!(matches!(edited(&kept).unwrap(), Edited::Vehicle(..)));
}

#[test]
fn a_wrong_vehicle_is_refused_with_its_field() {
    let with = |properties: Value| json!({"type": "Feature", "geometry": null, "properties": properties});
    for (properties, code, field) in [
        (json!({"class": "lorry"}), "value", "properties.class"),
        (json!({"terminal_phone": "13x"}), "value", "properties.terminal_phone"),
        (json!({"terminal_phone": "0000"}), "value", "properties.terminal_phone"),
        (json!({"terminal_phone": "1".repeat(21)}), "value", "properties.terminal_phone"),
        (json!({"tags": "tank"}), "type", "properties.tags"),
        (json!({"tags": (0..51).map(|n| n.to_string()).collect::<Vec<_>>()}), "too_many", "properties.tags"),
        (json!({"plate": 5}), "type", "properties.plate"),
    ] {
        refused(Collection::Vehicles, &with(properties), code, field);
    }
}

/// Any JSON, with the words of a feature in likely places.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "Feature",
        "geometry",
        "properties",
        "coordinates",
        "Polygon",
        "Point",
        "LineString",
        "MultiPolygon",
        "GeometryCollection",
        "geometries",
        "rules",
        "when",
        "enter",
        "dwell",
        "kind",
        "hazard",
        "radius_m",
        "width_m",
        "drawn",
        "valid_from",
        "2026-11-23T00:00:00Z",
        "id",
        "f-1",
        "tags",
        "terminal_phone",
        "subjects",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-200.0..200.0f64).prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        word.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..8).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

#[test]
fn a_polygon_that_crosses_itself_is_refused_in_every_collection() {
    let bow_tie = json!({"type": "Polygon",
        "coordinates": [[[121.0, 31.0], [121.01, 31.01], [121.01, 31.0], [121.0, 31.01], [121.0, 31.0]]]});
    for collection in [Collection::Plants, Collection::Ground, Collection::ClosedAreas, Collection::Closures] {
        let feature =
            |geometry: &Value| json!({"type": "Feature", "geometry": geometry, "properties": {"name": "罐区"}});
        let refused = enter(collection, &feature(&bow_tie), None).unwrap_err();
        assert_eq!((refused.code, refused.field.as_str()), ("self_intersection", "geometry"), "{collection}");
        assert!(enter(collection, &feature(&square()), None).is_ok(), "{collection}");
    }
    let together = |area: Value| {
        let parts = [json!({"type": "Point", "coordinates": [121.0, 31.0]}), area];
        json!({"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": parts}, "properties": {}})
    };
    let refused = enter(Collection::Plants, &together(bow_tie), None).unwrap_err();
    assert_eq!((refused.code, refused.field.as_str()), ("self_intersection", "geometry.geometries[1]"));
    assert!(enter(Collection::Plants, &together(square()), None).is_ok());
}

proptest! {
    #[test]
    fn nothing_that_is_sent_makes_it_panic(geometry in any_json(), properties in any_json(), whole in any_json()) {
        for collection in [Collection::Zones, Collection::Vehicles, Collection::Gates] {
            let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
            for feature in [&feature, &whole] {
                if let Ok(prepared) = enter(collection, feature, None) {
                    let (kept, now) = prepared.under(FeatureKey(1), "anna");
                    prop_assert_eq!(edited(&kept).unwrap(), now);
                    prop_assert!(enter(collection, &body(&kept), Some(&kept)).is_ok(), "what was given out can be sent back");
                }
            }
        }
    }
}
