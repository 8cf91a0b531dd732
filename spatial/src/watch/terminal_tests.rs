//! Terminals that raise alarms of their own.

use super::tests::{T0, at, engine, fix_of};
use super::*;
use crate::event::EventStatus;
use crate::fix::{Marks, Source};
use crate::ids::EventId;
use proptest::prelude::*;
use std::collections::BTreeMap;

const EMERGENCY: u32 = 1;
const OVERSPEED: u32 = 1 << 1;
const AREA: u32 = 1 << 20;

fn report(s: f64, alarm_bits: u32) -> Fix {
    Fix { alarm_bits, ..fix_of(1, s, s, 250.0) }
}

/// What stands after reports taken in this order, all within the window, as "rule from-to".
fn heard(reports: &[Fix]) -> Vec<String> {
    let mut watch = Watch::new(Settings { window: SpanMs::seconds(3_600), ..Settings::default() });
    let mut events: BTreeMap<EventId, Event> = BTreeMap::new();
    for (i, report) in reports.iter().enumerate() {
        let out = watch.evaluate(at(600.0 + i as f64), [RecordBody::Fix(*report)]);
        events.extend(out.events.into_iter().map(|event| (event.core.id, event)));
    }
    let mut lines: Vec<(UnixMs, String)> = Vec::new();
    for event in events.values().filter(|event| event.status != EventStatus::Retracted) {
        let second = |t: UnixMs| format!("{:.0}", (t.0 - T0) as f64 / 1_000.0);
        let end = event.core.ended_at.map_or("...".to_owned(), second);
        let rule = event.core.rule.as_ref().map_or("-", |rule| rule.id.as_str());
        lines.push((event.core.at, format!("{rule} {}-{end}", second(event.core.at))));
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

#[test]
fn a_bit_that_is_held_is_one_interval_however_often_it_is_reported() {
    let reports = [(0.0, 0), (10.0, OVERSPEED), (20.0, OVERSPEED), (30.0, 0), (40.0, OVERSPEED)];
    assert_eq!(heard(&reports.map(|(s, bits)| report(s, bits))), ["terminal-1 10-30", "terminal-1 40-..."]);
}

#[test]
fn a_bit_that_is_cleared_by_an_answer_tells_once_each_time_it_rises() {
    let reports = [(0.0, EMERGENCY | AREA), (10.0, EMERGENCY), (20.0, 0), (30.0, EMERGENCY)];
    let all = heard(&reports.map(|(s, bits)| report(s, bits)));
    assert_eq!(all, ["terminal-0 0-...", "terminal-20 0-0", "terminal-0 30-..."]);
}

#[test]
fn a_call_for_help_is_heard_without_a_position_and_a_phone_in_the_vehicle_does_not_end_it() {
    let lost = Fix { marks: Marks::NO_FIX, ..report(10.0, EMERGENCY | OVERSPEED) };
    let phone = Fix { source: Source::OsmAnd, ..report(20.0, 0) };
    assert_eq!(heard(&[report(0.0, 0), lost, phone]), ["terminal-0 10-...", "terminal-1 10-..."]);
}

#[test]
fn an_emergency_is_an_alarm_of_the_highest_priority_until_a_person_closes_it() {
    let mut watch = engine(Vec::new());
    let out = watch.evaluate(at(1.0), [RecordBody::Fix(report(0.0, EMERGENCY))]);
    let alarm = out.alarms.last().expect("an alarm").clone();
    assert_eq!((alarm.priority, alarm.state()), (1, crate::alarm::AlarmState::Unacknowledged));
    let out = watch.evaluate(at(11.0), [RecordBody::Fix(report(10.0, 0))]);
    assert!(out.alarms.is_empty(), "that the bit was cleared says nothing of the danger");
    let close = crate::alarm::AlarmAct::Close { result: "helped".to_owned(), note: None };
    let act = Act { who: "li".to_owned(), alarm: alarm.id, act: close };
    let out = watch.evaluate(at(12.0), [RecordBody::Act(act)]);
    assert_eq!(out.alarms[0].state(), crate::alarm::AlarmState::Closed);
}

proptest! {
    #[test]
    fn any_order_and_duplication_hears_the_same(
        (reports, shuffled) in prop::collection::vec(0..4_u32, 1..30).prop_flat_map(|bits| {
            let place = |(i, bits): (usize, u32)| report(i as f64 * 5.0, bits & 1 | (bits & 2) << 3);
            let reports: Vec<Fix> = bits.into_iter().enumerate().map(place).collect();
            let mut doubled = reports.clone();
            doubled.extend(reports.iter().step_by(2).copied());
            (Just(reports), Just(doubled).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(heard(&reports), heard(&shuffled));
    }
}
