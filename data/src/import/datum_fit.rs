//! Whether data lie as if they were in another datum than the one they were read in: beside what the one-map has, they fit clearly
//! better when they are read as that.
//!
//! It only says so. Nothing is moved by it: a datum is named by a person or the file, never guessed.

use cordon_spatial::datum::Datum;
use cordon_spatial::geodesy::{LocalScale, distance, distance_to_segment};
use cordon_spatial::position::Position;
use serde_json::Value;
use std::collections::BTreeSet;

/// Most pieces of lines to compare with.
const MOST_SEGMENTS: usize = 20_000;
/// Fewest places that say anything: one or two lie beside some road by chance. This figure and the three below are our own; a test
/// over the demo park holds that they tell shifted data from unshifted ones.
const FEWEST_SAMPLES: usize = 5;
/// What fits lies so near in the median, metres: maps are drawn to some metres, and things stand beside the middle of their road.
const NEAR_M: f64 = 30.0;
/// So many times nearer than as they were read,
const TIMES: f64 = 3.0;
/// and by so many metres.
const GAIN_M: f64 = 20.0;

/// Points, and the pieces of lines and outlines, to lie beside.
#[derive(Debug, Default)]
pub struct Reference {
    segments: Vec<(Position, Position)>,
}

impl Reference {
    /// Takes a GeoJSON geometry in, as far as there is room; of what cannot be read nothing.
    pub fn take(&mut self, geometry: &Value) {
        let mut lines = Vec::new();
        gather(geometry, &mut lines);
        for line in lines {
            let points = line.len() == 1;
            let pieces = line.windows(2).map(|ends| (ends[0], ends[1])).chain(points.then(|| (line[0], line[0])));
            self.segments.extend(pieces.take(MOST_SEGMENTS - self.segments.len().min(MOST_SEGMENTS)));
        }
    }

    /// Whether it takes no more.
    pub fn is_full(&self) -> bool {
        self.segments.len() >= MOST_SEGMENTS
    }

    /// How far a place is from the nearest of them, metres.
    fn distance_m(&self, from: Position) -> f64 {
        let scale = LocalScale::at(from.lat_e7);
        let to = |&(a, b): &(Position, Position)| distance_to_segment(scale, from, a, b).as_metres();
        self.segments.iter().map(to).fold(f64::INFINITY, f64::min)
    }
}

/// What data fit better as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// In which datum.
    pub datum: Datum,
    /// How far that moves them, in the median, metres.
    pub median_shift_m: f64,
    /// How far they lie then from the reference, in the median, metres.
    pub fits_m: f64,
    /// How far they lie from it as they were read.
    pub without_m: f64,
}

/// What a reference says of data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// They fit clearly better as something else.
    Shifted(Fit),
    /// They fit clearly best as they were read.
    Right,
    /// It cannot tell.
    Open,
}

/// Compares places, in WGS 84 after they were read as `read_as`, with a reference. Cost: places times pieces of the reference.
pub fn compare(read_as: Datum, places: &[Position], reference: &Reference) -> Verdict {
    let distinct: BTreeSet<(i32, i32)> = places.iter().map(|place| (place.lon_e7, place.lat_e7)).collect();
    if distinct.len() < FEWEST_SAMPLES || reference.segments.is_empty() {
        return Verdict::Open;
    }
    let without_m = median(places.iter().map(|place| reference.distance_m(*place)).collect());
    let others = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09].into_iter().filter(|datum| *datum != read_as);
    let fits: Vec<Fit> = others.filter_map(|datum| fit(read_as, datum, places, reference, without_m)).collect();
    let best = fits.iter().copied().min_by(|a, b| a.fits_m.total_cmp(&b.fits_m));
    match best {
        Some(best) if is_clearly_nearer(best.fits_m, without_m) => Verdict::Shifted(best),
        Some(best) if is_clearly_nearer(without_m, best.fits_m) => Verdict::Right,
        _ => Verdict::Open,
    }
}

fn is_clearly_nearer(near_m: f64, far_m: f64) -> bool {
    near_m <= NEAR_M && near_m * TIMES <= far_m && far_m - near_m >= GAIN_M
}

