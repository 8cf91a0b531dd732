//! What people and time do to alarms, told as short stories: times in seconds, places in metres.

use super::tests::{T0, at, cases, edit, engine, fix_of, rule, wandering, zone, zones_about};
use super::*;
use crate::alarm::{AlarmAct, AlarmBody, AlarmState};
use crate::event::EventStatus;
use crate::ids::AlarmId;
use crate::ids::EventId;
use crate::zone::{Rule, RuleWhen, Zone};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A watch, and its alarms as they were last told.
struct Desk {
    watch: Watch,
    alarms: BTreeMap<AlarmId, Alarm>,
    events: BTreeMap<EventId, Event>,
}

impl Desk {
    fn of(zones: Vec<Zone>) -> Desk {
        Desk { watch: engine(zones), alarms: BTreeMap::new(), events: BTreeMap::new() }
    }

    /// A zone with one enter rule with these delays, s.
    fn with_delays(on_delay_s: u32, off_delay_s: u32) -> Desk {
        let rules = vec![Rule { on_delay_s, off_delay_s, ..rule("in", RuleWhen::Enter) }];
        Desk::of(vec![Zone { rules, ..zone(7, 0.0, 0.0, 500.0, 500.0) }])
    }

    /// Vehicle 1 goes inside or outside the zone, over its edge 5 s before.
    fn goes(&mut self, s: f64, inside: bool) {
        self.fix(s, if inside { 100.0 } else { -100.0 });
    }

    /// The alarms as "raised-returned events state", by time.
    fn stand(&self) -> Vec<String> {
        let mut all: Vec<&Alarm> = self.alarms.values().collect();
        all.sort_by_key(|alarm| (alarm.raised_at, alarm.id));
        let second = |t: UnixMs| format!("{:.0}", (t.0 - T0) as f64 / 1_000.0);
        let line = |alarm: &Alarm| {
            let end = alarm.returned_at.map_or("...".to_owned(), second);
            format!("{}-{} {} {}", second(alarm.raised_at), end, alarm.events.len(), alarm.state().name())
        };
        all.into_iter().map(line).collect()
    }

    /// Vehicle 1 drove into a zone at 5 s and is in it.
    fn with_an_alarm() -> (Desk, AlarmId) {
        let mut desk = Desk::of(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
        desk.fix(0.0, -100.0);
        desk.fix(10.0, 100.0);
        let id = *desk.alarms.keys().next().expect("an alarm");
        (desk, id)
    }

    fn take(&mut self, s: f64, body: RecordBody) -> Evaluated {
        let out = self.watch.evaluate(at(s).max(self.watch.now()), [body]);
        self.alarms.extend(out.alarms.iter().map(|alarm| (alarm.id, alarm.clone())));
        self.events.extend(out.events.iter().map(|event| (event.core.id, event.clone())));
        out
    }

    fn fix(&mut self, s: f64, east_m: f64) {
        self.take(s, RecordBody::Fix(fix_of(1, s, east_m, 250.0)));
    }

    fn act(&mut self, s: f64, alarm: AlarmId, act: AlarmAct) -> Evaluated {
        self.take(s, RecordBody::Act(Act { who: "li".to_owned(), alarm, act }))
    }

    fn shelve(&mut self, s: f64, alarm: AlarmId, until_s: f64) -> Evaluated {
        self.act(s, alarm, AlarmAct::Shelve { reason: "works".to_owned(), until: at(until_s) })
    }

    fn state(&self, alarm: AlarmId) -> AlarmState {
        self.alarms[&alarm].state()
    }

    /// The history from the shelving on as "what second who".
    fn history(&self, alarm: AlarmId) -> Vec<String> {
        lines(&self.alarms[&alarm])
    }
}

fn lines(alarm: &AlarmBody) -> Vec<String> {
    let line = |line: &crate::alarm::AlarmLine| {
        let second = (line.at.0 - T0) as f64 / 1_000.0;
        format!("{} {second:.0} {}", line.step.name(), line.who.as_deref().unwrap_or("-"))
    };
    alarm.history.iter().map(line).collect()
}

fn acknowledge() -> AlarmAct {
    AlarmAct::Acknowledge { note: None }
}

fn close() -> AlarmAct {
    AlarmAct::Close { result: "in order".to_owned(), note: None }
}

#[test]
fn a_shelved_alarm_comes_back_by_itself_as_it_was() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.shelve(20.0, alarm, 80.0);
    assert_eq!(desk.state(alarm), AlarmState::Shelved);
    assert_eq!(desk.watch.next_due().map(|due| due.min(at(80.0))), desk.watch.next_due(), "time is asked to wake it");
    desk.take(79.0, RecordBody::Tick);
    assert_eq!(desk.state(alarm), AlarmState::Shelved);
    desk.take(90.0, RecordBody::Tick);
    assert_eq!(desk.state(alarm), AlarmState::Unacknowledged);
    assert_eq!(desk.history(alarm), ["raised 5 -", "shelved 20 li", "unshelved 80 -"]);
}

