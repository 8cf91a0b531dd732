//! Schedules, windows and exemptions on small stories. Times are Shanghai's; the day is a Wednesday.

use super::tests::{cases, described, edit, final_set, fix_of, is_of_the_path, rule, zone};
use super::*;
use crate::calendar::{Schedule, Weekdays, Window};
use crate::exemption::{Exemption, ExemptionKind, ExemptionSubject};
use crate::ids::{EventId, ExemptionKey, FeatureKey, Revision};
use crate::record::{Edit, Edited};
use crate::units::DeciKph;
use crate::vehicle::{Vehicle, VehicleClass};
use crate::zone::{Rule, RuleWhen, Subjects, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// 2023-11-15, a Wednesday, 00:00 at +08:00.
const MIDNIGHT: i64 = 1_699_977_600_000;

fn clock(text: &str) -> UnixMs {
    let parts: Vec<i64> = text.split(':').map(|part| part.parse().expect("a number")).collect();
    UnixMs(MIDNIGHT + ((parts[0] * 60 + parts[1]) * 60 + parts.get(2).unwrap_or(&0)) * 1_000)
}

fn window(from: &str, to: &str) -> Window {
    let days = Weekdays::of(&[1, 2, 3, 4, 5, 6, 7]).expect("days");
    Window::new(days, from.parse().expect("a time"), to.parse().expect("a time")).expect("a window")
}

fn fix(at: &str, east_m: f64) -> RecordBody {
    RecordBody::Fix(Fix { fixed_at: clock(at), ..fix_of(1, 0.0, east_m, 250.0) })
}

fn exemption(revision: u32, from: &str, to: &str) -> RecordBody {
    let exemption = Exemption {
        key: ExemptionKey(50),
        revision: Revision(revision),
        kind: ExemptionKind::new("pass").expect("a kind"),
        subject: ExemptionSubject::Vehicle(VehicleKey(1)),
        zone: None,
        from: clock(from),
        to: clock(to),
    };
    let now = Edited::Exemption(Arc::new(exemption));
    RecordBody::Edit(Edit { key: FeatureKey(50), revision: Revision(revision), now })
}

fn square(rules: Vec<Rule>) -> Zone {
    Zone { rules, ..zone(7, 0.0, 0.0, 500.0, 500.0) }
}

/// What stands after records at their times of day: `kind from-to`.
fn stands_after(zone: Zone, records: &[(&str, RecordBody)]) -> Vec<String> {
    let mut watch = Watch::new(Settings::default());
    watch.evaluate(UnixMs(MIDNIGHT - 1_000), [described(1, 1, false), edit(zone)]);
    let mut told: BTreeMap<EventId, Event> = BTreeMap::new();
    for (at, body) in records {
        let out = watch.evaluate(clock(at), [body.clone()]);
        told.extend(out.events.into_iter().map(|event| (event.core.id, event)));
    }
    let time = |at: UnixMs| {
        let s = (at.0 - MIDNIGHT) / 1_000;
        format!("{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
    };
    let mut events: Vec<&Event> = told.values().filter(|event| is_of_the_path(event)).collect();
    events.sort_by_key(|event| (event.core.at, event.core.kind));
    events
        .iter()
        .map(|event| {
            let end = event.core.ended_at.map_or_else(|| "...".to_owned(), time);
            format!("{} {}-{end}", event.core.kind.name(), time(event.core.at))
        })
        .collect()
}

fn check(zone: Zone, records: &[(&str, RecordBody)], expected: &[&str]) {
    assert_eq!(stands_after(zone, records), expected);
}

#[test]
fn a_window_that_opens_around_a_vehicle_finds_it_inside_and_its_end_ends_the_alarm() {
    let night = Rule { window: Some(window("22:00", "23:00")), ..rule("night", RuleWhen::Enter) };
    let inside = [
        ("20:00:01", fix("20:00:00", -100.0)),
        ("20:00:31", fix("20:00:30", 200.0)),
        ("21:59:01", fix("21:59:00", 200.0)),
        ("22:00:00", RecordBody::Tick),
        ("22:00:31", fix("22:00:30", 210.0)),
        ("23:00:00", RecordBody::Tick),
        ("23:00:31", fix("23:00:30", 220.0)),
        ("23:01:01", fix("23:01:00", 700.0)),
    ];
    let found = ["inside_at_start 22:00:00-23:00:00", "rule_ended 23:00:00-23:00:00"];
    check(square(vec![night.clone()]), &inside, &found);
    // Without ticks the next fix brings the same.
    let no_ticks: Vec<_> = inside.into_iter().filter(|(_, body)| *body != RecordBody::Tick).collect();
    check(square(vec![night]), &no_ticks, &found);
}

#[test]
fn a_speed_limit_of_the_night_counts_at_night_alone() {
    let night =
        Rule { window: Some(window("22:00", "06:00")), ..rule("slow", RuleWhen::Speed { limit: DeciKph(100) }) };
    let drive = [
        ("21:58:01", fix("21:58:00", 100.0)),
        ("21:59:01", fix("21:59:00", 150.0)),
        ("22:00:31", fix("22:00:30", 200.0)),
        ("22:01:01", fix("22:01:00", 900.0)),
    ];
    let stands = stands_after(square(vec![night]), &drive);
    assert_eq!(stands.len(), 1, "{stands:?}");
    assert!(stands[0].starts_with("speed 22:00:30-22:00:"), "{stands:?}");
}

#[test]
fn a_dwell_counts_from_the_start_of_the_window() {
    let stay = Rule { window: Some(window("08:00", "09:00")), ..rule("stay", RuleWhen::Dwell { limit_s: 600 }) };
    let drive = [
        ("07:00:01", fix("07:00:00", -100.0)),
        ("07:00:31", fix("07:00:30", 200.0)),
        ("08:05:00", RecordBody::Tick),
        ("08:10:00", RecordBody::Tick),
        ("09:30:00", RecordBody::Tick),
    ];
    check(square(vec![stay]), &drive, &["dwell 08:10:00-09:00:00", "rule_ended 09:00:00-09:00:00"]);
}

#[test]
fn a_schedule_opens_and_closes_the_zone_around_whoever_is_inside() {
    let day =
        Zone { schedule: Schedule::from(vec![window("08:00", "18:00")]), ..square(vec![rule("in", RuleWhen::Enter)]) };
    let drive = [
        ("07:59:01", fix("07:59:00", 200.0)),
        ("08:00:00", RecordBody::Tick),
        ("17:59:31", fix("17:59:30", 210.0)),
        ("18:00:00", RecordBody::Tick),
        ("18:00:31", fix("18:00:30", 220.0)),
    ];
    check(day.clone(), &drive, &["zone_changed 08:00:00-08:00:00", "zone_changed 18:00:00-18:00:00"]);
    let passes = [
        ("12:00:01", fix("12:00:00", -100.0)),
        ("12:00:31", fix("12:00:30", 250.0)),
        ("12:01:01", fix("12:01:00", 700.0)),
        ("19:00:01", fix("19:00:00", -100.0)),
        ("19:00:31", fix("19:00:30", 250.0)),
        ("19:01:01", fix("19:01:00", 700.0)),
    ];
    let stands = stands_after(day, &passes);
    assert!(stands[0].starts_with("enter 12:00:"));
    assert_eq!(stands[1..], ["unknown 12:01:00-19:00:00"], "the evening's passage is nobody's business");
}

#[test]
fn an_exemption_leaves_alone_while_it_holds() {
    let gated = Rule { exempt: vec![ExemptionKind::new("pass").expect("a kind")], ..rule("in", RuleWhen::Enter) };
    let enters = |records: &[(&'static str, RecordBody)]| {
        let mut all = records.to_vec();
        all.extend([("12:00:01", fix("12:00:00", -100.0)), ("12:00:31", fix("12:00:30", 250.0))]);
        all.extend([("14:00:00", RecordBody::Tick)]);
        stands_after(square(vec![gated.clone()]), &all)
    };
    assert!(enters(&[])[0].starts_with("enter 12:00:"), "without a pass");
    assert_eq!(enters(&[("11:00:00", exemption(1, "11:00", "20:00"))]), Vec::<String>::new());
    let expired = enters(&[("11:00:00", exemption(1, "11:00", "13:00"))]);
    assert_eq!(expired, ["inside_at_start 13:00:00-..."], "it ended while the vehicle was inside");
}

#[test]
fn an_exemption_given_later_ends_the_alarm_from_then_on_and_judges_nothing_again() {
    let gated = Rule { exempt: vec![ExemptionKind::new("pass").expect("a kind")], ..rule("in", RuleWhen::Enter) };
    let records = [
        ("12:00:01", fix("12:00:00", -100.0)),
        ("12:00:31", fix("12:00:30", 250.0)),
        ("12:10:00", exemption(1, "11:00", "20:00")),
        ("12:20:00", fix("12:19:59", 260.0)),
    ];
    let stands = stands_after(square(vec![gated]), &records);
    assert_eq!(stands.len(), 2, "{stands:?}");
    assert!(stands[0].starts_with("enter 12:00:") && stands[0].ends_with("-12:10:00"), "{stands:?}");
    assert_eq!(stands[1], "rule_ended 12:10:00-12:10:00");
}

#[test]
fn what_time_ended_does_not_end_later_when_the_vehicle_is_deleted() {
    let day =
        Zone { schedule: Schedule::from(vec![window("08:00", "18:00")]), ..square(vec![rule("in", RuleWhen::Enter)]) };
    let gone = Edited::VehicleDeleted(VehicleKey(1));
    let deleted = RecordBody::Edit(Edit { key: FeatureKey(1), revision: Revision(2), now: gone });
    let records = [
        ("12:00:01", fix("12:00:00", -100.0)),
        ("12:00:31", fix("12:00:30", 250.0)),
        ("18:00:00", RecordBody::Tick),
        ("19:00:00", deleted),
    ];
    let stands = stands_after(day, &records);
    assert!(stands[0].starts_with("enter 12:00:") && stands[0].ends_with("-18:00:00"), "{stands:?}");
}

/// A post that vehicles with the tag "escort" must hold from 22:00 to 23:00.
fn post() -> Zone {
    let subjects = Subjects { tags: vec!["escort".to_owned()], ..Subjects::default() };
    let rule = rule("post", RuleWhen::MustBeInside);
    square(vec![Rule { window: Some(window("22:00", "23:00")), subjects, ..rule }])
}

fn vehicle(revision: u32, tags: &[&str]) -> RecordBody {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    let vehicle = Vehicle { class: VehicleClass::Ordinary, company: None, goods_class: None, tags };
    let now = Edited::Vehicle(VehicleKey(1), Arc::new(vehicle));
    RecordBody::Edit(Edit { key: FeatureKey(1), revision: Revision(revision), now })
}

#[test]
fn whoever_must_be_inside_and_is_elsewhere_is_missed_for_as_long_as_the_rule_is_watched() {
    let escort = ("20:59:00", vehicle(2, &["escort"]));
    check(
        post(),
        &[
            escort.clone(),
            ("21:00:01", fix("21:00:00", -900.0)),
            ("22:00:00", RecordBody::Tick),
            ("22:01:31", fix("22:01:30", -100.0)),
            ("22:01:41", fix("22:01:40", 100.0)),
            ("22:03:31", fix("22:03:30", 100.0)),
            ("22:03:41", fix("22:03:40", -100.0)),
            ("23:30:00", RecordBody::Tick),
        ],
        &["unknown 21:00:00-22:01:30", "must_be_inside 22:00:00-22:01:35", "must_be_inside 22:03:35-23:00:00"],
    );
    check(post(), &[escort, ("21:00:01", fix("21:00:00", 100.0)), ("23:30:00", RecordBody::Tick)], &[]);
}

#[test]
fn nobody_else_must_be_inside_until_a_revision_makes_him_one_of_them() {
    let outside = ("21:00:01", fix("21:00:00", -900.0));
    let (named, freed) = (("22:20:00", vehicle(3, &["escort"])), ("22:30:00", vehicle(4, &[])));
    check(post(), &[outside.clone(), ("23:30:00", RecordBody::Tick)], &[]);
    check(
        post(),
        &[outside.clone(), named, freed, ("23:30:00", RecordBody::Tick)],
        &["must_be_inside 22:20:00-22:30:00"],
    );
    // The rule comes to a vehicle that is silent.
    let later = ("22:10:00", edit(Zone { revision: Revision(2), ..post() }));
    let escort = ("20:59:00", vehicle(2, &["escort"]));
    let empty = square(Vec::new());
    check(empty.clone(), &[escort.clone(), outside.clone(), later.clone()], &["must_be_inside 22:10:00-..."]);
    let gone = ("22:15:00", edit(Zone { revision: Revision(3), ..square(Vec::new()) }));
    check(empty, &[escort, outside, later, gone], &["must_be_inside 22:10:00-22:15:00"]);
}

#[test]
fn a_window_that_opens_between_two_fixes_counts_until_the_vehicle_came() {
    let records = [
        ("20:59:00", vehicle(2, &["escort"])),
        ("21:59:31", fix("21:59:30", -600.0)),
        ("22:00:31", fix("22:00:30", 200.0)),
        ("23:30:00", RecordBody::Tick),
    ];
    check(post(), &records, &["must_be_inside 22:00:00-22:00:15"]);
}

#[test]
fn passing_through_the_post_is_not_holding_it() {
    let records = [
        ("20:59:00", vehicle(2, &["escort"])),
        ("22:00:01", fix("22:00:00", -300.0)),
        ("22:00:31", fix("22:00:30", 800.0)),
        ("23:30:00", RecordBody::Tick),
    ];
    check(post(), &records, &["must_be_inside 22:00:00-23:00:00"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    /// Windows, schedules and ticks: in whatever order the fixes come and time is looked at, the same stands.
    #[test]
    fn any_order_and_any_ticks_give_the_same_events(
        (steps, shuffled) in prop::collection::vec((0..7_200_i64, -200.0..700.0_f64), 2..20).prop_flat_map(|mut steps| {
            steps.sort_by_key(|(s, _)| *s);
            steps.dedup_by_key(|(s, _)| *s);
            (Just(steps.clone()), Just(steps).prop_shuffle())
        }),
        tick_every in 1..5_usize,
    ) {
        let rules = || {
            let night = Some(window("00:20", "01:10"));
            vec![
                rule("in", RuleWhen::Enter),
                Rule { window: night, ..rule("night", RuleWhen::Enter) },
                Rule { window: night, ..rule("stay", RuleWhen::Dwell { limit_s: 300 }) },
                Rule { window: night, ..rule("fast", RuleWhen::Speed { limit: DeciKph(100) }) },
                Rule { window: night, ..rule("guard", RuleWhen::MustBeInside) },
            ]
        };
        let scheduled = || Zone { schedule: Schedule::from(vec![window("00:30", "01:30")]), ..square(rules()) };
        let run = |steps: &[(i64, f64)], tick_every: usize| {
            let settings = Settings { window: SpanMs::seconds(10_000), ..Settings::default() };
            let mut watch = Watch::new(settings);
            let open = Zone { key: ZoneKey(8), ..square(rules()) };
            watch.evaluate(UnixMs(MIDNIGHT - 1_000), [described(1, 1, false), edit(scheduled()), edit(open)]);
            let mut told: BTreeMap<EventId, Event> = BTreeMap::new();
            let mut now = clock("02:10");
            for (i, (s, east)) in steps.iter().enumerate() {
                now = now + SpanMs(10);
                let RecordBody::Fix(fix) = fix("00:00", *east) else { continue };
                let fix = Fix { fixed_at: UnixMs(MIDNIGHT + s * 1_000), ..fix };
                let mut bodies = vec![RecordBody::Fix(fix)];
                if i % tick_every == 0 {
                    bodies.push(RecordBody::Tick);
                }
                let out = watch.evaluate(now, bodies);
                told.extend(out.events.into_iter().map(|event| (event.core.id, event)));
            }
            let out = watch.evaluate(clock("02:20"), [RecordBody::Tick]);
            told.extend(out.events.into_iter().map(|event| (event.core.id, event)));
            let told: Vec<Event> = told.into_values().collect();
            final_set(&told)
        };
        prop_assert_eq!(run(&steps, 100), run(&shuffled, tick_every));
    }
}
