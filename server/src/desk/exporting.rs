//! What goes out as files: features of a collection by what selects them, events, alarms, fixes and tracks of a span of time.
//!
//! Rows are read from the store piece by piece and never held together; the file is made by [`cordon_data::export`].

use crate::api::App;
use crate::api::features::shown;
use crate::api::vehicles::is_on_line;
use crate::api::wire::{self, Time};
use crate::auth::Identity;
use cordon_data::export::{Export, ExportError, Exported, Format};
use cordon_data::gdal::Gdal;
use cordon_data::selection::{self, Selection};
use cordon_data::store::{AlarmQuery, EventQuery, Reader, StoreError};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use tokio::sync::Semaphore;

/// Most files that are made at once (PLATFORM, S-11).
const AT_ONCE: usize = 2;
/// Rows that are read at once.
const READ: usize = 10_000;
/// Most fixes of one vehicle that are read at once.
const MOST_FIXES: usize = 1_000_000;

/// What goes out.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Features.
    Features(Box<Selection>),
    /// Something that happened.
    Happened(Happened, Span),
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Events, where they began.
    Events,
    /// Alarms.
    Alarms,
    /// Every fix, as a point.
    Fixes,
    /// The way of each vehicle, as a line.
    Tracks,
}

impl Happened {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Happened); 4] = [
        ("events", Happened::Events),
        ("alarms", Happened::Alarms),
        ("fixes", Happened::Fixes),
        ("tracks", Happened::Tracks),
    ];
}

/// Of which time, and of which vehicle alone.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Not before.
    pub from: UnixMs,
    /// Before.
    pub to: UnixMs,
    /// This one alone.
    pub vehicle: Option<VehicleKey>,
}

/// Where files are made.
#[derive(Debug)]
pub struct Exports {
    gdal: Gdal,
    place: PathBuf,
    permits: Semaphore,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    /// Others are being made.
    #[error("{AT_ONCE} files are being made, try again when they are done")]
    Busy,
    /// It was not written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Exports {
    /// Files are made in folders below `place`.
    pub fn new(gdal: Gdal, place: PathBuf) -> Exports {
        Exports { gdal, place, permits: Semaphore::new(AT_ONCE) }
    }

    /// Makes a file of everything that is wanted, as whoever asks may see it. The vehicles among it are found by the caller.
    pub async fn make(
        &self,
        app: &std::sync::Arc<App>,
        identity: &Identity,
        name: &str,
        wanted: Wanted,
        format: Format,
    ) -> Result<Exported, ExportFailure> {
        let _permit = self.permits.try_acquire().map_err(|_| ExportFailure::Busy)?;
        let mut export = Export::begin(&self.place, name, format)?;
        let (gdal, app, identity) = (self.gdal.clone(), app.clone(), identity.clone());
        let making = tokio::task::spawn_blocking(move || {
            app.readers.clone().read_here(|reader| {
                // What the file failed at is carried out beside what the store failed at.
                Ok(gather(&app, &identity, reader, &wanted, &mut export).and_then(|()| Ok(export.end(&gdal)?)))
            })
        });
        making.await.map_err(|error| StoreError::Failed(format!("the file was not made: {error}")))??
    }
}

fn gather(
    app: &App,
    identity: &Identity,
    reader: &dyn Reader,
    wanted: &Wanted,
    export: &mut Export,
) -> Result<(), ExportFailure> {
    match wanted {
        Wanted::Features(selection) => {
            let show = |feature: &_| shown(app, identity, feature);
            selection::each(reader, selection, &show, |selected| Ok(export.add(selected.shown)?))
        }
        Wanted::Happened(Happened::Events, span) => events(app, reader, span, export),
        Wanted::Happened(Happened::Alarms, span) => alarms(app, reader, span, export),
        Wanted::Happened(what, span) => {
            let vehicles = match span.vehicle {
                Some(vehicle) => vec![vehicle],
                None => app.catalog.vehicles(0, usize::MAX).into_iter().map(|(key, _)| key).collect(),
            };
            vehicles.into_iter().try_for_each(|vehicle| {
                let fixes = reader.track(vehicle, span.from, span.to, MOST_FIXES)?;
                let id = app.catalog.id(vehicle.0);
                match what {
                    Happened::Fixes => fixes.iter().try_for_each(|fix| Ok(export.add(fix_row(&id, fix))?)),
                    _ => track_row(&id, &fixes).map_or(Ok(()), |row| Ok(export.add(row)?)),
                }
            })
        }
    }
}

fn events(app: &App, reader: &dyn Reader, span: &Span, export: &mut Export) -> Result<(), ExportFailure> {
    let mut query = EventQuery {
        from: Some(span.from),
        to: Some(span.to),
        vehicle: span.vehicle,
        limit: READ,
        ..EventQuery::default()
    };
    loop {
        let page = reader.events(&query)?;
        let Some(last) = page.last() else { return Ok(()) };
        query.after = Some(last.seq);
        for event in &page {
            export.add(row(json!(wire::event(event, &app.catalog))))?;
        }
    }
}

fn alarms(app: &App, reader: &dyn Reader, span: &Span, export: &mut Export) -> Result<(), ExportFailure> {
    let mut query = AlarmQuery { from: Some(span.from), to: Some(span.to), limit: READ, ..AlarmQuery::default() };
    loop {
        let page = reader.alarms(&query)?;
        let Some(last) = page.last() else { return Ok(()) };
        query.after = Some(last.seq);
        for alarm in &page {
            // An alarm stands where its first event began.
            let first = alarm.events.first().map(|id| reader.event(*id)).transpose()?.flatten();
            let mut value = json!(wire::alarm(alarm, &app.catalog));
            if let Some(position) = first.and_then(|event| event.core.position) {
                (value["lon"], value["lat"]) = (position.lon().into(), position.lat().into());
            }
            export.add(row(value))?;
        }
    }
}

/// Something with `lon` and `lat` as a feature; a subject is told by its kind and id.
fn row(value: Value) -> Value {
    let Value::Object(mut members) = value else { return Value::Null };
    let geometry = match (members.remove("lon"), members.remove("lat")) {
        (Some(lon), Some(lat)) => json!({"type": "Point", "coordinates": [lon, lat]}),
        _ => Value::Null,
    };
    let id = members.remove("id").unwrap_or_default();
    if let Some(Value::Object(subject)) = members.remove("subject") {
        members.extend(subject.into_iter().map(|(name, value)| (format!("subject_{name}"), value)));
    }
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": members})
}

fn fix_row(vehicle: &str, fix: &Fix) -> Value {
    let mut members = match json!(wire::fix(fix)) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.insert("vehicle".to_owned(), vehicle.into());
    row(Value::Object(members))
}

fn track_row(vehicle: &str, fixes: &[Fix]) -> Option<Value> {
    let line: Vec<&Fix> = fixes.iter().filter(|fix| is_on_line(fix)).collect();
    let [first, .., last] = line.as_slice() else { return None };
    let coordinates: Vec<[f64; 2]> = line.iter().map(|fix| [fix.position.lon(), fix.position.lat()]).collect();
    Some(json!({
        "type": "Feature",
        "id": vehicle,
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": {
            "vehicle": vehicle,
            "from": Time(first.fixed_at).to_string(),
            "to": Time(last.fixed_at).to_string(),
            "fixes": fixes.len(),
        },
    }))
}
