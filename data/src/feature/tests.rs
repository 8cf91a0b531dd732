//! Everything that a zone and its rules may say, whether or not the engine judges it yet.

use super::zone::{ZoneDraft, enter};
use super::{Collection, FieldError, StoredFeature, zone_of};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, ZoneKey};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::{RuleWhen, Zone};
use serde_json::{Map, Value, json};

fn square() -> Value {
    json!({"type": "Polygon", "coordinates": [[[121.0, 31.0], [121.01, 31.0], [121.01, 31.01], [121.0, 31.01], [121.0, 31.0]]]})
}

fn night() -> Value {
    json!({"days": [7, 1], "from": "22:00", "to": "06:00"})
}

fn entered(more: &Value, previous: Option<&StoredFeature>) -> Result<(ZoneDraft, Map<String, Value>), FieldError> {
    let mut properties = json!({"kind": "closed"});
    let properties = properties.as_object_mut().expect("an object");
    properties.extend(more.as_object().expect("an object").clone());
    let revision = Revision(previous.map_or(1, |previous| previous.revision.0 + 1));
    let draft = enter(&mut square(), properties, previous, revision)?;
    Ok((draft, properties.clone()))
}

/// The kept feature, which is read back as the zone that was entered.
fn kept(more: Value, previous: Option<&StoredFeature>) -> (StoredFeature, Zone) {
    let (draft, properties) = entered(&more, previous).unwrap_or_else(|error| panic!("{more}: {error}"));
    let revision = Revision(previous.map_or(1, |previous| previous.revision.0 + 1));
    let feature = StoredFeature {
        key: FeatureKey(9),
        collection: Collection::Zones,
        id: FeatureId::new("z").expect("an id"),
        revision,
        at: UnixMs(0),
        who: "anna".to_owned(),
        body: Some(json!({"type": "Feature", "id": "z", "geometry": square(), "properties": properties}).to_string()),
        derived: Some(draft.derived()),
    };
    let zone = draft.zone(ZoneKey(9), revision);
    assert_eq!(zone_of(&feature).expect("it is read back"), zone);
    (feature, zone)
}

/// A zone with one rule: `when` and more.
fn rule(when: &str, more: Value) -> Value {
    let mut rule = json!({"id": "a", "when": when});
    rule.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({"rules": [rule]})
}

#[track_caller]
fn refused(more: &Value, code: &str, field: &str) -> FieldError {
    let error = entered(more, None).map(|_| ()).expect_err("it is wrong");
    assert_eq!((error.code, error.field.as_str()), (code, format!("properties.{field}").as_str()), "{error}");
    assert!(!error.limit.is_empty());
    error
}

#[test]
fn every_member_is_read_and_kept() {
    let more = json!({"schedule": [{"days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"}, night()], "rules": [
        {"id": "a", "when": "enter", "priority": 2, "window": night(), "exempt": ["pass", "hot_work"], "on_delay_s": 5, "off_delay_s": 86_400},
        {"id": "b", "when": "count", "priority": 1, "limit_n": 100_000, "subjects": {"classes": ["hazmat"]}},
        {"id": "c", "when": "must_be_inside", "priority": 3, "window": {"days": [3], "from": "00:00", "to": "24:00"}},
        {"id": "d", "when": "must_be_inside", "priority": 3},
        {"id": "e", "when": "speed", "priority": 3, "limit_kph": 20, "window": {"days": [1], "from": "18:00", "to": "00:00"}}
    ]});
    let (feature, zone) = kept(more.clone(), None);
    let body: Value = serde_json::from_str(feature.body.as_deref().expect("a body")).expect("JSON");
    assert_eq!((&body["properties"]["schedule"], &body["properties"]["rules"]), (&more["schedule"], &more["rules"]));
    let windows: Vec<String> = zone
        .schedule
        .windows()
        .iter()
        .map(|w| format!("{:?} {}-{}", w.days().iter().collect::<Vec<_>>(), w.from(), w.to()))
        .collect();
    assert_eq!(windows, ["[1, 2, 3, 4, 5] 08:00-18:00", "[1, 7] 22:00-06:00"]);
    let [a, b, c, d, e] = &zone.rules[..] else { panic!("five rules") };
    assert_eq!(a.window.as_ref(), zone.schedule.windows().last());
    assert_eq!(a.exempt.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), ["pass", "hot_work"]);
    assert_eq!((a.on_delay_s, a.off_delay_s), (5, 86_400));
    assert_eq!(b.when, RuleWhen::Count { limit_n: 100_000 });
    assert_eq!((c.when, d.when), (RuleWhen::MustBeInside, RuleWhen::MustBeInside));
    assert_eq!(e.window.map(|window| window.to().to_string()).as_deref(), Some("00:00"));
}

