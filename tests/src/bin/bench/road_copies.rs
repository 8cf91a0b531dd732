//! A larger network for `bench roads`: an extract beside itself, joined at the borders. Synthetic, and said so.

use cordon_spatial::position::Position;
use cordon_spatial::road::{Draft, DraftRestriction, DraftWay, Extent, RoadClass, RoadKind, RoadName, Via};

/// Joins between two copies.
const JOINS: i32 = 30;
/// Gap between two copies, 1e-7 degree: some 200 m.
const GAP: i32 = 20_000;

/// `columns` times `rows` copies of a draft as one.
pub fn tiled(draft: &mut Draft, columns: i32, rows: i32) {
    let Some(extent) = Extent::of(draft.places.iter().copied()) else { return };
    let (width, height) = (extent.east - extent.west + GAP, extent.north - extent.south + GAP);
    let (places, ways) = (draft.places.clone(), draft.ways.clone());
    let (barriers, restrictions) = (draft.barriers.clone(), draft.restrictions.clone());
    for copy in 1..columns * rows {
        let (right, up) = (copy % columns * width, copy / columns * height);
        let place = |index: u32| index + copy as u32 * places.len() as u32;
        let way = |index: &u32| index + copy as u32 * ways.len() as u32;
        draft.places.extend(places.iter().map(|at| Position { lon_e7: at.lon_e7 + right, lat_e7: at.lat_e7 + up }));
        draft.ways.extend(
            ways.iter()
                .map(|of| DraftWay { places: of.places.iter().map(|index| place(*index)).collect(), ..of.clone() }),
        );
        draft.barriers.extend(barriers.iter().map(|of| {
            let mut barrier = *of;
            barrier.place = place(of.place);
            barrier
        }));
        draft.restrictions.extend(restrictions.iter().map(|of| DraftRestriction {
            from: of.from.iter().map(way).collect(),
            to: of.to.iter().map(way).collect(),
            via: match &of.via {
                Via::Place(index) => Via::Place(place(*index)),
                Via::Ways(ways) => Via::Ways(ways.iter().map(way).collect()),
            },
            ..of.clone()
        }));
    }
    let joins = |of: fn(&Position) -> (i32, i32), low: i32, high: i32| border(&places, of, low, high);
    let sideways = joins(|at| (at.lat_e7, at.lon_e7), extent.south, extent.north);
    let upwards = joins(|at| (at.lon_e7, at.lat_e7), extent.west, extent.east);
    let kind = draft.kind(RoadKind::of_class(RoadClass::Primary));
    let name = draft.name(RoadName::default());
    let count = places.len() as i32;
    for copy in 0..columns * rows {
        let mut join = |pairs: &[(u32, u32)], other: i32| {
            let at = |index: u32, copy: i32| index + (copy * count) as u32;
            draft.ways.extend(pairs.iter().map(|(here, there)| DraftWay {
                id: 0,
                places: vec![at(*here, copy), at(*there, other)],
                kind,
                name,
            }));
        };
        if copy % columns + 1 < columns {
            join(&sideways, copy + 1);
        }
        if copy / columns + 1 < rows {
            join(&upwards, copy + columns);
        }
    }
}

/// For each band along a border, the outermost place on its far side and on its near side.
fn border(places: &[Position], of: fn(&Position) -> (i32, i32), low: i32, high: i32) -> Vec<(u32, u32)> {
    let band_of = |along: i32| i64::from(along - low) * i64::from(JOINS) / (i64::from(high - low) + 1);
    (0..i64::from(JOINS))
        .filter_map(|band| {
            let inside = || (0_u32..).zip(places).filter(|(_, at)| band_of(of(at).0) == band);
            let far = inside().max_by_key(|(_, at)| of(at).1)?.0;
            let near = inside().min_by_key(|(_, at)| of(at).1)?.0;
            Some((far, near))
        })
        .collect()
}
