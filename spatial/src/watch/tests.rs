//! Fence laws on small stories: places in metres east and north of a corner, times in seconds.

use super::*;
use crate::event::EventKind;
use crate::event::EventStatus;
use crate::fix::{Marks, Source};
use crate::geodesy::LocalScale;
use crate::ids::AlarmId;
use crate::ids::EventId;
use crate::ids::{FeatureId, FeatureKey, Revision};
use crate::position::Position;
use crate::record::Edited;
use crate::record::{Act, Edit};
use crate::units::DeciKph;
use crate::vehicle::{Vehicle, VehicleClass};
use crate::zone::{Ground, Rule, RuleWhen, Zone, ZoneKind};
use proptest::prelude::*;
use rustc_hash::FxHashMap;

/// Whether an event stands that says where a vehicle was: that it was not heard of depends on when things were received.
pub(super) fn is_of_the_path(event: &Event) -> bool {
    event.status != EventStatus::Retracted && event.core.kind != EventKind::Silence
}

/// How many cases a property is tried with: `usual`, or as many as the long run asks for.
pub(super) fn cases(usual: u32) -> u32 {
    option_env!("CORDON_TEST_CASES").and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

pub(super) const T0: i64 = 1_700_000_000_000;

pub(super) fn at(s: f64) -> UnixMs {
    UnixMs(T0 + (s * 1_000.0) as i64)
}

fn place(east_m: f64, north_m: f64) -> Position {
    let corner = Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 };
    let scale = LocalScale::at(corner.lat_e7);
    Position {
        lon_e7: corner.lon_e7 + (east_m * 1_000.0 / scale.lon_mm).round() as i32,
        lat_e7: corner.lat_e7 + (north_m * 1_000.0 / scale.lat_mm).round() as i32,
    }
}

pub(super) fn fix_of(vehicle: u32, s: f64, east_m: f64, north_m: f64) -> Fix {
    Fix {
        vehicle: VehicleKey(vehicle),
        fixed_at: at(s),
        received_at: UnixMs(0),
        position: place(east_m, north_m),
        speed: Some(DeciKph(200)),
        heading_deg: None,
        accuracy_dm: None,
        altitude_m: None,
        status_bits: 0,
        alarm_bits: 0,
        acc_on: None,
        source: Source::Jt808,
        marks: Marks::empty(),
    }
}

pub(super) fn rule(id: &str, when: RuleWhen) -> Rule {
    Rule::new(FeatureId::new(id).expect("an id"), when, 2)
}

/// A zone from (west, south) to (east, north) with a rule of every simple kind.
pub(super) fn zone(key: u32, west: f64, south: f64, east: f64, north: f64) -> Zone {
    let ring = vec![place(west, south), place(east, south), place(east, north), place(west, north)];
    let rules = vec![
        rule("in", RuleWhen::Enter),
        rule("out", RuleWhen::Exit),
        rule("stay", RuleWhen::Dwell { limit_s: 60 }),
        rule("fast", RuleWhen::Speed { limit: DeciKph(300) }),
        rule("many", RuleWhen::Count { limit_n: 1 }),
    ];
    Zone { rules, ..Zone::new(ZoneKey(key), ZoneKind::Restricted, Ground { parts: vec![vec![ring]] }) }
}

pub(super) fn edit(zone: Zone) -> RecordBody {
    RecordBody::Edit(Edit { key: FeatureKey(zone.key.0), revision: zone.revision, now: Edited::Zone(Arc::new(zone)) })
}

pub(super) fn engine(zones: Vec<Zone>) -> Watch {
    engine_with(Settings::default(), zones)
}

fn engine_with(settings: Settings, zones: Vec<Zone>) -> Watch {
    let mut watch = Watch::new(settings);
    watch.evaluate(at(-1_000.0), zones.into_iter().map(edit));
    watch
}

/// Feeds fixes of vehicle 1, each received one second after it was taken, and ticks to the end.
fn drive(watch: &mut Watch, fixes: &[(f64, f64, f64)]) -> Vec<Event> {
    let mut told = Vec::new();
    for &(s, east, north) in fixes {
        let fix = RecordBody::Fix(fix_of(1, s, east, north));
        told.extend(watch.evaluate(at(s + 1.0).max(watch.now()), [fix]).events);
    }
    told
}

/// The standing events as "kind from-to certainty", in seconds, by time.
fn standing(told: &[Event]) -> Vec<String> {
    let mut last: FxHashMap<EventId, &Event> = FxHashMap::default();
    for event in told {
        last.insert(event.core.id, event);
    }
    let mut stands: Vec<&&Event> = last.values().filter(|event| event.status != EventStatus::Retracted).collect();
    stands.sort_by_key(|event| (event.core.at, event.core.kind, event.core.id));
    stands
        .iter()
        .map(|event| {
            let second = |t: UnixMs| (t.0 - T0) as f64 / 1_000.0;
            let end = event.core.ended_at.map_or("...".to_owned(), |t| format!("{:.0}", second(t)));
            format!("{} {:.0}-{} {}", event.core.kind.name(), second(event.core.at), end, event.core.certainty.name())
        })
        .collect()
}

fn check(zones: Vec<Zone>, fixes: &[(f64, f64, f64)], expected: &[&str]) {
    let mut watch = engine(zones);
    let told = drive(&mut watch, fixes);
    assert_eq!(standing(&told), expected);
}