#[test]
fn nothing_given_is_always_and_everybody() {
    let none = json!({"schedule": [], "rules": [{"when": "enter", "subjects": {}, "except": {}, "window": null, "exempt": [], "on_delay_s": 0, "off_delay_s": null}]});
    let (_, zone) = kept(none, None);
    let (_, plain) = kept(json!({"rules": [{"when": "enter"}]}), None);
    assert_eq!(zone, plain);
    assert!(zone.schedule.is_always() && zone.rules[0].subjects.is_empty() && zone.rules[0].except.is_empty());
    let spelt = kept(
        json!({"schedule": null, "rules": [{"when": "enter", "window": {"days": [1.0], "from": "08:00", "to": "24:00"}}]}),
        None,
    );
    assert_eq!(spelt.1.rules[0].window.map(|window| window.to().to_string()).as_deref(), Some("24:00"));
}

#[test]
fn a_wrong_window_is_refused_with_its_field() {
    let window = |window: Value| json!({"schedule": [night(), window]});
    let part = |name: &str, value: Value| {
        let mut window = night();
        window[name] = value;
        json!({"schedule": [night(), window]})
    };
    refused(&json!({"schedule": night()}), "type", "schedule");
    refused(&json!({"schedule": vec![night(); 51]}), "too_many", "schedule");
    refused(&window(json!("always")), "type", "schedule[1]");
    refused(&window(json!({"days": [1], "from": "08:00", "until": "09:00"})), "unknown_member", "schedule[1].until");
    refused(&part("days", Value::Null), "missing", "schedule[1].days");
    refused(&part("days", json!([])), "value", "schedule[1].days");
    refused(&part("days", json!(1)), "type", "schedule[1].days");
    refused(&part("days", json!([1, 8])), "range", "schedule[1].days[1]");
    refused(&part("days", json!([0])), "range", "schedule[1].days[0]");
    refused(&part("days", json!(["monday"])), "type", "schedule[1].days[0]");
    refused(&part("days", json!([1.5])), "type", "schedule[1].days[0]");
    refused(&part("days", json!([1, 2, 1])), "duplicate", "schedule[1].days[2]");
    refused(&part("days", json!([1, 2, 3, 4, 5, 6, 7, 1])), "too_many", "schedule[1].days");
    refused(&part("from", Value::Null), "missing", "schedule[1].from");
    refused(&part("from", json!("8:00")), "time", "schedule[1].from");
    refused(&part("from", json!(800)), "type", "schedule[1].from");
    refused(&part("from", json!("24:00")), "time", "schedule[1].from");
    refused(&part("to", json!("24:01")), "time", "schedule[1].to");
    let error = refused(&part("to", json!("22:00")), "order", "schedule[1].to");
    assert_eq!(error.value, "22:00");
    refused(&rule("enter", json!({"window": [night()]})), "type", "rules[0].window");
    refused(
        &rule("enter", json!({"window": {"days": [1], "from": "08:00", "to": "08:00"}})),
        "order",
        "rules[0].window.to",
    );
}

