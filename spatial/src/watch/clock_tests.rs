//! Terminals whose clock is wrong.

use super::tests::{T0, at, engine, fix_of};
use super::*;
use std::collections::BTreeMap;

const HOUR: f64 = 3_600.0;

/// A report received at `s` whose terminal says that it is `ahead` seconds later.
fn report(s: f64, ahead: f64) -> (f64, RecordBody) {
    (s, RecordBody::Fix(fix_of(1, s + ahead, 10.0 * s, 250.0)))
}

/// The wrong clocks among what is told when records arrive: "from-to ahead", seconds.
fn clocks(watch: &mut Watch, records: impl IntoIterator<Item = (f64, RecordBody)>) -> Vec<String> {
    let mut last: BTreeMap<UnixMs, Event> = BTreeMap::new();
    for (s, record) in records {
        for event in watch.evaluate(at(s), [record]).events {
            if event.core.kind == EventKind::ClockWrong && event.status != crate::event::EventStatus::Retracted {
                last.insert(event.core.at, event);
            }
        }
    }
    let second = |t: UnixMs| format!("{:.0}", (t.0 - T0) as f64 / 1_000.0);
    let line = |event: &Event| {
        let Some(Condition::ClockWrong { ahead_ms }) = event.core.evidence.condition else { panic!("{event:?}") };
        format!(
            "{}-{} {}",
            second(event.core.at),
            event.core.ended_at.map_or("...".to_owned(), second),
            ahead_ms / 1_000
        )
    };
    last.values().map(line).collect()
}

fn every_20_s(from: f64, count: u32, ahead: f64) -> impl Iterator<Item = (f64, RecordBody)> {
    (0..count).map(move |n| report(from + 20.0 * f64::from(n), ahead))
}

#[test]
fn a_clock_that_is_off_by_as_much_for_a_minute_is_wrong_until_it_is_right() {
    for ahead in [-8.0 * HOUR, 8.0 * HOUR, -90.0, -20.0 * 24.0 * HOUR] {
        let mut watch = engine(vec![]);
        assert_eq!(clocks(&mut watch, every_20_s(0.0, 4, ahead)), [""; 0], "four reports may be chance");
        let mut told = clocks(&mut watch, every_20_s(80.0, 3, ahead));
        assert_eq!(told, [format!("80-... {ahead}")]);
        told = clocks(&mut watch, every_20_s(140.0, 3, -0.5));
        assert_eq!(told, [format!("80-140 {ahead}")], "the first report that says the time ends it");
    }
}

#[test]
fn it_makes_one_alarm_that_returns_when_the_clock_is_right() {
    let mut watch = engine(vec![]);
    let mut alarms = Vec::new();
    for (s, record) in every_20_s(0.0, 9, -8.0 * HOUR).chain(every_20_s(180.0, 2, 0.0)) {
        alarms.extend(watch.evaluate(at(s), [record]).alarms);
    }
    let told: Vec<_> = alarms.iter().map(|alarm| (alarm.kind, alarm.priority, alarm.returned_at)).collect();
    assert_eq!(told, [(EventKind::ClockWrong, 3, None), (EventKind::ClockWrong, 3, Some(at(180.0)))]);
}

#[test]
fn a_blind_areas_past_is_not_a_wrong_clock() {
    // Ten minutes at 10 s each, handed in one by one within a minute, then live again.
    let past = (0..60).map(|n| {
        let (s, said) = (900.0 + f64::from(n), 300.0 + 10.0 * f64::from(n));
        (s, RecordBody::Fix(fix_of(1, said, said, 250.0)))
    });
    assert_eq!(clocks(&mut engine(vec![]), past.chain(every_20_s(960.0, 6, -1.0))), [""; 0]);
    // The same in parts of ten that came together, each with the last fix of now.
    let mut watch = engine(vec![]);
    for part in 0..10 {
        let now = 1_000.0 + 300.0 * f64::from(part);
        let fixes = (0..10).map(|n| RecordBody::Fix(fix_of(1, now - 270.0 + 30.0 * f64::from(n), now, 250.0)));
        let out = watch.evaluate(at(now), fixes);
        assert!(out.events.iter().all(|event| event.core.kind != EventKind::ClockWrong), "{:?}", out.events);
    }
}

#[test]
fn a_network_that_delays_by_more_and_more_is_not_a_wrong_clock() {
    let delayed = (0..30).map(|n| report(20.0 * f64::from(n), -70.0 - 15.0 * f64::from(n % 4)));
    assert_eq!(clocks(&mut engine(vec![]), delayed), [""; 0]);
}

#[test]
fn it_outlives_a_restart_and_ends_with_the_vehicle() {
    let mut watch = engine(vec![]);
    assert_eq!(clocks(&mut watch, every_20_s(0.0, 3, 8.0 * HOUR)), [""; 0]);
    let restore = |watch: &Watch| Watch::restored(watch.snapshot(), |_, _| None);
    let mut watch = restore(&watch);
    assert_eq!(clocks(&mut watch, every_20_s(60.0, 3, 8.0 * HOUR)), ["80-... 28800"]);
    let mut watch = restore(&watch);
    let gone = RecordBody::Edit(crate::record::Edit {
        key: crate::ids::FeatureKey(1),
        revision: crate::ids::Revision(1),
        now: crate::record::Edited::VehicleDeleted(VehicleKey(1)),
    });
    assert_eq!(clocks(&mut watch, [(200.0, gone)]), ["80-200 28800"]);
}