#[test]
fn driving_in_and_out_gives_interpolated_times() {
    check(
        vec![zone(7, 0.0, 0.0, 500.0, 500.0)],
        &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0), (20.0, 300.0, 250.0), (30.0, 400.0, 250.0), (40.0, 600.0, 250.0)],
        &["enter 5-35 certain", "exit 35-35 certain"],
    );
}

#[test]
fn a_passage_between_two_fixes_is_one_cross() {
    check(
        vec![zone(7, 0.0, 0.0, 100.0, 500.0)],
        &[(0.0, -200.0, 250.0), (20.0, 300.0, 250.0)],
        &["cross 8-12 certain"],
    );
}

#[test]
fn a_narrow_zone_is_crossed_even_with_a_fix_in_it() {
    check(
        vec![zone(7, 0.0, 0.0, 20.0, 500.0)],
        &[(0.0, -28.0, 250.0), (1.0, 2.0, 250.0), (2.0, 32.0, 250.0), (3.0, 62.0, 250.0)],
        &["cross 1-2 certain"],
    );
}

#[test]
fn clipping_a_corner_within_the_accuracy_is_nothing() {
    check(vec![zone(7, 0.0, 0.0, 500.0, 500.0)], &[(0.0, -50.0, 53.0), (10.0, 53.0, -50.0)], &[]);
}

#[test]
fn a_parked_vehicle_on_the_edge_does_not_flap() {
    let jitter: Vec<(f64, f64, f64)> = (0..200)
        .map(|i| (f64::from(i) * 10.0, if i % 3 == 0 { -9.0 } else { 6.0 }, 250.0 + f64::from(i % 5)))
        .collect();
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let told = drive(&mut watch, &jitter);
    let enters = standing(&told).iter().filter(|line| line.starts_with("enter")).count();
    assert_eq!(enters, 1, "{:?}", standing(&told));
    assert!(!standing(&told).iter().any(|line| line.starts_with("exit")));
}

#[test]
fn a_shallow_enter_needs_a_second_fix() {
    let zones = || vec![zone(7, 0.0, 0.0, 500.0, 500.0)];
    check(zones(), &[(0.0, -50.0, 250.0), (2.0, 5.0, 250.0)], &[]);
    check(zones(), &[(0.0, -50.0, 250.0), (2.0, 5.0, 250.0), (4.0, 6.0, 250.0)], &["enter 2-... uncertain"]);
    check(zones(), &[(0.0, -50.0, 250.0), (2.0, 5.0, 250.0), (4.0, -30.0, 250.0)], &[]);
}

#[test]
fn a_shallow_enter_holds_after_five_seconds_of_time_alone() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -50.0, 250.0), (2.0, 5.0, 250.0)]);
    assert_eq!(watch.next_due(), Some(at(7.0)));
    told.extend(watch.evaluate(at(7.5), [RecordBody::Tick]).events);
    assert_eq!(standing(&told), ["enter 2-... uncertain"]);
}

#[test]
fn dwell_is_dated_by_its_limit_and_told_by_the_tick() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    told.extend(watch.evaluate(at(64.0), [RecordBody::Tick]).events);
    assert_eq!(standing(&told), ["enter 5-... certain"]);
    told.extend(watch.evaluate(at(66.0), [RecordBody::Tick]).events);
    assert_eq!(standing(&told), ["enter 5-... certain", "dwell 65-... certain"]);
    told.extend(drive(&mut watch, &[(70.0, 120.0, 250.0), (80.0, 620.0, 250.0)]));
    assert_eq!(standing(&told), ["enter 5-78 certain", "dwell 65-78 certain", "exit 78-78 certain"]);
}

#[test]
fn a_late_fix_retracts_a_dwell_that_was_not() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    told.extend(watch.evaluate(at(66.0), [RecordBody::Tick]).events);
    assert!(standing(&told).iter().any(|line| line.starts_with("dwell")));
    told.extend(drive(&mut watch, &[(40.0, -200.0, 250.0)]));
    assert_eq!(standing(&told), ["enter 5-20 certain", "exit 20-20 certain"]);
    let retracted: Vec<_> = told.iter().filter(|event| event.status == EventStatus::Retracted).collect();
    assert_eq!(retracted.len(), 1);
}

#[test]
fn a_gap_claims_nothing_about_the_way() {
    let zones = || vec![zone(7, 0.0, 0.0, 100.0, 500.0)];
    check(zones(), &[(0.0, -200.0, 250.0), (200.0, 300.0, 250.0)], &["unknown 0-200 unknown"]);
    check(zones(), &[(0.0, -200.0, 250.0), (200.0, 50.0, 250.0)], &["unknown 0-200 unknown", "enter 200-... unknown"]);
    check(
        vec![zone(7, 0.0, 0.0, 500.0, 500.0)],
        &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0), (20.0, 120.0, 250.0), (400.0, 900.0, 250.0)],
        &["enter 5-400 certain", "unknown 20-400 unknown", "dwell 65-400 certain", "exit 400-400 unknown"],
    );
    // Whoever comes up where it was last seen has been there, for all that is known.
    check(zones(), &[(0.0, -200.0, 250.0), (600.0, -160.0, 250.0), (630.0, -150.0, 250.0)], &[]);
}

