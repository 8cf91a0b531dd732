//! A trial of a zone's rules over stored tracks: what they would have found, had they been there.
//!
//! Each vehicle is judged by an engine of its own that knows that one zone, its attributes and its exemptions as they were
//! at each time, and its fixes in the order of their times, as if every one had come at once. The live engine, the store and
//! the journal are not touched; nothing of a trial is kept. It is bounded by the fixes that it reads and by time.

use super::catalog::Catalog;
use cordon_data::feature::{StoredFeature, edited};
use cordon_data::store::{Reader, StoreError};
use cordon_spatial::alarm::AlarmSheet;
use cordon_spatial::event::{Event, EventCore, EventKind, EventStatus};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::{AlarmId, EventId, FeatureKey, Revision, RuleId, VehicleKey};
use cordon_spatial::record::{Edit, Edited, RecordBody};
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::{Evaluated, Settings, Watch};
use cordon_spatial::zone::Zone;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How much of a track is read before the beginning, so that whoever was inside then is known to have come in: what began
/// earlier is taken to begin there.
const RUN_UP: SpanMs = SpanMs::seconds(3_600);
/// How much of a track is read at a time: at a fix a second, 8 MB.
const PIECE: SpanMs = SpanMs::seconds(86_400);

/// What to try.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The zone with its rules.
    pub zone: Zone,
    /// From when on, inclusive.
    pub from: UnixMs,
    /// Until when, exclusive.
    pub to: UnixMs,
    /// Over whose tracks.
    pub vehicles: Vec<VehicleKey>,
    /// The figures to judge by.
    pub settings: Settings,
    /// How far it may go.
    pub bounds: Bounds,
}

/// How far a trial may go.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Fixes that are read, over all vehicles; the day of a track that goes beyond is judged still.
    pub fixes: u64,
    /// How long it may take.
    pub time: Duration,
    /// Events that are told one by one; the others are counted only.
    pub events: usize,
}

/// Which bound ended a trial before it was through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// So many fixes were read.
    Fixes,
    /// It took so long.
    Time,
}

/// What a trial found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What would have been told, each vehicle's by time.
    pub events: Vec<EventCore>,
    /// How many more there were.
    pub events_left_out: u64,
    /// For each rule, in the zone's order.
    pub rules: Vec<(RuleId, Counts)>,
    /// For each vehicle of which anything would have been told.
    pub vehicles: BTreeMap<VehicleKey, Counts>,
    /// How many fixes were read.
    pub fixes: u64,
    /// How many vehicles were judged to the end.
    pub judged: usize,
    /// What ended it early.
    pub cut: Option<Cut>,
}

/// How often something would have been told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Alarms.
    pub alarms: u64,
    /// Vehicles.
    pub vehicles: u64,
}

/// Runs a trial. `wanted` says whether anybody still waits for it. Blocks; for a thread of its own.
pub fn run(
    trial: &Trial,
    reader: &dyn Reader,
    catalog: &Catalog,
    wanted: &dyn Fn() -> bool,
) -> Result<Found, StoreError> {
    let began = Instant::now();
    let rules = trial.zone.rules.iter().map(|rule| (rule.id.clone(), Counts::default())).collect();
    let mut found = Found { rules, ..Found::default() };
    let engine = trial.engine();
    for &vehicle in &trial.vehicles {
        let mut judged = Judged::default();
        let edits = edits_of(vehicle, reader, catalog)?;
        let cut = trial.judge(engine.clone(), vehicle, reader, edits, &mut judged, &|fixes| {
            if found.fixes + fixes >= trial.bounds.fixes {
                return Some(Cut::Fixes);
            }
            (began.elapsed() >= trial.bounds.time || !wanted()).then_some(Cut::Time)
        })?;
        trial.count(vehicle, judged, &mut found);
        found.cut = cut;
        if cut.is_some() {
            break;
        }
        found.judged += 1;
    }
    Ok(found)
}

/// What one vehicle's engine told, the last of each.
#[derive(Default)]
struct Judged {
    fixes: u64,
    events: HashMap<EventId, Event>,
    alarms: HashMap<AlarmId, AlarmSheet>,
}

impl Judged {
    fn take(&mut self, evaluated: Evaluated) {
        self.events.extend(evaluated.events.into_iter().map(|event| (event.core.id, event)));
        self.alarms.extend(evaluated.alarms.into_iter().map(|alarm| (alarm.id, alarm.body)));
    }
}

