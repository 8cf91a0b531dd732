//! What is published, and how it becomes rows: cheap to compare, made into columns only when changed.

use super::ReadFeature;
use crate::feature::{Collection, FieldError, StoredFeature, vehicle_of};
use crate::shapes::{SRS, point};
use crate::store::StoreError;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::position::Position;
use cordon_spatial::units::UnixMs;
use geo::Geometry;
use geozero::{CoordDimensions, ToWkb};
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Everything that the file is to hold.
#[derive(Clone, Debug, Default)]
pub struct PublishSet {
    /// Journal time of this state.
    pub at: UnixMs,
    /// The features of the collections that are published ([`super::published`]).
    pub features: Vec<Stamp>,
    /// Vehicles that have a last position.
    pub vehicles: Vec<VehicleRow>,
    /// Alarms to show; closed ones may be among them.
    pub alarms: Vec<AlarmRow>,
}

/// A feature by its revision: it is read when that is another than the published one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its key.
    pub key: FeatureKey,
    /// Its collection.
    pub collection: Collection,
    /// Its current revision.
    pub revision: Revision,
}

/// A vehicle's last position to publish.
#[derive(Clone, Debug)]
pub struct VehicleRow {
    /// Its last fix.
    pub last: Fix,
    /// Its id outside.
    pub id: String,
    /// Its number plate.
    pub plate: Option<String>,
    /// Its class, as its body spells it.
    pub class: String,
    /// Its company.
    pub company: Option<String>,
}

impl VehicleRow {
    /// A kept vehicle and its last fix. Errors when it was deleted or is no vehicle.
    pub fn of(feature: &StoredFeature, last: Fix) -> Result<VehicleRow, FieldError> {
        let read = vehicle_of(feature)?;
        Ok(VehicleRow {
            last,
            id: feature.id.to_string(),
            plate: read.plate,
            class: crate::feature::class_name(read.vehicle.class).to_owned(),
            company: read.vehicle.company,
        })
    }
}

/// An alarm to publish.
#[derive(Clone, Debug)]
pub struct AlarmRow {
    /// The alarm.
    pub alarm: Alarm,
    /// Where its raising event began.
    pub position: Option<Position>,
    /// The id outside of the vehicle that it is about.
    pub vehicle: Option<String>,
    /// The id outside of its zone.
    pub zone: Option<String>,
}

/// A layer with its rows, to be written.
pub(super) struct Layer<'a> {
    pub(super) table: String,
    /// Number of columns.
    pub(super) columns: usize,
    pub(super) rows: Vec<Row<'a>>,
}

/// The layers in the order of the file.
pub(super) fn layers(set: &PublishSet) -> Vec<Layer<'_>> {
    let mut of: BTreeMap<Collection, Vec<Row<'_>>> = BTreeMap::new();
    set.features.iter().for_each(|stamp| of.entry(stamp.collection).or_default().push(Row::Feature(stamp)));
    let collection = |collection: Collection| Layer {
        table: collection.table(),
        columns: super::collections::width(collection),
        rows: of.remove(&collection).unwrap_or_default(),
    };
    let mut layers: Vec<Layer<'_>> = super::collections::published().map(collection).collect();
    let (vehicles, alarms) = (set.vehicles.iter().map(Row::Vehicle), set.alarms.iter().map(Row::Alarm));
    layers.push(Layer { table: "vehicles_last".to_owned(), columns: 11, rows: vehicles.collect() });
    layers.push(Layer { table: "alarms".to_owned(), columns: 16, rows: alarms.collect() });
    layers
}

/// What a row holds, and its box: west, south, east, north in degrees.
pub(super) type Content = (Vec<Value>, Option<[f64; 4]>);

