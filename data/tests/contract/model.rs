//! Any history of commits, cuts and restarts reads like a model that keeps everything in maps.

use super::given::{alarm, at, checkpoint, commit_with, deletion, edit, event, fix, id, keep_checkpoints, zone_json};
use super::{Open, Sites};
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::store::{AlarmQuery, EventQuery, FeatureQuery, PastFixes};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::Event;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::record::{Record, RecordBody};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::Checkpoint;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;

/// What happens to a store.
#[derive(Clone, Debug)]
enum Step {
    /// Fixes of (vehicle, minute), changed events and changed alarms by id, in one batch.
    Commit { fixes: Vec<(u32, i64)>, events: Vec<u8>, alarms: Vec<u8> },
    /// Checkpoints of (vehicle, hour), in one batch.
    Checkpoints(Vec<(u32, i64)>),
    /// A slice of pruning checkpoints: those before this hour, and what was replaced in this part of the journal.
    Prune(i64, f64),
    /// A new revision of zone number n.
    Edit(u8),
    /// A zone is deleted, if it is there.
    Delete(u8),
    /// A slice of cutting.
    Cut,
    /// The store is closed and opened.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let fixes = vec((1..5u32, -100..200i64), 0..8);
    prop_oneof![
        4 => (fixes, vec(0..6u8, 0..3), vec(0..6u8, 0..3))
            .prop_map(|(fixes, events, alarms)| Step::Commit { fixes, events, alarms }),
        2 => vec((1..5u32, -2..4i64), 0..8).prop_map(Step::Checkpoints),
        1 => (-3..4i64, 0.0..1.0).prop_map(|(hour, part)| Step::Prune(hour, part)),
        2 => (0..4u8).prop_map(Step::Edit),
        1 => (0..4u8).prop_map(Step::Delete),
        2 => Just(Step::Cut),
        1 => Just(Step::Restart),
    ]
}

#[derive(Default)]
struct Model {
    records: Vec<Record>,
    seq: u64,
    events: BTreeMap<u128, Event>,
    alarms: BTreeMap<u128, Alarm>,
    zones: BTreeMap<u8, StoredFeature>,
    /// By vehicle, hour and position.
    checkpoints: BTreeMap<(u32, i64, u64), Checkpoint>,
    /// Nobody asks about times before this hour or about what was known before this place.
    pruned: (i64, u64),
}

impl Model {
    fn track(&self, vehicle: u32) -> Vec<Fix> {
        let mut track: Vec<Fix> = Vec::new();
        for record in &self.records {
            if let RecordBody::Fix(fix) = record.body
                && fix.vehicle.0 == vehicle
                && !track.iter().any(|known| known.fixed_at == fix.fixed_at && known.position == fix.position)
            {
                track.push(fix);
            }
        }
        track.sort_by_key(|fix| fix.fixed_at);
        track
    }

    fn history(&self, vehicle: u32, hour: i64, as_of: u64) -> PastFixes {
        let of_vehicle = (vehicle, i64::MIN, 0)..=(vehicle, hour, u64::MAX);
        let known = self.checkpoints.range(of_vehicle).rev().find(|((_, _, position), _)| *position <= as_of);
        let since = known.map_or(at(hour * HOUR - 24 * HOUR), |(_, checkpoint)| checkpoint.at);
        let mut model = Model { records: self.records.clone(), ..Model::default() };
        model.records.truncate(as_of as usize);
        let fixes = model.track(vehicle).into_iter().filter(|fix| fix.fixed_at >= since).collect();
        PastFixes { checkpoint: known.map(|(_, checkpoint)| checkpoint.clone()), fixes }
    }

    fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }
}