impl Trial {
    /// An engine that knows the zone since ever and no vehicle yet.
    fn engine(&self) -> Watch {
        let mut watch = Watch::new(self.settings);
        let zone = Zone { revision: Revision(1), ..self.zone.clone() };
        let now = Edited::Zone(Arc::new(zone));
        let edit = Edit { key: FeatureKey(self.zone.key.0), revision: Revision(1), now };
        watch.evaluate(UnixMs(0), [RecordBody::Edit(edit)]);
        watch
    }

    /// Judges one vehicle's track; answers which bound was reached, if one was. `reached` is told how many fixes of it were
    /// read.
    fn judge(
        &self,
        mut watch: Watch,
        vehicle: VehicleKey,
        reader: &dyn Reader,
        edits: Vec<(UnixMs, Edit)>,
        judged: &mut Judged,
        reached: &dyn Fn(u64) -> Option<Cut>,
    ) -> Result<Option<Cut>, StoreError> {
        let mut edits = edits.into_iter().peekable();
        let mut piece = self.from - RUN_UP;
        while piece < self.to {
            if let Some(cut) = reached(judged.fixes) {
                return Ok(Some(cut));
            }
            let end = (piece + PIECE).min(self.to);
            let fixes = reader.track(vehicle, piece, end, usize::MAX)?;
            judged.fixes += fixes.len() as u64;
            let mut rest = fixes.as_slice();
            while let Some((at, _)) = edits.peek().filter(|(at, _)| *at < end) {
                let (before, after) = rest.split_at(rest.partition_point(|fix| fix.fixed_at < *at));
                drive(&mut watch, before, judged);
                rest = after;
                let (at, edit) = edits.next().expect("it was just looked at");
                judged.take(watch.evaluate(at, [RecordBody::Edit(edit)]));
            }
            drive(&mut watch, rest, judged);
            // What time alone brings is told up to here, before the next edit can change the law.
            judged.take(watch.evaluate(end - SpanMs(1), [RecordBody::Tick]));
            piece = end;
        }
        Ok(None)
    }

    /// Adds what was told of one vehicle.
    fn count(&self, vehicle: VehicleKey, judged: Judged, found: &mut Found) {
        found.fixes += judged.fixes;
        let during = self.from..self.to;
        let stands = |event: &&Event| event.status != EventStatus::Retracted;
        let mut told: Vec<EventCore> = judged
            .events
            .values()
            .filter(stands)
            .map(|event| &event.core)
            .filter(|core| during.contains(&core.at) && core.zone.is_some() && core.rule.is_some())
            .filter(|core| !is_of_the_server(core.kind))
            .cloned()
            .collect();
        told.sort_unstable_by_key(|core| (core.at, core.id));
        let standing = |id: &EventId| judged.events.get(id).as_ref().is_some_and(stands);
        let raised = judged
            .alarms
            .values()
            .filter(|alarm| during.contains(&alarm.raised_at) && alarm.zone.is_some() && !is_of_the_server(alarm.kind));
        let alarms: Vec<&AlarmSheet> = raised.filter(|alarm| alarm.events.iter().any(standing)).collect();
        for (rule, counts) in &mut found.rules {
            let of_rule = |core: &&EventCore| core.rule.as_ref().is_some_and(|judging| judging.id == *rule);
            let events = told.iter().filter(of_rule).count() as u64;
            counts.events += events;
            counts.alarms += alarms.iter().filter(|alarm| alarm.rule.as_ref() == Some(rule)).count() as u64;
            counts.vehicles += u64::from(events > 0);
        }
        if told.is_empty() {
            return;
        }
        let counts = Counts { events: told.len() as u64, alarms: alarms.len() as u64, vehicles: 1 };
        found.vehicles.insert(vehicle, counts);
        let room = self.bounds.events.saturating_sub(found.events.len());
        found.events_left_out += told.len().saturating_sub(room) as u64;
        told.truncate(room);
        found.events.append(&mut told);
    }
}

/// Whether a kind is judged by the server's own rule, though it may name a zone.
fn is_of_the_server(kind: EventKind) -> bool {
    matches!(kind, EventKind::Silence | EventKind::Frozen | EventKind::ClockWrong)
}

/// Drives a vehicle over fixes in the order of their times, as if they came then.
fn drive(watch: &mut Watch, fixes: &[Fix], judged: &mut Judged) {
    let Some(last) = fixes.last() else { return };
    // Marks are what the engine found when they came.
    let bodies = fixes.iter().map(|fix| RecordBody::Fix(Fix { marks: fix.marks & Marks::GATEWAY, ..*fix }));
    judged.take(watch.evaluate(last.fixed_at, bodies));
}