#[test]
fn a_teleport_is_believed_when_three_fixes_agree() {
    let zones = || vec![zone(7, 50_000.0, 0.0, 51_000.0, 1_000.0)];
    check(zones(), &[(0.0, 0.0, 500.0), (10.0, 50_500.0, 500.0), (20.0, 10.0, 500.0), (30.0, 50_500.0, 510.0)], &[]);
    check(
        zones(),
        &[(0.0, 0.0, 500.0), (10.0, 50_500.0, 500.0), (20.0, 50_510.0, 500.0), (30.0, 50_520.0, 500.0)],
        &["unknown 0-10 unknown", "enter 10-... unknown"],
    );
}

#[test]
fn the_first_fix_inside_says_so() {
    check(vec![zone(7, 0.0, 0.0, 500.0, 500.0)], &[(0.0, 250.0, 250.0)], &["inside_at_start 0-... unknown"]);
}

#[test]
fn a_step_over_a_hollow_leaves_and_enters_again() {
    let mut u = zone(7, 0.0, 0.0, 1.0, 1.0);
    u.ground.parts = vec![vec![vec![
        place(0.0, 0.0),
        place(900.0, 0.0),
        place(900.0, 600.0),
        place(600.0, 600.0),
        place(600.0, 200.0),
        place(300.0, 200.0),
        place(300.0, 600.0),
        place(0.0, 600.0),
    ]]];
    u.rules.truncate(2);
    check(
        vec![u],
        &[(0.0, -100.0, 400.0), (10.0, 150.0, 400.0), (30.0, 750.0, 400.0)],
        &["enter 4-15 certain", "exit 15-15 certain", "enter 25-... certain"],
    );
}

#[test]
fn speed_is_an_interval_inside_the_zone() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 2_000.0, 500.0)]);
    let mut told = Vec::new();
    for (s, east, kph) in
        [(0.0, -100.0, 500), (10.0, 50.0, 500), (20.0, 150.0, 420), (30.0, 230.0, 250), (40.0, 300.0, 250)]
    {
        let fix = Fix { speed: Some(DeciKph(kph)), ..fix_of(1, s, east, 250.0) };
        told.extend(watch.evaluate(at(s + 1.0), [RecordBody::Fix(fix)]).events);
    }
    assert_eq!(standing(&told), ["enter 7-... certain", "speed 10-30 certain"]);
}

#[test]
fn rules_concern_only_their_subjects() {
    let mut only_hazmat = zone(7, 0.0, 0.0, 500.0, 500.0);
    for rule in &mut only_hazmat.rules {
        rule.subjects.classes = vec![VehicleClass::Hazmat];
    }
    let vehicle = |class| {
        let vehicle = Vehicle { class, company: None, goods_class: None, tags: Vec::new() };
        RecordBody::Edit(Edit {
            key: FeatureKey(1),
            revision: Revision(1),
            now: Edited::Vehicle(VehicleKey(1), Arc::new(vehicle)),
        })
    };
    for (class, events) in [(VehicleClass::Hazmat, 1), (VehicleClass::Ordinary, 0)] {
        let mut watch = engine(vec![only_hazmat.clone()]);
        watch.evaluate(at(-10.0), [vehicle(class)]);
        let told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
        assert_eq!(told.len(), events, "{class:?}");
    }
}

#[test]
fn doubtful_fixes_are_kept_with_their_marks() {
    let mut watch = engine(Vec::new());
    let mut marks = |fix: Fix, received: f64| {
        let out = watch.evaluate(at(received), [RecordBody::Fix(fix)]);
        match out.records.first().map(|record| record.body.clone()) {
            Some(RecordBody::Fix(fix)) => Some(fix.marks),
            _ => None,
        }
    };
    assert_eq!(marks(fix_of(1, 0.0, 0.0, 0.0), 1_000.0), Some(Marks::empty()));
    assert_eq!(marks(fix_of(1, 0.0, 0.0, 0.0), 1_000.0), None, "an exact duplicate");
    assert_eq!(marks(fix_of(1, 600.0, 0.0, 0.0), 1_000.0), Some(Marks::AFTER_GAP));
    assert_eq!(marks(fix_of(1, 250.0, 0.0, 0.0), 1_000.0), Some(Marks::AWAITS_HISTORY));
    assert_eq!(marks(fix_of(1, 1_100.0, 0.0, 0.0), 1_000.0), Some(Marks::CLOCK_AHEAD));
    assert_eq!(marks(fix_of(1, -800_000.0, 0.0, 0.0), 1_000.0), Some(Marks::TOO_LATE));
    assert_eq!(marks(fix_of(1, 610.0, 40_000.0, 0.0), 1_000.0), Some(Marks::TELEPORT));
}

#[test]
fn a_fix_of_the_future_joins_when_its_time_comes() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0)]);
    told.extend(watch.evaluate(at(2.0), [RecordBody::Fix(fix_of(1, 30.0, 100.0, 250.0))]).events);
    assert!(told.is_empty());
    assert_eq!(watch.next_due(), Some(at(30.0)));
    told.extend(watch.evaluate(at(30.0), [RecordBody::Tick]).events);
    assert_eq!(standing(&told), ["enter 15-... certain"]);
}

