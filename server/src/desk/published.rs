//! Keeps the published GeoPackage up to date: collections, last positions and alarms, for QGIS and `ogrinfo`.
//!
//! It follows the commits like a console does and writes at most once a second. A foreign program that locks or spoils the
//! file delays it and nothing else: it must never hold the pipeline or the store up. Commits are taken in while a write goes on, so
//! that none of them waits in memory for it.

use super::catalog::Catalog;
use super::readers::Readers;
use crate::ingest::{Committed, Pipeline};
use crate::live::hub::Hub;
use cordon_data::feature::StoredFeature;
use cordon_data::geopackage::{AlarmRow, PublishError, PublishSet, Publisher, Stamp, VehicleRow, published};
use cordon_data::store::{AlarmQuery, FeatureQuery, Reader, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::Subject;
use cordon_spatial::ids::AlarmId;
use cordon_spatial::position::Position;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::task::JoinHandle;

/// Shortest time between two writes; a change is seen within two of them.
const EVERY: Duration = Duration::from_secs(1);
/// A write that takes long is followed by a rest of so many times its length.
const REST: u32 = 4;
/// Most alarms in the file; the oldest closed ones go first.
const MAX_ALARMS: usize = 10_000;

/// What the file is to hold beside the positions, which the hub knows.
#[derive(Default)]
struct Shown {
    features: BTreeMap<u32, Stamp>,
    alarms: BTreeMap<AlarmId, AlarmRow>,
}

/// Publishes until the pipeline ends.
pub async fn run(folder: &Path, pipeline: Pipeline, readers: Readers, hub: Hub, mut commits: Receiver<Arc<Committed>>) {
    let publisher = Arc::new(Mutex::new(Publisher::new(folder)));
    let mut shown = load(&readers, hub.catalog()).await.unwrap_or_default();
    let mut changed = true;
    let mut next = Instant::now();
    let mut writing: Option<Writing> = None;
    loop {
        let due = tokio::time::sleep_until(next.into());
        tokio::select! {
            commit = commits.recv() => match commit {
                Ok(commit) => {
                    shown.take(&commit, hub.catalog());
                    changed = true;
                }
                Err(RecvError::Lagged(_)) => {
                    if let Some(fresh) = load(&readers, hub.catalog()).await {
                        shown = fresh;
                    }
                    changed = true;
                }
                Err(RecvError::Closed) => return,
            },
            () = due, if changed && writing.is_none() => {
                hub.settled().await;
                let set = shown.set(&pipeline, &hub);
                changed = false;
                let lent = publisher.clone();
                let publish = readers.clone().read_later(move |reader| {
                    let read = |key| reader.feature_by_key(key);
                    Ok(lent.lock().unwrap_or_else(PoisonError::into_inner).publish(&set, &read))
                });
                writing = Some(Writing { begun: Instant::now(), publish });
            }
            outcome = ended(&mut writing), if writing.is_some() => {
                match outcome {
                    Ok(()) => {}
                    Err(PublishError::Busy) => changed = true,
                    Err(PublishError::Failed(error)) => {
                        tracing::warn!(error, "the GeoPackage was not published");
                        changed = true;
                    }
                }
                let took = writing.take().map_or(Duration::ZERO, |writing| writing.begun.elapsed());
                next = Instant::now() + EVERY.max(took * REST);
            }
        }
    }
}

/// A write that goes on beside the commits.
struct Writing {
    begun: Instant,
    publish: JoinHandle<Result<Result<(), PublishError>, StoreError>>,
}

/// How the write ends; never, where there is none.
async fn ended(writing: &mut Option<Writing>) -> Result<(), PublishError> {
    let Some(writing) = writing else { return std::future::pending().await };
    let failed = |error: String| Err(PublishError::Failed(error));
    match (&mut writing.publish).await {
        Ok(read) => read.unwrap_or_else(|error| failed(error.to_string())),
        Err(error) => failed(error.to_string()),
    }
}

impl Shown {
    fn take(&mut self, commit: &Committed, catalog: &Catalog) {
        commit.features.iter().for_each(|feature| self.take_feature(feature));
        for alarm in &commit.alarms {
            let raising = alarm.events.first();
            let event = commit.events.iter().find(|event| Some(&event.core.id) == raising);
            let known = self.alarms.get(&alarm.id).and_then(|row| row.position);
            let position = event.and_then(|event| event.core.position).or(known);
            self.alarms.insert(alarm.id, row(alarm, position, catalog));
        }
        while self.alarms.len() > MAX_ALARMS {
            let oldest =
                self.alarms.values().filter(|row| row.alarm.closed_at.is_some()).min_by_key(|row| row.alarm.seq);
            let Some(oldest) = oldest.map(|row| row.alarm.id) else { return };
            self.alarms.remove(&oldest);
        }
    }

    fn take_feature(&mut self, feature: &StoredFeature) {
        let StoredFeature { key, collection, revision, .. } = *feature;
        if feature.body.is_none() || collection.is_personal() {
            self.features.remove(&key.0);
        } else {
            self.features.insert(key.0, Stamp { key, collection, revision });
        }
    }

    fn set(&self, pipeline: &Pipeline, hub: &Hub) -> PublishSet {
        let positions = hub.positions();
        let vehicles = hub.catalog().vehicles(0, usize::MAX).into_iter().filter_map(|(key, entry)| {
            let last = positions.vehicle(key)?.last?;
            let face = entry.vehicle.clone().unwrap_or_default();
            Some(VehicleRow {
                last,
                id: entry.id.to_string(),
                plate: face.plate,
                class: face.class.unwrap_or_else(|| "ordinary".to_owned()),
                company: face.company,
            })
        });
        PublishSet {
            at: pipeline.now(),
            vehicles: vehicles.collect(),
            features: self.features.values().copied().collect(),
            alarms: self.alarms.values().cloned().collect(),
        }
    }
}

async fn load(readers: &Readers, catalog: &Catalog) -> Option<Shown> {
    let catalog = catalog.clone();
    let loaded = readers.read(move |reader| read(reader, &catalog)).await;
    loaded.inspect_err(|error| tracing::error!(%error, "what is to be published cannot be read")).ok()
}

/// Every feature that is published and every alarm that a person has yet to deal with.
fn read(reader: &dyn Reader, catalog: &Catalog) -> Result<Shown, StoreError> {
    let mut shown = Shown::default();
    for collection in published() {
        let mut query = FeatureQuery { collection, bbox: None, after: None, limit: 1_000 };
        loop {
            let page = reader.features(&query)?;
            let Some(last) = page.last() else { break };
            query.after = Some(last.key);
            page.iter().for_each(|feature| shown.take_feature(feature));
        }
    }
    let query = AlarmQuery { states: AlarmState::OPEN.to_vec(), limit: MAX_ALARMS, ..AlarmQuery::default() };
    for alarm in reader.alarms(&query)? {
        let raising = match alarm.events.first() {
            Some(id) => reader.event(*id)?,
            None => None,
        };
        let position = raising.and_then(|event| event.core.position);
        shown.alarms.insert(alarm.id, row(&alarm, position, catalog));
    }
    Ok(shown)
}

fn row(alarm: &Alarm, position: Option<Position>, catalog: &Catalog) -> AlarmRow {
    let vehicle = match alarm.subject {
        Subject::Vehicle(key) => Some(catalog.id(key.0)),
        Subject::Zone(_) | Subject::System => None,
    };
    AlarmRow { alarm: alarm.clone(), position, vehicle, zone: alarm.zone.map(|zone| catalog.id(zone.0)) }
}
