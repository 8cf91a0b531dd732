//! A terminal and a rule that say the same of one vehicle: times in seconds, places in metres.

use super::tests::{T0, at, cases, engine, fix_of, rule, zone};
use super::*;
use crate::alarm::{AlarmAct, AlarmState};
use crate::event::EventStatus;
use crate::ids::AlarmId;
use crate::ids::EventId;
use crate::units::DeciKph;
use crate::zone::{Rule, RuleWhen, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

const OVERSPEED: u32 = 1 << 1;
const AREA: u32 = 1 << 20;

/// A vehicle in or out of a zone with a limit of 30 km/h and a watch on its entrance.
struct Desk {
    watch: Watch,
    alarms: BTreeMap<AlarmId, Alarm>,
    events: BTreeMap<EventId, Event>,
}

impl Desk {
    fn new() -> Desk {
        let rules: Vec<Rule> = vec![rule("in", RuleWhen::Enter), rule("slow", RuleWhen::Speed { limit: DeciKph(300) })];
        let watch = engine(vec![Zone { rules, ..zone(7, 0.0, 0.0, 500.0, 500.0) }]);
        Desk { watch, alarms: BTreeMap::new(), events: BTreeMap::new() }
    }

    fn take(&mut self, s: f64, body: RecordBody) {
        let out = self.watch.evaluate(at(s).max(self.watch.now()), [body]);
        self.alarms.extend(out.alarms.into_iter().map(|alarm| (alarm.id, alarm)));
        self.events.extend(out.events.into_iter().map(|event| (event.core.id, event)));
    }

    fn fix(&mut self, s: f64, east: f64, kph: u16, bits: u32) {
        self.take(s, RecordBody::Fix(report(s, east, kph, bits)));
    }

    /// The alarms whose events stand, as "rule raised-returned state", by time.
    fn stand(&self) -> Vec<String> {
        let second = |t: UnixMs| format!("{:.0}", (t.0 - T0) as f64 / 1_000.0);
        let stands = |alarm: &&Alarm| {
            let of = |event: &EventId| self.events[event].status != EventStatus::Retracted;
            alarm.events.last().is_some_and(of)
        };
        let mut lines: Vec<String> = Vec::new();
        for alarm in self.alarms.values().filter(stands) {
            let end = alarm.returned_at.map_or("...".to_owned(), second);
            let rule = alarm.rule.as_ref().map_or("-", |rule| rule.as_str());
            lines.push(format!("{:>4}-{end} {rule} {}", second(alarm.raised_at), alarm.state().name()));
        }
        lines.sort();
        lines
    }
}

fn report(s: f64, east: f64, kph: u16, bits: u32) -> Fix {
    Fix { speed: Some(DeciKph(kph * 10)), alarm_bits: bits, ..fix_of(1, s, east, 250.0) }
}

#[test]
fn the_rule_asks_for_a_person_and_the_terminal_does_not_while_both_say_the_same() {
    let mut desk = Desk::new();
    desk.fix(0.0, 100.0, 20, 0);
    desk.fix(10.0, 110.0, 60, OVERSPEED);
    let both = ["   0-... in unacknowledged", "  10-... slow unacknowledged", "  10-... terminal-1 suppressed"];
    assert_eq!(desk.stand(), both);
    desk.fix(20.0, 120.0, 20, 0);
    let over = ["   0-... in unacknowledged", "  10-20 slow returned", "  10-20 terminal-1 closed"];
    assert_eq!(desk.stand(), over, "it closed under the other");
}

#[test]
fn what_goes_on_when_the_rule_has_nothing_to_say_any_more_asks_for_a_person_again() {
    let mut desk = Desk::new();
    desk.fix(0.0, 490.0, 20, 0);
    desk.fix(10.0, 490.0, 60, OVERSPEED);
    desk.fix(20.0, 900.0, 60, OVERSPEED);
    let stands = desk.stand();
    assert!(stands.iter().any(|line| line.ends_with("slow returned")), "{stands:?}");
    assert!(stands.contains(&"  10-... terminal-1 unacknowledged".to_owned()), "{stands:?}");
    let own = desk.alarms.values().find(|alarm| alarm.rule.as_ref().is_some_and(|rule| rule.as_str() == "terminal-1"));
    let steps: Vec<&str> = own.expect("its own").history.iter().map(|line| line.step.name()).collect();
    assert_eq!(steps, ["raised", "suppressed", "unsuppressed"]);
}

#[test]
fn a_late_fix_that_refutes_the_rule_gives_the_terminals_alarm_back() {
    let mut desk = Desk::new();
    desk.fix(0.0, 100.0, 20, 0);
    desk.fix(60.0, 110.0, 60, OVERSPEED);
    desk.fix(80.0, 120.0, 20, 0);
    assert!(desk.stand().contains(&"  60-80 terminal-1 closed".to_owned()), "{:?}", desk.stand());
    // It had left long before, and came back when it was slow again.
    for s in [20.0, 40.0, 59.0, 61.0, 79.0] {
        desk.take(81.0, RecordBody::Fix(report(s, 900.0, 20, if s == 61.0 || s == 79.0 { OVERSPEED } else { 0 })));
    }
    let stands = desk.stand();
    assert!(stands.contains(&"  60-80 terminal-1 returned".to_owned()), "{stands:?}");
}

#[test]
fn a_person_may_close_what_is_suppressed_and_it_stays_closed() {
    let mut desk = Desk::new();
    desk.fix(0.0, 100.0, 20, 0);
    desk.fix(10.0, 110.0, 60, OVERSPEED);
    let suppressed = |alarm: &&Alarm| alarm.state() == AlarmState::Suppressed;
    let own = desk.alarms.values().find(suppressed).expect("the terminal's").id;
    let close = AlarmAct::Close { result: "radar fault".to_owned(), note: None };
    desk.take(12.0, RecordBody::Act(Act { who: "li".to_owned(), alarm: own, act: close }));
    desk.fix(20.0, 120.0, 60, OVERSPEED);
    desk.fix(30.0, 130.0, 20, 0);
    assert_eq!(desk.alarms[&own].state(), AlarmState::Closed);
    assert_eq!(desk.alarms[&own].result.as_deref(), Some("radar fault"));
}

fn with(rules: Vec<Rule>) -> Desk {
    let watch = engine(vec![Zone { rules, ..zone(7, 0.0, 0.0, 500.0, 500.0) }]);
    Desk { watch, alarms: BTreeMap::new(), events: BTreeMap::new() }
}

#[test]
fn an_alarm_that_became_known_late_hides_none_of_now() {
    let mut desk = with(vec![rule("slow", RuleWhen::Speed { limit: DeciKph(300) })]);
    desk.take(0.0, RecordBody::Fix(report(-1.0, 100.0, 20, 0)));
    for i in 1..10 {
        desk.take(300.0, RecordBody::Fix(report(f64::from(i) * 10.0, 100.0 + f64::from(i), 60, 0)));
    }
    for i in 10..30 {
        desk.take(301.0, RecordBody::Fix(report(f64::from(i) * 10.0, 100.0 + f64::from(i), 60, 0)));
    }
    desk.fix(310.0, 130.0, 60, OVERSPEED);
    let stands = desk.stand();
    assert!(stands.iter().any(|l| l.contains("terminal-1 unack")), "{stands:?}");
}

#[test]
fn what_went_on_after_the_rules_event_is_not_closed_unseen() {
    let mut desk = with(vec![rule("slow", RuleWhen::Speed { limit: DeciKph(300) })]);
    desk.fix(0.0, 100.0, 20, OVERSPEED);
    desk.fix(10.0, 110.0, 60, OVERSPEED);
    desk.fix(20.0, 120.0, 20, OVERSPEED);
    for i in 3..60 {
        desk.fix(f64::from(i) * 10.0, 120.0 + f64::from(i), 20, OVERSPEED);
    }
    assert!(desk.stand().iter().any(|l| l.contains("terminal-1 unack")), "{:?}", desk.stand());
    desk.fix(610.0, 130.0, 20, 0);
    let stands = desk.stand();
    assert!(stands.iter().any(|l| l.contains("terminal-1 returned")), "{stands:?}");
}

#[test]
fn a_lesser_alarm_hides_no_greater_one() {
    let mut desk = with(vec![Rule { priority: 4, ..rule("slow", RuleWhen::Speed { limit: DeciKph(300) }) }]);
    desk.fix(0.0, 100.0, 20, 0);
    desk.fix(10.0, 110.0, 60, OVERSPEED);
    assert!(desk.stand().iter().any(|l| l.contains("terminal-1 unack")), "{:?}", desk.stand());
}

#[test]
fn what_was_put_aside_and_closed_under_the_other_stays_closed() {
    let mut desk = with(vec![rule("slow", RuleWhen::Speed { limit: DeciKph(300) })]);
    desk.fix(0.0, 100.0, 20, 0);
    desk.fix(10.0, 110.0, 60, OVERSPEED);
    let suppressed = |alarm: &&Alarm| alarm.state() == AlarmState::Suppressed;
    let own = desk.alarms.values().find(suppressed).expect("the terminal's").id;
    let shelve = AlarmAct::Shelve { reason: "known".to_owned(), until: at(600.0) };
    desk.take(12.0, RecordBody::Act(Act { who: "li".to_owned(), alarm: own, act: shelve }));
    desk.fix(20.0, 120.0, 20, 0);
    let seq = desk.alarms[&own].seq;
    assert_eq!(desk.alarms[&own].state(), AlarmState::Closed);
    desk.take(700.0, RecordBody::Tick);
    let steps: Vec<&str> = desk.alarms[&own].history.iter().map(|line| line.step.name()).collect();
    assert_eq!((desk.alarms[&own].seq == seq, desk.alarms[&own].shelved.is_none()), (true, true), "{steps:?}");
}

#[test]
fn what_comes_after_a_person_was_done_with_the_other_asks_again() {
    let mut desk = with(vec![rule("slow", RuleWhen::Speed { limit: DeciKph(300) })]);
    desk.fix(0.0, 100.0, 60, 0);
    desk.fix(10.0, 110.0, 60, 0);
    let slow = desk.alarms.values().next().expect("slow").id;
    let close = AlarmAct::Close { result: "a drill".to_owned(), note: None };
    desk.take(12.0, RecordBody::Act(Act { who: "li".to_owned(), alarm: slow, act: close }));
    desk.fix(20.0, 120.0, 60, OVERSPEED);
    assert!(desk.stand().iter().any(|line| line.ends_with("terminal-1 unacknowledged")), "{:?}", desk.stand());
}

#[test]
fn an_area_of_the_terminals_own_is_its_own_matter() {
    let mut desk = Desk::new();
    desk.fix(0.0, -100.0, 20, 0);
    desk.fix(10.0, 100.0, 20, AREA);
    assert!(desk.stand().iter().any(|line| line.ends_with("terminal-20 returned")), "{:?}", desk.stand());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    /// In whatever order the fixes come, the same alarms of the terminal ask for a person.
    #[test]
    fn any_order_suppresses_the_same(
        (reports, shuffled) in prop::collection::vec((0..3_u32, any::<bool>(), any::<bool>()), 2..14).prop_flat_map(|steps| {
            let fix = |(i, (place, fast, bit)): (usize, (u32, bool, bool))| {
                let (kph, bits) = (if fast { 60 } else { 20 }, if bit { OVERSPEED } else { 0 });
                report(i as f64 * 20.0, [100.0, 250.0, 700.0][place as usize], kph, bits)
            };
            let reports: Vec<Fix> = steps.into_iter().enumerate().map(fix).collect();
            (Just(reports.clone()), Just(reports).prop_shuffle())
        }),
    ) {
        let run = |reports: &[Fix]| {
            let mut desk = Desk::new();
            for (i, report) in reports.iter().enumerate() {
                desk.take(1_000.0 + i as f64 * 0.001, RecordBody::Fix(*report));
            }
            desk.stand().into_iter().filter(|line| line.contains("terminal")).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(&reports), run(&shuffled));
    }
}
