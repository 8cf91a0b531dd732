//! A vehicle's history as the engine asks for it, put together from what the store keeps.

use cordon_data::feature::{FieldError, StoredFeature, vehicle_of, zone_of};
use cordon_data::store::{PastFixes, Reader, ReplacedZone, StoreError};
use cordon_spatial::alarm::AlarmSheet;
use cordon_spatial::event::Event;
use cordon_spatial::ids::{AlarmId, FeatureKey, JournalPosition, Revision, VehicleKey};
use cordon_spatial::onemap::Term;
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::vehicle::Vehicle;
use cordon_spatial::watch::{Answer, History, NeedsHistory, Past};
use cordon_spatial::zone::Zone;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many replaced zone revisions are kept from one history to the next.
const ZONES_KEPT: usize = 10_000;

/// Whose history, from when on, and as of when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whose.
    pub vehicle: VehicleKey,
    /// From the newest checkpoint at or before this.
    pub from: UnixMs,
    /// As the journal was known up to here.
    pub as_of: JournalPosition,
    /// Journal time of that place: edits recorded later are not known.
    pub upto: UnixMs,
    /// Events that were told after this journal time are not known.
    pub told_upto: UnixMs,
}

/// Reads histories; keeps the zones that it read, for the next one mostly asks for the same.
#[derive(Default)]
pub struct Histories {
    zones: HashMap<(FeatureKey, Revision), Arc<Zone>>,
}

impl Histories {
    /// One history. Cost: that of [`Reader::history`], and a row for each zone revision that was replaced since.
    pub fn read(&mut self, reader: &dyn Reader, asked: Asked) -> Result<History, StoreError> {
        let past = reader.history(asked.vehicle, asked.from, asked.as_of)?;
        let first = past.fixes.first().map_or(asked.from, |fix| fix.fixed_at.min(asked.from));
        let since = past.checkpoint.as_ref().map_or(first, |checkpoint| checkpoint.at);
        let replaced = reader.replaced_zones(since, asked.upto)?;
        let replaced = replaced.into_iter().map(|zone| self.zone(reader, zone)).collect::<Result<_, _>>()?;
        let attributes = attributes(reader, asked.vehicle, since, asked.upto)?;
        let mut events = reader.events_held(asked.vehicle, since)?;
        events.retain(|event| event.detected_at <= asked.told_upto);
        let alarms = alarms(reader, &events)?;
        let PastFixes { checkpoint, fixes } = past;
        Ok(History { as_of: asked.as_of, checkpoint, fixes, replaced, attributes, events, alarms })
    }

    fn zone(&mut self, reader: &dyn Reader, replaced: ReplacedZone) -> Result<(Arc<Zone>, Term), StoreError> {
        let ReplacedZone { key, revision, term } = replaced;
        if let Some(zone) = self.zones.get(&(key, revision)) {
            return Ok((Arc::clone(zone), term));
        }
        let Some(feature) = reader.feature_revision(key, revision)? else {
            return Err(damaged(key, revision, "it is missing".to_owned()));
        };
        let zone = Arc::new(zone_of(&feature).map_err(|error| unreadable(&feature, &error))?);
        if self.zones.len() >= ZONES_KEPT {
            self.zones.clear();
        }
        self.zones.insert((key, revision), Arc::clone(&zone));
        Ok((zone, term))
    }
}

/// The alarms that these events belong to.
fn alarms(reader: &dyn Reader, events: &[Event]) -> Result<Vec<AlarmSheet>, StoreError> {
    let ids: BTreeSet<AlarmId> = events.iter().filter_map(|event| event.alarm).collect();
    let alarms = ids.into_iter().filter_map(|id| reader.alarm(id).transpose());
    alarms.map(|alarm| Ok(alarm?.body)).collect()
}

/// A vehicle's attributes from the revision in force at `since` on. The first holds since ever, a deletion changes none.
fn attributes(
    reader: &dyn Reader,
    vehicle: VehicleKey,
    since: UnixMs,
    upto: UnixMs,
) -> Result<Vec<(UnixMs, Arc<Vehicle>)>, StoreError> {
    let revisions = reader.revisions(FeatureKey(vehicle.0), since, upto)?;
    let standing = revisions.iter().filter(|feature| feature.body.is_some());
    let attributes = standing.map(|feature| {
        let from = if feature.revision == Revision(1) { UnixMs::MIN } else { feature.at };
        let read = vehicle_of(feature).map_err(|error| unreadable(feature, &error))?;
        Ok((from, Arc::new(read.vehicle)))
    });
    attributes.collect()
}

fn unreadable(feature: &StoredFeature, error: &FieldError) -> StoreError {
    damaged(feature.key, feature.revision, error.to_string())
}

fn damaged(key: FeatureKey, revision: Revision, what: String) -> StoreError {
    StoreError::Damaged { place: format!("revision {} of feature {key}", revision.0), what }
}

/// The past of a replay: read at once, as it was known at the asking record.
pub struct StorePast {
    reading: Mutex<Reading>,
}

struct Reading {
    reader: Box<dyn Reader>,
    histories: Histories,
    /// Journal time of the batch that is replayed.
    at: UnixMs,
    asked: bool,
    failed: Option<StoreError>,
}

impl StorePast {
    /// The past that this reader sees.
    pub fn new(reader: Box<dyn Reader>) -> StorePast {
        let reading = Reading { reader, histories: Histories::default(), at: UnixMs::MIN, asked: false, failed: None };
        StorePast { reading: Mutex::new(reading) }
    }

    /// The next batch has this journal time.
    pub fn come_to(&self, at: UnixMs) {
        self.lock().at = at;
    }

    /// Whether anything was asked.
    pub fn was_asked(&self) -> bool {
        self.lock().asked
    }

    /// Why a question could not be answered, if one could not.
    pub fn failure(&self) -> Option<StoreError> {
        self.lock().failed.take()
    }

    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Past for StorePast {
    fn history(&self, need: &NeedsHistory) -> Answer {
        let mut guard = self.lock();
        let reading = &mut *guard;
        reading.asked = true;
        let (vehicle, from, at) = (need.vehicle, need.from, reading.at);
        // What this batch told the first time is in the store already.
        let asked = Asked { vehicle, from, as_of: need.at_most, upto: at, told_upto: at - SpanMs(1) };
        match reading.histories.read(reading.reader.as_ref(), asked) {
            Ok(history) => Answer::Known(Arc::new(history)),
            Err(error) => {
                reading.failed.get_or_insert(error);
                Answer::NotYet
            }
        }
    }
}
