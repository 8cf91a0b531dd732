//! Vehicles whose position is frozen.

use super::tests::{T0, at, deleted, engine, fix_of, zone};
use super::*;
use crate::event::EventStatus;
use crate::record::{Edit, Edited};
use crate::units::DeciKph;
use crate::zone::Zone;
use crate::zone::{RiskLevel, ZoneKind};
use std::collections::BTreeMap;

/// A fix at `east`, going so fast.
fn going(s: f64, east: f64, kph: u16) -> Fix {
    Fix { speed: Some(DeciKph(kph * 10)), ..fix_of(1, s, east, 250.0) }
}

/// Fixes of so many seconds at one place, one every 30 s, at 40 km/h.
fn stuck(s: RangeInclusive<u32>, east: f64) -> Vec<Fix> {
    s.step_by(30).map(|s| going(s.into(), east, 40)).collect()
}

/// The frozen positions that stand in the end: "from-to zone priority".
fn frozen(told: &[Event]) -> Vec<String> {
    let last: BTreeMap<_, &Event> = told.iter().map(|event| ((event.core.at, event.core.id), event)).collect();
    let stands = last.values().filter(|event| event.status != EventStatus::Retracted);
    let second = |t: UnixMs| format!("{}", (t.0 - T0) / 1_000);
    let line = |event: &&Event| {
        let core = &event.core;
        let end = core.ended_at.map_or("...".to_owned(), second);
        let zone = core.zone.map_or("-".to_owned(), |(zone, _)| zone.to_string());
        format!("{}-{end} {zone} {}", second(core.at), core.rule.as_ref().map_or(0, |rule| rule.priority))
    };
    stands.filter(|event| event.core.kind == EventKind::Frozen).map(line).collect()
}

fn told(watch: &mut Watch, fixes: &[Fix]) -> Vec<Event> {
    let mut told = Vec::new();
    for fix in fixes {
        told.extend(watch.evaluate(fix.fixed_at.max(watch.now()), [RecordBody::Fix(*fix)]).events);
    }
    told
}

#[track_caller]
fn check(fixes: &[Fix], expected: &[&str]) {
    assert_eq!(frozen(&told(&mut engine(Vec::new()), fixes)), expected);
}

#[test]
fn it_is_frozen_from_the_fix_that_makes_it_certain_until_one_at_another_place() {
    check(&stuck(0..=90, 0.0), &[]);
    check(&stuck(0..=240, 0.0), &["120-... - 4"]);
    let slow = |s: u32| going(s.into(), 0.0, 40);
    check(&[0, 60, 120, 180].map(slow), &[]);
    check(&[0, 60, 120, 180, 240].map(slow), &["240-... - 4"]);
    let mut fixes = stuck(0..=240, 0.0);
    fixes.extend([going(270.0, 0.0, 0), going(300.0, 0.0, 40), going(330.0, 400.0, 40)]);
    check(&fixes, &["120-330 - 4"]);
    fixes.extend(stuck(360..=510, 400.0));
    check(&fixes, &["120-330 - 4", "450-... - 4"]);
}

#[test]
fn who_stands_and_says_so_is_not_frozen() {
    let each = |fix: &dyn Fn(f64) -> Fix| (0..20).map(|i| fix(f64::from(i) * 30.0)).collect::<Vec<_>>();
    check(&each(&|s| going(s, 0.0, 0)), &[]);
    check(&each(&|s| going(s, 0.0, 5)), &[]);
    check(&each(&|s| Fix { speed: None, ..going(s, 0.0, 0) }), &[]);
    check(&each(&|s| Fix { acc_on: Some(false), ..going(s, 0.0, 40) }), &[]);
    check(&each(&|s| going(s, if s % 120.0 < 60.0 { 0.0 } else { 0.5 }, 40)), &[]);
    // It brakes: the last fixes before it stands may be at one place already.
    let mut fixes = stuck(0..=90, 0.0);
    fixes.push(going(100.0, 0.0, 0));
    fixes.extend(stuck(110..=200, 0.0));
    check(&fixes, &[]);
}

#[test]
fn a_report_without_a_place_says_nothing_of_it() {
    let mut fixes = stuck(0..=240, 0.0);
    fixes[2] = Fix { marks: Marks::NO_FIX, ..going(61.0, 300.0, 40) };
    check(&fixes, &["150-... - 4"]);
}

#[test]
fn frozen_in_a_hazard_zone_is_urgent_and_its_alarm_returns() {
    let level = Some(RiskLevel::Orange);
    let farm = Zone { kind: ZoneKind::Hazard, level, rules: Vec::new(), ..zone(7, 0.0, 0.0, 500.0, 500.0) };
    let mut watch = engine(vec![farm]);
    told(&mut watch, &stuck(0..=90, 100.0));
    let out = watch.evaluate(at(120.0), [RecordBody::Fix(going(120.0, 100.0, 40))]);
    assert_eq!(frozen(&out.events), ["120-... 7 1"]);
    let raised = &out.alarms[0];
    assert_eq!((raised.kind, raised.priority, raised.late), (EventKind::Frozen, 1, false));
    let out = watch.evaluate(at(130.0), [RecordBody::Fix(going(130.0, 150.0, 40))]);
    assert_eq!((out.alarms[0].id, out.alarms[0].returned_at), (raised.id, Some(at(130.0))));
}

#[test]
fn a_late_fix_from_elsewhere_takes_it_back() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut events = told(&mut watch, &stuck(0..=150, 0.0));
    assert_eq!(frozen(&events), ["120-... - 4"]);
    events.extend(told(&mut watch, &[going(75.0, 40.0, 40)]));
    assert_eq!(frozen(&events), [""; 0]);
    events.extend(told(&mut watch, &stuck(180..=240, 0.0)));
    assert_eq!(frozen(&events), ["210-... - 4"], "since the fix that came after it");
}

#[test]
fn a_deleted_vehicle_is_frozen_no_more_and_a_restart_changes_nothing() {
    let mut watch = engine(Vec::new());
    let mut events = told(&mut watch, &stuck(0..=150, 0.0));
    watch = Watch::restored(watch.snapshot(), |_, _| None);
    let gone = Edited::VehicleDeleted(VehicleKey(1));
    let gone = RecordBody::Edit(Edit { key: crate::ids::FeatureKey(1), revision: crate::ids::Revision(2), now: gone });
    events.extend(watch.evaluate(at(200.0), [deleted(9), gone]).events);
    assert_eq!(frozen(&events), ["120-200 - 4"]);
}
