//! What the data model refuses, what it leaves free, and what an edit of an old feature may leave as it is.

use cordon_data::feature::{Collection, Draft, FieldError, Prepared, StoredFeature, prepare, references};
use cordon_spatial::ids::{FeatureId, FeatureKey};
use serde_json::{Value, json};

fn feature(properties: Value) -> Value {
    json!({"type": "Feature", "geometry": null, "properties": properties})
}

fn enter(
    collection: Collection,
    properties: Value,
    previous: Option<&StoredFeature>,
) -> Result<Prepared, Box<FieldError>> {
    let find =
        |_: Collection, id: &FeatureId| ["here", "under", "below"].contains(&id.as_str()).then_some(FeatureKey(7));
    // "under" is part of "f-1" through "below"; "here" of a circle that an older version let in.
    let wholes = |id: &FeatureId| {
        let above = match id.as_str() {
            "under" => "below",
            "below" => "f-1",
            "here" => "there",
            "there" => "here",
            _ => return Vec::new(),
        };
        vec![FeatureId::new(above).expect("an id")]
    };
    let (id, feature) = (FeatureId::new("f-1").expect("an id"), feature(properties));
    prepare(&Draft { collection, id: &id, feature: &feature, previous, find: &find, wholes: &wholes }).map_err(Box::new)
}

#[track_caller]
fn refused(collection: Collection, properties: Value, code: &str, field: &str) {
    let error = enter(collection, properties.clone(), None).map(|_| ()).expect_err(&properties.to_string());
    assert_eq!((error.code, error.field.as_str()), (code, field), "{error}");
    assert!(!error.limit.is_empty() && error.message.contains(field), "{error:?}");
}

#[track_caller]
fn accepted(collection: Collection, properties: Value) {
    let entered = enter(collection, properties.clone(), None);
    assert!(entered.is_ok(), "{collection} {properties}: {entered:?}");
}

#[test]
fn a_value_of_another_kind_is_refused_by_name() {
    use Collection::{
        Datasets, Drivers, Equipment, Gates, Plants, Points, ProtectionTargets, Resources, Roads, Substances,
    };
    refused(Gates, json!({"lanes": "two"}), "type", "properties.lanes");
    refused(Gates, json!({"lanes": 1.5}), "type", "properties.lanes");
    refused(Gates, json!({"direction": "up"}), "value", "properties.direction");
    refused(Gates, json!({"kind": 7}), "type", "properties.kind");
    refused(ProtectionTargets, json!({"people_day": -1}), "range", "properties.people_day");
    refused(Resources, json!({"capability": "12 t"}), "type", "properties.capability");
    refused(Resources, json!({"quantity": -0.5}), "range", "properties.quantity");
    refused(Resources, json!({"expires_at": "2026-02-30"}), "time", "properties.expires_at");
    refused(Roads, json!({"oneway": "yes"}), "type", "properties.oneway");
    refused(Collection::Enterprises, json!({"hazards": "poison"}), "type", "properties.hazards");
    refused(Plants, json!({"valid_from": "2026-13-01T00:00:00Z"}), "time", "properties.valid_from");
    refused(Equipment, json!({"inspected_on": "last spring"}), "time", "properties.inspected_on");
    refused(Points, json!({"kind": "smell"}), "value", "properties.kind");
    refused(Substances, json!({"lel_percent": 101}), "range", "properties.lel_percent");
    refused(Substances, json!({"un": "UN1005"}), "value", "properties.un");
    refused(Substances, json!({"cas": "7664-41-8"}), "check_digit", "properties.cas");
    refused(Collection::Enterprises, json!({"uscc": "91330100799655058A"}), "check_digit", "properties.uscc");
    refused(Drivers, json!({"licence_to": "soon"}), "time", "properties.licence_to");
    refused(Collection::Zones, json!({"kind": "speed", "capacity": -3}), "missing", "geometry");
    let named = |collection, properties: Value| enter(collection, properties, None).map(|_| ());
    assert!(named(Datasets, json!({})).is_err(), "f-1 is no collection");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let dates = json!({"valid_from": "2026-02-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"});
    refused(Collection::Gates, dates, "order", "properties.valid_to");
    let limits = json!({"kind": "level", "limit_l": 20, "limit_h": 10});
    refused(Collection::Points, limits, "order", "properties.limit_h");
    refused(Collection::Points, json!({"limit_ll": 5, "limit_hh": 4}), "order", "properties.limit_hh");
    refused(Collection::Substances, json!({"lel_percent": 15, "uel_percent": 5}), "order", "properties.uel_percent");
    accepted(Collection::Points, json!({"limit_l": 10, "limit_h": 10, "limit_hh": 11.5}));
}

