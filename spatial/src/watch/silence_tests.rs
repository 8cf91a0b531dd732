//! Vehicles of which nothing is heard.

use super::tests::{T0, at, cases, edit, engine, fix_of, zone};
use super::*;
use crate::contact::{Contact, ContactKind};
use crate::event::SilenceReason;
use crate::record::{Edit, Edited};
use crate::zone::{RiskLevel, Zone, ZoneKind};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A hazard zone of level I around the places with `east` from 0 to 500.
fn tank_farm() -> Zone {
    let rules = Vec::new();
    Zone { kind: ZoneKind::Hazard, level: Some(RiskLevel::Red), rules, ..zone(7, 0.0, 0.0, 500.0, 500.0) }
}

fn report(vehicle: u32, s: f64, east: f64) -> RecordBody {
    RecordBody::Fix(fix_of(vehicle, s, east, 250.0))
}

fn ignition_off(s: f64, east: f64) -> RecordBody {
    RecordBody::Fix(Fix { acc_on: Some(false), ..fix_of(1, s, east, 250.0) })
}

fn contact(vehicle: u32, kind: ContactKind) -> RecordBody {
    RecordBody::Contact(Contact { vehicle: VehicleKey(vehicle), kind })
}

/// The silences among changes, as last told: "vehicle from-to zone priority", and whether the terminal is connected.
fn silences<'a>(told: impl IntoIterator<Item = &'a Event>) -> Vec<String> {
    let mut last: BTreeMap<_, &Event> = BTreeMap::new();
    for event in told.into_iter().filter(|event| event.core.kind == EventKind::Silence) {
        last.insert((event.core.at, event.core.subject, event.core.id), event);
    }
    let second = |t: UnixMs| format!("{:.0}", (t.0 - T0) as f64 / 1_000.0);
    let line = |event: &&Event| {
        let core = &event.core;
        let Subject::Vehicle(key) = core.subject else { panic!("a vehicle is silent, not {:?}", core.subject) };
        let end = core.ended_at.map_or("...".to_owned(), second);
        let zone = core.zone.map_or("-".to_owned(), |(zone, _)| zone.to_string());
        let priority = core.rule.as_ref().map_or(0, |rule| rule.priority);
        let why = match core.evidence.silence {
            Some(SilenceReason::ConnectedWithoutFix) => " connected",
            Some(SilenceReason::LostSignal) => "",
            None => " for no reason",
        };
        format!("{key} {}-{end} {zone} {priority}{why}", second(core.at))
    };
    last.values().map(line).collect()
}

/// What is told when records arrive at these seconds.
fn told(watch: &mut Watch, records: impl IntoIterator<Item = (f64, RecordBody)>) -> Vec<Event> {
    records.into_iter().flat_map(|(s, record)| watch.evaluate(at(s), [record]).events).collect()
}

