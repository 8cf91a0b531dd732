//! Counting on small stories: times in seconds, places in metres; the zone reaches from 0 to 500.

use super::tests::{at, cases, described, edit, fix_of, rule, zone};
use super::*;
use crate::alarm::AlarmState;
use crate::event::EventStatus;
use crate::ids::{EventId, FeatureKey, Revision};
use crate::record::{Edit, Edited};
use crate::vehicle::VehicleClass;
use crate::zone::{Rule, Subjects};
use crate::zone::{RuleWhen, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

const YARD: ZoneKey = ZoneKey(7);

/// A yard in which `limit_n` vehicles may be at once.
fn yard(revision: u32, limit_n: u32) -> Zone {
    let rules = vec![Rule { revision: Revision(revision), ..rule("many", RuleWhen::Count { limit_n }) }];
    Zone { rules, revision: Revision(revision), ..zone(YARD.0, 0.0, 0.0, 500.0, 500.0) }
}

/// An engine, and what was told last of every event.
struct Site {
    watch: Watch,
    told: BTreeMap<EventId, Event>,
    alarms: Vec<Alarm>,
}

impl Site {
    fn new(zones: Vec<Zone>) -> Site {
        let mut watch = Watch::new(Settings::default());
        let vehicles = (1..6).map(|vehicle| described(vehicle, 1, vehicle % 2 == 0));
        watch.evaluate(at(-1_000.0), vehicles.chain(zones.into_iter().map(edit)));
        Site { watch, told: BTreeMap::new(), alarms: Vec::new() }
    }

    fn take(&mut self, s: f64, body: RecordBody) {
        let out = self.watch.evaluate(at(s).max(self.watch.now()), [body]);
        self.told.extend(out.events.into_iter().map(|event| (event.core.id, event)));
        self.alarms.extend(out.alarms);
    }

    /// A fix that arrives a second after it was taken.
    fn fix(&mut self, vehicle: u32, s: f64, east: f64) {
        self.take(s + 1.0, RecordBody::Fix(fix_of(vehicle, s, east, 250.0)));
    }

    /// What stands about the yard: "from-to most".
    fn counts(&self) -> Vec<String> {
        let second = |t: UnixMs| ((t - at(0.0)).0 as f64 / 1_000.0).round();
        let stands = self.told.values().filter(|event| event.status != EventStatus::Retracted);
        let mut counts: Vec<&Event> = stands.filter(|event| event.core.kind == EventKind::Count).collect();
        counts.sort_by_key(|event| (event.core.at, event.core.id));
        let said = counts.into_iter().map(|event| {
            assert_eq!(event.core.subject, Subject::Zone(YARD), "a stay was told");
            let to = event.core.ended_at.map_or_else(|| "...".to_owned(), |to| second(to).to_string());
            format!("{}-{to} {}", second(event.core.at), event.core.evidence.counted.expect("how many"))
        });
        said.collect()
    }
}

#[test]
fn one_vehicle_too_many_is_told_of_the_zone_until_one_leaves() {
    let mut site = Site::new(vec![yard(1, 2)]);
    for vehicle in 1..4 {
        site.fix(vehicle, 0.0, -100.0);
    }
    site.fix(1, 10.0, 100.0);
    site.fix(2, 20.0, 100.0);
    assert_eq!(site.counts(), Vec::<String>::new());
    site.fix(3, 30.0, 100.0);
    assert_eq!(site.counts(), ["15-... 3"], "it crossed half way");
    let alarm = site.alarms.last().expect("an alarm").clone();
    assert_eq!((alarm.subject, alarm.priority, alarm.state()), (Subject::Zone(YARD), 2, AlarmState::Unacknowledged));
    site.fix(4, 30.0, -100.0);
    site.fix(4, 40.0, 100.0);
    site.fix(1, 50.0, 700.0);
    assert_eq!(site.counts(), ["15-... 4"], "three are still one too many");
    site.fix(2, 60.0, 700.0);
    assert_eq!(site.counts(), ["15-47 4"]);
    assert_eq!(site.alarms.last().map(|alarm| (alarm.id, alarm.state())), Some((alarm.id, AlarmState::Returned)));
}

#[test]
fn a_person_acts_on_the_alarm_of_a_zone_also_after_a_restart() {
    let mut site = Site::new(vec![yard(1, 1)]);
    for vehicle in 1..3 {
        site.fix(vehicle, 0.0, 100.0);
    }
    let alarm = site.alarms.last().expect("an alarm").id;
    let drawn = Arc::new(yard(1, 1));
    site.watch = Watch::restored(site.watch.snapshot(), |_, _| Some(Arc::clone(&drawn)));
    let act = crate::alarm::AlarmAct::Acknowledge { note: None };
    site.take(10.0, RecordBody::Act(Act { who: "anna".to_owned(), alarm, act }));
    assert_eq!(site.alarms.last().map(|alarm| alarm.state()), Some(AlarmState::Acknowledged));
    site.fix(1, 20.0, 700.0);
    assert_eq!(site.alarms.last().map(|alarm| (alarm.id, alarm.state())), Some((alarm, AlarmState::Closed)));
    assert_eq!(site.counts(), ["0-13 2"]);
}

#[test]
fn a_late_fix_that_shows_somebody_elsewhere_takes_it_back() {
    let mut site = Site::new(vec![yard(1, 1)]);
    for vehicle in 1..3 {
        site.fix(vehicle, 0.0, -100.0);
        site.fix(vehicle, 10.0, 100.0);
    }
    site.fix(1, 100.0, 110.0);
    assert_eq!(site.counts(), ["5-... 2"]);
    // It was outside from 30 to 80 all the same.
    for (s, east) in [(30.0, 700.0), (50.0, 700.0), (70.0, 700.0)] {
        site.take(102.0, RecordBody::Fix(fix_of(1, s, east, 250.0)));
    }
    assert_eq!(site.counts(), ["5-23 2", "80-... 2"]);
}

#[test]
fn only_those_that_the_rule_is_about_are_counted() {
    let hazmat = Subjects { classes: vec![VehicleClass::Hazmat], ..Subjects::default() };
    let rules = vec![Rule { subjects: hazmat, ..rule("many", RuleWhen::Count { limit_n: 1 }) }];
    let mut site = Site::new(vec![Zone { rules, ..yard(1, 1) }]);
    for vehicle in [1, 2, 3] {
        site.fix(vehicle, 0.0, 100.0);
    }
    assert_eq!(site.counts(), Vec::<String>::new(), "one of them carries dangerous goods");
    site.fix(4, 10.0, 100.0);
    assert_eq!(site.counts(), ["10-... 2"]);
    site.take(
        20.0,
        RecordBody::Edit(Edit {
            key: FeatureKey(104),
            revision: Revision(2),
            now: Edited::VehicleDeleted(VehicleKey(4)),
        }),
    );
    assert_eq!(site.counts(), ["10-20 2"]);
}

#[test]
fn an_edit_counts_anew_from_then_on() {
    let mut site = Site::new(vec![yard(1, 5)]);
    for vehicle in 1..4 {
        site.fix(vehicle, 0.0, 100.0);
    }
    site.take(10.0, edit(yard(2, 2)));
    assert_eq!(site.counts(), ["10-... 3"], "a lower limit finds them inside");
    site.take(20.0, edit(Zone { revision: Revision(3), ..yard(2, 2) }));
    assert_eq!(site.counts(), ["10-... 3"], "the rule is the same");
    site.take(30.0, edit(yard(4, 9)));
    assert_eq!(site.counts(), ["10-30 3"]);
    site.take(40.0, edit(yard(5, 1)));
    site.take(
        50.0,
        RecordBody::Edit(Edit { key: FeatureKey(YARD.0), revision: Revision(6), now: Edited::ZoneDeleted(YARD) }),
    );
    assert_eq!(site.counts(), ["10-30 3", "40-50 3"]);
}

#[test]
fn a_zone_that_appears_counts_those_that_it_finds() {
    let mut site = Site::new(Vec::new());
    for vehicle in 1..4 {
        site.fix(vehicle, 0.0, 100.0);
    }
    site.take(10.0, edit(yard(1, 2)));
    assert_eq!(site.counts(), ["10-... 3"]);
}

#[test]
fn who_turns_out_not_to_have_come_in_is_not_counted_though_the_zone_was_edited_meanwhile() {
    let mut site = Site::new(vec![yard(1, 1)]);
    site.fix(2, 0.0, 100.0);
    site.fix(1, 0.0, -50.0);
    site.fix(1, 2.0, 5.0);
    // Renamed, say: the rule is the same.
    site.take(3.5, edit(Zone { revision: Revision(2), ..yard(1, 1) }));
    site.fix(1, 4.0, -30.0);
    site.fix(1, 60.0, -3000.0);
    site.take(100.0, RecordBody::Tick);
    assert_eq!(site.counts(), Vec::<String>::new(), "it never came in");
}

#[test]
fn a_late_fix_leaves_an_alarm_that_a_person_closed_long_ago_as_it_was() {
    let mut site = Site::new(vec![yard(1, 1)]);
    site.fix(2, 0.0, 100.0);
    site.fix(1, 0.0, -100.0);
    site.fix(1, 10.0, 100.0);
    site.fix(1, 20.0, 100.0);
    site.fix(1, 60.0, 700.0);
    let alarm = site.alarms.last().expect("an alarm").id;
    let close = crate::alarm::AlarmAct::Close { result: "gate opened".to_owned(), note: None };
    site.take(70.0, RecordBody::Act(Act { who: "anna".to_owned(), alarm, act: close }));
    let closed = site.alarms.last().expect("closed").clone();
    assert_eq!(closed.state(), AlarmState::Closed);
    site.take(3_700.0, RecordBody::Tick);
    site.take(3_710.0, RecordBody::Tick);
    let told = site.alarms.len();
    // A fix of vehicle 1 that was held up.
    site.take(3_720.0, RecordBody::Fix(fix_of(1, 30.0, 150.0, 250.0)));
    let again = site.alarms[told..].iter().find(|known| known.id == alarm);
    assert!(again.is_none_or(|known| known.result.as_deref() == Some("gate opened")), "{again:?}");
    assert_eq!(site.counts().len(), 1, "its event stands all the same");
}

#[test]
fn a_span_longer_than_a_week_keeps_its_start() {
    let mut site = Site::new(vec![yard(1, 1)]);
    site.fix(1, 0.0, 100.0);
    site.fix(2, 100.0, 100.0);
    site.fix(3, 0.5 * 86_400.0, 100.0);
    site.fix(2, 1.0 * 86_400.0, 700.0);
    assert_eq!(site.counts(), ["100-... 3"]);
    let mut day = 1.5;
    while day < 9.0 {
        site.take(day * 86_400.0, RecordBody::Tick);
        day += 0.5;
    }
    site.fix(4, 9.0 * 86_400.0, 100.0);
    assert_eq!(site.counts(), ["100-... 3"]);
}

#[test]
fn a_vehicle_that_is_deleted_after_its_zone_left_with_the_zone() {
    let mut site = Site::new(vec![yard(1, 1)]);
    site.fix(1, 0.0, 100.0);
    site.fix(2, 0.0, 100.0);
    let gone = Edit { key: FeatureKey(YARD.0), revision: Revision(2), now: Edited::ZoneDeleted(YARD) };
    site.take(50.0, RecordBody::Edit(gone));
    assert_eq!(site.counts(), ["0-50 2"]);
    for vehicle in 1..3 {
        let now = Edited::VehicleDeleted(VehicleKey(vehicle));
        site.take(90.0, RecordBody::Edit(Edit { key: FeatureKey(100 + vehicle), revision: Revision(2), now }));
    }
    assert_eq!(site.counts(), ["0-50 2"]);
}

#[test]
fn a_visit_that_came_in_one_batch_is_told_as_one_that_came_in_four() {
    let run = |size: usize| {
        let mut site = Site::new(vec![yard(1, 1)]);
        site.fix(2, 0.0, 100.0);
        let fixes: Vec<Fix> = [(0.0, -100.0), (10.0, 100.0), (20.0, 400.0), (30.0, 700.0)]
            .map(|(s, east)| fix_of(1, s, east, 250.0))
            .into();
        let mut told = Vec::new();
        for batch in fixes.chunks(size) {
            let out = site.watch.evaluate(at(40.0), batch.iter().copied().map(RecordBody::Fix));
            told.extend(out.events.into_iter().map(|e| (e.seq, e.core.kind, e.core.ended_at.is_some())));
        }
        told
    };
    assert_eq!(run(1), run(4));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    /// Against counting at every second who is inside.
    #[test]
    fn it_is_what_counting_every_second_finds(
        stays in prop::collection::vec((1..6_u32, 1..40_i64, 1..10_i64), 1..20),
        limit_n in 1..4_u32,
    ) {
        // Each vehicle is inside from one fix to the next, in turns.
        let mut free: BTreeMap<u32, i64> = BTreeMap::new();
        let mut inside: Vec<(u32, i64, i64)> = Vec::new();
        for (vehicle, gap, length) in stays {
            let from = free.get(&vehicle).copied().unwrap_or(0) + gap;
            free.insert(vehicle, from + length);
            inside.push((vehicle, from, from + length));
        }
        let mut site = Site::new(vec![yard(1, limit_n)]);
        let mut steps: Vec<(i64, u32, f64)> = (1..6).map(|vehicle| (0, vehicle, -100.0)).collect();
        for &(vehicle, from, to) in &inside {
            // Boundaries are met half way between the fixes: in the middle of a second of four.
            for (s, east) in [(4 * from - 2, -100.0), (4 * from + 2, 100.0), (4 * to - 2, 100.0), (4 * to + 2, -100.0)] {
                steps.push((s, vehicle, east));
            }
        }
        steps.sort_unstable_by_key(|(s, vehicle, _)| (*s, *vehicle));
        for (s, vehicle, east) in steps {
            site.fix(vehicle, s as f64, east);
        }
        let last = inside.iter().map(|(_, _, to)| *to).max().unwrap_or(0);
        let count = |second: i64| inside.iter().filter(|(_, from, to)| (*from..*to).contains(&second)).count();
        let mut expected: Vec<String> = Vec::new();
        let mut second = 0;
        while second <= last {
            let over = (second..=last).take_while(|second| count(*second) > limit_n as usize);
            let length = over.count() as i64;
            if length > 0 {
                let most = (second..second + length).map(count).max().unwrap_or(0);
                expected.push(format!("{}-{} {most}", 4 * second, 4 * (second + length)));
            }
            second += length.max(1);
        }
        prop_assert_eq!(site.counts(), expected);
    }
}