#[test]
fn a_reference_names_something_that_exists_in_its_collection() {
    refused(Collection::Gates, json!({"closed_area": "gone"}), "unknown_reference", "properties.closed_area");
    refused(Collection::Equipment, json!({"plant": "a b"}), "unknown_reference", "properties.plant");
    accepted(Collection::Gates, json!({"closed_area": "here"}));
    let held = |entry: Value| json!({"substances": ["油漆", {"substance": "here", "quantity_t": 3}, entry]});
    let of = Collection::HazardSources;
    accepted(of, held(json!({"name": "甲醇", "quantity_t": 0})));
    refused(of, held(json!({"substance": "gone"})), "unknown_reference", "properties.substances[2].substance");
    refused(of, held(json!({"quantity_t": -1})), "range", "properties.substances[2].quantity_t");
    refused(of, held(json!({"cas": "1-2-3"})), "check_digit", "properties.substances[2].cas");
    refused(of, held(json!(12)), "type", "properties.substances[2]");
    let properties = held(json!({"substance": "gone"}));
    let named: Vec<&str> =
        references(of, properties.as_object().expect("an object")).into_iter().map(|named| named.id).collect();
    assert_eq!(named, ["here", "gone"]);
}

#[test]
fn nothing_is_part_of_itself() {
    refused(Collection::Plants, json!({"parent": "f-1"}), "circular", "properties.parent");
    refused(Collection::Plants, json!({"parent": "under"}), "circular", "properties.parent");
    refused(Collection::ClosedAreas, json!({"parent": "below"}), "circular", "properties.parent");
    accepted(Collection::Plants, json!({"parent": "here"}));
    // What another collection calls so is another thing.
    accepted(Collection::Gates, json!({"closed_area": "under"}));
}

#[test]
fn free_properties_stay_free() {
    accepted(Collection::Gates, json!({"lane": "two", "备注": [1, {"a": null}], "kind": "anything", "lanes": null}));
    accepted(Collection::Roads, json!({"valid_from": "2026/01/01 00:00:00+00", "valid_to": 7}));
    accepted(Collection::Resources, json!({"kind": "drone_team", "pump_l_s": -5}));
    accepted(Collection::Resources, json!({"expires_at": "2026-02-28", "state": "available"}));
    accepted(Collection::Resources, json!({"expires_at": "2026-02-28T12:00:00+08:00", "flow_l_s": 0}));
}

#[test]
fn an_edit_is_judged_by_what_it_changes() {
    let body = json!({"type": "Feature", "id": "f-1", "geometry": null, "properties":
        {"name": "旧门", "lanes": "two", "closed_area": "gone", "valid_from": "2026-02-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}});
    let (kept, _) = enter(Collection::Gates, json!({}), None).expect("a gate").under(FeatureKey(1), "anna");
    let old = StoredFeature { body: Some(body.to_string()), ..kept };
    let mut properties = body["properties"].clone();
    properties["name"] = "北门".into();
    enter(Collection::Gates, properties.clone(), Some(&old)).expect("another name harms nothing");
    properties["lanes"] = "three".into();
    let error = enter(Collection::Gates, properties.clone(), Some(&old)).expect_err("that is no number either");
    assert_eq!(error.field, "properties.lanes");
    properties["lanes"] = 3.into();
    properties["closed_area"] = "nowhere".into();
    let error = enter(Collection::Gates, properties.clone(), Some(&old)).expect_err("it names nothing");
    assert_eq!(error.field, "properties.closed_area");
    properties["closed_area"] = "here".into();
    properties["valid_to"] = "2026-01-15T00:00:00Z".into();
    let error = enter(Collection::Gates, properties, Some(&old)).expect_err("it still ends before it begins");
    assert_eq!(error.field, "properties.valid_to");
}