#[test]
fn an_acknowledged_alarm_comes_back_acknowledged() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.act(15.0, alarm, acknowledge());
    desk.shelve(20.0, alarm, 80.0);
    assert_eq!(desk.state(alarm), AlarmState::Shelved);
    desk.take(90.0, RecordBody::Tick);
    assert_eq!(desk.state(alarm), AlarmState::Acknowledged);
}

#[test]
fn an_alarm_that_returns_while_it_is_shelved_comes_back_returned() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.shelve(20.0, alarm, 80.0);
    desk.fix(30.0, 600.0);
    assert_eq!(desk.state(alarm), AlarmState::Shelved);
    assert!(desk.alarms[&alarm].returned_at.is_some());
    desk.take(90.0, RecordBody::Tick);
    assert_eq!(desk.state(alarm), AlarmState::Returned);
}

#[test]
fn acknowledging_takes_it_back_and_closing_ends_it() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.shelve(20.0, alarm, 80.0);
    desk.act(30.0, alarm, acknowledge());
    assert_eq!(desk.state(alarm), AlarmState::Acknowledged);
    assert_eq!(desk.history(alarm)[2..], ["unshelved 30 li", "acknowledged 30 li"]);
    desk.shelve(40.0, alarm, 100.0);
    desk.act(50.0, alarm, close());
    assert_eq!(desk.state(alarm), AlarmState::Closed);
    let out = desk.take(110.0, RecordBody::Tick);
    assert!(out.alarms.iter().all(|told| told.id != alarm), "its time aside is over with it");
}

#[test]
fn shelving_again_moves_the_end_and_repeating_it_changes_nothing() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.shelve(20.0, alarm, 200.0);
    assert!(desk.shelve(21.0, alarm, 200.0).alarms.is_empty());
    desk.shelve(22.0, alarm, 60.0);
    desk.take(61.0, RecordBody::Tick);
    assert_eq!(desk.state(alarm), AlarmState::Unacknowledged);
    assert!(desk.take(201.0, RecordBody::Tick).alarms.iter().all(|told| told.id != alarm));
}

#[test]
fn an_end_in_the_past_or_over_a_shift_ahead_changes_nothing() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    for until in [19.0, 20.0, 20.001 + 8.0 * 3_600.0] {
        assert!(desk.shelve(20.0, alarm, until).alarms.is_empty(), "until {until}");
    }
    desk.shelve(20.0, alarm, 20.0 + 8.0 * 3_600.0);
    assert_eq!(desk.state(alarm), AlarmState::Shelved);
}

#[test]
fn nothing_opens_a_closed_alarm_again() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.act(20.0, alarm, close());
    for act in [acknowledge(), close(), AlarmAct::Shelve { reason: "works".to_owned(), until: at(80.0) }] {
        assert!(desk.act(30.0, alarm, act).alarms.is_empty());
    }
}

#[test]
fn an_act_on_an_alarm_that_was_forgotten_changes_nothing() {
    let (mut desk, alarm) = Desk::with_an_alarm();
    desk.act(12.0, alarm, close());
    desk.fix(20.0, 600.0);
    let was = desk.alarms[&alarm].clone();
    // As long as a late fix may change its event it is remembered.
    desk.take(4_000.0, RecordBody::Tick);
    desk.fix(5_000.0, 700.0);
    desk.take(8_000.0, RecordBody::Tick);
    let forgotten = desk
        .watch
        .shards
        .iter()
        .flat_map(Shard::tracks)
        .all(|(_, track)| track.ledger().alarms().keys().all(|known| known != alarm.0 as u64));
    assert!(forgotten, "half an hour after it closed and returned");
    for act in [acknowledge(), close(), AlarmAct::Shelve { reason: "works".to_owned(), until: at(9_000.0) }] {
        assert!(desk.act(8_001.0, alarm, act).alarms.is_empty());
    }
    assert_eq!(desk.alarms[&alarm], was);
}

