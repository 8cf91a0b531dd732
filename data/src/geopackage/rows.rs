//! What is published, and how it becomes rows: cheap to compare, made into columns only when changed.

use crate::feature::{FieldError, StoredFeature, vehicle_of, zone_of};
use crate::shapes::{SRS, multipolygon, point};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::fix::Fix;
use cordon_spatial::position::Position;
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::Zone;
use geo::Geometry;
use geozero::{CoordDimensions, ToWkb};
use rusqlite::types::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Everything that the file is to hold.
#[derive(Clone, Debug, Default)]
pub struct PublishSet {
    /// Journal time of this state.
    pub at: UnixMs,
    /// Current zones.
    pub zones: Vec<ZoneRow>,
    /// Vehicles that have a last position.
    pub vehicles: Vec<VehicleRow>,
    /// Alarms to show; closed ones may be among them.
    pub alarms: Vec<AlarmRow>,
}

/// A zone to publish. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ZoneRow {
    /// What is judged.
    pub zone: Arc<Zone>,
    /// Its id outside.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    names: ZoneNames,
}

/// The names of a zone's kind, level and validity, as its body spells them.
#[derive(Clone, Debug)]
struct ZoneNames {
    kind: String,
    level: Option<String>,
}

impl ZoneRow {
    /// A kept zone. Errors when it was deleted or is no zone.
    pub fn of(feature: &StoredFeature) -> Result<ZoneRow, FieldError> {
        let zone = Arc::new(zone_of(feature)?);
        let body: serde_json::Value =
            feature.body.as_deref().and_then(|b| serde_json::from_str(b).ok()).unwrap_or_default();
        let text = |name: &str| body["properties"][name].as_str().map(str::to_owned);
        let names = ZoneNames { kind: text("kind").unwrap_or_default(), level: text("level") };
        Ok(ZoneRow { zone, id: feature.id.to_string(), name: text("name"), names })
    }
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
    pub(super) table: &'static str,
    /// Number of columns.
    pub(super) columns: usize,
    pub(super) rows: Vec<Row<'a>>,
}

/// The layers in the order of the file.
pub(super) fn layers(set: &PublishSet) -> [Layer<'_>; 3] {
    [
        Layer { table: "zones", columns: 8, rows: set.zones.iter().map(Row::Zone).collect() },
        Layer { table: "vehicles_last", columns: 11, rows: set.vehicles.iter().map(Row::Vehicle).collect() },
        Layer { table: "alarms", columns: 16, rows: set.alarms.iter().map(Row::Alarm).collect() },
    ]
}

impl Layer<'_> {
    /// The box around all rows: west, south, east, north in degrees.
    pub(super) fn bounds(&self) -> Option<[f64; 4]> {
        self.rows
            .iter()
            .filter_map(Row::bounds)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }
}

/// One row of any layer.
pub(super) enum Row<'a> {
    Zone(&'a ZoneRow),
    Vehicle(&'a VehicleRow),
    Alarm(&'a AlarmRow),
}

impl Row<'_> {
    /// The row's number: the feature's key, or the upper half of the alarm's id without its sign.
    pub(super) fn fid(&self) -> i64 {
        match self {
            Row::Zone(row) => i64::from(row.zone.key.0),
            Row::Vehicle(row) => i64::from(row.last.vehicle.0),
            Row::Alarm(row) => (row.alarm.id.0 >> 65) as i64,
        }
    }

    /// Differs when any column differs.
    pub(super) fn version(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Row::Zone(row) => (row.zone.revision, &row.id).hash(&mut hasher),
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

    /// The columns, in the table's order.
    pub(super) fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::Integer(self.fid())];
        match self {
            Row::Zone(row) => {
                let zone = &row.zone;
                values.push(geometry(multipolygon(&zone.ground).into(), self.bounds()));
                values.extend([text(&row.id), some_text(row.name.as_ref()), text(&row.names.kind)]);
                values.push(some_text(row.names.level.as_ref()));
                values.extend([some_time(zone.valid_from), some_time(zone.valid_to)]);
            }
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
        values
    }

    fn bounds(&self) -> Option<[f64; 4]> {
        let position = match self {
            Row::Zone(row) => {
                let bounds = row.zone.ground.bounds()?;
                let degrees = |units: i32| f64::from(units) / cordon_spatial::position::UNITS_PER_DEGREE;
                return Some([bounds.west, bounds.south, bounds.east, bounds.north].map(degrees));
            }
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
fn geometry(geometry: Geometry<f64>, bounds: Option<[f64; 4]>) -> Value {
    let envelope = bounds.map_or_else(Vec::new, |[west, south, east, north]| vec![west, east, south, north]);
    let bytes = geometry.to_gpkg_wkb(CoordDimensions::xy(), Some(SRS), envelope);
    Value::Blob(bytes.expect("a geometry of finite numbers always serializes to memory"))
}