#[test]
fn drift_with_the_ignition_off_is_judged_where_it_parked() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = Vec::new();
    for i in 0..20 {
        let drift = if i % 2 == 0 { -5.0 } else { 35.0 };
        let fix = Fix { acc_on: Some(false), ..fix_of(1, f64::from(i) * 30.0, drift, 250.0) };
        told.extend(watch.evaluate(at(f64::from(i) * 30.0 + 1.0), [RecordBody::Fix(fix)]).events);
    }
    assert_eq!(standing(&told), Vec::<String>::new());
}

#[test]
fn edits_act_forward_and_say_whom_they_met() {
    let mut watch = engine(Vec::new());
    let mut told = drive(&mut watch, &[(0.0, 100.0, 250.0), (10.0, 110.0, 250.0)]);
    told.extend(watch.evaluate(at(20.0), [edit(zone(7, 0.0, 0.0, 500.0, 500.0))]).events);
    assert_eq!(standing(&told), ["zone_changed 20-20 certain"]);
    told.extend(drive(&mut watch, &[(30.0, 120.0, 250.0)]));
    assert_eq!(standing(&told), ["zone_changed 20-20 certain"]);
    let moved = Zone { revision: Revision(2), ..zone(7, 5_000.0, 0.0, 5_500.0, 500.0) };
    told.extend(watch.evaluate(at(40.0), [edit(moved)]).events);
    assert_eq!(standing(&told), ["zone_changed 20-20 certain", "zone_changed 40-40 certain"]);
    told.extend(drive(&mut watch, &[(50.0, 600.0, 250.0)]));
    assert_eq!(standing(&told).len(), 2, "leaving the old ground is no exit: {:?}", standing(&told));
}

#[test]
fn a_renamed_zone_changes_nothing_for_whoever_is_inside() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    let renamed = Zone { revision: Revision(2), ..zone(7, 0.0, 0.0, 500.0, 500.0) };
    told.extend(watch.evaluate(at(15.0), [edit(renamed)]).events);
    told.extend(drive(&mut watch, &[(20.0, 110.0, 250.0), (30.0, 600.0, 250.0)]));
    assert_eq!(standing(&told), ["enter 5-28 certain", "exit 28-28 certain"]);
}

#[test]
fn a_vehicle_is_in_no_zone_that_ended_or_was_deleted() {
    let ending = Zone { valid_to: Some(at(20.0)), ..zone(8, 0.0, 0.0, 500.0, 500.0) };
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0), ending]);
    drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    let zones = |watch: &Watch| -> Vec<u32> {
        watch.vehicle(VehicleKey(1)).expect("a vehicle").zones.iter().map(|now| now.zone.0).collect()
    };
    assert_eq!(zones(&watch), [7, 8]);
    watch.evaluate(at(21.0), [RecordBody::Tick]);
    assert_eq!(zones(&watch), [7]);
    let deleted = Edit { key: FeatureKey(7), revision: Revision(2), now: Edited::ZoneDeleted(ZoneKey(7)) };
    watch.evaluate(at(30.0), [RecordBody::Edit(deleted)]);
    assert_eq!(zones(&watch), [0_u32; 0]);
    watch.evaluate(at(40.0), [edit(zone(9, 0.0, 0.0, 500.0, 500.0))]);
    assert_eq!(zones(&watch), [9], "a zone that appears around it is shown at once");
}

#[test]
fn an_alarm_is_raised_acknowledged_and_closed_when_it_returns() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let fixes = [fix_of(1, 0.0, -100.0, 250.0), fix_of(1, 10.0, 100.0, 250.0)];
    let out = watch.evaluate(at(11.0), fixes.map(RecordBody::Fix));
    let alarm = out.alarms.last().expect("an alarm").clone();
    assert_eq!(alarm.state(), crate::alarm::AlarmState::Unacknowledged);
    assert_eq!(out.events[0].alarm, Some(alarm.id));
    let act = || {
        RecordBody::Act(Act {
            who: "li".to_owned(),
            alarm: alarm.id,
            act: crate::alarm::AlarmAct::Acknowledge { note: None },
        })
    };
    let out = watch.evaluate(at(12.0), [act()]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Acknowledged);
    assert!(watch.evaluate(at(13.0), [act()]).alarms.is_empty(), "repeating changes nothing");
    let out = watch.evaluate(at(21.0), [RecordBody::Fix(fix_of(1, 20.0, 600.0, 250.0))]);
    let returned = out.alarms.iter().find(|a| a.id == alarm.id).expect("it returned");
    assert_eq!(returned.state(), crate::alarm::AlarmState::Closed);
}

#[test]
fn events_become_final_after_a_minute() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0), (12.0, 120.0, 250.0)]);
    let out = watch.evaluate(at(71.0), [RecordBody::Tick]);
    let enter = out.events.iter().find(|event| event.core.kind == EventKind::Enter).expect("the enter");
    assert_eq!(enter.status, EventStatus::Final);
}

#[test]
fn later_events_become_final_after_their_own_minute() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0), (12.0, 120.0, 250.0)]);
    watch.evaluate(at(71.0), [RecordBody::Tick]);
    drive(&mut watch, &[(80.0, 250.0, 250.0), (100.0, 600.0, 250.0)]);
    assert!(watch.next_due().is_some_and(|due| due <= at(161.0)), "{:?}", watch.next_due());
    let out = watch.evaluate(at(162.0), [RecordBody::Tick]);
    let exit = out.events.iter().find(|event| event.core.kind == EventKind::Exit).expect("the exit");
    assert_eq!(exit.status, EventStatus::Final);
}

