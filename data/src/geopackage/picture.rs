//! What is to be published, held ready and kept up to date by what was committed.
//!
//! It holds current zones and vehicles, the vehicles' last positions, and the alarms that are not closed.

use super::rows::{AlarmRow, PublishSet, VehicleRow, ZoneRow};
use crate::feature::{Collection, StoredFeature};
use crate::store::{AlarmQuery, FeatureQuery, Reader, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::Subject;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{AlarmId, VehicleKey, ZoneKey};
use cordon_spatial::units::UnixMs;
use std::collections::BTreeMap;

/// Rows read at once.
const PAGE: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Picture {
    zones: BTreeMap<ZoneKey, ZoneRow>,
    vehicles: BTreeMap<VehicleKey, StoredFeature>,
    last: BTreeMap<VehicleKey, Fix>,
    alarms: BTreeMap<AlarmId, AlarmRow>,
}

impl Picture {
    /// Reads everything but the last positions. Blocks; linear in what is stored.
    pub fn load(reader: &dyn Reader) -> Result<Picture, StoreError> {
        let mut picture = Picture::default();
        for collection in [Collection::Zones, Collection::Vehicles] {
            let mut query = FeatureQuery { collection, bbox: None, after: None, limit: PAGE };
            loop {
                let page = reader.features(&query)?;
                let Some(last) = page.last() else { break };
                query.after = Some(last.key);
                page.iter().for_each(|feature| picture.edit(feature));
            }
        }
        let states = vec![AlarmState::Unacknowledged, AlarmState::Acknowledged, AlarmState::Returned];
        let mut query = AlarmQuery { states, priority: None, after: None, limit: PAGE };
        loop {
            let page = reader.alarms(&query)?;
            let Some(last) = page.last() else { break };
            query.after = Some(last.seq);
            for alarm in page {
                picture.alarm(alarm, reader)?;
            }
        }
        Ok(picture)
    }

    /// Takes a feature's new revision. What is neither zone nor vehicle is not published.
    pub fn edit(&mut self, feature: &StoredFeature) {
        match feature.collection {
            Collection::Zones => {
                let key = ZoneKey(feature.key.0);
                match ZoneRow::of(feature) {
                    Ok(row) => drop(self.zones.insert(key, row)),
                    // Deleted, or of a kind that cannot be read: either way not to be shown.
                    Err(_) => drop(self.zones.remove(&key)),
                }
            }
            Collection::Vehicles => {
                let key = VehicleKey(feature.key.0);
                if feature.body.is_some() {
                    self.vehicles.insert(key, feature.clone());
                } else {
                    self.vehicles.remove(&key);
                    self.last.remove(&key);
                }
            }
            _ => {}
        }
    }

    /// Takes a vehicle's last position.
    pub fn place(&mut self, last: Fix) {
        self.last.insert(last.vehicle, last);
    }

    /// Takes an alarm's last change; reads where its first event began when it is new.
    pub fn alarm(&mut self, alarm: Alarm, reader: &dyn Reader) -> Result<(), StoreError> {
        if alarm.state() == AlarmState::Closed {
            self.alarms.remove(&alarm.id);
            return Ok(());
        }
        let known = self.alarms.get(&alarm.id).and_then(|row| row.position);
        let position = match (known, alarm.events.first()) {
            (Some(position), _) => Some(position),
            (None, Some(first)) => reader.event(*first)?.map(|event| event.core.position),
            (None, None) => None,
        };
        let vehicle = match alarm.subject {
            Subject::Vehicle(key) => self.vehicles.get(&key).map(|feature| feature.id.to_string()),
            Subject::Zone(_) | Subject::System => None,
        };
        let zone = alarm.zone.and_then(|key| self.zones.get(&key)).map(|row| row.id.clone());
        self.alarms.insert(alarm.id, AlarmRow { alarm, position, vehicle, zone });
        Ok(())
    }

    /// What is to be published at this journal time. Linear in the number of rows.
    pub fn set(&self, at: UnixMs) -> PublishSet {
        let vehicles = self.last.iter().filter_map(|(key, last)| VehicleRow::of(self.vehicles.get(key)?, *last).ok());
        PublishSet {
            at,
            zones: self.zones.values().cloned().collect(),
            vehicles: vehicles.collect(),
            alarms: self.alarms.values().cloned().collect(),
        }
    }
}
