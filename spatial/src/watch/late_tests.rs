//! The law of lateness: whatever the order, the repetition and the batches, the same events stand in the end.
//!
//! A [`Site`] keeps what a store would keep and answers the engine's questions about the past from it. Windows are made
//! small, so that most late fixes ask.

use super::tests::{
    Standing, at, cases, deleted, described, edit, final_set, fix_of, rule, soon_frozen, wandering, zone, zones_about,
};
use super::*;
use crate::alarm::AlarmSheet;
use crate::event::{EventStatus, Subject};
use crate::fix::Marks;
use crate::ids::{AlarmId, EventId, Revision};
use crate::onemap::Term;
use crate::record::{Edit, Edited};
use crate::units::SpanMs;
use crate::zone::{RuleWhen, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Seconds after the tests' start at which a track begins: a hundred seconds before an hour's start.
const BEFORE_THE_HOUR: f64 = 2_700.0;

/// What a store would keep.
#[derive(Default)]
struct Kept {
    records: Vec<Record>,
    checkpoints: Vec<(JournalPosition, Checkpoint)>,
    events: BTreeMap<EventId, Event>,
    alarms: BTreeMap<AlarmId, AlarmSheet>,
}

impl Kept {
    fn take(&mut self, out: &Evaluated) {
        self.records.extend(out.records.iter().cloned());
        let position = self.records.last().map_or(JournalPosition(0), |record| record.position);
        self.checkpoints.extend(out.checkpoints.iter().map(|checkpoint| (position, checkpoint.clone())));
        self.events.extend(out.events.iter().map(|event| (event.core.id, event.clone())));
        self.alarms.extend(out.alarms.iter().map(|alarm| (alarm.id, alarm.body.clone())));
    }

    /// Every zone revision that was replaced or deleted, with its term.
    fn replaced(&self) -> Vec<(Arc<Zone>, Term)> {
        let mut current: BTreeMap<ZoneKey, (Arc<Zone>, Term)> = BTreeMap::new();
        let mut replaced = Vec::new();
        for record in &self.records {
            let RecordBody::Edit(edit) = &record.body else { continue };
            let (key, zone) = match &edit.now {
                Edited::Zone(zone) => (zone.key, Some(Arc::clone(zone))),
                Edited::ZoneDeleted(key) => (*key, None),
                _ => continue,
            };
            let before = current.remove(&key);
            let first = before.is_none();
            if let Some((zone, term)) = before {
                replaced.push((zone, Term { to: record.at, ..term }));
            }
            if let Some(zone) = zone {
                let from = if first { UnixMs::MIN } else { record.at };
                current.insert(key, (zone, Term { from, to: UnixMs::MAX, recorded_at: record.at, first }));
            }
        }
        replaced
    }
}

impl Past for Kept {
    fn history(&self, need: &NeedsHistory) -> Answer {
        let as_of = self.records.last().map_or(JournalPosition(0), |record| record.position);
        let checkpoints = self.checkpoints.iter().filter(|(_, c)| c.vehicle == need.vehicle && c.at <= need.from);
        let checkpoint = checkpoints.max_by_key(|(position, c)| (c.at, *position)).map(|(_, c)| c.clone());
        let from = checkpoint.as_ref().map_or(UnixMs::MIN, |checkpoint| checkpoint.at);
        let fixes = self.records.iter().filter_map(|record| match &record.body {
            RecordBody::Fix(fix) if fix.vehicle == need.vehicle && fix.fixed_at >= from => {
                Some(Fix { marks: Marks::empty(), ..*fix })
            }
            _ => None,
        });
        let attributes = self.records.iter().filter_map(|record| match &record.body {
            RecordBody::Edit(Edit { now: Edited::Vehicle(key, vehicle), .. }) if *key == need.vehicle => {
                Some((record.at, Arc::clone(vehicle)))
            }
            _ => None,
        });
        let of_vehicle = |subject: Subject| subject == Subject::Vehicle(need.vehicle);
        let events: Vec<Event> = self.events.values().filter(|e| of_vehicle(e.core.subject)).cloned().collect();
        Answer::Known(Arc::new(History {
            as_of,
            checkpoint,
            fixes: fixes.collect(),
            replaced: self.replaced(),
            attributes: attributes.collect(),
            alarms: self.alarms.values().filter(|alarm| of_vehicle(alarm.subject)).cloned().collect(),
            events,
        }))
    }
}

struct Site {
    watch: Watch,
    kept: Kept,
}

impl Site {
    fn new(settings: Settings) -> Site {
        Site { watch: Watch::new(settings), kept: Kept::default() }
    }

    /// Evaluates a batch and keeps what came of it; fixes that must wait are given again until none does.
    fn take(&mut self, now: UnixMs, bodies: Vec<RecordBody>) -> Evaluated {
        let mut all = Evaluated::default();
        let mut bodies = bodies;
        loop {
            let out = self.watch.evaluate_knowing(now.max(self.watch.now()), bodies.clone(), &self.kept);
            self.kept.take(&out);
            all.events.extend(out.events.iter().cloned());
            all.alarms.extend(out.alarms.iter().cloned());
            all.duplicates.extend(&out.duplicates);
            if out.waiting.is_empty() {
                return all;
            }
            bodies = out.waiting.iter().map(|(index, _)| bodies[*index].clone()).collect();
        }
    }

    fn standing(&self) -> Standing {
        let told: Vec<Event> = self.kept.events.values().cloned().collect();
        final_set(&told)
    }
}

fn small_windows() -> Settings {
    Settings { window_fixes: 4, window: SpanMs::seconds(30), ..soon_frozen() }
}

fn near_the_hour(fix: &Fix) -> Fix {
    Fix { fixed_at: fix.fixed_at + SpanMs((BEFORE_THE_HOUR * 1_000.0) as i64), ..*fix }
}

#[test]
fn a_fix_hours_late_gives_the_events_it_should_and_marks_them_late() {
    let mut site = Site::new(Settings::default());
    site.take(at(-1_000.0), vec![edit(zone(7, 0.0, 0.0, 500.0, 500.0))]);
    let drive = |from: f64, places: &[(f64, f64)]| -> Vec<RecordBody> {
        let fix = |(i, (east, north)): (usize, &(f64, f64))| fix_of(1, from + i as f64 * 30.0, *east, *north);
        places.iter().enumerate().map(fix).map(RecordBody::Fix).collect()
    };
    site.take(at(10.0), drive(0.0, &[(-400.0, 250.0)]));
    site.take(at(9_010.0), drive(9_000.0, &[(900.0, 250.0), (1_000.0, 250.0)]));
    let unknown = |site: &Site| -> Vec<(UnixMs, Option<UnixMs>)> {
        let standing = site.kept.events.values().filter(|event| event.status != EventStatus::Retracted);
        let unknown = standing.filter(|event| event.core.kind == EventKind::Unknown);
        unknown.map(|event| (event.core.at, event.core.ended_at)).collect()
    };
    assert_eq!(unknown(&site), [(at(0.0), Some(at(9_000.0)))]);
    assert_eq!(site.standing().len(), 1, "a gap claims nothing");
    let blind = drive(100.0, &[(-100.0, 250.0), (100.0, 250.0), (250.0, 250.0), (400.0, 250.0), (700.0, 250.0)]);
    let out = site.take(at(9_020.0), blind.clone());
    let kinds: Vec<_> = site.kept.events.values().filter(|e| e.status != EventStatus::Retracted).collect();
    assert!(kinds.iter().any(|e| e.core.kind.name() == "enter" && e.late), "{kinds:?}");
    assert!(kinds.iter().any(|e| e.core.kind.name() == "exit" && e.late));
    assert!(out.alarms.iter().all(|alarm| alarm.late) && !out.alarms.is_empty());
    assert_eq!(unknown(&site), [(at(220.0), Some(at(9_000.0)))], "what became known is unknown no more");
    let again = site.take(at(9_030.0), blind);
    assert_eq!((again.duplicates.len(), again.events.len(), again.alarms.len()), (5, 0, 0), "sent twice: nothing new");
}

#[test]
fn a_late_fix_retracts_what_the_gap_had_made_believe() {
    let mut site = Site::new(small_windows());
    site.take(at(-1_000.0), vec![edit(zone(7, 0.0, 0.0, 500.0, 500.0))]);
    let fix = |s: f64, east: f64| RecordBody::Fix(Fix { speed: None, ..fix_of(1, s, east, 250.0) });
    let inside: Vec<_> = (0..40).map(|i| fix(f64::from(i) * 10.0, 100.0)).collect();
    for (i, fix) in inside.into_iter().enumerate() {
        site.take(at(i as f64 * 10.0 + 1.0), vec![fix]);
    }
    let before = site.standing();
    assert_eq!(before.len(), 2, "inside at the start, and the dwell: {before:?}");
    // It had left for a while, which only a late batch tells.
    site.take(at(401.0), (0..4).map(|i| fix(125.0 + f64::from(i), 900.0)).collect());
    let out: Vec<_> = site.kept.events.values().filter(|e| e.core.kind.name() == "exit").collect();
    assert!(!out.is_empty() && out.iter().all(|exit| exit.status != EventStatus::Retracted));
}

#[test]
fn the_parts_of_an_upload_raise_nothing_between_them() {
    let mut site = Site::new(small_windows());
    let dwell = rule("stay", RuleWhen::Dwell { limit_s: 60 });
    site.take(at(-1_000.0), vec![edit(Zone { rules: vec![dwell], ..zone(7, 0.0, 0.0, 500.0, 500.0) })]);
    let fix = |s: f64, east: f64| RecordBody::Fix(Fix { speed: None, ..fix_of(1, s, east, 250.0) });
    // It drove through in 40 s, 20 minutes ago; its terminal hands that in by parts, three seconds apart.
    let parts =
        [vec![fix(0.0, -200.0), fix(10.0, 100.0)], vec![fix(20.0, 200.0), fix(30.0, 300.0)], vec![fix(50.0, 700.0)]];
    for (nth, part) in parts.into_iter().enumerate() {
        site.take(at(1_200.0 + 3.0 * nth as f64), part);
        site.take(at(1_201.0 + 3.0 * nth as f64), vec![RecordBody::Tick]);
    }
    assert!(site.kept.alarms.is_empty(), "nobody waited there: {:?}", site.kept.events);
    // One that hands in that it came, and then nothing more, is still there for all that is known.
    site.take(at(2_400.0), vec![fix(1_210.0, -200.0), fix(1_220.0, 100.0), fix(1_230.0, 200.0)]);
    site.take(at(2_430.0), vec![RecordBody::Tick]);
    assert!(site.kept.alarms.is_empty(), "more may come");
    site.take(at(2_461.0), vec![RecordBody::Tick]);
    assert_eq!(site.kept.alarms.len(), 1);
    // Another part that does not refute it leaves it alone.
    site.take(at(2_500.0), vec![fix(1_240.0, 210.0)]);
    let dwells: Vec<_> = site.kept.events.values().filter(|e| e.core.kind.name() == "dwell").collect();
    assert!(dwells.len() == 1 && dwells[0].status != EventStatus::Retracted, "{dwells:?}");
}

#[test]
fn what_came_together_raises_nothing_that_its_next_fix_refutes() {
    let mut site = Site::new(small_windows());
    let dwell = rule("stay", RuleWhen::Dwell { limit_s: 60 });
    site.take(at(-1_000.0), vec![edit(Zone { rules: vec![dwell], ..zone(7, 0.0, 0.0, 500.0, 500.0) })]);
    let fix = |s: f64, east: f64| RecordBody::Fix(Fix { speed: None, ..fix_of(1, s, east, 250.0) });
    // A minute and a half without a link, handed in at once: it drove through in 30 s.
    let upload = [(0.0, -200.0), (10.0, 100.0), (20.0, 300.0), (30.0, 700.0), (80.0, 900.0)];
    site.take(at(90.0), vec![RecordBody::Tick]);
    site.take(at(90.0), upload.map(|(s, east)| fix(s, east)).into());
    assert!(site.kept.alarms.is_empty(), "nobody waited there: {:?}", site.kept.events);
    // It comes again and does not go on: the clock says so after the last.
    site.take(at(200.0), vec![RecordBody::Tick]);
    site.take(at(200.0), vec![fix(110.0, 700.0), fix(120.0, 300.0), fix(130.0, 290.0)]);
    site.take(at(201.0), vec![RecordBody::Tick]);
    assert_eq!(site.kept.alarms.len(), 1);
}

#[test]
fn a_fix_before_an_edit_is_judged_by_the_zone_as_it_was() {
    let mut site = Site::new(small_windows());
    site.take(at(-1_000.0), vec![edit(zone(7, 0.0, 0.0, 500.0, 500.0))]);
    let fix = |s: f64, east: f64| RecordBody::Fix(Fix { speed: None, ..fix_of(1, s, east, 250.0) });
    site.take(at(1.0), vec![fix(0.0, -400.0)]);
    site.take(at(500.0), vec![edit(Zone { revision: Revision(2), ..zone(7, 5_000.0, 0.0, 5_500.0, 500.0) })]);
    site.take(at(600.0), vec![deleted(7)]);
    for i in 0..20 {
        site.take(at(700.0 + f64::from(i) * 10.0), vec![fix(699.0 + f64::from(i) * 10.0, -400.0)]);
    }
    assert!(site.standing().is_empty());
    let late: Vec<_> = [(30.0, -100.0), (40.0, 100.0), (50.0, 250.0), (70.0, 700.0)].map(|(s, e)| fix(s, e)).into();
    site.take(at(1_000.0), late);
    let of = |kind: &str| site.kept.events.values().filter(|e| e.core.kind.name() == kind).count();
    assert_eq!((of("enter"), of("exit")), (1, 1), "though the zone was moved and deleted since");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(200)))]

    #[test]
    fn any_order_duplication_and_batching_gives_the_same_events(
        (fixes, shuffled) in wandering().prop_flat_map(|fixes| {
            let fixes: Vec<Fix> = fixes.iter().map(near_the_hour).collect();
            let mut doubled = fixes.clone();
            doubled.extend(fixes.iter().step_by(3).copied());
            (Just(fixes), Just(doubled).prop_shuffle())
        }),
        batch in 1..9_usize,
        tick_every in 1..9_usize,
    ) {
        let run = |fixes: &[Fix], batch: usize| {
            let mut site = Site::new(small_windows());
            site.take(at(-1_000.0), zones_about().into_iter().map(edit).collect());
            site.take(at(-999.0), vec![described(1, 1, false)]);
            let mut now = at(BEFORE_THE_HOUR + 1_000.0);
            for (i, fixes) in fixes.chunks(batch).enumerate() {
                now = now + SpanMs(10);
                site.take(now, fixes.iter().copied().map(RecordBody::Fix).collect());
                if i % tick_every == 0 {
                    site.take(now, vec![RecordBody::Tick]);
                }
            }
            site.take(at(BEFORE_THE_HOUR + 2_000.0), vec![RecordBody::Tick]);
            site.standing()
        };
        prop_assert_eq!(run(&fixes, 1), run(&shuffled, batch));
    }

    #[test]
    fn a_replay_of_the_journal_tells_the_same_in_the_same_order(
        shuffled in wandering().prop_flat_map(|fixes| {
            let mut all = fixes.clone();
            all.extend(fixes.iter().step_by(2).copied());
            all.extend(fixes.iter().step_by(3).map(|fix| Fix { vehicle: VehicleKey(2), ..*fix }));
            Just(all).prop_shuffle()
        }),
        batch in 1..12_usize,
    ) {
        // Repetitions are not journalled and stand between others when they arrive: a replay never sees them.
        let settings = Settings { window: SpanMs::seconds(3_600), window_fixes: 1_000, ..soon_frozen() };
        let begin = || {
            let mut watch = Watch::new(settings);
            watch.evaluate(at(-1_000.0), zones_about().into_iter().map(edit));
            watch
        };
        let (mut live, mut replayed) = (begin(), begin());
        for (i, fixes) in shuffled.chunks(batch).enumerate() {
            let now = at(600.0 + i as f64);
            let mut bodies: Vec<RecordBody> = vec![RecordBody::Tick];
            bodies.extend(fixes.iter().copied().map(RecordBody::Fix));
            let once = live.evaluate(now, bodies);
            let again = replayed.replay(now, once.records.iter().map(|record| record.body.clone()), &NoPast);
            prop_assert_eq!(&once.records, &again.records, "records of batch {}", i);
            prop_assert_eq!(&once.events, &again.events, "events of batch {}", i);
            prop_assert_eq!(&once.alarms, &again.alarms, "alarms of batch {}", i);
        }
    }

    #[test]
    fn zones_that_change_meanwhile_judge_a_late_fix_as_they_would_have(
        (fixes, late) in wandering().prop_flat_map(|fixes| {
            let late = prop::collection::vec(any::<bool>(), fixes.len());
            (Just(fixes), late)
        }),
        moved in -300.0..300.0_f64,
        edit_s in 10.0..200.0_f64,
    ) {
        // The zone moves at `edit_s`. Fixes before it arrive in time or hours late: late ones were received after the edit,
        // so they are judged by what was in force at their time all the same.
        let run = |late: &[bool]| {
            let mut site = Site::new(small_windows());
            let mut first = zone(7, 0.0, 0.0, 500.0, 500.0);
            first.rules.push(rule("all", RuleWhen::Cross));
            site.take(at(-1_000.0), vec![edit(first)]);
            let mut told = false;
            for (fix, late) in fixes.iter().zip(late) {
                if !told && fix.fixed_at >= at(edit_s) {
                    told = true;
                    let next = Zone { revision: Revision(2), ..zone(7, moved, 0.0, moved + 300.0, 500.0) };
                    site.take(at(edit_s), vec![edit(next)]);
                }
                if !late {
                    site.take((fix.fixed_at + SpanMs(1)).max(site.watch.now()), vec![RecordBody::Fix(*fix)]);
                }
            }
            for (fix, _) in fixes.iter().zip(late).filter(|(_, late)| **late) {
                site.take(at(20_000.0), vec![RecordBody::Fix(*fix)]);
            }
            site.take(at(20_100.0), vec![RecordBody::Tick]);
            site
        };
        let site = run(&late);
        // Whatever came when: no exit without an enter, and nothing stands twice.
        let standing: Vec<&Event> =
            site.kept.events.values().filter(|event| event.status != EventStatus::Retracted).collect();
        for exit in standing.iter().filter(|event| event.core.kind.name() == "exit") {
            let entered = standing.iter().any(|event| {
                matches!(event.core.kind.name(), "enter" | "inside_at_start" | "zone_changed")
                    && event.core.at <= exit.core.at
                    && event.core.visit_at == exit.core.visit_at
            });
            prop_assert!(entered, "exit at {} without its enter", exit.core.at);
        }
    }
}