/// How the places fit if they are in `datum`; `None` where that is the same.
fn fit(read_as: Datum, datum: Datum, places: &[Position], reference: &Reference, without_m: f64) -> Option<Fit> {
    let moved = |place: &Position| {
        let (lon, lat) = read_as.from_wgs84(*place);
        Some((*place, datum.to_wgs84(lon, lat).ok()?))
    };
    let moved: Vec<(Position, Position)> = places.iter().filter_map(moved).collect();
    let median_shift_m = median(moved.iter().map(|(from, to)| distance(*from, *to).as_metres()).collect());
    let fits_m = median(moved.iter().map(|(_, to)| reference.distance_m(*to)).collect());
    (median_shift_m >= GAIN_M).then_some(Fit { datum, median_shift_m, fits_m, without_m })
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

/// The places of a geometry, at most `most` of them, spread over it.
pub fn places_of(geometry: &Value, most: usize) -> Vec<Position> {
    let mut lines = Vec::new();
    gather(geometry, &mut lines);
    let all: Vec<Position> = lines.into_iter().flatten().collect();
    let step = all.len().div_ceil(most.max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

/// The lines, outlines and points of a geometry.
fn gather(geometry: &Value, lines: &mut Vec<Vec<Position>>) {
    if let Some(parts) = geometry["geometries"].as_array() {
        return parts.iter().for_each(|part| gather(part, lines));
    }
    gather_coordinates(&geometry["coordinates"], lines);
}

fn gather_coordinates(value: &Value, lines: &mut Vec<Vec<Position>>) {
    let Some(list) = value.as_array() else { return };
    if let Some(at) = position(value) {
        lines.push(vec![at]);
    } else if list.first().is_some_and(|first| position(first).is_some()) {
        lines.push(list.iter().filter_map(position).collect());
    } else {
        list.iter().for_each(|inner| gather_coordinates(inner, lines));
    }
}

fn position(value: &Value) -> Option<Position> {
    Position::from_degrees(value.get(0)?.as_f64()?, value.get(1)?.as_f64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::Collection;
    use crate::park;

    fn of(collection: Collection) -> Vec<Value> {
        let found = park::seeds(20).into_iter().find(|(held, _)| *held == collection).expect("the park has it");
        found.1.iter().map(|feature| feature["geometry"].clone()).collect()
    }

    fn places(collection: Collection) -> Vec<Position> {
        of(collection).iter().flat_map(|geometry| places_of(geometry, 5)).collect()
    }

    /// What somebody reads who takes data in `datum` for data in `read_as`.
    fn misread(places: &[Position], datum: Datum, read_as: Datum) -> Vec<Position> {
        let read = |place: &Position| {
            let (lon, lat) = datum.from_wgs84(*place);
            read_as.to_wgs84(lon, lat).expect("in range")
        };
        places.iter().map(read).collect()
    }

    #[test]
    fn a_datum_that_was_mistaken_is_told_and_a_right_one_is_not() {
        let mut roads = Reference::default();
        of(Collection::Roads).iter().for_each(|road| roads.take(road));
        for collection in [Collection::Gates, Collection::Roads, Collection::Routes] {
            let true_places = places(collection);
            assert_eq!(compare(Datum::Wgs84, &true_places, &roads), Verdict::Right, "{collection}");
            for (datum, read_as) in [
                (Datum::Gcj02, Datum::Wgs84),
                (Datum::Bd09, Datum::Wgs84),
                (Datum::Bd09, Datum::Gcj02),
                (Datum::Wgs84, Datum::Gcj02),
            ] {
                match compare(read_as, &misread(&true_places, datum, read_as), &roads) {
                    Verdict::Shifted(fit) => {
                        assert_eq!(fit.datum, datum, "{collection} {read_as:?}: {fit:?}");
                        assert!(fit.median_shift_m > 300.0 && fit.without_m > fit.fits_m * 3.0, "{fit:?}");
                    }
                    other => panic!("{collection} in {datum:?} read as {read_as:?}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_the_reference_or_is_too_little_is_left_open() {
        let mut roads = Reference::default();
        of(Collection::Roads).iter().for_each(|road| roads.take(road));
        let gates = misread(&places(Collection::Gates), Datum::Gcj02, Datum::Wgs84);
        assert_eq!(compare(Datum::Wgs84, &gates[..FEWEST_SAMPLES - 1], &roads), Verdict::Open);
        let one = vec![gates[0]; 20];
        assert_eq!(compare(Datum::Wgs84, &one, &roads), Verdict::Open, "one place twenty times is one");
        assert_eq!(compare(Datum::Wgs84, &gates, &Reference::default()), Verdict::Open);
        // Tanks stand in the middle of their plants, roads or no roads.
        let tanks = places(Collection::Equipment);
        assert!(!matches!(compare(Datum::Wgs84, &tanks, &roads), Verdict::Shifted(_)));
        // Outside of China nothing is shifted.
        let far = |n: i32| Position::from_degrees(10.0 + f64::from(n) / 100.0, 50.0).expect("in range");
        let far: Vec<Position> = (0..20).map(far).collect();
        assert_eq!(compare(Datum::Wgs84, &far, &roads), Verdict::Open);
    }
}