pub fn any_history_reads_like_the_model(sites: &Sites<'_>) {
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    let run = runner.run(&vec(step(), 1..30), |steps| {
        let site = sites();
        let mut open = site.open();
        let mut model = Model::default();
        for (ms, step) in steps.into_iter().enumerate() {
            if matches!(step, Step::Restart) {
                drop(open);
                open = site.open();
            } else {
                apply(&mut open, &mut model, ms as i64, step);
            }
            compare(&open, &model)?;
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

fn apply(open: &mut Open, model: &mut Model, ms: i64, step: Step) {
    match step {
        Step::Restart => {}
        Step::Cut => drop(open.writer.cut_tracks(0).unwrap()),
        Step::Checkpoints(kept) => {
            let kept: Vec<((u32, i64), Checkpoint)> = kept
                .into_iter()
                .map(|(vehicle, hour)| ((vehicle, hour), checkpoint(vehicle, hour * HOUR, ms as u64)))
                .collect();
            let all: Vec<Checkpoint> = kept.iter().map(|(_, checkpoint)| checkpoint.clone()).collect();
            model.records.extend(keep_checkpoints(open, ms, vec![RecordBody::Tick], &all));
            let position = model.records.len() as u64;
            model.checkpoints.extend(kept.into_iter().map(|((vehicle, hour), of)| ((vehicle, hour, position), of)));
        }
        Step::Prune(hour, part) => {
            let position = (model.records.len() as f64 * part) as u64;
            let (older_than, replaced_before) = (at(hour * HOUR), JournalPosition(position));
            open.writer.prune_checkpoints(older_than, replaced_before, 0).unwrap();
            model.pruned = (model.pruned.0.max(hour), model.pruned.1.max(position));
        }
        Step::Commit { fixes, events, alarms } => {
            let bodies = fixes.into_iter().map(|(vehicle, minute)| RecordBody::Fix(fix(vehicle, minute * 60_000)));
            let bodies = bodies.chain([RecordBody::Tick]).collect();
            let events: Vec<Event> = events.into_iter().map(|n| event(n.into(), model.next_seq(), ms)).collect();
            let alarms: Vec<Alarm> = alarms.into_iter().map(|n| alarm(n.into(), model.next_seq(), ms)).collect();
            model.records.extend(commit_with(open, ms, bodies, &events, &alarms, &[]));
            model.events.extend(events.into_iter().map(|event| (event.core.id.0, event)));
            model.alarms.extend(alarms.into_iter().map(|alarm| (alarm.id.0, alarm)));
        }
        Step::Edit(n) => {
            let previous = model.zones.get(&n);
            let zone = zone_json(&format!("zone {ms}"), 121.0 + f64::from(n));
            keep(open, model, ms, n, edit(Collection::Zones, &format!("z{n}"), n.into(), ms, &zone, previous));
        }
        Step::Delete(n) => {
            if let Some(zone) = model.zones.get(&n).filter(|zone| zone.body.is_some()) {
                keep(open, model, ms, n, deletion(zone, ms));
            }
        }
    }
}

fn keep(open: &mut Open, model: &mut Model, ms: i64, n: u8, edit: (StoredFeature, RecordBody)) {
    let (feature, record) = edit;
    model.records.extend(commit_with(open, ms, vec![record], &[], &[], std::slice::from_ref(&feature)));
    model.zones.insert(n, feature);
}

fn compare(open: &Open, model: &Model) -> Result<(), TestCaseError> {
    let reader = open.reader();
    let head = reader.head().unwrap();
    prop_assert_eq!(head, open.writer.head());
    prop_assert_eq!((head.position.0, head.seq.0), (model.records.len() as u64, model.seq));
    let journal = reader.journal(JournalPosition(1), 10_000).unwrap();
    let records: Vec<Record> = journal.into_iter().flat_map(|(_, records)| records).collect();
    prop_assert_eq!(&records, &model.records);
    for vehicle in 1..5 {
        let track = reader.track(VehicleKey(vehicle), UnixMs::MIN, UnixMs::MAX, 10_000).unwrap();
        prop_assert_eq!(track, model.track(vehicle));
    }
    for vehicle in 1..5 {
        for hour in model.pruned.0..5 {
            let places = [model.pruned.1, (model.pruned.1 + head.position.0) / 2, head.position.0];
            for as_of in places {
                let read = reader.history(VehicleKey(vehicle), at(hour * HOUR), JournalPosition(as_of)).unwrap();
                prop_assert_eq!(read, model.history(vehicle, hour, as_of), "{} {} {}", vehicle, hour, as_of);
            }
        }
    }
    let mut events: Vec<Event> = model.events.values().cloned().collect();
    events.sort_by_key(|event| event.seq);
    prop_assert_eq!(&reader.events(&EventQuery { limit: 10_000, ..EventQuery::default() }).unwrap(), &events);
    prop_assert_eq!(reader.events_held(VehicleKey(7), UnixMs::MAX).unwrap(), events, "none has ended");
    let mut alarms: Vec<Alarm> = model.alarms.values().cloned().collect();
    alarms.sort_by_key(|alarm| alarm.seq);
    prop_assert_eq!(reader.alarms(&AlarmQuery { limit: 10_000, ..AlarmQuery::default() }).unwrap(), alarms);
    let alive: Vec<StoredFeature> = model.zones.values().filter(|zone| zone.body.is_some()).cloned().collect();
    let query = FeatureQuery { collection: Collection::Zones, bbox: None, after: None, limit: 10_000 };
    prop_assert_eq!(reader.features(&query).unwrap(), alive);
    for (n, zone) in &model.zones {
        let name = id(&format!("z{n}"));
        prop_assert!(reader.id_was_used(Collection::Zones, &name).unwrap());
        prop_assert_eq!(reader.feature_by_key(zone.key).unwrap(), Some(zone.clone()));
    }
    prop_assert_eq!(head.at, model.records.last().map_or(UnixMs(0), |record| record.at));
    Ok(())
}