/// One row of any layer.
pub(super) enum Row<'a> {
    Feature(&'a Stamp),
    Vehicle(&'a VehicleRow),
    Alarm(&'a AlarmRow),
}

impl Row<'_> {
    /// The row's number: the feature's key, or the upper half of the alarm's id without its sign.
    pub(super) fn fid(&self) -> i64 {
        match self {
            Row::Feature(stamp) => i64::from(stamp.key.0),
            Row::Vehicle(row) => i64::from(row.last.vehicle.0),
            Row::Alarm(row) => (row.alarm.id.0 >> 65) as i64,
        }
    }

    /// Differs when any column differs.
    pub(super) fn version(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Row::Feature(stamp) => stamp.revision.hash(&mut hasher),
            Row::Vehicle(row) => {
                let last = &row.last;
                (&row.id, &row.plate, &row.class, &row.company).hash(&mut hasher);
                (last.fixed_at, last.received_at, last.position, last.speed, last.heading_deg, last.marks)
                    .hash(&mut hasher);
            }
            Row::Alarm(row) => (row.alarm.seq, row.position, &row.vehicle, &row.zone).hash(&mut hasher),
        }
        hasher.finish()
    }

    /// The columns, in the table's order; `None` of a feature that is gone by now.
    pub(super) fn content(&self, read: &ReadFeature<'_>) -> Result<Option<Content>, StoreError> {
        let mut values = vec![Value::Integer(self.fid())];
        match self {
            Row::Feature(stamp) => return Ok(read(stamp.key)?.as_ref().and_then(super::collections::row)),
            Row::Vehicle(row) => {
                let last = &row.last;
                values.push(geometry(point(last.position), None));
                values.extend([text(&row.id), some_text(row.plate.as_ref()), text(&row.class)]);
                values.push(some_text(row.company.as_ref()));
                values.extend([text(time(last.fixed_at)), text(time(last.received_at))]);
                values.push(last.speed.map(|speed| speed.as_kph()).into());
                values.push(last.heading_deg.map(i64::from).into());
                values.push(text(last.marks.names().collect::<Vec<_>>().join(" ")));
            }
            Row::Alarm(row) => {
                let alarm = &row.alarm;
                let rule = alarm.rule.as_ref().map(|rule| rule.as_str());
                let (by_at, by) = match &alarm.acknowledged {
                    Some((at, who)) => (Some(*at), Some(who)),
                    None => (None, None),
                };
                values.push(row.position.map_or(Value::Null, |position| geometry(point(position), None)));
                values.extend([text(alarm.id.to_string()), text(alarm.state().name())]);
                values.extend([Value::Integer(alarm.priority.into()), text(alarm.kind.name())]);
                values.extend([some_text(row.vehicle.as_ref()), some_text(row.zone.as_ref()), some_text(rule)]);
                values.push(Value::Integer(alarm.late.into()));
                values.extend([text(time(alarm.raised_at)), some_time(alarm.returned_at)]);
                values.extend([some_time(by_at), some_text(by), some_time(alarm.closed_at)]);
                values.push(some_text(alarm.result.as_ref()));
            }
        }
        Ok(Some((values, self.bounds())))
    }

    fn bounds(&self) -> Option<[f64; 4]> {
        let position = match self {
            Row::Feature(_) => return None,
            Row::Vehicle(row) => row.last.position,
            Row::Alarm(row) => row.position?,
        };
        Some([position.lon(), position.lat(), position.lon(), position.lat()])
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn some_text(given: Option<impl AsRef<str>>) -> Value {
    given.map_or(Value::Null, |given| text(given.as_ref()))
}

fn some_time(at: Option<UnixMs>) -> Value {
    at.map_or(Value::Null, |at| text(time(at)))
}

/// UTC with milliseconds, as GeoPackage's DATETIME has it; a time outside of years -9999 to 9999 is empty.
pub(super) fn time(at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0).map(|time| format!("{time:.3}")).unwrap_or_default()
}

/// A geometry as GeoPackage keeps it (OGC 12-128r17 §2.1.3), with its box for other than points.
pub(super) fn geometry(geometry: Geometry<f64>, bounds: Option<[f64; 4]>) -> Value {
    let envelope = bounds.map_or_else(Vec::new, |[west, south, east, north]| vec![west, east, south, north]);
    let bytes = geometry.to_gpkg_wkb(CoordDimensions::xy(), Some(SRS), envelope);
    Value::Blob(bytes.expect("a geometry of finite numbers always serializes to memory"))
}