#[test]
fn an_alarm_closed_by_a_person_long_ago_is_not_raised_again_by_leaving() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let fixes = [fix_of(1, 0.0, -100.0, 250.0), fix_of(1, 10.0, 100.0, 250.0)];
    let out = watch.evaluate(at(11.0), fixes.map(RecordBody::Fix));
    let alarm = out.alarms.last().expect("an alarm").id;
    let close = crate::alarm::AlarmAct::Close { result: "in order".to_owned(), note: None };
    watch.evaluate(at(12.0), [RecordBody::Act(Act { who: "li".to_owned(), alarm, act: close })]);
    for minute in 1..120 {
        watch.evaluate(at(f64::from(minute) * 60.0), [RecordBody::Tick]);
        let fix = fix_of(1, f64::from(minute) * 60.0, 100.0, 250.0);
        watch.evaluate(at(f64::from(minute) * 60.0 + 1.0), [RecordBody::Fix(fix)]);
    }
    let out = watch.evaluate(at(7_201.0), [RecordBody::Fix(fix_of(1, 7_200.0, 600.0, 250.0))]);
    for told in out.alarms.iter().filter(|told| told.id == alarm) {
        assert_eq!(told.state(), crate::alarm::AlarmState::Closed);
        assert_eq!(told.result.as_deref(), Some("in order"));
    }
}

#[test]
fn a_wrong_clock_is_an_alarm_until_it_is_right_and_a_replay_that_differs_until_a_person_closes_it() {
    let mut watch = engine(Vec::new());
    let clock = |holds| RecordBody::Condition { condition: Condition::ClockWrong { ahead_ms: 12_000 }, holds };
    let out = watch.evaluate(at(1.0), [clock(true)]);
    let alarm = out.alarms[0].clone();
    assert_eq!((out.events[0].core.subject, out.events[0].core.position), (Subject::System, None));
    assert_eq!((alarm.kind, alarm.priority, alarm.raised_at), (EventKind::ClockWrong, 2, at(1.0)));
    assert!(watch.evaluate(at(2.0), [clock(true)]).events.is_empty(), "it holds already");
    watch = Watch::restored(watch.snapshot(), |_, _| None);
    assert!(watch.holds(EventKind::ClockWrong));
    let out = watch.evaluate(at(3.0), [clock(false)]);
    assert_eq!(out.events[0].core.ended_at, Some(at(3.0)));
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Returned);
    assert!(!watch.holds(EventKind::ClockWrong));
    let out = watch.evaluate(at(64.0), [RecordBody::Tick]);
    assert_eq!(out.events[0].status, EventStatus::Final);

    let differs = RecordBody::Condition { condition: Condition::EngineMismatch { differing: 3 }, holds: true };
    let raised = watch.evaluate(at(65.0), [differs]).alarms[0].clone();
    assert_eq!((raised.kind, raised.priority), (EventKind::EngineMismatch, 1));
    let close = crate::alarm::AlarmAct::Close { result: "log kept".to_owned(), note: None };
    let act = Act { who: "li".to_owned(), alarm: raised.id, act: close };
    let out = watch.evaluate(at(66.0), [RecordBody::Act(act)]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Closed);
}

#[test]
fn the_alarms_of_a_deleted_vehicle_end_with_it() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    let gone = Edit { key: FeatureKey(1), revision: Revision(2), now: Edited::VehicleDeleted(VehicleKey(1)) };
    let out = watch.evaluate(at(20.0), [RecordBody::Edit(gone)]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Returned);
    told.extend(out.events);
    assert_eq!(standing(&told), ["enter 5-20 certain"]);
    assert!(watch.vehicle(VehicleKey(1)).is_none());
    let alarm = out.alarms[0].id;
    let act = Act { who: "li".to_owned(), alarm, act: crate::alarm::AlarmAct::Acknowledge { note: None } };
    let out = watch.evaluate(at(30.0), [RecordBody::Act(act)]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Closed, "a person can still see to it");
}

#[test]
fn a_deleted_vehicle_that_comes_back_is_judged_anew_and_its_alarms_are_still_known() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    let key = VehicleKey(1);
    let edited = |revision, now| RecordBody::Edit(Edit { key: FeatureKey(1), revision: Revision(revision), now });
    let alarm = watch.evaluate(at(20.0), [edited(2, Edited::VehicleDeleted(key))]).alarms[0].id;
    let truck = Vehicle { class: VehicleClass::Hazmat, company: None, goods_class: None, tags: Vec::new() };
    watch.evaluate(at(30.0), [edited(3, Edited::Vehicle(key, Arc::new(truck)))]);
    let act = Act { who: "li".to_owned(), alarm, act: crate::alarm::AlarmAct::Acknowledge { note: None } };
    let out = watch.evaluate(at(40.0), [RecordBody::Act(act)]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Closed);
    let told = drive(&mut watch, &[(50.0, -100.0, 250.0), (60.0, 100.0, 250.0)]);
    assert_eq!(standing(&told), ["enter 55-... certain"]);
}

