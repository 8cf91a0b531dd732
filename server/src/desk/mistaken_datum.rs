//! Whether a file was read in the wrong datum: its places lie beside what the one-map has as if they were in another.
//!
//! It is a hint for a person: nothing is moved by it, and nothing is held up.

use super::readers::Readers;
use cordon_data::feature::Collection;
use cordon_data::import::datum_fit::{self, Reference, Verdict};
use cordon_data::import::files::{ImportError, Opened};
use cordon_data::store::{FeatureQuery, Reader, StoreError};
use cordon_spatial::datum::Datum;
use cordon_spatial::position::Position;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Rows whose places are compared with the one-map, and how many of these places.
const COMPARED_ROWS: u64 = 400;
const COMPARED_PLACES: usize = 200;

/// Beside what the one-map has, the data fit clearly better if they are read in another datum.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SuspectedDatum {
    /// Which: `gcj02`, `bd09` or `wgs84`, as `srs` takes it.
    pub datum: &'static str,
    /// How far that would move them, in the median, metres.
    pub median_shift_m: f64,
    /// How far from the reference they would lie, in the median, metres.
    pub fits_m: f64,
    /// How far from it they lie as they were read, metres.
    pub without_m: f64,
    /// The collection that they were compared with.
    pub reference: &'static str,
}

/// Whether the file's places lie beside what the one-map has there as if they were in another datum. One collection that says that
/// they are right where they are outweighs all others.
pub(super) fn suspected(readers: &Readers, opened: &Opened) -> Result<Option<SuspectedDatum>, ImportError> {
    let geometries = opened.some_geometries(COMPARED_ROWS)?;
    let places: Vec<Position> = geometries.iter().flat_map(|geometry| datum_fit::places_of(geometry, 5)).collect();
    Ok(suspected_of(readers, opened.read_as(), &places))
}

/// The same of places in WGS 84 that were read as `read_as`.
pub(super) fn suspected_of(readers: &Readers, read_as: Datum, places: &[Position]) -> Option<SuspectedDatum> {
    let step = places.len().div_ceil(COMPARED_PLACES).max(1);
    let places: Vec<Position> = places.iter().copied().step_by(step).collect();
    let verdicts = readers.read_here(|reader| verdicts(reader, read_as, &places));
    // It is a hint: nothing is held up by it.
    let verdicts = verdicts.unwrap_or_else(|error| {
        tracing::warn!(%error, "the places of a file were not compared with the one-map");
        Vec::new()
    });
    if verdicts.iter().any(|(_, verdict)| *verdict == Verdict::Right) {
        return None;
    }
    let shifted = verdicts.into_iter().filter_map(|(of, verdict)| match verdict {
        Verdict::Shifted(fit) => Some((of, fit)),
        Verdict::Right | Verdict::Open => None,
    });
    let best = shifted.min_by(|(_, a), (_, b)| a.fits_m.total_cmp(&b.fits_m));
    let tenths = |metres: f64| (metres * 10.0).round() / 10.0;
    best.map(|(of, fit)| SuspectedDatum {
        datum: fit.datum.name(),
        median_shift_m: tenths(fit.median_shift_m),
        fits_m: tenths(fit.fits_m),
        without_m: tenths(fit.without_m),
        reference: of.name(),
    })
}

/// What each drawn collection says of the datum of these places, by its features around them.
fn verdicts(
    reader: &dyn Reader,
    read_as: Datum,
    places: &[Position],
) -> Result<Vec<(Collection, Verdict)>, StoreError> {
    let Some(bbox) = around(places) else { return Ok(Vec::new()) };
    let mut verdicts = Vec::new();
    // Cells of population lie where a grid puts them.
    for collection in Collection::ALL.iter().copied().filter(|of| of.is_drawn() && *of != Collection::Population) {
        let mut reference = Reference::default();
        let mut query = FeatureQuery { collection, bbox: Some(bbox), after: None, limit: 1_000 };
        while !reference.is_full() {
            let page = reader.features(&query)?;
            let Some(last) = page.last() else { break };
            query.after = Some(last.key);
            let bodies = page.iter().filter_map(|feature| feature.body.as_deref());
            for body in bodies.filter_map(|body| serde_json::from_str::<Value>(body).ok()) {
                reference.take(&body["geometry"]);
            }
        }
        verdicts.push((collection, datum_fit::compare(read_as, places, &reference)));
    }
    Ok(verdicts)
}

/// The box around places with room for the shifts, which are below 1.5 km in China: west, south, east, north, degrees.
fn around(places: &[Position]) -> Option<[f64; 4]> {
    const ROOM_DEG: f64 = 0.02;
    let lon = |take: fn(f64, f64) -> f64| places.iter().map(|place| place.lon()).reduce(take);
    let lat = |take: fn(f64, f64) -> f64| places.iter().map(|place| place.lat()).reduce(take);
    Some([
        (lon(f64::min)? - ROOM_DEG).max(-180.0),
        (lat(f64::min)? - ROOM_DEG).max(-90.0),
        (lon(f64::max)? + ROOM_DEG).min(180.0),
        (lat(f64::max)? + ROOM_DEG).min(90.0),
    ])
}