/// What was recorded of a vehicle and its exemptions, by time.
fn edits_of(vehicle: VehicleKey, reader: &dyn Reader, catalog: &Catalog) -> Result<Vec<(UnixMs, Edit)>, StoreError> {
    let mut revisions = reader.revisions(FeatureKey(vehicle.0), UnixMs::MIN, UnixMs::MAX)?;
    for key in catalog.exemptions_of(vehicle) {
        revisions.append(&mut reader.revisions(key, UnixMs::MIN, UnixMs::MAX)?);
    }
    revisions.sort_by_key(|feature| feature.at);
    revisions.iter().map(|feature| Ok((feature.at, edit_of(feature)?))).collect()
}

fn edit_of(feature: &StoredFeature) -> Result<Edit, StoreError> {
    let now = edited(feature).map_err(|error| StoreError::Damaged {
        place: format!("revision {} of feature {}", feature.revision.0, feature.key),
        what: error.to_string(),
    })?;
    Ok(Edit { key: feature.key, revision: feature.revision, now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_data::store::{Batch, Writer};
    use cordon_spatial::fix::Source;
    use cordon_spatial::ids::ZoneKey;
    use cordon_spatial::position::Position;
    use cordon_spatial::zone::{Ground, Rule, RuleWhen, ZoneKind};

    const START: UnixMs = UnixMs(1_790_000_000_000);

    /// A second of a drive along the equator, 11 m a second.
    fn fix(vehicle: u32, second: i64) -> Fix {
        Fix {
            vehicle: VehicleKey(vehicle),
            fixed_at: START + SpanMs::seconds(second),
            received_at: START,
            position: Position { lon_e7: second as i32 * 1_000, lat_e7: 0 },
            speed: None,
            heading_deg: None,
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks: Marks::empty(),
        }
    }

    /// Two vehicles that drive for 100 s each through a zone that is met at second 50, tried within bounds: how many fixes
    /// were read, vehicles judged, events listed and left out, and what cut it.
    fn check(bounds: Bounds, expected: (u64, usize, usize, u64, Option<Cut>)) {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut writer, readers) = cordon_data::sqlite::open(folder.path()).expect("a store");
        let fixes = (1..=2).flat_map(|vehicle| (0..100).map(move |second| RecordBody::Fix(fix(vehicle, second))));
        let records = Watch::default().evaluate(START + SpanMs::seconds(200), fixes).records;
        let (events, alarms, features, audit, checkpoints) = (&[], &[], &[], &[], &[]);
        let at = START + SpanMs::seconds(200);
        writer.commit(&Batch { at, records: &records, events, alarms, features, audit, checkpoints }).expect("kept");
        let corner = |lon_e7, lat_e7| Position { lon_e7, lat_e7 };
        let ring =
            vec![corner(49_500, -90_000), corner(900_000, -90_000), corner(900_000, 90_000), corner(49_500, 90_000)];
        let mut zone = Zone::new(ZoneKey(9), ZoneKind::Closed, Ground { parts: vec![vec![ring]] });
        zone.rules = vec![Rule::new(RuleId::new("in").expect("an id"), RuleWhen::Enter, 1)];
        let (from, to) = (START, START + SpanMs::seconds(100));
        let vehicles = vec![VehicleKey(1), VehicleKey(2)];
        let trial = Trial { zone, from, to, vehicles, settings: Settings::default(), bounds };
        let reader = readers.get().expect("a reader");
        let found = run(&trial, &reader, &Catalog::default(), &|| true).expect("the store reads");
        assert_eq!((found.fixes, found.judged, found.events.len(), found.events_left_out, found.cut), expected);
        let counted: u64 = found.rules.iter().map(|(_, counts)| counts.events).sum();
        assert_eq!(counted, found.events.len() as u64 + found.events_left_out, "every event is counted");
    }

    #[test]
    fn a_trial_ends_at_its_bounds_and_says_which() {
        let wide = Bounds { fixes: 1_000, time: Duration::from_secs(3_600), events: 10 };
        check(wide, (200, 2, 2, 0, None));
        check(Bounds { fixes: 100, ..wide }, (100, 1, 1, 0, Some(Cut::Fixes)));
        check(Bounds { fixes: 101, ..wide }, (200, 2, 2, 0, None));
        check(Bounds { time: Duration::ZERO, ..wide }, (0, 0, 0, 0, Some(Cut::Time)));
        check(Bounds { events: 1, ..wide }, (200, 2, 1, 1, None));
    }
}