#[test]
fn a_step_over_the_date_line_claims_nothing_on_the_other_side_of_the_globe() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let north = place(0.0, 250.0).lat_e7;
    let over = |s: f64, lon_e7: i32| Fix { position: Position { lon_e7, lat_e7: north }, ..fix_of(1, s, 0.0, 0.0) };
    let fixes = [over(0.0, 1_799_999_000), over(10.0, -1_799_999_000), over(20.0, -1_799_998_000)];
    let out = watch.evaluate(at(21.0), fixes.map(RecordBody::Fix));
    assert_eq!(standing(&out.events), Vec::<String>::new());
}

#[test]
fn a_dwell_stands_though_its_zone_is_deleted_before_the_next_fix() {
    let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
    let mut told = drive(&mut watch, &[(0.0, -100.0, 250.0), (10.0, 100.0, 250.0)]);
    told.extend(watch.evaluate(at(66.0), [RecordBody::Tick]).events);
    assert_eq!(standing(&told), ["enter 5-... certain", "dwell 65-... certain"]);
    told.extend(watch.evaluate(at(90.0), [deleted(7)]).events);
    assert_eq!(standing(&told), ["enter 5-90 certain", "dwell 65-90 certain", "zone_changed 90-90 certain"]);
    told.extend(drive(&mut watch, &[(100.0, 110.0, 250.0)]));
    assert_eq!(standing(&told), ["enter 5-90 certain", "dwell 65-90 certain", "zone_changed 90-90 certain"]);
}

#[test]
fn every_edit_around_a_standing_vehicle_is_told_and_stays_told() {
    let mut watch = engine(Vec::new());
    let mut told = drive(&mut watch, &[(0.0, 100.0, 250.0), (10.0, 110.0, 250.0)]);
    told.extend(watch.evaluate(at(20.0), [edit(zone(7, 0.0, 0.0, 500.0, 500.0))]).events);
    let larger = Zone { revision: Revision(2), ..zone(7, -10.0, 0.0, 500.0, 500.0) };
    told.extend(watch.evaluate(at(30.0), [edit(larger)]).events);
    told.extend(watch.evaluate(at(40.0), [deleted(7)]).events);
    let all = ["zone_changed 20-20 certain", "zone_changed 30-30 certain", "zone_changed 40-40 certain"];
    assert_eq!(standing(&told), all);
    told.extend(drive(&mut watch, &[(50.0, 120.0, 250.0)]));
    assert_eq!(standing(&told), all);
}

pub(super) fn deleted(key: u32) -> RecordBody {
    let now = Edited::ZoneDeleted(ZoneKey(key));
    RecordBody::Edit(Edit { key: FeatureKey(key), revision: Revision(9), now })
}

/// Figures by which a position is frozen after few fixes.
pub(super) fn soon_frozen() -> Settings {
    let site = SiteFigures { frozen_fixes: 3, frozen: SpanMs::seconds(10), ..SiteFigures::default() };
    Settings { site, ..Settings::default() }
}

/// A wandering vehicle among three zones, a fix every one to twelve seconds, some at the same instant, some at the same place.
pub(super) fn wandering() -> impl Strategy<Value = Vec<Fix>> {
    let sometimes = prop::bool::weighted;
    let step = (1_000..12_000_i64, -180.0..180.0_f64, -180.0..180.0_f64, 0..900_u16, sometimes(0.1), sometimes(0.4));
    prop::collection::vec(step, 2..40).prop_map(|steps| {
        let (mut s, mut x, mut y) = (0_i64, -300.0, 250.0);
        steps
            .into_iter()
            .map(|(dt, dx, dy, speed, same, stuck)| {
                if !same {
                    s += dt;
                }
                // A frozen receiver says that it moves and repeats its place; the same place at the same instant is a repeat.
                if !stuck || same {
                    x += dx;
                    y += dy;
                }
                Fix { speed: Some(DeciKph(speed)), ..fix_of(1, s as f64 / 1_000.0, x, y) }
            })
            .collect()
    })
}

pub(super) fn zones_about() -> Vec<Zone> {
    let mut post = zone(7, 0.0, 0.0, 500.0, 500.0);
    post.rules.push(rule("guard", RuleWhen::MustBeInside));
    let mut zones = vec![post, zone(8, -400.0, 100.0, 60.0, 300.0), zone(9, 480.0, -20.0, 500.0, 700.0)];
    // So that one vehicle alone is counted.
    zones.iter_mut().for_each(|zone| zone.rules.push(rule("any", RuleWhen::Count { limit_n: 0 })));
    zones
}

/// What stands in the end: ids, times and certainty.
pub(super) type Standing = Vec<(EventId, UnixMs, Option<UnixMs>, Certainty)>;

pub(super) fn final_set(told: &[Event]) -> Standing {
    let mut last: FxHashMap<EventId, &Event> = FxHashMap::default();
    for event in told {
        last.insert(event.core.id, event);
    }
    let mut set: Standing = last
        .values()
        .filter(|event| is_of_the_path(event))
        .map(|event| (event.core.id, event.core.at, event.core.ended_at, event.core.certainty))
        .collect();
    set.sort_unstable();
    set
}