#[test]
fn it_is_silent_from_its_limit_on_until_something_is_received() {
    let mut watch = engine(vec![tank_farm()]);
    let mut events = told(&mut watch, [(0.0, report(1, 0.0, -900.0)), (299.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), [""; 0]);
    assert!(watch.next_due().is_some_and(|due| due <= at(300.0)), "time is asked to tell it");
    events.extend(told(&mut watch, [(304.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-... - 4"], "dated by the limit, not by the tick");
    events.extend(told(&mut watch, [(600.0, RecordBody::Tick), (700.0, report(1, 699.0, -900.0))]));
    assert_eq!(silences(&events), ["1 300-700 - 4"]);
    events.extend(told(&mut watch, [(999.0, RecordBody::Tick), (1_001.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-700 - 4", "1 1000-... - 4"]);
}

#[test]
fn lost_in_a_hazard_zone_is_urgent_and_its_alarm_returns_when_it_is_heard() {
    let mut watch = engine(vec![tank_farm()]);
    watch.evaluate(at(0.0), [report(1, 0.0, -100.0)]);
    watch.evaluate(at(10.0), [report(1, 10.0, 100.0)]);
    let out = watch.evaluate(at(320.0), [RecordBody::Tick]);
    assert_eq!(silences(&out.events), ["1 310-... 7 1"]);
    let raised = &out.alarms[0];
    assert_eq!((raised.kind, raised.priority, raised.zone), (EventKind::Silence, 1, Some(ZoneKey(7))));
    let out = watch.evaluate(at(400.0), [report(1, 20.0, 110.0)]);
    let alarm = out.alarms.iter().find(|alarm| alarm.id == raised.id).expect("it changed");
    assert_eq!(alarm.returned_at, Some(at(400.0)), "by what was received then, however old it is");
}

#[test]
fn a_sleeping_terminal_may_be_silent_for_long_outside_hazard_zones_alone() {
    let mut watch = engine(vec![tank_farm()]);
    let events = told(&mut watch, [(0.0, ignition_off(0.0, -900.0)), (40_000.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), [""; 0]);
    let events = told(&mut watch, [(43_201.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), ["1 43200-... - 4"]);
    let mut watch = engine(vec![tank_farm()]);
    let events = told(&mut watch, [(0.0, ignition_off(0.0, 100.0)), (310.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), ["1 300-... 7 1"]);
}

#[test]
fn a_hazard_zone_drawn_around_a_sleeping_vehicle_makes_it_urgent() {
    let mut watch = engine(Vec::new());
    told(&mut watch, [(0.0, ignition_off(0.0, 100.0)), (900.0, RecordBody::Tick), (1_000.0, edit(tank_farm()))]);
    let events = told(&mut watch, [(1_001.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), ["1 1000-... 7 1"], "since the zone is there");
}

#[test]
fn what_was_sent_while_cordon_was_down_is_nobodys_silence() {
    let mut watch = engine(Vec::new());
    told(&mut watch, [(0.0, report(1, 0.0, 0.0))]);
    let start = RecordBody::Start { down_since: Some(at(10.0)) };
    let events = told(&mut watch, [(5_000.0, start), (5_299.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), [""; 0]);
    assert_eq!(silences(&told(&mut watch, [(5_300.0, RecordBody::Tick)])), ["1 5300-... - 4"]);
}

#[test]
fn a_repeated_fix_is_no_sign_of_life_and_a_deleted_vehicle_is_not_missed() {
    let mut watch = engine(Vec::new());
    let mut events = told(&mut watch, [(0.0, report(1, 0.0, 0.0)), (200.0, report(1, 0.0, 0.0))]);
    events.extend(told(&mut watch, [(301.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-... - 4"], "repeats are not journalled, so a replay would not hear them");
    let gone = Edited::VehicleDeleted(VehicleKey(1));
    let gone = RecordBody::Edit(Edit { key: crate::ids::FeatureKey(1), revision: crate::ids::Revision(2), now: gone });
    events.extend(told(&mut watch, [(400.0, gone), (900.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-400 - 4"]);
}

#[test]
fn a_terminal_that_is_connected_and_sends_no_fix_is_told_apart_from_one_that_is_lost() {
    let mut watch = engine(Vec::new());
    let mut events = told(&mut watch, [(0.0, report(1, 0.0, 0.0)), (0.0, report(2, 0.0, 0.0))]);
    events.extend(told(
        &mut watch,
        [(1.0, contact(1, ContactKind::Connected)), (2.0, contact(2, ContactKind::Connected))],
    ));
    events.extend(told(
        &mut watch,
        [(200.0, contact(1, ContactKind::Heartbeat)), (299.0, contact(2, ContactKind::Disconnected))],
    ));
    events.extend(told(&mut watch, [(300.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-... - 4 connected", "2 300-... - 4"]);
    events.extend(told(&mut watch, [(310.0, contact(1, ContactKind::Heartbeat)), (320.0, report(1, 320.0, 10.0))]));
    assert_eq!(silences(&events)[0], "1 300-320 - 4 connected", "a heartbeat does not end it, a fix does");
}

#[test]
fn a_terminal_that_never_sent_a_fix_is_missed_from_its_first_contact_on() {
    let mut watch = engine(Vec::new());
    let mut events = told(&mut watch, [(10.0, contact(1, ContactKind::Connected)), (309.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), [""; 0]);
    events.extend(told(&mut watch, [(310.0, RecordBody::Tick)]));
    assert_eq!(
        silences(&events),
        ["1 310-... - 4"],
        "without a heartbeat for as long nobody knows whether it is there"
    );
    let mut watch = engine(Vec::new());
    let life = [(10.0, ContactKind::Connected), (70.0, ContactKind::Heartbeat)];
    let mut events = told(&mut watch, life.map(|(s, kind)| (s, contact(1, kind))));
    events.extend(told(&mut watch, [(310.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 310-... - 4 connected"]);
    let unknown =
        told(&mut engine(Vec::new()), [(0.0, contact(1, ContactKind::Disconnected)), (900.0, RecordBody::Tick)]);
    assert_eq!(silences(&unknown), [""; 0], "who was never there is not missed");
}

#[test]
fn a_report_without_a_place_is_no_more_than_a_heartbeat() {
    let mut watch = engine(Vec::new());
    let lost = |s: f64| RecordBody::Fix(Fix { marks: Marks::NO_FIX, ..fix_of(1, s, 0.0, 0.0) });
    let mut events = told(&mut watch, [(0.0, report(1, 0.0, 0.0)), (150.0, lost(150.0)), (301.0, RecordBody::Tick)]);
    assert_eq!(silences(&events), ["1 300-... - 4 connected"]);
    events.extend(told(&mut watch, [(310.0, lost(310.0)), (320.0, report(1, 320.0, 5.0))]));
    assert_eq!(silences(&events), ["1 300-320 - 4 connected"]);
}

#[test]
fn what_is_known_of_a_silent_terminal_may_change_within_one_alarm() {
    let mut watch = engine(Vec::new());
    told(&mut watch, [(0.0, report(1, 0.0, 0.0)), (250.0, contact(1, ContactKind::Connected))]);
    let mut events = told(&mut watch, [(300.0, RecordBody::Tick), (310.0, contact(1, ContactKind::Disconnected))]);
    events.extend(told(
        &mut watch,
        [(330.0, contact(1, ContactKind::Connected)), (340.0, contact(1, ContactKind::Disconnected))],
    ));
    assert_eq!(silences(&events), ["1 300-... - 4 connected"], "a link that flaps is a link");
    assert!(watch.next_due().is_some_and(|due| due <= at(640.0)));
    let out = watch.evaluate(at(641.0), [RecordBody::Tick]);
    let alarm = out.alarms.last().expect("it changed").id;
    events.extend(out.events);
    assert_eq!(silences(&events), ["1 300-640 - 4 connected", "1 640-... - 4"]);
    let out = watch.evaluate(at(700.0), [contact(1, ContactKind::Heartbeat)]);
    assert!(out.alarms.iter().all(|changed| changed.id == alarm && changed.returned_at.is_none()), "{:?}", out.alarms);
    events.extend(out.events);
    // Nothing more is heard of it.
    events.extend(told(&mut watch, [(1_200.0, RecordBody::Tick)]));
    let all = ["1 300-640 - 4 connected", "1 640-700 - 4", "1 700-1000 - 4 connected", "1 1000-... - 4"];
    assert_eq!(silences(&events), all);
    let out = watch.evaluate(at(1_300.0), [report(1, 1_300.0, 5.0)]);
    let ended: Vec<_> = out.alarms.iter().map(|changed| (changed.id, changed.returned_at)).collect();
    assert_eq!(ended, [(alarm, Some(at(1_300.0)))], "one alarm from the first to the last");
}

#[test]
fn a_start_ends_every_connection() {
    let mut watch = engine(Vec::new());
    let mut events = told(&mut watch, [(0.0, report(1, 0.0, 0.0)), (1.0, contact(1, ContactKind::Connected))]);
    events.extend(told(&mut watch, [(100.0, contact(1, ContactKind::Heartbeat)), (301.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-... - 4 connected"]);
    let start = RecordBody::Start { down_since: Some(at(310.0)) };
    events.extend(told(&mut watch, [(1_000.0, start), (1_299.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-... - 4 connected"], "it has time to connect again");
    events.extend(told(&mut watch, [(1_300.0, RecordBody::Tick)]));
    assert_eq!(silences(&events), ["1 300-1300 - 4 connected", "1 1300-... - 4"]);
}

#[test]
fn a_deleted_vehicle_is_not_missed_though_its_terminal_calls() {
    let mut watch = engine(Vec::new());
    let gone = Edited::VehicleDeleted(VehicleKey(1));
    let gone = RecordBody::Edit(Edit { key: crate::ids::FeatureKey(1), revision: crate::ids::Revision(2), now: gone });
    let calls = (20.0, contact(1, ContactKind::Connected));
    let life =
        [(0.0, report(1, 0.0, 0.0)), (10.0, gone), calls, (30.0, report(1, 30.0, 0.0)), (900.0, RecordBody::Tick)];
    assert_eq!(silences(&told(&mut watch, life)), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(300)))]

    /// Ticks that bring nothing are not journalled, restarts come at any time, lanes are any number: the same silences.
    #[test]
    fn silences_do_not_depend_on_idle_ticks_restarts_or_lanes(
        life in prop::collection::vec((0..9_u8, 1..4_u32, 1..500_i64, any::<bool>()), 1..40),
        restart_at in 0..40_usize,
    ) {
        #[derive(Debug)]
        struct Two;
        impl Lanes for Two {
            fn count(&self) -> usize {
                2
            }
            fn run(&self, jobs: &mut [Job<'_>]) {
                jobs.iter_mut().for_each(|job| job());
            }
        }
        let mut live = engine(Vec::new());
        let mut journal: Vec<(UnixMs, RecordBody)> = Vec::new();
        let mut now = 0;
        let mut first: Vec<Event> = Vec::new();
        for (i, &(what, vehicle, step, sleeps)) in life.iter().enumerate() {
            now += step;
            let s = now as f64;
            let east = if sleeps { 100.0 } else { -900.0 };
            let record = match what {
                0 => RecordBody::Tick,
                1 if i % 7 == 3 => edit(Zone { revision: crate::ids::Revision(i as u32 + 1), ..tank_farm() }),
                2 => RecordBody::Fix(Fix { acc_on: Some(false), ..fix_of(vehicle, s, east, 250.0) }),
                3 => contact(vehicle, ContactKind::Connected),
                4 | 5 => contact(vehicle, ContactKind::Heartbeat),
                6 => contact(vehicle, ContactKind::Disconnected),
                7 if i % 5 == 4 => RecordBody::Start { down_since: Some(at(s)) },
                _ => report(vehicle, s, east),
            };
            let out = live.evaluate(at(s), [record.clone()]);
            if !matches!(record, RecordBody::Tick) || !out.events.is_empty() {
                journal.extend(out.records.into_iter().map(|record| (record.at, record.body)));
            }
            first.extend(out.events);
        }
        let mut again = engine(Vec::new());
        again.set_lanes(Arc::new(Two));
        let mut second: Vec<Event> = Vec::new();
        for (i, (at, record)) in journal.into_iter().enumerate() {
            if i == restart_at {
                let map = Arc::clone(again.map());
                let zones: BTreeMap<_, _> = map
                    .table()
                    .into_iter()
                    .filter_map(|(slot, entry)| Some(((entry.zone, entry.revision), Arc::clone(&map.zone(slot)?.zone))))
                    .collect();
                again = Watch::restored(again.snapshot(), |zone, revision| zones.get(&(zone, revision)).cloned());
            }
            second.extend(again.replay(at, [record], &NoPast).events);
        }
        prop_assert_eq!(silences(&first), silences(&second));
        prop_assert_eq!(first, second);
    }
}