#[test]
fn alarms_come_back_in_the_order_of_their_ends_on_any_number_of_lanes() {
    #[derive(Debug)]
    struct Three;
    impl Lanes for Three {
        fn count(&self) -> usize {
            3
        }
        fn run(&self, jobs: &mut [Job<'_>]) {
            jobs.iter_mut().for_each(|job| job());
        }
    }
    let run = |lanes: Option<Arc<dyn Lanes>>| {
        let mut watch = engine(vec![zone(7, 0.0, 0.0, 500.0, 500.0)]);
        if let Some(lanes) = lanes {
            watch.set_lanes(lanes);
        }
        let drive = |s: f64, east: f64| (1..8).map(move |key| RecordBody::Fix(fix_of(key, s, east, 250.0)));
        watch.evaluate(at(1.0), drive(0.0, -100.0));
        let raised = watch.evaluate(at(11.0), drive(10.0, 100.0)).alarms;
        let shelve = raised.iter().enumerate().map(|(i, alarm)| {
            let until = at(100.0 - (i % 4) as f64);
            RecordBody::Act(Act {
                who: "li".to_owned(),
                alarm: alarm.id,
                act: AlarmAct::Shelve { reason: "works".to_owned(), until },
            })
        });
        watch.evaluate(at(20.0), shelve.collect::<Vec<_>>());
        let back = watch.evaluate(at(120.0), [RecordBody::Tick]).alarms;
        back.iter().filter(|alarm| lines(alarm).last().is_some_and(|line| line.starts_with("uns"))).cloned().collect()
    };
    let one: Vec<Alarm> = run(None);
    assert_eq!(one.len(), 8, "seven vehicles, and the zone that has too many");
    assert_eq!(one, run(Some(Arc::new(Three))));
}

#[test]
fn an_alarm_is_raised_when_its_condition_has_held_for_the_on_delay_and_dated_by_its_event() {
    let mut desk = Desk::with_delays(30, 0);
    desk.goes(0.0, false);
    desk.goes(10.0, true);
    assert!(desk.events.values().any(|event| event.core.kind.name() == "enter"), "the event stands at once");
    desk.take(34.9, RecordBody::Tick);
    assert!(desk.alarms.is_empty());
    assert!(desk.watch.next_due().is_some_and(|due| due <= at(35.0)), "time is asked to raise it");
    desk.take(35.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-... 1 unacknowledged"]);
    let alarm = *desk.alarms.keys().next().expect("an alarm");
    assert!(desk.events.values().all(|event| event.alarm == Some(alarm)), "its event names it");
    desk.act(36.0, alarm, acknowledge());
    assert_eq!(desk.state(alarm), AlarmState::Acknowledged, "people can act on it");
}

#[test]
fn what_is_over_before_the_on_delay_raises_nothing_and_what_lasted_raises_without_a_tick() {
    let mut desk = Desk::with_delays(30, 0);
    desk.goes(0.0, false);
    desk.goes(10.0, true);
    desk.goes(20.0, false);
    desk.take(200.0, RecordBody::Tick);
    assert!(desk.alarms.is_empty());
    for (s, inside) in [(210.0, false), (220.0, true), (250.0, true), (260.0, false)] {
        desk.goes(s, inside);
    }
    assert_eq!(desk.stand(), ["215-255 1 returned"]);
}

#[test]
fn an_alarm_returns_after_the_off_delay_and_what_comes_before_that_joins_it() {
    let mut desk = Desk::with_delays(0, 60);
    for (s, inside) in [(0.0, false), (10.0, true), (20.0, false)] {
        desk.goes(s, inside);
    }
    desk.take(60.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-... 1 unacknowledged"]);
    desk.goes(61.0, false);
    desk.goes(71.0, true);
    desk.goes(81.0, false);
    desk.take(135.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-... 2 unacknowledged"], "another visit, and the same alarm");
    desk.take(136.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-76 2 returned"]);
    desk.goes(180.0, false);
    desk.goes(200.0, false);
    desk.goes(210.0, true);
    assert_eq!(desk.stand(), ["5-76 2 returned", "205-... 1 unacknowledged"], "later it is another alarm");
}

#[test]
fn an_acknowledged_alarm_is_done_when_its_off_delay_is_over() {
    let mut desk = Desk::with_delays(0, 60);
    desk.goes(0.0, false);
    desk.goes(10.0, true);
    let alarm = *desk.alarms.keys().next().expect("an alarm");
    desk.act(12.0, alarm, acknowledge());
    desk.goes(20.0, false);
    assert_eq!(desk.state(alarm), AlarmState::Acknowledged);
    desk.take(80.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-15 1 closed"]);
}

#[test]
fn what_begins_after_a_person_closed_an_alarm_is_another_one() {
    let mut desk = Desk::with_delays(0, 60);
    desk.goes(0.0, false);
    desk.goes(10.0, true);
    let alarm = *desk.alarms.keys().next().expect("an alarm");
    desk.act(12.0, alarm, close());
    desk.goes(20.0, false);
    desk.goes(30.0, true);
    desk.take(200.0, RecordBody::Tick);
    assert_eq!(desk.stand(), ["5-15 1 closed", "25-... 1 unacknowledged"]);
}

#[test]
fn a_late_fix_that_fills_the_time_between_two_alarms_makes_them_one() {
    let mut desk = Desk::with_delays(0, 30);
    for (s, inside) in [(0.0, false), (10.0, true), (20.0, false), (40.0, false), (60.0, false), (70.0, true)] {
        desk.goes(s, inside);
    }
    assert_eq!(desk.stand(), ["5-15 1 returned", "65-... 1 unacknowledged"]);
    desk.take(75.0, RecordBody::Fix(fix_of(1, 30.0, 100.0, 250.0)));
    let open: Vec<_> = desk.stand().into_iter().filter(|line| !line.ends_with("closed")).collect();
    assert_eq!(open, ["5-... 3 unacknowledged"]);
    let merged = desk.alarms.values().find(|alarm| alarm.state() == AlarmState::Closed).expect("the other one stays");
    assert_eq!(lines(merged).last().map(String::as_str), Some("merged 75 -"));
}

/// The alarms that events stand behind: zone, rule, from, to, events.
type Behind = Vec<(Option<ZoneKey>, Option<String>, UnixMs, Option<UnixMs>, Vec<EventId>)>;

fn behind_standing_events(desk: &Desk) -> Behind {
    let standing = desk.events.values().filter(|event| event.status != EventStatus::Retracted);
    let owners: BTreeSet<AlarmId> = standing.filter_map(|event| event.alarm).collect();
    let of = |id: &AlarmId| {
        let alarm = &desk.alarms[id];
        let rule = alarm.rule.as_ref().map(ToString::to_string);
        (alarm.zone, rule, alarm.raised_at, alarm.returned_at, alarm.events.to_vec())
    };
    let mut all: Behind = owners.iter().map(of).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(300)))]

    #[test]
    fn rules_with_delays_raise_the_same_alarms_whatever_the_order_of_fixes_and_ticks(
        (fixes, shuffled) in wandering().prop_flat_map(|fixes| (Just(fixes.clone()), Just(fixes).prop_shuffle())),
        tick_every in 1..9_usize,
        on_delay_s in 0..20_u32,
        off_delay_s in 1..40_u32,
    ) {
        let run = |fixes: &[Fix], tick_every: usize| {
            let settings = Settings { window: SpanMs::seconds(3_600), ..Settings::default() };
            let mut desk = Desk { watch: Watch::new(settings), ..Desk::of(Vec::new()) };
            let mut zones = zones_about();
            for rule in zones.iter_mut().flat_map(|zone| &mut zone.rules) {
                let exit = matches!(rule.when, RuleWhen::Exit);
                (rule.on_delay_s, rule.off_delay_s) = (if exit { 0 } else { on_delay_s }, off_delay_s);
            }
            desk.watch.evaluate(at(-1_000.0), zones.into_iter().map(edit));
            let mut now = 600.0;
            for (i, fix) in fixes.iter().enumerate() {
                now += 0.01;
                desk.take(now, RecordBody::Fix(*fix));
                if i % tick_every == 0 {
                    desk.take(now, RecordBody::Tick);
                }
            }
            desk.take(900.0, RecordBody::Tick);
            behind_standing_events(&desk)
        };
        prop_assert_eq!(run(&fixes, 1_000), run(&shuffled, tick_every));
    }
}