/// Feeds fixes in a given order, some twice, with ticks in between; all are received inside the window.
fn feed(fixes: &[Fix], tick_every: usize) -> Vec<Event> {
    let settings = Settings { window: SpanMs::seconds(3_600), ..soon_frozen() };
    let mut watch = Watch::new(settings);
    watch.evaluate(at(-1_000.0), zones_about().into_iter().map(edit));
    let mut told = Vec::new();
    let mut now = at(600.0);
    for (i, fix) in fixes.iter().enumerate() {
        now = now + SpanMs(10);
        told.extend(watch.evaluate(now, [RecordBody::Fix(*fix)]).events);
        if i % tick_every == 0 {
            told.extend(watch.evaluate(now, [RecordBody::Tick]).events);
        }
    }
    told.extend(watch.evaluate(at(900.0), [RecordBody::Tick]).events);
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(300)))]

    #[test]
    fn any_order_and_duplication_gives_the_same_events(
        (fixes, shuffled) in wandering().prop_flat_map(|fixes| {
            let mut doubled = fixes.clone();
            doubled.extend(fixes.iter().step_by(2).copied());
            (Just(fixes), Just(doubled).prop_shuffle())
        }),
        tick_every in 1..9_usize,
    ) {
        prop_assert_eq!(final_set(&feed(&fixes, 1_000)), final_set(&feed(&shuffled, tick_every)));
    }

    #[test]
    fn no_exit_without_an_enter_and_no_overlapping_visits(fixes in wandering()) {
        let told = feed(&fixes, 5);
        let mut last: FxHashMap<EventId, &Event> = FxHashMap::default();
        for event in &told {
            last.insert(event.core.id, event);
        }
        let stands: Vec<&Event> = last.into_values().filter(|e| e.status != EventStatus::Retracted).collect();
        for exit in stands.iter().filter(|e| e.core.kind == EventKind::Exit) {
            let entered = stands.iter().any(|e| {
                matches!(e.core.kind, EventKind::Enter | EventKind::InsideAtStart)
                    && e.core.zone == exit.core.zone
                    && e.core.ended_at == Some(exit.core.at)
                    && e.core.at <= exit.core.at
            });
            prop_assert!(entered, "exit at {} without its enter", exit.core.at);
        }
        let mut visits: Vec<_> = stands
            .iter()
            .filter(|e| matches!(e.core.kind, EventKind::Enter | EventKind::InsideAtStart | EventKind::Cross))
            .map(|e| (e.core.zone, e.core.at, e.core.ended_at.unwrap_or(UnixMs::MAX)))
            .collect();
        visits.sort_unstable();
        for pair in visits.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "visits overlap: {:?}", pair);
        }
    }

    #[test]
    fn a_restart_at_any_place_changes_nothing(fixes in wandering(), cut in 0..40_usize) {
        let zones: Vec<Arc<Zone>> = zones_about().into_iter().map(Arc::new).collect();
        let run = |restart: Option<usize>| {
            let mut watch = engine_with(soon_frozen(), zones_about());
            let mut told = Vec::new();
            for (i, fix) in fixes.iter().enumerate() {
                if restart == Some(i) {
                    let snapshot = watch.snapshot();
                    let find = |key, _| zones.iter().find(|zone| zone.key == key).cloned();
                    watch = Watch::restored(snapshot, find);
                }
                let now = (fix.fixed_at + SpanMs(500)).max(watch.now());
                told.extend(watch.evaluate(now, [RecordBody::Fix(*fix), RecordBody::Tick]).events);
            }
            told
        };
        prop_assert_eq!(run(None), run(Some(cut)));
    }

    #[test]
    fn batches_may_be_cut_anywhere(fixes in wandering(), cut in 1..12_usize) {
        let run = |size: usize| {
            let mut watch = engine_with(soon_frozen(), zones_about());
            let mut told = Vec::new();
            for batch in fixes.chunks(size) {
                told.extend(watch.evaluate(at(500.0), batch.iter().copied().map(RecordBody::Fix)).events);
            }
            told
        };
        prop_assert_eq!(run(cut), run(1));
    }

    #[test]
    fn a_restart_in_a_varied_life_changes_nothing(steps in prop::collection::vec(living(), 5..60), cut in 0..60_usize) {
        let whole = live(&steps, None);
        let restarted = live(&steps, Some(cut));
        for (step, (one, other)) in whole.iter().zip(&restarted).enumerate() {
            prop_assert_eq!(&one.events, &other.events, "events of step {}", step);
            prop_assert_eq!(&one.alarms, &other.alarms, "alarms of step {}", step);
            prop_assert_eq!(&one.records, &other.records, "records of step {}", step);
            prop_assert_eq!(&one.moved, &other.moved, "moved of step {}", step);
        }
    }
}

/// Something that happens to a site.
#[derive(Clone, Debug)]
enum Living {
    /// A fix of a vehicle: seconds before (or after) now, a step east and north, its speed, its ignition.
    Fix {
        vehicle: u32,
        ago_ms: i64,
        east: f64,
        north: f64,
        speed: u16,
        acc: Option<bool>,
    },
    Tick,
    /// A zone is drawn anew, moved east by metres, with dates in seconds from now.
    Draw {
        key: u32,
        east: f64,
        from: Option<i64>,
        to: Option<i64>,
    },
    Delete {
        key: u32,
    },
    Class {
        vehicle: u32,
        hazmat: bool,
    },
    /// Something is done to one of the alarms told so far.
    Act {
        which: usize,
        what: Did,
    },
}