#[test]
fn a_wrong_rule_is_refused_with_its_field() {
    let bad = |when: &str, more, code, field: &str| refused(&rule(when, more), code, &format!("rules[0].{field}"));
    bad("count", json!({}), "missing", "limit_n");
    bad("count", json!({"limit_n": 0}), "range", "limit_n");
    bad("count", json!({"limit_n": 100_001}), "range", "limit_n");
    bad("count", json!({"limit_n": 2.5}), "type", "limit_n");
    bad("enter", json!({"limit_n": 5}), "value", "limit_n");
    bad("count", json!({"limit_n": 5, "limit_s": 5}), "value", "limit_s");
    bad("must_be_inside", json!({}), "missing", "window");
    bad("must_be_inside", json!({"window": night(), "limit_kph": 5}), "value", "limit_kph");
    bad("enter", json!({"exempt": "pass"}), "type", "exempt");
    bad("enter", json!({"exempt": ["pass", 1]}), "type", "exempt[1]");
    bad("enter", json!({"exempt": ["Pass"]}), "value", "exempt[0]");
    bad("enter", json!({"exempt": ["pass", "permit", "pass"]}), "duplicate", "exempt[2]");
    bad("enter", json!({"exempt": vec!["pass"; 21]}), "too_many", "exempt");
    bad("enter", json!({"on_delay_s": 86_401}), "range", "on_delay_s");
    bad("enter", json!({"on_delay_s": -1}), "range", "on_delay_s");
    bad("enter", json!({"off_delay_s": 0.5}), "type", "off_delay_s");
    bad("enter", json!({"off_delay": 5}), "unknown_member", "off_delay");
    bad("enter", json!({"subjects": []}), "type", "subjects");
}

#[test]
fn whoever_must_be_inside_is_told_when() {
    let mut dated = rule("must_be_inside", json!({}));
    for (name, value) in [
        ("valid_from", json!("2026-11-23T08:00:00Z")),
        ("valid_to", json!("2026-11-23T08:00:00Z")),
        ("schedule", json!([night()])),
    ] {
        dated[name] = value;
        kept(dated.clone(), None);
        dated.as_object_mut().expect("an object").remove(name);
    }
    refused(&dated, "missing", "rules[0].window");
}

#[test]
fn a_rule_has_a_new_revision_when_anything_that_judges_changes() {
    let base = json!({"rules": [{"id": "a", "when": "enter", "window": night(), "exempt": ["pass"], "on_delay_s": 5}]});
    let (first, _) = kept(base.clone(), None);
    let after = |change: &dyn Fn(&mut Value)| {
        let mut more = base.clone();
        change(&mut more);
        kept(more, Some(&first)).1.rules[0].revision.0
    };
    let rule = |name: &'static str, value: Value| move |more: &mut Value| more["rules"][0][name] = value.clone();
    let zone = |name: &'static str, value: Value| move |more: &mut Value| more[name] = value.clone();
    assert_eq!(after(&|_| ()), 1);
    assert_eq!(after(&zone("name", json!("renamed"))), 1);
    assert_eq!(after(&rule("name", json!("renamed"))), 1);
    assert_eq!(after(&rule("off_delay_s", json!(0))), 1);
    assert_eq!(
        after(&rule("window", json!({"days": [1, 7], "from": "22:00", "to": "06:00"}))),
        1,
        "days in another order"
    );
    assert_eq!(after(&rule("window", json!({"days": [1], "from": "22:00", "to": "06:00"}))), 2);
    assert_eq!(after(&rule("window", Value::Null)), 2);
    assert_eq!(after(&rule("exempt", json!(["pass", "permit"]))), 2);
    assert_eq!(after(&rule("on_delay_s", json!(6))), 2);
    assert_eq!(after(&rule("off_delay_s", json!(6))), 2);
    assert_eq!(after(&zone("schedule", json!([night()]))), 2);
    assert_eq!(after(&zone("valid_from", json!("2026-11-23T08:00:00Z"))), 2);
}