/// What a person does.
#[derive(Clone, Copy, Debug)]
enum Did {
    Acknowledge,
    Close,
    /// For so many seconds.
    Shelve(i64),
}

/// How long after the one before, and what.
fn living() -> impl Strategy<Value = (i64, Living)> {
    let ago = prop_oneof![5 => Just(500_i64), 2 => -20_000..20_000_i64, 1 => 0..400_000_i64];
    let wait = prop_oneof![6 => 0..15_000_i64, 2 => 15_000..200_000_i64, 1 => 200_000..3_000_000_i64];
    let acc = prop_oneof![4 => Just(None), 1 => Just(Some(false)), 1 => Just(Some(true))];
    let date = || prop_oneof![3 => Just(None), 1 => (-200..200_i64).prop_map(Some)];
    let place = prop_oneof![2 => (-150.0..650.0_f64, 100.0..400.0_f64), 1 => Just((100.0, 250.0))];
    let did = prop_oneof![Just(Did::Acknowledge), Just(Did::Close), (1..200_i64).prop_map(Did::Shelve)];
    let what = prop_oneof![
        10 => (1..3_u32, ago, place, 0..900_u16, acc).prop_map(
            |(vehicle, ago_ms, (east, north), speed, acc)| Living::Fix { vehicle, ago_ms, east, north, speed, acc }
        ),
        3 => Just(Living::Tick),
        2 => (7..10_u32, -100.0..100.0_f64, date(), date())
            .prop_map(|(key, east, from, to)| Living::Draw { key, east, from, to }),
        1 => (7..10_u32).prop_map(|key| Living::Delete { key }),
        1 => (1..4_u32, any::<bool>()).prop_map(|(vehicle, hazmat)| Living::Class { vehicle, hazmat }),
        2 => (any::<usize>(), did).prop_map(|(which, what)| Living::Act { which, what }),
    ];
    (wait, what)
}

pub(super) fn described(vehicle: u32, revision: u32, hazmat: bool) -> RecordBody {
    let class = if hazmat { VehicleClass::Hazmat } else { VehicleClass::Ordinary };
    let now = Vehicle { class, company: None, goods_class: None, tags: Vec::new() };
    RecordBody::Edit(Edit {
        key: FeatureKey(100 + vehicle),
        revision: Revision(revision),
        now: Edited::Vehicle(VehicleKey(vehicle), Arc::new(now)),
    })
}

/// Lives through the steps, with a restart before one of them.
fn live(steps: &[(i64, Living)], restart: Option<usize>) -> Vec<Evaluated> {
    let mut drawn: Vec<Arc<Zone>> = Vec::new();
    let mut watch = Watch::new(soon_frozen());
    watch.evaluate(at(-1_000.0), (1..4).map(|vehicle| described(vehicle, 1, false)));
    let mut now = at(0.0);
    let mut alarms: Vec<AlarmId> = Vec::new();
    let mut told: Vec<Evaluated> = Vec::new();
    for (i, (wait, what)) in steps.iter().enumerate() {
        if restart == Some(i) {
            let find = |key, revision| drawn.iter().find(|z| z.key == key && z.revision == revision).cloned();
            watch = Watch::restored(watch.snapshot(), find);
        }
        let edits = matches!(what, Living::Draw { .. } | Living::Delete { .. } | Living::Class { .. });
        now = now + SpanMs((*wait).max(edits.into()));
        let second = |s: i64| now + SpanMs::seconds(s);
        let body = match what {
            Living::Tick => RecordBody::Tick,
            Living::Fix { vehicle, ago_ms, east, north, speed, acc } => RecordBody::Fix(Fix {
                fixed_at: now - SpanMs(*ago_ms),
                speed: Some(DeciKph(*speed)),
                acc_on: *acc,
                ..fix_of(*vehicle, 0.0, *east, *north)
            }),
            Living::Draw { key, east, from, to } => {
                let mut next = zone(*key, *east, 0.0, *east + 300.0, 500.0);
                next.revision = Revision(drawn.len() as u32 + 1);
                (next.valid_from, next.valid_to) = (from.map(second), to.map(second));
                next.rules[0].subjects.classes = vec![VehicleClass::Hazmat];
                next.rules.push(rule("all", RuleWhen::Enter));
                next.rules.push(Rule { on_delay_s: 10, off_delay_s: 40, ..rule("patient", RuleWhen::Enter) });
                drawn.push(Arc::new(next.clone()));
                edit(next)
            }
            Living::Delete { key } => deleted(*key),
            Living::Class { vehicle, hazmat } => described(*vehicle, i as u32 + 2, *hazmat),
            Living::Act { which, what } => {
                let Some(&alarm) = alarms.get(which % alarms.len().max(1)) else { continue };
                let act = match *what {
                    Did::Acknowledge => crate::alarm::AlarmAct::Acknowledge { note: None },
                    Did::Close => crate::alarm::AlarmAct::Close { result: "seen".to_owned(), note: None },
                    Did::Shelve(s) => crate::alarm::AlarmAct::Shelve { reason: "known".to_owned(), until: second(s) },
                };
                RecordBody::Act(Act { who: "li".to_owned(), alarm, act })
            }
        };
        let out = watch.evaluate(now, [body]);
        alarms.extend(out.alarms.iter().map(|alarm| alarm.id));
        told.push(out);
    }
    told
}
